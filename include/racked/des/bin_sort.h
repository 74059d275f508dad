#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <numeric>

namespace racked::des {

/// Sorts entries, which have `instant` and turn(), by both; equal ones keep their order. Spread
/// evenly over their times, or nearly so, each costs the same however many there are; at worst it
/// is O(n log n). They may stand anywhere, and are looked at twice: each is counted in its bin, of
/// which there are two to four times as many as entries, and then moved to its bin's place:
///
///     sort.begin(most, low, high);
///     for (each entry) sort.count(entry);
///     sort.find_places();
///     for (each entry, in the same order) sort.put(entry, sorted);
///     sort.finish(sorted, scratch);
///
/// What is left is nearly sorted; where it is not, because most are close together and a few far
/// away, the entries of each bin are sorted in the same way. It takes 16 KB of the stack, and up to
/// 64 KB when bins are sorted in turn.
template <class Entry>
class BinSort {
 public:
  static constexpr std::size_t kMost = 2048;  ///< Entries that it sorts.

  /// The order: whether one leaves before another.
  static bool leaves_before(const Entry& a, const Entry& b) {
    return a.instant < b.instant || (a.instant == b.instant && a.turn() < b.turn());
  }

  /// For so many entries at most, from instant `low` to `high`; also to begin again, before any
  /// was put. Precondition: 1 ≤ most ≤ kMost.
  void begin(std::size_t most, std::uint64_t low, std::uint64_t high) {
    low_ = low;
    const auto bits = static_cast<unsigned>(std::bit_width(most)) + 1;
    const auto width = static_cast<unsigned>(std::bit_width(high - low));
    shift_ = width > bits ? width - bits : 0;
    bins_ = static_cast<std::size_t>((high - low) >> shift_) + 1;
    std::fill_n(place_.begin(), (bins_ + 3) & ~std::size_t{3}, std::uint16_t{0});
  }

  /// Whether all that is between two instants lies in few of the bins.
  bool is_crowded(std::uint64_t low, std::uint64_t high) const {
    return (high - low) >> shift_ < bins_ / 4;
  }

  /// The first look at each.
  [[gnu::always_inline]] void count(const Entry& entry) { ++place_[bin_of(entry)]; }
  /// Between the two looks.
  void find_places() { begins_of_bins(place_.data(), bins_); }
  /// The second look at each.
  [[gnu::always_inline]] void put(const Entry& entry, Entry* sorted) {
    sorted[place_[bin_of(entry)]++] = entry;
  }
  /// Finishes the order of `sorted`; what is in `scratch`, of the same length, is lost.
  void finish(Entry* sorted, Entry* scratch) const { finish(sorted, scratch, kMostTimes); }

 private:
  static constexpr unsigned kMostTimes = 3;  // bins of bins
  static constexpr std::size_t kFewInBin = 16;

  std::size_t bin_of(const Entry& entry) const {
    return static_cast<std::size_t>((entry.instant - low_) >> shift_);
  }

  void finish(Entry* sorted, Entry* scratch, unsigned times) const {
    if (sort_by_insertion(sorted, place_[bins_ - 1])) return;
    std::size_t begin = 0;
    for (std::size_t bin = 0; bin < bins_; begin = place_[bin++])
      sort_bin(sorted + begin, place_[bin] - begin, scratch + begin, times - 1);
  }

  [[gnu::noinline]] static void sort_bin(Entry* entries, std::size_t count, Entry* scratch,
                                         unsigned times) {
    if (count < 2) return;
    if (count < kFewInBin || times == 0) return sort_by_merging(entries, count, scratch);
    const auto [first, last] =
        std::minmax_element(entries, entries + count,
                            [](const Entry& a, const Entry& b) { return a.instant < b.instant; });
    if (first->instant == last->instant) return sort_by_merging(entries, count, scratch);
    BinSort sort;
    sort.begin(count, first->instant, last->instant);
    std::copy_n(entries, count, scratch);
    for (std::size_t i = 0; i < count; ++i) sort.count(scratch[i]);
    sort.find_places();
    for (std::size_t i = 0; i < count; ++i) sort.put(scratch[i], entries);
    sort.finish(entries, scratch, times);
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

  std::uint64_t low_;
  unsigned shift_;
  std::size_t bins_;
  std::array<std::uint16_t, 4 * kMost> place_;  // how many are in a bin, then where the next goes
};

}  // namespace racked::des
