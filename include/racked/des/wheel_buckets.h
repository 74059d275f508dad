#pragma once

#include <racked/des/bin_sort.h>
#include <racked/des/bucket_lists.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace racked::des {

/// What a radix wheel (radix_wheel.h) has not sorted, in lists in one memory (bucket_lists.h).
///
/// Eight levels of buckets: a bucket of level k spans 2^grain · 256^k ticks, and a level has room
/// for two spans of 256 of them: the present one, in which the floor lies, and the next. Nothing is
/// earlier than the floor. Nine bits of an instant tell the bucket, and an entry goes to the lowest
/// level that reaches so far. Beside them the present instant, which is the floor: a list for each
/// turn.
///
/// A bucket of kLong entries, unless they are of one instant, is split while it is filled: into 256
/// parts apart from the levels, which become buckets of the level below when that has room for
/// them. So a bucket that is poured has few more entries than kLong, but on level 0, when all are
/// of one instant, and when a sweep was the first to meet one of another instant.
///
/// Each list keeps the order in which entries came, and so does pouring a bucket into the level
/// below. Every operation is O(1) an entry it moves, but for what is said. Not thread-safe.
template <class Entry, std::uint32_t kLong = 1u << 17>
class WheelBuckets {
 public:
  WheelBuckets() = default;  ///< To be reset before it is used.
  /// What has been moved from may only be assigned to, reset or destroyed.
  ///@{
  WheelBuckets(WheelBuckets&&) = default;
  WheelBuckets& operator=(WheelBuckets&&) = default;
  ///@}
  /// A copy has room for what there is, not for what has been; one to buckets that have room takes
  /// no memory. After std::bad_alloc the same as for what has been moved from.
  ///@{
  WheelBuckets(const WheelBuckets& other) { *this = other; }
  WheelBuckets& operator=(const WheelBuckets& other) {
    if (this == &other) return *this;
    grain_ = other.grain_;
    pouring_ = false;
    copy_lists(other);
    floor_ = other.floor_;
    ready_ = other.ready_;
    flow_ = other.flow_;
    reach_ = other.reach_;
    parts_ = other.parts_;
    blocks_ = other.blocks_;
    free_blocks_ = other.free_blocks_;
    free_blocks_.reserve(blocks_.capacity());
    return *this;
  }
  ///@}

  /// Empties it, keeping the memory.
  void reset(std::uint64_t floor) {
    buckets_.clear(kApart);
    present_ = {};
    ready_ = 0;
    gathered_.clear();
    floor_ = floor;
    forget_parts();
    reach_out();
  }

  bool empty() const { return buckets_.first_4096() == 0; }  ///< All buckets are.
  bool has_present() const { return ready_ != 0; }           ///< There is something at the floor.
  std::uint64_t floor() const { return floor_; }             ///< Nothing is earlier.
  void set_floor(std::uint64_t to) { floor_ = to; }          ///< Precondition: nothing is earlier.
  /// Entries that are in it, and not in parts of it.
  std::size_t size_of(unsigned bucket) const { return buckets_[bucket].size(); }
  /// Whether it has parts, and cannot be gathered.
  bool is_split(unsigned bucket) const { return buckets_.is_held(bucket); }
  /// Bytes in use.
  std::size_t memory() const {
    return buckets_.memory() + (moved_.capacity() + gathered_.capacity()) * sizeof(List) +
           (parts_.capacity() + blocks_.capacity() + free_blocks_.capacity()) * sizeof(unsigned);
  }

  /// Into a bucket. O(levels) amortised, and kLong / 4 where parts of parts are poured on as well.
  /// Precondition: after the floor, and no earlier than a bucket that was taken.
  [[gnu::always_inline]] void push(const Entry& entry) {
    unsigned level = 0;
    for (unsigned k = 0; k + 1 < kLevels; ++k) level += entry.instant > reach_[k];
    append(bucket_of(level, entry.instant), entry);
  }
  /// Precondition: at the floor.
  void push_present(const Entry& entry) {
    Queue& list = present_[entry.turn()];
    if (list.full()) lists().add_chunk(list);
    lists().append(list, entry);
    ready_ |= 1u << entry.turn();
  }

