#pragma once

#include <racked/des/random_stream.h>

#include <memory>
#include <vector>

namespace racked::des {

/// A distribution of a real number: immutable, cheap to copy, safe to share between threads.
///
/// Everything rests on the quantile function Q(u): a draw is Q of one uniform number. So draws are
/// monotone in that number, common random numbers and conditional draws work, and every draw takes
/// exactly one number of its stream. Q and the distribution function are exact to double rounding
/// for the closed forms; the normal quantile is AS 241 (relative error 1e-16). They have the same
/// bits on every processor and with every C library (portable_math.h).
/// The exact quantiles of gamma, beta and PERT (Boost.Math) cost more than 1 µs; they are computed
/// at 633 knots, more closely at the ends, when the distribution is made and interpolated between
/// (error below 1.1e-4 of a standard deviation when both shapes are at least 0.11, below 6e-4 for
/// smaller ones, but 1.8e-3 for gamma with one below 0.0025, and 0.06 and more for beta with one
/// below 0.004, which lies at the ends; the outer 0.05 % on either side is exact). A draw takes 10
/// to 50 ns, O(log n) from a list; making one of gamma, beta or PERT 0.3 to 2 ms, with shapes of a
/// million and more some milliseconds.
///
/// Factories throw std::invalid_argument with a sentence for people when parameters do not fit:
/// they must be finite numbers, and so must the square of max − min; medians, weights of PERT,
/// standard deviations, sigmas, scales, shapes, alpha and beta must be above 0. For a certain value
/// use fixed().
class Distribution {
 public:
  static Distribution fixed(double value);              ///< That value for certain.
  static Distribution uniform(double min, double max);  ///< min ≤ max.

  /// Density rising straight from min to mode and falling to max. min ≤ mode ≤ max.
  static Distribution triangular(double min, double mode, double max);

  /// Beta on [min, max] with α = 1 + w (mode − min)/(max − min), β = 1 + w (max − mode)/(max −
  /// min); the mean is (min + w·mode + max)/(w + 2). Malcolm et al., Operations Research 7 (1959),
  /// w = 4.
  static Distribution pert(double min, double mode, double max, double weight = 4);

  /// By its standard deviation; the mean may be any number.
  static Distribution normal(double mean, double sd);

  /// exp of a normal with mean ln(median) and standard deviation sigma.
  static Distribution lognormal(double median, double sigma);

  /// The same by its 90 % quantile: sigma = ln(p90/median)/1.2815515655446004. p90 > median.
  static Distribution lognormal_from_p90(double median, double p90);

  /// Density ∝ x^(shape−1) exp(−x/scale); mean shape·scale. Erlang's with k stages: gamma(k,
  /// mean/k).
  static Distribution gamma(double shape, double scale);

  /// Distribution function 1 − exp(−(x/scale)^shape).
  static Distribution weibull(double shape, double scale);

  static Distribution exponential(double mean);  ///< Mean above 0; its rate is 1/mean.

  /// Density ∝ (x−min)^(alpha−1) (max−x)^(beta−1). min < max.
  static Distribution beta(double alpha, double beta, double min = 0, double max = 1);

  /// One of the values, each as likely as its weight; all alike when there are no weights. At least
  /// one value, and a weight each, at least 0, with a finite sum above 0.
  static Distribution empirical(std::vector<double> values, std::vector<double> weights = {});

  /// Straight lines between two or more points of the quantile function: probabilities that ascend
  /// strictly from 0 to 1, values that do not descend.
  static Distribution from_quantiles(std::vector<double> probabilities, std::vector<double> values);

  /// One of the components, each as likely as its weight; weights as above. Its quantile is found
  /// by bisection: a draw takes 1 to 5 µs.
  static Distribution mixture(std::vector<double> weights, std::vector<Distribution> components);

  /// This distribution given that the value lies in [min, max]. std::invalid_argument unless min ≤
  /// max and that has a probability above 1e-12.
  Distribution truncated(double min, double max) const;

  /// The value not exceeded with probability u, 0 < u < 1; never decreasing in u but for rounding:
  /// of two u that are 1e-15 apart, the larger one may have the value that is less in its last
  /// bits.
  double quantile(double u) const;

  /// The probability of a value of at most x.
  double cdf(double x) const;

  /// Mean and variance, by formula; infinite when they exceed the range of double. Of truncated
  /// distributions by integrating the quantile function on each call, with a thousand evaluations
  /// and more for every corner (some milliseconds for a mixture): the mean is within 1e-6 of a
  /// standard deviation and the variance within 1e-6 of itself, when a probability above 1e-9 is
  /// left and the sigma of a lognormal that is not cut above is at most 3.5. The interpolation of
  /// gamma, beta and PERT adds an error of up to 1e-5 when their shapes are at least 0.11 and a
  /// probability of a tenth is left.
  double mean() const;
  double variance() const;  ///< Square of the standard deviation.

  /// Ends of the range of values, infinite where there is none. After truncated() of values with
  /// jumps, the bounds given there, which need not be values.
  double min() const;
  double max() const;  ///< The upper one.

  bool is_fixed() const { return min() == max(); }  ///< min() is max(): certain.

  /// Q of the stream's next uniform number.
  double sample(RandomStream& stream) const { return quantile(stream.uniform()); }

  /// A draw given that the value exceeds `bound`: Q(F(bound) + u (1 − F(bound))). Where there is no
  /// upper end it has at least half of its digits however close F(bound) is to 1. `bound` itself
  /// when nothing lies above it, or less than a probability of 1e-290.
  double conditional_sample(RandomStream& stream, double bound) const {
    return conditional_quantile(stream.uniform(), bound);
  }
  /// The same for a uniform number u, 0 < u < 1.
  double conditional_quantile(double u, double bound) const;

  /// What a shape must provide; private to the kernel.
  struct Shape;

 private:
  explicit Distribution(std::shared_ptr<const Shape> shape);
  std::shared_ptr<const Shape> shape_;
};

}  // namespace racked::des
