#include <racked/des/gate.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace racked::des {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

TEST(Gate, LetsEverybodyThroughWhoWaitsWhenItOpensAlsoIfItClosesAtOnce) {
  ProcessLoop loop;
  Gate season(loop, "season");
  std::vector<std::int64_t> through;
  const auto passes = [](ProcessLoop& in, Gate gate, std::vector<std::int64_t>& at,
                         Duration comes) -> Process {
    co_await in.delay(comes);
    const bool open = co_await gate.open();
    EXPECT_TRUE(open);
    at.push_back((in.now() - kStart) / 1h);
  };
  for (const Duration comes : {0h, 1h, 3h, 6h}) loop.start(passes(loop, season, through, comes));
  loop.start([](ProcessLoop& in, Gate gate) -> Process {
    co_await in.delay(2h);
    gate.set_open(true);
    gate.set_open(false);
    EXPECT_FALSE(gate.is_open());
    co_await in.delay(3h);
    gate.set_open(true);
  }(loop, season));
  loop.run_until(kStart + 90min);
  EXPECT_EQ(season.waiting(), 2u);
  loop.run();
  EXPECT_THAT(through, ElementsAre(2, 2, 5, 6));
  EXPECT_EQ(season.waiting(), 0u);
}

}  // namespace
}  // namespace racked::des
