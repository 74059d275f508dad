#include <racked/des/any_of.h>
#include <racked/des/level.h>

#include <racked/des/gate.h>
#include <racked/des/resource.h>
#include <racked/des/store.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
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

Process lasts(ProcessLoop& loop, Duration span) { co_await loop.delay(span); }
Process fails(ProcessLoop& loop, Duration span) {
  co_await loop.delay(span);
  throw std::runtime_error("broken");
}
std::vector<ProcessRef> workers(ProcessLoop& loop, const std::vector<Duration>& spans) {
  std::vector<ProcessRef> all;
  for (const Duration span : spans) all.push_back(loop.start(lasts(loop, span)));
  return all;
}

// At its end all parts that await it leave its list, one of them while the list is being told.
TEST(AnyOf, MayAwaitTheSameEndMoreThanOnce) {
  ProcessLoop loop;
  const ProcessRef early = loop.start(lasts(loop, 1h)), late = loop.start(lasts(loop, 2h));
  Gate gate(loop, "gate");
  int done = 0;
  loop.start([](ProcessLoop& in, ProcessRef p, int& count) -> Process {
    const auto [first, second] = co_await any_of(p, p);
    EXPECT_TRUE(first.has_value());
    EXPECT_FALSE(second.has_value());
    EXPECT_EQ(in.now(), kStart + 1h);
    ++count;
  }(loop, early, done));
  loop.start([](ProcessLoop& in, ProcessRef p, ProcessRef q, int& count) -> Process {
    const auto [both, one] = co_await any_of(all_of(p, q), p);
    EXPECT_FALSE(both.has_value());
    EXPECT_TRUE(one.has_value());
    EXPECT_EQ(in.now(), kStart + 1h);
    ++count;
  }(loop, early, late, done));
  loop.start([](ProcessLoop& in, ProcessRef p, ProcessRef q, int& count) -> Process {
    const std::vector<ProcessRef> list{q, p, q, p};
    EXPECT_EQ(co_await any_of(list), 1u);
    EXPECT_TRUE(co_await all_of(list));
    EXPECT_EQ(in.now(), kStart + 2h);
    ++count;
  }(loop, early, late, done));
  loop.start([](ProcessLoop& in, Gate at, int& count) -> Process {
    const auto [first, second] = co_await any_of(at.open(), at.open());
    EXPECT_TRUE(first.has_value());
    EXPECT_FALSE(second.has_value());
    EXPECT_EQ(in.now(), kStart + 3h);
    ++count;
  }(loop, gate, done));
  loop.run_until(kStart + 3h);
  gate.set_open(true);
  loop.run();
  EXPECT_EQ(done, 4);
}

TEST(AnyOfList, TellsWhichOfManyProcessesEndedFirst) {
  ProcessLoop loop;
  std::vector<std::int64_t> at;
  loop.start([](ProcessLoop& in, std::vector<std::int64_t>& hours) -> Process {
    const std::vector<ProcessRef> crews = workers(in, {3h, 1h, 2h, 1h});
    const std::optional<std::size_t> first = co_await any_of(crews);
    EXPECT_EQ(first, 1u);
    hours.push_back((in.now() - kStart) / 1h);
    const std::optional<std::size_t> had = co_await any_of(crews);
    EXPECT_EQ(had, 1u) << "it has ended already, as has the fourth";
    const std::vector<ProcessRef> longest = {crews[0]};
    const std::optional<std::size_t> none = co_await any_of(longest).within(30min);
    EXPECT_FALSE(none);
    const bool all = co_await all_of(crews).within(30min);
    EXPECT_FALSE(all) << "the longest needs another hour";
    hours.push_back((in.now() - kStart) / 1h);
    const bool ended = co_await all_of(crews);
    EXPECT_TRUE(ended);
    hours.push_back((in.now() - kStart) / 1h);
    const bool nothing = co_await all_of(std::vector<ProcessRef>());
    EXPECT_TRUE(nothing);
    EXPECT_THROW((void)any_of(std::vector<ProcessRef>()), std::invalid_argument);
  }(loop, at));
  loop.run();
  EXPECT_THAT(at, ::testing::ElementsAre(1, 2, 3));
  EXPECT_EQ(loop.processes(), 0u);
}

TEST(AllOfList, ThrowsWhatLeftOneOfThemAtOnce) {
  ProcessLoop loop;
  bool caught = false;
  loop.start([](ProcessLoop& in, bool& flag) -> Process {
    std::vector<ProcessRef> crews = workers(in, {1h, 3h});
    crews.push_back(in.start(fails(in, 2h)));
    try {
      co_await all_of(crews);
    } catch (const std::runtime_error& error) {
      EXPECT_STREQ(error.what(), "broken");
      EXPECT_EQ(in.now(), kStart + 2h);
      flag = true;
    }
  }(loop, caught));
  loop.run();
  EXPECT_TRUE(caught);
}

