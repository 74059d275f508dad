#include <racked/des/condition.h>

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

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <queue>
#include <random>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace racked::des {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Waits, says, and says whether it was had.
Process wants(ProcessLoop& loop, Condition changed, std::function<bool()> attempt, Lines& log,
              std::string name, Duration patience = Duration::max()) {
  try {
    const bool had = co_await changed.until(attempt).within(patience);
    log.push_back({name + (had ? "" : " leaves"), hours(loop)});
  } catch (const Interrupted& broken) {
    log.push_back({name + ": " + broken.what(), hours(loop)});
  } catch (const std::exception& failure) {
    log.push_back({name + " fails: " + failure.what(), hours(loop)});
  }
}

// The shortest job first: of 5, 3 and 4 hours that come together after one of 2 has begun, the one
// of 3 is done at 2 + 3, that of 4 at 9, that of 5 at 14.
TEST(Condition, MakesAQueueInAnOrderOfOnesOwn) {
  struct Shop {
    explicit Shop(ProcessLoop& loop) : changed(loop, "shop") {}
    std::priority_queue<int, std::vector<int>, std::greater<>> jobs;
    Condition changed;
  };
  ProcessLoop loop;
  Shop shop(loop);
  Lines log;
  loop.start([](ProcessLoop& in, Shop& at, Lines& to) -> Process {
    for (int i = 0; i < 4; ++i) {
      int job = 0;
      co_await at.changed.until([&] {
        if (at.jobs.empty()) return false;
        job = at.jobs.top();
        at.jobs.pop();
        return true;
      });
      co_await in.delay(job * 1h);
      to.push_back({std::to_string(job), hours(in)});
    }
  }(loop, shop, log));
  for (const int job : {2, 5, 3, 4}) {
    shop.jobs.push(job);
    shop.changed.notify();
    loop.run_until(loop.now());
  }
  loop.run();
  EXPECT_THAT(log, ElementsAre(Line{"2", 2}, Line{"3", 5}, Line{"4", 9}, Line{"5", 14}));
}

struct Shelf {
  explicit Shelf(ProcessLoop& loop) : changed(loop, "shelf") {}
  void put(std::string what) {
    things.push_back(what);
    changed.notify();
  }
  std::function<bool()> has(std::string what) {
    return [this, what] {
      const auto at = std::find(things.begin(), things.end(), what);
      if (at == things.end()) return false;
      things.erase(at);
      return true;
    };
  }
  std::vector<std::string> things;
  Condition changed;
};

// Nobody stands in the way of one who wants something else; of those who want the same the first
// has it.
TEST(Condition, ServesWhomItSuits) {
  ProcessLoop loop;
  Shelf shelf(loop);
  Lines log;
  loop.start(wants(loop, shelf.changed, shelf.has("blue"), log, "blue 1"));
  loop.start(wants(loop, shelf.changed, shelf.has("red"), log, "red 1"));
  loop.start(wants(loop, shelf.changed, shelf.has("red"), log, "red 2"));
  for (const char* const colour : {"red", "green", "red", "blue"}) {
    loop.run_until(loop.now() + 1h);
    shelf.put(colour);
  }
  loop.start(wants(loop, shelf.changed, shelf.has("green"), log, "green"));  // there already
  EXPECT_EQ(shelf.changed.waiting(), 0u);
  loop.run();
  EXPECT_THAT(log,
              ElementsAre(Line{"red 1", 1}, Line{"red 2", 3}, Line{"blue 1", 4}, Line{"green", 4}));
  EXPECT_THAT(shelf.things, IsEmpty());
}

