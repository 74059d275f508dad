#include "report_plots.h"

#include <algorithm>
#include <map>

// Plots of series over the report dates.
namespace racked::report {
namespace {

constexpr std::size_t at(Series series) { return static_cast<std::size_t>(series); }

struct SeriesText {
  const char* title;
  const char* axis;
};

SeriesText text_of(Series series) {
  switch (series) {
    case Series::usable_chips: return {"Usable chips", "chips"};
    case Series::usable_facility_mw: return {"Facility power in use", "MW"};
    case Series::usable_it_mw: return {"Usable IT power", "MW"};
    case Series::usable_buildings: return {"Usable buildings", "buildings"};
    case Series::usable_racks: return {"Usable racks", "racks"};
    case Series::energised_mw: return {"Energised power", "MW"};
    case Series::claimed_mw: return {"Claimed power", "MW"};
    case Series::chips_on_site: return {"Chips on site", "chips"};
    case Series::chips_in_stock: return {"Chips in stock", "chips"};
    case Series::chips_installed: return {"Chips installed", "chips"};
    case Series::chips_in_burn_in: return {"Chips in burn-in", "chips"};
    case Series::chips_in_repair: return {"Chips in repair", "chips"};
    default: return {"Planned chips that are missing", "chips"};
  }
}

bool covers(const Results& results, const Observation& point, std::optional<std::size_t> campus) {
  if (campus) return point.campus.valid() && point.campus.index() == *campus;
  return !point.campus.valid() || results.campuses.size() == 1;
}

// What the buildings are planned to hold, date after date; empty for what is not planned.
Sheet planned_sheet(const Results& results, Series series, std::optional<std::size_t> campus) {
  Sheet sheet;
  sheet.title = "Planned";
  sheet.columns = {{"date", "Date"}, {"value", "Planned"}};
  const bool power = series == Series::usable_facility_mw;
  if (!power && series != Series::usable_chips && series != Series::usable_buildings) return sheet;
  std::map<Day, double> added;
  for (const Results::Place& building : results.buildings) {
    if (campus && building.campus != *campus) continue;
    const double size = power ? static_cast<double>(building.facility_watts) / 1e6
                        : series == Series::usable_chips ? static_cast<double>(building.chips)
                                                         : 1.0;
    added[std::max(building.planned, results.start)] += size;
  }
  double sum = 0;
  for (const auto& [day, size] : added) {
    if (day > results.horizon) break;
    sum += size;
    sheet.rows.push_back({day, sum});
  }
  if (!sheet.rows.empty()) sheet.rows.push_back({results.horizon, sum});
  return sheet;
}

Sheet known_sheet(const Results& results, Series series, std::optional<std::size_t> campus,
                  bool announced) {
  Sheet sheet;
  sheet.title = announced ? "Announced" : "Observed";
  sheet.columns = {
      {"date", "Date"}, {"value", "Value"}, {"low", "Low"}, {"high", "High"}, {"source", "Source"}};
  for (const Observation& point : results.observations)
    if (point.series == name(series) && point.announced == announced &&
        covers(results, point, campus))
      sheet.rows.push_back({point.date, point.value, point.low, point.high, point.source});
  return sheet;
}

void add_known(Plot& plot, Sheet sheet, const char* key, const char* colour) {
  if (sheet.rows.empty()) return;
  const auto spread = [](const std::vector<Cell>& row) { return row[2] != row[3]; };
  const bool spreads = std::any_of(sheet.rows.begin(), sheet.rows.end(), spread);
  plot.sheets.push_back(std::move(sheet));
  add_curve(plot, plot.sheets.size() - 1, Mark::point, "value", key, colour);
  if (!spreads) return;
  Layer layer = plot.layers.back();
  layer.mark = Mark::spread;
  layer.y = "low";
  layer.y2 = "high";
  plot.layers.push_back(layer);
}

}  // namespace

void add_fan(Plot& plot, const std::vector<Date>& dates, const std::vector<Band>& bands) {
  Sheet sheet;
  sheet.title = "Quantiles";
  sheet.columns = {{"date", "Date"}, {"p10", "P10"}, {"p25", "P25"},
                   {"p50", "P50"},   {"p75", "P75"}, {"p90", "P90"}};
  for (std::size_t i = 0; i < bands.size(); ++i) {
    const Band& band = bands[i];
    sheet.rows.push_back({dates[i], band.p10, band.p25, band.p50, band.p75, band.p90});
  }
  plot.sheets.push_back(std::move(sheet));
  add_band(plot, "p10", "p90", "P10 to P90", kSky, 0.3);
  add_band(plot, "p25", "p75", "P25 to P75", kBlue, 0.3);
  plot.keys.back().opacity = 0.55;  // it lies on the other
  add_curve(plot, 0, Mark::line, "p50", "P50", kBlue);
}

std::vector<AllBands> all_bands(const Results& results, std::optional<std::size_t> campus) {
  std::vector<AllBands> all;
  for (std::size_t date = 0; date < results.report_dates.size(); ++date)
    all.push_back(bands(results, date, campus));
  return all;
}

bool is_plotted(const Results& results, Series series) {
  if (series == Series::usable_chips || series == Series::usable_facility_mw) return true;
  return std::any_of(results.observations.begin(), results.observations.end(),
                     [series](const Observation& point) { return point.series == name(series); });
}

Plot fan_plot(const Results& results, const std::vector<AllBands>& bands, Series series,
              std::optional<std::size_t> campus) {
  const SeriesText text = text_of(series);
  Plot plot;
  plot.name = std::string(name(series));
  plot.title = text.title;
  plot.y_title = text.axis;
  if (campus) {
    plot.name += "_" + results.campuses[*campus];
    plot.title += " at " + results.campuses[*campus];
  }
  std::vector<Band> own;
  for (const AllBands& all : bands) own.push_back(all[at(series)]);
  add_fan(plot, results.report_dates, own);
  if (Sheet planned = planned_sheet(results, series, campus); !planned.rows.empty()) {
    plot.sheets.push_back(std::move(planned));
    add_curve(plot, plot.sheets.size() - 1, Mark::step, "value", "planned", kGrey);
  }
  add_known(plot, known_sheet(results, series, campus, true), "announced", kPurple);
  add_known(plot, known_sheet(results, series, campus, false), "observed", kVermilion);
  const Band& last = bands.back()[at(series)];
  plot.description = std::string(text.title) + " over time: median and bands. On " +
                     day_text(results.report_dates.back()) + " P10 " + number_text(last.p10) +
                     ", P50 " + number_text(last.p50) + ", P90 " + number_text(last.p90) + " " +
                     text.axis + ".";
  return plot;
}

Plot missing_plot(const Results& results, const std::vector<AllBands>& bands) {
  constexpr const char* kColours[kCharges] = {kPurple, kYellow, kSky,       kGreen,
                                              kBlue,   kOrange, kVermilion, kGrey};
  Plot plot;
  plot.name = "missing_chips";
  plot.title = "Chips planned and not usable, by what they wait for";
  plot.y_title = "chips, mean over the replications";
  Sheet sheet;
  sheet.title = "Mean of the chips missing";
  sheet.columns = {{"date", "Date"}};
  std::vector<std::size_t> shown;
  Layer layer;
  layer.mark = Mark::stack;
  layer.x = "date";
  layer.opacity = 0.85;
  for (std::size_t charge = 0; charge < kCharges; ++charge) {
    const std::size_t series = at(Series::missing_space) + charge;
    if (std::none_of(bands.begin(), bands.end(),
                     [series](const AllBands& all) { return all[series].mean > 0; }))
      continue;
    const std::string cause(name(static_cast<Charge>(charge)));
    shown.push_back(series);
    sheet.columns.push_back({cause, cause});
    layer.stacked.push_back(cause);
    plot.keys.push_back({cause, kColours[charge], 0.85});
  }
  if (shown.empty()) return plot;
  for (std::size_t i = 0; i < bands.size(); ++i) {
    std::vector<Cell> row{results.report_dates[i]};
    for (const std::size_t series : shown) row.push_back(bands[i][series].mean);
    sheet.rows.push_back(std::move(row));
  }
  plot.sheets = {std::move(sheet)};
  plot.layers = {std::move(layer)};
  plot.description =
      "Chips of planned positions that are not usable, stacked by the one thing each waits for. "
      "The area is the chip-days lost.";
  return plot;
}

Plot chips_plot(const Results& results, const std::vector<AllBands>& bands) {
  struct Curve {
    Series series;
    const char* field;
    const char* key;
    const char* colour;
  };
  constexpr Curve kCurves[] = {{Series::chips_on_site, "on_site", "on site, in all", kPurple},
                               {Series::chips_in_stock, "stock", "in stock", kOrange},
                               {Series::chips_installed, "installed", "installed, in all", kSky},
                               {Series::chips_in_burn_in, "burn_in", "in burn-in", kVermilion},
                               {Series::usable_chips, "usable", "usable", kBlue},
                               {Series::chips_in_repair, "repair", "in repair", kGrey}};
  Plot plot;
  plot.name = "chips";
  plot.title = "Chips from the dock to use";
  plot.y_title = "chips, median";
  plot.description =
      "Medians over time of the chips on site, in stock, installed, in burn-in, usable and in "
      "repair.";
  Sheet sheet;
  sheet.title = "Medians";
  sheet.columns = {{"date", "Date"}};
  for (const Curve& curve : kCurves) sheet.columns.push_back({curve.field, curve.key});
  for (std::size_t i = 0; i < bands.size(); ++i) {
    std::vector<Cell> row{results.report_dates[i]};
    for (const Curve& curve : kCurves) row.push_back(bands[i][at(curve.series)].p50);
    sheet.rows.push_back(std::move(row));
  }
  plot.sheets.push_back(std::move(sheet));
  for (const Curve& curve : kCurves)
    add_curve(plot, 0, Mark::line, curve.field, curve.key, curve.colour);
  return plot;
}

}  // namespace racked::report
