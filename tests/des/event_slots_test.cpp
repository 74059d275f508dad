#include <racked/des/event_slots.h>

#include <gtest/gtest.h>

#include <cstdint>
#include <set>
#include <utility>

namespace racked::des {
namespace {

TEST(EventSlots, ASlotIsUsedAgainUnderAnotherGeneration) {
  EventSlots<int> slots;
  EXPECT_FALSE(slots.pending(0, 0));
  EXPECT_FALSE(slots.pending(0, 1));
  const std::uint32_t first = slots.take(7);
  const std::uint32_t generation = slots[first].generation;
  EXPECT_EQ(slots[first].payload, 7);
  EXPECT_TRUE(slots.pending(first, generation));
  slots.release(first);
  EXPECT_FALSE(slots.pending(first, generation));
  const std::uint32_t second = slots.take(8);
  EXPECT_EQ(second, first);
  EXPECT_NE(slots[second].generation, generation);
}

TEST(EventSlots, AllAreReleasedTogetherAndNoneTwice) {
  EventSlots<int> slots;
  std::uint32_t taken[5];
  std::uint32_t generations[5];
  for (int i = 0; i < 5; ++i) {
    taken[i] = slots.take(i);
    generations[i] = slots[taken[i]].generation;
  }
  slots.release(taken[2]);
  slots.release_all();
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(slots.pending(taken[i], generations[i]));
  bool seen[5] = {};
  for (int i = 0; i < 5; ++i) {
    const std::uint32_t slot = slots.take(i);
    ASSERT_LT(slot, 5u);
    EXPECT_FALSE(seen[slot]);
    seen[slot] = true;
  }
}

// Whatever became of a slot, what it gets after all were released is none of what it had.
TEST(EventSlots, WhatWasReleasedTogetherNeverComesBack) {
  EventSlots<int> slots;
  std::set<std::pair<std::uint32_t, std::uint32_t>> handles;
  for (std::uint32_t round = 0; round < 50; ++round) {
    for (std::uint32_t i = 0; i < 40; ++i) {
      const std::uint32_t slot = slots.take(1);
      EXPECT_TRUE(handles.emplace(slot, slots[slot].generation).second);
      if (i * 7 % 5 < round % 5) slots.release(slot);
    }
    slots.release_all();
    for (const auto& [slot, generation] : handles) ASSERT_FALSE(slots.pending(slot, generation));
  }
}

TEST(EventSlots, AGenerationThatComesRoundGivesTheSlotUp) {
  EventSlots<int> slots;
  const std::uint32_t first = slots.take(1);
  slots[first].generation = ~std::uint32_t{0};
  slots.release(first);
  EXPECT_NE(slots.take(2), first);
}

}  // namespace
}  // namespace racked::des