  /// The first of the present instant. Precondition: has_present().
  const Entry& first_present() const { return lists().first(present_[first_turn()]); }
  /// Takes it; it stays where it is until something is pushed. Precondition: has_present().
  const Entry* take_present() {
    const unsigned turn = first_turn();
    Queue& list = present_[turn];
    const Entry* const entry = lists().take_first(list);
    if (list.empty()) ready_ &= ~(1u << turn);
    return entry;
  }

  /// Precondition: the buckets are empty. Levels reach as far as they can from the floor.
  void reach_out() {
    for (unsigned level = 0; level < kLevels; ++level) {
      const std::uint64_t span = span_of(level, floor_);
      const bool is_last = last_of_span(level, span) == kEnd;
      reach_[level] = is_last ? kEnd : last_of_span(level, span + 1);
    }
  }

  /// The power of two of ticks that a bucket of the lowest level spans.
  unsigned grain() const { return grain_; }
  /// Sets it, and moves all that is in buckets, O(n), which may take memory. Precondition: less
  /// than eight.
  void regrain(unsigned grain) {
    moved_.clear();
    // Of equal instants on two levels those on the lower one came first.
    buckets_.for_each(0, kApart, [&](unsigned bucket) { list_for_moving(bucket); });
    buckets_.forget(kApart);
    forget_parts();
    grain_ = grain;
    reach_out();
    for (const List& list : moved_) lists().drain(list, [&](const Entry& entry) { push(entry); });
  }

  /// The bucket that comes first, once what belongs before it is poured. Precondition: not empty.
  unsigned earliest() {
    finish_pouring();
    return earliest_bucket();
  }
  /// The instants that a bucket spans.
  ///@{
  std::uint64_t begin_of(unsigned bucket) const {
    const unsigned level = bucket / kBuckets;
    const std::uint64_t first = span_of(level, floor_) * kDigits;
    return (first + (bucket - first) % kBuckets) << shift_of(level);
  }
  std::uint64_t last_of(unsigned bucket) const {
    return begin_of(bucket) + ((std::uint64_t{1} << shift_of(bucket / kBuckets)) - 1);
  }
  ///@}

  /// Calls use(entry) for each of a bucket and of its parts that are apart, of one instant in the
  /// order in which they came, and empties them.
  template <class Use>
  void drain(unsigned bucket, Use&& use) {
    if (is_split_apart(bucket)) {
      const unsigned parts = parts_[bucket];
      buckets_.for_each(parts, kDigits, [&](unsigned part) { drain(part, use); });
      free_blocks_.push_back(parts);
    }
    lists().drain(buckets_.take(bucket), use);
  }

  /// Takes what is in a bucket out of it, for drain_gathered(), until when nothing may be pushed.
  /// Precondition: it is not split.
  void gather(unsigned bucket) { gathered_.push_back(buckets_.take(bucket)); }
  /// Calls use(entry) for each that has been gathered, bucket after bucket.
  template <class Use>
  [[gnu::always_inline]] void for_each_gathered(Use&& use) const {
    for (const List& list : gathered_) lists().for_each(list, use);
  }
  /// The same, and then there are none.
  template <class Use>
  [[gnu::always_inline]] void drain_gathered(Use&& use) {
    for (const List& list : gathered_) lists().drain(list, use);
    gathered_.clear();
  }

  /// Puts the earliest bucket into the level below, and the floor at its begin. When all are of one
  /// instant, which is not after `end`, they become the present one, and are not even read when
  /// they are of one turn, too. Otherwise, with nothing below, the grain becomes 0, and then a
  /// bucket is one instant. At worst O(kLong), but for one instant of several turns, for another
  /// instant that a sweep was the first to meet, and for another grain.
  void pour(unsigned bucket, std::uint64_t end) {
    const std::uint64_t begin = begin_of(bucket);
    floor_ = std::max(floor_, begin);
    const auto ties = is_split(bucket) ? Ties{} : buckets_.ties_of(bucket);
    if (ties.instants && lists().first(buckets_[bucket]).instant <= end)
      return become_present(bucket, ties.turns);
    if (bucket < kBuckets) return regrain(0);
    const unsigned below = bucket / kBuckets - 1;
    if (ties.instants) {
      buckets_.move(bucket, bucket_of(below, lists().first(buckets_[bucket]).instant));
    } else {
      pour_down(bucket, size_of(bucket));
    }
    reach_[below] = last_of_span(below, span_of(below, begin));
  }

