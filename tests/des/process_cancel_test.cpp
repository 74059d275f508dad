#include <racked/des/process.h>

#include <racked/des/any_of.h>
#include <racked/des/gate.h>
#include <racked/des/resource.h>
#include <racked/des/store.h>

#include "jobs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace racked::des {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

// Notes its end, however it comes.
struct Farewell {
  ProcessLoop& loop;
  Lines& log;
  std::string name;
  ~Farewell() { log.push_back({name, hours(loop)}); }
};

Process sleeps(ProcessLoop& loop, Lines& log, std::string name, Duration span) {
  const Farewell farewell{loop, log, name + " is gone"};
  co_await loop.delay(span);
  log.push_back({name + " wakes", hours(loop)});
}

TEST(ProcessCancel, EndsADelayAndItsPlaceCanBeTaken) {
  ProcessLoop loop;
  Lines log;
  const ProcessRef first = loop.start(sleeps(loop, log, "a", 5h));
  loop.run_until(kStart + 1h);
  first.cancel();
  EXPECT_FALSE(first.running());
  EXPECT_EQ(loop.processes(), 0u);
  first.cancel();  // nothing
  // In the same place; the event at 5 is not theirs.
  loop.start(sleeps(loop, log, "b", 6h));
  loop.run();
  EXPECT_THAT(log, ElementsAre(Line{"a is gone", 1}, Line{"b wakes", 7}, Line{"b is gone", 7}));
  EXPECT_EQ(loop.now(), kStart + 7h);
}

TEST(ProcessCancel, BeforeItBeginsNothingOfItRuns) {
  ProcessLoop loop;
  Lines log;
  const ProcessRef first = loop.start(sleeps(loop, log, "a", 1h));
  const ProcessRef second = loop.start(sleeps(loop, log, "b", 2h));
  const ProcessRef third = loop.start(sleeps(loop, log, "c", 3h));
  third.cancel();
  first.cancel();
  loop.start(sleeps(loop, log, "d", 4h));
  loop.run();
  EXPECT_FALSE(second.running());
  EXPECT_THAT(log, ElementsAre(Line{"b wakes", 2}, Line{"b is gone", 2}, Line{"d wakes", 4},
                               Line{"d is gone", 4}));
}

// The holder is sent home at 2: who waits has the crane from then on. Of two in the queue the first
// is sent home at 3: the second does not wait for him.
TEST(ProcessCancel, GivesBackWhatIsHeldAndLeavesTheQueue) {
  ProcessLoop loop;
  Resource crane(loop, "crane", 2);
  Lines log;
  const ProcessRef holder = loop.start(job(loop, crane, log, "holder", 0h, 2, 10h));
  loop.start(job(loop, crane, log, "waits", 1h, 1, 9h));
  const ProcessRef wants_both = loop.start(job(loop, crane, log, "wants both", 1h, 2, 1h));
  loop.start(job(loop, crane, log, "behind", 1h, 1, 1h));
  loop.run_until(kStart + 2h);
  holder.cancel();
  EXPECT_EQ(crane.in_use(), 1);
  loop.run_until(kStart + 3h);
  wants_both.cancel();
  EXPECT_EQ(crane.waiting(), 0u);
  loop.run();
  EXPECT_THAT(log, ElementsAre(Line{"holder", 0}, Line{"waits", 2}, Line{"behind", 3}));
  EXPECT_EQ(crane.in_use(), 0);
}

// Granted, and sent home before it goes on: the units go to the next.
TEST(ProcessCancel, OfOneWhoWasJustGrantedSomething) {
  ProcessLoop loop;
  Resource crane(loop, "crane", 1);
  Lines log;
  const ProcessRef next = loop.start(job(loop, crane, log, "b", 1h, 1, 2h));
  loop.start(job(loop, crane, log, "c", 1h, 1, 2h));
  loop.start([](ProcessLoop& in, Resource of, ProcessRef who) -> Process {
    Held held = co_await of.seize();
    co_await in.delay(2h);
    held.release();
    EXPECT_EQ(of.in_use(), 1);
    EXPECT_EQ(of.waiting(), 1u);
    who.cancel();
    EXPECT_EQ(of.in_use(), 1);
    EXPECT_EQ(of.waiting(), 0u);
  }(loop, crane, next));
  loop.run();
  EXPECT_THAT(log, ElementsAre(Line{"c", 2}));
}

TEST(ProcessCancel, WithdrawsAllPartsAndThePatience) {
  ProcessLoop loop;
  Resource crane(loop, "crane", 0, 1);
  Store<int> yard(loop, "yard");
  Gate gate(loop, "gate");
  const ProcessRef waits = loop.start([](ProcessLoop& in, Resource of, Store<int> from,
                                         Gate at) -> Process {
    (void)co_await any_of(of.seize(), from.take().within(2h), at.open(), in.delay(3h)).within(4h);
    ADD_FAILURE() << "went on";
  }(loop, crane, yard, gate));
  loop.run_until(kStart + 1h);
  waits.cancel();
  EXPECT_EQ(crane.waiting() + yard.waiting_to_take() + gate.waiting(), 0u);
  EXPECT_EQ(loop.run(), Ended::empty);
  EXPECT_EQ(loop.now(), kStart + 1h);
}

