#include "scenario_text.h"

#include <racked/audit.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace racked::testing {
namespace {

using ::testing::HasSubstr;

// Racks of 1 MW facility power, usable the moment they get a position; `halls` names the feeders of
// halls of 99 positions each, filled in the order of writing.
std::string plan(const std::string& feeders, const std::vector<std::string>& halls) {
  std::string text = "product { id: 'r' chips_per_rack: 1 kw_per_rack: 1000 } ";
  std::string buildings;
  for (std::size_t i = 0; i < halls.size(); ++i) {
    const std::string n = std::to_string(i);
    text += "building_design { id: 'd" + n + "' hall { id: 'h' product: 'r' racks: 99 feeder: '" +
            halls[i] + "' } } ";
    buildings += "building { id: 'b" + n + "' design: 'd" + n + "' } ";
  }
  return text + campus("pue: 1 " + buildings + feeders +
                       " delivery { id: 'all' product: 'r' lot { date: '2025-01-06' racks: " +
                       std::to_string(99 * halls.size()) + " } }");
}

std::string element(const std::string& id, int megawatts, const std::string& more = "",
                    const std::string& date = "2025-01-06") {
  return "feeder { id: '" + id + "' capacity_mw: " + std::to_string(megawatts) +
         " energised { date: '" + date + "' } " + more + " } ";
}

// Racks usable on the first day in each hall.
std::vector<std::int64_t> usable(const std::string& body) {
  const Model model = model_of(body);
  const Timeline timeline = simulate(model, 1, 0);
  EXPECT_TRUE(audit(model, timeline).empty()) << audit(model, timeline).front().message;
  std::vector<std::int64_t> counts(model.halls.size());
  for (const RackRun& rack : timeline.racks)
    if (rack.usable == day(0)) ++counts[rack.hall.index()];
  return counts;
}

std::int64_t usable_of(const std::string& scheme, const std::vector<int>& members) {
  std::string feeders, feeds;
  for (std::size_t i = 0; i < members.size(); ++i) {
    feeders += element("m" + std::to_string(i), members[i]);
    feeds += "fed_by: 'm" + std::to_string(i) + "' ";
  }
  return usable(plan(feeders + element("f", 99, feeds + "redundancy: " + scheme), {"f"}))[0];
}

TEST(PowerGrid, EverySchemeLetsRacksClaimWhatItsFormulaSays) {
  // N: the sum. N+1: the sum less the largest. 2N: the smaller side.
  EXPECT_EQ(usable_of("N", {5, 7, 9}), 5 + 7 + 9);
  EXPECT_EQ(usable_of("N_PLUS_1", {5, 7, 9}), 5 + 7 + 9 - 9);
  EXPECT_EQ(usable_of("TWO_N", {7, 9}), 7);
  // Three blocks of 6 and a catcher: with it idle 18, with a block lost 12 and the catcher.
  EXPECT_EQ(usable_of("BLOCK_REDUNDANT", {6, 6, 6, 6}), 18);
  EXPECT_EQ(usable_of("BLOCK_REDUNDANT", {6, 6, 6, 4}), 12 + 4);
  EXPECT_EQ(usable_of("BLOCK_REDUNDANT", {6, 6, 6, 9}), 18);
  // Three make two: twice the smallest.
  EXPECT_EQ(usable_of("DISTRIBUTED_REDUNDANT", {6, 6, 6}), 12);
  EXPECT_EQ(usable_of("DISTRIBUTED_REDUNDANT", {5, 6, 9}), 10);
}

TEST(PowerGrid, TwoSidesCarryAllThatHangsOnBoth) {
  // Halls on two buses, each fed by both sides of 10 MW: if a side is lost the other carries both
  // buses, so together they claim 10 MW, though 20 are there. The bus itself allows 6.
  EXPECT_EQ(usable(plan(element("a", 10) + element("b", 10) +
                            element("f", 6, "fed_by: 'a' fed_by: 'b' redundancy: TWO_N") +
                            element("g", 99, "fed_by: 'a' fed_by: 'b' redundancy: TWO_N"),
                        {"f", "g"})),
            (std::vector<std::int64_t>{6, 4}));
}

TEST(PowerGrid, ACatcherServesBlocksThatEachHaveTheirOwnBus) {
  // Blocks of 8, 8 and 3 MW and a catcher of 5: each bus gets what its block has and the catcher
  // can take over: min(8, 5) + min(8, 5) + min(3, 5).
  std::string feeders = element("r", 5);
  for (const auto& [name, power] : {std::pair{"1", 8}, {"2", 8}, {"3", 3}})
    feeders +=
        element(std::string("m") + name, power) +
        element(std::string("f") + name, 99,
                std::string("fed_by: 'm") + name + "' fed_by: 'r' redundancy: BLOCK_REDUNDANT");
  EXPECT_EQ(usable(plan(feeders, {"f1", "f2", "f3"})), (std::vector<std::int64_t>{5, 5, 3}));
}

TEST(PowerGrid, ThreeMakeTwoAlsoOverPairs) {
  // Loads on ab, bc and ca, each of 6 MW: when one side is lost the other two carry all, 12 MW. The
  // first two halls get what a side lets each have alone, 6, the third what is left: nothing.
  const auto pair = [](const std::string& id, const std::string& one, const std::string& other) {
    return element(
        id, 99, "fed_by: '" + one + "' fed_by: '" + other + "' redundancy: DISTRIBUTED_REDUNDANT");
  };
  EXPECT_EQ(usable(plan(element("a", 6) + element("b", 6) + element("c", 6) + pair("ab", "a", "b") +
                            pair("bc", "b", "c") + pair("ca", "c", "a"),
                        {"ab", "bc", "ca"})),
            (std::vector<std::int64_t>{6, 6, 0}));
}

TEST(PowerGrid, PowerFindsItsWayRoundWhatIsFull) {
  // x hangs on a alone, y on a or b. y is filled first, 6 MW: a could carry them, but x needs a.
  EXPECT_EQ(
      usable(plan(element("a", 6) + element("b", 6) + element("y", 6, "fed_by: 'a' fed_by: 'b'") +
                      element("x", 9, "fed_by: 'a'"),
                  {"y", "x"})),
      (std::vector<std::int64_t>{6, 6}));
}

TEST(PowerGrid, HallsOfMorePriorityAreFilledFirst) {
  const std::string text = plan(
      element("a", 5) + element("b", 5) + element("f", 99, "fed_by: 'a' fed_by: 'b'"), {"f", "f"});
  EXPECT_EQ(usable(text), (std::vector<std::int64_t>{10, 0}));
  ScenarioFile file = year_2025(text);
  file.scenario.mutable_building_design(1)->mutable_hall(0)->set_priority(1);
  const Model model = make_model(file);
  EXPECT_EQ(simulate(model, 1, 0).racks[0].hall, find(model.halls, "c.b1.h"));
}

TEST(PowerGrid, ASecondSideThatComesLaterMeansPowerFlowsButNoneIsLeftToClaim) {
  const Model model =
      model_of(plan(element("a", 9) + element("b", 9, "", "2025-01-16") +
                        element("f", 9, "fed_by: 'a' fed_by: 'b' redundancy: TWO_N"),
                    {"f"}));
  const Timeline timeline = simulate(model, 1, 0);
  EXPECT_TRUE(audit(model, timeline).empty());
  // Side b comes on day 10, and with it the promise.
  EXPECT_EQ(timeline.racks[0].usable, day(10));
  EXPECT_EQ(timeline.racks[0].assigned_cause.kind, CauseKind::energised);
  EXPECT_EQ(
      model.feeders[timeline.energisations.at(timeline.racks[0].assigned_cause.record).feeder].name,
      "c.b");
}

TEST(PowerGrid, ATaskNeedsOneWayUpAlive) {
  // f is alive on day 0; of its feeds b comes on day 10, a on day 20.
  const Model model = model_of(campus(
      element("a", 9, "", "2025-01-26") + element("b", 9, "", "2025-01-16") +
      element("f", 9, "fed_by: 'a' fed_by: 'b'") + "task { id: 't' need { energised: 'f' } }"));
  const Timeline timeline = simulate(model, 1, 0);
  EXPECT_TRUE(audit(model, timeline).empty());
  const TaskRun run = run_of(model, timeline, "c.t");
  EXPECT_EQ(run.start, day(10));
  EXPECT_EQ(model.feeders[timeline.energisations.at(run.cause.record).feeder].name, "c.b");
}

TEST(PowerGrid, WhoStillWaitsNamesWhatCarriesNoMore) {
  const Model model = model_of(
      plan(element("a", 3) + element("b", 4) + element("f", 99, "fed_by: 'a' fed_by: 'b'"), {"f"}));
  const Timeline timeline = simulate(model, 1, 0);
  ASSERT_EQ(timeline.waits.size(), 1u);
  EXPECT_EQ(timeline.waits[0].positions, 99 - 7);
  EXPECT_EQ(timeline.waits[0].for_feeder, find(model.feeders, "c.b"));
}

TEST(PowerGrid, AuditSpeaksOfClaimsThatASchemeHoldsBack) {
  const Model model =
      model_of(plan(element("a", 3) + element("b", 3) +
                        element("f", 9, "fed_by: 'a' fed_by: 'b' redundancy: TWO_N"),
                    {"f"}));
  Timeline timeline = simulate(model, 1, 0);
  ASSERT_FALSE(timeline.racks[3].hall.valid());
  // A fourth rack: the grid as it is carries it, either side alone does not.
  timeline.racks[3].hall = timeline.racks[0].hall;
  timeline.racks[3].position = 3;
  timeline.racks[3].assigned = day(0);
  const auto findings = audit(model, timeline);
  EXPECT_TRUE(std::any_of(findings.begin(), findings.end(),
                          [](const Finding& finding) { return finding.rule == "redundancy"; }));
}

TEST(PowerGrid, WhatCannotBeIsRefused) {
  const auto problems = [](const std::string& feeders) {
    return problems_of(year_2025(campus(feeders)));
  };
  EXPECT_THAT(problems(element("a", 1) + element("f", 1, "fed_by: 'a' redundancy: TWO_N")),
              HasSubstr("campus[c].feeder[f].redundancy: TWO_N takes two feeds, not 1"));
  EXPECT_THAT(problems(element("a", 1) + element("f", 1, "fed_by: 'a' redundancy: N_PLUS_1")),
              HasSubstr("takes two feeds or more"));
  EXPECT_THAT(problems(element("a", 1) + element("f", 1, "fed_by: 'a' fed_by: 'a'")),
              HasSubstr("campus[c].feeder[f].fed_by[1]: names 'a' twice"));
  EXPECT_THAT(problems(element("a", 1) + element("f", 1, "fed_by: 'a' source: TURBINE")),
              HasSubstr("is for an element that nothing feeds"));
  EXPECT_THAT(problems(element("s", 1) + element("a", 1, "fed_by: 's' fed_by: 'c'") +
                       element("b", 1, "fed_by: 'a'") + element("c", 1, "fed_by: 'b'")),
              HasSubstr("is fed by itself, going round by fed_by: c.b → c.c → c.a → c.b"));
}

}  // namespace
}  // namespace racked::testing
