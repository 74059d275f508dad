#pragma once

#include <racked/des/large_array.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <new>
#include <vector>

namespace racked::des::process_detail {

class FramePool;

/// What stands before the frame of every process or task, and stays when that has ended: names of
/// processes and events in the queue lead here.
struct Seat {
  FramePool* pool;
  std::uint32_t generation;  ///< Of the process that sits here; 0: the seat is given up.
  std::uint8_t size_class;
  bool occupied;  ///< By a process that was started and has not ended.
  /// What makes a wait anything but plain, mostly nothing: one test answers for all.
  std::uint8_t unusual;
  static constexpr std::uint8_t kVoid = 1;  ///< The event of a broken delay is still in the queue.
  static constexpr std::uint8_t kInterrupted = 2;  ///< There are interruptions to be thrown.

  static constexpr std::uint8_t kInTask = 4;  ///< A task runs in the place of the process.

  bool voided() const { return (unusual & kVoid) != 0; }
  bool interrupted() const { return (unusual & kInterrupted) != 0; }
  bool in_task() const { return (unusual & kInTask) != 0; }
  void set(std::uint8_t what, bool to = true) {
    unusual = static_cast<std::uint8_t>(to ? unusual | what : unusual & ~what);
  }

  void* frame() { return this + 1; }
  static Seat& of(void* frame) { return static_cast<Seat*>(frame)[-1]; }
};

/// Memory of coroutine frames. A frame stands behind its seat, at the beginning of a cache line;
/// memory once taken is kept for frames of the same class of sizes and given back with the pool, so
/// that a seat can be read as long as the pool lives. Classes are multiples of 64 bytes up to 2
/// KiB, then powers of two. O(1); at worst an allocation. Not thread-safe.
class FramePool {
 public:
  FramePool() = default;
  FramePool(const FramePool&) = delete;
  FramePool& operator=(const FramePool&) = delete;

  [[gnu::always_inline]] void* allocate(std::size_t size) {
    const std::size_t size_class = class_of(size);
    Seat* seat = free_[size_class];
    if (seat == nullptr) [[unlikely]]
      seat = make_seat(size_class);
    free_[size_class] = next_free(*seat);
    return seat->frame();
  }

  /// A frame for whose seat no other generation is left is never used again.
  static void release(void* frame) noexcept {
    Seat& seat = Seat::of(frame);
    if (seat.generation == 0) return;
    next_free(seat) = seat.pool->free_[seat.size_class];
    seat.pool->free_[seat.size_class] = &seat;
  }

  /// Whether the frame is one of this pool's.
  bool owns(void* frame) const { return Seat::of(frame).pool == this; }

  /// Calls visit(Seat&) for every seat there is. O(seats).
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (const LargeArray<Line>& block : blocks_)
      for (std::size_t at = 0; at < block.size();) {
        Line* const line = const_cast<Line*>(block.data()) + at;
        Seat& seat = *std::launder(reinterpret_cast<Seat*>(line));
        at += lines_of(seat.size_class);
        visit(seat);
      }
  }

  /// Bytes taken from the system for frames.
  std::size_t memory() const {
    std::size_t bytes = 0;
    for (const LargeArray<Line>& block : blocks_) bytes += block.memory();
    return bytes;
  }

 private:
  struct alignas(64) Line {
    std::byte bytes[64];
  };
  static constexpr std::size_t kSmall = 32;  // classes below are multiples of a line
  static constexpr std::size_t kClasses = 64;
  static constexpr std::size_t kBlockLines = 1024;

  static constexpr std::size_t class_of(std::size_t size) {
    const std::size_t lines = (size + sizeof(Seat) + sizeof(Line) - 1) / sizeof(Line);
    return lines <= kSmall ? lines : kSmall + std::bit_width((lines - 1) / kSmall);
  }
  static constexpr std::size_t lines_of(std::size_t size_class) {
    return size_class <= kSmall ? size_class : kSmall << (size_class - kSmall);
  }
  // Where a free seat keeps the next one.
  static Seat*& next_free(Seat& seat) { return *static_cast<Seat**>(seat.frame()); }

  Seat* make_seat(std::size_t size_class);
  void add_block(std::size_t lines);

  std::array<Seat*, kClasses> free_{};
  std::vector<LargeArray<Line>> blocks_;  // never grown beyond what they have room for
};

}  // namespace racked::des::process_detail
