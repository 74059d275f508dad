#include <racked/des/process.h>
#include <racked/des/any_of.h>
#include <racked/des/gate.h>

#include "hours.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace racked::des {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

// Sleeps for ever, and an hour when it was interrupted.
Process passive(ProcessLoop& loop, Delay for_ever, std::vector<Duration>& left) {
  try {
    co_await for_ever;
    ADD_FAILURE() << "woken at " << hours(loop);
  } catch (const Interrupted& interrupted) {
    left.push_back(interrupted.remaining);
  }
  co_await loop.delay(1h);
}

Process last_event(ProcessLoop& loop) { co_await loop.delay(2h); }

// The only event is at 2; both are interrupted then, and end at 3.
TEST(ProcessForever, EndsOnlyByAnInterrupt) {
  ProcessLoop loop;
  std::vector<Duration> left;
  std::vector<ProcessRef> passives;
  loop.start(last_event(loop));
  loop.run_until(kStart + 1h);
  passives.push_back(loop.start(passive(loop, loop.until(kNever), left)));
  passives.push_back(loop.start(passive(loop, loop.delay(Duration::max()), left)));
  EXPECT_EQ(loop.run(), Ended::empty);
  EXPECT_EQ(hours(loop), 2);
  EXPECT_EQ(loop.events_handled(), 1u);
  EXPECT_EQ(loop.waiting().at(0).awaits, "to be interrupted");
  for (const ProcessRef& one : passives) one.interrupt("go on");
  EXPECT_EQ(loop.run(), Ended::empty);
  EXPECT_EQ(hours(loop), 3);
  EXPECT_EQ(loop.events_handled(), 3u);
  EXPECT_THAT(left, ElementsAre(kNever - (kStart + 2h), kNever - (kStart + 2h)));
  EXPECT_EQ(loop.processes(), 0u);
  EXPECT_EQ(loop.run_until(kStart + 9h), Ended::empty);
}

// The gate opens at 2. After that only all_of waits, for the delay.
TEST(ProcessForever, IsAPartThatDoesNotEnd) {
  ProcessLoop loop;
  Gate gate(loop, "permit");
  std::vector<double> went;
  loop.start([](ProcessLoop& in, Gate at, std::vector<double>& to) -> Process {
    auto [opened, passed] = co_await any_of(at.open(), in.until(kNever));
    EXPECT_TRUE(opened && !passed);
    to.push_back(hours(in));
  }(loop, gate, went));
  const ProcessRef waits =
      loop.start([](ProcessLoop& in, Gate at, std::vector<double>& to) -> Process {
        try {
          (void)co_await all_of(at.open(), in.delay(Duration::max()));
        } catch (const Interrupted&) {
          to.push_back(hours(in));
        }
      }(loop, gate, went));
  loop.run();
  EXPECT_EQ(loop.waiting().at(0).awaits, "'permit' to open or to be interrupted");
  loop.start([](ProcessLoop& in, Gate at) -> Process {
    co_await in.delay(2h);
    at.set_open(true);
  }(loop, gate));
  EXPECT_EQ(loop.run(), Ended::empty);
  EXPECT_EQ(loop.waiting().at(0).awaits, "to be interrupted");
  EXPECT_EQ(hours(loop), 2);
  waits.interrupt("enough");
  loop.run();
  EXPECT_THAT(went, ElementsAre(2, 2));
}

// The event of a delay until 10, broken off at 1, stays in the queue. Twice for ever, broken off at
// 2 and at 12; then an hour.
TEST(ProcessForever, LeavesNoEventBehind) {
  ProcessLoop loop;
  std::vector<double> at;
  const ProcessRef worker = loop.start([](ProcessLoop& in, std::vector<double>& to) -> Process {
    for (const Time until : {kStart + 10h, kNever, kNever}) {
      try {
        co_await in.until(until);
      } catch (const Interrupted&) {
        to.push_back(hours(in));
      }
    }
    co_await in.delay(1h);
    to.push_back(hours(in));
  }(loop, at));
  loop.start([](ProcessLoop& in, ProcessRef other) -> Process {
    for (const Duration span : {1h, 1h, 10h}) {
      co_await in.delay(span);
      other.interrupt("go on");
    }
  }(loop, worker));
  EXPECT_EQ(loop.run(), Ended::empty);
  EXPECT_THAT(at, ElementsAre(1, 2, 12, 13));
  EXPECT_EQ(loop.events_handled(), 4u) << "three of who interrupts, and the last hour";
}

}  // namespace
}  // namespace racked::des
