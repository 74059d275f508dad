#include <racked/des/radix_wheel.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace racked::des {
namespace {

struct Entry {
  std::uint64_t instant;
  std::uint32_t id;
  std::uint32_t of_turn;
  unsigned turn() const { return of_turn; }
};
constexpr auto kAll = [](const Entry&) { return true; };
constexpr std::uint64_t kEnd = ~std::uint64_t{0};

std::vector<std::uint32_t> drained(RadixWheel<Entry>& wheel, std::size_t pending) {
  std::vector<std::uint32_t> ids;
  for (Entry entry; wheel.pop(kEnd, pending, entry, kAll);) ids.push_back(entry.id);
  return ids;
}

// Instants that differ in every byte, in the highest only, and not at all.
std::vector<Entry> scattered(std::size_t count) {
  std::mt19937_64 random(4);
  std::vector<Entry> entries;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint64_t bits = random();
    const std::uint64_t instant = i % 3 == 0 ? bits : i % 3 == 1 ? bits >> 56 << 56 : 77;
    entries.push_back({instant, i, static_cast<std::uint32_t>(random() % 3)});
  }
  return entries;
}

std::vector<std::uint32_t> in_order(std::vector<Entry> entries) {
  std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return a.instant != b.instant ? a.instant < b.instant : a.of_turn < b.of_turn;
  });
  std::vector<std::uint32_t> ids;
  for (const Entry& entry : entries) ids.push_back(entry.id);
  return ids;
}

TEST(RadixWheel, SortsStablyWhateverItIsToldOfTheNumberPending) {
  const std::vector<Entry> entries = scattered(30'000);
  for (const std::size_t pending : {0u, 1'000u, 1'000'000u}) {
    RadixWheel<Entry> wheel;
    wheel.reset(0);
    for (const Entry& entry : entries) wheel.push(entry);
    EXPECT_EQ(drained(wheel, pending), in_order(entries));
  }
}

TEST(RadixWheel, StopsAtTheEndItIsGivenAndGoesOnFromThere) {
  RadixWheel<Entry> wheel;
  wheel.reset(0);
  for (std::uint32_t i = 0; i < 5'000; ++i) wheel.push({1'000'000 + i * 10ull, i, 0});
  Entry entry;
  EXPECT_FALSE(wheel.pop(999'999, 5'000, entry, kAll));
  wheel.push({999'999, 9'999, 0});  // what is between what was asked for and what comes next
  ASSERT_TRUE(wheel.pop(kEnd, 5'000, entry, kAll));
  EXPECT_EQ(entry.id, 9'999u);
  std::uint32_t next = 0;
  for (std::uint64_t end = 1'000'003; next < 5'000; end += 25)
    for (; wheel.pop(end, 5'000, entry, kAll); ++next) {
      ASSERT_EQ(entry.id, next);
      ASSERT_LE(entry.instant, end);
    }
}

TEST(RadixWheel, SweepsAndFindsTheFirstOfWhatIsLeft) {
  const std::vector<Entry> entries = scattered(10'000);
  const auto odd = [](const Entry& entry) { return entry.id % 2 == 1; };
  RadixWheel<Entry> wheel;
  wheel.reset(0);
  for (const Entry& entry : entries) wheel.push(entry);
  Entry first;
  ASSERT_TRUE(wheel.pop(kEnd, entries.size(), first, kAll));
  std::vector<Entry> left;
  for (const Entry& entry : entries)
    if (odd(entry) && entry.id != first.id) left.push_back(entry);
  ASSERT_NE(wheel.first(odd), nullptr);
  EXPECT_EQ(wheel.first(odd)->id, in_order(left).front());
  wheel.sweep(odd);
  EXPECT_EQ(drained(wheel, left.size()), in_order(left));
  EXPECT_EQ(wheel.first(odd), nullptr);
}

TEST(RadixWheel, WhatIsNotKeptWhenItsBucketIsOpenedIsGone) {
  const std::vector<Entry> entries = scattered(10'000);
  const auto odd = [](const Entry& entry) { return entry.id % 2 == 1; };
  RadixWheel<Entry> wheel;
  wheel.reset(0);
  std::vector<Entry> left;
  for (const Entry& entry : entries) {
    wheel.push(entry);
    if (odd(entry)) left.push_back(entry);
  }
  std::vector<std::uint32_t> ids;
  for (Entry entry; wheel.pop(kEnd, entries.size(), entry, odd);)
    if (odd(entry)) ids.push_back(entry.id);
  EXPECT_EQ(ids, in_order(left));
}

// Nearly all in one bin of the sort by counting, in the worst order.
TEST(RadixWheel, SortsACrowdedBucketThatIsUpsideDown) {
  std::vector<Entry> entries{{1'000'000'000, 0, 0}};
  for (std::uint32_t i = 1; i < 2'000; ++i) entries.push_back({500'000'000 - i / 2, i, i % 3});
  RadixWheel<Entry> wheel;
  wheel.reset(0);
  for (const Entry& entry : entries) wheel.push(entry);
  EXPECT_EQ(drained(wheel, 100'000), in_order(entries));
}

}  // namespace
}  // namespace racked::des
