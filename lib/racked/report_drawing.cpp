#include "report_plot.h"

#include "report_markup.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

// Plain SVG of a Plot: less than Vega-Lite draws, and nothing that has to be fetched. Text takes
// the colour of the page.
namespace racked::report {
namespace {

constexpr double kWidth = 720, kRight = 34, kTop = 10, kBottom = 34;
constexpr double kCategory = 22;

/// From the values of an axis to where they are drawn.
struct Axis {
  double low = 0, high = 1;   ///< Values at the two ends.
  double begin = 0, end = 1;  ///< Where these are drawn.

  double at(double value) const { return begin + (value - low) / (high - low) * (end - begin); }
};

struct Frame {
  const Plot& plot;
  std::vector<std::string> names;  ///< Categories of the y axis.
  Axis x, y;
};

double number_of(const Frame& frame, const Cell& cell) {
  if (const auto* number = std::get_if<double>(&cell)) return *number;
  if (const auto* day = std::get_if<Day>(&cell))
    return static_cast<double>(day->time_since_epoch().count());
  if (const auto* text = std::get_if<std::string>(&cell))
    return static_cast<double>(std::find(frame.names.begin(), frame.names.end(), *text) -
                               frame.names.begin());
  return std::numeric_limits<double>::quiet_NaN();
}

using Row = std::vector<Cell>;

double value(const Frame& frame, const Layer& layer, const Row& row, const std::string& field) {
  return number_of(frame, row[column(frame.plot.sheets[layer.sheet], field)]);
}

void widen(Axis& axis, double value) {
  if (std::isnan(value)) return;
  axis.low = std::min(axis.low, value);
  axis.high = std::max(axis.high, value);
}

void widen_to_layer(Frame& frame, const Layer& layer) {
  for (const Row& row : frame.plot.sheets[layer.sheet].rows) {
    for (const std::string& field : {layer.x, layer.x2})
      if (!field.empty()) widen(frame.x, value(frame, layer, row, field));
    for (const std::string& field : {layer.y, layer.y2})
      if (!field.empty()) widen(frame.y, value(frame, layer, row, field));
    double sum = 0;
    for (const std::string& field : layer.stacked) sum += value(frame, layer, row, field);
    widen(frame.y, sum);
  }
}

double step_of(double span) {
  const double raw = std::max(span, 1e-9) / 5;
  double ten = 1;
  while (ten > raw) ten /= 10;
  while (10 * ten <= raw && ten < 1e300) ten *= 10;
  for (const double step : {1.0, 2.0, 5.0})
    if (raw <= step * ten) return step * ten;
  return 10 * ten;
}

Frame frame_of(const Plot& plot) {
  Frame frame{plot, {}, {}, {}};
  constexpr double kFar = std::numeric_limits<double>::max();
  const bool named = plot.y == Scale::category;
  if (named) frame.names = categories(plot);
  frame.x = plot.x == Scale::day ? Axis{kFar, -kFar} : Axis{0, plot.x == Scale::share ? 1.0 : 0.0};
  frame.y = Axis{0, plot.y == Scale::share ? 1.0 : 0.0};
  for (const Layer& layer : plot.layers) widen_to_layer(frame, layer);
  if (frame.x.low > frame.x.high) frame.x.low = frame.x.high = 0;  // there is nothing to draw
  if (frame.x.low >= frame.x.high) frame.x.high = frame.x.low + 1;
  if (frame.y.low >= frame.y.high) frame.y.high = frame.y.low + 1;
  frame.x.begin = named ? 190 : 62;
  frame.x.end = kWidth - kRight;
  if (named) {
    frame.y = {-0.5, static_cast<double>(frame.names.size()) - 0.5, kTop,
               kTop + kCategory * static_cast<double>(frame.names.size())};
  } else {
    if (plot.y == Scale::number) {
      const double step = step_of(frame.y.high - frame.y.low);
      frame.y.high = std::ceil(frame.y.high / step) * step;
    }
    frame.y.begin = kTop + 260;
    frame.y.end = kTop;
  }
  return frame;
}

// Axes.

std::string text_at(double x, double y, const char* anchor, const std::string& text) {
  return fmt::format(R"(<text x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>)", x, y, anchor,
                     escaped(text));
}

std::string grid_line(double x1, double y1, double x2, double y2) {
  return fmt::format(R"(<line class="grid" x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"/>)", x1,
                     y1, x2, y2);
}

std::string tick_text(Scale scale, double value) {
  return scale == Scale::share ? number_text(100 * value, 0) + " %" : number_text(value, 2);
}

std::string day_ticks(const Frame& frame) {
  const double months = (frame.x.high - frame.x.low) / 30.4;
  const int every = months <= 8 ? 1 : months <= 24 ? 3 : months <= 48 ? 6 : 12;
  const Day first{std::chrono::days(static_cast<int>(frame.x.low))};
  std::chrono::year_month month = std::chrono::year_month_day(first).year() / std::chrono::January;
  const double bottom = std::max(frame.y.begin, frame.y.end);
  std::string text;
  for (;; month += std::chrono::months(every)) {
    const Day day(month / std::chrono::day(1));
    const double at = static_cast<double>(day.time_since_epoch().count());
    if (at > frame.x.high) return text;
    if (at < frame.x.low) continue;
    const double x = frame.x.at(at);
    text += grid_line(x, kTop, x, bottom) +
            text_at(x, bottom + 16, "middle", day_text(day).substr(0, 7));
  }
}

std::string number_ticks(const Frame& frame, bool along_x) {
  const Axis& axis = along_x ? frame.x : frame.y;
  const Scale scale = along_x ? frame.plot.x : frame.plot.y;
  const double step = step_of(axis.high - axis.low);
  const double bottom = std::max(frame.y.begin, frame.y.end);
  std::string text;
  for (double tick = std::ceil(axis.low / step) * step; tick <= axis.high + step / 1e6;
       tick += step) {
    const double at = axis.at(tick);
    text += along_x ? grid_line(at, kTop, at, bottom) +
                          text_at(at, bottom + 16, "middle", tick_text(scale, tick))
                    : grid_line(frame.x.begin, at, frame.x.end, at) +
                          text_at(frame.x.begin - 6, at + 4, "end", tick_text(scale, tick));
  }
  return text;
}

std::string axes(const Frame& frame) {
  std::string text = frame.plot.x == Scale::day ? day_ticks(frame) : number_ticks(frame, true);
  if (frame.plot.y != Scale::category) return text + number_ticks(frame, false);
  for (std::size_t i = 0; i < frame.names.size(); ++i)
    text += text_at(frame.x.begin - 6, frame.y.at(static_cast<double>(i)) + 4, "end",
                    shortened(frame.names[i], 28));
  return text;
}

// Marks.

struct Point {
  double x, y;
};

std::string path_of(const std::vector<Point>& points, bool stepped) {
  std::string path;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (stepped && i > 0) path += fmt::format("H{:.1f}", points[i].x);
    path += fmt::format("{}{:.1f},{:.1f}", i == 0 ? "M" : "L", points[i].x, points[i].y);
  }
  return path;
}

