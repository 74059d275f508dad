#pragma once

#include "report_plot.h"
#include "shares.h"

#include <racked/results.h>

#include <array>
#include <optional>
#include <string>
#include <vector>

// What is plotted of results.
namespace racked::report {

using AllBands = std::array<Band, kSeries>;

/// Bands of all series on all report dates; of all campuses together.
std::vector<AllBands> all_bands(const Results& results, std::optional<std::size_t> campus = {});

/// The title of a milestone; with its name where another has the same title.
std::string label_of(const Results& results, std::size_t milestone);

/// Day of a time; nothing for des::kNever.
Cell day_cell(const Results& results, des::Time time);
Cell day_cell(const Results& results, std::int32_t day);

/// Whether a plot of this series is made: chips, power, and what something is known of.
bool is_plotted(const Results& results, Series series);

/// Rows of label, date and share: how the probability of having reached a milestone rises.
void add_probability(const Results& results, std::size_t milestone, const std::string& label,
                     Sheet& sheet);

// Plots; none (without layers) where there is nothing to see.
Plot milestone_plot(const Results& results);
std::vector<Plot> probability_plots(const Results& results);  ///< Eight milestones each, at most.
Plot fan_plot(const Results& results, const std::vector<AllBands>& bands, Series series,
              std::optional<std::size_t> campus = {});
Plot missing_plot(const Results& results, const std::vector<AllBands>& bands);
Plot lost_plot(const Results& results);
Plot chips_plot(const Results& results, const std::vector<AllBands>& bands);
Plot stages_plot(const Results& results);
Plot schedule_plot(const Results& results);
std::string criticality_name(const Results& results, std::size_t milestone);  ///< Of its plot.
Plot criticality_plot(const Results& results, std::size_t milestone);

/// Bands over the dates as a first sheet, drawn as a fan around the median.
void add_fan(Plot& plot, const std::vector<Date>& dates, const std::vector<Band>& bands);

// Of deals and money; none without.
Plot deal_plot(const Results& results, std::size_t deal);
Plot cash_plot(const Results& results);
Plot idle_plot(const Results& results);

/// All of them, in the order of the page.
std::vector<Plot> plots_of(const Results& results);

/// At most so many campuses have plots of their own, so many buildings are in the schedule, so many
/// milestones have a plot of what is critical and so many a curve of their probability, and so many
/// deals have a plot. The page says where the others are.
inline constexpr std::size_t kMostCampuses = 12;
inline constexpr std::size_t kMostBuildings = 40;
inline constexpr std::size_t kMostMilestones = 12;
inline constexpr std::size_t kMostProbabilities = 32;
inline constexpr std::size_t kMostDeals = 12;

}  // namespace racked::report
