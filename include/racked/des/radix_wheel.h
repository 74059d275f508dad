#pragma once

#include <racked/des/bin_sort.h>
#include <racked/des/chunk_lists.h>
#include <racked/des/latecomers.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

namespace racked::des {

/// Pending events for large numbers of them, each in one of three places:
///
/// - the present instant: a first-in-first-out list for each turn;
/// - the window: a sorted array of everything up to some instant, and beside it the latecomers
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

  RadixWheel() = default;  ///< To be reset before it is used.
  /// What has been moved from may only be assigned to, reset or destroyed.
  ///@{
  RadixWheel(RadixWheel&&) = default;
  RadixWheel& operator=(RadixWheel&&) = default;
  ///@}
  /// A copy has room for what there is, not for what has been; one to a wheel that has room takes
  /// no memory. After std::bad_alloc the same as for what has been moved from.
  ///@{
  RadixWheel(const RadixWheel& other) { *this = other; }
  RadixWheel& operator=(const RadixWheel& other) {
    if (this == &other) return *this;
    copy_buckets(other);
    tail_ = other.tail_ - other.head_;
    head_ = 0;
    if (window_.size() <= tail_) window_.resize(tail_ + 1);
    std::copy_n(&other.window_[other.head_], tail_ + 1, window_.data());
    if (other.late_.empty()) {
      late_.clear();
    } else {
      late_ = other.late_;
    }
    window_last_ = other.window_last_;
    floor_ = other.floor_;
    ready_ = other.ready_;
    bound_ = other.bound_;
    flow_ = other.flow_;
    reach_ = other.reach_;
    return *this;
  }
  ///@}

