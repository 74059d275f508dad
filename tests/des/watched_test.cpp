#include <racked/des/watched.h>

#include <racked/des/any_of.h>
#include <racked/des/level.h>
#include <racked/des/process.h>
#include <racked/des/resource.h>
#include <racked/des/store.h>

#include <gtest/gtest.h>

#include <stdexcept>

namespace racked::des {
namespace {

using namespace std::chrono_literals;

TEST(Watched, AUnitOfNoLengthLeavesWhatHasBeenSeen) {
  ProcessLoop loop;
  Resource crew(loop, "crew", 1);
  Store<int> yard(loop, "yard");
  Level tank(loop, "tank", 10);
  crew.watch();
  yard.watch();
  tank.watch();
  EXPECT_TRUE(yard.try_put(7));
  EXPECT_THROW(crew.watch(0h), std::invalid_argument);
  EXPECT_THROW(yard.watch(0h), std::invalid_argument);
  EXPECT_THROW(tank.watch(-1h), std::invalid_argument);
  EXPECT_EQ(yard.use().put.count(), 1u);
}

// At 2 h they are watched anew, each with something in it, and held so until 6 h.
TEST(Watched, BeginsAnewWithWhatThereIs) {
  ProcessLoop loop;
  Resource crew(loop, "crew", 3);
  Store<int> yard(loop, "yard");
  Level tank(loop, "tank", 10, 4);
  Held held = crew.try_seize(2);
  EXPECT_TRUE(yard.try_put(7));
  for (int time = 0; time < 2; ++time) {
    crew.watch();
    yard.watch();
    tank.watch();
    loop.run_until(loop.now() + 2h + time * 2h);
  }
  EXPECT_EQ(crew.use().in_use.duration(), 4h);
  EXPECT_EQ(crew.use().in_use.mean(), 2);
  EXPECT_EQ(crew.use().capacity.mean(), 3);
  EXPECT_EQ(yard.use().content.mean(), 1);
  EXPECT_EQ(tank.use().content.mean(), 4);
  EXPECT_EQ(yard.use().put.count() + crew.use().granted.count(), 0u);
}

// The first part of any_of is withdrawn as the second can be had at once: it has left, after 0. The
// other way round it was never asked.
TEST(Watched, WhatIsNamedBeforeWhatCanBeHadIsLeftAtOnce) {
  ProcessLoop loop;
  Store<int> empty(loop, "empty"), full(loop, "full");
  empty.watch();
  full.watch();
  EXPECT_TRUE(full.try_put(1));
  EXPECT_TRUE(full.try_put(2));
  const auto takes = [](ProcessLoop&, Store<int> first, Store<int> second) -> Process {
    co_await any_of(first.take(), second.take());
  };
  loop.start(takes(loop, empty, full));
  loop.run();
  EXPECT_EQ(empty.use().left_taking.count(), 1u);
  EXPECT_EQ(empty.use().left_taking.max(), 0);
  loop.start(takes(loop, full, empty));
  loop.run();
  EXPECT_EQ(empty.use().left_taking.count(), 1u);
  EXPECT_EQ(full.use().taken.count(), 2u);
}

}  // namespace
}  // namespace racked::des
