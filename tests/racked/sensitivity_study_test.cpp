#include <racked/sensitivity_study.h>

#include "scenario_text.h"

#include <racked/response.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <stdexcept>

namespace racked {
namespace {

// m = a + b with a uniform on [10, 30] and b on [0, 10]; d matters to nobody.
const char* const kSum =
    "campus { id: 'c'"
    " task { id: 'a' elapsed_days { uniform { min: 10 max: 30 } } }"
    " task { id: 'b' after { task: 'a' } elapsed_days { uniform { min: 0 max: 10 } } }"
    " task { id: 'd' elapsed_days { uniform { min: 0 max: 5 } } } }"
    "milestone { id: 'm' task: 'c.b' }";

SensitivityStudy study(const char* text, SensitivityMethod method, std::size_t size,
                       unsigned threads = 0) {
  ExperimentOptions options;
  options.seed = 3;
  options.threads = threads;
  return study_sensitivity(testing::model_of(text), "m", method, size, options);
}

// Between p10 and p90 a moves by 16 days and b by 8.
TEST(SensitivityStudy, ATornadoSwingsEveryInput) {
  const SensitivityStudy found = study(kSum, SensitivityMethod::tornado, 20);
  ASSERT_EQ(found.rows.size(), 3u);
  EXPECT_EQ(found.rows[0].input, "campus[c].task[a].elapsed_days");
  EXPECT_NEAR(found.rows[0].swing.high - found.rows[0].swing.low, 16, 1e-6);
  EXPECT_NEAR(found.rows[1].swing.high - found.rows[1].swing.low, 8, 1e-6);
  EXPECT_NEAR(found.rows[2].swing.high - found.rows[2].swing.low, 0, 1e-6);
  EXPECT_EQ(found.looks, 120u);
}

TEST(SensitivityStudy, MorrisFindsTheSlopes) {
  const SensitivityStudy found = study(kSum, SensitivityMethod::morris, 8);
  EXPECT_NEAR(found.rows[0].effects.mu_star, 20, 1e-6);
  EXPECT_NEAR(found.rows[1].effects.mu_star, 10, 1e-6);
  EXPECT_NEAR(found.rows[0].effects.sigma, 0, 1e-6);
}

// Variances 20²/12 and 10²/12: shares 0.8 and 0.2, nothing together, nothing else.
TEST(SensitivityStudy, SobolSharesAddUp) {
  const SensitivityStudy found = study(kSum, SensitivityMethod::sobol, 1024);
  ASSERT_EQ(found.rows.size(), 4u);
  EXPECT_NEAR(found.mean, 25, 0.1);
  EXPECT_NEAR(found.variance, 500.0 / 12, 1.5);
  EXPECT_NEAR(found.rows[0].index.first, 0.8, 0.02);
  EXPECT_NEAR(found.rows[0].index.total, 0.8, 0.02);
  EXPECT_NEAR(found.rows[1].index.total, 0.2, 0.02);
  EXPECT_NEAR(found.rows[2].index.total, 0, 1e-9);
  EXPECT_EQ(sensitivity_csv(found),
            sensitivity_csv(study(kSum, SensitivityMethod::sobol, 1024, 3)));
}

// Three buildings by one design, together one input; m when the last is done. The weather is all
// else there is.
TEST(SensitivityStudy, WhatADesignSaysIsOneInput) {
  const char* const text =
      "building_design { id: 'd' task { id: 's' elapsed_days { uniform { min: 0 max: 30 } } } }"
      "campus { id: 'c' building { id: 'b' design: 'd' count: 3 }"
      " task { id: 'end' after { task: 'b1.s' } after { task: 'b2.s' } after { task: 'b3.s' } } }"
      "milestone { id: 'm' task: 'c.end' }";
  const SensitivityStudy found = study(text, SensitivityMethod::sobol, 256);
  ASSERT_EQ(found.rows.size(), 2u);
  EXPECT_EQ(found.rows[0].input, "building_design[d].task[s].elapsed_days");
  EXPECT_NEAR(found.rows[0].index.total, 1, 0.1);
  EXPECT_NEAR(found.rows[1].index.total, 0, 1e-9);
}

// It strikes in a tenth of the replications, and then costs 20 days.
TEST(SensitivityStudy, WhatMayHappenSwingsBetweenNotAndYes) {
  const char* const text =
      "campus { id: 'c' task { id: 'a' elapsed_days { fixed: 10 } } }"
      "risk_event { id: 'flood' probability: 0.1 at { date: '2025-01-07' }"
      " consequence { task: 'c.a' delay_days { fixed: 20 } } }"
      "milestone { id: 'm' task: 'c.a' }";
  const SensitivityStudy found = study(text, SensitivityMethod::tornado, 10);
  EXPECT_NEAR(found.rows.at(0).swing.low, 10, 1e-6);
  EXPECT_NEAR(found.rows.at(0).swing.high, 30, 1e-6);
  const auto json = nlohmann::json::parse(sensitivity_json(found));
  EXPECT_EQ(json["inputs"][0]["input"], "risk_event[flood]");
}

TEST(SensitivityStudy, RefusesWhatIsNotThere) {
  ExperimentOptions options;
  const Model model = testing::model_of(kSum);
  EXPECT_THROW(study_sensitivity(model, "n", SensitivityMethod::morris, 1, options),
               std::invalid_argument);
  options.on_progress = [](const Progress&) { return false; };
  EXPECT_THROW(study_sensitivity(model, "m", SensitivityMethod::sobol, 4096, options), Stopped);
  const Model certain = testing::model_of(
      "campus { id: 'c' task { id: 'a' elapsed_days { fixed: 1 } } } milestone { id: 'm' task: "
      "'c.a' }");
  EXPECT_THROW(study_sensitivity(certain, "m", SensitivityMethod::morris, 1, {}),
               std::invalid_argument);
}

}  // namespace
}  // namespace racked
