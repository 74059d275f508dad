// Why milestones are reached when they are: by hand where durations are fixed.
#include <racked/explanation.h>

#include "scenario_text.h"

#include <places.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <numeric>

namespace racked::testing {
namespace {

using ::testing::HasSubstr;

// b waits for a, 20 days, and for a switch ordered on day 0 that takes 60; then it takes 10.
std::string plan(const std::string& more = "") {
  return "equipment { id: 'switch' lead_time_days { fixed: 60 } } " +
         campus(
             "order { id: 'o' equipment: 'switch' placed: '2025-01-06' } "
             "task { id: 'a' elapsed_days { fixed: 20 } } "
             "task { id: 'b' after { task: 'a' } elapsed_days { fixed: 10 } "
             "need { equipment: 'switch' } }") +
         "milestone { id: 'm' task: 'c.b' } " + more;
}

Explanation explained(const std::string& scenario, std::uint64_t replications = 4) {
  const Model model = model_of(scenario);
  ExplainOptions options;
  options.last = replications;
  return explain(model, Id<Milestone>(0), options);
}

const Criticality* criticality_of(const std::vector<Criticality>& all, const std::string& name) {
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.name == name; });
  return found == all.end() ? nullptr : &*found;
}

TEST(Explanation, TellsTheChainInWords) {
  const Explanation explanation = explained(plan());
  ASSERT_TRUE(explanation.median);
  EXPECT_EQ(explanation.median->replication, 0u);
  EXPECT_EQ(explanation.median->at, day(70));
  ASSERT_EQ(explanation.median->chain.size(), 2u);
  // a is done on day 20, the switch there on day 60, which is 7 March.
  const ExplainedLink& order = explanation.median->chain[0];
  EXPECT_EQ(order.element, "c.o");
  EXPECT_EQ(order.waited_days, 40);
  EXPECT_EQ(order.words,
            "c.b waited 40 days for switch, ordered on 2025-01-06, delivered on 2025-03-07");
  EXPECT_EQ(explanation.median->chain[1].words, "c.b took 10 days");
}

TEST(Explanation, FindsWhatWouldMoveTheMedianByAMonth) {
  const Explanation explanation = explained(plan());
  ASSERT_EQ(explanation.levers.size(), 2u);
  // The switch in 30 days instead of 60: b from day 30 to 40. In no time: b from day 20 to 30.
  const Lever& order = explanation.levers[0];
  EXPECT_EQ(order.kind, ElementKind::order);
  EXPECT_EQ(order.mean_days, 60);
  EXPECT_EQ(order.most_days, 40);
  ASSERT_TRUE(order.amount);
  EXPECT_NEAR(*order.amount, 0.5, 1.0 / 60);
  EXPECT_GE(*order.days, 30);
  EXPECT_LT(*order.days, 31);
  EXPECT_THAT(order.words, HasSubstr("the lead time of order c.o were 50 % shorter (30 days on"));
  // b in no time is 10 days and no more.
  const Lever& task = explanation.levers[1];
  EXPECT_NEAR(task.most_days, 10, 1e-9);
  EXPECT_FALSE(task.amount);
  EXPECT_EQ(task.words,
            "c.b: even in no time, the median would be only 10 days earlier; the chains then hang "
            "on order c.o");
  EXPECT_TRUE(explanation.together.empty());
}

// Two paths of 50 days: neither alone moves anything.
TEST(Explanation, PullsSeveralTogetherWhenNoneDoesAlone) {
  const Explanation explanation = explained(
      campus(
          "task { id: 'a' elapsed_days { fixed: 50 } } task { id: 'b' elapsed_days { fixed: 40 } "
          "} task { id: 'c' after { task: 'a' } after { task: 'b' } elapsed_days { fixed: 25 } }") +
      "milestone { id: 'm' task: 'c.c' }");
  // Without a it is 40 + 25, 10 days earlier; without c it is 50, 25 days earlier; without both 40.
  ASSERT_EQ(explanation.levers.size(), 2u);
  EXPECT_NEAR(explanation.levers[0].most_days, 10, 1e-9);
  EXPECT_EQ(explanation.levers[0].binds_then, "task c.b");
  EXPECT_NEAR(explanation.levers[1].most_days, 25, 1e-9);
  EXPECT_EQ(explanation.together, (std::vector<std::string>{"task c.c", "task c.a"}));
  EXPECT_NEAR(explanation.together_days, 35, 1e-9);
}

