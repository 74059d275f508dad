#include <racked/des/handful.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace racked::des {
namespace {

Time at(std::int64_t ticks) { return Time(Duration(ticks)); }

std::vector<int> in_order(Handful<int> handful) {
  std::vector<int> payloads;
  while (!handful.none()) {
    payloads.push_back(handful.payload());
    handful.close_hole();
    handful.take_first();
  }
  return payloads;
}

TEST(Handful, EventsStandByTimeThenTurnThenFirstAdded) {
  Handful<int> handful;
  handful.add(at(20), 5 << 2 | 1, 1);
  handful.add(at(20), 6 << 2 | 0, 2);
  handful.add(at(-10), 7 << 2 | 2, 3);
  handful.add(at(20), 4 << 2 | 1, 4);
  EXPECT_EQ(handful.time(), at(-10));
  EXPECT_EQ(handful.time(3), at(20));
  EXPECT_EQ(handful.tag(3), 4u << 2 | 1);
  EXPECT_EQ(in_order(handful), (std::vector{3, 2, 1, 4}));
}

// Of 10 20 30 40 50 the first is taken and one added, into every place there is.
TEST(Handful, WhatIsAddedFillsTheHoleInOrder) {
  for (int time = 5; time <= 55; time += 10) {
    Handful<int> handful;
    for (int i = 1; i <= 5; ++i) handful.add(at(10 * i), 0, 10 * i);
    handful.take_first();
    EXPECT_TRUE(handful.has_hole());
    EXPECT_EQ(handful.size(), 4u);
    EXPECT_EQ(handful.time(), at(20));
    handful.add(at(time), 0, time);
    EXPECT_FALSE(handful.has_hole());
    std::vector<int> expected = {20, 30, 40, 50, time};
    std::sort(expected.begin(), expected.end());
    EXPECT_EQ(in_order(handful), expected);
    EXPECT_EQ(handful.first_time(), at(expected.front()));
  }
}

// The same by halves: whether it is one of the first two, and if not, behind them.
TEST(Handful, WhatIsNotAmongTheFirstTwoIsFilledInBehind) {
  for (int time = 5; time <= 55; time += 10) {
    Handful<int> handful;
    for (int i = 1; i <= 5; ++i) handful.add(at(10 * i), 0, 10 * i);
    handful.take_first();
    ASSERT_EQ(handful.fill_hole(at(time), 0, time), time < 30);
    if (time > 30) handful.fill_behind(at(time), 0, time);
    EXPECT_EQ(handful.size(), 5u);
    std::vector<int> expected = {20, 30, 40, 50, time};
    std::sort(expected.begin(), expected.end());
    EXPECT_EQ(in_order(handful), expected);
  }
}

// The guard behind the last is as late as the latest of times, and still later than it.
TEST(Handful, TheLatestOfTimesHasItsPlace) {
  Handful<int> handful;
  for (int i = 0; i < 8; ++i) handful.add(kNever, static_cast<std::uint32_t>(2 - i % 3), i);
  EXPECT_EQ(in_order(handful), (std::vector{2, 5, 1, 4, 7, 0, 3, 6}));
  handful.take_first();
  handful.add(kNever, 1, 8);
  EXPECT_EQ(in_order(handful), (std::vector{5, 1, 4, 7, 8, 0, 3, 6}));
}

TEST(Handful, OneIsRemovedByItsTagWhateverItsTurn) {
  Handful<int> handful;
  for (int i = 1; i <= 4; ++i) handful.add(at(i), static_cast<std::uint32_t>(i) << 2 | 1, i);
  handful.remove(3 << 2);
  EXPECT_EQ(in_order(handful), (std::vector{1, 2, 4}));
  handful.remove(1 << 2 | 1);
  EXPECT_EQ(in_order(handful), (std::vector{2, 4}));
  EXPECT_TRUE(handful.has_hole());
  handful.remove(2 << 2);
  EXPECT_EQ(in_order(handful), (std::vector{4}));
  handful.remove(4 << 2 | 2);
  EXPECT_TRUE(handful.none());
}

TEST(Handful, HasRoomForEightUnlessItIsClosed) {
  Handful<int> handful;
  EXPECT_TRUE(handful.none());
  for (int i = 0; i < 8; ++i) {
    EXPECT_TRUE(handful.has_room());
    handful.add(at(0), 0, i);
    EXPECT_FALSE(handful.none());
  }
  EXPECT_FALSE(handful.has_room());
  EXPECT_EQ(handful.size(), 8u);
  handful.take_first();
  EXPECT_TRUE(handful.has_room());
  EXPECT_EQ(handful.size(), 7u);
  handful.close();
  EXPECT_TRUE(handful.closed());
  EXPECT_FALSE(handful.none());
  EXPECT_EQ(handful.size(), 0u);
  handful.open();
  EXPECT_FALSE(handful.closed());
  EXPECT_TRUE(handful.none());
  EXPECT_TRUE(handful.has_room());
}

}  // namespace
}  // namespace racked::des
