// What a run under way says of its milestones.
#include "command_fixture.h"
#include "scenario_text.h"

#include <racked/experiment.h>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <sstream>
#include <vector>

namespace racked::testing {
namespace {

Progress last_of(const Model& model, std::uint64_t replications, const Results* done = nullptr,
                 unsigned threads = 1) {
  ExperimentOptions options;
  options.last = replications;
  options.threads = threads;
  options.done = done;
  Progress last;
  options.on_progress = [&](const Progress& progress) {
    last = progress;
    return true;
  };
  run(model, options);
  return last;
}

const std::string kUniform =
    campus(
        "task { id: 't' elapsed_days { uniform { min: 10 max: 110 } } } "
        "task { id: 'u' elapsed_days { fixed: 400 } }") +
    "milestone { id: 'm' task: 'c.t' } milestone { id: 'never' task: 'c.u' }";

TEST(Estimates, AtTheEndAreThoseOfTheResults) {
  const Model model = model_of(kUniform);
  ExperimentOptions options;
  options.last = 100;
  const Results results = run(model, options);
  const Progress last = last_of(model, 100);
  ASSERT_EQ(last.milestones.size(), 2u);
  const MilestoneEstimate& estimate = last.milestones[0];
  EXPECT_EQ(estimate.name, "m");
  EXPECT_EQ(estimate.replications, 100u);
  EXPECT_EQ(estimate.reached, 1);
  EXPECT_EQ(estimate.p50, date_of(quantile(results, 0, 0.5), model.start));
  // Of 100 times in order the 40th and the 61st: 50 ± 1.96 · 10 / 2 is 40.2 … 59.8, told outwards.
  std::vector<des::Time> times;
  for (std::size_t row = 0; row < 100; ++row) times.push_back(results.reached[2 * row]);
  std::sort(times.begin(), times.end());
  ASSERT_TRUE(estimate.half_width_days);
  EXPECT_NEAR(*estimate.half_width_days,
              static_cast<double>((times[60] - times[39]).count()) / 86'400e9 / 2, 1e-9);
  EXPECT_EQ(last.milestones[1].reached, 0);
  EXPECT_FALSE(last.milestones[1].p50);
  EXPECT_FALSE(last.milestones[1].half_width_days);
}

TEST(Estimates, TightenWithTheRootOfTheReplications) {
  const Model model = model_of(kUniform);
  // The 40th and 61st of 100 lie about 21 of 101 hundredths of 100 days apart; of 1,600, 39 √1,600
  // / 2 is 40 of 800 on both sides: 5 days in all.
  const double few = *last_of(model, 100).milestones[0].half_width_days;
  const double many = *last_of(model, 1600).milestones[0].half_width_days;
  EXPECT_NEAR(few, 10.4, 6);
  EXPECT_NEAR(many, 2.5, 1);
  EXPECT_FALSE(last_of(model, 5).milestones[0].half_width_days);
}

TEST(Estimates, KnowWhatWasDoneBefore) {
  const Model model = model_of(kUniform);
  ExperimentOptions options;
  options.last = 60;
  const Results done = run(model, options);
  const MilestoneEstimate on = last_of(model, 100, &done).milestones[0];
  const MilestoneEstimate whole = last_of(model, 100, nullptr, 3).milestones[0];
  EXPECT_EQ(on.replications, 100u);
  EXPECT_EQ(on.p50, whole.p50);
  EXPECT_EQ(on.half_width_days, whole.half_width_days);
}

class ProgressCommand : public Command {};

TEST_F(ProgressCommand, LinesForProgramsCarryEstimates) {
  const Outcome outcome =
      run({"run", kTwoHalls, "-n", "100", "--progress", "json", "--format", "json"});
  std::istringstream lines(outcome.err);
  std::string line, last;
  while (std::getline(lines, line)) last = line;
  const auto milestones = nlohmann::json::parse(last).at("milestones");
  const auto summary = nlohmann::json::parse(outcome.out).at("milestones");
  ASSERT_EQ(milestones.size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(milestones[i]["name"], summary[i]["name"]);
    EXPECT_EQ(milestones[i]["p50"], summary[i]["p50"]);
    EXPECT_EQ(milestones[i]["replications"], 100);
    EXPECT_GT(milestones[i]["half_width_days"].get<double>(), 0);
  }
}

TEST_F(ProgressCommand, TheBarShowsThem) {
  const Outcome outcome = run({"run", kTwoHalls, "-n", "100", "--progress", "bar"});
  EXPECT_THAT(outcome.err, ::testing::HasSubstr("first_hall P50 2025-"));
  EXPECT_THAT(outcome.err, ::testing::HasSubstr(" ± "));
  // On one line of 80 columns.
  std::istringstream parts(outcome.err);
  for (std::string part; std::getline(parts, part, '\r');)
    EXPECT_LE(widest_line(part.substr(0, part.find('\x1b'))), 80u) << part;
}

}  // namespace
}  // namespace racked::testing
