#pragma once

#include "state.h"

/// Racks one by one, from dock to usable, and what their positions wait for.
namespace racked::deployment {

void begin(State& state);

/// The racks of a lot are on site.
void arrive(State& state, std::uint32_t lot);

/// A task has done its part of a flow to a hall.
void provide(State& state, Id<Hall> hall, Flow flow, Cause cause);

/// The power of a feeder has changed for the halls below it.
void refresh_halls(State& state, Id<Feeder> feeder);

/// Gives positions, with the power for them, to racks in stock. O(halls of the stock + racks
/// given).
void assign_racks(State& state);

/// Starts the steps that racks wait for, as far as workers are free.
void start_steps(State& state);

/// `detail` as in the occurrence.
void on_step_end(State& state, std::uint32_t rack, std::uint16_t detail);
/// A rack that was dark goes on with this step.
void resume(State& state, std::uint32_t rack, std::size_t step);
/// So many racks of a hall are known to be usable: what is missing is taken from stock, and what
/// is missing there has come unseen.
void on_usable(State& state, std::uint32_t known);
void on_repaired(State& state, std::uint32_t rack);

/// Workers may be free or at work again: looks at every crew that racks wait for.
void on_opening(State& state);

}  // namespace racked::deployment
