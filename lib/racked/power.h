#pragma once

#include "state.h"

/// Power supply: what is energised, what it carries, what is claimed. In a tree claims go up from a
/// hall to the source; elsewhere power_grid reckons with flows.
namespace racked::power {

void begin(State& state);

/// A dated feeder comes alive.
void on_date(State& state, Id<Feeder> feeder);

/// One of the tasks that energise a feeder has finished; whether that was the last of them.
bool on_task(State& state, Id<Feeder> feeder, Cause cause);

/// The contracted power may change to what the ramp says of this instant. Whether that changes what
/// the feeder carries.
bool on_ramp_step(State& state, Id<Feeder> feeder);

/// An element delivers no more; an outage begins, for a time, or is over. Whether that changes
/// whether it is alive.
bool on_end(State& state, Id<Feeder> feeder);
bool fail(State& state, Id<Feeder> feeder, des::Duration time);
bool on_back(State& state, Id<Feeder> feeder);

/// Schedules what a new model changes of what is still to come.
void replan(State& state);

/// A dated feeder that is not energised yet will be so later.
void delay(State& state, Id<Feeder> feeder, des::Duration delay);

/// Whether power flows: the element, and a way from it up to a source, are alive. O(depth).
bool flows(const State& state, Id<Feeder> feeder);

/// What racks of a hall can still claim, given every element above it and `most` at most; negative
/// when more is claimed than can be. O(depth) in a tree.
Watts headroom(State& state, Id<Hall> hall, Watts most);

/// Claims power for racks of a hall. O(depth) in a tree.
void claim(State& state, Id<Hall> hall, Watts power);

/// Halls that a claim may have left without power for one more rack: calls `with` an element whose
/// halls they are.
template <class With>
void for_exhausted(const State& state, Id<Hall> hall, With with) {
  Id<Feeder> f = state.model->halls[hall].feeder;
  if (state.model->feeders[f].grid.valid()) return with(f);
  for (; f.valid(); f = state.model->feeders[f].above) {
    const FeederState& at = state.feeders[f.index()];
    if (at.available() - at.claimed < at.largest_rack) with(f);
  }
}

/// What power to an element lacks: of what is not alive the first from a source down.
Id<Feeder> missing(const State& state, Id<Feeder> feeder);

/// The same for one more rack of a hall; when nothing is missing, what cannot carry it.
Id<Feeder> missing_for_rack(State& state, Id<Hall> hall);

/// Why the feeder carries what it carries: its energisation or the last change of its ramp.
Cause cause_of_change(const State& state, Id<Feeder> feeder);

/// Why power flows: of the feeder and the way that was first alive above it, the element that was
/// energised last. O(depth).
Cause cause_of_flow(const State& state, Id<Feeder> feeder);

}  // namespace racked::power
