#include <racked/des/distribution.h>

#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/gamma.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <string>
#include <utility>

namespace racked::des {

struct Distribution::Shape {
  virtual ~Shape() = default;
  virtual double quantile(double u) const = 0;
  virtual double cdf(double x) const = 0;
  virtual double mean() const = 0;
  virtual double variance() const = 0;
  virtual double min() const = 0;
  virtual double max() const = 0;
};

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Doubles stay doubles, so that every compiler computes the same bits.
using Policy = boost::math::policies::policy<
    boost::math::policies::promote_double<false>,
    boost::math::policies::domain_error<boost::math::policies::ignore_error>,
    boost::math::policies::overflow_error<boost::math::policies::ignore_error>,
    boost::math::policies::evaluation_error<boost::math::policies::ignore_error>>;

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
}

// Wichura, "Algorithm AS 241: the percentage points of the normal distribution", Applied Statistics
// 37 (1988) 477-484, PPND16.
double normal_quantile(double p) {
  const double q = p - 0.5;
  if (std::fabs(q) <= 0.425) {
    const double r = 0.180625 - q * q;
    return q *
           (((((((2.5090809287301226727e3 * r + 3.3430575583588128105e4) * r +
                 6.7265770927008700853e4) *
                    r +
                4.5921953931549871457e4) *
                   r +
               1.3731693765509461125e4) *
                  r +
              1.9715909503065514427e3) *
                 r +
             1.3314166789178437745e2) *
                r +
            3.387132872796366608e0) /
           (((((((5.226495278852545925e3 * r + 2.8729085735721942674e4) * r +
                 3.9307895800092710610e4) *
                    r +
                2.1213794301586595867e4) *
                   r +
               5.3941960214247511077e3) *
                  r +
              6.8718700749205790830e2) *
                 r +
             4.2313330701600911252e1) *
                r +
            1.0);
  }
  double r = std::sqrt(-std::log(q < 0 ? p : 1 - p));
  double value = 0;
  if (r <= 5) {
    r -= 1.6;
    value = (((((((7.7454501427834140764e-4 * r + 2.27238449892691845833e-2) * r +
                  2.41780725177450611770e-1) *
                     r +
                 1.27045825245236838258e0) *
                    r +
                3.64784832476320460504e0) *
                   r +
               5.76949722146069140550e0) *
                  r +
              4.63033784615654529590e0) *
                 r +
             1.42343711074968357734e0) /
            (((((((1.05075007164441684324e-9 * r + 5.47593808499534494600e-4) * r +
                  1.51986665636164571966e-2) *
                     r +
                 1.48103976427480074590e-1) *
                    r +
                6.89767334985100004550e-1) *
                   r +
               1.67638483018380384940e0) *
                  r +
              2.05319162663775882187e0) *
                 r +
             1.0);
  } else {
    r -= 5;
    value = (((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r +
                  1.24266094738807843860e-3) *
                     r +
                 2.65321895265761230930e-2) *
                    r +
                2.96560571828504891230e-1) *
                   r +
               1.78482653991729133580e0) *
                  r +
              5.46378491116411436990e0) *
                 r +
             6.65790464350110377720e0) /
            (((((((2.04426310338993978564e-15 * r + 1.42151175831644588870e-7) * r +
                  1.84631831751005468180e-5) *
                     r +
                 7.86869131145613259100e-4) *
                    r +
                1.48753612908506148525e-2) *
                   r +
               1.36929880922735805310e-1) *
                  r +
              5.99832206555887937690e-1) *
                 r +
             1.0);
  }
  return q < 0 ? -value : value;
}

double normal_cdf(double z) { return 0.5 * std::erfc(-z * 0.70710678118654752440); }

// A quantile function too slow to compute for every draw, on a grid: exact at the knots and in the
// outermost cells, between them the cubic with the exact slopes 1/density, held to three times the
// neighbouring secants so that the order of values is kept (Fritsch and Carlson, SIAM J. Numer.
// Anal. 17 (1980) 238-246).
class QuantileTable {
 public:
  template <class Exact, class Density>
  QuantileTable(const Exact& exact, const Density& density) {
    for (std::size_t i = 1; i < kCells; ++i) value_[i] = exact(static_cast<double>(i) / kCells);
    for (std::size_t i = 2; i + 1 < kCells; ++i) {
      const double secant = std::min(value_[i] - value_[i - 1], value_[i + 1] - value_[i]);
      slope_[i] = std::min(1 / (density(value_[i]) * kCells), 3 * secant);
    }
  }

  template <class Exact>
  double operator()(double u, const Exact& exact) const {
    const double scaled = u * kCells;
    const auto cell = static_cast<std::size_t>(scaled);
    if (cell < kExactCells || cell >= kCells - kExactCells) return exact(u);
    const double t = scaled - static_cast<double>(cell);
    const double rise = value_[cell + 1] - value_[cell];
    const double a = slope_[cell], b = slope_[cell + 1];
    return value_[cell] + t * (a + t * ((3 * rise - 2 * a - b) + t * (a + b - 2 * rise)));
  }

