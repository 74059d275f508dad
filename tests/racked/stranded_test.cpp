#include "scenario_text.h"

#include <racked/audit.h>

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace racked::testing {
namespace {

// In MW on 1 February: racks, fragments, redundancy, halls; the sum is what is energised less what
// is claimed, to the watt.
std::array<double, 4> stranded(const std::string& body) {
  const Model model = model_of(body);
  const Timeline timeline = simulate(model, 1, 0);
  const auto findings = audit(model, timeline);
  EXPECT_TRUE(findings.empty()) << findings.front().rule << ": " << findings.front().message;
  std::array<double, 4> found{};
  for (std::size_t i = 0; i < model.report_dates.size(); ++i) {
    const auto at = [&](Series series) {
      return timeline.samples[i][static_cast<std::size_t>(series)];
    };
    std::int64_t sum = 0;
    for (std::size_t reason = 0; reason < found.size(); ++reason) {
      const std::int64_t watts =
          timeline.samples[i][static_cast<std::size_t>(Series::stranded_racks_mw) + reason];
      EXPECT_GE(watts, 0);
      sum += watts;
      if (iso_date(model.report_dates[i]) == "2025-02-01")
        found[reason] = static_cast<double>(watts) / 1e6;
    }
    EXPECT_EQ(sum, at(Series::energised_mw) - at(Series::claimed_mw));
  }
  return found;
}

std::string element(const std::string& id, double megawatts, const std::string& more = "") {
  return "feeder { id: '" + id + "' capacity_mw: " + std::to_string(megawatts) +
         " energised { date: '2025-01-06' } " + more + " } ";
}

// A hall of 10 positions for racks of 1 MW on feeder f, of which `racks` come.
std::string plan(const std::string& elements, int racks, const std::string& tasks = "") {
  return "product { id: 'r' chips_per_rack: 1 kw_per_rack: 1000 } building_design { id: 'd' hall { "
         "id: 'h' product: 'r' racks: 10 feeder: 'f' } " +
         tasks + " } " +
         campus("pue: 1 building { id: 'b' design: 'd' } " + elements +
                " delivery { id: 'x' product: 'r' lot { date: '2025-01-06' racks: " +
                std::to_string(racks) + " } }");
}

using Mw = std::array<double, 4>;

TEST(Stranded, PowerUpATreeLacksRacksThenAWholeRackThenHalls) {
  // 12.5 MW for 10 positions: 4 racks claim 4, 6 more could have theirs, 2.5 have no hall.
  EXPECT_EQ(stranded(plan(element("f", 12.5), 4)), (Mw{6, 0, 0, 2.5}));
  // 6.5 MW: 2 more racks, and half a rack's power that a third position would take.
  EXPECT_EQ(stranded(plan(element("f", 6.5), 4)), (Mw{2, 0.5, 0, 0}));
  // The hall is not built: all is for want of halls.
  EXPECT_EQ(
      stranded(plan(element("f", 6.5), 4,
                    "task { id: 't' elapsed_days { fixed: 300 } effect { provides: SPACE } }")),
      (Mw{0, 0, 0, 6.5}));
  // Between source and hall only 6 pass: the other 3 have no way to one.
  EXPECT_EQ(stranded(plan(element("s", 9) + element("f", 6, "fed_by: 's'"), 4)), (Mw{2, 0, 0, 3}));
}

TEST(Stranded, SchemesHoldPowerBack) {
  const std::string sides = element("a", 8) + element("b", 9);
  // 2N of 8 and 9: 8 to be claimed, 9 held back. 4 are, 4 lack racks.
  EXPECT_EQ(
      stranded(plan(sides + element("f", 20, "fed_by: 'a' fed_by: 'b' redundancy: TWO_N"), 4)),
      (Mw{4, 0, 9, 0}));
  // The same without a scheme: 17 to be claimed, for 10 positions.
  EXPECT_EQ(stranded(plan(sides + element("f", 20, "fed_by: 'a' fed_by: 'b'"), 4)),
            (Mw{6, 0, 0, 7}));
}

TEST(Stranded, ADeadElementHoldsNothingBackByItsScheme) {
  // Both sides are alive and deliver 8 + 9; what they feed comes alive in June.
  EXPECT_EQ(stranded(plan(element("a", 8) + element("b", 9) +
                              "feeder { id: 'f' capacity_mw: 20 energised { date: '2025-06-02' } "
                              "fed_by: 'a' fed_by: 'b' redundancy: TWO_N }",
                          4)),
            (Mw{0, 0, 0, 17}));
}

TEST(Stranded, LessThanADarkUnitIsAFragment) {
  // Two units of 3 racks; from 25 January on 4.5 MW carry one, the other is dark.
  const std::string ramp =
      "ramp { from { date: '2025-01-06' } power_mw: 6 } ramp { from { date: '2025-01-25' } "
      "power_mw: "
      "4.5 }";
  const std::string text =
      "product { id: 'r' chips_per_rack: 1 kw_per_rack: 1000 racks_per_unit: 3 } building_design { "
      "id: 'd' hall { id: 'h' product: 'r' racks: 6 feeder: 'f' } } " +
      campus("pue: 1 building { id: 'b' design: 'd' } " + element("f", 9, ramp) +
             " delivery { id: 'x' product: 'r' lot { date: '2025-01-06' racks: 6 } }");
  EXPECT_EQ(stranded(text), (Mw{0, 1.5, 0, 0}));
}

TEST(Stranded, WhatRacksDrawFollowsTheSeasonAndClaimsThePeak) {
  std::string monthly;
  for (const char* pue :
       {"1.1", "1.1", "1.15", "1.2", "1.3", "1.4", "1.5", "1.5", "1.4", "1.2", "1.15", "1.1"})
    monthly += std::string("monthly_pue: ") + pue + " ";
  ScenarioFile file = year_2025(plan(element("f", 12), 10));
  const ScenarioFile season = year_2025(campus(monthly));
  auto& campus = *file.scenario.mutable_campus(0);
  campus.clear_pue();
  *campus.mutable_monthly_pue() = season.scenario.campus(0).monthly_pue();
  const Model model = make_model(file);
  const Timeline timeline = simulate(model, 1, 0);
  EXPECT_TRUE(audit(model, timeline).empty());
  // Peak 1.5: 8 racks of 1.5 MW fit into 12. In January they draw 8 × 1.1, in July 12.
  const auto on = [&](std::size_t date, Series series) {
    return static_cast<double>(timeline.samples[date][static_cast<std::size_t>(series)]) / 1e6;
  };
  EXPECT_EQ(on(0, Series::usable_it_mw), 8);
  EXPECT_EQ(on(0, Series::claimed_mw), 12);
  EXPECT_DOUBLE_EQ(on(0, Series::drawn_facility_mw), 8.8);
  EXPECT_EQ(iso_date(model.report_dates[6]), "2025-07-01");
  EXPECT_DOUBLE_EQ(on(6, Series::drawn_facility_mw), 12);

  campus.mutable_monthly_pue()->RemoveLast();
  EXPECT_NE(problems_of(file).find("takes twelve values"), std::string::npos);
  campus.add_monthly_pue(1.1);
  campus.set_pue(1.4);
  EXPECT_NE(problems_of(file).find("exceeds pue, the peak"), std::string::npos);
}

}  // namespace
}  // namespace racked::testing
