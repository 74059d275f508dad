#include <racked/des/output_analysis.h>

#include <racked/des/statistics.h>

#include "portable_real.h"

#include <boost/math/distributions/binomial.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>

namespace racked::des {
namespace {

void check_confidence(double confidence) {
  if (!(confidence > 0 && confidence < 1))
    throw std::invalid_argument("a confidence lies between 0 and 1");
}

// The means of successive groups of `size`; what fills no group is left out.
std::vector<double> means_of(const std::vector<double>& series, std::size_t size) {
  std::vector<double> means(series.size() / size);
  for (std::size_t i = 0; i < means.size(); ++i) {
    const auto begin = series.begin() + static_cast<std::ptrdiff_t>(i * size);
    means[i] = std::accumulate(begin, begin + static_cast<std::ptrdiff_t>(size), 0.0) /
               static_cast<double>(size);
  }
  return means;
}

// The first number of [from, to) for which `holds`, which then holds for all after it; else `to`.
template <class Holds>
std::size_t first_from(std::size_t from, std::size_t to, Holds holds) {
  while (from < to) {
    const std::size_t middle = from + (to - from) / 2;
    if (holds(middle)) {
      to = middle;
    } else {
      from = middle + 1;
    }
  }
  return from;
}

}  // namespace

std::size_t warm_up(const std::vector<double>& series) {
  constexpr std::size_t kGroup = 5;
  if (!std::all_of(series.begin(), series.end(),
                   [](double number) { return std::isfinite(number); }))
    throw std::invalid_argument("the numbers of a series are finite");
  const std::vector<double> means = means_of(series, kGroup);
  Tally rest;
  std::size_t best = 0;
  double least = std::numeric_limits<double>::infinity();
  // From the end, so that each candidate adds one number to the tally.
  for (std::size_t from = means.size(); from-- > 0;) {
    rest.record(means[from]);
    if (from > means.size() / 2 || rest.count() < 2) continue;
    const double count = static_cast<double>(rest.count());
    const double error = rest.variance() * (count - 1) / (count * count);
    if (error <= least) {
      least = error;
      best = from;
    }
  }
  return best * kGroup;
}

Interval batch_means(const std::vector<double>& series, std::size_t batches, double confidence) {
  check_confidence(confidence);
  if (batches < 2 || batches > series.size())
    throw std::invalid_argument("there are at least 2 batches and at most as many as numbers");
  Tally tally;
  const std::vector<double> means = means_of(series, series.size() / batches);
  for (std::size_t i = 0; i < batches; ++i) tally.record(means[i]);
  const double half = tally.half_width(confidence);
  return {tally.mean() - half, tally.mean() + half};
}

Interval quantile_interval(std::vector<double> numbers, double p, double confidence) {
  check_confidence(confidence);
  if (!(p > 0 && p < 1)) throw std::invalid_argument("the p of a quantile lies between 0 and 1");
  if (std::any_of(numbers.begin(), numbers.end(), [](double number) { return number != number; }))
    throw std::invalid_argument("a quantile is asked for of numbers with NaN among them");
  constexpr double kUnbounded = std::numeric_limits<double>::infinity();
  std::sort(numbers.begin(), numbers.end());
  const std::size_t n = numbers.size();
  // The k-th smallest lies above the quantile with the probability that fewer than k are below it.
  using Binomial = boost::math::binomial_distribution<portable::Real, portable::Policy>;
  const Binomial below(n, p);
  const double tail = (1 - confidence) / 2;
  // The largest k with P(B < k) ≤ tail, from 1; 0: none.
  const std::size_t low = first_from(
      0, n, [&](std::size_t k) { return boost::math::cdf(below, portable::Real(k)) > tail; });
  // The smallest k with P(B ≥ k) ≤ tail; n + 1: none.
  const std::size_t high = first_from(low + 1, n + 1, [&](std::size_t k) {
    return boost::math::cdf(boost::math::complement(below, portable::Real(k) - 1)) <= tail;
  });
  return {low == 0 ? -kUnbounded : numbers[low - 1], high > n ? kUnbounded : numbers[high - 1]};
}

}  // namespace racked::des
