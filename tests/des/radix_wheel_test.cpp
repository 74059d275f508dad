#include <allocation_count.h>
#include <racked/des/radix_wheel.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace racked::des {
namespace {

using Wheel = RadixWheel<std::uint32_t>;
using Splitting = RadixWheel<std::uint32_t, 128>;  // buckets of more than 128 are split
using Entry = Wheel::Entry;
constexpr auto kAll = [](const auto&) { return true; };
constexpr auto kIgnore = [] {};
constexpr std::uint64_t kEnd = ~std::uint64_t{0};

std::vector<std::uint32_t> drained(Wheel& wheel, std::size_t pending) {
  std::vector<std::uint32_t> ids;
  while (const Entry* entry = wheel.pop(kEnd, pending, true, kAll)) ids.push_back(entry->payload);
  return ids;
}

// Instants that differ in every byte, in the highest only, and not at all.
std::vector<Entry> scattered(std::size_t count) {
  std::mt19937_64 random(4);
  std::vector<Entry> entries;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint64_t bits = random();
    const std::uint64_t instant = i % 3 == 0 ? bits : i % 3 == 1 ? bits >> 56 << 56 : 77;
    entries.push_back({instant, i, static_cast<std::uint32_t>(random() % 3), 0});
  }
  return entries;
}

std::vector<std::uint32_t> in_order(std::vector<Entry> entries) {
  std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return a.instant != b.instant ? a.instant < b.instant : a.turn() < b.turn();
  });
  std::vector<std::uint32_t> ids;
  for (const Entry& entry : entries) ids.push_back(entry.payload);
  return ids;
}

