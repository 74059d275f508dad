#pragma once

#include <racked/des/bin_sort.h>
#include <racked/des/chunk_lists.h>
#include <racked/des/list_search.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace racked::des {

/// Numbered buckets of entries: of each a list (chunk_lists.h) in the order in which they came, and
/// what is to be known of it without reading it. Entry has `instant`, `payload`, `tag`, `version`
/// and turn(), 0 to 2. Every operation is O(1) an entry that it moves, but for what is said. What
/// takes memory throws std::bad_alloc. Not thread-safe.
template <class Entry>
class BucketLists {
 public:
  using Lists = ChunkLists<Entry>;                                         ///< Their memory.
  using List = typename Lists::List;                                       ///< One of them.
  static constexpr unsigned kNone = std::numeric_limits<unsigned>::max();  ///< No bucket.

  /// Whether all of a bucket leave together.
  struct Ties {
    bool instants = false;  ///< At the same instant.
    bool turns = false;     ///< Then also in the same turn.
  };

  BucketLists() = default;  ///< To be cleared before it is used.
  /// What has been moved from may only be assigned to, cleared or destroyed.
  ///@{
  BucketLists(BucketLists&&) = default;
  BucketLists& operator=(BucketLists&&) = default;
  ///@}
  /// A copy has what there is, and forgets searches and how far was swept. After std::bad_alloc the
  /// same as for what has been moved from.
  ///@{
  BucketLists(const BucketLists& other) { *this = other; }
  BucketLists& operator=(const BucketLists& other) {
    if (this == &other) return *this;
    lists_ = other.lists_;
    buckets_ = other.buckets_;
    copy_marks(other);
    return *this;
  }
  ///@}
  /// The same without what is free in the memory of the others, and without lists in it that are no
  /// bucket's; with room for so many places (ChunkLists::clear).
  void copy_compact(const BucketLists& other, std::size_t places) {
    lists_.clear(places);
    buckets_.assign(other.buckets_.size(), {});
    copy_marks(other);
    for_each(0, count(), [&](unsigned bucket) {
      lists_.copy(buckets_[bucket], other.lists_, other.buckets_[bucket]);
    });
  }

  /// Has so many buckets, all empty, and keeps the memory. A multiple of 64. O(buckets).
  void clear(std::size_t buckets) {
    lists_.clear();
    forget(buckets);
  }
  /// The same, while what they had stays in other lists.
  void forget(std::size_t buckets) {
    buckets_.assign(buckets, {});
    occupied_.assign(buckets / 64, 0);
    marks_.assign(buckets / 64, {});
    first_4096_ = 0;
    searching_ = 0;
    sweeping_ = {};
  }
  /// Has so many more. A multiple of 64.
  void add(std::size_t buckets) {
    buckets_.resize(count() + buckets);
    occupied_.resize(count() / 64);
    marks_.resize(count() / 64);
  }

  std::size_t count() const { return buckets_.size(); }                       ///< Buckets.
  const List& operator[](unsigned bucket) const { return buckets_[bucket]; }  ///< What it has.
  Lists& lists() { return lists_; }              ///< The memory, for other lists as well.
  const Lists& lists() const { return lists_; }  ///< The same.
  /// Bytes in use.
  std::size_t memory() const {
    std::size_t bytes = lists_.memory() + buckets_.capacity() * sizeof(List) +
                        occupied_.capacity() * sizeof(std::uint64_t) +
                        marks_.capacity() * sizeof(Marks);
    for (const Search& search : searches_) bytes += sizeof search + search.of.memory();
    return bytes;
  }

