#include "report_plot.h"

#include <racked/calendar.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace racked::report {

std::size_t column(const Sheet& sheet, const std::string& field) {
  for (std::size_t i = 0; i < sheet.columns.size(); ++i)
    if (sheet.columns[i].field == field) return i;
  throw std::logic_error("a sheet has no column " + field);
}

const std::string& colour_of(const Plot& plot, const std::string& key) {
  for (const Key& known : plot.keys)
    if (known.label == key) return known.colour;
  return plot.keys.front().colour;
}

const std::string& key_of(const Plot& plot, const Layer& layer, const std::vector<Cell>& row) {
  if (layer.series.empty()) return layer.key;
  return std::get<std::string>(row[column(plot.sheets[layer.sheet], layer.series)]);
}

std::vector<std::string> categories(const Plot& plot) {
  std::vector<std::string> found;
  for (const Layer& layer : plot.layers) {
    const Sheet& sheet = plot.sheets[layer.sheet];
    const std::size_t y = column(sheet, layer.y);
    for (const auto& row : sheet.rows)
      if (const auto* text = std::get_if<std::string>(&row[y]);
          text != nullptr && std::find(found.begin(), found.end(), *text) == found.end())
        found.push_back(*text);
  }
  return found;
}

void add_band(Plot& plot, const std::string& low, const std::string& high, const std::string& key,
              const char* colour, double opacity) {
  plot.keys.push_back({key, colour, opacity});
  Layer layer;
  layer.mark = Mark::band;
  layer.x = "date";
  layer.y = low;
  layer.y2 = high;
  layer.key = key;
  layer.opacity = opacity;
  plot.layers.push_back(layer);
}

void add_curve(Plot& plot, std::size_t sheet, Mark mark, const std::string& y,
               const std::string& key, const char* colour) {
  plot.keys.push_back({key, colour});
  Layer layer;
  layer.mark = mark;
  layer.sheet = sheet;
  layer.x = "date";
  layer.y = y;
  layer.key = key;
  plot.layers.push_back(layer);
}

void add_spread_curve(Plot& plot, std::size_t sheet, const std::string& field,
                      const std::string& key, const char* colour) {
  add_band(plot, field + "_p10", field + "_p90", key, colour, 0.18);
  plot.layers.back().sheet = sheet;
  plot.keys.pop_back();  // the curve's own will do
  add_curve(plot, sheet, Mark::line, field + "_p50", key, colour);
}

std::string number_text(double value, int decimals) {
  std::string digits = fmt::format("{:.{}f}", std::abs(value), decimals);
  if (digits.find('.') != std::string::npos) {
    digits.erase(digits.find_last_not_of('0') + 1);
    if (digits.back() == '.') digits.pop_back();
  }
  const std::size_t whole = std::min(digits.find('.'), digits.size());
  for (std::size_t i = whole; i > 3; i -= 3) digits.insert(i - 3, ",");
  return (value < 0 && digits != "0" ? "−" : "") + digits;
}

std::string day_text(Day day) { return iso_date(day); }

std::string cell_text(const Cell& cell) {
  if (const auto* number = std::get_if<double>(&cell)) return number_text(*number, 2);
  if (const auto* day = std::get_if<Day>(&cell)) return day_text(*day);
  if (const auto* text = std::get_if<std::string>(&cell)) return *text;
  return "–";
}

}  // namespace racked::report
