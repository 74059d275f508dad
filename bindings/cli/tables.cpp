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

// "campus.*.roof" for "campus.b7.roof": what buildings have alike is told of all of them together.
std::string in_any_building(const std::string& name) {
  const std::size_t first = name.find('.'), last = name.rfind('.');
  if (first == last) return name;
  return name.substr(0, first) + ".*" + name.substr(last);
}

// Of several things that each are in some of the replications, the union is in at least as many as
// the one that is in most.
std::string share_of_union(std::uint64_t most, double among, bool several) {
  const double share = static_cast<double>(most) / among;
  return (several && share < 1 ? "≥ " : "") + percent(share);
}

struct ChainGroup {
  std::string element;  ///< With its kind.
  std::size_t members = 0;
  std::uint64_t most = 0;  ///< Replications of the member that is in most.
  std::int64_t seconds = 0;
};

std::vector<ChainGroup> chain_groups(const Results& results, std::size_t milestone) {
  std::map<std::pair<ElementKind, std::string>, ChainGroup> groups;
  for (const Results::CauseSum& cause : results.causes) {
    if (cause.milestone != milestone) continue;
    ChainGroup& group = groups[{cause.kind, in_any_building(cause.name)}];
    const std::string& element = group.members == 0 ? cause.name : in_any_building(cause.name);
    group.element = cause.kind == ElementKind::plan ? "the plan's dates"
                                                    : std::string(name(cause.kind)) + " " + element;
    ++group.members;
    group.most = std::max(group.most, cause.replications);
    group.seconds += cause.seconds;
  }
  std::vector<ChainGroup> sorted;
  for (auto& [key, group] : groups) sorted.push_back(std::move(group));
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.seconds > b.seconds; });
  return sorted;
}

std::string chain_table(const Results& results) {
  const std::size_t milestone = furthest_reached(results);
  if (milestone == results.milestones.size()) return "";
  const double among = static_cast<double>(summarise(results, milestone).reached_count);
  std::string text =
      fmt::format("Critical chain of \"{}\": who is on it, and for how long on average\n",
                  shown_name(results.milestones[milestone]));
  double rest = 0;
  std::size_t left = 0;
  std::size_t shown = 0;
  for (const ChainGroup& group : chain_groups(results, milestone)) {
    const double days = static_cast<double>(group.seconds) / 86'400 / among;
    if (shown == kMostElements) {
      rest += days;
      ++left;
      continue;
    }
    ++shown;
    text += fmt::format("  {:>9}  {:>7.1f} d  {}\n",
                        share_of_union(group.most, among, group.members > 1), days, group.element);
  }
  if (left > 0) text += fmt::format("  {:>9}  {:>7.1f} d  {} more\n", "", rest, grouped(left));
  return text;
}

// What still waits at the horizon.

struct WaitGroup {
  struct Waiter {
    std::uint64_t replications = 0;
    std::int64_t positions = 0;
  };
  std::string what;
  bool halls = false;
  std::size_t members = 0;  ///< Sums of the results in it.
  std::map<std::string, Waiter> waiters;
  std::uint64_t most = 0;  ///< Replications of the waiter that waits most often.

  /// Of all halls, each with its mean where it waits.
  double positions() const {
    double sum = 0;
    for (const auto& [name, waiter] : waiters)
      sum += static_cast<double>(waiter.positions) / static_cast<double>(waiter.replications);
    return sum;
  }
};

std::string what_text(const Results::WaitSum& wait, const std::string& name) {
  if (wait.for_kind == "date") return "its date, shift or the end of a stop";
  if (name.empty()) return wait.for_kind;
  return wait.for_kind + (wait.hall ? ": " : " ") + name;
}

// Those most waited for first. Tasks that wait for other tasks only pass on what those wait for.
std::vector<WaitGroup> wait_groups(const Results& results) {
  std::map<std::string, WaitGroup> groups;
  for (const Results::WaitSum& wait : results.waits) {
    if (!wait.hall && wait.for_kind == "task") continue;
    const std::string alike = what_text(wait, in_any_building(wait.for_name));
    WaitGroup& group = groups[alike];
    const std::string own = what_text(wait, wait.for_name);
    group.what = group.members == 0 || group.what == own ? own : alike;
    group.halls = wait.hall;
    ++group.members;
    WaitGroup::Waiter& waiter = group.waiters[wait.waiter];
    waiter.replications += wait.replications;
    waiter.positions += wait.positions;
    group.most = std::max(group.most, wait.replications);
  }
  std::vector<WaitGroup> sorted;
  for (auto& [key, group] : groups) sorted.push_back(std::move(group));
  std::stable_sort(sorted.begin(), sorted.end(), [](const WaitGroup& a, const WaitGroup& b) {
    return std::pair(a.most, a.positions()) > std::pair(b.most, b.positions());
  });
  return sorted;
}

std::string waiters_text(const WaitGroup& group) {
  const std::size_t others = group.waiters.size() - 1;
  const std::string& first = group.waiters.begin()->first;
  if (group.halls)
    return counted(static_cast<std::uint64_t>(group.positions() + 0.5), "position") + " of " +
           (others == 0 ? first : counted(others + 1, "hall"));
  if (others == 0) return first;
  return fmt::format("{} and {} more", first.substr(first.rfind('.') + 1), others);
}

bool all_reached(const Results& results) {
  for (std::size_t i = 0; i < results.milestones.size(); ++i)
    if (summarise(results, i).reached_count < results.rows()) return false;
  return true;
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
  for (const std::string& part : {milestones_table(results), charges_table(results),
                                  chain_table(results), waits_table(results)})
    if (!part.empty()) text += "\n" + part;
  return text;
}

}  // namespace racked::cli