TEST(Explanation, OfARiskIsWhatItCostsByTheSameLuck) {
  const Explanation explanation = explained(
      plan(
          "risk_event { id: 'storm' probability: 0.5 at { date: '2025-01-11' } consequence { task: "
          "'c.b' delay_days { fixed: 8 } } } "
          "risk_event { id: 'rain' at { date: '2025-01-11' } consequence { task: 'c.a' delay_days "
          "{ "
          "fixed: 3 } } } "
          "risk_event { id: 'late' at { date: '2025-12-01' } consequence { task: 'c.a' delay_days "
          "{ "
          "fixed: 3 } } }"),
      100);
  const Criticality* storm = criticality_of(explanation.risks, "storm");
  ASSERT_NE(storm, nullptr);
  // Where it strikes b ends 8 days later, and so does all.
  EXPECT_EQ(storm->share, storm->struck);
  EXPECT_NEAR(storm->share, 0.5, 0.2);
  EXPECT_NEAR(storm->days, 8 * storm->share, 1e-9);
  // a has 40 days to spare.
  const Criticality* rain = criticality_of(explanation.risks, "rain");
  ASSERT_NE(rain, nullptr);
  EXPECT_EQ(rain->struck, 1);
  EXPECT_EQ(rain->share, 0);
  EXPECT_EQ(rain->days, 0);
  EXPECT_EQ(criticality_of(explanation.risks, "late")->struck, 0);
}

TEST(Explanation, ChargesEndWithTheMilestone) {
  // Two buildings of ten racks of 10 chips: 9 racks come on day 10, the others on day 30.
  const std::string halls =
      "product { id: 'r' chips_per_rack: 10 kw_per_rack: 1000 } "
      "building_design { id: 'd' feeder { id: 'f' capacity_mw: 10 energised { date: '2025-01-06' } "
      "} "
      "hall { id: 'h' product: 'r' racks: 10 feeder: 'f' } } " +
      campus(
          "pue: 1 building { id: 'b' design: 'd' count: 2 } delivery { id: 'x' product: 'r' "
          "lot { date: '2025-01-16' racks: 9 } lot { date: '2025-02-05' racks: 11 } }");
  const auto chips = static_cast<std::size_t>(Charge::chips);
  const Explanation nine = explained(halls + "milestone { id: 'm' usable_chips: 90 }");
  EXPECT_EQ(nine.charges[chips], 200 * 10);
  const Explanation all = explained(halls + "milestone { id: 'm' usable_chips: 200 }");
  EXPECT_EQ(all.charges[chips], 200 * 10 + 110 * 20);
  EXPECT_EQ(std::accumulate(all.charges.begin(), all.charges.end(), 0.0), all.charges[chips]);
  ASSERT_TRUE(all.median);
  EXPECT_EQ(all.median->chain[0].words,
            "a rack of r waited for lot 2 of c.x, 11 racks, due on 2025-02-05, arrived on "
            "2025-02-05");
  EXPECT_EQ(all.median->chain[0].flow, Charge::chips);
}

TEST(Explanation, FlowsAddUpToTheLengthOfTheChain) {
  const Model model = make_model(
      read_scenario(std::string(RACKED_SOURCE_DIR) + "/docs/scenarios/two_halls.textproto"));
  ExplainOptions options;
  options.last = 20;
  options.levers = 0;
  options.risks = 0;
  const Explanation explanation = explain(model, Id<Milestone>(1), options);
  const auto days = [](const std::vector<Criticality>& all) {
    return std::accumulate(all.begin(), all.end(), 0.0,
                           [](double sum, const auto& one) { return sum + one.days; });
  };
  EXPECT_NEAR(days(explanation.flows), days(explanation.elements), 1e-3);
  EXPECT_EQ(explanation.median->at, explanation.summary.p50);
  EXPECT_EQ(explanation.risks_left_out, 1u);
}

