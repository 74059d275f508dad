#pragma once

#include "state.h"

/// What is counted: milestones, samples, and who still waits at the end.
namespace racked::accounts {

void begin(State& state);

/// A milestone is reached, now, unless it was before.
void reach(State& state, Id<Milestone> milestone, Cause cause);

/// Racks of a hall became usable, by the one that completed them or by power that came back.
void become_usable(State& state, Id<Hall> hall, std::int64_t racks, Cause cause);

/// Racks of a hall that were usable are not for now.
void become_unusable(State& state, Id<Hall> hall, std::int64_t racks);

/// Samples every series on a report date.
void sample(State& state, std::size_t date);

/// Ends all charges at the horizon and lists what still waits.
void close(State& state);

}  // namespace racked::accounts
