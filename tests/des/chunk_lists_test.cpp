#include <racked/des/chunk_lists.h>

#include <gtest/gtest.h>

#include <array>
#include <deque>
#include <random>
#include <vector>

namespace racked::des {
namespace {

using Lists = ChunkLists<std::uint64_t>;
using List = Lists::List;

void append(Lists& lists, List& list, std::uint64_t number) {
  if (list.full()) lists.add_chunk(list);
  lists.append(list, number);
}
std::vector<std::uint64_t> seen(const Lists& lists, const List& list) {
  std::vector<std::uint64_t> all;
  lists.visit(list, [&](std::uint64_t number) {
    all.push_back(number);
    return true;
  });
  return all;
}

// Seven lists that give their chunks to one another, so that one list's chunks stand anywhere, the
// last before the first as well.
TEST(ChunkLists, KeepTheOrderOfEachWhoeverHadTheChunks) {
  std::mt19937 random(8);
  Lists lists;
  std::array<List, 7> some;
  std::array<std::deque<std::uint64_t>, 7> expected;
  for (std::uint64_t i = 0; i < 200'000; ++i) {
    const std::size_t which = random() % some.size();
    List& list = some[which];
    std::deque<std::uint64_t>& numbers = expected[which];
    ASSERT_EQ(list.empty(), numbers.empty());
    if (random() % 100 < 52 || numbers.empty()) {
      append(lists, list, i);
      numbers.push_back(i);
    } else {
      ASSERT_EQ(*lists.take_first(list), numbers.front());
      numbers.pop_front();
    }
    if (i % 10'000 != 0) continue;
    ASSERT_EQ(seen(lists, list), (std::vector<std::uint64_t>{numbers.begin(), numbers.end()}));
  }
  for (std::size_t which = 0; which < some.size(); ++which) {
    std::vector<std::uint64_t> drained;
    lists.drain(some[which], [&](std::uint64_t number) { drained.push_back(number); });
    EXPECT_EQ(drained,
              (std::vector<std::uint64_t>{expected[which].begin(), expected[which].end()}));
  }
}

// 100 entries are 3 chunks and 4 places; two chunks of them are 64.
TEST(ChunkLists, DrainAPartAndGoOnGrowing) {
  Lists lists;
  List list;
  for (std::uint64_t i = 0; i < 100; ++i) append(lists, list, i);
  EXPECT_EQ(list.size(), 100u);
  std::vector<std::uint64_t> drained;
  const auto drain = [&](std::uint64_t number) { drained.push_back(number); };
  lists.drain(list, 2, drain);
  EXPECT_EQ(drained.size(), 64u);
  EXPECT_EQ(list.size(), 36u);
  EXPECT_EQ(lists.first(list), 64u);
  for (std::uint64_t i = 100; i < 150; ++i) append(lists, list, i);
  lists.drain(list, list.chunks, drain);
  EXPECT_TRUE(list.empty());
  ASSERT_EQ(drained.size(), 150u);
  for (std::uint64_t i = 0; i < 150; ++i) EXPECT_EQ(drained[i], i);
}

// 100 entries, 32 of which have left with their chunk and 8 of the next one: 60 in 3 chunks. The
// other list had the chunks between.
TEST(ChunkLists, CopyOneOfOthersWithoutWhatTheyDoNotNeed) {
  Lists lists, others;
  List list, between;
  for (std::uint64_t i = 0; i < 100; ++i) {
    append(lists, list, i);
    for (std::uint64_t k = 0; k < 50; ++k) append(lists, between, 0);
  }
  for (int i = 0; i < 40; ++i) lists.take_first(list);
  List copied, empty;
  others.clear(list.chunks);
  others.copy(empty, lists, List{});
  others.copy(copied, lists, list);
  EXPECT_TRUE(empty.empty());
  EXPECT_EQ(others.chunks(), 3u);
  for (std::uint64_t i = 100; i < 200; ++i) append(others, copied, i);
  append(lists, list, 1);
  for (std::uint64_t i = 40; i < 200; ++i) ASSERT_EQ(*others.take_first(copied), i);
  EXPECT_TRUE(copied.empty());
  EXPECT_EQ(seen(lists, list).size(), 61u);
}

TEST(ChunkLists, StartOverInTheSameMemory) {
  Lists lists;
  std::size_t before = 0;
  for (int round = 0; round < 10; ++round) {
    List list;
    for (std::uint64_t i = 0; i < 1'000; ++i) append(lists, list, i);
    for (int i = 0; i < 500; ++i) lists.take_first(list);
    EXPECT_EQ(seen(lists, list).size(), 500u);
    if (round > 0) {
      EXPECT_EQ(lists.memory(), before);
    }
    before = lists.memory();
    lists.clear();
    EXPECT_EQ(lists.chunks(), 0u);
  }
}

TEST(ChunkLists, UseFreeChunksBeforeNewOnes) {
  Lists lists;
  for (int round = 0; round < 10; ++round) {
    List list;
    for (std::uint64_t i = 0; i < 1'000; ++i) append(lists, list, i);
    lists.drain(list, [](std::uint64_t) {});
  }
  EXPECT_LT(lists.memory(), 2 * 1'000 * sizeof(std::uint64_t));
}

}  // namespace
}  // namespace racked::des
