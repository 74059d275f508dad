#include <racked/des/store.h>

#include <racked/des/any_of.h>

#include "hours.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace racked::des {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

TEST(Store, ItemsComeOutInTheOrderInWhichTheyWentIn) {
  ProcessLoop loop;
  Store<std::unique_ptr<int>> yard(loop, "yard");
  std::vector<int> out;
  loop.start([](ProcessLoop& in, Store<std::unique_ptr<int>> to) -> Process {
    for (int i = 0; i < 4; ++i) {
      co_await in.delay(1h);
      co_await to.put(std::make_unique<int>(i));
    }
  }(loop, yard));
  loop.start([](ProcessLoop&, Store<std::unique_ptr<int>> from, std::vector<int>& to) -> Process {
    for (int i = 0; i < 4; ++i) {
      auto item = co_await from.take();
      to.push_back(**item);
    }
  }(loop, yard, out));
  loop.run();
  EXPECT_THAT(out, ElementsAre(0, 1, 2, 3));
  EXPECT_EQ(yard.size(), 0u);
}

TEST(Store, SeveralAreTakenTogetherAndNobodyOvertakes) {
  ProcessLoop loop;
  Store<int> yard(loop, "yard");
  std::vector<std::string> order;
  loop.start([](ProcessLoop&, Store<int> from, std::vector<std::string>& to) -> Process {
    const std::vector<int> items = co_await from.take(2);
    EXPECT_THAT(items, ElementsAre(1, 2));
    to.push_back("two");
  }(loop, yard, order));
  loop.start([](ProcessLoop&, Store<int> from, std::vector<std::string>& to) -> Process {
    const auto item = co_await from.take();
    EXPECT_EQ(item, 3);
    to.push_back("one");
  }(loop, yard, order));
  loop.start([](ProcessLoop& in, Store<int> into) -> Process {
    for (int i = 1; i <= 3; ++i) {
      co_await in.delay(1h);
      co_await into.put(i);
    }
  }(loop, yard));
  loop.run();
  EXPECT_THAT(order, ElementsAre("two", "one"));
}

TEST(Store, WhoPutsWaitsForRoom) {
  ProcessLoop loop;
  Store<int> yard(loop, "yard", 2);
  EXPECT_EQ(yard.capacity(), 2u);
  std::vector<double> put_at;
  loop.start([](ProcessLoop& in, Store<int> into, std::vector<double>& at) -> Process {
    for (int i = 0; i < 4; ++i) {
      const bool put = co_await into.put(i);
      EXPECT_TRUE(put);
      at.push_back(std::chrono::duration<double, std::ratio<3600>>(in.now() - kStart).count());
      EXPECT_LE(into.size(), 2u);
    }
    const bool put = co_await into.put(9).within(1h);
    EXPECT_FALSE(put);
  }(loop, yard, put_at));
  loop.start([](ProcessLoop& in, Store<int> from) -> Process {
    for (int i = 0; i < 2; ++i) {
      co_await in.delay(3h);
      const auto item = co_await from.take();
      EXPECT_EQ(item, i);
    }
  }(loop, yard));
  loop.run();
  EXPECT_THAT(put_at, ElementsAre(0, 0, 3, 6));
}

TEST(Store, AnItemForOneWhoWaitsEndsHisPatienceAndHisOtherWaits) {
  // The first waits for either store with patience until 5 h, the second for one until 4 h; both
  // have what they want at 1 h, and nothing is left to happen.
  using Item = std::unique_ptr<int>;
  ProcessLoop loop;
  Store<Item> yard(loop, "yard"), shed(loop, "shed");
  std::vector<int> got;
  loop.start([](ProcessLoop&, Store<Item> a, Store<Item> b, std::vector<int>& to) -> Process {
    auto [from_a, from_b] = co_await any_of(a.take(), b.take().within(5h));
    EXPECT_FALSE(from_b);
    to.push_back(***from_a);
  }(loop, yard, shed, got));
  loop.start([](ProcessLoop&, Store<Item> from, std::vector<int>& to) -> Process {
    auto item = co_await from.take().within(4h);
    to.push_back(**item);
  }(loop, yard, got));
  loop.start([](ProcessLoop& in, Store<Item> into) -> Process {
    co_await in.delay(1h);
    co_await into.put(std::make_unique<int>(1));
    co_await into.put(std::make_unique<int>(2));
    EXPECT_EQ(into.size(), 0u);
  }(loop, yard));
  EXPECT_EQ(loop.run(), Ended::empty);
  EXPECT_THAT(got, ElementsAre(1, 2));
  EXPECT_EQ(loop.now(), kStart + 1h);
  EXPECT_EQ(loop.events_handled(), 1u);
}

