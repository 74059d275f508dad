#include <racked/des/process.h>
#include <racked/des/resource.h>
#include <racked/des/any_of.h>
#include <racked/des/gate.h>
#include <racked/des/store.h>

#include "jobs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace racked::des {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

// A worker who starts over with what was left when something more urgent is done.
Process resumes(ProcessLoop& loop, Resource crane, Lines& log, std::string name, Duration work,
                int priority) {
  for (Duration left = work; left > 0h;) {
    Held held = co_await crane.seize(1, priority);
    try {
      co_await loop.delay(left);
      left = 0h;
    } catch (const Preempted& lost) {
      EXPECT_FALSE(held) << "what was taken is gone";
      left = lost.remaining;
      log.push_back({name + " loses it", hours(loop)});
    }
  }
  log.push_back({name + " is done", hours(loop)});
}

Process urgent(ProcessLoop& loop, Resource crane, Lines& log, Duration comes, std::int64_t amount,
               int priority) {
  co_await loop.delay(comes);
  Held held = co_await crane.preempt(amount, priority);
  log.push_back({"urgent", hours(loop)});
  EXPECT_LE(crane.in_use(), crane.capacity());
  co_await loop.delay(2h);
}

TEST(ProcessPreemption, PreemptionTakesFromTheLowestPriorityAndTheRestIsWorkedLater) {
  // Two cranes: a (priority 1) works 10 hours from 0, b (priority 0) 6 hours. At 3 something urgent
  // (priority 5) takes b's crane until 5; b has 3 hours left and ends at 8.
  ProcessLoop loop;
  Resource crane(loop, "crane", 2);
  Lines log;
  loop.start(resumes(loop, crane, log, "a", 10h, 1));
  loop.start(resumes(loop, crane, log, "b", 6h, 0));
  loop.start(urgent(loop, crane, log, 3h, 1, 5));
  loop.run();
  EXPECT_THAT(log, ElementsAre(Line{"urgent", 3}, Line{"b loses it", 3}, Line{"b is done", 8},
                               Line{"a is done", 10}));
}

// A server, services of 2 h by priority 0: a comes at 0, b at 1, something urgent (2 h) at 1, too.
// a is back at 3 before b, who was there already, and goes on until 4: by a priority between.
TEST(ProcessPreemption, WhoLostComesBackBeforeHisClassByAPriorityBetween) {
  ProcessLoop loop;
  Resource server(loop, "server", 1);
  Lines log;
  const auto served = [](ProcessLoop& in, Resource by, Lines& to, std::string name, Duration comes,
                         int priority) -> Process {
    co_await in.delay(comes);
    Duration left = 2h;
    int ask = 2 * priority;
    do {
      const Held held = co_await by.preempt(1, ask);
      try {
        co_await in.delay(left);
        left = 0h;
      } catch (const Preempted& lost) {
        left = lost.remaining;
      }
      ask = 2 * priority + 1;
    } while (left > 0h);
    to.push_back({name, hours(in)});
  };
  loop.start(served(loop, server, log, "a", 0h, 0));
  loop.start(served(loop, server, log, "b", 1h, 0));
  loop.start(served(loop, server, log, "urgent", 1h, 1));
  loop.run();
  EXPECT_THAT(log, ElementsAre(Line{"urgent", 3}, Line{"a", 4}, Line{"b", 6}));
}

// One crane: a (priority 9) has it from 0 to 2. Something urgent (5) comes at 1, waits until 2 and
// works until 4. What comes at 3 by priority 1 has it from 4 and loses it at 5.
TEST(ProcessPreemption, WhoHasNobodyToTakeFromLosesNothingByWaiting) {
  ProcessLoop loop;
  Resource crane(loop, "crane", 1);
  Lines log;
  loop.start(resumes(loop, crane, log, "a", 2h, 9));
  loop.start(urgent(loop, crane, log, 1h, 1, 5));
  loop.start(urgent(loop, crane, log, 5h, 1, 5));
  loop.run_until(kStart + 3h);
  loop.start(resumes(loop, crane, log, "b", 4h, 1));
  loop.run();
  EXPECT_THAT(log, ElementsAre(Line{"a is done", 2}, Line{"urgent", 2}, Line{"urgent", 5},
                               Line{"b loses it", 5}, Line{"b is done", 10}));
}

