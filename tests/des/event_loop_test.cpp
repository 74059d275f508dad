#include <racked/des/event_loop.h>

#include <allocation_count.h>

#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <vector>

namespace racked::des {
namespace {

using namespace std::chrono_literals;

Time after(Duration span) { return kStart + span; }

TEST(EventLoop, TheClockStandsAtTheEventBeingHandled) {
  EventLoop<int> loop;
  loop.schedule(after(36h), Turn::finish, 1);
  Time seen{};
  EXPECT_EQ(loop.run_until(after(100h),
                           [&](const Event<int>& event) {
                             seen = loop.now();
                             EXPECT_EQ(event.time, loop.now());
                           }),
            Ended::empty);
  EXPECT_EQ(seen, after(36h));
  EXPECT_EQ(loop.now(), after(100h));
  EXPECT_EQ(loop.events_handled(), 1u);
}

TEST(EventLoop, WhatIsScheduledForThisInstantHappensInIt) {
  EventLoop<int> loop;
  std::vector<int> order;
  loop.schedule(after(1h), Turn::start, 1);
  loop.schedule(after(1h), Turn::observe, 4);
  loop.run_until(after(1h), [&](const Event<int>& event) {
    order.push_back(event.payload);
    if (event.payload == 1) {
      loop.schedule(loop.now(), Turn::start, 3);
      loop.schedule(loop.now(), Turn::finish, 2);  // an earlier turn of this instant: next of all
      EXPECT_TRUE(loop.more_now(Turn::finish));
    }
    if (event.payload == 2) {
      EXPECT_FALSE(loop.more_now(Turn::finish));
    }
  });
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3, 4}));
}

TEST(EventLoop, ThePastIsRefused) {
  EventLoop<int> loop;
  loop.schedule(after(2h), Turn::finish, 1);
  const EventHandle later = loop.schedule_cancellable(after(5h), Turn::finish, 2);
  loop.run_until(after(3h), [](const Event<int>&) {});
  EXPECT_THROW(loop.schedule(after(2h), Turn::finish, 3), std::logic_error);
  EXPECT_THROW(loop.reschedule(later, after(1h)), std::logic_error);
  EXPECT_TRUE(loop.pending(later));
  EXPECT_EQ(loop.size(), 1u);
}

TEST(EventLoop, AHandlerMayThrowAndTheLoopRunsOn) {
  EventLoop<int> loop;
  for (int i = 1; i <= 3; ++i) loop.schedule(after(i * 1h), Turn::finish, i);
  std::vector<int> handled;
  const auto handler = [&](const Event<int>& event) {
    if (event.payload == 2) throw std::runtime_error("two");
    handled.push_back(event.payload);
  };
  EXPECT_THROW(loop.run_until(after(9h), handler), std::runtime_error);
  EXPECT_EQ(loop.now(), after(2h));
  EXPECT_EQ(loop.run_until(after(9h), handler), Ended::empty);
  EXPECT_EQ(handled, (std::vector<int>{1, 3}));
}

TEST(EventLoop, StopBudgetAndPredicateEndARunEarly) {
  EventLoop<int> loop;
  for (int i = 1; i <= 10; ++i) loop.schedule(after(i * 1h), Turn::finish, i);
  EXPECT_EQ(loop.run_until(after(9h),
                           [&](const Event<int>& e) {
                             if (e.payload == 2) loop.stop();
                           }),
            Ended::stopped);
  EXPECT_EQ(loop.now(), after(2h));
  EXPECT_EQ(loop.run_until(
                after(9h), [](const Event<int>&) {}, 3),
            Ended::budget);
  EXPECT_EQ(loop.now(), after(5h));
  int seen = 0;
  EXPECT_EQ(loop.run_while([&] { return seen < 2; }, [&](const Event<int>&) { ++seen; }),
            Ended::stopped);
  EXPECT_EQ(loop.now(), after(7h));
  EXPECT_TRUE(loop.step([](const Event<int>&) {}));
  EXPECT_EQ(loop.run_until(after(9h), [](const Event<int>&) {}), Ended::time);
  EXPECT_EQ(loop.next_time(), after(10h));
  loop.reset();
  EXPECT_EQ(loop.now(), kStart);
  EXPECT_FALSE(loop.step([](const Event<int>&) {}));
}

