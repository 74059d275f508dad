#include "scenario_text.h"

#include <racked/audit.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

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

// Two lines of 20 chips a day, in lots of 10, of which each makes two: on days 0.5 and 1.
std::string two_lines(const std::string& shared, const std::string& packaging) {
  const auto line = [&](const std::string& id) {
    return "supply_line { id: '" + id +
           "' product: 'r' lot_racks: 1 total_chips: 20 rate { from: '2025-01-06' chips_per_month: "
           "600 "
           "} stage { kind: PACKAGING cycle_days { fixed: 0 } " +
           packaging +
           " } stage { kind: SHIPPING cycle_days { fixed: 0 } } share { campus: 'c' } } ";
  };
  return "shared_capacity { id: 'shared' " + shared + " } " + line("s") + line("t") +
         "product { id: 'r' chips_per_rack: 10 kw_per_rack: 100 } "
         "building_design { id: 'd' feeder { id: 'f' capacity_mw: 50 energised { date: "
         "'2025-01-06' "
         "} } hall { id: 'h' product: 'r' racks: 100 feeder: 'f' } } "
         "campus { id: 'c' building { id: 'b' design: 'd' } } ";
}

// Line and day of each arrival, in that order.
std::string arrivals(const Model& model, std::uint64_t replication = 0) {
  const Timeline timeline = simulate(model, 1, replication);
  EXPECT_TRUE(audit(model, timeline).empty());
  std::vector<std::pair<des::Time, std::string>> all;
  for (const RackLot& lot : timeline.lots)
    if (lot.arrived != des::kNever)
      all.emplace_back(lot.arrived, model.supply_lines[lot.line].name);
  std::stable_sort(all.begin(), all.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::string text;
  for (const auto& [at, line] : all)
    text += line + std::to_string((at - des::kStart) / (des::kDay / 10)) + " ";
  return text;  // in tenths of a day
}

const char* const kTenADay = "rate { from: '2025-01-06' per_month: 300 }";

TEST(Supply, LinesQueueForAPackagingLineFirstComeFirstServed) {
  // Lots of 10 chips take a day each: of days 0.5 (s, t) and 1 (s, t).
  EXPECT_EQ(arrivals(model_of(two_lines(kTenADay, "draws_on { capacity: 'shared' }"))),
            "s15 t25 s35 t45 ");
}

TEST(Supply, ADividedLineGivesEachItsPart) {
  // Half of it each, 5 chips a day: two days a lot.
  EXPECT_EQ(arrivals(model_of(two_lines(std::string("divided: true ") + kTenADay,
                                        "draws_on { capacity: 'shared' }"))),
            "s25 t25 s45 t45 ");
}

TEST(Supply, MemoryIsStoredAndThenRunsOut) {
  // From day 0.2 on 10 chips' worth a day, nothing before. s takes 10 (there on day 1.2), t 10
  // (2.2), s (3.2), t (4.2).
  const std::string late =
      "stored: true rate { from: '2025-01-06' per_month: 0 } "
      "rate { from: '2025-01-07' per_month: 300 }";
  EXPECT_EQ(arrivals(model_of(two_lines(late, "draws_on { capacity: 'shared' }"))),
            "s20 t30 s40 t50 ");
  // Ten days' stock lets all through at once.
  const std::string early = "stored: true rate { from: '2024-12-27' per_month: 300 }";
  EXPECT_EQ(arrivals(model_of(two_lines(early, "draws_on { capacity: 'shared' }"))),
            "s5 t5 s10 t10 ");
}

TEST(Supply, ALotTakesOfACapacityWhatItsChipsAreWorth) {
  // Ten wafers a day, two a chip: a lot of 10 chips takes two days. On days 0.5 and 1, as above.
  EXPECT_EQ(arrivals(model_of(two_lines(kTenADay, "draws_on { capacity: 'shared' per_chip: 2 }"))),
            "s25 t45 s65 t85 ");
  // Twice as many as planned: a day each.
  EXPECT_EQ(arrivals(model_of(two_lines(std::string(kTenADay) + " volume_factor { fixed: 2 }",
                                        "draws_on { capacity: 'shared' per_chip: 2 }"))),
            "s15 t25 s35 t45 ");
  // Divided, five wafers a day each: four days a lot.
  EXPECT_EQ(arrivals(model_of(two_lines(std::string("divided: true ") + kTenADay,
                                        "draws_on { capacity: 'shared' per_chip: 2 }"))),
            "s45 t45 s85 t85 ");
}

TEST(Supply, TheVolumeOfACapacityIsDrawnOnceAReplication) {
  const Model model = model_of(
      two_lines(std::string(kTenADay) + " volume_factor { empirical { value: 1 value: 4 } }",
                "draws_on { capacity: 'shared' per_chip: 2 }"));
  std::set<std::string> seen;
  for (std::uint64_t replication = 0; replication < 20; ++replication)
    seen.insert(arrivals(model, replication));
  // At four times ten a day a lot takes half a day: s 0.5-1, t 1-1.5, s 1.5-2, t 2-2.5.
  EXPECT_EQ(seen, (std::set<std::string>{"s25 t45 s65 t85 ", "s10 t15 s20 t25 "}));
}

TEST(Supply, YieldLosesWholeRacksAndCarriesWhatIsLeftOver) {
  // Half of every lot of one rack: every second lot makes one.
  EXPECT_EQ(arrivals(model_of(two_lines(kTenADay, "yield { fixed: 0.5 }"))), "s10 t10 ");
  // Three tenths of each of 100 lots: 30 racks.
  std::string many = two_lines(kTenADay, "yield { fixed: 0.3 }");
  for (std::size_t at; (at = many.find("total_chips: 20 ")) != std::string::npos;)
    many.replace(at, 16, "total_chips: 1000 ");
  const Timeline timeline = simulate(model_of(many), 1, 0);
  EXPECT_EQ(timeline.racks.size(), 60u);
}

std::string sent_by(const std::string& allocation) {
  // x is planned for June and not ready; y is planned for July and ready for three racks from day
  // 0.
  const Model model = model_of(
      "product { id: 'r' chips_per_rack: 10 kw_per_rack: 100 } "
      "building_design { id: 'd' feeder { id: 'f' capacity_mw: 50 energised { date: '2025-01-06' } "
      "} "
      "hall { id: 'h' product: 'r' racks: 3 feeder: 'f' } } "
      "building_design { id: 'later' feeder { id: 'f' capacity_mw: 50 energised { date: "
      "'2025-09-06' } } "
      "hall { id: 'h' product: 'r' racks: 3 feeder: 'f' } } "
      "campus { id: 'x' building { id: 'b' design: 'later' planned: '2025-06-01' } } "
      "campus { id: 'y' building { id: 'b' design: 'd' planned: '2025-05-01' } } "
      "supply_line { id: 's' product: 'r' lot_racks: 1 total_chips: 60 rate { from: '2025-01-06' "
      "chips_per_month: 300 } stage { kind: SHIPPING cycle_days { fixed: 5 } } allocation: " +
      allocation + " share { campus: 'x' } share { campus: 'y' weight: 2 } }");
  std::string sent;
  for (const RackLot& lot : simulate(model, 1, 0).lots)
    sent += model.campuses[model.rack_stocks[lot.stock].campus].name;
  return sent;
}

TEST(Supply, AllocationSendsLotsByItsRule) {
  // Received per weight: x 0, y 0 → x; x 1, y 0 → y; y ½ → y; x 1, y 1 → x; y, y.
  EXPECT_EQ(sent_by("BY_SHARE"), "xyyxyy");
  EXPECT_EQ(sent_by("IN_ORDER"), "xxxyyy");
  EXPECT_EQ(sent_by("EARLIEST_DUE"), "yyyxxx");
  // y lacks three racks, and one less with each on its way; then it has positions for no more.
  EXPECT_EQ(sent_by("READY_FIRST"), "yyyxxx");
}

}  // namespace
}  // namespace racked::testing