TEST(Store, PatienceEndsWithNothingAndTheNextIsServed) {
  ProcessLoop loop;
  Store<int> yard(loop, "yard");
  std::vector<std::string> order;
  loop.start([](ProcessLoop&, Store<int> from, std::vector<std::string>& to) -> Process {
    const auto items = co_await from.take(2).within(2h);
    EXPECT_TRUE(items.empty());
    to.push_back("gave up");
  }(loop, yard, order));
  loop.start([](ProcessLoop&, Store<int> from, std::vector<std::string>& to) -> Process {
    const auto item = co_await from.take();
    EXPECT_EQ(item, 7);
    to.push_back("got it");
  }(loop, yard, order));
  loop.start([](ProcessLoop& in, Store<int> into) -> Process {
    co_await in.delay(1h);
    co_await into.put(7);
  }(loop, yard));
  loop.run();
  EXPECT_THAT(order, ElementsAre("gave up", "got it"));
  EXPECT_EQ(loop.now(), kStart + 2h) << "the second is served the moment the first gives up";
  EXPECT_THROW((void)Store<int>(loop, "small", 1).take(2), std::invalid_argument);
  EXPECT_THROW(Store<int>(loop, "none", 0), std::invalid_argument);
}

TEST(Store, TellsHowManyWaitForItemsAndForRoom) {
  ProcessLoop loop;
  Store<int> yard(loop, "yard", 1);
  const auto takes = [](ProcessLoop&, Store<int> from) -> Process { co_await from.take(); };
  const auto puts = [](ProcessLoop&, Store<int> into) -> Process { co_await into.put(1); };
  for (int i = 0; i < 3; ++i) loop.start(takes(loop, yard));
  loop.run();
  EXPECT_EQ(yard.waiting_to_take(), 3u);
  EXPECT_EQ(yard.waiting_to_put(), 0u);
  // Three go from hand to hand, one has room, and one more waits.
  for (int i = 0; i < 5; ++i) loop.start(puts(loop, yard));
  loop.run();
  EXPECT_EQ(yard.waiting_to_take(), 0u);
  EXPECT_EQ(yard.size(), 1u);
  EXPECT_EQ(yard.waiting_to_put(), 1u);
}

TEST(Store, TellsWhatATakerOfSeveralStillWants) {
  ProcessLoop loop;
  Store<int> yard(loop, "yard");
  Store<int> other(loop, "other");
  loop.start([](ProcessLoop&, Store<int> first, Store<int> second) -> Process {
    co_await first.put(1);
    co_await all_of(first.take(), second.take());
  }(loop, yard, other));
  loop.run();
  ASSERT_EQ(loop.waiting().size(), 1u);
  EXPECT_EQ(loop.waiting()[0].awaits, "1 of 'other', which has 0");
}

// Stories wait in a store until a worker begins them, two at most at the same time. Of five that
// take 2 hours each and come at 0, the last one would begin at 4; at 3 it still waits there.
TEST(Store, HoldsProcessesThatHaveNotBeenStarted) {
  std::vector<double> begun;
  std::size_t left = 0;
  const auto story = [](ProcessLoop& in, std::vector<double>& at) -> Process {
    at.push_back(hours(in));
    co_await in.delay(2h);
  };
  {
    ProcessLoop loop;
    Store<Process> stories(loop, "stories");
    loop.start(
        [](ProcessLoop& in, Store<Process> to, auto make, std::vector<double>& at) -> Process {
          for (int i = 0; i < 5; ++i) co_await to.put(make(in, at));
        }(loop, stories, story, begun));
    const auto work = [](ProcessLoop& in, Store<Process> from) -> Process {
      for (;;) {
        auto next = co_await from.take();
        co_await in.start(std::move(*next));
      }
    };
    loop.start(work(loop, stories));
    loop.start(work(loop, stories));
    loop.run_until(kStart + 3h);
    left = stories.size();
  }
  EXPECT_THAT(begun, ElementsAre(0, 0, 2, 2));
  EXPECT_EQ(left, 1u);
}

