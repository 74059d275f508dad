#include <racked/des/stock.h>

#include <racked/des/any_of.h>
#include <racked/des/level.h>
#include <racked/des/process.h>
#include <racked/des/random_stream.h>
#include <racked/des/store.h>

#include <gtest/gtest.h>

#include <optional>
#include <stdexcept>
#include <vector>

namespace racked::des {
namespace {

using namespace std::chrono_literals;

Process put_at(ProcessLoop& loop, Store<int> yard, Duration comes, int item) {
  co_await loop.delay(comes);
  co_await yard.put(item);
}

Process take_at(ProcessLoop& loop, Store<int> yard, Duration comes, std::size_t count) {
  co_await loop.delay(comes);
  const std::vector<int> taken = co_await yard.take(count);
  EXPECT_EQ(taken.size(), count);
}

Process take_for(ProcessLoop& loop, Store<int> yard, Duration comes, Duration patience) {
  co_await loop.delay(comes);
  const std::optional<int> taken = co_await yard.take().within(patience);
  EXPECT_FALSE(taken);
}

// Room for one. Items come at 0, 1 and 2: the first at once, the second waits from 1 to 4 and the
// third from 2 to 6. One is taken at 4 and at 6, both at once; the third at 7; who comes at 8 waits
// until 9 in vain.
TEST(StockUse, TellsWhatAStoreHeldAndHowLongWhoWaited) {
  ProcessLoop loop;
  Store<int> yard(loop, "yard", 1);
  yard.watch();
  for (const Duration at : {0h, 1h, 2h}) loop.start(put_at(loop, yard, at, 7));
  for (const Duration at : {4h, 6h, 7h}) loop.start(take_at(loop, yard, at, 1));
  loop.start(take_for(loop, yard, 8h, 1h));
  loop.run_until(kStart + 10h);
  const StockUse use = yard.use();
  EXPECT_DOUBLE_EQ(use.content.mean(), 7.0 / 10);  // 0 to 7
  EXPECT_EQ(use.content.max(), 1);
  EXPECT_EQ(use.content.duration(), 10h);
  EXPECT_DOUBLE_EQ(use.putting.mean(), (3.0 + 4.0) / 10);
  EXPECT_EQ(use.putting.max(), 2);
  EXPECT_DOUBLE_EQ(use.taking.mean(), 1.0 / 10);
  EXPECT_EQ(use.put.count(), 3u);  // 0, 3 and 4 hours
  EXPECT_DOUBLE_EQ(use.put.mean(), 7.0 / 3);
  EXPECT_EQ(use.put.max(), 4);
  EXPECT_EQ(use.taken.count(), 3u);
  EXPECT_EQ(use.taken.max(), 0);
  EXPECT_EQ(use.left_taking.count(), 1u);
  EXPECT_DOUBLE_EQ(use.left_taking.mean(), 1);
  EXPECT_EQ(use.left_putting.count(), 0u);
}

// Three are wanted from 1 on, and one from 2 on, behind them. Items at 3, 4, 5 and 6: the first two
// wait for the third, the fourth goes from hand to hand.
TEST(StockUse, ItemsWaitForWhoWantsSeveralAndGoFromHandToHand) {
  ProcessLoop loop;
  Store<int> yard(loop, "yard");
  yard.watch();
  loop.start(take_at(loop, yard, 1h, 3));
  loop.start(take_at(loop, yard, 2h, 1));
  for (const Duration at : {3h, 4h, 5h, 6h}) loop.start(put_at(loop, yard, at, 7));
  loop.run_until(kStart + 10h);
  const StockUse use = yard.use();
  EXPECT_DOUBLE_EQ(use.content.mean(), (1.0 + 2.0) / 10);
  EXPECT_EQ(use.content.max(), 2);
  EXPECT_DOUBLE_EQ(use.taking.mean(), (4.0 + 4.0) / 10);
  EXPECT_EQ(use.taken.count(), 2u);
  EXPECT_DOUBLE_EQ(use.taken.mean(), 4);
  EXPECT_EQ(use.put.count(), 4u);
  EXPECT_EQ(use.put.max(), 0);
}

TEST(StockUse, WhatIsTriedIsHadAtOnce) {
  ProcessLoop loop;
  Store<int> yard(loop, "yard", 1);
  yard.watch();
  EXPECT_TRUE(yard.try_put(7));
  EXPECT_FALSE(yard.try_put(8));
  EXPECT_TRUE(yard.try_take());
  EXPECT_FALSE(yard.try_take());
  Level tank(loop, "tank", 10, 5);
  tank.watch();
  EXPECT_TRUE(tank.try_get(5));
  EXPECT_FALSE(tank.try_get(1));
  EXPECT_TRUE(tank.try_put(10));
  EXPECT_FALSE(tank.try_put(1));
  for (const StockUse& use : {yard.use(), tank.use()}) {
    EXPECT_EQ(use.taken.count(), 1u);
    EXPECT_EQ(use.put.count(), 1u);
    EXPECT_EQ(use.taken.max() + use.put.max(), 0);
  }
}

Process draw(ProcessLoop& loop, Level tank, Duration comes, double amount) {
  co_await loop.delay(comes);
  co_await tank.get(amount);
}

Process fill(ProcessLoop& loop, Level tank, Duration comes, double amount, Duration patience) {
  co_await loop.delay(comes);
  co_await tank.put(amount).within(patience);
}

// A tank for 10 with 4 in it. 6 are wanted from 1 on and had at 3, when 5 come: 3 are left. From 4
// on somebody has 9 to add, and gives up at 7.
TEST(StockUse, TellsTheAmountOfALevel) {
  ProcessLoop loop;
  Level tank(loop, "tank", 10, 4);
  tank.watch(30min);
  loop.start(draw(loop, tank, 1h, 6));
  loop.start(fill(loop, tank, 3h, 5, 1h));
  loop.start(fill(loop, tank, 4h, 9, 3h));
  loop.run_until(kStart + 10h);
  const StockUse use = tank.use();
  EXPECT_DOUBLE_EQ(use.content.mean(), (3 * 4.0 + 7 * 3.0) / 10);
  EXPECT_EQ(use.content.max(), 4);
  EXPECT_EQ(use.content.min(), 3);
  EXPECT_DOUBLE_EQ(use.taking.mean(), 2.0 / 10);
  EXPECT_DOUBLE_EQ(use.putting.mean(), 3.0 / 10);
  EXPECT_DOUBLE_EQ(use.taken.mean(), 4);  // half hours
  EXPECT_EQ(use.put.count(), 1u);
  EXPECT_EQ(use.put.max(), 0);
  EXPECT_DOUBLE_EQ(use.left_putting.mean(), 6);
}

// Watched anew at 2: the 4 hours from 1 on count in full, the past does not.
TEST(StockUse, BeginsAnewWhenItIsWatchedAnew) {
  ProcessLoop loop;
  Store<int> yard(loop, "yard");
  yard.watch();
  loop.start(take_at(loop, yard, 1h, 1));
  loop.start(put_at(loop, yard, 5h, 7));
  loop.run_until(kStart + 2h);
  yard.watch(1min);
  loop.run_until(kStart + 10h);
  const StockUse use = yard.use();
  EXPECT_EQ(use.content.duration(), 8h);
  EXPECT_DOUBLE_EQ(use.taking.mean(), 3.0 / 8);
  EXPECT_EQ(use.taken.count(), 1u);
  EXPECT_DOUBLE_EQ(use.taken.mean(), 240);
}

TEST(StockUse, IsAskedOnlyOfWhatIsWatched) {
  ProcessLoop loop;
  Store<int> yard(loop, "yard");
  Level tank(loop, "tank", 10);
  EXPECT_THROW(yard.use(), std::logic_error);
  EXPECT_THROW(tank.use(), std::logic_error);
  EXPECT_THROW(yard.watch(0h), std::invalid_argument);
  EXPECT_THROW(tank.watch(-1h), std::invalid_argument);
}

// Of who waits for either side of what is watched when the loop goes.
TEST(StockUse, GoesWithItsLoop) {
  std::optional<ProcessLoop> loop(std::in_place);
  Store<int> yard(*loop, "yard", 1);
  Level tank(*loop, "tank", 10);
  yard.watch();
  tank.watch();
  for (int item = 0; item < 3; ++item) loop->start(put_at(*loop, yard, 1h, item));
  loop->start(take_at(*loop, yard, 2h, 1));
  loop->start(draw(*loop, tank, 1h, 6));
  loop->start(fill(*loop, tank, 1h, 3, 9h));
  loop->run_until(kStart + 3h);
  EXPECT_EQ(yard.waiting_to_put(), 1u);
  EXPECT_EQ(tank.waiting_to_get(), 1u);
  loop.reset();
}

// What any of them waited in all is what the queues were long in all, whatever happens: of those
// who got something, those who gave up, those interrupted and those for whom something else came
// first.
TEST(StockUse, WaitsAddUpToQueues) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    ProcessLoop loop;
    Store<int> yard(loop, "yard", 3);
    Level tank(loop, "tank", 10, 5);
    yard.watch(1h);
    tank.watch(1h);
    RandomStream luck(seed, purpose_key("stock"), 0);
    const auto customer = [](ProcessLoop& in, Store<int> items, Level level, RandomStream& random,
                             int number) -> Process {
      const auto up_to = [&random](std::uint64_t most) { return 1 + random() % most; };
      const Duration comes = Duration(1h) * static_cast<int>(up_to(40));
      const Duration patience = Duration(1h) * static_cast<int>(up_to(9));
      const double amount = static_cast<double>(up_to(6));
      try {
        co_await in.delay(comes);
        switch (random() % 7) {
          case 0: co_await items.put(number); break;
          case 1: co_await items.put(number).within(patience); break;
          case 2: co_await items.take(up_to(3)).within(patience); break;
          case 3: co_await items.take().within(patience); break;
          case 4: co_await level.get(amount).within(patience); break;
          case 5: co_await level.put(amount).within(patience); break;
          default: co_await any_of(items.take(), level.get(amount), in.delay(patience));
        }
      } catch (const Interrupted&) {
      }
    };
    std::vector<ProcessRef> all;
    for (int i = 0; i < 60; ++i) all.push_back(loop.start(customer(loop, yard, tank, luck, i)));
    loop.run_until(kStart + 25h);
    for (int i = 0; i < 60; i += 9) all[static_cast<std::size_t>(i)].interrupt("go");
    loop.run_until(kStart + 100h);
    while (yard.try_take()) {
    }
    loop.run_until(kStart + 200h);
    ASSERT_EQ(yard.waiting_to_put() + yard.waiting_to_take(), 0u) << seed;
    for (const StockUse& use : {yard.use(), tank.use()}) {
      const auto sum = [](const Tally& waits) {
        return waits.mean() * static_cast<double>(waits.count());
      };
      EXPECT_NEAR(sum(use.taken) + sum(use.left_taking), use.taking.mean() * 200, 1e-9) << seed;
      EXPECT_NEAR(sum(use.put) + sum(use.left_putting), use.putting.mean() * 200, 1e-9) << seed;
    }
  }
}

}  // namespace
}  // namespace racked::des
