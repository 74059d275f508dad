#include "report_page.h"

#include "report_markup.h"
#include "report_style.h"

#include <fmt/format.h>

namespace racked::report {
namespace {

bool is_numeric(const TextTable& table, std::size_t column) {
  return column < table.numeric.size() && table.numeric[column];
}

TextTable table_of(const Sheet& sheet) {
  TextTable table;
  table.caption = sheet.title;
  for (std::size_t i = 0; i < sheet.columns.size(); ++i) {
    table.head.push_back(sheet.columns[i].title);
    table.numeric.push_back(!sheet.rows.empty() &&
                            std::holds_alternative<double>(sheet.rows.front()[i]));
  }
  for (const auto& row : sheet.rows) {
    auto& cells = table.rows.emplace_back();
    for (const Cell& cell : row) cells.push_back(cell_text(cell));
  }
  return table;
}

std::string legend_html(const Plot& plot) {
  if (plot.keys.size() < 2) return {};
  std::string text = "<ul class=\"legend\" aria-label=\"Legend\">";
  for (const Key& key : plot.keys)
    text += fmt::format(
        R"(<li><span style="background:{};opacity:{}" aria-hidden="true"></span>{}</li>)",
        key.colour, key.opacity, escaped(key.label));
  return text + "</ul>\n";
}

}  // namespace

std::string table_html(const TextTable& table) {
  std::string text = "<table>\n";
  if (!table.caption.empty()) text += "<caption>" + escaped(table.caption) + "</caption>\n";
  text += "<thead><tr>";
  for (std::size_t i = 0; i < table.head.size(); ++i)
    text += fmt::format("<th scope=\"col\"{}>{}</th>",
                        is_numeric(table, i) ? " class=\"number\"" : "", escaped(table.head[i]));
  text += "</tr></thead>\n<tbody>\n";
  for (const auto& row : table.rows) {
    text += "<tr>";
    for (std::size_t i = 0; i < row.size(); ++i)
      text += fmt::format("<td{}>{}</td>", is_numeric(table, i) ? " class=\"number\"" : "",
                          escaped(row[i]));
    text += "</tr>\n";
  }
  return text + "</tbody>\n</table>\n";
}

std::string figure_html(const Plot& plot) {
  const std::string name = escaped(plot.name);
  std::string text = fmt::format(
      "<figure id=\"chart-{0}\" aria-labelledby=\"{0}-title\">\n"
      "<h3 id=\"{0}-title\">{1}</h3>\n<figcaption>{2}</figcaption>\n",
      name, escaped(plot.title), escaped(plot.description));
  text += legend_html(plot);
  text += fmt::format("<div class=\"chart\" data-spec=\"spec-{0}\" data-name=\"{0}\">{1}</div>\n",
                      name, drawing(plot));
  text += fmt::format("<script type=\"application/json\" id=\"spec-{}\">{}</script>\n", name,
                      inert(vega_lite(plot)));
  text += "<details><summary>Data of this chart</summary>\n";
  for (const Sheet& sheet : plot.sheets)
    text += fmt::format(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{}\">\n{}</div>\n",
        escaped(plot.title + ": " + sheet.title), table_html(table_of(sheet)));
  return text + "</details>\n</figure>\n";
}

std::string plain_notice() {
  return "<p class=\"notice\" role=\"note\">This page was made without the scripts of Vega-Lite, "
         "which "
         "come from npm when racked is built: its charts are plain drawings, without what is told "
         "when one points at them. Their numbers are complete.</p>\n";
}

std::string document_html(const std::string& title, const std::string& body,
                          const std::string& version, std::string_view scripts) {
  std::string text = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"generator\" content=\"racked {0}\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
      "style-src 'unsafe-inline'; script-src 'unsafe-inline' 'unsafe-eval'; img-src data: "
      "blob:\">\n"
      "<link rel=\"icon\" "
      "href=\"data:,\">\n<title>{1}</title>\n<style>{2}</style>\n</head>\n<body>\n",
      escaped(version), escaped(title), kStyle);
  text += body;
  if (!scripts.empty())
    text += fmt::format("<script>{}</script>\n<script>{}</script>\n", scripts, kDrawing);
  return text + "</body>\n</html>\n";
}

std::string day_or_never(const Results& results, des::Time time) {
  return time == des::kNever ? "never" : iso_date(date_of(time, results.start));
}

std::string mean_text(const Results& results, const MilestoneSummary& summary) {
  if (!summary.mean_days) return "–";
  std::string text =
      day_or_never(results, des::kStart + des::rounded(*summary.mean_days, des::kDay));
  if (summary.mean_half_width_days)
    text += fmt::format(" ± {:.1f} d", *summary.mean_half_width_days);
  return text;
}

std::string counted(std::uint64_t count, std::string_view noun, std::string_view plural) {
  std::string text = number_text(static_cast<double>(count), 0) + " ";
  if (count == 1) return text.append(noun);
  return plural.empty() ? text.append(noun).append("s") : text.append(plural);
}

std::string hash_text(std::uint64_t hash) { return fmt::format("{:016x}", hash); }

}  // namespace racked::report
