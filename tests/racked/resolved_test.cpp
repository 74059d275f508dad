// Scenarios as results keep them: the same model, the same hash, the same replications.
#include <racked/resolved.h>

#include <racked/experiment.h>
#include <racked/files.h>
#include <racked/results.h>
#include <racked/simulation.h>

#include <places.h>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace racked {
namespace {

const std::string kScenarios = std::string(RACKED_SOURCE_DIR) + "/docs/scenarios/";

std::vector<des::Time> reached(const Model& model, std::uint64_t replication) {
  std::vector<des::Time> times;
  for (const Reached& milestone : simulate(model, 3, replication).milestones)
    times.push_back(milestone.at);
  return times;
}

TEST(Resolved, IsTheModelAgain) {
  const Model model =
      make_model(read_scenario(kScenarios + "two_halls.textproto", {},
                               {{"campus[example].feeder[utility].energised.date", "2025-09-01"}}));
  const Model again = resolved_model(model.resolved);
  EXPECT_EQ(again.hash, model.hash);
  EXPECT_EQ(reached(again, 5), reached(model, 5));
}

TEST(Resolved, ReadsAgainFromItsText) {
  for (const char* name : {"two_halls", "two_tenants", "rainier", "world", "bridge_power"}) {
    const Model model = make_model(read_scenario(kScenarios + name + ".textproto"));
    EXPECT_EQ(make_model(parse_scenario(resolved_text(model.resolved))).hash, model.hash) << name;
  }
}

TEST(Resolved, StaysWithResultsThatAreMergedAndWritten) {
  const Model model = make_model(read_scenario(kScenarios + "two_halls.textproto"));
  ExperimentOptions options;
  options.last = 3;
  const Results a = run(model, options);
  options.first = 3;
  options.last = 5;
  const Results whole = merge({run(model, options), a});
  EXPECT_EQ(whole.resolved, model.resolved);
  EXPECT_EQ(results_from_bytes(results_to_bytes(whole)).resolved, model.resolved);
  EXPECT_EQ(make_model(parse_scenario(resolved_scenario(whole))).hash, whole.scenario_hash);
}

TEST(Resolved, BytesOfSomethingElseAreRefused) {
  EXPECT_THROW(resolved_model("\xFF\xFF something else"), ScenarioError);
}

}  // namespace
}  // namespace racked
