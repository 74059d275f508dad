#include <racked/des/process.h>
#include <racked/des/any_of.h>
#include <racked/des/gate.h>
#include <racked/des/resource.h>

#include "hours.h"
#include "process_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <any>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace racked::des {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

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

// Two at once, while it runs: each comes with its own. A cause goes with its exception, or with the
// process when it was not thrown.
TEST(ProcessInterrupt, ComesWithACause) {
  struct Breakdown {
    std::shared_ptr<int> part;
    Duration repair;
  };
  ProcessLoop loop;
  const auto part = std::make_shared<int>(7);
  std::vector<Duration> repairs;
  const ProcessRef machine = loop.start([](ProcessLoop& in, std::vector<Duration>& to) -> Process {
    for (int i = 0; i < 2; ++i) {
      try {
        co_await in.delay(10h);
      } catch (const Interrupted& by) {
        to.push_back(std::any_cast<const Breakdown&>(by.cause).repair);
      }
    }
    try {
      co_await in.delay(10h);
    } catch (const Interrupted& by) {
      EXPECT_FALSE(by.cause.has_value());
    }
  }(loop, repairs));
  machine.interrupt("a belt", Breakdown{part, 3h});
  machine.interrupt("a cable", Breakdown{part, 2h});
  EXPECT_EQ(part.use_count(), 3);
  loop.run();
  EXPECT_THAT(repairs, ElementsAre(3h, 2h));
  EXPECT_EQ(part.use_count(), 1);
  const ProcessRef other =
      loop.start([](ProcessLoop& in) -> Process { co_await in.delay(1h); }(loop));
  other.interrupt("before it begins", Breakdown{part, 1h});
  other.cancel();
  EXPECT_EQ(part.use_count(), 1);
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
  EXPECT_THAT(log, ElementsAre("first", "greedy left", "modest"))
      << "modest is granted the moment greedy leaves, and goes on after him";
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

TEST(ProcessInterrupt, TwoBeforeTheNextWaitAreBothThrownInTheirOrder) {
  // A delay is broken off twice at 2 h: the first is thrown there, the second by the wait after it,
  // which does not begin, so that all 5 hours of it are left; the third wait is left alone.
  ProcessLoop loop;
  Log log;
  const ProcessRef worker = loop.start([](ProcessLoop& in, Log& to) -> Process {
    for (int i = 0; i < 3; ++i) {
      try {
        co_await in.delay(5h);
        to.push_back("done");
      } catch (const Interrupted& interrupted) {
        to.push_back(interrupted.what());
        EXPECT_EQ(interrupted.remaining, i == 0 ? 3h : 5h);
      }
    }
  }(loop, log));
  loop.start([](ProcessLoop& in, ProcessRef other) -> Process {
    co_await in.delay(2h);
    other.interrupt("storm");
    other.interrupt("strike");
  }(loop, worker));
  loop.run();
  EXPECT_THAT(log, ElementsAre("storm", "strike", "done"));
  EXPECT_EQ(hours(loop), 7);
}

// Ten hours of work, broken off twice at 3: 7 are left, of which the second lets none begin. Done
// at 10. What is kept for a wait that is no delay leaves nothing of it.
TEST(ProcessInterrupt, KeptForADelayLosesNoWork) {
  ProcessLoop loop;
  Gate gate(loop, "permit");
  std::vector<Duration> left_over;
  std::optional<double> done;
  ProcessRef worker;
  worker = loop.start([](ProcessLoop& in, Gate at, auto& left, auto& end, auto& self) -> Process {
    left.push_back(10h);
    while (left.back() > 0h) {
      Duration next = 0h;
      try {
        co_await in.delay(left.back());
      } catch (const Interrupted& interrupted) {
        next = interrupted.remaining;
      }
      left.push_back(next);
    }
    end = hours(in);
    self.interrupt("kept");
    try {
      co_await at.open();
    } catch (const Interrupted& interrupted) {
      left.push_back(interrupted.remaining);
    }
  }(loop, gate, left_over, done, worker));
  loop.start([](ProcessLoop& in, ProcessRef other) -> Process {
    co_await in.delay(3h);
    other.interrupt("storm");
    other.interrupt("strike");
  }(loop, worker));
  loop.run();
  EXPECT_THAT(left_over, ElementsAre(10h, 7h, 7h, 0h, 0h));
  EXPECT_EQ(done, 10);
}

TEST(ProcessInterrupt, WhatIsLeftOfABrokenOffDelayIsNotWaitedFor) {
  ProcessLoop loop;
  const ProcessRef worker = loop.start([](ProcessLoop& in) -> Process {
    try {
      co_await in.delay(200h);
    } catch (const Interrupted&) {
    }
  }(loop));
  const auto breaks = [](ProcessLoop& in, ProcessRef other) -> Process {
    co_await in.delay(1h);
    other.interrupt("enough");
  };
  loop.start(breaks(loop, worker));
  EXPECT_EQ(loop.run(), Ended::empty);
  EXPECT_EQ(hours(loop), 1) << "the clock does not go where nothing happens";
  EXPECT_EQ(loop.events_handled(), 1u);
  EXPECT_EQ(loop.processes(), 0u);
  EXPECT_TRUE(loop.waiting().empty());
  EXPECT_EQ(loop.run_until(kStart + 10h), Ended::empty);
  EXPECT_EQ(hours(loop), 10);
  EXPECT_EQ(loop.run_until(kStart + 300h), Ended::empty);
  EXPECT_EQ(hours(loop), 300);
  EXPECT_EQ(loop.events_handled(), 1u);
}

TEST(ProcessInterrupt, AfterARunThatEndedBeforeABrokenOffDelayWouldHaveOthersCanBeStarted) {
  // Broken off at 1 h are delays until 50 h and 200 h; then somebody comes for 3 hours.
  ProcessLoop loop;
  Log log;
  std::vector<ProcessRef> sleepers;
  for (const Duration span : {50h, 200h})
    sleepers.push_back(loop.start([](ProcessLoop& in, Duration sleeps) -> Process {
      try {
        co_await in.delay(sleeps);
      } catch (const Interrupted&) {
      }
    }(loop, span)));
  loop.start([](ProcessLoop& in, const std::vector<ProcessRef>& others) -> Process {
    co_await in.delay(1h);
    for (const ProcessRef& other : others) other.interrupt("enough");
  }(loop, sleepers));
  EXPECT_EQ(loop.run(), Ended::empty);
  EXPECT_EQ(hours(loop), 1);
  loop.start(say(loop, log, "later", 3h));
  EXPECT_EQ(loop.run(), Ended::empty);
  EXPECT_THAT(log, ElementsAre("later"));
  EXPECT_EQ(hours(loop), 4);
  EXPECT_EQ(loop.events_handled(), 2u);
}

TEST(ProcessInterrupt, ABrokenOffDelayDoesNotEndALaterOneEarly) {
  // Until 10 h; broken off at 3 h for one until 23 h, at 4 h for one until 24 h, which holds.
  ProcessLoop loop;
  std::vector<double> at;
  const ProcessRef worker = loop.start([](ProcessLoop& in, std::vector<double>& times) -> Process {
    for (const Duration span : {10h, 20h, 20h}) {
      try {
        co_await in.delay(span);
      } catch (const Interrupted&) {
      }
      times.push_back(hours(in));
    }
    co_await in.delay(1h);
    times.push_back(hours(in));
  }(loop, at));
  loop.start([](ProcessLoop& in, ProcessRef other) -> Process {
    for (const Duration span : {3h, 1h}) {
      co_await in.delay(span);
      other.interrupt("storm");
    }
  }(loop, worker));
  loop.run();
  EXPECT_THAT(at, ElementsAre(3, 4, 24, 25));
}

TEST(ProcessInterrupt, ABrokenOffDelayDoesNotWakeWhoSitsInTheSamePlace) {
  // The first is gone at 1 h; the second, whose frame takes its memory, sleeps from 2 h to 22 h.
  // Its events keep their turn among those of 22 h: scheduled before the third's.
  ProcessLoop loop;
  Log log;
  std::vector<const void*> places;
  const auto sleeps = [](ProcessLoop& in, Log& to, std::vector<const void*>& at, std::string name,
                         Duration span) -> Process {
    at.push_back(&span);
    try {
      co_await in.delay(span);
      to.push_back(name + " at " + std::to_string(static_cast<int>(hours(in))));
    } catch (const Interrupted&) {
      to.push_back(name + " is gone");
    }
  };
  const ProcessRef first = loop.start(sleeps(loop, log, places, "first", 10h));
  loop.run_until(kStart + 1h);
  first.interrupt("enough");
  loop.run_until(kStart + 2h);
  loop.start(sleeps(loop, log, places, "second", 20h));
  loop.run_until(kStart + 2h);
  EXPECT_EQ(places[0], places[1]);
  loop.start(sleeps(loop, log, places, "third", 20h));
  loop.run();
  EXPECT_THAT(log, ElementsAre("first is gone", "second at 22", "third at 22"));
  EXPECT_FALSE(first.running());
}

// Sleepers whose delays are broken off now and then, one of them by itself, against a plain account
// of the same in an ordered set. Times are whole hours, so that most of them are equal.
struct Spans {
  std::uint64_t seed;
  Duration span(std::size_t who, std::size_t count) const {
    const std::uint64_t mixed = (seed * 31 + who * 7'919 + count * 104'729) * 0x9E3779B97F4A7C15u;
    return std::chrono::hours(mixed >> 61);
  }
  std::size_t victim(std::size_t round, std::size_t i) const {
    return (seed + round * 13 + i * i * 5) * 2'654'435'761u / 64 % kSleepers;
  }
  static constexpr std::size_t kSleepers = 9, kRounds = 60, kAtOnce = 4;
};

struct Woken {
  std::size_t who;
  Duration at;
  Duration left;  // -1: nothing was broken off
  friend bool operator==(const Woken&, const Woken&) = default;
};

Process sleeper(ProcessLoop& loop, Spans spans, std::size_t who, std::vector<Woken>& woken) {
  for (std::size_t count = 0;; ++count) {
    Duration left(-1);
    try {
      co_await loop.delay(spans.span(who, count));
    } catch (const Interrupted& interrupted) {
      left = interrupted.remaining;
    }
    woken.push_back({who, loop.now() - kStart, left});
  }
}

Process meddler(ProcessLoop& loop, Spans spans, const std::vector<ProcessRef>& sleepers) {
  for (std::size_t round = 0; round < Spans::kRounds; ++round) {
    co_await loop.delay(spans.span(Spans::kSleepers, round));
    for (std::size_t i = 0; i < Spans::kAtOnce; ++i)
      sleepers[spans.victim(round, i)].interrupt("storm");
  }
  loop.stop();
}

std::vector<Woken> plain_account(const Spans& spans) {
  struct Sleeper {
    Duration until{};
    std::size_t count = 0, kept = 0;
  };
  std::vector<Sleeper> all(Spans::kSleepers);
  std::set<std::tuple<Duration, std::uint64_t, std::size_t>> events;
  std::vector<std::uint64_t> event_of(Spans::kSleepers + 1);
  std::vector<Woken> woken;
  std::uint64_t sequence = 0;
  Duration now{};
  const auto schedule = [&](std::size_t who, Duration span) {
    event_of[who] = sequence;
    events.emplace(now + span, sequence++, who);
    return now + span;
  };
  const auto sleep = [&](std::size_t who) {
    Sleeper& sleeper = all[who];
    for (; sleeper.kept > 0; --sleeper.kept)
      woken.push_back({who, now, spans.span(who, sleeper.count++)});
    sleeper.until = schedule(who, spans.span(who, sleeper.count));
  };
  for (std::size_t who = 0; who < Spans::kSleepers; ++who) sleep(who);
  schedule(Spans::kSleepers, spans.span(Spans::kSleepers, 0));
  for (std::size_t round = 0; round < Spans::kRounds;) {
    const auto [time, order, who] = *events.begin();
    events.erase(events.begin());
    now = time;
    if (who < Spans::kSleepers) {
      woken.push_back({who, now, Duration(-1)});
      ++all[who].count;
      sleep(who);
      continue;
    }
    std::vector<std::pair<std::size_t, Duration>> broken;
    for (std::size_t i = 0; i < Spans::kAtOnce; ++i) {
      const std::size_t victim = spans.victim(round, i);
      if (events.erase({all[victim].until, event_of[victim], victim}) == 1) {
        broken.emplace_back(victim, all[victim].until - now);
      } else {
        ++all[victim].kept;
      }
    }
    if (++round < Spans::kRounds) schedule(who, spans.span(who, round));
    for (const auto& [victim, left] : broken) {
      woken.push_back({victim, now, left});
      ++all[victim].count;
      sleep(victim);
    }
  }
  return woken;
}

TEST(ProcessInterrupt, BrokenOffDelaysChangeNeitherTheOrderNorTheTimesOfTheOthers) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const Spans spans{seed};
    ProcessLoop loop;
    std::vector<Woken> woken;
    std::vector<ProcessRef> sleepers;
    for (std::size_t who = 0; who < Spans::kSleepers; ++who)
      sleepers.push_back(loop.start(sleeper(loop, spans, who, woken)));
    loop.start(meddler(loop, spans, sleepers));
    loop.run();
    const std::vector<Woken> expected = plain_account(spans);
    ASSERT_EQ(woken.size(), expected.size()) << "seed " << seed;
    ASSERT_TRUE(woken == expected) << "seed " << seed;
  }
}

// Interrupted before it begins, a whole with a delay has all of that left.
TEST(ProcessInterrupt, KeptForAWholeWithADelayLosesNoWork) {
  ProcessLoop loop;
  Gate gate(loop, "gate");
  const ProcessRef works = loop.start([](ProcessLoop& in, Gate at) -> Process {
    in.current().interrupt("once");
    Duration left{};
    try {
      (void)co_await any_of(at.open(), in.delay(4h));
    } catch (const Interrupted& broken) {
      left = broken.remaining;
    }
    EXPECT_EQ(left, 4h);
    try {
      (void)co_await all_of(at.open(), in.delay(1h), in.delay(4h));
    } catch (const Interrupted& broken) {
      left = broken.remaining;
    }
    EXPECT_EQ(left, 2h) << "the first has passed";
  }(loop, gate));
  loop.run_until(kStart + 2h);
  works.interrupt("again");
  loop.run();
  EXPECT_FALSE(works.running());
}

}  // namespace
}  // namespace racked::des