TEST(EventLoop, RunsToItsLastEventWhereTheClockStays) {
  EventLoop<int> loop;
  loop.schedule(after(1h), Turn::finish, 3);
  std::vector<int> handled;
  const auto countdown = [&](const Event<int>& event) {
    handled.push_back(event.payload);
    if (event.payload == 2) loop.stop();
    if (event.payload > 0) loop.schedule(event.time + 1h, Turn::finish, event.payload - 1);
  };
  EXPECT_EQ(loop.run(countdown), Ended::stopped);
  EXPECT_EQ(loop.now(), after(2h));
  EXPECT_EQ(loop.run(countdown), Ended::empty);
  EXPECT_EQ(handled, (std::vector<int>{3, 2, 1, 0}));
  EXPECT_EQ(loop.now(), after(4h));
}

TEST(EventLoop, ACopyGoesOnToTheSameEnd) {
  // A hold model with its own little generator as payload.
  const auto run = [](EventLoop<std::uint32_t>& loop, Time end, std::vector<std::uint32_t>& trace) {
    loop.run_until(end, [&](const Event<std::uint32_t>& event) {
      const std::uint32_t next = event.payload * 1664525u + 1013904223u;
      trace.push_back(next);
      loop.schedule(loop.now() + Duration(next % 1000 + 1), Turn::finish, next);
    });
  };
  EventLoop<std::uint32_t> loop;
  for (std::uint32_t i = 0; i < 50; ++i) loop.schedule(kStart, Turn::finish, i);
  std::vector<std::uint32_t> before, first, second;
  run(loop, kStart + Duration(20'000), before);
  EventLoop<std::uint32_t> copy = loop;
  run(loop, kStart + Duration(60'000), first);
  run(copy, kStart + Duration(60'000), second);
  EXPECT_GT(first.size(), 1000u);
  EXPECT_EQ(first, second);
}

TEST(EventLoop, AHandlerIsToldAheadOfTimeWhatItWillHandle) {
  struct Handler {
    EventLoop<std::uint32_t>& loop;
    std::vector<std::uint32_t> announced, handled;

    void prefetch(const std::uint32_t& payload) { announced.push_back(payload); }
    void operator()(const Event<std::uint32_t>& event) { handled.push_back(event.payload); }
  };
  EventLoop<std::uint32_t> loop;
  Handler handler{loop, {}, {}};
  for (std::uint32_t i = 0; i < 20'000; ++i)
    loop.schedule(kStart + Duration(i * 7'919ull % 20'011), Turn::start, i);
  loop.run_until(kNever, handler);
  ASSERT_EQ(handler.handled.size(), 20'000u);
  EXPECT_GT(handler.announced.size(), 15'000u);
  // Nothing was cancelled or scheduled meanwhile: all that was announced came, in that order.
  std::size_t next = 0;
  for (const std::uint32_t payload : handler.handled)
    if (next < handler.announced.size() && handler.announced[next] == payload) ++next;
  EXPECT_EQ(next, handler.announced.size());
}

TEST(EventLoop, NothingIsAllocatedOnceWarm) {
  // Swings between 100 and 6 000 pending events, with a timeout for every second one that is
  // cancelled or put off.
  struct Model {
    EventLoop<std::uint32_t> loop;
    EventHandle timeout;

    void run(std::uint32_t events) {
      loop.run_until(
          kNever,
          [&](const Event<std::uint32_t>& event) {
            const std::uint32_t next = event.payload * 1664525u + 1013904223u;
            const std::uint32_t most = loop.events_handled() / 10'000 % 2 == 0 ? 6'000 : 100;
            const unsigned births = loop.size() < most ? 2 : next % 16 < 15 ? 0 : 1;
            for (unsigned i = 0; i < births; ++i)
              loop.schedule(loop.now() + Duration((next >> 8) % 100'000 + 1), Turn::start,
                            next + i);
            if (loop.size() < 50) loop.schedule(loop.now() + Duration(9), Turn::start, next);
            if (next % 4 == 0) loop.cancel(timeout);
            if (next % 4 == 1 && loop.pending(timeout))
              loop.reschedule(timeout, loop.now() + Duration(70'000));
            if (next % 2 == 0)
              timeout =
                  loop.schedule_cancellable(loop.now() + Duration(50'000), Turn::finish, next);
          },
          events);
    }
  };
  Model model;
  for (std::uint32_t i = 0; i < 100; ++i) model.loop.schedule(kStart, Turn::finish, i);
  model.run(400'000);
  const std::size_t before = testing::allocation_count();
  model.run(400'000);
  EXPECT_EQ(testing::allocation_count() - before, 0u);
  EXPECT_EQ(model.loop.events_handled(), 800'000u);
}

}  // namespace
}  // namespace racked::des
