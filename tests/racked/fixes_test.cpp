#include <racked/fixes.h>

#include "scenario_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <stdexcept>

namespace racked {
namespace {

// Two shells of 10 days, one after the other by the one crew of 4; then 5 days of works; a gate of
// 8 days is never last.
const char* const kSite = R"(
  crew { id: 'hands' headcount: 4 }
  building_design { id: 'd'
    task { id: 'shell' elapsed_days { fixed: 10 } need { crew: 'hands' count: 4 } } }
  campus { id: 'c'
    building { id: 'b' design: 'd' count: 2 }
    task { id: 'gate' elapsed_days { fixed: 8 } }
    task { id: 'works' after { task: 'b1.shell' } after { task: 'b2.shell' } after { task: 'gate' }
           elapsed_days { fixed: 5 } } }
  milestone { id: 'm' task: 'c.works' })";

ExperimentOptions three() {
  ExperimentOptions options;
  options.last = 3;
  return options;
}

FixTable table(const FixSize& size, std::size_t most = 30) {
  return value_of_fixes(testing::year_2025(kSite), "m", size, most, three());
}

const FixValue* find_fix(const FixTable& fixes, const std::string& what) {
  for (const FixValue& value : fixes.values)
    if (value.fix.what == what) return &value;
  return nullptr;
}

// Shells of 8 days instead of 10, one after the other: 4 days. Works of 4 instead of 5: 1 day. With
// 8 hands (100 % larger) both shells at once: 10 days. The gate is on no chain and not tried.
TEST(Fixes, GainWhatTheyShouldByHand) {
  const FixTable fixes = table({0.2, 1.0});
  EXPECT_EQ(fixes.values.at(0).fix.what, "crew[hands]");
  EXPECT_NEAR(fixes.values.at(0).difference.days, -10, 1e-6);
  EXPECT_EQ(fixes.values.at(1).fix.what, "building_design[d].task[shell].elapsed_days");
  EXPECT_NEAR(fixes.values.at(1).difference.days, -4, 1e-6);
  EXPECT_EQ(fixes.values.at(2).fix.what, "campus[c].task[works].elapsed_days");
  EXPECT_NEAR(fixes.values.at(2).difference.days, -1, 1e-6);
  EXPECT_EQ(find_fix(fixes, "campus[c].task[gate].elapsed_days"), nullptr);
  EXPECT_EQ(fixes.values.at(0).fix.variant.edits.at(0).value, "8");
  EXPECT_THAT(fixes_csv(fixes),
              ::testing::HasSubstr("task,campus[c].task[works].elapsed_days,1,5,1,"));
  EXPECT_EQ(nlohmann::json::parse(fixes_json(fixes))["fixes"].size(), fixes.values.size());
}

// The crew gains 10 days for 5 M$, the works one day for 0.1 M$: 2 and 10 days a million dollars.
// The shell, of which no price is known, comes after them.
TEST(Fixes, WithAPriceComeFirstByDaysPerDollar) {
  const auto priced = [](const FixPrices& prices, std::size_t most) {
    return value_of_fixes(testing::year_2025(kSite), "m", {0.2, 1.0}, most, three(), prices);
  };
  const std::string works = "campus[c].task[works].elapsed_days";
  const FixTable fixes = priced({{"crew[hands]", 5e6}, {works, 1e5}}, 30);
  ASSERT_GE(fixes.values.size(), 3u);
  EXPECT_EQ(fixes.values[0].fix.what, works);
  EXPECT_NEAR(fixes.values[0].days_per_million_usd().value(), 10, 1e-6);
  EXPECT_EQ(fixes.values[1].fix.what, "crew[hands]");
  EXPECT_NEAR(fixes.values[1].days_per_million_usd().value(), 2, 1e-6);
  EXPECT_EQ(fixes.values[2].fix.what, "building_design[d].task[shell].elapsed_days");
  EXPECT_FALSE(fixes.values[2].days_per_million_usd());
  EXPECT_THAT(fixes_csv(fixes), ::testing::HasSubstr(",3,100000,10,"));
  // What has a price is tried, however few are.
  EXPECT_EQ(priced({{works, 1e5}}, 1).values.at(0).fix.what, works);
  EXPECT_THROW(priced({{works, 0}}, 1), std::invalid_argument);
  try {
    priced({{"crew[hand]", 1}}, 1);
    FAIL();
  } catch (const std::invalid_argument& error) {
    EXPECT_STREQ(
        error.what(),
        "'crew[hand]' has a price, but no part in the critical chains of 'm'; did you mean "
        "'crew[hands]'?");
  }
}

TEST(Fixes, ACrewGrowsByOneHeadAtLeast) {
  EXPECT_EQ(find_fix(table({0.2, 0.1}), "crew[hands]")->fix.variant.edits.at(0).value, "5");
}

TEST(Fixes, OnlyThoseWithMostDaysOnTheChainAreTried) {
  const FixTable fixes = table({0.2, 0.2}, 1);
  EXPECT_EQ(fixes.values.size(), 1u);
  EXPECT_GE(fixes.left_out, 1u);
}

// Power comes 2025-03-07, 60 days after the start: by a fifth earlier it is 2025-02-23. Lead times
// are scaled with their whole distribution, and keep their drivers.
TEST(Fixes, OfPowerAndEquipment) {
  const ScenarioFile file = testing::year_2025(R"(
    risk_driver { id: 'market' factor { uniform { min: 1 max: 1.5 } } }
    equipment { id: 'pump' lead_time_days { pert { min: 100 mode: 120 max: 200 } driver: 'market' } }
    campus { id: 'c'
      feeder { id: 'f' capacity_mw: 5 energised { date: '2025-03-07' } }
      order { id: 'o' equipment: 'pump' placed: '2025-01-06' }
      task { id: 'a' need { energised: 'f' } elapsed_days { fixed: 2 } }
      task { id: 'b' need { equipment: 'pump' } elapsed_days { fixed: 2 } } }
    milestone { id: 'power' task: 'c.a' }
    milestone { id: 'pump' task: 'c.b' })");
  const FixTable power = value_of_fixes(file, "power", {0.2, 0.2}, 30, three());
  const FixValue* feeder = find_fix(power, "campus[c].feeder[f]");
  ASSERT_NE(feeder, nullptr);
  EXPECT_EQ(feeder->fix.variant.edits.at(0).value, "2025-02-23");
  EXPECT_NEAR(feeder->difference.days, -12, 1e-6);
  const FixTable pump = value_of_fixes(file, "pump", {0.5, 0.2}, 30, three());
  const FixValue* order = find_fix(pump, "equipment[pump].lead_time_days");
  ASSERT_NE(order, nullptr);
  EXPECT_EQ(order->fix.variant.edits.at(0).value,
            "{ pert { min: 50 mode: 60 max: 100 } driver: \"market\" }");
  // Everything but the task's own two days is halved.
  EXPECT_NEAR(order->difference.variant_days - 2, (order->difference.baseline_days - 2) / 2, 1e-5);
}

// The second design is like the first: its shell is written there, and there it is made shorter.
TEST(Fixes, OfDesignsThatAreLikeOthersAreMadeWhereTheyAreWritten) {
  const ScenarioFile file = testing::year_2025(R"(
    building_design { id: 'd' task { id: 'shell' elapsed_days { fixed: 10 } } }
    building_design { id: 'e' like: 'd' }
    campus { id: 'c' building { id: 'b' design: 'e' } }
    milestone { id: 'm' task: 'c.b.shell' })");
  const FixTable fixes = value_of_fixes(file, "m", {0.2, 0.2}, 30, three());
  ASSERT_EQ(fixes.values.size(), 1u);
  EXPECT_EQ(fixes.values[0].fix.what, "building_design[d].task[shell].elapsed_days");
  EXPECT_NEAR(fixes.values[0].difference.days, -2, 1e-6);
}

TEST(Fixes, RefusesWhatMakesNoSense) {
  EXPECT_THROW(table({1.0, 0.2}), std::invalid_argument);
  EXPECT_THROW(table({0.2, 0.0}), std::invalid_argument);
  EXPECT_THROW(value_of_fixes(testing::year_2025(kSite), "n", {}, 1, three()),
               std::invalid_argument);
}

}  // namespace
}  // namespace racked