  /// To be called when a window of `count` entries up to `window_last` has been taken. While they
  /// leave, long buckets (of more than `most`) that come after what a level holds are poured into
  /// it: the more the nearer time comes to them, and at least half as many entries as the window
  /// has. What is pushed meanwhile joins the rest in the bucket. Empty ones cost nothing.
  void pour_ahead(std::size_t most, std::uint64_t window_last, std::size_t count) {
    for (unsigned level = kLevels - 1; level-- > 0;) {
      const std::uint64_t present = span_of(level, floor_);
      Flow& flow = flow_[level];
      if (flow.span != present) flow = {present, 0, flow.passed};
      flow.passed += count;
      for (const std::uint64_t span : {present, present + 1}) {
        const std::uint64_t last = last_of_span(level, span);
        if (last <= reach_[level]) continue;
        if (last > reach_[level + 1]) break;
        const unsigned bucket = bucket_of(level + 1, last);
        if (buckets_.is_occupied(bucket)) {
          if (span == present || !is_to_be_poured_ahead(bucket, most, flow)) break;
          pour_down(bucket, due(size_of(bucket), reach_[level], window_last, count));
          if (buckets_.is_occupied(bucket)) break;
        }
        reach_[level] = last;
      }
    }
  }

  /// An entry in a bucket for which live(entry) holds and that leaves as early as any of those, or
  /// nullptr; it stays where it is until something is changed. Of buckets that have none it empties
  /// those that come first and calls drop() for each entry. A bucket of n entries is read O(log n)
  /// times at most, however often it is asked (see BucketLists::earliest()); one that is split,
  /// once more each time that some of it has gone on into its parts.
  template <class Live, class Drop>
  const Entry* first(Live&& live, Drop&& drop) {
    while (!empty()) {
      const unsigned bucket = earliest();
      if (const Entry* const found = earliest_of(bucket, live, drop)) return found;
      drain(bucket, [&](const Entry&) { drop(); });
    }
    return nullptr;
  }

  /// Keeps the entries for which keep(entry) holds; it may change all but their instant and turn.
  template <class Keep>
  void sweep(Keep&& keep) {
    sweep_present(keep);
    buckets_.sweep(keep);
  }

  using Swept = typename BucketLists<Entry>::Swept;  ///< What sweep_on() has done.
  /// Goes on keeping the entries for which keep(entry) holds (see BucketLists::sweep_on()); at the
  /// end of a round looks at all of the present instant. Takes memory for a chunk at most.
  template <class Keep>
  Swept sweep_on(std::size_t count, Keep&& keep) {
    Swept swept = buckets_.sweep_on(count, keep);
    if (swept.round) swept.left_out += sweep_present(keep);
    return swept;
  }

 private:
  static constexpr std::uint64_t kEnd = std::numeric_limits<std::uint64_t>::max();
  static constexpr unsigned kDigitBits = 8, kDigits = 1u << kDigitBits, kLevels = 64 / kDigitBits;
  static constexpr unsigned kBuckets = 2 * kDigits;       // of a level
  static constexpr unsigned kApart = kLevels * kBuckets;  // the first that is in no level
  static constexpr unsigned kWords = kBuckets / 64;
  // When a split one has so many entries that are not yet poured, it is poured on, as many at once.
  static constexpr std::uint32_t kBacklog = kLong / 64;
  // So many, while others are, in parts of parts: several of those may be as long at once.
  static constexpr std::uint32_t kMostBehind = 16 * kBacklog;
  static_assert(kApart == 4096 && kWords == 8, "eight of the bits of first_4096() are a level's");
  static_assert(kLong >= 128, "nothing shorter is compared while it is filled");

