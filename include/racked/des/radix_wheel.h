#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace racked::des {

/// Pending events for large numbers of them, each in one of three places:
///
/// - the present instant: a first-in-first-out list for each turn;
/// - the window: a sorted array of everything before `window_end_`;
/// - the wheel proper: eight levels of 256 buckets. A bucket of level k spans 256^k ticks. An event
///   goes to the level of the highest byte in which its instant differs from `base_`, into the
///   bucket of its own byte there: no search, and no guess of a bucket's width.
///
/// When the window is empty the earliest bucket is opened: sorted into the window when it is short,
/// else poured into the levels below. An event is moved once for each level at most, whatever the
/// distribution of times; up to a thousand events that lie close together skip the levels in which
/// they do not differ. Each place keeps equal instants in the order of scheduling, so that no
/// sequence numbers are kept. Entries of cancelled events stay until they surface or are swept.
///
/// Entry has `instant` (unsigned ticks) and turn(); it is copied as bytes. push is O(1), or the
/// length of the window for one that falls into it; pop is amortised O(levels), at worst the length
/// of one bucket. Not thread-safe.
template <class Entry>
class RadixWheel {
 public:
  /// Empties it, keeping the memory; nothing will be earlier than `floor`.
  void reset(std::uint64_t floor) {
    lists_.resize(kLevels * kDigits);
    window_.resize(kWindow);
    while (levels_ != 0) take(earliest_bucket());
    chunks_.clear();
    free_ = kNone;
    now_ = {};
    ready_ = 0;
    head_ = tail_ = 0;
    most_ = kFew;
    floor_ = base_ = floor;
    window_end_ = kEnd;
  }

  /// Precondition: not before the floor, which is the instant popped last.
  void push(const Entry& entry) {
    if (entry.instant >= window_end_) return append_far(entry);
    if (entry.instant == floor_) return append_now(entry);
    insert_into_window(entry);
  }

