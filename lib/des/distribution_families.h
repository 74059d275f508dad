#pragma once

#include "distribution_shape.h"
#include "normal_quantile.h"
#include "portable_real.h"
#include "quantile_table.h"

#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/gamma.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

namespace racked::des::distribution_detail {

using portable::Policy, portable::Real;

// The shapes that have a formula.

struct Fixed final : Distribution::Shape {
  explicit Fixed(double v) : value(v) {}
  double quantile(double) const override { return value; }
  double cdf(double x) const override { return x >= value ? 1 : 0; }
  double mean() const override { return value; }
  double variance() const override { return 0; }
  double min() const override { return value; }
  double max() const override { return value; }
  double value;
};

struct Uniform final : Distribution::Shape {
  Uniform(double a, double b) : low(a), high(b) {}
  double quantile(double u) const override { return low + u * (high - low); }
  double cdf(double x) const override { return std::clamp((x - low) / (high - low), 0.0, 1.0); }
  double mean() const override { return low + (high - low) / 2; }
  double variance() const override { return (high - low) * (high - low) / 12; }
  double min() const override { return low; }
  double max() const override { return high; }
  double low, high;
};

struct Triangular final : Distribution::Shape {
  Triangular(double a, double m, double b) : low(a), mode(m), high(b) {}
  double quantile(double u) const override {
    const double width = high - low;
    return u * width <= mode - low ? low + std::sqrt(u * width * (mode - low))
                                   : high - std::sqrt((1 - u) * width * (high - mode));
  }
  double cdf(double x) const override {
    if (x <= low) return 0;
    if (x >= high) return 1;
    const double width = high - low;
    return x <= mode ? (x - low) * (x - low) / (width * (mode - low))
                     : 1 - (high - x) * (high - x) / (width * (high - mode));
  }
  double mean() const override { return (low + mode + high) / 3; }
  double variance() const override {
    // Of differences: squares of what is far from 0 would cancel each other.
    const double width = high - low, rise = mode - low;
    return (width * width - rise * (width - rise)) / 18;
  }
  double min() const override { return low; }
  double max() const override { return high; }
  void corners(std::vector<double>& at) const override { at.insert(at.end(), {low, mode, high}); }
  double low, mode, high;
};

struct Normal final : Distribution::Shape {
  Normal(double m, double s) : mu(m), sd(s) {}
  double quantile(double u) const override { return mu + sd * normal_quantile(u); }
  double cdf(double x) const override { return normal_cdf((x - mu) / sd); }
  double survival(double x) const override { return normal_cdf((mu - x) / sd); }
  double upper_quantile(double v) const override { return mu - sd * normal_quantile(v); }
  double mean() const override { return mu; }
  double variance() const override { return sd * sd; }
  double min() const override { return -kInfinity; }
  double max() const override { return kInfinity; }
  double mu, sd;
};

struct Lognormal final : Distribution::Shape {
  Lognormal(double m, double s) : median(m), sigma(s) {}
  double quantile(double u) const override {
    return median * portable::exp(sigma * normal_quantile(u));
  }
  double cdf(double x) const override {
    return x <= 0 ? 0 : normal_cdf(portable::log(x / median) / sigma);
  }
  double survival(double x) const override {
    return x <= 0 ? 1 : normal_cdf(-portable::log(x / median) / sigma);
  }
  double upper_quantile(double v) const override {
    return median * portable::exp(-sigma * normal_quantile(v));
  }
  double mean() const override { return median * portable::exp(sigma * sigma / 2); }
  double variance() const override { return mean() * (mean() * portable::expm1(sigma * sigma)); }
  double min() const override { return 0; }
  double max() const override { return kInfinity; }
  double median, sigma;
};

struct Gamma final : Distribution::Shape {
  Gamma(double k, double s)
      : shape(k),
        scale(s),
        table([this](double u) { return exact(u); },
              [this](double x) {
                return boost::math::gamma_p_derivative(Real(shape), x, Policy()).value;
              }) {}
  double exact(double u) const { return boost::math::gamma_p_inv(Real(shape), u, Policy()).value; }
  double quantile(double u) const override {
    return scale * table(u, [this](double v) { return exact(v); });
  }
  double cdf(double x) const override {
    return x <= 0 ? 0 : boost::math::gamma_p(Real(shape), x / scale, Policy()).value;
  }
  double survival(double x) const override {
    return x <= 0 ? 1 : boost::math::gamma_q(Real(shape), x / scale, Policy()).value;
  }
  double upper_quantile(double v) const override {
    return QuantileTable::is_exact_above(v)
               ? scale * boost::math::gamma_q_inv(Real(shape), v, Policy()).value
               : quantile(1 - v);
  }
  double mean() const override { return shape * scale; }
  double variance() const override { return shape * scale * scale; }
  double min() const override { return 0; }
  double max() const override { return kInfinity; }
  double shape, scale;
  QuantileTable table;
};

struct Weibull final : Distribution::Shape {
  Weibull(double k, double s) : shape(k), scale(s) {}
  double quantile(double u) const override {
    return scale * portable::pow(-portable::log1p(-u), 1 / shape);
  }
  double cdf(double x) const override {
    return x <= 0 ? 0 : -portable::expm1(-portable::pow(x / scale, shape));
  }
  double survival(double x) const override {
    return x <= 0 ? 1 : portable::exp(-portable::pow(x / scale, shape));
  }
  double upper_quantile(double v) const override {
    return scale * portable::pow(-portable::log(v), 1 / shape);
  }
  double mean() const override {
    return scale * boost::math::tgamma(1 + 1 / Real(shape), Policy()).value;
  }
  double variance() const override {
    // Γ less 1, of which more is left than of Γ when the shape is large.
    const double square = boost::math::tgamma1pm1(2 / Real(shape), Policy()).value;
    if (std::isinf(square)) return kInfinity;
    const double g = boost::math::tgamma1pm1(1 / Real(shape), Policy()).value;
    return scale * (scale * (square - g * (2 + g)));
  }
  double min() const override { return 0; }
  double max() const override { return kInfinity; }
  double shape, scale;
};

struct Exponential final : Distribution::Shape {
  explicit Exponential(double m) : scale(m) {}
  double quantile(double u) const override { return -scale * portable::log1p(-u); }
  double cdf(double x) const override { return x <= 0 ? 0 : -portable::expm1(-x / scale); }
  double survival(double x) const override { return x <= 0 ? 1 : portable::exp(-x / scale); }
  double upper_quantile(double v) const override { return -scale * portable::log(v); }
  double mean() const override { return scale; }
  double variance() const override { return scale * scale; }
  double min() const override { return 0; }
  double max() const override { return kInfinity; }
  double scale;
};

struct Beta final : Distribution::Shape {
  Beta(double a, double b, double from, double to)
      : alpha(a),
        beta(b),
        low(from),
        high(to),
        table([this](double u) { return exact(u); },
              [this](double x) {
                return boost::math::ibeta_derivative(Real(alpha), beta, x, Policy()).value;
              }) {}
  double exact(double u) const {
    return boost::math::ibeta_inv(Real(alpha), beta, u, Policy()).value;
  }
  double quantile(double u) const override {
    return low + (high - low) * table(u, [this](double v) { return exact(v); });
  }
  double cdf(double x) const override {
    if (x <= low) return 0;
    if (x >= high) return 1;
    return boost::math::ibeta(Real(alpha), beta, (x - low) / (high - low), Policy()).value;
  }
  double mean() const override { return low + (high - low) * alpha / (alpha + beta); }
  double variance() const override {
    const double sum = alpha + beta;
    return (high - low) * (high - low) * (alpha / sum) * (beta / sum) / (sum + 1);
  }
  double min() const override { return low; }
  double max() const override { return high; }
  double alpha, beta, low, high;
  QuantileTable table;
};

}  // namespace racked::des::distribution_detail
