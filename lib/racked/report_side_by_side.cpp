#include <racked/report.h>

#include "report_markup.h"
#include "report_page.h"
#include "report_plots.h"

#include <racked/comparison.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>
#include <stdexcept>

namespace racked {

namespace report {
namespace {

using All = std::vector<Compared>;

std::optional<std::size_t> milestone_of(const Results& results, const std::string& name) {
  for (std::size_t i = 0; i < results.milestones.size(); ++i)
    if (results.milestones[i].name == name) return i;
  return std::nullopt;
}

/// A milestone that any of the results asks for.
struct Question {
  std::string name;
  std::string label;
};

std::vector<Question> questions_of(const All& all) {
  std::vector<Question> questions;
  std::set<std::string> known;
  for (const Compared& one : all)
    for (std::size_t i = 0; i < one.results.milestones.size(); ++i)
      if (known.insert(one.results.milestones[i].name).second)
        questions.push_back({one.results.milestones[i].name, label_of(one.results, i)});
  return questions;
}

std::vector<std::string> labels_of(const All& all) {
  std::vector<std::string> labels;
  for (const Compared& one : all) {
    std::string label = one.label;
    for (int i = 2; std::find(labels.begin(), labels.end(), label) != labels.end(); ++i)
      label = fmt::format("{} ({})", one.label, i);
    labels.push_back(label);
  }
  return labels;
}

std::string scrolled(const TextTable& table) {
  return "<div class=\"scroll free\">" + table_html(table) + "</div>\n";
}

// What the days were asked for in any of them.
std::set<Date> days_of(const All& all, const std::string& name) {
  std::set<Date> days;
  for (const Compared& one : all)
    if (const auto i = milestone_of(one.results, name))
      if (one.results.milestones[*i].by_given)
        days.insert(one.results.milestones[*i].by.begin(), one.results.milestones[*i].by.end());
  return days;
}

TextTable milestone_table(const All& all, const std::vector<std::string>& labels,
                          const Question& question) {
  const std::set<Date> days = days_of(all, question.name);
  TextTable table;
  table.head = {"", "reached", "P10", "P50", "P90", "mean"};
  table.numeric = {false, true};
  table.numeric.resize(table.head.size() + days.size(), true);
  for (std::size_t i = 2; i < table.head.size(); ++i) table.numeric[i] = false;
  for (const Date day : days) table.head.push_back("by " + iso_date(day));
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Results& results = all[i].results;
    auto& row = table.rows.emplace_back(std::vector<std::string>{labels[i]});
    const auto milestone = milestone_of(results, question.name);
    if (!milestone) {
      row.resize(table.head.size(), "–");
      continue;
    }
    const MilestoneSummary summary = summarise(results, *milestone);
    for (std::string text : {percent_text(summary.reached), day_or_never(results, summary.p10),
                             day_or_never(results, summary.p50), day_or_never(results, summary.p90),
                             mean_text(results, summary)})
      row.push_back(std::move(text));
    for (const Date day : days)
      row.push_back(percent_text(probability_by(results, *milestone, day)));
  }
  return table;
}

std::string signed_days(double days) {
  if (std::isinf(days)) return days > 0 ? "+∞" : "−∞";
  return (days > 0 ? "+" : "") + number_text(days, 1) + " d";
}

std::string interval_text(const des::Interval& interval) {
  return signed_days(interval.low) + " to " + signed_days(interval.high);
}

// Whether both drew the same luck, and for some of the same replications.
bool are_paired(const Results& a, const Results& b) {
  std::vector<std::uint64_t> shared;
  std::set_intersection(a.replications.begin(), a.replications.end(), b.replications.begin(),
                        b.replications.end(), std::back_inserter(shared));
  return a.seed == b.seed && a.version == b.version && !shared.empty();
}

std::vector<std::string> difference_row(const std::string& milestone, const std::string& label,
                                        const Difference& found) {
  std::vector<std::string> row = {milestone,
                                  label,
                                  signed_days(found.days),
                                  "–",
                                  "–",
                                  "–",
                                  number_text(static_cast<double>(found.both), 0),
                                  number_text(static_cast<double>(found.pairs), 0)};
  if (found.half_width_days)
    row[3] =
        interval_text({found.days - *found.half_width_days, found.days + *found.half_width_days});
  const Difference::Quantile& median = found.quantiles.front();
  if (median.days) row[4] = signed_days(*median.days);
  if (median.interval) row[5] = interval_text(*median.interval);
  return row;
}

TextTable differences_table(const All& all, const std::vector<std::string>& labels) {
  TextTable table;
  table.caption = "Replication by replication under the same luck: how much later than in " +
                  labels.front() + "; what is not reached counts as reached on the horizon";
  table.head = {"Milestone",     "",     "mean", "95 % interval", "P50", "95 % interval",
                "both reach it", "pairs"};
  table.numeric = {false, false, true, true, true, true, true, true};
  const Results& first = all.front().results;
  for (std::size_t i = 1; i < all.size(); ++i) {
    if (!are_paired(first, all[i].results)) continue;
    const Comparison comparison =
        compare({times_of(labels.front(), first), times_of(labels[i], all[i].results)});
    for (const Difference& found : comparison.differences)
      table.rows.push_back(difference_row(label_of(first, found.milestone), labels[i], found));
  }
  return table;
}

std::string differences_html(const All& all, const std::vector<std::string>& labels) {
  std::string text;
  for (std::size_t i = 1; i < all.size(); ++i)
    if (!are_paired(all.front().results, all[i].results))
      text += fmt::format(
          "<p class=\"notice\" role=\"note\">{} and {} differ in seed, version or replications: "
          "they "
          "can only be put side by side.</p>\n",
          escaped(labels.front()), escaped(labels[i]));
  const TextTable table = differences_table(all, labels);
  return table.rows.empty() ? text : text + scrolled(table);
}

// Plots.

Plot milestones_plot(const All& all, const std::vector<std::string>& labels,
                     const Question& question) {
  Plot plot;
  plot.name = "probability_" + question.name;
  plot.title = question.label + ": probability of having reached it";
  plot.description = "One curve for each of the results.";
  plot.y = Scale::share;
  Sheet sheet;
  sheet.title = "Share of the replications";
  sheet.columns = {{"results", "Results"}, {"date", "Date"}, {"share", "Share"}};
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto milestone = milestone_of(all[i].results, question.name);
    if (!milestone || all[i].results.rows() == 0) continue;
    plot.keys.push_back({labels[i], kPalette[i % std::size(kPalette)]});
    add_probability(all[i].results, *milestone, labels[i], sheet);
  }
  plot.sheets.push_back(std::move(sheet));
  Layer layer;
  layer.x = "date";
  layer.y = "share";
  layer.series = "results";
  plot.layers.push_back(layer);
  return plot;
}

Plot series_plot(const All& all, const std::vector<std::string>& labels,
                 const std::vector<std::vector<AllBands>>& bands, Series series) {
  Plot plot;
  plot.name = std::string(name(series));
  plot.title = series == Series::usable_chips ? "Usable chips" : "Facility power in use";
  plot.description = "Medians, with bands from P10 to P90, of all campuses together.";
  plot.y_title = unit(series);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Key key{labels[i], kPalette[i % std::size(kPalette)]};
    Sheet sheet;
    sheet.title = labels[i];
    sheet.columns = {{"date", "Date"}, {"p10", "P10"}, {"p50", "P50"}, {"p90", "P90"}};
    for (std::size_t date = 0; date < bands[i].size(); ++date) {
      const Band& band = bands[i][date][static_cast<std::size_t>(series)];
      sheet.rows.push_back({all[i].results.report_dates[date], band.p10, band.p50, band.p90});
    }
    plot.keys.push_back(key);
    plot.sheets.push_back(std::move(sheet));
    Layer band;
    band.mark = Mark::band;
    band.sheet = i;
    band.x = "date";
    band.y = "p10";
    band.y2 = "p90";
    band.key = key.label;
    band.opacity = 0.2;
    Layer line = band;
    line.mark = Mark::line;
    line.y = "p50";
    line.y2.clear();
    plot.layers.push_back(band);
    plot.layers.push_back(line);
  }
  return plot;
}

