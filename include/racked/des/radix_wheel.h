#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace racked::des {

/// Pending events for large numbers of them, each in one of three places:
///
/// - the present instant: a first-in-first-out list for each turn;
/// - the window: a sorted array of everything up to `window_last_`;
/// - the wheel proper: eight levels of 256 buckets. A bucket of level k spans 256^k ticks. An event
///   goes to the level of the highest byte in which its instant differs from `base_`, into the
///   bucket of its own byte there: no search, and no guess of a bucket's width.
///
/// When the window is empty the earliest bucket is opened: sorted into the window when it is short,
/// else poured into the levels below. An event is moved once for each level at most, whatever the
/// distribution of times. Each place keeps equal instants in the order of scheduling, so that no
/// sequence numbers are kept. Entries of cancelled events stay until their bucket is opened, they
/// surface or they are swept.
///
/// Entry has `instant` (unsigned ticks) and turn(); it is copied as bytes. push is O(1), or the
/// length of the window for one that falls into it; pop is amortised O(levels), at worst the length
/// of one bucket. At most 2³² entries. Not thread-safe.
template <class Entry>
class RadixWheel {
 public:
  /// Empties it, keeping the memory; nothing will be earlier than `floor`.
  void reset(std::uint64_t floor) {
    lists_.resize(kLevels * kDigits);
    make_room(kFew);
    while (levels_ != 0) free_chunks(take(earliest_bucket()));
    for (Fifo& fifo : now_) {
      free_chunks(fifo.list);
      fifo = {};
    }
    ready_ = 0;
    head_ = tail_ = 0;
    wanted_ = kShort;
    inserted_ = 0;
    most_ = kFew;
    floor_ = base_ = window_last_ = floor;
  }

  /// Precondition: not before the floor, which is the instant popped last.
  [[gnu::always_inline]] void push(const Entry& entry) {
    if (entry.instant > window_last_) return append_far(entry);
    insert_near(Entry(entry));
  }

  /// Takes the earliest entry, if it is not after `end`; else nothing before `end` may be pushed
  /// any more. `pending` is about how many there are, by which the effort is chosen. Of a bucket
  /// that is opened only the entries for which keep(entry) holds stay.
  template <class Keep>
  [[gnu::always_inline]] bool pop(std::uint64_t end, std::size_t pending, Entry& out, Keep&& keep) {
    if (head_ == tail_ || ready_ != 0) [[unlikely]] {
      Entry found;
      const bool any = pop_slowly(end, pending, found, keep);
      out = found;
      return any;
    }
    const Entry& entry = window_[head_];
    if (entry.instant > end) return stop_at(end);
    floor_ = entry.instant;
    out = entry;
    ++head_;
    return true;
  }

  /// What will be popped `ahead` entries after the next one, when that is known; else nullptr.
  /// O(1).
  const Entry* upcoming(std::size_t ahead) const {
    return ready_ == 0 && head_ + ahead < tail_ ? &window_[head_ + ahead] : nullptr;
  }

  /// The earliest entry for which live(entry) holds, or nullptr. O(1) unless the window is empty;
  /// then the length of the earliest bucket.
  template <class Live>
  const Entry* first(Live&& live) const {
    for (const Fifo& fifo : now_)
      if (const Entry* found = earliest(fifo.list, fifo.read, live)) return found;
    const Entry* best = nullptr;
    const auto consider = [&](const Entry& entry) {
      if (live(entry) && (best == nullptr || entry.instant < best->instant ||
                          (entry.instant == best->instant && entry.turn() < best->turn())))
        best = &entry;
    };
    for (std::size_t i = head_; i < tail_; ++i) {
      if (best != nullptr && window_[i].instant != best->instant) break;
      consider(window_[i]);
    }
    for (unsigned level = 0; level < kLevels && best == nullptr; ++level)
      for_each_bucket(level, [&](unsigned bucket) {
        if (best == nullptr) best = earliest(lists_[bucket], 0, live);
      });
    return best;
  }

