#include <racked/des/process.h>
#include <racked/des/any_of.h>
#include <racked/des/gate.h>
#include <racked/des/resource.h>
#include <racked/des/store.h>

#include "hours.h"
#include "process_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace racked::des {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

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
  Process one = say(loop, log, "replaced", 0h);
  one = say(loop, log, "the other", 0h);
  loop.start(std::move(one));
  loop.run();
  EXPECT_THAT(log, ElementsAre("the other"));
}

TEST(ProcessDestruction, WhatGoesWithTheLoopNeitherGrantsNorOpensNorInterruptsNorStarts) {
  struct Meddles {
    ProcessLoop& loop;
    Gate gate;
    const std::vector<ProcessRef>& others;
    Log& log;
    ~Meddles() {
      gate.set_open(true);
      for (const ProcessRef& other : others) other.interrupt("the end");
      loop.start(say(loop, log, "started at the end", 0h));
    }
  };
  Log log;
  std::vector<ProcessRef> all;
  {
    ProcessLoop loop;
    Gate gate(loop, "permit");
    Resource crane(loop, "crane", 1);
    const auto stays = [](ProcessLoop& in, Gate at, Resource of, const std::vector<ProcessRef>& who,
                          Log& to) -> Process {
      const Meddles last{in, at, who, to};
      const Held held = co_await of.seize().within(1h);
      if (held) co_await in.delay(9h);
      co_await at.open();
      to.push_back("goes on");
    };
    for (int i = 0; i < 4; ++i) all.push_back(loop.start(stays(loop, gate, crane, all, log)));
    loop.run_until(kStart + 3h);
    EXPECT_EQ(loop.processes(), 4u);
  }
  EXPECT_TRUE(log.empty());
}

TEST(ProcessDestruction, AMillionPendingEventsDoNotMakeTheEndOfAProcessLong) {
  // Were they looked through at each end or interrupt, it would be 10¹¹ steps.
  ProcessLoop loop;
  const auto sleeps = [](ProcessLoop& in) -> Process { co_await in.delay(1000h); };
  for (int i = 0; i < 1'000'000; ++i) loop.start(sleeps(loop));
  loop.run_until(kStart + 1h);
  const auto interrupted = [](ProcessLoop& in, std::uint64_t& ends) -> Process {
    try {
      co_await in.delay(100h);
    } catch (const Interrupted&) {
      ++ends;
    }
  };
  std::uint64_t ends = 0;
  for (int i = 0; i < 100'000; ++i) {
    const ProcessRef each = loop.start(interrupted(loop, ends));
    loop.run_until(loop.now());
    each.interrupt("enough");
    loop.run_until(loop.now());
    EXPECT_FALSE(each.running());
  }
  EXPECT_EQ(ends, 100'000u);
  EXPECT_EQ(loop.processes(), 1'000'000u);
}

// Units that stand in a store are given back to a resource that is still there; what begins by an
// item's end is gone as well.
TEST(ProcessDestruction, WhatStandsInAStoreGoesBeforeResources) {
  struct Starts {
    ProcessLoop& loop;
    std::shared_ptr<int> witness;
    ~Starts() {
      loop.start([](ProcessLoop& in, std::shared_ptr<int>) -> Process { co_await in.delay(1h); }(
                                                               loop, witness));
    }
  };
  const auto witness = std::make_shared<int>();
  {
    ProcessLoop loop;
    Resource crane(loop, "crane", 1);
    Store<Held> yard(loop, "yard");
    Store<std::unique_ptr<Starts>> starters(loop, "starters");
    loop.start([](ProcessLoop&, Resource of, Store<Held> into) -> Process {
      Held held = co_await of.seize();
      co_await into.put(std::move(held));
    }(loop, crane, yard));
    loop.start([](ProcessLoop& in, Store<std::unique_ptr<Starts>> into,
                  std::shared_ptr<int> of) -> Process {
      auto item = std::unique_ptr<Starts>(new Starts{in, of});
      co_await into.put(std::move(item));
    }(loop, starters, witness));
    loop.run();
    EXPECT_EQ(crane.in_use(), 1);
    EXPECT_EQ(witness.use_count(), 2);
  }
  EXPECT_EQ(witness.use_count(), 1);
}

TEST(ProcessDestruction, WhatIsHeldBeyondTheLoopIsGone) {
  Held kept;
  std::optional<Resource> name;
  {
    ProcessLoop loop;
    name.emplace(loop, "crew", 2);
    name->watch();
    loop.start([](ProcessLoop& in, Resource of, Held& to) -> Process {
      to = co_await of.seize();
      const Held own = co_await of.seize();
      co_await in.delay(1h);
    }(loop, *name, kept));
    loop.run_until(kStart);
    EXPECT_EQ(kept.amount(), 1);
  }
  EXPECT_FALSE(kept);
  EXPECT_EQ(kept.amount(), 0);
  kept.release();
}

}  // namespace
}  // namespace racked::des
