#include <racked/des/process.h>

#include "process_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <utility>

namespace racked::des {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

TEST(ProcessStart, IsForTheLoopThatIsTheFirstParameter) {
  ProcessLoop loop, other;
  Log log;
  EXPECT_THROW(loop.start(say(other, log, "never", 1h)), std::logic_error);
  EXPECT_THROW(loop.start(say(other, log, "never", 1h), "name"), std::logic_error);
  EXPECT_EQ(loop.processes() + other.processes(), 0u);
  other.start(say(other, log, "once", 1h));
  loop.run();
  other.run();
  EXPECT_THAT(log, ElementsAre("once"));
}

// What is none of these is not compiled, and told why.
struct Object {};
static_assert(process_detail::kTakesLoop<ProcessLoop>);
static_assert(process_detail::kTakesLoop<ProcessLoop, int, int>);
static_assert(process_detail::kTakesLoop<const Object, ProcessLoop, int>);
static_assert(!process_detail::kTakesLoop<>);
static_assert(!process_detail::kTakesLoop<int>);
static_assert(!process_detail::kTakesLoop<const ProcessLoop>);
static_assert(!process_detail::kTakesLoop<int, int, ProcessLoop>);

TEST(ProcessStart, IsForWhatWasNotStarted) {
  ProcessLoop loop;
  Log log;
  Process process = say(loop, log, "once", 1h);
  loop.start(std::move(process));
  EXPECT_THROW(loop.start(std::move(process)), std::logic_error);
  EXPECT_THROW(loop.start(std::move(process), "name"), std::logic_error);
  process = say(loop, log, "another", 2h);
  loop.start(std::move(process), "name");
  loop.run();
  EXPECT_THAT(log, ElementsAre("once", "another"));
}

}  // namespace
}  // namespace racked::des
