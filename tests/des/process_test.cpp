#include <racked/des/process.h>

#include <racked/des/any_of.h>
#include <racked/des/gate.h>
#include <racked/des/resource.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace racked::des {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

double hours(const ProcessLoop& loop) {
  return std::chrono::duration<double, std::ratio<3600>>(loop.now() - kStart).count();
}

using Log = std::vector<std::string>;

Process say(ProcessLoop& loop, Log& log, std::string what, Duration after) {
  co_await loop.delay(after);
  log.push_back(what);
}

TEST(Process, LetsTimePass) {
  ProcessLoop loop;
  std::vector<double> times;
  const auto walk = [](ProcessLoop& in, std::vector<double>& at) -> Process {
    at.push_back(hours(in));
    co_await in.delay(3h);
    at.push_back(hours(in));
    co_await in.until(kStart + 10h);
    at.push_back(hours(in));
  };
  loop.start(walk(loop, times));
  EXPECT_TRUE(times.empty());
  EXPECT_EQ(loop.run(), Ended::empty);
  EXPECT_THAT(times, ElementsAre(0, 3, 10));
  EXPECT_EQ(loop.processes(), 0u);
}

TEST(Process, EqualTimesGoInTheOrderOfScheduling) {
  ProcessLoop loop;
  Log log;
  loop.start(say(loop, log, "a", 2h));
  loop.start(say(loop, log, "b", 1h));
  loop.start(say(loop, log, "c", 2h));
  loop.start(say(loop, log, "d", 0h));
  loop.start(say(loop, log, "e", 2h));
  loop.run();
  EXPECT_THAT(log, ElementsAre("d", "b", "a", "c", "e"));
}

TEST(Process, ADelayOfNothingLetsTheOthersOfThisInstantGoFirst) {
  ProcessLoop loop;
  Log log;
  const auto yields = [](ProcessLoop& in, Log& to, std::string name) -> Process {
    for (int i = 0; i < 2; ++i) {
      to.push_back(name + std::to_string(i));
      co_await in.delay(0h);
    }
  };
  loop.start(yields(loop, log, "a"));
  loop.start(yields(loop, log, "b"));
  loop.run();
  EXPECT_THAT(log, ElementsAre("a0", "b0", "a1", "b1"));
}

TEST(Process, TheEndOfAnotherIsAwaited) {
  ProcessLoop loop;
  std::vector<double> at;
  const ProcessRef worker =
      loop.start([](ProcessLoop& in) -> Process { co_await in.delay(5h); }(loop));
  const auto waits = [](ProcessLoop& in, ProcessRef other, std::vector<double>& times) -> Process {
    co_await other;
    times.push_back(hours(in));
    co_await other;  // has ended: no wait
    times.push_back(hours(in));
  };
  loop.start(waits(loop, worker, at));
  loop.start(waits(loop, worker, at));
  EXPECT_TRUE(worker.running());
  loop.run();
  EXPECT_FALSE(worker.running());
  EXPECT_THAT(at, ElementsAre(5, 5, 5, 5));
}

// Timeouts.

TEST(ProcessTimeout, EndsAWaitWithoutSuccess) {
  ProcessLoop loop;
  Gate gate(loop, "permit");
  std::vector<std::pair<bool, double>> seen;
  const auto waits = [](ProcessLoop& in, Gate at, Duration patience, auto& out) -> Process {
    const bool open = co_await at.open().within(patience);
    out.emplace_back(open, hours(in));
  };
  loop.start(waits(loop, gate, 2h, seen));
  loop.start(waits(loop, gate, 9h, seen));
  loop.start([](ProcessLoop& in, Gate at) -> Process {
    co_await in.delay(4h);
    at.set_open(true);
  }(loop, gate));
  loop.run();
  EXPECT_THAT(seen, ElementsAre(std::pair(false, 2.0), std::pair(true, 4.0)));
  EXPECT_EQ(loop.now(), kStart + 4h) << "the second timeout is gone, not waited for";
}

// What was scheduled first for an instant decides; the other finds nothing left of the wait.
TEST(ProcessTimeout, AtTheInstantOfAGrantWhatWasScheduledFirstCounts) {
  for (const bool grant_first : {false, true}) {
    ProcessLoop loop;
    Resource crane(loop, "crane", 1);
    Log log;
    const auto holds = [](ProcessLoop& in, Resource of) -> Process {
      Held held = co_await of.seize();
      co_await in.delay(2h);
    };
    const auto waits = [](ProcessLoop&, Resource of, Log& to) -> Process {
      Held held = co_await of.seize().within(2h);
      to.push_back(held ? "granted" : "gave up");
    };
    const auto next = [](ProcessLoop&, Resource of, Log& to) -> Process {
      Held held = co_await of.seize();
      to.push_back("next");
    };
    if (grant_first) {
      loop.start(holds(loop, crane));  // its release at 2h is scheduled before the timeout at 2h
      loop.start(waits(loop, crane, log));
    } else {
      // The patient one asks first of all, while somebody else holds the crane since before.
      const auto holds_later = [](ProcessLoop& in, Resource of) -> Process {
        Held held = co_await of.seize();
        co_await in.delay(0h);
        co_await in.delay(2h);
      };
      loop.start(holds_later(loop, crane));
      loop.start(waits(loop, crane, log));
    }
    loop.start(next(loop, crane, log));
    loop.run();
    if (grant_first) {
      EXPECT_THAT(log, ElementsAre("granted", "next"));
    } else {
      EXPECT_THAT(log, ElementsAre("gave up", "next"));
    }
    EXPECT_EQ(crane.in_use(), 0) << "nobody keeps what he was not told of";
    EXPECT_TRUE(loop.waiting().empty()) << "nobody is left waiting for a free crane";
  }
}