std::string area(std::vector<Point> upper, const std::vector<Point>& lower,
                 const std::string& colour, double opacity) {
  upper.insert(upper.end(), lower.rbegin(), lower.rend());
  return fmt::format(R"(<path d="{}Z" fill="{}" fill-opacity="{}"/>)", path_of(upper, false),
                     colour, opacity);
}

std::vector<Point> points_of(const Frame& frame, const Layer& layer, const std::string& y,
                             const std::string& key) {
  std::vector<Point> points;
  for (const Row& row : frame.plot.sheets[layer.sheet].rows) {
    if (key_of(frame.plot, layer, row) != key) continue;
    const Point at{value(frame, layer, row, layer.x), value(frame, layer, row, y)};
    if (!std::isnan(at.x) && !std::isnan(at.y))
      points.push_back({frame.x.at(at.x), frame.y.at(at.y)});
  }
  return points;
}

std::string stacked(const Frame& frame, const Layer& layer) {
  const auto& rows = frame.plot.sheets[layer.sheet].rows;
  std::vector<double> sums(rows.size(), 0);
  std::string text;
  for (const std::string& field : layer.stacked) {
    std::vector<Point> upper, lower;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const double x = frame.x.at(value(frame, layer, rows[i], layer.x));
      lower.push_back({x, frame.y.at(sums[i])});
      sums[i] += value(frame, layer, rows[i], field);
      upper.push_back({x, frame.y.at(sums[i])});
    }
    text += area(upper, lower, colour_of(frame.plot, field), layer.opacity);
  }
  return text;
}

