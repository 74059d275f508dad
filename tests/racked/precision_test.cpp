#include <racked/precision.h>

#include "scenario_text.h"

#include <racked/des/distribution.h>
#include <racked/des/random_stream.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>

namespace racked {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

TEST(Precision, TargetsAreWrittenInWords) {
  const Target mean = parse_target("first_hall=2d");
  EXPECT_EQ(mean.milestone, "first_hall");
  EXPECT_FALSE(mean.p.has_value());
  EXPECT_DOUBLE_EQ(mean.half_width_days, 2);
  const Target p80 = parse_target("P80 of first_hall = 1.5w");
  EXPECT_DOUBLE_EQ(p80.p.value(), 0.8);
  EXPECT_DOUBLE_EQ(p80.half_width_days, 10.5);
  EXPECT_EQ(to_string(p80), "P80 of first_hall");
  EXPECT_EQ(to_string(parse_target("p97.5 of m=36h")), "P97.5 of m");
  EXPECT_DOUBLE_EQ(parse_target("mean of m=36h").half_width_days, 1.5);
  for (const char* wrong : {"", "m", "m=", "m=2y", "m=-1d", "m=0d", "P0 of m=1", "P100 of m=1",
                            "Q80 of m=1d", "P of m=1d", "=2d", "m=nan"})
    EXPECT_THROW(parse_target(wrong), std::invalid_argument) << wrong;
}

// 100, then a quarter more, rounded up: 125, 157 (125 + 32), 197 (157 + 40).
TEST(Precision, LooksAtFixedNumbers) {
  EXPECT_THAT(check_counts(200), ::testing::ElementsAre(100u, 125u, 157u, 197u, 200u));
  EXPECT_THAT(check_counts(50), ::testing::ElementsAre(50u));
  EXPECT_THAT(check_counts(100), ::testing::ElementsAre(100u));
}

// Mean of 1, 2, 3: s = 1, t(0.975, 2) / √3 = 4.302653 / 1.732051 = 2.484. The fourth is not
// reached and not part of the mean.
TEST(Precision, TheMeanIsOfThoseThatReachIt) {
  const Estimate known = estimate({1, 2, 3, kNever}, {"m", {}, 2.5});
  EXPECT_EQ(known.replications, 4u);
  EXPECT_EQ(known.reached, 3u);
  EXPECT_DOUBLE_EQ(known.days.value(), 2);
  EXPECT_NEAR(known.half_width_days, 2.484, 1e-3);
  EXPECT_TRUE(known.met);
  EXPECT_FALSE(estimate({1, 2, 3, kNever}, {"m", {}, 2.4}).met);
}

// One of a hundred at 10, the others at 0: G² = (1 − 2p)²/(p(1 − p)) = 0.9604/0.0099 = 97. Under
// 25 · 97 numbers no interval is trusted, however narrow.
TEST(Precision, SkewedNumbersNeedManyToTrustTheirMean) {
  std::vector<double> numbers(1000, 0.0);
  for (std::size_t i = 0; i < numbers.size(); i += 100) numbers[i] = 10;
  EXPECT_FALSE(estimate(numbers, {"m", {}, 5}).met);
  numbers.resize(4000, 0.0);
  for (std::size_t i = 1000; i < numbers.size(); i += 100) numbers[i] = 10;
  EXPECT_TRUE(estimate(numbers, {"m", {}, 5}).met);
}

// Of 0 … 99 the P50 is 49 (the 50th). A number below the median has probability ½: P(B ≤ 39) =
// 0.0176, P(B ≤ 40) = 0.0284, so the ends are the 40th and the 61st: 39 and 60.
TEST(Precision, QuantilesLieBetweenOrderStatistics) {
  std::vector<double> numbers;
  for (int i = 0; i < 100; ++i) numbers.push_back(i);
  const Estimate known = estimate(numbers, {"m", 0.5, 11});
  EXPECT_DOUBLE_EQ(known.days.value(), 49);
  EXPECT_DOUBLE_EQ(known.interval.low, 39);
  EXPECT_DOUBLE_EQ(known.interval.high, 60);
  EXPECT_DOUBLE_EQ(known.half_width_days, 11);
  EXPECT_TRUE(known.met);
  // With the upper half never reached nobody knows where the interval ends.
  for (std::size_t i = 55; i < numbers.size(); ++i) numbers[i] = kNever;
  EXPECT_FALSE(estimate(numbers, {"m", 0.5, 1000}).met);
}

struct Known {
  const char* name;
  des::Distribution shape;
  double mean;
  double sd;
};

// How often the interval at the stop holds the truth, and how many numbers that takes, in
// `experiments` runs of the rule on known distributions.
struct Coverage {
  double share = 0;
  double count = 0;
};
Coverage coverage(const Known& known, std::optional<double> p, double half_width, int experiments) {
  const double truth = p ? known.shape.quantile(*p) : known.mean;
  Coverage result;
  for (int e = 0; e < experiments; ++e) {
    des::RandomStream stream(31, des::purpose_key(known.name), static_cast<std::uint64_t>(e));
    std::vector<double> numbers;
    const Sequence sequence =
        sample_until({{"m", p, half_width}}, 20'000, [&](std::uint64_t count) {
          while (numbers.size() < count) numbers.push_back(known.shape.sample(stream));
          return std::vector<std::vector<double>>{numbers};
        });
    EXPECT_TRUE(sequence.met);
    result.share += sequence.estimates[0].interval.contains(truth);
    result.count += static_cast<double>(sequence.count);
  }
  result.share /= experiments;
  result.count /= experiments;
  return result;
}