  /// Whether it has entries, or is held.
  bool is_occupied(unsigned bucket) const { return is_set(occupied_[bucket / 64], bucket); }
  /// The first that is occupied, from one on and before another; kNone when none is.
  unsigned occupied_from(unsigned bucket, std::size_t end) const {
    for (; bucket < end; bucket += 64 - bucket % 64)
      if (const std::uint64_t bits = occupied_[bucket / 64] >> bucket % 64; bits != 0) {
        const unsigned found = bucket + static_cast<unsigned>(std::countr_zero(bits));
        return found < end ? found : kNone;
      }
    return kNone;
  }
  /// Calls use(bucket) for each that is occupied, of `count` in a row, in the order of numbers.
  template <class Use>
  void for_each(unsigned begin, std::size_t count, Use&& use) const {
    const std::size_t end = begin + count;
    for (unsigned bucket = begin; (bucket = occupied_from(bucket, end)) != kNone; ++bucket)
      use(bucket);
  }
  /// A bit for each 64 of the first 4 096 buckets: whether any is occupied.
  std::uint64_t first_4096() const { return first_4096_; }
  /// Which of 64 buckets are occupied: a bit for each.
  std::uint64_t occupied(std::size_t which_64) const { return occupied_[which_64]; }

  /// It counts as occupied, even when it is empty, until it is taken.
  void hold(unsigned bucket) {
    set_occupied(bucket);
    set(marks_of(bucket).held, bucket);
  }
  /// Whether it was, since it was taken.
  bool is_held(unsigned bucket) const { return is_set(marks_of(bucket).held, bucket); }

  /// Precondition: its list is not full.
  [[gnu::always_inline]] void append(unsigned bucket, const Entry& entry) {
    lists_.append(buckets_[bucket], entry);
  }
  /// Precondition: its list is full, as an empty one is, and note_last_chunk() has been called.
  void add_chunk(unsigned bucket) {
    set_occupied(bucket);
    lists_.add_chunk(buckets_[bucket]);
  }
  /// Takes all out of it.
  List take(unsigned bucket) {
    const List taken = std::exchange(buckets_[bucket], {});
    forget_search(bucket);
    if (bucket == sweeping_.bucket) sweeping_.at = {};
    Marks& marks = marks_of(bucket);
    marks.held &= ~bit_of(bucket);
    marks.mixed &= ~bit_of(bucket);
    marks.turns &= ~bit_of(bucket);
    occupied_[bucket / 64] &= ~bit_of(bucket);
    if (occupied_[bucket / 64] == 0 && bucket < 4096) first_4096_ &= ~bit_of(bucket / 64);
    return taken;
  }
  /// Puts all into another, which is empty and not occupied; that is held when this one was.
  void move(unsigned from, unsigned to) {
    if (is_held(from)) hold(to);
    move_list(from, to);
    take(from);
  }
  /// The same of one that is held, and stays so, without entries.
  void move_list(unsigned from, unsigned to) {
    forget_search(from);
    if (from == sweeping_.bucket) sweeping_.at = {};
    buckets_[to] = std::exchange(buckets_[from], {});
    set_occupied(to);
    if (is_mixed(from)) set(marks_of(to).mixed, to);
    if (is_set(marks_of(from).turns, from)) set(marks_of(to).turns, to);
  }
  /// Takes its first entries, `count` of them or a few more, and calls use(entry) for each, which
  /// may append to others. It stays occupied.
  template <class Use>
  [[gnu::always_inline]] void drain_front(unsigned bucket, std::size_t count, Use&& use) {
    forget_search(bucket);
    List list = std::exchange(buckets_[bucket], {});
    const std::uint32_t places = list.places;
    lists_.drain(list, count, use);
    buckets_[bucket] = list;
    if (bucket == sweeping_.bucket) sweeping_.at.lose(places - list.places);
  }