  /// Keeps the entries for which keep(entry) holds, which may change what it does not order by.
  template <class Keep>
  void sweep(Keep&& keep) {
    std::size_t kept = head_;
    for (std::size_t i = head_; i < tail_; ++i)
      if (keep(window_[i])) window_[kept++] = window_[i];
    tail_ = kept;
    for (unsigned turn = 0; turn < now_.size(); ++turn) {
      const Fifo old = now_[turn];
      now_[turn] = {};
      ready_ &= ~(1u << turn);
      drain(old.list, old.read, [&](Entry entry) {
        if (keep(entry)) append_now(entry);
      });
    }
    for (unsigned level = 0; level < kLevels; ++level)
      for_each_bucket(level, [&](unsigned bucket) {
        drain(take(bucket), 0, [&](Entry entry) {
          if (keep(entry)) append(bucket, entry);
        });
      });
  }

  /// Bytes in use.
  std::size_t memory() const {
    return entries_.capacity() * sizeof(Entry) + next_.capacity() * sizeof(std::uint32_t) +
           lists_.capacity() * sizeof(List) +
           (window_.capacity() + opened_.capacity()) * sizeof(Entry);
  }

 private:
  static constexpr std::uint64_t kEnd = std::numeric_limits<std::uint64_t>::max();
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
  static constexpr unsigned kDigitBits = 8, kDigits = 1u << kDigitBits, kLevels = 64 / kDigitBits;
  static constexpr std::size_t kWords = kDigits / 64;
  static constexpr std::uint32_t kPerChunk = 32;
  static constexpr std::size_t kShort = 2048;  // no longer bucket is sorted
  static constexpr std::size_t kFew = 64;

  // Entries in the order in which they came, in chunks of kPerChunk places. `end` is the place
  // after the last; a multiple of kPerChunk when the next one needs another chunk.
  struct List {
    std::uint32_t first = kNone;
    std::uint32_t end = 0;
    std::uint32_t chunks = 0;
  };
  struct Fifo {
    List list;
    std::uint32_t read = 0;
  };

  // Lists.

  // Shifting and masking with what the level implies is cheaper than remembering it.
  [[gnu::always_inline]] void append_far(const Entry& entry) {
    const auto bit = 63 - static_cast<unsigned>(std::countl_zero((entry.instant ^ base_) | 1));
    const unsigned shift = bit & ~(kDigitBits - 1);
    const unsigned digit = static_cast<unsigned>(entry.instant >> shift) & (kDigits - 1);
    append(shift * (kDigits / kDigitBits) + digit, entry);
  }

  [[gnu::always_inline]] void append(unsigned bucket, const Entry& entry) {
    List& list = lists_[bucket];
    if (list.end % kPerChunk == 0) [[unlikely]] {
      occupied_[bucket / 64] |= std::uint64_t{1} << bucket % 64;
      levels_ |= 1u << bucket / kDigits;
      add_chunk(list);
    }
    __builtin_prefetch(&entries_[list.end], 1);
    entries_[list.end++] = entry;
  }

  void append_now(const Entry& entry) {
    List& list = now_[entry.turn()].list;
    if (list.end % kPerChunk == 0) add_chunk(list);
    entries_[list.end++] = entry;
    ready_ |= 1u << entry.turn();
  }

  [[gnu::noinline]] void add_chunk(List& list) {
    std::uint32_t chunk = free_chunk_;
    if (chunk != kNone) {
      free_chunk_ = next_[chunk];
    } else {
      chunk = static_cast<std::uint32_t>(next_.size());
      // Doubling would leave half of the memory unused.
      if (next_.size() == next_.capacity()) {
        next_.reserve(next_.size() + next_.size() / 8 + 64);
        entries_.reserve(next_.capacity() * kPerChunk);
      }
      next_.emplace_back();
      entries_.resize(entries_.size() + kPerChunk);
    }
    next_[chunk] = kNone;
    if (list.chunks++ == 0) {
      list.first = chunk;
    } else {
      next_[(list.end - 1) / kPerChunk] = chunk;
    }
    list.end = chunk * kPerChunk;
  }

  void free_chunk(std::uint32_t chunk) {
    next_[chunk] = free_chunk_;
    free_chunk_ = chunk;
  }

  void free_chunks(const List& list) {
    drain(list, 0, [](const Entry&) {});
  }

  static std::size_t length(const List& list) {
    return list.chunks * std::size_t{kPerChunk} - (0 - list.end) % kPerChunk;
  }

  std::uint32_t count_in(const List& list, std::uint32_t chunk) const {
    return next_[chunk] == kNone ? list.end - chunk * kPerChunk : kPerChunk;
  }

