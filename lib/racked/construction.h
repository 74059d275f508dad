#pragma once

#include "state.h"

/// Tasks: from their predecessors over their needs to their effects.
namespace racked::construction {

void begin(State& state);
/// A trigger that the task waits for has fired.
void on_trigger(State& state, Id<Task> task, Cause cause);
/// Without effect when the task has been called back since.
void on_ready(State& state, Id<Task> task, std::uint16_t call);
/// It is known to have started now, whatever the plan says.
void on_started(State& state, Id<Task> task);
void on_finish(State& state, Id<Task> task);
/// The lag begun in `round` has passed; without effect when rework has begun the link anew since.
void on_lag(State& state, Id<Link> link, std::uint16_t round);

/// Starts every waiting task whose needs are free, in the order of the dispatch rule. O(waiting).
void start_waiting(State& state);

/// Prolongs a task that runs or has not begun.
void delay(State& state, Id<Task> task, des::Duration delay);

/// Its work is lost: done, it is done again, and what follows it and has not begun waits for it;
/// running, what it has done so far is done again; not begun, it is spared. `share` of the work.
void redo(State& state, Id<Task> task, double share);

/// Work on the campus stands still from now on for `time`.
void stop(State& state, Id<Campus> campus, des::Duration time);

}  // namespace racked::construction
