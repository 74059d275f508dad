#include "scenario_text.h"

#include <racked/audit.h>

#include <gtest/gtest.h>

#include <cmath>

namespace racked::testing {
namespace {

TEST(Risks, ADriverMovesEverythingThatNamesIt) {
  const Model model = model_of(
      "risk_driver { id: 'market' factor { uniform { min: 1 max: 2 } } extra_days { fixed: 3 } } " +
      campus("task { id: 'a' elapsed_days { fixed: 10 driver: 'market' } } "
             "task { id: 'b' elapsed_days { fixed: 20 driver: 'market' } } "
             "task { id: 'free' elapsed_days { fixed: 5 } }"));
  for (std::uint64_t replication = 0; replication < 20; ++replication) {
    const Timeline timeline = simulate(model, 3, replication);
    const auto days = [&](const char* task) {
      return std::chrono::duration<double>(run_of(model, timeline, task).duration).count() / 86'400;
    };
    // 10 f + 3 and 20 f + 3 with the same f: the difference is 10 f.
    EXPECT_NEAR(2 * (days("c.a") - 3), days("c.b") - 3, 1e-9);
    EXPECT_GE(days("c.a"), 13);
    EXPECT_LE(days("c.a"), 23);
    EXPECT_EQ(days("c.free"), 5);
  }
}

TEST(Risks, ADriverStrikesAsOftenAsItSays) {
  const Model model = model_of("risk_driver { id: 'm' probability: 0.3 factor { fixed: 2 } } " +
                               campus("task { id: 'a' elapsed_days { fixed: 1 driver: 'm' } }"));
  int struck = 0;
  for (std::uint64_t replication = 0; replication < 2000; ++replication)
    struck += run_of(model, simulate(model, 5, replication), "c.a").duration == 2 * des::kDay;
  // Binomial: 600 ± 3.9 standard deviations of 20.5.
  EXPECT_NEAR(struck, 600, 80);
}

TEST(Risks, SharedDriversCorrelateCampusesAndOwnLuckDoesNot) {
  const auto correlation = [](const std::string& driver) {
    const std::string task =
        "task { id: 't' elapsed_days { lognormal { median: 50 sigma: 0.1 } " + driver + " } } ";
    const Model model = model_of(
        "risk_driver { id: 'm' factor { lognormal { median: 1 sigma: 0.3 } } } campus { id: 'c' " +
        task + " } campus { id: 'e' " + task + " }");
    double n = 0, x = 0, y = 0, xx = 0, yy = 0, xy = 0;
    for (std::uint64_t replication = 0; replication < 1000; ++replication) {
      const Timeline timeline = simulate(model, 11, replication);
      const double a =
          std::log(static_cast<double>(run_of(model, timeline, "c.t").duration.count()));
      const double b =
          std::log(static_cast<double>(run_of(model, timeline, "e.t").duration.count()));
      n += 1, x += a, y += b, xx += a * a, yy += b * b, xy += a * b;
    }
    return (xy - x * y / n) / std::sqrt((xx - x * x / n) * (yy - y * y / n));
  };
  // Logarithms are sums: variances 0.3² shared and 0.1² own give 0.09 / 0.10 = 0.9.
  EXPECT_NEAR(correlation("driver: 'm'"), 0.9, 0.03);
  EXPECT_NEAR(correlation(""), 0, 0.12);
}

TEST(Risks, AnEventDelaysWhatRunsAndWhatHasNotBegun) {
  const Model model =
      model_of(campus("task { id: 'done' elapsed_days { fixed: 3 } } task { id: 'runs' "
                      "elapsed_days { fixed: 10 } } "
                      "task { id: 'later' after { task: 'runs' } elapsed_days { fixed: 2 } }") +
               "risk_event { id: 'storm' at { date: '2025-01-11' } "
               "consequence { task: 'c.done' delay_days { fixed: 4 } } consequence { task: "
               "'c.runs' delay_days { fixed: 4 } } "
               "consequence { task: 'c.later' delay_days { fixed: 4 } } }");
  const Timeline timeline = simulate(model, 1, 0);
  EXPECT_EQ(run_of(model, timeline, "c.done").finish, day(3));
  EXPECT_EQ(run_of(model, timeline, "c.runs").finish, day(14));
  EXPECT_EQ(run_of(model, timeline, "c.later").finish, day(20));  // 14 + 2 + 4
  ASSERT_EQ(timeline.strikes.size(), 1u);
  EXPECT_EQ(timeline.strikes[0].at, day(5));
}

TEST(Risks, ACampusStandsStill) {
  const Model model = model_of(campus("task { id: 'runs' elapsed_days { fixed: 10 } } task { id: "
                                      "'next' not_before: '2025-01-13' }") +
                               "campus { id: 'e' task { id: 'other' elapsed_days { fixed: 10 } } } "
                               "risk_event { id: 'injunction' at { date: '2025-01-11' } "
                               "consequence { campus: 'c' delay_days { fixed: 6 } } }");
  const Timeline timeline = simulate(model, 1, 0);
  EXPECT_EQ(run_of(model, timeline, "c.runs").finish, day(16));
  EXPECT_EQ(run_of(model, timeline, "c.next").start, day(11));  // wanted day 7
  EXPECT_EQ(run_of(model, timeline, "c.next").cause.kind, CauseKind::date);
  EXPECT_EQ(run_of(model, timeline, "e.other").finish, day(10));
}

TEST(Risks, AnEventIsTriggeredByATaskAndDelaysFeedersAndOrders) {
  const Model model =
      model_of("equipment { id: 'mpt' lead_time_days { fixed: 30 } } " +
               campus("task { id: 'survey' elapsed_days { fixed: 5 } } "
                      "order { id: 'o' equipment: 'mpt' placed: '2025-01-06' } task { id: 'use' "
                      "need { equipment: 'mpt' } } "
                      "feeder { id: 'f' capacity_mw: 1 energised { date: '2025-01-26' } } task { "
                      "id: 'test' need { energised: 'f' } }") +
               "risk_event { id: 'flood' at_finish_of: 'c.survey' consequence { order: 'c.o' "
               "delay_days { fixed: 7 } } "
               "consequence { feeder: 'c.f' delay_days { fixed: 9 } } }");
  const Timeline timeline = simulate(model, 1, 0);
  EXPECT_EQ(run_of(model, timeline, "c.use").start, day(37));
  EXPECT_EQ(run_of(model, timeline, "c.test").start, day(29));
}

TEST(Risks, ACampusStandsStillUntilADate) {
  const Model model = model_of(
      "risk_event { id: 'injunction' at { date: '2025-01-09' } "
      "consequence { campus: 'c' until: '2025-01-20' } } " +
      campus("task { id: 'a' elapsed_days { fixed: 5 } } "
             "task { id: 'b' after { task: 'a' } elapsed_days { fixed: 1 } }"));
  const Timeline timeline = simulate(model, 1, 0);
  // Three days done, still from day 3 to day 14, two more.
  EXPECT_EQ(run_of(model, timeline, "c.a").finish, day(16));
  EXPECT_EQ(run_of(model, timeline, "c.b").finish, day(17));
}

TEST(Risks, WorkThatIsLostIsDoneAgain) {
  // A flood on day 10: base is done (0–4), walls runs (4–14), roof has not begun; the wires in the
  // base (4–6) are done and stay.
  const Model model = model_of(
      "risk_event { id: 'flood' at { date: '2025-01-16' } consequence { redo: 'c.base' share: 0.5 "
      "} "
      "consequence { redo: 'c.walls' share: 0.5 } consequence { redo: 'c.roof' } } " +
      campus("task { id: 'base' elapsed_days { fixed: 4 } } "
             "task { id: 'walls' after { task: 'base' } elapsed_days { fixed: 10 } } "
             "task { id: 'wires' after { task: 'base' } elapsed_days { fixed: 2 } } "
             "task { id: 'roof' after { task: 'walls' } after { task: 'base' lag_elapsed_days: 1 } "
             "elapsed_days { fixed: 3 } }"));
  const Timeline timeline = simulate(model, 1, 0);
  EXPECT_TRUE(audit(model, timeline).empty());
  ASSERT_EQ(timeline.task_runs.size(), 5u);
  // base again: half of 4 days from day 10. walls: 6 days done, half of them again: until day 17.
  EXPECT_EQ(timeline.task_runs[3].round, 1u);
  EXPECT_EQ(timeline.task_runs[3].start, day(10));
  EXPECT_EQ(timeline.task_runs[3].finish, day(12));
  EXPECT_EQ(run_of(model, timeline, "c.walls").finish, day(17));
  EXPECT_EQ(run_of(model, timeline, "c.roof").start, day(17));
}

TEST(Risks, WhatFollowsLostWorkAndHasNotBegunWaitsForIt) {
  // fit_out waits for the only crew, which is away until day 20, when base is lost on day 10 (and
  // takes 12 days again).
  const Model model = model_of(
      "crew { id: 'w' headcount: 1 } "
      "risk_event { id: 'flood' at { date: '2025-01-16' } consequence { redo: 'c.base' } } " +
      campus("task { id: 'other' need { crew: 'w' } elapsed_days { fixed: 20 } } "
             "task { id: 'base' elapsed_days { fixed: 12 } not_before: '2024-12-25' } "
             "task { id: 'early' elapsed_days { fixed: 9 } } "
             "task { id: 'fit_out' need { crew: 'w' } after { task: 'early' } elapsed_days { "
             "fixed: 1 } }"));
  EXPECT_EQ(run_of(model, simulate(model, 1, 0), "c.fit_out").start, day(20));
  const Model again = model_of(
      "crew { id: 'w' headcount: 1 } "
      "risk_event { id: 'flood' at { date: '2025-01-16' } consequence { redo: 'c.early' share: 2 } "
      "} " +
      campus("task { id: 'other' need { crew: 'w' } elapsed_days { fixed: 20 } } "
             "task { id: 'early' elapsed_days { fixed: 9 } } "
             "task { id: 'fit_out' need { crew: 'w' } after { task: 'early' } elapsed_days { "
             "fixed: 1 } }"));
  // early is done again from day 10 for 18 days; the crew is free since day 20.
  const Timeline timeline = simulate(again, 1, 0);
  EXPECT_TRUE(audit(again, timeline).empty());
  EXPECT_EQ(run_of(again, timeline, "c.fit_out").start, day(28));
  EXPECT_EQ(run_of(again, timeline, "c.fit_out").cause.kind, CauseKind::task);
}

TEST(Risks, AStartOrAnArrivalTriggersAnEvent) {
  const Model model = model_of(
      "equipment { id: 'e' lead_time_days { fixed: 12 } } "
      "risk_event { id: 's' at_start_of: 'c.b' consequence { task: 'c.b' delay_days { fixed: 3 } } "
      "} "
      "risk_event { id: 'a' at_arrival_of: 'c.o' consequence { task: 'c.d' delay_days { fixed: 5 } "
      "} } " +
      campus("order { id: 'o' equipment: 'e' count: 2 lots: 2 placed: '2025-01-06' } "
             "task { id: 'a' elapsed_days { fixed: 4 } } "
             "task { id: 'b' after { task: 'a' } elapsed_days { fixed: 2 } } "
             "task { id: 'd' elapsed_days { fixed: 20 } }"));
  const Timeline timeline = simulate(model, 1, 0);
  ASSERT_EQ(timeline.strikes.size(), 2u);  // the second lot triggers nothing
  EXPECT_EQ(timeline.strikes[0].at, day(4));
  EXPECT_EQ(timeline.strikes[1].at, day(12));
  EXPECT_EQ(run_of(model, timeline, "c.b").finish, day(9));
  EXPECT_EQ(run_of(model, timeline, "c.d").finish, day(25));
}

TEST(Risks, AConsequenceTakesOnlyWhatBelongsToIt) {
  const std::string problems = problems_of(
      year_2025("risk_event { id: 'r' at { date: '2025-02-01' } consequence { task: 'c.a' } "
                "consequence { redo: 'c.a' delay_days { fixed: 1 } } "
                "consequence { task: 'c.a' until: '2025-03-01' } consequence { campus: 'c' } } " +
                campus("task { id: 'a' }")));
  for (const char* text :
       {"delay_days is missing", "is for task, feeder, order, campus or outage only",
        "is for a campus only", "give delay_days or until"})
    EXPECT_NE(problems.find(text), std::string::npos) << problems;
}

}  // namespace
}  // namespace racked::testing
