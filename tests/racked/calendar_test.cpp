#include <racked/calendar.h>

#include <gtest/gtest.h>

namespace racked {
namespace {

using des::kDay;
using des::kHour;
using des::kStart;

const Date kMonday = parse_date("2025-01-06");
const Date kYearLater = parse_date("2026-01-05");

// Monday to Friday, 08:00 to 12:00 and 13:00 to 17:00.
Calendar office(const std::vector<Date>& holidays = {}) {
  std::vector<Calendar::Shift> shifts;
  for (int day = 0; day < 5; ++day) {
    shifts.push_back({day, 8 * kHour, 4 * kHour});
    shifts.push_back({day, 13 * kHour, 4 * kHour});
  }
  return Calendar(shifts, holidays, kMonday, kYearLater);
}

des::Time at(int day, int hour) { return kStart + day * kDay + hour * kHour; }

TEST(Calendar, AWorkingDayIsTheTimeWorkedOnAnAverageDay) {
  EXPECT_EQ(office().working_day(), 8 * kHour);
  EXPECT_EQ(Calendar().working_day(), 24 * kHour);
}

TEST(Calendar, WorkThatFillsAPeriodFinishesAtItsEndNotAtTheNextBeginning) {
  const Calendar calendar = office();
  // Monday 08:00 + 8 h of work = Monday 17:00, the lunch hour not counted.
  EXPECT_EQ(calendar.finish(at(0, 8), 8 * kHour), at(0, 17));
  // 4 h end at noon exactly.
  EXPECT_EQ(calendar.finish(at(0, 8), 4 * kHour), at(0, 12));
  // One tick more is done one tick after lunch.
  EXPECT_EQ(calendar.finish(at(0, 8), 4 * kHour + des::Duration(1)), at(0, 13) + des::Duration(1));
}

TEST(Calendar, WorkBegunOutsideAPeriodBeginsWithTheNext) {
  const Calendar calendar = office();
  EXPECT_EQ(calendar.next_work(at(0, 17)), at(1, 8));  // Monday evening: Tuesday morning
  EXPECT_EQ(calendar.next_work(at(4, 17)), at(7, 8));  // Friday evening: Monday
  EXPECT_EQ(calendar.next_work(at(0, 12)), at(0, 13));
  EXPECT_EQ(calendar.next_work(at(0, 9)), at(0, 9));
  EXPECT_TRUE(calendar.works_at(at(0, 8)));
  EXPECT_FALSE(calendar.works_at(at(0, 17)));  // periods are half-open
  // Friday 17:00 + 40 h = the following Friday 17:00.
  EXPECT_EQ(calendar.finish(at(4, 17), 40 * kHour), at(11, 17));
}

TEST(Calendar, StartIsTheInverseOfFinish) {
  const Calendar calendar = office({parse_date("2025-01-08")});
  // 8 h that end on Tuesday 17:00 began on Tuesday 08:00, not on Monday 17:00.
  EXPECT_EQ(calendar.start(at(1, 17), 8 * kHour), at(1, 8));
  // The holiday and the weekend are skipped backward: Monday, Friday and Thursday, Tuesday.
  EXPECT_EQ(calendar.start(at(7, 17), 32 * kHour), at(1, 8));
  // What ends at night ended in the evening before.
  EXPECT_EQ(calendar.start(at(1, 23), 8 * kHour), at(1, 8));
  EXPECT_EQ(calendar.start(at(1, 10), des::Duration::zero()), at(1, 10));
  for (int hour = 0; hour < 14 * 24; ++hour)
    for (const int work : {1, 4, 7, 8, 33}) {
      const des::Time begun = calendar.next_work(kStart + hour * kHour);
      EXPECT_EQ(calendar.start(calendar.finish(begun, work * kHour), work * kHour), begun);
    }
}

TEST(Calendar, WorkBeforeTheStartOfTheSimulationIsKnownForAYear) {
  const Calendar calendar = office();
  // One working day before Monday 08:00 is Friday 08:00.
  EXPECT_EQ(calendar.start(at(0, 8), 8 * kHour), at(-3, 8));
  EXPECT_EQ(calendar.work_between(at(-7, 0), at(0, 0)), 40 * kHour);
  EXPECT_EQ(calendar.work_between(at(0, 0), at(-7, 0)), -40 * kHour);
  EXPECT_EQ(calendar.start(at(0, 8), 400 * 8 * kHour), des::Time::min());
}

TEST(Calendar, TheEndsOfTimeAreTimesLikeOthers) {
  const Calendar calendar = office();
  EXPECT_EQ(calendar.finish(des::kNever, 8 * kHour), des::kNever);
  EXPECT_EQ(calendar.next_work(des::kNever), des::kNever);
  EXPECT_EQ(calendar.finish(des::Time::min(), kHour), at(-364, 9));  // the first Monday covered
  EXPECT_FALSE(calendar.works_at(des::kNever));
}

TEST(Calendar, TheLastWorkBeforeATimeEndsAPeriod) {
  const Calendar calendar = office();
  EXPECT_EQ(calendar.last_work(at(1, 8)), at(0, 17));
  EXPECT_EQ(calendar.last_work(at(0, 17)), at(0, 17));
  EXPECT_EQ(calendar.last_work(at(0, 12)), at(0, 12));
  EXPECT_EQ(calendar.last_work(at(0, 10)), at(0, 10));
  EXPECT_EQ(calendar.last_work(at(7, 3)), at(4, 17));
}

TEST(Calendar, LostDaysAreCutOutFromMidnightToMidnight) {
  // One shift from 20:00, 8 hours, every day: day 1 lost costs the night into it and its evening,
  // but not what that evening's shift does after midnight.
  std::vector<Calendar::Shift> nights;
  for (int day = 0; day < 7; ++day) nights.push_back({day, 20 * kHour, 8 * kHour});
  const Calendar fair(nights, {}, kMonday, kYearLater);
  Calendar lost;
  lost.assign_without(fair, {0, 1, 0, 0});
  EXPECT_EQ(lost.work_between(at(0, 20), at(3, 20)), 4 * kHour + 4 * kHour + 8 * kHour);
  EXPECT_EQ(lost.finish(at(0, 20), 5 * kHour), at(2, 1));
  EXPECT_EQ(lost.working_day(), 8 * kHour);
  // Around the clock.
  lost.assign_without(Calendar(), {0, 1, 1, 0});
  EXPECT_EQ(lost.next_work(at(1, 5)), at(3, 0));
  EXPECT_EQ(lost.finish(at(0, 12), 24 * kHour), at(3, 12));
}

TEST(Calendar, AHolidayIsSkipped) {
  const Calendar calendar = office({parse_date("2025-01-08")});
  // Three working days from Monday: Monday, Tuesday, Thursday.
  EXPECT_EQ(calendar.finish(at(0, 8), 24 * kHour), at(3, 17));
}

TEST(Calendar, WorkBetweenCountsOnlyWorkingTime) {
  const Calendar calendar = office();
  EXPECT_EQ(calendar.work_between(at(0, 0), at(7, 0)), 40 * kHour);
  EXPECT_EQ(calendar.work_between(at(0, 11), at(0, 14)), 2 * kHour);
  EXPECT_EQ(calendar.work_between(at(5, 0), at(6, 23)), des::Duration::zero());
  EXPECT_EQ(calendar.work_between(at(3, 0), at(1, 0)), -16 * kHour);
}

TEST(Calendar, FinishAndWorkBetweenAreInverse) {
  const Calendar calendar = office({parse_date("2025-02-17"), parse_date("2025-07-04")});
  for (int hours = 1; hours < 1500; hours += 7) {
    const des::Time done = calendar.finish(at(2, 10), hours * kHour);
    EXPECT_EQ(calendar.work_between(at(2, 10), done), hours * kHour);
  }
}

TEST(Calendar, ANightShiftCrossesMidnightAndBelongsToItsFirstDay) {
  const Calendar calendar({{0, 22 * kHour, 8 * kHour}}, {}, kMonday, kYearLater);
  EXPECT_TRUE(calendar.works_at(at(1, 5)));  // Tuesday 05:00, of Monday's shift
  EXPECT_FALSE(calendar.works_at(at(1, 6)));
  // 10 h from Monday 22:00: 8 h until Tuesday 06:00, 2 h on the next Monday.
  EXPECT_EQ(calendar.finish(at(0, 22), 10 * kHour), at(8, 0));
}

TEST(Calendar, AShiftThatBeganTheDayBeforeTheStartIsAtWork) {
  // The start is a Monday; Sunday's shift of 22:00 runs until Monday 06:00.
  const Calendar calendar({{6, 22 * kHour, 8 * kHour}}, {}, kMonday, kYearLater);
  EXPECT_TRUE(calendar.works_at(at(0, 0)));
  EXPECT_EQ(calendar.finish(kStart, 6 * kHour), at(0, 6));
}

TEST(Calendar, AdjoiningShiftsAreOnePeriod) {
  std::vector<Calendar::Shift> shifts;
  for (int day = 0; day < 7; ++day)
    for (int hour = 0; hour < 24; hour += 8) shifts.push_back({day, hour * kHour, 8 * kHour});
  const Calendar calendar(shifts, {}, kMonday, kYearLater);
  ASSERT_EQ(calendar.periods().size(), 1u);
  EXPECT_EQ(calendar.finish(at(3, 7), 100 * kHour), at(3, 7) + 100 * kHour);
  EXPECT_EQ(calendar.working_day(), 24 * kHour);
}

TEST(Calendar, WorkPastTheHorizonNeverFinishes) {
  const Calendar calendar = office();
  // 2025-01-06 to 2026-01-04 has 260 working days of 8 h; the last ends Friday 2026-01-02 17:00,
  // day 361.
  EXPECT_EQ(calendar.finish(at(0, 0), 260 * 8 * kHour), at(361, 17));
  EXPECT_EQ(calendar.finish(at(0, 0), 260 * 8 * kHour + des::Duration(1)), des::kNever);
  EXPECT_EQ(calendar.next_work(at(361, 17)), des::kNever);
}

TEST(Calendar, OverlappingOrMissingShiftsAreRefused) {
  EXPECT_THROW(Calendar({}, {}, kMonday, kYearLater), std::invalid_argument);
  EXPECT_THROW(
      Calendar({{0, 8 * kHour, 4 * kHour}, {0, 11 * kHour, 4 * kHour}}, {}, kMonday, kYearLater),
      std::invalid_argument);
  // Sunday's night shift runs into Monday's early one.
  EXPECT_THROW(
      Calendar({{6, 20 * kHour, 10 * kHour}, {0, 5 * kHour, 8 * kHour}}, {}, kMonday, kYearLater),
      std::invalid_argument);
}

TEST(Dates, GoThereAndBack) {
  EXPECT_EQ(iso_date(parse_date("2024-02-29")), "2024-02-29");
  EXPECT_EQ(date_of(time_of(parse_date("2025-03-01"), kMonday), kMonday), parse_date("2025-03-01"));
  EXPECT_EQ(date_of(kStart - des::Duration(1), kMonday), parse_date("2025-01-05"));
  for (const char* wrong :
       {"2025-02-29", "2025-1-06", "06-01-2025", "2025-13-01", "", "2025-01-0x"})
    EXPECT_THROW(parse_date(wrong), std::invalid_argument) << wrong;
}

}  // namespace
}  // namespace racked