TEST(ProcessPreemption, AmongEqualsTheLatestHolderIsPreempted) {
  ProcessLoop loop;
  Resource crane(loop, "crane", 3);
  Lines log;
  for (const char* name : {"a", "b", "c"}) loop.start(resumes(loop, crane, log, name, 10h, 0));
  loop.start(urgent(loop, crane, log, 1h, 2, 5));
  loop.run_until(kStart + 2h);
  EXPECT_THAT(log, ElementsAre(Line{"urgent", 1}, Line{"c loses it", 1}, Line{"b loses it", 1}));
}

TEST(ProcessPreemption, WhoWasHandedTheUnitOfAnotherHoldsItFromThenOn) {
  // Two cranes: a has one from 0 to 2, b the other from 1, c waits and has a's from 2. At 3 the
  // latest holder is c.
  ProcessLoop loop;
  Resource crane(loop, "crane", 2);
  Lines log;
  const auto comes = [](ProcessLoop& in, Process who, Duration at) -> Process {
    co_await in.delay(at);
    in.start(std::move(who));
  };
  loop.start(resumes(loop, crane, log, "a", 2h, 0));
  loop.start(comes(loop, resumes(loop, crane, log, "b", 10h, 0), 1h));
  loop.start(comes(loop, resumes(loop, crane, log, "c", 10h, 0), 90min));
  loop.start(urgent(loop, crane, log, 3h, 1, 5));
  loop.run_until(kStart + 4h);
  EXPECT_THAT(log, ElementsAre(Line{"a is done", 2}, Line{"urgent", 3}, Line{"c loses it", 3}));
}

TEST(ProcessPreemption, PreemptionTakesNothingWhenItWouldNotBeEnough) {
  ProcessLoop loop;
  Resource crane(loop, "crane", 3);
  Lines log;
  loop.start(resumes(loop, crane, log, "weak", 4h, 0));
  loop.start(resumes(loop, crane, log, "strong", 6h, 9));
  loop.start(urgent(loop, crane, log, 1h, 3, 5));
  loop.run();
  EXPECT_THAT(log,
              ElementsAre(Line{"weak is done", 4}, Line{"strong is done", 6}, Line{"urgent", 6}));
}

TEST(ProcessPreemption, OfOneWhoHasNotGoneOnYetTakesWhatHeWasGranted) {
  // At 2 h the crane is granted to the second and to the third, which are not to be told from those
  // who lose patience, and taken again by somebody urgent before they go on: their very waits say
  // so.
  ProcessLoop loop;
  Resource crane(loop, "crane", 2);
  Lines log;
  loop.start([](ProcessLoop& in, Resource of, Lines& to) -> Process {
    {
      const Held held = co_await of.seize(2);
      co_await in.delay(2h);
    }
    const Held urgent = co_await of.preempt(2, 5);
    EXPECT_TRUE(urgent);
    EXPECT_EQ(of.in_use(), 2);
    to.push_back({"urgent", hours(in)});
  }(loop, crane, log));
  loop.start([](ProcessLoop& in, Resource of, Lines& to) -> Process {
    try {
      const Held held = co_await of.seize().within(10h);
      to.push_back({"second has lost patience", hours(in)});
    } catch (const Preempted&) {
      to.push_back({"second lost it", hours(in)});
    }
    co_await in.delay(1h);
    to.push_back({"second waits on", hours(in)});
  }(loop, crane, log));
  loop.start([](ProcessLoop& in, Resource of, Lines& to) -> Process {
    try {
      co_await any_of(of.seize(), in.delay(10h));
    } catch (const Preempted&) {
      to.push_back({"third lost it", hours(in)});
    }
  }(loop, crane, log));
  loop.run();
  EXPECT_THAT(log, ElementsAre(Line{"urgent", 2}, Line{"second lost it", 2},
                               Line{"third lost it", 2}, Line{"second waits on", 3}));
  EXPECT_EQ(crane.in_use(), 0);
}

