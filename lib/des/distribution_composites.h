#pragma once

#include "distribution_shape.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

namespace racked::des::distribution_detail {

// The shapes made of values, or of other distributions.

// Values in ascending order with the probability of each or a lower one.
struct Empirical final : Distribution::Shape {
  Empirical(std::vector<double> v, std::vector<double> c)
      : values(std::move(v)), cumulated(std::move(c)) {}
  double quantile(double u) const override {
    const auto at = std::lower_bound(cumulated.begin(), cumulated.end(), u);
    return values[std::min(static_cast<std::size_t>(at - cumulated.begin()), values.size() - 1)];
  }
  double cdf(double x) const override {
    const auto above = std::upper_bound(values.begin(), values.end(), x);
    return above == values.begin()
               ? 0
               : cumulated[static_cast<std::size_t>(above - values.begin()) - 1];
  }
  double mean() const override { return moment(0); }
  double variance() const override { return moment(mean(), 2); }
  double moment(double about, int power = 1) const {
    double sum = 0, before = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double d = values[i] - about;
      sum += (cumulated[i] - before) * (power == 1 ? d : d * d);
      before = cumulated[i];
    }
    return sum;
  }
  double min() const override { return values.front(); }
  double max() const override { return values.back(); }
  std::vector<double> values, cumulated;
};

struct Quantiles final : Distribution::Shape {
  Quantiles(std::vector<double> p, std::vector<double> v)
      : probabilities(std::move(p)), values(std::move(v)) {}
  double quantile(double u) const override { return line(probabilities, values, u); }
  double cdf(double x) const override {
    if (x < values.front()) return 0;
    if (x >= values.back()) return 1;
    const auto above = std::upper_bound(values.begin(), values.end(), x);
    const auto i = static_cast<std::size_t>(above - values.begin());
    return probabilities[i - 1] + (x - values[i - 1]) / (values[i] - values[i - 1]) *
                                      (probabilities[i] - probabilities[i - 1]);
  }
  static double line(const std::vector<double>& x, const std::vector<double>& y, double at) {
    const auto above = std::upper_bound(x.begin(), x.end(), at);
    const auto i =
        std::clamp<std::size_t>(static_cast<std::size_t>(above - x.begin()), 1, x.size() - 1);
    return y[i - 1] + (at - x[i - 1]) / (x[i] - x[i - 1]) * (y[i] - y[i - 1]);
  }
  // Each straight piece is a uniform distribution.
  double mean() const override {
    double sum = 0;
    for (std::size_t i = 1; i < values.size(); ++i)
      sum += (probabilities[i] - probabilities[i - 1]) * (values[i] + values[i - 1]) / 2;
    return sum;
  }
  double variance() const override {
    const double m = mean();
    double sum = 0;
    for (std::size_t i = 1; i < values.size(); ++i) {
      const double half = (values[i] - values[i - 1]) / 2, apart = values[i - 1] + half - m;
      sum += (probabilities[i] - probabilities[i - 1]) * (apart * apart + half * half / 3);
    }
    return sum;
  }
  double min() const override { return values.front(); }
  double max() const override { return values.back(); }
  std::vector<double> probabilities, values;
};

// The least x in [low, high] at which f reaches u, by bisection to the last bit.
template <class F>
double invert(const F& f, double low, double high, double u) {
  for (;;) {
    const double middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) return high;
    (f(middle) < u ? low : high) = middle;
  }
}

struct Mixture final : Distribution::Shape {
  // The components' quantiles enclose that of the mixture.
  double quantile(double u) const override {
    double low = kInfinity, high = -kInfinity;
    for (const Distribution& component : components) {
      const double q = component.quantile(u);
      low = std::min(low, q);
      high = std::max(high, q);
    }
    if (low == high || cdf(low) >= u) return low;
    return invert([this](double x) { return cdf(x); }, low, high, u);
  }
  double cdf(double x) const override {
    return sum([x](const Distribution& c) { return c.cdf(x); });
  }
  double mean() const override {
    return sum([](const Distribution& c) { return c.mean(); });
  }
  double variance() const override {
    const double m = mean();
    if (std::isinf(m)) return kInfinity;
    return sum(
        [m](const Distribution& c) { return c.variance() + (c.mean() - m) * (c.mean() - m); });
  }
  double min() const override {
    double least = kInfinity;
    for (const Distribution& c : components) least = std::min(least, c.min());
    return least;
  }
  double max() const override {
    double most = -kInfinity;
    for (const Distribution& c : components) most = std::max(most, c.max());
    return most;
  }
  template <class F>
  double sum(const F& f) const {
    double total = 0;
    for (std::size_t i = 0; i < components.size(); ++i) total += weights[i] * f(components[i]);
    return total;
  }
  std::vector<double> weights;
  std::vector<Distribution> components;
};

struct Truncated final : Distribution::Shape {
  Truncated(Distribution w, double a, double b)
      : whole(std::move(w)), low(std::max(a, whole.min())), high(std::min(b, whole.max())) {
    // A jump at the lower end belongs to the interval.
    below = a <= whole.min() ? 0 : whole.cdf(std::nextafter(a, -kInfinity));
    inside = (b >= whole.max() ? 1 : whole.cdf(b)) - below;
  }
  double quantile(double u) const override {
    const double p = std::min(below + u * inside, 1 - 0x1p-53);
    return std::clamp(p <= 0 ? low : whole.quantile(p), low, high);
  }
  double cdf(double x) const override {
    if (x < low) return 0;
    if (x >= high) return 1;
    return std::clamp((whole.cdf(x) - below) / inside, 0.0, 1.0);
  }
  double mean() const override {
    return integral([](double q) { return q; });
  }
  double variance() const override {
    const double m = mean();
    return integral([m](double q) { return (q - m) * (q - m); });
  }
  double min() const override { return low; }
  double max() const override { return high; }

  // ∫ f(Q(u)) du by Gauss-Legendre of five points on panels that halve toward both ends, where Q
  // may be steep.
  template <class F>
  double integral(const F& f) const {
    double total = 0;
    double left = 0.25;
    total += panel(f, 0.25, 0.5) + panel(f, 0.5, 0.75);
    for (int i = 0; i < 48; ++i, left /= 2) {
      total += panel(f, left / 2, left);
      total += panel(f, 1 - left, 1 - left / 2);
    }
    return total;
  }
  template <class F>
  double panel(const F& f, double from, double to) const {
    constexpr double kNodes[] = {-0.9061798459386640, -0.5384693101056831, 0, 0.5384693101056831,
                                 0.9061798459386640};
    constexpr double kWeights[] = {0.2369268850561891, 0.4786286704993665, 0.5688888888888889,
                                   0.4786286704993665, 0.2369268850561891};
    double sum = 0;
    for (int i = 0; i < 5; ++i) {
      const double u = (from + to) / 2 + kNodes[i] * (to - from) / 2;
      sum += kWeights[i] * f(quantile(std::clamp(u, 0x1p-60, 1 - 0x1p-53)));
    }
    return sum * (to - from) / 2;
  }

  Distribution whole;
  double low, high;
  double below = 0, inside = 1;
};

}  // namespace racked::des::distribution_detail
