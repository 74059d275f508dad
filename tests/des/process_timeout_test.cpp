#include <racked/des/process.h>
#include <racked/des/any_of.h>
#include <racked/des/gate.h>
#include <racked/des/resource.h>
#include <racked/des/store.h>

#include "hours.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace racked::des {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

using Log = std::vector<std::string>;

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

TEST(ProcessTimeout, MayBeAFractionOfAUnit) {
  ProcessLoop loop;
  Gate gate(loop, "never open");
  loop.start([](ProcessLoop& in, Gate at) -> Process {
    EXPECT_FALSE(co_await at.open().within(1.5h));
    EXPECT_EQ(in.now(), kStart + 90min);
  }(loop, gate));
  loop.run();
  EXPECT_EQ(loop.now(), kStart + 90min);
}

}  // namespace
}  // namespace racked::des
