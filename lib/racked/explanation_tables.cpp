#include <racked/explanation.h>

#include "csv.h"
#include "days.h"

#include <racked/causes.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <numeric>
#include <string_view>
#include <utility>

namespace racked {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kColumns = 100;
constexpr std::size_t kMostShown = 10;

std::string date(const Explanation& explanation, des::Time time) {
  return time == des::kNever ? "never" : iso_date(date_of(time, explanation.start));
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

// Words after `head`, broken at blanks; the lines that follow are indented as far as `head` is
// wide. What has no blanks is cut.
std::string wrapped(const std::string& head, std::string_view words) {
  const std::size_t indent = characters(head);
  std::string text = head;
  std::size_t column = indent;
  bool first = true;
  while (!words.empty()) {
    const std::string_view word = words.substr(0, words.find(' '));
    words.remove_prefix(std::min(words.size(), word.size() + 1));
    const std::size_t width = characters(word);
    if (!first && column + 1 + width > kColumns) {
      text += "\n" + std::string(indent, ' ');
      column = indent;
      first = true;
    }
    if (!first) {
      text += " ";
      ++column;
    }
    text += word;
    column += width;
    first = false;
  }
  return text + "\n";
}

std::string percent(double share) { return fmt::format("{:.1f} %", 100 * share); }

std::string grouped(double value) {
  std::string digits = fmt::format("{:.0f}", value);
  for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
  return digits;
}

std::string cut(std::string_view text, std::size_t width) {
  if (characters(text) <= width) return std::string(text);
  std::string kept;
  std::size_t count = 0;
  for (const char c : text) {
    count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    if (count >= width) break;
    kept += c;
  }
  return kept + "…";
}

std::string head(const Explanation& explanation) {
  const std::string& shown =
      explanation.milestone_title.empty() ? explanation.milestone : explanation.milestone_title;
  const MilestoneSummary& summary = explanation.summary;
  std::string text = cut(shown, kColumns) + "\n";
  text += fmt::format("{}, {} to {}; replications {}, seed {}\n", explanation.scenario,
                      iso_date(explanation.start), iso_date(explanation.horizon),
                      explanation.replication_ranges, explanation.seed);
  if (explanation.failed > 0)
    text += fmt::format("{} replications failed and count for nothing below\n", explanation.failed);
  return text + fmt::format("reached {}   P10 {}   P50 {}   P90 {}\n", percent(summary.reached),
                            date(explanation, summary.p10), date(explanation, summary.p50),
                            date(explanation, summary.p90));
}

std::string chain_lines(const Explanation& explanation) {
  if (!explanation.median) return "";
  const Explanation::Median& median = *explanation.median;
  const bool some_never = explanation.summary.p50 == des::kNever;
  std::string text = fmt::format("Critical chain of the median replication{}, {}, reached on {}\n",
                                 some_never ? " of those that reach it" : "", median.replication,
                                 date(explanation, median.at));
  for (const ExplainedLink& link : median.chain)
    text += wrapped(
        fmt::format("  {} … {} {:>6.1f} d  ", date(explanation, link.link.from),
                    date(explanation, link.link.to), in_days(link.link.to - link.link.from)),
        link.words);
  return text;
}

// Of several things that each are in some of the replications, the union is in at least as many.
std::string share_text(const Criticality& criticality) {
  return (criticality.members > 1 && criticality.share < 1 ? "≥ " : "") +
         percent(criticality.share);
}

std::string padded(const std::string& text, std::size_t width) {
  const std::size_t count = characters(text);
  return std::string(count < width ? width - count : 0, ' ') + text;
}

std::string named(const Criticality& criticality) {
  if (criticality.kind == "plan") return "the plan's dates";
  if (criticality.kind == "flow") return criticality.name;
  std::string text = criticality.kind + " " + criticality.name;
  if (criticality.struck) text += ", which strikes before it in " + percent(*criticality.struck);
  return text;
}

std::string criticality_lines(const std::string& title, const std::vector<Criticality>& all) {
  if (all.empty()) return "";
  std::string text = title + "\n";
  double rest = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i >= kMostShown) {
      rest += all[i].days;
      continue;
    }
    text += padded(share_text(all[i]), 11) +
            fmt::format("  {:>7.1f} d  {}\n", all[i].days, cut(named(all[i]), 70));
  }
  if (all.size() > kMostShown)
    text += fmt::format("{:>11}  {:>7.1f} d  {} more\n", "", rest, all.size() - kMostShown);
  return text;
}

