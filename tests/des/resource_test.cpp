#include <racked/des/resource.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace racked::des {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

double hours(const ProcessLoop& loop) {
  return std::chrono::duration<double, std::ratio<3600>>(loop.now() - kStart).count();
}

struct Entry {
  std::string who;
  double at;
  friend bool operator==(const Entry&, const Entry&) = default;
  friend void PrintTo(const Entry& e, std::ostream* out) { *out << e.who << " at " << e.at; }
};
using Log = std::vector<Entry>;

// Comes, asks, works, leaves.
Process job(ProcessLoop& loop, Resource crew, Log& log, std::string name, Duration comes,
            std::int64_t workers, Duration works, int priority = 0) {
  co_await loop.delay(comes);
  Held held = co_await crew.seize(workers, priority);
  log.push_back({name, hours(loop)});
  EXPECT_LE(crew.in_use(), crew.capacity());
  co_await loop.delay(works);
}

TEST(Resource, ServesInTheOrderOfAskingAndNobodyOvertakes) {
  // Four workers. a takes 3 (0–4). b wants 2 at 1, c wants 1 at 2: c could have the free worker but
  // b was first. At 4 both fit.
  ProcessLoop loop;
  Resource crew(loop, "crew", 4);
  Log log;
  loop.start(job(loop, crew, log, "a", 0h, 3, 4h));
  loop.start(job(loop, crew, log, "b", 1h, 2, 4h));
  loop.start(job(loop, crew, log, "c", 2h, 1, 4h));
  loop.run();
  EXPECT_THAT(log, ElementsAre(Entry{"a", 0}, Entry{"b", 4}, Entry{"c", 4}));
  EXPECT_EQ(crew.in_use(), 0);
}

TEST(Resource, ServesHigherPriorityFirst) {
  ProcessLoop loop;
  Resource crew(loop, "crew", 1);
  Log log;
  loop.start(job(loop, crew, log, "works", 0h, 1, 5h));
  loop.start(job(loop, crew, log, "low", 1h, 1, 1h, -1));
  loop.start(job(loop, crew, log, "high", 2h, 1, 1h, 7));
  loop.start(job(loop, crew, log, "usual", 3h, 1, 1h));
  loop.start(job(loop, crew, log, "high too", 4h, 1, 1h, 7));
  loop.run();
  EXPECT_THAT(log, ElementsAre(Entry{"works", 0}, Entry{"high", 5}, Entry{"high too", 6},
                               Entry{"usual", 7}, Entry{"low", 8}));
}

TEST(Resource, WhoIsGrantedAtAnInstantHoldsItBeforeAnybodyElseOfThatInstantAsks) {
  // At 2 the crane is given back and granted to the waiting process; another that asks at the very
  // same instant, scheduled before the first one goes on, must wait.
  ProcessLoop loop;
  Resource crane(loop, "crane", 1);
  Log log;
  loop.start(job(loop, crane, log, "first", 0h, 1, 2h));
  loop.start(job(loop, crane, log, "waits", 1h, 1, 3h));
  loop.start(job(loop, crane, log, "comes at 2", 2h, 1, 1h));
  loop.run();
  EXPECT_THAT(log, ElementsAre(Entry{"first", 0}, Entry{"waits", 2}, Entry{"comes at 2", 5}));
}

TEST(Resource, PatienceEndsWithoutHolding) {
  ProcessLoop loop;
  Resource crane(loop, "crane", 1);
  Log log;
  loop.start(job(loop, crane, log, "holder", 0h, 1, 10h));
  const auto leaves = [](ProcessLoop& in, Resource of, Log& to) -> Process {
    co_await in.delay(1h);
    Held held = co_await of.seize().within(2h);
    EXPECT_FALSE(held);
    EXPECT_EQ(held.amount(), 0);
    to.push_back({"reneges", hours(in)});
  };
  loop.start(leaves(loop, crane, log));
  loop.start(job(loop, crane, log, "stays", 1h, 1, 1h));
  loop.run();
  EXPECT_THAT(log, ElementsAre(Entry{"holder", 0}, Entry{"reneges", 3}, Entry{"stays", 10}));
}

