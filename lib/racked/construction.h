#pragma once

#include "state.h"

/// Tasks: from their predecessors over their needs to their effects.
namespace racked::construction {

void begin(State& state);
void on_ready(State& state, Id<Task> task);
void on_finish(State& state, Id<Task> task);
/// The lag begun in `round` has passed; without effect when rework has begun the link anew since.
void on_lag(State& state, Id<Link> link, std::uint16_t round);

/// Starts every waiting task whose needs are free, in the order of the dispatch rule. O(waiting).
void start_waiting(State& state);

/// Prolongs a task that runs or has not begun.
void delay(State& state, Id<Task> task, des::Duration delay);

/// Work on the campus stands still from now on for `time`.
void stop(State& state, Id<Campus> campus, des::Duration time);

}  // namespace racked::construction
