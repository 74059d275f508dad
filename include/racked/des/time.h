#pragma once

#include <chrono>
#include <cstdint>
#include <ratio>
#include <type_traits>

namespace racked::des {

/// The clock of a simulation. It has no now(): only an event loop knows the time of a simulation.
struct SimulationClock {
  using rep = std::int64_t;                   ///< Ticks.
  using period = std::nano;                   ///< One tick is a nanosecond.
  using duration = std::chrono::nanoseconds;  ///< See Duration.
  using time_point = std::chrono::time_point<SimulationClock, duration>;  ///< See Time.
  static constexpr bool is_steady = true;                                 ///< It never goes back.
};

/// A span of simulated time: whole nanoseconds, ±292 years. Works with std::chrono literals.
using Duration = SimulationClock::duration;

/// A point of simulated time, counted from the start of the simulation. Points and spans do not
/// mix.
using Time = SimulationClock::time_point;

inline constexpr Time kStart{};                           ///< The start of the simulation.
inline constexpr Time kNever = Time::max();               ///< The last time there is.
inline constexpr Duration kHour = std::chrono::hours(1);  ///< 3600 s.
inline constexpr Duration kDay = std::chrono::hours(24);  ///< 24 hours.

/// `time` + `span`, saturating at the ends of Time.
constexpr Time later(Time time, Duration span) {
  std::int64_t ticks = 0;
  if (__builtin_add_overflow(time.time_since_epoch().count(), span.count(), &ticks)) [[unlikely]]
    return span > Duration::zero() ? kNever : Time::min();
  return Time(Duration(ticks));
}

/// `to` − `from`, saturating at the ends of Duration.
constexpr Duration span_between(Time from, Time to) {
  std::int64_t ticks = 0;
  if (__builtin_sub_overflow(to.time_since_epoch().count(), from.time_since_epoch().count(),
                             &ticks))
    return to > from ? Duration::max() : Duration::min();
  return Duration(ticks);
}

/// `count` units as a span, rounded to the nearest tick, halves away from zero; saturates at the
/// ends of Duration. std::invalid_argument for NaN.
Duration rounded(double count, Duration unit);

/// The same for a span with a fractional count, such as 1.5h.
template <class Number, class Period>
requires std::is_floating_point_v<Number> Duration
rounded(std::chrono::duration<Number, Period> span) {
  using Ticks = std::ratio_divide<Period, Duration::period>;
  return rounded(static_cast<double>(span.count()) * Ticks::num / Ticks::den, Duration(1));
}

/// `span` in units of `unit`, which is not zero.
constexpr double units_of(Duration span, Duration unit) {
  return static_cast<double>(span.count()) / static_cast<double>(unit.count());
}

}  // namespace racked::des