  /// Takes the earliest entry, if it is not after `end`; else nothing before `end` may be pushed
  /// any more. `pending` is about how many there are, by which the effort is chosen.
  bool pop(std::uint64_t end, std::size_t pending, Entry& out) {
    while (ready_ == 0) {
      if (head_ == tail_ && !open(end, pending)) return stop_at(end);
      if (ready_ != 0) break;
      const Entry& entry = window_[head_];
      if (entry.instant > end) return stop_at(end);
      floor_ = entry.instant;
      if (head_ + 1 == tail_ || window_[head_ + 1].instant != floor_) {
        out = entry;
        ++head_;
        return true;
      }
      take_ties();
    }
    if (floor_ > end) return false;
    out = take_ready();
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
    for (std::size_t i = head_; i < tail_; ++i) {
      if (best != nullptr && window_[i].instant != best->instant) break;
      if (live(window_[i]) && (best == nullptr || window_[i].turn() < best->turn()))
        best = &window_[i];
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

  /// Calls use(entry) for all; those of equal instant and turn in the order of scheduling.
  template <class Use>
  void for_each(Use&& use) const {
    for (const Fifo& fifo : now_) visit(fifo.list, fifo.read, use);
    for (std::size_t i = head_; i < tail_; ++i) use(window_[i]);
    for (unsigned level = 0; level < kLevels; ++level)
      for_each_bucket(level, [&](unsigned bucket) { visit(lists_[bucket], 0, use); });
  }

  /// Bytes in use.
  std::size_t memory() const {
    return chunks_.capacity() * sizeof(Chunk) + lists_.capacity() * sizeof(List) +
           window_.capacity() * sizeof(Entry);
  }

 private:
  static constexpr std::uint64_t kEnd = std::numeric_limits<std::uint64_t>::max();
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
  static constexpr unsigned kDigitBits = 8, kDigits = 1u << kDigitBits, kLevels = 64 / kDigitBits;
  static constexpr std::size_t kWords = kDigits / 64;
  static constexpr std::size_t kShort = 2048;  // no longer bucket is sorted
  static constexpr std::size_t kFew = 32;
  static constexpr std::size_t kWindow = 2 * kShort;
  static constexpr std::size_t kPerChunk = (768 - 2 * sizeof(std::uint32_t)) / sizeof(Entry);
  static_assert(kPerChunk > 0, "a payload of at most two hundred bytes");

  struct Chunk {
    std::array<Entry, kPerChunk> entries;
    std::uint32_t next;
    std::uint32_t count;  // of a chunk that takes no more
  };
  // Entries in the order in which they came. Without chunks the last one counts as full.
  struct List {
    std::uint32_t first = kNone;
    std::uint32_t last = 0;
    std::uint32_t fill = kPerChunk;
  };
  struct Fifo {
    List list;
    std::uint32_t read = 0;
  };
  struct Measure {
    std::size_t length = 0;
    std::uint64_t low = kEnd, high = 0;  // the span of the instants
  };

  // Lists.

  // Shifting and masking with what the level implies is cheaper than remembering it.
  void append_far(const Entry& entry) {
    const auto bit = 63 - static_cast<unsigned>(std::countl_zero((entry.instant ^ base_) | 1));
    const unsigned shift = bit & ~(kDigitBits - 1);
    const unsigned digit = static_cast<unsigned>(entry.instant >> shift) & (kDigits - 1);
    append(shift * (kDigits / kDigitBits) + digit, entry);
  }

  void append(unsigned bucket, const Entry& entry) {
    List& list = lists_[bucket];
    if (list.fill == kPerChunk) {
      occupied_[bucket / 64] |= std::uint64_t{1} << bucket % 64;
      levels_ |= 1u << bucket / kDigits;
      add_chunk(list);
    }
    chunks_[list.last].entries[list.fill++] = entry;
  }

  void append_now(const Entry& entry) {
    List& list = now_[entry.turn()].list;
    if (list.fill == kPerChunk) add_chunk(list);
    chunks_[list.last].entries[list.fill++] = entry;
    ready_ |= 1u << entry.turn();
  }

  [[gnu::noinline]] void add_chunk(List& list) {
    std::uint32_t chunk = free_;
    if (chunk != kNone) {
      free_ = chunks_[chunk].next;
    } else {
      chunk = static_cast<std::uint32_t>(chunks_.size());
      // Doubling would leave half of the memory unused.
      if (chunks_.size() == chunks_.capacity())
        chunks_.reserve(chunks_.size() + chunks_.size() / 8 + 64);
      chunks_.emplace_back();
    }
    chunks_[chunk].next = kNone;
    if (list.first == kNone) {
      list.first = chunk;
    } else {
      chunks_[list.last].next = chunk;
      chunks_[list.last].count = kPerChunk;
    }
    list.last = chunk;
    list.fill = 0;
  }

  void free_chunk(std::uint32_t chunk) {
    chunks_[chunk].next = free_;
    free_ = chunk;
  }

  std::size_t count_in(const List& list, std::uint32_t chunk) const {
    return chunk == list.last ? list.fill : chunks_[chunk].count;
  }

  template <class Use>
  void visit(const List& list, std::size_t from, Use&& use) const {
    for (std::uint32_t chunk = list.first; chunk != kNone; chunk = chunks_[chunk].next, from = 0) {
      const std::size_t count = count_in(list, chunk);
      for (std::size_t i = from; i < count; ++i) use(chunks_[chunk].entries[i]);
    }
  }

  // Calls use(entry) for each entry of a list that stands nowhere any more, and frees its chunks.
  template <class Use>
  void drain(const List& list, std::size_t from, Use&& use) {
    for (std::uint32_t chunk = list.first; chunk != kNone; from = 0) {
      const std::uint32_t next = chunks_[chunk].next;
      prefetch(next);
      const std::size_t count = count_in(list, chunk);
      for (std::size_t i = from; i < count; ++i) use(Entry(chunks_[chunk].entries[i]));
      free_chunk(chunk);
      chunk = next;
    }
  }

  void prefetch(std::uint32_t chunk) const {
    if (chunk == kNone) return;
    const char* bytes = reinterpret_cast<const char*>(&chunks_[chunk]);
    for (std::size_t line = 0; line < sizeof(Chunk); line += 64) __builtin_prefetch(bytes + line);
  }

  template <class Live>
  const Entry* earliest(const List& list, std::size_t from, Live& live) const {
    const Entry* best = nullptr;
    visit(list, from, [&](const Entry& entry) {
      if (live(entry) && (best == nullptr || entry.instant < best->instant ||
                          (entry.instant == best->instant && entry.turn() < best->turn())))
        best = &entry;
    });
    return best;
  }

  // The present instant.

  Entry take_ready() {
    const auto turn = static_cast<unsigned>(std::countr_zero(ready_));
    Fifo& fifo = now_[turn];
    const std::uint32_t chunk = fifo.list.first;
    const Entry entry = chunks_[chunk].entries[fifo.read++];
    if (chunk == fifo.list.last && fifo.read == fifo.list.fill) {
      ready_ &= ~(1u << turn);
      fifo.read = fifo.list.fill = 0;
    } else if (fifo.read == kPerChunk) {
      fifo.list.first = chunks_[chunk].next;
      fifo.read = 0;
      free_chunk(chunk);
    }
    return entry;
  }

  void take_ties() {
    do append_now(window_[head_]);
    while (++head_ < tail_ && window_[head_].instant == floor_);
  }

  bool stop_at(std::uint64_t end) {
    floor_ = std::max(floor_, end);
    return false;
  }

  // The window.

  void insert_into_window(const Entry& entry) {
    const auto at = [&](std::size_t i) { return window_.begin() + static_cast<std::ptrdiff_t>(i); };
    if (tail_ - head_ >= most_) {
      spill();
      return push(entry);
    }
    if (tail_ == kWindow) {
      std::copy(at(head_), at(tail_), window_.begin());
      tail_ -= head_;
      head_ = 0;
    }
    const auto place =
        std::upper_bound(at(head_), at(tail_), entry.instant,
                         [](std::uint64_t instant, const Entry& e) { return instant < e.instant; });
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

  // The later half of the window goes into the buckets, equal instants together.
  void spill() {
    if (levels_ == 0) base_ = floor_;
    std::size_t cut = head_ + (tail_ - head_) / 2;
    while (cut > head_ && window_[cut - 1].instant == window_[cut].instant) --cut;
    window_end_ = window_[cut].instant;
    for (std::size_t i = cut; i < tail_; ++i) append_far(window_[i]);
    tail_ = cut;
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

  // Fills the window, or the present instant, with what comes next; false when nothing is left in
  // a bucket that begins by `end`. Short buckets are joined: the cost of opening is shared.
  [[gnu::noinline]] bool open(std::uint64_t end, std::size_t pending) {
    // A window of a sixteenth of all events is seldom pushed into.
    const std::size_t most = std::clamp<std::size_t>(pending / 16, kFew, kShort);
    most_ = most + kFew;
    head_ = tail_ = 0;
    List joined;
    Measure sum;
    while (levels_ != 0 && sum.length < most / 2) {
      const unsigned bucket = earliest_bucket();
      const std::uint64_t width = std::uint64_t{1} << bucket / kDigits * kDigitBits;
      const std::uint64_t digits = width * kDigits - 1;  // all ones at the highest level
      const std::uint64_t begin = (base_ & ~digits) | bucket % kDigits * width;
      if (begin > end) break;
      Measure next = measure(lists_[bucket]);
      if (sum.length + next.length > most) {
        if (sum.length > 0) break;
        if (next.length > kShort) next.low = begin, next.high = begin + (width - 1);
        pour(take(bucket), next.low, next.high, begin, end);
        if (ready_ != 0) return true;
        continue;
      }
      join(joined, take(bucket));
      sum = {sum.length + next.length, std::min(sum.low, next.low), std::max(sum.high, next.high)};
      window_end_ = levels_ == 0 || begin > kEnd - width ? kEnd : begin + width;
    }
    if (sum.length > 0) sort_into_window(joined, sum);
    return sum.length > 0;
  }

  // Stops soon after kShort entries.
  Measure measure(const List& list) const {
    Measure sum;
    for (std::uint32_t chunk = list.first; chunk != kNone && sum.length <= kShort;
         chunk = chunks_[chunk].next) {
      prefetch(chunks_[chunk].next);
      const std::size_t count = count_in(list, chunk);
      for (std::size_t i = 0; i < count; ++i) {
        sum.low = std::min(sum.low, chunks_[chunk].entries[i].instant);
        sum.high = std::max(sum.high, chunks_[chunk].entries[i].instant);
      }
      sum.length += count;
    }
    return sum;
  }

  void join(List& to, const List& from) {
    if (to.first == kNone) {
      to = from;
      return;
    }
    chunks_[to.last].count = to.fill;
    chunks_[to.last].next = from.first;
    to.last = from.last;
    to.fill = from.fill;
  }

  // A bucket into the levels below it, as far down as all its events have digits in common. All at
  // one instant, they are the present one.
  void pour(const List& list, std::uint64_t low, std::uint64_t high, std::uint64_t begin,
            std::uint64_t end) {
    base_ = begin;
    if (low == high && low <= end) {
      floor_ = base_ = low;
      window_end_ = low == kEnd ? kEnd : low + 1;
      return drain(list, 0, [&](const Entry& entry) { append_now(entry); });
    }
    const auto bit = static_cast<unsigned>(std::bit_width(low ^ high));
    const unsigned shift = (bit + kDigitBits - 1) / kDigitBits * kDigitBits;
    const std::uint64_t common = shift < 64 ? low >> shift << shift : 0;
    if (common > begin && common <= end) base_ = common;
    window_end_ = base_;
    drain(list, 0, [&](const Entry& entry) { append_far(entry); });
  }

  // Counts events in about as many bins as there are events, moves each into its bin's place, and
  // leaves the rest to insertion, which finds little to do. Both steps keep equal instants in
  // order.
  void sort_into_window(const List& list, const Measure& of) {
    const std::size_t count = of.length;
    const std::uint64_t low = of.low;
    const auto bits = static_cast<unsigned>(std::bit_width(count));
    const auto width = static_cast<unsigned>(std::bit_width(of.high - low));
    const unsigned shift = width > bits ? width - bits : 0;
    std::array<std::uint16_t, 2 * kShort> place;
    const std::size_t bins = std::size_t{1} << bits;
    std::fill_n(place.begin(), bins, std::uint16_t{0});
    visit(list, 0, [&](const Entry& entry) { ++place[(entry.instant - low) >> shift]; });
    std::uint16_t before = 0;
    for (std::size_t bin = 0; bin < bins; ++bin) {
      const std::uint16_t here = place[bin];
      place[bin] = before;
      before = static_cast<std::uint16_t>(before + here);
    }
    Entry* const window = window_.data();
    drain(list, 0,
          [&](const Entry& entry) { window[place[(entry.instant - low) >> shift]++] = entry; });
    for (std::size_t i = 1; i < count; ++i) {
      if (window[i - 1].instant <= window[i].instant) continue;
      const Entry entry = window[i];
      std::size_t hole = i;
      do window[hole] = window[hole - 1];
      while (--hole > 0 && window[hole - 1].instant > entry.instant);
      window[hole] = entry;
    }
    tail_ = count;
  }

  std::uint64_t floor_ = 0;
  std::uint64_t base_ = 0;
  std::uint64_t window_end_ = kEnd;
  std::size_t head_ = 0, tail_ = 0;
  std::size_t most_ = kFew;   // entries in the window, beyond which its later half is spilled
  std::uint32_t ready_ = 0;   // turns with an entry at the present instant
  std::uint32_t levels_ = 0;  // levels with an occupied bucket
  std::uint32_t free_ = kNone;
  std::array<Fifo, 3> now_;
  std::array<std::uint64_t, kLevels * kWords> occupied_{};
  std::vector<List> lists_;
  std::vector<Entry> window_;
  std::vector<Chunk> chunks_;
};

}  // namespace racked::des
