#pragma once

#include <racked/des/large_array.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <utility>

namespace racked::des {

/// Many lists of entries in the order in which they came, in one memory: a list has chunks, at
/// first a small one, so that many short lists waste little, and then of 32 places; a chunk that it
/// leaves serves any other. Appending and reading are sequential, and when nothing fits a cache the
/// next chunks have been asked for before they are read. Entries are copied as bytes. At most 2³²
/// of them. Every operation is O(1) an entry.
template <class Entry>
class ChunkLists {
 public:
  static constexpr std::uint32_t kPerChunk = 32;  ///< Places.
  static constexpr std::uint32_t kPerSmall = 8;   ///< Of a small one.
  /// Places, from which on lists begin with a full chunk: there what they waste is little.
  static constexpr std::size_t kMany = std::size_t{1} << 16;

  /// One of them: a value that belongs to the ChunkLists it was filled in.
  struct List {
    std::uint32_t first = kNone;  ///< Its first chunk.
    std::uint32_t end = 0;        ///< The place after the last.
    std::uint32_t limit = 0;      ///< The place after its last chunk.
    std::uint32_t places = 0;     ///< Of its chunks.

    /// Nothing is in it.
    bool empty() const { return places == 0; }
    /// The next entry needs another chunk.
    bool full() const { return end == limit; }
    /// Entries, with those that have been taken of its first chunk.
    std::size_t size() const { return places - (limit - end); }
  };
  /// A list from which single entries are taken.
  struct Queue : List {
    std::uint32_t taken = 0;  ///< Entries of its first chunk that take_first() has taken.

    /// Nothing is in it, but perhaps a chunk.
    bool empty() const { return List::size() == taken; }
  };

  /// Places it has, of lists and free ones.
  std::size_t places() const { return entries_.size(); }
  /// Forgets all lists and keeps the memory, enough for so many places. O(1).
  void clear(std::size_t places = 0) {
    free_ = free_small_ = kNone;
    entries_.resize(0);
    next_.resize(0);
    after_small_.resize(0);
    const std::size_t chunks = (places + kPerChunk - 1) / kPerChunk;
    entries_.reserve(chunks * kPerChunk);
    next_.reserve(chunks);
  }
  /// Fills an empty list with what stands in one of `other`.
  void copy(List& list, const ChunkLists& other, const List& from) {
    for (std::uint32_t chunk = from.first; chunk != kNone; chunk = other.next_of(chunk)) {
      const std::uint32_t count = other.count_in(from, chunk);
      add_chunk(list, is_small(chunk) ? take_small() : take_chunk(), places_of(chunk));
      std::memcpy(&entries_[list.end], &other.entries_[begin_of(chunk)], count * sizeof(Entry));
      list.end += count;
    }
  }
  /// The same, of which as many have been taken.
  void copy(Queue& queue, const ChunkLists& other, const Queue& from) {
    copy(static_cast<List&>(queue), other, from);
    queue.taken = from.taken;
  }

  /// Precondition: full(), as an empty list is.
  [[gnu::noinline]] void add_chunk(List& list) {
    if (list.empty() && places() < kMany) {
      add_chunk(list, take_small(), kPerSmall);
    } else {
      add_chunk(list, take_chunk(), kPerChunk);
    }
  }
  /// The same. As single entries come and go all the time, it has no small chunk.
  [[gnu::noinline]] void add_chunk(Queue& queue) { add_chunk(queue, take_chunk(), kPerChunk); }
  /// Precondition: not full().
  [[gnu::always_inline]] void append(List& list, const Entry& entry) {
    entries_[list.end++] = entry;
  }

