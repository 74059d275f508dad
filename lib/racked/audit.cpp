#include <racked/audit.h>

#include "audit_records.h"

namespace racked {
namespace audit_rules {

void Steps::settle() {
  std::stable_sort(changes_.begin(), changes_.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::int64_t value = 0;
  for (const auto& [at, change] : changes_) {
    value += change;
    if (values_.empty() || values_.back().first != at) values_.emplace_back(at, value);
    values_.back().second = value;
  }
}

std::int64_t Steps::at(des::Time time) const {
  const auto after =
      std::upper_bound(values_.begin(), values_.end(), time,
                       [](des::Time t, const auto& value) { return t < value.first; });
  return after == values_.begin() ? 0 : std::prev(after)->second;
}

des::Duration worked(const Calendar& calendar, des::Time from, des::Time to) {
  if (calendar.always()) return to - from;
  const auto& periods = calendar.periods();
  auto period =
      std::upper_bound(periods.begin(), periods.end(), from,
                       [](des::Time t, const Calendar::Period& p) { return t < p.begin; });
  if (period != periods.begin()) --period;
  des::Duration sum{};
  for (; period != periods.end() && period->begin < to; ++period) {
    const des::Time a = std::max(from, period->begin), b = std::min(to, period->end);
    if (b > a) sum += b - a;
  }
  return sum;
}

des::Time opening(const Calendar& calendar, des::Time time) {
  if (calendar.always()) return time;
  const auto& periods = calendar.periods();
  auto period =
      std::upper_bound(periods.begin(), periods.end(), time,
                       [](des::Time t, const Calendar::Period& p) { return t < p.begin; });
  if (period != periods.begin() && std::prev(period)->end > time) return time;
  return period == periods.end() ? des::kNever : period->begin;
}

des::Time moment(const Timeline& timeline, const Cause& cause) {
  const std::size_t i = cause.record;
  switch (cause.kind) {
    case CauseKind::start:
    case CauseKind::date:
    case CauseKind::headcount: return des::Time::min();
    case CauseKind::task:
      // Start links make the start of a run a cause, too; the run's start is the earliest it can
      // be.
      return i < timeline.task_runs.size() ? timeline.task_runs[i].start : des::kNever;
    case CauseKind::turn:
      return i < timeline.task_runs.size() ? timeline.task_runs[i].start : des::kNever;
    case CauseKind::crew_task:
      return i < timeline.task_runs.size() ? timeline.task_runs[i].finish : des::kNever;
    case CauseKind::energised:
    case CauseKind::power:
      return i < timeline.energisations.size() ? timeline.energisations[i].at : des::kNever;
    case CauseKind::goods:
      return i < timeline.goods.size() ? timeline.goods[i].arrived : des::kNever;
    case CauseKind::trigger:
      return i < timeline.firings.size() ? timeline.firings[i].at : des::kNever;
    case CauseKind::lot: return i < timeline.lots.size() ? timeline.lots[i].arrived : des::kNever;
    case CauseKind::crew_rack:
    case CauseKind::rack:
      return i < timeline.racks.size() ? timeline.racks[i].arrived : des::kNever;
  }
  return des::kNever;
}

bool is_fact(const Model& model, const TaskRun& run) {
  return run.round == 0 && model.tasks[run.task].started != des::kNever;
}

bool is_fact(const Model& model, const RackRun& rack) {
  return rack.assigned <= model.status && rack.accepted == rack.assigned;
}

std::string when(const Model& model, des::Time time) {
  if (time == des::kNever) return "never";
  const Date date = date_of(time, model.start);
  const auto minutes =
      std::chrono::floor<std::chrono::minutes>(time - time_of(date, model.start)).count();
  const auto two = [](std::int64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  return iso_date(date) + " " + two(minutes / 60) + ":" + two(minutes % 60);
}

}  // namespace audit_rules

std::vector<Finding> audit(const Model& model, const Timeline& timeline) {
  audit_rules::FindingList findings;
  audit_rules::check_tasks(model, timeline, findings);
  audit_rules::check_resources(model, timeline, findings);
  audit_rules::check_power(model, timeline, findings);
  audit_rules::check_racks(model, timeline, findings);
  audit_rules::check_accounts(model, timeline, findings);
  audit_rules::check_deals(model, timeline, findings);
  return std::move(findings).take();
}

}  // namespace racked
