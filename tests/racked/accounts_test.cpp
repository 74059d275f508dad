#include "scenario_text.h"

#include <gtest/gtest.h>

namespace racked::testing {
namespace {

// Two buildings of ten racks of 10 chips and 1 MW; racks are usable when they arrive.
std::string plan(const std::string& more) {
  return "product { id: 'r' chips_per_rack: 10 kw_per_rack: 1000 } "
         "building_design { id: 'd' feeder { id: 'f' capacity_mw: 10 energised { date: "
         "'2025-01-06' } } "
         "hall { id: 'h' product: 'r' racks: 10 feeder: 'f' } } " +
         campus(
             "pue: 1 building { id: 'b' design: 'd' count: 2 } "
             "delivery { id: 'x' product: 'r' lot { date: '2025-01-16' racks: 9 } "
             "lot { date: '2025-01-26' racks: 6 } lot { date: '2025-02-05' racks: 5 } }") +
         more;
}

TEST(Accounts, AMilestoneIsTheFirstTimeItsConditionHolds) {
  const Model model = model_of(
      plan("milestone { id: 'nine' usable_chips: 90 } milestone { id: 'more' usable_chips: 91 } "
           "milestone { id: 'power' usable_facility_mw: 15 } milestone { id: 'one' "
           "usable_buildings: 1 building_share: 0.95 } "
           "milestone { id: 'ninety' usable_buildings: 1 } milestone { id: 'two' usable_buildings: "
           "2 building_share: 1 }"));
  const Timeline timeline = simulate(model, 1, 0);
  const auto at = [&](const char* name) {
    return timeline.milestones[find(model.milestones, name).index()].at;
  };
  EXPECT_EQ(at("nine"), day(10));    // 9 racks
  EXPECT_EQ(at("more"), day(20));    // 15 racks
  EXPECT_EQ(at("power"), day(20));   // 15 MW exactly
  EXPECT_EQ(at("ninety"), day(10));  // 9 of 10 positions
  EXPECT_EQ(at("one"), day(20));     // ceil(0.95 × 10) = 10
  EXPECT_EQ(at("two"), day(30));
}

TEST(Accounts, ATaskIsAMilestone) {
  const Model model = model_of(campus("task { id: 't' elapsed_days { fixed: 3 } }") +
                               "milestone { id: 'm' task: 'c.t' }");
  const Timeline timeline = simulate(model, 1, 0);
  EXPECT_EQ(timeline.milestones[0].at, day(3));
  EXPECT_EQ(timeline.milestones[0].cause, (Cause{0, 0, CauseKind::task}));
}

TEST(Accounts, SamplesShowTheStateOnceTheDayHasSettled) {
  const Model model = model_of(
      plan("observation { series: 'usable_chips' date: '2025-01-16' value: 1 source: 'x' }"));
  const Timeline timeline = simulate(model, 1, 0);
  const auto sampled = [&](const char* date, Series series) {
    const auto found =
        std::find(model.report_dates.begin(), model.report_dates.end(), parse_date(date));
    const auto row = static_cast<std::size_t>(found - model.report_dates.begin());
    return timeline.samples.at(row).at(static_cast<std::size_t>(series));
  };
  EXPECT_EQ(sampled("2025-01-16", Series::usable_chips), 90);  // arrived that very instant
  EXPECT_EQ(sampled("2025-02-01", Series::usable_racks), 15);
  EXPECT_EQ(sampled("2025-02-01", Series::missing_chips), 50);
  EXPECT_EQ(sampled("2025-02-01", Series::claimed_mw), 15'000'000);
  EXPECT_EQ(sampled("2025-02-01", Series::energised_mw), 20'000'000);
  EXPECT_EQ(sampled("2025-03-01", Series::usable_buildings), 2);
  EXPECT_EQ(sampled("2025-03-01", Series::chips_on_site), 200);
}

TEST(Accounts, WhoStillWaitsAtTheEndIsNamed) {
  const Model model = model_of(
      "crew { id: 'w' headcount: 1 } equipment { id: 'mpt' lead_time_days { fixed: 4000 } } " +
      campus("order { id: 'o' equipment: 'mpt' placed: '2025-01-06' } "
             "task { id: 'build' need { equipment: 'mpt' } } task { id: 'test' after { task: "
             "'build' } } "
             "task { id: 'holds' elapsed_days { fixed: 900 } need { crew: 'w' } } "
             "task { id: 'starves' need { crew: 'w' } }"));
  const Timeline timeline = simulate(model, 1, 0);
  ASSERT_EQ(timeline.waits.size(), 3u);
  EXPECT_EQ(model.tasks[timeline.waits[0].task].name, "c.build");
  EXPECT_TRUE(timeline.waits[0].for_goods.valid());
  EXPECT_EQ(timeline.waits[1].for_task, find(model.tasks, "c.build"));
  EXPECT_EQ(model.tasks[timeline.waits[2].task].name, "c.starves");
  EXPECT_EQ(timeline.waits[2].for_crew, find(model.crews, "w"));
}

}  // namespace
}  // namespace racked::testing
