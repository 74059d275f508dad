#include <racked/inputs.h>

#include "scenario_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace racked {
namespace {

std::vector<std::string> paths(const std::vector<UncertainInput>& inputs) {
  std::vector<std::string> all;
  for (const UncertainInput& input : inputs) all.push_back(input.path);
  return all;
}

const char* const kScenario = R"(
  risk_driver { id: 'market' probability: 0.3 factor { uniform { min: 1 max: 2 } } }
  risk_driver { id: 'sure' factor { fixed: 2 } }
  risk_event { id: 'flood' probability: 0.1 at { date: '2025-03-01' slip_days { uniform { min: 0 max: 9 } } }
    consequence { task: 'c.b1.shell' delay_days { fixed: 3 } } }
  building_design { id: 'd' task { id: 'shell' elapsed_days { uniform { min: 5 max: 9 } } } }
  campus { id: 'c'
    building { id: 'b' design: 'd' count: 3 }
    task { id: 'gate' elapsed_days { fixed: 3 } rework { probability: 0.5 } } })";

TEST(Inputs, AreWhatVariesOncePerPlaceInTheScenario) {
  const auto inputs = uncertain_inputs(testing::model_of(kScenario));
  EXPECT_THAT(paths(inputs),
              ::testing::ElementsAre("building_design[d].task[shell].elapsed_days",
                                     "campus[c].task[gate].rework", "risk_driver[market]",
                                     "risk_event[flood]", "risk_event[flood].at.slip_days"));
  EXPECT_EQ(inputs[0].purposes.size(), 3u);  // of three buildings
  EXPECT_FALSE(inputs[0].single);
  EXPECT_EQ(inputs[2].purposes.size(), 2u);  // whether it strikes, and how
  EXPECT_EQ(inputs[2].chances.size(), 1u);
  EXPECT_EQ(inputs[2].kind, UncertainInput::Kind::chance);
  EXPECT_TRUE(inputs[4].single);
}

TEST(Inputs, PinningGivesEveryDrawTheNumberAndChancesAHalf) {
  const auto inputs = uncertain_inputs(testing::model_of(kScenario));
  Luck luck;
  pin(inputs[0], 0.1, luck);
  ASSERT_EQ(luck.given.size(), 3u);
  EXPECT_EQ(luck.number(0, inputs[0].purposes[1], 5, 1), 0.1);
  Luck strikes, not_strikes;
  pin(inputs[3], 0.9, strikes);
  pin(inputs[3], 0.1, not_strikes);
  EXPECT_LT(strikes.number(0, inputs[3].chances[0], 0, 0), 1e-9);
  EXPECT_GT(not_strikes.number(0, inputs[3].chances[0], 0, 0), 1 - 1e-9);
}

TEST(Inputs, RedrawingChangesAllDrawsOrTheOneThereIs) {
  const auto inputs = uncertain_inputs(testing::model_of(kScenario));
  Luck one, again, other;
  redraw(inputs[0], 0.3, one);
  redraw(inputs[0], 0.3, again);
  redraw(inputs[0], 0.7, other);
  for (const std::uint64_t purpose : inputs[0].purposes) {
    EXPECT_EQ(one.number(1, purpose, 0, 0), again.number(1, purpose, 0, 0));
    EXPECT_NE(one.number(1, purpose, 0, 0), other.number(1, purpose, 0, 0));
  }
  redraw(inputs[4], 0.3, one);
  EXPECT_EQ(one.number(1, inputs[4].purposes[0], 0, 0), 0.3);
}

}  // namespace
}  // namespace racked
