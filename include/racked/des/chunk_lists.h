#pragma once

#include <racked/des/large_array.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>

namespace racked::des {

/// Many lists of entries in the order in which they came, in one memory: a list has chunks of 32
/// places, and a chunk that it leaves serves any other. Appending and reading are sequential, and
/// when nothing fits a cache the next chunks have been asked for before they are read. Entries are
/// copied as bytes. At most 2³² of them. Every operation is O(1) an entry.
template <class Entry>
class ChunkLists {
 public:
  static constexpr std::uint32_t kPerChunk = 32;  ///< Places.

  /// One of them: a value that belongs to the ChunkLists it was filled in.
  struct List {
    std::uint32_t first = kNone;  ///< Its first chunk.
    std::uint32_t end = 0;        ///< The place after the last.
    std::uint32_t chunks = 0;     ///< It has.
    std::uint32_t taken = 0;      ///< Entries of its first chunk that take_first() has taken.

    /// Nothing is in it.
    bool empty() const { return chunks == 0 || (chunks == 1 && first * kPerChunk + taken == end); }
    /// The next entry needs another chunk.
    bool full() const { return end % kPerChunk == 0; }
    /// Entries. Precondition: none has been taken.
    std::size_t size() const { return chunks * std::size_t{kPerChunk} - (0 - end) % kPerChunk; }
  };

  /// Chunks it has, of lists and free ones.
  std::size_t chunks() const { return next_.size(); }
  /// Forgets all lists and keeps the memory, enough for so many chunks. O(1).
  void clear(std::size_t chunks = 0) {
    free_ = kNone;
    entries_.resize(0);
    next_.resize(0);
    entries_.reserve(chunks * kPerChunk);
    next_.reserve(chunks);
  }
  /// Fills an empty list with what stands in one of `other`.
  void copy(List& list, const ChunkLists& other, const List& from) {
    for (std::uint32_t chunk = from.first; chunk != kNone; chunk = other.next_[chunk]) {
      const std::uint32_t count = other.count_in(from, chunk);
      add_chunk(list);
      std::memcpy(&entries_[list.end], &other.entries_[chunk * kPerChunk], count * sizeof(Entry));
      list.end += count;
    }
    list.taken = from.taken;
  }

  /// Precondition: full(), as an empty list is.
  [[gnu::noinline]] void add_chunk(List& list) {
    std::uint32_t chunk = free_;
    if (chunk != kNone) {
      free_ = next_[chunk];
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
  /// Precondition: not full().
  [[gnu::always_inline]] void append(List& list, const Entry& entry) {
    entries_[list.end++] = entry;
  }

  /// Precondition: not empty, and none has been taken.
  const Entry& first(const List& list) const { return entries_[list.first * kPerChunk]; }

  /// The first that has not been taken; it stays where it is until something is appended.
  /// Precondition: not empty.
  const Entry* take_first(List& list) {
    const std::uint32_t chunk = list.first;
    const Entry* const entry = &entries_[chunk * kPerChunk + list.taken++];
    if (list.taken == kPerChunk) {
      list.taken = 0;
      list.first = next_[chunk];
      free_chunk(chunk);
      if (--list.chunks == 0) list = {};
    }
    return entry;
  }

  /// Calls use(entry) for each that has not been taken, until it returns false.
  template <class Use>
  void visit(const List& list, Use&& use) const {
    std::uint32_t from = list.taken;
    for (std::uint32_t chunk = list.first; chunk != kNone; chunk = next_[chunk], from = 0) {
      const std::uint32_t count = count_in(list, chunk);
      for (std::uint32_t i = from; i < count; ++i)
        if (!use(entries_[chunk * kPerChunk + i])) return;
    }
  }

  /// Calls use(entry) for each entry, which has left already and may be appended elsewhere, of the
  /// first `chunks` chunks, and takes these from the list.
  template <class Use>
  [[gnu::always_inline]] void drain(List& list, std::uint32_t chunks, Use&& use) {
    std::uint32_t ahead = list.first, chunk = list.first, from = list.taken;
    for (std::uint32_t i = 0; i < kAhead; ++i) ahead = prefetch(ahead);
    for (std::uint32_t left = chunks; left > 0; --left, from = 0) {
      ahead = prefetch(ahead);
      const std::uint32_t next = next_[chunk];
      const std::uint32_t count = count_in(list, chunk);
      for (std::uint32_t i = from; i < count; ++i) use(Entry(entries_[chunk * kPerChunk + i]));
      free_chunk(chunk);
      chunk = next;
    }
    list.first = chunk;
    list.chunks -= chunks;
    list.taken = 0;
    if (list.chunks == 0) list = {};
  }
  /// The same for a whole list that stands nowhere else any more.
  template <class Use>
  [[gnu::always_inline]] void drain(List list, Use&& use) {
    drain(list, list.chunks, use);
  }

  /// Bytes in use.
  std::size_t memory() const { return entries_.memory() + next_.memory(); }

 private:
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
  static constexpr std::uint32_t kAhead = 4;  // chunks; about the time that memory takes to answer

  void free_chunk(std::uint32_t chunk) {
    next_[chunk] = free_;
    free_ = chunk;
  }

  std::uint32_t count_in(const List& list, std::uint32_t chunk) const {
    return next_[chunk] == kNone ? list.end - chunk * kPerChunk : kPerChunk;
  }

  // And tells the chunk that follows.
  [[gnu::always_inline]] std::uint32_t prefetch(std::uint32_t chunk) const {
    if (chunk == kNone) return kNone;
    const char* bytes = reinterpret_cast<const char*>(&entries_[chunk * kPerChunk]);
    for (std::size_t line = 0; line < kPerChunk * sizeof(Entry); line += 64)
      __builtin_prefetch(bytes + line);
    return next_[chunk];
  }

  std::uint32_t free_ = kNone;      // a chunk; the others follow it
  LargeArray<Entry> entries_;       // chunk after chunk
  LargeArray<std::uint32_t> next_;  // of each chunk
};

}  // namespace racked::des
