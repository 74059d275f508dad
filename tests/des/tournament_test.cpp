#include <racked/des/tournament.h>

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <tuple>
#include <vector>

namespace racked::des {
namespace {

// Not trivially made, and larger than a number.
struct Parcel {
  std::uint32_t id = 77;
  double weight = 1.5;
  std::uint64_t rest[2] = {3, 4};
};
std::uint32_t id_of(const Parcel& parcel) { return parcel.id; }
std::uint32_t id_of(std::uint32_t id) { return id; }
void make(std::uint32_t id, Parcel& parcel) { parcel.id = id; }
void make(std::uint32_t id, std::uint32_t& payload) { payload = id; }

// A tournament and a sorted map to which the same is done. Events have ids 0, 1, 2 ...; a value.
template <class Payload, unsigned... kBits>
class TournamentTwins {
 public:
  using Entry = typename Tournament<Payload, kBits...>::Entry;
  using Slots = EventSlots<Payload>;

  std::size_t size() const { return expected_.size(); }
  const Tournament<Payload, kBits...>& tournament() const { return tournament_; }

  // One that has a slot when it is `named`; by the way that the queue goes.
  void add(std::uint64_t instant, std::uint32_t turn = 0, bool named = false) {
    Payload payload;
    make(next_id_, payload);
    const std::uint32_t slot = named ? slots_.take(payload) : Slots::kNone;
    if (named) slot_of_[next_id_] = slot;
    const std::uint32_t tag = slot << 2 | turn;
    if (tournament_.appends(instant, turn)) {
      tournament_.append(instant, tag, payload);
    } else if (tournament_.has_hole()) {
      tournament_.fill_hole(instant, tag, payload, slots_);
    } else {
      tournament_.add(instant, tag, payload, slots_);
    }
    note(next_id_++, instant, turn);
  }

  // The first. Of a run the last cannot be taken.
  void take() {
    compare();
    Entry entry;
    if (tournament_.sorted()) {
      entry = tournament_.front();
      ASSERT_EQ(tournament_.take_front(), expected_.size() - 1);
    } else {
      play();
      if (tournament_.has_hole()) {
        ASSERT_EQ(tournament_.close_hole(slots_), expected_.size());
      }
      const std::uint64_t instant = std::get<0>(expected_.begin()->first);
      if (instant > 0) {
        ASSERT_FALSE(tournament_.pop(instant - 1, entry, slots_));
      }
      ASSERT_TRUE(tournament_.pop(instant, entry, slots_));
    }
    const auto [key, id] = *expected_.begin();
    ASSERT_NO_FATAL_FAILURE(expect(entry, key, id));
    forget(id);
  }

  void cancel(std::uint32_t id) {
    play();
    tournament_.remove(slots_[slot_of_.at(id)].where);
    forget(id);
  }

  void move(std::uint32_t id, std::uint64_t instant) {
    play();
    const std::uint32_t turn = std::get<1>(key_of_.at(id));
    tournament_.move(slot_of_.at(id), instant, turn, slots_);
    expected_.erase(key_of_.at(id));
    note(id, instant, turn);
  }

  void play() {
    if (tournament_.is_run()) tournament_.play(slots_);
  }

  // Some event that has a slot; false when none has.
  bool find_named(std::uint64_t random, std::uint32_t& id) const {
    if (slot_of_.empty()) return false;
    const auto found = slot_of_.lower_bound(static_cast<std::uint32_t>(random % next_id_));
    id = found == slot_of_.end() ? slot_of_.begin()->first : found->first;
    return true;
  }

  void compare() const {
    ASSERT_EQ(tournament_.size(), expected_.size());
    ASSERT_EQ(tournament_.empty(), expected_.empty());
    if (expected_.empty()) return;
    ASSERT_EQ(tournament_.first().first, std::get<0>(expected_.begin()->first));
    ASSERT_EQ(tournament_.first().second, std::get<1>(expected_.begin()->first));
  }