TextTable lost_table(const All& all, const std::vector<std::string>& labels) {
  TextTable table;
  table.caption = "Chip-days lost by cause, means; of all campuses together";
  table.head = {"Cause"};
  table.numeric.assign(labels.size() + 1, true);
  table.numeric[0] = false;
  table.head.insert(table.head.end(), labels.begin(), labels.end());
  for (std::size_t charge = 0; charge < kCharges; ++charge) {
    auto& row = table.rows.emplace_back();
    row.emplace_back(name(static_cast<Charge>(charge)));
    for (const Compared& one : all)
      row.push_back(number_text(lost_chip_days(one.results)[charge], 0));
  }
  return table;
}

TextTable facts_table(const All& all, const std::vector<std::string>& labels) {
  TextTable table;
  table.caption = "What is compared";
  table.head = {"", "scenario", "hash", "seed", "replications", "failed", "version"};
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Results& results = all[i].results;
    table.rows.push_back({labels[i], results.scenario, hash_text(results.scenario_hash),
                          std::to_string(results.seed), replication_ranges(results),
                          std::to_string(results.failures.size()), results.version});
  }
  return table;
}

std::string section(const char* id, const char* title, const std::string& html) {
  return fmt::format(
      "<section id=\"{0}\" aria-labelledby=\"{0}-head\">\n<h2 id=\"{0}-head\">{1}</h2>\n{2}"
      "</section>\n",
      id, title, html);
}

}  // namespace
}  // namespace report

