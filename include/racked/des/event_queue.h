#pragma once

#include <racked/des/time.h>

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <type_traits>
#include <vector>

namespace racked::des {

/// The part of an instant an event belongs to. At equal times everything that finishes leaves the
/// queue first, then what starts, then what observes.
enum class Turn : std::uint8_t { finish, start, observe };

/// Names one scheduled event. A default-constructed handle names none; the handle of an event that
/// has left the queue, or was cancelled, is recognised as stale and never taken for another
/// event's.
class EventHandle {
 public:
  constexpr EventHandle() = default;
  friend constexpr bool operator==(EventHandle, EventHandle) = default;

 private:
  template <class>
  friend class EventQueue;
  constexpr EventHandle(std::uint64_t identity, std::uint32_t slot)
      : identity_(identity), slot_(slot) {}
  std::uint64_t identity_ = 0;  // 0 is no event's
  std::uint32_t slot_ = 0;
};

/// An event that has left the queue.
template <class Payload>
struct Event {
  Time time;
  Turn turn;
  Payload payload;
};

/// Pending events, leaving in the order (time, turn, sequence of scheduling): what was scheduled
/// first leaves first among equals, also after cancel, reschedule, growth and copy. A value: a copy
/// yields the same sequence and its handles fit both.
///
/// Inside: a four-ary heap of 24-byte keys over a table of slots with the payloads. push, pop,
/// cancel and reschedule are O(log n) for any distribution of times; no operation is worse, except
/// that growth of the memory copies it (amortised O(1); none once reserved or warm). 24 bytes per
/// pending event beside the payload and 16 bytes of slot. Not thread-safe; distinct queues are
/// independent.
template <class Payload>
class EventQueue {
  static_assert(std::is_trivially_copyable_v<Payload>, "payloads are copied as bytes");

 public:
  /// Schedules an event. std::length_error after 2⁶² events or with 2³² pending.
  EventHandle push(Time time, Turn turn, Payload payload) {
    const std::uint32_t slot = take_slot(payload);
    const Entry added = entry(time, turn, slot);
    heap_.push_back(added);
    place(raise(heap_.size() - 1, added), added);
    ++sequence_;
    return {slots_[slot].identity, slot};
  }

  /// Takes the earliest event. Precondition: not empty.
  Event<Payload> pop() {
    const Entry first = heap_.front();
    const Event<Payload> event{first.time(), turn_of(first), slots_[first.slot].payload};
    release_slot(first.slot);
    const Entry last = heap_.back();
    heap_.pop_back();
    if (!heap_.empty()) place(sink(0, last), last);
    return event;
  }

  /// pop(), then push(…), in one movement: the cycle of a simulation that replaces what it handles.
  /// `handle`, when given, receives the new event's.
  Event<Payload> pop_push(Time time, Turn turn, Payload payload, EventHandle* handle = nullptr) {
    const Entry first = heap_.front();
    const Event<Payload> event{first.time(), turn_of(first), slots_[first.slot].payload};
    release_slot(first.slot);
    const std::uint32_t slot = take_slot(payload);
    const Entry added = entry(time, turn, slot);
    place(sink(0, added), added);
    ++sequence_;
    if (handle != nullptr) *handle = {slots_[slot].identity, slot};
    return event;
  }

  /// The time of the earliest event. Precondition: not empty. O(1).
  Time next_time() const { return heap_.front().time(); }

  /// The turn of the earliest event. Precondition: not empty. O(1).
  Turn next_turn() const { return turn_of(heap_.front()); }

  /// Whether the event is still to come. O(1).
  bool pending(EventHandle handle) const {
    return handle.identity_ != 0 && handle.slot_ < slots_.size() &&
           slots_[handle.slot_].identity == handle.identity_;
  }

  /// Removes an event; false when the handle is stale.
  bool cancel(EventHandle handle) {
    if (!pending(handle)) return false;
    const std::size_t hole = slots_[handle.slot_].position;
    release_slot(handle.slot_);
    const Entry last = heap_.back();
    heap_.pop_back();
    if (hole < heap_.size()) settle(hole, last);
    return true;
  }

  /// Moves an event to another time, as if it were cancelled and scheduled anew in the same turn;
  /// its handle stays good. False when the handle is stale.
  bool reschedule(EventHandle handle, Time time) {
    if (!pending(handle)) return false;
    const std::size_t position = slots_[handle.slot_].position;
    settle(position, entry(time, turn_of(heap_[position]), handle.slot_));
    ++sequence_;
    return true;
  }

