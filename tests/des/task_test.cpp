#include <racked/des/task.h>

#include <racked/des/any_of.h>
#include <racked/des/gate.h>
#include <racked/des/process.h>
#include <racked/des/resource.h>
#include <racked/des/store.h>

#include <allocation_count.h>

#include "hours.h"
#include "jobs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace racked::des {
namespace {

using namespace std::chrono_literals;
using racked::testing::allocation_count;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Task<double> load(ProcessLoop& loop, Resource crane, int pieces) {
  const Held held = co_await crane.seize();
  co_await loop.delay(pieces * 1h);
  co_return pieces * 2.5;
}

// Two trucks of 3 and 2 pieces: 3 hours and 7.5 tons; then, from 3 to 5, 5 tons.
TEST(Task, ReturnsAResultAndGivesBackWhatItHeld) {
  ProcessLoop loop;
  Resource crane(loop, "crane", 1);
  Lines log;
  const auto truck = [](ProcessLoop& in, Resource of, Lines& to, int pieces) -> Process {
    const double tons = co_await load(in, of, pieces);
    to.push_back({std::to_string(tons), hours(in)});
  };
  loop.start(truck(loop, crane, log, 3));
  loop.start(truck(loop, crane, log, 2));
  loop.run();
  EXPECT_THAT(log, ElementsAre(Line{"7.500000", 3}, Line{"5.000000", 5}));
  EXPECT_EQ(crane.in_use(), 0);
}

Task<> say(ProcessLoop& loop, Lines& log, std::string what) {
  log.push_back({what, hours(loop)});
  co_return;
}

// A task that does not wait is like a function: nobody else comes between.
TEST(Task, RunsAtOnceAndInThePlaceOfItsProcess) {
  ProcessLoop loop;
  Lines log;
  const auto speaker = [](ProcessLoop& in, Lines& to, std::string name) -> Process {
    to.push_back({name + " begins", hours(in)});
    for (int i = 0; i < 2; ++i) co_await say(in, to, name + " says");
    co_await in.delay(1h);
    co_await say(in, to, name + " ends");
  };
  loop.start(speaker(loop, log, "a"));
  loop.start(speaker(loop, log, "b"));
  loop.run();
  EXPECT_THAT(log, ElementsAre(Line{"a begins", 0}, Line{"a says", 0}, Line{"a says", 0},
                               Line{"b begins", 0}, Line{"b says", 0}, Line{"b says", 0},
                               Line{"a ends", 1}, Line{"b ends", 1}));
  EXPECT_EQ(loop.processes(), 0u);
}

TEST(Task, BelongsToTheProcessThatRuns) {
  ProcessLoop loop;
  Gate gate(loop, "gate");
  const auto looks = [](ProcessLoop& in, ProcessRef& before, ProcessRef& after) -> Task<> {
    before = in.current();
    co_await in.delay(1h);
    after = in.current();
  };
  const auto waits = [](ProcessLoop&, Gate at) -> Task<bool> { co_return co_await at.open(); };
  ProcessRef before, after;
  const ProcessRef process = loop.start(
      [](ProcessLoop& in, auto calls, auto then, Gate at, ProcessRef& one,
         ProcessRef& other) -> Process {
        co_await calls(in, one, other);
        co_await then(in, at);
      }(loop, looks, waits, gate, before, after),
      "caller");
  loop.run();
  EXPECT_EQ(before, process);
  EXPECT_EQ(after, process);
  ASSERT_EQ(loop.waiting().size(), 1u);
  EXPECT_EQ(loop.waiting()[0].process, "caller");
  EXPECT_EQ(loop.waiting()[0].awaits, "'gate' to open");
}

TEST(Task, MayReturnWhatCanOnlyBeMoved) {
  ProcessLoop loop;
  Resource crane(loop, "crane", 2);
  const auto seizes = [](ProcessLoop&, Resource of) -> Task<Held> {
    Held held = co_await of.seize(2);
    co_return held;
  };
  const auto makes = [](ProcessLoop& in) -> Task<std::unique_ptr<int>> {
    co_await in.delay(1h);
    co_return std::make_unique<int>(7);
  };
  int seen = 0;
  loop.start([](ProcessLoop& in, Resource of, auto seize, auto make, int& got) -> Process {
    const Held held = co_await seize(in, of);
    EXPECT_EQ(of.in_use(), 2);
    got = *co_await make(in);
    EXPECT_EQ(in.now(), kStart + 1h);
    EXPECT_TRUE(held);
  }(loop, crane, seizes, makes, seen));
  loop.run();
  EXPECT_EQ(seen, 7);
  EXPECT_EQ(crane.in_use(), 0);
}

// 6! = 720, an hour for each factor.
TEST(Task, CallsItself) {
  struct Of {
    static Task<std::int64_t> factorial(ProcessLoop& loop, int n) {
      co_await loop.delay(1h);
      if (n == 1) co_return 1;
      co_return n* co_await factorial(loop, n - 1);
    }
    static Task<int> depth(ProcessLoop& loop, int n) {
      if (n > 0) co_return 1 + co_await depth(loop, n - 1);
      co_await loop.delay(1h);
      co_return 0;
    }
  };
  ProcessLoop loop;
  std::int64_t product = 0;
  int depth = 0;
  loop.start([](ProcessLoop& in, std::int64_t& of, int& to) -> Process {
    of = co_await Of::factorial(in, 6);
    EXPECT_EQ(in.now(), kStart + 6h);
    to = co_await Of::depth(in, 1000);
  }(loop, product, depth));
  loop.run();
  EXPECT_EQ(product, 720);
  EXPECT_EQ(depth, 1000);
  EXPECT_EQ(loop.now(), kStart + 7h);
}

Task<> fails(ProcessLoop& loop, Duration after, int calls) {
  if (calls > 0) {
    co_await fails(loop, after, calls - 1);
  } else {
    if (after > 0h) co_await loop.delay(after);
    throw std::runtime_error("out of paint");
  }
}

TEST(Task, ThrowsWhereItIsAwaited) {
  for (const Duration after : {Duration(0h), Duration(2h)})
    for (const int calls : {0, 1, 5}) {
      ProcessLoop loop;
      Lines log;
      loop.start([](ProcessLoop& in, Lines& to, Duration span, int deep) -> Process {
        try {
          co_await fails(in, span, deep);
        } catch (const std::runtime_error& error) {
          to.push_back({error.what(), hours(in)});
        }
        co_await in.delay(1h);
        co_await fails(in, span, deep);
      }(loop, log, after, calls));
      EXPECT_THROW(loop.run(), std::runtime_error);
      EXPECT_THAT(log, ElementsAre(Line{"out of paint", units_of(after, kHour)}));
      EXPECT_EQ(loop.now(), kStart + 2 * after + 1h);
      EXPECT_EQ(loop.processes(), 0u);
    }
}

// Interrupted at 2 and at 3, of ten hours: eight are left, and of those seven.
TEST(Task, IsInterruptedWhereItWaits) {
  ProcessLoop loop;
  std::vector<Duration> left;
  const auto works = [](ProcessLoop& in, std::vector<Duration>& to) -> Task<Duration> {
    try {
      co_await in.delay(10h);
    } catch (const Interrupted& interrupted) {
      to.push_back(interrupted.remaining);
    }
    co_await in.delay(to.back());  // not caught
    co_return 0h;
  };
  const ProcessRef worker =
      loop.start([](ProcessLoop& in, auto work, std::vector<Duration>& to) -> Process {
        try {
          co_await work(in, to);
        } catch (const Interrupted& interrupted) {
          to.push_back(interrupted.remaining);
        }
        co_await in.delay(to.back());
      }(loop, works, left));
  loop.run_until(kStart + 2h);
  worker.interrupt("rain");
  loop.run_until(kStart + 3h);
  worker.interrupt("more rain");
  loop.run();
  EXPECT_THAT(left, ElementsAre(8h, 7h));
  EXPECT_EQ(loop.now(), kStart + 10h);
}

TEST(Task, LosesItsUnitsToOneOfHigherPriority) {
  ProcessLoop loop;
  Resource crane(loop, "crane", 1);
  Lines log;
  const auto lifts = [](ProcessLoop& in, Resource of, Duration work) -> Task<Duration> {
    const Held held = co_await of.seize();
    try {
      co_await in.delay(work);
      work = 0h;
    } catch (const Preempted& lost) {
      work = lost.remaining;
    }
    co_return work;
  };
  loop.start([](ProcessLoop& in, Resource of, Lines& to, auto lift) -> Process {
    for (Duration left = 5h; left > 0h;) left = co_await lift(in, of, left);
    to.push_back({"lifted", hours(in)});
  }(loop, crane, log, lifts));
  loop.start([](ProcessLoop& in, Resource of, Lines& to) -> Process {
    co_await in.delay(2h);
    const Held held = co_await of.preempt(1, 1);
    co_await in.delay(4h);
    to.push_back({"emergency", hours(in)});
  }(loop, crane, log));
  loop.run();
  EXPECT_THAT(log, ElementsAre(Line{"emergency", 6}, Line{"lifted", 9}));
}

struct Farewell {
  Lines& log;
  std::string name;
  ~Farewell() { log.push_back({name, 0}); }
};

Task<> nest(ProcessLoop& loop, Lines& log, int depth) {
  const Farewell farewell{log, "task " + std::to_string(depth)};
  if (depth > 0)
    co_await nest(loop, log, depth - 1);
  else
    co_await loop.delay(5h);
}
Process nesting(ProcessLoop& loop, Lines& log) {
  const Farewell farewell{log, "process"};
  co_await nest(loop, log, 1);
}

// From the innermost outwards, as when an exception passes.
TEST(Task, GoesWithItsProcess) {
  const Lines expected = {{"task 0", 0}, {"task 1", 0}, {"process", 0}};
  Lines log;
  {
    ProcessLoop loop;
    const ProcessRef process = loop.start(nesting(loop, log));
    loop.run_until(kStart + 1h);
    process.cancel();
    EXPECT_EQ(log, expected);
    log.clear();
    // In the same place; nothing of the task is left there.
    loop.start(nesting(loop, log));
    loop.run_until(kStart + 2h);
    EXPECT_TRUE(log.empty());
  }
  EXPECT_EQ(log, expected);
}

TEST(Task, ThatIsNotAwaitedNeverRuns) {
  ProcessLoop loop;
  Lines log;
  {
    Task<> task = say(loop, log, "a");
    Task<> moved = std::move(task);
    task = say(loop, log, "b");
    moved = say(loop, log, "c");
  }
  EXPECT_TRUE(log.empty());
}

TEST(Task, IsAwaitedOnce) {
  ProcessLoop loop;
  Lines log;
  loop.start([](ProcessLoop& in, Lines& to) -> Process {
    Task<> task = say(in, to, "once");
    co_await std::move(task);
    try {
      co_await std::move(task);
    } catch (const std::logic_error& error) {
      to.push_back({error.what(), hours(in)});
    }
    co_await in.delay(1h);
  }(loop, log));
  loop.run();
  EXPECT_THAT(log, ElementsAre(Line{"once", 0}, Line{"a task is awaited that was moved from", 0}));
  EXPECT_EQ(loop.now(), kStart + 1h);
}

TEST(Task, OfAnotherLoopIsRefused) {
  ProcessLoop loop, other;
  Lines log;
  loop.start(
      [](ProcessLoop& in, ProcessLoop& elsewhere, Lines& to) -> Process {
        co_await in.delay(1h);
        co_await say(elsewhere, to, "here?");
      }(loop, other, log),
      "lost");
  try {
    loop.run();
    FAIL();
  } catch (const std::logic_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("lost awaits a task of another loop"));
  }
  EXPECT_TRUE(log.empty());
}

