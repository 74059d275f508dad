#include "scenario_text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace racked::testing {
namespace {

// One hall with a live feeder; `product` and `more` fill in the rest.
std::string hall(const std::string& product, int racks, const std::string& tasks,
                 const std::string& more) {
  return "product { id: 'r' chips_per_rack: 10 kw_per_rack: 1 " + product +
         " } building_design { id: 'd' feeder { id: 'f' capacity_mw: 5 energised { date: "
         "'2025-01-06' } } " +
         "hall { id: 'h' product: 'r' racks: " + std::to_string(racks) + " feeder: 'f' } " + tasks +
         " } " + campus("building { id: 'b' design: 'd' } " + more);
}

std::string lot(const std::string& date, int racks) {
  return "delivery { id: 'l" + date.substr(5, 2) + date.substr(8) + "' product: 'r' lot { date: '" +
         date + "' racks: " + std::to_string(racks) + " } } ";
}

TEST(Deployment, ARackPassesItsStepsOneAfterTheOther) {
  const Model model =
      model_of("crew { id: 't' headcount: 2 } " +
               hall("install { hours { fixed: 6 } crew: 't' count: 2 } cable { hours { fixed: 12 } "
                    "crew: 't' count: 2 } "
                    "bring_up { hours { fixed: 24 } } burn_in { hours { fixed: 72 } }",
                    2, "", lot("2025-01-06", 2)));
  const Timeline timeline = simulate(model, 1, 0);
  // Both technicians take the first rack: install 0–6 h. Then its cabling goes before the second
  // rack's install, being further along: 6–18 h. Bring-up to 42 h, burn-in to 114 h.
  const RackRun& first = timeline.racks[0];
  EXPECT_EQ(first.begin[1], des::kStart + 6 * des::kHour);
  EXPECT_EQ(first.end[1], des::kStart + 18 * des::kHour);
  EXPECT_EQ(first.usable, des::kStart + 114 * des::kHour);
  // The second: install 18–24, cable 24–36, bring-up to 60, burn-in to 132.
  const RackRun& second = timeline.racks[1];
  EXPECT_EQ(second.begin[0], des::kStart + 18 * des::kHour);
  EXPECT_EQ(second.cause[0], (Cause{0, 0, CauseKind::crew_rack}));
  EXPECT_EQ(second.usable, des::kStart + 132 * des::kHour);
  EXPECT_EQ(second.cause[3], (Cause{1, 0, CauseKind::rack}));
}

TEST(Deployment, TechniciansWorkInTheirShifts) {
  const Model model =
      model_of("calendar { id: 'week' } crew { id: 't' headcount: 1 calendar: 'week' } " +
               hall("install { hours { fixed: 10 } crew: 't' }", 1, "", lot("2025-01-10", 1)));
  const Timeline timeline = simulate(model, 1, 0);
  // Friday 00:00: work begins 08:00, 8 h until 16:00, the other 2 h on Monday until 10:00.
  EXPECT_EQ(timeline.racks[0].begin[0], day(4) + 8 * des::kHour);
  EXPECT_EQ(timeline.racks[0].usable, day(7) + 10 * des::kHour);
}

TEST(Deployment, ChipsInFrontOfAColdShellWait) {
  const Model model = model_of(
      hall("", 4, "task { id: 'shell' elapsed_days { fixed: 50 } effect { provides: SPACE } }",
           lot("2025-01-16", 4)));
  const Timeline timeline = simulate(model, 1, 0);
  EXPECT_EQ(timeline.racks[3].assigned, day(50));
  EXPECT_EQ(timeline.racks[3].assigned_cause, (Cause{0, 0, CauseKind::task}));
  EXPECT_EQ(timeline.flows[0][0].at, day(50));
}

TEST(Deployment, AUnitIsUsableAsAWhole) {
  const Model model = model_of(hall("racks_per_unit: 2 burn_in { hours { fixed: 24 } }", 4, "",
                                    lot("2025-01-06", 3) + lot("2025-02-05", 1)));
  const Timeline timeline = simulate(model, 1, 0);
  // Racks 0 and 1 are a unit on day 1. Rack 2 waits for its mate, which comes on day 30 and is
  // accepted on 31.
  EXPECT_EQ(timeline.racks[1].usable, day(1));
  EXPECT_EQ(timeline.racks[2].accepted, day(1));
  EXPECT_EQ(timeline.racks[2].usable, day(31));
  EXPECT_EQ(timeline.racks[3].usable, day(31));
}

TEST(Deployment, ARackThatFailsIsRepairedAndBurntInAgain) {
  // With a chance of 0.95 some of forty racks fail more than once; each way ends in acceptance.
  const Model model = model_of(
      hall("burn_in { hours { fixed: 24 } } acceptance_failure: 0.95 repair_days { fixed: 2 }", 40,
           "", lot("2025-01-06", 40)));
  const Timeline timeline = simulate(model, 7, 0);
  std::size_t failures = 0;
  for (const RackRun& rack : timeline.racks) {
    failures += rack.failures;
    if (rack.usable == des::kNever) continue;
    // n failures: n + 1 burn-ins of one day and n repairs of two.
    EXPECT_EQ(rack.usable, day(1 + 3.0 * rack.failures));
  }
  EXPECT_EQ(timeline.repairs.size(), failures);
  EXPECT_GT(failures, 40u);
}

TEST(Deployment, ChargesAddUpToWhatIsMissing) {
  const Model model =
      model_of("crew { id: 't' headcount: 1 } " +
               hall("install { hours { fixed: 48 } crew: 't' } burn_in { hours { fixed: 24 } }", 2,
                    "task { id: 'shell' elapsed_days { fixed: 50 } effect { provides: SPACE } } "
                    "task { id: 'fit_out' after { task: 'shell' } elapsed_days { fixed: 20 } "
                    "effect { provides: COOLING } "
                    "effect { provides: NETWORK } } "
                    "task { id: 'test' after { task: 'fit_out' } elapsed_days { fixed: 10 } effect "
                    "{ provides: COMMISSIONING } }",
                    lot("2025-04-16", 2)));
  const Timeline timeline = simulate(model, 1, 0);
  // Two positions of 10 chips. Space until day 50; cooling until 70; commissioning until 80; chips
  // until their arrival on day 100. Rack 0: install to 102, burn-in to 103. Rack 1: waits and is
  // installed until 104, burn-in to 105.
  const auto charged = [&](Charge charge) {
    return chip_days(timeline.charges[0][static_cast<std::size_t>(charge)]);
  };
  EXPECT_EQ(charged(Charge::space), 20 * 50);
  EXPECT_EQ(charged(Charge::cooling), 20 * 20);
  EXPECT_EQ(charged(Charge::network),
            0);  // missing as long as cooling, which comes first in the order
  EXPECT_EQ(charged(Charge::commissioning), 20 * 10 + 10 * 1 + 10 * 1);
  EXPECT_EQ(charged(Charge::chips), 20 * 20);
  EXPECT_EQ(charged(Charge::labour), 10 * 2 + 10 * 4);
  EXPECT_EQ(charged(Charge::power), 0);
  EXPECT_EQ(charged(Charge::repair), 0);
  // Planned minus usable: 10 × 103 + 10 × 105.
  ChipTime sum = 0;
  for (const ChipTime charge : timeline.charges[0]) sum += charge;
  EXPECT_EQ(chip_days(sum), 10 * 103 + 10 * 105);
}

TEST(Deployment, APositionIsNotMissedBeforeItsPlannedDate) {
  const std::string text = hall("", 2, "", lot("2025-03-07", 2));
  const std::string planned = "building { id: 'b' design: 'd' planned: '2025-02-05' }";
  std::string late = text;
  late.replace(late.find("building { id: 'b' design: 'd' }"), 32, planned);
  const Timeline timeline = simulate(model_of(late), 1, 0);
  // Racks come on day 60, planned from day 30: 20 chips × 30 days for chips.
  EXPECT_EQ(chip_days(timeline.charges[0][static_cast<std::size_t>(Charge::chips)]), 20 * 30);
}

}  // namespace
}  // namespace racked::testing
