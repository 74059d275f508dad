#pragma once

#include <chrono>
#include <cstdint>

namespace racked::des {

/// The clock of a simulation. It has no now(): only an event loop knows the time of a simulation.
struct SimulationClock {
  using rep = std::int64_t;
  using period = std::nano;
  using duration = std::chrono::nanoseconds;
  using time_point = std::chrono::time_point<SimulationClock, duration>;
  static constexpr bool is_steady = true;
};

/// A span of simulated time: whole nanoseconds, ±292 years. Works with std::chrono literals.
using Duration = SimulationClock::duration;

/// A point of simulated time, counted from the start of the simulation. Points and spans do not
/// mix.
using Time = SimulationClock::time_point;

inline constexpr Time kStart{};
inline constexpr Time kNever = Time::max();
inline constexpr Duration kHour = std::chrono::hours(1);
inline constexpr Duration kDay = std::chrono::hours(24);

/// `count` units as a span, rounded to the nearest tick, halves away from zero; saturates at the
/// ends of Duration. std::invalid_argument for NaN.
Duration rounded(double count, Duration unit);

}  // namespace racked::des