  /// Precondition: not empty.
  const Entry& first(const List& list) const { return entries_[begin_of(list.first)]; }
  /// The first that has not been taken. Precondition: not empty.
  const Entry& first(const Queue& queue) const {
    return entries_[begin_of(queue.first) + queue.taken];
  }
  /// Takes it; it stays where it is until something is appended. Precondition: not empty.
  const Entry* take_first(Queue& queue) {
    const std::uint32_t chunk = queue.first;
    const Entry* const entry = &entries_[begin_of(chunk) + queue.taken++];
    if (queue.taken == places_of(chunk)) {
      queue.taken = 0;
      queue.first = next_of(chunk);
      queue.places -= places_of(chunk);
      free_chunk(chunk);
      if (queue.places == 0) queue = {};
    }
    return entry;
  }

  /// Calls use(entry) for each. Precondition: not empty.
  template <class Use>
  [[gnu::always_inline]] void for_each(const List& list, Use&& use) const {
    std::uint32_t ahead = list.first;
    for (std::uint32_t i = 0; i < kAhead; ++i) ahead = prefetch(ahead);
    for (std::uint32_t chunk = list.first; chunk != kNone;) {
      ahead = prefetch(ahead);
      const std::uint32_t next = next_of(chunk), begin = begin_of(chunk);
      const std::uint32_t end = next == kNone ? list.end : begin + places_of(chunk);
      for (std::uint32_t i = begin; i < end; ++i) use(entries_[i]);
      chunk = next;
    }
  }
  /// Puts what is in the chunk that was added last into `out`, and tells how much it is; the chunk
  /// stays. Precondition: not the first one.
  std::size_t take_last_chunk(List& list, Entry* out) const {
    const std::uint32_t begin = list.limit - kPerChunk, count = list.end - begin;
    std::memcpy(out, &entries_[begin], count * sizeof(Entry));
    list.end = begin;
    return count;
  }
  /// Whether holds(entry) for each in the chunk that was added last. Precondition: not empty.
  template <class Holds>
  bool all_of_last_chunk(const List& list, Holds&& holds) const {
    const std::uint32_t begin = list.limit - (list.places == kPerSmall ? kPerSmall : kPerChunk);
    for (std::uint32_t i = begin; i < list.end; ++i)
      if (!holds(entries_[i])) return false;
    return true;
  }
  /// Calls use(entry) for each, until it returns false.
  template <class Use>
  void visit(const List& list, Use&& use) const {
    for (std::uint32_t chunk = list.first; chunk != kNone; chunk = next_of(chunk)) {
      const std::uint32_t count = count_in(list, chunk);
      for (std::uint32_t i = 0; i < count; ++i)
        if (!use(entries_[begin_of(chunk) + i])) return;
    }
  }

  /// How far a list has been read. To be forgotten when anything but append() is done to the list.
  struct Reading {
    std::uint32_t chunk = kNone;  ///< The last one looked into.
    std::uint32_t count = 0;      ///< Entries of it that were read.
  };
  /// Calls use(entry) for each that `reading` has not come to, and takes it to the end.
  /// Precondition: not empty.
  template <class Use>
  void read_on(const List& list, Reading& reading, Use&& use) const {
    std::uint32_t chunk = reading.chunk == kNone ? list.first : reading.chunk;
    for (std::uint32_t i = reading.count;; i = 0, chunk = next_of(chunk)) {
      const std::uint32_t count = count_in(list, chunk);
      for (; i < count; ++i) use(entries_[begin_of(chunk) + i]);
      if (next_of(chunk) == kNone) return void(reading = {chunk, count});
    }
  }
  /// The place of an entry, which stays the same while it is in its list, and what stands there.
  ///@{
  std::uint32_t place_of(const Entry& entry) const {
    return static_cast<std::uint32_t>(&entry - &entries_[0]);
  }
  const Entry& at(std::uint32_t place) const { return entries_[place]; }
  ///@}

  /// How far a list has been swept. To be forgotten when the list is taken.
  struct Sweeping {
    std::uint32_t chunk = kNone;  ///< The last one that is not looked into again.
    std::uint32_t places = 0;     ///< Of the list, up to its end.

