#include "report_plots.h"

#include <racked/ledger.h>

#include <algorithm>
#include <cmath>

// Plots of when things happen: milestones, stages, buildings.
namespace racked::report {
namespace {

constexpr double kQuantiles[] = {0.10, 0.50, 0.90};

void add(Plot& plot, Layer layer) { plot.layers.push_back(std::move(layer)); }

Layer layer_of(Mark mark, std::size_t sheet, const char* x, const char* x2, const char* y,
               const char* key, double opacity = 1) {
  Layer layer;
  layer.mark = mark;
  layer.sheet = sheet;
  layer.x = x;
  layer.x2 = x2;
  layer.y = y;
  layer.key = key;
  layer.opacity = opacity;
  return layer;
}

// A quantile that is not reached ends at the horizon.
Cell or_horizon(const Results& results, Cell day) {
  return std::holds_alternative<Day>(day) ? day : Cell(results.horizon);
}

Day day_at(const Results& results, std::int32_t day) {
  return results.start + std::chrono::days(day);
}

// Of milestones [first, last).
Plot probability_plot(const Results& results, std::size_t first, std::size_t last) {
  Plot plot;
  plot.name = "probability";
  plot.title = "Probability of having reached each milestone";
  plot.y = Scale::share;
  plot.description =
      "For each milestone a curve that rises from day to day with the share of the replications "
      "that have reached it.";
  Sheet sheet;
  sheet.title = "Share of the replications";
  sheet.columns = {{"milestone", "Milestone"}, {"date", "Date"}, {"share", "Share"}};
  for (std::size_t i = first; i < last; ++i) {
    plot.keys.push_back({label_of(results, i), kPalette[i - first]});
    add_probability(results, i, label_of(results, i), sheet);
  }
  plot.sheets.push_back(std::move(sheet));
  Layer layer = layer_of(Mark::line, 0, "date", "", "share", "");
  layer.series = "milestone";
  add(plot, layer);
  return plot;
}

}  // namespace

std::string label_of(const Results& results, std::size_t milestone) {
  const auto& title = results.milestones[milestone].title;
  const auto& own = results.milestones[milestone].name;
  if (title.empty()) return own;
  const auto same =
      std::count_if(results.milestones.begin(), results.milestones.end(),
                    [&](const auto& other) { return other.title == title || other.name == title; });
  return same > 1 ? title + " (" + own + ")" : title;
}

Cell day_cell(const Results& results, des::Time time) {
  if (time == des::kNever) return {};
  return date_of(time, results.start);
}

Cell day_cell(const Results& results, std::int32_t day) {
  if (day == kNeverDay) return {};
  return day_at(results, day);
}

Plot milestone_plot(const Results& results) {
  Plot plot;
  plot.name = "milestones";
  plot.title = "Milestones: P10, P50 and P90";
  plot.y = Scale::category;
  plot.description =
      "For each milestone a bar from the day reached with one chance in ten to the day reached "
      "with "
      "nine in ten, and a point at the median. What is not reached by the horizon ends there.";
  if (results.milestones.empty() || results.rows() == 0) return plot;
  Sheet sheet;
  sheet.title = "Quantiles";
  sheet.columns = {{"milestone", "Milestone"},
                   {"p10", "P10"},
                   {"p50", "P50"},
                   {"p90", "P90"},
                   {"to", "Bar drawn to"},
                   {"reached", "Reached [%]"}};
  for (std::size_t i = 0; i < results.milestones.size(); ++i) {
    const MilestoneSummary summary = summarise(results, i);
    const Cell p90 = day_cell(results, summary.p90);
    sheet.rows.push_back({label_of(results, i), day_cell(results, summary.p10),
                          day_cell(results, summary.p50), p90, or_horizon(results, p90),
                          100 * summary.reached});
  }
  plot.sheets.push_back(std::move(sheet));
  plot.keys = {{"P10 to P90", kSky, 0.6}, {"P50", kVermilion}};
  add(plot, layer_of(Mark::bar, 0, "p10", "to", "milestone", "P10 to P90", 0.6));
  add(plot, layer_of(Mark::point, 0, "p50", "", "milestone", "P50"));
  return plot;
}

void add_probability(const Results& results, std::size_t milestone, const std::string& label,
                     Sheet& sheet) {
  for (int percent = 0; percent <= 100; percent += 4) {
    const des::Time time = quantile(results, milestone, percent / 100.0);
    if (time == des::kNever) break;
    sheet.rows.push_back({label, date_of(time, results.start), percent / 100.0});
  }
  sheet.rows.push_back({label, results.horizon, summarise(results, milestone).reached});
}

std::vector<Plot> probability_plots(const Results& results) {
  if (results.rows() == 0) return {};
  const std::size_t all = results.milestones.size();
  const std::size_t shown = std::min(all, kMostProbabilities);
  const std::size_t charts = (shown + std::size(kPalette) - 1) / std::size(kPalette);
  std::vector<Plot> plots;
  for (std::size_t chart = 0; chart < charts; ++chart) {
    plots.push_back(
        probability_plot(results, shown * chart / charts, shown * (chart + 1) / charts));
    Plot& plot = plots.back();
    if (charts > 1) {
      plot.name += "_" + std::to_string(chart + 1);
      plot.title += " (" + std::to_string(chart + 1) + " of " + std::to_string(charts) + ")";
    }
    if (shown < all)
      plot.description += " These charts show the first " + std::to_string(shown) + " of " +
                          std::to_string(all) + " milestones; the table above has all.";
  }
  return plots;
}

namespace {

void add_stage(Plot& plot, Sheet& sheet, const std::string& field, const std::string& key,
               const char* colour, const std::vector<Band>& bands) {
  for (const char* percent : {"10", "50", "90"})
    sheet.columns.push_back({field + "_p" + percent, key + " P" + percent});
  for (std::size_t i = 0; i < bands.size(); ++i)
    for (const double value : {bands[i].p10, bands[i].p50, bands[i].p90})
      sheet.rows[i].push_back(value);
  add_spread_curve(plot, 0, field, key, colour);
}

}  // namespace

Plot stages_plot(const Results& results) {
  struct Curve {
    Stage stage;
    const char* field;
    const char* key;
    const char* colour;
  };
  constexpr Curve kCurves[] = {
      {Stage::permitted, "permitted", "permitted", kPurple},
      {Stage::under_construction, "construction", "under construction", kOrange},
      {Stage::energised, "energised", "energised", kGreen},
      {Stage::operational, "operational", "operational", kBlue}};
  Plot plot;
  plot.name = "stages";
  plot.title = "From paper to use: facility power of the buildings by stage";
  plot.y_title = "MW";
  plot.description =
      "Facility power of the buildings that are announced, permitted, under construction, "
      "energised and operational by each date: medians, with bands from P10 to P90.";
  if (results.buildings.empty() || results.rows() == 0) return plot;
  Sheet sheet;
  sheet.title = "Quantiles [MW]";
  sheet.columns = {{"date", "Date"}, {"announced", "announced"}};
  for (std::size_t i = 0; i < results.report_dates.size(); ++i) {
    double announced = 0;
    for (const Results::Place& building : results.buildings)
      if (building.planned <= results.report_dates[i])
        announced += static_cast<double>(building.facility_watts) / 1e6;
    sheet.rows.push_back({results.report_dates[i], announced});
  }
  for (const Curve& curve : kCurves)
    add_stage(plot, sheet, curve.field, curve.key, curve.colour, stage_bands(results, curve.stage));
  if (const auto contracted = contracted_bands(results); !contracted.empty()) {
    add_stage(plot, sheet, "contracted", "contracted", kVermilion, contracted);
    plot.description += " Contracted is what deals let and tenants have, not what is only signed.";
  }
  plot.sheets.push_back(std::move(sheet));
  plot.keys.insert(plot.keys.begin(), {"announced", kGrey});
  add(plot, layer_of(Mark::step, 0, "date", "", "announced", "announced"));
  return plot;
}

namespace {

// Bars between the medians of stages that follow one another.
Sheet phases_sheet(const Results& results, std::size_t buildings) {
  struct Phase {
    Stage from, to;
    const char* key;
  };
  constexpr Phase kPhases[] = {{Stage::under_construction, Stage::enclosed, "structure"},
                               {Stage::enclosed, Stage::commissioned, "fit-out and tests"},
                               {Stage::commissioned, Stage::operational, "racks"}};
  Sheet sheet;
  sheet.title = "Phases between medians";
  sheet.columns = {{"building", "Building"}, {"phase", "Phase"}, {"from", "From"}, {"to", "To"}};
  const std::int32_t horizon = static_cast<std::int32_t>((results.horizon - results.start).count());
  for (std::size_t i = 0; i < buildings; ++i)
    for (const Phase& phase : kPhases) {
      const std::int32_t from = stage_quantile(results, i, phase.from, 0.5);
      const std::int32_t to = std::min(stage_quantile(results, i, phase.to, 0.5), horizon);
      if (from < to)
        sheet.rows.push_back({results.buildings[i].name, std::string(phase.key),
                              day_at(results, from), day_at(results, to)});
    }
  return sheet;
}

Sheet spans_sheet(const Results& results, std::size_t buildings) {
  Sheet sheet;
  sheet.title = "Quantiles";
  sheet.columns = {{"building", "Building"},         {"begin_p10", "Begun P10"},
                   {"begin_p50", "Begun P50"},       {"begin_p90", "Begun P90"},
                   {"energised", "Energised P50"},   {"end_p10", "Operational P10"},
                   {"end_p50", "Operational P50"},   {"end_p90", "Operational P90"},
                   {"begin_to", "First whisker to"}, {"end_to", "Last whisker to"},
                   {"planned", "Announced"}};
  for (std::size_t i = 0; i < buildings; ++i) {
    std::vector<Cell> row{results.buildings[i].name};
    for (const double p : kQuantiles)
      row.push_back(day_cell(results, stage_quantile(results, i, Stage::under_construction, p)));
    row.push_back(day_cell(results, stage_quantile(results, i, Stage::energised, 0.5)));
    for (const double p : kQuantiles)
      row.push_back(day_cell(results, stage_quantile(results, i, Stage::operational, p)));
    row.push_back(or_horizon(results, row[3]));
    row.push_back(or_horizon(results, row[7]));
    row.push_back(results.buildings[i].planned);
    sheet.rows.push_back(std::move(row));
  }
  return sheet;
}

}  // namespace

Plot schedule_plot(const Results& results) {
  const std::size_t buildings = std::min(results.buildings.size(), kMostBuildings);
  Plot plot;
  plot.name = "schedule";
  plot.title = "Buildings: medians of their phases, P10 to P90 of begin and end";
  plot.y = Scale::category;
  plot.description =
      "For each building bars between the medians of its begin, its enclosure, its tests passed "
      "and "
      "nine tenths of its positions in use, with whiskers from P10 to P90 of begin and end, and "
      "the "
      "announced date.";
  if (buildings < results.buildings.size())
    plot.description += " The first " + std::to_string(buildings) + " of " +
                        std::to_string(results.buildings.size()) +
                        " buildings; stages.csv has all.";
  if (buildings == 0 || results.rows() == 0) return plot;
  plot.sheets = {spans_sheet(results, buildings), phases_sheet(results, buildings)};
  plot.keys = {{"structure", kOrange},     {"fit-out and tests", kSky}, {"racks", kBlue},
               {"P10 to P90", kVermilion}, {"energised", kGreen},       {"announced", kPurple}};
  Layer phases = layer_of(Mark::bar, 1, "from", "to", "building", "");
  phases.series = "phase";
  add(plot, phases);
  add(plot, layer_of(Mark::spread, 0, "begin_p10", "begin_to", "building", "P10 to P90"));
  add(plot, layer_of(Mark::spread, 0, "end_p10", "end_to", "building", "P10 to P90"));
  add(plot, layer_of(Mark::point, 0, "energised", "", "building", "energised"));
  add(plot, layer_of(Mark::point, 0, "planned", "", "building", "announced"));
  return plot;
}

}  // namespace racked::report
