#include <racked/des/any_of.h>

#include <racked/des/gate.h>
#include <racked/des/resource.h>
#include <racked/des/store.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tuple>
#include <vector>

namespace racked::des {
namespace {

using namespace std::chrono_literals;

TEST(AnyOf, EndsWithTheFirstAndWithdrawsTheOthers) {
  ProcessLoop loop;
  Resource crane(loop, "crane", 1);
  Store<int> yard(loop, "yard");
  Gate gate(loop, "gate");
  bool done = false;
  loop.start([](ProcessLoop& in, Resource of) -> Process {
    Held held = co_await of.seize();
    co_await in.delay(5h);
  }(loop, crane));
  loop.start([](ProcessLoop& in, Resource of, Store<int> from, Gate at, bool& flag) -> Process {
    auto [held, item, open, passed] =
        co_await any_of(of.seize(), from.take(), at.open(), in.delay(4h));
    EXPECT_FALSE(held);
    EXPECT_FALSE(open);
    EXPECT_FALSE(passed);
    EXPECT_EQ(item.value(), 7);
    EXPECT_EQ(in.now(), kStart + 2h);
    co_await in.delay(10h);  // what was not had is not had later
    flag = true;
  }(loop, crane, yard, gate, done));
  loop.start([](ProcessLoop& in, Store<int> into, Gate at) -> Process {
    co_await in.delay(2h);
    co_await into.put(7);
    at.set_open(true);
    co_await into.put(8);
  }(loop, yard, gate));
  loop.run();
  EXPECT_TRUE(done);
  EXPECT_EQ(crane.in_use(), 0);
  EXPECT_EQ(yard.size(), 1u) << "the second item stays";
  EXPECT_EQ(loop.now(), kStart + 12h);
}

TEST(AnyOf, TakesWhatCanBeHadAtOnceFromTheFirstThatCan) {
  ProcessLoop loop;
  Resource a(loop, "a", 1), b(loop, "b", 1);
  loop.start([](ProcessLoop&, Resource first, Resource second) -> Process {
    auto [x, y] = co_await any_of(first.seize(), second.seize());
    EXPECT_TRUE(x && *x);
    EXPECT_FALSE(y);
    EXPECT_EQ(second.in_use(), 0);
    co_return;
  }(loop, a, b));
  loop.run();
  EXPECT_EQ(loop.processes(), 0u);
}

TEST(AnyOf, IsInterruptedAsAWhole) {
  ProcessLoop loop;
  Resource crane(loop, "crane", 1);
  bool interrupted = false;
  loop.start([](ProcessLoop& in, Resource of) -> Process {
    Held held = co_await of.seize();
    co_await in.delay(5h);
  }(loop, crane));
  const ProcessRef waits = loop.start([](ProcessLoop& in, Resource of, bool& flag) -> Process {
    try {
      co_await any_of(of.seize(), in.delay(9h));
    } catch (const Interrupted&) {
      flag = true;
    }
  }(loop, crane, interrupted));
  loop.start([](ProcessLoop& in, ProcessRef other) -> Process {
    co_await in.delay(1h);
    other.interrupt("enough");
  }(loop, waits));
  loop.run();
  EXPECT_TRUE(interrupted);
  EXPECT_EQ(loop.now(), kStart + 5h);
  EXPECT_EQ(crane.in_use(), 0);
}

TEST(AllOf, EndsWithTheLastAndKeepsWhatTheOthersGot) {
  ProcessLoop loop;
  Resource crane(loop, "crane", 1), crew(loop, "crew", 4);
  Store<int> yard(loop, "yard");
  bool done = false;
  loop.start([](ProcessLoop& in, Resource of) -> Process {
    Held held = co_await of.seize(3);
    co_await in.delay(3h);
  }(loop, crew));
  loop.start(
      [](ProcessLoop& in, Resource one, Resource other, Store<int> from, bool& flag) -> Process {
        auto [held, workers, item, passed] =
            co_await all_of(one.seize(), other.seize(2), from.take(), in.delay(1h));
        EXPECT_TRUE(held);
        EXPECT_EQ(workers.amount(), 2);
        EXPECT_EQ(item.value(), 5);
        EXPECT_EQ(in.now(), kStart + 6h);
        flag = true;
      }(loop, crane, crew, yard, done));
  loop.start([](ProcessLoop& in, Store<int> into, Resource held) -> Process {
    co_await in.delay(6h);
    EXPECT_EQ(held.in_use(), 1) << "held since the beginning";
    co_await into.put(5);
  }(loop, yard, crane));
  loop.run();
  EXPECT_TRUE(done);
  EXPECT_EQ(crew.in_use(), 0);
}

TEST(AllOf, OfWhatIsThereDoesNotWait) {
  ProcessLoop loop;
  Resource crew(loop, "crew", 4);
  bool done = false;
  loop.start([](ProcessLoop&, Resource of, bool& flag) -> Process {
    auto [a, b] = co_await all_of(of.seize(1), of.seize(3));
    EXPECT_EQ(of.in_use(), 4);
    flag = true;
  }(loop, crew, done));
  EXPECT_EQ(loop.run(), Ended::empty);
  EXPECT_TRUE(done);
  EXPECT_EQ(loop.events_handled(), 0u);
}

TEST(AnyOf, WhatOnePartLeavesIsNotHadByAnother) {
  // One of two cranes is free, and nobody overtakes who wants two. When his patience ends, his part
  // has ended the whole: the free crane goes to whom it would go without him.
  ProcessLoop loop;
  Resource crane(loop, "crane", 2);
  std::vector<int> order;
  loop.start([](ProcessLoop& in, Resource of) -> Process {
    const Held held = co_await of.seize();
    co_await in.delay(9h);
  }(loop, crane));
  loop.start([](ProcessLoop& in, Resource of, std::vector<int>& to) -> Process {
    auto [two, one] = co_await any_of(of.seize(2).within(1h), of.seize(1));
    EXPECT_TRUE(two.has_value() && !*two);
    EXPECT_FALSE(one.has_value());
    EXPECT_EQ(of.in_use(), 2);
    to.push_back(1);
    co_await in.delay(5h);
  }(loop, crane, order));
  loop.start([](ProcessLoop& in, Resource of, std::vector<int>& to) -> Process {
    const Held held = co_await of.seize();
    EXPECT_EQ(in.now(), kStart + 1h);
    to.push_back(2);
    co_await in.delay(1h);
  }(loop, crane, order));
  loop.run();
  EXPECT_EQ(order.size(), 2u);
  EXPECT_EQ(crane.in_use(), 0);
}

TEST(AnyOf, AWithdrawnPartHoldsNothingUntilTheExpressionEnds) {
  ProcessLoop loop;
  Resource crane(loop, "crane", 2);
  Gate gate(loop, "gate");
  loop.start([](ProcessLoop& in, Resource of) -> Process {
    const Held held = co_await of.seize();
    co_await in.delay(9h);
  }(loop, crane));
  loop.start([](ProcessLoop&, Resource of, Gate at) -> Process {
    co_await any_of(at.open(), of.seize(2), of.seize(1));
  }(loop, crane, gate));
  loop.start([](ProcessLoop& in, Gate at, Resource of) -> Process {
    co_await in.delay(1h);
    at.set_open(true);
    EXPECT_EQ(of.in_use(), 1) << "the second crane is free at once";
  }(loop, gate, crane));
  loop.run();
}

TEST(AnyOf, TakesProcessesAndDelays) {
  ProcessLoop loop;
  const ProcessRef worker =
      loop.start([](ProcessLoop& in) -> Process { co_await in.delay(2h); }(loop));
  bool done = false;
  loop.start([](ProcessLoop& in, ProcessRef other, bool& flag) -> Process {
    auto [ended, passed] = co_await any_of(other, in.delay(1h));
    EXPECT_FALSE(ended);
    EXPECT_TRUE(passed);
    auto [late, never] = co_await any_of(other, in.delay(5h));
    EXPECT_TRUE(late && *late);
    EXPECT_FALSE(never);
    const auto [both, nested] = co_await all_of(in.delay(1h), any_of(in.delay(3h), in.delay(2h)));
    EXPECT_TRUE(std::get<1>(nested));
    EXPECT_EQ(in.now(), kStart + 4h);
    flag = true;
  }(loop, worker, done));
  loop.run();
  EXPECT_TRUE(done);
  EXPECT_EQ(loop.now(), kStart + 4h) << "what was not waited for is gone";
}

}  // namespace
}  // namespace racked::des
