#include "tables.h"

#include "terminal.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>
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

// The milestone that takes longest on average, among those that are reached at all.
std::size_t furthest_reached(const Results& results) {
  std::size_t furthest = results.milestones.size();
  double most = -1;
  for (std::size_t i = 0; i < results.milestones.size(); ++i)
    if (const double days = summarise(results, i).mean_days.value_or(-1); days > most) {
      furthest = i;
      most = days;
    }
  return furthest;
}

std::string chain_table(const Results& results) {
  const std::size_t milestone = furthest_reached(results);
  if (milestone == results.milestones.size()) return "";
  std::vector<const Results::CauseSum*> causes;
  for (const Results::CauseSum& cause : results.causes)
    if (cause.milestone == milestone) causes.push_back(&cause);
  std::stable_sort(causes.begin(), causes.end(),
                   [](const auto* a, const auto* b) { return a->seconds > b->seconds; });
  const double among = static_cast<double>(summarise(results, milestone).reached_count);

  std::string text =
      fmt::format("Critical chain of \"{}\": who is on it, and for how long on average\n",
                  shown_name(results.milestones[milestone]));
  double rest = 0;
  for (std::size_t i = 0; i < causes.size(); ++i) {
    const double days = static_cast<double>(causes[i]->seconds) / 86'400 / among;
    if (i >= kMostElements) {
      rest += days;
      continue;
    }
    const std::string_view kind = name(causes[i]->kind);
    text += fmt::format(
        "  {:>8}  {:>7.1f} d  {}\n", percent(static_cast<double>(causes[i]->replications) / among),
        days,
        kind == causes[i]->name ? "the plan's dates" : std::string(kind) + " " + causes[i]->name);
  }
  if (causes.size() > kMostElements)
    text += fmt::format("  {:>8}  {:>7.1f} d  {} more\n", "", rest,
                        grouped(causes.size() - kMostElements));
  return text;
}

// What still waits at the horizon.

struct WaitGroup {
  std::vector<const Results::WaitSum*> waiters;
  std::uint64_t most = 0;  ///< Replications of the waiter that waits most often.
  double positions = 0;    ///< Of each hall: the mean where it waits.
};

// Tasks that wait for other tasks only pass on what those wait for.
std::map<std::pair<std::string, std::string>, WaitGroup> groups_of(const Results& results) {
  std::map<std::pair<std::string, std::string>, WaitGroup> groups;
  for (const Results::WaitSum& wait : results.waits) {
    if (!wait.hall && wait.for_kind == "task") continue;
    WaitGroup& group = groups[{(wait.hall ? "positions for " : "") + wait.for_kind, wait.for_name}];
    group.waiters.push_back(&wait);
    group.most = std::max(group.most, wait.replications);
    group.positions += static_cast<double>(wait.positions) / static_cast<double>(wait.replications);
  }
  return groups;
}

std::string wait_line(const Results& results, const std::string& what, const WaitGroup& group) {
  const double rows = static_cast<double>(results.rows());
  const Results::WaitSum& first = *group.waiters.front();
  std::string who = first.waiter;
  if (group.waiters.size() > 1)
    who = first.hall ? counted(group.waiters.size(), "hall")
                     : fmt::format("{} and {} more", who, group.waiters.size() - 1);
  if (first.hall)
    who = counted(static_cast<std::uint64_t>(group.positions + 0.5), "position") + " of " + who;
  return fmt::format("  {:>8}  {} {}\n", percent(static_cast<double>(group.most) / rows),
                     fitted(who, 40), what);
}

std::string waits_table(const Results& results) {
  bool all_reached = results.rows() > 0;
  for (std::size_t i = 0; i < results.milestones.size(); ++i)
    all_reached = all_reached && summarise(results, i).reached_count == results.rows();
  if (all_reached || results.waits.empty()) return "";

  std::vector<std::pair<std::string, WaitGroup>> lines;
  for (auto& [what, group] : groups_of(results)) {
    const bool hall = group.waiters.front()->hall;
    std::string text = group.waiters.front()->for_kind;
    if (!what.second.empty()) text += (hall ? ": " : " ") + what.second;
    lines.emplace_back(std::move(text), std::move(group));
  }
  std::stable_sort(lines.begin(), lines.end(), [](const auto& a, const auto& b) {
    return std::pair(a.second.most, a.second.positions) >
           std::pair(b.second.most, b.second.positions);
  });
  std::string text = "What is still waited for on " + iso_date(results.horizon) +
                     ": in how many replications, by whom, for what\n";
  for (std::size_t i = 0; i < std::min(lines.size(), kMostWaits); ++i)
    text += wait_line(results, lines[i].first, lines[i].second);
  if (lines.size() > kMostWaits)
    text += fmt::format("  {:>8}  and {} more\n", "", lines.size() - kMostWaits);
  return text;
}

}  // namespace

std::string results_table(const Results& results) {
  std::string text = head(results);
  for (const std::string& part : {milestones_table(results), charges_table(results),
                                  chain_table(results), waits_table(results)})
    if (!part.empty()) text += "\n" + part;
  return text;
}

}  // namespace racked::cli
