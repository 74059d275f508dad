#include <racked/des/process_loop.h>

#include <racked/des/process.h>
#include <racked/des/gate.h>
#include <racked/des/level.h>
#include <racked/des/resource.h>
#include <racked/des/store.h>

#include "hours.h"
#include "process_log.h"

#include <allocation_count.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
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
  // Not to the end of time, after which no delay would end.
  EXPECT_EQ(loop.run_until(kNever), Ended::empty);
  EXPECT_EQ(hours(loop), 5);
  loop.start(say(loop, log, "b", 1h));
  EXPECT_EQ(loop.run_until(kNever), Ended::empty);
  EXPECT_EQ(hours(loop), 6);
}

// A process that waits for no time at all, again and again, is found out.
TEST(ProcessLoop, EndsWhenABudgetIsSpentAndMoreWouldHappen) {
  ProcessLoop loop;
  Log log;
  loop.start(say(loop, log, "a", 1h));
  loop.start(say(loop, log, "b", 1h));
  loop.start(say(loop, log, "c", 3h));
  EXPECT_EQ(loop.run_until(kStart + 2h, 1), Ended::budget);
  EXPECT_EQ(hours(loop), 1);
  EXPECT_EQ(log, (Log{"a"}));
  EXPECT_EQ(loop.run_until(kStart + 2h, 1), Ended::time);
  EXPECT_EQ(hours(loop), 2);
  EXPECT_EQ(loop.run_until(kStart + 2h, 0), Ended::time);
  EXPECT_EQ(loop.run_until(kNever, 0), Ended::budget);
  EXPECT_EQ(loop.run_until(kNever, 1), Ended::empty);
  EXPECT_EQ(log, (Log{"a", "b", "c"}));
  loop.start([](ProcessLoop& in) -> Process {
    for (;;) co_await in.delay(0h);
  }(loop));
  EXPECT_EQ(loop.run_until(kStart + 9h, 1'000), Ended::budget);
  EXPECT_EQ(hours(loop), 3);
  EXPECT_EQ(loop.events_handled(), 1'003u);
}

// Of delays until 5 and 20 the first is broken off at 1: nothing would happen until 10.
TEST(ProcessLoop, WhatWasBrokenOffWouldNotHaveHappened) {
  ProcessLoop loop;
  Log log;
  const ProcessRef broken_off = loop.start([](ProcessLoop& in) -> Process {
    try {
      co_await in.delay(5h);
    } catch (const Interrupted&) {
    }
  }(loop));
  loop.start(say(loop, log, "late", 20h));
  loop.start([](ProcessLoop& in, ProcessRef other) -> Process {
    co_await in.delay(1h);
    other.interrupt("enough");
  }(loop, broken_off));
  EXPECT_EQ(loop.run_until(kStart + 10h, 1), Ended::time);
  EXPECT_EQ(hours(loop), 10);
  EXPECT_EQ(loop.run_until(kStart + 20h, 0), Ended::budget);
  loop.start(say(loop, log, "soon", 0h));
  EXPECT_EQ(loop.run_until(kStart + 20h, 1), Ended::budget);
  EXPECT_EQ(log, (Log{"soon"}));
  EXPECT_EQ(loop.run(), Ended::empty);
  EXPECT_EQ(log, (Log{"soon", "late"}));
}

TEST(ProcessLoop, GoesFromInstantToInstant) {
  ProcessLoop loop;
  EXPECT_EQ(loop.next_time(), kNever);
  const auto sleeps = [](ProcessLoop& in, Duration span) -> Process {
    try {
      co_await in.delay(span);
    } catch (const Interrupted&) {
    }
  };
  loop.start(sleeps(loop, 3h));
  EXPECT_EQ(loop.next_time(), kStart) << "one is about to begin";
  loop.start(sleeps(loop, 2h));
  const ProcessRef broken = loop.start(sleeps(loop, 1h));
  std::vector<double> instants;
  for (Time next; (next = loop.next_time()) != kNever;) {
    loop.run_until(next);
    instants.push_back(hours(loop));
    broken.interrupt("at once");
  }
  EXPECT_EQ(instants.front(), 0);
  EXPECT_EQ(instants.back(), 3);
  EXPECT_TRUE(std::is_sorted(instants.begin(), instants.end()));
  // What a delay has left behind is nothing that happens.
  const ProcessRef last = loop.start(sleeps(loop, 9h));
  loop.run_until(kStart + 4h);
  EXPECT_EQ(loop.next_time(), kStart + 12h);
  last.interrupt("enough");
  loop.run_until(kStart + 4h);
  EXPECT_EQ(loop.next_time(), kNever);
}

// Each kind of wait that has to wait, for something of another loop.
TEST(ProcessLoop, WaitsForNothingOfAnother) {
  ProcessLoop here, there;
  Resource crew(there, "crew", 0, 1);
  Store<int> yard(there, "yard"), full(there, "full", 1);
  EXPECT_TRUE(full.try_put(1));
  Level tank(there, "tank", 1);
  Gate gate(there, "gate");
  const auto sleeps = [](ProcessLoop& in) -> Process { co_await in.delay(1h); };
  const ProcessRef sleeper = there.start(sleeps(there));
  const auto refused = [&](auto wait) {
    const auto waits = [](ProcessLoop&, auto make) -> Process { (void)co_await make(); };
    here.start(waits(here, wait));
    EXPECT_THROW(here.run(), std::logic_error);
  };
  refused([=]() mutable { return crew.seize(); });
  refused([=]() mutable { return yard.take(); });
  refused([=]() mutable { return yard.take(2); });
  refused([=]() mutable { return full.put(2); });
  refused([=]() mutable { return tank.get(1); });
  refused([=]() mutable { return gate.open(); });
  refused([=] { return ProcessEnd(sleeper); });
  EXPECT_EQ(here.processes(), 0u);
  EXPECT_EQ(crew.waiting() + yard.waiting_to_take() + full.waiting_to_put() + gate.waiting(), 0u);
  EXPECT_EQ(there.run(), Ended::empty);
}

}  // namespace
}  // namespace racked::des
