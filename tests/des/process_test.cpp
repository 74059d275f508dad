#include <racked/des/process.h>

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

TEST(Process, LetsTimePass) {
  ProcessLoop loop;
  std::vector<double> times;
  const auto walk = [](ProcessLoop& in, std::vector<double>& at) -> Process {
    at.push_back(hours(in));
    co_await in.delay(3h);
    at.push_back(hours(in));
    co_await in.until(kStart + 10h);
    at.push_back(hours(in));
    co_await in.delay(1.5h);
    at.push_back(hours(in));
  };
  loop.start(walk(loop, times));
  EXPECT_TRUE(times.empty());
  EXPECT_EQ(loop.run(), Ended::empty);
  EXPECT_THAT(times, ElementsAre(0, 3, 10, 11.5));
  EXPECT_EQ(loop.processes(), 0u);
}

TEST(Process, ItsNameIsKnownUntilItEnds) {
  ProcessLoop loop;
  const auto one = [](ProcessLoop& in) -> Process { co_await in.delay(1h); };
  const ProcessRef crane = loop.start(one(loop), "crane"), other = loop.start(one(loop));
  const ProcessRef nobody;
  EXPECT_EQ(crane.name(), "crane");
  EXPECT_EQ(other.name(), loop.waiting()[1].process);
  EXPECT_EQ(nobody.name(), "");
  std::string seen;
  loop.start(
      [](ProcessLoop& in, std::string& name) -> Process {
        name = in.current().name();
        co_return;
      }(loop, seen),
      "I");
  loop.run();
  EXPECT_EQ(seen, "I");
  EXPECT_EQ(crane.name(), "");
}

TEST(Process, TheEndOfAnotherIsAwaited) {
  ProcessLoop loop;
  std::vector<double> at;
  const ProcessRef worker =
      loop.start([](ProcessLoop& in) -> Process { co_await in.delay(5h); }(loop));
  const auto waits = [](ProcessLoop& in, ProcessRef other, std::vector<double>& times) -> Process {
    co_await other;
    times.push_back(hours(in));
    co_await other;  // has ended: no wait
    times.push_back(hours(in));
  };
  loop.start(waits(loop, worker, at));
  loop.start(waits(loop, worker, at));
  EXPECT_TRUE(worker.running());
  loop.run();
  EXPECT_FALSE(worker.running());
  EXPECT_THAT(at, ElementsAre(5, 5, 5, 5));
}

}  // namespace
}  // namespace racked::des