  // Calls use(entry) for each, until it returns false.
  template <class Use>
  void visit(const List& list, std::uint32_t from, Use&& use) const {
    for (std::uint32_t chunk = list.first; chunk != kNone; chunk = next_[chunk], from = 0) {
      const std::uint32_t count = count_in(list, chunk);
      for (std::uint32_t i = from; i < count; ++i)
        if (!use(entries_[chunk * kPerChunk + i])) return;
    }
  }

  // Calls use(entry) for each entry of a list that stands nowhere any more, and frees its chunks.
  template <class Use>
  [[gnu::always_inline]] void drain(const List& list, std::uint32_t from, Use&& use) {
    for (std::uint32_t chunk = list.first; chunk != kNone; from = 0) {
      const std::uint32_t next = next_[chunk];
      prefetch(next);
      const std::uint32_t count = count_in(list, chunk);
      for (std::uint32_t i = from; i < count; ++i) use(Entry(entries_[chunk * kPerChunk + i]));
      free_chunk(chunk);
      chunk = next;
    }
  }

  void prefetch(std::uint32_t chunk) const {
    if (chunk == kNone) return;
    const char* bytes = reinterpret_cast<const char*>(&entries_[chunk * kPerChunk]);
    for (std::size_t line = 0; line < kPerChunk * sizeof(Entry); line += 64)
      __builtin_prefetch(bytes + line);
  }

  template <class Live>
  const Entry* earliest(const List& list, std::uint32_t from, Live& live) const {
    const Entry* best = nullptr;
    visit(list, from, [&](const Entry& entry) {
      if (live(entry) && (best == nullptr || entry.instant < best->instant ||
                          (entry.instant == best->instant && entry.turn() < best->turn())))
        best = &entry;
      return true;
    });
    return best;
  }

  // The present instant.

  Entry take_ready() {
    const auto turn = static_cast<unsigned>(std::countr_zero(ready_));
    Fifo& fifo = now_[turn];
    const std::uint32_t chunk = fifo.list.first;
    const Entry entry = entries_[chunk * kPerChunk + fifo.read++];
    if (chunk * kPerChunk + fifo.read == fifo.list.end) ready_ &= ~(1u << turn);
    if (fifo.read == kPerChunk) {
      fifo.read = 0;
      fifo.list.first = next_[chunk];
      --fifo.list.chunks;
      free_chunk(chunk);
      if (fifo.list.chunks == 0) fifo.list = {};
    }
    return entry;
  }

  // What the window holds of the present instant joins the lists.
  void take_ties() {
    for (; head_ < tail_ && window_[head_].instant == floor_; ++head_) append_now(window_[head_]);
  }

  bool stop_at(std::uint64_t end) {
    floor_ = std::max(floor_, end);
    return false;
  }

  template <class Keep>
  [[gnu::noinline]] bool pop_slowly(std::uint64_t end, std::size_t pending, Entry& out,
                                    Keep& keep) {
    if (ready_ == 0 && head_ == tail_ && !open(end, pending, keep)) return stop_at(end);
    if (ready_ == 0) return pop(end, pending, out, keep);
    if (floor_ > end) return false;
    out = take_ready();
    return true;
  }

  // The window, sorted by instant and turn.

  static bool earlier(const Entry& a, const Entry& b) {
    return a.instant < b.instant || (a.instant == b.instant && a.turn() < b.turn());
  }

  [[gnu::noinline]] void insert_near(const Entry& entry) {
    if (entry.instant == floor_) {
      take_ties();
      return append_now(entry);
    }
    const auto at = [&](std::size_t i) { return window_.begin() + static_cast<std::ptrdiff_t>(i); };
    if (tail_ - head_ >= most_) {
      spill();
      return push(entry);
    }
    if (tail_ == window_.size()) {
      std::copy(at(head_), at(tail_), window_.begin());
      tail_ -= head_;
      head_ = 0;
    }
    ++inserted_;
    const auto place = std::upper_bound(at(head_), at(tail_), entry, earlier);
    if (head_ > 0 && place - at(head_) < at(tail_) - place) {
      std::copy(at(head_), place, at(head_ - 1));
      *(place - 1) = entry;
      --head_;
    } else {
      std::copy_backward(place, at(tail_), at(tail_ + 1));
      *place = entry;
      ++tail_;
    }
  }