  /// Removes everything and keeps the memory. Handles given out before are stale.
  void clear() {
    for (const Entry& entry : heap_) release_slot(entry.slot);
    heap_.clear();
  }

  std::size_t size() const { return heap_.size(); }
  bool empty() const { return heap_.empty(); }

  /// Makes room for `events` pending events.
  void reserve(std::size_t events) {
    heap_.reserve(events);
    slots_.reserve(events);
  }

 private:
  struct Entry {
    std::uint64_t instant;  // time with the sign bit turned, so that it compares as unsigned
    std::uint64_t order;    // turn in the two upper bits, sequence below
    std::uint32_t slot;

    // One comparison of 128 bits: no branch to mispredict.
    bool before(const Entry& other) const { return key() < other.key(); }
    Time time() const { return Time(Duration(static_cast<std::int64_t>(instant ^ kSign))); }

   private:
    __extension__ using Key = unsigned __int128;
    Key key() const { return Key{instant} << 64 | order; }
  };
  struct Slot {
    Payload payload;
    std::uint64_t identity;  // 0: free
    std::uint32_t position;  // in the heap; of a free slot: the next free one + 1
  };
  static constexpr std::size_t kArity = 4;
  static constexpr int kTurnShift = 62;
  static constexpr std::uint64_t kSign = std::uint64_t{1} << 63;

  static Turn turn_of(const Entry& entry) { return static_cast<Turn>(entry.order >> kTurnShift); }

  Entry entry(Time time, Turn turn, std::uint32_t slot) const {
    return {static_cast<std::uint64_t>(time.time_since_epoch().count()) ^ kSign,
            static_cast<std::uint64_t>(turn) << kTurnShift | sequence_, slot};
  }

  std::uint32_t take_slot(const Payload& payload) {
    if (sequence_ >> kTurnShift != 0) throw std::length_error("more than 2^62 events scheduled");
    std::uint32_t slot = 0;
    if (free_ != 0) {
      slot = free_ - 1;
      free_ = slots_[slot].position;
    } else {
      if (slots_.size() == UINT32_MAX) throw std::length_error("more than 2^32 events pending");
      slot = static_cast<std::uint32_t>(slots_.size());
      slots_.push_back({});
    }
    slots_[slot].payload = payload;
    slots_[slot].identity = ++identity_;
    return slot;
  }

  void release_slot(std::uint32_t slot) {
    slots_[slot].identity = 0;
    slots_[slot].position = free_;
    free_ = slot + 1;
  }

  void place(std::size_t position, const Entry& entry) {
    heap_[position] = entry;
    slots_[entry.slot].position = static_cast<std::uint32_t>(position);
  }

  // Both move a hole to where `entry` belongs and return its position.
  std::size_t raise(std::size_t hole, const Entry& entry) {
    while (hole > 0) {
      const std::size_t parent = (hole - 1) / kArity;
      if (!entry.before(heap_[parent])) break;
      place(hole, heap_[parent]);
      hole = parent;
    }
    return hole;
  }
  std::size_t sink(std::size_t hole, const Entry& entry) {
    const std::size_t size = heap_.size();
    for (;;) {
      const std::size_t first = hole * kArity + 1;
      if (first >= size) return hole;
      std::size_t least = first;
      if (first + kArity <= size) {
        const std::size_t left = first + heap_[first + 1].before(heap_[first]);
        const std::size_t right = first + 2 + heap_[first + 3].before(heap_[first + 2]);
        least = heap_[right].before(heap_[left]) ? right : left;
      } else {
        for (std::size_t child = first + 1; child < size; ++child)
          if (heap_[child].before(heap_[least])) least = child;
      }
      if (!heap_[least].before(entry)) return hole;
      place(hole, heap_[least]);
      hole = least;
    }
  }
  // An entry put into the middle may belong above or below.
  void settle(std::size_t hole, const Entry& entry) {
    const std::size_t raised = raise(hole, entry);
    place(raised == hole ? sink(hole, entry) : raised, entry);
  }

  std::vector<Entry> heap_;
  std::vector<Slot> slots_;
  std::uint32_t free_ = 0;  // first free slot + 1
  std::uint64_t sequence_ = 0;
  std::uint64_t identity_ = 0;
};

}  // namespace racked::des