TEST(RadixWheel, SortsStablyWhateverItIsToldOfTheNumberPending) {
  const std::vector<Entry> entries = scattered(30'000);
  for (const std::size_t pending : {0u, 1'000u, 1'000'000u}) {
    Wheel wheel;
    wheel.reset(0);
    for (const Entry& entry : entries) wheel.push(entry);
    EXPECT_EQ(drained(wheel, pending), in_order(entries));
  }
}

TEST(RadixWheel, StopsAtTheEndItIsGivenAndGoesOnFromThere) {
  Wheel wheel;
  wheel.reset(0);
  for (std::uint32_t i = 0; i < 5'000; ++i) wheel.push({1'000'000 + i * 10ull, i, 0, 0});
  EXPECT_EQ(wheel.pop(999'999, 5'000, true, kAll), nullptr);
  wheel.push({999'999, 9'999, 0, 0});  // what is between what was asked for and what comes next
  const Entry* entry = wheel.pop(kEnd, 5'000, true, kAll);
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(entry->payload, 9'999u);
  std::uint32_t next = 0;
  for (std::uint64_t end = 1'000'003; next < 5'000; end += 25)
    for (; (entry = wheel.pop(end, 5'000, true, kAll)) != nullptr; ++next) {
      ASSERT_EQ(entry->payload, next);
      ASSERT_LE(entry->instant, end);
    }
}

TEST(RadixWheel, SweepsAndFindsTheFirstOfWhatIsLeft) {
  const std::vector<Entry> entries = scattered(10'000);
  const auto odd = [](const Entry& entry) { return entry.payload % 2 == 1; };
  Wheel wheel;
  wheel.reset(0);
  for (const Entry& entry : entries) wheel.push(entry);
  const Entry first = *wheel.pop(kEnd, entries.size(), true, kAll);
  std::vector<Entry> left;
  for (const Entry& entry : entries)
    if (odd(entry) && entry.payload != first.payload) left.push_back(entry);
  ASSERT_NE(wheel.first(odd, kIgnore), nullptr);
  EXPECT_EQ(wheel.first(odd, kIgnore)->payload, in_order(left).front());
  wheel.sweep(odd);
  EXPECT_EQ(drained(wheel, left.size()), in_order(left));
  EXPECT_EQ(wheel.first(odd, kIgnore), nullptr);
}

TEST(RadixWheel, WhatIsNotKeptWhenItsBucketIsOpenedIsGone) {
  const std::vector<Entry> entries = scattered(10'000);
  const auto odd = [](const Entry& entry) { return entry.payload % 2 == 1; };
  Wheel wheel;
  wheel.reset(0);
  std::vector<Entry> left;
  for (const Entry& entry : entries) {
    wheel.push(entry);
    if (odd(entry)) left.push_back(entry);
  }
  std::vector<std::uint32_t> ids;
  while (const Entry* entry = wheel.pop(kEnd, entries.size(), false, odd))
    if (odd(*entry)) ids.push_back(entry->payload);
  EXPECT_EQ(ids, in_order(left));
}

// A wheel and the sorted set that says what it should do.
template <class Wheel>
class WheelTwins {
  using Entry = typename Wheel::Entry;

 public:
  WheelTwins(std::uint64_t seed, std::uint64_t start) : random(seed), now_(start) {
    wheel_.reset(start);
  }
  std::size_t size() const { return expected_.size(); }

  void push(std::uint64_t span) {
    const auto id = static_cast<std::uint32_t>(alive_.size());
    const Entry entry{now_ + span, id, static_cast<std::uint32_t>(random() % 3), 0};
    alive_.push_back(true);
    expected_.emplace(entry.instant, entry.turn(), id);
    wheel_.push(entry);
  }
  void pop(std::uint64_t end) {
    const Entry* entry = nullptr;
    do entry = wheel_.pop(end, size(), all_alive_, live_);
    while (entry != nullptr && !live_(*entry));
    const bool any = size() > 0 && std::get<0>(*expected_.begin()) <= end;
    ASSERT_EQ(entry != nullptr, any);
    now_ = any ? entry->instant : std::max(now_, end);
    if (!any) return;
    ASSERT_EQ(entry->payload, std::get<2>(*expected_.begin()));
    expected_.erase(expected_.begin());
  }
  void pop_within(std::uint64_t span) { pop(now_ + span); }
  void cancel_after(std::uint64_t span) {
    const auto gone = expected_.lower_bound({now_ + span, 0, 0});
    if (gone == expected_.end()) return;
    alive_[std::get<2>(*gone)] = false;
    all_alive_ = false;
    expected_.erase(gone);
  }
  // Often when the first is not at hand: then it is searched.
  void look_sometimes() {
    if (random() % 20'000 == 0) wheel_.sweep(live_);
    if (random() % 100 == 0) wheel_.sweep_on(live_);
    if (random() % 20'000 == 0) wheel_ = Wheel(wheel_);
    if (random() % (wheel_.at_hand() == nullptr ? 2 : 200) != 0) return;
    const Entry* first = wheel_.first(live_, kIgnore);
    ASSERT_EQ(first != nullptr, size() > 0);
    if (first == nullptr) return;
    ASSERT_EQ(first->instant, std::get<0>(*expected_.begin()));
    ASSERT_EQ(first->turn(), std::get<1>(*expected_.begin()));
  }

  std::uint64_t now() const { return now_; }

  std::mt19937_64 random;

 private:
  std::uint64_t now_;
  Wheel wheel_;
  std::vector<bool> alive_;
  bool all_alive_ = true;
  std::set<std::tuple<std::uint64_t, unsigned, std::uint32_t>> expected_;
  std::function<bool(const Entry&)> live_ = [this](const Entry& e) { return alive_[e.payload]; };
};

// Keeps about `most` entries, whose spans are of very different lengths from phase to phase, or end
// close together, so that buckets are short and long, split, poured whole and ahead, and left half
// poured.
template <class Wheel>
void churn(std::uint64_t seed, std::size_t most) {
  constexpr std::uint64_t kStarts[] = {0, 0x1234'5678'9ABC'DEF0, kEnd - (std::uint64_t{1} << 50)};
  WheelTwins<Wheel> both(seed, kStarts[seed % 3]);
  std::uint64_t bits = 20, end = 0, beyond = 1;
  bool ties = false;
  const auto span = [&] {
    const std::uint64_t any = both.random() % (std::uint64_t{1} << bits);
    if (end > both.now() && any % 16 != 0)
      return end - both.now() + (any % 128 < 100 ? 0 : any % beyond);
    return ties ? any >> bits / 2 << bits / 2 : any >> (both.random() % 8 == 0 ? bits / 3 : 0);
  };
  for (std::size_t i = 0; i < 4 * most; ++i) {
    if (i % (most / 2) == 0) {
      bits = 1 + both.random() % 44;
      ties = both.random() % 4 == 0;
      end = both.random() % 2 == 0 ? both.now() + (std::uint64_t{1} << bits) : 0;
      beyond = std::uint64_t{1} << both.random() % 16;
    }
    const std::uint64_t what = both.random() % 100;
    if (both.size() < most || what < 45) both.push(span());
    if (what >= 40) both.pop(kEnd);
    if (what == 0) both.pop_within(span() / 64);
    if (what == 1 && seed % 2 == 0) both.cancel_after(span());
    both.look_sometimes();
    if (::testing::Test::HasFatalFailure()) return;
  }
  while (both.size() > 0) ASSERT_NO_FATAL_FAILURE(both.pop(kEnd));
}

TEST(RadixWheel, AgreesWithASortedSetWhateverIsPouredAhead) {
  for (std::uint64_t seed = 0; seed < 60; ++seed)
    for (const std::size_t most : {300u, 5'000u, 30'000u}) {
      SCOPED_TRACE(std::to_string(seed) + ", " + std::to_string(most));
      ASSERT_NO_FATAL_FAILURE(churn<Wheel>(seed, most));
      ASSERT_NO_FATAL_FAILURE(churn<Splitting>(seed, most));
    }
}

// 1 waits in bucket 2 of level 2, from 2·2¹⁶ on, which level 1 does not reach before time does, for
// the bucket is short. 100 entries at the end of level 1's span, a long bucket, are poured into
// level 0, and with the first of them time is in the last span of level 0 before 2·2¹⁶. Did level 0
// now take its next span, which level 1 does not have, then 2, scheduled later for the same
// instant, would leave before 1.
TEST(RadixWheel, NoLevelReachesFartherThanTheOneAbove) {
  Wheel wheel;
  wheel.reset(0);
  wheel.push({0x20005, 1, 0, 0});
  for (std::uint32_t i = 0; i < 100; ++i) wheel.push({0x1FF00 + 2 * i, 100 + i, 0, 0});
  ASSERT_EQ(wheel.pop(kEnd, 101, true, kAll)->payload, 100u);
  wheel.push({0x20005, 2, 0, 0});
  std::vector<std::uint32_t> ids = drained(wheel, 101);
  ASSERT_EQ(ids.size(), 101u);
  EXPECT_EQ(ids[99], 1u);
  EXPECT_EQ(ids[100], 2u);
}

// Events pending in a wheel, and those that leave are scheduled anew, `in_each` times 2¹⁶ ticks
// apart.
class HoldModel {
 public:
  HoldModel(std::uint32_t pending, double in_each)
      : pending_(pending), span_(in_each / 65'536 / pending) {
    wheel.reset(0);
    for (std::uint32_t i = 0; i < pending; ++i) wheel.push({later(), i, 0, 0});
  }
  void cycle(std::size_t times) {
    for (std::size_t i = 0; i < times * pending_; ++i) {
      Entry entry = *wheel.pop(kEnd, pending_, true, kAll);
      entry.instant += later();
      wheel.push(entry);
    }
  }

  Wheel wheel;

 private:
  std::uint64_t later() { return static_cast<std::uint64_t>(span_(random_)); }

  std::size_t pending_;
  std::mt19937_64 random_{3};
  std::exponential_distribution<double> span_;
};

// 5 000 events pending, of which each bucket of 2¹⁶ ticks has some. Those of 312 are opened at
// once, 5 000 / 16. With 1.3 in each, as many as 39 to 78 need 32 times the width; with 100 they
// stay.
// Twenty thousand entries are far away. What comes nearer leaves first, in whatever order it comes:
// in descending order, by which the places before the window are filled, and then those of
// latecomers, which are spilled; one at a time; and after a stop before them.
TEST(RadixWheel, TakesWhatIsNearBeforeWhatIsFarAway) {
  constexpr std::uint64_t kFar = std::uint64_t{1} << 50;
  constexpr std::size_t kMany = 20'000;
  Wheel wheel;
  wheel.reset(0);
  for (std::uint32_t i = 0; i < kMany; ++i) wheel.push({kFar + i * 1'000, i, 0, 0});
  std::uint64_t now = 0;
  const auto expect = [&](std::uint64_t instant) {
    const Entry* const entry = wheel.pop(kEnd, kMany, true, kAll);
    ASSERT_NE(entry, nullptr);
    ASSERT_EQ(entry->instant, now = instant);
  };
  for (const std::uint64_t several : {1u, 2u, 3'000u, 1u, 600u}) {
    ASSERT_EQ(wheel.pop(now + 10, kMany, true, kAll), nullptr);
    now += 10;
    for (std::uint64_t i = several; i > 0; --i) wheel.push({now + i, 7, 0, 0});
    const std::uint64_t begin = now;
    for (std::uint64_t i = 1; i <= several; ++i) ASSERT_NO_FATAL_FAILURE(expect(begin + i));
  }
  for (int i = 0; i < 10'000; ++i) {
    wheel.push({now + 500, 7, 0, 0});
    ASSERT_NO_FATAL_FAILURE(expect(now + 500));
  }
  for (std::uint64_t i = 0; i < kMany; ++i) ASSERT_NO_FATAL_FAILURE(expect(kFar + i * 1'000));
}

TEST(RadixWheel, ChoosesTheWidthOfBucketsByWhatIsInThem) {
  for (const double in_each : {1.3, 100.0}) {
    HoldModel held(5'000, in_each);
    held.cycle(8);
    EXPECT_EQ(held.wheel.grain(), in_each < 2 ? 5u : 0u);
  }
}

TEST(RadixWheel, TakesNoMemoryOnceTheWidthIsFound) {
  for (const std::uint32_t pending : {5'000u, 30'000u, 100'000u}) {
    SCOPED_TRACE(pending);
    HoldModel held(pending, 1.3 * pending / 5'000);
    held.cycle(3);
    EXPECT_NE(held.wheel.grain(), 0u);
    const std::size_t allocated = testing::allocation_count();
    held.cycle(8);  // pages that there is room for may be written to for the first time
    const std::size_t memory = held.wheel.memory();
    held.cycle(8);
    EXPECT_EQ(testing::allocation_count() - allocated, 0u);
    EXPECT_EQ(held.wheel.memory(), memory);
  }
}

// 5 000 events that come due within 2¹⁶ ticks, again and again after 2³⁰.
TEST(RadixWheel, SplitsBucketsWithoutMemoryOnceItIsWarm) {
  std::mt19937_64 random(5);
  Splitting wheel;
  wheel.reset(0);
  for (std::uint32_t i = 0; i < 5'000; ++i) wheel.push({(1u << 30) + random() % 65'536, i, 0, 0});
  std::size_t allocated = 0, memory = 0;
  for (int rounds = 0; rounds < 24; ++rounds) {
    if (rounds == 8) allocated = testing::allocation_count(), memory = wheel.memory();
    for (int i = 0; i < 5'000; ++i) {
      Splitting::Entry entry = *wheel.pop(kEnd, 5'000, true, kAll);
      entry.instant = (entry.instant >> 16 << 16) + (1u << 30) + random() % 65'536;
      wheel.push(entry);
    }
  }
  EXPECT_EQ(testing::allocation_count() - allocated, 0u);
  EXPECT_EQ(wheel.memory(), memory);
}

}  // namespace
}  // namespace racked::des
