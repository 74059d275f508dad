#include "scenario_text.h"

#include <racked/audit.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace racked::testing {
namespace {

// A hall of `racks` racks, all usable on day 0, that fail.
std::string in_service(int racks, const std::string& failures, int unit = 1) {
  return "product { id: 'r' chips_per_rack: 1 kw_per_rack: 1 racks_per_unit: " +
         std::to_string(unit) + " failures { " + failures + " } } building_design { id: 'd' " +
         "feeder { id: 'f' capacity_mw: 500 energised { date: '2025-01-06' } } "
         "hall { id: 'h' product: 'r' racks: " +
         std::to_string(racks) + " feeder: 'f' } } " +
         campus(
             "building { id: 'b' design: 'd' } delivery { id: 'x' product: 'r' lot { date: "
             "'2025-01-06' racks: " +
             std::to_string(racks) + " } }");
}

TEST(Service, SteadyFailuresKeepAShareInRepair) {
  // One failure in 10 days of service, back after 1: 1/11 of the time away.
  const Model model = model_of(in_service(400, "per_year: 36.525 return_days { fixed: 1 }"));
  const Timeline timeline = simulate(model, 1, 0);
  EXPECT_TRUE(audit(model, timeline).empty());
  const double away = chip_days(timeline.charges[0][static_cast<std::size_t>(Charge::repair)]);
  // Of 364 days 33.1 a rack. The variance of the time away in T is T σ²/μ³ = 364 × 100 / 1331 =
  // 27.3 (alternating renewal, U exponential of mean 10, D = 1: (D² Var U) / (U + D)³), so the
  // mean of 400 racks has a standard error of 0.26.
  EXPECT_NEAR(away / 400, 364.0 / 11, 1.05);
}

TEST(Service, EarlyFailuresEndWithTheFirstDaysOfService) {
  // 0.1 a day for 10 days and nothing after, back at once: one failure a rack on the mean.
  const Model model = model_of(in_service(
      1000, "per_year: 0 early_per_year: 36.525 early_days: 10 return_days { fixed: 0 }"));
  const Timeline timeline = simulate(model, 1, 0);
  EXPECT_TRUE(audit(model, timeline).empty());
  EXPECT_NEAR(static_cast<double>(timeline.outages.size()) / 1000, 1, 0.127);  // 4/√1000
  EXPECT_LE(timeline.outages.back().failed, day(10));
}

TEST(Service, ASpareBridgesTheReturnAndRunsOut) {
  const Model model = model_of(in_service(
      50, "per_year: 12 return_days { fixed: 20 } exchange_hours { fixed: 12 } spares: 20"));
  const Timeline timeline = simulate(model, 1, 0);
  EXPECT_TRUE(audit(model, timeline).empty());
  // 50 racks fail 1.64 times a day less a little; 20 days' worth are 33 away, of 20 spares: some
  // racks wait, the first twenty failures do not.
  ASSERT_GT(timeline.outages.size(), 100u);
  for (std::size_t i = 0; i < 20; ++i)
    EXPECT_EQ(timeline.outages[i].returned - timeline.outages[i].failed, 12 * des::kHour);
  EXPECT_TRUE(std::any_of(timeline.outages.begin(), timeline.outages.end(), [](const Outage& one) {
    return one.returned != des::kNever && one.returned - one.failed > 12 * des::kHour;
  }));
}

TEST(Service, AFailureTakesTheWholeUnit) {
  const Model model =
      model_of(in_service(40, "per_year: 20 return_days { uniform { min: 1 max: 9 } }", 4));
  const Timeline timeline = simulate(model, 1, 0);
  EXPECT_TRUE(audit(model, timeline).empty());
  bool less = false;
  for (const auto& row : timeline.samples) {
    const std::int64_t usable = row[static_cast<std::size_t>(Series::usable_racks)];
    EXPECT_EQ(usable % 4, 0);
    less = less || (usable < 40 && usable > 0);
  }
  EXPECT_TRUE(less);
}

}  // namespace
}  // namespace racked::testing