    /// The end of the list has been reached.
    bool all(const List& list) const { return places == list.places; }
    /// So many places have gone from the front of the list.
    void lose(std::uint32_t front) {
      *this = front < places ? Sweeping{chunk, places - front} : Sweeping{};
    }
  };
  /// Sweeps on: of the next `count` entries, and up to two chunks more, those stay for which
  /// keep(entry) holds. As all chunks but the last are full, fewer than a chunk of others may stay
  /// behind them; the chunk that they fill is looked into again the next time. How many it has
  /// looked at is told. Precondition: not `all`. Takes no memory.
  template <class Keep>
  std::size_t sweep(List& list, Sweeping& swept, std::size_t count, Keep&& keep) {
    const auto pass = [&](std::uint32_t chunk) {
      swept = {chunk, swept.places + places_of(chunk)};
    };
    std::uint32_t kept_in = kNone;  // the last chunk that has any
    std::uint32_t to = 0, to_end = 0;
    Entry left_out{};
    std::size_t read = 0;
    std::uint32_t next = after(list, swept.chunk);
    do {
      const std::uint32_t chunk = next;
      next = next_of(chunk);
      const std::uint32_t from = begin_of(chunk), in_chunk = count_in(list, chunk);
      for (std::uint32_t i = from; i < from + in_chunk; ++i) {
        const Entry entry = entries_[i];
        if (!keep(entry)) {
          left_out = entry;
          continue;
        }
        if (to == to_end) {
          if (kept_in != kNone) pass(kept_in);
          kept_in = after(list, swept.chunk);
          to = begin_of(kept_in);
          to_end = to + places_of(kept_in);
        }
        entries_[to++] = entry;
      }
      read += in_chunk;
    } while (next != kNone && read < count + kPerChunk);
    cut_out(list, kept_in != kNone ? kept_in : swept.chunk, next);
    if (next != kNone) {
      for (; to != to_end; ++to) entries_[to] = left_out;
      return read;
    }
    if (kept_in != kNone) {
      pass(kept_in);
      list.end = to;
      list.limit = to_end;
    } else if (swept.chunk != kNone) {
      list.end = list.limit = begin_of(swept.chunk) + places_of(swept.chunk);
    } else {
      list = {};
    }
    return read;
  }

  /// Takes the chunks with the first `count` entries of a list, and calls use(entry) for all in
  /// them but the first `taken`, with a copy, so that use() may append it elsewhere.
  template <class Use>
  [[gnu::always_inline]] void drain(List& list, std::size_t count, Use&& use,
                                    std::uint32_t taken = 0) {
    std::uint32_t chunk = list.first, ahead = chunk;
    for (std::uint32_t i = 0; i < kAhead; ++i) ahead = prefetch(ahead);
    for (std::size_t done = 0; done < count; taken = 0) {
      ahead = prefetch(ahead);
      const std::uint32_t next = next_of(chunk), begin = begin_of(chunk);
      const std::uint32_t in_chunk = next == kNone ? list.end - begin : places_of(chunk);
      for (std::uint32_t i = taken; i < in_chunk; ++i) use(Entry(entries_[begin + i]));
      done += in_chunk;
      list.places -= places_of(chunk);
      free_chunk(chunk);
      chunk = next;
    }
    list.first = chunk;
    if (!list.empty() && list.size() > 0) return;
    if (!list.empty()) free_chunk(chunk);
    list = {};
  }
  /// The same for a whole list that stands nowhere else any more.
  ///@{
  template <class Use>
  [[gnu::always_inline]] void drain(List list, Use&& use) {
    drain(list, list.size(), use);
  }
  template <class Use>
  [[gnu::always_inline]] void drain(Queue queue, Use&& use) {
    drain(queue, queue.size(), use, queue.taken);
  }
  ///@}

  /// Bytes in use.
  std::size_t memory() const { return entries_.memory() + next_.memory() + after_small_.memory(); }

 private:
  // A chunk is told by the eight places where it begins, and in the bit below whether it is small.
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
  static constexpr std::uint32_t kSmall = 1, kNextSmall = 2, kNextChunk = 2 * kPerChunk / kPerSmall;
  static constexpr std::uint32_t kAhead = 4;  // chunks; about the time that memory takes to answer

