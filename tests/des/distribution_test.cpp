#include <racked/des/distribution.h>

#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/gamma.hpp>
#include <boost/math/distributions/normal.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <sstream>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace racked::des {
namespace {

struct Named {
  std::string name;
  Distribution shape;
};

std::vector<Named> all_shapes() {
  const Distribution normal = Distribution::normal(10, 3);
  return {{"uniform", Distribution::uniform(2, 5)},
          {"triangular", Distribution::triangular(3, 4, 8)},
          {"triangular left", Distribution::triangular(3, 3, 8)},
          {"pert", Distribution::pert(3, 4, 8)},
          {"normal", normal},
          {"lognormal", Distribution::lognormal(20, 0.5)},
          {"gamma", Distribution::gamma(2.5, 4)},
          {"gamma below one", Distribution::gamma(0.5, 4)},
          {"weibull", Distribution::weibull(1.5, 30)},
          {"exponential", Distribution::exponential(7)},
          {"beta", Distribution::beta(2, 5, -1, 3)},
          {"empirical", Distribution::empirical({5, 1, 9, 1}, {1, 1, 2, 1})},
          {"quantiles", Distribution::from_quantiles({0, 0.5, 0.9, 1}, {1, 4, 8, 20})},
          {"mixture", Distribution::mixture({3, 1}, {Distribution::uniform(0, 2), normal})},
          {"truncated normal", normal.truncated(8, 20)},
          {"truncated lognormal", Distribution::lognormal(20, 0.5).truncated(10, 60)},
          {"truncated mixture",
           Distribution::mixture({1, 1}, {normal, Distribution::exponential(3)}).truncated(2, 15)}};
}

TEST(Distribution, DrawsHaveTheMomentsThatAreStated) {
  for (const auto& [name, shape] : all_shapes()) {
    RandomStream stream(42, purpose_key(name), 0);
    constexpr int kDraws = 100'000;
    const double mean = shape.mean();
    double sum = 0, squares = 0;
    for (int i = 0; i < kDraws; ++i) {
      const double x = shape.sample(stream) - mean;
      sum += x;
      squares += x * x;
    }
    const double sd = std::sqrt(shape.variance());
    EXPECT_NEAR(sum / kDraws, 0, 4.5 * sd / std::sqrt(kDraws)) << name;
    EXPECT_NEAR(squares / kDraws / shape.variance(), 1, 0.06) << name;
  }
}

TEST(Distribution, FormulasOfMeanAndVariance) {
  // Triangular(3, 4, 8): mean 15/3; variance (9 + 16 + 64 − 12 − 24 − 32)/18 = 21/18.
  EXPECT_DOUBLE_EQ(Distribution::triangular(3, 4, 8).mean(), 5);
  EXPECT_DOUBLE_EQ(Distribution::triangular(3, 4, 8).variance(), 21.0 / 18);
  // PERT(3, 4, 8): mean (3 + 4·4 + 8)/6.
  EXPECT_DOUBLE_EQ(Distribution::pert(3, 4, 8).mean(), 27.0 / 6);
  // Lognormal: median 20, p90 40.
  EXPECT_NEAR(Distribution::lognormal_from_p90(20, 40).quantile(0.9), 40, 1e-9);
  EXPECT_NEAR(Distribution::lognormal_from_p90(20, 40).quantile(0.5), 20, 1e-12);
  EXPECT_DOUBLE_EQ(Distribution::gamma(2.5, 4).mean(), 10);
  EXPECT_DOUBLE_EQ(Distribution::gamma(2.5, 4).variance(), 40);
  // Empirical: 1 twice with weight 1, 5 with 1, 9 with 2: (2 + 5 + 18)/5.
  EXPECT_DOUBLE_EQ(Distribution::empirical({5, 1, 9, 1}, {1, 1, 2, 1}).mean(), 5);
  // Quantiles: 0.5·2.5 + 0.4·6 + 0.1·14.
  EXPECT_DOUBLE_EQ(Distribution::from_quantiles({0, 0.5, 0.9, 1}, {1, 4, 8, 20}).mean(), 5.05);
  // Exponential beyond 5, mean 7: memoryless, 5 + 7.
  EXPECT_NEAR(Distribution::exponential(7).truncated(5, 1e9).mean(), 12, 1e-3);
  // Half of a standard normal: mean √(2/π), variance 1 − 2/π.
  const Distribution half = Distribution::normal(0, 1).truncated(0, 1e9);
  EXPECT_NEAR(half.mean(), std::sqrt(2 / M_PI), 1e-6);
  EXPECT_NEAR(half.variance(), 1 - 2 / M_PI, 1e-5);
}

TEST(Distribution, QuantilesNeverDescendAndInvertTheDistributionFunction) {
  for (const auto& [name, shape] : all_shapes()) {
    double before = -INFINITY;
    for (int i = 1; i < 20'000; ++i) {
      const double u = i / 20'000.0;
      const double q = shape.quantile(u);
      ASSERT_GE(q, before) << name << " at " << u;
      ASSERT_GE(q, shape.min()) << name;
      ASSERT_LE(q, shape.max()) << name;
      ASSERT_GE(shape.cdf(q), u - 2e-5) << name << " at " << u;
      before = q;
    }
    EXPECT_EQ(shape.cdf(shape.max()), 1) << name;
  }
}

TEST(Distribution, TabulatedQuantilesAreWithinWhatIsStated) {
  for (const auto& [a, b] : {std::pair{1.8, 4.2}, {3.0, 3.0}, {1.0, 5.0}, {5.0, 1.0}, {0.5, 0.5}}) {
    const Distribution shape = Distribution::beta(a, b);
    const boost::math::beta_distribution<> exact(a, b);
    for (int i = 1; i < 5'000; ++i)
      ASSERT_NEAR(shape.quantile(i / 5'000.0), quantile(exact, i / 5'000.0),
                  1e-4 * std::sqrt(shape.variance()));
  }
  for (const double k : {0.5, 1.0, 2.0, 10.0}) {
    const Distribution shape = Distribution::gamma(k, 3);
    const boost::math::gamma_distribution<> exact(k, 3);
    for (int i = 1; i < 5'000; ++i)
      ASSERT_NEAR(shape.quantile(i / 5'000.0), quantile(exact, i / 5'000.0),
                  1e-4 * std::sqrt(shape.variance()));
  }
}

TEST(Distribution, TabulatedQuantilesOfSmallShapesAreWithinWhatIsStated) {
  // Nearly all of the probability is at 0, and what is left is in the last few cells of the table.
  for (const double k : {0.003, 0.01, 0.05}) {
    const Distribution gamma = Distribution::gamma(k, 1);
    const Distribution beta = Distribution::beta(k, 10);
    const boost::math::gamma_distribution<> exact_gamma(k, 1);
    const boost::math::beta_distribution<> exact_beta(k, 10);
    for (int i = 4'500; i < 5'000; ++i) {
      const double u = i / 5'000.0;
      ASSERT_NEAR(gamma.quantile(u), quantile(exact_gamma, u), 5e-4 * std::sqrt(gamma.variance()));
      ASSERT_NEAR(beta.quantile(u), quantile(exact_beta, u), 5e-4 * std::sqrt(beta.variance()));
    }
  }
}

// Each of the finer cells at the ends several times.
TEST(Distribution, TabulatedQuantilesAtTheEndsAreWithinWhatIsStated) {
  for (const auto& [k, error] : {std::pair{1e-4, 1.8e-3},
                                 {1.5e-4, 1.8e-3},
                                 {1e-3, 1.8e-3},
                                 {0.0025, 6e-4},
                                 {0.01, 6e-4},
                                 {0.05, 6e-4},
                                 {0.11, 1.1e-4},
                                 {1.0, 1.1e-4},
                                 {2.5, 1.1e-4},
                                 {1e3, 1.1e-4}}) {
    const Distribution gamma = Distribution::gamma(k, 1);
    const boost::math::gamma_distribution<> exact(k, 1);
    for (int i = 1; i < 900; ++i)
      for (const double u : {i / 900.0 * 0.009, 1 - i / 900.0 * 0.009})
        ASSERT_NEAR(gamma.quantile(u), quantile(exact, u), error * std::sqrt(gamma.variance()))
            << k << " at " << u;
  }
}

TEST(Distribution, TabulatedQuantilesOfBetaWithTwoSmallShapesAreWithinWhatIsStated) {
  // Nearly all of the probability is at the ends, and the table crosses from one to the other.
  for (const auto& [a, b, error] : {std::tuple{0.004, 0.004, 6e-4},
                                    {0.004, 0.5, 6e-4},
                                    {0.001, 0.1, 0.06},
                                    {0.001, 0.001, 0.06}}) {
    const Distribution beta = Distribution::beta(a, b);
    const boost::math::beta_distribution<> exact(a, b);
    for (int i = 1; i < 5'000; ++i)
      ASSERT_NEAR(beta.quantile(i / 5'000.0), quantile(exact, i / 5'000.0),
                  error * std::sqrt(beta.variance()))
          << a << ' ' << b << " at " << i;
  }
}

// Neighbours are the numbers that a stream can give: 2⁻⁵³ apart.
TEST(Distribution, OfNeighboursRoundingDecidesButTheLastBits) {
  RandomStream stream(6, purpose_key("neighbours"), 0);
  for (const Distribution& shape : {Distribution::normal(0, 1), Distribution::lognormal(1, 1),
                                    Distribution::gamma(2, 1), Distribution::beta(0.3, 4)})
    for (int i = 0; i < 100'000; ++i) {
      const double u = stream.uniform();
      const double q = shape.quantile(u);
      ASSERT_GE(shape.quantile(u + 0x1p-53), q - 1e-15 * std::abs(q)) << u;
    }
}

TEST(Distribution, NormalQuantilesAreExact) {
  const boost::math::normal_distribution<> exact;
  for (const double u : {1e-15, 1e-9, 0.001, 0.07, 0.0751, 0.3, 0.5, 0.9, 0.99999})
    EXPECT_NEAR(Distribution::normal(0, 1).quantile(u), quantile(exact, u),
                1e-13 * std::fabs(quantile(exact, u)) + 1e-16);
}

TEST(Distribution, TruncationKeepsProportions) {
  // Uniform 0–10 within 2–6 is uniform 2–6.
  const Distribution part = Distribution::uniform(0, 10).truncated(2, 6);
  EXPECT_DOUBLE_EQ(part.quantile(0.25), 3);
  EXPECT_DOUBLE_EQ(part.cdf(5), 0.75);
  EXPECT_NEAR(part.mean(), 4, 1e-9);
  EXPECT_NEAR(part.variance(), 16.0 / 12, 1e-6);
  // Values that carry weight at the lower end stay.
  EXPECT_DOUBLE_EQ(Distribution::empirical({1, 2, 3}).truncated(2, 9).quantile(0.4), 2);
}

TEST(Distribution, MomentsOfWhatIsTruncatedAreExactAcrossJumpsAndCorners) {
  const auto expect = [](const Distribution& shape, double mean, double square) {
    const double variance = square - mean * mean;
    EXPECT_NEAR(shape.mean(), mean, 1e-6 * std::sqrt(variance));
    EXPECT_NEAR(shape.variance() / variance, 1, 1e-6);
  };
  const Distribution weighed = Distribution::empirical({1, 2, 3, 4}, {1, 2, 3, 4});
  expect(weighed.truncated(0, 3), 14.0 / 6, 36.0 / 6);
  const Distribution jump = Distribution::empirical({0, 100}, {9, 1});
  expect(jump.truncated(-1, 200), 10, 1000);
  // 1 with 0.3, else exponential of mean 2: ∫ to 4 of x and x² times its density by parts.
  const double e = std::exp(-2.0), mixed = 1 - 0.7 * e;
  expect(Distribution::mixture({3, 7}, {Distribution::fixed(1), Distribution::exponential(2)})
             .truncated(0, 4),
         (0.3 + 0.7 * (2 - 6 * e)) / mixed, (0.3 + 0.7 * (8 - 40 * e)) / mixed);
  // Density 0.3 up to 1, 0.7/9 from there to 5.5.
  const double low = 0.3, high = 0.7 / 9, flat = low + high * 4.5;
  expect(Distribution::from_quantiles({0, 0.3, 1}, {0, 1, 10}).truncated(0, 5.5),
         (low / 2 + high * (5.5 * 5.5 - 1) / 2) / flat,
         (low / 3 + high * (5.5 * 5.5 * 5.5 - 1) / 3) / flat);
  // Half a triangle in each component, with a gap between: triangle(0, 1, 2) has mean 1, E x² 7/6.
  const Distribution apart = Distribution::mixture(
      {3, 7}, {Distribution::triangular(0, 1, 2), Distribution::triangular(5, 6, 7)});
  expect(apart.truncated(-1, 9), 0.3 * 1 + 0.7 * 6, 0.3 * 7 / 6 + 0.7 * (36 + 1.0 / 6));
  // Density x/2 up to 1, (4 − x)/6 from there.
  const double inside = 3.0 / 16 + 2.0 / 3;
  expect(Distribution::triangular(0, 1, 4).truncated(0.5, 3),
         (7.0 / 48 + (16 - 26.0 / 3) / 6) / inside,
         (15.0 / 128 + (4 * 26.0 / 3 - 20) / 6) / inside);
}

TEST(Distribution, MomentsOfTheFarTailAreExact) {
  for (const double from : {5.0, 15.0, 25.0, 27.0}) {
    const Distribution tail = Distribution::exponential(1).truncated(from, INFINITY);
    EXPECT_NEAR(tail.mean(), from + 1, 1e-6);
    EXPECT_NEAR(tail.variance(), 1, 1e-6);
    EXPECT_NEAR(tail.cdf(tail.quantile(0.3)), 0.3, 1e-8);
  }
  // Normal from c: with λ = φ(c)/Φ(−c) the mean is λ and the variance 1 + cλ − λ².
  for (const double from : {3.0, 6.0, 7.0}) {
    const double hazard =
        std::exp(-from * from / 2) / std::sqrt(2 * M_PI) / (0.5 * std::erfc(from / std::sqrt(2.0)));
    const Distribution tail = Distribution::normal(0, 1).truncated(from, INFINITY);
    const double variance = 1 + from * hazard - hazard * hazard;
    EXPECT_NEAR(tail.mean(), hazard, 1e-6 * std::sqrt(variance));
    EXPECT_NEAR(tail.variance() / variance, 1, 1e-6);
    EXPECT_NEAR(tail.quantile(0.75),
                -Distribution::normal(0, 1).truncated(-INFINITY, -from).quantile(0.25), 1e-8);
  }
  for (const Distribution& shape :
       {Distribution::lognormal(1, 3.5), Distribution::weibull(0.3, 1)}) {
    const Distribution tail = shape.truncated(0, INFINITY);
    EXPECT_NEAR(tail.mean() / shape.mean(), 1, 1e-6);
    EXPECT_NEAR(tail.variance() / shape.variance(), 1, 1e-6);
  }
}

TEST(Distribution, MomentsOfTruncatedGammaAreWithinWhatIsStated) {
  using boost::math::gamma_p;
  for (const double k : {0.11, 0.5, 2.0, 30.0}) {
    const boost::math::gamma_distribution<> exact(k, 1);
    for (const auto& [from, to] : {std::pair{0.01, 0.5}, {0.2, 0.8}, {0.5, 0.99}, {0.89, 0.991}}) {
      const double low = quantile(exact, from), high = quantile(exact, to);
      const auto part = [&](double shape) { return gamma_p(shape, high) - gamma_p(shape, low); };
      const double mean = k * part(k + 1) / part(k);
      const double variance = k * (k + 1) * part(k + 2) / part(k) - mean * mean;
      const Distribution truncated = Distribution::gamma(k, 1).truncated(low, high);
      EXPECT_NEAR(truncated.mean(), mean, 1e-5 * std::sqrt(variance)) << k << " from " << from;
      EXPECT_NEAR(truncated.variance() / variance, 1, 1e-5) << k << " from " << from;
    }
  }
}

TEST(Distribution, VariancesDoNotCancelFarFromZero) {
  for (const double at : {0.0, 1e6, 1e8}) {
    EXPECT_NEAR(Distribution::triangular(at, at + 0.5, at + 1).variance(), 0.75 / 18, 1e-8);
    EXPECT_NEAR(Distribution::pert(at, at + 0.5, at + 1).variance(), 0.25 / 7, 1e-8);
    EXPECT_NEAR(Distribution::uniform(at, at + 1).variance(), 1.0 / 12, 1e-8);
    EXPECT_NEAR(Distribution::empirical({at, at + 1}).variance(), 0.25, 1e-8);
    EXPECT_NEAR(Distribution::from_quantiles({0, 1}, {at, at + 1}).variance(), 1.0 / 12, 1e-8);
    EXPECT_NEAR(
        Distribution::mixture({1, 1}, {Distribution::fixed(at), Distribution::fixed(at + 1)})
            .variance(),
        0.25, 1e-8);
    EXPECT_NEAR(Distribution::normal(at, 1).truncated(at, INFINITY).variance(), 1 - 2 / M_PI, 1e-6);
  }
  // Weibull of a large shape: π²/6/shape².
  EXPECT_NEAR(Distribution::weibull(1e7, 1).variance() * 1e14, M_PI * M_PI / 6, 1e-5);
}

TEST(Distribution, WhatExceedsTheNumbersIsInfinite) {
  const Distribution weibull = Distribution::weibull(0.01, 3);
  const Distribution lognormal = Distribution::lognormal(1e-200, 30);
  EXPECT_EQ(weibull.variance(), INFINITY);
  EXPECT_EQ(lognormal.variance(), INFINITY);
  EXPECT_EQ(Distribution::from_quantiles({0, 1}, {-1e200, 1e200}).variance(), INFINITY);
  EXPECT_EQ(Distribution::mixture({1, 1}, {Distribution::weibull(0.005, 3), weibull}).variance(),
            INFINITY);
  // Large and small shapes of beta do not: the variances are 1/4/(2·shape + 1).
  EXPECT_NEAR(Distribution::beta(1e160, 1e160).variance() * 8e160, 1, 1e-12);
  // Nor what has no weight.
  const Distribution certain =
      Distribution::mixture({0, 1}, {weibull, Distribution::uniform(0, 1)});
  EXPECT_DOUBLE_EQ(certain.variance(), 1.0 / 12);
  EXPECT_EQ(certain.max(), 1);
}

TEST(Distribution, ConditionalDrawsMatchClosedForms) {
  // Exponential: what is left of it is exponential again. Uniform 0–10 beyond 4: uniform 4–10.
  RandomStream a(1, 2, 3), b(1, 2, 3);
  for (int i = 0; i < 1000; ++i) {
    const double u = b.uniform();
    EXPECT_NEAR(Distribution::exponential(7).conditional_sample(a, 20),
                20 + Distribution::exponential(7).quantile(u), 1e-6);
  }
  RandomStream c(1, 2, 3), d(1, 2, 3);
  for (int i = 0; i < 1000; ++i)
    EXPECT_NEAR(Distribution::uniform(0, 10).conditional_sample(c, 4), 4 + 6 * d.uniform(), 1e-9);
  EXPECT_EQ(Distribution::uniform(0, 10).conditional_sample(c, 12), 12);
}

TEST(Distribution, ConditionalDrawsFarOutMatchClosedForms) {
  const Distribution exponential = Distribution::exponential(1);
  const Distribution weibull = Distribution::weibull(3, 2.5), normal = Distribution::normal(0, 1);
  const boost::math::gamma_distribution<> gamma(2, 1);
  for (const double u : {0.001, 0.3, 0.7, 0.999}) {
    for (const double bound : {17.0, 30.0, 40.0, 600.0})
      EXPECT_NEAR(exponential.conditional_quantile(u, bound), bound - std::log1p(-u), 1e-5);
    EXPECT_NEAR(weibull.conditional_quantile(u, 10), 2.5 * std::cbrt(64 - std::log1p(-u)), 1e-12);
    // What lies below −20 is a fraction u of what lies below the value sought, mirrored.
    const double below = normal.cdf(-20);
    EXPECT_DOUBLE_EQ(normal.conditional_quantile(u, 20), -normal.quantile((1 - u) * below));
    EXPECT_DOUBLE_EQ(Distribution::lognormal(1, 0.5).conditional_quantile(u, std::exp(10)),
                     std::exp(0.5 * normal.conditional_quantile(u, 20)));
    const double left = cdf(complement(gamma, 200));
    EXPECT_NEAR(cdf(complement(gamma, Distribution::gamma(2, 1).conditional_quantile(u, 200))),
                (1 - u) * left, 1e-9 * left);
    EXPECT_NEAR(exponential.truncated(1, 1000).conditional_quantile(u, 60),
                exponential.conditional_quantile(u, 60), 1e-12);
    EXPECT_NEAR(Distribution::mixture({1, 1}, {normal, exponential}).conditional_quantile(u, 60),
                exponential.conditional_quantile(u, 60), 1e-12);
  }
  for (const auto& [name, shape] : all_shapes()) {
    EXPECT_EQ(shape.conditional_quantile(0.5, 1e300), 1e300) << name;
    EXPECT_EQ(shape.conditional_quantile(0.5, INFINITY), INFINITY) << name;
  }
}

TEST(Distribution, ADrawTakesOneNumberOfItsStream) {
  for (const auto& [name, shape] : all_shapes()) {
    RandomStream drawn(1, 2, 3), counted(1, 2, 3);
    shape.sample(drawn);
    counted();
    EXPECT_EQ(drawn, counted) << name;
  }
}

// The same bits from every compiler: recorded once, compared exactly.
TEST(Distribution, QuantilesAreTheSameBitsEverywhere) {
  const auto golden = [](const Distribution& shape, double u, double expected) {
    std::ostringstream seen;
    seen << std::hexfloat << shape.quantile(u);
    EXPECT_EQ(shape.quantile(u), expected) << seen.str();
  };
  golden(Distribution::uniform(2, 5), 0.25, 2.75);
  golden(Distribution::triangular(3, 4, 8), 0.3, 0x1.1088af74be05cp+2);
  golden(Distribution::lognormal(20, 0.5), 0.77, 0x1.cf020ef400e17p+4);
  golden(Distribution::weibull(1.5, 30), 0.4, 0x1.32bae5d9cea8dp+4);
  golden(Distribution::pert(3, 4, 8), 0.6, 0x1.286700f18af71p+2);
  golden(Distribution::gamma(2.5, 4), 0.001, 0x1.ae83f77b60c32p-2);
  golden(Distribution::normal(0, 1), 0.9, 0x1.4813c36e26d34p+0);
}

TEST(Distribution, WhatDoesNotFitIsRefusedInWords) {
  const auto message = [](auto make) -> std::string {
    try {
      make();
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return "accepted";
  };
  EXPECT_EQ(message([] { Distribution::triangular(1, 9, 8); }),
            "mode 9 lies outside [min 1, max 8]");
  EXPECT_EQ(message([] { Distribution::pert(5, 4, 3); }), "min 5 exceeds max 3");
  EXPECT_EQ(message([] { Distribution::lognormal_from_p90(20, 20); }),
            "p90 20 must exceed the median 20");
  EXPECT_EQ(message([] { Distribution::normal(0, -1); }), "sd is -1; it must be a number above 0");
  EXPECT_EQ(message([] { Distribution::fixed(NAN); }), "the value must be a finite number");
  EXPECT_EQ(message([] { Distribution::uniform(-1e308, 1e308); }),
            "the square of max - min must be a finite number");
  EXPECT_EQ(message([] { Distribution::empirical({}); }), "at least one value is needed");
  EXPECT_EQ(message([] {
              Distribution::empirical({1, 2}, {1});
            }),
            "2 values have 1 weights; give one each");
  EXPECT_EQ(message([] { Distribution::empirical({1}, {0}); }),
            "at least one weight must be above 0");
  const std::string huge = message([] { Distribution::empirical({1, 2}, {1e308, 1e308}); });
  EXPECT_NE(huge.find("the sum of the weights"), std::string::npos) << huge;
  EXPECT_EQ(
      message([] {
        Distribution::mixture({1e308, 1e308}, {Distribution::fixed(1), Distribution::fixed(2)});
      }),
      huge);
  EXPECT_EQ(message([] {
              Distribution::from_quantiles({0, 0.5}, {1, 2});
            }),
            "quantiles begin at p = 0 and end at p = 1");
  EXPECT_EQ(message([] {
              Distribution::from_quantiles({0, 1}, {2, 1});
            }),
            "values of quantiles must not descend");
  EXPECT_EQ(message([] { Distribution::uniform(0, 1).truncated(5, 6); }).substr(0, 15),
            "nothing is left");
  EXPECT_EQ(message([] { Distribution::uniform(0, 1).truncated(0.6, 0.5); }),
            "at_least 0.6 exceeds at_most 0.5");
  EXPECT_EQ(message([] { Distribution::weibull(0, 1); }),
            "shape is 0; it must be a number above 0");
}

}  // namespace
}  // namespace racked::des
