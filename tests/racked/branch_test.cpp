#include "random_scenario.h"
#include "scenario_text.h"

#include <racked/experiment.h>

#include <gtest/gtest.h>

#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace racked::testing {
namespace {

std::string plan(const std::string& second_days, const std::string& energised,
                 const std::string& lead, int headcount) {
  return "crew { id: 'w' headcount: 2 step { date: '2025-05-01' headcount: " +
         std::to_string(headcount) + " } } equipment { id: 'e' lead_time_days { " + lead + " } } " +
         campus("feeder { id: 'f' capacity_mw: 5 energised { date: '" + energised +
                "' } } "
                "order { id: 'o' equipment: 'e' placed: '2025-01-16' } "
                "task { id: 'a' elapsed_days { fixed: 50 } } "
                "task { id: 'b' after { task: 'a' } elapsed_days { " +
                second_days +
                " } } "
                "task { id: 'on' need { energised: 'f' } } "
                "task { id: 'install' need { equipment: 'e' } } "
                "task { id: 'crowd' not_before: '2025-05-05' need { crew: 'w' count: 2 } "
                "elapsed_days { fixed: 1 } }");
}

TEST(Branch, WhatHasNotBegunFollowsTheOtherModel) {
  const Model trunk = model_of(plan("fixed: 10", "2025-04-06", "fixed: 60", 2));
  // From day 40 on: b takes 20 days, the grid comes on day 60, equipment takes 100 days.
  const Model branch = model_of(plan("fixed: 20", "2025-03-07", "fixed: 100", 3));
  Simulation simulation(trunk, 1, 0);
  simulation.run_until(day(40));
  Simulation untouched = simulation;
  simulation.continue_by(branch);
  simulation.run();
  const Timeline& timeline = simulation.timeline();
  EXPECT_EQ(run_of(branch, timeline, "c.a").finish, day(50));  // under way
  EXPECT_EQ(run_of(branch, timeline, "c.b").finish, day(70));
  EXPECT_EQ(run_of(branch, timeline, "c.on").start, day(60));
  // Ordered on day 10 and on its way: 100 days instead of 60.
  EXPECT_EQ(run_of(branch, timeline, "c.install").start, day(110));
  EXPECT_EQ(run_of(branch, timeline, "c.crowd").start, day(119));
  untouched.run();
  EXPECT_EQ(run_of(trunk, untouched.timeline(), "c.on").start, day(90));
  EXPECT_EQ(run_of(trunk, untouched.timeline(), "c.install").start, day(70));
}

TEST(Branch, WhatComesSoonerComesSoonerOnce) {
  const Model trunk = model_of(plan("fixed: 10", "2025-04-06", "fixed: 100", 2));
  const Model branch = model_of(plan("fixed: 10", "2025-04-06", "fixed: 60", 2));
  Simulation simulation(trunk, 1, 0);
  simulation.run_until(day(40));
  simulation.continue_by(branch);
  simulation.run();
  ASSERT_EQ(simulation.timeline().goods.size(), 1u);
  EXPECT_EQ(simulation.timeline().goods[0].arrived, day(70));
}

// All that a timeline tells of times.
std::vector<des::Time> times(const Timeline& timeline) {
  std::vector<des::Time> all;
  for (const TaskRun& run : timeline.task_runs) all.insert(all.end(), {run.start, run.finish});
  for (const GoodsArrival& goods : timeline.goods) all.push_back(goods.arrived);
  for (const Energisation& record : timeline.energisations) all.push_back(record.at);
  for (const RackLot& lot : timeline.lots) all.push_back(lot.arrived);
  for (const RackRun& rack : timeline.racks) all.insert(all.end(), {rack.assigned, rack.usable});
  for (const RiskStrike& strike : timeline.strikes) all.push_back(strike.at);
  for (const Reached& milestone : timeline.milestones) all.push_back(milestone.at);
  for (const AssignedUnits& change : timeline.assigned) all.push_back(change.at);
  for (const Firing& firing : timeline.firings) all.push_back(firing.at);
  for (const Payment& payment : timeline.payments)
    all.insert(all.end(), {payment.at, des::Time(des::Duration(payment.cents))});
  return all;
}

TEST(Branch, ByAnEqualModelNothingChanges) {
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    ScenarioFile file = RandomScenario(seed).make();
    const Model trunk = make_model(file);
    const Model same = make_model(file);
    file.scenario.set_title("other words for the same");
    const Model retold = make_model(file);
    Simulation whole(trunk, 1, seed);
    whole.run();
    for (const Model* model : {&same, &retold}) {
      Simulation branch(trunk, 1, seed);
      branch.run_until(day(20 + seed % 200));
      branch.continue_by(*model);
      branch.run();
      EXPECT_EQ(times(branch.timeline()), times(whole.timeline())) << seed;
      EXPECT_EQ(branch.timeline().samples, whole.timeline().samples) << seed;
      EXPECT_EQ(branch.timeline().charges, whole.timeline().charges) << seed;
      if (model == &same) {
        EXPECT_EQ(branch.timeline().events, whole.timeline().events);
      }
    }
  }
}