TEST(ProcessPreemption, ItsVictimDoesNotDependOnAddresses) {
  // The same story after others have lived and ended in various orders, so that frames stand
  // elsewhere.
  const auto story = [](int before) {
    ProcessLoop loop;
    Resource crane(loop, "crane", 5);
    Lines log;
    for (int i = 0; i < before; ++i)
      loop.start(job(loop, Resource(loop, "other", 1), log, "", std::chrono::hours(i * 7 % 5), 1,
                     std::chrono::hours(i * 5 % 3)));
    loop.start([](ProcessLoop& in, Resource of) -> Process {
      const Held held = co_await of.seize();
      co_await in.delay(10h);
    }(loop, crane));
    loop.run_until(kStart + 50h);
    log.clear();
    EXPECT_EQ(loop.processes(), 0u);
    for (const char* name : {"a", "b", "c", "d", "e"})
      loop.start(resumes(loop, crane, log, name, 10h, name[0] % 2));
    loop.start(urgent(loop, crane, log, 1h, 2, 5));
    loop.start(urgent(loop, crane, log, 2h, 2, 6));
    loop.run();
    return log;
  };
  const Lines first = story(0);
  // b and d have priority 0, a, c and e 1; of equals the latest loses first.
  ASSERT_GE(first.size(), 5u);
  EXPECT_EQ(first[1], (Line{"d loses it", 51}));
  EXPECT_EQ(first[2], (Line{"b loses it", 51}));
  for (const int before : {1, 2, 7, 20}) EXPECT_TRUE(story(before) == first) << before;
}

Process waits_for_one(ProcessLoop& loop, Resource crew, Lines& log) {
  Held held = co_await crew.seize(1);
  log.push_back({"waiting one has it", hours(loop)});
  co_await loop.delay(1h);
}
Process loses_all(ProcessLoop& loop, Resource crew, Lines& log) {
  Held held = co_await crew.seize(3);
  try {
    co_await loop.delay(10h);
  } catch (const Preempted&) {
    log.push_back({"lost", hours(loop)});
  }
}

TEST(ProcessPreemption, WhatIsTakenAndNotWantedGoesToWhoWaits) {
  // Three of three are held. At 2 somebody urgent takes one of them until 4: two are left over, and
  // the one that waits for one since 0 has it at 2.
  ProcessLoop loop;
  Resource crew(loop, "crew", 3);
  Lines log;
  loop.start(loses_all(loop, crew, log));
  loop.start(waits_for_one(loop, crew, log));
  loop.start(urgent(loop, crew, log, 2h, 1, 5));
  loop.run();
  EXPECT_THAT(log, ::testing::UnorderedElementsAre(Line{"urgent", 2}, Line{"lost", 2},
                                                   Line{"waiting one has it", 2}));
  EXPECT_EQ(crew.in_use(), 0);
}

TEST(ProcessPreemption, WhoHasToWaitTriesAgainWhenSomethingIsGivenBack) {
  // Two cranes: a holds one with priority 9 until 3, b the other with priority 0, for 20 hours. At
  // 1 something urgent (priority 5) wants both, of which only b's is within reach: it waits, and
  // takes nothing. At 3 it gets a's and takes b's, with 17 hours left, which b works off from 5
  // to 22. Of c, which came at 2 with priority 0, the crane is the other one from 5 to 6.
  ProcessLoop loop;
  Resource crane(loop, "crane", 2);
  Lines log;
  loop.start(job(loop, crane, log, "a", 0h, 1, 3h, 9));
  loop.start(resumes(loop, crane, log, "b", 20h, 0));
  loop.start(urgent(loop, crane, log, 1h, 2, 5));
  loop.start(job(loop, crane, log, "c", 2h, 1, 1h, 0));
  loop.run_until(kStart + 2h);
  EXPECT_EQ(crane.in_use(), 2);
  EXPECT_EQ(crane.waiting(), 2u) << "the urgent one and c";
  loop.run();
  EXPECT_THAT(log, ElementsAre(Line{"a", 0}, Line{"urgent", 3}, Line{"b loses it", 3}, Line{"c", 5},
                               Line{"b is done", 22}));
}

TEST(ProcessPreemption, WhoHasToWaitTriesAgainWhenTheOneBeforeItLosesPatience) {
  // One crane, held with priority 0. "first" (priority 9) only waits, until 4; behind it the urgent
  // one (priority 5) may not overtake, and takes the crane as soon as "first" is gone.
  ProcessLoop loop;
  Resource crane(loop, "crane", 1);
  Lines log;
  loop.start(resumes(loop, crane, log, "b", 20h, 0));
  loop.start([](ProcessLoop& in, Resource of, Lines& to) -> Process {
    const Held held = co_await of.seize(1, 9).within(4h);
    EXPECT_FALSE(held);
    to.push_back({"first gives up", hours(in)});
  }(loop, crane, log));
  loop.start(urgent(loop, crane, log, 1h, 1, 5));
  loop.run();
  EXPECT_THAT(log, ElementsAre(Line{"first gives up", 4}, Line{"urgent", 4}, Line{"b loses it", 4},
                               Line{"b is done", 22}));
}

