#include "scenario_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace racked::testing {
namespace {

using ::testing::HasSubstr;

TEST(Model, BuildingDesignsAreInstantiatedWithSpacing) {
  const Model model = model_of(
      "building_design { id: 'd' task { id: 'shell' elapsed_days { fixed: 1 } } task { id: 'roof' "
      "after { task: 'shell' } } } " +
      campus("task { id: 'earth' elapsed_days { fixed: 2 } } "
             "building { id: 'b' design: 'd' count: 3 start: '2025-01-16' spacing_days: 35 after: "
             "'earth' } "
             "building { id: 'late' name: 'b' first_number: 4 count: 1 design: 'd' }"));
  EXPECT_EQ(model.buildings.size(), 4u);
  EXPECT_EQ(model.tasks[find(model.tasks, "c.b3.shell")].earliest, day(10 + 70));
  EXPECT_TRUE(find(model.tasks, "c.b4.roof").valid());
  // shell waits for the earthworks, roof for its own shell only.
  const Timeline timeline = simulate(model, 1, 0);
  EXPECT_EQ(run_of(model, timeline, "c.b1.shell").start, day(10));
  EXPECT_EQ(run_of(model, timeline, "c.b4.shell").start, day(0));
}

TEST(Model, NamesAreFoundFromTheInnermostPlaceOutwards) {
  const Model model = model_of(
      "building_design { id: 'd' task { id: 'x' elapsed_days { fixed: 1 } } task { id: 'y' after { "
      "task: 'x' } } } " +
      campus("task { id: 'x' elapsed_days { fixed: 9 } } task { id: 'z' after { task: 'b.x' } } "
             "building { id: 'b' design: 'd' }"));
  const Timeline timeline = simulate(model, 1, 0);
  EXPECT_EQ(run_of(model, timeline, "c.b.y").start,
            day(1));  // the building's own x, not the campus's
  EXPECT_EQ(run_of(model, timeline, "c.z").start, day(1));
}

// What can be seen to be impossible is refused at the door.
TEST(Model, WhatCannotHappenIsRefused) {
  const auto refused = [](const std::string& body) { return problems_of(year_2025(body)); };
  EXPECT_THAT(refused("crew { id: 'w' headcount: 3 step { date: '2025-05-01' headcount: 5 } } " +
                      campus("task { id: 't' need { crew: 'w' count: 6 } }")),
              HasSubstr("needs 6 of 'w', which never has more than 5"));
  EXPECT_THAT(refused("equipment { id: 'm' lead_time_days { fixed: 1 } } " +
                      campus("order { id: 'o' equipment: 'm' placed: '2025-01-06' } task { id: 't' "
                             "need { equipment: 'm' count: 2 } }")),
              HasSubstr("need 2 of 'm', its orders bring 1"));
  EXPECT_THAT(refused(campus("feeder { id: 'f' capacity_mw: 1 }")),
              HasSubstr("nothing energises it"));
  EXPECT_THAT(refused("equipment { id: 'm' lead_time_days { fixed: 1 } } " +
                      campus("order { id: 'o' equipment: 'm' }")),
              HasSubstr("is never placed"));
  EXPECT_THAT(
      refused(
          campus("feeder { id: 'f' capacity_mw: 1 fed_by: 'g' energised { date: '2025-01-06' } } "
                 "feeder { id: 'g' capacity_mw: 1 fed_by: 'f' energised { date: '2025-01-06' } }")),
      HasSubstr("going round by fed_by"));
  EXPECT_THAT(refused(campus("task { id: 't' elapsed_days { normal { mean: 5 sd: 3 } } }")),
              HasSubstr("can be as low as minus infinity; at least 0 is allowed"));
  EXPECT_THAT(
      refused(campus("task { id: 't' elapsed_days { triangular { min: 1 mode: 9 max: 8 } } }")),
      HasSubstr("mode 9 lies outside [min 1, max 8]"));
  EXPECT_THAT(refused("milestone { id: 'm' usable_chips: 5 } " + campus("task { id: 't' }")),
              HasSubstr("can never be reached: the halls hold 0 chips"));
  EXPECT_THAT(
      refused(campus("task { id: 'a' } task { id: 't' rework { probability: 0.5 back_to: 'a' } }")),
      HasSubstr("does not lead to this task"));
}

TEST(Model, ADesignsProblemIsSaidOnce) {
  const std::string problems = problems_of(
      year_2025("building_design { id: 'd' task { id: 't' after { task: 'nowhere' } } } " +
                campus("building { id: 'b' design: 'd' count: 16 }")));
  EXPECT_THAT(
      problems,
      HasSubstr("building_design[d].task[t].after[0].task: no task is called 'nowhere' here"));
  EXPECT_EQ(std::count(problems.begin(), problems.end(), '\n'), 1) << problems;
}

TEST(Model, AbsurdCountsAreRefusedBeforeTheyAreAllocated) {
  EXPECT_THAT(problems_of(year_2025("product { id: 'r' chips_per_rack: 1 kw_per_rack: 1 } "
                                    "building_design { id: 'd' feeder { id: 'f' capacity_mw: 1 "
                                    "energised { date: '2025-01-06' } } "
                                    "hall { id: 'h' product: 'r' racks: 1000000 feeder: 'f' } } " +
                                    campus("building { id: 'b' design: 'd' count: 1000 }"))),
              HasSubstr("at most 1 million and 10 million are allowed"));
}

// Twenty mistakes, twenty messages, each at its line and column.
TEST(Model, TwentyMistakesGetTwentyMessagesEachInItsPlace) {
  const std::string text =
      "name: 'twenty mistakes'\n"                                       // 1:1   no id
      "start: '2025-01-06'\n"                                           //
      "horizon: '2026-02-30'\n"                                         // 3:1   no such day
      "dispatch: FIFOO\n"                                               // 4:11  unknown enum value
      "calender { id: 'c' }\n"                                          // 5:1   unknown field
      "calendar { id: 'week' shift { from: '25:00' hours: 8 } }\n"      // 6:31  no time of day
      "crew { id: 'w' headcount: -4 }\n"                                // 7:16  below min
      "crew { id: 'w' headcount: 2 }\n"                                 // 8:8   id taken
      "crew { id: 'v' headcount: 'two' }\n"                             // 9:27  text for a number
      "equipment { id: 'm' }\n"                                         // 10:1  lead time missing
      "product { id: 'r' chips_per_rack: 8 kw_per_rack: 1e999 }\n"      // 11:37 not finite
      "risk_driver { id: 'd' probability: 1.5 factor { fixed: 1 } }\n"  // 12:23 above max
      "campus {\n"                                                      //
      "  id: 'x'\n"                                                     //
      "  calendar: 'weak'\n"                                            // 15:3  unknown reference
      "  task { id: 'a' elapsed_days { } }\n"                           // 16:18 no shape
      "  task { id: 'b' after { task: 'aa' } }\n"                       // 17:26 unknown task
      "  task { id: 'e' need { crew: 'w' count: 99 } }\n"  // 18:35 more than the pool has
      "  task { id: 'f' elapsed_days { pert { min: 5 mode: 4 max: 3 } } }\n"  // 19:18 impossible
                                                                              // parameters
      "  feeder { id: 'g' capacity_mw: 5 energised { slip_days { fixed: 1 } } }\n"  // 20:35 date
                                                                                    // missing
      "  order { id: 'o' equipment: 'm' placed: '2025-1-1' }\n"                     // 21:34 no date
      "}\n"
      "milestone { id: 'k' usable_chips: 5 task: 'x.a' }\n"  // 23:1  both
      "observation { series: 'usable_chip' date: '2025-06-01' value: 1 source: 's' }\n";  // 24:15
                                                                                          // no
                                                                                          // series
  std::set<int> lines;
  std::string all;
  try {
    make_model(parse_scenario(text, "twenty.textproto"));
    FAIL();
  } catch (const ScenarioError& error) {
    for (const Problem& problem : error.problems()) {
      EXPECT_EQ(problem.place.file, "twenty.textproto");
      lines.insert(problem.place.line);
      all += to_string(problem) + "\n";
    }
  }
  for (const int line : {1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 16, 17, 18, 19, 20, 21, 23, 24})
    EXPECT_EQ(lines.count(line), 1u) << "line " << line << " in\n" << all;
  for (const char* place :
       {"twenty.textproto:4:", "twenty.textproto:5:1:", "did you mean 'FIFO'",
        "did you mean 'calendar'", "did you mean 'week'", "did you mean 'usable_chips'",
        "twenty.textproto:17:26:", "twenty.textproto:18:35:"})
    EXPECT_THAT(all, HasSubstr(place));
}

}  // namespace
}  // namespace racked::testing
