#include <racked/des/sorted_run.h>

#include <gtest/gtest.h>

namespace racked::des {
namespace {

struct Entry {
  std::uint64_t instant;
  unsigned of_turn;
  int id;
  unsigned turn() const { return of_turn; }
};

TEST(SortedRun, TakesWhatLeavesAfterAllTheOthers) {
  SortedRun<Entry> run;
  run.add({10, 1, 0});
  EXPECT_TRUE(run.takes(11, 0));
  EXPECT_TRUE(run.takes(10, 1));
  EXPECT_TRUE(run.takes(10, 2));
  EXPECT_FALSE(run.takes(10, 0));
  EXPECT_FALSE(run.takes(9, 2));
}

TEST(SortedRun, IsFirstInFirstOutWhileItGrowsAndTurns) {
  SortedRun<Entry> run;
  int added = 0, taken = 0;
  for (int round = 0; round < 200; ++round) {
    for (int i = 0; i < 7; ++i) run.add({static_cast<std::uint64_t>(added), 0, added}), ++added;
    for (int i = 0; i < 5; ++i, ++taken) {
      ASSERT_EQ(run.first().id, taken);
      run.remove_first();
    }
    ASSERT_EQ(run.size(), static_cast<std::size_t>(added - taken));
  }
  run.clear();
  EXPECT_TRUE(run.empty());
}

}  // namespace
}  // namespace racked::des
