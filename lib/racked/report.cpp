#include <racked/report.h>

#include "report_explanation.h"
#include "report_markup.h"
#include "report_money.h"
#include "report_page.h"
#include "report_plots.h"

#include <racked/causes.h>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

namespace racked {
namespace report {
namespace {

constexpr std::size_t kMostCards = 12;
constexpr std::size_t kMostWaits = 12;
constexpr std::size_t kMostFailures = 10;

/// What stands under one heading.
struct Section {
  std::string id;
  std::string title;
  std::string html;
};

std::string paragraph(std::string_view text, std::string_view css = {}) {
  return fmt::format("<p{}>{}</p>\n", css.empty() ? "" : fmt::format(" class=\"{}\"", css),
                     escaped(text));
}

std::string notice(std::string_view text) {
  return fmt::format("<p class=\"notice\" role=\"note\">{}</p>\n", escaped(text));
}

const std::string& shown_title(const Results& results) {
  return results.title.empty() ? results.scenario : results.title;
}

// Answers.

std::string card_html(const Results& results, std::size_t index) {
  const Results::Question& question = results.milestones[index];
  const MilestoneSummary summary = summarise(results, index);
  std::string text = fmt::format("<li><h3>{}</h3>\n", escaped(label_of(results, index)));
  text += fmt::format("<p class=\"big\"><span class=\"soft\">P50</span> {}</p>\n",
                      day_or_never(results, summary.p50));
  const auto fact = [&text](std::string_view what, std::string_view value) {
    text += fmt::format("<dt>{}</dt><dd>{}</dd>", what, value);
  };
  text += "<dl>";
  fact("P10", day_or_never(results, summary.p10));
  fact("P90", day_or_never(results, summary.p90));
  fact("reached", percent_text(summary.reached));
  text += "</dl>\n";
  if (question.by_given && !question.by.empty()) {
    text += "<dl>";
    for (std::size_t i = 0; i < question.by.size(); ++i)
      fact("by " + iso_date(question.by[i]), percent_text(summary.by[i]));
    text += "</dl>\n";
  }
  return text + "</li>\n";
}

std::string milestones_table(const Results& results) {
  TextTable table;
  table.caption =
      "Milestones; the mean with its 95 % interval is over the replications that reach it";
  table.head = {"Milestone", "reached", "P10", "P50", "P90", "mean"};
  table.numeric = {false, true};
  for (std::size_t i = 0; i < results.milestones.size(); ++i) {
    const MilestoneSummary summary = summarise(results, i);
    table.rows.push_back({label_of(results, i), percent_text(summary.reached),
                          day_or_never(results, summary.p10), day_or_never(results, summary.p50),
                          day_or_never(results, summary.p90), mean_text(results, summary)});
  }
  return "<div class=\"scroll free\">" + table_html(table) + "</div>\n";
}

// Of milestones whose days the scenario does not name: the ends of quarters.
std::string quarters_html(const Results& results) {
  TextTable table;
  table.caption = "Probability of having reached it by the end of each quarter";
  table.head = {"Milestone", "by", "probability"};
  table.numeric = {false, false, true};
  for (std::size_t i = 0; i < results.milestones.size(); ++i) {
    const Results::Question& question = results.milestones[i];
    if (question.by_given) continue;
    for (const Date day : question.by)
      table.rows.push_back(
          {label_of(results, i), iso_date(day), percent_text(probability_by(results, i, day))});
  }
  if (table.rows.empty()) return {};
  return "<details><summary>By the ends of quarters</summary>\n<div class=\"scroll\" "
         "tabindex=\"0\" "
         "role=\"region\" aria-label=\"Probability by quarter\">" +
         table_html(table) + "</div></details>\n";
}

std::string answers_html(const Results& results) {
  if (results.milestones.empty())
    return paragraph(
        "The scenario asks for no milestone; the charts below show what is usable when.");
  std::string text = "<ul class=\"cards\">\n";
  for (std::size_t i = 0; i < std::min(results.milestones.size(), kMostCards); ++i)
    text += card_html(results, i);
  text += "</ul>\n";
  if (results.milestones.size() > kMostCards)
    text += paragraph(fmt::format("And {} more milestones, in the table.",
                                  results.milestones.size() - kMostCards));
  text += milestones_table(results) + quarters_html(results);
  return text;
}

// What still waits.

std::string waiters_text(const WaitGroup& group) {
  const std::size_t others = group.waiters.size() - 1;
  const std::string& first = group.waiters.begin()->first;
  if (group.halls)
    return counted(static_cast<std::uint64_t>(group.positions() + 0.5), "position") + " of " +
           (others == 0 ? first : counted(others + 1, "hall"));
  return others == 0 ? first : fmt::format("{} and {} more", first, others);
}

std::string waits_html(const Results& results) {
  if (results.waits.empty() || all_reached(results)) return {};
  TextTable table;
  table.caption = "Still waiting on " + iso_date(results.horizon);
  table.head = {"in replications", "who", "for what"};
  table.numeric = {true};
  const std::vector<WaitGroup> groups = wait_groups(results);
  const double rows = static_cast<double>(results.rows());
  for (std::size_t i = 0; i < std::min(groups.size(), kMostWaits); ++i)
    table.rows.push_back(
        {share_of_union(static_cast<double>(groups[i].most) / rows, groups[i].members > 1),
         waiters_text(groups[i]), groups[i].what});
  std::string text = "<div class=\"scroll free\">" + table_html(table) + "</div>\n";
  if (groups.size() > kMostWaits)
    text += paragraph(fmt::format("And {} more; waits.csv has all.", groups.size() - kMostWaits));
  return text;
}

// Campuses.

std::string lost_by_campus(const Results& results) {
  TextTable table;
  table.caption = "Chip-days lost by campus and cause, means";
  table.head = {"Campus"};
  table.numeric = {false};
  for (std::size_t charge = 0; charge < kCharges; ++charge) {
    table.head.emplace_back(name(static_cast<Charge>(charge)));
    table.numeric.push_back(true);
  }
  for (std::size_t i = 0; i < results.campuses.size(); ++i) {
    auto& row = table.rows.emplace_back(std::vector<std::string>{results.campuses[i]});
    for (const double days : lost_chip_days(results, i)) row.push_back(number_text(days, 0));
  }
  return "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Lost by campus\">" +
         table_html(table) + "</div>\n";
}

// How it was made.

std::string facts_html(const Results& results) {
  std::uint64_t events =
      std::accumulate(results.events.begin(), results.events.end(), std::uint64_t{0});
  std::int64_t chips = 0, watts = 0;
  for (const Results::Place& building : results.buildings) {
    chips += building.chips;
    watts += building.facility_watts;
  }
  const std::pair<const char*, std::string> facts[] = {
      {"Scenario", results.scenario},
      {"Hash of the resolved scenario", hash_text(results.scenario_hash)},
      {"From", iso_date(results.start) + " to " + iso_date(results.horizon)},
      {"Plan", counted(results.campuses.size(), "campus", "campuses") + ", " +
                   counted(results.buildings.size(), "building") + " for " +
                   counted(static_cast<std::uint64_t>(chips), "chip") + " and " +
                   number_text(static_cast<double>(watts) / 1e6) + " MW of facility power"},
      {"Seed", std::to_string(results.seed)},
      {"Replications", replication_ranges(results)},
      {"Events", number_text(static_cast<double>(events), 0)},
      {"Version", "racked " + results.version}};
  std::string text = "<dl class=\"facts\">\n";
  for (const auto& [what, value] : facts)
    text += fmt::format("<dt>{}</dt><dd>{}</dd>\n", what, escaped(value));
  return text + "</dl>\n";
}

std::string commands_html(const Results& results) {
  const std::string ranges = replication_ranges(results);
  std::string commands;
  std::size_t parts = 0;
  for (std::size_t at = 0; at < ranges.size() && ranges != "none"; ++parts) {
    const std::size_t end = std::min(ranges.find(' ', at), ranges.size());
    commands += fmt::format("racked run {}.textproto --replications {} --seed {} --out part_{}\n",
                            results.resolved.empty() ? results.scenario : "scenario",
                            ranges.substr(at, end - at), results.seed, parts + 1);
    at = end + 1;
  }
  if (parts > 1) {
    commands += "racked merge";
    for (std::size_t part = 1; part <= parts; ++part) commands += fmt::format(" part_{}", part);
    commands += " --out whole\n";
  }
  return "<pre><code>" + escaped(commands) + "</code></pre>\n";
}

std::string provenance_html(const Results& results, bool scripts) {
  std::string text = facts_html(results);
  text += paragraph(
      "The same scenario (by its hash), seed, replications and version give the same "
      "bytes, from any number of threads and machines." +
      std::string(
          results.resolved.empty()
              ? ""
              : " The scenario, with all overlays and edits in it, stands beside this page.") +
      (can_run_again(results) || results.resolved.empty()
           ? ""
           : " A branch, policies or luck of its own come on top."));
  text += commands_html(results);
  if (!results.failures.empty()) {
    text += notice(counted(results.failures.size(), "replication") +
                   " failed and count for nothing above.");
    text += "<ul>";
    for (std::size_t i = 0; i < std::min(results.failures.size(), kMostFailures); ++i)
      text += fmt::format("<li>{}: {}</li>", results.failures[i].replication,
                          escaped(results.failures[i].message));
    text += "</ul>\n";
  }
  text += paragraph(
      "P10, P50 and P90 are the smallest values whose share of the replications is at "
      "least a tenth, a half and nine tenths; what is not reached by the horizon "
      "counts as later than all else. Series are sampled on the report dates. The "
      "numbers of every chart stand below it; the files beside this page have more, "
      "and the charts as Vega-Lite specs.");
  if (results.sketch)
    text +=
        paragraph(fmt::format("Of so many replications series are counted in buckets: their "
                              "quantiles are within {} % of the exact ones.",
                              number_text(100 * Sketch::kRelativeError, 2)));
  if (!scripts) text += plain_notice();
  return text;
}

// The page.

bool is_of(const Plot& plot, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), plot.name) != names.end();
}

std::string section_of(const Results& results, const Plot& plot) {
  const auto begins = [&plot](std::string_view with) { return plot.name.rfind(with, 0) == 0; };
  if (plot.name == "milestones" || begins("probability")) return "answers";
  if (begins("deal_")) return "deals";
  if (is_of(plot, {"cash", "idle_capital"})) return "cash";
  if (is_of(plot, {"missing_chips", "lost_chip_days"})) return "holdups";
  if (is_of(plot, {"stages", "chips"})) return "stages";
  if (plot.name == "schedule") return "schedule";
  if (begins("criticality_")) return "critical";
  for (std::size_t i = 0; i < kSeries; ++i)
    if (plot.name == name(static_cast<Series>(i))) return "usable";
  return results.campuses.size() > 1 ? "campuses" : "usable";
}

std::string left_out(std::string_view what, std::size_t shown, std::size_t all,
                     std::string_view file) {
  return paragraph(
      fmt::format("Charts of the first {} of {} {}; {} has all.", shown, all, what, file));
}

std::vector<Section> sections_of(const Results& results, bool scripts,
                                 const std::vector<Explanation>& explanations) {
  std::vector<Section> sections = {{"answers", "When", answers_html(results)},
                                   {"usable", "How much is usable", ""},
                                   {"holdups", "What holds it up", ""},
                                   {"stages", "From paper to use", ""},
                                   {"schedule", "Buildings", ""},
                                   {"critical", "What the dates hang on", ""},
                                   {"waits", "What still waits", ""},
                                   {"deals", "Committed and delivered", ""},
                                   {"cash", "Cash", ""},
                                   {"campuses", "Campus by campus", ""},
                                   {"made", "How this was made", ""}};
  const auto html = [&sections](std::string_view id) -> std::string& {
    return std::find_if(sections.begin(), sections.end(),
                        [id](const Section& section) { return section.id == id; })
        ->html;
  };
  const std::vector<Why> whys = whys_of(results, explanations);
  std::map<std::string, std::string> before;  // by the chart that follows
  for (std::size_t i = 0; i < whys.size(); ++i)
    before[criticality_name(results, i)] = why_html(results, i, whys[i]);
  for (const Plot& plot : plots_of(results))
    html(section_of(results, plot)) += before[plot.name] + figure_html(plot);
  html("critical") += explain_commands_html(results, whys);
  if (results.milestones.size() > kMostMilestones && !html("critical").empty())
    html("critical") +=
        left_out("milestones", kMostMilestones, results.milestones.size(), "causes.csv");
  html("waits") = waits_html(results);
  html("deals") += deals_html(results);
  if (results.deals.size() > kMostDeals && results.rows() > 0)
    html("deals") += left_out("deals", kMostDeals, results.deals.size(), "deal_bands.csv");
  html("cash") += parties_html(results);
  if (results.campuses.size() > 1 && results.rows() > 0)
    html("campuses") = lost_by_campus(results) + html("campuses");
  if (results.campuses.size() > kMostCampuses)
    html("campuses") += left_out("campuses", kMostCampuses, results.campuses.size(), "bands.csv");
  html("made") = provenance_html(results, scripts);
  sections.erase(std::remove_if(sections.begin(), sections.end(),
                                [](const Section& section) { return section.html.empty(); }),
                 sections.end());
  return sections;
}

}  // namespace
}  // namespace report