TEST(Condition, AsksEachOnceAndInTheOrderInWhichTheyCame) {
  ProcessLoop loop;
  Condition changed(loop, "changed");
  Lines log;
  std::string asked;
  int needed = 3;
  const auto attempt = [&](std::string name) {
    return [&, name] {
      asked += name;
      return needed == 0;
    };
  };
  for (const char* const name : {"a", "b", "c"})
    loop.start(wants(loop, changed, attempt(name), log, name));
  loop.run();
  EXPECT_EQ(asked, "abc");  // when they came
  changed.notify();
  EXPECT_EQ(asked, "abcabc");
  EXPECT_EQ(changed.waiting(), 3u);
  needed = 0;
  loop.run_until(kStart + 1h);
  EXPECT_THAT(log, IsEmpty());  // nobody has said so
  changed.notify();
  EXPECT_EQ(asked, "abcabcabc");
  EXPECT_EQ(changed.waiting(), 0u);
  loop.run();
  EXPECT_THAT(log, ElementsAre(Line{"a", 1}, Line{"b", 1}, Line{"c", 1}));
}

// The second takes one of two; that lets the first go on, who wants no more than one to be there.
TEST(Condition, IsAskedAgainWhenAnAttemptHasChangedSomething) {
  ProcessLoop loop;
  Condition changed(loop, "changed");
  Lines log;
  int there = 0, asked = 0;
  loop.start(wants(
      loop, changed,
      [&] {
        ++asked;
        return there == 1;
      },
      log, "one is left"));
  loop.start(wants(
      loop, changed,
      [&] {
        if (there < 2) return false;
        --there;
        changed.notify();
        return true;
      },
      log, "takes one"));
  loop.run_until(kStart + 1h);
  there = 2;
  changed.notify();
  EXPECT_EQ(asked, 3);
  loop.run();
  EXPECT_THAT(log, ElementsAre(Line{"takes one", 1}, Line{"one is left", 1}));
}

TEST(Condition, IsLeftByPatienceAndInterruptsWithoutATrace) {
  ProcessLoop loop;
  Condition changed(loop, "changed");
  Lines log;
  int asked = 0;
  const auto never = [&] {
    ++asked;
    return false;
  };
  loop.start(wants(loop, changed, never, log, "a", 2h));
  const ProcessRef b = loop.start(wants(loop, changed, never, log, "b"));
  const ProcessRef c = loop.start(wants(loop, changed, never, log, "c"));
  loop.run_until(kStart + 3h);
  b.interrupt("come home");
  c.cancel();
  loop.run();
  EXPECT_EQ(changed.waiting(), 0u);
  changed.notify();
  EXPECT_EQ(asked, 3);
  EXPECT_THAT(log, ElementsAre(Line{"a leaves", 2}, Line{"b: come home", 3}));
}

// Whoever is asked may send away others, those who would be asked next among them; not himself.
TEST(Condition, AttemptsMayEndTheWaitsOfOthers) {
  ProcessLoop loop;
  Condition changed(loop, "changed");
  Lines log;
  std::vector<ProcessRef> all(5);
  bool now = false;
  const auto never = [] { return false; };
  all[0] = loop.start(wants(loop, changed, never, log, "a"));
  all[1] = loop.start(wants(
      loop, changed,
      [&] {
        if (!now) return false;
        all[0].cancel();
        all[2].cancel();
        all[3].interrupt("sent away");
        all[1].cancel();
        return false;
      },
      log, "b"));
  for (const std::size_t i : {2u, 3u})
    all[i] = loop.start(wants(loop, changed, never, log, std::to_string(i)));
  all[4] = loop.start(wants(
      loop, changed, [&] { return now; }, log, "e"));
  loop.run();
  now = true;
  changed.notify();
  loop.run();
  EXPECT_THAT(log,
              ElementsAre(Line{"3: sent away", 0},
                          Line{"b fails: process 2 is cancelled while it runs", 0}, Line{"e", 0}));
  EXPECT_EQ(loop.processes(), 0u);
}

