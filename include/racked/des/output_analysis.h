#pragma once

#include <cstddef>
#include <vector>

/// Estimates from the output of a simulation, and how sure they are. For independent replications
/// Tally gives the interval for a mean; here are intervals from one long run, and for quantiles.
/// They take all numbers at once: results of parts cannot be merged. Pure functions: thread-safe.
namespace racked::des {

/// Contains the quantity sought with the confidence asked for.
struct Interval {
  double low;   ///< May be −∞.
  double high;  ///< May be +∞.

  bool contains(double value) const { return low <= value && value <= high; }  ///< Ends included.
};

/// How many numbers at the beginning of a series belong to its warm-up: the multiple of 5 in the
/// first half that leaves the smallest marginal standard error of the means of fives. White, "An
/// effective truncation heuristic for bias reduction in simulation output", Simulation 69 (1997),
/// as MSER-5. O(n). 0 for fewer than 15 numbers; those after the last five are left out.
/// std::invalid_argument unless all are finite.
std::size_t warm_up(const std::vector<double>& series);

/// For the mean of a stationary, correlated series, by the means of `batches` successive batches,
/// taken for independent and normal: right when a batch lasts much longer than the correlation.
/// All have ⌊numbers / batches⌋ numbers, and those after them are left out: up to batches − 1, so
/// that of 199 numbers 100 batches have but the first 100. Student's t with batches − 1 degrees of
/// freedom; Law, Simulation Modeling and Analysis, 9.5.3. std::invalid_argument unless 2 ≤ batches
/// ≤ numbers and 0 < confidence < 1.
Interval batch_means(const std::vector<double>& series, std::size_t batches, double confidence);

/// For the p-quantile of independent numbers of any distribution, by two of them in order: the
/// number of those below the quantile is binomial. Contains it with at least the confidence asked
/// for; Conover, Practical Nonparametric Statistics, 3.2. An end is infinite when there are too few
/// numbers for it; numbers may be infinite. O(n log n). std::invalid_argument unless 0 < p < 1 and
/// 0 < confidence < 1, and for NaN, which has no place in an order.
Interval quantile_interval(std::vector<double> numbers, double p, double confidence);

}  // namespace racked::des
