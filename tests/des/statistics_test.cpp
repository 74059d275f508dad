#include <racked/des/statistics.h>
#include <racked/des/distribution.h>

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

namespace racked::des {
namespace {

TEST(Tally, KnowsMeanVarianceAndExtremes) {
  Tally tally;
  for (const double x : {2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0}) tally.record(x);
  EXPECT_EQ(tally.count(), 8u);
  EXPECT_DOUBLE_EQ(tally.mean(), 5);
  EXPECT_DOUBLE_EQ(tally.variance(), 32.0 / 7);  // 9 + 1 + 1 + 1 + 0 + 0 + 4 + 16 = 32
  EXPECT_EQ(tally.min(), 2);
  EXPECT_EQ(tally.max(), 9);
  // t(7, 97.5 %) = 2.364624; √(32/7/8) = 0.755929.
  EXPECT_NEAR(tally.half_width(0.95), 2.364624 * 0.755929, 1e-6);
}

TEST(Tally, PartsMergeToTheWhole) {
  RandomStream stream(1, 1, 1);
  Tally whole, left, middle, right;
  for (int i = 0; i < 3000; ++i) {
    const double x = 1e6 + stream.uniform();
    whole.record(x);
    (i < 100 ? left : i < 101 ? middle : right).record(x);
  }
  Tally merged = right;
  merged.merge(left);
  merged.merge(Tally());
  merged.merge(middle);
  EXPECT_EQ(merged.count(), whole.count());
  EXPECT_NEAR(merged.mean(), whole.mean(), 1e-8);
  EXPECT_NEAR(merged.variance(), whole.variance(), 1e-9);
  EXPECT_EQ(merged.min(), whole.min());
  EXPECT_EQ(merged.max(), whole.max());
}

TEST(Tally, IntervalsCoverAsOftenAsTheySay) {
  int covered = 0;
  for (std::uint64_t experiment = 0; experiment < 4000; ++experiment) {
    RandomStream stream(9, 9, experiment);
    Tally tally;
    for (int i = 0; i < 10; ++i) tally.record(Distribution::normal(3, 2).sample(stream));
    covered += std::fabs(tally.mean() - 3) <= tally.half_width(0.9);
  }
  EXPECT_NEAR(covered, 3600, 75);  // binomial: 3600 ± 4 · 19
}

TEST(Tally, TooFewNumbersHaveNoInterval) {
  Tally tally;
  tally.record(1);
  EXPECT_EQ(tally.half_width(0.95), INFINITY);
  EXPECT_EQ(tally.variance(), 0);
  EXPECT_THROW(tally.half_width(1), std::invalid_argument);
}

TEST(Tally, AnyConfidenceBelowOneHasAnInterval) {
  const double nearly_one = std::nextafter(1.0, 0.0);
  Tally alike, two;
  for (int i = 0; i < 5; ++i) alike.record(3);
  EXPECT_EQ(alike.half_width(nearly_one), 0);
  // Of 0 and 2 the mean is 1 ± t of one degree of freedom, which is the cotangent of π times the
  // tail of 2⁻⁵⁴.
  two.record(0);
  two.record(2);
  EXPECT_NEAR(two.half_width(nearly_one) * 0x1p-54 * 3.14159265358979324, 1, 1e-12);
}

TEST(TimeAverage, WeighsValuesByHowLongTheyHeld) {
  TimeAverage average(kStart, 2);
  average.record(kStart + kHour, 5);
  average.record(kStart + 3 * kHour, 1);
  average.finish(kStart + 4 * kHour);
  // 2·1 + 5·2 + 1·1 = 13 over 4 hours.
  EXPECT_DOUBLE_EQ(average.mean(), 13.0 / 4);
  EXPECT_EQ(average.min(), 1);
  EXPECT_EQ(average.max(), 5);
  EXPECT_THROW(average.record(kStart, 3), std::logic_error);

  TimeAverage other(kStart, 7);
  other.finish(kStart + 4 * kHour);
  average.merge(other);
  EXPECT_DOUBLE_EQ(average.mean(), (13.0 + 28.0) / 8);
  EXPECT_EQ(average.duration(), 8 * kHour);
}

TEST(TimeAverage, MergesIntoAnEmptyOne) {
  TimeAverage part(kStart, 3);
  part.record(kStart + kHour, 4);
  part.finish(kStart + 2 * kHour);
  TimeAverage total;
  total.merge(part);
  total.merge(TimeAverage(kStart, -1));
  EXPECT_EQ(total.min(), 3);
  EXPECT_EQ(total.max(), 4);
  EXPECT_DOUBLE_EQ(total.mean(), 3.5);
}

// A thousand replications of five years are more than a Duration can be.
TEST(TimeAverage, AddsUpTheYearsOfManyReplications) {
  constexpr Duration kFiveYears = 5 * 365 * kDay;
  TimeAverage total;
  for (int replication = 0; replication < 1000; ++replication) {
    TimeAverage one(kStart, replication % 4);
    one.finish(kStart + kFiveYears);
    total.merge(one);
  }
  EXPECT_DOUBLE_EQ(total.mean(), 1.5);
  EXPECT_EQ(total.duration(), Duration::max());
}

TEST(TimeAverage, ObservesAllTimeThatThereIs) {
  TimeAverage average(Time::min(), 3);
  average.record(kNever, 8);
  EXPECT_DOUBLE_EQ(average.mean(), 3);
  EXPECT_EQ(average.duration(), Duration::max());
}

TEST(TimeAverage, CountsNoValueThatWasHeldForNoTime) {
  TimeAverage average(kStart, 9);
  EXPECT_EQ(average.min(), 9);
  average.record(kStart, 2);
  average.record(kStart + kHour, 5);
  average.record(kStart + kHour, 1);
  average.finish(kStart + 2 * kHour);
  EXPECT_EQ(average.min(), 1);
  EXPECT_EQ(average.max(), 2);
}

TEST(TimeAverage, DoesNotObserveAPause) {
  TimeAverage average(kStart, 2);
  average.finish(kStart + kHour);
  average.finish(kStart + 2 * kHour);
  average.record(kStart + 3 * kHour, 7);
  average.finish(kStart + 4 * kHour);
  EXPECT_EQ(average.duration(), 2 * kHour);
  EXPECT_DOUBLE_EQ(average.mean(), 4.5);
}

}  // namespace
}  // namespace racked::des