TEST(Condition, IsPartOfAWhole) {
  ProcessLoop loop;
  Condition changed(loop, "changed");
  Gate gate(loop, "gate");
  Lines log;
  int there = 0;
  const auto both = [](ProcessLoop& in, Condition of, Gate at, int& has, Lines& to) -> Process {
    const auto enough = [&] { return has >= 2; };
    const auto [first, open] = co_await any_of(of.until(enough), at.open());
    to.push_back({first ? "enough" : "open", hours(in)});
    const auto [again, opened] = co_await all_of(of.until(enough), at.open());
    to.push_back({again && opened ? "both" : "?", hours(in)});
    // Opened by the attempt itself: the gate comes first.
    const auto opens = [&] {
      if (has < 3) return false;
      at.set_open(true);
      return true;
    };
    at.set_open(false);
    const auto [third, last] = co_await any_of(of.until(opens), at.open());
    to.push_back({third ? "third" : "gate", hours(in)});
  };
  loop.start(both(loop, changed, gate, there, log));
  loop.run_until(kStart + 1h);
  there = 2;
  changed.notify();
  loop.run_until(kStart + 2h);
  EXPECT_EQ(gate.waiting(), 1u);
  gate.set_open(true);
  loop.run_until(kStart + 3h);
  there = 3;
  changed.notify();
  EXPECT_EQ(changed.waiting(), 0u);
  loop.run();
  EXPECT_THAT(log, ElementsAre(Line{"enough", 1}, Line{"both", 2}, Line{"gate", 3}));
}

TEST(Condition, FailuresOfAnAttemptAreThrownWhereItIsAwaited) {
  ProcessLoop loop;
  Condition changed(loop, "changed");
  Lines log;
  bool bad = true;
  const auto attempt = [&]() -> bool {
    if (bad) throw std::runtime_error("torn");
    return false;
  };
  loop.start(wants(loop, changed, attempt, log, "at once"));
  loop.run();
  bad = false;
  loop.start(wants(loop, changed, attempt, log, "later"));
  loop.start(
      [](ProcessLoop& in, Condition of, std::function<bool()> attempts, Lines& to) -> Process {
        try {
          (void)co_await any_of(of.until(attempts), in.delay(5h));
        } catch (const std::runtime_error& failure) {
          to.push_back({std::string("part: ") + failure.what(), hours(in)});
        }
      }(loop, changed, attempt, log));
  loop.run_until(kStart + 1h);
  bad = true;
  changed.notify();  // nothing is thrown here
  loop.run();
  EXPECT_THAT(log, ElementsAre(Line{"at once fails: torn", 0}, Line{"later fails: torn", 1},
                               Line{"part: torn", 1}));
  EXPECT_EQ(loop.now(), kStart + 1h);
}

// Any of several machines that are not alike: what is tried in an attempt is seized for who waits,
// not for who gives back the other one. So it is the second who loses it, at 3.
TEST(Condition, AttemptsActForTheirProcess) {
  ProcessLoop loop;
  Resource small(loop, "small", 1), large(loop, "large", 1);
  Condition freed(loop, "freed");
  Lines log;
  const auto uses = [](ProcessLoop& in, Resource one, Resource other, Condition of, Duration works,
                       std::string name, Lines& to) -> Process {
    std::string had = name + " had ";
    try {
      Held held;
      const ProcessRef me = in.current();
      co_await of.until([&] {
        EXPECT_EQ(in.current(), me);
        for (Resource each : {one, other})
          if ((held = each.try_seize())) {
            had += each.name();
            return true;
          }
        return false;
      });
      co_await in.delay(works);
    } catch (const Preempted&) {
      had += ", lost";
    }
    to.push_back({had, hours(in)});
    of.notify();
  };
  loop.start(uses(loop, small, large, freed, 2h, "a", log));
  loop.start(uses(loop, small, large, freed, 3h, "b", log));
  loop.start(uses(loop, small, large, freed, 3h, "c", log));
  loop.start([](ProcessLoop& in, Resource of) -> Process {
    co_await in.delay(2h + 30min);
    const Held held = co_await of.preempt(1, 1);
    co_await in.delay(1h);
  }(loop, small));
  loop.run();
  EXPECT_THAT(log, ElementsAre(Line{"a had small", 2}, Line{"c had small, lost", 2.5},
                               Line{"b had large", 3}));
}

