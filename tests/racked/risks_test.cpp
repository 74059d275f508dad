#include "scenario_text.h"

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

}  // namespace
}  // namespace racked::testing
