#pragma once

#include "state.h"

/// The power tree: what is energised, what it carries, what is claimed.
namespace racked::power {

void begin(State& state);

/// A dated feeder comes alive.
void on_date(State& state, Id<Feeder> feeder);

/// One of the tasks that energise a feeder has finished; whether that was the last of them.
bool on_task(State& state, Id<Feeder> feeder, Cause cause);

/// The contracted power may change to what the ramp says of this instant. Whether that changes what
/// the feeder carries.
bool on_ramp_step(State& state, Id<Feeder> feeder);

/// Schedules what a new model changes of what is still to come.
void replan(State& state);

/// A dated feeder that is not energised yet will be so later.
void delay(State& state, Id<Feeder> feeder, des::Duration delay);

/// Whether power flows: the element and all above it are energised. O(depth).
bool flows(const State& state, Id<Feeder> feeder);

/// What can still be claimed at the feeder, given every element above it. O(depth).
Watts headroom(const State& state, Id<Feeder> feeder);

/// Claims power on the feeder and every element above it. O(depth).
void claim(State& state, Id<Feeder> feeder, Watts power);

/// Why the feeder carries what it carries: its energisation or the last change of its ramp.
Cause cause_of_change(const State& state, Id<Feeder> feeder);

/// Why power flows: of the feeder and all above it, the one that was energised last. O(depth).
Cause cause_of_flow(const State& state, Id<Feeder> feeder);

}  // namespace racked::power
