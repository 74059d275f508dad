#include <racked/comparison.h>

#include "scenario_text.h"

#include <racked/des/random_stream.h>
#include <racked/des/statistics.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <map>
#include <optional>
#include <stdexcept>

namespace racked {
namespace {

using ::testing::HasSubstr;

constexpr double kNever = -1;

// An outcome of one milestone, reached after so many days in the replications 0, 1, …
VariantTimes outcome(std::string name, const std::vector<double>& days,
                     const char* horizon = "2025-04-11") {
  VariantTimes result;
  result.name = std::move(name);
  result.start = parse_date("2025-01-01");
  result.horizon = parse_date(horizon);  // 100 days
  result.milestones.push_back({"m", "", {parse_date("2025-01-20")}, true});
  for (std::size_t i = 0; i < days.size(); ++i) {
    result.replications.push_back(i);
    result.reached.push_back(days[i] == kNever ? des::kNever : testing::day(days[i]));
  }
  return result;
}

Difference difference(const VariantTimes& a, const VariantTimes& b) {
  return compare({a, b}).differences.at(0);
}

// Differences 2, 4, 3: mean 3, s = 1, half width t(0.975, 2) · 1/√3 = 4.302653 · 0.577350.
// Variances: of 10, 20, 30 it is 100, of 12, 24, 33 it is 111 (mean 23: 121, 1, 100, sum 222); of
// the differences 1. Removed: 1 − 1/211.
TEST(Comparison, PairsReplications) {
  const Difference d = difference(outcome("a", {10, 20, 30}), outcome("b", {12, 24, 33}));
  EXPECT_EQ(d.pairs, 3u);
  EXPECT_DOUBLE_EQ(d.baseline_days, 20);
  EXPECT_DOUBLE_EQ(d.variant_days, 23);
  EXPECT_DOUBLE_EQ(d.days, 3);
  EXPECT_NEAR(d.half_width_days.value(), 2.484137, 1e-6);
  EXPECT_NEAR(d.variance_removed.value(), 1 - 1.0 / 211, 1e-12);
  // The smallest with a cumulative share of at least ½ is the second, of 0.8 the third.
  EXPECT_DOUBLE_EQ(d.quantiles[0].days.value(), 4);
  EXPECT_DOUBLE_EQ(d.quantiles[1].days.value(), 3);
}

// Horizon 100 d. Restricted to it the pairs are (10, 100), (100, 60), (100, 100), (50, 54):
// differences 90, −40, 0, 4, mean 13.5. Of the quantile 0.8 (the fourth of four) neither is known.
TEST(Comparison, WhatIsNotReachedCountsAsTheHorizon) {
  const Difference d =
      difference(outcome("a", {10, kNever, kNever, 50}), outcome("b", {kNever, 60, kNever, 54}));
  EXPECT_EQ(d.pairs, 4u);
  EXPECT_EQ(d.both, 1u);
  EXPECT_EQ(d.baseline_only, 1u);
  EXPECT_EQ(d.variant_only, 1u);
  EXPECT_EQ(d.censored(), 3u);
  EXPECT_DOUBLE_EQ(d.baseline_days, 65);
  EXPECT_DOUBLE_EQ(d.days, 13.5);
  EXPECT_DOUBLE_EQ(d.quantiles[0].days.value(), 10);  // 60 − 50
  EXPECT_FALSE(d.quantiles[1].days.has_value());
}

// With a horizon of 40 days in the variant, 60 of the baseline is no longer seen either.
TEST(Comparison, OfTwoHorizonsTheEarlierCounts) {
  const Difference d = difference(outcome("a", {10, 60}), outcome("b", {20, 35}, "2025-02-10"));
  EXPECT_DOUBLE_EQ(d.baseline_days, 25);
  EXPECT_DOUBLE_EQ(d.days, 2.5);
  EXPECT_EQ(d.variant_only, 1u);
}

TEST(Comparison, ReplicationsThatFailedInEitherArePairedWithNothing) {
  VariantTimes variant = outcome("b", {11, 50, 33});
  variant.replications = {0, 2, 3};
  const Difference d = difference(outcome("a", {10, 20, 30}), variant);  // (10, 11), (30, 50)
  EXPECT_EQ(d.pairs, 2u);
  EXPECT_DOUBLE_EQ(d.days, 10.5);
}

// By day 19 (2025-01-20, inclusive): baseline 10 and 15 of four, variant 10 of four; n = 4, b = 1,
// c = 0. With halves added: (0.5 − 1.5)/6 = −1/6, half 1.96 √(2 − 1/6)/6 = 0.44230.
TEST(Comparison, ProbabilitiesByADayArePaired) {
  const Difference d = difference(outcome("a", {10, 15, 30, 40}), outcome("b", {10, 25, 30, 40}));
  ASSERT_EQ(d.by.size(), 1u);
  EXPECT_DOUBLE_EQ(d.by[0].baseline, 0.5);
  EXPECT_DOUBLE_EQ(d.by[0].variant, 0.25);
  EXPECT_NEAR(d.by[0].interval.low, -1.0 / 6 - 0.44230, 1e-5);
  EXPECT_NEAR(d.by[0].interval.high, -1.0 / 6 + 0.44230, 1e-5);
}

// X uniform on [0, 40], Y = X + 5 + noise: the medians differ by 5. Of 200 experiments of 200 pairs
// the intervals should miss in about 10; more than 24 has a probability below 1e-5.
TEST(Comparison, IntervalsCoverTheTruth) {
  int missed_mean = 0, missed_median = 0;
  constexpr int kExperiments = 200;
  for (std::uint64_t e = 0; e < kExperiments; ++e) {
    des::RandomStream stream(17, des::purpose_key("comparison test"), e);
    std::vector<double> x, y;
    for (int i = 0; i < 200; ++i) {
      x.push_back(40 * stream.uniform());
      y.push_back(x.back() + 5 + 4 * (stream.uniform() - 0.5));
    }
    const Difference d = difference(outcome("a", x), outcome("b", y));
    missed_mean += std::abs(d.days - 5) > d.half_width_days.value();
    missed_median += !d.quantiles[0].interval.value().contains(5);
  }
  EXPECT_LE(missed_mean, 24);
  EXPECT_LE(missed_median, 24);
}

TEST(Comparison, RefusesOtherSeeds) {
  VariantTimes variant = outcome("b", {1});
  variant.seed = 9;
  EXPECT_THROW(compare({outcome("a", {1}), variant}), std::invalid_argument);
  EXPECT_THROW(compare({}), std::invalid_argument);
}

// The task takes 10 to 30 days; the variant begins it 7 days later and changes nothing else. Every
// pair differs by exactly 7 days: pairing removes all of the variance.
TEST(Comparison, OfASimulationIsOfTheChangeAlone) {
  const ScenarioFile baseline = testing::year_2025(
      "campus { id: 'c' task { id: 't' not_before: '2025-02-03'"
      " elapsed_days { uniform { min: 10 max: 30 } } } }"
      "milestone { id: 'm' task: 'c.t' }");
  ExperimentOptions options;
  options.last = 50;
  const Comparison comparison =
      run_comparison(baseline,
                     {parse_variant("late:campus[c].task[t].not_before=2025-02-10"),
                      parse_variant("sure:campus[c].task[t].elapsed_days=20")},
                     options);
  ASSERT_EQ(comparison.differences.size(), 2u);
  EXPECT_NEAR(comparison.differences[0].days, 7, 1e-9);
  EXPECT_NEAR(comparison.differences[0].half_width_days.value(), 0, 1e-9);
  EXPECT_NEAR(comparison.differences[0].variance_removed.value(), 1, 1e-9);
  EXPECT_EQ(comparison.variants[1].edits[0], "campus[c].task[t].not_before=2025-02-10");
  const auto json = nlohmann::json::parse(comparison_json(comparison));
  EXPECT_NEAR(json["differences"][0]["difference_days"].get<double>(), 7, 1e-9);
  EXPECT_THAT(comparison_csv(comparison), HasSubstr(",late,"));
}

TEST(Comparison, ProgressTellsWhichVariantItsEstimatesAreOf) {
  const ScenarioFile baseline = testing::year_2025(
      "campus { id: 'c' task { id: 'a' elapsed_days { fixed: 20 } } }"
      "milestone { id: 'm' task: 'c.a' }");
  ExperimentOptions options;
  options.last = 10;
  std::map<std::string, std::optional<Date>> p50;
  options.on_progress = [&](const Progress& progress) {
    if (!progress.milestones.empty()) p50[progress.variant] = progress.milestones.at(0).p50;
    return true;
  };
  run_comparison(baseline, {parse_variant("late:campus[c].task[a].elapsed_days=30")}, options);
  EXPECT_EQ(p50, (std::map<std::string, std::optional<Date>>{{"baseline", parse_date("2025-01-26")},
                                                             {"late", parse_date("2025-02-05")}}));
}

TEST(Comparison, TellsTheProblemsOfAllVariantsAtOnce) {
  const ScenarioFile baseline =
      testing::year_2025("crew { id: 'a' headcount: 4 }" + testing::campus(""));
  try {
    run_comparison(baseline,
                   {parse_variant("x:crew[a].headcount=-1"), parse_variant("y:crew[b].headcount=1"),
                    parse_variant("z:crew[b].headcount=2")},
                   {});
    FAIL();
  } catch (const ScenarioError& error) {
    EXPECT_THAT(error.what(), HasSubstr("crew[a].headcount: is -1"));
    EXPECT_THAT(error.what(), HasSubstr("(variant 'x')"));
    EXPECT_THAT(error.what(),
                HasSubstr("crew has no element 'b'; did you mean 'a'? (variant 'y')"));
    EXPECT_EQ(error.problems().size(), 2u);
  }
}

}  // namespace
}  // namespace racked
