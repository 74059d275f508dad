#include <racked/des/owned.h>

#include <racked/des/any_of.h>
#include <racked/des/gate.h>
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

  int& there;
  bool is_idle = true;
  std::optional<Name<Probe>> last_name;  // dropped when it is served
};

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
  held.release();
}

}  // namespace
}  // namespace racked::des
