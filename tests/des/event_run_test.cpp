#include <racked/des/event_run.h>

#include <gtest/gtest.h>

#include <vector>

namespace racked::des {
namespace {

struct Entry {
  std::uint64_t instant;
  unsigned of_turn;
  int id;
  unsigned turn() const { return of_turn; }
};

std::vector<int> ids(const EventRun<Entry>& run) {
  std::vector<int> all;
  for (const Entry& entry : run) all.push_back(entry.id);
  return all;
}

TEST(EventRun, IsSortedWhileEachLeavesAfterAllTheOthers) {
  const std::vector<Entry> after = {{11, 0, 1}, {10, 1, 1}, {10, 2, 1}};
  const std::vector<Entry> before = {{10, 0, 1}, {9, 2, 1}};
  for (const Entry& entry : after) {
    EventRun<Entry> run;
    run.add({10, 1, 0});
    EXPECT_TRUE(run.appends(entry.instant, entry.of_turn));
    run.add(entry);
    EXPECT_TRUE(run.sorted());
    EXPECT_EQ(run.first().id, 0);
  }
  for (const Entry& entry : before) {
    EventRun<Entry> run;
    run.add({10, 1, 0});
    EXPECT_FALSE(run.appends(entry.instant, entry.of_turn));
    run.add(entry);
    EXPECT_FALSE(run.sorted());
    EXPECT_EQ(run.first().id, 1);
    EXPECT_EQ(ids(run), (std::vector{0, 1}));
  }
}

// The latest of instants and turns is taken as well, but not by what is empty or not sorted.
TEST(EventRun, AppendsToWhatIsSortedAndHasRoomOnly) {
  constexpr std::uint64_t kLast = ~std::uint64_t{0};
  EventRun<Entry> run;
  EXPECT_FALSE(run.appends(kLast, 2));
  run.add({kLast, 2, 0});
  ASSERT_TRUE(run.appends(kLast, 2));
  run.append({kLast, 2, 1});
  run.add({kLast, 1, 2});
  EXPECT_FALSE(run.appends(kLast, 2));
  run.add({kLast, 2, 3});
  EXPECT_FALSE(run.sorted());
  EXPECT_EQ(run.first().id, 2);
  run.clear();
  EXPECT_TRUE(run.empty());
  EXPECT_TRUE(run.sorted());
  EXPECT_FALSE(run.appends(kLast, 2));
}

// Of times that fall and rise the first is known all the while: 9 8 7 6 5 6 7 8 9 from the
// hundredth of those that came in order on; the rest of these have left.
TEST(EventRun, TheFirstIsKnownWhileItGrowsInAnyOrder) {
  EventRun<Entry> run;
  int added = 0;
  for (; added < 120; ++added) run.add({1, 0, added});
  for (int taken = 0; taken < 100; ++taken) {
    ASSERT_EQ(run.first().id, taken);
    run.take_first();
  }
  EXPECT_EQ(run.size(), 20u);
  for (int round = 0; round < 100; ++round) run.add({1, 0, added++});
  EXPECT_EQ(run.first().id, 100);
  run.add({0, 1, added++});
  EXPECT_EQ(run.first().id, 220);
  for (int round = 0; round < 1'000; ++round) run.add({0, 1, added++});
  EXPECT_EQ(run.first().id, 220);
  run.add({0, 0, added++});
  EXPECT_EQ(run.first().id, 1'221);
  EXPECT_EQ(run.size(), 1'122u);
  EXPECT_EQ(ids(run).front(), 100);
  EXPECT_EQ(ids(run).back(), 1'221);
}

TEST(EventRun, IsFirstInFirstOutWhileItGrowsAndTurns) {
  EventRun<Entry> run;
  int added = 0, taken = 0;
  for (int round = 0; round < 200; ++round) {
    for (int i = 0; i < 7; ++i) run.add({static_cast<std::uint64_t>(added), 0, added}), ++added;
    for (int i = 0; i < 5; ++i, ++taken) {
      ASSERT_EQ(run.first().id, taken);
      run.take_first();
    }
    ASSERT_EQ(run.size(), static_cast<std::size_t>(added - taken));
  }
}

// Ten at a time: the places of what has left are used again.
TEST(EventRun, TakesNoMemoryForWhatHasLeft) {
  EventRun<Entry> run;
  for (int i = 0; i < 10; ++i) run.add({0, 0, i});
  for (int i = 10; i < 10'000; ++i) {
    run.take_first();
    run.add({0, 0, i});
  }
  EXPECT_LE(run.memory(), 64 * sizeof(Entry));
  EXPECT_EQ(run.first().id, 9'990);
}

}  // namespace
}  // namespace racked::des