// Unoptimised, too: a million calls that do not wait stand behind each other, not upon each other;
// and none of them takes memory.
TEST(Task, TakesNoMemoryOnceWarm) {
  ProcessLoop loop;
  Resource crane(loop, "crane", 1);
  std::size_t before = 0, after = 0;
  double tons = 0;
  loop.start([](ProcessLoop& in, Resource of, double& sum, std::size_t& first,
                std::size_t& last) -> Process {
    const auto one = [](ProcessLoop&, int i) -> Task<int> { co_return i; };
    for (int i = 0; i < 1'000'000; ++i) {
      if (i == 1000) first = allocation_count();
      sum += co_await one(in, 1);
      if (i % 100 == 0) sum += co_await load(in, of, 2);
    }
    last = allocation_count();
  }(loop, crane, tons, before, after));
  loop.run();
  EXPECT_EQ(tons, 1'000'000 + 5 * 10'000);
  EXPECT_EQ(after, before);
}

}  // namespace

// Not without a name: g++ warns of coroutines that are made of templates and of types without.
namespace told_by_tasks {

// One of the things that a process may do.
struct Act {
  enum Kind { delay, finish, seize, preempt, take, put, either, gate, interrupt, cancel, kinds };
  Kind kind;
  int number;    // hours, units, priority
  int other;     // whom it is about
  int patience;  // hours
};
struct World {
  explicit World(ProcessLoop& loop)
      : crew(loop, "crew", 3), yard(loop, "yard", 2), gate(loop, "gate", true) {}
  Resource crew;
  Store<int> yard;
  Gate gate;
  std::vector<ProcessRef> actors;
  Lines log;
};
// The same story, told as a process and as a task.
template <class Story>
Story perform(ProcessLoop& loop, World& world, std::vector<Act> acts, int me) {
  for (const Act& act : acts) {
    std::string how = "did";
    try {
      switch (act.kind) {
        case Act::delay: co_await loop.delay(act.number * 1h); break;
        case Act::finish: co_await loop.delay(act.number * 1h, Turn::finish); break;
        case Act::seize: {
          const Held held = co_await world.crew.seize(1 + act.number % 3, act.other % 2)
                                .within(act.patience * 1h);
          how = held ? "had" : "left";
          if (held) co_await loop.delay(act.number * 1h);
          break;
        }
        case Act::preempt: {
          const Held held = co_await world.crew.preempt(1 + act.number % 3, act.other % 3)
                                .within(act.patience * 1h);
          how = held ? "had" : "left";
          if (held) co_await loop.delay(1h);
          break;
        }
        case Act::take: {
          const auto item = co_await world.yard.take().within(act.patience * 1h);
          how = item ? std::to_string(*item) : "none";
          break;
        }
        case Act::put:
          how = co_await world.yard.put(act.number).within(act.patience * 1h) ? "put" : "full";
          break;
        case Act::either: {
          auto [held, item, open, end] =
              co_await any_of(world.crew.seize(2), world.yard.take(), world.gate.open(),
                              world.actors[static_cast<std::size_t>(act.other)])
                  .within(act.patience * 1h);
          how = held ? "crew" : item ? "item" : open ? "open" : end ? "end" : "nothing";
          if (held) co_await loop.delay(act.number * 1h);
          break;
        }
        case Act::gate: world.gate.set_open(act.number % 2 == 0); break;
        case Act::interrupt:
          world.actors[static_cast<std::size_t>(act.other)].interrupt("by " + std::to_string(me));
          break;
        case Act::cancel:
          if (act.number == 0 && act.other != me)
            world.actors[static_cast<std::size_t>(act.other)].cancel();
          break;
        case Act::kinds: break;
      }
    } catch (const Preempted& lost) {
      how = "lost with " + std::to_string(units_of(lost.remaining, kHour)) + " left";
    } catch (const Interrupted& broken) {
      how = std::string(broken.what()) + ", " + std::to_string(units_of(broken.remaining, kHour));
    }
    world.log.push_back(
        {std::to_string(me) + " " + std::to_string(act.kind) + " " + how, hours(loop)});
  }
  co_return;
}
Task<> perform_within(ProcessLoop& loop, World& world, std::vector<Act> acts, int me, int depth) {
  if (depth > 0)
    co_await perform_within(loop, world, acts, me, depth - 1);
  else
    co_await perform<Task<>>(loop, world, acts, me);
}
Process perform_in_tasks(ProcessLoop& loop, World& world, std::vector<Act> acts, int me) {
  for (std::size_t i = 0; i < acts.size(); i += 2) {
    const std::vector<Act> next(
        acts.begin() + static_cast<std::ptrdiff_t>(i),
        acts.begin() + static_cast<std::ptrdiff_t>(std::min(i + 2, acts.size())));
    co_await perform_within(loop, world, next, me, next[0].number % 3);
  }
}

}  // namespace told_by_tasks

