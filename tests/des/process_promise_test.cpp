#include <racked/des/process_promise.h>

#include <racked/des/process.h>

#include <gtest/gtest.h>

#include <string>

namespace racked::des::process_detail {
namespace {

using namespace std::chrono_literals;

// With its seat and the coroutine's two addresses that leaves 80 of two cache lines for parameters
// and variables.
TEST(ProcessPromise, IsShort) { EXPECT_LE(sizeof(Promise), 80u); }

TEST(ProcessPromise, FindsTheLoopAmongTheParameters) {
  EXPECT_TRUE((kTakesLoop<ProcessLoop>));
  EXPECT_TRUE((kTakesLoop<ProcessLoop, int>));
  EXPECT_TRUE((kTakesLoop<std::string, ProcessLoop, int>));  // a member function's object
  EXPECT_FALSE((kTakesLoop<>));
  EXPECT_FALSE((kTakesLoop<std::string>));
  EXPECT_FALSE((kTakesLoop<int, int, ProcessLoop>));
}

TEST(ProcessPromise, IsFoundFromTheSeatOfItsProcess) {
  ProcessLoop loop;
  const auto sleeper = [](ProcessLoop& in) -> Process { co_await in.delay(1h); };
  const ProcessRef process = loop.start(sleeper(loop));
  Promise* const promise = Kernel::promise_of(process);
  ASSERT_NE(promise, nullptr);
  EXPECT_EQ(&promise->loop, &loop);
  EXPECT_EQ(&Promise::in(promise->seat()), promise);
  loop.run();
  EXPECT_EQ(Kernel::promise_of(process), nullptr);
}

// A wait is told in words by what the process is about to do.
TEST(ProcessPromise, TellsWhatItAwaits) {
  ProcessLoop loop;
  const auto sleeper = [](ProcessLoop& in) -> Process {
    co_await in.delay(1h);
    co_await in.until(kNever);
  };
  const Promise& promise = *Kernel::promise_of(loop.start(sleeper(loop), "sleeper"));
  EXPECT_EQ(promise.called(), "sleeper");
  EXPECT_EQ(promise.told(), "its turn");
  loop.run_until(kStart);
  EXPECT_EQ(promise.told(), "time to pass");
  loop.run();
  EXPECT_EQ(promise.told(), "to be interrupted");
}

}  // namespace
}  // namespace racked::des::process_detail