std::string risk_lines(const Explanation& explanation) {
  std::string text = criticality_lines(
      "Risks: in how many replications it would be earlier without them, by how much on average",
      explanation.risks);
  if (explanation.risks_left_out > 0)
    text += fmt::format("{:>11}  {} more were not tried\n", "", explanation.risks_left_out);
  return text;
}

std::string charge_lines(const Explanation& explanation) {
  const auto& lost = explanation.charges;
  const double total = std::accumulate(lost.begin(), lost.end(), 0.0);
  if (total <= 0) return "";
  std::vector<std::size_t> order(kCharges);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return lost[a] > lost[b]; });
  std::string text =
      "Chip-days that planned positions were not usable until then, by what they waited for\n";
  for (const std::size_t charge : order)
    if (lost[charge] > 0)
      text += fmt::format("  {:<13} {:>15}  {:>7}\n", name(static_cast<Charge>(charge)),
                          grouped(lost[charge]), percent(lost[charge] / total));
  return text + fmt::format("  {:<13} {:>15}\n", "all", grouped(total));
}

std::string lever_lines(const Explanation& explanation) {
  if (explanation.levers.empty()) return "";
  std::string text =
      fmt::format("What would have to be true for P50 to be {:.0f} days earlier\n", kMonthDays);
  for (const Lever& lever : explanation.levers) text += wrapped("  - ", lever.words);
  if (!explanation.together.empty())
    text += wrapped(
        "  - ",
        fmt::format("together, as far as they go: {}: the median would be {} earlier",
                    fmt::join(explanation.together, ", "), days_text(explanation.together_days)));
  return text + "  (the same replications again, by the same luck, with nothing else changed)\n";
}