TEST(Branch, AFeederEnergisedWithItsFirstRampStepIsSoInOneGo) {
  // Both on day 54, whichever event was scheduled first: the branch schedules the energising anew.
  ScenarioFile file =
      year_2025(campus("feeder { id: 'f' capacity_mw: 3 energised { date: '2025-03-01' } "
                       "ramp { from { date: '2025-03-01' } power_mw: 1 } } task { id: 'a' }"));
  const Model trunk = make_model(file);
  file.scenario.set_title("the same");
  const Model same = make_model(file);
  Simulation branch(trunk, 1, 0);
  branch.run_until(day(20));
  branch.continue_by(same);
  branch.run();
  for (const Timeline& timeline : {simulate(trunk, 1, 0), branch.timeline()}) {
    ASSERT_EQ(timeline.energisations.size(), 1u);
    EXPECT_EQ(timeline.energisations[0].at, day(54));
    EXPECT_EQ(timeline.energisations[0].available.count, 1'000'000);
  }
}

TEST(Branch, FuturesDifferInWhatIsStillToBeDrawn) {
  const Model model = model_of(plan("uniform { min: 1 max: 40 }", "2025-04-06", "fixed: 60", 2));
  Simulation now(model, 1, 0);
  now.run_until(day(40));
  std::set<des::Time> finishes;
  for (std::uint64_t future = 0; future < 50; ++future) {
    Simulation one = now;
    one.draw_future(future);
    one.run();
    finishes.insert(run_of(model, one.timeline(), "c.b").finish);
    EXPECT_EQ(run_of(model, one.timeline(), "c.a").finish, day(50));
    if (future == 0) {
      EXPECT_EQ(times(one.timeline()), times(simulate(model, 1, 0)));
    }
  }
  EXPECT_EQ(finishes.size(), 50u);
}

std::string refusal(const Model& trunk, const Model& other) {
  Simulation simulation(trunk, 1, 0);
  try {
    simulation.continue_by(other);
    return "";
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
}

TEST(Branch, AnotherPlanIsRefused) {
  const Model trunk = model_of(plan("fixed: 10", "2025-04-06", "fixed: 60", 2));
  EXPECT_NE(refusal(trunk, model_of(campus("task { id: 'a' }"))).find("differ"), std::string::npos);
}

TEST(Branch, WhatTheStateCountsByMustBeTheSame) {
  const auto line = [](const std::string& stage) {
    return model_of(
        "shared_capacity { id: 'm' rate { from: '2025-01-06' per_month: 300 } } "
        "product { id: 'r' chips_per_rack: 10 kw_per_rack: 100 } "
        "building_design { id: 'd' feeder { id: 'f' capacity_mw: 5 energised { date: '2025-01-06' "
        "} } "
        "hall { id: 'h' product: 'r' racks: 9 feeder: 'f' } } "
        "campus { id: 'c' building { id: 'b' design: 'd' } } "
        "supply_line { id: 's' product: 'r' total_chips: 60 rate { from: '2025-01-06' "
        "chips_per_month: 300 } share { campus: 'c' } stage { kind: SHIPPING cycle_days { fixed: 5 "
        "} " +
        stage + " } }");
  };
  EXPECT_EQ(refusal(line(""), line("weight: 2")), "");
  EXPECT_NE(
      refusal(line(""), line("draws_on { capacity: 'm' }")).find("stages of supply lines differ"),
      std::string::npos);
  // Other durations may plan another sequence, in which the crew would never find its place.
  const auto serial = [](const std::string& days) {
    return model_of("scheme: SERIAL dispatch: SHORTEST crew { id: 'w' headcount: 1 } " +
                    campus("task { id: 'a' need { crew: 'w' } elapsed_days { fixed: 5 } } "
                           "task { id: 'b' need { crew: 'w' } elapsed_days { fixed: " +
                           days + " } }"));
  };
  EXPECT_EQ(refusal(serial("7"), serial("8")), "");
  EXPECT_NE(refusal(serial("7"), serial("2")).find("sequences of crews differ"), std::string::npos);
}

TEST(Branch, AnExperimentBranchesEveryReplication) {
  const Model trunk = model_of(plan("uniform { min: 5 max: 9 }", "2025-04-06", "fixed: 60", 2) +
                               " milestone { id: 'm' task: 'c.b' }");
  const Model branch = model_of(plan("fixed: 20", "2025-04-06", "fixed: 60", 2) +
                                " milestone { id: 'm' task: 'c.b' }");
  ExperimentOptions options;
  options.last = 8;
  options.threads = 2;
  const Results plain = run(branch, options);
  options.trunk = &trunk;
  options.branch_at = parse_date("2025-02-15");  // day 40
  const Results early = run(branch, options);
  options.branch_at = parse_date("2025-03-17");  // day 70: all is over
  const Results late = run(branch, options);
  for (std::uint64_t r = 0; r < 8; ++r) {
    EXPECT_EQ(early.reached[r], day(70));
    EXPECT_LT(late.reached[r], day(60));
  }
  EXPECT_NE(early.scenario_hash, late.scenario_hash);
  EXPECT_NE(early.scenario_hash, plain.scenario_hash);
  options.audit = true;
  EXPECT_THROW(run(branch, options), std::invalid_argument);
}

}  // namespace
}  // namespace racked::testing
