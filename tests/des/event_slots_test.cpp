#include <racked/des/event_slots.h>

#include <gtest/gtest.h>

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

TEST(EventSlots, AGenerationThatComesRoundGivesTheSlotUp) {
  EventSlots<int> slots;
  const std::uint32_t first = slots.take(1);
  slots[first].generation = ~std::uint32_t{0};
  slots.release(first);
  EXPECT_NE(slots.take(2), first);
}

}  // namespace
}  // namespace racked::des