std::vector<Chart> report_charts(const Results& results) {
  std::vector<Chart> charts;
  for (const report::Plot& plot : report::plots_of(results))
    charts.push_back({plot.name, plot.title, plot.description, report::vega_lite(plot)});
  return charts;
}

std::string report_html(const Results& results, std::string_view scripts,
                        const std::vector<Explanation>& explanations) {
  using namespace report;
  const std::vector<Section> sections = sections_of(results, !scripts.empty(), explanations);
  std::string body = "<a class=\"skip\" href=\"#answers\">Skip to the answers</a>\n<header>\n";
  body += fmt::format("<h1>{}</h1>\n", escaped(shown_title(results)));
  body += paragraph(fmt::format("{}, {} to {}; replications {}, seed {}", results.scenario,
                                iso_date(results.start), iso_date(results.horizon),
                                replication_ranges(results), results.seed),
                    "soft");
  if (results.rows() == 0)
    body += notice("No replication came to its end: there is nothing to show.");
  if (!results.failures.empty())
    body += notice(counted(results.failures.size(), "replication") +
                   " failed and count for nothing below.");
  body += "<nav aria-label=\"Sections\"><ul>\n";
  for (const Section& section : sections)
    body += fmt::format("<li><a href=\"#{}\">{}</a></li>\n", section.id, section.title);
  body += "</ul></nav>\n</header>\n<main>\n";
  for (const Section& section : sections)
    body += fmt::format(
        "<section id=\"{0}\" aria-labelledby=\"{0}-head\">\n<h2 id=\"{0}-head\">{1}"
        "</h2>\n{2}</section>\n",
        section.id, section.title, section.html);
  body += "</main>\n";
  return document_html(shown_title(results), body, results.version, scripts);
}

}  // namespace racked
