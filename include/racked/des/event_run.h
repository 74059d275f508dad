#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace racked::des {

/// Pending events one behind the other, as they were scheduled. While each leaves after all that
/// were there, which timeouts of one length do, they are taken from the front; when one does not,
/// the run is no longer sorted: it still takes what is scheduled, and what grows before anything is
/// taken costs next to nothing, but to take one its events have to be put in order elsewhere. Entry
/// has `instant` and turn(). Every operation is O(1), amortised where it grows.
template <class Entry>
class EventRun {
 public:
  std::size_t size() const { return end_ - first_; }   ///< Events that are there.
  bool empty() const { return end_ == first_; }        ///< None is.
  bool sorted() const { return earliest_ == kFirst; }  ///< Whether take_first() may be called.
  std::size_t memory() const { return places_.capacity() * sizeof(Entry); }  ///< Bytes in use.
  const Entry* begin() const { return places_.data() + first_; }  ///< In order of scheduling.
  const Entry* end() const { return places_.data() + end_; }      ///< Behind the last.

  /// Keeps the memory.
  void clear() {
    places_.clear();
    first_ = end_ = room_ = 0;
    earliest_ = kFirst;
    take_none();
  }

  /// Whether append() may be called: nearly always when the run is sorted, not empty, and what
  /// leaves then comes after all that is there.
  bool appends(std::uint64_t instant, unsigned turn) const {
    return (instant > last_instant_ || (instant == last_instant_ && turn >= last_turn_)) &&
           end_ != room_;
  }
  /// Precondition: appends() says so.
  [[gnu::always_inline]] void append(const Entry& entry) {
    last_instant_ = entry.instant;
    last_turn_ = entry.turn();
    places_[end_++] = entry;
  }

  /// Whatever the run is like.
  void add(const Entry& entry) {
    if (end_ == room_) make_room();
    if (sorted() && !empty() && leaves_before(entry, places_[end_ - 1])) {
      earliest_ = first_;
      take_none();
    }
    if (sorted()) return append(entry);
    if (leaves_before(entry, places_[earliest_])) earliest_ = end_;
    places_[end_++] = entry;
  }

  /// The first to leave. Precondition: not empty.
  const Entry& first() const { return sorted() ? *begin() : places_[earliest_]; }
  /// Precondition: sorted, and not empty.
  void take_first() { ++first_; }

 private:
  static constexpr std::size_t kFirst = std::numeric_limits<std::size_t>::max();

  static bool leaves_before(const Entry& a, const Entry& b) {
    return a.instant != b.instant ? a.instant < b.instant : a.turn() < b.turn();
  }
  // No event's turn is 3.
  void take_none() {
    last_instant_ = std::numeric_limits<std::uint64_t>::max();
    last_turn_ = 3;
  }

  [[gnu::noinline]] void make_room() {
    if (room_ >= kMoved && first_ > end_ / 2) {
      std::copy(begin(), end(), places_.begin());
      if (!sorted()) earliest_ -= first_;
      end_ -= std::exchange(first_, 0);
    } else {
      room_ = std::max(2 * room_, kFewest);
      places_.resize(room_);
    }
  }

  static constexpr std::size_t kFewest = 16, kMoved = 64;  // places

  std::uint64_t last_instant_ = std::numeric_limits<std::uint64_t>::max();  // of a sorted run
  unsigned last_turn_ = 3;
  std::size_t first_ = 0, end_ = 0;  // the places from the first event on to behind the last
  std::size_t room_ = 0;             // places there are, to compare with
  std::size_t earliest_ = kFirst;    // the place of the first to leave when the run is not sorted
  std::vector<Entry> places_;
};

}  // namespace racked::des