// At once, as a part, and when it is asked again.
TEST(Condition, AttemptsMustNotRunTheLoop) {
  ProcessLoop loop;
  Condition changed(loop, "changed");
  Lines log;
  bool now = true;
  const auto runs = [&] {
    if (now) loop.run();
    return false;
  };
  loop.start(wants(loop, changed, runs, log, "first"));
  loop.run();
  now = false;
  loop.start(wants(loop, changed, runs, log, "later"));
  loop.run();
  now = true;
  changed.notify();
  loop.run();
  const std::string why = " fails: the loop is run by an attempt of one who waits in it";
  EXPECT_THAT(log, ElementsAre(Line{"first" + why, 0}, Line{"later" + why, 0}));
}

// What has ended the whole has withdrawn the part that is just being asked.
TEST(Condition, AttemptsMayEndTheWholeThatTheyArePartOf) {
  ProcessLoop loop;
  Condition changed(loop, "changed");
  Gate gate(loop, "gate");
  Lines log;
  const ProcessRef sleeper =
      loop.start([](ProcessLoop& in) -> Process { co_await in.delay(9h); }(loop));
  loop.start([](ProcessLoop& in, Condition of, Gate at, ProcessRef other, Lines& to) -> Process {
    const auto opens = [&] {
      at.set_open(true);
      return false;
    };
    const auto [open, had] = co_await any_of(at.open(), of.until(opens));
    to.push_back({open && !had ? "open" : "?", hours(in)});
    const auto cancels = [&] {
      other.cancel();
      return false;
    };
    const auto [ended, again] = co_await any_of(other, of.until(cancels));
    to.push_back({ended && !again ? "ended" : "?", hours(in)});
    co_await in.delay(1h);
  }(loop, changed, gate, sleeper, log));
  loop.run();
  EXPECT_EQ(changed.waiting(), 0u);
  changed.notify();
  EXPECT_THAT(log, ElementsAre(Line{"open", 0}, Line{"ended", 0}));
}

// At 1 the first leaves a condition that nobody can notify any more: no reason to ask the other.
TEST(Condition, WhoLeavesMakesNobodyTryAgain) {
  ProcessLoop loop;
  std::optional<Condition> changed;
  changed.emplace(loop, "changed");
  Lines log;
  int asked = 0;
  const auto never = [&] {
    ++asked;
    return false;
  };
  loop.start(wants(loop, *changed, never, log, "a", 1h));
  loop.start(wants(loop, *changed, never, log, "b", 2h));
  loop.run_until(kStart);
  changed.reset();
  loop.run();
  EXPECT_EQ(asked, 2);
  EXPECT_THAT(log, ElementsAre(Line{"a leaves", 1}, Line{"b leaves", 2}));
}

// In the first attempt at 0, or in the second at 1, as a part, too: not in a later wait.
TEST(Condition, InterruptsDuringAnAttemptBreakItOff) {
  for (const int which : {1, 2})
    for (const bool part : {false, true}) {
      ProcessLoop loop;
      Condition changed(loop, "changed");
      Lines log;
      loop.start([](ProcessLoop& in, Condition of, int when, bool as_part, Lines& to) -> Process {
        int asked = 0;
        const auto attempt = [&] {
          if (++asked == when) in.current().interrupt("stop");
          return false;
        };
        try {
          if (as_part)
            (void)co_await any_of(of.until(attempt), in.delay(9h));
          else
            co_await of.until(attempt).within(9h);
          to.push_back({"unbroken", hours(in)});
        } catch (const Interrupted& broken) {
          to.push_back({broken.what(), units_of(broken.remaining, kHour)});
        }
        co_await in.delay(1h);
      }(loop, changed, which, part, log));
      loop.run_until(kStart + 1h);
      changed.notify();
      loop.run();
      EXPECT_THAT(log, ElementsAre(Line{"stop", part ? 10. - which : 0.}));
      EXPECT_EQ(loop.now(), kStart + which * 1h);
      EXPECT_EQ(changed.waiting(), 0u);
    }
}

