// The status date and what is known to have happened.
#include "scenario_text.h"

#include <racked/audit.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace racked::testing {
namespace {

std::string task(const std::string& id, const std::string& days, const std::string& more = "") {
  return "task { id: '" + id + "' elapsed_days { " + days + " } " + more + " } ";
}

TEST(Actuals, ThePastIsFixedAndTheFutureBeginsAtTheStatusDate) {
  // By 2025-02-05 (day 30) a was done on days 2–12 though it is planned to take 5; b has not begun.
  const Model model = model_of(
      "status_date: '2025-02-05' actual { task: 'c.a' started: '2025-01-08' finished: '2025-01-18' "
      "} " +
      campus(task("a", "fixed: 5") + task("b", "fixed: 3", "after { task: 'a' }") +
             task("d", "fixed: 1")));
  const Timeline timeline = simulate(model, 1, 0);
  EXPECT_TRUE(audit(model, timeline).empty());
  EXPECT_EQ(run_of(model, timeline, "c.a").start, day(2));
  EXPECT_EQ(run_of(model, timeline, "c.a").finish, day(12));
  EXPECT_EQ(run_of(model, timeline, "c.b").start, day(30));
  EXPECT_EQ(run_of(model, timeline, "c.d").start, day(30));
}

TEST(Actuals, WhatHasFinishedDoesNotFailAnyMore) {
  const Model model =
      model_of("status_date: '2025-02-05' actual { task: 'c.a' finished: '2025-01-18' } " +
               campus(task("a", "fixed: 5", "rework { probability: 1 }")));
  const Timeline timeline = simulate(model, 1, 0);
  ASSERT_EQ(timeline.task_runs.size(), 1u);
  EXPECT_EQ(timeline.task_runs[0].start, day(7));  // its mean duration before the finish
  EXPECT_FALSE(timeline.task_runs[0].failed);
}

TEST(Actuals, WhatRemainsIsWorkedFromTheStatusDateOn) {
  // Monday to Friday, 8 h. a started on day 0; on Monday, day 14, three working days remain.
  const Model model = model_of(
      "calendar { id: 'week' } status_date: '2025-01-20' "
      "actual { task: 'c.a' started: '2025-01-06' remaining_days: 3 } " +
      campus("calendar: 'week' task { id: 'a' work_days { fixed: 4 } } "));
  EXPECT_EQ(run_of(model, simulate(model, 1, 0), "c.a").finish, day(16) + 16 * des::kHour);
}

// Finishes of task c.a over replications, in days.
std::vector<double> finishes(const std::string& days) {
  const Model model =
      model_of("status_date: '2025-02-05' actual { task: 'c.a' started: '2025-01-06' } " +
               campus(task("a", days)));
  std::vector<double> all;
  for (std::uint64_t r = 0; r < 4'000; ++r) {
    const des::Time finish = run_of(model, simulate(model, 3, r), "c.a").finish;
    if (finish != des::kNever)
      all.push_back(std::chrono::duration<double>(finish - des::kStart).count() / 86'400);
  }
  std::sort(all.begin(), all.end());
  return all;
}

// The largest distance between the observed distribution and `cdf` (Kolmogorov).
template <class Cdf>
double distance(const std::vector<double>& sorted, Cdf cdf) {
  double most = 0;
  const auto n = static_cast<double>(sorted.size());
  for (std::size_t i = 0; i < sorted.size(); ++i)
    most = std::max({most, std::fabs(cdf(sorted[i]) - static_cast<double>(i) / n),
                     std::fabs(cdf(sorted[i]) - static_cast<double>(i + 1) / n)});
  return most;
}

TEST(Actuals, AnExponentialDurationForgetsHowLongItHasLasted) {
  // After 30 days without an end the rest is exponential with the same mean of 10.
  const auto all = finishes("exponential { mean: 10 }");
  EXPECT_GE(all.front(), 30);
  // 1.95/√n is exceeded once in a thousand.
  EXPECT_LT(distance(all, [](double x) { return 1 - std::exp(-(x - 30) / 10); }),
            1.95 / std::sqrt(4'000.0));
}

TEST(Actuals, AUniformDurationIsUniformOverWhatIsLeft) {
  // Uniform on 20 … 50, not done after 30: uniform on 30 … 50.
  const auto all = finishes("uniform { min: 20 max: 50 }");
  EXPECT_LT(distance(all, [](double x) { return (x - 30) / 20; }), 1.95 / std::sqrt(4'000.0));
}

TEST(Actuals, WhatShouldHaveEndedEndsAtTheStatusDate) {
  const auto all = finishes("uniform { min: 5 max: 25 }");
  EXPECT_EQ(all.front(), 30);
  EXPECT_EQ(all.back(), 30);
}

TEST(Actuals, DriversMoveWhatIsConditional) {
  // x ~ U(10, 20) doubled and one day more: 21 … 41, not done after 30: U(30, 41).
  const Model model = model_of(
      "risk_driver { id: 'r' factor { fixed: 2 } extra_days { fixed: 1 } } status_date: "
      "'2025-02-05' "
      "actual { task: 'c.a' started: '2025-01-06' } " +
      campus(task("a", "uniform { min: 10 max: 20 } driver: 'r'")));
  std::vector<double> all;
  for (std::uint64_t r = 0; r < 2'000; ++r)
    all.push_back(std::chrono::duration<double>(run_of(model, simulate(model, 3, r), "c.a").finish -
                                                des::kStart)
                      .count() /
                  86'400);
  std::sort(all.begin(), all.end());
  EXPECT_LT(distance(all, [](double x) { return (x - 30) / 11; }), 1.95 / std::sqrt(2'000.0));
}

TEST(Actuals, FeedersAndOrdersAreConditionedAsWell) {
  const std::string plan = campus(
      "feeder { id: 'grid' capacity_mw: 5 energised { date: '2025-01-16' slip_days { uniform { "
      "min: 0 "
      "max: 40 } } } } feeder { id: 'known' capacity_mw: 5 energised { date: '2025-06-01' } } "
      "order { id: 'o' equipment: 'e' count: 2 lots: 2 lot_spacing_days: 20 placed: '2025-01-06' } "
      "task { id: 'a' need { energised: 'grid' } } task { id: 'b' need { energised: 'known' } } "
      "task { id: 'd' need { equipment: 'e' count: 2 } }");
  const Model model = model_of(
      "equipment { id: 'e' lead_time_days { uniform { min: 5 max: 65 } } } status_date: "
      "'2025-02-05' "
      "actual { feeder: 'c.known' energised: '2025-01-11' } "
      "actual { order: 'c.o' lot: 0 arrived: '2025-01-21' } " +
      plan);
  double late = 0;
  constexpr int kReplications = 2'000;
  for (std::uint64_t r = 0; r < kReplications; ++r) {
    const Timeline timeline = simulate(model, 3, r);
    EXPECT_TRUE(audit(model, timeline).empty());
    EXPECT_EQ(timeline.energisations[0].at, day(5));
    // Not energised by day 30: uniform on 30 … 50.
    const auto grid = run_of(model, timeline, "c.a").start;
    EXPECT_GE(grid, day(30));
    late += grid > day(40);
    // The first lot came on day 15; the second, not yet there, comes by a lead time above
    // 30 − 20 = 10 days: on day 30 … 85.
    EXPECT_EQ(timeline.goods[0].arrived, day(15));
    EXPECT_GE(timeline.goods[1].arrived, day(30));
  }
  EXPECT_NEAR(late / kReplications, 0.5, 0.045);
}

const char* const kHall =
    "crew { id: 't' headcount: 2 } product { id: 'r' chips_per_rack: 10 kw_per_rack: 100 "
    "install { hours { fixed: 24 } crew: 't' } } "
    "building_design { id: 'd' hall { id: 'h' product: 'r' racks: 12 feeder: 'f' } "
    "task { id: 'fit' elapsed_days { fixed: 10 } effect { provides: SPACE } } } "
    "campus { id: 'c' feeder { id: 'f' capacity_mw: 9 energised { date: '2025-01-06' } } "
    "building { id: 'b' design: 'd' } "
    "delivery { id: 'x' product: 'r' lot { date: '2025-01-08' racks: 5 } "
    "lot { date: '2025-03-07' racks: 7 } } } milestone { id: 'all' usable_chips: 120 } ";

TEST(Actuals, UsableRacksAreFixedAndTheRestWaitsInStock) {
  const Model model = model_of(
      std::string("status_date: '2025-02-05' actual { task: 'c.b.fit' finished: '2025-01-16' } "
                  "actual { hall: 'c.b.h' usable_racks: 3 date: '2025-01-26' } ") +
      kHall);
  const Timeline timeline = simulate(model, 1, 0);
  const auto findings = audit(model, timeline);
  EXPECT_TRUE(findings.empty()) << findings.front().message;
  // Five racks on day 2; three usable on day 20; two left, installed from day 30 on, one each day
  // by two workers at a time: both by day 31. Seven more on day 60: two a day, by day 64.
  EXPECT_EQ(timeline.racks[2].usable, day(20));
  EXPECT_EQ(timeline.racks[3].assigned, day(30));
  EXPECT_EQ(timeline.racks[4].usable, day(31));
  EXPECT_EQ(timeline.milestones[0].at, day(64));
}

TEST(Actuals, RacksNobodySawArriveAreThereAllTheSame) {
  const Model model =
      model_of(std::string("status_date: '2025-02-05' "
                           "actual { hall: 'c.b.h' usable_racks: 9 date: '2025-02-05' } ") +
               kHall);
  const Timeline timeline = simulate(model, 1, 0);
  const auto findings = audit(model, timeline);
  EXPECT_TRUE(findings.empty()) << findings.front().message;
  EXPECT_EQ(std::count_if(timeline.racks.begin(), timeline.racks.end(),
                          [](const RackRun& rack) { return rack.usable <= day(30); }),
            9);
}

TEST(Actuals, ABackTestKnowsNothingOfLaterDates) {
  const std::string problems = problems_of(
      year_2025("status_date: '2025-02-05' actual { task: 'c.a' started: '2025-01-08' finished: "
                "'2025-03-01' } "
                "actual { task: 'c.a' started: '2025-01-09' } actual { task: 'c.b' } "
                "actual { feeder: 'c.f' } " +
                campus(task("a", "fixed: 5") + task("b", "fixed: 5") +
                       "feeder { id: 'f' capacity_mw: 1 energised { date: '2025-01-06' } }")));
  for (const char* text : {"lies after the status date", "is told twice",
                           "give started, finished or both", "give energised"})
    EXPECT_NE(problems.find(text), std::string::npos) << problems;
  EXPECT_NE(problems_of(year_2025("actual { task: 'c.a' started: '2025-01-08' } " +
                                  campus(task("a", "fixed: 5"))))
                .find("needs a status_date"),
            std::string::npos);
}

}  // namespace
}  // namespace racked::testing
