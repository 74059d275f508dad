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
  void corners(std::vector<double>& at) const override {
    at.insert(at.end(), values.begin(), values.end());
  }
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
  void corners(std::vector<double>& at) const override {
    at.insert(at.end(), values.begin(), values.end());
  }
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
  double quantile(double u) const override {
    return inverse([u](const Distribution& c) { return c.quantile(u); },
                   [this](double x) { return cdf(x); }, u);
  }
  double upper_quantile(double v) const override {
    return inverse([v](const Distribution& c) { return of(c).upper_quantile(v); },
                   [this](double x) { return -survival(x); }, -v);
  }
  // The components' quantiles enclose that of the mixture.
  template <class Q, class F>
  double inverse(const Q& quantile_of, const F& f, double u) const {
    double low = kInfinity, high = -kInfinity;
    for (const Distribution& component : components) {
      const double q = quantile_of(component);
      low = std::min(low, q);
      high = std::max(high, q);
    }
    if (low == high || f(low) >= u) return low;
    return invert(f, low, high, u);
  }
  double cdf(double x) const override {
    return sum([x](const Distribution& c) { return c.cdf(x); });
  }
  double survival(double x) const override {
    return sum([x](const Distribution& c) { return of(c).survival(x); });
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
  void corners(std::vector<double>& at) const override {
    for (const Distribution& c : components) of(c).corners(at);
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
    const double under = std::nextafter(a, -kInfinity);
    below = a <= whole.min() ? 0 : whole.cdf(under);
    above = b >= whole.max() ? 0 : of(whole).survival(b);
    inside = below > kFar ? of(whole).survival(under) - above
                          : (b >= whole.max() ? 1 : whole.cdf(b)) - below;
  }
  double quantile(double u) const override {
    if (below > kFar) return upper_quantile(std::max(1 - u, 0x1p-54));
    const double p = std::min(below + u * inside, 1 - 0x1p-53);
    return std::clamp(p <= 0 ? low : whole.quantile(p), low, high);
  }
  double cdf(double x) const override {
    if (x < low) return 0;
    if (x >= high) return 1;
    if (below > kFar) return 1 - survival(x);
    return std::clamp((whole.cdf(x) - below) / inside, 0.0, 1.0);
  }
  // Of what is cut off in the lower half of the whole, F is the precise one.
  double survival(double x) const override {
    if (x < low) return 1;
    if (x >= high) return 0;
    if (above > 0.5) return 1 - cdf(x);
    return std::clamp((of(whole).survival(x) - above) / inside, 0.0, 1.0);
  }
  double upper_quantile(double v) const override {
    if (above > 0.5) return quantile(1 - v);
    return std::clamp(of(whole).upper_quantile(above + v * inside), low, high);
  }
  double mean() const override {
    return integral([](double q) { return q; });
  }
  double variance() const override {
    const double m = mean();
    if (std::isinf(m)) return kInfinity;
    return integral([m](double q) { return (q - m) * (q - m); });
  }
  double min() const override { return low; }
  double max() const override { return high; }
  void corners(std::vector<double>& at) const override {
    at.insert(at.end(), {low, high});
    of(whole).corners(at);
  }

  // ∫ f(Q(u)) du, from either end to the middle.
  template <class F>
  double integral(const F& f) const {
    const auto lower = [this](double u) { return quantile(u); };
    const auto upper = [this](double v) { return upper_quantile(v); };
    return half(f, lower, [this](double x) { return cdf(x); }) +
           half(f, upper, [this](double x) { return survival(x); });
  }
  template <class F, class Q, class P>
  double half(const F& f, const Q& q, const P& probability) const {
    std::vector<double> at, ends = {0, 0.5};
    corners(at);
    for (const double x : at)
      for (const double p : {probability(x), probability(std::nextafter(x, -kInfinity))})
        if (p > 0 && p < 0.5) ends.push_back(p);
    std::sort(ends.begin(), ends.end());
    double total = 0;
    for (std::size_t i = 1; i < ends.size(); ++i)
      if (ends[i] > ends[i - 1]) total += piece(f, q, ends[i - 1], ends[i]);
    return total;
  }
  // Between corners, on panels that halve toward both ends; the tail, from 0, may rise far.
  template <class F, class Q>
  static double piece(const F& f, const Q& q, double from, double to) {
    const double half = (to - from) / 2, inset = half * 0x1p-20, flat = q(from + inset);
    if (flat == q(to - inset)) return f(flat) * (to - from);
    constexpr int kHalvings = 24, kTailHalvings = 100;
    return toward(f, q, from, half, from > 0 ? kHalvings : kTailHalvings) +
           toward(f, q, to, -half, kHalvings);
  }
  template <class F, class Q>
  static double toward(const F& f, const Q& q, double end, double width, int halvings) {
    double total = 0;
    for (; halvings > 0; --halvings, width /= 2) total += panel(f, q, end + width / 2, end + width);
    return total + panel(f, q, end, end + width);
  }
  // By Gauss and Legendre, five points.
  template <class F, class Q>
  static double panel(const F& f, const Q& q, double from, double to) {
    constexpr double kNodes[] = {-0.9061798459386640, -0.5384693101056831, 0, 0.5384693101056831,
                                 0.9061798459386640};
    constexpr double kWeights[] = {0.2369268850561891, 0.4786286704993665, 0.5688888888888889,
                                   0.4786286704993665, 0.2369268850561891};
    double sum = 0;
    for (int i = 0; i < 5; ++i)
      sum += kWeights[i] * f(q((from + to) / 2 + kNodes[i] * (to - from) / 2));
    return sum * std::abs(to - from) / 2;
  }

  Distribution whole;
  double low, high;
  double below = 0, above = 0, inside = 1;
};

}  // namespace racked::des::distribution_detail