namespace {

using namespace told_by_tasks;

// However it is divided into tasks, and however deep they are, it is the same story.
TEST(Task, ChangesNothingAboutAStory) {
  constexpr int kActors = 8;
  for (unsigned seed = 0; seed < 300; ++seed) {
    std::mt19937 random(seed);
    const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
    std::vector<std::vector<Act>> plots(kActors);
    for (auto& plot : plots)
      for (int i = 0; i < 12; ++i)
        plot.push_back(
            {static_cast<Act::Kind>(below(Act::kinds)), below(5), below(kActors), below(6)});
    const auto tell = [&](auto story) {
      ProcessLoop loop;
      World world(loop);
      world.actors.resize(kActors);
      for (int me = 0; me < kActors; ++me)
        world.actors[static_cast<std::size_t>(me)] =
            loop.start(story(loop, world, plots[static_cast<std::size_t>(me)], me));
      loop.run();
      for (const Waiting& waiting : loop.waiting())
        world.log.push_back({waiting.process + " waits for " + waiting.awaits, hours(loop)});
      return world.log;
    };
    const Lines plain = tell([](auto&... of) { return perform<Process>(of...); });
    EXPECT_GT(plain.size(), 20u);
    ASSERT_EQ(tell([](auto&... of) { return perform_in_tasks(of...); }), plain) << seed;
  }
}

}  // namespace
}  // namespace racked::des
