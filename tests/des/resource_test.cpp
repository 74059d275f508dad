#include <racked/des/resource.h>

#include "jobs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

namespace racked::des {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

TEST(Resource, ServesInTheOrderOfAskingAndNobodyOvertakes) {
  // Four workers. a takes 3 (0–4). b wants 2 at 1, c wants 1 at 2: c could have the free worker but
  // b was first. At 4 both fit.
  ProcessLoop loop;
  Resource crew(loop, "crew", 4);
  Lines log;
  loop.start(job(loop, crew, log, "a", 0h, 3, 4h));
  loop.start(job(loop, crew, log, "b", 1h, 2, 4h));
  loop.start(job(loop, crew, log, "c", 2h, 1, 4h));
  loop.run();
  EXPECT_THAT(log, ElementsAre(Line{"a", 0}, Line{"b", 4}, Line{"c", 4}));
  EXPECT_EQ(crew.in_use(), 0);
}

TEST(Resource, ServesHigherPriorityFirst) {
  ProcessLoop loop;
  Resource crew(loop, "crew", 1);
  Lines log;
  loop.start(job(loop, crew, log, "works", 0h, 1, 5h));
  loop.start(job(loop, crew, log, "low", 1h, 1, 1h, -1));
  loop.start(job(loop, crew, log, "high", 2h, 1, 1h, 7));
  loop.start(job(loop, crew, log, "usual", 3h, 1, 1h));
  loop.start(job(loop, crew, log, "high too", 4h, 1, 1h, 7));
  loop.run();
  EXPECT_THAT(log, ElementsAre(Line{"works", 0}, Line{"high", 5}, Line{"high too", 6},
                               Line{"usual", 7}, Line{"low", 8}));
}

TEST(Resource, WhoIsGrantedAtAnInstantHoldsItBeforeAnybodyElseOfThatInstantAsks) {
  // At 2 the crane is given back and granted to the waiting process; another that asks at the very
  // same instant, scheduled before the first one goes on, must wait.
  ProcessLoop loop;
  Resource crane(loop, "crane", 1);
  Lines log;
  loop.start(job(loop, crane, log, "first", 0h, 1, 2h));
  loop.start(job(loop, crane, log, "waits", 1h, 1, 3h));
  loop.start(job(loop, crane, log, "comes at 2", 2h, 1, 1h));
  loop.run();
  EXPECT_THAT(log, ElementsAre(Line{"first", 0}, Line{"waits", 2}, Line{"comes at 2", 5}));
}

TEST(Resource, HeldIsGivenBackOnceByWhoeverHasIt) {
  ProcessLoop loop;
  Resource crew(loop, "crew", 4);
  loop.start([](ProcessLoop& in, Resource of) -> Process {
    Held first = co_await of.seize(3);
    Held moved = std::move(first);
    EXPECT_FALSE(first);
    EXPECT_EQ(moved.amount(), 3);
    moved = co_await of.seize(1);  // gives three back
    EXPECT_EQ(of.in_use(), 1);
    moved.release();
    moved.release();
    EXPECT_EQ(of.in_use(), 0);
    co_await in.delay(1h);
  }(loop, crew));
  loop.run();
  EXPECT_EQ(crew.in_use(), 0);
}

TEST(Resource, WhatCannotBeHadIsRefused) {
  ProcessLoop loop;
  EXPECT_THROW(Resource(loop, "none", -1), std::invalid_argument);
  EXPECT_THROW(Resource(loop, "all", std::int64_t{1} << 62), std::invalid_argument);
  Resource crew(loop, "crew", 2);
  EXPECT_THROW((void)crew.seize(3), std::invalid_argument);
  EXPECT_THROW((void)crew.seize(0), std::invalid_argument);
}

TEST(Resource, TellsHowManyWaitWhateverTheirPriorityAndHoweverTheyLeave) {
  // One crane for ten hours; five more ask, of whom one gives up at 1 and one at 2.
  ProcessLoop loop;
  Resource crane(loop, "crane", 1);
  Lines log;
  loop.start(job(loop, crane, log, "a", 0h, 1, 10h));
  loop.run_until(kStart);
  const auto asks = [](ProcessLoop&, Resource of, int priority, Duration patience) -> Process {
    const Held held = co_await of.seize(1, priority).within(patience);
  };
  loop.start(asks(loop, crane, 0, 1h));
  loop.start(asks(loop, crane, 3, kDay));
  loop.start(asks(loop, crane, 1, 2h));
  loop.start(asks(loop, crane, 1, kDay));
  loop.start(asks(loop, crane, 0, kDay));
  loop.run_until(kStart + 30min);
  EXPECT_EQ(crane.waiting(), 5u);
  loop.run_until(kStart + 3h);
  EXPECT_EQ(crane.waiting(), 3u);
  loop.run();
  EXPECT_EQ(crane.waiting(), 0u);
}

TEST(Resource, IsTriedWithoutWaiting) {
  ProcessLoop loop;
  Resource crew(loop, "crew", 3);
  Held one = crew.try_seize(2);
  EXPECT_EQ(one.amount(), 2);
  EXPECT_FALSE(crew.try_seize(2));
  EXPECT_THROW((void)crew.try_seize(4), std::invalid_argument);
  // Somebody waits for 2: nobody of his priority overtakes him.
  Lines log;
  loop.start(job(loop, crew, log, "waits", 0h, 2, 1h));
  loop.run_until(kStart);
  EXPECT_FALSE(crew.try_seize(1));
  Held urgent = crew.try_seize(1, 1);
  EXPECT_TRUE(urgent);
  EXPECT_EQ(crew.in_use(), 3);
  one.release();
  loop.run();
  EXPECT_THAT(log, ElementsAre(Line{"waits", 0}));
  urgent.release();
  EXPECT_EQ(crew.in_use(), 0);
}

// By the earliest due date: what is due first has the largest priority, in ticks.
TEST(Resource, PrioritiesMayBeTimes) {
  ProcessLoop loop;
  Resource machine(loop, "machine", 1);
  Lines log;
  const auto due_at = [](Time due) { return -due.time_since_epoch().count(); };
  loop.start(job(loop, machine, log, "first", 0h, 1, 1h));
  loop.run_until(kStart);
  const auto order = [](ProcessLoop& in, Resource of, Lines& to, std::string name,
                        std::int64_t priority) -> Process {
    const Held held = co_await of.seize(1, priority);
    to.push_back({name, hours(in)});
    co_await in.delay(1h);
  };
  loop.start(order(loop, machine, log, "due at 9", due_at(kStart + 9h)));
  loop.start(order(loop, machine, log, "due at 1.5", due_at(kStart + 90min)));
  loop.start(order(loop, machine, log, "due at 5", due_at(kStart + 5h)));
  loop.run();
  EXPECT_THAT(log, ElementsAre(Line{"first", 0}, Line{"due at 1.5", 1}, Line{"due at 5", 2},
                               Line{"due at 9", 3}));
}

TEST(Resource, MayHaveNothingAtFirst) {
  ProcessLoop loop;
  Resource crew(loop, "crew", 0, 2);
  EXPECT_EQ(crew.capacity(), 0);
  EXPECT_THROW((void)crew.seize(3), std::invalid_argument);
  Lines log;
  loop.start(job(loop, crew, log, "a", 0h, 2, 1h));
  loop.run();
  EXPECT_EQ(crew.waiting(), 1u);
  crew.set_capacity(2);
  loop.run();
  EXPECT_THAT(log, ElementsAre(Line{"a", 0}));
}

// As g++ 12 copies what is awaited in the braces of an aggregate: byte by byte, the original
// destroyed.
TEST(Resource, UnitsOfAHeldThatWasCopiedAsBytesAreNotGivenBackTwice) {
  ProcessLoop loop;
  Resource crew(loop, "crew", 1);
  {
    Held held = crew.try_seize();
    alignas(Held) std::byte copy[sizeof(Held)];
    std::memcpy(copy, static_cast<const void*>(&held), sizeof held);
    held.release();
    Held& copied = *std::launder(reinterpret_cast<Held*>(copy));
    EXPECT_FALSE(copied);
    Held moved = std::move(copied);
    EXPECT_FALSE(moved);
    held = std::move(moved);
    EXPECT_FALSE(held);
    EXPECT_TRUE(crew.try_seize());
    copied.~Held();
  }
  EXPECT_EQ(crew.in_use(), 0);
  EXPECT_THROW(loop.run(), std::logic_error);
  EXPECT_EQ(loop.run(), Ended::empty);
}

// The run fails by it, though an exception of a process is caught by who awaits that.
TEST(Resource, AHeldThatWasCopiedAsBytesIsNoExceptionOfAProcess) {
  ProcessLoop loop;
  Resource crew(loop, "crew", 1);
  const auto copies = [](ProcessLoop&, Resource of) -> Process {
    Held held = of.try_seize();
    alignas(Held) std::byte copy[sizeof(Held)];
    std::memcpy(copy, static_cast<const void*>(&held), sizeof held);
    held.release();
    std::launder(reinterpret_cast<Held*>(copy))->~Held();
    co_return;
  };
  const auto catches = [](ProcessLoop&, ProcessRef other) -> Process {
    try {
      co_await other;
    } catch (const std::logic_error&) {
      ADD_FAILURE() << "the process has not thrown";
    }
  };
  loop.start(catches(loop, loop.start(copies(loop, crew))));
  EXPECT_THROW(loop.run(), std::logic_error);
  EXPECT_EQ(loop.run(), Ended::empty);
}

}  // namespace
}  // namespace racked::des
