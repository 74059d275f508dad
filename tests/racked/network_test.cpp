#include "scenario_text.h"

#include <gtest/gtest.h>

namespace racked::testing {
namespace {

TEST(Network, ACycleIsNamed) {
  const std::string problems =
      problems_of(year_2025(campus("task { id: 'a' after { task: 'd' } } task { id: 'b' after { "
                                   "task: 'a' } } task { id: 'd' after { task: 'b' } }")));
  EXPECT_NE(problems.find("goes in a circle: "), std::string::npos) << problems;
  for (const char* name : {"c.a", "c.b", "c.d"})
    EXPECT_NE(problems.find(name), std::string::npos) << problems;
}

TEST(Network, WaitingForAFeederOneEnergisesOneselfIsACycle) {
  const std::string problems = problems_of(
      year_2025(campus("feeder { id: 'f' capacity_mw: 1 } "
                       "task { id: 'a' need { energised: 'f' } effect { energise: 'f' } }")));
  EXPECT_NE(problems.find("c.a → c.f → c.a"), std::string::npos) << problems;
}

TEST(Network, OverlappingTasksAreNoCycle) {
  // b may start once a has started, and a may finish only once b has: they overlap, nothing waits
  // for itself.
  const Model model = model_of(
      campus("task { id: 'a' elapsed_days { fixed: 2 } after { task: 'b' type: FINISH_FINISH } } "
             "task { id: 'b' elapsed_days { fixed: 6 } after { task: 'a' type: START_START } }"));
  EXPECT_EQ(run_of(model, simulate(model, 1, 0), "c.a").finish, day(6));
}

}  // namespace
}  // namespace racked::testing