std::string curves(const Frame& frame, const Layer& layer) {
  std::string text;
  for (const Key& key : frame.plot.keys) {
    if (layer.series.empty() && key.label != layer.key) continue;
    const std::vector<Point> points = points_of(frame, layer, layer.y, key.label);
    if (points.empty()) continue;
    if (layer.mark == Mark::band)
      text += area(points, points_of(frame, layer, layer.y2, key.label), key.colour, layer.opacity);
    else
      text += fmt::format(R"(<path class="curve{}" d="{}" stroke="{}"/>)",
                          layer.mark == Mark::step ? " steps" : "",
                          path_of(points, layer.mark == Mark::step), key.colour);
  }
  return text;
}

std::string single(const Frame& frame, const Layer& layer, const Row& row) {
  const auto x = [&](const std::string& field) {
    return frame.x.at(field.empty() ? 0 : value(frame, layer, row, field));
  };
  const auto y = [&](const std::string& field) {
    return frame.y.at(value(frame, layer, row, field));
  };
  const std::string& colour = colour_of(frame.plot, key_of(frame.plot, layer, row));
  const double at_x = x(layer.x), at_y = y(layer.y);
  if (std::isnan(at_x) || std::isnan(at_y)) return {};
  const double to_x = layer.x2.empty() ? (layer.mark == Mark::bar ? x("") : at_x) : x(layer.x2);
  const double to_y = layer.y2.empty() ? at_y : y(layer.y2);
  if (std::isnan(to_x) || std::isnan(to_y)) return {};
  switch (layer.mark) {
    case Mark::point:
      return fmt::format(R"(<circle cx="{:.1f}" cy="{:.1f}" r="4.5" fill="{}"/>)", at_x, at_y,
                         colour);
    case Mark::spread:
      return fmt::format(
          R"(<line class="curve" x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" stroke="{}"/>)",
          at_x, at_y, to_x, to_y, colour);
    case Mark::bar:
      return fmt::format(
          R"(<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="14" fill="{}" fill-opacity="{}"/>)",
          std::min(at_x, to_x), at_y - 7, std::abs(to_x - at_x), colour, layer.opacity);
    default: break;
  }
  return text_at(at_x + 5, at_y + 4, "start",
                 cell_text(row[column(frame.plot.sheets[layer.sheet], layer.text)]));
}

std::string marks(const Frame& frame, const Layer& layer) {
  if (layer.mark == Mark::stack) return stacked(frame, layer);
  if (layer.mark == Mark::band || layer.mark == Mark::line || layer.mark == Mark::step)
    return curves(frame, layer);
  std::string text;
  for (const Row& row : frame.plot.sheets[layer.sheet].rows) text += single(frame, layer, row);
  return text;
}

}  // namespace

std::string drawing(const Plot& plot) {
  const Frame frame = frame_of(plot);
  const double height = std::max(frame.y.begin, frame.y.end) + kBottom;
  std::string text = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {:.0f} {:.0f}\" "
      "role=\"img\" aria-label=\"{}\">",
      kWidth, height, escaped(plot.description));
  text += axes(frame);
  for (const Layer& layer : plot.layers) text += marks(frame, layer);
  return text + "</svg>\n";
}

}  // namespace racked::report
