#include <racked/des/chunk_lists.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <random>
#include <utility>
#include <vector>

namespace racked::des {
namespace {

using Lists = ChunkLists<std::uint64_t>;
using List = Lists::List;
using Queue = Lists::Queue;

template <class AnyList>
void append(Lists& lists, AnyList& list, std::uint64_t number) {
  if (list.full()) lists.add_chunk(list);
  lists.append(list, number);
}
std::vector<std::uint64_t> seen(Lists lists, Queue queue) {
  std::vector<std::uint64_t> all;
  while (!queue.empty()) {
    all.push_back(lists.first(queue));
    EXPECT_EQ(*lists.take_first(queue), all.back());
  }
  return all;
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
  std::array<Queue, 7> some;
  std::array<std::deque<std::uint64_t>, 7> expected;
  for (std::uint64_t i = 0; i < 200'000; ++i) {
    const std::size_t which = random() % some.size();
    Queue& list = some[which];
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

// 100 entries are a small chunk of 8, two of 32 and 28 places of a third. The first 9 are in two
// chunks, which have 40.
TEST(ChunkLists, DrainAPartAndGoOnGrowing) {
  Lists lists;
  List list;
  for (std::uint64_t i = 0; i < 100; ++i) append(lists, list, i);
  EXPECT_EQ(list.size(), 100u);
  EXPECT_EQ(list.places, 104u);
  std::vector<std::uint64_t> drained;
  const auto drain = [&](std::uint64_t number) { drained.push_back(number); };
  lists.drain(list, 9, drain);
  EXPECT_EQ(drained.size(), 40u);
  EXPECT_EQ(list.size(), 60u);
  EXPECT_EQ(lists.first(list), 40u);
  for (std::uint64_t i = 100; i < 150; ++i) append(lists, list, i);
  lists.drain(list, list.size(), drain);
  EXPECT_TRUE(list.empty());
  ASSERT_EQ(drained.size(), 150u);
  for (std::uint64_t i = 0; i < 150; ++i) EXPECT_EQ(drained[i], i);
}

// A list is read on by its chunks: 8, 32 and 32 places.
TEST(ChunkLists, AreReadOnFromWhereTheyHaveBeenRead) {
  Lists lists;
  List list, other;
  Lists::Reading reading;
  std::uint64_t next = 0;
  for (const std::uint64_t upto : {1u, 7u, 8u, 8u, 9u, 40u, 72u}) {
    for (std::uint64_t i = next; i < upto; ++i) {
      append(lists, list, i);
      append(lists, other, 1'000);
    }
    lists.read_on(list, reading, [&](const std::uint64_t& number) {
      EXPECT_EQ(number, next++);
      EXPECT_EQ(lists.at(lists.place_of(number)), number);
    });
    EXPECT_EQ(next, upto);
  }
}

// 100 entries, 32 of which have left with their chunk and 8 of the next one: 60 in 3 chunks, 96
// places. The other list had the chunks between.
TEST(ChunkLists, CopyOneOfOthersWithoutWhatTheyDoNotNeed) {
  Lists lists, others;
  Queue queue, between;
  for (std::uint64_t i = 0; i < 100; ++i) {
    append(lists, queue, i);
    for (std::uint64_t k = 0; k < 50; ++k) append(lists, between, 0);
  }
  for (int i = 0; i < 40; ++i) lists.take_first(queue);
  Queue copied, empty;
  others.clear(queue.places);
  others.copy(empty, lists, Queue{});
  others.copy(copied, lists, queue);
  EXPECT_TRUE(empty.empty());
  EXPECT_EQ(others.places(), 96u);
  for (std::uint64_t i = 100; i < 200; ++i) append(others, copied, i);
  append(lists, queue, 1);
  for (std::uint64_t i = 40; i < 200; ++i) ASSERT_EQ(*others.take_first(copied), i);
  EXPECT_TRUE(copied.empty());
  EXPECT_EQ(seen(lists, queue).size(), 61u);
}

// Of 1, 8, 9, 40 and 41 entries: chunks of 8, 8, 8 + 32, 8 + 32 and 8 + 2 × 32 places.
TEST(ChunkLists, CopyListsOfSmallChunksToo) {
  Lists lists, others;
  for (const std::uint32_t count : {1u, 8u, 9u, 40u, 41u}) {
    List list, copied;
    for (std::uint64_t i = 0; i < count; ++i) append(lists, list, i);
    others.copy(copied, lists, list);
    EXPECT_EQ(list.places, count <= 8 ? 8u : count <= 40 ? 40u : 72u);
    EXPECT_EQ(copied.places, list.places);
    append(others, copied, count);
    const std::vector<std::uint64_t> all = seen(others, copied);
    ASSERT_EQ(all.size(), count + 1);
    for (std::uint64_t i = 0; i <= count; ++i) EXPECT_EQ(all[i], i);
    EXPECT_EQ(seen(lists, list).size(), count);
  }
}

// A thousand lists of five entries would fill 32'000 places by chunks of 32.
TEST(ChunkLists, ShortListsTakeAQuarterOfAChunkEach) {
  Lists lists;
  std::vector<List> some(1'000);
  for (List& list : some)
    for (std::uint64_t i = 0; i < 5; ++i) append(lists, list, i);
  EXPECT_EQ(lists.places(), 8'000u);
  for (List& list : some) lists.drain(std::exchange(list, {}), [](std::uint64_t) {});
  for (List& list : some) append(lists, list, 7);
  EXPECT_EQ(lists.places(), 8'000u);
  for (const List& list : some) EXPECT_EQ(seen(lists, list), std::vector<std::uint64_t>{7});
}

// Lists that begin where there are kMany places have a full chunk at once; those that began before
// go on.
TEST(ChunkLists, AmongManyEntriesListsBeginWithAFullChunk) {
  Lists lists;
  List early, late, much;
  append(lists, early, 1);
  for (std::uint64_t i = 0; i < Lists::kMany; ++i) append(lists, much, i);
  for (std::uint64_t i = 0; i < 33; ++i) append(lists, late, i);
  for (std::uint64_t i = 2; i < 10; ++i) append(lists, early, i);
  EXPECT_EQ(late.places, 64u);
  EXPECT_EQ(early.places, 40u);
  EXPECT_EQ(seen(lists, early), (std::vector<std::uint64_t>{1, 2, 3, 4, 5, 6, 7, 8, 9}));
  std::vector<std::uint64_t> drained;
  lists.drain(late, [&](std::uint64_t number) { drained.push_back(number); });
  ASSERT_EQ(drained.size(), 33u);
  for (std::uint64_t i = 0; i < 33; ++i) EXPECT_EQ(drained[i], i);
}

// From 0 on: the last chunk begins at 0, at 8, and then at every 32nd more; where lists begin with
// a full one, at every 32nd.
TEST(ChunkLists, TellOfTheirLastChunkAlone) {
  for (const std::size_t before : {std::size_t{0}, Lists::kMany}) {
    Lists lists;
    List much, list;
    for (std::uint64_t i = 0; i < before; ++i) append(lists, much, i);
    std::uint64_t begin = 0;
    for (std::uint64_t i = 0; i < 150; ++i) {
      if (list.full() && i > 0) begin = i;
      append(lists, list, i);
      std::vector<std::uint64_t> asked;
      EXPECT_TRUE(lists.all_of_last_chunk(list, [&](std::uint64_t number) {
        asked.push_back(number);
        return true;
      }));
      ASSERT_EQ(asked.front(), begin);
      ASSERT_EQ(asked.size(), i - begin + 1);
      EXPECT_FALSE(lists.all_of_last_chunk(list, [&](std::uint64_t number) { return number < i; }));
    }
    EXPECT_EQ(begin, before == 0 ? 136u : 128u);
  }
}

// Of 8, 32 and n numbers the n are taken out again, and come back, as others do.
TEST(ChunkLists, GiveWhatIsInTheLastChunk) {
  for (std::uint64_t n = 1; n <= Lists::kPerChunk; ++n) {
    Lists lists;
    List list;
    for (std::uint64_t i = 0; i < 40 + n; ++i) append(lists, list, i);
    std::array<std::uint64_t, Lists::kPerChunk> last;
    ASSERT_EQ(lists.take_last_chunk(list, last.data()), n);
    for (std::uint64_t i = 0; i < n; ++i) ASSERT_EQ(last[i], 40 + i);
    EXPECT_EQ(list.size(), 40u);
    if (n % 2 == 0) append(lists, list, 40);
    std::uint64_t next = 0;
    const std::size_t places = lists.places();
    lists.drain(list, list.size(), [&](std::uint64_t number) { ASSERT_EQ(number, next++); });
    EXPECT_EQ(next, n % 2 == 0 ? 41u : 40u);
    EXPECT_TRUE(list.empty());
    for (std::uint64_t i = 0; i < 72; ++i) append(lists, list, i);
    EXPECT_EQ(lists.places(), places) << "all chunks are free again";
  }
}

// Numbers die; a list is swept bit by bit while others are appended and its front is taken. What is
// alive stays, in order; what was dead when a sweep began is gone when it ends; chunks go back.
TEST(ChunkLists, AreSweptBitByBit) {
  for (const bool late : {false, true}) {  // late lists have no small chunk
    std::mt19937 random(8 + late);
    Lists lists;
    List list, much;
    if (late)
      for (std::uint64_t i = 0; i < Lists::kMany; ++i) append(lists, much, i);
    const std::size_t places_before = lists.places();
    std::vector<bool> alive, dead_before;
    std::deque<std::uint64_t> expected;
    Lists::Sweeping swept;
    const auto is_alive = [&](std::uint64_t number) { return alive[number]; };
    const auto begin = [&] {
      swept = {};
      dead_before.assign(alive.begin(), alive.end());
      dead_before.flip();
    };
    begin();
    std::size_t most_places = 0;
    for (int round = 0; round < 2'000; ++round) {
      const std::size_t most = round / 250 % 2 == 0 ? 60 : 3;
      for (std::size_t more = random() % most; more > 0; --more) {
        append(lists, list, alive.size());
        expected.push_back(alive.size());
        alive.push_back(true);
      }
      most_places = std::max<std::size_t>(most_places, list.places);
      for (std::size_t some = random() % 40; some > 0 && !expected.empty(); --some)
        alive[expected[random() % expected.size()]] = false;
      std::erase_if(expected, [&](std::uint64_t number) { return !alive[number]; });
      if (random() % 10 == 0 && !list.empty()) {
        const std::uint32_t places = list.places;
        lists.drain(list, std::min<std::size_t>(1 + random() % 40, list.size()),
                    [&](std::uint64_t number) {
                      if (alive[number]) {
                        ASSERT_EQ(number, expected.front());
                        expected.pop_front();
                      }
                    });
        swept.lose(places - list.places);
      }
      if (list.empty()) {
        ASSERT_TRUE(expected.empty());
        begin();
        continue;
      }
      const std::size_t before = list.size(), at_least = random() % 100;
      const std::size_t looked_at = lists.sweep(list, swept, at_least, is_alive);
      ASSERT_TRUE(swept.all(list) || looked_at >= at_least + Lists::kPerChunk);
      ASSERT_LE(looked_at, std::min(before, at_least + 2 * Lists::kPerChunk));
      std::vector<std::uint64_t> kept = seen(lists, list);
      ASSERT_EQ(kept.size(), list.size());
      ASSERT_LE(kept.size(), before);
      if (swept.all(list)) {
        for (const std::uint64_t number : kept)
          ASSERT_TRUE(number >= dead_before.size() || !dead_before[number]);
        begin();
      }
      std::erase_if(kept, [&](std::uint64_t number) { return !alive[number]; });
      ASSERT_EQ(kept, (std::vector<std::uint64_t>{expected.begin(), expected.end()})) << round;
    }
    EXPECT_LE(lists.places(), places_before + most_places + Lists::kPerChunk);
  }
}

// One that comes and goes at a time needs no chunk but the first.
TEST(ChunkLists, AQueueKeepsItsChunkWhileThatHasPlaces) {
  Lists lists;
  Queue queue;
  for (std::uint64_t i = 0; i < 1'000; ++i) {
    append(lists, queue, i);
    EXPECT_FALSE(queue.empty());
    ASSERT_EQ(*lists.take_first(queue), i);
    EXPECT_TRUE(queue.empty());
  }
  EXPECT_EQ(lists.places(), Lists::kPerChunk);
}

TEST(ChunkLists, StartOverInTheSameMemory) {
  Lists lists;
  std::size_t before = 0;
  for (int round = 0; round < 10; ++round) {
    Queue list;
    for (std::uint64_t i = 0; i < 1'000; ++i) append(lists, list, i);
    for (int i = 0; i < 500; ++i) lists.take_first(list);
    EXPECT_EQ(seen(lists, list).size(), 500u);
    if (round > 0) {
      EXPECT_EQ(lists.memory(), before);
    }
    before = lists.memory();
    lists.clear();
    EXPECT_EQ(lists.places(), 0u);
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