  /// Empties it, keeping the memory; nothing will be earlier than `floor`.
  void reset(std::uint64_t floor) {
    clear_buckets(0);
    ready_ = 0;
    late_.clear();
    make_room(kFew);
    end_window(0);
    floor_ = window_last_ = floor;
    flow_ = {};
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
    const bool late =
        !late_.empty() && (head_ == tail_ || Sort::leaves_before(late_.first(), window_[head_]));
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

  /// What will probably be popped `ahead` entries after the next one, else nullptr. O(1).
  const Entry* upcoming(std::size_t ahead) const {
    return head_ + ahead < tail_ ? &window_[head_ + ahead] : nullptr;
  }

  /// The earliest entry for which live(entry) holds, or nullptr. O(1), but for those before it for
  /// which it does not hold, and when the window is empty: then the length of the earliest bucket.
  template <class Live>
  const Entry* first(Live&& live) const {
    if (const Entry* const next = at_hand(); next != nullptr && live(*next)) return next;
    for (const List& list : now_)
      if (const Entry* found = first_live(list, live)) return found;
    const Entry* best = nullptr;
    const auto consider = [&](const Entry& entry) {
      if (live(entry) && (best == nullptr || Sort::leaves_before(entry, *best))) best = &entry;
    };
    for (std::size_t i = head_; best == nullptr && i < tail_; ++i) consider(window_[i]);
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
        if (const Entry* entry = earliest(buckets_[bucket], live)) {
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
      ready_ &= ~(1u << turn);
      lists_.drain(std::exchange(now_[turn], {}), [&](Entry entry) {
        if (keep(entry)) append_now(entry);
      });
    }
    set_bound();
    for_each_bucket([&](unsigned bucket) {
      lists_.drain(take(bucket), [&](Entry entry) {
        if (keep(entry)) append(bucket, entry);
      });
    });
  }

  /// Bytes in use.
  std::size_t memory() const {
    return lists_.memory() + late_.memory() + buckets_.capacity() * sizeof(List) +
           (window_.capacity() + opened_.capacity()) * sizeof(Entry);
  }

 private:
  static constexpr std::uint64_t kEnd = std::numeric_limits<std::uint64_t>::max();
  static constexpr unsigned kDigitBits = 8, kDigits = 1u << kDigitBits, kLevels = 64 / kDigitBits;
  static constexpr unsigned kBuckets = 2 * kDigits;  // of a level
  static constexpr std::size_t kWords = kBuckets / 64;
  static constexpr std::size_t kFew = 64;

  using Sort = BinSort<Entry>;
  using Lists = ChunkLists<Entry>;
  using List = typename Lists::List;

  // How many events left in the present span of a level, and in the one before.
  struct Flow {
    std::uint64_t span = 0;
    std::size_t passed = 0, former = 0;
  };

  [[gnu::always_inline]] void append_far(const Entry& entry) {
    unsigned level = 0;
    for (unsigned k = 0; k + 1 < kLevels; ++k) level += entry.instant > reach_[k];
    append(bucket_of(level, entry.instant), entry);
  }

  static unsigned bucket_of(unsigned level, std::uint64_t instant) {
    return level * kBuckets + static_cast<unsigned>(instant >> level * kDigitBits) % kBuckets;
  }

  [[gnu::always_inline]] void append(unsigned bucket, const Entry& entry) {
    List& list = buckets_[bucket];
    if (list.full()) [[unlikely]]
      return append_to_new_chunk(bucket, entry.instant, entry.payload, entry.tag, entry.version);
    lists_.append(list, entry);
  }

  // An entry comes in pieces, so that the call can be the last act of its caller, who has neither
  // registers to save nor an entry to put together.
  [[gnu::noinline]] void append_to_new_chunk(unsigned bucket, std::uint64_t instant,
                                             Payload payload, std::uint32_t tag,
                                             std::uint32_t version) {
    occupied_[bucket / 64] |= std::uint64_t{1} << bucket % 64;
    levels_ |= 1u << bucket / kBuckets;
    lists_.add_chunk(buckets_[bucket]);
    lists_.append(buckets_[bucket], {instant, payload, tag, version});
  }

  void append_now(const Entry& entry) {
    List& list = now_[entry.turn()];
    if (list.full()) lists_.add_chunk(list);
    lists_.append(list, entry);
    ready_ |= 1u << entry.turn();
    bound_ = 0;
  }

  void drop(List list) {
    lists_.drain(list, [](const Entry&) {});
  }

  // Of a list whose entries leave one after the other.
  template <class Live>
  const Entry* first_live(const List& list, Live& live) const {
    const Entry* found = nullptr;
    lists_.visit(list, [&](const Entry& entry) {
      if (live(entry)) found = &entry;
      return found == nullptr;
    });
    return found;
  }

  template <class Live>
  const Entry* earliest(const List& list, Live& live) const {
    const Entry* best = nullptr;
    lists_.visit(list, [&](const Entry& entry) {
      if (live(entry) && (best == nullptr || Sort::leaves_before(entry, *best))) best = &entry;
      return true;
    });
    return best;
  }

  // The present instant.

  const Entry* take_ready() {
    const auto turn = static_cast<unsigned>(std::countr_zero(ready_));
    List& list = now_[turn];
    const Entry* const entry = lists_.take_first(list);
    if (list.empty()) {
      ready_ &= ~(1u << turn);
      set_bound();
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

  // In order. What stands where they are put is needed only while a bucket is opened.
  std::span<Entry> put_latecomers_aside() {
    if (opened_.size() < late_.size()) opened_.resize(Latecomers<Entry>::kMost);
    std::size_t count = 0;
    late_.drain([&](const Entry& entry) { opened_[count++] = entry; });
    return {opened_.data(), count};
  }

  // Buckets.

  // Of the lists of the present instant, too. There is room for so many chunks.
  void clear_buckets(std::size_t chunks) {
    lists_.clear(chunks);
    buckets_.resize(kLevels * kBuckets);
    for_each_bucket([&](unsigned bucket) { buckets_[bucket] = {}; });
    occupied_ = {};
    levels_ = 0;
    now_ = {};
  }

  // As they stand; where most chunks are free, because many entries have left, list by list.
  void copy_buckets(const RadixWheel& other) {
    std::size_t chunks = 0;
    for (const List& list : other.now_) chunks += list.chunks;
    other.for_each_bucket([&](unsigned bucket) { chunks += other.buckets_[bucket].chunks; });
    if (2 * chunks >= other.lists_.chunks()) {
      lists_ = other.lists_;
      buckets_ = other.buckets_;
      now_ = other.now_;
    } else {
      clear_buckets(chunks);
      for (unsigned turn = 0; turn < now_.size(); ++turn)
        lists_.copy(now_[turn], other.lists_, other.now_[turn]);
      other.for_each_bucket([&](unsigned bucket) {
        lists_.copy(buckets_[bucket], other.lists_, other.buckets_[bucket]);
      });
    }
    occupied_ = other.occupied_;
    levels_ = other.levels_;
  }

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
  // Level after level.
  template <class Use>
  void for_each_bucket(Use&& use) const {
    for (unsigned level = 0; level < kLevels; ++level) for_each_bucket(level, use);
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
    if (!buckets_[above].empty()) pour_down(above, buckets_[above].chunks);
    reach_[level] = last_of_span(level, span_of(level, begin));
  }

  List take(unsigned bucket) {
    const List taken = std::exchange(buckets_[bucket], {});
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
    const std::size_t most = std::clamp(pending / 16, kFew, Sort::kMost);
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
      const std::size_t many = buckets_[bucket].size();
      if (count > 0 && many > enough) break;
      if (many > most) {
        pour(bucket, begin, end);
        if (ready_ != 0) return true;
        continue;
      }
      last = begin + ((std::uint64_t{1} << bucket / kBuckets * kDigitBits) - 1);
      lists_.drain(take(bucket), [&](const Entry& entry) {
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
    Sort::sort(opened_.data(), count, low, high, window_.data());
    end_window(count);
    pour_ahead(most);
    return true;
  }

  // A bucket into the level below. All at one instant, they are the present one: of bursts of many
  // events nothing is moved.
  void pour(unsigned bucket, std::uint64_t begin, std::uint64_t end) {
    floor_ = std::max(floor_, begin);
    window_last_ = std::max(window_last_, begin == 0 ? 0 : begin - 1);
    const List& list = buckets_[bucket];
    const Entry first = lists_.first(list);
    bool one_instant = true, one_turn = true;
    lists_.visit(list, [&](const Entry& entry) {
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
    if (!one_turn)
      return lists_.drain(take(bucket), [&](const Entry& entry) { append_now(entry); });
    drop(std::exchange(now_[first.turn()], take(bucket)));
    ready_ = 1u << first.turn();
    bound_ = 0;
  }

  // So many chunks of a bucket go into the level below.
  void pour_down(unsigned bucket, std::uint32_t chunks) {
    const unsigned below = bucket / kBuckets - 1;
    List& list = buckets_[bucket];
    lists_.drain(list, chunks,
                 [&](const Entry& entry) { append(bucket_of(below, entry.instant), entry); });
    if (list.empty()) take(bucket);
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
        const List& list = buckets_[bucket];
        if (!list.empty()) {
          if (span == present || (list.size() <= most && flow.former <= most) || is_burst(list))
            break;
          pour_down(bucket, chunks_due(list, reach_[level]));
          if (!list.empty()) break;
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
    const auto least = static_cast<std::uint32_t>(tail_ / (2 * Lists::kPerChunk));
    return std::min(std::max(due, least) + 1, list.chunks);
  }

  // Probably all of one instant.
  bool is_burst(const List& list) const {
    std::uint32_t same = 0;
    lists_.visit(list, [&](const Entry& entry) {
      return entry.instant == lists_.first(list).instant && ++same < Lists::kPerChunk;
    });
    return same == Lists::kPerChunk;
  }

  std::size_t head_ = 0, tail_ = 0;
  std::uint64_t window_last_ = 0;
  std::uint64_t floor_ = 0;
  std::uint32_t ready_ = 0;     // turns with an entry at the present instant
  std::uint32_t levels_ = 0;    // levels with an occupied bucket
  std::uint64_t bound_ = kEnd;  // see set_bound()
  std::array<List, 3> now_;
  std::array<Flow, kLevels> flow_{};
  std::array<std::uint64_t, kLevels> reach_{};  // the last instant that a level takes
  std::array<std::uint64_t, kLevels * kWords> occupied_{};
  Lists lists_;
  std::vector<List> buckets_;
  std::vector<Entry> window_;
  Latecomers<Entry> late_;
  std::vector<Entry> opened_;  // what is to be sorted
};

}  // namespace racked::des