  // In the order of scheduling from a run, else in that of leaving.
  void drain() {
    std::map<std::uint64_t, std::pair<Key, std::uint32_t>> scheduled;
    std::uint64_t rank = 0;
    for (const auto& [key, id] : expected_)
      scheduled[tournament_.is_run() ? std::get<2>(key) : rank++] = {key, id};
    auto next = scheduled.begin();
    tournament_.drain(slots_, [&](const Entry& entry) {
      ASSERT_NO_FATAL_FAILURE(expect(entry, next->second.first, next->second.second));
      ++next;
    });
    ASSERT_TRUE(next == scheduled.end());
    ASSERT_TRUE(tournament_.empty());
    ASSERT_FALSE(tournament_.is_run() || tournament_.played() || tournament_.has_hole());
    while (!expected_.empty()) forget(expected_.begin()->second);
  }

  void take_all() {
    play();
    while (size() > 0) ASSERT_NO_FATAL_FAILURE(take());
  }

 private:
  using Key = std::tuple<std::uint64_t, std::uint32_t, std::uint64_t>;  // instant, turn, sequence

  void note(std::uint32_t id, std::uint64_t instant, std::uint32_t turn) {
    const Key key{instant, turn, sequence_++};
    expected_[key] = id;
    key_of_[id] = key;
  }
  void forget(std::uint32_t id) {
    expected_.erase(key_of_.at(id));
    key_of_.erase(id);
    if (slot_of_.count(id) > 0) slots_.release(slot_of_.at(id));
    slot_of_.erase(id);
  }
  void expect(const Entry& entry, const Key& key, std::uint32_t id) const {
    ASSERT_EQ(id_of(entry.payload), id);
    ASSERT_EQ(entry.instant, std::get<0>(key));
    ASSERT_EQ(entry.tag & 3, std::get<1>(key));
    const auto slot = slot_of_.find(id);
    ASSERT_EQ(entry.tag >> 2, slot == slot_of_.end() ? Slots::kNone : slot->second);
  }

