#include <racked/luck.h>

#include "scenario_text.h"

#include <racked/des/random_stream.h>
#include <racked/des/statistics.h>
#include <racked/experiment.h>
#include <racked/simulation.h>

#include <gtest/gtest.h>

#include <cmath>

namespace racked {
namespace {

using Kind = GivenLuck::Kind;

double drawn(std::uint64_t purpose, std::uint64_t replication, std::uint64_t index = 0) {
  return des::RandomStream(7, purpose, replication, index).uniform();
}

TEST(Luck, ComesFromTheStreamsUnlessItIsGiven) {
  Luck luck;
  luck.replication = 3;
  luck.given = {{10, Kind::first_number, 0.25, 0},
                {20, Kind::every_number, 0.75, 0},
                {30, Kind::stream, 0, 8}};
  EXPECT_EQ(luck.number(7, 5, 0, 0), drawn(5, 3));
  EXPECT_EQ(luck.number(7, 10, 0, 0), 0.25);
  EXPECT_EQ(luck.number(7, 10, 1, 0), drawn(10, 3, 1));
  EXPECT_NE(luck.number(7, 10, 0, 1), 0.25);
  EXPECT_EQ(luck.number(7, 20, 4, 2), 0.75);
  EXPECT_EQ(luck.number(7, 30, 2, 0), drawn(30, 8, 2));
  luck.mirrored = true;
  EXPECT_EQ(luck.number(7, 5, 0, 0), 1 - drawn(5, 3));
  EXPECT_EQ(luck.number(7, 10, 0, 0), 0.25);
}

const char* const kTwoTasks =
    "campus { id: 'c'"
    " task { id: 'a' elapsed_days { uniform { min: 10 max: 30 } } }"
    " task { id: 'b' after { task: 'a' } elapsed_days { uniform { min: 0 max: 10 } } } }"
    "milestone { id: 'm' task: 'c.b' }";

double days(const Simulation& simulation) {
  return static_cast<double>(simulation.timeline().milestones[0].at.time_since_epoch().count()) /
         86'400e9;
}

// a takes 10 + 20 · ¼ = 15 days, b 10 · ½ = 5.
TEST(Luck, GivenNumbersReachTheSimulation) {
  const Model model = testing::model_of(kTwoTasks);
  Luck luck;
  for (const Task& task : model.tasks)
    luck.given.push_back(
        {task.duration.purpose, Kind::first_number, task.name == "c.a" ? 0.25 : 0.5, 0});
  std::sort(luck.given.begin(), luck.given.end(),
            [](const auto& a, const auto& b) { return a.purpose < b.purpose; });
  Simulation simulation(model, 1, 0);
  simulation.restart(1, 0, luck);
  simulation.run();
  EXPECT_NEAR(days(simulation), 20, 1e-6);
  // What was given is forgotten by the next replication.
  simulation.restart(1, 0);
  simulation.run();
  EXPECT_EQ(simulation.timeline().milestones[0].at, simulate(model, 1, 0).milestones[0].at);
}

std::vector<double> all_days(const Model& model, const LuckPlan* plan, std::uint64_t count) {
  ExperimentOptions options;
  options.last = count;
  options.luck = plan;
  const Results results = run(model, options);
  std::vector<double> numbers;
  for (const des::Time at : results.reached)
    numbers.push_back(static_cast<double>(at.time_since_epoch().count()) / 86'400e9);
  return numbers;
}

// Sums of uniforms: u and 1 − u add up to the same in every pair, 10 + 30 + 0 + 10 = 50 days: no
// variance is left between the pairs.
TEST(Luck, AntitheticPairsCancelWhatIsStraight) {
  const Model model = testing::model_of(kTwoTasks);
  const LuckPlan plan = antithetic_luck();
  const std::vector<double> numbers = all_days(model, &plan, 20);
  for (std::size_t i = 0; i < numbers.size(); i += 2)
    EXPECT_NEAR(numbers[i] + numbers[i + 1], 50, 1e-6);
  // The first of every pair is what its streams give.
  EXPECT_EQ(numbers[6], all_days(model, nullptr, 4)[3]);
}

TEST(Luck, OtherLuckIsToldInTheHash) {
  const Model model = testing::model_of(kTwoTasks);
  const LuckPlan plan = antithetic_luck();
  ExperimentOptions options;
  const Results plain = run(model, options);
  options.luck = &plan;
  EXPECT_NE(run(model, options).scenario_hash, plain.scenario_hash);
}

}  // namespace
}  // namespace racked
