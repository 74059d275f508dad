#include <racked/des/process.h>
#include <racked/des/any_of.h>
#include <racked/des/gate.h>
#include <racked/des/resource.h>

#include "hours.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace racked::des {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

using Log = std::vector<std::string>;

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

TEST(ProcessException, GoesToAllWhoAwaitTheProcess) {
  ProcessLoop loop;
  Log log;
  const ProcessRef fails = loop.start([](ProcessLoop& in) -> Process {
    co_await in.delay(1h);
    throw std::runtime_error("no oil");
  }(loop));
  const auto joins = [](ProcessLoop&, ProcessRef other, Log& to) -> Process {
    try {
      co_await other;
    } catch (const std::runtime_error& error) {
      to.push_back(error.what());
    }
  };
  loop.start(joins(loop, fails, log));
  loop.start(joins(loop, fails, log));
  loop.run();
  EXPECT_THAT(log, ElementsAre("no oil", "no oil"));
}

// Two await what fails at 1; who is cancelled at that instant, before he goes on, leaves it to the
// other, and both to the run.
TEST(ProcessException, IsNotLostWithWhoIsCancelledBeforeHeGoesOn) {
  for (std::size_t cancelled = 0; cancelled <= 2; ++cancelled) {
    ProcessLoop loop;
    Gate gate(loop, "gate");
    Log log;
    std::vector<ProcessRef> awaiting;
    loop.start([](ProcessLoop&, Gate at, std::vector<ProcessRef>& of, std::size_t most) -> Process {
      co_await at.open();
      for (std::size_t i = 0; i < most; ++i) of[i].cancel();
    }(loop, gate, awaiting, cancelled));
    const ProcessRef fails = loop.start([](ProcessLoop& in, Gate at) -> Process {
      co_await in.delay(1h);
      at.set_open(true);
      throw std::runtime_error("no oil");
    }(loop, gate));
    const auto joins = [](ProcessLoop& in, ProcessRef other, Log& to) -> Process {
      try {
        co_await any_of(other, in.delay(9h));
      } catch (const std::runtime_error& error) {
        to.push_back(error.what());
      }
    };
    for (int i = 0; i < 2; ++i) awaiting.push_back(loop.start(joins(loop, fails, log)));
    if (cancelled == 2) {
      EXPECT_THROW(loop.run(), std::runtime_error);
    }
    EXPECT_EQ(loop.run(), Ended::empty);
    EXPECT_EQ(log.size(), 2 - cancelled);
    EXPECT_EQ(loop.processes(), 0u);
  }
}

// Two fail at one instant; the run ends by the first, and the loop before anybody throws the other.
TEST(ProcessException, IsNobodysWhenTheLoopEnds) {
  bool thrown = false;
  {
    ProcessLoop loop;
    Gate gate(loop, "gate");
    loop.start([](ProcessLoop&, Gate at) -> Process {
      co_await at.open();
      throw std::logic_error("no water");
    }(loop, gate));
    const ProcessRef fails = loop.start([](ProcessLoop& in, Gate at) -> Process {
      co_await in.delay(1h);
      at.set_open(true);
      throw std::runtime_error("no oil");
    }(loop, gate));
    loop.start([](ProcessLoop&, ProcessRef other, bool& flag) -> Process {
      try {
        co_await other;
      } catch (const std::runtime_error&) {
        flag = true;
      }
    }(loop, fails, thrown));
    EXPECT_THROW(loop.run(), std::logic_error);
    EXPECT_EQ(loop.processes(), 1u);
  }
  EXPECT_FALSE(thrown);
}

TEST(ProcessException, OfOneDoesNotLoseThoseWhoGoOnAtTheSameInstant) {
  ProcessLoop loop;
  Gate gate(loop, "permit");
  Log log;
  const auto passes = [](ProcessLoop&, Gate at, Log& to, std::string name) -> Process {
    co_await at.open();
    if (name == "b") throw std::runtime_error("no oil");
    to.push_back(name);
  };
  for (const char* name : {"a", "b", "c"}) loop.start(passes(loop, gate, log, name));
  loop.start([](ProcessLoop& in, Gate at) -> Process {
    co_await in.delay(1h);
    at.set_open(true);
  }(loop, gate));
  EXPECT_THROW(loop.run(), std::runtime_error);
  EXPECT_THAT(log, ElementsAre("a"));
  EXPECT_EQ(loop.run(), Ended::empty);
  EXPECT_THAT(log, ElementsAre("a", "c"));
  EXPECT_EQ(hours(loop), 1);
}

