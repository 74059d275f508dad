#include <racked/des/process.h>
#include <racked/des/any_of.h>
#include <racked/des/gate.h>
#include <racked/des/resource.h>

#include "hours.h"
#include "process_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <utility>
#include <string>
#include <vector>

namespace racked::des {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

TEST(ProcessOrder, EqualTimesGoInTheOrderOfScheduling) {
  ProcessLoop loop;
  Log log;
  loop.start(say(loop, log, "a", 2h));
  loop.start(say(loop, log, "b", 1h));
  loop.start(say(loop, log, "c", 2h));
  loop.start(say(loop, log, "d", 0h));
  loop.start(say(loop, log, "e", 2h));
  loop.run();
  EXPECT_THAT(log, ElementsAre("d", "b", "a", "c", "e"));
}

TEST(ProcessOrder, EqualTimesGoInTheOrderOfTurns) {
  ProcessLoop loop;
  Log log;
  const auto says = [](ProcessLoop& in, Log& to, std::string name, Turn turn) -> Process {
    co_await in.delay(1h, turn);
    to.push_back(name);
    co_await in.until(kStart + 2h, turn);
    to.push_back(name);
    co_await any_of(in.delay(1h, turn));
    to.push_back(name);
  };
  loop.start(says(loop, log, "c", Turn::observe));
  loop.start(says(loop, log, "b", Turn::start));
  loop.start(says(loop, log, "a", Turn::finish));
  // Its delays are of the kind that can be cancelled, after one that was broken off.
  const ProcessRef late = loop.start([](ProcessLoop& in, Log& to) -> Process {
    try {
      co_await in.delay(9h);
    } catch (const Interrupted&) {
    }
    co_await in.delay(1h, Turn::finish);
    to.push_back("late a");
  }(loop, log));
  loop.run_until(kStart);
  late.interrupt("now");
  loop.run();
  EXPECT_THAT(log, ElementsAre("a", "late a", "b", "c", "a", "b", "c", "a", "b", "c"));
}

// A server without a waiting room; customers come every hour and are served for an hour. By turns
// each finds the server free, else every second one is lost.
TEST(ProcessOrder, WhoLeavesMakesRoomForWhoComesAtTheSameInstantByTurns) {
  const auto customer = [](ProcessLoop& in, Resource server, Turn ends, int& lost) -> Process {
    if (server.free() == 0) {
      ++lost;
      co_return;
    }
    const Held held = co_await server.seize();
    co_await in.delay(1h, ends);
  };
  const auto come = [&](ProcessLoop& in, Resource server, Turn ends, int& lost) -> Process {
    for (int i = 0; i < 100; ++i) {
      in.start(customer(in, server, ends, lost));
      co_await in.delay(1h);
    }
  };
  const auto lost_of_100 = [&](Turn ends) {
    ProcessLoop loop;
    int lost = 0;
    loop.start(come(loop, Resource(loop, "server", 1), ends, lost));
    loop.run();
    return lost;
  };
  EXPECT_EQ(lost_of_100(Turn::finish), 0);
  EXPECT_EQ(lost_of_100(Turn::start), 50);
}

TEST(ProcessOrder, ADelayOfNothingLetsTheOthersOfThisInstantGoFirst) {
  ProcessLoop loop;
  Log log;
  const auto yields = [](ProcessLoop& in, Log& to, std::string name) -> Process {
    for (int i = 0; i < 2; ++i) {
      to.push_back(name + std::to_string(i));
      co_await in.delay(0h);
    }
  };
  loop.start(yields(loop, log, "a"));
  loop.start(yields(loop, log, "b"));
  loop.run();
  EXPECT_THAT(log, ElementsAre("a0", "b0", "a1", "b1"));
}

// Everything happens at whole hours: grants, timeouts, interrupts and delays meet all the time.
struct Yard {
  Resource crane;
  std::int64_t held = 0;               // by processes that know of it
  std::uint64_t begun = 0, ended = 0;  // waits
  std::uint64_t luck;
  std::uint64_t draw(std::uint64_t below) {
    luck = luck * 6364136223846793005u + 1442695040888963407u;
    return (luck >> 33) % below;
  }
};

Process works(ProcessLoop& loop, Yard& yard) {
  for (int i = 0; i < 20; ++i) {
    try {
      co_await loop.delay(std::chrono::hours(yard.draw(3)));
    } catch (const Interrupted&) {
    }
    Held held;
    const auto amount = static_cast<std::int64_t>(1 + yard.draw(2));
    const int priority = static_cast<int>(yard.draw(2));
    const std::uint64_t way = yard.draw(3);
    ++yard.begun;
    try {
      if (way == 0) held = co_await yard.crane.seize(amount, priority);
      if (way == 1)
        held = co_await yard.crane.seize(amount, priority).within(std::chrono::hours(yard.draw(3)));
      if (way == 2) {
        auto [two, one, gone] = co_await any_of(yard.crane.seize(2), yard.crane.seize(1),
                                                loop.delay(std::chrono::hours(yard.draw(3))));
        EXPECT_EQ(two.has_value() + one.has_value() + gone.has_value(), 1);
        if (two) held = std::move(*two);
        if (one) held = std::move(*one);
      }
    } catch (const Interrupted&) {
      EXPECT_FALSE(held);
    }
    ++yard.ended;
    const std::int64_t units = held.amount();
    yard.held += units;
    EXPECT_LE(yard.held, yard.crane.capacity());
    EXPECT_LE(yard.crane.in_use(), yard.crane.capacity());
    try {
      co_await loop.delay(std::chrono::hours(yard.draw(3)));
    } catch (const Interrupted&) {
    }
    yard.held -= units;
  }
}

Process meddles(ProcessLoop& loop, Yard& yard, const std::vector<ProcessRef>& others) {
  for (int i = 0; i < 30; ++i) {
    co_await loop.delay(std::chrono::hours(yard.draw(2)));
    others[yard.draw(others.size())].interrupt("storm");
  }
}

TEST(ProcessOrder, AtEqualTimesNothingIsHeldByTwoNorLostNorWaitedForWhileItIsFree) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    ProcessLoop loop;
    Yard yard{Resource(loop, "crane", 2 + static_cast<std::int64_t>(seed % 2)), 0, 0, 0, seed};
    std::vector<ProcessRef> all;
    for (int i = 0; i < 8; ++i) all.push_back(loop.start(works(loop, yard)));
    loop.start(meddles(loop, yard, all));
    ASSERT_EQ(loop.run(), Ended::empty);
    ASSERT_EQ(loop.processes(), 0u) << "nobody is left waiting, seed " << seed;
    ASSERT_EQ(yard.crane.in_use(), 0) << "seed " << seed;
    ASSERT_EQ(yard.held, 0) << "seed " << seed;
    ASSERT_EQ(yard.begun, 8u * 20) << "seed " << seed;
    ASSERT_EQ(yard.ended, yard.begun) << "a wait ends exactly once, seed " << seed;
  }
}

