#include <racked/des/bin_sort.h>
#include <racked/des/radix_wheel.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace racked::des {
namespace {

using Entry = RadixWheel<std::uint32_t>::Entry;
using Sort = BinSort<Entry>;

// What the standard library makes of them.
void expect_sorted(std::vector<Entry> entries) {
  const auto [low, high] =
      std::minmax_element(entries.begin(), entries.end(),
                          [](const Entry& a, const Entry& b) { return a.instant < b.instant; });
  std::vector<Entry> expected = entries, sorted(entries.size());
  std::stable_sort(expected.begin(), expected.end(), Sort::leaves_before);
  Sort sort;
  sort.begin(entries.size(), low->instant, high->instant);
  for (const Entry& entry : entries) sort.count(entry);
  sort.find_places();
  for (const Entry& entry : entries) sort.put(entry, sorted.data());
  sort.finish(sorted.data(), entries.data());
  for (std::size_t i = 0; i < sorted.size(); ++i)
    ASSERT_EQ(sorted[i].payload, expected[i].payload) << i;
}

TEST(BinSort, SortsStablyHoweverTheInstantsAreSpread) {
  std::mt19937_64 random(2);
  for (const std::size_t count : {1u, 2u, 3u, 5u, 64u, 500u, 2'048u})
    for (int spread = 0; spread < 8; ++spread) {
      std::vector<Entry> entries;
      for (std::uint32_t i = 0; i < count; ++i) {
        const std::uint64_t bits = random();
        // The last ones: clusters with something far away, and clusters in a cluster.
        const std::uint64_t close = bits % 40 == 0 ? bits : 3'000'000'000 + bits % 5'000;
        const std::uint64_t closer = bits % 10 == 0 ? close : 3'000'000'100 + bits % 20;
        const std::uint64_t instants[] = {
            bits, bits % 1'000, bits % 3, 77, bits >> bits % 64, ~(bits >> 60), close, closer};
        entries.push_back({instants[spread], i, static_cast<std::uint32_t>(random() % 3), 0});
      }
      SCOPED_TRACE(std::to_string(count) + ", " + std::to_string(spread));
      ASSERT_NO_FATAL_FAILURE(expect_sorted(entries));
    }
}

// Nearly all in one bin, in the worst order: too much for insertion.
TEST(BinSort, SortsACrowdedBinThatIsUpsideDown) {
  std::vector<Entry> entries{{1'000'000'000, 0, 0, 0}};
  for (std::uint32_t i = 1; i < 2'000; ++i) entries.push_back({500'000'000 - i / 2, i, i % 3, 0});
  ASSERT_NO_FATAL_FAILURE(expect_sorted(entries));
}

}  // namespace
}  // namespace racked::des
