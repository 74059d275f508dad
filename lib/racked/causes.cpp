#include <racked/causes.h>

#include <algorithm>
#include <utility>

namespace racked {
namespace {

std::string what_text(const Results::WaitSum& wait, const std::string& name) {
  if (wait.for_kind == "date") return "its date, shift or the end of a stop";
  if (name.empty()) return wait.for_kind;
  return wait.for_kind + (wait.hall ? ": " : " ") + name;
}

}  // namespace

std::string in_any_building(const std::string& name) {
  const std::size_t first = name.find('.'), last = name.rfind('.');
  if (first == last) return name;
  return name.substr(0, first) + ".*" + name.substr(last);
}

std::string CauseGroup::text() const {
  return kind == ElementKind::plan ? "the plan's dates" : std::string(name(kind)) + " " + element;
}

std::vector<CauseGroup> cause_groups(const Results& results, std::size_t milestone) {
  std::map<std::pair<ElementKind, std::string>, CauseGroup> groups;
  for (const Results::CauseSum& cause : results.causes) {
    if (cause.milestone != milestone) continue;
    CauseGroup& group = groups[{cause.kind, in_any_building(cause.name)}];
    group.kind = cause.kind;
    group.element = group.members == 0 ? cause.name : in_any_building(cause.name);
    ++group.members;
    group.rows.push_back(cause.index);
    group.most = std::max(group.most, cause.replications);
    group.seconds += cause.seconds;
  }
  std::vector<CauseGroup> sorted;
  for (auto& [key, group] : groups) sorted.push_back(std::move(group));
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.seconds > b.seconds; });
  return sorted;
}

std::optional<std::size_t> furthest_reached(const Results& results) {
  std::optional<std::size_t> furthest;
  double most = -1;
  for (std::size_t i = 0; i < results.milestones.size(); ++i)
    if (const double days = summarise(results, i).mean_days.value_or(-1); days > most) {
      furthest = i;
      most = days;
    }
  return furthest;
}

double WaitGroup::positions() const {
  double sum = 0;
  for (const auto& [name, waiter] : waiters)
    sum += static_cast<double>(waiter.positions) / static_cast<double>(waiter.replications);
  return sum;
}

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

bool all_reached(const Results& results) {
  for (std::size_t i = 0; i < results.milestones.size(); ++i)
    if (summarise(results, i).reached_count < results.rows()) return false;
  return true;
}

}  // namespace racked