  Tournament<Payload, kBits...> tournament_;
  Slots slots_;
  std::uint32_t next_id_ = 0;
  std::uint64_t sequence_ = 0;
  std::map<Key, std::uint32_t> expected_;           // ids
  std::map<std::uint32_t, Key> key_of_;             // of ids
  std::map<std::uint32_t, std::uint32_t> slot_of_;  // of ids that have one
};

// With holes, growth to the limit and back, removal and moves, from runs of several kinds.
template <class Payload, unsigned... kBits>
void churn(std::uint32_t seed) {
  std::mt19937_64 random(seed);
  TournamentTwins<Payload, kBits...> both;
  const auto add = [&](std::uint64_t instant) {
    both.add(instant, static_cast<std::uint32_t>(random() % 3), random() % 4 != 0);
  };
  const auto touch = [&] {
    std::uint32_t id = 0;
    if (!both.find_named(random(), id)) return;
    random() % 2 == 0 ? both.cancel(id) : both.move(id, random() % 100);
  };
  for (const std::size_t most : {5u, 60u, 4'096u, 3u, 4'096u}) {
    const std::uint64_t pops = random() % 2 * 4;
    while (both.size() < most) {
      add(pops == 0 && both.size() < most / 2 ? both.size() : random() % 100);
      if (pops == 0 || random() % pops != 0 || both.size() < 2) continue;
      ASSERT_NO_FATAL_FAILURE(both.take());
    }
    ASSERT_EQ(both.tournament().has_room(), most < 4'096);
    while (both.size() > most / 16 + 1) {
      if (both.tournament().has_room() && random() % 3 == 0) add(random() % 100);
      if (random() % 4 == 0) touch();
      if (both.size() > 1) {
        ASSERT_NO_FATAL_FAILURE(both.take());
      }
      ASSERT_NO_FATAL_FAILURE(both.compare());
    }
    if (random() % 2 == 0) {
      ASSERT_NO_FATAL_FAILURE(both.drain());
    }
  }
  ASSERT_NO_FATAL_FAILURE(both.drain());
}

TEST(Tournament, AgreesWithASortedMapUpToItsLimit) {
  for (std::uint32_t seed = 1; seed < 5; ++seed) {
    ASSERT_NO_FATAL_FAILURE(churn<std::uint32_t>(seed));
    ASSERT_NO_FATAL_FAILURE(churn<Parcel>(seed));
  }
}

// With 13 bits numbers run out whenever 4 096 to 8 192 events have been added or moved since they
// started over, of which there are tens of thousands: with a hole and without, full and not.
TEST(Tournament, NumbersOfOrderStartOverWhenTheyRunOut) {
  for (std::uint32_t seed = 1; seed < 9; ++seed) {
    ASSERT_NO_FATAL_FAILURE((churn<std::uint32_t, 13>(seed)));
    ASSERT_NO_FATAL_FAILURE((churn<Parcel, 13>(seed)));
  }
  // There is no leaf left for a hole.
  TournamentTwins<std::uint32_t, 13> full;
  for (std::uint32_t id = 0; id < 4'096; ++id) full.add(id % 100, id % 3, true);
  for (std::uint32_t i = 0; i < 20'000; ++i) full.move(i * 7 % 4'096, i % 100);
  ASSERT_FALSE(full.tournament().has_room() || full.tournament().has_hole());
  ASSERT_NO_FATAL_FAILURE(full.take_all());
}

TEST(Tournament, ARunIsSortedWhileEachLeavesAfterAllTheOthers) {
  const std::uint32_t plain = EventSlots<int>::kNone << 2;
  EventSlots<int> slots;
  for (const auto& [instant, turn] : {std::pair{11u, 0u}, {10u, 1u}, {10u, 2u}}) {
    Tournament<int> run;
    run.add(10, plain | 1, 0, slots);
    EXPECT_TRUE(run.appends(instant, turn));
    run.add(instant, plain | turn, 1, slots);
    EXPECT_TRUE(run.sorted());
    EXPECT_EQ(run.first(), std::pair(std::uint64_t{10}, 1u));
  }
  for (const auto& [instant, turn] : {std::pair{10u, 0u}, {9u, 2u}}) {
    Tournament<int> run;
    run.add(10, plain | 1, 0, slots);
    EXPECT_FALSE(run.appends(instant, turn));
    run.add(instant, plain | turn, 1, slots);
    EXPECT_TRUE(run.is_run());
    EXPECT_FALSE(run.sorted());
    EXPECT_EQ(run.first(), std::pair(std::uint64_t{instant}, turn));
    EXPECT_EQ(run.front().payload, 0);
  }
}

// The latest of instants and turns as well, but not by what is empty, mixed, played or full.
TEST(Tournament, AppendsToASortedRunOnly) {
  constexpr std::uint64_t kLast = ~std::uint64_t{0};
  const std::uint32_t plain = EventSlots<int>::kNone << 2;
  EventSlots<int> slots;
  Tournament<int> run;
  EXPECT_FALSE(run.appends(kLast, 2));
  run.add(kLast, plain | 2, 0, slots);
  for (int i = 1; i < 16; ++i) {
    ASSERT_TRUE(run.appends(kLast, 2)) << i;
    run.append(kLast, plain | 2, i);
  }
  EXPECT_FALSE(run.appends(kLast, 2));
  run.add(kLast, plain | 2, 16, slots);
  EXPECT_TRUE(run.appends(kLast, 2));
  run.add(kLast, plain | 1, 17, slots);
  EXPECT_FALSE(run.appends(kLast, 2));
  run.add(kLast, plain | 2, 18, slots);
  EXPECT_FALSE(run.sorted());
  EXPECT_EQ(run.first().second, 1u);
  run.play(slots);
  EXPECT_FALSE(run.appends(kLast, 2));
  run.clear();
  EXPECT_TRUE(run.empty());
  EXPECT_FALSE(run.sorted());
  EXPECT_FALSE(run.appends(kLast, 2));
}

// A run of equal events from which some have been taken, so that it begins anywhere and goes round
// its places; then one before them all; then more of them while it is mixed, and when it is played.
// Of equal ones the first added is first, throughout. Also from a copy in each state.
TEST(Tournament, EqualsStayInOrderFromASortedRunToAMixedOneToLeaves) {
  for (const std::uint32_t size : {3u, 16u, 17u, 30u, 64u, 100u})
    for (const std::uint32_t taken : {0u, 1u, 5u, 15u, 16u, 17u, 40u, 100u, 1'000u})
      for (const std::uint32_t more : {0u, 1u, 20u})
        for (const bool played : {false, true}) {
          SCOPED_TRACE(::testing::Message()
                       << size << ' ' << taken << ' ' << more << ' ' << played);
          TournamentTwins<std::uint32_t> both;
          std::uint32_t added = 0;
          const auto add = [&](std::uint64_t instant) { both.add(instant, 1, added++ % 3 == 0); };
          for (std::uint32_t i = 0; i < size; ++i) add(10);
          for (std::uint32_t i = 0; i < taken; ++i) {
            ASSERT_TRUE(both.tournament().sorted());
            ASSERT_NO_FATAL_FAILURE(both.take());
            add(10);
          }
          TournamentTwins<std::uint32_t> sorted = both;
          add(9);
          ASSERT_TRUE(both.tournament().is_run() && !both.tournament().sorted());
          for (std::uint32_t i = 0; i < more; ++i) add(i % 2 == 0 ? 10 : 9);
          ASSERT_NO_FATAL_FAILURE(both.compare());
          TournamentTwins<std::uint32_t> mixed = both;
          if (played) both.play();
          for (std::uint32_t i = 0; i < more; ++i) add(10);
          TournamentTwins<std::uint32_t> copy = both;
          ASSERT_NO_FATAL_FAILURE(sorted.drain());
          ASSERT_NO_FATAL_FAILURE(mixed.drain());
          ASSERT_NO_FATAL_FAILURE(both.drain());
          ASSERT_NO_FATAL_FAILURE(copy.take_all());
        }
}

// Cancelled and moved from every state, and from a run that goes round: slots know the leaves.
TEST(Tournament, SlotsLeadToTheLeavesOfEveryRun) {
  for (const std::uint32_t size : {2u, 16u, 20u, 60u})
    for (const std::uint32_t taken : {0u, 1u, 10u, 70u})
      for (const int kind : {0, 1, 2})
        for (std::uint32_t which = 0; which < size; which += 3) {
          SCOPED_TRACE(::testing::Message() << size << ' ' << taken << ' ' << kind << ' ' << which);
          TournamentTwins<Parcel> both;
          for (std::uint32_t i = 0; i < size; ++i) both.add(i, 0, true);
          for (std::uint32_t i = 0; i < taken; ++i) {
            ASSERT_NO_FATAL_FAILURE(both.take());
            both.add(size + i, 0, true);
          }
          if (kind > 0) both.add(0, 0, true);
          if (kind > 1) both.play();
          TournamentTwins<Parcel> other = both;
          both.cancel(taken + which);
          ASSERT_NO_FATAL_FAILURE(both.compare());
          other.move(taken + which, size + taken);
          ASSERT_NO_FATAL_FAILURE(other.compare());
          ASSERT_NO_FATAL_FAILURE(both.take_all());
          ASSERT_NO_FATAL_FAILURE(other.take_all());
        }
}

// Of times that fall and rise the first is known all the while, also when the run grows: of 20 at 1
// that go round, 100 more, one at 0 in a later turn, 1,000 equal to it, one before them.
TEST(Tournament, TheFirstOfARunIsKnownWhileItGrowsInAnyOrder) {
  TournamentTwins<std::uint32_t> both;
  for (int i = 0; i < 20; ++i) both.add(1);
  for (int i = 0; i < 50; ++i) {
    ASSERT_NO_FATAL_FAILURE(both.take());
    both.add(1);
  }
  const auto expect = [&](std::uint64_t instant, std::uint32_t turn, std::size_t size) {
    EXPECT_EQ(both.tournament().first(), std::pair(instant, turn));
    EXPECT_EQ(both.tournament().size(), size);
  };
  for (int i = 0; i < 100; ++i) both.add(1);
  expect(1, 0, 120);
  both.add(0, 1);
  expect(0, 1, 121);
  for (int i = 0; i < 1'000; ++i) both.add(0, 1);
  expect(0, 1, 1'121);
  both.add(0, 0);
  expect(0, 0, 1'122);
  EXPECT_EQ(both.tournament().front().payload, 50u);
  ASSERT_NO_FATAL_FAILURE(both.drain());
}

// A run that goes round, 40 to 59 in 32 places, gets one in the middle: 40 is still the first, also
// when there are more places, and then what comes before it.
TEST(Tournament, TheFirstOfARunThatGoesRoundIsKnownWhenItIsMixed) {
  TournamentTwins<std::uint32_t> both;
  for (std::uint64_t i = 0; i < 20; ++i) both.add(i);
  for (std::uint64_t i = 20; i < 60; ++i) {
    ASSERT_NO_FATAL_FAILURE(both.take());
    both.add(i);
  }
  both.add(57);
  ASSERT_FALSE(both.tournament().sorted());
  ASSERT_EQ(both.tournament().first().first, 40u);
  for (std::uint64_t i = 0; i < 100; ++i) {
    both.add(41 + i);
    ASSERT_EQ(both.tournament().first().first, 40u);
  }
  both.add(39);
  ASSERT_EQ(both.tournament().first().first, 39u);
  ASSERT_NO_FATAL_FAILURE(both.take_all());
}

// What is moved to an instant comes after what is there, and before what is added next, which
// stands in an earlier leaf.
TEST(Tournament, WhatIsMovedCountsAsAddedThen) {
  TournamentTwins<std::uint32_t> both;
  for (std::uint64_t i = 0; i < 10; ++i) both.add(i, 0, true);
  both.play();
  for (int i = 0; i < 3; ++i) ASSERT_NO_FATAL_FAILURE(both.take());
  both.add(20);
  both.move(8, 20);
  both.add(20);
  both.move(7, 20);
  both.add(20);
  ASSERT_NO_FATAL_FAILURE(both.take_all());
}

TEST(Tournament, ASortedRunIsFirstInFirstOutWhileItGrowsAndGoesRound) {
  TournamentTwins<std::uint32_t> both;
  std::uint64_t instant = 0;
  for (int round = 0; round < 200; ++round) {
    for (int i = 0; i < 7; ++i) both.add(instant++);
    for (int i = 0; i < 5; ++i) ASSERT_NO_FATAL_FAILURE(both.take());
    ASSERT_TRUE(both.tournament().sorted());
  }
  ASSERT_NO_FATAL_FAILURE(both.drain());
}

// 16 places serve ten events for ever: 24 bytes each.
TEST(Tournament, WhatHasLeftTakesNoMemory) {
  EventSlots<std::uint64_t> slots;
  Tournament<std::uint64_t> run;
  const std::uint32_t tag = EventSlots<std::uint64_t>::kNone << 2;
  for (std::uint64_t i = 0; i < 10; ++i) run.add(i, tag, i, slots);
  for (std::uint64_t i = 10; i < 3'000'000; ++i) {
    ASSERT_EQ(run.front().payload, i - 10);
    run.take_front();
    ASSERT_TRUE(run.appends(i, 0));
    run.append(i, tag, i);
  }
  EXPECT_EQ(run.memory(), 16 * 24u);
}

// 128 leaves of 16 bytes and their cells of 8; of nodes above, 64 + 16 + 4 and the root's line.
TEST(Tournament, MemoryIsThatOfTheTreeAlone) {
  EventSlots<std::uint64_t> slots;
  Tournament<std::uint64_t> tournament;
  for (std::uint64_t i = 0; i < 100; ++i)
    tournament.add(100 - i, EventSlots<std::uint64_t>::kNone << 2, i, slots);
  EXPECT_EQ(tournament.memory(), 128 * 24u);
  tournament.play(slots);
  EXPECT_EQ(tournament.memory(), 128 * 24u + (64 + 16 + 4 + 4) * 16u);
  tournament.clear();
  const Tournament<std::uint64_t> copy = tournament;
  EXPECT_EQ(copy.memory(), 0u);
  for (std::uint64_t i = 0; i < 100; ++i)
    tournament.add(100 - i, EventSlots<std::uint64_t>::kNone << 2, i, slots);
  EXPECT_EQ(tournament.memory(), 128 * 24u + (64 + 16 + 4 + 4) * 16u);
}

// A run that was long and has few left is played in as few leaves as these need.
TEST(Tournament, APlayedRunHasAsManyLeavesAsItNeeds) {
  TournamentTwins<std::uint32_t> both;
  for (std::uint32_t i = 0; i < 4'096; ++i) both.add(i, 0, true);
  EXPECT_FALSE(both.tournament().has_room());
  for (int i = 0; i < 4'080; ++i) ASSERT_NO_FATAL_FAILURE(both.take());
  EXPECT_TRUE(both.tournament().has_room());
  both.add(0, 0, true);
  TournamentTwins<std::uint32_t> copy = both;
  copy.play();
  // 32 leaves, and 16 + 4 + 4 nodes, with cells of 4 bytes.
  const TournamentTwins<std::uint32_t> small = copy;
  EXPECT_EQ(small.tournament().memory(), 32 * 20u + (16 + 4 + 4) * 16u);
  ASSERT_NO_FATAL_FAILURE(copy.take_all());
  ASSERT_NO_FATAL_FAILURE(both.take_all());
}

// In any state there is room for 4,096, and again when one has been taken.
TEST(Tournament, HasRoomForItsMostInEveryState) {
  for (const int kind : {0, 1, 2}) {
    TournamentTwins<std::uint32_t> both;
    for (std::uint32_t i = 0; i < 4'095; ++i) both.add(5'000 + i);
    if (kind == 2) both.play();
    EXPECT_TRUE(both.tournament().has_room());
    both.add(kind == 0 ? 10'000 : 0);
    EXPECT_EQ(both.tournament().size(), 4'096u);
    EXPECT_FALSE(both.tournament().has_room());
    ASSERT_NO_FATAL_FAILURE(both.take());
    EXPECT_TRUE(both.tournament().has_room());
    both.add(20'000);
    EXPECT_FALSE(both.tournament().has_room());
    ASSERT_NO_FATAL_FAILURE(both.drain());
    EXPECT_TRUE(both.tournament().has_room());
  }
}

TEST(Tournament, WhatIsLaterThanTheEndStays) {
  EventSlots<int> slots;
  Tournament<int> tournament;
  tournament.add(10, EventSlots<int>::kNone << 2 | 1, 7, slots);
  tournament.play(slots);
  Tournament<int>::Entry entry;
  EXPECT_FALSE(tournament.pop(9, entry, slots));
  EXPECT_EQ(tournament.size(), 1u);
  ASSERT_TRUE(tournament.pop(10, entry, slots));
  EXPECT_EQ(entry.payload, 7);
  EXPECT_EQ(entry.tag & 3, 1u);
}

}  // namespace
}  // namespace racked::des
