#pragma once

#include <racked/des/large_array.h>
#include <racked/des/latecomers.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace racked::des {

/// Pending events for large numbers of them, each in one of three places:
///
/// - the present instant: a first-in-first-out list for each turn;
/// - the window: a sorted array of everything up to `window_last_`, and beside it the latecomers
///   (latecomers.h), scheduled for that time after it was sorted;
/// - the wheel proper: eight levels of buckets. A bucket of level k spans 256^k ticks, and a level
///   has room for two spans of 256 of them, the present and the next: the bucket is told by nine
///   bits of the instant, and an event goes to the lowest level that reaches so far. No search, and
///   no guess of a bucket's width.
///
/// When the window is empty the earliest bucket is opened: sorted into the window when it is short,
/// else poured into the level below. A long one is poured ahead, while the events before it leave,
/// so that no single operation has to move all of it. An event is moved once for each level at
/// most, whatever the distribution of times. Each place keeps equal instants in the order of
/// scheduling, so that no sequence numbers are kept. Entries of cancelled events stay until their
/// bucket is opened, they surface or they are swept.
///
/// push is O(1), or O(log n) for a latecomer; pop is amortised O(levels), at worst the length of
/// one bucket. At most 2³² entries. Not thread-safe.
template <class Payload>
class RadixWheel {
 public:
  /// What is moved about. Of a tag the two lowest bits are the turn; the rest and the version are
  /// the queue's.
  struct Entry {
    std::uint64_t instant;  ///< When it leaves, in ticks.
    Payload payload;        ///< What it carries.
    std::uint32_t tag;      ///< Turn, and more.
    std::uint32_t version;  ///< Nothing to the wheel.

    /// In which it leaves.
    unsigned turn() const { return tag & 3; }
  };

  /// Empties it, keeping the memory; nothing will be earlier than `floor`.
  void reset(std::uint64_t floor) {
    lists_.resize(kLevels * kBuckets);
    make_room(kFew);
    while (levels_ != 0) free_chunks(take(earliest_bucket()));
    for (Fifo& fifo : now_) {
      free_chunks(fifo.list);
      fifo = {};
    }
    ready_ = 0;
    late_.drain([](const Entry&) {});
    end_window(0);
    floor_ = window_last_ = floor;
    reach_out();
  }

  /// Precondition: not before the floor, which is the instant popped last.
  [[gnu::always_inline]] void push(const Entry& entry) {
    if (entry.instant > window_last_) return append_far(entry);
    insert_near(entry.instant, entry.payload, entry.tag, entry.version);
  }

  /// The earliest entry when it is at hand, else nullptr, and pop() has to look for it. O(1).
  const Entry* at_hand() const {
    const Entry& next = window_[head_];
    return next.instant < bound_ ? &next : nullptr;
  }
  /// Takes what is at hand.
  void take_at_hand() { floor_ = window_[head_++].instant; }

  /// Takes the earliest entry, if it is not after `end`; else nullptr, and nothing before `end` may
  /// be pushed any more. What is returned stays until the wheel is changed. `pending` is about how
  /// many there are, by which the effort is chosen. Of a bucket that is opened only the entries for
  /// which keep(entry) holds stay.
  template <class Keep>
  const Entry* pop(std::uint64_t end, std::size_t pending, Keep&& keep) {
    if (ready_ == 0 && head_ == tail_ && late_.empty() && !open(end, pending, keep))
      return stop_at(end);
    if (ready_ != 0) return floor_ <= end ? take_ready() : nullptr;
    const bool late = !late_.empty() && (head_ == tail_ || earlier(late_.first(), window_[head_]));
    const Entry& first = late ? late_.first() : window_[head_];
    if (first.instant > end) return stop_at(end);
    floor_ = first.instant;
    if (late) {
      late_.remove_first();
      set_bound();
    } else {
      ++head_;
    }
    return &first;
  }

