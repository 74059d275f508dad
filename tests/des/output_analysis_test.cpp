#include <racked/des/output_analysis.h>

#include <racked/des/random_stream.h>
#include <racked/des/statistics.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace racked::des {
namespace {

// How often of `trials` an interval held what it should; the bounds are 4.4 standard errors of a
// count at its nominal confidence, so that a right method fails once in 100 000 seeds.
template <class Trial>
double coverage(std::uint64_t trials, Trial&& trial) {
  std::uint64_t held = 0;
  for (std::uint64_t i = 0; i < trials; ++i) held += trial(RandomStream(1, 2, i)) ? 1 : 0;
  return static_cast<double>(held) / static_cast<double>(trials);
}
double allowed(double confidence, double trials) {
  return 4.4 * std::sqrt(confidence * (1 - confidence) / trials);
}

TEST(OutputAnalysis, IntervalsOfIndependentReplicationsCoverTheMean) {
  // Sums of twelve uniforms: mean 6, nearly normal.
  const double held = coverage(4'000, [](RandomStream stream) {
    Tally tally;
    for (int i = 0; i < 10; ++i) {
      double sum = 0;
      for (int j = 0; j < 12; ++j) sum += stream.uniform();
      tally.record(sum);
    }
    return std::abs(tally.mean() - 6) <= tally.half_width(0.9);
  });
  EXPECT_NEAR(held, 0.9, allowed(0.9, 4'000));
}

TEST(OutputAnalysis, BatchMeansCoverTheMeanOfACorrelatedSeries) {
  // x ← 0.8 x + u − ½ has mean 0 and correlation 0.8ᵏ; independence would give (1 + 0.8)/(1 − 0.8)
  // = nine times too small a variance. Batches of 200 last 22 of its correlation times.
  const auto trial = [](RandomStream& stream, bool batched) {
    std::vector<double> series(4'000);
    double x = 0;
    for (double& value : series) value = x = 0.8 * x + stream.uniform() - 0.5;
    return batch_means(series, batched ? 20 : series.size(), 0.9).contains(0);
  };
  const double held = coverage(2'000, [&](RandomStream stream) { return trial(stream, true); });
  const double naive = coverage(500, [&](RandomStream stream) { return trial(stream, false); });
  EXPECT_NEAR(held, 0.9, allowed(0.9, 2'000) + 0.01);
  EXPECT_LT(naive, 0.6) << "a series taken for independent";
}

TEST(OutputAnalysis, BatchesAreOfOneSizeAndWhatFollowsThemIsLeftOut) {
  std::vector<double> series(199, 1);
  std::fill_n(series.begin(), 100, 0);
  const Interval first = batch_means(series, 100, 0.9);
  EXPECT_EQ(first.low, 0);
  EXPECT_EQ(first.high, 0);
  EXPECT_TRUE(batch_means(series, 3, 0.9).contains(0.5)) << "of 66 numbers each";
}

TEST(OutputAnalysis, QuantileIntervalsCoverAtLeastAsOftenAsAsked) {
  for (const double p : {0.1, 0.5, 0.8}) {
    const double quantile = -std::log(1 - p);
    const double held = coverage(3'000, [&](RandomStream stream) {
      std::vector<double> numbers(150);
      for (double& number : numbers) number = -std::log(stream.uniform());
      return quantile_interval(numbers, p, 0.9).contains(quantile);
    });
    EXPECT_GE(held, 0.9 - allowed(0.9, 3'000));
    EXPECT_LE(held, 0.96) << "not wider than the steps of a binomial make it";
  }
}

TEST(OutputAnalysis, QuantileIntervalsByHand) {
  // Ten numbers, median: P(B ≤ 1) = 11/1024 = 0.0107, P(B ≤ 2) = 56/1024 = 0.0547. At 95 % (tails
  // of 0.025) the second smallest and the second largest.
  std::vector<double> numbers{7, 3, 10, 1, 9, 5, 2, 8, 6, 4};
  const Interval median = quantile_interval(numbers, 0.5, 0.95);
  EXPECT_EQ(median.low, 2);
  EXPECT_EQ(median.high, 9);
  // 0.9¹⁰ = 0.35 > 0.025: no number of the ten is surely above the 90 % quantile.
  EXPECT_TRUE(std::isinf(quantile_interval(numbers, 0.9, 0.95).high));
  EXPECT_THROW(quantile_interval(numbers, 1, 0.95), std::invalid_argument);
  EXPECT_THROW(batch_means(numbers, 11, 0.9), std::invalid_argument);
  // What was never reached may be infinite; NaN has no place among the others.
  numbers.back() = INFINITY;
  EXPECT_EQ(quantile_interval(numbers, 0.5, 0.95).low, 2);
  numbers.back() = NAN;
  EXPECT_THROW(quantile_interval(numbers, 0.5, 0.95), std::invalid_argument);
}

TEST(OutputAnalysis, TheWarmUpIsFoundAndNothingElseIsCutOff) {
  // 300 numbers that fall from 10 to 0, then 2 000 around 0.
  RandomStream stream(3, 4, 5);
  std::vector<double> series;
  for (int i = 0; i < 300; ++i) series.push_back(10 - i / 30.0 + stream.uniform() - 0.5);
  for (int i = 0; i < 2'000; ++i) series.push_back(stream.uniform() - 0.5);
  EXPECT_GE(warm_up(series), 270u);
  EXPECT_LE(warm_up(series), 320u);
  const std::vector<double> steady(series.begin() + 300, series.end());
  EXPECT_LE(warm_up(steady), steady.size() / 4);
  EXPECT_EQ(warm_up({1, 2, 3}), 0u);
  std::vector<double> drop(15, 1);
  std::fill_n(drop.begin(), 5, 100);
  EXPECT_EQ(warm_up(drop), 5u);
  drop.pop_back();
  EXPECT_EQ(warm_up(drop), 0u);
  drop[3] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(warm_up(drop), std::invalid_argument);
}

}  // namespace
}  // namespace racked::des
