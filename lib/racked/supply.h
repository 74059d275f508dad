#pragma once

#include "state.h"

/// Racks on their way: deliveries by schedule, supply lines stage by stage.
namespace racked::supply {

void begin(State& state);
void on_delivery_lot(State& state, std::uint32_t lot);
void on_release(State& state, Id<SupplyLine> line);
void on_stage_end(State& state, std::uint32_t lot, std::size_t stage);

/// Schedules what a new model changes of what is still to come: deliveries. The lots of a supply
/// line follow its new rates from the next release on.
void replan(State& state);

}  // namespace racked::supply
