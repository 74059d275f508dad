#pragma once

#include <compare>
#include <cstdint>

namespace racked {

/// Power in whole watts: claims and releases cancel exactly, on every machine.
struct Watts {
  std::int64_t count = 0;  ///< May be negative in a difference.

  friend constexpr auto operator<=>(Watts, Watts) = default;
  /// Exact.
  ///@{
  friend constexpr Watts operator+(Watts a, Watts b) { return {a.count + b.count}; }
  friend constexpr Watts operator-(Watts a, Watts b) { return {a.count - b.count}; }
  friend constexpr Watts operator*(std::int64_t n, Watts a) { return {n * a.count}; }
  ///@}
  constexpr Watts& operator+=(Watts b) { return *this = *this + b; }  ///< Exact.
  constexpr Watts& operator-=(Watts b) { return *this = *this - b; }  ///< Exact.
};

/// The nearest whole number of watts.
Watts watts_of_megawatts(double megawatts);
/// For people; rounded to a double.
constexpr double megawatts(Watts power) { return static_cast<double>(power.count) * 1e-6; }

/// A millionth: shares are whole numbers of them wherever money is reckoned.
inline constexpr std::int64_t kMillion = 1'000'000;

/// A thousand-millionth: what shares of power are reckoned in.
inline constexpr std::int64_t kBillion = 1'000'000'000;

/// A sum of cents, chips or watts × nanoseconds, exact for any price and horizon.
__extension__ using AmountTime = __int128;

/// A sum of chips × nanoseconds; 128 bits, so that charges add up exactly for any campus and
/// horizon.
__extension__ using ChipTime = __int128;

/// Chip-days; the only rounding a charge ever meets.
constexpr double chip_days(ChipTime time) { return static_cast<double>(time) / 86'400e9; }

}  // namespace racked
