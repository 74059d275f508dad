#include "report_explanation.h"

#include "days.h"
#include "explanation_tables_words.h"
#include "report_markup.h"
#include "report_plots.h"

#include <racked/des/random_stream.h>
#include <racked/problem.h>
#include <racked/resolved.h>
#include <racked/simulation.h>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <stdexcept>
#include <utility>

namespace racked::report {
namespace {

/// Of the replications that are run again for a page: about a second's.
constexpr std::uint64_t kMostEvents = 4'000'000;
constexpr std::size_t kMostRows = 12;

std::optional<Model> model_of(const Results& results) {
  if (!can_run_again(results)) return {};
  try {
    Model model = resolved_model(results.resolved);
    const bool same = difference(make_results(model, results.seed), results).empty();
    return same ? std::optional(std::move(model)) : std::nullopt;
  } catch (const ScenarioError&) {
    return {};
  }
}

bool fits(const Results& results, const Explanation& explanation, const std::string& milestone) {
  return explanation.milestone == milestone && explanation.seed == results.seed &&
         explanation.scenario_hash == results.scenario_hash && !explanation.stopped;
}

std::string heading(std::string_view text) { return fmt::format("<h4>{}</h4>\n", escaped(text)); }

std::string chain_html(const Explanation& explanation) {
  std::string text = heading(chain_title(explanation)) + "<ol class=\"chain\">\n";
  for (const ExplainedLink& link : explanation.median->chain)
    text +=
        fmt::format("<li><span class=\"when\">{} … {}, {}</span> {}.</li>\n",
                    date_text(explanation, link.link.from), date_text(explanation, link.link.to),
                    days_text(link.link.to - link.link.from), escaped(link.words));
  return text + "</ol>\n";
}

std::string levers_html(const Explanation& explanation) {
  const std::vector<std::string> sentences = lever_sentences(explanation);
  if (sentences.empty()) return {};
  std::string text = heading(levers_title()) + "<ul>\n";
  for (const std::string& sentence : sentences) text += "<li>" + escaped(sentence) + ".</li>\n";
  return text + fmt::format("</ul>\n<p class=\"soft\">({}; replications {})</p>\n",
                            escaped(kLeversNote), escaped(explanation.replication_ranges));
}

std::string criticality_table(std::string_view title, const std::vector<Criticality>& all) {
  if (all.empty()) return {};
  TextTable table;
  table.caption = title;
  table.head = {"", "in replications", "mean days"};
  table.numeric = {false, true, true};
  for (std::size_t i = 0; i < std::min(all.size(), kMostRows); ++i)
    table.rows.push_back({name_text(all[i]), share_text(all[i]), number_text(all[i].days)});
  return "<div class=\"scroll free\">" + table_html(table) + "</div>\n";
}

std::string charges_table(const Explanation& explanation) {
  TextTable table;
  table.caption = kChargesTitle;
  table.head = {"Cause", "chip-days", "share"};
  table.numeric = {false, true, true};
  for (const ChargeShare& one : charges_by_size(explanation))
    table.rows.push_back(
        {std::string(name(one.charge)), grouped_text(one.chip_days), percent_text(one.share)});
  if (table.rows.empty()) return {};
  return "<div class=\"scroll free\">" + table_html(table) + "</div>\n";
}

std::string first_range(const Results& results) {
  const std::string ranges = replication_ranges(results);
  return ranges.substr(0, ranges.find(' '));
}

}  // namespace

bool can_run_again(const Results& results) {
  return !results.resolved.empty() && des::purpose_key(results.resolved) == results.scenario_hash;
}

std::vector<Why> whys_of(const Results& results, const std::vector<Explanation>& explanations) {
  std::vector<Why> whys(std::min(results.milestones.size(), kMostMilestones));
  std::map<std::size_t, std::vector<std::size_t>> milestones_of_row;
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < whys.size(); ++i) {
    for (const Explanation& explanation : explanations)
      if (fits(results, explanation, results.milestones[i].name)) whys[i].more = &explanation;
    const std::optional<std::size_t> row = median_row(results, i);
    if (!row) continue;
    std::vector<std::size_t>& milestones = milestones_of_row[*row];
    if (milestones.empty()) rows.push_back(*row);
    milestones.push_back(i);
  }
  const std::optional<Model> model = rows.empty() ? std::nullopt : model_of(results);
  std::uint64_t events = 0;
  for (const std::size_t row : rows) {
    if (!model || (events += results.events[row]) > kMostEvents) break;
    const Timeline timeline = simulate(*model, results.seed, results.replications[row]);
    for (const std::size_t i : milestones_of_row[row]) try {
        whys[i].own = explanation_of(*model, results, Id<Milestone>(i), timeline);
      } catch (const std::logic_error&) {
        break;  // a machine on which it comes out otherwise can't tell why
      }
  }
  return whys;
}

std::string why_html(const Results& results, std::size_t milestone, const Why& why) {
  const Explanation* chain = why.own ? &*why.own : why.more;
  if (chain == nullptr || !chain->median) return {};
  std::string text = fmt::format("<h3>{}: why then</h3>\n", escaped(label_of(results, milestone)));
  text += chain_html(*chain);
  if (why.more == nullptr) return text;
  return text + levers_html(*why.more) + criticality_table(kRisksTitle, why.more->risks) +
         criticality_table(kFlowsTitle, why.more->flows) + charges_table(*why.more);
}

std::string explain_commands_html(const Results& results, const std::vector<Why>& whys) {
  if (!can_run_again(results) || results.rows() == 0) return {};
  std::string commands;
  bool all_chains = true;
  for (std::size_t i = 0; i < whys.size(); ++i) {
    if (whys[i].more != nullptr || !median_row(results, i)) continue;
    all_chains = all_chains && whys[i].own;
    commands += fmt::format(
        "racked explain scenario.textproto --milestone {} --replications {} --seed {} --out .\n",
        results.milestones[i].name, first_range(results), results.seed);
  }
  if (commands.empty()) return {};
  return fmt::format(
      "<p>The rest takes many runs: what would have to be true for P50 to be {:.0f} days earlier, "
      "what each risk costs, by which flows the chains ran and which chip-days were lost until "
      "then{}. In the folder of this page, these commands tell it and put it here:</p>\n"
      "<pre><code>{}</code></pre>\n",
      kMonthDays, all_chains ? "" : "; and the chains that are not told above", escaped(commands));
}

}  // namespace racked::report