  /// What will be popped `ahead` entries after the next one, when that is known; else nullptr.
  /// O(1).
  const Entry* upcoming(std::size_t ahead) const {
    return head_ + ahead < tail_ ? &window_[head_ + ahead] : nullptr;
  }

  /// The earliest entry for which live(entry) holds, or nullptr. O(1) unless the window is empty;
  /// then the length of the earliest bucket.
  template <class Live>
  const Entry* first(Live&& live) const {
    if (const Entry* const next = at_hand(); next != nullptr && live(*next)) return next;
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
    if (!late_.empty() && live(late_.first())) {
      consider(late_.first());
    } else {
      late_.for_each(consider);
    }
    // What a level holds beyond its reach is being poured into it; there may be earlier ones above.
    for (unsigned level = 0; level < kLevels; ++level) {
      if (best != nullptr && (level == 0 || best->instant <= reach_[level - 1])) break;
      bool found = false;
      for_each_bucket(level, [&](unsigned bucket) {
        if (found) return;
        if (const Entry* entry = earliest(lists_[bucket], 0, live)) {
          found = true;
          consider(*entry);
        }
      });
    }
    return best;
  }

  /// Keeps the entries for which keep(entry) holds, which may change what it does not order by.
  template <class Keep>
  void sweep(Keep&& keep) {
    std::size_t kept = head_;
    for (std::size_t i = head_; i < tail_; ++i)
      if (keep(window_[i])) window_[kept++] = window_[i];
    end_window(kept);
    for (Entry& entry : put_latecomers_aside())
      if (keep(entry)) late_.add(entry);
    for (unsigned turn = 0; turn < now_.size(); ++turn) {
      const Fifo old = now_[turn];
      now_[turn] = {};
      ready_ &= ~(1u << turn);
      drain(old.list, old.read, [&](Entry entry) {
        if (keep(entry)) append_now(entry);
      });
    }
    set_bound();
    for (unsigned level = 0; level < kLevels; ++level)
      for_each_bucket(level, [&](unsigned bucket) {
        drain(take(bucket), 0, [&](Entry entry) {
          if (keep(entry)) append(bucket, entry);
        });
      });
  }

  /// Bytes in use.
  std::size_t memory() const {
    return entries_.memory() + next_.memory() + late_.memory() + lists_.capacity() * sizeof(List) +
           (window_.capacity() + opened_.capacity()) * sizeof(Entry);
  }

 private:
  static constexpr std::uint64_t kEnd = std::numeric_limits<std::uint64_t>::max();
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
  static constexpr unsigned kDigitBits = 8, kDigits = 1u << kDigitBits, kLevels = 64 / kDigitBits;
  static constexpr unsigned kBuckets = 2 * kDigits;  // of a level
  static constexpr std::size_t kWords = kBuckets / 64;
  static constexpr std::uint32_t kPerChunk = 32;
  static constexpr std::uint32_t kAhead = 4;   // chunks; about the time that memory takes to answer
  static constexpr std::size_t kShort = 2048;  // no longer bucket is sorted
  static constexpr std::size_t kFew = 64;

  // Entries in the order in which they came, in chunks of kPerChunk places. `end` is the place
  // after the last; a multiple of kPerChunk when the next one needs another chunk.
  struct List {
    std::uint32_t first = kNone;
    std::uint32_t end = 0;
    std::uint32_t chunks = 0;
  };
  // How many events left in the present span of a level, and in the one before.
  struct Flow {
    std::uint64_t span = 0;
    std::size_t passed = 0, former = 0;
  };
  struct Fifo {
    List list;
    std::uint32_t read = 0;
  };

  // Lists.

  [[gnu::always_inline]] void append_far(const Entry& entry) {
    unsigned level = 0;
    for (unsigned k = 0; k + 1 < kLevels; ++k) level += entry.instant > reach_[k];
    append(bucket_of(level, entry.instant), entry);
  }

  static unsigned bucket_of(unsigned level, std::uint64_t instant) {
    return level * kBuckets + static_cast<unsigned>(instant >> level * kDigitBits) % kBuckets;
  }