// Interrupts.

TEST(ProcessInterrupt, BreaksOffADelayAndTellsWhatWasLeft) {
  ProcessLoop loop;
  Log log;
  const ProcessRef worker = loop.start([](ProcessLoop& in, Log& to) -> Process {
    try {
      co_await in.delay(10h);
    } catch (const Interrupted& interrupted) {
      to.push_back(interrupted.what());
      EXPECT_EQ(interrupted.remaining, 7h);
    }
    EXPECT_EQ(in.now(), kStart + 3h);
    co_await in.delay(1h);
    to.push_back("done");
  }(loop, log));
  loop.start([](ProcessLoop& in, ProcessRef other) -> Process {
    co_await in.delay(3h);
    other.interrupt("storm");
    co_await in.delay(20h);
    other.interrupt("nobody is there any more");
  }(loop, worker));
  loop.run();
  EXPECT_THAT(log, ElementsAre("storm", "done"));
}

TEST(ProcessInterrupt, LeavesAQueueWithoutATrace) {
  ProcessLoop loop;
  Resource crane(loop, "crane", 2);
  Log log;
  const auto wants = [](ProcessLoop& in, Resource of, Log& to, std::string name,
                        std::int64_t amount) -> Process {
    try {
      Held held = co_await of.seize(amount);
      to.push_back(name);
      co_await in.delay(4h);
    } catch (const Interrupted&) {
      to.push_back(name + " left");
    }
  };
  loop.start(wants(loop, crane, log, "first", 1));
  const ProcessRef greedy = loop.start(wants(loop, crane, log, "greedy", 2));
  loop.start(wants(loop, crane, log, "modest", 1));  // does not overtake
  loop.start([](ProcessLoop& in, ProcessRef other) -> Process {
    co_await in.delay(1h);
    other.interrupt("enough");
  }(loop, greedy));
  loop.run();
  EXPECT_THAT(log, ElementsAre("first", "modest", "greedy left"))
      << "modest is granted the moment greedy leaves, and goes on first";
  EXPECT_EQ(crane.in_use(), 0);
}

TEST(ProcessInterrupt, OfOneWhoWasJustGrantedSomethingIsKeptForHisNextWait) {
  ProcessLoop loop;
  Resource crane(loop, "crane", 1);
  Log log;
  loop.start([](ProcessLoop& in, Resource of) -> Process {
    Held held = co_await of.seize();
    co_await in.delay(2h);
  }(loop, crane));
  const ProcessRef waiter = loop.start([](ProcessLoop& in, Resource of, Log& to) -> Process {
    Held held = co_await of.seize();
    to.push_back(held ? "has it" : "has it not");
    try {
      co_await in.delay(1h);
    } catch (const Interrupted& interrupted) {
      to.push_back(interrupted.what());
    }
  }(loop, crane, log));
  // Interrupts at 2 h, after the release at 2 h has granted the crane.
  loop.start([](ProcessLoop& in, ProcessRef other) -> Process {
    co_await in.delay(1h);
    co_await in.delay(1h);
    other.interrupt("late");
  }(loop, waiter));
  loop.run();
  EXPECT_THAT(log, ElementsAre("has it", "late"));
  EXPECT_EQ(crane.in_use(), 0);
}

// Exceptions.

TEST(ProcessException, GoesToWhoAwaitsTheProcess) {
  ProcessLoop loop;
  Log log;
  const ProcessRef fails = loop.start([](ProcessLoop& in) -> Process {
    co_await in.delay(1h);
    throw std::runtime_error("no oil");
  }(loop));
  loop.start([](ProcessLoop&, ProcessRef other, Log& to) -> Process {
    try {
      co_await other;
    } catch (const std::runtime_error& error) {
      to.push_back(error.what());
    }
  }(loop, fails, log));
  loop.run();
  EXPECT_THAT(log, ElementsAre("no oil"));
}

