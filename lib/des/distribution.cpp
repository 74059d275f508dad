#include <racked/des/distribution.h>

#include "distribution_composites.h"
#include "distribution_families.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <string>
#include <utility>

namespace racked::des {

using namespace distribution_detail;

namespace {

std::string text(double value) {
  std::string digits = std::to_string(value);
  if (digits.find('.') != std::string::npos) {
    digits.erase(digits.find_last_not_of('0') + 1);
    if (digits.back() == '.') digits.pop_back();
  }
  return digits;
}

void require(bool holds, const std::string& otherwise) {
  if (!holds) throw std::invalid_argument(otherwise);
}

void require_finite(double value, const char* name) {
  require(std::isfinite(value), std::string(name) + " must be a finite number");
}

void require_positive(double value, const char* name) {
  require(std::isfinite(value) && value > 0,
          std::string(name) + " is " + text(value) + "; it must be a number above 0");
}

void require_range(double min, double max) {
  require_finite(min, "min");
  require_finite(max, "max");
  require(min <= max, "min " + text(min) + " exceeds max " + text(max));
  require_finite((max - min) * (max - min), "the square of max - min");
}

// Weights that sum to one.
std::vector<double> normalised(std::vector<double> weights) {
  double total = 0;
  for (const double weight : weights) {
    require(std::isfinite(weight) && weight >= 0, "weights must be numbers of at least 0");
    total += weight;
  }
  require(total > 0, "at least one weight must be above 0");
  require_finite(total, "the sum of the weights");
  for (double& weight : weights) weight /= total;
  return weights;
}

}  // namespace

Distribution::Distribution(std::shared_ptr<const Shape> shape) : shape_(std::move(shape)) {}

Distribution Distribution::fixed(double value) {
  require_finite(value, "the value");
  return Distribution(std::make_shared<Fixed>(value));
}

Distribution Distribution::uniform(double min, double max) {
  require_range(min, max);
  if (min == max) return fixed(min);
  return Distribution(std::make_shared<Uniform>(min, max));
}

Distribution Distribution::triangular(double min, double mode, double max) {
  require_range(min, max);
  require(mode >= min && mode <= max,
          "mode " + text(mode) + " lies outside [min " + text(min) + ", max " + text(max) + "]");
  if (min == max) return fixed(min);
  return Distribution(std::make_shared<Triangular>(min, mode, max));
}

Distribution Distribution::pert(double min, double mode, double max, double weight) {
  require_range(min, max);
  require(mode >= min && mode <= max,
          "mode " + text(mode) + " lies outside [min " + text(min) + ", max " + text(max) + "]");
  require_positive(weight, "weight");
  if (min == max) return fixed(min);
  const double alpha = 1 + weight * (mode - min) / (max - min);
  const double beta = 1 + weight * (max - mode) / (max - min);
  return Distribution(std::make_shared<Beta>(alpha, beta, min, max));
}

Distribution Distribution::normal(double mean, double sd) {
  require_finite(mean, "mean");
  require_positive(sd, "sd");
  return Distribution(std::make_shared<Normal>(mean, sd));
}

Distribution Distribution::lognormal(double median, double sigma) {
  require_positive(median, "median");
  require_positive(sigma, "sigma");
  return Distribution(std::make_shared<Lognormal>(median, sigma));
}

Distribution Distribution::lognormal_from_p90(double median, double p90) {
  require_positive(median, "median");
  require(std::isfinite(p90) && p90 > median,
          "p90 " + text(p90) + " must exceed the median " + text(median));
  constexpr double kNormalP90 = 1.2815515655446004;
  return lognormal(median, portable::log(p90 / median) / kNormalP90);
}

Distribution Distribution::gamma(double shape, double scale) {
  require_positive(shape, "shape");
  require_positive(scale, "scale");
  return Distribution(std::make_shared<Gamma>(shape, scale));
}

Distribution Distribution::weibull(double shape, double scale) {
  require_positive(shape, "shape");
  require_positive(scale, "scale");
  return Distribution(std::make_shared<Weibull>(shape, scale));
}

Distribution Distribution::exponential(double mean) {
  require_positive(mean, "mean");
  return Distribution(std::make_shared<Exponential>(mean));
}

Distribution Distribution::beta(double alpha, double beta, double min, double max) {
  require_positive(alpha, "alpha");
  require_positive(beta, "beta");
  require_range(min, max);
  require(min < max, "max must exceed min");
  return Distribution(std::make_shared<Beta>(alpha, beta, min, max));
}

Distribution Distribution::empirical(std::vector<double> values, std::vector<double> weights) {
  require(!values.empty(), "at least one value is needed");
  for (const double value : values) require_finite(value, "each value");
  if (weights.empty()) weights.assign(values.size(), 1);
  require(weights.size() == values.size(), std::to_string(values.size()) + " values have " +
                                               std::to_string(weights.size()) +
                                               " weights; give one each");
  weights = normalised(std::move(weights));
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> sorted, cumulated;
  double sum = 0;
  for (const std::size_t i : order) {
    if (weights[i] == 0) continue;
    sum += weights[i];
    sorted.push_back(values[i]);
    cumulated.push_back(sum);
  }
  cumulated.back() = 1;
  if (sorted.front() == sorted.back()) return fixed(sorted.front());
  return Distribution(std::make_shared<Empirical>(std::move(sorted), std::move(cumulated)));
}

Distribution Distribution::from_quantiles(std::vector<double> probabilities,
                                          std::vector<double> values) {
  require(probabilities.size() == values.size() && values.size() >= 2,
          "at least two quantiles are needed");
  require(probabilities.front() == 0 && probabilities.back() == 1,
          "quantiles begin at p = 0 and end at p = 1");
  for (std::size_t i = 0; i < values.size(); ++i) {
    require_finite(values[i], "each value");
    require(i == 0 || probabilities[i] > probabilities[i - 1], "the p of quantiles must ascend");
    require(i == 0 || values[i] >= values[i - 1], "values of quantiles must not descend");
  }
  if (values.front() == values.back()) return fixed(values.front());
  return Distribution(std::make_shared<Quantiles>(std::move(probabilities), std::move(values)));
}

Distribution Distribution::mixture(std::vector<double> weights,
                                   std::vector<Distribution> components) {
  require(!components.empty() && weights.size() == components.size(),
          "every component needs a weight");
  weights = normalised(std::move(weights));
  auto mixed = std::make_shared<Mixture>();
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (weights[i] == 0) continue;
    mixed->weights.push_back(weights[i]);
    mixed->components.push_back(std::move(components[i]));
  }
  return Distribution(std::move(mixed));
}

