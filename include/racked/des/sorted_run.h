#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace racked::des {

/// Pending events as long as each that is added leaves after all the others: timeouts of one
/// length, services that take the same time. Adding and taking are O(1). Entry has `instant` and
/// turn().
template <class Entry>
class SortedRun {
 public:
  std::size_t size() const { return last_ - first_; }  ///< Events that are there.
  bool empty() const { return first_ == last_; }       ///< None is.
  std::size_t memory() const { return ring_.capacity() * sizeof(Entry); }  ///< Bytes in use.
  void clear() { first_ = last_ = 0; }                                     ///< Keeps the memory.

  /// Whether add() may be called: what leaves then comes after all that is there.
  bool takes(std::uint64_t instant, unsigned turn) const {
    const Entry& last = ring_[(last_ - 1) & (ring_.size() - 1)];
    return instant > last.instant || (instant == last.instant && turn >= last.turn());
  }
  /// Precondition: empty, or takes() says so. O(1) but for growth.
  void add(const Entry& entry) {
    if (size() == ring_.size()) grow();
    ring_[last_++ & (ring_.size() - 1)] = entry;
  }

  /// Precondition: not empty.
  const Entry& first() const { return ring_[first_ & (ring_.size() - 1)]; }
  /// Precondition: not empty.
  void remove_first() { ++first_; }

 private:
  [[gnu::noinline]] void grow() {
    std::vector<Entry> wider(ring_.empty() ? 16 : 2 * ring_.size());
    std::size_t count = 0;
    for (; !empty(); remove_first()) wider[count++] = first();
    ring_.swap(wider);
    first_ = 0;
    last_ = count;
  }

  std::size_t first_ = 0, last_ = 0;  // counted on without end; the ring has a power of two places
  std::vector<Entry> ring_;
};

}  // namespace racked::des
