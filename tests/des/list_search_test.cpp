#include <racked/des/list_search.h>

#include <racked/des/radix_wheel.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <set>
#include <utility>
#include <vector>

namespace racked::des {
namespace {

using Entry = RadixWheel<std::uint32_t>::Entry;

// A list, the search, and a set of what is live.
struct Searched {
  using Key = std::pair<std::uint64_t, std::uint32_t>;  // instant and payload

  ListSearch<Entry>::Lists lists;
  ListSearch<Entry>::List list;
  ListSearch<Entry> search;
  std::vector<bool> is_live;
  std::set<Key> reference;
  std::size_t asked = 0;

  Key append(std::uint64_t instant) {
    const auto id = static_cast<std::uint32_t>(is_live.size());
    if (list.full()) lists.add_chunk(list);
    lists.append(list, {instant, id, 0, 0});
    is_live.push_back(true);
    return *reference.emplace(instant, id).first;
  }
  void cancel(const Key& key) {
    is_live[key.second] = false;
    reference.erase(key);
  }
  void compare() {
    const Entry* const first = search.first(lists, list, [this](const Entry& entry) {
      ++asked;
      return is_live[entry.payload];
    });
    ASSERT_EQ(first == nullptr, reference.empty());
    if (first == nullptr) return;
    ASSERT_TRUE(is_live[first->payload]);
    ASSERT_EQ(first->instant, reference.begin()->first);
  }
};

TEST(ListSearch, FindsTheEarliestWhateverComesAndCeases) {
  std::mt19937_64 random(3);
  for (const std::uint64_t spread : {1u, 30u, 1'000'000'000u})
    for (const std::uint64_t cancels : {30u, 50u, 60u}) {
      Searched all;
      std::vector<Searched::Key> keys;
      for (int i = 0; i < 20'000; ++i) {
        if (i < 100 || random() % 100 >= cancels) {
          keys.push_back(all.append(random() % spread));
        } else if (random() % 2 == 0 && !all.reference.empty()) {
          all.cancel(*all.reference.begin());
        } else {
          all.cancel(keys[random() % keys.size()]);
        }
        if (random() % 3 == 0) {
          ASSERT_NO_FATAL_FAILURE(all.compare());
        }
      }
      while (!all.reference.empty()) {
        all.cancel(*all.reference.begin());
        ASSERT_NO_FATAL_FAILURE(all.compare());
      }
    }
}

// Each time the earliest is cancelled and the next one looked for, of 100 000 in ascending,
// descending and random order. Each entry is asked whether it is live when it is kept, when it is
// found, and when it has ceased: a few times for each of the 1 + log₈ 100 000 < 7 readings at most,
// not 10⁵.
TEST(ListSearch, ReadsTheListSeldomWhenTheEarliestCeasesAgainAndAgain) {
  constexpr std::uint64_t kMany = 100'000;
  std::mt19937_64 random(3);
  for (const int order : {0, 1, 2}) {
    Searched all;
    for (std::uint64_t i = 0; i < kMany; ++i)
      all.append(order == 0 ? i : order == 1 ? kMany - i : random() % kMany);
    while (!all.reference.empty()) {
      all.cancel(*all.reference.begin());
      ASSERT_NO_FATAL_FAILURE(all.compare());
    }
    EXPECT_LE(all.asked, 20 * kMany) << order;
  }
}

// The same for a list to which another comes each time, as timeouts do that are set and cancelled.
TEST(ListSearch, ReadsTheListSeldomWhenItGrowsMeanwhile) {
  Searched all;
  std::uint64_t last = 0;
  for (; last < 10'000; ++last) all.append(last);
  for (; last < 100'000; ++last) {
    all.cancel(*all.reference.begin());
    all.append(last);
    ASSERT_NO_FATAL_FAILURE(all.compare());
  }
  EXPECT_LE(all.asked, 20 * last);
}

TEST(ListSearch, StartsOver) {
  Searched all;
  for (std::uint64_t i = 0; i < 1'000; ++i) all.append(1'000 - i);
  ASSERT_NO_FATAL_FAILURE(all.compare());
  all.lists.clear();
  all.list = {};
  all.reference.clear();
  all.search.restart();
  for (std::uint64_t i = 0; i < 100; ++i) all.append(5'000 - i);
  ASSERT_NO_FATAL_FAILURE(all.compare());
}

}  // namespace
}  // namespace racked::des
