#include <racked/des/bucket_lists.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace racked::des {
namespace {

struct Timed {
  std::uint64_t instant;
  std::uint32_t payload, tag, version;
  unsigned turn() const { return tag & 3; }
};
using TimedBuckets = BucketLists<Timed>;
using Ids = std::vector<std::uint32_t>;

TimedBuckets with(std::size_t count) {
  TimedBuckets buckets;
  buckets.clear(count);
  return buckets;
}
void append(TimedBuckets& buckets, unsigned bucket, const Timed& entry) {
  if (buckets[bucket].full()) {
    buckets.note_last_chunk(bucket);
    buckets.add_chunk(bucket);
  }
  buckets.append(bucket, entry);
}
Ids ids_of(const TimedBuckets& buckets, unsigned bucket) {
  Ids ids;
  buckets.lists().visit(buckets[bucket], [&](const Timed& entry) {
    ids.push_back(entry.payload);
    return true;
  });
  return ids;
}
Ids occupied(const TimedBuckets& buckets, unsigned begin, std::size_t count) {
  Ids found;
  buckets.for_each(begin, count, [&](unsigned bucket) { found.push_back(bucket); });
  return found;
}

TEST(BucketLists, TellWhichBucketsAreOccupied) {
  TimedBuckets buckets = with(8'192);
  for (const unsigned bucket : {3u, 63u, 64u, 4'095u, 4'096u}) append(buckets, bucket, {});
  EXPECT_EQ(occupied(buckets, 0, 8'192), (Ids{3, 63, 64, 4'095, 4'096}));
  EXPECT_EQ(occupied(buckets, 63, 1), Ids{63});
  EXPECT_EQ(occupied(buckets, 64, 64), Ids{64});
  EXPECT_EQ(buckets.first_4096(), std::uint64_t{1} << 63 | 3);
  buckets.take(3);
  EXPECT_EQ(buckets.first_4096(), std::uint64_t{1} << 63 | 3);
  buckets.take(63);
  EXPECT_EQ(buckets.first_4096(), std::uint64_t{1} << 63 | 2);
  EXPECT_EQ(buckets.occupied(1), 1u);
  buckets.take(64);
  buckets.take(4'095);
  EXPECT_EQ(buckets.first_4096(), 0u);
  EXPECT_TRUE(buckets.is_occupied(4'096));
  buckets.add(64);
  append(buckets, 8'255, {});
  EXPECT_EQ(occupied(buckets, 0, buckets.count()), (Ids{4'096, 8'255}));
}

// A held one is occupied until it is taken, though all be swept out of it or moved; another is not.
TEST(BucketLists, AreHeldUntilTheyAreTaken) {
  for (const bool at_once : {true, false}) {
    TimedBuckets buckets = with(64);
    for (const unsigned bucket : {1u, 2u}) append(buckets, bucket, {});
    buckets.hold(2);
    auto none = [](const Timed&) { return false; };
    if (at_once) {
      buckets.sweep(none);
    } else {
      EXPECT_EQ(buckets.sweep_on(100, none).left_out, 2u);
    }
    EXPECT_EQ(occupied(buckets, 0, 64), Ids{2});
    append(buckets, 2, {7, 9, 0, 0});
    buckets.move_list(2, 3);
    EXPECT_EQ(occupied(buckets, 0, 64), (Ids{2, 3}));
    EXPECT_FALSE(buckets.is_held(3));
    append(buckets, 2, {7, 8, 0, 0});
    buckets.move(2, 4);
    EXPECT_EQ(occupied(buckets, 0, 64), (Ids{3, 4}));
    EXPECT_TRUE(buckets.is_held(4));
    EXPECT_EQ(ids_of(buckets, 3), Ids{9});
    EXPECT_EQ(ids_of(buckets, 4), Ids{8});
    buckets.take(4);
    EXPECT_FALSE(buckets.is_held(4));
  }
}

// Of 300 entries one leaves at another instant or in another turn, wherever it stands: before the
// list was long, in a chunk that was compared when the next one came, or in the last. It is known
// in another bucket, and in a copy, and forgotten with what was there.
TEST(BucketLists, KnowWhetherAllTie) {
  for (std::uint32_t odd = 0; odd <= 300; ++odd)
    for (const bool turn : {true, false}) {
      TimedBuckets buckets = with(64);
      for (std::uint32_t i = 0; i < 300; ++i)
        append(buckets, 5, {i == odd && !turn ? 8u : 7u, i, i == odd && turn ? 1u : 2u, 0});
      buckets.move(5, 6);
      const TimedBuckets copy = buckets;
      for (const TimedBuckets* those : {&std::as_const(buckets), &copy}) {
        const TimedBuckets::Ties ties = those->ties_of(6);
        ASSERT_EQ(ties.instants, odd == 300 || turn) << odd;
        ASSERT_EQ(ties.instants && ties.turns, odd == 300) << odd;
      }
      buckets.take(6);
      append(buckets, 6, {7, 0, 2, 0});
      ASSERT_TRUE(buckets.ties_of(6).instants && buckets.ties_of(6).turns);
    }
}

// The one that leaves at another instant stands in the last chunk (the tenth, of 32 after one of 8)
// until others are swept out.
TEST(BucketLists, KnowItWhateverIsSweptOut) {
  for (std::uint32_t odd = 264; odd < 296; ++odd)
    for (const bool at_once : {true, false}) {
      TimedBuckets buckets = with(64);
      for (std::uint32_t i = 0; i < 296; ++i) append(buckets, 5, {i == odd ? 8u : 7u, i, 0, 0});
      auto keep = [&](const Timed& entry) { return entry.payload % 2 == odd % 2; };
      if (at_once) {
        buckets.sweep(keep);
      } else {
        buckets.sweep_on(1'000, keep);
      }
      for (std::uint32_t i = 300; i < 600; ++i) append(buckets, 5, {7, i, 0, 0});
      ASSERT_FALSE(buckets.ties_of(5).instants) << odd;
    }
}

// One that differs and is left out may stand anywhere until the next time.
TEST(BucketLists, CallNothingTiesThatWasLeftOutHalfWay) {
  for (std::uint32_t odd = 0; odd < 110; ++odd)
    for (const std::size_t count : {1u, 50u, 100u, 150u}) {
      TimedBuckets buckets = with(64);
      for (std::uint32_t i = 0; i < 400; ++i) append(buckets, 5, {i == odd ? 8u : 7u, i, 0, 0});
      auto keep = [&](const Timed& entry) { return entry.payload != odd; };
      buckets.sweep_on(count, keep);
      bool same = true;
      buckets.lists().visit(buckets[5], [&](const Timed& entry) {
        same &= entry.instant == buckets.lists().first(buckets[5]).instant;
        return true;
      });
      ASSERT_TRUE(same || !buckets.ties_of(5).instants) << odd << ", " << count;
    }
}

TEST(BucketLists, AreTakenFromAtTheFrontWhileOthersGrow) {
  TimedBuckets buckets = with(64);
  for (std::uint32_t i = 0; i < 200; ++i) append(buckets, 0, {i, i, 0, 0});
  buckets.drain_front(0, 50, [&](const Timed& entry) { append(buckets, 1, entry); });
  const Ids front = ids_of(buckets, 1), rest = ids_of(buckets, 0);
  ASSERT_GE(front.size(), 50u);
  ASSERT_LT(front.size(), 82u);
  for (std::uint32_t i = 0; i < 200; ++i)
    ASSERT_EQ(i < front.size() ? front[i] : rest[i - front.size()], i);
}

// The earliest of those that are left, however much is swept, moved or taken from the front.
TEST(BucketLists, FindTheEarliestThatIsLeft) {
  TimedBuckets buckets = with(64);
  std::uint32_t gone = 0;
  auto live = [&](const Timed& entry) { return entry.payload >= gone; };
  for (std::uint32_t i = 0; i < 1'000; ++i) append(buckets, 0, {i * 7 % 1'000, i, 0, 0});
  const auto earliest = [&](unsigned bucket) {
    std::uint64_t best = 1'000;
    for (const std::uint32_t id : ids_of(buckets, bucket))
      if (id >= gone) best = std::min<std::uint64_t>(best, id * 7 % 1'000);
    const Timed* const found = buckets.earliest(bucket, live);
    EXPECT_EQ(found != nullptr ? found->instant : 1'000, best) << gone;
  };
  for (; gone < 300; gone += 10) earliest(0);
  buckets.sweep_on(100, live);
  earliest(0);
  buckets.drain_front(0, 200, [](const Timed&) {});
  earliest(0);
  buckets.move(0, 1);
  earliest(1);
  gone = 1'000;
  earliest(1);
}

TEST(BucketLists, ACompactCopyHasTheSame) {
  TimedBuckets buckets = with(128);
  for (std::uint32_t i = 0; i < 100'000; ++i) append(buckets, i % 100, {i, i, 0, 0});
  for (unsigned bucket = 1; bucket < 99; ++bucket)
    buckets.lists().drain(buckets.take(bucket), [](const Timed&) {});
  buckets.hold(50);
  TimedBuckets copy;
  copy.copy_compact(buckets, 2'100);
  EXPECT_LT(copy.memory(), buckets.memory() / 10);
  EXPECT_EQ(occupied(copy, 0, 128), (Ids{0, 50, 99}));
  EXPECT_TRUE(copy.is_held(50));
  EXPECT_TRUE(copy.is_mixed(99));
  for (const unsigned bucket : {0u, 99u}) EXPECT_EQ(ids_of(copy, bucket), ids_of(buckets, bucket));
}

}  // namespace
}  // namespace racked::des
