#pragma once

#include <racked/des/large_array.h>

#include <cstddef>
#include <cstdint>
#include <stdexcept>

namespace racked::des {

/// What the handles of cancellable events lead to: a slot for each that is pending, used again when
/// its event has left. A slot's generation tells one event from the next; it is never 0 and never
/// comes twice. `where` is for the queue: where in it the event stands. Every operation O(1).
template <class Payload>
class EventSlots {
 public:
  static constexpr std::uint32_t kNone = (std::uint32_t{1} << 30) - 1;  ///< no slot's number
  /// The largest `where`.
  static constexpr std::uint32_t kMostWhere = (std::uint32_t{1} << 31) - 1;

  /// One pending event, or a free place.
  struct Slot {
    Payload payload;           ///< Of the event.
    std::uint32_t generation;  ///< Of the event that is pending, or of the next one.
    std::uint32_t where;       ///< Of a free slot the next free one, marked as such.
  };

  /// Precondition: a slot that take() has given.
  Slot& operator[](std::uint32_t slot) { return slots_[slot]; }
  /// The same of what is not to be changed.
  const Slot& operator[](std::uint32_t slot) const { return slots_[slot]; }

  /// Whether the event that a handle of this generation was given for is still there.
  bool pending(std::uint32_t slot, std::uint32_t generation) const {
    return slot < slots_.size() && slots_[slot].generation == generation &&
           (slots_[slot].where & kFree) == 0;
  }

  /// std::length_error when 2³⁰ − 1 slots are taken or given up.
  std::uint32_t take(const Payload& payload) {
    if (free_ == kNone) [[unlikely]]
      make();
    const std::uint32_t slot = free_;
    free_ = slots_[slot].where & ~kFree;
    slots_[slot].payload = payload;
    slots_[slot].where = 0;
    return slot;
  }

  /// A slot that has had 2³² events is given up: its next handle would look like its first.
  void release(std::uint32_t slot) {
    ++released_;
    slots_[slot].where = free_ | kFree;
    if (++slots_[slot].generation != 0) free_ = slot;
  }

  /// Releases every slot that is taken: all handles given so far lead to nothing. O(1), but
  /// O(slots) when 2³¹ have been released.
  void release_all() {
    // No slot has had more events than all of them together.
    const std::uint64_t unused = first_ + released_ + 1;
    if (unused <= kMostFirst) {
      first_ = static_cast<std::uint32_t>(unused);
      released_ = 0;
      free_ = kNone;
      return slots_.resize(0);
    }
    for (std::uint32_t slot = 0; slot < slots_.size(); ++slot)
      if ((slots_[slot].where & kFree) == 0) release(slot);
  }

  /// Bytes in use.
  std::size_t memory() const { return slots_.memory(); }

 private:
  static constexpr std::uint32_t kFree = std::uint32_t{1} << 31;
  static constexpr std::uint64_t kMostFirst = std::uint64_t{1} << 31;

  [[gnu::noinline]] void make() {
    if (slots_.size() == kNone) throw std::length_error("2^30 cancellable events are pending");
    slots_.resize(slots_.size() + 1);
    slots_[slots_.size() - 1] = Slot{Payload(), first_, kNone | kFree};
    free_ = static_cast<std::uint32_t>(slots_.size() - 1);
  }

  LargeArray<Slot> slots_;  // first, since copying it may fail
  std::uint32_t free_ = kNone;
  std::uint32_t first_ = 1;     // generation of a new slot; none had a larger one before
  std::uint64_t released_ = 0;  // since then
};

}  // namespace racked::des