TEST(ProcessCancel, WhoAwaitsTheEndGoesOn) {
  ProcessLoop loop;
  Lines log;
  const ProcessRef works = loop.start(sleeps(loop, log, "a", 9h));
  loop.start([](ProcessLoop& in, ProcessRef other, Lines& to) -> Process {
    EXPECT_TRUE(co_await other);
    to.push_back({"told", hours(in)});
  }(loop, works, log));
  loop.start([](ProcessLoop& in, ProcessRef other) -> Process {
    co_await in.delay(3h);
    other.cancel();
    EXPECT_THROW(in.current().cancel(), std::logic_error);
  }(loop, works));
  loop.run();
  EXPECT_THAT(log, ElementsAre(Line{"a is gone", 3}, Line{"told", 3}));
}

// Both wait for the holder, one for his end and one for his crane, and the latter since longer.
TEST(ProcessCancel, WhoAwaitsTheEndGoesOnBeforeWhoThatMakesRoomFor) {
  ProcessLoop loop;
  Resource crane(loop, "crane", 1);
  Lines log;
  const ProcessRef holder = loop.start(job(loop, crane, log, "holder", 0h, 1, 9h));
  loop.start(job(loop, crane, log, "next", 1h, 1, 1h));
  loop.start([](ProcessLoop& in, ProcessRef other, Lines& to) -> Process {
    co_await in.delay(2h);
    co_await other;
    to.push_back({"told", hours(in)});
  }(loop, holder, log));
  loop.run_until(kStart + 3h);
  holder.cancel();
  loop.run();
  EXPECT_THAT(log, ElementsAre(Line{"holder", 0}, Line{"told", 3}, Line{"next", 3}));
}

// Forty processes that do whatever may be waited for, and are sent home at random: nothing is held
// or waited for by anybody who is gone, and who is left goes on.
TEST(ProcessCancel, AtAnyTimeLeavesNothing) {
  for (std::uint32_t seed = 0; seed < 200; ++seed) {
    ProcessLoop loop;
    Resource crew(loop, "crew", 3);
    Store<int> yard(loop, "yard", 2);
    Gate gate(loop, "gate");
    std::mt19937 luck(seed);
    const auto works = [](ProcessLoop& in, Resource of, Store<int> store, Gate at,
                          std::mt19937& random) -> Process {
      const auto span = [&] { return Duration(1h) * static_cast<int>(random() % 4); };
      for (;;) {
        const auto kind = random() % 6;
        const auto amount = static_cast<std::int64_t>(random() % 2 + 1);
        const auto priority = static_cast<std::int64_t>(random() % 3);
        try {
          if (kind == 0) {
            const Held held = co_await of.seize(amount, priority).within(span());
            co_await in.delay(span());
          } else if (kind == 1) {
            const Held held = co_await of.preempt(amount, priority);
            co_await in.delay(span());
          } else if (kind == 2) {
            co_await store.put(1).within(span());
          } else if (kind == 3) {
            (void)co_await any_of(store.take(), of.seize(), at.open(), in.delay(span() + 1h));
          } else if (kind == 4) {
            at.set_open(random() % 2 == 0);
            co_await in.delay(span() + 1h);
          } else {
            const auto [item, held] = co_await all_of(store.take(), of.seize()).within(span());
            co_await in.delay(span());
          }
        } catch (const Interrupted&) {
        }
      }
    };
    std::vector<ProcessRef> all;
    for (int i = 0; i < 40; ++i) all.push_back(loop.start(works(loop, crew, yard, gate, luck)));
    for (int i = 0; i < 40; ++i) {
      loop.run_until(loop.now() + 1h);
      ASSERT_LE(crew.in_use(), 3);
      all[luck() % 40].cancel();
      all[luck() % 40].interrupt("");
      ASSERT_LE(crew.in_use(), 3);
    }
    for (const ProcessRef& each : all) each.cancel();
    EXPECT_EQ(loop.processes(), 0u);
    EXPECT_EQ(crew.in_use(), 0);
    EXPECT_EQ(crew.waiting() + yard.waiting_to_take() + yard.waiting_to_put() + gate.waiting(), 0u);
    EXPECT_EQ(loop.run(), Ended::empty);
  }
}

// What stands in a process that fails cancels another as it goes: who awaits that one is told that
// it has ended, and the failure leaves the run.
TEST(ProcessCancel, ByWhatGoesWithAProcessThatFails) {
  struct Canceller {
    explicit Canceller(ProcessRef of) : process(of) {}
    Canceller(Canceller&& other) noexcept : process(std::exchange(other.process, {})) {}
    ~Canceller() { process.cancel(); }
    ProcessRef process;
  };
  ProcessLoop loop;
  Lines log;
  const ProcessRef sleeper = loop.start(sleeps(loop, log, "a", 9h));
  loop.start([](ProcessLoop& in, ProcessRef of, Lines& to) -> Process {
    co_await of;
    to.push_back({"told", hours(in)});
  }(loop, sleeper, log));
  loop.start([](ProcessLoop& in, Canceller) -> Process {
    co_await in.delay(1h);
    throw std::runtime_error("broken");
  }(loop, Canceller(sleeper)));
  EXPECT_THROW(loop.run(), std::runtime_error);
  loop.run();
  EXPECT_THAT(log, ElementsAre(Line{"a is gone", 1}, Line{"told", 1}));
}

}  // namespace
}  // namespace racked::des
