#include <racked/variance_reduction.h>

#include "scenario_text.h"

#include <racked/experiment.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

namespace racked {
namespace {

// Three tasks in a row: 10 … 30, 0 … 10 and 0 … 5 days, mean 20 + 5 + 2.5; a driver of its own.
const char* const kChain =
    "risk_driver { id: 'r' factor { uniform { min: 1 max: 1.1 } } }"
    "campus { id: 'c'"
    " task { id: 'a' elapsed_days { uniform { min: 10 max: 30 } } }"
    " task { id: 'b' after { task: 'a' } elapsed_days { uniform { min: 0 max: 10 } } }"
    " task { id: 'd' after { task: 'b' } elapsed_days { uniform { min: 0 max: 5 } } } }"
    "milestone { id: 'm' task: 'c.d' }";

Results run_with(const Model& model, const LuckPlan* plan, std::uint64_t count,
                 unsigned threads = 0) {
  ExperimentOptions options;
  options.seed = 5;
  options.last = count;
  options.threads = threads;
  options.luck = plan;
  return run(model, options);
}

TEST(VarianceReduction, LeadingAreSharedFactorsThenTheWidest) {
  const Model model = testing::model_of(kChain);
  const auto purpose = [&](const char* name) {
    return model.tasks[testing::find(model.tasks, name)].duration.purpose;
  };
  EXPECT_THAT(leading_purposes(model, 3),
              ::testing::ElementsAre(model.drivers[Id<RiskDriver>(0)].factor.purpose,
                                     purpose("c.a"), purpose("c.b")));
}

// Of replications that do not depend on each other nothing is removed: with 500 blocks of two the
// share has a standard error of about √(2/500) = 0.06.
TEST(VarianceReduction, BlocksOfIndependentReplicationsRemoveNothing) {
  const Model model = testing::model_of(kChain);
  const BlockMean mean = mean_by_blocks(run_with(model, nullptr, 1001), 0, 2);
  EXPECT_EQ(mean.blocks, 500u);
  EXPECT_NEAR(mean.variance_removed.value(), 0, 0.25);
  EXPECT_NEAR(mean.days, 27.5, 1);
}

TEST(VarianceReduction, AntitheticPairsRemoveAllOfWhatIsStraight) {
  const Model model = testing::model_of(kChain);
  const ReducedVariance pairs = antithetic();
  const BlockMean mean = mean_by_blocks(run_with(model, &pairs.plan, 100), 0, pairs.block);
  EXPECT_NEAR(mean.variance_removed.value(), 1, 1e-9);
  EXPECT_NEAR(mean.days, 27.5, 1e-6);
}

TEST(VarianceReduction, QuasiRandomBlocksRemoveNearlyAllOfWhatIsSmooth) {
  const Model model = testing::model_of(kChain);
  const ReducedVariance blocks = quasi_random(model, 5, 64);
  const Results results = run_with(model, &blocks.plan, 640);
  const BlockMean mean = mean_by_blocks(results, 0, blocks.block);
  EXPECT_EQ(mean.blocks, 10u);
  EXPECT_GT(mean.variance_removed.value(), 0.95);
  EXPECT_NEAR(mean.days, 27.5, 0.1);
  EXPECT_EQ(run_with(model, &blocks.plan, 640, 3).reached, results.reached);
}

// An interval from the times in order takes replications for independent.
TEST(VarianceReduction, ProgressGivesNoIntervalUnderOtherLuck) {
  const Model model = testing::model_of(kChain);
  const ReducedVariance pairs = antithetic();
  for (const LuckPlan* plan : {static_cast<const LuckPlan*>(nullptr), &pairs.plan}) {
    ExperimentOptions options;
    options.last = 100;
    options.luck = plan;
    Progress told;
    options.on_progress = [&](const Progress& progress) {
      told = progress;
      return true;
    };
    run(model, options);
    ASSERT_EQ(told.milestones.size(), 1u);
    EXPECT_TRUE(told.milestones[0].p50.has_value());
    EXPECT_EQ(told.milestones[0].half_width_days.has_value(), plan == nullptr);
  }
}

TEST(VarianceReduction, RefusesWhatMakesNoSense) {
  const Model model = testing::model_of(kChain);
  EXPECT_THROW(quasi_random(model, 0, 48), std::invalid_argument);
  EXPECT_THROW(quasi_random(model, 0, 64, 0), std::invalid_argument);
  EXPECT_THROW(mean_by_blocks(run_with(model, nullptr, 4), 0, 0), std::invalid_argument);
  EXPECT_THROW(mean_by_blocks(run_with(model, nullptr, 4), 1, 2), std::out_of_range);
}

}  // namespace
}  // namespace racked