TEST(AllOfList, InterruptedOrDestroyedItLeavesNothing) {
  std::vector<Waiting> waiting;
  {
    ProcessLoop loop;
    const std::vector<ProcessRef> crews = workers(loop, {1h, 9h, 9h});
    const auto waits = [](ProcessLoop& in, const std::vector<ProcessRef>& all) -> Process {
      try {
        co_await all_of(all);
      } catch (const Interrupted&) {
      }
      EXPECT_EQ(in.now(), kStart + 2h);
    };
    const ProcessRef broken_off = loop.start(waits(loop, crews));
    loop.start([](ProcessLoop&, const std::vector<ProcessRef>& all) -> Process {
      const std::vector<ProcessRef> late = {all[1], all[2]};
      co_await any_of(late);
      ADD_FAILURE() << "ends before the loop does";
    }(loop, crews));
    loop.run_until(kStart + 2h);
    broken_off.interrupt("enough");
    loop.run_until(kStart + 3h);
    EXPECT_FALSE(broken_off.running());
    waiting = loop.waiting();
  }
  ASSERT_EQ(waiting.size(), 3u);
  EXPECT_EQ(waiting.back().awaits, "the end of process 2 or the end of process 3");
}

Process customer_of_any(ProcessLoop& loop, std::vector<Resource>& clerks, Duration serves,
                        std::vector<Time>& began) {
  const auto first = co_await any_of(clerks, [](Resource& clerk) { return clerk.seize(); });
  EXPECT_EQ(clerks[first->place].in_use(), 1);
  began.push_back(loop.now());
  co_await loop.delay(serves);
}
Process customer_of_all(ProcessLoop& loop, Resource counter, Duration serves,
                        std::vector<Time>& began) {
  const Held held = co_await counter.seize();
  began.push_back(loop.now());
  co_await loop.delay(serves);
}
Process arrivals(ProcessLoop& loop, std::function<Process(Duration)> customer) {
  for (int i = 0; i < 3000; ++i) {
    loop.start(customer(1min * (1 + i * 7919 % 61)));
    co_await loop.delay(1min * (i * 104729 % 13));
  }
}

// Who stands in the queue of each of five clerks, and leaves the others when one is free, is served
// when he would be in one queue before all five.
TEST(AnyOfList, OfManyClerksIsOneQueueBeforeAll) {
  std::vector<Time> of_any, of_all;
  {
    ProcessLoop loop;
    std::vector<Resource> clerks;
    for (int i = 0; i < 5; ++i) clerks.emplace_back(loop, "clerk", 1);
    const auto customer = [&](Duration serves) {
      return customer_of_any(loop, clerks, serves, of_any);
    };
    loop.start(arrivals(loop, customer));
    loop.run();
    for (const Resource& clerk : clerks) {
      EXPECT_EQ(clerk.in_use(), 0);
      EXPECT_EQ(clerk.waiting(), 0u);
    }
  }
  {
    ProcessLoop loop;
    Resource counter(loop, "counter", 5);
    const auto customer = [&](Duration serves) {
      return customer_of_all(loop, counter, serves, of_all);
    };
    loop.start(arrivals(loop, customer));
    loop.run();
  }
  EXPECT_EQ(of_any.size(), 3000u);
  EXPECT_EQ(of_any, of_all);
}

// Items come into the yards 2 and 1 at the same instant, in this order; yard 2 is first.
TEST(AnyOfList, TellsThePlaceAndTheResult) {
  ProcessLoop loop;
  std::vector<Store<int>> yards;
  for (int i = 0; i < 4; ++i) yards.emplace_back(loop, "yard " + std::to_string(i));
  loop.start([](ProcessLoop& in, std::vector<Store<int>>& from) -> Process {
    const auto take = [](Store<int>& yard) { return yard.take(); };
    const auto first = co_await any_of(from, take).within(3h);
    EXPECT_TRUE(first);
    EXPECT_EQ(first->place, 2u);
    EXPECT_EQ(first->value, 22);
    EXPECT_EQ(in.now(), kStart + 1h);
    const auto there = co_await any_of(from, take);
    EXPECT_EQ(there->place, 1u) << "is there already";
    const auto none = co_await any_of(from, take).within(30min);
    EXPECT_FALSE(none);
    EXPECT_EQ(in.now(), kStart + 1h + 30min);
  }(loop, yards));
  loop.run_until(kStart + 1h);
  EXPECT_TRUE(yards[2].try_put(22));
  EXPECT_TRUE(yards[1].try_put(11));
  loop.run();
  EXPECT_EQ(loop.processes(), 0u);
  for (const Store<int>& yard : yards) EXPECT_EQ(yard.size() + yard.waiting_to_take(), 0u);
}

