#include <racked/des/process.h>
#include <racked/des/any_of.h>
#include <racked/des/gate.h>
#include <racked/des/resource.h>

#include "hours.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace racked::des {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

using Log = std::vector<std::string>;

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

TEST(ProcessStall, DoesNotNameAnAwaitedProcessByNothing) {
  ProcessLoop loop;
  Gate never(loop, "never");
  const ProcessRef first =
      loop.start([](ProcessLoop&, Gate at) -> Process { co_await at.open(); }(loop, never));
  loop.start([](ProcessLoop& in, ProcessRef other, Gate at) -> Process {
    co_await any_of(other, at.open(), in.delay(1h));
    co_await all_of(other, at.open());
  }(loop, first, never));
  loop.run();
  const auto all = loop.waiting();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].process, "process 1");
  EXPECT_EQ(all[0].awaits, "'never' to open");
  EXPECT_EQ(all[1].process, "process 2");
  EXPECT_EQ(all[1].awaits, "the end of process 1 and 'never' to open");
}

// The crane is had, and the first permit, which is gone: only the second is waited for.
TEST(ProcessStall, TellsOnlyOfPartsThatHaveNotEnded) {
  ProcessLoop loop;
  Resource crane(loop, "crane", 1);
  std::optional<Gate> first(std::in_place, loop, "a permit with a name that is rather long");
  const Gate second(loop, "second");
  loop.start([](ProcessLoop&, Resource of, auto& at, Gate other) -> Process {
    (void)co_await all_of(of.seize(), at->open(), other.open());
  }(loop, crane, first, second));
  loop.run();
  first->set_open(true);
  first.reset();
  EXPECT_EQ(loop.waiting().at(0).awaits, "'second' to open");
}

TEST(ProcessStall, TellsOfADelayAndOfOneThatHasNotGoneOnYet) {
  ProcessLoop loop;
  loop.start([](ProcessLoop& in) -> Process { co_await in.delay(2h); }(loop), "cures");
  EXPECT_EQ(loop.waiting().at(0).awaits, "its turn");
  loop.run_until(kStart + 1h);
  EXPECT_EQ(loop.waiting().at(0).awaits, "time to pass");
}

}  // namespace
}  // namespace racked::des
