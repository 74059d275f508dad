#pragma once

#include "state.h"

/// Long-lead equipment: orders, lots, stock on campus.
namespace racked::procurement {

void begin(State& state);

/// Places an order now: draws its lead time and schedules its lots.
void place(State& state, Id<Order> order, Cause cause);
void on_arrival(State& state, Id<Order> order, std::uint32_t lot);

/// Lots that have not arrived, and those of an order not yet placed, come that much later.
void delay(State& state, Id<Order> order, des::Duration delay);

}  // namespace racked::procurement
