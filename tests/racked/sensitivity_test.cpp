#include <racked/sensitivity.h>

#include <racked/des/random_stream.h>

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <stdexcept>

namespace racked {
namespace {

constexpr double kPi = 3.14159265358979323846;

// A function of the cube as a response; coordinates that are free are drawn by the rest.
template <class Function>
Response of(Function function) {
  return [function](const std::vector<Look>& looks) {
    std::vector<double> answers;
    for (const Look& look : looks) {
      std::vector<double> u = look.inputs;
      for (std::size_t i = 0; i < u.size(); ++i)
        if (u[i] == kFree) u[i] = des::RandomStream(5, i, look.rest).uniform();
      answers.push_back(function(u));
    }
    return answers;
  };
}

// sin x₁ + 7 sin² x₂ + 0.1 x₃⁴ sin x₁ on [−π, π]³: Ishigami and Homma (1990).
double ishigami(const std::vector<double>& u) {
  std::array<double, 3> x{};
  for (std::size_t i = 0; i < 3; ++i) x[i] = kPi * (2 * u[i] - 1);
  return std::sin(x[0]) + 7 * std::pow(std::sin(x[1]), 2) +
         0.1 * std::pow(x[2], 4) * std::sin(x[0]);
}

// With a = 7, b = 0.1: V = a²/8 + bπ⁴/5 + b²π⁸/18 + ½ = 13.8446; V₁ = ½(1 + bπ⁴/5)² = 4.3459,
// V₂ = a²/8 = 6.125, V₁₃ = 8b²π⁸/225 = 3.3737. First: 0.3139, 0.4424, 0; total: 0.5576, 0.4424,
// 0.2437.
TEST(Sensitivity, SobolIndicesOfIshigami) {
  const SobolIndices found = sobol_indices(of(ishigami), 3, 4096, 1);
  const double first[] = {0.3139, 0.4424, 0}, total[] = {0.5576, 0.4424, 0.2437};
  EXPECT_NEAR(found.mean, 3.5, 0.02);
  EXPECT_NEAR(found.variance, 13.8446, 0.3);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_NEAR(found.inputs[i].first, first[i], 0.02) << i;
    EXPECT_NEAR(found.inputs[i].total, total[i], 0.02) << i;
    EXPECT_LE(found.inputs[i].first_interval.low, found.inputs[i].first);
    EXPECT_GE(found.inputs[i].total_interval.high, found.inputs[i].total);
  }
  EXPECT_EQ(found.rest.total, 0);  // it has no luck of its own
}

// Π (|4xᵢ − 2| + aᵢ)/(1 + aᵢ) with a = 0, 1, 4.5, 9, 99: Vᵢ = 1/(3(1 + aᵢ)²), V = Π(1 + Vᵢ) − 1;
// totals Vᵢ Π_{j≠i}(1 + Vⱼ)/V. Saltelli and Sobol' (1995).
TEST(Sensitivity, SobolIndicesOfTheGFunction) {
  const std::array<double, 5> a{0, 1, 4.5, 9, 99};
  const auto g = [&](const std::vector<double>& u) {
    double product = 1;
    for (std::size_t i = 0; i < a.size(); ++i)
      product *= (std::abs(4 * u[i] - 2) + a[i]) / (1 + a[i]);
    return product;
  };
  double all = 1;
  for (const double ai : a) all *= 1 + 1 / (3 * (1 + ai) * (1 + ai));
  const SobolIndices found = sobol_indices(of(g), a.size(), 4096, 2);
  EXPECT_NEAR(found.variance, all - 1, 0.02);
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double own = 1 / (3 * (1 + a[i]) * (1 + a[i]));
    EXPECT_NEAR(found.inputs[i].first, own / (all - 1), 0.02) << i;
    EXPECT_NEAR(found.inputs[i].total, own * all / (1 + own) / (all - 1), 0.02) << i;
  }
}