std::string side_by_side_html(const std::vector<Compared>& all, std::string_view scripts) {
  using namespace report;
  if (all.size() < 2) throw std::invalid_argument("a comparison needs two results or more");
  const std::vector<std::string> labels = labels_of(all);
  const std::vector<Question> questions = questions_of(all);
  std::string when = differences_html(all, labels);
  for (const Question& question : questions) {
    TextTable table = milestone_table(all, labels, question);
    table.caption = question.label;
    when += scrolled(table);
  }
  for (std::size_t i = 0; i < std::min(questions.size(), kMostMilestones); ++i)
    if (const Plot plot = milestones_plot(all, labels, questions[i]);
        !plot.sheets.front().rows.empty())
      when += figure_html(plot);
  std::vector<std::vector<AllBands>> bands;
  for (const Compared& one : all) bands.push_back(all_bands(one.results));
  std::string usable;
  const bool any =
      std::any_of(bands.begin(), bands.end(), [](const auto& b) { return !b.empty(); });
  for (const Series series : {Series::usable_chips, Series::usable_facility_mw})
    if (any) usable += figure_html(series_plot(all, labels, bands, series));

  const std::string title = fmt::format(
      "{} and {}", labels.front(), all.size() == 2 ? labels[1] : counted(all.size() - 1, "other"));
  std::string body = "<a class=\"skip\" href=\"#when\">Skip to the answers</a>\n<header>\n<h1>" +
                     escaped(title) + "</h1>\n" + scrolled(facts_table(all, labels)) +
                     "</header>\n<main>\n";
  body += section("when", "When", when) + section("usable", "How much is usable", usable) +
          section("holdups", "What holds it up", scrolled(lost_table(all, labels)));
  if (scripts.empty()) body += plain_notice();
  body += "</main>\n";
  return document_html(title, body, all.front().results.version, scripts);
}

}  // namespace racked