 private:
  static constexpr std::size_t kCells = 512;
  static constexpr std::size_t kExactCells = 4;
  std::array<double, kCells + 1> value_{};
  std::array<double, kCells + 1> slope_{};
};

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
    return (low * low + mode * mode + high * high - low * mode - low * high - mode * high) / 18;
  }
  double min() const override { return low; }
  double max() const override { return high; }
  double low, mode, high;
};

struct Normal final : Distribution::Shape {
  Normal(double m, double s) : mu(m), sd(s) {}
  double quantile(double u) const override { return mu + sd * normal_quantile(u); }
  double cdf(double x) const override { return normal_cdf((x - mu) / sd); }
  double mean() const override { return mu; }
  double variance() const override { return sd * sd; }
  double min() const override { return -kInfinity; }
  double max() const override { return kInfinity; }
  double mu, sd;
};

struct Lognormal final : Distribution::Shape {
  Lognormal(double m, double s) : median(m), sigma(s) {}
  double quantile(double u) const override { return median * std::exp(sigma * normal_quantile(u)); }
  double cdf(double x) const override {
    return x <= 0 ? 0 : normal_cdf(std::log(x / median) / sigma);
  }
  double mean() const override { return median * std::exp(sigma * sigma / 2); }
  double variance() const override {
    return median * median * std::exp(sigma * sigma) * std::expm1(sigma * sigma);
  }
  double min() const override { return 0; }
  double max() const override { return kInfinity; }
  double median, sigma;
};

struct Gamma final : Distribution::Shape {
  Gamma(double k, double s)
      : shape(k),
        scale(s),
        table([this](double u) { return exact(u); },
              [this](double x) { return boost::math::gamma_p_derivative(shape, x, Policy()); }) {}
  double exact(double u) const { return boost::math::gamma_p_inv(shape, u, Policy()); }
  double quantile(double u) const override {
    return scale * table(u, [this](double v) { return exact(v); });
  }
  double cdf(double x) const override {
    return x <= 0 ? 0 : boost::math::gamma_p(shape, x / scale, Policy());
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
  double quantile(double u) const override { return scale * std::pow(-std::log1p(-u), 1 / shape); }
  double cdf(double x) const override {
    return x <= 0 ? 0 : -std::expm1(-std::pow(x / scale, shape));
  }
  double mean() const override { return scale * std::tgamma(1 + 1 / shape); }
  double variance() const override {
    const double g = std::tgamma(1 + 1 / shape);
    return scale * scale * (std::tgamma(1 + 2 / shape) - g * g);
  }
  double min() const override { return 0; }
  double max() const override { return kInfinity; }
  double shape, scale;
};

struct Exponential final : Distribution::Shape {
  explicit Exponential(double m) : scale(m) {}
  double quantile(double u) const override { return -scale * std::log1p(-u); }
  double cdf(double x) const override { return x <= 0 ? 0 : -std::expm1(-x / scale); }
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
        table(
            [this](double u) { return exact(u); },
            [this](double x) { return boost::math::ibeta_derivative(alpha, beta, x, Policy()); }) {}
  double exact(double u) const { return boost::math::ibeta_inv(alpha, beta, u, Policy()); }
  double quantile(double u) const override {
    return low + (high - low) * table(u, [this](double v) { return exact(v); });
  }
  double cdf(double x) const override {
    if (x <= low) return 0;
    if (x >= high) return 1;
    return boost::math::ibeta(alpha, beta, (x - low) / (high - low), Policy());
  }
  double mean() const override { return low + (high - low) * alpha / (alpha + beta); }
  double variance() const override {
    const double sum = alpha + beta;
    return (high - low) * (high - low) * alpha * beta / (sum * sum * (sum + 1));
  }
  double min() const override { return low; }
  double max() const override { return high; }
  double alpha, beta, low, high;
  QuantileTable table;
};

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
      const double a = values[i - 1] - m, b = values[i] - m;
      sum += (probabilities[i] - probabilities[i - 1]) * (a * a + a * b + b * b) / 3;
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
  Mixture(std::vector<double> w, std::vector<Distribution> c)
      : weights(std::move(w)), components(std::move(c)) {}
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

// Weights that sum to one.
std::vector<double> normalised(std::vector<double> weights) {
  double total = 0;
  for (const double weight : weights) {
    require(std::isfinite(weight) && weight >= 0, "weights must be numbers of at least 0");
    total += weight;
  }
  require(total > 0, "at least one weight must be above 0");
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
  return lognormal(median, std::log(p90 / median) / kNormalP90);
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
  return Distribution(
      std::make_shared<Mixture>(normalised(std::move(weights)), std::move(components)));
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
  if (passed >= 1) return bound;
  return std::max(bound, quantile(std::min(passed + u * (1 - passed), 1 - 0x1p-53)));
}

}  // namespace racked::des
