#include <racked/des/latecomers.h>
#include <racked/des/radix_wheel.h>

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <tuple>
#include <vector>

namespace racked::des {
namespace {

using Entry = RadixWheel<std::uint32_t>::Entry;

TEST(Latecomers, LeaveByInstantThenTurnThenAsTheyCame) {
  Latecomers<Entry> late;
  std::set<std::tuple<std::uint64_t, std::uint32_t, std::uint32_t>> expected;
  std::mt19937 random(3);
  const auto remove = [&] {
    ASSERT_EQ(late.first().payload, std::get<2>(*expected.begin()));
    late.remove_first();
    expected.erase(expected.begin());
  };
  for (std::uint32_t i = 0; i < 20'000; ++i) {
    // Grows to its most, and shrinks to none, again and again.
    const bool grow = i / 1'500 % 2 == 0;
    if (!late.full() && (grow || expected.empty() || random() % 3 == 0)) {
      const Entry entry{~std::uint64_t{0} - random() % 50, i,
                        static_cast<std::uint32_t>(random() % 3), 0};
      late.add(entry);
      expected.emplace(entry.instant, entry.turn(), i);
    } else {
      ASSERT_NO_FATAL_FAILURE(remove());
    }
    ASSERT_EQ(late.size(), expected.size());
  }
  late.drain([&](const Entry& entry) {
    ASSERT_EQ(entry.payload, std::get<2>(*expected.begin()));
    expected.erase(expected.begin());
  });
  EXPECT_TRUE(late.empty());
  EXPECT_TRUE(expected.empty());
}

// As many as need the first leaves, more, and more again; each time some are left when all go.
TEST(Latecomers, StartOverWhenTheyAreCleared) {
  Latecomers<Entry> late;
  late.clear();
  for (const std::uint32_t count : {5u, 40u, 1'000u, 20u}) {
    for (std::uint32_t i = 0; i < count; ++i) late.add({i / 3, i, 0, 0});
    for (std::uint32_t i = 0; i < count / 2; ++i) late.remove_first();
    late.clear();
    EXPECT_TRUE(late.empty());
    late.drain([](const Entry&) { FAIL(); });
    for (std::uint32_t i = 0; i < count; ++i) late.add({i / 3 + 5, i, 0, 0});
    std::uint32_t next = 0;
    late.drain([&](const Entry& entry) { ASSERT_EQ(entry.payload, next++); });
    EXPECT_EQ(next, count);
  }
}

// What wheel.pop() tells has to be there until something else is scheduled.
TEST(Latecomers, WhatIsRemovedStaysUntilSomethingIsAdded) {
  Latecomers<Entry> late;
  late.add({5, 1, 0, 0});
  late.add({4, 2, 0, 0});
  const Entry& first = late.first();
  late.remove_first();
  EXPECT_EQ(first.payload, 2u);
  EXPECT_EQ(late.first().payload, 1u);
}

}  // namespace
}  // namespace racked::des
