#include "twins.h"

#include <allocation_count.h>
#include <racked/des/event_queue.h>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <new>
#include <random>
#include <type_traits>
#include <utility>
#include <vector>

namespace racked::des {
namespace {

// Moving is never copying.
static_assert(std::is_nothrow_move_constructible_v<EventQueue<int>>);
static_assert(std::is_nothrow_move_assignable_v<EventQueue<int>>);

// Queues of every form, in every situation that a copy has to tell from others.
struct Situation {
  const char* name;
  Twins twins;
};

void push(Twins& twins, std::size_t count, std::uint64_t span) {
  for (std::size_t i = 0; i < count; ++i)
    twins.push(twins.reached() + Duration(std::int64_t(twins.random() % span)));
}
void push_in_order(Twins& twins, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) twins.push(twins.reached() + Duration(i));
}
void pop(Twins& twins, std::size_t count) {
  for (std::size_t i = 0; i < count && twins.size() > 0; ++i) twins.pop_until(Time::max());
}
void hold(Twins& twins, std::size_t count, std::uint64_t span) {
  for (std::size_t i = 0; i < count; ++i) {
    pop(twins, 1);
    push(twins, 1, span);
  }
}
void touch(Twins& twins, std::size_t count, std::uint64_t span) {
  const auto time = [&] { return twins.reached() + Duration(std::int64_t(twins.random() % span)); };
  for (std::size_t i = 0; i < count; ++i) twins.touch(time);
}

constexpr std::uint64_t kLong = 1'000'000'000, kShort = 1'000;

std::vector<Situation> situations() {
  std::vector<Situation> all;
  const auto add = [&](const char* name, auto&& change) {
    all.push_back({name, Twins(static_cast<std::uint32_t>(all.size()))});
    change(all.back().twins);
  };
  add("new", [](Twins&) {});
  add("a handful", [](Twins& twins) { push(twins, 3, kLong); });
  add("a handful with a hole", [](Twins& twins) {
    push(twins, 4, kLong);
    pop(twins, 1);
  });
  add("a run", [](Twins& twins) { push_in_order(twins, 100); });
  add("half a run", [](Twins& twins) {
    push_in_order(twins, 300);
    pop(twins, 150);
  });
  add("a run out of order", [](Twins& twins) { push(twins, 100, kLong); });
  add("a tournament", [](Twins& twins) {
    push(twins, 300, kLong);
    hold(twins, 200, kLong);
    pop(twins, 1);
  });
  add("a tournament with free leaves", [](Twins& twins) {
    push(twins, 300, kLong);
    touch(twins, 400, kLong);
  });
  add("a wheel", [](Twins& twins) { push(twins, 5'000, kLong); });
  add("half a window", [](Twins& twins) {
    push(twins, 5'000, kLong);
    hold(twins, 2'345, kLong);
  });
  add("latecomers", [](Twins& twins) {
    push(twins, 5'000, kLong);
    hold(twins, 300, kShort);
    push(twins, 100, kShort);
  });
  add("a burst", [](Twins& twins) {
    push(twins, 5'000, 3);
    pop(twins, 500);
    push(twins, 100, 1);
  });
  add("cancelled ones", [](Twins& twins) {
    push(twins, 6'000, kLong);
    touch(twins, 3'000, kLong);
    pop(twins, 50);
  });
  add("a wheel of which little is left", [](Twins& twins) {
    push(twins, 20'000, kLong);
    pop(twins, 18'500);
  });
  add("a burst of which little is left", [](Twins& twins) {
    push(twins, 20'000, 2);
    pop(twins, 18'500);
    push(twins, 50, 1);
  });
  add("a run after a wheel", [](Twins& twins) {
    push(twins, 6'000, kLong);
    pop(twins, 5'500);
  });
  add("nothing after a wheel", [](Twins& twins) {
    push(twins, 5'000, kLong);
    touch(twins, 1'000, kLong);
    twins.clear();
  });
  return all;
}

// Something of everything.
void go_on(Twins& twins, int steps) {
  for (int i = 0; i < steps; ++i) {
    push(twins, twins.random() % 3, twins.random() % 2 == 0 ? kLong : kShort);
    pop(twins, twins.random() % 3);
    touch(twins, 1, kLong);
    twins.compare();
  }
}

TEST(EventQueueCopy, GoesOnLikeItsOriginalAndWithoutIt) {
  std::vector<Situation> all = situations();
  for (Situation& situation : all) {
    SCOPED_TRACE(situation.name);
    Twins& original = situation.twins;
    Twins copy = original;
    const Twins& same = original;
    original = same;
    ASSERT_NO_FATAL_FAILURE(go_on(copy, 300));
    const Twins copy_of_a_copy = copy;
    ASSERT_NO_FATAL_FAILURE(copy.drain());
    copy = copy_of_a_copy;
    ASSERT_NO_FATAL_FAILURE(go_on(original, 200));
    ASSERT_NO_FATAL_FAILURE(original.drain());
    original = std::move(copy);
    ASSERT_NO_FATAL_FAILURE(original.drain());
  }
}

// Also what was moved away: its forms have nothing of their own any more.
TEST(EventQueueCopy, ReplacesWhatHasBeenMovedFrom) {
  for (const Situation& before : situations())
    for (const std::size_t size : {3u, 6'000u}) {
      SCOPED_TRACE(before.name);
      Twins replacement(1), moved = before.twins;
      push(replacement, size, kLong);
      Twins queue = std::move(moved);
      moved = replacement;
      ASSERT_NO_FATAL_FAILURE(push(moved, 5'000, kLong));
      ASSERT_NO_FATAL_FAILURE(go_on(moved, 100));
      ASSERT_NO_FATAL_FAILURE(moved.drain());
      replacement = std::move(queue);
      ASSERT_NO_FATAL_FAILURE(go_on(replacement, 100));
      ASSERT_NO_FATAL_FAILURE(replacement.drain());
    }
}

// The entry of an event that was cancelled stays in the wheel; what comes later in its slot is
// another event, in the copy too.
TEST(EventQueueCopy, KnowsWhatWasCancelled) {
  EventQueue<int> queue;
  for (int i = 0; i < 5'000; ++i) queue.push(at(1'000'000 + i), Turn::start, i);
  EXPECT_TRUE(queue.cancel(queue.push_cancellable(at(10), Turn::start, -1)));
  EventQueue<int> copy = queue;
  const EventHandle handle = copy.push_cancellable(at(20), Turn::start, -2);
  EXPECT_TRUE(copy.pending(handle));
  EXPECT_EQ(copy.pop().time, at(20));
  EXPECT_FALSE(copy.pending(handle));
  EXPECT_EQ(queue.pop().payload, 0);
}

TEST(EventQueueCopy, ReplacesWhateverWasThere) {
  const std::vector<Situation> all = situations();
  for (const Situation& before : all)
    for (const Situation& after : all) {
      SCOPED_TRACE(::testing::Message() << after.name << " replaces " << before.name);
      Twins queue = before.twins;
      queue = after.twins;
      const Twins& same = queue;
      queue = same;
      ASSERT_NO_FATAL_FAILURE(go_on(queue, 50));
      ASSERT_NO_FATAL_FAILURE(queue.drain());
      queue = before.twins;
      ASSERT_NO_FATAL_FAILURE(push(queue, 4'500, kLong));
      ASSERT_NO_FATAL_FAILURE(go_on(queue, 50));
    }
}

Time random_time(std::mt19937_64& random, Time from) {
  return from + Duration(std::int64_t(random() % 1'000'000'000'000));
}
EventQueue<std::uint64_t> filled(std::size_t size) {
  EventQueue<std::uint64_t> queue;
  std::mt19937_64 random(size);
  for (std::uint64_t i = 0; i < size; ++i) queue.push(random_time(random, kStart), Turn::start, i);
  return queue;
}

// Of 10⁶ events 10⁴ are left, 24 bytes each, in chunks that are mostly not full; then a hundred, in
// 24 bytes for each of the 1 024 that there were when they left the wheel, and 1.6 KB of the queue.
// Few, some and many events, of which many leave at the same instant.
TEST(EventQueueCopy, CanBeKeptAsTheListOfItsEvents) {
  for (const int pending : {5, 500, 20'000}) {
    std::mt19937_64 random(7);
    EventQueue<int> queue;
    for (int i = 0; i < pending; ++i)
      queue.push(Time(Duration(std::int64_t(random() % 1'000))), Turn(random() % 3), i);
    std::vector<Event<int>> kept;
    for (EventQueue<int> copy = queue; !copy.empty();) kept.push_back(copy.pop());
    EventQueue<int> again(queue.reached());
    for (const Event<int>& event : kept) again.push(event.time, event.turn, event.payload);
    while (!queue.empty()) {
      ASSERT_FALSE(again.empty());
      ASSERT_EQ(again.pop().payload, queue.pop().payload);
    }
    EXPECT_TRUE(again.empty());
  }
}

TEST(EventQueueCopy, HasRoomForWhatIsPendingNotForWhatHasBeen) {
  EventQueue<std::uint64_t> queue = filled(1'000'000);
  EXPECT_LT((EventQueue(queue).memory()), 30'000'000u);
  while (queue.size() > 10'000) queue.pop();
  EXPECT_GT(queue.memory(), 24'000'000u);
  EXPECT_LT((EventQueue(queue).memory()), 1'000'000u);
  while (queue.size() > 100) queue.pop();
  EXPECT_GT(queue.memory(), 24'000'000u);
  EXPECT_LT((EventQueue(queue).memory()), 30'000u);
  while (!queue.empty()) queue.pop();
  for (std::uint64_t i = 0; i < 10'000; ++i) queue.push(queue.reached(), Turn::start, i);
  queue.clear();
  EXPECT_LT((EventQueue(queue).memory()), 30'000u);
}

// The way of an experiment that starts from the same state again and again: the first time the
// queue may still take memory, then no more.
TEST(EventQueueCopy, TakesNoMemoryInAQueueThatHadAsMany) {
  for (const std::size_t size : {3u, 100u, 3'000u, 5'000u, 20'000u, 300'000u}) {
    SCOPED_TRACE(size);
    EventQueue<std::uint64_t> saved = filled(size), queue;
    for (std::size_t i = 0; i < size / 3; ++i) saved.pop();
    const auto branch = [&] {
      queue = saved;
      std::mt19937_64 random(7);
      for (std::size_t i = 0; i < size; ++i) {
        const Time now = queue.pop().time;
        queue.push(random_time(random, now), Turn::start, i);
        if (queue.cancel(queue.push_cancellable(now, Turn::start, i)) && i % 2 == 0)
          queue.push(now + Duration(std::int64_t(random() % 1'000)), Turn::start, i);
      }
    };
    branch();
    const std::size_t allocated = testing::allocation_count(), memory = queue.memory();
    branch();
    EXPECT_EQ(testing::allocation_count() - allocated, 0u);
    EXPECT_EQ(queue.memory(), memory);
  }
}

// Whichever allocation fails, the queue can be cleared or assigned to, and is as good as new.
TEST(EventQueueCopy, CanBeClearedOrReplacedWhenMemoryHasRunOut) {
  const auto cancel_some = [](EventQueue<std::uint64_t>& queue, std::uint64_t count) {
    std::vector<EventHandle> handles;
    for (std::uint64_t i = 0; i < count; ++i)
      handles.push_back(queue.push_cancellable(queue.reached(), Turn::start, i));
    for (const EventHandle handle : handles) ASSERT_TRUE(queue.cancel(handle));
  };
  EventQueue<std::uint64_t> saved = filled(20'000);
  cancel_some(saved, 1'000);
  for (std::int64_t i = 0; i < 2'000; ++i)
    saved.push(saved.pop().time, Turn::observe, std::uint64_t(i));
  for (std::int64_t i = 0; i < 100; ++i)
    saved.push(saved.reached() + Duration(1 + i), Turn::observe, std::uint64_t(i));
  const auto expect_the_same = [](EventQueue<std::uint64_t> a, EventQueue<std::uint64_t> b) {
    while (!a.empty()) ASSERT_EQ(a.pop().payload, b.pop().payload);
    ASSERT_TRUE(b.empty());
  };
  for (const std::size_t size : {0u, 100u, 5'000u})
    for (const bool clears : {false, true})
      for (std::size_t succeed = 0;; ++succeed) {
        EventQueue<std::uint64_t> queue = filled(size);
        cancel_some(queue, 10);
        bool failed = false;
        testing::fail_allocation_after(succeed);
        try {
          queue = saved;
        } catch (const std::bad_alloc&) {
          failed = true;
        }
        ASSERT_NE(testing::allocations_succeed(), failed);
        if (!failed) break;
        const EventQueue<std::uint64_t> next = filled(6'000);
        if (clears) {
          queue.clear();
          std::mt19937_64 random(6'000);
          for (std::uint64_t i = 0; i < 6'000; ++i)
            queue.push(random_time(random, kStart), Turn::start, i);
        } else {
          queue = next;
        }
        cancel_some(queue, 20);
        ASSERT_NO_FATAL_FAILURE(expect_the_same(queue, next));
      }
}

// What would be copied is empty, but the slots of what it had before are many.
TEST(EventQueueCopy, HandlesAreStaleOnceClearedWhenMemoryHasRunOut) {
  EventQueue<int> emptied;
  std::vector<EventHandle> handles;
  for (int i = 0; i < 1'000; ++i)
    handles.push_back(emptied.push_cancellable(kStart, Turn::start, i));
  for (const EventHandle handle : handles) ASSERT_TRUE(emptied.cancel(handle));
  bool failed = true;
  for (std::size_t succeed = 0; failed; ++succeed) {
    EventQueue<int> queue;
    const EventHandle handle = queue.push_cancellable(kStart, Turn::start, 7);
    failed = false;
    testing::fail_allocation_after(succeed);
    try {
      queue = emptied;
    } catch (const std::bad_alloc&) {
      failed = true;
    }
    ASSERT_NE(testing::allocations_succeed(), failed);
    queue.clear();
    EXPECT_FALSE(queue.pending(handle));
    EXPECT_FALSE(queue.cancel(handle));
  }
}

// Memory for the lists of buckets that are opened together runs out when some have been taken.
TEST(EventQueueCopy, WhatWasBeingOpenedWhenMemoryRanOutIsGoneOnceCleared) {
  bool failed = true;
  for (std::size_t succeed = 0; failed; ++succeed) {
    ASSERT_LT(succeed, 1'000u);
    EventQueue<std::uint64_t> queue = filled(20'000);
    failed = false;
    testing::fail_allocation_after(succeed);
    try {
      while (queue.size() > 10'000) queue.pop();
    } catch (const std::bad_alloc&) {
      failed = true;
    }
    ASSERT_NE(testing::allocations_succeed(), failed);
    if (!failed) break;
    queue.clear();
    for (std::uint64_t i = 0; i < 6'000; ++i)
      queue.push(kStart + Duration(std::int64_t(i)), Turn::start, i);
    for (std::uint64_t i = 0; i < 6'000; ++i) ASSERT_EQ(queue.pop().payload, i) << succeed;
    ASSERT_TRUE(queue.empty());
  }
}

}  // namespace
}  // namespace racked::des