  using Lists = typename BucketLists<Entry>::Lists;
  using List = typename Lists::List;
  using Queue = typename Lists::Queue;
  using Ties = typename BucketLists<Entry>::Ties;
  using Sort = BinSort<Entry>;
  using Payload = decltype(Entry::payload);

  // How many events left in the present span of a level, and in the one before.
  struct Flow {
    std::uint64_t span = 0;
    std::size_t passed = 0, former = 0;
  };

  Lists& lists() { return buckets_.lists(); }
  const Lists& lists() const { return buckets_.lists(); }

  unsigned first_turn() const { return static_cast<unsigned>(std::countr_zero(ready_)); }

  // A bucket of a level spans two to the power of this many ticks.
  unsigned shift_of(unsigned level) const { return level * kDigitBits + grain_; }

  unsigned bucket_of(unsigned level, std::uint64_t instant) const {
    return level * kBuckets + static_cast<unsigned>(instant >> shift_of(level)) % kBuckets;
  }

  // Which span of a level an instant lies in: which bucket of the level above.
  std::uint64_t span_of(unsigned level, std::uint64_t instant) const {
    return level + 1 < kLevels ? instant >> shift_of(level + 1) : 0;
  }
  std::uint64_t last_of_span(unsigned level, std::uint64_t span) const {
    return level + 1 < kLevels ? ((span + 1) << shift_of(level + 1)) - 1 : kEnd;
  }

  [[gnu::always_inline]] void append(unsigned bucket, const Entry& entry) {
    if (buckets_[bucket].full()) [[unlikely]]
      return append_to_new_chunk(bucket, entry.instant, entry.payload, entry.tag, entry.version);
    buckets_.append(bucket, entry);
  }

  // An entry comes in pieces, so that the call can be the last act of its caller, who has neither
  // registers to save nor an entry to put together.
  [[gnu::noinline]] void append_to_new_chunk(unsigned bucket, std::uint64_t instant,
                                             Payload payload, std::uint32_t tag,
                                             std::uint32_t version) {
    const bool ties_no_more = buckets_.note_last_chunk(bucket);
    if (buckets_[bucket].places >= kBacklog) [[unlikely]]
      make_way(bucket, ties_no_more);
    if (buckets_[bucket].full()) buckets_.add_chunk(bucket);
    buckets_.append(bucket, {instant, payload, tag, version});
  }

  // As they stand; where most places are free, because many entries have left, list by list.
  void copy_lists(const WheelBuckets& other) {
    std::size_t places = 0;
    for (const Queue& list : other.present_) places += list.places;
    other.buckets_.for_each(0, other.buckets_.count(),
                            [&](unsigned bucket) { places += other.buckets_[bucket].places; });
    gathered_.clear();
    if (2 * places >= other.lists().places()) {
      buckets_ = other.buckets_;
      present_ = other.present_;
      return;
    }
    buckets_.copy_compact(other.buckets_, places);
    present_ = {};
    for (unsigned turn = 0; turn < present_.size(); ++turn)
      lists().copy(present_[turn], other.lists(), other.present_[turn]);
  }

  // The lowest that has any.
  unsigned earliest_level() const {
    return static_cast<unsigned>(std::countr_zero(buckets_.first_4096())) / kWords;
  }
  // Of a level's bits, those of the floor's span come first.
  unsigned earliest_bucket() const {
    const unsigned level = earliest_level();
    const auto any = static_cast<std::uint8_t>(buckets_.first_4096() >> level * kWords);
    const unsigned first = span_of(level, floor_) % 2 * (kWords / 2);
    const auto behind =
        static_cast<unsigned>(std::countr_zero(std::rotr(any, static_cast<int>(first))));
    const unsigned word = level * kWords + (first + behind) % kWords;
    return word * 64 + static_cast<unsigned>(std::countr_zero(buckets_.occupied(word)));
  }

  template <class Keep>
  std::size_t sweep_present(Keep& keep) {
    std::size_t left_out = 0;
    for (unsigned turn = 0; turn < present_.size(); ++turn) {
      ready_ &= ~(1u << turn);
      lists().drain(std::exchange(present_[turn], {}),
                    [&](Entry entry) { keep(entry) ? push_present(entry) : void(++left_out); });
    }
    return left_out;
  }

