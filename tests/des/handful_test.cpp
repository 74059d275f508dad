#include <racked/des/handful.h>

#include <gtest/gtest.h>

#include <vector>

namespace racked::des {
namespace {

std::vector<int> in_order(Handful<int> handful) {
  std::vector<int> payloads;
  for (; !handful.empty(); handful.remove_first()) payloads.push_back(handful.payload());
  return payloads;
}

TEST(Handful, EventsStandByInstantThenTurnThenFirstAdded) {
  Handful<int> handful;
  handful.add(20, 5 << 2 | 1, 1);
  handful.add(20, 6 << 2 | 0, 2);
  handful.add(10, 7 << 2 | 2, 3);
  handful.add(20, 4 << 2 | 1, 4);
  EXPECT_EQ(handful.instant(), 10u);
  EXPECT_EQ(handful.instant(3), 20u);
  EXPECT_EQ(in_order(handful), (std::vector{3, 2, 1, 4}));
}

TEST(Handful, OneIsRemovedByItsTagWhateverItsTurn) {
  Handful<int> handful;
  for (int i = 1; i <= 4; ++i)
    handful.add(static_cast<std::uint64_t>(i), static_cast<std::uint32_t>(i) << 2 | 1, i);
  handful.remove(3 << 2);
  EXPECT_EQ(in_order(handful), (std::vector{1, 2, 4}));
  handful.remove(1 << 2 | 1);
  EXPECT_EQ(in_order(handful), (std::vector{2, 4}));
}

TEST(Handful, HasRoomForEightUnlessItIsClosed) {
  Handful<int> handful;
  for (int i = 0; i < 8; ++i) {
    EXPECT_TRUE(handful.has_room());
    handful.add(0, 0, i);
  }
  EXPECT_FALSE(handful.has_room());
  EXPECT_EQ(handful.size(), 8u);
  handful.close();
  EXPECT_TRUE(handful.closed());
  EXPECT_TRUE(handful.empty());
  EXPECT_FALSE(handful.has_room());
  handful.open();
  EXPECT_FALSE(handful.closed());
  EXPECT_TRUE(handful.has_room());
}

}  // namespace
}  // namespace racked::des
