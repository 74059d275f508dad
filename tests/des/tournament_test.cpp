#include <racked/des/tournament.h>

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <tuple>
#include <vector>

namespace racked::des {
namespace {

// Against a sorted map, with holes, growth to the limit and back, removal and moves.
TEST(Tournament, AgreesWithASortedMapUpToItsLimit) {
  std::mt19937_64 random(6);
  EventSlots<std::uint32_t> slots;
  Tournament<std::uint32_t> tournament;
  tournament.plant(std::vector<Tournament<std::uint32_t>::Entry>(), slots);
  using Key = std::tuple<std::uint64_t, std::uint32_t, std::uint64_t>;  // instant, turn, sequence
  std::map<Key, std::uint32_t> expected;                                // slots
  std::map<std::uint32_t, Key> keys;
  std::uint64_t sequence = 0;
  const auto note = [&](std::uint64_t instant, std::uint32_t turn, std::uint32_t slot) {
    const Key key{instant, turn, sequence++};
    expected[key] = slot;
    keys[slot] = key;
  };
  const auto add = [&] {
    const std::uint64_t instant = random() % 100;
    const auto turn = static_cast<std::uint32_t>(random() % 3);
    const std::uint32_t slot = slots.take(0);
    tournament.add(instant, slot << 2 | turn, slot, slots);
    note(instant, turn, slot);
  };
  const auto pop = [&] {
    Tournament<std::uint32_t>::Entry entry;
    ASSERT_EQ(tournament.first().first, std::get<0>(expected.begin()->first));
    ASSERT_EQ(tournament.first().second, std::get<1>(expected.begin()->first));
    if (tournament.has_hole()) tournament.close_hole(slots);
    ASSERT_TRUE(tournament.pop(~std::uint64_t{0}, entry));
    ASSERT_EQ(entry.tag >> 2, expected.begin()->second);
    ASSERT_EQ(entry.payload, expected.begin()->second);
    ASSERT_EQ(entry.instant, std::get<0>(expected.begin()->first));
    keys.erase(entry.tag >> 2);
    slots.release(entry.tag >> 2);
    expected.erase(expected.begin());
  };
  const auto touch = [&] {
    auto found = keys.lower_bound(static_cast<std::uint32_t>(random() % 4'096));
    if (found == keys.end()) found = keys.begin();
    const auto [slot, key] = *found;
    expected.erase(key);
    if (random() % 2 == 0) {
      tournament.remove(slots[slot].where);
      keys.erase(slot);
      slots.release(slot);
    } else {
      const std::uint64_t instant = random() % 100;
      tournament.move(slots[slot].where, instant, std::get<1>(key), slots);
      note(instant, std::get<1>(key), slot);
    }
  };
  for (const std::size_t most : {5u, 60u, 4'096u, 3u, 4'096u}) {
    while (expected.size() < most) {
      add();
      if (random() % 4 != 0) continue;
      ASSERT_NO_FATAL_FAILURE(pop());
    }
    while (expected.size() > most / 8 + 1) {
      if (random() % 3 == 0) add();
      if (random() % 2 == 0) touch();
      if (expected.size() > 1) {
        ASSERT_NO_FATAL_FAILURE(pop());
      }
      ASSERT_EQ(tournament.size(), expected.size());
      if (expected.size() + 2 > most) touch();
      if (expected.empty()) break;
    }
    if (expected.empty()) add();
  }
  auto next = expected.begin();
  tournament.drain(slots, [&](const auto& entry) {
    ASSERT_EQ(entry.tag >> 2, next->second);
    ++next;
  });
  EXPECT_TRUE(next == expected.end());
  EXPECT_TRUE(tournament.empty());
}

// 3 to 40 events at 5 4 3 2 1 0 5 4 ...; of equal ones the first planted is first.
TEST(Tournament, IsPlantedWithManyAtOnce) {
  for (const std::uint32_t count : {3u, 16u, 17u, 40u}) {
    EventSlots<std::uint32_t> slots;
    Tournament<std::uint32_t> tournament;
    std::vector<Tournament<std::uint32_t>::Entry> events;
    std::multimap<std::uint64_t, std::uint32_t> expected;
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::uint64_t instant = 5 - i % 6;
      events.push_back({instant, i, slots.take(i) << 2});
      expected.emplace(instant, i);
    }
    tournament.plant(events, slots);
    EXPECT_EQ(tournament.size(), count);
    tournament.remove(slots[2].where);
    expected.erase(expected.find(3));
    auto next = expected.begin();
    tournament.drain(slots, [&](const auto& entry) {
      ASSERT_EQ(entry.instant, next->first);
      ASSERT_EQ(entry.payload, (next++)->second);
    });
    EXPECT_TRUE(next == expected.end());
    EXPECT_FALSE(tournament.planted());
  }
}

TEST(Tournament, WhatIsLaterThanTheEndStays) {
  EventSlots<int> slots;
  Tournament<int> tournament;
  tournament.plant(std::vector<Tournament<int>::Entry>{{10, 7, EventSlots<int>::kNone << 2 | 1}},
                   slots);
  Tournament<int>::Entry entry;
  EXPECT_FALSE(tournament.pop(9, entry));
  EXPECT_EQ(tournament.size(), 1u);
  ASSERT_TRUE(tournament.pop(10, entry));
  EXPECT_EQ(entry.payload, 7);
  EXPECT_EQ(entry.tag & 3, 1u);
}

}  // namespace
}  // namespace racked::des
