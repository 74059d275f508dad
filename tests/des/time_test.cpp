#include <racked/des/time.h>

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <stdexcept>

namespace racked::des {
namespace {

using namespace std::chrono_literals;

template <class A, class B>
concept Addable = requires(A a, B b) {
  a + b;
};

// Points and spans do not mix, and nothing turns into time by accident.
static_assert(Addable<Time, Duration>);
static_assert(!Addable<Time, Time>);
static_assert(!std::is_convertible_v<std::int64_t, Time>);
static_assert(!std::is_convertible_v<double, Duration>);
static_assert(!std::is_convertible_v<Duration, Time>);

TEST(Time, WorksWithLiterals) {
  EXPECT_EQ(kStart + 36h - kStart, 129'600s);
  EXPECT_EQ(kDay, 24 * kHour);
}

TEST(Time, RoundsToTheNearestTickAndSaturates) {
  EXPECT_EQ(rounded(1.5, Duration(1)), Duration(2));
  EXPECT_EQ(rounded(-1.5, Duration(1)), Duration(-2));
  EXPECT_EQ(rounded(0.49999999999999994, Duration(1)), Duration(0));  // + 0.5 would be 1
  EXPECT_EQ(rounded(-0.5, Duration(1)), Duration(-1));
  EXPECT_EQ(rounded(4503599627370497.5, Duration(1)), Duration(4503599627370498));
  EXPECT_EQ(rounded(-0x1.fffffffffffffp62, Duration(1)), Duration(-9223372036854774784));
  EXPECT_EQ(rounded(0.25, kDay), 6h);
  EXPECT_EQ(rounded(1e30, kDay), Duration::max());
  EXPECT_EQ(rounded(-1e30, kDay), Duration::min());
  EXPECT_THROW(rounded(NAN, kDay), std::invalid_argument);
}

TEST(Time, LaterThanEverythingIsNever) {
  EXPECT_EQ(later(kStart + kHour, Duration::max()), kNever);
  EXPECT_EQ(later(kStart + kHour, kHour), kStart + 2 * kHour);
  EXPECT_EQ(later(Time::min(), Duration::max()), Time(Duration(-1)));
  EXPECT_EQ(later(kStart, Duration::max()), kNever);
  EXPECT_EQ(later(kStart - kHour, Duration::min()), Time::min());
}

TEST(Time, ASpanBeyondTheEndsIsAtTheEnd) {
  EXPECT_EQ(span_between(kStart + kHour, kStart + 3 * kHour), 2 * kHour);
  EXPECT_EQ(span_between(kStart - kHour, kNever), Duration::max());
  EXPECT_EQ(span_between(kStart + kHour, Time::min()), Duration::min());
}

TEST(Time, SpansAreNumbersOfUnits) {
  EXPECT_EQ(rounded(1.5h), 90min);
  EXPECT_EQ(rounded(std::chrono::duration<double, std::micro>(0.0026)), 3ns);
  EXPECT_EQ(rounded(std::chrono::duration<double, std::pico>(1'700)), 2ns);
  EXPECT_EQ(rounded(std::chrono::duration<double, std::ratio<1, 60>>(90)), 1'500ms);
  EXPECT_EQ(rounded(std::chrono::duration<double>(1e300)), Duration::max());
  EXPECT_EQ(units_of(90min, kHour), 1.5);
  EXPECT_EQ(units_of(-36h, kDay), -1.5);
}

}  // namespace
}  // namespace racked::des