  /// Whether it is known to have had entries of several instants.
  bool is_mixed(unsigned bucket) const { return is_set(marks_of(bucket).mixed, bucket); }
  /// Reads no more than some hundred entries: those of a long list are compared, chunk by chunk,
  /// while it is filled. Precondition: not empty.
  Ties ties_of(unsigned bucket) const {
    if (is_mixed(bucket)) return {};
    Ties ties = ties_in_last_chunk(bucket);
    ties.turns &= !is_set(marks_of(bucket).turns, bucket);
    std::uint32_t left = kNotCompared;
    const auto same = ties_with_first(bucket, ties);
    lists_.visit(buckets_[bucket], [&](const Entry& entry) { return same(entry) && --left > 0; });
    return ties;
  }
  /// The same, and remembers it.
  void note_ties(unsigned bucket) { note(bucket, ties_of(bucket)); }
  /// Notes whether the entries of the last chunk tie with the first one, and tells whether their
  /// instants do not, while those of all others did as far as is known.
  bool note_last_chunk(unsigned bucket) {
    if (buckets_[bucket].places <= kNotCompared || is_mixed(bucket)) [[likely]]
      return false;
    note(bucket, ties_in_last_chunk(bucket));
    return is_mixed(bucket);
  }
  /// Takes what is in its last chunk, puts it into `out`, which has room for a chunk, and tells how
  /// much it is. To be followed by move_list(). Precondition: more than a chunk is left, and all of
  /// that is of one instant.
  std::size_t take_last_chunk(unsigned bucket, Entry* out) {
    marks_of(bucket).mixed &= ~bit_of(bucket);
    return lists_.take_last_chunk(buckets_[bucket], out);
  }

  /// An entry for which live(entry) holds and that leaves as early as any of those, or nullptr; it
  /// stays where it is until something is changed. A list of n entries is read O(log n) times at
  /// most, however often it is asked and however many cease to be live (list_search.h).
  template <class Live>
  const Entry* earliest(unsigned bucket, Live& live) {
    const List& list = buckets_[bucket];
    if (list.size() > kShort) return search_of(bucket).first(lists_, list, live);
    const Entry* best = nullptr;
    lists_.visit(list, [&](const Entry& entry) {
      if ((best == nullptr || Sort::leaves_before(entry, *best)) && live(entry)) best = &entry;
      return true;
    });
    return best;
  }

  /// Keeps the entries for which keep(entry) holds; it may change all but their instant and turn.
  template <class Keep>
  void sweep(Keep& keep) {
    sweeping_ = {};
    for_each(0, count(), [&](unsigned bucket) {
      forget_search(bucket);
      note_before_sweep(bucket);
      lists_.drain(std::exchange(buckets_[bucket], {}), [&](Entry entry) {
        if (!keep(entry)) return;
        List& list = buckets_[bucket];
        if (list.full()) lists_.add_chunk(list);
        lists_.append(list, entry);
      });
      if (buckets_[bucket].empty() && !is_held(bucket)) take(bucket);
    });
  }

  /// What sweep_on() has done.
  struct Swept {
    std::size_t left_out = 0;  ///< Entries that were there.
    bool round = false;        ///< It has come to the end, and begins anew the next time.
  };
  /// Goes on keeping the entries for which keep(entry) holds: looks at `count` of them, and a few
  /// more. Where it stops fewer than 32 others stay until the next time. A bucket that is searched
  /// (see earliest()) is swept at once. Takes no memory.
  template <class Keep>
  Swept sweep_on(std::size_t count, Keep& keep) {
    std::size_t left_out = 0;
    for (std::size_t looked_at = 0; looked_at < count;) {
      const unsigned bucket = occupied_from(sweeping_.bucket, buckets_.size());
      if (bucket == kNone) {
        sweeping_ = {};
        return {left_out, true};
      }
      if (bucket != sweeping_.bucket) sweeping_ = {bucket, {}};
      List& list = buckets_[bucket];
      if (!list.empty()) {
        const std::size_t before = list.size();
        const std::size_t most = forget_search(bucket) ? before : count;
        note_before_sweep(bucket);
        looked_at += lists_.sweep(list, sweeping_.at, most, keep);
        left_out += before - list.size();
        if (!sweeping_.at.all(list)) continue;
      }
      if (list.empty() && !is_held(bucket)) take(bucket);
      sweeping_ = {bucket + 1, {}};
    }
    return {left_out, false};
  }

