#include <racked/des/owned.h>

#include <racked/des/any_of.h>
#include <racked/des/gate.h>
#include <racked/des/level.h>
#include <racked/des/process.h>
#include <racked/des/resource.h>
#include <racked/des/store.h>

#include "hours.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace racked::des {
namespace {

using namespace std::chrono_literals;
using process_detail::Name;
using process_detail::Owned;
using ::testing::ElementsAre;

struct Probe final : Owned {
  Probe(ProcessLoop& in, int& counted) : Owned(in, "probe"), there(counted) { ++there; }
  ~Probe() override { --there; }
  void serve() override { last_name.reset(); }
  bool idle() const override { return is_idle; }
  void restart() noexcept override { ++restarts; }

  int& there;
  bool is_idle = true;
  int restarts = 0;
  std::optional<Name<Probe>> last_name;  // dropped when it is served
};

// How many a loop owns: the next would be the one after them.
std::size_t owned_by(ProcessLoop& loop) {
  int there = 0;
  const Name<Probe> next(new Probe(loop, there));
  return next->place;
}

TEST(Owned, LastsAsLongAsItHasAName) {
  int there = 0;
  ProcessLoop loop;
  std::optional<Name<Probe>> first(new Probe(loop, there)), second(new Probe(loop, there));
  std::optional<Name<Probe>> copy = first;
  EXPECT_EQ(&**first, &**copy);
  first.reset();
  EXPECT_EQ(there, 2);
  second = copy;  // the other probe has no name any more
  EXPECT_EQ(there, 1);
  *second = *second;
  copy.reset();
  EXPECT_EQ(there, 1);
  {
    const Name<Probe> moved = std::move(*second);
    second.reset();
    EXPECT_EQ(there, 1);
  }
  EXPECT_EQ(there, 0);
}

TEST(Owned, GoesWithTheLoopWhenItWasInUse) {
  int there = 0;
  {
    ProcessLoop loop;
    std::optional<Name<Probe>> name(new Probe(loop, there));
    (*name)->is_idle = false;
    name.reset();
    EXPECT_EQ(there, 1);
  }
  EXPECT_EQ(there, 0);
}

TEST(Owned, BeginsAnewWithTheLoopUnlessItHasNoNameAnyMore) {
  int there = 0;
  ProcessLoop loop;
  const Name<Probe> stays(new Probe(loop, there));
  std::optional<Name<Probe>> goes(new Probe(loop, there)), first(new Probe(loop, there));
  (*goes)->is_idle = false;
  goes.reset();
  first.reset();
  const Name<Probe> last(new Probe(loop, there));
  EXPECT_EQ(there, 3);
  loop.reset();
  EXPECT_EQ(there, 2);
  EXPECT_EQ(stays->restarts, 1);
  EXPECT_EQ(last->restarts, 1);
}

TEST(Owned, GoesWithItsLastNameWhenItsLoopWasReset) {
  ProcessLoop loop;
  std::optional<Resource> crane(std::in_place, loop, "crane", 1);
  const Held lost = crane->try_seize();
  loop.start([](ProcessLoop&, Resource of) -> Process {
    const Held held = co_await of.preempt(1, 5);
  }(loop, *crane));
  loop.run();
  EXPECT_FALSE(lost);
  loop.reset();
  crane.reset();
  EXPECT_EQ(owned_by(loop), 0u);
}

TEST(Owned, MayBeNamedWhenTheLoopIsGone) {
  int there = 0;
  std::optional<ProcessLoop> loop(std::in_place);
  std::optional<Name<Probe>> name(new Probe(*loop, there));
  loop.reset();
  EXPECT_EQ(there, 1);
  name.reset();
  EXPECT_EQ(there, 0);
}

TEST(Owned, MayLoseItsLastNameWhileItIsServed) {
  int there = 0;
  ProcessLoop loop;
  std::optional<Name<Probe>> name(new Probe(loop, there));
  Probe& probe = **name;
  probe.last_name = name;
  process_detail::Kernel::before_serving(loop, [&] {
    process_detail::Kernel::serve(loop, probe);
    name.reset();
    EXPECT_EQ(there, 1);
  });
  EXPECT_EQ(there, 0);
}

// Ten thousand customers, each with a store of its own in which a clerk puts what it asked for. Of
// what was put there the customer leaves one, which goes with the store.
TEST(Owned, OneForEveryCustomerLeavesNothingBehind) {
  using Parcel = std::shared_ptr<int>;
  ProcessLoop loop;
  const Parcel parcel = std::make_shared<int>(1);
  Store<Store<Parcel>> orders(loop, "orders");
  loop.start([](ProcessLoop& in, Store<Store<Parcel>> from, const Parcel& of) -> Process {
    for (;;) {
      auto order = co_await from.take();
      co_await in.delay(1h);
      co_await order->put(of);
      co_await order->put(of);
    }
  }(loop, orders, parcel));
  const auto customer = [](ProcessLoop& in, Store<Store<Parcel>> to, long& most,
                           const Parcel& of) -> Process {
    Store<Parcel> mine(in, "mine");
    co_await to.put(mine);
    const std::optional<Parcel> got = co_await mine.take();
    EXPECT_TRUE(got.has_value());
    most = std::max(most, of.use_count());
  };
  long most = 0;
  for (int i = 0; i < 10'000; ++i) loop.start(customer(loop, orders, most, parcel));
  loop.run();
  EXPECT_LE(most, 10) << "of the customers that are just going on";
  EXPECT_EQ(parcel.use_count(), 1);
}

// Both gates lose their only name when they have just been opened, before those who waited go on.
TEST(Owned, IsNotMissedByThoseWhoHaveWaitedForIt) {
  ProcessLoop loop;
  Resource crane(loop, "crane", 1);
  std::vector<double> went;
  auto gates = std::make_unique<std::vector<Gate>>(2, Gate(loop, "first"));
  (*gates)[1] = Gate(loop, "second");
  loop.start([](ProcessLoop& in, std::vector<Gate>& at, std::vector<double>& times) -> Process {
    co_await at[0].open();
    times.push_back(hours(in));
  }(loop, *gates, went));
  loop.start([](ProcessLoop& in, std::vector<Gate>& at, std::vector<double>& times) -> Process {
    co_await any_of(at[0].open(), at[1].open());
    times.push_back(hours(in));
  }(loop, *gates, went));
  loop.start([](ProcessLoop& in, auto& at) -> Process {
    co_await in.delay(2h);
    (*at)[0].set_open(true);
    at.reset();
  }(loop, gates));
  loop.run();
  EXPECT_THAT(went, ElementsAre(2, 2));
}

TEST(Owned, IsGivenBackThoughNothingNamesIt) {
  ProcessLoop loop;
  Held held;
  loop.start([](ProcessLoop& in, Held& to) -> Process {
    Resource crane(in, "crane", 1);
    to = co_await crane.seize();
  }(loop, held));
  loop.run();
  EXPECT_EQ(held.amount(), 1);
  EXPECT_EQ(owned_by(loop), 1u);
  held.release();
  EXPECT_EQ(owned_by(loop), 0u);
}

// One waits with patience until 2, one is interrupted at 1, one has two waits for the same in a
// whole that ends at 3, with both of them. The last name goes after they have begun.
template <class Of, class Ask>
void expect_gone_when_all_have_left(ProcessLoop& loop, Of of, Ask ask) {
  std::optional<Of> named(std::move(of));
  loop.start([](ProcessLoop&, auto& from, Ask to) -> Process {
    (void)co_await to(*from).within(2h);
  }(loop, named, ask));
  const ProcessRef broken_off = loop.start([](ProcessLoop&, auto& from, Ask to) -> Process {
    try {
      (void)co_await to(*from);
    } catch (const Interrupted&) {
    }
  }(loop, named, ask));
  loop.start([](ProcessLoop&, auto& from, Ask to) -> Process {
    (void)co_await any_of(to(*from).within(3h), to(*from), to(*from).within(3h));
  }(loop, named, ask));
  loop.run_until(loop.now());
  named.reset();
  EXPECT_EQ(owned_by(loop), 1u);
  loop.start([](ProcessLoop& in, ProcessRef other) -> Process {
    co_await in.delay(1h);
    other.interrupt("enough");
  }(loop, broken_off));
  loop.run_until(loop.now() + 2h);
  EXPECT_EQ(owned_by(loop), 1u);
  loop.run();
  EXPECT_EQ(owned_by(loop), 0u);
  EXPECT_EQ(loop.processes(), 0u);
}

TEST(Owned, GoesWithTheLastWhoWaitsForIt) {
  ProcessLoop loop;
  expect_gone_when_all_have_left(loop, Gate(loop, "gate"), [](auto& of) { return of.open(); });
  expect_gone_when_all_have_left(loop, Store<int>(loop, "store"),
                                 [](auto& of) { return of.take(); });
  expect_gone_when_all_have_left(loop, Store<int>(loop, "store"),
                                 [](auto& of) { return of.take(2); });
  expect_gone_when_all_have_left(loop, Level(loop, "level", 2), [](auto& of) { return of.get(1); });
}

// Held from 0 to 4; those who wait have left by 3.
TEST(Owned, GoesWithTheLastWhoHoldsAnythingOfIt) {
  ProcessLoop loop;
  std::optional<Resource> crane(std::in_place, loop, "crane", 1);
  loop.start([](ProcessLoop& in, auto& of) -> Process {
    const Held held = co_await of->seize();
    co_await in.delay(4h);
  }(loop, crane));
  loop.start([](ProcessLoop&, auto& of) -> Process {
    (void)co_await any_of(of->seize().within(3h), of->seize());
  }(loop, crane));
  loop.run_until(kStart);
  crane.reset();
  loop.run_until(kStart + 3h);
  EXPECT_EQ(loop.processes(), 1u);
  EXPECT_EQ(owned_by(loop), 1u);
  loop.run();
  EXPECT_EQ(owned_by(loop), 0u);
}

}  // namespace
}  // namespace racked::des
