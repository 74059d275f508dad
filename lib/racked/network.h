#pragma once

#include <racked/model.h>

#include <cstdint>
#include <functional>
#include <string>

namespace racked {

/// The dispatch rules of the scenario format, in the order of its enum.
enum class DispatchRule : std::uint8_t {
  fifo,
  priority,
  earliest_late_start,
  shortest,
  most_successors,
};

/// A plan that can never be carried out because something waits for itself: the names along the
/// circle
/// ("a → b → a"), or empty when there is none. Starts and finishes are told apart, so that a task
/// may hold back the start of another that holds back its finish. O(tasks + links).
std::string find_cycle(const Model& model);

/// Sets Task::dispatch_key for the rule. The plan must be free of cycles. O(tasks + links), except
/// most_successors: O(tasks × links).
void set_dispatch_keys(Model& model, DispatchRule rule,
                       const std::function<std::int64_t(Id<Task>)>& priority);

/// Fills `tasks` and `links` of a rework with everything on the ways from `back_to` to `failing`,
/// in order of precedence; leaves them empty when no way leads there.
void find_rework_loop(const Model& model, Id<Task> back_to, Id<Task> failing, Rework& rework);

}  // namespace racked
