#include <racked/des/process.h>
#include <racked/des/gate.h>

#include "hours.h"
#include "process_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace racked::des {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using Seen = std::vector<ProcessRef>;

TEST(ProcessCurrent, IsWhoRuns) {
  // a is broken off at 1, by c; the patience of b ends at 5, before c goes on to fail.
  ProcessLoop loop;
  Gate gate(loop, "permit");
  Seen seen;
  Log log;
  EXPECT_EQ(loop.current(), ProcessRef());
  const auto waits = [](ProcessLoop& in, Gate at, Seen& to) -> Process {
    try {
      co_await at.open().within(5h);
    } catch (const Interrupted&) {
    }
    to.push_back(in.current());
  };
  const ProcessRef a = loop.start(waits(loop, gate, seen)), b = loop.start(waits(loop, gate, seen));
  const ProcessRef c =
      loop.start([](ProcessLoop& in, ProcessRef first, Seen& to, Log& says) -> Process {
        co_await in.delay(1h);
        first.interrupt("enough");
        in.start(say(in, says, "another", 0h));
        to.push_back(in.current());
        co_await in.delay(4h);
        to.push_back(in.current());
        throw std::runtime_error("no oil");
      }(loop, a, seen, log));
  EXPECT_THROW(loop.run(), std::runtime_error);
  EXPECT_EQ(loop.current(), ProcessRef());
  EXPECT_THAT(seen, ElementsAre(c, a, b, c));
}

// Sees who runs when it goes.
struct Witness {
  Witness(ProcessLoop& in, Seen& to) : loop(in), seen(to) {}
  ~Witness() { seen.push_back(loop.current()); }
  ProcessLoop& loop;
  Seen& seen;
};

// What the process has itself goes before it has ended, its parameters after that.
TEST(ProcessCurrent, IsNobodyWhenItHasEnded) {
  Seen mine, parameters;
  {
    ProcessLoop loop;
    const auto ends = [](ProcessLoop& in, Seen& to, Witness) -> Process {
      const Witness witness(in, to);
      co_await in.delay(1h);
    };
    const ProcessRef a = loop.start(ends(loop, mine, Witness(loop, parameters)));
    parameters.clear();  // of those on the way
    loop.run();
    EXPECT_THAT(mine, ElementsAre(a));
    EXPECT_THAT(parameters, ElementsAre(ProcessRef()));
    loop.start(ends(loop, mine, Witness(loop, parameters)));
    loop.run_until(loop.now());
    mine.clear();
  }
  EXPECT_THAT(mine, ElementsAre(ProcessRef())) << "it goes with the loop";
}

// Says the hour every hour, until 6.
Process clock(ProcessLoop& loop, Log& log) {
  for (int hour = 1; hour <= 6; ++hour) {
    co_await loop.delay(1h);
    log.push_back(std::to_string(hour));
  }
}

// From 1 to 3 the loop is run by a process, which stands still: it goes on before the clock does.
TEST(ProcessCurrent, MayRunTheLoop) {
  ProcessLoop loop;
  Log log;
  loop.start([](ProcessLoop& in, Log& to) -> Process {
    const ProcessRef me = in.current();
    co_await in.delay(1h);
    EXPECT_EQ(in.run_until(kStart + 3h), Ended::time);
    EXPECT_EQ(in.current(), me);
    EXPECT_EQ(hours(in), 3);
    co_await in.delay(90min);
    to.push_back("ends");
  }(loop, log));
  loop.start(clock(loop, log));
  EXPECT_EQ(loop.run_until(kStart + 2h), Ended::time);
  EXPECT_EQ(hours(loop), 3) << "the run that was within it has come further";
  EXPECT_THAT(log, ElementsAre("1", "2", "3"));
  EXPECT_EQ(loop.run(), Ended::empty);
  EXPECT_THAT(log, ElementsAre("1", "2", "3", "4", "ends", "5", "6"));
}

// The inner run is stopped at 2, or left at 2 by an exception, and the outer one goes on. A stop
// that was asked for before the inner run is for the outer one.
TEST(ProcessCurrent, StopsTheInnermostRun) {
  for (const bool fails : {false, true}) {
    ProcessLoop loop;
    Log log;
    loop.start([](ProcessLoop& in, Log& to, bool throws) -> Process {
      in.start([](ProcessLoop& within, bool fail) -> Process {
        co_await within.delay(2h);
        if (fail) throw std::runtime_error("no oil");
        within.stop();
      }(in, throws));
      try {
        EXPECT_EQ(in.run(), Ended::stopped);
        EXPECT_FALSE(throws);
      } catch (const std::runtime_error&) {
        EXPECT_TRUE(throws);
      }
      to.push_back("outer");
      co_await in.delay(90min);
      in.stop();
      EXPECT_EQ(in.run_until(in.now() + 1h), Ended::time);
      to.push_back("waits");
      co_await in.delay(1h);
      to.push_back("ends");
    }(loop, log, fails));
    loop.start(clock(loop, log));
    EXPECT_EQ(loop.run(), Ended::stopped);
    EXPECT_THAT(log, ElementsAre("1", "outer", "2", "3", "4", "waits"));
    EXPECT_EQ(loop.run(), Ended::empty);
    EXPECT_THAT(log, ElementsAre("1", "outer", "2", "3", "4", "waits", "5", "ends", "6"));
  }
}

}  // namespace
}  // namespace racked::des
