#include "scenario_text.h"

#include <gtest/gtest.h>

namespace racked::testing {
namespace {

TEST(Labour, CampusesShareOneCrew) {
  const char* task = "task { id: 't' elapsed_days { fixed: 4 } need { crew: 'w' count: 2 } }";
  const Model model = model_of(std::string("crew { id: 'w' headcount: 3 } campus { id: 'c' ") +
                               task + " } campus { id: 'd' " + task + " }");
  const Timeline timeline = simulate(model, 1, 0);
  EXPECT_EQ(run_of(model, timeline, "c.t").start, day(0));
  const TaskRun second = run_of(model, timeline, "d.t");
  EXPECT_EQ(second.start, day(4));  // 3 − 2 = 1 worker is not enough before
  EXPECT_EQ(second.cause, (Cause{0, 0, CauseKind::crew_task}));
}

TEST(Labour, ACrewGrowsOnItsDate) {
  const Model model =
      model_of("crew { id: 'w' headcount: 0 step { date: '2025-01-13' headcount: 2 } } " +
               campus("task { id: 't' need { crew: 'w' count: 2 } }"));
  const TaskRun t = run_of(model, simulate(model, 1, 0), "c.t");
  EXPECT_EQ(t.start, day(7));
  EXPECT_EQ(t.cause.kind, CauseKind::headcount);
}

TEST(Labour, AReductionPullsNobodyOff) {
  const Model model = model_of(
      "crew { id: 'w' headcount: 4 step { date: '2025-01-09' headcount: 2 } } " +
      campus("task { id: 'big' elapsed_days { fixed: 10 } need { crew: 'w' count: 4 } }"
             "task { id: 'small' after { task: 'big' } elapsed_days { fixed: 1 } need { crew: 'w' "
             "count: 2 } }"
             "task { id: 'other' elapsed_days { fixed: 1 } need { crew: 'w' count: 1 } }"));
  const Timeline timeline = simulate(model, 1, 0);
  EXPECT_EQ(run_of(model, timeline, "c.big").finish, day(10));
  // On day 10 two workers are left: `other`, ready since day 0, is served first, then `small` needs
  // both.
  EXPECT_EQ(run_of(model, timeline, "c.other").start, day(10));
  EXPECT_EQ(run_of(model, timeline, "c.small").start, day(11));
}

}  // namespace
}  // namespace racked::testing