  static bool is_small(std::uint32_t chunk) { return (chunk & kSmall) != 0; }
  static std::uint32_t places_of(std::uint32_t chunk) {
    return is_small(chunk) ? kPerSmall : kPerChunk;
  }
  static std::uint32_t begin_of(std::uint32_t chunk) { return chunk / kNextSmall * kPerSmall; }
  const std::uint32_t& next_of(std::uint32_t chunk) const {
    return is_small(chunk) ? after_small_[chunk / kNextSmall] : next_[chunk / kNextChunk];
  }
  std::uint32_t& next_of(std::uint32_t chunk) {
    return is_small(chunk) ? after_small_[chunk / kNextSmall] : next_[chunk / kNextChunk];
  }
  std::uint32_t count_in(const List& list, std::uint32_t chunk) const {
    return next_of(chunk) == kNone ? list.end - begin_of(chunk) : places_of(chunk);
  }

  // The first chunk of a list when there is none before.
  std::uint32_t after(const List& list, std::uint32_t chunk) const {
    return chunk == kNone ? list.first : next_of(chunk);
  }
  // The chunks of a list between two others, of which the first may be none.
  void cut_out(List& list, std::uint32_t before, std::uint32_t next) {
    for (std::uint32_t chunk = after(list, before); chunk != next;) {
      const std::uint32_t following = next_of(chunk);
      list.places -= places_of(chunk);
      free_chunk(chunk);
      chunk = following;
    }
    (before == kNone ? list.first : next_of(before)) = next;
  }

  std::uint32_t take_chunk() {
    if (free_ != kNone) return std::exchange(free_, next_of(free_));
    const auto chunk = static_cast<std::uint32_t>(next_.size()) * kNextChunk;
    next_.resize(next_.size() + 1);
    entries_.resize(next_.size() * kPerChunk);
    return chunk;
  }
  // A chunk is four small ones; they stay what they are.
  std::uint32_t take_small() {
    if (free_small_ == kNone) {
      const std::uint32_t begin = take_chunk(), end = begin + kNextChunk;
      if (after_small_.size() < end / kNextSmall) after_small_.resize(end / kNextSmall);
      for (std::uint32_t small = end; small > begin; small -= kNextSmall)
        free_chunk((small - kNextSmall) | kSmall);
    }
    return std::exchange(free_small_, next_of(free_small_));
  }
  void free_chunk(std::uint32_t chunk) {
    std::uint32_t& free = is_small(chunk) ? free_small_ : free_;
    next_of(chunk) = free;
    free = chunk;
  }

  [[gnu::always_inline]] void add_chunk(List& list, std::uint32_t chunk, std::uint32_t places) {
    next_of(chunk) = kNone;
    if (list.places == 0) {
      list.first = chunk;
    } else if (list.places == kPerSmall) {
      next_of(list.first) = chunk;
    } else {
      next_[(list.end - 1) / kPerChunk] = chunk;
    }
    list.end = begin_of(chunk);
    list.limit = list.end + places;
    list.places += places;
  }

  // And tells the chunk that follows.
  [[gnu::always_inline]] std::uint32_t prefetch(std::uint32_t chunk) const {
    if (chunk == kNone) return kNone;
    const char* bytes = reinterpret_cast<const char*>(&entries_[begin_of(chunk)]);
    for (std::size_t line = 0; line < kPerChunk * sizeof(Entry); line += 64)
      __builtin_prefetch(bytes + line);
    return next_of(chunk);
  }

  std::uint32_t free_ = kNone, free_small_ = kNone;  // a chunk each; the others follow it
  LargeArray<Entry> entries_;                        // chunk after chunk
  LargeArray<std::uint32_t> next_;                   // of the chunk at each 32 places
  LargeArray<std::uint32_t> after_small_;            // of the small chunk at each 8
};

}  // namespace racked::des