TEST(ProcessOrder, AUnitResourceIsNotHeldByTwoWhoAskAtTheInstantOfItsRelease) {
  // Given back at 2 h, when one waits for it and two come, one of whom has priority; they come
  // before it is given back, for that was scheduled later. They hold it one after the other.
  ProcessLoop loop;
  Resource crane(loop, "crane", 1);
  int holders = 0;
  Log log;
  const auto holds = [](ProcessLoop& in, Resource of, int& together, Log& to, std::string name,
                        Duration comes, int priority) -> Process {
    co_await in.delay(comes);
    const Held held = co_await of.seize(1, priority);
    EXPECT_EQ(++together, 1);
    to.push_back(name + " at " + std::to_string(static_cast<int>(hours(in))));
    co_await in.delay(2h);
    --together;
  };
  loop.start(holds(loop, crane, holders, log, "first", 0h, 0));
  loop.start(holds(loop, crane, holders, log, "waits", 1h, 0));
  loop.start(holds(loop, crane, holders, log, "comes", 2h, 0));
  loop.start(holds(loop, crane, holders, log, "urgent", 2h, 1));
  loop.run();
  EXPECT_THAT(log, ElementsAre("first at 0", "urgent at 2", "waits at 4", "comes at 6"));
}

}  // namespace
}  // namespace racked::des