Distribution Distribution::truncated(double min, double max) const {
  require(!(min > max), "at_least " + text(min) + " exceeds at_most " + text(max));
  if (is_fixed()) {
    require(this->min() >= min && this->max() <= max,
            "the fixed value lies outside the truncation");
    return *this;
  }
  auto shape = std::make_shared<Truncated>(*this, min, max);
  constexpr double kLeast = 1e-12;
  require(shape->inside > kLeast,
          "nothing is left between " + text(shape->low) + " and " + text(shape->high));
  return Distribution(std::move(shape));
}

double Distribution::quantile(double u) const { return shape_->quantile(u); }
double Distribution::cdf(double x) const { return shape_->cdf(x); }
double Distribution::mean() const { return shape_->mean(); }
double Distribution::variance() const { return shape_->variance(); }
double Distribution::min() const { return shape_->min(); }
double Distribution::max() const { return shape_->max(); }

double Distribution::conditional_quantile(double u, double bound) const {
  const double passed = cdf(bound);
  if (passed > kFar) {
    constexpr double kLeast = 1e-290;  // a part of it is still a number
    const double left = shape_->survival(bound);
    if (left < kLeast) return bound;
    return std::max(bound, shape_->upper_quantile(std::max(1 - u, 0x1p-54) * left));
  }
  return std::max(bound, quantile(std::min(passed + u * (1 - passed), 1 - 0x1p-53)));
}

}  // namespace racked::des
