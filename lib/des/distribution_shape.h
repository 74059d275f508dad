#pragma once

#include <racked/des/distribution.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace racked::des {

// What a kind of distribution answers; u lies in [0, 1).
struct Distribution::Shape {
  virtual ~Shape() = default;
  static const Shape& of(const Distribution& distribution) { return *distribution.shape_; }
  virtual double quantile(double u) const = 0;
  virtual double cdf(double x) const = 0;
  virtual double mean() const = 0;
  virtual double variance() const = 0;
  virtual double min() const = 0;
  virtual double max() const = 0;

  // The probability of a value above x, and the value above which there is probability v. Shapes
  // whose upper tail does not end have them to full precision, which 1 − F and 1 − v lack.
  virtual double survival(double x) const { return 1 - cdf(x); }
  virtual double upper_quantile(double v) const { return quantile(std::min(1 - v, 1 - 0x1p-53)); }

  // Adds the values at which the quantile function jumps, bends or may be steep.
  virtual void corners(std::vector<double>& at) const {
    for (const double end : {min(), max()})
      if (std::isfinite(end)) at.push_back(end);
  }
};

namespace distribution_detail {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Of 1 − F beyond it more than half of the digits are lost.
constexpr double kFar = 1 - 0x1p-26;

}  // namespace distribution_detail

}  // namespace racked::des