TEST(AnyOfList, OfWaitsThatOnlyEndTellsThePlace) {
  ProcessLoop loop;
  std::vector<Gate> gates;
  for (int i = 0; i < 3; ++i) gates.emplace_back(loop, "gate");
  loop.start([](ProcessLoop& in, std::vector<Gate>& at) -> Process {
    const std::vector<Duration> spans = {3h, 1h, 2h};
    const std::optional<std::size_t> shortest =
        co_await any_of(spans, [&](Duration span) { return in.delay(span); });
    EXPECT_EQ(shortest, 1u);
    EXPECT_EQ(in.now(), kStart + 1h);
    const std::optional<std::size_t> opened =
        co_await any_of(at, [](Gate& gate) { return gate.open(); });
    EXPECT_EQ(opened, 2u);
    const bool all = co_await all_of(at, [](Gate& gate) { return gate.open(); }).within(1h);
    EXPECT_FALSE(all);
    at[0].set_open(true);
    at[1].set_open(true);
    const bool open = co_await all_of(at, [](Gate& gate) { return gate.open(); });
    EXPECT_TRUE(open);
    EXPECT_EQ(in.now(), kStart + 2h + 1h);
  }(loop, gates));
  loop.run_until(kStart + 2h);
  gates[2].set_open(true);
  loop.run();
  EXPECT_EQ(loop.processes(), 0u);
}

TEST(AllOfList, WhenPatienceEndsThereIsWhatCameUntilThen) {
  ProcessLoop loop;
  std::vector<Resource> cranes;
  for (int i = 0; i < 3; ++i) cranes.emplace_back(loop, "crane", 2);
  loop.start([](ProcessLoop& in, Resource crane) -> Process {
    const Held held = co_await crane.seize(2);
    co_await in.delay(5h);
  }(loop, cranes[1]));
  loop.start([](ProcessLoop& in, std::vector<Resource>& all) -> Process {
    const auto two_of = [](Resource& crane) { return crane.seize(2); };
    {
      const std::vector<Held> some = co_await all_of(all, two_of).within(1h);
      EXPECT_EQ(some.size(), 3u);
      EXPECT_TRUE(some[0]);
      EXPECT_FALSE(some[1]);
      EXPECT_EQ(some[2].amount(), 2);
      EXPECT_EQ(in.now(), kStart + 1h);
    }
    for (const Resource& crane : all) EXPECT_EQ(crane.waiting(), 0u);
    EXPECT_EQ(all[0].in_use() + all[2].in_use(), 0) << "given back";
    const std::vector<Held> held = co_await all_of(all, two_of);
    EXPECT_EQ(in.now(), kStart + 5h);
    for (const Resource& crane : all) EXPECT_EQ(crane.in_use(), 2);
    const std::vector<Held> none = co_await all_of(std::vector<Resource>(), two_of);
    EXPECT_TRUE(none.empty());
    EXPECT_EQ(in.now(), kStart + 5h);
  }(loop, cranes));
  loop.run();
  EXPECT_EQ(loop.processes(), 0u);
  for (const Resource& crane : cranes) EXPECT_EQ(crane.in_use(), 0);
}

TEST(AnyOfList, LeavesNothingWhenOneCannotBeMadeOrTheProcessIsCancelled) {
  ProcessLoop loop;
  std::vector<Resource> cranes;
  for (int i = 0; i < 3; ++i) cranes.emplace_back(loop, "crane", i);
  const ProcessRef waits = loop.start([](ProcessLoop&, std::vector<Resource>& all) -> Process {
    const auto seize = [](Resource& crane) { return crane.seize(); };
    bool refused = false;
    try {  // the first has none, and never had
      co_await any_of(all, seize);
    } catch (const std::invalid_argument&) {
      refused = true;
    }
    EXPECT_TRUE(refused);
    const Held held = co_await all[1].seize();
    std::vector<Resource> twice(2, all[1]);
    co_await any_of(twice, seize);
    ADD_FAILURE() << "was cancelled";
  }(loop, cranes));
  loop.run_until(kStart + 1h);
  EXPECT_EQ(cranes[1].waiting(), 2u);
  EXPECT_EQ(cranes[1].in_use() + cranes[2].in_use(), 1);
  waits.cancel();
  loop.run();
  EXPECT_EQ(loop.processes(), 0u);
  EXPECT_EQ(cranes[1].waiting(), 0u);
  EXPECT_EQ(cranes[1].in_use(), 0);
}