// What buildings have alike is told of all together.
std::string wait_lines(const Explanation& explanation) {
  std::map<std::string, std::uint64_t> most;
  for (const Results::WaitSum& wait : explanation.waits) {
    if (!wait.hall && wait.for_kind == "task") continue;
    std::string what = in_any_building(wait.waiter) + ": " + wait.for_kind;
    if (!wait.for_name.empty()) what += " " + in_any_building(wait.for_name);
    std::uint64_t& replications = most[what];
    replications = std::max(replications, wait.replications);
  }
  if (most.empty()) return "";
  std::vector<std::pair<std::string, std::uint64_t>> waits(most.begin(), most.end());
  std::stable_sort(waits.begin(), waits.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string text = "Still waiting on " + iso_date(explanation.horizon) +
                     ": in how many replications at least, who, for what\n";
  for (std::size_t i = 0; i < std::min(waits.size(), kMostShown); ++i)
    text += wrapped("  " +
                        padded(percent(static_cast<double>(waits[i].second) /
                                       static_cast<double>(explanation.replications)),
                               9) +
                        "  ",
                    waits[i].first);
  if (waits.size() > kMostShown)
    text += fmt::format("  {:>9}  and {} more\n", "", waits.size() - kMostShown);
  return text;
}

// The same as JSON.

Json date_json(const Explanation& explanation, des::Time time) {
  if (time == des::kNever) return nullptr;
  return date(explanation, time);
}

template <class Value>
Json or_null(const std::optional<Value>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json link_json(const Explanation& explanation, const ExplainedLink& link) {
  Json json{{"kind", name(link.link.kind)},
            {"element", link.element},
            {"from", date(explanation, link.link.from)},
            {"to", date(explanation, link.link.to)},
            {"days", in_days(link.link.to - link.link.from)},
            {"flow", nullptr},
            {"waited_days", link.waited_days},
            {"words", link.words}};
  if (link.flow) json["flow"] = name(*link.flow);
  return json;
}

Json criticality_json(const std::vector<Criticality>& all) {
  Json json = Json::array();
  for (const Criticality& one : all)
    json.push_back({{"kind", one.kind},
                    {"name", one.name},
                    {"members", one.members},
                    {"replications", one.replications},
                    {"share", one.share},
                    {"mean_days", one.days},
                    {"struck", or_null(one.struck)}});
  return json;
}

std::string_view name_of(Lever::Change change) {
  switch (change) {
    case Lever::Change::shorter: return "shorter";
    case Lever::Change::earlier: return "earlier";
    case Lever::Change::more: break;
  }
  return "more";
}

Json levers_json(const Explanation& explanation) {
  Json json = Json::array();
  for (const Lever& lever : explanation.levers)
    json.push_back({{"kind", name(lever.kind)},
                    {"name", lever.name},
                    {"members", lever.members},
                    {"change", name_of(lever.change)},
                    {"chain_days", lever.chain_days},
                    {"mean_days", or_null(lever.mean_days)},
                    {"most_days_earlier", lever.most_days},
                    {"amount", or_null(lever.amount)},
                    {"days_earlier", or_null(lever.days)},
                    {"binds_then", lever.binds_then},
                    {"words", lever.words}});
  return json;
}

Json waits_json(const Explanation& explanation) {
  Json json = Json::array();
  for (const Results::WaitSum& wait : explanation.waits)
    json.push_back({{"waiter_kind", wait.hall ? "hall" : "task"},
                    {"waiter", wait.waiter},
                    {"for_kind", wait.for_kind},
                    {"for", wait.for_name},
                    {"replications", wait.replications}});
  return json;
}

}  // namespace

std::string explanation_text(const Explanation& explanation) {
  std::string text = head(explanation);
  for (const std::string& part :
       {chain_lines(explanation),
        criticality_lines("On the critical chains: in how many replications, how long on average",
                          explanation.elements),
        criticality_lines("Of the chains' length, by the flow that they led to", explanation.flows),
        risk_lines(explanation), charge_lines(explanation), lever_lines(explanation),
        wait_lines(explanation)})
    if (!part.empty()) text += "\n" + part;
  return text;
}

std::string explanation_json(const Explanation& explanation) {
  const MilestoneSummary& summary = explanation.summary;
  Json json{{"scenario", explanation.scenario},
            {"title", explanation.title},
            {"scenario_hash", hex(explanation.scenario_hash)},
            {"seed", explanation.seed},
            {"milestone", explanation.milestone},
            {"milestone_title", explanation.milestone_title},
            {"replications", explanation.replications},
            {"replication_ranges", explanation.replication_ranges},
            {"failed", explanation.failed},
            {"reached", summary.reached},
            {"p10", date_json(explanation, summary.p10)},
            {"p50", date_json(explanation, summary.p50)},
            {"p90", date_json(explanation, summary.p90)},
            {"median", nullptr}};
  if (explanation.median) {
    Json chain = Json::array();
    for (const ExplainedLink& link : explanation.median->chain)
      chain.push_back(link_json(explanation, link));
    json["median"] = {{"replication", explanation.median->replication},
                      {"reached", date(explanation, explanation.median->at)},
                      {"chain", std::move(chain)}};
  }
  json["elements"] = criticality_json(explanation.elements);
  json["flows"] = criticality_json(explanation.flows);
  json["risks"] = criticality_json(explanation.risks);
  json["risks_left_out"] = explanation.risks_left_out;
  json["charges"] = Json::object();
  for (std::size_t i = 0; i < kCharges; ++i)
    json["charges"][std::string(name(static_cast<Charge>(i)))] = explanation.charges[i];
  json["month_days"] = kMonthDays;
  json["levers"] = levers_json(explanation);
  json["together"] = explanation.together;
  json["together_days_earlier"] = explanation.together_days;
  json["waits"] = waits_json(explanation);
  json["stopped"] = explanation.stopped;
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace racked