 private:
  static constexpr std::uint32_t kNotCompared = 72;  // entries: lists are mostly short
  static constexpr std::size_t kShort = 64;          // entries, which are soon read

  using Sort = BinSort<Entry>;

  // A bit for each of 64 buckets.
  struct Marks {
    std::uint64_t searched = 0;  // it has a Search
    std::uint64_t held = 0;
    // It is known to have had entries of several instants, or turns. Those of others tie but for,
    // perhaps, the first kNotCompared and those in the last chunk.
    std::uint64_t mixed = 0, turns = 0;
  };

  // In search of the earliest entry of a long bucket.
  struct Search {
    unsigned bucket = kNone;  // none: to be used again
    ListSearch<Entry> of;
  };

  // The bucket that is being swept, and how far.
  struct Sweeping {
    unsigned bucket = 0;
    typename Lists::Sweeping at;
  };

  static std::uint64_t bit_of(unsigned bucket) { return std::uint64_t{1} << bucket % 64; }
  static void set(std::uint64_t& bits, unsigned bucket) { bits |= bit_of(bucket); }
  static bool is_set(std::uint64_t bits, unsigned bucket) { return (bits & bit_of(bucket)) != 0; }
  Marks& marks_of(unsigned bucket) { return marks_[bucket / 64]; }
  const Marks& marks_of(unsigned bucket) const { return marks_[bucket / 64]; }

  void set_occupied(unsigned bucket) {
    set(occupied_[bucket / 64], bucket);
    if (bucket < 4096) set(first_4096_, bucket / 64);
  }

  void copy_marks(const BucketLists& other) {
    occupied_ = other.occupied_;
    first_4096_ = other.first_4096_;
    marks_ = other.marks_;
    for (Marks& marks : marks_) marks.searched = 0;
    searching_ = 0;
    sweeping_ = {};
  }

  void note(unsigned bucket, Ties ties) {
    if (!ties.instants) set(marks_of(bucket).mixed, bucket);
    if (!ties.turns) set(marks_of(bucket).turns, bucket);
  }
  // Entries move up within the list, out of the last chunk, and one that is left out may fill up a
  // chunk behind the first of them.
  void note_before_sweep(unsigned bucket) {
    if (buckets_[bucket].places > kNotCompared) note_ties(bucket);
  }
  Ties ties_in_last_chunk(unsigned bucket) const {
    Ties ties{true, true};
    const auto same = ties_with_first(bucket, ties);
    lists_.all_of_last_chunk(buckets_[bucket], same);
    return ties;
  }
  // Says whether an entry leaves at the instant of the first; what differs is put down in `ties`.
  auto ties_with_first(unsigned bucket, Ties& ties) const {
    return [&ties, &first = lists_.first(buckets_[bucket])](const Entry& entry) {
      ties.turns &= entry.turn() == first.turn();
      return ties.instants &= entry.instant == first.instant;
    };
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
    set(marks_of(bucket).searched, bucket);
    return search.of;
  }
  // Whether there was one.
  bool forget_search(unsigned bucket) {
    if (searching_ == 0 || !is_set(marks_of(bucket).searched, bucket)) return false;
    marks_of(bucket).searched &= ~bit_of(bucket);
    std::size_t i = searching_ - 1;
    while (searches_[i].bucket != bucket) --i;
    searches_[i].bucket = kNone;
    while (searching_ > 0 && searches_[searching_ - 1].bucket == kNone) --searching_;
    return true;
  }

  std::uint64_t first_4096_ = 0;
  std::uint32_t searching_ = 0;  // `searches_` in use
  Sweeping sweeping_;
  Lists lists_;
  std::vector<List> buckets_;
  std::vector<std::uint64_t> occupied_;  // a bit for each bucket
  std::vector<Marks> marks_;             // of 64 buckets each
  std::vector<Search> searches_;
};

}  // namespace racked::des
