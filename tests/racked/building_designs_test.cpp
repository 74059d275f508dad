#include "scenario_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace racked::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const std::string kSmall =
    "product { id: 'r' chips_per_rack: 10 kw_per_rack: 100 } "
    "building_design { id: 'small' feeder { id: 'f' capacity_mw: 5 } "
    "hall { id: 'h' product: 'r' racks: 4 feeder: 'f' } "
    "task { id: 'roof' elapsed_days { fixed: 10 } effect { provides: SPACE } } "
    "task { id: 'wire' after { task: 'roof' } elapsed_days { fixed: 5 } effect { energise: 'f' } } "
    "} ";

TEST(BuildingDesigns, OneThatIsLikeAnotherHasItsElementsAndChangesSome) {
  // Written before the design that it is like, by way of a third.
  const Model model = model_of(
      "building_design { id: 'tower' like: 'large' hall { id: 'upper' product: 'r' racks: 7 "
      "feeder: 'f' } } "
      "building_design { id: 'large' like: 'small' hall { id: 'h' racks: 20 } "
      "task { id: 'roof' elapsed_days { fixed: 30 } } } " +
      kSmall +
      "campus { id: 'c' building { id: 'a' design: 'small' } building { id: 'b' design: 'large' } "
      "building { id: 't' design: 'tower' } }");
  EXPECT_EQ(model.halls[find(model.halls, "c.a.h")].positions, 4);
  EXPECT_EQ(model.halls[find(model.halls, "c.b.h")].positions, 20);
  EXPECT_EQ(model.halls[find(model.halls, "c.t.h")].positions, 20);
  EXPECT_EQ(model.halls[find(model.halls, "c.t.upper")].positions, 7);
  const Timeline timeline = simulate(model, 1, 0);
  EXPECT_EQ(run_of(model, timeline, "c.a.wire").finish, day(15));
  EXPECT_EQ(run_of(model, timeline, "c.b.wire").finish, day(35));
  EXPECT_EQ(run_of(model, timeline, "c.t.wire").finish, day(35));
}

TEST(BuildingDesigns, TheHashIsOfWhatWasWritten) {
  const ScenarioFile file = year_2025(kSmall + "building_design { id: 'e' like: 'small' } " +
                                      campus("building { id: 'b' design: 'e' }"));
  EXPECT_EQ(make_model(file).hash, scenario_hash(file.scenario));
}

TEST(BuildingDesigns, ACircleIsRefused) {
  const std::string problems = problems_of(
      year_2025("building_design { id: 'a' like: 'b' } building_design { id: 'b' like: 'a' } " +
                campus("building { id: 'x' design: 'a' }")));
  EXPECT_THAT(problems, HasSubstr("building_design[a].like: is like itself, by way of others"));
  EXPECT_THAT(problems_of(year_2025("building_design { id: 'a' like: 'a' } " + campus(""))),
              HasSubstr("building_design[a].like: is like itself"));
}

TEST(BuildingDesigns, AnUnknownDesignIsNamed) {
  EXPECT_THAT(problems_of(year_2025(kSmall + "building_design { id: 'e' like: 'smal' } " +
                                    campus("building { id: 'b' design: 'e' }"))),
              HasSubstr("building_design[e].like: no building_design is called 'smal'; did you "
                        "mean 'small'?"));
}

TEST(BuildingDesigns, WhatIsWrongWithAnInheritedElementIsSaidOnce) {
  std::string wrong = kSmall;
  wrong.replace(wrong.find("racks: 4"), 8, "racks: 0");
  const std::string problems =
      problems_of(year_2025(wrong + "building_design { id: 'e' like: 'small' } " +
                            campus("building { id: 'b' design: 'e' }")));
  EXPECT_THAT(problems, HasSubstr("building_design[small].hall[h].racks"));
  EXPECT_THAT(problems, Not(HasSubstr("building_design[e]")));
}

TEST(BuildingDesigns, TooManyElementsAreRefusedBeforeTheyAreMade) {
  // A hundred designs like one of two thousand tasks, and more.
  std::string text = "building_design { id: 'd' ";
  for (int i = 0; i < 2000; ++i) text += "task { id: 't" + std::to_string(i) + "' } ";
  text += "} ";
  for (int i = 0; i < 999; ++i)
    text += "building_design { id: 'e" + std::to_string(i) + "' like: 'd' } ";
  EXPECT_THAT(problems_of(year_2025(text + campus(""))),
              HasSubstr("building_design[e100].like: would make more than 200,000 elements"));
}

}  // namespace
}  // namespace racked::testing
