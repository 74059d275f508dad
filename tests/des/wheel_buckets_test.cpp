#include <racked/des/radix_wheel.h>
#include <racked/des/wheel_buckets.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

namespace racked::des {
namespace {

using Entry = RadixWheel<std::uint32_t>::Entry;
using Buckets = WheelBuckets<Entry>;
using Splitting = WheelBuckets<Entry, 128>;  // buckets of more than 128 are split
using Ids = std::vector<std::uint32_t>;
constexpr std::uint64_t kEnd = ~std::uint64_t{0};

Buckets starting_at(std::uint64_t floor) {
  Buckets buckets;
  buckets.reset(floor);
  return buckets;
}

Ids drained(Buckets& buckets, unsigned bucket) {
  Ids ids;
  buckets.drain(bucket, [&](const Entry& entry) { ids.push_back(entry.payload); });
  return ids;
}

template <class Buckets>
Ids taken(Buckets& buckets) {
  Ids ids;
  while (buckets.has_present()) ids.push_back(buckets.take_present()->payload);
  return ids;
}

// From 0, level 0 takes two spans of 256 ticks, up to 0x1FF; 0x200 is in bucket 2 of level 1, which
// spans 0x200 to 0x2FF.
TEST(WheelBuckets, AnEntryIsInTheLowestLevelThatReachesSoFar) {
  Buckets buckets = starting_at(0);
  EXPECT_TRUE(buckets.empty());
  buckets.push({0x200, 1, 0, 0});
  buckets.push({0x1FF, 2, 0, 0});
  const unsigned last = buckets.earliest();
  EXPECT_EQ(buckets.begin_of(last), 0x1FFu);
  EXPECT_EQ(buckets.last_of(last), 0x1FFu);
  EXPECT_EQ(drained(buckets, last), Ids{2});
  const unsigned next = buckets.earliest();
  EXPECT_EQ(buckets.begin_of(next), 0x200u);
  EXPECT_EQ(buckets.last_of(next), 0x2FFu);
  EXPECT_EQ(buckets.size_of(next), 1u);
  EXPECT_EQ(drained(buckets, next), Ids{1});
  EXPECT_TRUE(buckets.empty());
}

TEST(WheelBuckets, PouringKeepsTheOrderInWhichEntriesCame) {
  Buckets buckets = starting_at(0);
  buckets.push({0x305, 1, 0, 0});
  buckets.push({0x302, 2, 0, 0});
  buckets.push({0x305, 3, 0, 0});
  buckets.pour(buckets.earliest(), kEnd);
  EXPECT_FALSE(buckets.has_present());
  EXPECT_EQ(buckets.floor(), 0x300u);
  EXPECT_EQ(drained(buckets, buckets.earliest()), Ids{2});
  EXPECT_EQ(drained(buckets, buckets.earliest()), (Ids{1, 3}));
}

TEST(WheelBuckets, ABucketAtOneInstantIsThePresentOneTurnByTurn) {
  for (const bool one_turn : {true, false}) {
    Buckets buckets = starting_at(0);
    for (std::uint32_t i = 0; i < 100; ++i) buckets.push({0x305, i, one_turn ? 1 : i % 3, 0});
    buckets.pour(buckets.earliest(), 0x305);
    EXPECT_TRUE(buckets.empty());
    EXPECT_EQ(buckets.floor(), 0x305u);
    buckets.push_present({0x305, 100, 1, 0});  // behind the others of its turn
    Ids expected;
    for (std::uint32_t turn = 0; turn < 3; ++turn)
      for (std::uint32_t i = 0; i <= 100; ++i)
        if ((one_turn || i == 100 ? 1 : i % 3) == turn) expected.push_back(i);
    EXPECT_EQ(taken(buckets), expected);
  }
}

// An entry that counts how often it is asked for its turn.
struct CountedEntry {
  std::uint64_t instant;
  std::uint32_t payload, tag, version;
  unsigned turn() const { return ++asked, tag & 3; }
  static inline std::size_t asked = 0;
};
TEST(WheelBuckets, ABurstIsThePresentWithoutBeingRead) {
  WheelBuckets<CountedEntry> buckets;
  buckets.reset(0);
  for (std::uint32_t i = 0; i < 10'000; ++i) buckets.push({0x305, i, 1, 0});
  CountedEntry::asked = 0;
  buckets.pour(buckets.earliest(), kEnd);
  EXPECT_LE(CountedEntry::asked, 300u);
  for (std::uint32_t i = 0; i < 10'000; ++i) ASSERT_EQ(buckets.take_present()->payload, i);
}

// Of 1 000 ties one is of another instant, or of another turn.
TEST(WheelBuckets, ABucketOfTiesButForOneKeepsTheOrder) {
  for (const std::uint32_t odd :
       Ids{0, 1, 7, 8, 39, 40, 71, 72, 73, 103, 104, 500, 967, 968, 999}) {
    Ids others;
    for (std::uint32_t i = 0; i < 1'000; ++i)
      if (i != odd) others.push_back(i);

    Buckets instants = starting_at(0);
    for (std::uint32_t i = 0; i < 1'000; ++i) instants.push({i == odd ? 0x302u : 0x305u, i, 1, 0});
    instants.pour(instants.earliest(), kEnd);
    ASSERT_FALSE(instants.has_present());
    ASSERT_EQ(drained(instants, instants.earliest()), Ids{odd});
    ASSERT_EQ(drained(instants, instants.earliest()), others);

    Buckets turns = starting_at(0);
    for (std::uint32_t i = 0; i < 1'000; ++i) turns.push({0x305, i, i == odd ? 0u : 1u, 0});
    turns.pour(turns.earliest(), kEnd);
    others.insert(others.begin(), odd);
    ASSERT_EQ(taken(turns), others);
  }
}

// The one that is of another instant stands in the last chunk, until others are swept out.
TEST(WheelBuckets, OneThatIsNoTieIsFoundWhereverASweepHasMovedIt) {
  for (std::uint32_t odd = 900; odd < 1'000; ++odd) {
    for (const std::uint32_t every : Ids{2, 5, 50}) {
      const auto keep = [&](const Entry& entry) {
        return entry.payload == odd || entry.payload % every != 0;
      };
      Buckets buckets = starting_at(0);
      Ids others;
      for (std::uint32_t i = 0; i < 2'000; ++i) {
        if (i == 1'000) buckets.sweep_on(1'500, keep);
        buckets.push({i == odd ? 0x302u : 0x305u, i, 1, 0});
        if (i != odd && (i >= 1'000 || i % every != 0)) others.push_back(i);
      }
      buckets.pour(buckets.earliest(), kEnd);
      ASSERT_FALSE(buckets.has_present());
      ASSERT_EQ(drained(buckets, buckets.earliest()), Ids{odd});
      ASSERT_EQ(drained(buckets, buckets.earliest()), others);
    }
  }
}

std::vector<Entry> in_order(std::vector<Entry> entries) {
  std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return a.instant != b.instant ? a.instant < b.instant : a.turn() < b.turn();
  });
  return entries;
}

// All that is left, in the order in which it leaves.
template <class Buckets>
Ids all_of(Buckets& buckets) {
  Ids ids;
  for (;;) {
    const Ids present = taken(buckets);
    ids.insert(ids.end(), present.begin(), present.end());
    if (buckets.empty()) return ids;
    const unsigned bucket = buckets.earliest();
    const std::uint64_t begin = buckets.begin_of(bucket);
    if (begin != buckets.last_of(bucket)) {
      buckets.pour(bucket, kEnd);
    } else {
      std::vector<Entry> entries;
      buckets.drain(bucket, [&](const Entry& entry) { entries.push_back(entry); });
      buckets.set_floor(begin);
      for (const Entry& entry : entries) buckets.push_present(entry);
    }
  }
}

// Ties with a few that are none, of which some are swept out, and copied, meanwhile.
TEST(WheelBuckets, NearlyTiesKeepTheOrderWhateverIsSweptOut) {
  for (std::uint32_t seed = 0; seed < 400; ++seed) {
    std::mt19937_64 random(seed);
    const std::uint64_t rarely = std::uint64_t{1} << (seed % 5 * 3);
    const auto keep = [&](const Entry& entry) { return entry.payload % 8 != seed % 8; };
    std::vector<Entry> expected;
    Buckets buckets = starting_at(0);
    const std::uint64_t count = 50 + random() % 2'000;
    for (std::uint32_t i = 0; i < count; ++i) {
      const bool other_instant = random() % (4 * rarely) == 0, other_turn = random() % rarely == 0;
      const Entry entry{other_instant ? 0x300 + random() % 0x100 : 0x305, i,
                        other_turn ? static_cast<std::uint32_t>(random() % 3) : 1, 0};
      buckets.push(entry);
      if (keep(entry)) expected.push_back(entry);
      if (random() % 300 == 0) buckets.sweep_on(1 + random() % 200, keep);
      if (random() % 500 == 0) buckets = Buckets(buckets);
    }
    Ids ids = all_of(buckets), wanted;
    std::erase_if(ids, [&](std::uint32_t id) { return id % 8 == seed % 8; });
    for (const Entry& entry : in_order(expected)) wanted.push_back(entry.payload);
    ASSERT_EQ(ids, wanted) << seed;
  }
}

// 10 000 entries in 64 Ki ticks that a bucket of level 5, of 2^40, has: it and each that it is
// poured into keeps no more than a few, the others are in parts of it.
TEST(WheelBuckets, ALongBucketIsSplitWhileItIsFilled) {
  Splitting buckets;
  buckets.reset(0);
  std::mt19937_64 random(1);
  std::vector<Entry> expected;
  for (std::uint32_t i = 0; i < 10'000; ++i) {
    expected.push_back({(std::uint64_t{3} << 40) + random() % 0x10000, i, 0, 0});
    buckets.push(expected.back());
    ASSERT_LE(buckets.size_of(buckets.earliest()), 160u);
  }
  for (unsigned level = 5; level > 1; --level) {
    const unsigned bucket = buckets.earliest();
    ASSERT_EQ(buckets.last_of(bucket) - buckets.begin_of(bucket), (1ull << 8 * level) - 1);
    ASSERT_TRUE(buckets.is_split(bucket));
    ASSERT_LE(buckets.size_of(bucket), 160u);
    buckets.pour(bucket, kEnd);
  }
  Ids ids;
  for (const Entry& entry : in_order(expected)) ids.push_back(entry.payload);
  EXPECT_EQ(all_of(buckets), ids);
}

// An instant that counts how often it is looked at, which is about twice when it is moved.
struct CountedInstant {
  CountedInstant(std::uint64_t of = 0) : value(of) {}
  operator std::uint64_t() const { return ++asked, value; }
  std::uint64_t value;
  static inline std::size_t asked = 0;
};
struct EntryOfCountedInstant {
  CountedInstant instant;
  std::uint32_t payload, tag, version;
  unsigned turn() const { return tag & 3; }
};
// Sixty-four parts that become long, and take another chunk, at the same time: what comes into them
// at once, 32 entries, makes half of them take one. Nothing but some of these are poured on, 16
// chunks of 32, and the 32.
TEST(WheelBuckets, NoSingleOneHasToPourAllPartsThatAreLong) {
  WheelBuckets<EntryOfCountedInstant, 128> buckets;
  buckets.reset(0);
  std::mt19937_64 random(7);
  std::size_t most = 0;
  for (std::uint32_t i = 0; i < 64 * 1'000; ++i) {
    const std::uint64_t instant = (5u << 24) + (i % 64 << 16) + random() % (1u << 16);
    CountedInstant::asked = 0;
    buckets.push({instant, i, 0, 0});
    most = std::max(most, CountedInstant::asked);
  }
  EXPECT_LE(most, 3u * 17u * 32u);
  std::uint64_t last = 0;
  std::size_t left = 64 * 1'000;
  while (!buckets.empty()) {
    const unsigned bucket = buckets.earliest();
    if (bucket >= 512 || buckets.is_split(bucket)) {
      buckets.pour(bucket, 0);
      continue;
    }
    buckets.drain(bucket, [&](const EntryOfCountedInstant& entry) {
      EXPECT_LE(last, entry.instant.value);
      last = entry.instant.value;
      --left;
    });
  }
  EXPECT_EQ(left, 0u);
}

// 5 000 ties are not moved when another instant makes a bucket one that is to be split, nor when
// that is too late to become the present one, nor what is behind them.
TEST(WheelBuckets, ABurstIsNotMovedByWhatIsNoPartOfIt) {
  WheelBuckets<CountedEntry, 128> buckets;
  buckets.reset(0);
  for (std::uint32_t i = 0; i < 5'000; ++i) buckets.push({0x5000005, i, 1, 0});
  for (std::uint32_t i = 5'000; i < 5'100; ++i) buckets.push({0x5000007, i, 1, 0});
  EXPECT_TRUE(buckets.is_split(buckets.earliest()));
  CountedEntry::asked = 0;
  while (!buckets.has_present()) buckets.pour(buckets.earliest(), 0x5000006);
  EXPECT_LE(CountedEntry::asked, 1'500u);
  for (std::uint32_t i = 0; i < 5'000; ++i) ASSERT_EQ(buckets.take_present()->payload, i);
  EXPECT_FALSE(buckets.has_present());
}

// The same of one other, which nobody has compared when the bucket is poured.
TEST(WheelBuckets, ABurstIsNotMovedByOneThatHasJustCome) {
  Splitting buckets;
  buckets.reset(0);
  for (std::uint32_t i = 0; i < 5'000; ++i) buckets.push({0x5000005, i, 1, 0});
  const auto all = [](const Entry&) { return true; };
  const Entry* const first = buckets.first(all, [] {});
  buckets.push({0x5000007, 5'000, 1, 0});
  while (!buckets.has_present()) buckets.pour(buckets.earliest(), 0x5000006);
  EXPECT_EQ(&buckets.first_present(), first);
  for (std::uint32_t i = 0; i < 5'000; ++i) ASSERT_EQ(buckets.take_present()->payload, i);
  EXPECT_FALSE(buckets.has_present());
}

// A list of 8 + 4 · 32 entries, of which the second and the third, that nobody has compared, are of
// another instant. When it is swept lists no longer begin with a small chunk, since there are so
// many entries elsewhere, and it has five of 32 places, more than the 128 at which it is looked at.
TEST(WheelBuckets, ASweepDoesNotHideThatABucketHasBecomeLong) {
  Splitting buckets;
  buckets.reset(0);
  std::uint32_t id = 0;
  std::vector<Entry> expected;
  const auto push = [&](std::uint64_t instant) {
    expected.push_back({instant, id++, 1, 0});
    buckets.push(expected.back());
  };
  for (const std::uint64_t instant : {0x35005u, 0x36001u, 0x36001u}) push(instant);
  while (id < 136) push(0x35005);
  for (std::uint64_t i = 0; i < 70'000; ++i) push((i % 200 + 3) << 48 | i);
  buckets.sweep([](const Entry&) { return true; });
  for (int i = 0; i < 23; ++i) push(0x35005);
  push(0x37000);
  push(0x35005);
  push(0x35005);
  Ids wanted;
  for (const Entry& entry : in_order(expected)) wanted.push_back(entry.payload);
  EXPECT_EQ(all_of(buckets), wanted);
}

// Runs of ties and of others, of which the last ones and some are cancelled, swept out, copied,
// asked for the first, and made wider meanwhile.
TEST(WheelBuckets, LongOnesKeepTheOrderWhateverIsSweptOut) {
  for (std::uint32_t seed = 0; seed < 600; ++seed) {
    std::mt19937_64 random(seed);
    const auto one_in = [&](std::uint64_t many) { return random() % many == 0; };
    std::vector<Entry> pushed;
    std::vector<bool> dead;
    const auto live = [&](const Entry& entry) { return !dead[entry.payload]; };
    const auto expected = [&] {
      std::vector<Entry> alive;
      std::copy_if(pushed.begin(), pushed.end(), std::back_inserter(alive), live);
      return in_order(alive);
    };
    Splitting buckets;
    buckets.reset(0);
    const std::uint64_t width = std::uint64_t{1} << (8 + random() % 24);
    for (int runs = 0; runs < 8; ++runs) {
      const std::uint64_t tie = 0x3'0000'0000 + random() % (2 * width);
      const std::uint64_t rarely = 1 + random() % 400;
      const auto begin = static_cast<std::uint32_t>(pushed.size());
      const auto end = begin + static_cast<std::uint32_t>(random() % 600);
      const bool odd_first = one_in(2);
      for (std::uint32_t i = begin; i < end; ++i) {
        const bool odd = odd_first ? i < begin + 3 : one_in(rarely);
        const std::uint64_t others = one_in(2) ? 0x3'0000'0000 + random() % width : tie ^ 1;
        const std::uint64_t instant = odd && one_in(2) ? others : tie;
        pushed.push_back({instant, i, odd ? static_cast<std::uint32_t>(random() % 3) : 1, 0});
        dead.push_back(false);
        buckets.push(pushed.back());
      }
      const std::uint64_t latest = one_in(2) ? random() % 400 : 0;
      for (std::uint32_t i = begin; i < end; ++i)
        if (i + latest > end || one_in(50)) dead[i] = true;
      if (odd_first && one_in(2))
        for (std::uint32_t i = begin; i < std::min(begin + 3, end); ++i) dead[i] = true;
      if (one_in(2))
        for (std::uint64_t steps = random() % 40; steps > 0; --steps) buckets.sweep_on(100, live);
      if (one_in(10)) buckets.sweep(live);
      if (one_in(10)) buckets.regrain(static_cast<unsigned>(random() % 8));
      if (one_in(3)) buckets = Splitting(buckets);
      if (one_in(2)) continue;
      const std::vector<Entry> left = expected();
      const Entry* const first = buckets.first(live, [] {});
      ASSERT_EQ(first != nullptr, !left.empty()) << seed;
      if (first == nullptr) continue;
      ASSERT_EQ(first->instant, left.front().instant) << seed;
      ASSERT_EQ(first->turn(), left.front().turn()) << seed;
    }
    Ids ids = all_of(buckets), wanted;
    std::erase_if(ids, [&](std::uint32_t id) { return dead[id]; });
    for (const Entry& entry : expected()) wanted.push_back(entry.payload);
    ASSERT_EQ(ids, wanted) << seed;
  }
}

TEST(WheelBuckets, ABucketAtOneInstantThatIsTooLateIsPouredLikeOthers) {
  Buckets buckets = starting_at(0);
  buckets.push({0x305, 1, 0, 0});
  buckets.pour(buckets.earliest(), 0x304);
  EXPECT_FALSE(buckets.has_present());
  EXPECT_EQ(buckets.floor(), 0x300u);
  EXPECT_EQ(buckets.begin_of(buckets.earliest()), 0x305u);
}

// 320 entries in bucket 2 of level 1, which level 0 does not reach from 0. Once time is in its
// second span, of the window of 64 entries that leaves from 0x100 to 0x13F, a quarter of the way to
// the end of level 0's reach at 0x1FF, 63/255 of 320 entries and one are poured, with the chunks
// they are in: 80, in one of 8 and three of 32, so 104. So 0 stands in level 0 already and 256 does
// not yet, when 1000 comes for their instant.
TEST(WheelBuckets, WhatComesWhileABucketIsBeingPouredStandsBehindAllOfIt) {
  Buckets buckets = starting_at(0);
  for (std::uint32_t i = 0; i < 320; ++i) buckets.push({0x200 + i % 256, i, 0, 0});
  buckets.set_floor(0x100);
  buckets.pour_ahead(/*most=*/64, /*window_last=*/0x13F, /*count=*/64);
  buckets.push({0x200, 1'000, 0, 0});
  const unsigned first = buckets.earliest();
  EXPECT_EQ(buckets.begin_of(first), 0x200u);
  EXPECT_EQ(drained(buckets, first), (Ids{0, 256, 1'000}));
}

TEST(WheelBuckets, TheFirstOfThePresentIsThatOfTheFirstTurn) {
  Buckets buckets = starting_at(7);
  buckets.push_present({7, 1, 2, 0});
  buckets.push_present({7, 2, 0, 0});
  buckets.push_present({7, 3, 0, 0});
  EXPECT_EQ(buckets.first_present().payload, 2u);
  EXPECT_EQ(buckets.take_present()->payload, 2u);
  EXPECT_EQ(buckets.first_present().payload, 3u);
}

// Each entry is earlier than the one before, so that each is asked whether it is live when it is
// read.
TEST(WheelBuckets, ABucketIsReadOnceHoweverOftenItsFirstIsAskedFor) {
  Buckets buckets = starting_at(0);
  std::uint32_t last_live = 1'000;
  std::size_t asked = 0, dropped = 0;
  const auto first = [&] {
    asked = 0;
    const auto live = [&](const Entry& entry) { return ++asked, entry.payload < last_live; };
    return buckets.first(live, [&] { ++dropped; });
  };
  EXPECT_EQ(first(), nullptr);
  for (std::uint32_t i = 0; i < 900; ++i) buckets.push({0x90FFF - i, i, 0, 0});
  EXPECT_EQ(first()->payload, 899u);
  EXPECT_EQ(asked, 901u) << "and when it is told";
  EXPECT_EQ(first()->payload, 899u);
  EXPECT_EQ(asked, 1u);
  for (std::uint32_t i = 900; i < 910; ++i) buckets.push({0x90FFF - i, i, 0, 0});
  EXPECT_EQ(first()->payload, 909u);
  EXPECT_EQ(asked, 11u);
  buckets.push({0x90FFF - 909, 910, 0, 0});  // at the same instant, but later scheduled
  buckets.push({0x400, 911, 0, 0});          // in another bucket
  EXPECT_EQ(first()->payload, 911u);
  last_live = 911;
  EXPECT_EQ(first()->instant, 0x90FFFu - 909) << "one of two";
  EXPECT_EQ(dropped, 1u);
  last_live = 800;
  EXPECT_EQ(first()->payload, 799u);
  last_live = 0;
  EXPECT_EQ(first(), nullptr);
  EXPECT_EQ(dropped, 912u);
  EXPECT_TRUE(buckets.empty());
  buckets.push({0x90FFF, 1'000, 0, 0});
  last_live = 1'001;
  EXPECT_EQ(first()->payload, 1'000u);
}

TEST(WheelBuckets, SweepsBucketsAndThePresent) {
  Buckets buckets = starting_at(7);
  for (std::uint32_t i = 0; i < 100; ++i) {
    buckets.push_present({7, i, i % 3, 0});
    buckets.push({0x99999, i, 0, 0});
  }
  buckets.sweep([](const Entry& entry) { return entry.payload == 50; });
  EXPECT_EQ(taken(buckets), Ids{50});
  EXPECT_EQ(drained(buckets, buckets.earliest()), Ids{50});
  EXPECT_TRUE(buckets.empty());
}

// 300 buckets of 10 and one of 5 000, of which every tenth stays; the long one is poured half way
// down in between, and ten more wait at the present instant.
TEST(WheelBuckets, AreSweptBitByBit) {
  Buckets buckets = starting_at(0);
  for (std::uint32_t i = 0; i < 3'000; ++i) buckets.push({1 + i / 10, i, 0, 0});
  for (std::uint32_t i = 3'000; i < 8'000; ++i) buckets.push({0x200 + i % 0x100, i, 0, 0});
  for (std::uint32_t i = 8'000; i < 8'010; ++i) buckets.push_present({0, i, 0, 0});
  const auto tenth = [](const Entry& entry) { return entry.payload % 10 == 0; };
  std::size_t left_out = 0, steps = 0;
  for (bool round = false; !round; ++steps) {
    const Buckets::Swept swept = buckets.sweep_on(100, tenth);
    EXPECT_LE(swept.left_out, 200u);
    left_out += swept.left_out;
    round = swept.round;
  }
  EXPECT_EQ(left_out, 8'010u / 10 * 9);
  EXPECT_GT(steps, 8'000u / 200);
  EXPECT_EQ(taken(buckets), Ids{8'000});
  Ids ids;
  while (!buckets.empty())
    for (const std::uint32_t id : drained(buckets, buckets.earliest())) ids.push_back(id);
  ASSERT_EQ(ids.size(), 800u);
  for (std::uint32_t i = 0; i < ids.size(); ++i) EXPECT_EQ(ids[i], 10 * i);
  EXPECT_TRUE(buckets.sweep_on(100, tenth).round);
}

// Level 0 takes the last two spans of 256 ticks.
TEST(WheelBuckets, ReachesTheEndOfTime) {
  Buckets buckets = starting_at(kEnd - 300);
  buckets.push({kEnd, 1, 0, 0});
  buckets.push({kEnd - 1, 2, 0, 0});
  Ids ids;
  while (!buckets.empty()) {
    const unsigned bucket = buckets.earliest();
    EXPECT_LE(buckets.begin_of(bucket), buckets.last_of(bucket));
    for (const std::uint32_t id : drained(buckets, bucket)) ids.push_back(id);
  }
  EXPECT_EQ(ids, (Ids{2, 1}));
}

// With grain 3 a bucket of level 0 spans 8 ticks, and level 0 reaches to 2·256·8 − 1 = 0xFFF.
// Events at 0x20345 stand on two levels: the first was poured from level 2 to level 1.
TEST(WheelBuckets, AnotherGrainKeepsTheOrderOfEqualInstants) {
  Buckets buckets = starting_at(0);
  for (std::uint32_t i = 0; i < 100; ++i) buckets.push({0x20345, i, 0, 0});
  buckets.push({0x20346, 100, 0, 0});
  buckets.set_floor(0x1FF00);
  buckets.pour_ahead(/*most=*/64, /*window_last=*/0x1FF01, /*count=*/40);
  buckets.push({0x20345, 101, 0, 0});
  buckets.push({0x1FF09, 102, 0, 0});
  buckets.push({0x1FF0A, 103, 0, 0});
  buckets.push({0x1FF10, 104, 0, 0});
  buckets.regrain(3);
  EXPECT_EQ(buckets.grain(), 3u);
  const unsigned first = buckets.earliest();
  EXPECT_EQ(buckets.begin_of(first), 0x1FF08u);
  EXPECT_EQ(buckets.last_of(first), 0x1FF0Fu);
  EXPECT_EQ(drained(buckets, first), (Ids{102, 103}));
  EXPECT_EQ(drained(buckets, buckets.earliest()), Ids{104});
  const Buckets copy = buckets;
  EXPECT_EQ(copy.grain(), 3u);
  Ids expected;
  for (std::uint32_t i = 0; i < 102; ++i) expected.push_back(i);
  EXPECT_EQ(drained(buckets, buckets.earliest()), expected);
  EXPECT_TRUE(buckets.empty());
}

// 0x305 and 0x306 are in one bucket of the lowest level with grain 3, and cannot be told apart.
TEST(WheelBuckets, ABucketOfTheLowestLevelIsPouredByMakingItNarrower) {
  Buckets buckets = starting_at(0);
  buckets.regrain(3);
  for (std::uint32_t i = 0; i < 100; ++i) buckets.push({0x305 + i % 2, i, 0, 0});
  const unsigned bucket = buckets.earliest();
  EXPECT_EQ(buckets.size_of(bucket), 100u);
  buckets.pour(bucket, kEnd);
  EXPECT_EQ(buckets.grain(), 0u);
  EXPECT_EQ(buckets.floor(), 0x300u);
  EXPECT_EQ(buckets.begin_of(buckets.earliest()), 0x305u);
  EXPECT_EQ(drained(buckets, buckets.earliest()).size(), 50u);
  EXPECT_EQ(buckets.begin_of(buckets.earliest()), 0x306u);
}

TEST(WheelBuckets, ACopyIsIndependent) {
  Buckets buckets = starting_at(0);
  for (std::uint32_t i = 0; i < 200; ++i) buckets.push({0x305, i, 0, 0});
  buckets.push_present({0, 999, 0, 0});
  Buckets copy = buckets;
  EXPECT_EQ(drained(buckets, buckets.earliest()).size(), 200u);
  buckets.push({0x305, 7, 0, 0});
  EXPECT_EQ(taken(copy), Ids{999});
  EXPECT_EQ(copy.size_of(copy.earliest()), 200u);
  EXPECT_EQ(drained(copy, copy.earliest())[199], 199u);
  EXPECT_TRUE(copy.empty());
  EXPECT_TRUE(buckets.has_present());
}

}  // namespace
}  // namespace racked::des
