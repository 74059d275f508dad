#pragma once

#include "state.h"

/// Deals: which tenant has which usable capacity, what is met and what is terminated.
namespace racked::deals {

void begin(State& state);

/// Usable racks of a stock came (or went, when negative); `cause` is what brought it about. O(1).
void on_capacity(State& state, Id<RackStock> stock, std::int64_t racks, Cause cause);

/// A date of a deal, or of a backlog that looks ahead, has come.
void on_date(State& state);

/// Gives all usable units out anew by the scenario's rule, notes the commitments that are met now,
/// and ends deals that are too late. Once everything of an instant has happened.
/// O(commitments + deals × stocks of racks).
void settle(State& state);

/// Schedules the dates of a new model.
void replan(State& state);

/// What is committed on deals that go on, at `time`, in the unit of the deal. O(commitments).
std::int64_t committed(const State& state, Id<Deal> deal, des::Time time);

}  // namespace racked::deals