TEST(ProcessException, LeavesAlsoARunThatWasStopped) {
  ProcessLoop loop;
  Log log;
  loop.start([](ProcessLoop& in) -> Process {
    co_await in.delay(1h);
    in.stop();
    throw std::runtime_error("no oil");
  }(loop));
  loop.start([](ProcessLoop& in, Log& to) -> Process {
    co_await in.delay(2h);
    to.push_back("goes on");
  }(loop, log));
  EXPECT_THROW(loop.run(), std::runtime_error);
  EXPECT_EQ(hours(loop), 1);
  EXPECT_EQ(loop.run(), Ended::empty);
  EXPECT_THAT(log, ElementsAre("goes on"));
}

// At 1 the crane is had; the permit never comes. At 2 the third part fails: the crane goes to the
// next, and nobody waits for the permit any more.
TEST(ProcessException, EndsAnAllOfAtOnce) {
  ProcessLoop loop;
  Resource crane(loop, "crane", 1);
  Gate permit(loop, "permit");
  Log log;
  const auto fails = [](ProcessLoop& in, Duration after) -> Process {
    co_await in.delay(after);
    throw std::runtime_error("no oil");
  };
  const auto works = [](ProcessLoop& in, Resource of, Duration span, Log& to) -> Process {
    const Held held = co_await of.seize();
    to.push_back("the crane at " + std::to_string(static_cast<int>(hours(in))));
    co_await in.delay(span);
  };
  loop.start(works(loop, crane, 1h, log));
  const ProcessRef other = loop.start(fails(loop, 2h));
  loop.start([](ProcessLoop&, Resource of, Gate at, ProcessRef bad, Log& to) -> Process {
    try {
      (void)co_await all_of(of.seize(), at.open(), bad);
    } catch (const std::runtime_error& error) {
      to.push_back(error.what());
    }
    EXPECT_EQ(of.in_use(), 1) << "by the next";
    EXPECT_EQ(at.waiting(), 0u);
  }(loop, crane, permit, other, log));
  loop.run_until(kStart + 90min);
  loop.start(works(loop, crane, 1h, log));
  loop.run();
  EXPECT_THAT(log, ElementsAre("the crane at 0", "no oil", "the crane at 2"));
  EXPECT_EQ(loop.processes(), 0u);
}

// Both fail at 1, the first of them ends the inner whole and with it the outer one: the second is
// awaited by nobody any more.
TEST(ProcessException, OfAWholeEndsTheWholeOfWhichItIsAPart) {
  ProcessLoop loop;
  Gate permit(loop, "permit");
  Log log;
  const auto fails = [](ProcessLoop& in, std::string why) -> Process {
    co_await in.delay(1h);
    throw std::runtime_error(why);
  };
  const ProcessRef a = loop.start(fails(loop, "no oil")), b = loop.start(fails(loop, "no crew"));
  loop.start([](ProcessLoop& in, ProcessRef p, ProcessRef q, Gate at, Log& to) -> Process {
    try {
      (void)co_await all_of(any_of(p, in.delay(5h)), all_of(q, at.open()), at.open());
    } catch (const std::runtime_error& error) {
      to.push_back(error.what());
    }
    EXPECT_EQ(at.waiting(), 0u);
  }(loop, a, b, permit, log));
  try {
    loop.run();
  } catch (const std::runtime_error& error) {
    log.push_back(error.what());
  }
  loop.run();
  EXPECT_THAT(log, ElementsAre("no oil", "no crew"));
  EXPECT_EQ(hours(loop), 1);
}

TEST(ProcessException, OfAWaitThatCannotBeginLeavesNothingInAQueue) {
  ProcessLoop loop;
  Resource crane(loop, "crane", 1);
  Log log;
  loop.start([](ProcessLoop& in, Resource of) -> Process {
    const Held held = co_await of.seize();
    co_await in.delay(2h);
  }(loop, crane));
  loop.start([](ProcessLoop& in, Resource of, Log& to) -> Process {
    co_await in.delay(1h);
    EXPECT_THROW((void)of.seize().within(-1h), std::invalid_argument);
    try {
      co_await any_of(of.seize(), in.until(kStart));  // in the past
    } catch (const std::logic_error&) {
      to.push_back("past");
    }
    try {
      co_await in.delay(-1h);
    } catch (const std::logic_error&) {
      to.push_back("past");
    }
    co_await in.delay(3h);
    EXPECT_EQ(of.in_use(), 0);
  }(loop, crane, log));
  loop.run();
  EXPECT_THAT(log, ElementsAre("past", "past"));
  EXPECT_EQ(hours(loop), 4);
}

}  // namespace
}  // namespace racked::des
