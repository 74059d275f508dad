#pragma once

#include "state.h"

/// Money: what is billed by the month while a replication runs, and what its records cost.
namespace racked::cash {

void begin(State& state);

/// Draws prices anew by another model.
void replan(State& state);

/// Before the power that usable racks of a campus claim changes. O(1); for campuses with a meter.
void read_meter(State& state, Id<Campus> campus);

/// Racks begin (or, negative, end) a burn-in in which they draw this power.
void burn_in(State& state, Id<Campus> campus, Watts power);

/// Bills power and operation since the billing date before.
void on_billing(State& state, std::uint32_t date);

/// Everything else that was paid, from the records of the timeline, and what lay idle.
/// O(records · log).
void close(State& state);

}  // namespace racked::cash