// A yard with room for one, which is full, two units of a crane, one of which is held. At 1 Q asks
// for both units or to put another item; at 2 P asks for a unit, behind Q, or for the item. That is
// had at once, and makes room: Q puts and asks for no crane any more, so that P's first part could
// be had. But P has his item.
TEST(AnyOf, WhatOnePartMakesPossibleIsNotHadByAnother) {
  ProcessLoop loop;
  Store<int> yard(loop, "yard", 1);
  Resource crane(loop, "crane", 2);
  bool put = false;
  int taken = 0;
  loop.start([](ProcessLoop& in, Store<int> into, Resource of) -> Process {
    co_await into.put(1);
    const Held held = co_await of.seize();
    co_await in.delay(50h);
  }(loop, yard, crane));
  loop.start([](ProcessLoop& in, Store<int> into, Resource of, bool& done) -> Process {
    co_await in.delay(1h);
    const auto [both, room] = co_await any_of(of.seize(2), into.put(2));
    EXPECT_FALSE(both.has_value());
    done = room.value();
  }(loop, yard, crane, put));
  loop.start([](ProcessLoop& in, Store<int> from, Resource of, int& item) -> Process {
    co_await in.delay(2h);
    const auto [unit, got] = co_await any_of(of.seize(), from.take());
    EXPECT_FALSE(unit.has_value());
    item = got.value().value();
    EXPECT_EQ(of.in_use(), 1);
  }(loop, yard, crane, taken));
  loop.run_until(kStart + 3h);
  EXPECT_TRUE(put);
  EXPECT_EQ(taken, 1);
  EXPECT_EQ(yard.size(), 1u);
}

// What he takes out of a full tank himself makes room for his own other part; the amount stays.
TEST(AnyOf, WhoMakesRoomForHimselfHasOneOfBoth) {
  ProcessLoop loop;
  Level tank(loop, "tank", 10, 10);
  loop.start([](ProcessLoop&, Level of) -> Process {
    const auto [filled, drawn] = co_await any_of(of.put(5), of.get(5));
    EXPECT_FALSE(filled.has_value());
    EXPECT_TRUE(drawn.has_value());
  }(loop, tank));
  loop.run();
  EXPECT_EQ(loop.processes(), 0u);
  EXPECT_EQ(tank.amount(), 5);
}

// The put that stands within the first part can be had once the second part has drawn.
TEST(AllOf, APartThatEndsWhileALaterOneBeginsIsTold) {
  for (const bool all : {true, false}) {
    ProcessLoop loop;
    Level tank(loop, "tank", 10, 10);
    Gate gate(loop, "gate");
    loop.start([](ProcessLoop& in, Level of, Gate at, bool wants_all) -> Process {
      if (wants_all) {
        const auto [first, second] = co_await all_of(any_of(of.put(5), at.open()), of.get(5));
        EXPECT_TRUE(std::get<0>(first).has_value());
        EXPECT_TRUE(second);
      } else {
        co_await any_of(any_of(of.put(5), at.open()).within(5h), of.get(5));
      }
      co_await in.delay(100h);  // its patience has ended with it
    }(loop, tank, gate, all));
    loop.run();
    EXPECT_EQ(loop.processes(), 0u);
    EXPECT_EQ(tank.amount(), all ? 10 : 5);
    EXPECT_EQ(loop.now(), kStart + 100h);
  }
}

// In a row of resources with two units, one of each held, process i asks for both of i + 1 or one
// of i. When the first lets go, each that goes on lets the next one: not one within the other.
TEST(AnyOf, HoweverManyFollowEachOther) {
  constexpr int kMany = 100'000;
  ProcessLoop loop;
  std::vector<Resource> row;
  for (int i = 0; i <= kMany; ++i) row.emplace_back(loop, "one of many", 2);
  const auto hold = [](ProcessLoop& in, Resource of, std::int64_t units, Duration span) -> Process {
    const Held held = co_await of.seize(units);
    co_await in.delay(span);
  };
  int done = 0;
  const auto link = [](ProcessLoop& in, Resource a, Resource b, int& count) -> Process {
    co_await in.delay(1h);
    co_await any_of(b.seize(2), a.seize(1));
    ++count;
  };
  loop.start(hold(loop, row[0], 2, 5h));
  for (int i = 1; i <= kMany; ++i)
    loop.start(hold(loop, row[static_cast<std::size_t>(i)], 1, 100h));
  for (int i = 0; i < kMany; ++i) {
    const auto at = static_cast<std::size_t>(i);
    loop.start(link(loop, row[at], row[at + 1], done));
  }
  loop.run_until(kStart + 5h);
  EXPECT_EQ(done, kMany);
}

}  // namespace
}  // namespace racked::des
