#include "scenario_text.h"

#include <gtest/gtest.h>

namespace racked::testing {
namespace {

// Racks of 1 MW facility power (PUE 1), no deployment steps: usable the moment they get a position.
const char* kRack = "product { id: 'r' chips_per_rack: 10 kw_per_rack: 1000 } ";

std::string hall_plan(const std::string& feeders, int racks, const std::string& more = "") {
  return std::string(kRack) +
         "building_design { id: 'd' hall { id: 'h' product: 'r' racks: " + std::to_string(racks) +
         " feeder: 'f' } } " +
         campus("pue: 1 building { id: 'b' design: 'd' } " + feeders +
                " delivery { id: 'all' product: 'r' lot { date: '2025-01-16' racks: " +
                std::to_string(racks) + " } } " + more);
}

TEST(Power, RacksWaitUntilEveryElementAboveIsEnergised) {
  const Model model = model_of(
      hall_plan("feeder { id: 'poi' capacity_mw: 9 energised { date: '2025-02-05' } } "
                "feeder { id: 'f' capacity_mw: 9 fed_by: 'poi' energised { date: '2025-01-08' } }",
                2));
  const Timeline timeline = simulate(model, 1, 0);
  // Racks come on day 10, the feeder was alive on day 2, the point of interconnection is on day 30.
  EXPECT_EQ(timeline.racks[0].arrived, day(10));
  EXPECT_EQ(timeline.racks[0].usable, day(30));
  EXPECT_EQ(timeline.racks[0].assigned_cause, (Cause{1, 0, CauseKind::energised}));
}

TEST(Power, ARampsStepIsNotWhyPowerFlows) {
  // The feeder comes alive on Saturday, 18 January (day 12), more is contracted on Sunday; the task
  // that waited for it can begin on Monday (day 14 and 8 hours), because of Saturday.
  const Model model = model_of(
      "calendar { id: 'week' } " +
      campus("calendar: 'week' feeder { id: 'f' capacity_mw: 9 energised { date: '2025-01-18' } "
             "ramp { from { date: '2025-01-06' } power_mw: 1 } "
             "ramp { from { date: '2025-01-19' } power_mw: 9 } } "
             "task { id: 't' work_days { fixed: 1 } need { energised: 'f' } }"));
  const Timeline timeline = simulate(model, 1, 0);
  EXPECT_EQ(run_of(model, timeline, "c.t").start, day(14) + std::chrono::hours(8));
  ASSERT_EQ(timeline.energisations.size(), 2u);
  EXPECT_EQ(timeline.energisations[0].at, day(12));
  EXPECT_EQ(run_of(model, timeline, "c.t").cause, (Cause{0, 0, CauseKind::energised}));
}

TEST(Power, ARampLetsRacksInStepByStep) {
  const Model model =
      model_of(hall_plan("feeder { id: 'f' capacity_mw: 5 energised { date: '2025-01-06' } "
                         "ramp { from { date: '2025-01-10' } power_mw: 2.5 } ramp { from { date: "
                         "'2025-01-26' } power_mw: 4 } }",
                         5));
  const Timeline timeline = simulate(model, 1, 0);
  // 2.5 MW carry two racks of 1 MW from their arrival on day 10; 4 MW carry four from day 20; the
  // fifth stays out.
  EXPECT_EQ(timeline.racks[1].usable, day(10));
  EXPECT_EQ(timeline.racks[2].usable, day(20));
  EXPECT_EQ(timeline.racks[3].usable, day(20));
  EXPECT_EQ(timeline.racks[3].assigned_cause.kind, CauseKind::power);
  EXPECT_EQ(timeline.racks[4].usable, des::kNever);
  // The fifth position is charged to power once the hall is exhausted: who waits for what is known
  // at the end.
  ASSERT_EQ(timeline.waits.size(), 1u);
  EXPECT_EQ(timeline.waits[0].for_charge, Charge::power);
  EXPECT_EQ(timeline.waits[0].positions, 1);
  EXPECT_EQ(timeline.waits[0].for_feeder, find(model.feeders, "c.f"));
}

TEST(Power, ATaskEnergisesAFeederAndTheLastOfSeveralCounts) {
  const Model model =
      model_of(hall_plan("feeder { id: 'f' capacity_mw: 5 } "
                         "task { id: 'cable' elapsed_days { fixed: 12 } effect { energise: 'f' } } "
                         "task { id: 'relay' elapsed_days { fixed: 17 } effect { energise: 'f' } }",
                         1));
  const Timeline timeline = simulate(model, 1, 0);
  ASSERT_EQ(timeline.energisations.size(), 1u);
  EXPECT_EQ(timeline.energisations[0].at, day(17));
  EXPECT_EQ(timeline.racks[0].usable, day(17));
}

TEST(Power, SiblingsShareWhatIsAboveThem) {
  // Two halls of two racks behind a point of interconnection of 3 MW: the second hall gets one rack
  // only.
  const Model model =
      model_of(std::string(kRack) +
               "building_design { id: 'd' feeder { id: 'f' capacity_mw: 5 energised { date: "
               "'2025-01-06' } } "
               "hall { id: 'h' product: 'r' racks: 2 feeder: 'f' } } " +
               campus("pue: 1 feeder { id: 'poi' capacity_mw: 3 energised { date: '2025-01-06' } } "
                      "building { id: 'b' design: 'd' count: 2 fed_by: 'poi' } "
                      "delivery { id: 'all' product: 'r' lot { date: '2025-01-06' racks: 4 } }"));
  const Timeline timeline = simulate(model, 1, 0);
  EXPECT_EQ(timeline.racks[2].usable, day(0));
  EXPECT_EQ(timeline.racks[3].usable, des::kNever);
  EXPECT_EQ(timeline.racks[2].hall, find(model.halls, "c.b2.h"));
}

TEST(Power, ATaskMayNeedAFeederAlive) {
  const Model model =
      model_of(campus("feeder { id: 'f' capacity_mw: 5 energised { date: '2025-01-11' } } "
                      "task { id: 'test' need { energised: 'f' } }"));
  const TaskRun test = run_of(model, simulate(model, 1, 0), "c.test");
  EXPECT_EQ(test.start, day(5));
  EXPECT_EQ(test.cause.kind, CauseKind::energised);
}

}  // namespace
}  // namespace racked::testing