TEST(ProcessException, ThatNobodyAwaitsLeavesTheRunWhichCanGoOn) {
  ProcessLoop loop;
  Resource crane(loop, "crane", 1);
  Log log;
  loop.start([](ProcessLoop& in, Resource of) -> Process {
    Held held = co_await of.seize();
    co_await in.delay(1h);
    throw std::runtime_error("no oil");
  }(loop, crane));
  loop.start([](ProcessLoop&, Resource of, Log& to) -> Process {
    Held held = co_await of.seize();
    to.push_back("has the crane");
  }(loop, crane, log));
  EXPECT_THROW(loop.run(), std::runtime_error);
  EXPECT_EQ(loop.now(), kStart + 1h);
  EXPECT_EQ(loop.processes(), 1u);
  loop.run();
  EXPECT_THAT(log, ElementsAre("has the crane"));
}

// The end of the loop half-way.

struct Told {
  Log& log;
  std::string name;
  ~Told() { log.push_back(name); }
};

TEST(ProcessDestruction, TheLoopTakesItsProcessesWithItInTheOrderOfTheirStart) {
  Log log;
  {
    ProcessLoop loop;
    Resource crane(loop, "crane", 1);
    Gate gate(loop, "never");
    const auto stays = [](ProcessLoop& in, Resource of, Gate at, Log& to, std::string name,
                          ProcessRef other) -> Process {
      Told told{to, name};
      if (name == "holder") {
        Held held = co_await of.seize();
        co_await in.delay(100h);
      }
      if (name == "queued") Held held = co_await of.seize();
      if (name == "parts") co_await any_of(at.open(), of.seize().within(500h), in.delay(200h));
      if (name == "joiner") co_await other;
    };
    const ProcessRef holder = loop.start(stays(loop, crane, gate, log, "holder", {}));
    loop.start(stays(loop, crane, gate, log, "queued", {}));
    loop.start(stays(loop, crane, gate, log, "parts", {}));
    loop.start(stays(loop, crane, gate, log, "joiner", holder));
    loop.run_until(kStart + 1h);
    loop.start(stays(loop, crane, gate, log, "never begun", {}));
    EXPECT_EQ(loop.processes(), 5u);
    EXPECT_TRUE(log.empty());
  }
  EXPECT_THAT(log, ElementsAre("holder", "queued", "parts", "joiner"));
}

TEST(ProcessDestruction, OneThatWasNeverStartedNeverRuns) {
  ProcessLoop loop;
  Log log;
  { const Process unused = say(loop, log, "never", 0h); }
  loop.run();
  EXPECT_TRUE(log.empty());
}

// A report on a standstill.

TEST(ProcessStall, TellsWhoWaitsForWhat) {
  ProcessLoop loop;
  Resource crane(loop, "crane", 2);
  Gate permit(loop, "permit");
  const ProcessRef first = loop.start(
      [](ProcessLoop&, Resource of, Gate at) -> Process {
        Held held = co_await of.seize(2);
        co_await at.open();
      }(loop, crane, permit),
      "erection");
  loop.start(
      [](ProcessLoop&, Resource of) -> Process { Held held = co_await of.seize(); }(loop, crane),
      "cladding");
  loop.start([](ProcessLoop&, ProcessRef other) -> Process { co_await other; }(loop, first),
             "roof");
  EXPECT_EQ(loop.run(), Ended::empty);
  const auto all = loop.waiting();
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].process, "erection");
  EXPECT_EQ(all[0].awaits, "'permit' to open");
  EXPECT_EQ(all[1].awaits, "1 of 'crane' (0 of 2 free)");
  EXPECT_EQ(all[2].awaits, "the end of erection");
}

// Size.

TEST(ProcessScale, AMillionLive) {
  ProcessLoop loop;
  Resource crane(loop, "crane", 1);
  std::uint64_t done = 0;
  const auto one = [](ProcessLoop& in, std::uint64_t i, std::uint64_t& count) -> Process {
    co_await in.delay(Duration(static_cast<std::int64_t>(i * 7'919 % 1'000'003)));
    co_await in.delay(1h);
    ++count;
  };
  for (std::uint64_t i = 0; i < 1'000'000; ++i) loop.start(one(loop, i, done));
  EXPECT_EQ(loop.processes(), 1'000'000u);
  loop.run_until(kStart + 30min);
  EXPECT_EQ(loop.processes(), 1'000'000u);
  loop.run();
  EXPECT_EQ(done, 1'000'000u);
  EXPECT_EQ(loop.processes(), 0u);
}

TEST(Process, StopsTheRunWhenAskedTo) {
  ProcessLoop loop;
  Log log;
  loop.start([](ProcessLoop& in) -> Process {
    in.stop();
    co_await in.delay(1h);
    in.stop();
    co_await in.delay(1h);
  }(loop));
  loop.start(say(loop, log, "later", 3h));
  EXPECT_EQ(loop.run(), Ended::stopped);
  EXPECT_EQ(loop.now(), kStart);
  EXPECT_EQ(loop.run_until(kStart + 5h), Ended::stopped);
  EXPECT_EQ(loop.now(), kStart + 1h);
  EXPECT_EQ(loop.run(), Ended::empty);
  EXPECT_THAT(log, ElementsAre("later"));
}

}  // namespace
}  // namespace racked::des