  // The later half of the window goes back into the buckets, equal instants together.
  void spill() {
    std::size_t cut = head_ + (tail_ - head_) / 2;
    while (cut > head_ && window_[cut - 1].instant == window_[cut].instant) --cut;
    if (levels_ == 0) base_ = floor_;
    window_last_ = window_[cut].instant - 1;
    for (std::size_t i = cut; i < tail_; ++i) append_far(window_[i]);
    tail_ = cut;
  }

  // Stable. By insertion, which is fastest for what is nearly sorted, unless that takes too long.
  static void sort(Entry* entries, std::size_t count, Entry* scratch) {
    std::size_t moves = 8 * count;
    for (std::size_t i = 1; i < count; ++i) {
      if (entries[i - 1].instant < entries[i].instant || !earlier(entries[i], entries[i - 1]))
        continue;
      const Entry entry = entries[i];
      std::size_t hole = i;
      do entries[hole] = entries[hole - 1];
      while (--hole > 0 && earlier(entry, entries[hole - 1]));
      entries[hole] = entry;
      if (i - hole > moves) return merge_sort(entries, count, scratch);
      moves -= i - hole;
    }
  }

  [[gnu::noinline]] static void merge_sort(Entry* entries, std::size_t count, Entry* scratch) {
    for (std::size_t run = 1; run < count; run *= 2)
      for (std::size_t from = 0; from + run < count; from += 2 * run) {
        Entry* const middle = entries + from + run;
        Entry* const end = entries + std::min(from + 2 * run, count);
        if (!earlier(*middle, *(middle - 1))) continue;
        Entry* const copied = std::copy(entries + from, middle, scratch);
        std::merge(scratch, copied, middle, end, entries + from, earlier);
      }
  }

  // Buckets.

  template <class Use>
  void for_each_bucket(unsigned level, Use&& use) const {
    for (std::size_t word = level * kWords; word < (level + 1) * kWords; ++word)
      for (std::uint64_t left = occupied_[word]; left != 0; left &= left - 1)
        use(static_cast<unsigned>(word * 64) + static_cast<unsigned>(std::countr_zero(left)));
  }

  // Precondition: there is one.
  unsigned earliest_bucket() const {
    std::size_t word = static_cast<unsigned>(std::countr_zero(levels_)) * kWords;
    while (occupied_[word] == 0) ++word;
    return static_cast<unsigned>(word * 64) +
           static_cast<unsigned>(std::countr_zero(occupied_[word]));
  }

  List take(unsigned bucket) {
    const List taken = lists_[bucket];
    lists_[bucket] = {};
    occupied_[bucket / 64] &= ~(std::uint64_t{1} << bucket % 64);
    const std::uint64_t* words = &occupied_[bucket / kDigits * kWords];
    std::uint64_t any = 0;
    for (std::size_t i = 0; i < kWords; ++i) any |= words[i];
    if (any == 0) levels_ &= ~(1u << bucket / kDigits);
    return taken;
  }

  // For windows of `most` events when they are opened.
  void make_room(std::size_t most) {
    if (opened_.size() >= most) return;
    opened_.resize(most);
    window_.resize(2 * most + kFew);
  }

  // A window of an eighth of all events is seldom pushed into; where it is pushed into often all
  // the same, because most spans are short, the next one is made shorter.
  std::size_t wanted(std::size_t pending) {
    if (inserted_ > tail_ / 4) {
      wanted_ = std::max(wanted_ / 2, kFew);
    } else if (inserted_ < tail_ / 16) {
      wanted_ = std::min(wanted_ * 2, kShort);
    }
    inserted_ = 0;
    return std::clamp(pending / 8, kFew, wanted_);
  }