TEST(Explanation, OfWhatIsNeverReachedTellsWhoWaits) {
  const Explanation explanation =
      explained("equipment { id: 'switch' lead_time_days { fixed: 4000 } } " +
                campus("order { id: 'o' equipment: 'switch' placed: '2025-01-06' } "
                       "task { id: 'b' need { equipment: 'switch' } }") +
                "milestone { id: 'm' task: 'c.b' }");
  EXPECT_FALSE(explanation.median);
  EXPECT_THAT(explanation_text(explanation), HasSubstr("100.0 %  c.b: goods c.switch"));
  EXPECT_TRUE(nlohmann::json::parse(explanation_json(explanation))["median"].is_null());
}

TEST(Explanation, AMilestoneThatDoesNotExistIsRefused) {
  const Model model = model_of(plan());
  EXPECT_THROW(explain(model, Id<Milestone>(1), {}), std::out_of_range);
}

// What is tried with something changed says nothing of the milestone as it is.
TEST(Explanation, ProgressTellsTheMilestoneOfThePlan) {
  const Model model = model_of(plan());
  ExplainOptions options;
  std::vector<Progress> told;
  options.on_progress = [&](const Progress& progress) {
    told.push_back(progress);
    return true;
  };
  const Explanation explanation = explain(model, Id<Milestone>(0), options);
  ASSERT_FALSE(told.empty());
  EXPECT_EQ(told.back().done, told.back().total);
  ASSERT_EQ(told.back().milestones.size(), 1u);
  EXPECT_EQ(told.back().milestones[0].name, explanation.milestone);
  EXPECT_EQ(told.back().milestones[0].replications, 100u);
  EXPECT_EQ(told.back().milestones[0].p50, date_of(explanation.summary.p50, model.start));
}

// What needs no more runs is told of results as of the runs themselves.
TEST(Explanation, OfResultsIsThatOfTheRuns) {
  const Model model = model_of(plan());
  const Explanation whole = explain(model, Id<Milestone>(0), {});
  ExperimentOptions options;
  options.last = 100;
  const Results results = run(model, options);
  const std::uint64_t median = results.replications[median_row(results, 0).value()];
  const Explanation own =
      explanation_of(model, results, Id<Milestone>(0), simulate(model, 0, median));
  ASSERT_TRUE(own.median && whole.median);
  EXPECT_EQ(own.median->replication, whole.median->replication);
  ASSERT_EQ(own.median->chain.size(), whole.median->chain.size());
  for (std::size_t i = 0; i < own.median->chain.size(); ++i)
    EXPECT_EQ(own.median->chain[i].words, whole.median->chain[i].words);
  EXPECT_EQ(own.elements.size(), whole.elements.size());
  EXPECT_TRUE(own.levers.empty());
  // Another replication is not the median.
  EXPECT_THROW(explanation_of(model, results, Id<Milestone>(0), simulate(model, 0, median + 1)),
               std::logic_error);
}

TEST(Explanation, ComesBackFromItsJson) {
  const Explanation explanation = explain(model_of(plan()), Id<Milestone>(0), {});
  const Explanation again = explanation_from_json(explanation_json(explanation));
  EXPECT_EQ(again.scenario_hash, explanation.scenario_hash);
  EXPECT_EQ(again.milestone, explanation.milestone);
  EXPECT_EQ(again.replication_ranges, explanation.replication_ranges);
  EXPECT_EQ(again.charges, explanation.charges);
  ASSERT_TRUE(again.median.has_value());
  EXPECT_EQ(again.median->replication, explanation.median->replication);
  EXPECT_EQ(again.median->chain.back().words, explanation.median->chain.back().words);
  ASSERT_EQ(again.levers.size(), explanation.levers.size());
  for (std::size_t i = 0; i < again.levers.size(); ++i)
    EXPECT_EQ(again.levers[i].words, explanation.levers[i].words);
  ASSERT_EQ(again.flows.size(), explanation.flows.size());
  EXPECT_EQ(again.flows[0].days, explanation.flows[0].days);
  for (const char* bad : {"", "{}", "[1]", "{\"scenario\": 3}"})
    EXPECT_THROW(explanation_from_json(bad), std::invalid_argument) << bad;
}

TEST(Explanation, StopsWhenAskedTo) {
  const Model model = model_of(plan());
  ExplainOptions options;
  options.on_progress = [](const Progress& progress) { return progress.done < 100; };
  const Explanation explanation = explain(model, Id<Milestone>(0), options);
  EXPECT_TRUE(explanation.stopped);
  EXPECT_TRUE(explanation.levers.empty());
}

}  // namespace
}  // namespace racked::testing