// y = u₁ + luck, both uniform on (0, 1): half of the variance each.
TEST(Sensitivity, EverythingElseIsAnInputToo) {
  const Response response = [](const std::vector<Look>& looks) {
    std::vector<double> answers;
    for (const Look& look : looks)
      answers.push_back(look.inputs[0] + des::RandomStream(9, 9, look.rest).uniform());
    return answers;
  };
  const SobolIndices found = sobol_indices(response, 1, 4096, 3);
  EXPECT_NEAR(found.inputs[0].total, 0.5, 0.03);
  EXPECT_NEAR(found.rest.first, 0.5, 0.04);
  EXPECT_NEAR(found.rest.total, 0.5, 0.03);
}

// Of 200 estimates from 128 rows each about 190 intervals hold the total index of x₂, 0.4424;
// bootstrap intervals from so few rows are a little short: at least 0.87.
TEST(Sensitivity, BootstrapIntervalsHoldTheIndex) {
  int held = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed)
    held +=
        sobol_indices(of(ishigami), 3, 128, seed, 199).inputs[1].total_interval.contains(0.4424);
  EXPECT_GE(held, 174);
}

// 3u₁ − 2u₂ + 0u₃: effects 3, −2 and 0 wherever one looks.
TEST(Sensitivity, ElementaryEffectsOfALineAreItsSlopes) {
  const auto found = morris(of([](const auto& u) { return 3 * u[0] - 2 * u[1]; }), 3, 10, 4, 1);
  const double slopes[] = {3, -2, 0};
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_NEAR(found[i].mu, slopes[i], 1e-12);
    EXPECT_NEAR(found[i].mu_star, std::abs(slopes[i]), 1e-12);
    EXPECT_NEAR(found[i].sigma, 0, 1e-12);
  }
}

// In (u₁ − ½)(u₂ − ½) no input does anything by itself: effects ±¼ on levels ⅛, ⅜, ⅝, ⅞ are
// (u₂ − ½) = ±⅛ or ±⅜, mean 0 and size ¼ on average, standard deviation √((1/64 + 9/64)/2) =
// 0.2795.
TEST(Sensitivity, ElementaryEffectsTellInteractions) {
  const auto found =
      morris(of([](const auto& u) { return (u[0] - 0.5) * (u[1] - 0.5); }), 2, 2000, 4, 2);
  EXPECT_NEAR(found[0].mu, 0, 0.03);
  EXPECT_NEAR(found[0].mu_star, 0.25, 0.015);
  EXPECT_NEAR(found[0].sigma, 0.2795, 0.015);
}

// 10u₁ + u₂: swings of 8 and 0.8 between u = 0.1 and 0.9, by the same luck of the other: exactly.
TEST(Sensitivity, SwingsAreBetweenTheP10AndTheP90) {
  const auto found = swings(of([](const auto& u) { return 10 * u[0] + u[1]; }), 2, 50);
  EXPECT_NEAR(found[0].high - found[0].low, 8, 1e-9);
  EXPECT_NEAR(found[1].high - found[1].low, 0.8, 1e-9);
  EXPECT_NEAR(found[0].half_width, 0, 1e-9);
  EXPECT_NEAR(found[0].low, 1.5, 0.2);
}

TEST(Sensitivity, RefusesWhatMakesNoSense) {
  const Response response = of(ishigami);
  EXPECT_THROW(morris(response, 3, 5, 3, 0), std::invalid_argument);
  EXPECT_THROW(morris(response, 0, 5, 4, 0), std::invalid_argument);
  EXPECT_THROW(sobol_indices(response, 3, 0, 0), std::invalid_argument);
  EXPECT_THROW(swings(response, 3, 0), std::invalid_argument);
  EXPECT_THROW(swings([](const auto&) { return std::vector<double>(); }, 3, 2), std::logic_error);
}

}  // namespace
}  // namespace racked
