#pragma once

#include <racked/des/bin_sort.h>
#include <racked/des/chunk_lists.h>
#include <racked/des/list_search.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace racked::des {

/// What a radix wheel (radix_wheel.h) has not sorted, in lists in one memory (chunk_lists.h).
///
/// Eight levels of buckets: a bucket of level k spans 2^grain · 256^k ticks, and a level has room
/// for two spans of 256 of them, the present and the next, which the floor tells: nothing is
/// earlier. The bucket is told by nine bits of the instant, and an entry goes to the lowest level
/// that reaches so far. Beside them the present instant, which is the floor: a list for each turn.
///
/// Entry has `instant`, `payload`, `tag`, `version` and turn(), 0 to 2. Each list keeps the order
/// in which entries came, and pouring a bucket into the level below it does. Every operation is
/// O(1) an entry it moves, but for what is said. Not thread-safe.
template <class Entry>
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
    copy_lists(other);
    floor_ = other.floor_;
    ready_ = other.ready_;
    levels_ = other.levels_;
    flow_ = other.flow_;
    reach_ = other.reach_;
    occupied_ = other.occupied_;
    for (std::size_t i = 0; i < other.marks_.size(); ++i) marks_[i].mixed = other.marks_[i].mixed;
    return *this;
  }
  ///@}

  /// Empties it, keeping the memory.
  void reset(std::uint64_t floor) {
    clear_lists(0);
    floor_ = floor;
    flow_ = {};
    reach_out();
  }

  bool empty() const { return levels_ == 0; }        ///< All buckets are.
  bool has_present() const { return ready_ != 0; }   ///< There is something at the floor.
  std::uint64_t floor() const { return floor_; }     ///< Nothing is earlier.
  void set_floor(std::uint64_t to) { floor_ = to; }  ///< Precondition: nothing is earlier.
  std::size_t size_of(unsigned bucket) const { return buckets_[bucket].size(); }  ///< Entries.
  /// Bytes in use.
  std::size_t memory() const {
    std::size_t bytes =
        lists_.memory() +
        (buckets_.capacity() + moved_.capacity() + gathered_.capacity()) * sizeof(List);
    for (const Search& search : searches_) bytes += sizeof search + search.of.memory();
    return bytes;
  }

  /// Into a bucket. Precondition: after the floor, and no earlier than a bucket that was taken.
  [[gnu::always_inline]] void push(const Entry& entry) {
    unsigned level = 0;
    for (unsigned k = 0; k + 1 < kLevels; ++k) level += entry.instant > reach_[k];
    append(bucket_of(level, entry.instant), entry);
  }
  /// Precondition: at the floor.
  void push_present(const Entry& entry) {
    Queue& list = present_[entry.turn()];
    if (list.full()) lists_.add_chunk(list);
    lists_.append(list, entry);
    ready_ |= 1u << entry.turn();
  }

  /// The first of the present instant. Precondition: has_present().
  const Entry& first_present() const { return lists_.first(present_[first_turn()]); }
  /// Takes it; it stays where it is until something is pushed. Precondition: has_present().
  const Entry* take_present() {
    const unsigned turn = first_turn();
    Queue& list = present_[turn];
    const Entry* const entry = lists_.take_first(list);
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
    for_each_bucket([&](unsigned bucket) { moved_.push_back(buckets_[bucket]); });
    for_each_bucket([&](unsigned bucket) { buckets_[bucket] = {}; });
    occupied_ = {};
    forget_marks();
    sweeping_ = {};
    flow_ = {};
    levels_ = 0;
    grain_ = grain;
    reach_out();
    // Of equal instants on two levels those on the lower one came first.
    for (const List& list : moved_) lists_.drain(list, [&](const Entry& entry) { push(entry); });
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

  /// Calls use(entry) for each of a bucket, in the order in which they came, and empties it.
  template <class Use>
  [[gnu::always_inline]] void drain(unsigned bucket, Use&& use) {
    lists_.drain(take(bucket), use);
  }

  /// Takes what is in a bucket out of it, for drain_gathered(), until when nothing may be pushed.
  void gather(unsigned bucket) { gathered_.push_back(take(bucket)); }
  /// Calls use(entry) for each that has been gathered, bucket after bucket.
  template <class Use>
  [[gnu::always_inline]] void for_each_gathered(Use&& use) const {
    for (const List& list : gathered_) lists_.for_each(list, use);
  }
  /// The same, and then there are none.
  template <class Use>
  [[gnu::always_inline]] void drain_gathered(Use&& use) {
    for (const List& list : gathered_) lists_.drain(list, use);
    gathered_.clear();
  }

  /// Puts the earliest bucket into the level below, and the floor at its begin. All at one instant,
  /// which is not after `end`, they become the present one: of bursts of many events nothing is
  /// moved, and when they are of one turn, too, they are not even read. With nothing below, the
  /// grain becomes 0, and then a bucket is one instant.
  void pour(unsigned bucket, std::uint64_t end) {
    const std::uint64_t begin = begin_of(bucket);
    floor_ = std::max(floor_, begin);
    const List& list = buckets_[bucket];
    const Entry first = lists_.first(list);
    bool one_instant = true, one_turn = true;
    if (!are_ties(bucket))
      lists_.visit(list, [&](const Entry& entry) {
        one_instant &= entry.instant == first.instant;
        one_turn &= entry.turn() == first.turn();
        return one_instant;
      });
    if (!one_instant || first.instant > end) {
      if (bucket < kBuckets) return regrain(0);
      const unsigned below = bucket / kBuckets - 1;
      pour_down(bucket, list.size());
      reach_[below] = last_of_span(below, span_of(below, begin));
      return;
    }
    floor_ = first.instant;
    if (!one_turn) return drain(bucket, [&](const Entry& entry) { push_present(entry); });
    lists_.drain(std::exchange(present_[first.turn()], Queue{take(bucket)}), [](const Entry&) {});
    ready_ = 1u << first.turn();
  }

  /// To be called when a window of `count` entries up to `window_last` has been taken. While they
  /// leave, long buckets (of more than `most`) that come after what a level holds are poured into
  /// it, in the measure in which time comes nearer to them, and half as many as are in the window
  /// at least; what is not yet poured goes on growing in its bucket. Empty ones cost nothing.
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
        const List& list = buckets_[bucket];
        if (!list.empty()) {
          if (span == present || (list.size() <= most && flow.former <= most) || is_burst(list))
            break;
          pour_down(bucket, due(list, reach_[level], window_last, count));
          if (!list.empty()) break;
        }
        reach_[level] = last;
      }
    }
  }

  /// An entry in a bucket for which live(entry) holds and that leaves as early as any of those, or
  /// nullptr; it stays where it is until something is changed. Of buckets that have none it empties
  /// those that come first and calls drop() for each entry. A bucket of n entries is read O(log n)
  /// times at most, however often it is asked and however many cease to be live (list_search.h).
  template <class Live, class Drop>
  const Entry* first(Live&& live, Drop&& drop) {
    while (!empty()) {
      const unsigned bucket = earliest();
      if (const Entry* const found = earliest_of(bucket, live)) return found;
      drain(bucket, [&](const Entry&) { drop(); });
    }
    return nullptr;
  }

  /// Keeps the entries for which keep(entry) holds, which may change what it does not order by.
  template <class Keep>
  void sweep(Keep&& keep) {
    sweep_present(keep);
    for_each_bucket([&](unsigned bucket) {
      drain(bucket, [&](Entry entry) {
        if (keep(entry)) append(bucket, entry);
      });
    });
  }

  /// What sweep_on() has done.
  struct Swept {
    std::size_t left_out = 0;  ///< Entries that were there.
    bool round = false;        ///< It has come to the end, and begins anew the next time.
  };
  /// Goes on keeping the entries for which keep(entry) holds: looks at `count` of them, and a few
  /// more; at the end of a round at all of the present instant. Where it stops fewer than 32 others
  /// stay until the next time. A bucket that is searched (see first()) is swept at once. Takes
  /// memory for a chunk at most.
  template <class Keep>
  Swept sweep_on(std::size_t count, Keep&& keep) {
    std::size_t left_out = 0;
    for (std::size_t looked_at = 0; looked_at < count;) {
      const unsigned bucket = occupied_from(sweeping_.bucket);
      if (bucket == kNoBucket) {
        sweeping_ = {};
        return {left_out + sweep_present(keep), true};
      }
      if (bucket != sweeping_.bucket) sweeping_ = {bucket, {}};
      List& list = buckets_[bucket];
      const std::size_t before = list.size();
      const std::size_t most = forget_search(bucket) ? before : count;
      set_mixed(bucket);  // entries that nobody has compared may get out of the last chunk
      looked_at += lists_.sweep(list, sweeping_.at, most, keep);
      left_out += before - list.size();
      if (!sweeping_.at.all(list)) continue;
      if (list.empty()) take(bucket);
      sweeping_ = {bucket + 1, {}};
    }
    return {left_out, false};
  }

 private:
  static constexpr std::uint64_t kEnd = std::numeric_limits<std::uint64_t>::max();
  static constexpr unsigned kDigitBits = 8, kDigits = 1u << kDigitBits, kLevels = 64 / kDigitBits;
  static constexpr unsigned kBuckets = 2 * kDigits;  // of a level
  static constexpr unsigned kNoBucket = kLevels * kBuckets;
  static constexpr std::size_t kWords = kBuckets / 64;
  static constexpr std::uint32_t kBurst = 32;        // entries
  static constexpr std::uint32_t kNotCompared = 72;  // the same: lists are mostly short

  using Sort = BinSort<Entry>;
  using Lists = ChunkLists<Entry>;
  using List = typename Lists::List;
  using Queue = typename Lists::Queue;
  using Payload = decltype(Entry::payload);

  // How many events left in the present span of a level, and in the one before.
  struct Flow {
    std::uint64_t span = 0;
    std::size_t passed = 0, former = 0;
  };

  // A bit for each of 64 buckets.
  struct Marks {
    std::uint64_t searched = 0;  // it has a Search
    // It is known to have had entries of several instants or turns. Those of others tie but for,
    // perhaps, the first kNotCompared and those in the last chunk.
    std::uint64_t mixed = 0;
  };

  // In search of the earliest entry of a long bucket.
  struct Search {
    unsigned bucket = kNoBucket;  // none: to be used again
    ListSearch<Entry> of;
  };
  static constexpr std::size_t kShort = 64;  // entries, which are soon read

  // Of the buckets, level after level, the one that is being swept, and how far.
  struct Sweeping {
    unsigned bucket = 0;
    typename Lists::Sweeping at;
  };

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
    if (buckets_[bucket].places > kNotCompared) [[unlikely]]
      compare_last_chunk(bucket);
    lists_.add_chunk(buckets_[bucket]);
    lists_.append(buckets_[bucket], {instant, payload, tag, version});
  }

  [[gnu::noinline]] void compare_last_chunk(unsigned bucket) {
    if (!is_mixed(bucket) && !lists_.all_of_last_chunk(buckets_[bucket], ties_of(bucket)))
      set_mixed(bucket);
  }
  // Whether a long bucket is all of one instant and turn, as far as is known without reading it.
  bool are_ties(unsigned bucket) const {
    const List& list = buckets_[bucket];
    if (list.size() <= kNotCompared || is_mixed(bucket)) return false;
    const auto ties = ties_of(bucket);
    std::uint32_t left = kNotCompared;
    bool all = lists_.all_of_last_chunk(list, ties);
    lists_.visit(list, [&](const Entry& entry) {
      all &= ties(entry);
      return all && --left > 0;
    });
    return all;
  }
  // Says whether an entry leaves at the same instant and in the same turn as the first one.
  auto ties_of(unsigned bucket) const {
    return [&first = lists_.first(buckets_[bucket])](const Entry& entry) {
      return entry.instant == first.instant && entry.turn() == first.turn();
    };
  }
  bool is_mixed(unsigned bucket) const {
    return (marks_[bucket / 64].mixed >> bucket % 64 & 1) != 0;
  }
  void set_mixed(unsigned bucket) { marks_[bucket / 64].mixed |= std::uint64_t{1} << bucket % 64; }

  List take(unsigned bucket) {
    const List taken = std::exchange(buckets_[bucket], {});
    forget_search(bucket);
    if (bucket == sweeping_.bucket) sweeping_.at = {};
    occupied_[bucket / 64] &= ~(std::uint64_t{1} << bucket % 64);
    marks_[bucket / 64].mixed &= ~(std::uint64_t{1} << bucket % 64);
    const std::uint64_t* words = &occupied_[bucket / kBuckets * kWords];
    std::uint64_t any = 0;
    for (std::size_t i = 0; i < kWords; ++i) any |= words[i];
    if (any == 0) levels_ &= ~(1u << bucket / kBuckets);
    return taken;
  }

  // There is room for so many places.
  void clear_lists(std::size_t places) {
    lists_.clear(places);
    buckets_.resize(kLevels * kBuckets);
    for_each_bucket([&](unsigned bucket) { buckets_[bucket] = {}; });
    present_ = {};
    gathered_.clear();
    forget_marks();
    sweeping_ = {};
    occupied_ = {};
    levels_ = ready_ = 0;
  }

  // As they stand; where most places are free, because many entries have left, list by list.
  void copy_lists(const WheelBuckets& other) {
    std::size_t places = 0;
    for (const Queue& list : other.present_) places += list.places;
    other.for_each_bucket([&](unsigned bucket) { places += other.buckets_[bucket].places; });
    if (2 * places >= other.lists_.places()) {
      lists_ = other.lists_;
      buckets_ = other.buckets_;
      present_ = other.present_;
      gathered_.clear();
      forget_marks();
      sweeping_ = {};
      return;
    }
    clear_lists(places);
    for (unsigned turn = 0; turn < present_.size(); ++turn)
      lists_.copy(present_[turn], other.lists_, other.present_[turn]);
    other.for_each_bucket([&](unsigned bucket) {
      lists_.copy(buckets_[bucket], other.lists_, other.buckets_[bucket]);
    });
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

  // Of a level's bits, those of the floor's span come first.
  std::size_t first_word(unsigned level) const { return span_of(level, floor_) % 2 * (kWords / 2); }

  unsigned earliest_bucket() const {
    const auto level = static_cast<unsigned>(std::countr_zero(levels_));
    const std::uint64_t* const words = &occupied_[level * kWords];
    std::size_t word = first_word(level);
    while (words[word] == 0) word = (word + 1) % kWords;
    return level * kBuckets + static_cast<unsigned>(word * 64) +
           static_cast<unsigned>(std::countr_zero(words[word]));
  }

  // The first that is occupied, level after level, from that one on.
  unsigned occupied_from(unsigned bucket) const {
    for (std::size_t word = bucket / 64; word < occupied_.size(); ++word, bucket = 0)
      if (const std::uint64_t bits = occupied_[word] >> bucket % 64; bits != 0)
        return static_cast<unsigned>(word * 64 + bucket % 64) +
               static_cast<unsigned>(std::countr_zero(bits));
    return kNoBucket;
  }

  template <class Keep>
  std::size_t sweep_present(Keep& keep) {
    std::size_t left_out = 0;
    for (unsigned turn = 0; turn < present_.size(); ++turn) {
      ready_ &= ~(1u << turn);
      lists_.drain(std::exchange(present_[turn], {}),
                   [&](Entry entry) { keep(entry) ? push_present(entry) : void(++left_out); });
    }
    return left_out;
  }

  template <class Live>
  const Entry* earliest_of(unsigned bucket, Live& live) {
    const List& list = buckets_[bucket];
    if (list.size() > kShort) return search_of(bucket).first(lists_, list, live);
    const Entry* best = nullptr;
    lists_.visit(list, [&](const Entry& entry) {
      if ((best == nullptr || Sort::leaves_before(entry, *best)) && live(entry)) best = &entry;
      return true;
    });
    return best;
  }

  // Of long buckets that were the earliest when they were asked for, which are earlier and earlier:
  // the one that is asked for, or taken, is nearly always the last.
  ListSearch<Entry>& search_of(unsigned bucket) {
    for (std::size_t i = searching_; i-- > 0;)
      if (searches_[i].bucket == bucket) return searches_[i].of;
    if (searching_ == searches_.size()) searches_.emplace_back();
    Search& search = searches_[searching_++];
    search.bucket = bucket;
    search.of.restart();
    marks_[bucket / 64].searched |= std::uint64_t{1} << bucket % 64;
    return search.of;
  }
  // Whether there was one.
  bool forget_search(unsigned bucket) {
    if (searching_ == 0 || (marks_[bucket / 64].searched >> bucket % 64 & 1) == 0) return false;
    marks_[bucket / 64].searched &= ~(std::uint64_t{1} << bucket % 64);
    std::size_t i = searching_ - 1;
    while (searches_[i].bucket != bucket) --i;
    searches_[i].bucket = kNoBucket;
    while (searching_ > 0 && searches_[searching_ - 1].bucket == kNoBucket) --searching_;
    return true;
  }
  void forget_marks() {
    searching_ = 0;
    marks_.assign(occupied_.size(), {});
  }

  // So many entries of a bucket, at least, go into the level below.
  void pour_down(unsigned bucket, std::size_t count) {
    const unsigned below = bucket / kBuckets - 1;
    List& list = buckets_[bucket];
    forget_search(bucket);
    const std::uint32_t places = list.places;
    lists_.drain(list, count,
                 [&](const Entry& entry) { append(bucket_of(below, entry.instant), entry); });
    if (bucket == sweeping_.bucket) sweeping_.at.lose(places - list.places);
    if (list.empty()) take(bucket);
  }

  // Of a level whose earliest events are just being poured into it the rest comes first.
  void finish_pouring() {
    const auto level = static_cast<unsigned>(std::countr_zero(levels_));
    const std::uint64_t begin = begin_of(earliest_bucket());
    if (begin <= reach_[level]) return;
    const unsigned above = bucket_of(level + 1, begin);
    if (!buckets_[above].empty()) pour_down(above, buckets_[above].size());
    reach_[level] = last_of_span(level, span_of(level, begin));
  }

  std::size_t due(const List& list, std::uint64_t reach, std::uint64_t window_last,
                  std::size_t count) const {
    const double share = window_last >= reach ? 1
                                              : static_cast<double>(window_last - floor_) /
                                                    static_cast<double>(reach - floor_);
    const auto many = static_cast<std::size_t>(share * static_cast<double>(list.size()));
    return std::min(std::max(many, count / 2) + 1, list.size());
  }

  // Probably all of one instant, in whatever turns, since those that came first are.
  bool is_burst(const List& list) const {
    std::uint32_t same = 0;
    lists_.visit(list, [&](const Entry& entry) {
      return entry.instant == lists_.first(list).instant && ++same < kBurst;
    });
    return same == kBurst;
  }

  unsigned grain_ = 0;           // see regrain()
  std::uint32_t searching_ = 0;  // `searches_` in use
  std::uint64_t floor_ = 0;
  std::uint32_t ready_ = 0;   // turns with an entry at the present instant
  std::uint32_t levels_ = 0;  // levels with an occupied bucket
  std::array<Queue, 3> present_;
  Sweeping sweeping_;
  std::array<Flow, kLevels> flow_{};
  std::vector<Search> searches_;
  std::vector<Marks> marks_;                    // of 64 buckets each
  std::array<std::uint64_t, kLevels> reach_{};  // the last instant that a level takes
  std::array<std::uint64_t, kLevels * kWords> occupied_{};
  Lists lists_;
  std::vector<List> buckets_;
  std::vector<List> moved_;     // by regrain(), else forgotten
  std::vector<List> gathered_;  // while buckets are opened
};

}  // namespace racked::des
