#pragma once

#include <racked/des/time.h>

#include <cstdint>
#include <limits>

namespace racked::des {

/// Count, mean, variance and extremes of numbers. Updated and merged by the formulas of Chan, Golub
/// and LeVeque (COMPSTAT 1982): stable, and merging in any grouping gives the same up to rounding
/// (count, min and max exactly). 40 bytes; O(1) per number.
class Tally {
 public:
  void record(double value);       ///< One more number, which is finite.
  void merge(const Tally& other);  ///< All numbers of another.

  std::uint64_t count() const { return count_; }  ///< How many numbers.
  double mean() const { return mean_; }           ///< 0 when empty.
  /// Unbiased estimate, divided by count − 1; 0 below two numbers.
  double variance() const;
  double min() const { return min_; }  ///< +∞ when empty.
  double max() const { return max_; }  ///< −∞ when empty.

  /// Half the width of the two-sided confidence interval for the mean of independent numbers, by
  /// Student's t; infinite below two. std::invalid_argument unless 0 < confidence < 1.
  double half_width(double confidence) const;

  friend bool operator==(const Tally&, const Tally&) = default;

 private:
  std::uint64_t count_ = 0;
  double mean_ = 0;
  double squares_ = 0;  // sum of squared deviations from the mean
  double min_ = kInfinity;
  double max_ = -kInfinity;
  static constexpr double kInfinity = std::numeric_limits<double>::infinity();
};

/// The average over time of a step function: value × duration. Merging adds disjoint observations,
/// each weighted by its duration.
class TimeAverage {
 public:
  /// Observation begins at `begin` with `value`.
  explicit TimeAverage(Time begin = kStart, double value = 0);

  /// From `time` on the function is `value`. Times must not go back (std::logic_error).
  void record(Time time, double value);

  /// Observation ends, or pauses, at `time`; the value holds until then. Nothing is observed from
  /// then to the next record(). std::logic_error when time goes back.
  void finish(Time time);

  /// Adds another finished observation. Exact in any order for durations; sums round.
  void merge(const TimeAverage& other);

  /// Over what was observed up to the last record() or finish(): what has lasted since then does
  /// not count yet. The present value when nothing has lasted.
  double mean() const;
  double min() const;         ///< Of values that have lasted; the present one when none has.
  double max() const;         ///< Likewise.
  Duration duration() const;  ///< Observed in all, at most Duration::max().

 private:
  __extension__ using Ticks = __int128;  // so that years of any number of replications add up

  Ticks ticks_ = 0;  // observed
  Time last_;
  double value_;
  double integral_ = 0;  // value × ticks
  double min_ = std::numeric_limits<double>::infinity();
  double max_ = -std::numeric_limits<double>::infinity();
  bool observing_ = true;
};

}  // namespace racked::des
