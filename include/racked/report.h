#pragma once

#include <racked/explanation.h>
#include <racked/results.h>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace racked {

/// A chart of results: a Vega-Lite 5 spec with its data inside, quantiles and means only, so that
/// its size does not depend on the number of replications.
struct Chart {
  std::string name;         ///< "usable_chips"; letters, digits and underscores.
  std::string title;        ///< For people.
  std::string description;  ///< What is to be seen, for those who cannot look.
  std::string spec;         ///< JSON.
};

/// The charts of a report, in its order: milestones with P10, P50, P90; the probability of having
/// reached them over time; fans of usable chips, power and whatever the scenario has observations
/// of, beside what is planned, announced and observed; missing chips by cause; chip-days lost;
/// stages; chips from the dock to use; the schedule of buildings; what each milestone hangs on; and
/// fans per campus. Those without anything to show are left out. O(rows · dates · campuses).
std::vector<Chart> report_charts(const Results& results);

/// A page that needs nothing but itself: answers, charts, tables, and how to get them again. The
/// same results give the same bytes. `scripts` is the text of report_scripts.js (Vega, Vega-Lite
/// and Vega-Embed); without it the charts are plain drawings, and the page says so. Text of the
/// scenario is shown, never run. Why milestones are reached when they are is told from their median
/// replications, run again by the scenario in the results (as far as these have few events), and
/// from those of `explanations` that are of the same scenario and seed.
std::string report_html(const Results& results, std::string_view scripts = {},
                        const std::vector<Explanation>& explanations = {});

/// Results put side by side, and what they are called.
struct Compared {
  std::string label;  ///< Told beside what is of them.
  Results results;    ///< Of any scenario.
};

/// A page of two or more results side by side. Each is compared with the first, replication by
/// replication (racked/comparison.h), where seed and version agree, so that both had the same luck.
/// Milestones and series of the same name are taken for the same. std::invalid_argument below two.
std::string side_by_side_html(const std::vector<Compared>& all, std::string_view scripts = {});

/// The scripts that were installed with the library: share/racked/report_scripts.js beside the
/// folder of the program or library this code is part of, or beside a folder above it. None when
/// they are not there: they come from npm when racked is built.
std::optional<std::filesystem::path> find_report_scripts();

/// Writes DIRECTORY/report.html, with the scripts if there are any, and every chart as
/// DIRECTORY/charts/NAME.vl.json. The directory is made if it does not exist. Errors:
/// std::invalid_argument when a report.html stands there that is none of racked;
/// std::system_error naming the file.
void write_report(const Results& results, const std::filesystem::path& directory,
                  const std::vector<Explanation>& explanations = {});

/// Writes the explanation as DIRECTORY/explanation_MILESTONE.json. std::system_error naming the
/// file.
void write_explanation(const Explanation& explanation, const std::filesystem::path& directory);

/// The explanations that were written there, by name; none where there is no such folder. Errors:
/// std::system_error; std::invalid_argument naming a file that holds something else.
std::vector<Explanation> read_explanations(const std::filesystem::path& directory);

/// Writes the page of side_by_side_html to `file`. Errors: as write_report.
void write_side_by_side(const std::vector<Compared>& all, const std::filesystem::path& file);

}  // namespace racked