  // Parts that have none are emptied, with a call of drop() for each entry.
  template <class Live, class Drop>
  const Entry* earliest_of(unsigned bucket, Live& live, Drop& drop) {
    const Entry* const unpoured = buckets_.earliest(bucket, live);
    if (!is_split_apart(bucket)) return unpoured;
    const unsigned parts = parts_[bucket], end = parts + kDigits;
    for (unsigned part = parts;
         (part = buckets_.occupied_from(part, end)) != BucketLists<Entry>::kNone; ++part) {
      if (const Entry* const found = earliest_of(part, live, drop))
        return unpoured != nullptr && Sort::leaves_before(*unpoured, *found) ? unpoured : found;
      drain(part, [&](const Entry&) { drop(); });
    }
    return unpoured;
  }

  // Parts. A split bucket has 256 of them, each as wide as a bucket of the level below: one of its
  // two spans, when that has come so far, else a block of buckets apart. What is in a part came
  // before those of the same instant that are still in the bucket.

  bool is_split_apart(unsigned bucket) const {
    return is_split(bucket) && parts_[bucket] >= kApart;
  }
  void set_parts(unsigned bucket, unsigned begin) {
    parts_[bucket] = begin;
    buckets_.hold(bucket);
  }
  unsigned level_of(unsigned bucket) const {
    return bucket < kApart ? bucket / kBuckets : blocks_[(bucket - kApart) / kDigits];
  }

  // Which part an instant is in.
  auto parts_by_instant(unsigned bucket) const {
    return [parts = parts_[bucket], shift = shift_of(level_of(bucket) - 1)](std::uint64_t instant) {
      return parts + static_cast<unsigned>(instant >> shift) % kDigits;
    };
  }

  // Of what is too long some goes into the parts, unless all is of one instant, or was until the
  // last chunk: then all but that goes as it is.
  [[gnu::noinline]] void make_way(unsigned bucket, bool ties_no_more) {
    if (!is_split(bucket)) {
      const std::uint32_t places = buckets_[bucket].places;
      if (places < kLong || level_of(bucket) == 0) return;
      // A longer one has been here when it was as long, or noted by a sweep, or moved from where it
      // was.
      const bool is_first_time = places < kLong + Lists::kPerChunk;
      if (is_first_time) buckets_.note_ties(bucket);
      if (!buckets_.is_mixed(bucket)) return;
      set_parts(bucket, take_block(level_of(bucket) - 1));
      if (ties_no_more && !is_first_time) return move_ties(bucket);
    }
    if (!pouring_) return pour_on(bucket, kBacklog);
    if (behind_ == 0) return;  // until its next chunk is full
    behind_ -= kBacklog;
    pour_into_parts(bucket, kBacklog);
  }

  // So many entries, or a few more, go into its parts.
  void pour_on(unsigned bucket, std::size_t count) {
    pouring_ = true;
    behind_ = kMostBehind;
    pour_into_parts(bucket, count);
    pouring_ = false;
  }
  void pour_into_parts(unsigned bucket, std::size_t count) {
    const auto part_of = parts_by_instant(bucket);
    buckets_.drain_front(bucket, count,
                         [&](const Entry& entry) { append(part_of(entry.instant), entry); });
  }

  // Nothing is in its parts yet.
  void move_ties(unsigned bucket) {
    std::array<Entry, Lists::kPerChunk> last;
    const std::size_t count = buckets_.take_last_chunk(bucket, last.data());
    const std::uint64_t instant = lists().first(buckets_[bucket]).instant;
    buckets_.move_list(bucket, parts_by_instant(bucket)(instant));
    for (std::size_t i = 0; i < count; ++i) append(bucket, last[i]);
  }

  unsigned take_block(unsigned level) {
    if (free_blocks_.empty()) {
      const auto begin = static_cast<unsigned>(buckets_.count());
      buckets_.add(kDigits);
      parts_.resize(buckets_.count());
      blocks_.push_back(level);
      free_blocks_.reserve(blocks_.capacity());
      return begin;
    }
    const unsigned begin = free_blocks_.back();
    free_blocks_.pop_back();
    blocks_[(begin - kApart) / kDigits] = level;
    return begin;
  }

