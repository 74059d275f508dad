#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <numeric>

namespace racked::des {

/// Sorts entries, which have `instant` and turn(), by both; equal ones stay as they are. Spread
/// evenly over their times, or nearly so, each costs the same however many there are; at worst it
/// is O(n log n).
///
/// They are counted in one to four times as many bins as there are entries, each is moved to its
/// bin's place, and what is left is nearly sorted; where it is not, because most are close together
/// and a few far away, the entries of each bin are sorted in the same way.
template <class Entry>
class BinSort {
 public:
  static constexpr std::size_t kMost = 2048;  ///< Entries that it sorts.

  /// The order: whether one leaves before another.
  static bool leaves_before(const Entry& a, const Entry& b) {
    return a.instant < b.instant || (a.instant == b.instant && a.turn() < b.turn());
  }

  /// From `entries`, which are lost, to `sorted`. `low` and `high` are the first and the last
  /// instant, or before and after them. Precondition: 1 ≤ count ≤ kMost.
  static void sort(Entry* entries, std::size_t count, std::uint64_t low, std::uint64_t high,
                   Entry* sorted) {
    sort(entries, count, low, high, sorted, kMostTimes);
  }

 private:
  static constexpr unsigned kMostTimes = 3;  // bins of bins; each takes 16 KB of the stack
  static constexpr std::size_t kFewInBin = 16;

  static void sort(Entry* entries, std::size_t count, std::uint64_t low, std::uint64_t high,
                   Entry* sorted, unsigned times) {
    const auto bits = static_cast<unsigned>(std::bit_width(count)) + 1;
    const auto width = static_cast<unsigned>(std::bit_width(high - low));
    const unsigned shift = width > bits ? width - bits : 0;
    const std::size_t bins = static_cast<std::size_t>((high - low) >> shift) + 1;
    std::array<std::uint16_t, 4 * kMost> place;
    std::fill_n(place.begin(), (bins + 3) & ~std::size_t{3}, std::uint16_t{0});
    for (std::size_t i = 0; i < count; ++i) ++place[(entries[i].instant - low) >> shift];
    begins_of_bins(place.data(), bins);
    for (std::size_t i = 0; i < count; ++i)
      sorted[place[(entries[i].instant - low) >> shift]++] = entries[i];
    if (sort_by_insertion(sorted, count)) return;
    std::size_t begin = 0;
    for (std::size_t bin = 0; bin < bins; begin = place[bin++])
      sort_bin(sorted + begin, place[bin] - begin, entries + begin, times - 1);
  }

  [[gnu::noinline]] static void sort_bin(Entry* entries, std::size_t count, Entry* scratch,
                                         unsigned times) {
    if (count < 2) return;
    if (count < kFewInBin || times == 0) return sort_by_merging(entries, count, scratch);
    const auto [first, last] =
        std::minmax_element(entries, entries + count,
                            [](const Entry& a, const Entry& b) { return a.instant < b.instant; });
    const std::uint64_t low = first->instant, high = last->instant;
    if (low == high) return sort_by_merging(entries, count, scratch);
    std::copy_n(entries, count, scratch);
    sort(scratch, count, low, high, entries, times);
  }

  // From counts to how many there are before each. Four at once where the first of them stands
  // lowest in a word: times kOnes, each 16 bits become the sum of themselves and all below.
  static void begins_of_bins(std::uint16_t* counts, std::size_t bins) {
    if constexpr (std::endian::native != std::endian::little)
      return void(std::exclusive_scan(counts, counts + bins, counts, std::uint16_t{0}));
    constexpr std::uint64_t kOnes = 0x0001'0001'0001'0001;
    std::uint64_t before = 0;  // in all four
    for (std::size_t bin = 0; bin < bins; bin += 4) {
      std::uint64_t four;
      std::memcpy(&four, counts + bin, sizeof four);
      const std::uint64_t sums = four * kOnes;
      const std::uint64_t begins = (sums << 16) + before;
      std::memcpy(counts + bin, &begins, sizeof begins);
      before += (sums >> 48) * kOnes;
    }
  }

  // Fastest for what is nearly sorted; false when there is too much to move.
  static bool sort_by_insertion(Entry* entries, std::size_t count) {
    std::size_t moves = 8 * count;
    for (std::size_t i = 1; i < count; ++i) {
      if (entries[i - 1].instant < entries[i].instant || !leaves_before(entries[i], entries[i - 1]))
        continue;
      const Entry entry = entries[i];
      std::size_t hole = i;
      do entries[hole] = entries[hole - 1];
      while (--hole > 0 && leaves_before(entry, entries[hole - 1]));
      entries[hole] = entry;
      if (i - hole > moves) return false;
      moves -= i - hole;
    }
    return true;
  }

  [[gnu::noinline]] static void sort_by_merging(Entry* entries, std::size_t count, Entry* scratch) {
    for (std::size_t run = 1; run < count; run *= 2)
      for (std::size_t from = 0; from + run < count; from += 2 * run) {
        Entry* const middle = entries + from + run;
        Entry* const end = entries + std::min(from + 2 * run, count);
        if (!leaves_before(*middle, *(middle - 1))) continue;
        Entry* const copied = std::copy(entries + from, middle, scratch);
        // What is left of the right half stands where it belongs.
        Entry *to = entries + from, *right = middle;
        for (const Entry* left = scratch; left != copied;)
          *to++ = right != end && leaves_before(*right, *left) ? *right++ : *left++;
      }
  }
};

}  // namespace racked::des
