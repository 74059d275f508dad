#include <racked/des/resource_use.h>

#include <racked/des/any_of.h>
#include <racked/des/process.h>
#include <racked/des/resource.h>

#include "jobs.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace racked::des {
namespace {

using namespace std::chrono_literals;

Process patient_for(ProcessLoop& loop, Resource crew, Duration comes, Duration patience) {
  co_await loop.delay(comes);
  const Held held = co_await crew.seize(1).within(patience);
  EXPECT_FALSE(held);
}

// Two workers. a has both at once, from 0 to 4. b wants one at 1, waits 3 and has it from 4 to 6.
// c wants one at 2 and gives up at 3. d has one at once, from 5 to 10.
TEST(ResourceUse, TellsWhatWasHeldAndHowLongWhoWaited) {
  ProcessLoop loop;
  Resource crew(loop, "crew", 2);
  crew.watch();
  Lines log;
  loop.start(job(loop, crew, log, "a", 0h, 2, 4h));
  loop.start(job(loop, crew, log, "b", 1h, 1, 2h));
  loop.start(patient_for(loop, crew, 2h, 1h));
  loop.start(job(loop, crew, log, "d", 5h, 1, 5h));
  loop.run_until(kStart + 10h);
  const ResourceUse use = crew.use();
  // (4 × 2 + 1 × 1 + 1 × 2 + 4 × 1) / 10 = 1.5
  EXPECT_DOUBLE_EQ(use.in_use.mean(), 1.5);
  EXPECT_EQ(use.in_use.max(), 2);
  EXPECT_EQ(use.in_use.duration(), 10h);
  EXPECT_EQ(use.capacity.mean(), 2);
  // b for 3 hours and c for 1, both from 2 to 3: 4 / 10
  EXPECT_DOUBLE_EQ(use.waiting.mean(), 0.4);
  EXPECT_EQ(use.waiting.max(), 2);
  EXPECT_EQ(use.granted.count(), 3u);  // 0, 3 and 0 hours
  EXPECT_DOUBLE_EQ(use.granted.mean(), 1);
  EXPECT_EQ(use.granted.max(), 3);
  EXPECT_EQ(use.left.count(), 1u);
  EXPECT_DOUBLE_EQ(use.left.mean(), 1);
}

// Watched anew at 2: the 4 hours that b waits from 1 on count in full, the past does not.
TEST(ResourceUse, BeginsAnewWhenItIsWatchedAnew) {
  ProcessLoop loop;
  Resource crew(loop, "crew", 1);
  crew.watch();
  Lines log;
  loop.start(job(loop, crew, log, "a", 0h, 1, 5h));
  loop.start(job(loop, crew, log, "b", 1h, 1, 1h));
  loop.run_until(kStart + 2h);
  crew.watch(1min);
  loop.run_until(kStart + 10h);
  const ResourceUse use = crew.use();
  EXPECT_EQ(use.in_use.duration(), 8h);
  EXPECT_DOUBLE_EQ(use.in_use.mean(), 4.0 / 8);   // 2 to 6
  EXPECT_DOUBLE_EQ(use.waiting.mean(), 3.0 / 8);  // 2 to 5
  EXPECT_EQ(use.granted.count(), 1u);
  EXPECT_DOUBLE_EQ(use.granted.mean(), 240);  // minutes
}

TEST(ResourceUse, TheCapacityMayChange) {
  // One worker for 6 hours, three for 2: 12 / 8 there, one in use.
  ProcessLoop loop;
  Resource crew(loop, "crew", 1);
  crew.watch();
  Lines log;
  loop.start(job(loop, crew, log, "a", 0h, 1, 8h));
  loop.run_until(kStart + 6h);
  crew.set_capacity(3);
  loop.run_until(kStart + 8h);
  EXPECT_DOUBLE_EQ(crew.use().capacity.mean(), 1.5);
  EXPECT_DOUBLE_EQ(crew.use().in_use.mean(), 1);
}

// Who takes from others has the units in their place; who lost and asks again waits again.
TEST(ResourceUse, PreEmptionIsNoMoreThanTheCapacity) {
  ProcessLoop loop;
  Resource crane(loop, "crane", 1);
  crane.watch();
  const auto weak = [](ProcessLoop& in, Resource of) -> Process {
    Held held = co_await of.seize();
    bool lost = false;
    try {
      co_await in.delay(4h);
    } catch (const Preempted&) {
      lost = true;
    }
    EXPECT_TRUE(lost);
    held = co_await of.seize();
    co_await in.delay(2h);
  };
  const auto strong = [](ProcessLoop& in, Resource of) -> Process {
    co_await in.delay(2h);
    const Held held = co_await of.preempt(1, 1);
    co_await in.delay(3h);
  };
  loop.start(weak(loop, crane));
  loop.start(strong(loop, crane));
  loop.run();
  const ResourceUse use = crane.use();
  EXPECT_EQ(use.in_use.duration(), 7h);
  EXPECT_EQ(use.in_use.mean(), 1);
  EXPECT_EQ(use.in_use.max(), 1);
  EXPECT_DOUBLE_EQ(use.waiting.mean(), 3.0 / 7);
  EXPECT_EQ(use.granted.count(), 3u);
  EXPECT_EQ(use.granted.max(), 3);
}

// Both cranes are taken, one until 3 and the other until 5. Who asks for either at 1 has the first
// at 3 and leaves the queue for the other, in which he has stood for 2 hours.
TEST(ResourceUse, WhoHasEnoughBySomethingElseHasLeft) {
  ProcessLoop loop;
  Resource first(loop, "first", 1), second(loop, "second", 1);
  first.watch();
  second.watch();
  Lines log;
  loop.start(job(loop, first, log, "a", 0h, 1, 3h));
  loop.start(job(loop, second, log, "b", 0h, 1, 5h));
  const auto either = [](ProcessLoop& in, Resource one, Resource other) -> Process {
    co_await in.delay(1h);
    const auto [held, none] = co_await any_of(one.seize(), other.seize());
    EXPECT_TRUE(held);
    EXPECT_FALSE(none);
  };
  loop.start(either(loop, first, second));
  loop.run();
  EXPECT_EQ(first.use().granted.max(), 2);
  EXPECT_EQ(first.use().left.count(), 0u);
  EXPECT_EQ(second.use().granted.max(), 0);
  EXPECT_EQ(second.use().left.mean(), 2);
  EXPECT_DOUBLE_EQ(second.use().waiting.mean(), 2.0 / 5);
}

TEST(ResourceUse, IsKeptOfWhatIsWatchedAlone) {
  ProcessLoop loop;
  Resource crew(loop, "crew", 1);
  EXPECT_THROW((void)crew.use(), std::logic_error);
  EXPECT_THROW(crew.watch(0h), std::invalid_argument);
  crew.watch();
  EXPECT_EQ(crew.use().in_use.duration(), 0h);
  EXPECT_EQ(crew.use().granted.count(), 0u);
}

}  // namespace
}  // namespace racked::des