// A crew of its own books: who waits, in the order of the queue, and who holds how much.
struct Books {
  struct Ask {
    int priority;
    std::int64_t amount;
    bool preempts;
    int number;
  };
  std::vector<Ask> waiting;
  std::vector<Ask> holding;
  std::size_t preempted = 0;
  bool granted = false;  // lately
  int asked = 0;

  static void strike(std::vector<Ask>& from, const Ask& ask) {
    std::erase_if(from, [&](const Ask& other) { return other.number == ask.number; });
  }
  void stand(const Ask& ask) {
    waiting.insert(std::find_if(waiting.begin(), waiting.end(),
                                [&](const Ask& other) { return other.priority < ask.priority; }),
                   ask);
  }
  // Whether the first in the queue could have what it wants.
  bool first_could(std::int64_t free) const {
    if (waiting.empty()) return false;
    const Ask& first = waiting.front();
    for (const Ask& holder : holding)
      if (first.preempts && holder.priority < first.priority) free += holder.amount;
    return free >= first.amount;
  }
};

Process works(ProcessLoop& loop, Resource crew, Books& books, std::mt19937_64& random) {
  for (int i = 0; i < 30; ++i) {
    co_await loop.delay(Duration(std::int64_t(random() % 20)));
    const Books::Ask ask{int(random() % 4), std::int64_t(random() % 3 + 1), random() % 2 == 0,
                         ++books.asked};
    books.stand(ask);
    const Duration patience(std::int64_t(random() % 30));
    Held held;
    if (ask.preempts) {
      held = co_await crew.preempt(ask.amount, ask.priority).within(patience);
    } else {
      held = co_await crew.seize(ask.amount, ask.priority).within(patience);
    }
    Books::strike(books.waiting, ask);
    if (!held) continue;
    books.holding.push_back(ask);
    books.granted = true;
    try {
      co_await loop.delay(Duration(std::int64_t(random() % 25)));
    } catch (const Preempted&) {
      ++books.preempted;
      EXPECT_FALSE(held);
    }
    Books::strike(books.holding, ask);
  }
}

// Ten workers share some units; after every instant the books of the workers themselves say how
// much is in use, that nobody was granted anything beyond the capacity, and that the first in the
// queue cannot be served. The number of instants when more was in use than there was then.
std::size_t share(std::uint64_t seed, std::int64_t units, bool changing) {
  std::mt19937_64 random(seed);
  ProcessLoop loop;
  Resource crew(loop, "crew", units);
  Books books;
  for (int i = 0; i < 10; ++i) loop.start(works(loop, crew, books, random));
  std::int64_t before = 0;
  std::size_t beyond = 0;
  for (Time now = kStart; loop.processes() > 0; now += Duration(1)) {
    if (changing && random() % 3 == 0)
      crew.set_capacity(std::int64_t(random() % std::uint64_t(units + 1)));
    loop.run_until(now);
    std::int64_t held = 0;
    for (const Books::Ask& holder : books.holding) held += holder.amount;
    EXPECT_EQ(crew.in_use(), held) << seed;
    EXPECT_LE(held, std::max(crew.capacity(), before)) << seed;
    EXPECT_EQ(crew.waiting(), books.waiting.size()) << seed;
    EXPECT_FALSE(books.first_could(crew.capacity() - held))
        << "seed " << seed << " at " << now.time_since_epoch().count();
    const bool granted = std::exchange(books.granted, false);
    if (held > crew.capacity()) {
      ++beyond;
      EXPECT_FALSE(granted) << seed;
    }
    before = held;
  }
  EXPECT_GT(books.preempted, 5u);
  return beyond;
}

TEST(ProcessPreemption, NobodyWaitsWhoCouldBeServed) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) EXPECT_EQ(share(seed, 5, false), 0u);
}

TEST(ProcessPreemption, NobodyWaitsWhoCouldBeServedByAChangingCapacity) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) EXPECT_GT(share(seed, 7, true), 5u);
}

