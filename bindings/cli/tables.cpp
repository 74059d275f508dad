#include "tables.h"

#include "money_tables.h"
#include "terminal.h"

#include <racked/causes.h>

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <optional>
#include <vector>

namespace racked::cli {
namespace {

constexpr std::size_t kMostElements = 8;  ///< Of a critical chain.
constexpr std::size_t kMostWaits = 8;

std::string percent(double share) { return fmt::format("{:.1f} %", 100 * share); }

std::string date(const Results& results, des::Time time) {
  return time == des::kNever ? "never" : iso_date(date_of(time, results.start));
}

// A line without blanks at its end.
std::string trimmed(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

std::string bar(double share) {
  constexpr std::string_view kEighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const auto eighths = static_cast<std::size_t>(std::max(0.0, share) * 30 * 8 + 0.5);
  std::string text;
  for (std::size_t i = 0; i < eighths / 8; ++i) text += "█";
  return text.append(kEighths[eighths % 8]);
}

const std::string& shown_name(const Results::Question& question) {
  return question.title.empty() ? question.name : question.title;
}

std::string head(const Results& results) {
  std::string text;
  if (!results.title.empty()) text += results.title + "\n";
  text += fmt::format("{}, {} to {}; replications {}, seed {}\n", results.scenario,
                      iso_date(results.start), iso_date(results.horizon),
                      replication_ranges(results), results.seed);
  if (!results.failures.empty())
    text +=
        counted(results.failures.size(), "replication") + " failed and count for nothing below\n";
  return text;
}

// Milestones.

std::string mean_text(const Results& results, const MilestoneSummary& summary) {
  if (!summary.mean_days) return "–";
  std::string text = date(results, des::kStart + des::rounded(*summary.mean_days, des::kDay));
  if (summary.mean_half_width_days)
    text += fmt::format(" ± {:.1f} d", *summary.mean_half_width_days);
  return text;
}

std::string by_lines(const Results::Question& question, const MilestoneSummary& summary) {
  constexpr std::size_t kOnALine = 3;
  std::string text;
  for (std::size_t i = 0; i < question.by.size(); ++i) {
    if (i % kOnALine == 0) text += i == 0 ? "    " : "\n    ";
    text += fmt::format("by {} {:>7}    ", iso_date(question.by[i]), percent(summary.by[i]));
  }
  return trimmed(text);
}

std::string milestones_table(const Results& results) {
  if (results.milestones.empty()) return "";
  std::string text = fmt::format("{} {:>8}  {:<10}  {:<10}  {:<10}  {}\n", fitted("Milestone", 30),
                                 "reached", "P10", "P50", "P90", "mean, 95 % interval");
  for (std::size_t i = 0; i < results.milestones.size(); ++i) {
    const Results::Question& question = results.milestones[i];
    const MilestoneSummary summary = summarise(results, i);
    text += fmt::format("{} {:>8}  {:<10}  {:<10}  {:<10}  {}\n", fitted(shown_name(question), 30),
                        percent(summary.reached), date(results, summary.p10),
                        date(results, summary.p50), date(results, summary.p90),
                        mean_text(results, summary));
    if (question.by_given) text += by_lines(question, summary);
  }
  return text;
}

// Charges.

std::string charges_table(const Results& results) {
  const auto lost = lost_chip_days(results);
  const double total = std::accumulate(lost.begin(), lost.end(), 0.0);
  if (total <= 0) return "";
  std::vector<std::size_t> order(kCharges);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return lost[a] > lost[b]; });
  std::string text = "Chip-days that planned positions were not usable, by what they waited for\n";
  for (const std::size_t charge : order) {
    if (lost[charge] <= 0) continue;
    const double share = lost[charge] / total;
    text += trimmed(fmt::format("  {:<13} {:>15}  {:>7}  {}", name(static_cast<Charge>(charge)),
                                grouped(static_cast<std::uint64_t>(lost[charge] + 0.5)),
                                percent(share), bar(share)));
  }
  return text +
         fmt::format("  {:<13} {:>15}\n", "all", grouped(static_cast<std::uint64_t>(total + 0.5)));
}

// The critical chain.

// Of several things that each are in some of the replications, the union is in at least as many as
// the one that is in most.
std::string share_of_union(std::uint64_t most, double among, bool several) {
  const double share = static_cast<double>(most) / among;
  return (several && share < 1 ? "≥ " : "") + percent(share);
}

std::string chain_table(const Results& results) {
  const std::optional<std::size_t> milestone = furthest_reached(results);
  if (!milestone) return "";
  const double among = static_cast<double>(summarise(results, *milestone).reached_count);
  std::string text =
      fmt::format("Critical chain of \"{}\": who is on it, and for how long on average\n",
                  shown_name(results.milestones[*milestone]));
  double rest = 0;
  std::size_t left = 0;
  std::size_t shown = 0;
  for (const CauseGroup& group : cause_groups(results, *milestone)) {
    const double days = static_cast<double>(group.seconds) / 86'400 / among;
    if (shown == kMostElements) {
      rest += days;
      ++left;
      continue;
    }
    ++shown;
    text += fmt::format("  {:>9}  {:>7.1f} d  {}\n",
                        share_of_union(group.most, among, group.members > 1), days, group.text());
  }
  if (left > 0) text += fmt::format("  {:>9}  {:>7.1f} d  {} more\n", "", rest, grouped(left));
  return text;
}

// What still waits at the horizon.

std::string waiters_text(const WaitGroup& group) {
  const std::size_t others = group.waiters.size() - 1;
  const std::string& first = group.waiters.begin()->first;
  if (group.halls)
    return counted(static_cast<std::uint64_t>(group.positions() + 0.5), "position") + " of " +
           (others == 0 ? first : counted(others + 1, "hall"));
  if (others == 0) return first;
  return fmt::format("{} and {} more", first.substr(first.rfind('.') + 1), others);
}

std::string waits_table(const Results& results) {
  if (results.waits.empty() || all_reached(results)) return "";
  const std::vector<WaitGroup> groups = wait_groups(results);
  std::string text = "Still waiting on " + iso_date(results.horizon) +
                     ": in how many replications, who, for what\n";
  const double rows = static_cast<double>(results.rows());
  for (std::size_t i = 0; i < std::min(groups.size(), kMostWaits); ++i) {
    const WaitGroup& group = groups[i];
    text += fmt::format("  {:>9}  {}  {}\n", share_of_union(group.most, rows, group.members > 1),
                        fitted(waiters_text(group), 40), group.what);
  }
  if (groups.size() > kMostWaits)
    text += fmt::format("  {:>9}  and {} more\n", "", groups.size() - kMostWaits);
  return text;
}

}  // namespace

std::string results_table(const Results& results) {
  std::string text = head(results);
  for (const std::string& part :
       {milestones_table(results), charges_table(results), chain_table(results),
        waits_table(results), deals_table(results), cash_table(results)})
    if (!part.empty()) text += "\n" + part;
  return text;
}

}  // namespace racked::cli
