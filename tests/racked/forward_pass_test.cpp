#include <racked/critical_path.h>

#include "scenario_text.h"

#include <gtest/gtest.h>

namespace racked::testing {
namespace {

PlannedTask planned(const Model& model, const std::string& name) {
  return critical_path(model).tasks[find(model.tasks, name).index()];
}

TEST(ForwardPass, WorkIsNotInterruptedByWhatHoldsBackItsFinish) {
  const Model model = model_of(
      campus("task { id: 'a' elapsed_days { fixed: 9 } } "
             "task { id: 'b' elapsed_days { fixed: 3 } after { task: 'a' type: FINISH_FINISH } } "
             "task { id: 'd' after { task: 'b' type: START_START } }"));
  // b ends with a, on day 9, so it starts on day 6, and d with it.
  EXPECT_EQ(planned(model, "c.b").early_start, day(6));
  EXPECT_EQ(planned(model, "c.d").early_start, day(6));
}

TEST(ForwardPass, DurationsAreMeansWithTheirDrivers) {
  // Uniform on 2 … 6: 4 on the mean; the driver strikes in half the cases and then doubles: × 1.5;
  // and adds 3 days then: + 1.5.
  const Model model = model_of(
      "risk_driver { id: 'r' probability: 0.5 factor { fixed: 2 } extra_days { fixed: 3 } } " +
      campus("task { id: 'a' elapsed_days { uniform { min: 2 max: 6 } driver: 'r' } }"));
  EXPECT_EQ(planned(model, "c.a").early_finish, day(7.5));
}

TEST(ForwardPass, AFeederComesAliveWithTheLastOfItsTasksAndTheOneAbove) {
  const Model model = model_of(campus(
      "feeder { id: 'grid' capacity_mw: 9 energised { date: '2025-01-16' slip_days { uniform "
      "{ min: 0 max: 10 } } } } feeder { id: 'f' capacity_mw: 9 fed_by: 'grid' } "
      "task { id: 'a' elapsed_days { fixed: 4 } effect { energise: 'f' } } "
      "task { id: 'b' elapsed_days { fixed: 8 } effect { energise: 'f' } } "
      "task { id: 'd' need { energised: 'f' } }"));
  EXPECT_EQ(planned(model, "c.d").early_start, day(15));  // 10 + 5 beats 8
}

}  // namespace
}  // namespace racked::testing
