#include <racked/des/level.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

namespace racked::des {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

TEST(Level, IsDrawnAndFilledBetweenNothingAndItsCapacity) {
  // 100 in a tank of 150. A draws 80 at once; B wants 50 and waits; C wants 10 and does not
  // overtake. D fills 100 at 1 (20 + 100 ≤ 150): B and C are served. E wants to add 100 at 1, which
  // fits only after them: 120 − 60 + 100 > 150, so it waits until F draws 20 at 3.
  ProcessLoop loop;
  Level tank(loop, "tank", 150, 100);
  std::vector<std::string> order;
  const auto change = [](ProcessLoop& in, Level of, std::vector<std::string>& to, std::string name,
                         Duration comes, double by) -> Process {
    co_await in.delay(comes);
    if (by < 0) {
      co_await of.get(-by);
    } else {
      co_await of.put(by);
    }
    to.push_back(name + std::to_string((in.now() - kStart) / 1h));
    EXPECT_GE(of.amount(), 0);
    EXPECT_LE(of.amount(), of.capacity());
  };
  loop.start(change(loop, tank, order, "A", 0h, -80));
  loop.start(change(loop, tank, order, "B", 0h, -50));
  loop.start(change(loop, tank, order, "C", 0h, -10));
  loop.start(change(loop, tank, order, "D", 1h, 100));
  loop.start(change(loop, tank, order, "E", 1h, 100));
  loop.start(change(loop, tank, order, "F", 3h, -20));
  loop.run();
  EXPECT_THAT(order, ElementsAre("A0", "D1", "B1", "C1", "F3", "E3"));
  EXPECT_EQ(tank.amount(), 140);
}

TEST(Level, PatienceEndsAndTheNextIsServed) {
  ProcessLoop loop;
  Level tank(loop, "tank", 100, 10);
  std::vector<std::string> order;
  loop.start([](ProcessLoop&, Level of, std::vector<std::string>& to) -> Process {
    const bool got = co_await of.get(50).within(2h);
    EXPECT_FALSE(got);
    to.push_back("gave up");
  }(loop, tank, order));
  loop.start([](ProcessLoop&, Level of, std::vector<std::string>& to) -> Process {
    const bool got = co_await of.get(5);
    EXPECT_TRUE(got);
    to.push_back("got it");
  }(loop, tank, order));
  loop.run();
  EXPECT_THAT(order, ElementsAre("gave up", "got it"));
  EXPECT_EQ(loop.now(), kStart + 2h);
}

TEST(Level, RoundingKeepsNobodyWaiting) {
  // In doubles 0.3 − 0.1 − 0.1 < 0.1, and 0.1 + 0.1 + 0.1 > 0.3.
  ProcessLoop loop;
  Level tank(loop, "tank", 0.3, 0.3);
  loop.start([](ProcessLoop&, Level of) -> Process {
    for (int i = 0; i < 3; ++i) co_await of.get(0.1);
    EXPECT_NEAR(of.amount(), 0, 1e-15);
    EXPECT_GE(of.amount(), 0);
    co_await of.get(0.1);
  }(loop, tank));
  loop.start([](ProcessLoop& in, Level of) -> Process {
    co_await in.delay(1h);
    for (int i = 0; i < 4; ++i) co_await of.put(0.1);
    EXPECT_EQ(of.amount(), 0.3);
  }(loop, tank));
  loop.run();
  EXPECT_TRUE(loop.waiting().empty());
  // What is really missing is waited for.
  loop.start([](ProcessLoop&, Level of) -> Process { co_await of.put(1e-9); }(loop, tank));
  loop.run();
  EXPECT_EQ(loop.waiting().size(), 1u);
  EXPECT_EQ(tank.waiting_to_put(), 1u);
  EXPECT_EQ(tank.waiting_to_get(), 0u);
  EXPECT_EQ(tank.name(), "tank");
}

// 2⁻⁴⁰ of 10¹³ is 9: less than that is not had for nothing.
TEST(Level, GivesNothingForNothing) {
  ProcessLoop loop;
  Level money(loop, "money", 1e13, 1e13);
  EXPECT_FALSE(money.try_put(8));
  EXPECT_TRUE(money.try_get(1e13));
  EXPECT_FALSE(money.try_get(8));
  EXPECT_TRUE(money.try_put(7.999));
  EXPECT_TRUE(money.try_get(8)) << "what rounding may have taken away";
  EXPECT_FALSE(money.try_get(8));
}

TEST(Level, WhatCannotBeHadIsRefused) {
  ProcessLoop loop;
  EXPECT_THROW(Level(loop, "tank", 10, 11), std::invalid_argument);
  Level tank(loop, "tank", 10);
  EXPECT_THROW((void)tank.get(11), std::invalid_argument);
  EXPECT_THROW((void)tank.put(0), std::invalid_argument);
  const double infinite = std::numeric_limits<double>::infinity();
  EXPECT_THROW((void)Level(loop, "sea", infinite).put(infinite), std::invalid_argument);
}

TEST(Level, WithoutACapacityItStillHasToHaveWhatIsDrawn) {
  for (const double capacity : {std::numeric_limits<double>::infinity(), 1e300}) {
    ProcessLoop loop;
    Level money(loop, "money", capacity);
    bool had = false;
    loop.start([](ProcessLoop&, Level from, bool& flag) -> Process {
      co_await from.get(5);
      flag = true;
    }(loop, money, had));
    loop.run();
    EXPECT_FALSE(had);
    loop.start([](ProcessLoop&, Level into) -> Process { co_await into.put(5); }(loop, money));
    loop.run();
    EXPECT_TRUE(had);
  }
}

// A tank of 10 with 4. Somebody waits for 6: another 2 are not taken before him, and 2 more serve
// him. Of the 3 that are put then 1 is taken; 9 more have room when
// another is.
TEST(Level, IsTriedFromAnywhereWithoutOvertaking) {
  ProcessLoop loop;
  Level tank(loop, "tank", 10, 4);
  EXPECT_FALSE(tank.try_get(5));
  EXPECT_FALSE(tank.try_put(7));
  EXPECT_THROW(tank.try_get(0), std::invalid_argument);
  EXPECT_THROW(tank.try_put(11), std::invalid_argument);
  loop.start([](ProcessLoop&, Level of) -> Process { co_await of.get(6); }(loop, tank));
  loop.run();
  EXPECT_FALSE(tank.try_get(2));
  EXPECT_TRUE(tank.try_put(2));
  EXPECT_EQ(tank.amount(), 0);
  EXPECT_EQ(tank.waiting_to_get(), 0u);
  EXPECT_TRUE(tank.try_put(3));
  EXPECT_TRUE(tank.try_get(1));
  loop.start([](ProcessLoop&, Level of) -> Process { co_await of.put(9); }(loop, tank));
  loop.run();
  EXPECT_EQ(tank.waiting_to_put(), 1u);
  EXPECT_FALSE(tank.try_put(1));
  EXPECT_TRUE(tank.try_get(1));
  EXPECT_EQ(tank.amount(), 10);
  loop.run();
  EXPECT_EQ(loop.processes(), 0u);
}

}  // namespace
}  // namespace racked::des
