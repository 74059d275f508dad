#include "deal_scenario.h"

#include <racked/audit.h>
#include <racked/chain.h>

#include <gtest/gtest.h>

namespace racked::testing {
namespace {

// Four racks of 10 chips on day 10, four on day 20, four on day 30.
const std::string kLots =
    "lot { date: '2025-01-16' racks: 4 } lot { date: '2025-01-26' racks: 4 } "
    "lot { date: '2025-02-05' racks: 4 } ";

const std::string kExpansion =
    "equipment { id: 'mpt' lead_time_days { fixed: 50 } } "
    "campus { id: 'y' order { id: 'o' equipment: 'mpt' placed_when: 'more' } "
    "  task { id: 't' need { equipment: 'mpt' } elapsed_days { fixed: 7 } } } "
    "milestone { id: 'grown' task: 'y.t' } ";

TEST(Triggers, AnOrderWaitsForARivalsUsableCapacity) {
  const Model model = model_of(racks_on("c", 12, kLots) + kExpansion +
                               "trigger { id: 'more' usable_chips: 80 campus: 'c' }");
  const Timeline timeline = audited(model);
  // 80 chips are usable on day 20; the transformer comes on day 70, the task ends on day 77.
  ASSERT_EQ(timeline.firings.size(), 1u);
  EXPECT_EQ(timeline.firings[0].at, day(20));
  EXPECT_EQ(timeline.goods[0].placed, day(20));
  EXPECT_EQ(run_of(model, timeline, "y.t").start, day(70));
  EXPECT_EQ(timeline.milestones[0].at, day(77));
  // The chain: until the second lot came, then the order, then the task.
  const auto chain = critical_chain(model, timeline, Id<Milestone>(0));
  ASSERT_GE(chain.size(), 3u);
  EXPECT_EQ(chain.front().kind, ElementKind::delivery);
  EXPECT_EQ(chain.front().from, day(0));
  EXPECT_EQ(chain.front().to, day(20));
  const ChainLink& order = chain[chain.size() - 2];
  EXPECT_EQ(order.kind, ElementKind::order);
  EXPECT_EQ(order.from, day(20));
  EXPECT_EQ(order.to, day(70));
  EXPECT_EQ(chain.back().kind, ElementKind::task);
}

const std::string kDeal =
    "deal { id: 'd' tenant: 'lab' provider: 'cloud' product: 'r' "
    "  commitment { date: '2025-01-16' chips: 40 } commitment { date: '2025-03-07' chips: 100 } "
    "  commitment { date: '2025-06-05' chips: 200 } } ";

TEST(Triggers, AnOrderWaitsForTheBacklogOfADeal) {
  const Model model = model_of(racks_on("c", 12, kLots) + parties() + kDeal + kExpansion +
                               "trigger { id: 'more' backlog_chips: 60 deal: 'd' }");
  const Timeline timeline = audited(model);
  // 100 on day 60 are met by 120; 200 on day 150 leave 80 to be delivered.
  ASSERT_EQ(timeline.firings.size(), 1u);
  EXPECT_EQ(timeline.firings[0].at, day(150));
  EXPECT_EQ(timeline.firings[0].cause.kind, CauseKind::date);
  const auto chain = critical_chain(model, timeline, Id<Milestone>(0));
  EXPECT_EQ(chain.front().kind, ElementKind::plan);
  EXPECT_EQ(chain.front().to, day(150));
}

TEST(Triggers, ABacklogMayLookAhead) {
  const Model model = model_of(racks_on("c", 12, kLots) + parties() + kDeal + kExpansion +
                               "trigger { id: 'more' backlog_it_mw: 0.8 ahead_days: 100 }");
  const Timeline timeline = audited(model);
  // Day 0: within 100 days 100 chips, 1 MW, are due and nothing is there.
  EXPECT_EQ(timeline.firings.at(0).at, day(0));
  // A level of 1.5 MW is passed on day 50, when 200 chips come within sight: 200 − 40, in ten racks
  // of 100 kW each hundred chips: 1.6 MW.
  const Model later = model_of(racks_on("c", 12, kLots) + parties() + kDeal + kExpansion +
                               "trigger { id: 'more' backlog_it_mw: 1.5 ahead_days: 100 }");
  EXPECT_EQ(audited(later).firings.at(0).at, day(50));
}

TEST(Triggers, ATaskAndABuildingWaitForOne) {
  const Model model = model_of(
      racks_on("c", 12, kLots) +
      "milestone { id: 'first' usable_chips: 40 } trigger { id: 'seen' milestone: 'first' } "
      "trigger { id: 'full' usable_facility_mw: 1.2 } "
      "building_design { id: 'plain' task { id: 'shell' elapsed_days { fixed: 5 } } "
      "  task { id: 'roof' after { task: 'shell' } when: 'full' } } "
      "campus { id: 'y' task { id: 't' when: 'seen' not_before: '2025-01-20' } "
      "  building { id: 'b' design: 'plain' when: 'seen' } }");
  const Timeline timeline = audited(model);
  // 40 chips on day 10: the shell starts; the task waits until its date, day 14. 1.2 MW: day 30.
  EXPECT_EQ(run_of(model, timeline, "y.b.shell").start, day(10));
  EXPECT_EQ(run_of(model, timeline, "y.b.shell").cause, (Cause{0, 0, CauseKind::trigger}));
  EXPECT_EQ(run_of(model, timeline, "y.t").start, day(14));
  EXPECT_EQ(run_of(model, timeline, "y.t").cause.kind, CauseKind::date);
  EXPECT_EQ(run_of(model, timeline, "y.b.roof").start, day(30));
}

TEST(Triggers, ARiskEventMayStrikeAtALevel) {
  const Model model = model_of(racks_on("c", 12, kLots) +
                               "trigger { id: 'big' usable_chips: 80 } "
                               "risk_event { id: 'protest' when: 'big' consequence { task: 'y.t' "
                               "delay_days { fixed: 9 } } } "
                               "campus { id: 'y' task { id: 't' elapsed_days { fixed: 50 } } }");
  const Timeline timeline = audited(model);
  ASSERT_EQ(timeline.strikes.size(), 1u);
  EXPECT_EQ(timeline.strikes[0].at, day(20));
  EXPECT_EQ(run_of(model, timeline, "y.t").finish, day(59));
}

TEST(Triggers, WhatNeverFiresIsListedAsWaitedFor) {
  const Model model = model_of(racks_on("c", 20, kLots) +
                               "trigger { id: 'never' usable_chips: 200 } "
                               "campus { id: 'y' task { id: 't' when: 'never' } }");
  const Timeline timeline = audited(model);
  EXPECT_TRUE(timeline.firings.empty());
  const auto wait = std::find_if(timeline.waits.begin(), timeline.waits.end(),
                                 [](const Wait& w) { return w.task.valid(); });
  ASSERT_NE(wait, timeline.waits.end());
  EXPECT_EQ(wait->for_trigger, Id<Trigger>(0));
}

TEST(Triggers, AreRefusedWithEveryFault) {
  const std::string problems = problems_of(year_2025(
      racks_on("c", 12, kLots) + parties() + kDeal +
      "scheme: SERIAL milestone { id: 'm' task: 'y.t' } "
      "trigger { id: 'a' usable_chips: 121 deal: 'd' ahead_days: 3 } "
      "trigger { id: 'b' backlog_chips: 1 campus: 'c' } trigger { id: 'm' milestone: 'm' } "
      "deal { id: 'p' tenant: 'lab' provider: 'cloud' commitment { date: '2025-03-01' it_mw: 1 } } "
      "trigger { id: 'p' backlog_chips: 1 deal: 'p' } trigger { id: 'n' milestone: 'none' } "
      "campus { id: 'y' task { id: 't' when: 'm' } task { id: 'u' when: 'who' } }"));
  for (const char* said :
       {"trigger[a].deal: is for a backlog only", "trigger[a].ahead_days: is for a backlog only",
        "trigger[a]: can never fire: the halls hold less",
        "trigger[b].campus: is for usable capacity only",
        "trigger[p].backlog_chips: 'p' is counted in MW; give backlog_it_mw",
        "trigger[n].milestone: no milestone is called 'none'",
        "task[u].when: no trigger is called 'who'",
        "scheme: a plan made beforehand cannot know when 'm' will fire; take PARALLEL",
        "the plan goes in a circle"})
    EXPECT_NE(problems.find(said), std::string::npos) << said << "\n" << problems;
}

TEST(Triggers, AuditFindsWhatFiredTooLate) {
  const Model model = model_of(racks_on("c", 12, kLots) + kExpansion +
                               "trigger { id: 'more' usable_chips: 80 campus: 'c' }");
  Timeline timeline = audited(model);
  timeline.firings[0].at += des::kDay;
  const auto findings = audit(model, timeline);
  ASSERT_FALSE(findings.empty());
  EXPECT_EQ(findings.front().rule, "triggers");
}

}  // namespace
}  // namespace racked::testing
