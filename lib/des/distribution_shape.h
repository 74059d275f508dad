#pragma once

#include <racked/des/distribution.h>

#include <limits>

namespace racked::des {

// What a kind of distribution answers; u lies in [0, 1).
struct Distribution::Shape {
  virtual ~Shape() = default;
  virtual double quantile(double u) const = 0;
  virtual double cdf(double x) const = 0;
  virtual double mean() const = 0;
  virtual double variance() const = 0;
  virtual double min() const = 0;
  virtual double max() const = 0;
};

namespace distribution_detail {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace distribution_detail

}  // namespace racked::des
