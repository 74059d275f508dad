#include "scenario_text.h"

#include <gtest/gtest.h>

namespace racked::testing {
namespace {

TEST(Overlay, ElementsOfOneIdAreLaidOverEachOtherAndOthersAppended) {
  ScenarioFile file = parse_scenario(
      "building_design { "
      "id: 'd' title: 'below' hall { id: 'h' product: 'r' racks: 4 feeder: 'f' } "
      "task { id: 't' work_days { uniform { min: 1 max: 2 } driver: 'x' } "
      "after { task: 'a' } after { task: 'b' } } }");
  merge_overlay(
      file, parse_scenario("building_design { id: 'd' hall { id: 'h' racks: 9 } hall { id: 'i' } "
                           "task { id: 't' elapsed_days { fixed: 3 } after { task: 'c' } } }"));
  const v1::BuildingDesign& below = file.scenario.building_design(0);
  EXPECT_EQ(below.title(), "below");
  ASSERT_EQ(below.hall_size(), 2);
  EXPECT_EQ(below.hall(0).product(), "r");
  EXPECT_EQ(below.hall(0).racks(), 9);
  EXPECT_EQ(below.hall(1).id(), "i");
  // One of a choice takes the place of another; a list without ids is replaced as a whole.
  EXPECT_FALSE(below.task(0).has_work_days());
  EXPECT_EQ(below.task(0).elapsed_days().fixed(), 3);
  ASSERT_EQ(below.task(0).after_size(), 1);
  EXPECT_EQ(below.task(0).after(0).task(), "c");
}

}  // namespace
}  // namespace racked::testing
