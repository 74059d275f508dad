#include "report_plot.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

// Vega-Lite: https://vega.github.io/vega-lite/docs/. Days are written as text and read as UTC, so
// that they are the same everywhere.
namespace racked::report {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kWidth = 640;
constexpr int kHeight = 300;
constexpr int kCategoryHeight = 22;

Json value_json(const Cell& cell) {
  if (const auto* number = std::get_if<double>(&cell)) {
    const double rounded = std::round(*number * 1e4) / 1e4;
    if (rounded == std::floor(rounded) && std::abs(rounded) < 9e15)
      return static_cast<std::int64_t>(rounded);
    return rounded;
  }
  if (const auto* day = std::get_if<Day>(&cell)) return day_text(*day);
  if (const auto* text = std::get_if<std::string>(&cell)) return *text;
  return nullptr;
}

bool is_day(const Plot& plot, const std::string& field) {
  for (const Layer& layer : plot.layers)
    if (plot.x == Scale::day && (field == layer.x || field == layer.x2)) return true;
  return false;
}

Json data_json(const Plot& plot, const Sheet& sheet) {
  Json values = Json::array(), parse = Json::object();
  for (const Column& column : sheet.columns)
    if (is_day(plot, column.field)) parse[column.field] = "utc:'%Y-%m-%d'";
  for (const auto& row : sheet.rows) {
    Json value = Json::object();
    for (std::size_t i = 0; i < row.size(); ++i) value[sheet.columns[i].field] = value_json(row[i]);
    values.push_back(std::move(value));
  }
  Json data{{"values", std::move(values)}};
  if (!parse.empty()) data["format"] = {{"parse", std::move(parse)}};
  return data;
}

const char* type_of(Scale scale) {
  switch (scale) {
    case Scale::day: return "temporal";
    case Scale::category: return "nominal";
    case Scale::number:
    case Scale::share: break;
  }
  return "quantitative";
}

// Of what the layers show; with more digits numbers are told by a prefix.
constexpr double kLong = 1e7;
double largest(const Plot& plot) {
  double most = 0;
  for (const Layer& layer : plot.layers)
    for (const std::string& field : {layer.x, layer.y, layer.y2}) {
      if (field.empty()) continue;
      const Sheet& sheet = plot.sheets[layer.sheet];
      for (const auto& row : sheet.rows)
        if (const auto* number = std::get_if<double>(&row[column(sheet, field)]))
          most = std::max(most, std::abs(*number));
    }
  return most;
}

Json position(const Plot& plot, Scale scale, const std::string& field, const std::string& title) {
  Json json{{"field", field}, {"type", type_of(scale)}};
  json["title"] = title.empty() ? Json(nullptr) : Json(title);
  if (scale == Scale::day) {
    json["scale"] = {{"type", "utc"}};
    json["axis"] = {{"format", "%b %Y"}, {"labelOverlap", true}};
  }
  if (scale == Scale::share) {
    json["axis"] = {{"format", ".0%"}};
    json["scale"] = {{"domain", {0, 1}}};
  }
  if (scale == Scale::number) json["axis"] = {{"format", largest(plot) < kLong ? ",~f" : "~s"}};
  if (scale == Scale::category) json["sort"] = categories(plot);
  return json;
}

Json tooltip(const Plot& plot, const Sheet& sheet) {
  Json fields = Json::array();
  for (const Column& column : sheet.columns) {
    Json field{{"field", column.field}, {"title", column.title}};
    if (is_day(plot, column.field)) {
      field["type"] = "temporal";
      field["timeUnit"] = "utcyearmonthdate";
      field["format"] = "%Y-%m-%d";
    } else if (std::any_of(sheet.rows.begin(), sheet.rows.end(), [&](const auto& row) {
                 return std::holds_alternative<double>(
                     row[static_cast<std::size_t>(&column - sheet.columns.data())]);
               })) {
      field["type"] = "quantitative";
      field["format"] = ",.2~f";
    } else {
      field["type"] = "nominal";
    }
    fields.push_back(std::move(field));
  }
  return fields;
}

Json mark_json(const Layer& layer) {
  switch (layer.mark) {
    case Mark::band: return {{"type", "area"}, {"opacity", layer.opacity}};
    case Mark::line: return {{"type", "line"}, {"strokeWidth", 2.5}};
    case Mark::step:
      return {{"type", "line"},
              {"interpolate", "step-after"},
              {"strokeDash", {7, 4}},
              {"strokeWidth", 2},
              {"opacity", layer.opacity}};
    case Mark::stack: return {{"type", "area"}, {"opacity", layer.opacity}};
    case Mark::point: return {{"type", "point"}, {"filled", true}, {"size", 70}, {"opacity", 1}};
    case Mark::spread: return {{"type", "rule"}, {"strokeWidth", 2}};
    case Mark::bar:
      return {{"type", "bar"}, {"opacity", layer.opacity}, {"height", {{"band", 0.66}}}};
    case Mark::note:
      return {{"type", "text"}, {"align", "left"}, {"dx", 5}, {"baseline", "middle"}};
  }
  return {};
}

// As an expression writes it; what is no UTF-8 is replaced as in the rest of the spec.
std::string as_string_literal(const std::string& text) {
  return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json colour_json(const Plot& plot, const Layer& layer) {
  Json domain = Json::array(), range = Json::array();
  for (const Key& key : plot.keys) {
    domain.push_back(key.label);
    range.push_back(key.colour);
  }
  const bool by_series = layer.stacked.empty() && !layer.series.empty();
  Json json{{"field", by_series ? layer.series : "key"}, {"type", "nominal"}};
  json["scale"] = {{"domain", std::move(domain)}, {"range", std::move(range)}};
  json["legend"] = {{"title", nullptr}, {"orient", "top"}, {"columns", 4}};
  return json;
}

// One row for each stacked column, in their order. The columns are plain identifiers.
Json unfolding(const std::vector<std::string>& columns) {
  std::string order = "indexof([";
  for (const std::string& column : columns) order += "'" + column + "',";
  order.back() = ']';
  Json steps = Json::array();
  steps.push_back({{"fold", columns}, {"as", {"key", "value"}}});
  steps.push_back({{"calculate", order + ", datum.key)"}, {"as", "order"}});
  return steps;
}

Json layer_json(const Plot& plot, const Layer& layer) {
  Json encoding;
  encoding["x"] = position(plot, plot.x, layer.x, plot.x_title);
  encoding["y"] = position(plot, plot.y, layer.stacked.empty() ? layer.y : "value", plot.y_title);
  if (!layer.x2.empty()) encoding["x2"] = {{"field", layer.x2}};
  if (!layer.y2.empty()) encoding["y2"] = {{"field", layer.y2}};
  if (layer.mark == Mark::stack) {
    encoding["y"]["stack"] = "zero";
    encoding["order"] = {{"field", "order"}, {"type", "quantitative"}};
  }
  if (layer.mark == Mark::note)
    encoding["text"] = {{"field", layer.text}, {"type", "nominal"}};
  else
    encoding["color"] = colour_json(plot, layer);
  const bool pointed = layer.mark == Mark::point || layer.mark == Mark::bar;
  if (pointed) encoding["tooltip"] = tooltip(plot, plot.sheets[layer.sheet]);
  Json json;
  if (!layer.stacked.empty())
    json["transform"] = unfolding(layer.stacked);
  else if (layer.mark != Mark::note && layer.series.empty())  // the whole layer is one key
    json["transform"] = {{{"calculate", as_string_literal(layer.key)}, {"as", "key"}}};
  json["mark"] = mark_json(layer);
  json["encoding"] = std::move(encoding);
  return json;
}

// A line that is not seen stands on every day of the main sheet: what is pointed at is told. Only
// where a day has one row.
Json probe_json(const Plot& plot) {
  const Layer& first = plot.layers.front();
  return {{"mark", {{"type", "rule"}, {"strokeWidth", 9}, {"opacity", 0}, {"aria", false}}},
          {"encoding",
           {{"x", position(plot, plot.x, first.x, plot.x_title)},
            {"tooltip", tooltip(plot, plot.sheets.front())}}}};
}

}  // namespace

std::string vega_lite(const Plot& plot) {
  Json spec;
  spec["$schema"] = "https://vega.github.io/schema/vega-lite/v5.json";
  spec["title"] = plot.title;
  spec["description"] = plot.description;
  spec["width"] = kWidth;
  spec["height"] = plot.y == Scale::category
                       ? static_cast<int>(categories(plot).size()) * kCategoryHeight
                       : kHeight;
  spec["data"] = data_json(plot, plot.sheets.front());
  spec["layer"] = Json::array();
  for (std::size_t i = 0; i < plot.layers.size();) {
    const std::size_t sheet = plot.layers[i].sheet;
    Json layers = Json::array();
    for (; i < plot.layers.size() && plot.layers[i].sheet == sheet; ++i)
      layers.push_back(layer_json(plot, plot.layers[i]));
    if (sheet == 0)
      for (Json& layer : layers) spec["layer"].push_back(std::move(layer));
    else  // data given twice would be parsed as one of the layers needs it
      spec["layer"].push_back(
          {{"data", data_json(plot, plot.sheets[sheet])}, {"layer", std::move(layers)}});
  }
  const Mark first = plot.layers.front().mark;
  if (plot.x == Scale::day && (first == Mark::band || first == Mark::line || first == Mark::stack))
    spec["layer"].push_back(probe_json(plot));
  return spec.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace racked::report