// The attempt gives back one of two units, so that one who wants both takes the other from this
// very process.
TEST(Condition, LossesDuringAnAttemptBreakItOff) {
  ProcessLoop loop;
  Resource crew(loop, "crew", 2);
  Condition changed(loop, "changed");
  Lines log;
  loop.start([](ProcessLoop& in, Resource of, Condition until, Lines& to) -> Process {
    const Held one = co_await of.seize(1, 0);
    Held other = co_await of.seize(1, 9);
    co_await in.delay(2h);
    const auto gives_back = [&] {
      other.release();
      EXPECT_EQ(of.waiting(), 1u);  // whom that makes room for is served afterwards
      return false;
    };
    try {
      co_await until.until(gives_back).within(50h);
      to.push_back({"unbroken", hours(in)});
    } catch (const Preempted&) {
      to.push_back({one ? "still held" : "lost", hours(in)});
    }
  }(loop, crew, changed, log));
  loop.start([](ProcessLoop& in, Resource of, Lines& to) -> Process {
    const Held both = co_await of.preempt(2, 5);
    to.push_back({"both", hours(in)});
  }(loop, crew, log));
  loop.run();
  EXPECT_THAT(log, ElementsAre(Line{"lost", 2}, Line{"both", 2}));
}

// The first attempt tells another, who does what it is about.
TEST(Condition, WhatIsChangedWhileOneIsAskedIsNotMissed) {
  ProcessLoop loop;
  Condition changed(loop, "changed");
  Lines log;
  bool asked = false, done = false;
  loop.start(wants(
      loop, changed,
      [&] {
        if (!asked) return false;
        done = true;
        changed.notify();
        return true;
      },
      log, "helper"));
  loop.run();
  loop.start(wants(
      loop, changed,
      [&] {
        if (!done && !std::exchange(asked, true)) changed.notify();
        return done;
      },
      log, "asks"));
  loop.run();
  EXPECT_THAT(log, ElementsAre(Line{"asks", 0}, Line{"helper", 0}));
}

// There is one, and the second who comes says so before he takes it.
TEST(Condition, NobodyElseIsAskedInTheMidstOfAnAttempt) {
  ProcessLoop loop;
  Condition changed(loop, "changed");
  Lines log;
  int there = 0;
  const auto takes = [&] {
    if (there == 0) return false;
    changed.notify();
    --there;
    return true;
  };
  loop.start(wants(loop, changed, takes, log, "first"));
  loop.run();
  there = 1;
  loop.start(wants(loop, changed, takes, log, "second"));
  loop.run();
  EXPECT_THAT(log, ElementsAre(Line{"second", 0}));
  EXPECT_EQ(there, 0);
  EXPECT_EQ(changed.waiting(), 1u);
}

bool always() { return true; }
TEST(Condition, APlainFunctionIsAnAttempt) {
  ProcessLoop loop;
  bool had = false;
  loop.start([](ProcessLoop&, Condition of, bool& to) -> Process {
    to = co_await of.until(always);
  }(loop, Condition(loop, "changed"), had));
  loop.run();
  EXPECT_TRUE(had);
}

TEST(Condition, ToNotifyTakesNoMemory) {
  ProcessLoop loop;
  Condition changed(loop, "changed");
  Lines log;
  bool now = false;
  loop.start(wants(
      loop, changed, [&] { return now; }, log, "a"));
  loop.run();
  now = true;
  const std::size_t before = racked::testing::allocation_count();
  changed.notify();
  EXPECT_EQ(racked::testing::allocation_count(), before);
  loop.run();
  EXPECT_THAT(log, ElementsAre(Line{"a", 0}));
}