  [[gnu::always_inline]] void append(unsigned bucket, const Entry& entry) {
    List& list = lists_[bucket];
    if (list.end % kPerChunk == 0) [[unlikely]]
      return append_to_new_chunk(bucket, entry.instant, entry.payload, entry.tag, entry.version);
    entries_[list.end++] = entry;
  }

  // An entry comes in pieces, so that the call can be the last act of its caller, who has neither
  // registers to save nor an entry to put together.
  [[gnu::noinline]] void append_to_new_chunk(unsigned bucket, std::uint64_t instant,
                                             Payload payload, std::uint32_t tag,
                                             std::uint32_t version) {
    occupied_[bucket / 64] |= std::uint64_t{1} << bucket % 64;
    levels_ |= 1u << bucket / kBuckets;
    add_chunk(lists_[bucket]);
    entries_[lists_[bucket].end++] = {instant, payload, tag, version};
  }

  void append_now(const Entry& entry) {
    List& list = now_[entry.turn()].list;
    if (list.end % kPerChunk == 0) add_chunk(list);
    entries_[list.end++] = entry;
    ready_ |= 1u << entry.turn();
    bound_ = 0;
  }

  [[gnu::noinline]] void add_chunk(List& list) {
    std::uint32_t chunk = free_chunk_;
    if (chunk != kNone) {
      free_chunk_ = next_[chunk];
    } else {
      chunk = static_cast<std::uint32_t>(next_.size());
      next_.resize(chunk + std::size_t{1});
      entries_.resize(next_.size() * kPerChunk);
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
    drain_chunks(list, list.chunks, from, use);
  }

  // The same for the first `chunks` chunks; the first one that is left.
  template <class Use>
  [[gnu::always_inline]] std::uint32_t drain_chunks(const List& list, std::uint32_t chunks,
                                                    std::uint32_t from, Use&& use) {
    std::uint32_t ahead = list.first;
    for (std::uint32_t i = 0; i < kAhead; ++i) ahead = prefetch(ahead);
    std::uint32_t chunk = list.first;
    for (; chunks > 0; --chunks, from = 0) {
      ahead = prefetch(ahead);
      const std::uint32_t next = next_[chunk];
      const std::uint32_t count = count_in(list, chunk);
      for (std::uint32_t i = from; i < count; ++i) use(Entry(entries_[chunk * kPerChunk + i]));
      free_chunk(chunk);
      chunk = next;
    }
    return chunk;
  }

  // And tells the chunk that follows.
  [[gnu::always_inline]] std::uint32_t prefetch(std::uint32_t chunk) const {
    if (chunk == kNone) return kNone;
    const char* bytes = reinterpret_cast<const char*>(&entries_[chunk * kPerChunk]);
    for (std::size_t line = 0; line < kPerChunk * sizeof(Entry); line += 64)
      __builtin_prefetch(bytes + line);
    return next_[chunk];
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

  const Entry* take_ready() {
    const auto turn = static_cast<unsigned>(std::countr_zero(ready_));
    Fifo& fifo = now_[turn];
    const std::uint32_t chunk = fifo.list.first;
    const Entry* const entry = &entries_[chunk * kPerChunk + fifo.read++];
    if (chunk * kPerChunk + fifo.read == fifo.list.end) {
      ready_ &= ~(1u << turn);
      set_bound();
    }
    if (fifo.read == kPerChunk) {
      fifo.read = 0;
      fifo.list.first = next_[chunk];
      --fifo.list.chunks;
      free_chunk(chunk);
      if (fifo.list.chunks == 0) fifo.list = {};
    }
    return entry;
  }

  // What the window and its latecomers hold of the present instant joins the lists.
  void take_ties() {
    for (; head_ < tail_ && window_[head_].instant == floor_; ++head_) append_now(window_[head_]);
    for (; !late_.empty() && late_.first().instant == floor_; late_.remove_first())
      append_now(late_.first());
  }

  const Entry* stop_at(std::uint64_t end) {
    floor_ = std::max(floor_, end);
    return nullptr;
  }

  // The window, sorted by instant and turn, with an entry behind it that is later than all.

  void end_window(std::size_t tail) {
    tail_ = tail;
    head_ = std::min(head_, tail);
    window_[tail].instant = kEnd;
    set_bound();
  }

  // What is earlier than this is at hand when it stands in the window.
  void set_bound() { bound_ = ready_ != 0 ? 0 : late_.empty() ? kEnd : late_.first().instant; }

  static bool earlier(const Entry& a, const Entry& b) {
    return a.instant < b.instant || (a.instant == b.instant && a.turn() < b.turn());
  }

  // In pieces, too.
  [[gnu::noinline]] void insert_near(std::uint64_t instant, Payload payload, std::uint32_t tag,
                                     std::uint32_t version) {
    const Entry entry{instant, payload, tag, version};
    if (instant == floor_) {
      take_ties();
      return append_now(entry);
    }
    if (late_.full()) {
      spill();
      return push(entry);
    }
    late_.add(entry);
    bound_ = std::min(bound_, instant);
  }

  // The later half of the latecomers goes back into the buckets, with what of the window comes
  // after them, equal instants together and in order.
  void spill() {
    const std::span<Entry> late = put_latecomers_aside();
    const std::uint64_t cut = late[late.size() / 2].instant;
    if (levels_ == 0) reach_out();
    window_last_ = cut - 1;
    std::size_t tail = tail_;
    while (tail > head_ && window_[tail - 1].instant >= cut) --tail;
    for (std::size_t i = tail; i < tail_; ++i) append_far(window_[i]);
    for (const Entry& entry : late) entry.instant < cut ? late_.add(entry) : append_far(entry);
    end_window(tail);
  }

  // In order; where nothing is, unless a bucket is just being opened.
  std::span<Entry> put_latecomers_aside() {
    if (opened_.size() < late_.size()) opened_.resize(Latecomers<Entry>::kMost);
    std::size_t count = 0;
    late_.drain([&](const Entry& entry) { opened_[count++] = entry; });
    return {opened_.data(), count};
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

  // In the order of their instants.
  template <class Use>
  void for_each_bucket(unsigned level, Use&& use) const {
    const std::size_t begin = level * kWords, from = first_word(level);
    for (std::size_t i = 0; i < kWords; ++i) {
      const std::size_t word = begin + (from + i) % kWords;
      for (std::uint64_t left = occupied_[word]; left != 0; left &= left - 1)
        use(static_cast<unsigned>(word * 64) + static_cast<unsigned>(std::countr_zero(left)));
    }
  }

  // Which span of a level an instant lies in: which bucket of the level above.
  static std::uint64_t span_of(unsigned level, std::uint64_t instant) {
    return level + 1 < kLevels ? instant >> (level + 1) * kDigitBits : 0;
  }
  static std::uint64_t last_of_span(unsigned level, std::uint64_t span) {
    return level + 1 < kLevels ? ((span + 1) << (level + 1) * kDigitBits) - 1 : kEnd;
  }

  // Nothing being in the wheel, every level can take its present span and the next.
  void reach_out() {
    for (unsigned level = 0; level < kLevels; ++level) {
      const std::uint64_t span = span_of(level, floor_);
      const bool is_last = last_of_span(level, span) == kEnd;
      reach_[level] = is_last ? kEnd : last_of_span(level, span + 1);
    }
  }

  // The first instant of a bucket. All that is in a level lies in the span of the floor or the
  // next.
  std::uint64_t begin_of(unsigned bucket) const {
    const unsigned level = bucket / kBuckets;
    const std::uint64_t first = span_of(level, floor_) * kDigits;
    return (first + (bucket - first) % kBuckets) << level * kDigitBits;
  }

  // Of a level's bits, those of the floor's span come first.
  std::size_t first_word(unsigned level) const { return span_of(level, floor_) % 2 * (kWords / 2); }

  // Precondition: there is one.
  unsigned earliest_bucket() const {
    const auto level = static_cast<unsigned>(std::countr_zero(levels_));
    const std::uint64_t* const words = &occupied_[level * kWords];
    std::size_t word = first_word(level);
    while (words[word] == 0) word = (word + 1) % kWords;
    return level * kBuckets + static_cast<unsigned>(word * 64) +
           static_cast<unsigned>(std::countr_zero(words[word]));
  }

  // Of a level whose earliest events are just being poured into it the rest comes first.
  void finish_pouring() {
    const auto level = static_cast<unsigned>(std::countr_zero(levels_));
    const std::uint64_t begin = begin_of(earliest_bucket());
    if (begin <= reach_[level]) return;
    const unsigned above = bucket_of(level + 1, begin);
    if (lists_[above].chunks > 0) pour_down(above, lists_[above].chunks);
    reach_[level] = last_of_span(level, span_of(level, begin));
  }

  List take(unsigned bucket) {
    const List taken = lists_[bucket];
    lists_[bucket] = {};
    occupied_[bucket / 64] &= ~(std::uint64_t{1} << bucket % 64);
    const std::uint64_t* words = &occupied_[bucket / kBuckets * kWords];
    std::uint64_t any = 0;
    for (std::size_t i = 0; i < kWords; ++i) any |= words[i];
    if (any == 0) levels_ &= ~(1u << bucket / kBuckets);
    return taken;
  }

  // For windows of `most` events when they are opened.
  void make_room(std::size_t most) {
    if (opened_.size() < most) opened_.resize(most);
    if (window_.size() <= most) window_.resize(most + 1);
  }

  // Fills the window, or the present instant, with what comes next; false when nothing is left in
  // a bucket that begins by `end`. Very short buckets are joined: the cost of opening is shared.
  template <class Keep>
  bool open(std::uint64_t end, std::size_t pending, Keep& keep) {
    const std::size_t most = std::clamp(pending / 16, kFew, kShort);
    make_room(most);
    end_window(0);
    std::size_t count = 0;
    std::uint64_t low = kEnd, high = 0, last = 0;
    const std::size_t enough = std::max(most / 8, kFew / 2);
    while (levels_ != 0 && count < enough) {
      finish_pouring();
      const unsigned bucket = earliest_bucket();
      const std::uint64_t begin = begin_of(bucket);
      if (begin > end) break;
      const std::size_t many = length(lists_[bucket]);
      if (count > 0 && many > enough) break;
      if (many > most) {
        pour(bucket, begin, end);
        if (ready_ != 0) return true;
        continue;
      }
      last = begin + ((std::uint64_t{1} << bucket / kBuckets * kDigitBits) - 1);
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
    pour_ahead(most);
    return true;
  }

  // A bucket into the level below. All at one instant, they are the present one: of bursts of many
  // events nothing is moved.
  void pour(unsigned bucket, std::uint64_t begin, std::uint64_t end) {
    floor_ = std::max(floor_, begin);
    window_last_ = std::max(window_last_, begin == 0 ? 0 : begin - 1);
    const List& list = lists_[bucket];
    const Entry first = entries_[list.first * kPerChunk];
    bool one_instant = true, one_turn = true;
    visit(list, 0, [&](const Entry& entry) {
      one_instant &= entry.instant == first.instant;
      one_turn &= entry.turn() == first.turn();
      return one_instant;
    });
    if (!one_instant || first.instant > end) {
      const unsigned below = bucket / kBuckets - 1;
      pour_down(bucket, list.chunks);
      reach_[below] = last_of_span(below, span_of(below, begin));
      return;
    }
    floor_ = window_last_ = first.instant;
    if (!one_turn) return drain(take(bucket), 0, [&](const Entry& entry) { append_now(entry); });
    Fifo& fifo = now_[first.turn()];
    free_chunks(fifo.list);
    fifo = {take(bucket), 0};
    ready_ = 1u << first.turn();
    bound_ = 0;
  }

  // So many chunks of a bucket go into the level below.
  void pour_down(unsigned bucket, std::uint32_t chunks) {
    const unsigned below = bucket / kBuckets - 1;
    List list = lists_[bucket];
    list.first = drain_chunks(list, chunks, 0, [&](const Entry& entry) {
      append(bucket_of(below, entry.instant), entry);
    });
    list.chunks -= chunks;
    if (list.chunks == 0) {
      take(bucket);
    } else {
      lists_[bucket] = list;
    }
  }

  // While the window's events leave, long buckets that come after what a level holds are poured
  // into it, in the measure in which time comes nearer to them, and half as many as are in the
  // window at least; what is not yet poured goes on growing in its bucket. Empty ones cost nothing.
  void pour_ahead(std::size_t most) {
    for (unsigned level = kLevels - 1; level-- > 0;) {
      const std::uint64_t present = span_of(level, floor_);
      Flow& flow = flow_[level];
      if (flow.span != present) flow = {present, 0, flow.passed};
      flow.passed += tail_;
      for (const std::uint64_t span : {present, present + 1}) {
        const std::uint64_t last = last_of_span(level, span);
        if (last <= reach_[level]) continue;
        if (last > reach_[level + 1]) break;
        const unsigned bucket = bucket_of(level + 1, last);
        const List& list = lists_[bucket];
        if (list.chunks > 0) {
          if (span == present || (length(list) <= most && flow_[level].former <= most) ||
              is_burst(list))
            break;
          pour_down(bucket, chunks_due(list, reach_[level]));
          if (list.chunks > 0) break;
        }
        reach_[level] = last;
      }
    }
  }

  std::uint32_t chunks_due(const List& list, std::uint64_t reach) const {
    const double share = window_last_ >= reach ? 1
                                               : static_cast<double>(window_last_ - floor_) /
                                                     static_cast<double>(reach - floor_);
    const auto due = static_cast<std::uint32_t>(share * list.chunks);
    const auto least = static_cast<std::uint32_t>(tail_ / (2 * kPerChunk));
    return std::min(std::max(due, least) + 1, list.chunks);
  }

  // Probably all of one instant.
  bool is_burst(const List& list) const {
    const std::uint64_t first = entries_[list.first * kPerChunk].instant;
    for (std::uint32_t i = 0; i < count_in(list, list.first); ++i)
      if (entries_[list.first * kPerChunk + i].instant != first) return false;
    return true;
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
    std::fill_n(place.begin(), (bins + 3) & ~std::size_t{3}, std::uint16_t{0});
    for (std::size_t i = 0; i < count; ++i) ++place[(opened_[i].instant - low) >> shift];
    begins_of_bins(place.data(), bins);
    for (std::size_t i = 0; i < count; ++i)
      window_[place[(opened_[i].instant - low) >> shift]++] = opened_[i];
    sort(window_.data(), count, opened_.data());
    end_window(count);
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

  std::size_t head_ = 0, tail_ = 0;
  std::uint64_t window_last_ = 0;
  std::uint64_t floor_ = 0;
  std::uint32_t ready_ = 0;   // turns with an entry at the present instant
  std::uint32_t levels_ = 0;  // levels with an occupied bucket
  std::uint32_t free_chunk_ = kNone;
  std::uint64_t bound_ = kEnd;
  std::array<Fifo, 3> now_;
  std::array<Flow, kLevels> flow_{};
  std::array<std::uint64_t, kLevels> reach_{};  // the last instant that a level takes
  std::array<std::uint64_t, kLevels * kWords> occupied_{};
  std::vector<List> lists_;
  LargeArray<Entry> entries_;       // chunk after chunk
  LargeArray<std::uint32_t> next_;  // of each chunk
  std::vector<Entry> window_;
  Latecomers<Entry> late_;
  std::vector<Entry> opened_;  // what is to be sorted
};

}  // namespace racked::des
