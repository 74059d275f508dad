#include <racked/explanation.h>

#include "days.h"
#include "explanation_tables_words.h"
#include "shares.h"

#include <racked/causes.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

namespace racked {
namespace {

constexpr std::size_t kColumns = 100;
constexpr std::size_t kMostShown = 10;

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
  return text + fmt::format("reached {}   P10 {}   P50 {}   P90 {}\n",
                            percent_text(summary.reached), date_text(explanation, summary.p10),
                            date_text(explanation, summary.p50),
                            date_text(explanation, summary.p90));
}

std::string chain_lines(const Explanation& explanation) {
  if (!explanation.median) return "";
  std::string text = chain_title(explanation) + "\n";
  for (const ExplainedLink& link : explanation.median->chain)
    text += wrapped(
        fmt::format("  {} … {} {:>6.1f} d  ", date_text(explanation, link.link.from),
                    date_text(explanation, link.link.to), in_days(link.link.to - link.link.from)),
        link.words);
  return text;
}

std::string padded(const std::string& text, std::size_t width) {
  const std::size_t count = characters(text);
  return std::string(count < width ? width - count : 0, ' ') + text;
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
            fmt::format("  {:>7.1f} d  {}\n", all[i].days, cut(name_text(all[i]), 70));
  }
  if (all.size() > kMostShown)
    text += fmt::format("{:>11}  {:>7.1f} d  {} more\n", "", rest, all.size() - kMostShown);
  return text;
}

std::string risk_lines(const Explanation& explanation) {
  std::string text = criticality_lines(std::string(kRisksTitle), explanation.risks);
  if (explanation.risks_left_out > 0)
    text += fmt::format("{:>11}  {} more were not tried\n", "", explanation.risks_left_out);
  return text;
}

std::string charge_lines(const Explanation& explanation) {
  const std::vector<ChargeShare> lost = charges_by_size(explanation);
  if (lost.empty()) return "";
  std::string text = std::string(kChargesTitle) + "\n";
  double total = 0;
  for (const ChargeShare& one : lost) {
    total += one.chip_days;
    text += fmt::format("  {:<13} {:>15}  {:>7}\n", name(one.charge), grouped_text(one.chip_days),
                        percent_text(one.share));
  }
  return text + fmt::format("  {:<13} {:>15}\n", "all", grouped_text(total));
}

std::string lever_lines(const Explanation& explanation) {
  if (explanation.levers.empty()) return "";
  std::string text = levers_title() + "\n";
  for (const std::string& sentence : lever_sentences(explanation))
    text += wrapped("  - ", sentence);
  return text + "  (" + std::string(kLeversNote) + ")\n";
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
                        padded(percent_text(static_cast<double>(waits[i].second) /
                                            static_cast<double>(explanation.replications)),
                               9) +
                        "  ",
                    waits[i].first);
  if (waits.size() > kMostShown)
    text += fmt::format("  {:>9}  and {} more\n", "", waits.size() - kMostShown);
  return text;
}

}  // namespace

std::string explanation_text(const Explanation& explanation) {
  std::string text = head(explanation);
  for (const std::string& part :
       {chain_lines(explanation),
        criticality_lines("On the critical chains: in how many replications, how long on average",
                          explanation.elements),
        criticality_lines(std::string(kFlowsTitle), explanation.flows), risk_lines(explanation),
        charge_lines(explanation), lever_lines(explanation), wait_lines(explanation)})
    if (!part.empty()) text += "\n" + part;
  return text;
}

}  // namespace racked
