#include <racked/des/process.h>
#include <racked/des/any_of.h>
#include <racked/des/condition.h>
#include <racked/des/gate.h>
#include <racked/des/level.h>
#include <racked/des/random_stream.h>
#include <racked/des/resource.h>
#include <racked/des/store.h>
#include <racked/des/task.h>

#include "hours.h"
#include "process_log.h"

#include <allocation_count.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace racked::des {
namespace reset_test {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

// A site with one of each, where everything happens that can be going on when it is left.
struct Site {
  explicit Site(ProcessLoop& in) : loop(in) {
    crew.watch();
    yard.watch();
    fuel.watch(1min);
  }

  void start(std::uint64_t seed) {
    done.clear();
    for (std::uint64_t i = 0; i < 12; ++i)
      loop.start(worker(loop, *this, RandomStream(seed, i, 0)),
                 i % 3 == 0 ? "" : "worker " + std::to_string(i));
    loop.start(foreman(loop, *this, RandomStream(seed, 99, 0)));
    loop.start(guard(loop, *this), "guard");
    loop.start(clerk(loop, *this), "clerk");
  }
  // What has been told, and all that can be seen.
  Log seen() const {
    Log all = done;
    for (const Waiting& one : loop.waiting()) all.push_back(one.process + " awaits " + one.awaits);
    const auto add = [&](auto... of) { (all.push_back(std::to_string(of)), ...); };
    add(hours(loop), loop.events_handled(), loop.processes());
    add(crew.capacity(), crew.in_use(), crew.waiting(), yard.size(), yard.waiting_to_take(),
        yard.waiting_to_put(), fuel.amount(), permit.is_open(), permit.waiting(), change.waiting());
    const ResourceUse use = crew.use();
    add(use.in_use.mean(), use.capacity.mean(), use.waiting.mean(), use.granted.mean(),
        use.granted.count(), use.left.count());
    add(yard.use().content.mean(), yard.use().taken.count(), fuel.use().content.mean(),
        fuel.use().taken.mean(), fuel.use().left_taking.count());
    return all;
  }

  ProcessLoop& loop;
  Resource crew{loop, "crew", 3, 5};
  Store<int> yard{loop, "yard", 4};
  Level fuel{loop, "fuel", 100, 60};
  Gate permit{loop, "permit"};
  Condition change{loop, "change"};
  int shelf = 0;
  std::vector<ProcessRef> workers;
  Log done;

