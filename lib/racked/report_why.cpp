#include "report_plots.h"

#include <racked/causes.h>

#include <algorithm>
#include <map>
#include <numeric>

// Plots of what holds things up.
namespace racked::report {

Plot lost_plot(const Results& results) {
  Plot plot;
  plot.name = "lost_chip_days";
  plot.title = "Chip-days lost, by cause";
  plot.y = Scale::category;
  plot.x = Scale::number;
  plot.x_title = "chip-days, mean over the replications";
  plot.description =
      "Chip-days that planned positions were not usable until the horizon, by what they waited "
      "for.";
  const auto lost = lost_chip_days(results);
  const double total = std::accumulate(lost.begin(), lost.end(), 0.0);
  if (total <= 0) return plot;
  std::vector<std::size_t> order(kCharges);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return lost[a] > lost[b]; });
  Sheet sheet;
  sheet.title = "Means";
  sheet.columns = {{"cause", "Cause"}, {"chip_days", "Chip-days"}, {"share", "Share"}};
  for (const std::size_t charge : order)
    if (lost[charge] > 0)
      sheet.rows.push_back({std::string(name(static_cast<Charge>(charge))), lost[charge],
                            percent_text(lost[charge] / total)});
  plot.sheets.push_back(std::move(sheet));
  plot.keys = {{"lost", kVermilion}};
  Layer bars;
  bars.mark = Mark::bar;
  bars.x = "chip_days";
  bars.y = "cause";
  bars.key = "lost";
  Layer shares = bars;
  shares.mark = Mark::note;
  shares.text = "share";
  plot.layers = {bars, shares};
  return plot;
}

std::string criticality_name(const Results& results, std::size_t milestone) {
  return "criticality_" + results.milestones[milestone].name;
}

Plot criticality_plot(const Results& results, std::size_t milestone) {
  constexpr std::size_t kMostElements = 12;
  const std::map<ElementKind, Key> kinds = {{ElementKind::plan, {"the plan's dates", kGrey}},
                                            {ElementKind::task, {"tasks", kBlue}},
                                            {ElementKind::order, {"orders", kVermilion}},
                                            {ElementKind::feeder, {"feeders", kYellow}},
                                            {ElementKind::crew, {"crews", kOrange}},
                                            {ElementKind::supply_line, {"supply lines", kGreen}},
                                            {ElementKind::delivery, {"deliveries", kPurple}},
                                            {ElementKind::deployment, {"deployment", kSky}}};
  Plot plot;
  plot.name = criticality_name(results, milestone);
  plot.title = "What " + label_of(results, milestone) + " hangs on";
  plot.y = Scale::category;
  plot.x = Scale::number;
  plot.x_title = "mean days on the chain";
  plot.description =
      "Bars of the mean days that elements spend on the critical chain of this milestone, longest "
      "first, with the share of the replications in which they are on it.";
  const double among = static_cast<double>(summarise(results, milestone).reached_count);
  const std::vector<CauseGroup> groups = cause_groups(results, milestone);
  if (groups.empty() || among == 0) return plot;
  Sheet sheet;
  sheet.title = "Critical chain";
  sheet.columns = {
      {"element", "Element"}, {"kind", "Kind"}, {"days", "Mean days"}, {"share", "Criticality"}};
  for (std::size_t i = 0; i < std::min(groups.size(), kMostElements); ++i) {
    const CauseGroup& group = groups[i];
    const Key& kind = kinds.at(group.kind);
    sheet.rows.push_back(
        {group.text(), kind.label, static_cast<double>(group.seconds) / 86'400 / among,
         share_of_union(static_cast<double>(group.most) / among, group.members > 1)});
    if (std::none_of(plot.keys.begin(), plot.keys.end(),
                     [&](const Key& key) { return key.label == kind.label; }))
      plot.keys.push_back(kind);
  }
  plot.sheets.push_back(std::move(sheet));
  Layer bars;
  bars.mark = Mark::bar;
  bars.x = "days";
  bars.y = "element";
  bars.series = "kind";
  Layer shares = bars;
  shares.mark = Mark::note;
  shares.text = "share";
  plot.layers = {bars, shares};
  return plot;
}

std::vector<Plot> plots_of(const Results& results) {
  std::vector<Plot> plots;
  const auto add = [&plots](Plot plot) {
    if (!plot.layers.empty()) plots.push_back(std::move(plot));
  };
  const std::vector<AllBands> bands = all_bands(results);
  add(milestone_plot(results));
  for (Plot& plot : probability_plots(results)) add(std::move(plot));
  if (results.rows() == 0) return plots;
  for (std::size_t i = 0; i < kSeries; ++i)
    if (is_plotted(results, static_cast<Series>(i)))
      add(fan_plot(results, bands, static_cast<Series>(i)));
  add(missing_plot(results, bands));
  add(lost_plot(results));
  add(stages_plot(results));
  add(chips_plot(results, bands));
  add(schedule_plot(results));
  for (std::size_t i = 0; i < std::min(results.milestones.size(), kMostMilestones); ++i)
    add(criticality_plot(results, i));
  for (std::size_t i = 0; i < std::min(results.deals.size(), kMostDeals); ++i)
    add(deal_plot(results, i));
  add(cash_plot(results));
  add(idle_plot(results));
  if (results.campuses.size() == 1) return plots;
  for (std::size_t campus = 0; campus < std::min(results.campuses.size(), kMostCampuses);
       ++campus) {
    const std::vector<AllBands> own = all_bands(results, campus);
    for (std::size_t i = 0; i < kSeries; ++i)
      if (is_plotted(results, static_cast<Series>(i)))
        add(fan_plot(results, own, static_cast<Series>(i), campus));
  }
  return plots;
}

}  // namespace racked::report
