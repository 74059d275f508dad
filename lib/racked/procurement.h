#pragma once

#include "state.h"

/// Long-lead equipment: orders, lots, stock on campus.
namespace racked::procurement {

void begin(State& state);

/// Places an order now: draws its lead time and schedules its lots.
void place(State& state, Id<Order> order, Cause cause);
/// The date of placing has come, unless a new model has another.
void on_placing_date(State& state, Id<Order> order);
void on_arrival(State& state, Id<Order> order, std::uint32_t lot);
void on_way_ended(State& state, std::uint32_t on_way);

/// Schedules what a new model changes of what is still to come.
void replan(State& state);

/// Lots that have not arrived, and those of an order not yet placed, come that much later.
void delay(State& state, Id<Order> order, des::Duration delay);

/// The next lot that is on its way is lost and sent again, after another lead time.
void lose(State& state, Id<Order> order);

/// At most `count` pieces in stock are lost and ordered anew.
void destroy(State& state, Id<GoodsStock> stock, std::int64_t count);

/// Sends pieces that nobody waits for on their campus to waiting tasks elsewhere. O(waiting).
void help_out(State& state);

}  // namespace racked::procurement
