#include "scenario_text.h"

#include <racked/audit.h>

#include <gtest/gtest.h>

#include <cmath>

namespace racked::testing {
namespace {

const char* const kOutdoorTask =
    "task { id: 'dig' outdoor: true calendar: 'week' work_days { fixed: 10 } } ";

TEST(Weather, AClosureStopsOutdoorWorkAndKeepsWhatIsDone) {
  const Model model = model_of(
      "calendar { id: 'week' } weather { id: 'frost' closure { from: '01-09' through: '01-21' } "
      "} " +
      campus(std::string("weather: 'frost' ") + kOutdoorTask +
             "task { id: 'inside' calendar: 'week' work_days { fixed: 10 } }"));
  const Timeline timeline = simulate(model, 1, 0);
  EXPECT_TRUE(audit(model, timeline).empty());
  // Monday to Wednesday (3 days of 10), then Thursday 9 to Tuesday 21 are closed; the 7 days left
  // begin on Wednesday 22: 22, 23, 24, 27, 28, 29, 30 January, which is day 24 at 16:00.
  EXPECT_EQ(run_of(model, timeline, "c.dig").finish, day(24) + 16 * des::kHour);
  // Ten working days from Monday: Friday of the second week, day 11.
  EXPECT_EQ(run_of(model, timeline, "c.inside").finish, day(11) + 16 * des::kHour);
  EXPECT_EQ(timeline.lost_days.size(), 13u);
}

TEST(Weather, AClosureMaySpanTheTurnOfTheYear) {
  const Model model = model_of(
      "calendar { id: 'week' } weather { id: 'frost' closure { from: '12-30' through: '01-07' } "
      "} " +
      campus(std::string("weather: 'frost' ") + kOutdoorTask));
  // Monday 6 and Tuesday 7 are closed.
  EXPECT_EQ(run_of(model, simulate(model, 1, 0), "c.dig").start, day(2) + 8 * des::kHour);
}

TEST(Weather, ALostDayRunsFromMidnightToMidnight) {
  // Around the clock: 6 and 7 January worked, 8 lost, so 3 × 24 h end at 00:00 of the 10th.
  const Model model = model_of(
      "weather { id: 'storm' closure { from: '01-08' through: '01-08' } } " +
      campus("weather: 'storm' task { id: 'pour' outdoor: true work_hours { fixed: 72 } }"));
  EXPECT_EQ(run_of(model, simulate(model, 1, 0), "c.pour").finish, day(4));
}

TEST(Weather, LostDaysHaveTheMeanAndTheSpellsAskedFor) {
  // January: 6 lost days in spells of 3; q = 6/31.
  const Model model =
      model_of("weather { id: 'w' month { month: 1 lost_days: 6 spell_days: 3 } } " +
               campus("task { id: 'a' }"));
  constexpr std::uint64_t kReplications = 20'000;
  double lost = 0, spells = 0;
  for (std::uint64_t r = 0; r < kReplications; ++r) {
    Simulation simulation(model, 5, r);
    simulation.run();
    std::int64_t before = -2;
    for (const LostDay& one : simulation.timeline().lost_days) {
      if (one.day >= 26) continue;  // 6 to 31 January are 26 days
      ++lost;
      spells += one.day != before + 1;
      before = one.day;
    }
  }
  // 26 days × 6/31 = 5.032 lost days. A day in a spell continues with 2/3, so the variance of the
  // sum is below 26 q(1−q) × (1 + ρ)/(1 − ρ) with ρ = 2/3 − 1/(3 × (31 − 6)/6) = 0.587 < 16.2:
  // the mean of 20 000 has a standard error below 0.0285; four of them.
  EXPECT_NEAR(lost / kReplications, 26.0 * 6 / 31, 0.12);
  // Spells begin on day 0 with q, later after a fair day with q/(3 (1 − q)) each: in all
  // q + 25 (1 − q) q/(3 (1 − q)) = q (1 + 25/3) = 1.8065.
  EXPECT_NEAR(spells / kReplications, 6.0 / 31 * (1 + 25.0 / 3), 0.04);
}

TEST(Weather, IndependentDaysWhenNoSpellIsGiven) {
  const Model model = model_of("weather { id: 'w' month { month: 1 lost_days: 15.5 } } " +
                               campus("task { id: 'a' }"));
  double pairs = 0;
  constexpr std::uint64_t kReplications = 4'000;
  for (std::uint64_t r = 0; r < kReplications; ++r) {
    std::int64_t before = -2;
    for (const LostDay& one : simulate(model, 5, r).lost_days) {
      pairs += one.day == before + 1;
      before = one.day;
    }
  }
  // 25 pairs of neighbours in this January and 3 in the next, each lost with 1/4: 7; standard error
  // below 2.9/√4000 = 0.046.
  EXPECT_NEAR(pairs / kReplications, 7, 0.2);
}

TEST(Weather, AMonthThatLosesNoDayEndsASpell) {
  // Spells of 30 days in January; none of them goes on into February.
  const Model model = model_of(
      "weather { id: 'w' month { month: 1 lost_days: 20 spell_days: 30 } "
      "month { month: 2 lost_days: 0 spell_days: 30 } } " +
      campus("task { id: 'a' }"));
  std::int64_t last = 0;
  for (std::uint64_t r = 0; r < 100; ++r)
    for (const LostDay& one : simulate(model, 5, r).lost_days)
      if (one.day < 300) last = std::max<std::int64_t>(last, one.day);
  EXPECT_EQ(last, 25);  // 31 January
}

TEST(Weather, CampusesUnderOneWeatherLoseTheSameDays) {
  const Model model = model_of(
      "calendar { id: 'week' } weather { id: 'w' month { month: 1 lost_days: 12 } } "
      "campus { id: 'x' weather: 'w' " +
      std::string(kOutdoorTask) +
      "} "
      "campus { id: 'y' weather: 'w' " +
      kOutdoorTask + "} ");
  bool later = false;
  for (std::uint64_t r = 0; r < 20; ++r) {
    const Timeline timeline = simulate(model, 1, r);
    EXPECT_TRUE(audit(model, timeline).empty());
    EXPECT_EQ(run_of(model, timeline, "x.dig").finish, run_of(model, timeline, "y.dig").finish);
    later = later || run_of(model, timeline, "x.dig").finish > day(12);
  }
  EXPECT_TRUE(later);
}

TEST(Weather, OutdoorWorkThatIsReadyOnALostDayStartsWhenItClears) {
  const Model model = model_of(
      "crew { id: 'w' headcount: 1 } weather { id: 's' closure { from: '01-08' through: '01-09' } "
      "} " +
      campus("weather: 's' "
             "task { id: 'a' need { crew: 'w' } elapsed_days { fixed: 2.5 } } "
             "task { id: 'b' outdoor: true need { crew: 'w' } work_hours { fixed: 1 } }"));
  // a frees the worker at noon of the 8th; b can begin on the 10th only.
  const Timeline timeline = simulate(model, 1, 0);
  EXPECT_TRUE(audit(model, timeline).empty());
  EXPECT_EQ(run_of(model, timeline, "c.b").start, day(4));
  EXPECT_EQ(run_of(model, timeline, "c.b").cause.kind, CauseKind::crew_task);
}

TEST(Weather, ImpossibleWeatherIsRefused) {
  const std::string problems = problems_of(
      year_2025("weather { id: 'w' month { month: 2 lost_days: 20 spell_days: 1 } "
                "closure { from: '02-30' through: '03-01' } } " +
                campus("weather: 'w' task { id: 'a' outdoor: true elapsed_days { fixed: 1 } }")));
  EXPECT_NE(problems.find("at most 14.125 days"), std::string::npos) << problems;
  EXPECT_NE(problems.find("no day of every year"), std::string::npos) << problems;
  EXPECT_NE(problems.find("weather does not stop"), std::string::npos) << problems;
}

}  // namespace
}  // namespace racked::testing