// Lognormal with median 1 and σ: mean exp(σ²/2), variance (exp(σ²) − 1) exp(σ²). With half widths
// of 0.113 and 0.05 standard deviations about 300 and 1500 numbers are needed. The standard error
// of a share of 0.95 in 1500 experiments is 0.0056: 0.93 is 3.6 of them away.
TEST(Precision, IntervalsForMeansCoverAtTheStop) {
  const double variance = std::exp(0.25) * (std::exp(0.25) - 1);
  const Known shapes[] = {
      {"exponential", des::Distribution::exponential(1), 1, 1},
      {"lognormal", des::Distribution::lognormal(1, 0.5), std::exp(0.125), std::sqrt(variance)},
      {"normal", des::Distribution::normal(5, 2), 5, 2}};
  for (const Known& known : shapes)
    for (const double relative : {0.113, 0.05}) {
      const Coverage c = coverage(known, {}, relative * known.sd, 1500);
      EXPECT_GE(c.share, 0.93) << known.name << " " << relative;
      EXPECT_LE(c.count, 1.3 * std::pow(1.96 / relative, 2)) << known.name;
    }
}

TEST(Precision, IntervalsForAP80CoverAtTheStop) {
  const Known shapes[] = {{"exponential", des::Distribution::exponential(1), 1, 1},
                          {"lognormal", des::Distribution::lognormal(1, 1), 0, 1}};
  for (const Known& known : shapes)
    EXPECT_GE(coverage(known, 0.8, 0.25, 500).share, 0.93) << known.name;
}

const char* const kExponential =
    "campus { id: 'c' task { id: 't' elapsed_days { exponential { mean: 10 } } } }"
    "milestone { id: 'done' task: 'c.t' }";

// An exponential of mean 10 d within ± 1 d: (1.96 · 10 / 1)² = 384 replications; the checks are at
// …, 309, 387, 484.
TEST(Precision, ARunStopsWhenItKnowsEnough) {
  const Model model = testing::model_of(kExponential);
  ExperimentOptions options;
  options.seed = 4;
  options.last = 5000;
  const std::vector<Target> targets{parse_target("done=1d"), parse_target("P80 of done=3d")};
  const PreciseResults precise = run_until(model, options, targets);
  EXPECT_TRUE(precise.sequence.met);
  EXPECT_GE(precise.sequence.count, 300u);
  EXPECT_LE(precise.sequence.count, 607u);
  EXPECT_NEAR(precise.sequence.estimates[0].days.value(), 10, 1.5);
  EXPECT_NEAR(precise.sequence.estimates[1].days.value(), 10 * std::log(5), 4);

  // The results are those of a run of so many, whatever the threads.
  options.last = precise.sequence.count;
  options.threads = 3;
  const Results plain = run(model, options);
  EXPECT_EQ(precise.results.reached, plain.reached);
  EXPECT_EQ(precise.results.replications, plain.replications);
  options.last = 5000;
  EXPECT_EQ(run_until(model, options, targets).sequence.count, precise.sequence.count);
}

TEST(Precision, ARunEndsAtTheMostItMay) {
  const Model model = testing::model_of(kExponential);
  ExperimentOptions options;
  options.last = 130;
  const PreciseResults precise = run_until(model, options, {parse_target("done=0.1d")});
  EXPECT_FALSE(precise.sequence.met);
  EXPECT_EQ(precise.sequence.count, 130u);
  EXPECT_EQ(precise.results.rows(), 130u);
  try {
    run_until(model, options, {parse_target("dome=1d")});
    FAIL();
  } catch (const std::invalid_argument& error) {
    EXPECT_STREQ(error.what(), "there is no milestone 'dome'; did you mean 'done'?");
  }
}

}  // namespace
}  // namespace racked
