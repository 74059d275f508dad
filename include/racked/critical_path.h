#pragma once

#include <racked/model.h>

#include <vector>

namespace racked {

/// When a task can and must be done by the critical-path method (Kelley, Operations Research 9
/// (1961) 296). Durations are means, risk drivers included; the weather is fair; crews are without
/// limit, so that early dates bound every replication that draws the means.
struct PlannedTask {
  des::Time early_start;   ///< des::kNever: not before the horizon.
  des::Time early_finish;  ///< des::kNever: not before the horizon.
  des::Time late_start;    ///< May lie before the start of the simulation when float is negative.
  des::Time late_finish;   ///< Finished later, what late dates hang on is missed.
  /// Working time on the task's calendar (of elapsed tasks: time) from early to late finish.
  des::Duration total_float{};
  /// How much later it can finish without moving the early dates of any other task, or the finish
  /// of the plan.
  des::Duration free_float{};
  bool critical = false;  ///< No float is left.
};

/// A plan by the critical-path method.
struct CriticalPath {
  std::vector<PlannedTask> tasks;  ///< Per task of the model.
  des::Time finish;                ///< The latest early finish.
  /// From the first task to the one that finishes last, each the reason why the next starts when
  /// it does.
  std::vector<Id<Task>> longest;
};

/// Conventions, which are those of Primavera P6: work begins at the beginning of a period and ends
/// at the end of one; lags run on the calendar the link names; a link that holds back a finish
/// delays the start, too, for work is not interrupted. Exception: in a loop of overlapping tasks,
/// which such tools refuse, starts are not delayed.
///
/// Late dates hang on Task::finish_by and, without, on the finish of the plan; of a plan that goes
/// on past the horizon, on the horizon. Besides links, `energised` needs, orders and the tasks that
/// place them are followed. O((tasks + links + orders) log). A pure function.
CriticalPath critical_path(const Model& model);

}  // namespace racked