// Room for one, in which there is one that nobody wants: another has none. Of two who wait to put 2
// and 3 the first goes on when 1 is taken; whoever tries then does not overtake the other.
TEST(Store, IsTriedFromAnywhereWithoutOvertaking) {
  ProcessLoop loop;
  Store<std::unique_ptr<int>> yard(loop, "yard", 1);
  auto one = std::make_unique<int>(1), other = std::make_unique<int>(4);
  EXPECT_TRUE(yard.try_put(std::move(one)));
  EXPECT_FALSE(yard.try_put(std::move(other)));
  EXPECT_NE(other, nullptr) << "as it was";
  for (int i = 2; i <= 3; ++i)
    loop.start([](ProcessLoop&, Store<std::unique_ptr<int>> of, int item) -> Process {
      auto mine = std::make_unique<int>(item);
      co_await of.put(std::move(mine));
    }(loop, yard, i));
  loop.run();
  EXPECT_EQ(yard.waiting_to_put(), 2u);
  for (int i = 1; i <= 3; ++i) {
    const auto taken = yard.try_take();
    ASSERT_TRUE(taken.has_value());
    EXPECT_EQ(**taken, i);
    if (i == 1) {
      EXPECT_FALSE(yard.try_put(std::move(other)));
    }
  }
  EXPECT_FALSE(yard.try_take().has_value());
  loop.run();
  EXPECT_EQ(loop.processes(), 0u);
}

// One waits for two, one for one: what is put is for the first of them, and nobody takes it before.
TEST(Store, IsNotTriedBeforeThoseWhoWait) {
  ProcessLoop loop;
  Store<int> yard(loop, "yard");
  int got = 0;
  loop.start([](ProcessLoop&, Store<int> of, int& sum) -> Process {
    for (const int item : co_await of.take(2)) sum += item;
  }(loop, yard, got));
  loop.run();
  EXPECT_TRUE(yard.try_put(1));
  EXPECT_FALSE(yard.try_take().has_value());
  EXPECT_TRUE(yard.try_put(2));
  EXPECT_EQ(yard.size(), 0u);
  EXPECT_TRUE(yard.try_put(3));
  EXPECT_EQ(yard.try_take(), 3);
  loop.run();
  EXPECT_EQ(got, 3);
}

// A crane of a pool is given back by whoever has it when he is gone, unless that is because the
// loop is: then nothing happens.
struct Lent {
  Lent(Store<int> of, bool& went) : pool(std::move(of)), back(went) {}
  ~Lent() { back = pool.try_put(7) || pool.try_take().has_value(); }
  Store<int> pool;
  bool& back;
};

TEST(Store, IsGivenBackToByADestructor) {
  std::optional<ProcessLoop> loop(std::in_place);
  Store<int> pool(*loop, "cranes");
  bool back = false;
  const auto works = [](ProcessLoop& in, Store<int> from, bool& went) -> Process {
    const Lent lent(from, went);
    co_await in.delay(2h);
  };
  loop->start(works(*loop, pool, back));
  loop->start(works(*loop, pool, back));
  loop->start([](ProcessLoop&, Store<int> from) -> Process { EXPECT_EQ(co_await from.take(), 7); }(
                                                    *loop, pool));
  loop->run_until(kStart + 2h);
  EXPECT_EQ(pool.size(), 1u) << "of two, one went to who waited";
  loop->start(works(*loop, pool, back));
  loop->run_until(kStart + 3h);
  EXPECT_TRUE(std::exchange(back, true));
  loop.reset();
  EXPECT_FALSE(back);
}

}  // namespace
}  // namespace racked::des
