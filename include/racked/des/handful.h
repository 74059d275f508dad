#pragma once

#include <racked/des/time.h>

#include <array>
#include <cstddef>
#include <cstdint>

namespace racked::des {

/// A handful of pending events, sorted. With two or three of them a processor predicts the few
/// branches and runs ahead of them, as it cannot with the tree. What was added first stands first
/// among equals. Of a tag the two lowest bits are the turn, 0 to 2, the rest the queue's. Every
/// operation O(kMost).
///
/// The first to leave stands in place 0, the next ones behind it, so that the places looked at most
/// are fixed ones. Taken, the first leaves a hole until the next operation: mostly that is an
/// addition, which fills it, and nothing else moves but what leaves earlier than what is added.
/// Behind the last stands a guard, later than all, at which a search ends.
template <class Payload>
class Handful {
 public:
  static constexpr std::size_t kMost = 8;  ///< Events it has room for.

  /// Open and empty.
  Handful() { open(); }

  std::size_t size() const { return closed() ? 0 : guard_ - has_hole(); }  ///< Events in it.
  bool none() const { return has_hole() && guard_ == 1; }  ///< It is open and empty.
  bool closed() const { return tags_[0] == kShut; }        ///< What is pending stands elsewhere.
  bool has_room() const { return size() < kMost; }         ///< For one more, unless it is closed.
  bool has_hole() const { return tags_[0] == kHole; }      ///< Whether fill_hole() may be called.
  /// Forgets what is in it, and has room again.
  void open() {
    tags_[0] = kHole;
    set_guard(1);
  }
  /// Forgets what is in it.
  void close() { tags_[0] = kShut; }

  /// Of the i-th to leave. Precondition: there is one.
  ///@{
  Time time(std::size_t i = 0) const { return times_[i + has_hole()]; }
  std::uint32_t tag(std::size_t i = 0) const { return tags_[i + has_hole()]; }
  const Payload& payload(std::size_t i = 0) const { return payloads_[i + has_hole()]; }
  ///@}

  /// The first, when it stands in place 0: without a hole, and open.
  ///@{
  Time first_time() const { return times_[0]; }
  std::uint32_t first_tag() const { return tags_[0]; }  ///< Less than 8 when it does not.
  const Payload& first_payload() const { return payloads_[0]; }
  void take_first() { tags_[0] = kHole; }
  ///@}

  /// Precondition: not empty.
  void close_hole() {
    if (has_hole()) remove_at(0);
  }

  /// Fills the hole, if what is added is to be one of the first two; else false, and place 1 is the
  /// hole that fill_behind() fills. Precondition: has_hole().
  [[gnu::always_inline]] bool fill_hole(Time time, std::uint32_t tag, Payload payload) {
    if (leaves_before(time, tag, 1)) return put(0, time, tag, payload), true;
    move(1, 0);
    if (!leaves_before(time, tag, 2)) return false;
    put(1, time, tag, payload);
    return true;
  }

  /// Precondition: fill_hole() has just said no to the same.
  void fill_behind(Time time, std::uint32_t tag, Payload payload) {
    std::size_t place = 1;
    do move(place + 1, place);
    while (!leaves_before(time, tag, ++place + 1));
    put(place, time, tag, payload);
  }

  /// Precondition: has_room(), and it is open.
  void add(Time time, std::uint32_t tag, Payload payload) {
    if (has_hole()) {
      if (!fill_hole(time, tag, payload)) fill_behind(time, tag, payload);
      return;
    }
    std::size_t place = guard_;
    set_guard(guard_ + 1);
    for (; place > 0 && leaves_before(time, tag, place - 1); --place) move(place - 1, place);
    put(place, time, tag, payload);
  }

  /// Removes the event that has this tag but for its turn. Precondition: there is one.
  void remove(std::uint32_t tag) {
    std::size_t place = has_hole();
    while (((tags_[place] ^ tag) & ~kTurn) != 0) ++place;
    if (place == 0) return take_first();
    remove_at(place);
  }

 private:
  static constexpr std::uint32_t kTurn = 3;
  // No event's turn is 3.
  static constexpr std::uint32_t kHole = kTurn, kShut = 4 | kTurn, kGuard = 8 | kTurn;

  bool leaves_before(Time time, std::uint32_t tag, std::size_t other) const {
    if (time < times_[other]) return true;
    if (time > times_[other]) [[likely]]
      return false;
    return (tag & kTurn) < (tags_[other] & kTurn);
  }

  void remove_at(std::size_t place) {
    do move(place + 1, place);
    while (++place < guard_);
    --guard_;
  }

  void set_guard(std::size_t place) {
    guard_ = place;
    times_[place] = kNever;
    tags_[place] = kGuard;
  }

  void put(std::size_t place, Time time, std::uint32_t tag, Payload payload) {
    times_[place] = time;
    tags_[place] = tag;
    payloads_[place] = payload;
  }
  void move(std::size_t from, std::size_t to) {
    times_[to] = times_[from];
    tags_[to] = tags_[from];
    payloads_[to] = payloads_[from];
  }

  std::size_t guard_;  // its place
  // An array for each part: what has just been written in pieces is slow to be read as a whole.
  std::array<Time, kMost + 1> times_{};
  std::array<std::uint32_t, kMost + 1> tags_{};
  std::array<Payload, kMost + 1> payloads_{};
};

}  // namespace racked::des