TEST(Condition, LastsAsLongAsSomebodyWaits) {
  ProcessLoop loop;
  Lines log;
  const auto never = [] { return false; };
  loop.start(wants(loop, Condition(loop, "patient"), never, log, "a", 1h));
  const ProcessRef b = loop.start(wants(loop, Condition(loop, "broken"), never, log, "b"));
  loop.start(wants(loop, Condition(loop, "for ever"), never, log, "c"));
  loop.run_until(kStart + 2h);
  b.interrupt("enough");
  loop.run();
  EXPECT_THAT(log, ElementsAre(Line{"a leaves", 1}, Line{"b: enough", 2}));
  ASSERT_EQ(loop.waiting().size(), 1u);
  EXPECT_EQ(loop.waiting()[0].awaits, "'for ever' to change");
}

TEST(Condition, OfAnotherLoopIsRefused) {
  ProcessLoop loop, other;
  Condition elsewhere(other, "elsewhere");
  Lines log;
  const auto never = [] { return false; };
  loop.start(wants(loop, elsewhere, never, log, "a"));
  loop.run();
  EXPECT_THAT(log, ElementsAre(Line{
                       "a fails: a process waits for 'elsewhere' to change, of another loop", 0}));
}

// A store made of a condition is a store.
struct Plot {
  bool takes;
  Duration comes, patience;
  std::optional<Duration> interrupted;
};
Process take(ProcessLoop& loop, Store<int> yard, Plot plot, Lines& log, std::string name) {
  co_await loop.delay(plot.comes);
  try {
    const auto item = co_await yard.take().within(plot.patience);
    log.push_back({name + (item ? " has " + std::to_string(*item) : " leaves"), hours(loop)});
  } catch (const Interrupted&) {
    log.push_back({name + " is called away", hours(loop)});
  }
}
struct Yard {
  explicit Yard(ProcessLoop& loop) : changed(loop, "yard") {}
  std::deque<int> items;
  Condition changed;
};
Process take(ProcessLoop& loop, Yard& yard, Plot plot, Lines& log, std::string name) {
  co_await loop.delay(plot.comes);
  try {
    std::optional<int> item;
    co_await yard.changed
        .until([&] {
          if (yard.items.empty()) return false;
          item = yard.items.front();
          yard.items.pop_front();
          return true;
        })
        .within(plot.patience);
    log.push_back({name + (item ? " has " + std::to_string(*item) : " leaves"), hours(loop)});
  } catch (const Interrupted&) {
    log.push_back({name + " is called away", hours(loop)});
  }
}
void put(Store<int>& yard, int item) { yard.try_put(item); }
void put(Yard& yard, int item) {
  yard.items.push_back(item);
  yard.changed.notify();
}
Process bring(ProcessLoop& loop, Duration comes, std::function<void()> puts) {
  co_await loop.delay(comes);
  puts();
}
Process call_away(ProcessLoop& loop, ProcessRef who, Duration after) {
  co_await loop.delay(after);
  who.interrupt("come");
}
template <class Place>
Lines tell(ProcessLoop& loop, Place& yard, const std::vector<Plot>& plots) {
  Lines log;
  for (std::size_t i = 0; i < plots.size(); ++i) {
    if (!plots[i].takes) {
      loop.start(bring(loop, plots[i].comes, [&yard, i] { put(yard, static_cast<int>(i)); }));
      continue;
    }
    const ProcessRef taker = loop.start(take(loop, yard, plots[i], log, std::to_string(i)));
    if (plots[i].interrupted) loop.start(call_away(loop, taker, *plots[i].interrupted));
  }
  loop.run();
  return log;
}
TEST(Condition, IsWhatAStoreCanBeMadeOf) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    std::mt19937 random(seed);
    const auto some = [&](unsigned most) { return (random() % most) * 1h; };
    std::vector<Plot> plots(40);
    for (Plot& plot : plots) {
      plot = {random() % 2 == 0, some(12), some(6), std::nullopt};
      if (random() % 4 == 0) plot.interrupted = plot.comes + some(6);
    }
    ProcessLoop one, other;
    Store<int> store(one, "yard");
    Yard yard(other);
    const Lines expected = tell(one, store, plots);
    EXPECT_GT(expected.size(), 5u);
    ASSERT_EQ(tell(other, yard, plots), expected) << seed;
  }
}

}  // namespace
}  // namespace racked::des
