#include <racked/des/any_of.h>
#include <racked/des/any_wait.h>
#include <racked/des/gate.h>
#include <racked/des/resource.h>
#include <racked/des/store.h>
#include <racked/des/task.h>

#include "hours.h"
#include "jobs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace racked::des {

// Not without a name: g++ takes what became of coroutines for unused.
namespace parts_of_wholes {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

Task<int> dig(ProcessLoop& loop, Resource excavator, int metres) {
  const Held held = co_await excavator.seize();
  co_await loop.delay(metres * 1h);
  co_return metres * 3;
}

Task<> rest(ProcessLoop& loop, Duration lasts) { co_await loop.delay(lasts); }

// Two wait for one excavator: one for 4 hours, in which the 3 are dug, the other until 5, when his
// own 3 are not yet. Who comes at 4 has it at 5, not at 6.
TEST(TaskPart, IsTheFirstOrIsWithdrawn) {
  ProcessLoop loop;
  Resource excavator(loop, "excavator", 1);
  Lines log;
  const auto digger = [](ProcessLoop& in, Resource of, Lines& to, Duration patience) -> Process {
    const auto [soil, late] = co_await any_of(dig(in, of, 3), in.delay(patience));
    EXPECT_NE(soil.has_value(), late.has_value());
    to.push_back({soil ? std::to_string(soil->value()) : "late", hours(in)});
  };
  loop.start(digger(loop, excavator, log, 4h));
  loop.start(digger(loop, excavator, log, 5h));
  loop.start(job(loop, excavator, log, "other", 4h, 1, 1h));
  loop.run();
  EXPECT_THAT(log, ElementsAre(Line{"9", 3}, Line{"late", 5}, Line{"other", 5}));
  EXPECT_EQ(excavator.in_use(), 0);
  EXPECT_EQ(loop.processes(), 0u);
}

// 2 and 4 metres by two excavators: both are dug at 4.
TEST(TaskPart, AllOfThemReturnTheirResults) {
  ProcessLoop loop;
  Resource excavator(loop, "excavator", 2);
  bool done = false;
  loop.start([](ProcessLoop& in, Resource of, bool& flag) -> Process {
    const auto [small, large, rested] =
        co_await all_of(dig(in, of, 2), dig(in, of, 4), rest(in, 1h));
    EXPECT_EQ(small, 6);
    EXPECT_EQ(large, 12);
    EXPECT_TRUE(rested);
    EXPECT_EQ(in.now(), kStart + 4h);
    flag = true;
  }(loop, excavator, done));
  loop.run();
  EXPECT_TRUE(done);
}

// One excavator digs 3, 1 and 2 metres one after the other, until 3, 4 and 6. Of lists of spans the
// second is the first to pass.
TEST(TaskPart, OneForEachOfAList) {
  ProcessLoop loop;
  Resource excavator(loop, "excavator", 1);
  bool done = false;
  loop.start([](ProcessLoop& in, Resource of, bool& flag) -> Process {
    const std::vector<int> pits = {3, 1, 2};
    const auto make = [&](int metres) { return dig(in, of, metres); };
    EXPECT_THAT(co_await all_of(pits, make), ElementsAre(9, 3, 6));
    EXPECT_EQ(in.now(), kStart + 6h);
    const auto some = co_await all_of(pits, make).within(5h);
    EXPECT_THAT(some, ElementsAre(9, 3, std::nullopt));
    EXPECT_EQ(in.now(), kStart + 11h);
    EXPECT_EQ(of.in_use(), 0) << "the third gave it back";
    const auto first = co_await any_of(pits, make);
    EXPECT_EQ(first->place, 0u);
    EXPECT_EQ(first->value, 9);
    EXPECT_FALSE((co_await any_of(pits, make).within(2h)).has_value());
    const auto rests = [&](int lasts) { return rest(in, lasts * 1h); };
    EXPECT_EQ(co_await any_of(pits, rests), std::optional<std::size_t>(1));
    EXPECT_TRUE(co_await all_of(pits, rests));
    EXPECT_FALSE(co_await all_of(pits, rests).within(2h));
    flag = true;
  }(loop, excavator, done));
  loop.run();
  EXPECT_TRUE(done);
  EXPECT_EQ(loop.processes(), 0u);
}

struct Report {
  std::string by;
  std::vector<std::string> lines;
};

Task<Report> report(ProcessLoop& loop, std::string by) {
  co_await loop.delay(1h);
  Report made;
  made.by = by + ", whose name is too long to stand in a string itself";
  made.lines.assign(3, made.by);
  co_return made;
}

// As whoever destroys a result twice would see.
TEST(TaskPart, ReturnsWhatOwnsMemory) {
  ProcessLoop loop;
  bool done = false;
  loop.start([](ProcessLoop& in, bool& flag) -> Process {
    const auto [one, other] = co_await all_of(report(in, "one"), report(in, "other"));
    EXPECT_EQ(one->lines.size(), 3u);
    EXPECT_EQ(other->lines[2], other->by);
    const auto [first, second] = co_await any_of(report(in, "first"), report(in, "second"));
    EXPECT_EQ(first->value().lines[1], first->value().by);
    EXPECT_FALSE(second);
    flag = true;
  }(loop, done));
  loop.run();
  EXPECT_TRUE(done);
}

Task<> breaks(ProcessLoop& loop, Duration after) {
  co_await loop.delay(after);
  throw std::runtime_error("the belt has torn");
}

TEST(TaskPart, ThrowsInItsCallerAndTheOthersAreWithdrawn) {
  ProcessLoop loop;
  Resource excavator(loop, "excavator", 1);
  int thrown = 0;
  loop.start([](ProcessLoop& in, Resource of, int& count) -> Process {
    for (const bool all : {false, true}) {
      try {
        if (all)
          co_await all_of(dig(in, of, 5), breaks(in, 2h));
        else
          co_await any_of(dig(in, of, 5), breaks(in, 2h));
      } catch (const std::runtime_error& error) {
        EXPECT_STREQ(error.what(), "the belt has torn");
        ++count;
      }
      EXPECT_EQ(of.in_use(), 0);
    }
    co_await any_of(dig(in, of, 1), breaks(in, 2h));  // not thrown: it was withdrawn
    co_await any_of(breaks(in, 2h), dig(in, of, 5));
  }(loop, excavator, thrown));
  EXPECT_THROW(loop.run(), std::runtime_error);
  EXPECT_EQ(thrown, 2);
  EXPECT_EQ(loop.now(), kStart + 7h);
  EXPECT_EQ(loop.processes(), 0u);
}

// Interrupted at 2, before who waits for the excavator has it.
TEST(TaskPart, GoesWhenItsCallerIsInterrupted) {
  ProcessLoop loop;
  Resource excavator(loop, "excavator", 1);
  Lines log;
  const ProcessRef digger = loop.start([](ProcessLoop& in, Resource of, Lines& to) -> Process {
    try {
      co_await all_of(dig(in, of, 5), in.delay(7h));
    } catch (const Interrupted& interrupted) {
      to.push_back({interrupted.what(), hours(in)});
      EXPECT_EQ(interrupted.remaining, 5h) << "of the delay";
    }
    co_await in.delay(10h);
  }(loop, excavator, log));
  loop.start(job(loop, excavator, log, "other", 1h, 1, 1h));
  loop.run_until(kStart + 2h);
  digger.interrupt("rain");
  loop.run();
  EXPECT_THAT(log, ElementsAre(Line{"rain", 2}, Line{"other", 2}));
  EXPECT_EQ(loop.now(), kStart + 12h);
}

TEST(TaskPart, LosesItsUnitsItself) {
  ProcessLoop loop;
  Resource excavator(loop, "excavator", 1);
  Lines log;
  const auto digs = [](ProcessLoop& in, Resource of, Lines& to) -> Task<> {
    const Held held = co_await of.seize();
    try {
      co_await in.delay(5h);
    } catch (const Preempted& lost) {
      to.push_back({"lost with " + std::to_string(lost.remaining / 1h), hours(in)});
    }
  };
  loop.start([](ProcessLoop& in, Resource of, Lines& to, auto dig) -> Process {
    const auto [dug, late] = co_await any_of(dig(in, of, to), in.delay(10h));
    EXPECT_TRUE(dug);
    to.push_back({"went on", hours(in)});
  }(loop, excavator, log, digs));
  loop.start([](ProcessLoop& in, Resource of) -> Process {
    co_await in.delay(2h);
    const Held held = co_await of.preempt(1, 1);
  }(loop, excavator));
  loop.run();
  EXPECT_THAT(log, ElementsAre(Line{"lost with 3", 2}, Line{"went on", 2}));
}

struct Farewell {
  Lines& log;
  std::string name;
  ~Farewell() { log.push_back({name, 0}); }
};

Task<> stay(ProcessLoop& loop, Lines& log, std::string name) {
  const Farewell farewell{log, name};
  co_await loop.delay(5h);
}

Process stays(ProcessLoop& loop, Lines& log, bool& ended) {
  const Farewell farewell{log, "caller"};
  co_await all_of(stay(loop, log, "part"), stay(loop, log, "part"));
  ended = true;
}

// As it may refer to what stands in its caller: when that is cancelled, when the loop goes, and in
// the end.
TEST(TaskPart, GoesBeforeItsCaller) {
  const Lines expected = {{"part", 0}, {"part", 0}, {"caller", 0}};
  Lines log;
  bool ended = false;
  {
    ProcessLoop loop;
    loop.start(stays(loop, log, ended));
    const ProcessRef second = loop.start(stays(loop, log, ended));
    loop.run_until(kStart + 1h);
    EXPECT_EQ(loop.processes(), 6u);
    second.cancel();
    EXPECT_EQ(loop.processes(), 3u);
    EXPECT_EQ(log, expected);
    log.clear();
  }
  EXPECT_EQ(log, expected);
  EXPECT_FALSE(ended);
  log.clear();
  ProcessLoop loop;
  loop.start(stays(loop, log, ended));
  loop.run();
  EXPECT_EQ(log, expected);
  EXPECT_TRUE(ended);
}

// One that opens the gate itself goes on until it waits, and no further.
TEST(TaskPart, ThatEndsTheWholeGoesOnUntilItWaits) {
  ProcessLoop loop;
  Gate gate(loop, "gate");
  Lines log;
  const auto opens = [](ProcessLoop& in, Gate of, Lines& to) -> Task<> {
    const Farewell farewell{to, "gone"};
    co_await in.delay(1h);
    of.set_open(true);
    to.push_back({"opened", hours(in)});
    co_await in.delay(0h);
    ADD_FAILURE() << "it was withdrawn";
  };
  loop.start([](ProcessLoop& in, Gate of, Lines& to, auto open) -> Process {
    const auto [opened, passed] = co_await any_of(open(in, of, to), of.open());
    EXPECT_FALSE(opened);
    EXPECT_TRUE(passed);
    to.push_back({"passed", hours(in)});
    co_await in.delay(1h);
  }(loop, gate, log, opens));
  loop.run();
  EXPECT_THAT(log, ElementsAre(Line{"opened", 1}, Line{"gone", 0}, Line{"passed", 1}));
  EXPECT_EQ(loop.processes(), 0u);
}

// It may come to its end, then, or break: that leaves the run, as nobody awaits it any more.
TEST(TaskPart, ThatEndsTheWholeMayEndBeforeItWaits) {
  for (const bool breaks : {false, true}) {
    ProcessLoop loop;
    Gate gate(loop, "gate");
    bool passed = false;
    const auto opens = [](ProcessLoop& in, Gate of, bool by_exception) -> Task<int> {
      co_await in.delay(1h);
      of.set_open(true);
      if (by_exception) throw std::runtime_error("the hinge has broken");
      co_return 7;
    };
    loop.start([](ProcessLoop& in, Gate of, bool by_exception, auto open, bool& flag) -> Process {
      const auto [opened, through] = co_await any_of(open(in, of, by_exception), of.open());
      EXPECT_FALSE(opened);
      flag = true;
    }(loop, gate, breaks, opens, passed));
    if (breaks) {
      EXPECT_THROW(loop.run(), std::runtime_error);
    }
    loop.run();
    EXPECT_TRUE(passed);
    EXPECT_EQ(loop.processes(), 0u);
  }
}

TEST(TaskPart, MayCancelItsCaller) {
  ProcessLoop loop;
  Resource excavator(loop, "excavator", 2);
  ProcessRef caller;
  const auto ends = [](ProcessLoop& in, Resource of, const ProcessRef& whom) -> Task<> {
    const Held held = co_await of.seize();
    co_await in.delay(1h);
    whom.cancel();
    co_await in.delay(1h);
    ADD_FAILURE() << "it was withdrawn";
  };
  caller = loop.start([](ProcessLoop& in, Resource of, const ProcessRef& me, auto end) -> Process {
    co_await all_of(end(in, of, me), dig(in, of, 5));
    ADD_FAILURE() << "it was cancelled";
  }(loop, excavator, caller, ends));
  loop.run();
  EXPECT_EQ(loop.processes(), 0u);
  EXPECT_EQ(excavator.in_use(), 0);
  EXPECT_EQ(loop.now(), kStart + 1h);
}

struct CancelsWhenItGoes {
  ProcessRef& who;
  int& gone;
  ~CancelsWhenItGoes() {
    ++gone;
    who.cancel();
  }
};

Task<> cancels_when_it_goes(ProcessLoop& loop, ProcessRef& who, int& gone) {
  const CancelsWhenItGoes by{who, gone};
  co_await loop.delay(100h);
}

// Two such parts, before and behind the gate. However the wait ends, both go, and the caller is
// cancelled before he goes on.
TEST(TaskPart, MayCancelItsCallerAsItGoes) {
  using Way = std::function<void(ProcessRef&, Gate&)>;
  const std::vector<Way> ways = {
      [](ProcessRef& who, Gate&) { who.cancel(); },
      [](ProcessRef& who, Gate&) { who.interrupt("rain"); },
      [](ProcessRef&, Gate& gate) { gate.set_open(true); },
      [](ProcessRef&, Gate&) {},  // patience ends, of the whole or of a part
  };
  for (std::size_t way = 0; way < ways.size(); ++way)
    for (const bool in_a_list : {true, false}) {
      SCOPED_TRACE(std::to_string(way) + (in_a_list ? " list" : ""));
      ProcessLoop loop;
      Gate gate(loop, "gate");
      ProcessRef caller;
      int gone = 0;
      bool went_on = false;
      caller = loop.start([](ProcessLoop& in, Gate at, ProcessRef& self, int& count, bool& on,
                             bool list) -> Process {
        const auto part = [&](int place) -> AnyWait<int> {
          if (place == 1) return {[&] { return at.open(); }, [](bool) { return 1; }};
          return {[&] { return cancels_when_it_goes(in, self, count); }, [](bool) { return 0; }};
        };
        const std::vector<int> places = {0, 1, 2};
        try {
          if (list) {
            co_await any_of(places, part).within(3h);
          } else {
            co_await any_of(cancels_when_it_goes(in, self, count), at.open().within(3h),
                            cancels_when_it_goes(in, self, count));
          }
        } catch (const Interrupted&) {
        }
        on = true;
        co_await in.delay(1h);
      }(loop, gate, caller, gone, went_on, in_a_list));
      loop.run_until(kStart + 1h);
      ways[way](caller, gate);
      EXPECT_EQ(gone, way == 3 ? 0 : 2);
      loop.run();
      EXPECT_EQ(gone, 2);
      EXPECT_FALSE(went_on);
      EXPECT_FALSE(caller.running());
      EXPECT_EQ(gate.waiting(), 0u);
      EXPECT_EQ(loop.processes(), 0u);
    }
}

// One that stands still in a run within the run goes when that is over.
TEST(TaskPart, ThatRunsTheLoopGoesAfterwards) {
  ProcessLoop loop;
  Gate gate(loop, "gate");
  Lines log;
  const auto runs = [](ProcessLoop& in, Lines& to) -> Task<> {
    const Farewell farewell{to, "gone"};
    in.run_until(kStart + 3h);
    to.push_back({"ran", hours(in)});
    co_await in.delay(1h);
    ADD_FAILURE() << "it was withdrawn";
  };
  loop.start([](ProcessLoop& in, Gate of, Lines& to, auto run) -> Process {
    co_await any_of(run(in, to), of.open());
    to.push_back({"passed", hours(in)});
  }(loop, gate, log, runs));
  loop.start([](ProcessLoop& in, Gate of) -> Process {
    co_await in.delay(1h);
    of.set_open(true);
  }(loop, gate));
  loop.run();
  EXPECT_THAT(log, ElementsAre(Line{"passed", 1}, Line{"ran", 3}, Line{"gone", 0}));
  EXPECT_EQ(loop.processes(), 0u);
}

TEST(TaskPart, DoesNotBeginWhenAnotherIsHadAtOnce) {
  ProcessLoop loop;
  Gate gate(loop, "gate", true);
  Lines log;
  loop.start([](ProcessLoop& in, Gate of, Lines& to) -> Process {
    co_await any_of(stay(in, to, "before"), of.open(), stay(in, to, "after"));
    co_await in.delay(1h);
  }(loop, gate, log));
  loop.run();
  EXPECT_TRUE(log.empty());
  EXPECT_EQ(loop.now(), kStart + 1h);
}

// The first of what comes at one instant has it; of what the other takes nothing is lost.
TEST(TaskPart, OnesThatAreGrantedTogetherTakeNothingTwice) {
  ProcessLoop loop;
  Store<int> yard(loop, "yard");
  Lines log;
  const auto takes = [](ProcessLoop&, Store<int> from) -> Task<int> {
    co_return (co_await from.take()).value();
  };
  loop.start([](ProcessLoop& in, Store<int> from, Lines& to, auto take) -> Process {
    const auto [one, other] = co_await any_of(take(in, from), from.take());
    EXPECT_FALSE(one);  // which begins after the other waits
    to.push_back({std::to_string(other->value()), hours(in)});
  }(loop, yard, log, takes));
  loop.start([](ProcessLoop& in, Store<int> into) -> Process {
    co_await in.delay(1h);
    for (const int item : {1, 2}) co_await into.put(item);
  }(loop, yard));
  loop.run();
  EXPECT_THAT(log, ElementsAre(Line{"1", 1}));
  EXPECT_EQ(yard.size(), 1u);
}

TEST(TaskPart, IsRefusedWhenThereIsNothingToRun) {
  ProcessLoop loop, elsewhere;
  Lines log;
  int refused = 0;
  loop.start([](ProcessLoop& in, ProcessLoop& other, Lines& to, int& count) -> Process {
    Task<> task = stay(in, to, "once");
    co_await all_of(std::move(task), in.delay(1h));
    try {
      co_await all_of(std::move(task), in.delay(1h));
    } catch (const std::logic_error& error) {
      EXPECT_STREQ(error.what(), "a task is awaited that was moved from");
      ++count;
    }
    try {
      co_await all_of(stay(other, to, "elsewhere"), in.delay(1h));
    } catch (const std::logic_error&) {
      ++count;
    }
  }(loop, elsewhere, log, refused));
  loop.run();
  EXPECT_EQ(refused, 2);
  EXPECT_EQ(loop.processes(), 0u);
}

// Who waits is told by the stall report: the caller for a process, which waits for the crane.
TEST(TaskPart, StandsInTheReportOfAStall) {
  ProcessLoop loop;
  Resource crane(loop, "crane", 0, 1);
  loop.start(
      [](ProcessLoop& in, Resource of) -> Process {
        co_await all_of(dig(in, of, 1), in.delay(1h));
      }(loop, crane),
      "digger");
  loop.run();
  const auto waiting = loop.waiting();
  ASSERT_EQ(waiting.size(), 2u);
  EXPECT_EQ(waiting[0].process, "digger");
  EXPECT_EQ(waiting[0].awaits, "the end of process 2");
  EXPECT_EQ(waiting[1].process, "process 2");
  EXPECT_EQ(waiting[1].awaits, "1 of 'crane' (0 of 0 free)");
}

}  // namespace parts_of_wholes

}  // namespace racked::des
