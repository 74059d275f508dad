#pragma once

#include "state.h"

/// Racks in service: they fail, are exchanged or sent back, and take their scale-up unit with them.
namespace racked::service {

/// A rack enters service. Its unit does with it.
void begin(State& state, std::uint32_t rack);

/// A rack has its power back: what it did not age, and its next failure, are put off.
void after_darkness(State& state, std::uint32_t rack);

void on_failure(State& state, std::uint32_t rack);
void on_back(State& state, std::uint32_t rack);
void on_spare(State& state, Id<RackStock> stock);

}  // namespace racked::service
