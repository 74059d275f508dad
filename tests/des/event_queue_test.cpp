#include "twins.h"

#include <racked/des/event_queue.h>
#include <racked/des/random_stream.h>

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <functional>
#include <random>
#include <vector>

namespace racked::des {
namespace {

struct Times {
  const char* name;
  std::function<std::int64_t(std::uint64_t)> span;  // from random bits, not negative
};

double unit(std::uint64_t bits) { return RandomStream::uniform_of(bits); }

const std::vector<Times>& all_times() {
  static const std::vector<Times> all = {
      {"exponential", [](std::uint64_t r) { return std::int64_t(-1e9 * std::log(unit(r))); }},
      {"uniform", [](std::uint64_t r) { return std::int64_t(r % 2'000'000'000); }},
      {"bimodal",
       [](std::uint64_t r) { return std::int64_t((r % 10 == 0 ? 1e11 : 1e9) * unit(r)); }},
      {"heavy tail",
       [](std::uint64_t r) { return std::int64_t(std::min(1e3 * std::pow(unit(r), -2.5), 1e13)); }},
      {"constant", [](std::uint64_t) { return std::int64_t{1'000'000}; }},
      {"bursts", [](std::uint64_t r) { return std::int64_t(r % 5 + 1) * 86'400'000'000'000; }},
      {"mostly now", [](std::uint64_t r) { return r % 10 == 0 ? std::int64_t(r % 1000) : 0; }},
      {"all now", [](std::uint64_t) { return std::int64_t{0}; }},
      {"few ticks", [](std::uint64_t r) { return std::int64_t(r % 7); }},
      {"powers of two", [](std::uint64_t r) { return std::int64_t{1} << r % 44; }},
      {"around a carry",
       [](std::uint64_t r) {
         return (std::int64_t{1} << (8 * (r % 5))) + std::int64_t(r >> 62) - 1;
       }},
      {"two clusters",
       [](std::uint64_t r) {
         return std::int64_t(r % 2) * 1'000'000'000'000 + std::int64_t(r >> 50);
       }},
  };
  return all;
}

// Grows to `most` events, holds, drains; again and again. With an even seed it looks at the next
// event after every operation.
void churn(const Times& times, std::size_t most, std::size_t operations, std::uint32_t seed) {
  SCOPED_TRACE(std::string(times.name) + " up to " + std::to_string(most));
  Twins both(seed);
  const auto time = [&] { return both.reached() + Duration(times.span(both.random())); };
  const bool looks_always = seed % 2 == 0;
  bool growing = true;
  for (std::size_t i = 0; i < operations; ++i) {
    if (both.size() >= most) growing = false;
    if (both.size() == 0) growing = true;
    const std::uint64_t dice = both.random() % 100;
    if (dice < (growing ? 55u : 25u)) {
      both.push(time());
    } else if (dice < 80 && both.size() > 0) {
      ASSERT_NO_FATAL_FAILURE(both.pop_until(Time::max()));
    } else if (dice < 85) {
      ASSERT_NO_FATAL_FAILURE(both.pop_until(time()));
    } else if (dice < 99) {
      ASSERT_NO_FATAL_FAILURE(both.touch(time));
    } else {
      ASSERT_NO_FATAL_FAILURE(both.compare());
    }
    if (both.random() % 50'000 == 0) both.go_on_with_a_copy();
    if (!looks_always) continue;
    ASSERT_NO_FATAL_FAILURE(both.compare());
  }
  ASSERT_NO_FATAL_FAILURE(both.drain());
}

TEST(EventQueue, AgreesWithTheReferenceWhateverTheTimes) {
  std::uint32_t seed = 1;
  for (const Times& times : all_times())
    for (const std::size_t most : {3u, 6u, 12u, 40u, 700u, 6'000u})
      ASSERT_NO_FATAL_FAILURE(churn(times, most, 60'000, seed++));
}

TEST(EventQueue, AgreesWithTheReferenceWhenItIsLarge) {
  for (const Times& times : all_times()) ASSERT_NO_FATAL_FAILURE(churn(times, 20'000, 200'000, 98));
}

TEST(EventQueue, GrowsAndDrainsInOrderWhateverTheTimes) {
  for (const Times& times : all_times()) {
    SCOPED_TRACE(times.name);
    Twins both(5);
    for (int i = 0; i < 50'000; ++i) both.push(kStart + Duration(times.span(both.random())));
    ASSERT_NO_FATAL_FAILURE(both.drain());
  }
}

TEST(EventQueue, HoldsAcrossEverySwitchPoint) {
  for (std::size_t size = 1; size < 8'000; size = size * 3 / 2 + 1) {
    Twins both(static_cast<std::uint32_t>(size));
    for (std::size_t i = 0; i < size; ++i) both.push(at(std::int64_t(both.random() % 1'000'000)));
    for (std::size_t i = 0; i < 3 * size + 100; ++i) {
      ASSERT_NO_FATAL_FAILURE(both.pop_until(Time::max()));
      both.push(both.reached() + Duration(std::int64_t(both.random() % 1'000'000)));
      if (i % 64 != 0) continue;
      ASSERT_NO_FATAL_FAILURE(both.compare());
    }
    ASSERT_NO_FATAL_FAILURE(both.drain());
  }
}

// Sizes at which events move from one form to another, reached by pushes alone, in order, out of
// order, or in order but for the last; then one operation of each kind, some more events, and down
// to none by pops and cancels in turns.
TEST(EventQueue, EveryOperationMayBeTheOneThatChangesItsForm) {
  for (const std::size_t size : {1u, 2u, 3u, 4u, 5u, 6u, 8u, 9u, 15u, 16u, 17u, 33u, 64u, 129u,
                                 1'023u, 1'024u, 4'095u, 4'096u, 4'097u})
    for (const int order : {0, 1, 2})
      for (const int operation : {0, 1, 2, 3, 4, 5}) {
        SCOPED_TRACE(::testing::Message() << size << ' ' << order << ' ' << operation);
        Twins both(static_cast<std::uint32_t>(size));
        const auto time = [&] {
          return both.reached() + Duration(std::int64_t(both.random() % 99));
        };
        for (std::size_t i = 0; i < size; ++i) {
          const bool behind = order == 0 || (order == 2 && i + 1 < size);
          both.push(behind ? at(std::int64_t(100 + i / 3)) : time());
          if (operation != 5) continue;
          ASSERT_NO_FATAL_FAILURE(both.compare());
        }
        const auto one = [&](int kind) {
          if (kind == 0) both.pop_until(Time::max());
          if (kind == 1) both.touch(time);
          if (kind == 2) both.go_on_with_a_copy();
          if (kind == 3) both.pop_until(both.reached());
          both.compare();
        };
        ASSERT_NO_FATAL_FAILURE(one(operation));
        for (std::size_t i = 0; i < size / 2 + 2; ++i) both.push(time());
        while (both.size() > 0) {
          ASSERT_NO_FATAL_FAILURE(one(0));
          ASSERT_NO_FATAL_FAILURE(one(1));
        }
        both.push(time());
        ASSERT_NO_FATAL_FAILURE(both.drain());
      }
}

// Cleared in any form, and used again.
TEST(EventQueue, StartsOverFromEveryForm) {
  EventQueue<std::size_t> queue;
  for (const std::size_t size : {1u, 4u, 5u, 40u, 4'000u, 5'000u})
    for (const int form : {0, 1, 2}) {
      queue.clear();
      for (std::size_t i = 0; i < size; ++i)
        queue.push(at(std::int64_t(form == 0 ? i : size - i)), Turn::start, i);
      if (form == 2) queue.pop();
      EXPECT_EQ(queue.size(), form == 2 ? size - 1 : size);
      queue.clear();
      EXPECT_TRUE(queue.empty());
      EXPECT_EQ(queue.size(), 0u);
      EXPECT_FALSE(queue.next());
      EXPECT_FALSE(queue.pop_until(at(0)));
      for (std::size_t i = 0; i < 20; ++i) queue.push(at(std::int64_t(i)), Turn::start, i);
      for (std::size_t i = 0; i < 20; ++i) ASSERT_EQ(queue.pop().payload, i);
    }
}

// Each leaves after all the others, until one does not, or one is cancelled or moved.
TEST(EventQueue, HoldsWhatComesInOrderUntilSomethingDoesNot) {
  for (const std::size_t size : {3u, 20u, 500u, 4'095u, 4'096u, 9'000u})
    for (const int then : {0, 1, 2}) {
      EventQueue<std::size_t> queue;
      std::vector<EventHandle> handles;
      const auto span = Duration(1'000'000);
      for (std::size_t i = 0; i < size; ++i)
        handles.push_back(queue.push_cancellable(at(std::int64_t(i)) + span, Turn::start, i));
      std::size_t next = 0;
      const auto expect = [&](std::size_t payload) {
        const Event<std::size_t> event = queue.pop();
        ASSERT_EQ(event.payload, payload);
        queue.push(event.time + span, Turn::start, size + next++);
      };
      for (std::size_t i = 0; i < 2 * size; ++i) ASSERT_NO_FATAL_FAILURE(expect(i));
      if (then == 0) {
        queue.push(queue.reached(), Turn::start, 1'000'000);
        ASSERT_EQ(queue.pop().payload, 1'000'000u);
      }
      const EventHandle last =
          queue.push_cancellable(queue.reached() + span, Turn::start, 1'000'000);
      if (then == 1) {
        ASSERT_TRUE(queue.reschedule(last, queue.reached()));
        ASSERT_EQ(queue.pop().payload, 1'000'000u);
      }
      if (then == 2) {
        ASSERT_TRUE(queue.cancel(last));
      }
      for (const EventHandle stale : handles) ASSERT_FALSE(queue.cancel(stale));
      for (std::size_t i = 2 * size; i < 3 * size; ++i) ASSERT_NO_FATAL_FAILURE(expect(i));
    }
}

TEST(EventQueue, TheEndsOfTimeAreInOrder) {
  for (const int events : {6, 10'000}) {
    Twins both(3, Time::min());
    const std::int64_t low = Time::min().time_since_epoch().count();
    const std::int64_t high = Time::max().time_since_epoch().count();
    for (int i = 0; i < events; ++i) {
      const auto near = static_cast<std::int64_t>(both.random() % 3);
      const std::int64_t ends[] = {low + near, high - near, near - 1};
      both.push(at(ends[i % 3]));
      if (i % 100 != 0) continue;
      ASSERT_NO_FATAL_FAILURE(both.compare());
    }
    ASSERT_NO_FATAL_FAILURE(both.drain());
  }
}

TEST(EventQueue, EqualTimesLeaveByTurnThenFirstScheduledFirst) {
  EventQueue<int> queue;
  queue.push(at(5), Turn::observe, 0);
  queue.push(at(5), Turn::start, 1);
  queue.push(at(5), Turn::finish, 2);
  queue.push(at(5), Turn::start, 3);
  queue.push(at(4), Turn::observe, 4);
  queue.push(at(5), Turn::finish, 5);
  std::vector<int> order;
  while (!queue.empty()) order.push_back(queue.pop().payload);
  EXPECT_EQ(order, (std::vector<int>{4, 2, 5, 1, 3, 0}));
}

TEST(EventQueue, ARescheduledEventCountsAsScheduledNow) {
  EventQueue<int> queue;
  const EventHandle first = queue.push_cancellable(at(5), Turn::start, 1);
  queue.push(at(5), Turn::start, 2);
  ASSERT_TRUE(queue.reschedule(first, at(5)));
  EXPECT_EQ(queue.pop().payload, 2);
  EXPECT_TRUE(queue.pending(first));
  EXPECT_EQ(queue.pop().payload, 1);
  EXPECT_FALSE(queue.pending(first));
}

TEST(EventQueue, AStaleHandleIsNeverAnotherEvents) {
  EventQueue<int> queue;
  EXPECT_FALSE(queue.pending({}));
  EXPECT_FALSE(queue.cancel({}));
  EXPECT_FALSE(queue.reschedule({}, at(1)));
  const EventHandle popped = queue.push_cancellable(at(1), Turn::start, 1);
  const EventHandle cancelled = queue.push_cancellable(at(2), Turn::start, 2);
  queue.pop();
  EXPECT_TRUE(queue.cancel(cancelled));
  for (int i = 0; i < 100; ++i) queue.push_cancellable(at(3), Turn::start, i);
  for (const EventHandle stale : {popped, cancelled}) {
    EXPECT_FALSE(queue.pending(stale));
    EXPECT_FALSE(queue.cancel(stale));
    EXPECT_FALSE(queue.reschedule(stale, at(4)));
  }
  for (const int events : {1, 100, 10'000}) {
    queue.clear();
    const EventHandle cleared = queue.push_cancellable(at(3), Turn::start, 0);
    for (int i = 1; i < events; ++i) queue.push_cancellable(at(i % 7), Turn::start, i);
    queue.clear();
    EXPECT_TRUE(queue.empty());
    EXPECT_FALSE(queue.pending(cleared));
  }
}

// Also when nothing is left but what was cancelled, and between cancelling all and popping the
// last.
TEST(EventQueue, EmptiedByCancellingItStartsOver) {
  for (const int events : {1, 5, 100, 10'000})
    for (const int popped : {0, 1}) {
      EventQueue<int> queue;
      for (int round = 0; round < 3; ++round) {
        const Time now = queue.reached();
        std::vector<EventHandle> handles;
        for (int i = 0; i < events; ++i)
          handles.push_back(queue.push_cancellable(now + Duration(7 * i % events), Turn::start, i));
        for (int i = popped; i < events; ++i) {
          ASSERT_TRUE(queue.cancel(handles[static_cast<std::size_t>(i)]));
        }
        for (int i = 0; i < popped; ++i) {
          ASSERT_FALSE(queue.empty());
          ASSERT_EQ(queue.pop().payload, i);
        }
        ASSERT_TRUE(queue.empty());
        ASSERT_EQ(queue.size(), 0u);
        ASSERT_FALSE(queue.next());
        ASSERT_FALSE(queue.pop_until(now + Duration(1)));
        queue.push(now + Duration(2), Turn::start, -2);
        queue.push(now + Duration(1), Turn::start, -1);
        ASSERT_EQ(queue.size(), 2u);
        ASSERT_EQ(queue.pop().payload, -1);
        ASSERT_EQ(queue.pop().payload, -2);
      }
    }
}

TEST(EventQueue, ThePastIsRefusedAndLeavesTheQueueAsItWas) {
  EventQueue<int> queue;
  const EventHandle handle = queue.push_cancellable(at(10), Turn::start, 1);
  queue.push(at(5), Turn::start, 2);
  queue.pop();
  EXPECT_THROW(queue.push(at(4), Turn::start, 3), std::logic_error);
  EXPECT_THROW(queue.push_cancellable(at(4), Turn::start, 3), std::logic_error);
  EXPECT_THROW(queue.reschedule(handle, at(4)), std::logic_error);
  EXPECT_FALSE(queue.pop_until(at(7)));
  EXPECT_EQ(queue.reached(), at(7));
  EXPECT_THROW(queue.push(at(6), Turn::start, 3), std::logic_error);
  queue.push(at(7), Turn::start, 4);
  EXPECT_EQ(queue.pop().payload, 4);
  EXPECT_EQ(queue.pop().payload, 1);
  EXPECT_TRUE(queue.empty());
}

// Timeouts that are set and nearly always cancelled: what is cancelled must not pile up.
TEST(EventQueue, CancelledEventsTakeNoMemoryForLong) {
  EventQueue<int> queue;
  for (int i = 0; i < 5'000; ++i) queue.push(at(1'000'000'000 + i), Turn::start, i);
  std::size_t before = 0;
  for (int i = 0; i < 2'000'000; ++i) {
    const EventHandle timeout = queue.push_cancellable(at(500'000'000 + i), Turn::start, i);
    ASSERT_TRUE(queue.cancel(timeout));
    if (i == 20'000) before = queue.memory();
  }
  EXPECT_LT(queue.memory(), 2 * before);
  EXPECT_EQ(queue.size(), 5'000u);
  EXPECT_EQ(queue.pop().payload, 0);
}

// Events are moved, cancelled and replaced again and again, so that what no longer counts is swept
// out many times, and what is left of it stands beside entries that a sweep has kept.
template <class Queue>
void move_most() {
  for (const std::uint32_t seed : {1u, 2u, 3u, 4u}) {
    std::mt19937_64 random(seed);
    Queue queue;
    ReferenceQueue reference;
    std::vector<std::pair<EventHandle, ReferenceQueue::Key>> events(5'000);
    const auto soon = [&] {
      return queue.reached() + Duration(std::int64_t(random() % 1'000'000'000));
    };
    const auto push = [&](std::size_t i) {
      const Time time = soon();
      events[i] = {queue.push_cancellable(time, Turn::start, int(i)),
                   reference.push(time, Turn::start, int(i))};
    };
    const auto pop = [&] {
      const auto event = queue.pop_until(Time::max()), expected = reference.pop_until(Time::max());
      ASSERT_TRUE(event && expected);
      ASSERT_EQ(event->time, expected->time);
      ASSERT_EQ(event->payload, expected->payload);
      if (reference.size() + 1 == events.size()) push(std::size_t(event->payload));
    };
    for (std::size_t i = 0; i < events.size(); ++i) push(i);
    for (int round = 0; round < 100'000; ++round) {
      const std::size_t i = random() % events.size();
      auto& [handle, key] = events[i];
      if (random() % 4 > 0) {
        const Time to = soon();
        ASSERT_TRUE(queue.reschedule(handle, to));
        key = reference.reschedule(key, to);
      } else {
        ASSERT_TRUE(queue.cancel(handle) && reference.cancel(key));
        push(i);
      }
      if (round % 100 == 0) {
        ASSERT_NO_FATAL_FAILURE(pop());
      }
    }
    events.clear();
    while (reference.size() > 0) ASSERT_NO_FATAL_FAILURE(pop());
    EXPECT_TRUE(queue.empty());
  }
}

// 40 000 events come soon, 60 000 later, 3 000 behind them. Those later are cancelled: no more than
// are tolerated beside so many pending ones. When the first 40 000 have left, they are not any
// more, and one of the pops would have to pass all of them: a copy tells how many are there still.
TEST(EventQueue, NoPopHasToPassMoreThanIsTolerated) {
  EventQueue<int> queue;
  std::vector<EventHandle> later;
  for (int i = 0; i < 40'000; ++i) queue.push(at(i * 1'000), Turn::start, i);
  for (int i = 0; i < 60'000; ++i)
    later.push_back(queue.push_cancellable(at(50'000'000 + i * 1'000), Turn::start, i));
  for (int i = 0; i < 3'000; ++i) queue.push(at(200'000'000 + i * 1'000), Turn::start, i);
  for (const EventHandle handle : later) EXPECT_TRUE(queue.cancel(handle));
  for (int i = 0; i < 40'000; ++i) ASSERT_EQ(queue.pop().payload, i);
  const std::size_t slots = 60'000 * 16;
  const EventQueue<int> copy = queue;
  EXPECT_LE(copy.memory(), slots + 3'000 * 5 / 2 * 24 + 300'000);
  for (int i = 0; i < 3'000; ++i) ASSERT_EQ(queue.pop().payload, i);
}

TEST(EventQueue, AgreesWithTheReferenceWhenMostOfItNoLongerCounts) { move_most<EventQueue<int>>(); }
TEST(EventQueue, AgreesWithTheReferenceWhenVersionsStartOver) {
  move_most<EventQueue<int, 20'000>>();
}

// Of 5 000 events one a tick each is moved to where it is, twice; then versions start over, for the
// third time, and all are moved 500 ticks earlier, and some of them again, so that the fourth time
// the new entries are found first.
TEST(EventQueue, WhatWasMovedSinceVersionsStartedOverStaysMoved) {
  constexpr int kEvents = 5'000, kEarlier = 500;
  constexpr std::int64_t kTick = 1'000'000;
  EventQueue<int, 5'050> queue;
  std::vector<EventHandle> handles;
  const auto time_of = [&](int i) { return at(1'000 * kTick + i * kTick); };
  for (int i = 0; i < kEvents; ++i)
    handles.push_back(queue.push_cancellable(time_of(i), Turn::start, i));
  for (const int again : {1, 2})
    for (int i = 0; i < kEvents; ++i)
      ASSERT_TRUE(queue.reschedule(handles[static_cast<std::size_t>(i)], time_of(i))) << again;
  for (const int from : {0, kEvents - 200})
    for (int i = from; i < kEvents; ++i)
      ASSERT_TRUE(queue.reschedule(handles[static_cast<std::size_t>(i)], time_of(i - kEarlier)));
  for (int i = 0; i < kEvents; ++i) {
    const Event<int> event = queue.pop();
    ASSERT_EQ(event.payload, i);
    ASSERT_EQ(event.time, time_of(i - kEarlier));
  }
  EXPECT_TRUE(queue.empty());
}

// Of a tournament's leaves at least three quarters are in use; scheduled at once or one by one.
TEST(EventQueue, FewEventsTakeSixtyFourBytesEach) {
  for (const int events : {100, 120, 250, 1'000, 4'000})
    for (const bool at_once : {true, false}) {
      EventQueue<std::uint64_t> queue;
      std::mt19937_64 random(1);
      const auto push = [&] {
        queue.push(queue.reached() + Duration(std::int64_t(random() % 1'000'000)), Turn::start, 0);
      };
      for (int i = 0; i < events; ++i) {
        push();
        if (at_once || i == 0) continue;
        queue.pop();
        push();
      }
      for (int i = 0; i < 5 * events; ++i) {
        queue.pop();
        push();
      }
      EXPECT_LE(queue.memory(), static_cast<std::size_t>(64 * events)) << events;
    }
}

TEST(EventQueue, ManyEventsTakeThirtyTwoBytesEach) {
  EventQueue<std::uint64_t> queue;
  std::mt19937_64 random(1);
  for (int i = 0; i < 1'000'000; ++i)
    queue.push(at(std::int64_t(random() % 1'000'000'000'000)), Turn::start, 0);
  for (int i = 0; i < 1'000'000; ++i) {
    const Time now = queue.pop().time;
    queue.push(now + Duration(std::int64_t(random() % 1'000'000'000'000)), Turn::start, 0);
  }
  EXPECT_LE(queue.memory(), 32'000'000u);
}

// A handle that was given out after the copy was made names nothing in the copy: the slot that it
// would lead to is free, though it has the same generation.
TEST(EventQueue, AHandleOfAFreeSlotIsStale) {
  EventQueue<int> queue;
  EXPECT_TRUE(queue.cancel(queue.push_cancellable(at(5), Turn::finish, 1)));
  queue.push(at(7), Turn::finish, 2);
  const EventQueue<int> saved = queue;
  const EventHandle handle = queue.push_cancellable(at(6), Turn::finish, 3);
  queue = saved;
  EXPECT_FALSE(queue.pending(handle));
  EXPECT_FALSE(queue.cancel(handle));
  EXPECT_FALSE(queue.reschedule(handle, at(8)));
  EXPECT_EQ(queue.size(), 1u);
  EXPECT_EQ(queue.pop().payload, 2);
}

// Of as many as stand in the list of the present instant, the first is told between any two.
// 399 events of one instant, among which there was one of a later one; it is cancelled, and so are
// others, until a sweep has begun, which stops in their midst.
TEST(EventQueue, ABurstLeavesTogetherWhateverWasSweptOutOfIt) {
  const auto at = [](std::int64_t time) { return Time(Duration(time)); };
  for (const std::int64_t other : {0x30006, 0x30080}) {
    EventQueue<int> queue;
    std::vector<EventHandle> far;
    for (int i = 0; i < 6'000; ++i)
      far.push_back(queue.push_cancellable(at((1ll << 34) + i * 1'000), Turn::start, -1));
    queue.push(at(0x30005), Turn::start, 0);
    const EventHandle odd = queue.push_cancellable(at(other), Turn::start, -1);
    for (int i = 1; i < 399; ++i) queue.push(at(0x30005), Turn::start, i);
    queue.cancel(odd);
    for (std::size_t i = 0; i + 1 <= queue.size() + queue.size() / 2 + 64; ++i)
      queue.cancel(far[i]);
    for (int i = 0; i < 399; ++i) {
      const auto event = queue.pop_until(at(0x30005));
      ASSERT_TRUE(event) << i;
      ASSERT_EQ(event->payload, i);
    }
    EXPECT_FALSE(queue.pop_until(at(other)));
  }
}

TEST(EventQueue, TheNextOfABurstIsTheFirstThatIsLeft) {
  EventQueue<int> queue;
  for (int i = 0; i < 100'000; ++i) queue.push(at(i < 90'000 ? 50 : 60), Turn::start, i);
  for (int i = 0; i < 100'000; ++i) {
    ASSERT_EQ(queue.next()->time, at(i < 90'000 ? 50 : 60));
    ASSERT_EQ(queue.pop().payload, i);
  }
  EXPECT_FALSE(queue.next());
}

TEST(EventQueue, PayloadsMayBeAlignedToACacheLine) {
  // In every form; that nothing is read from elsewhere is for the sanitizers to say.
  struct alignas(64) Line {
    std::array<std::uint64_t, 8> numbers;
  };
  for (const std::uint64_t events : {3u, 100u, 3'000u, 20'000u}) {
    EventQueue<Line> queue;
    for (std::uint64_t i = 0; i < events; ++i) {
      const std::uint64_t place = i * 7'919 % events;
      const Time time{Duration(static_cast<std::int64_t>(place))};
      if (i % 2 == 0) {
        queue.push(time, Turn::start, Line{{place}});
      } else {
        queue.push_cancellable(time, Turn::start, Line{{place}});
      }
    }
    EventQueue<Line> copy = queue;
    for (std::uint64_t i = 0; i < events; ++i) {
      ASSERT_EQ(copy.pop().payload.numbers[0], i);
      ASSERT_EQ(queue.pop().payload.numbers[0], i);
    }
  }
}

}  // namespace
}  // namespace racked::des
