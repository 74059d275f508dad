#include <racked/des/resource.h>

#include "jobs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <stdexcept>
#include <string>

namespace racked::des {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

Process shift(ProcessLoop& loop, Resource of, Duration from, std::int64_t capacity) {
  co_await loop.delay(from);
  of.set_capacity(capacity);
}

// Two clerks from 8, one from 12. Four customers come at 8 and take 5 hours each: two of them from
// 8 to 13, when one clerk has gone home, so that the third has to wait until 13 and the fourth
// until 18.
TEST(ResourceCapacity, FollowsShifts) {
  ProcessLoop loop(kStart + 8h);
  Resource clerks(loop, "clerks", 2);
  Lines log;
  loop.start(shift(loop, clerks, 4h, 1));
  for (const char* name : {"a", "b", "c", "d"}) loop.start(job(loop, clerks, log, name, 0h, 1, 5h));
  loop.run_until(kStart + 12h + 30min);
  EXPECT_EQ(clerks.in_use(), 2);
  EXPECT_EQ(clerks.capacity(), 1);
  EXPECT_EQ(clerks.free(), 0);
  EXPECT_EQ(loop.waiting().at(2).awaits, "1 of 'clerks' (0 of 1 free)");
  loop.run();
  EXPECT_THAT(log, ElementsAre(Line{"a", 8}, Line{"b", 8}, Line{"c", 13}, Line{"d", 18}));
  EXPECT_EQ(clerks.free(), 1);
}

// Of three units a holds two from 0 to 4; from 1 on there is one. From 2 on b waits for three, from
// 3 on c, behind it, for one, though one is free from 4. At 6 there are three again, b's until 7.
TEST(ResourceCapacity, WhoWantsMoreThanThereIsNowWaits) {
  ProcessLoop loop;
  Resource crew(loop, "crew", 3);
  Lines log;
  loop.start(job(loop, crew, log, "a", 0h, 2, 4h));
  loop.start(shift(loop, crew, 1h, 1));
  loop.start(shift(loop, crew, 6h, 3));
  loop.run_until(kStart + 1h);
  EXPECT_EQ(crew.in_use(), 2);
  loop.start(job(loop, crew, log, "b", 1h, 3, 1h));
  loop.start(job(loop, crew, log, "c", 2h, 1, 1h));
  loop.run();
  EXPECT_THAT(log, ElementsAre(Line{"a", 0}, Line{"b", 6}, Line{"c", 7}));
  EXPECT_THROW((void)crew.seize(4), std::invalid_argument);
  crew.set_capacity(4);
  crew.set_capacity(0);
  EXPECT_NO_THROW((void)crew.seize(4));
}

// One is held; one, two and one more are waited for. Four suffice for the first two of these.
TEST(ResourceCapacity, GrownServesTheQueueInItsOrder) {
  ProcessLoop loop;
  Resource crew(loop, "crew", 1);
  crew.set_capacity(2);
  crew.set_capacity(1);
  Lines log;
  loop.start(job(loop, crew, log, "a", 0h, 1, 10h));
  loop.start(job(loop, crew, log, "b", 1h, 1, 10h));
  loop.start(job(loop, crew, log, "c", 2h, 2, 10h));
  loop.start(job(loop, crew, log, "d", 3h, 1, 10h));
  loop.run_until(kStart + 5h);
  crew.set_capacity(4);
  EXPECT_EQ(crew.in_use(), 4);
  EXPECT_EQ(crew.waiting(), 1u);
  loop.run();
  EXPECT_THAT(log, ElementsAre(Line{"a", 0}, Line{"b", 5}, Line{"c", 5}, Line{"d", 10}));
}

// Three units, held by a, b and c of priorities 0, 1 and 2; from 1 on there are two. Who takes one
// at 2 takes a's and b's, so that two are in use.
TEST(ResourceCapacity, ShrunkIsRespectedByWhoPreempts) {
  ProcessLoop loop;
  Resource crew(loop, "crew", 3);
  Lines log;
  for (int priority = 0; priority < 3; ++priority)
    loop.start([](ProcessLoop& in, Resource of, Lines& to, int level) -> Process {
      const Held held = co_await of.seize(1, level);
      try {
        co_await in.delay(5h);
        to.push_back({"done " + std::to_string(level), hours(in)});
      } catch (const Preempted&) {
        to.push_back({"lost " + std::to_string(level), hours(in)});
      }
    }(loop, crew, log, priority));
  loop.start(shift(loop, crew, 1h, 2));
  loop.start([](ProcessLoop& in, Resource of, Lines& to) -> Process {
    co_await in.delay(2h);
    const Held held = co_await of.preempt(1, 9);
    to.push_back({"urgent", hours(in)});
    EXPECT_EQ(of.in_use(), 2);
    co_await in.delay(1h);
  }(loop, crew, log));
  loop.run();
  EXPECT_THAT(
      log, ElementsAre(Line{"urgent", 2}, Line{"lost 0", 2}, Line{"lost 1", 2}, Line{"done 2", 5}));
}

TEST(ResourceCapacity, IsNotNegativeAndBelowTheLargest) {
  ProcessLoop loop;
  Resource crew(loop, "crew", 2);
  EXPECT_THROW(crew.set_capacity(-1), std::invalid_argument);
  EXPECT_THROW(crew.set_capacity(std::int64_t{1} << 62), std::invalid_argument);
  EXPECT_EQ(crew.capacity(), 2);
  crew.set_capacity((std::int64_t{1} << 62) - 1);
  EXPECT_EQ(crew.free(), (std::int64_t{1} << 62) - 1);
}

}  // namespace
}  // namespace racked::des
