#pragma once

#include "state.h"

/// What the records of a finished replication cost.
namespace racked::cash {

/// A twelfth of 365.25 days: the month of prices.
inline constexpr des::Duration kMonth = des::Duration{86'400'000'000'000 / 48 * 1461};

/// The nearest whole number to a / b; halves go up. a ≥ 0, b > 0.
AmountTime rounded_quotient(AmountTime a, AmountTime b);

/// The nearest whole number of cents to millionths of a dollar.
std::int64_t cents_of(AmountTime millionths);

/// Whether nothing is above a feeder.
bool is_source(const Model& model, Id<Feeder> feeder);

void pay_tasks(State& state);
void pay_equipment(State& state);
void pay_racks(State& state);
void pay_deals(State& state);

}  // namespace racked::cash