TEST(Resource, WhenTheFirstInTheQueueGivesUpThoseBehindHimAreServed) {
  ProcessLoop loop;
  Resource crew(loop, "crew", 4);
  Log log;
  loop.start(job(loop, crew, log, "a", 0h, 3, 10h));
  loop.start([](ProcessLoop& in, Resource of) -> Process {
    co_await in.delay(1h);
    Held held = co_await of.seize(4).within(1h);
    EXPECT_FALSE(held);
  }(loop, crew));
  loop.start(job(loop, crew, log, "behind", 1h, 1, 1h));
  loop.run();
  EXPECT_THAT(log, ElementsAre(Entry{"a", 0}, Entry{"behind", 2}));
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

// A worker who starts over with what was left when something more urgent is done.
Process resumes(ProcessLoop& loop, Resource crane, Log& log, std::string name, Duration work,
                int priority) {
  for (Duration left = work; left > 0h;) {
    Held held = co_await crane.seize(1, priority);
    try {
      co_await loop.delay(left);
      left = 0h;
    } catch (const Preempted& lost) {
      EXPECT_FALSE(held) << "what was taken is gone";
      left = lost.remaining;
      log.push_back({name + " loses it", hours(loop)});
    }
  }
  log.push_back({name + " is done", hours(loop)});
}

Process urgent(ProcessLoop& loop, Resource crane, Log& log, Duration comes, std::int64_t amount,
               int priority) {
  co_await loop.delay(comes);
  Held held = co_await crane.preempt(amount, priority);
  log.push_back({"urgent", hours(loop)});
  EXPECT_LE(crane.in_use(), crane.capacity());
  co_await loop.delay(2h);
}

TEST(Resource, PreemptionTakesFromTheLowestPriorityAndTheRestIsWorkedLater) {
  // Two cranes: a (priority 1) works 10 hours from 0, b (priority 0) 6 hours. At 3 something urgent
  // (priority 5) takes b's crane until 5; b has 3 hours left and ends at 8.
  ProcessLoop loop;
  Resource crane(loop, "crane", 2);
  Log log;
  loop.start(resumes(loop, crane, log, "a", 10h, 1));
  loop.start(resumes(loop, crane, log, "b", 6h, 0));
  loop.start(urgent(loop, crane, log, 3h, 1, 5));
  loop.run();
  EXPECT_THAT(log, ElementsAre(Entry{"urgent", 3}, Entry{"b loses it", 3}, Entry{"b is done", 8},
                               Entry{"a is done", 10}));
}

TEST(Resource, AmongEqualsTheLatestHolderIsPreempted) {
  ProcessLoop loop;
  Resource crane(loop, "crane", 3);
  Log log;
  for (const char* name : {"a", "b", "c"}) loop.start(resumes(loop, crane, log, name, 10h, 0));
  loop.start(urgent(loop, crane, log, 1h, 2, 5));
  loop.run_until(kStart + 2h);
  EXPECT_THAT(log, ElementsAre(Entry{"urgent", 1}, Entry{"c loses it", 1}, Entry{"b loses it", 1}));
}

TEST(Resource, PreemptionTakesNothingWhenItWouldNotBeEnough) {
  ProcessLoop loop;
  Resource crane(loop, "crane", 3);
  Log log;
  loop.start(resumes(loop, crane, log, "weak", 4h, 0));
  loop.start(resumes(loop, crane, log, "strong", 6h, 9));
  loop.start(urgent(loop, crane, log, 1h, 3, 5));
  loop.run();
  EXPECT_THAT(
      log, ElementsAre(Entry{"weak is done", 4}, Entry{"strong is done", 6}, Entry{"urgent", 6}));
}

TEST(Resource, WhatCannotBeHadIsRefused) {
  ProcessLoop loop;
  EXPECT_THROW(Resource(loop, "none", -1), std::invalid_argument);
  Resource crew(loop, "crew", 2);
  EXPECT_THROW((void)crew.seize(3), std::invalid_argument);
  EXPECT_THROW((void)crew.seize(0), std::invalid_argument);
}

}  // namespace
}  // namespace racked::des
