#include "scenario_text.h"

#include <gtest/gtest.h>

namespace racked::testing {
namespace {

std::string order_of_starts(const std::string& rule, const std::string& tasks) {
  const Model model =
      model_of("crew { id: 'w' headcount: 1 } dispatch: " + rule + " " + campus(tasks));
  std::string order;
  for (const TaskRun& run : simulate(model, 1, 0).task_runs)
    order += model.tasks[run.task].name.substr(2);
  return order;
}

std::string one(const std::string& id, double days, const std::string& more = "") {
  return "task { id: '" + id +
         "' need { crew: 'w' } elapsed_days { fixed: " + std::to_string(days) + " } " + more +
         " } ";
}

TEST(Network, DispatchRulesDecideWhoIsServedFirst) {
  // One worker. b has a long tail behind it, d two short successors; a is short.
  const std::string tasks = one("a", 1) + one("b", 5) + one("d", 3) +
                            one("e", 20, "after { task: 'b' }") +
                            one("f", 1, "after { task: 'd' }") + one("g", 1, "after { task: 'd' }");
  EXPECT_EQ(order_of_starts("FIFO", tasks), "abdefg");
  EXPECT_EQ(order_of_starts("SHORTEST", tasks), "adfgbe");
  // Tails: a 1, b 25, d 4, e 20, f 1, g 1. The latest start is smallest for the longest tail.
  EXPECT_EQ(order_of_starts("EARLIEST_LATE_START", tasks), "bedafg");
  // Successors: d 2, b 1, others none; those tie, and what became ready first goes first.
  EXPECT_EQ(order_of_starts("MOST_SUCCESSORS", tasks), "dbafge");
}

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
