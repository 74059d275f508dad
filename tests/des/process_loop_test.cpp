#include <racked/des/process_loop.h>

#include <racked/des/process.h>
#include <racked/des/resource.h>

#include "hours.h"
#include "process_log.h"

#include <allocation_count.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace racked::des {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

TEST(ProcessLoop, NothingHappensUntilATimeThatHasPassed) {
  ProcessLoop loop;
  Log log;
  loop.run_until(kStart + 2h);
  loop.start(say(loop, log, "a", 0h));
  EXPECT_EQ(loop.run_until(kStart + 1h), Ended::time);
  EXPECT_EQ(loop.now(), kStart + 2h);
  EXPECT_THAT(log, ElementsAre());
  loop.run();
  EXPECT_THAT(log, ElementsAre("a"));
  EXPECT_EQ(loop.run_until(kStart + 1h), Ended::empty);
}

TEST(ProcessLoop, StopsTheRunWhenAskedTo) {
  ProcessLoop loop;
  Log log;
  loop.start([](ProcessLoop& in) -> Process {
    in.stop();
    co_await in.delay(1h);
    in.stop();
    co_await in.delay(1h);
  }(loop));
  loop.start(say(loop, log, "later", 3h));
  EXPECT_EQ(loop.run(), Ended::stopped);
  EXPECT_EQ(loop.now(), kStart);
  EXPECT_EQ(loop.run_until(kStart + 5h), Ended::stopped);
  EXPECT_EQ(loop.now(), kStart + 1h);
  EXPECT_EQ(loop.run(), Ended::empty);
  EXPECT_THAT(log, ElementsAre("later"));
}

TEST(ProcessLoop, AMillionLive) {
  ProcessLoop loop;
  Resource crane(loop, "crane", 1);
  std::uint64_t done = 0;
  const auto one = [](ProcessLoop& in, std::uint64_t i, std::uint64_t& count) -> Process {
    co_await in.delay(Duration(static_cast<std::int64_t>(i * 7'919 % 1'000'003)));
    co_await in.delay(1h);
    ++count;
  };
  for (std::uint64_t i = 0; i < 1'000'000; ++i) loop.start(one(loop, i, done));
  EXPECT_EQ(loop.processes(), 1'000'000u);
  loop.run_until(kStart + 30min);
  EXPECT_EQ(loop.processes(), 1'000'000u);
  EXPECT_LE(loop.memory(), 300u * 1'000'000) << "bytes for each, its event included";
  loop.run();
  EXPECT_EQ(done, 1'000'000u);
  EXPECT_EQ(loop.processes(), 0u);
}

TEST(ProcessLoop, NothingIsAllocatedOnceWarm) {
  // Customers come, wait with patience, are served and leave; the queue swings.
  struct Bank {
    Resource clerk;
    std::uint64_t luck = 1;
    Duration draw(std::uint64_t below) {
      luck = luck * 6364136223846793005u + 1442695040888963407u;
      return Duration(static_cast<std::int64_t>((luck >> 33) % below));
    }
  };
  ProcessLoop loop;
  Bank bank{Resource(loop, "clerk", 2)};
  const auto customer = [](ProcessLoop& in, Bank& at) -> Process {
    const Held held = co_await at.clerk.seize().within(at.draw(5'000));
    if (held) co_await in.delay(at.draw(2'000));
  };
  loop.start([](ProcessLoop& in, Bank& at, auto come) -> Process {
    for (;;) {
      co_await in.delay(at.draw(1'100));
      in.start(come(in, at));
    }
  }(loop, bank, customer));
  loop.run_until(kStart + 20ms);
  const std::size_t before = testing::allocation_count();
  const std::uint64_t events = loop.events_handled();
  loop.run_until(kStart + 40ms);
  EXPECT_EQ(testing::allocation_count() - before, 0u);
  EXPECT_GT(loop.events_handled() - events, 30'000u);
}

TEST(ProcessLoop, TheClockStopsAtTheLastEventOrGoesToTheEndOfTheRun) {
  ProcessLoop loop;
  Log log;
  loop.start(say(loop, log, "a", 2h));
  EXPECT_EQ(loop.run_until(kStart + 1h), Ended::time);
  EXPECT_EQ(hours(loop), 1);
  EXPECT_EQ(loop.run(), Ended::empty);
  EXPECT_EQ(hours(loop), 2);
  EXPECT_EQ(loop.run_until(kStart + 5h), Ended::empty);
  EXPECT_EQ(hours(loop), 5);
  EXPECT_EQ(loop.events_handled(), 1u);
}

}  // namespace
}  // namespace racked::des