  // Fills the window, or the present instant, with what comes next; false when nothing is left in
  // a bucket that begins by `end`. Very short buckets are joined: the cost of opening is shared.
  template <class Keep>
  bool open(std::uint64_t end, std::size_t pending, Keep& keep) {
    const std::size_t most = wanted(pending);
    make_room(most);
    most_ = most + kFew;
    head_ = tail_ = 0;
    std::size_t count = 0;
    std::uint64_t low = kEnd, high = 0, last = 0;
    const std::size_t enough = std::max(most / 8, kFew / 2);
    while (levels_ != 0 && count < enough) {
      const unsigned bucket = earliest_bucket();
      const unsigned shift = bucket / kDigits * kDigitBits;
      const std::uint64_t width = std::uint64_t{1} << shift;
      const std::uint64_t digits = width * kDigits - 1;  // all ones at the highest level
      const std::uint64_t begin = (base_ & ~digits) | bucket % kDigits * width;
      if (begin > end) break;
      const std::size_t many = length(lists_[bucket]);
      if (count > 0 && many > enough) break;
      if (many > most) {
        pour(take(bucket), shift, begin, end);
        if (ready_ != 0) return true;
        continue;
      }
      last = begin + (width - 1);
      drain(take(bucket), 0, [&](const Entry& entry) {
        opened_[count] = entry;
        count += keep(entry);
        low = std::min(low, entry.instant);
        high = std::max(high, entry.instant);
      });
    }
    if (count == 0) return false;
    if (low == high && low <= end) {
      floor_ = window_last_ = low;
      for (std::size_t i = 0; i < count; ++i) append_now(opened_[i]);
      return true;
    }
    window_last_ = levels_ == 0 ? kEnd : last;
    sort_into_window(count, low, high);
    return true;
  }

  // A bucket into the levels below it. All at one instant, they are the present one: of bursts of
  // many events nothing is moved.
  void pour(const List& list, unsigned shift, std::uint64_t begin, std::uint64_t end) {
    base_ = begin;
    window_last_ = std::max(window_last_, begin == 0 ? 0 : begin - 1);
    const Entry& first = entries_[list.first * kPerChunk];
    const unsigned below = shift == 0 ? 0 : shift - kDigitBits;
    std::uint64_t differ = 0;
    bool one_turn = true;
    visit(list, 0, [&](const Entry& entry) {
      differ |= entry.instant ^ first.instant;
      one_turn &= entry.turn() == first.turn();
      return differ >> below == 0;
    });
    if (differ != 0 || first.instant > end)
      return drain(list, 0, [&](const Entry& entry) { append_far(entry); });
    floor_ = base_ = window_last_ = first.instant;
    if (!one_turn) return drain(list, 0, [&](const Entry& entry) { append_now(entry); });
    Fifo& fifo = now_[first.turn()];
    free_chunks(fifo.list);
    fifo = {list, 0};
    ready_ = 1u << first.turn();
  }

  // Counts events in two to four times as many bins as there are events, moves each into its bin's
  // place, and leaves the rest to a sort that finds little to do. Both keep equal instants in
  // order.
  void sort_into_window(std::size_t count, std::uint64_t low, std::uint64_t high) {
    const auto bits = static_cast<unsigned>(std::bit_width(count)) + 1;
    const auto width = static_cast<unsigned>(std::bit_width(high - low));
    const unsigned shift = width > bits ? width - bits : 0;
    const std::size_t bins = static_cast<std::size_t>((high - low) >> shift) + 1;
    std::array<std::uint16_t, 4 * kShort> place;
    std::fill_n(place.begin(), bins, std::uint16_t{0});
    for (std::size_t i = 0; i < count; ++i) ++place[(opened_[i].instant - low) >> shift];
    std::uint16_t before = 0;
    for (std::size_t bin = 0; bin < bins; ++bin)
      before = static_cast<std::uint16_t>(before + std::exchange(place[bin], before));
    for (std::size_t i = 0; i < count; ++i)
      window_[place[(opened_[i].instant - low) >> shift]++] = opened_[i];
    tail_ = count;
    sort(window_.data(), count, opened_.data());
  }

  std::size_t head_ = 0, tail_ = 0;
  std::uint64_t window_last_ = 0;
  std::uint64_t floor_ = 0;
  std::uint64_t base_ = 0;
  std::uint32_t ready_ = 0;   // turns with an entry at the present instant
  std::uint32_t levels_ = 0;  // levels with an occupied bucket
  std::uint32_t free_chunk_ = kNone;
  std::size_t most_ = kFew;  // entries in the window, beyond which its later half is spilled
  std::size_t inserted_ = 0, wanted_ = kShort;
  std::array<Fifo, 3> now_;
  std::array<std::uint64_t, kLevels * kWords> occupied_{};
  std::vector<List> lists_;
  std::vector<Entry> entries_;       // chunk after chunk
  std::vector<std::uint32_t> next_;  // of each chunk
  std::vector<Entry> window_;
  std::vector<Entry> opened_;  // what is to be sorted
};

}  // namespace racked::des
