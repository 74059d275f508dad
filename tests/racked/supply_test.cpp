#include "scenario_text.h"

#include <gtest/gtest.h>

namespace racked::testing {
namespace {

const char* kHall =
    "product { id: 'r' chips_per_rack: 10 kw_per_rack: 1 } "
    "building_design { id: 'd' hall { id: 'h' product: 'r' racks: 100 feeder: 'f' } "
    "feeder { id: 'f' capacity_mw: 5 energised { date: '2025-01-06' } } } ";

std::string two_campuses() {
  return "campus { id: 'c' building { id: 'b' design: 'd' } } campus { id: 'e' building { id: 'b' "
         "design: 'd' } } ";
}

TEST(Supply, ALotLeavesWhenItsChipsHaveBeenStartedAndPassesTheStages) {
  const Model model =
      model_of(std::string(kHall) + campus("building { id: 'b' design: 'd' }") +
               "supply_line { id: 's' product: 'r' lot_racks: 2 total_chips: 40 "
               "rate { from: '2025-01-06' chips_per_month: 60 } "
               "stage { kind: FABRICATION cycle_days { fixed: 90 } } "
               "stage { kind: SHIPPING cycle_days { fixed: 5 } } share { campus: 'c' } }");
  const Timeline timeline = simulate(model, 1, 0);
  // 60 chips in 30 days are 2 a day; a lot of 2 racks × 10 chips leaves every 10 days; 40 chips are
  // two lots.
  ASSERT_EQ(timeline.lots.size(), 2u);
  EXPECT_EQ(timeline.lots[0].released, day(10));
  EXPECT_EQ(timeline.lots[0].stage_end[0], day(100));
  EXPECT_EQ(timeline.lots[0].arrived, day(105));
  EXPECT_EQ(timeline.lots[1].arrived, day(115));
  EXPECT_EQ(timeline.racks.size(), 4u);
}

TEST(Supply, ARateThatChangesKeepsWhatWasStarted) {
  const Model model =
      model_of(std::string(kHall) + campus("building { id: 'b' design: 'd' }") +
               "supply_line { id: 's' product: 'r' lot_racks: 2 total_chips: 20 "
               "rate { from: '2025-01-06' chips_per_month: 30 } "
               "rate { from: '2025-01-16' chips_per_month: 150 } "
               "stage { kind: SHIPPING cycle_days { fixed: 0 } } share { campus: 'c' } }");
  // Ten days at 1 a day, then the missing 10 chips at 5 a day: 2 days more.
  EXPECT_EQ(simulate(model, 1, 0).lots.at(0).released, day(12));
}

TEST(Supply, PackagingTakesInWhatItsCapacityAllowsFirstComeFirstServed) {
  const Model model = model_of(std::string(kHall) + campus("building { id: 'b' design: 'd' }") +
                               "supply_line { id: 's' product: 'r' lot_racks: 2 total_chips: 60 "
                               "rate { from: '2025-01-06' chips_per_month: 600 } "
                               "stage { kind: PACKAGING cycle_days { fixed: 7 } capacity { from: "
                               "'2025-01-06' chips_per_month: 60 } } "
                               "share { campus: 'c' } }");
  const Timeline timeline = simulate(model, 1, 0);
  // Lots of 20 chips come after 1, 2 and 3 days; intake at 2 a day takes 10 days each: 11, 21, 31;
  // then 7 days.
  EXPECT_EQ(timeline.lots[0].arrived, day(18));
  EXPECT_EQ(timeline.lots[1].arrived, day(28));
  EXPECT_EQ(timeline.lots[2].arrived, day(38));
}

TEST(Supply, LotsGoToTheCampusFurthestBelowItsShare) {
  const Model model = model_of(std::string(kHall) + two_campuses() +
                               "supply_line { id: 's' product: 'r' lot_racks: 1 total_chips: 60 "
                               "rate { from: '2025-01-06' chips_per_month: 300 } "
                               "stage { kind: SHIPPING cycle_days { fixed: 1 } } "
                               "share { campus: 'c' weight: 2 } share { campus: 'e' weight: 1 } }");
  // Given by weight: c 0 = e 0 → c; c 1/2 > e 0 → e; c 1/2 < e 1 → c; c 1 = e 1 → c; c 3/2 > 1 → e;
  // c 3/2 < 2 → c.
  std::string order;
  for (const RackLot& lot : simulate(model, 1, 0).lots)
    order += model.campuses[model.rack_stocks[lot.stock].campus].name;
  EXPECT_EQ(order, "ceccec");
}

TEST(Supply, ChipsMayBeOnTheirWayOnDayZero) {
  const Model model =
      model_of(std::string(kHall) + campus("building { id: 'b' design: 'd' }") +
               "supply_line { id: 's' product: 'r' lot_racks: 2 total_chips: 40 "
               "rate { from: '2024-12-07' chips_per_month: 60 } "
               "stage { kind: ASSEMBLY cycle_days { fixed: 15 } } share { campus: 'c' } }");
  const Timeline timeline = simulate(model, 1, 0);
  // Day −30: lots leave on days −20 and −10, arrive on days −5 and 5. The first waits for day 0.
  EXPECT_EQ(timeline.lots[0].arrived, day(-5));
  EXPECT_EQ(timeline.racks[0].assigned, day(0));
  EXPECT_EQ(timeline.lots[1].arrived, day(5));
}

TEST(Supply, ADeliveryByRateComesInLotsAndSlips) {
  const Model model = model_of(
      std::string(kHall) +
      campus("building { id: 'b' design: 'd' } delivery { id: 'x' product: 'r' lot_racks: 7 "
             "rate { from: '2025-01-06' racks_per_week: 3.5 } "
             "rate { from: '2025-02-03' racks_per_week: 0 } slip_days { fixed: 4 } }"));
  const Timeline timeline = simulate(model, 1, 0);
  // Half a rack a day: lots of seven are due on days 14 and 28, when the rate ends; each slips four
  // days.
  ASSERT_EQ(timeline.lots.size(), 2u);
  EXPECT_EQ(timeline.lots[0].arrived, day(18));
  EXPECT_EQ(timeline.lots[1].arrived, day(32));
}

}  // namespace
}  // namespace racked::testing
