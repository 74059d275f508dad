// When buildings come to their stages, by hand and against what the timeline holds.
#include <racked/stages.h>

#include "scenario_text.h"

#include <places.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace racked::testing {
namespace {

std::int32_t of(const std::vector<std::int32_t>& days, std::size_t building, Stage stage) {
  return days[building * kStages + static_cast<std::size_t>(stage)];
}

TEST(Stages, AreReachedByWhatLetsABuildingOn) {
  // A permit until day 10; the only crew is busy elsewhere until day 12; shell 20 days, to day 32;
  // a test 5 days, to day 37. The feeder lives from day 31, the one above it from day 40. Ten racks
  // arrive on day 0, take position at 40.0 and need 36 h each, at once: all usable at 41.5.
  const Model model = model_of(
      "crew { id: 'w' headcount: 1 } product { id: 'r' chips_per_rack: 10 kw_per_rack: 1 "
      "bring_up { hours { fixed: 36 } } } building_design { id: 'd' "
      "feeder { id: 'f' capacity_mw: 5 energised { date: '2025-02-06' } } "
      "hall { id: 'h' product: 'r' racks: 10 feeder: 'f' } "
      "task { id: 'shell' elapsed_days { fixed: 20 } need { crew: 'w' } effect { provides: SPACE } "
      "} "
      "task { id: 'test' after { task: 'shell' } elapsed_days { fixed: 5 } "
      "effect { provides: COMMISSIONING } } } " +
      campus("feeder { id: 'u' capacity_mw: 9 energised { date: '2025-02-15' } } "
             "task { id: 'permit' elapsed_days { fixed: 10 } } "
             "task { id: 'other' elapsed_days { fixed: 12 } need { crew: 'w' } } "
             "building { id: 'b' design: 'd' after: 'permit' fed_by: 'u' } "
             "delivery { id: 'l' product: 'r' lot { date: '2025-01-06' racks: 10 } }"));
  const std::vector<std::int32_t> days = stage_days(model, simulate(model, 1, 0));
  EXPECT_EQ(days, (std::vector<std::int32_t>{10, 12, 32, 40, 37, 41}));
}

TEST(Stages, ThatNothingHoldsBackCountFromDayZeroAndMissingOnesNever) {
  // Nine of ten racks come: operational with the ninth on day 3. The second building gets none.
  const Model model = model_of(
      "product { id: 'r' chips_per_rack: 10 kw_per_rack: 1 } building_design { id: 'd' "
      "feeder { id: 'f' capacity_mw: 5 energised { date: '2025-01-06' } } "
      "hall { id: 'h' product: 'r' racks: 10 feeder: 'f' } } " +
      campus("building { id: 'b' design: 'd' count: 2 } "
             "delivery { id: 'l' product: 'r' lot { date: '2025-01-08' racks: 8 } "
             "lot { date: '2025-01-09' racks: 1 } }"));
  const std::vector<std::int32_t> days = stage_days(model, simulate(model, 1, 0));
  EXPECT_EQ(days, (std::vector<std::int32_t>{0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, kNeverDay}));
}

TEST(Stages, OperationalIsTheNinthTenthOfTheRacksFirstUse) {
  const Model model = make_model(
      read_scenario(std::string(RACKED_SOURCE_DIR) + "/docs/scenarios/two_halls.textproto"));
  for (std::uint64_t replication = 0; replication < 20; ++replication) {
    const Timeline timeline = simulate(model, 3, replication);
    // Forty positions, of which 36 are needed; nothing fails in service.
    std::vector<des::Time> usable;
    for (const RackRun& rack : timeline.racks) usable.push_back(rack.usable);
    std::sort(usable.begin(), usable.end());
    ASSERT_EQ(usable.size(), 40u);
    EXPECT_EQ(timeline.operational, (std::vector<des::Time>{usable[35]}));
    const std::vector<std::int32_t> days = stage_days(model, timeline);
    EXPECT_TRUE(of(days, 0, Stage::permitted) <= of(days, 0, Stage::under_construction));
    EXPECT_TRUE(of(days, 0, Stage::enclosed) < of(days, 0, Stage::commissioned));
    EXPECT_TRUE(of(days, 0, Stage::commissioned) < of(days, 0, Stage::operational));
  }
}

}  // namespace
}  // namespace racked::testing