 private:
  static std::int64_t below(std::int64_t most, RandomStream& stream) {
    return static_cast<std::int64_t>(stream() % static_cast<std::uint64_t>(most));
  }
  static Duration some(RandomStream& stream) { return Duration(1 + below(kHour.count(), stream)); }
  static Task<int> haul(ProcessLoop& loop, Site& site, Duration takes) {
    const Held held = co_await site.crew.seize(1, 2);
    co_await loop.delay(takes);
    co_return static_cast<int>(held.amount());
  }
  static Process worker(ProcessLoop& loop, Site& site, RandomStream stream) {
    site.workers.push_back(loop.current());
    for (;;) {
      try {
        co_await loop.delay(some(stream));
        Held held = co_await site.crew.preempt(1 + below(2, stream), below(3, stream));
        site.note(held ? "has" : "lost");
        co_await any_of(loop.delay(some(stream)), haul(loop, site, some(stream)));
        held.release();
        if (!co_await site.fuel.get(7).within(20min)) co_await site.fuel.put(20);
        co_await site.yard.put(1).within(some(stream));
        if (co_await site.yard.take().within(5min)) ++site.shelf;
        site.change.notify();
        co_await any_of(site.permit.open(), loop.delay(some(stream)),
                        site.change.until([&] { return site.shelf > 2 && site.shelf-- > 0; }));
        site.note("done");
      } catch (const Interrupted& by) {
        site.note(by.what());
      }
    }
  }
  static Process guard(ProcessLoop& loop, Site& site) {
    for (;;) {
      co_await site.permit.open();
      site.note("sees it open");
      co_await loop.delay(1h);
    }
  }
  static Process clerk(ProcessLoop&, Site& site) {
    for (;;) {
      co_await site.change.until([&] { return site.shelf > 1 && site.shelf-- > 0; });
      site.note("takes one");
    }
  }
  static Process foreman(ProcessLoop& loop, Site& site, RandomStream stream) {
    for (std::int64_t round = 0;; ++round) {
      co_await loop.delay(some(stream));
      site.workers[stream() % site.workers.size()].interrupt("called");
      site.crew.set_capacity(1 + round % 7);
      site.permit.set_open(round % 2 == 0);
      if (round % 5 == 4) site.workers[stream() % 4].cancel();
    }
  }
  void note(const std::string& what) {
    done.push_back(loop.current().name() + " " + what + " at " + std::to_string(hours(loop)));
  }
};

Log story(Site& site, std::uint64_t seed) {
  site.start(seed);
  site.loop.run_until(site.loop.now() + 40h);
  return site.seen();
}

void forget_workers(Site& site) {
  site.workers.clear();
  site.shelf = 0;
}

// Left at any time, the same site has the same story as a new one.
TEST(ProcessReset, WhatFollowsIsWhatFollowsInANewLoop) {
  Log first;
  {
    ProcessLoop loop;
    Site site(loop);
    first = story(site, 7);
  }
  EXPECT_GT(first.size(), 500u);
  ProcessLoop loop;
  Site site(loop);
  for (int i = 0; i < 60; ++i) {
    site.start(static_cast<std::uint64_t>(i));
    loop.run_until(kStart + i * 17min);
    loop.reset();
    forget_workers(site);
    ASSERT_EQ(story(site, 7), first) << "left after " << i * 17 << " minutes";
    loop.reset();
    forget_workers(site);
  }
}

TEST(ProcessReset, ItIsAsItWasMade) {
  ProcessLoop loop(kStart + 3h);
  Resource crew(loop, "crew", 2, 5);
  Store<int> yard(loop, "yard");
  Level fuel(loop, "fuel", 0x1p41, 1);
  Gate permit(loop, "permit", true);
  crew.set_capacity(9);
  yard.try_put(1);
  fuel.try_put(0x1p40);
  permit.set_open(false);
  loop.run_until(kStart + 8h);
  loop.reset(kStart + 1h);
  EXPECT_EQ(loop.now(), kStart + 1h);
  EXPECT_EQ(loop.events_handled(), 0u);
  EXPECT_EQ(crew.capacity(), 2);
  EXPECT_NO_THROW((void)crew.seize(5));
  EXPECT_THROW((void)crew.seize(6), std::invalid_argument);
  EXPECT_EQ(yard.size(), 0u);
  EXPECT_EQ(fuel.amount(), 1);
  EXPECT_FALSE(fuel.try_get(1.0005));  // of 2⁴⁰ that would be forgiven
  EXPECT_TRUE(permit.is_open());
  EXPECT_EQ(loop.run(), Ended::empty);
  EXPECT_EQ(loop.now(), kStart + 1h);
}

// In use from 2 to 5 in the first, from 1 on of 4 hours in the second: ¾.
TEST(ProcessReset, WhatIsWatchedIsWatchedAnew) {
  const auto works = [](ProcessLoop& loop, Resource of, Duration from, Duration to) -> Process {
    co_await loop.delay(from);
    const Held held = co_await of.seize();
    co_await loop.delay(to - from);
  };
  ProcessLoop loop;
  Resource crane(loop, "crane", 1), hoist(loop, "hoist", 1);
  crane.watch();
  loop.start(works(loop, crane, 2h, 5h));
  loop.run_until(kStart + 10h);
  EXPECT_DOUBLE_EQ(crane.use().in_use.mean(), 0.3);
  loop.reset();
  loop.start(works(loop, crane, 1h, 9h));
  loop.run_until(kStart + 4h);
  EXPECT_DOUBLE_EQ(crane.use().in_use.mean(), 0.75);
  EXPECT_EQ(crane.use().granted.count(), 1u);
  EXPECT_THROW((void)hoist.use(), std::logic_error);
}

TEST(ProcessReset, NamesOfProcessesAreStaleAndNothingIsHeld) {
  ProcessLoop loop;
  Resource crew(loop, "crew", 3);
  Held kept = crew.try_seize(2), lost = crew.try_seize(1, -1);
  const auto stays = [](ProcessLoop& in, Resource of) -> Process {
    const Held held = co_await of.preempt(1, 5);
    co_await in.delay(9h);
  };
  const ProcessRef before = loop.start(stays(loop, crew));
  loop.run_until(kStart + 1h);
  EXPECT_FALSE(lost);
  loop.reset();
  EXPECT_FALSE(before.running());
  before.interrupt("nobody");
  before.cancel();
  EXPECT_FALSE(kept);
  EXPECT_EQ(crew.in_use(), 0);
  const Held one = crew.try_seize(), two = crew.try_seize(), three = crew.try_seize();
  EXPECT_EQ(one.amount() + two.amount() + three.amount(), 3);
  kept.release();
  lost.release();
  EXPECT_EQ(crew.in_use(), 3);
  loop.run();
}

struct Told {
  Log& log;
  std::string name;
  ~Told() { log.push_back(name); }
};

// In the order of their start; what is given back and opened meanwhile lets nobody go on, and what
// is started meanwhile is destroyed, too.
TEST(ProcessReset, ProcessesGoAsWithTheLoop) {
  struct Meddles {
    ProcessLoop& loop;
    Gate gate;
    Log& log;
    ~Meddles() {
      gate.set_open(true);
      loop.reset(kStart + 5h);
      loop.start(say(loop, log, "started at the end", 0h));
    }
  };
  const auto stays = [](ProcessLoop& loop, Resource of, Gate at, Log& to,
                        std::string name) -> Process {
    const Told told{to, name};
    const Meddles last{loop, at, to};
    const Held held = co_await of.seize().within(2h);
    co_await at.open();
    to.push_back(name + " goes on");
  };
  ProcessLoop loop;
  Gate gate(loop, "gate");
  Resource crane(loop, "crane", 1);
  Log log;
  for (const char* const name : {"a", "b", "c"}) loop.start(stays(loop, crane, gate, log, name));
  loop.run_until(kStart + 1h);
  loop.start(stays(loop, crane, gate, log, "never begun"));
  loop.reset();
  EXPECT_THAT(log, ElementsAre("a", "b", "c"));
  EXPECT_EQ(loop.processes(), 0u);
  EXPECT_EQ(loop.now(), kStart);
  EXPECT_FALSE(gate.is_open());
  EXPECT_EQ(loop.run(), Ended::empty);
  EXPECT_EQ(log.size(), 3u);
}

// What destructors ask for meanwhile they do not get; what they make is there afterwards, if it has
// a name still.
struct Busy {
  ProcessLoop& loop;
  Resource crew;
  Store<int> yard;
  const ProcessRef& other;
  std::optional<Resource>& kept;
  ~Busy() {
    EXPECT_FALSE(crew.try_seize());
    EXPECT_FALSE(yard.try_put(1));
    crew.set_capacity(7);
    other.cancel();
    other.interrupt("the end");
    EXPECT_EQ(loop.run(), Ended::empty);
    EXPECT_EQ(loop.run_until(kStart + 9h), Ended::empty);
    EXPECT_TRUE(other.running());
    const Store<int> dropped(loop, "dropped");
    kept.emplace(loop, "kept", 2);
    kept->watch();
  }
};

TEST(ProcessReset, DestructorsFindTheLoopAtItsEnd) {
  const auto stays = [](ProcessLoop& in, Resource of, Store<int> into, const ProcessRef& other,
                        std::optional<Resource>& kept) -> Process {
    const Busy busy{in, of, into, other, kept};
    co_await in.delay(5h);
  };
  const auto waits = [](ProcessLoop& in, Resource of, Log& log) -> Process {
    const Told told{log, "other"};
    const Held held = co_await of.seize(2);
    co_await in.delay(9h);
  };
  std::optional<Resource> kept;
  ProcessRef other;
  Log log;
  ProcessLoop loop;
  Resource crew(loop, "crew", 3);
  Store<int> yard(loop, "yard");
  for (int i = 0; i < 2; ++i) {
    const Held held = crew.try_seize(2);
    loop.start(stays(loop, crew, yard, other, kept));
    other = loop.start(waits(loop, crew, log));
    loop.run_until(kStart + 3h);
    loop.reset(kStart + 1h);
    EXPECT_EQ(loop.now(), kStart + 1h);
    EXPECT_EQ(crew.capacity(), 3);
    EXPECT_EQ(loop.run_until(kStart + 2h), Ended::empty);
    EXPECT_EQ(kept->use().capacity.mean(), 2);
  }
  EXPECT_THAT(log, ElementsAre("other", "other"));
}

// Units that stand in a store are given back, whichever was made first; what the end of an item
// starts goes as well, and so does what had its last name in a process or a store.
TEST(ProcessReset, WhatStandsInStoresGoes) {
  struct Starts {
    ProcessLoop& loop;
    std::shared_ptr<int> witness;
    ~Starts() {
      loop.start([](ProcessLoop& in, std::shared_ptr<int>) -> Process { co_await in.delay(1h); }(
                                                               loop, witness));
    }
  };
  const auto witness = std::make_shared<int>();
  ProcessLoop loop;
  Store<Held> before(loop, "before");
  Resource crane(loop, "crane", 2);
  Store<Held> after(loop, "after");
  Store<std::unique_ptr<Starts>> starters(loop, "starters");
  Store<Store<std::shared_ptr<int>>> stores(loop, "stores");
  const auto has_its_own = [](ProcessLoop& in, std::shared_ptr<int> of) -> Process {
    Store<std::shared_ptr<int>> mine(in, "mine");
    mine.try_put(std::move(of));
    co_await in.delay(9h);
  };
  for (int i = 0; i < 2; ++i) {
    before.try_put(crane.try_seize());
    after.try_put(crane.try_seize());
    starters.try_put(std::unique_ptr<Starts>(new Starts{loop, witness}));
    Store<std::shared_ptr<int>> inner(loop, "inner");
    inner.try_put(witness);
    stores.try_put(std::move(inner));
    loop.start(has_its_own(loop, witness));
    loop.run_until(kStart + 1h);
    EXPECT_EQ(crane.in_use(), 2);
    EXPECT_EQ(witness.use_count(), 4);
    loop.reset();
    EXPECT_EQ(witness.use_count(), 1);
    EXPECT_EQ(loop.processes(), 0u);
    EXPECT_EQ(before.size() + after.size() + starters.size() + stores.size(), 0u);
    EXPECT_EQ(crane.in_use(), 0);
  }
}

// Also by the destructor of an item of a store that goes with its last name, and of a process that
// goes with the loop.
TEST(ProcessReset, ByADestructor) {
  struct Resetting {
    ProcessLoop& loop;
    ~Resetting() { loop.reset(kStart + 2h); }
  };
  ProcessLoop loop;
  std::optional<Store<std::unique_ptr<Resetting>>> store(std::in_place, loop, "store");
  store->try_put(std::unique_ptr<Resetting>(new Resetting{loop}));
  store.reset();
  EXPECT_EQ(loop.now(), kStart + 2h);
  loop.start([](ProcessLoop& in) -> Process {
    const Resetting at_the_end{in};
    co_await in.delay(1h);
  }(loop));
  loop.run_until(kStart + 2h);
}

// What stands in a store goes, and so does a store that only somebody who waited for it kept.
TEST(ProcessReset, WhatHasNoNameAnyMoreGoes) {
  using Witness = std::shared_ptr<int>;
  const auto witness = std::make_shared<int>();
  ProcessLoop loop;
  Store<Witness> named(loop, "named");
  named.try_put(witness);
  std::optional<Store<Witness>> unnamed(std::in_place, loop, "unnamed");
  unnamed->try_put(witness);
  loop.start(
      [](ProcessLoop&, Store<Witness>& of) -> Process { co_await of.take(2); }(loop, *unnamed));
  loop.run();
  unnamed.reset();
  EXPECT_EQ(witness.use_count(), 3);
  loop.reset();
  EXPECT_EQ(witness.use_count(), 1);
  EXPECT_EQ(named.size(), 0u);
}

// One of them in the seat of a process whose delay was broken off, when that would still be going:
// it has the same parameters, and so as large a frame.
TEST(ProcessReset, WhatWasNotStartedCanBeAfterwards) {
  ProcessLoop loop;
  Log log;
  const auto sleeps = [](ProcessLoop& in, Log&, std::string, Duration span) -> Process {
    co_await in.delay(span);
  };
  const ProcessRef sleeper = loop.start(sleeps(loop, log, "", 9h));
  loop.run_until(kStart + 1h);
  sleeper.cancel();
  Resource crane(loop, "crane", 1);
  Process holds = [](ProcessLoop&, Held held, Log& to) -> Process {
    to.push_back(held ? "holds" : "holds nothing");
    co_return;
  }(loop, crane.try_seize(), log);
  Process later = say(loop, log, "later", 2h), never = say(loop, log, "never", 2h);
  Task<> task = [](ProcessLoop& in) -> Task<> { co_await in.delay(3h); }(loop);
  loop.reset();
  const std::size_t memory = loop.memory();
  EXPECT_EQ(crane.in_use(), 0);
  const Held held = crane.try_seize();
  const ProcessRef one = loop.start(std::move(later));
  EXPECT_EQ(one.name(), "process 1");
  loop.run_until(kStart);
  EXPECT_EQ(loop.next_time(), kStart + 2h);
  loop.start([](ProcessLoop&, Task<> of, Log& to) -> Process {
    co_await std::move(of);
    to.push_back("task");
  }(loop, std::move(task), log));
  loop.start(std::move(holds));
  EXPECT_EQ(loop.run(), Ended::empty);
  EXPECT_THAT(log, ElementsAre("holds nothing", "later", "task"));
  EXPECT_EQ(crane.in_use(), 1);
  EXPECT_EQ(loop.now(), kStart + 3h);
  EXPECT_EQ(loop.events_handled(), 2u);
  EXPECT_EQ(loop.memory(), memory);  // no delay was one that can be cancelled
}

struct Resets {
  ProcessLoop& loop;
  ~Resets() { EXPECT_THROW(loop.reset(), std::logic_error); }
};

TEST(ProcessReset, IsRefusedInAProcessAndInAnAttempt) {
  ProcessLoop loop;
  Condition change(loop, "change");
  const auto resets = [](ProcessLoop& in, Condition of, bool by_attempt) -> Process {
    if (by_attempt)
      co_await of.until([&] { return in.reset(), true; });
    else
      in.reset();
  };
  for (const bool by_attempt : {false, true}) {
    loop.start(resets(loop, change, by_attempt));
    EXPECT_THROW(loop.run(), std::logic_error);
    loop.reset();
  }
  // Also of a process that stands still in a run within the run.
  const auto runs = [](ProcessLoop& in, Process other) -> Process {
    in.start(std::move(other));
    in.run();
    co_return;
  };
  loop.start(runs(loop, resets(loop, change, false)));
  EXPECT_THROW(loop.run(), std::logic_error);
  // And while one is cancelled.
  const ProcessRef cancelled = loop.start([](ProcessLoop& in) -> Process {
    const Resets at_the_end{in};
    co_await in.delay(1h);
  }(loop));
  loop.run_until(loop.now());
  cancelled.cancel();
}

// What a run was left with, by an exception or a stop, is no concern of the next one.
TEST(ProcessReset, AfterARunThatWasLeft) {
  ProcessLoop loop;
  Log log;
  Gate gate(loop, "gate");
  const auto throws = [](ProcessLoop&, Gate at) -> Process {
    co_await at.open();
    throw 1;
  };
  const ProcessRef first = loop.start(throws(loop, gate));
  loop.start(throws(loop, gate));
  const ProcessRef told =
      loop.start([](ProcessLoop&, ProcessRef of) -> Process { co_await of; }(loop, first));
  loop.run();
  gate.set_open(true);
  EXPECT_THROW(loop.run(), int);  // of the second, before the one who was told of the first goes on
  EXPECT_TRUE(told.running());
  told.cancel();
  loop.reset();
  EXPECT_EQ(loop.run(), Ended::empty);
  loop.start(say(loop, log, "a", 1h));
  loop.stop();
  loop.reset();
  EXPECT_EQ(loop.next_time(), kNever);
  loop.start(say(loop, log, "b", 1h));
  EXPECT_EQ(loop.run(), Ended::empty);
  EXPECT_THAT(log, ElementsAre("b"));
  loop.start([](ProcessLoop& in) -> Process {
    in.stop();
    co_return;
  }(loop));
  EXPECT_EQ(loop.run(), Ended::stopped);
}

// As by g++ 12, see resource_test: that is told, whatever has happened since.
TEST(ProcessReset, DoesNotHideThatAHeldWasCopiedAsBytes) {
  ProcessLoop loop;
  Resource crew(loop, "crew", 1);
  {
    Held held = crew.try_seize();
    alignas(Held) std::byte copy[sizeof(Held)];
    std::memcpy(copy, static_cast<const void*>(&held), sizeof held);
    held.release();
    std::launder(reinterpret_cast<Held*>(copy))->~Held();
  }
  loop.reset();
  EXPECT_THROW(loop.run(), std::logic_error);
  EXPECT_EQ(loop.run(), Ended::empty);
}

// A grant to the first of the queue takes from another, whose interruption finds no memory: what
// was to be served after that is not, and nothing is as it should be.
TEST(ProcessReset, AfterMemoryHasFailed) {
  const auto holds = [](ProcessLoop& in, Resource of, std::int64_t amount,
                        int priority) -> Process {
    const Held held = co_await of.preempt(amount, priority);
    co_await in.delay(9h);
  };
  const auto holds_both = [](ProcessLoop& in, Resource one, Resource other) -> Process {
    const Held last = co_await one.seize(2);
    const Held first = co_await other.seize(1, 9);
    co_await in.delay(9h);
  };
  ProcessLoop loop;
  Resource crew(loop, "crew", 3), crane(loop, "crane", 2);
  const auto begin = [&] {
    const ProcessRef both = loop.start(holds_both(loop, crane, crew));
    loop.start(holds(loop, crew, 1, 9));
    loop.start(holds(loop, crew, 1, 0));
    loop.start(holds(loop, crew, 2, 5));   // waits: it can have one at most
    loop.start(holds(loop, crane, 1, 0));  // waits
    loop.run_until(kStart + 1h);
    EXPECT_EQ(crew.waiting() + crane.waiting(), 2u);
    return both;
  };
  const ProcessRef both = begin();
  testing::fail_allocation_after(0);
  EXPECT_THROW(both.cancel(), std::bad_alloc);
  testing::allocations_succeed();
  EXPECT_EQ(crane.waiting(), 1u);
  // Nor can it be reset without memory for the list of those that go; then it is as before.
  testing::fail_allocation_after(0);
  EXPECT_THROW(loop.reset(), std::bad_alloc);
  testing::allocations_succeed();
  EXPECT_EQ(loop.processes(), 4u);
  EXPECT_EQ(crane.waiting(), 1u);
  loop.reset();
  begin().cancel();
  EXPECT_EQ(crew.waiting() + crane.waiting(), 0u);
  EXPECT_EQ(crew.in_use(), 3);
  EXPECT_EQ(crane.in_use(), 1);
}

TEST(ProcessReset, NothingIsAllocatedOnceWarm) {
  const auto customer = [](ProcessLoop& in, Resource clerk, Store<int> left) -> Process {
    const Held held = co_await clerk.seize();
    co_await in.delay(7min);
    co_await left.put(1);
  };
  ProcessLoop loop;
  Resource clerk(loop, "clerk", 2);
  Store<int> left(loop, "left");
  clerk.watch();
  std::size_t before = 0, memory = 0;
  for (int replication = 0; replication < 5; ++replication) {
    loop.reset();
    for (int i = 0; i < 500; ++i) loop.start(customer(loop, clerk, left));
    loop.run();
    ASSERT_EQ(left.size(), 500u);
    if (replication == 1) before = testing::allocation_count(), memory = loop.memory();
  }
  EXPECT_EQ(testing::allocation_count(), before);
  EXPECT_EQ(loop.memory(), memory);
  // Nor does it grow when it is left in the midst.
  for (int replication = 0; replication < 5; ++replication) {
    loop.reset();
    for (int i = 0; i < 500; ++i) loop.start(customer(loop, clerk, left));
    loop.run_until(kStart + 1h);
    ASSERT_GT(loop.processes(), 400u);
  }
  EXPECT_EQ(loop.memory(), memory);
}

}  // namespace reset_test
}  // namespace racked::des