  void forget_parts() {
    pouring_ = false;
    flow_ = {};
    parts_.resize(kApart);
    blocks_.clear();
    free_blocks_.clear();
  }

  // From now on its parts are in the level below, which has nothing there else.
  void join_parts(unsigned bucket) {
    const unsigned to = bucket_of(bucket / kBuckets - 1, begin_of(bucket));
    if (is_split_apart(bucket)) {
      const unsigned from = parts_[bucket];
      buckets_.for_each(from, kDigits, [&](unsigned part) {
        if (is_split(part)) parts_[to + (part - from)] = parts_[part];
        buckets_.move(part, to + (part - from));
      });
      free_blocks_.push_back(from);
    }
    set_parts(bucket, to);
  }

  // For regrain().
  void list_for_moving(unsigned bucket) {
    if (is_split_apart(bucket))
      buckets_.for_each(parts_[bucket], kDigits, [&](unsigned part) { list_for_moving(part); });
    if (!buckets_[bucket].empty()) moved_.push_back(buckets_[bucket]);
  }

  // Pouring.

  void become_present(unsigned bucket, bool one_turn) {
    const Entry first = lists().first(buckets_[bucket]);
    floor_ = first.instant;
    if (!one_turn) return drain(bucket, [&](const Entry& entry) { push_present(entry); });
    lists().drain(std::exchange(present_[first.turn()], Queue{buckets_.take(bucket)}),
                  [](const Entry&) {});
    ready_ = 1u << first.turn();
  }

  // So many of its entries, or a few more, and its parts go into the level below.
  void pour_down(unsigned bucket, std::size_t count) {
    if (size_of(bucket) > kLong) make_way(bucket, buckets_.note_last_chunk(bucket));
    join_parts(bucket);
    pour_on(bucket, std::min(count, size_of(bucket)));
    if (buckets_[bucket].empty()) buckets_.take(bucket);
  }

  // Of a level whose earliest events are just being poured into it the rest comes first.
  void finish_pouring() {
    const unsigned level = earliest_level();
    const std::uint64_t begin = begin_of(earliest_bucket());
    if (begin <= reach_[level]) return;
    const unsigned above = bucket_of(level + 1, begin);
    if (buckets_.is_occupied(above)) pour_down(above, size_of(above));
    reach_[level] = last_of_span(level, span_of(level, begin));
  }

  std::size_t due(std::size_t size, std::uint64_t reach, std::uint64_t window_last,
                  std::size_t count) const {
    const double share = window_last >= reach ? 1
                                              : static_cast<double>(window_last - floor_) /
                                                    static_cast<double>(reach - floor_);
    const auto many = static_cast<std::size_t>(share * static_cast<double>(size));
    return std::min(std::max(many, count / 2) + 1, size);
  }

  // Long ones, but for those of one instant, and those that may become long.
  bool is_to_be_poured_ahead(unsigned bucket, std::size_t most, const Flow& flow) const {
    if (is_split(bucket)) return true;
    return size_of(bucket) > most ? !buckets_.ties_of(bucket).instants : flow.former > most;
  }

  unsigned grain_ = 0;        // see regrain()
  bool pouring_ = false;      // a bucket is being poured on
  std::uint32_t behind_ = 0;  // entries that may be poured on behind it
  std::uint32_t ready_ = 0;   // turns with an entry at the present instant
  std::uint64_t floor_ = 0;
  std::array<std::uint64_t, kLevels> reach_{};  // the last instant that a level takes
  BucketLists<Entry> buckets_;                  // level after level, then block after block
  std::array<Queue, 3> present_;
  std::array<Flow, kLevels> flow_{};
  std::vector<unsigned> parts_;        // of each bucket that is split the first
  std::vector<unsigned> blocks_;       // of each 256 buckets that are apart the level
  std::vector<unsigned> free_blocks_;  // the first of each that is not in use
  std::vector<List> moved_;            // by regrain(), else forgotten
  std::vector<List> gathered_;         // while buckets are opened
};

}  // namespace racked::des
