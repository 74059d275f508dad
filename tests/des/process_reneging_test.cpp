#include <racked/des/process.h>
#include <racked/des/resource.h>

#include "jobs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace racked::des {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

TEST(ProcessReneging, PatienceEndsWithoutHolding) {
  ProcessLoop loop;
  Resource crane(loop, "crane", 1);
  Lines log;
  loop.start(job(loop, crane, log, "holder", 0h, 1, 10h));
  const auto leaves = [](ProcessLoop& in, Resource of, Lines& to) -> Process {
    co_await in.delay(1h);
    Held held = co_await of.seize().within(2h);
    EXPECT_FALSE(held);
    EXPECT_EQ(held.amount(), 0);
    to.push_back({"reneges", hours(in)});
  };
  loop.start(leaves(loop, crane, log));
  loop.start(job(loop, crane, log, "stays", 1h, 1, 1h));
  loop.run();
  EXPECT_THAT(log, ElementsAre(Line{"holder", 0}, Line{"reneges", 3}, Line{"stays", 10}));
}

TEST(ProcessReneging, WhenTheFirstInTheQueueGivesUpThoseBehindHimAreServed) {
  ProcessLoop loop;
  Resource crew(loop, "crew", 4);
  Lines log;
  loop.start(job(loop, crew, log, "a", 0h, 3, 10h));
  loop.start([](ProcessLoop& in, Resource of) -> Process {
    co_await in.delay(1h);
    Held held = co_await of.seize(4).within(1h);
    EXPECT_FALSE(held);
  }(loop, crew));
  loop.start(job(loop, crew, log, "behind", 1h, 1, 1h));
  loop.run();
  EXPECT_THAT(log, ElementsAre(Line{"a", 0}, Line{"behind", 2}));
}

}  // namespace
}  // namespace racked::des