// Two cranes, held by a (priority 9, until 10) and b (0). From 1 on c (5) waits for one, patiently
// or not, and behind it d (3), who would take one away. At 10 c is handed a's; now d is the first,
// and takes b's.
TEST(ProcessPreemption, WhoBecomesTheFirstTriesAgain) {
  for (const bool patient : {true, false}) {
    ProcessLoop loop;
    Resource crane(loop, "crane", 2);
    Lines log;
    loop.start(resumes(loop, crane, log, "a", 10h, 9));
    loop.start(resumes(loop, crane, log, "b", 100h, 0));
    loop.start([](ProcessLoop& in, Resource of, Lines& to, bool patience) -> Process {
      co_await in.delay(1h);
      auto wait = of.seize(1, 5);
      if (patience) (void)std::move(wait).within(1'000h);
      const Held held = co_await wait;
      to.push_back({"c", hours(in)});
      co_await in.delay(1'000h);
    }(loop, crane, log, patient));
    loop.start(urgent(loop, crane, log, 1h, 1, 3));
    loop.run_until(kStart + 11h);
    EXPECT_THAT(log, ::testing::UnorderedElementsAre(Line{"a is done", 10}, Line{"c", 10},
                                                     Line{"urgent", 10}, Line{"b loses it", 10}));
  }
}

// P holds one of two units at priority 0 and waits for another at 5. Behind it waits somebody who
// would take one at 3. When P gives up waiting, broken off at 10 or after 9 hours, it loses the
// unit it holds for that, which it learns from its next wait. Who leaves goes on first.
TEST(ProcessPreemption, WhoStopsWaitingMayLoseWhatHeHolds) {
  for (const bool interrupted : {true, false}) {
    ProcessLoop loop;
    Resource crane(loop, "crane", 2);
    Lines log;
    const ProcessRef p = loop.start([](ProcessLoop& in, Resource of, Lines& to) -> Process {
      const Held held = co_await of.seize(1, 0);
      co_await in.delay(1h);
      try {
        co_await any_of(of.seize(1, 5), in.delay(10h));
        to.push_back({"gives up", hours(in)});
      } catch (const Interrupted&) {
        to.push_back({"is broken off", hours(in)});
      }
      try {
        co_await in.delay(5h);
      } catch (const Preempted&) {
        to.push_back({"loses it", hours(in)});
      }
    }(loop, crane, log));
    loop.start([](ProcessLoop& in, Resource of) -> Process {
      const Held held = co_await of.seize(1, 9);
      co_await in.delay(100h);
    }(loop, crane));
    loop.start(urgent(loop, crane, log, 2h, 1, 3));
    loop.run_until(kStart + 10h);
    if (interrupted) p.interrupt("broken off");
    loop.run();
    const double when = interrupted ? 10 : 11;
    EXPECT_THAT(log, ElementsAre(Line{interrupted ? "is broken off" : "gives up", when},
                                 Line{"loses it", when}, Line{"urgent", when}));
  }
}

// He is granted an item at the instant at which he loses the crane, and leaves the scope of what he
// held before anything could tell him: nothing is left to be told.
TEST(ProcessPreemption, WhoHasLetGoOfWhatHeLostIsNotToldOfItLater) {
  ProcessLoop loop;
  Resource crane(loop, "crane", 1);
  Store<int> yard(loop, "yard");
  Lines log;
  loop.start([](ProcessLoop& in, Resource of, Store<int> from, Lines& to) -> Process {
    try {
      const Held held = co_await of.seize();
      const std::optional<int> item = co_await from.take();
      EXPECT_EQ(item, 3);
      EXPECT_FALSE(held);
      EXPECT_EQ(held.amount(), 0);
    } catch (const Preempted&) {
      ADD_FAILURE() << "the wait was for an item, which came first";
    }
    co_await in.delay(5h);
    to.push_back({"done", hours(in)});
  }(loop, crane, yard, log));
  loop.start([](ProcessLoop& in, Resource of, Store<int> into) -> Process {
    co_await in.delay(1h);
    EXPECT_TRUE(into.try_put(3));
    const Held held = co_await of.preempt(1, 1);
    co_await in.delay(10h);
  }(loop, crane, yard));
  loop.run();
  EXPECT_THAT(log, ElementsAre(Line{"done", 6}));
}

// Both units of one process are taken at 3: he is told once, and asks for both again at 3. From 4
// on he has the 7 hours that were left.
TEST(ProcessPreemption, WhoLosesTwiceAtOnceIsToldOnceIfHeLetsGoOfBoth) {
  ProcessLoop loop;
  Resource crane(loop, "crane", 2);
  Lines log;
  loop.start([](ProcessLoop& in, Resource of, Lines& to) -> Process {
    for (Duration left = 10h; left > 0h;) {
      const Held one = co_await of.seize();
      const Held other = co_await of.seize();
      try {
        co_await in.delay(left);
        left = 0h;
      } catch (const Preempted& lost) {
        left = lost.remaining;
        to.push_back({"loses", hours(in)});
      }
    }
    to.push_back({"done", hours(in)});
  }(loop, crane, log));
  loop.start([](ProcessLoop& in, Resource of) -> Process {
    co_await in.delay(3h);
    const Held held = co_await of.preempt(2, 1);
    co_await in.delay(1h);
  }(loop, crane));
  loop.run();
  EXPECT_THAT(log, ElementsAre(Line{"loses", 3}, Line{"done", 11}));
  EXPECT_EQ(crane.in_use(), 0);
}

// Kept, as the process does not run while somebody else lets go of it.
TEST(ProcessPreemption, WhatAnotherLetsGoOfIsToldNevertheless) {
  ProcessLoop loop;
  Resource crane(loop, "crane", 1);
  Lines log;
  Held passed;
  loop.start([](ProcessLoop& in, Resource of, Held& on, Lines& to) -> Process {
    on = co_await of.seize();
    try {
      co_await in.delay(10h);
    } catch (const Preempted& lost) {
      EXPECT_EQ(lost.remaining, 8h);
      to.push_back({"loses", hours(in)});
    }
  }(loop, crane, passed, log));
  loop.start([](ProcessLoop& in, Resource of, Held& of_other) -> Process {
    co_await in.delay(2h);
    const Held held = co_await of.preempt(1, 1);
    EXPECT_FALSE(of_other);
    of_other.release();
  }(loop, crane, passed));
  loop.run();
  EXPECT_THAT(log, ElementsAre(Line{"loses", 2}));
}

// A resource that nobody names any more is there until what was lost of it has been let go of.
TEST(ProcessPreemption, WhatWasLostMayBeLetGoOfWhenTheResourceHasNoNameAnyMore) {
  ProcessLoop loop;
  Held lost;
  {
    Resource crane(loop, "crane", 1);
    loop.start([](ProcessLoop&, Resource of, Held& to) -> Process { to = co_await of.seize(); }(
                                                           loop, crane, lost));
    loop.start([](ProcessLoop& in, Resource of) -> Process {
      co_await in.delay(1h);
      const Held held = co_await of.preempt(1, 1);
    }(loop, crane));
  }
  loop.run();
  EXPECT_FALSE(lost);
  lost.release();
}

// The foreman seizes for the worker and is gone; the worker is told when the crane is taken.
TEST(ProcessPreemption, TellsWhoKeepsWhatAnotherHasSeized) {
  ProcessLoop loop;
  Resource crane(loop, "crane", 1);
  Lines log;
  loop.start([](ProcessLoop& in, Resource of, Lines& to) -> Process {
    Held held;
    co_await in.start([](ProcessLoop&, Resource seized, Held& into, ProcessRef by) -> Process {
      into = co_await seized.seize();
      into.keep_by(by);
    }(in, of, held, in.current()));
    EXPECT_TRUE(held);
    try {
      co_await in.delay(10h);
    } catch (const Preempted&) {
      to.push_back({"loses", hours(in)});
    }
  }(loop, crane, log));
  loop.start(urgent(loop, crane, log, 4h, 1, 1));
  loop.run();
  EXPECT_THAT(log, ElementsAre(Line{"urgent", 4}, Line{"loses", 4}));
}

// Of 10 hours of work 7 are left when it is broken off at 3, by a wait that might have ended by a
// breakdown as well.
TEST(ProcessPreemption, WorkThatMayEndOtherwiseIsWorkedLaterToo) {
  ProcessLoop loop;
  Resource machine(loop, "machine", 1);
  Gate breakdown(loop, "breakdown");
  Lines log;
  loop.start([](ProcessLoop& in, Resource of, Gate broken, Lines& to) -> Process {
    for (Duration left = 10h; left > 0h;) {
      const Held held = co_await of.seize();
      try {
        const auto [done, failed] = co_await any_of(in.delay(left), broken.open());
        EXPECT_TRUE(done);
        left = 0h;
      } catch (const Preempted& lost) {
        left = lost.remaining;
      }
    }
    to.push_back({"done", hours(in)});
  }(loop, machine, breakdown, log));
  loop.start(urgent(loop, machine, log, 3h, 1, 1));
  loop.run();
  EXPECT_THAT(log, ElementsAre(Line{"urgent", 3}, Line{"done", 12}));
}

// He stands still in a run of his own while another lets go of what he has lost.
TEST(ProcessPreemption, WhatIsLetGoOfDuringARunOfHisIsToldHimNevertheless) {
  ProcessLoop loop;
  Resource crane(loop, "crane", 1);
  Lines log;
  Held passed;
  loop.start([](ProcessLoop& in, Resource of, Held& on, Lines& to) -> Process {
    on = co_await of.seize();
    in.run_until(kStart + 5h);
    EXPECT_FALSE(on);
    try {
      co_await in.delay(1h);
    } catch (const Preempted&) {
      to.push_back({"told", hours(in)});
    }
  }(loop, crane, passed, log));
  loop.start([](ProcessLoop& in, Resource of, Held& of_other) -> Process {
    co_await in.delay(1h);
    const Held held = co_await of.preempt(1, 1);
    of_other.release();
  }(loop, crane, passed));
  loop.run();
  EXPECT_THAT(log, ElementsAre(Line{"told", 5}));
}

// Granted at 1, then interrupted, then pre-empted, all before he goes on: his seize throws the
// loss, as what was interrupted is the wait after it.
TEST(ProcessPreemption, OfOneWhoWasInterruptedBeforeHeWentOnComesFirst) {
  ProcessLoop loop;
  Resource crane(loop, "crane", 1);
  Lines log;
  loop.start([](ProcessLoop& in, Resource of, Lines& to) -> Process {
    Held held = co_await of.seize();
    const ProcessRef other =
        in.start([](ProcessLoop& of_both, Resource crane_of, Lines& says) -> Process {
          try {
            const Held granted = co_await crane_of.seize();
          } catch (const Preempted&) {
            says.push_back({"lost", hours(of_both)});
          }
          try {
            co_await of_both.delay(1h);
          } catch (const Interrupted& broken) {
            says.push_back({broken.what(), hours(of_both)});
          }
        }(in, of, to));
    co_await in.delay(1h);
    held.release();
    other.interrupt("coffee");
    held = co_await of.preempt(1, 5);
    co_await in.delay(3h);
  }(loop, crane, log));
  loop.run();
  EXPECT_THAT(log, ElementsAre(Line{"lost", 1}, Line{"coffee", 1}));
}

// v has one unit and w three of four. u waits for three, more important than v and less than w. At
// 2 v takes one from w, who loses all three; with the two that are left over u needs one more,
// which is v's. So v is told at 2, though what he awaits besides never comes.
TEST(ProcessPreemption, OfOneWhoseAllOfBeginsBreaksThatOff) {
  ProcessLoop loop;
  Resource crane(loop, "crane", 4);
  Gate gate(loop, "gate");
  Lines log;
  loop.start([](ProcessLoop& in, Resource of, Gate at, Lines& to) -> Process {
    const Held own = co_await of.seize(1, 1);
    co_await in.delay(2h);
    try {
      (void)co_await all_of(of.preempt(1, 9), at.open());
    } catch (const Preempted&) {
      to.push_back({"v is told", hours(in)});
    }
    EXPECT_FALSE(own);
  }(loop, crane, gate, log));
  loop.start([](ProcessLoop& in, Resource of, Lines& to) -> Process {
    const Held held = co_await of.seize(3, 8);
    try {
      co_await in.delay(50h);
    } catch (const Preempted&) {
      to.push_back({"w is told", hours(in)});
    }
  }(loop, crane, log));
  loop.start([](ProcessLoop& in, Resource of, Lines& to) -> Process {
    co_await in.delay(1h);
    const Held held = co_await of.preempt(3, 5);
    to.push_back({"u has them", hours(in)});
    co_await in.delay(3h);
  }(loop, crane, log));
  loop.run();
  EXPECT_THAT(log, ::testing::UnorderedElementsAre(Line{"w is told", 2}, Line{"u has them", 2},
                                                   Line{"v is told", 2}));
  EXPECT_EQ(crane.in_use(), 0);
}

}  // namespace
}  // namespace racked::des
