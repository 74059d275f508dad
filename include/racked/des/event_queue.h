#pragma once

#include <racked/des/event_slots.h>
#include <racked/des/handful.h>
#include <racked/des/radix_wheel.h>
#include <racked/des/time.h>
#include <racked/des/tournament.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>

namespace racked::des {

/// The part of an instant an event belongs to. At equal times everything that finishes leaves the
/// queue first, then what starts, then what observes.
enum class Turn : std::uint8_t { finish, start, observe };

/// Names one cancellable event of the queue that gave it, and of copies made of that since. A
/// default-constructed handle names none; the handle of an event that has left the queue, or was
/// cancelled, is recognised as stale and never taken for another event's.
class EventHandle {
 public:
  constexpr EventHandle() = default;
  friend constexpr bool operator==(EventHandle, EventHandle) = default;

 private:
  template <class, std::uint32_t>
  friend class EventQueue;
  constexpr EventHandle(std::uint32_t slot, Turn turn, std::uint32_t generation)
      : slot_(slot << 2 | static_cast<std::uint32_t>(turn)), generation_(generation) {}
  std::uint32_t slot() const { return slot_ >> 2; }
  Turn turn() const { return static_cast<Turn>(slot_ & 3); }

  std::uint32_t slot_ = 0;        // and the turn in the two bits below
  std::uint32_t generation_ = 0;  // 0 is no event's
};

/// An event that has left the queue.
template <class Payload>
struct Event {
  Time time;        ///< When it left.
  Turn turn;        ///< In which it left.
  Payload payload;  ///< What was scheduled.
};

/// How many events ahead to prefetch what an event needs: about as long as memory takes to answer.
inline constexpr std::size_t kEventsAhead = 8;

/// Pending events, leaving in the order (time, turn, sequence of scheduling): what was scheduled
/// first leaves first among equals, also after cancel, reschedule, growth and copy. A value: a copy
/// yields the same sequence. Handles given out before the copy fit both queues; one given out after
/// it fits only the queue that gave it, since the other may give out the same. Those of a queue
/// that is assigned to are no longer for it.
///
/// Cost of an operation. Up to eight events are in a sorted array: O(1). Up to 4 096 are in a
/// tournament (tournament.h): O(1) while they leave in the order in which they are scheduled, and
/// to schedule many before the first of them is taken; else O(log n) along one path without
/// branches. Beyond, they are in a radix wheel (radix_wheel.h): O(1) amortised, for any
/// distribution of times. docs/kernel.md explains all three.
///
/// The longest operation of a wheel moves some hundred thousand events: what comes due is got ready
/// while events are scheduled, and ties in one turn, of which there may be any number, are not even
/// read. But it may be O(n) (docs/kernel.md tells the times)
/// - when ties of several turns come due, or ties among which a sweep of cancelled events was the
///   first to find an event of another instant;
/// - when a pop comes to a stretch of cancelled events: up to one and a half times as many as are
///   pending, and 64, stay before they are swept;
/// - when cancelled events are swept out of the present instant, or of a bucket that next() reads;
/// - when buckets get another width: of up to 2²⁰ events, and once of more (see RadixWheel);
/// - when memory grows, or events move from one form to another;
/// - once in 2³¹ cancellable events (kMostVersion; fewer only in tests).
///
/// Payloads are trivially copyable, default-constructible and aligned to at most 64 bytes. Bytes
/// for each pending event, with payloads of 8: 24 to 26 from a million on, 27 to 40 at a hundred
/// thousand, 34 to 160 at four to thirty thousand. Up to 4 096 there are places of 24 to 36, a
/// power of two of them, and the queue's own 1.3 KB: together 59 each at a hundred, 32 at a
/// thousand. One that can be cancelled takes 16 more. No allocation once warm, which a wheel is
/// when its buckets have found their width, after about twice as many events as are pending. After
/// std::bad_alloc the queue may only be cleared, assigned to or destroyed; one that was moved from
/// may only be assigned to or destroyed. Not thread-safe; distinct queues are independent.
template <class Payload, std::uint32_t kMostVersion = EventSlots<Payload>::kMostWhere>
class EventQueue {
  static_assert(std::is_trivially_copyable_v<Payload>, "payloads are copied as bytes");
  static_assert(alignof(Payload) <= 64, "memory begins with a cache line");
  static_assert(std::is_default_constructible_v<Payload> && std::is_copy_assignable_v<Payload>,
                "places are made before they are used");

 public:
  /// Empty; no event may be earlier than `start`.
  explicit EventQueue(Time start = kStart) { clear(start); }

  EventQueue(EventQueue&&) = default;             ///< O(1).
  EventQueue& operator=(EventQueue&&) = default;  ///< O(1).
  /// A copy has room for what is pending, not for what has been, and has yet to become warm. To
  /// assign to a queue that had as many takes no memory. O(n): what is pending is copied, and a
  /// slot of 8 bytes and the payload for each event that could be cancelled at one time.
  ///@{
  EventQueue(const EventQueue& other) { *this = other; }
  EventQueue& operator=(const EventQueue& other) {
    if (this == &other) return *this;
    handful_.close();  // should memory fail, clear() must not take the queue for empty
    version_ = other.version_;
    swept_ = other.swept_;
    reached_ = other.reached_;
    many_ = other.many_;
    too_few_ = other.too_few_;
    cancelled_ = other.cancelled_;
    tree_ = other.tree_;
    if (other.many_ > 0) wheel_ = other.wheel_;
    slots_ = other.slots_;
    handful_ = other.handful_;
    return *this;
  }
  ///@}

  /// Removes everything and keeps the memory; no event may be earlier than `start`. Handles given
  /// out before are stale. O(1), for the first 2³¹ cancellable events.
  void clear(Time start = kStart) {
    if (!empty()) slots_.release_all();
    reached_ = start;
    cancelled_ = 0;
    tree_.clear();
    many_ = 0;
    handful_.open();
  }

  /// Schedules an event. std::logic_error for a time before reached().
  [[gnu::always_inline]] void push(Time time, Turn turn, Payload payload) {
    insert(time, tag_of(kNoSlot, turn), payload);
  }

  /// The same for an event that can be cancelled and rescheduled. std::length_error when 2³⁰ − 1 of
  /// them are pending already.
  EventHandle push_cancellable(Time time, Turn turn, Payload payload) {
    refuse_past(time);
    const std::uint32_t slot = slots_.take(payload);
    insert(time, tag_of(slot, turn), payload);
    return {slot, turn, slots_[slot].generation};
  }

  /// Takes the earliest event, if it is not later than `end`. Otherwise reached() becomes `end`,
  /// unless it is later already.
  [[gnu::always_inline]] std::optional<Event<Payload>> pop_until(Time end) {
    if (handful_.first_tag() >= kFirstPlain) [[likely]] {
      if (handful_.first_time() <= end) [[likely]]
        return pop_handful();
      return stop_at(end);
    }
    if (tree_.played()) {
      if (tree_.has_hole()) [[unlikely]] {
        if (tree_.close_hole(slots_) <= kFew) return pop_last_of_tree(end);
      }
      typename Tree::Entry first;
      if (!tree_.pop(instant_of(end), first, slots_)) return stop_at(end);
      return taken(time_of(first.instant), first.tag, first.payload);
    }
    if (many_ > 0) return pop_wheel(end);
    if (tree_.sorted()) return pop_run(end);
    if (!close_handful_until(end)) return pop_mixed_run(end);
    return pop_handful();
  }

  /// Takes the earliest event. Precondition: not empty.
  [[gnu::always_inline]] Event<Payload> pop() {
    if (handful_.first_tag() >= kFirstPlain) [[likely]]
      return pop_handful();
    return *pop_until(Time::max());
  }

  /// The earliest time that may be scheduled: that of the event taken last, or a later `end` that
  /// was reached without one, or the start.
  Time reached() const { return reached_; }

  /// When the earliest event leaves.
  struct Next {
    Time time;  ///< Of the event.
    Turn turn;  ///< Of the event.
  };
  /// Of the earliest event; std::nullopt when empty. Up to 4 096 events O(log n). Beyond, the
  /// earliest bucket is read when its first event is not known, at worst O(n); however often its
  /// first event is cancelled, it is read O(log n) times, and a very long one that is split once
  /// more each time that some of it has moved on. Changes nothing that can be seen.
  std::optional<Next> next() {
    if (empty()) return std::nullopt;
    if (!handful_.closed()) return Next{handful_.time(), turn_of(handful_.tag())};
    if (many_ == 0) {
      const auto [instant, turn] = tree_.first();
      return Next{time_of(instant), turn_of(turn)};
    }
    const Entry* first = wheel_->first([this](const Entry& entry) { return is_live(entry); },
                                       [this] { --cancelled_; });
    return Next{time_of(first->instant), turn_of(first->tag)};
  }

  /// The payload of an event that will probably be taken `ahead` events after the next one, while
  /// there is still time to fetch from memory what it needs; nullptr when that is not known, as
  /// with few events, whose records fit a cache anyway. A hint: the event may be cancelled or
  /// overtaken. Valid until the queue is changed. O(1).
  const Payload* upcoming(std::size_t ahead) const {
    const Entry* const entry = many_ > 0 ? wheel_->upcoming(ahead) : nullptr;
    return entry != nullptr ? &entry->payload : nullptr;
  }

  /// Whether the event is still to come. O(1).
  bool pending(EventHandle handle) const {
    return slots_.pending(handle.slot(), handle.generation_);
  }

  /// Removes an event; false when the handle is stale.
  bool cancel(EventHandle handle) {
    if (!pending(handle)) return false;
    if (tree_.is_run()) tree_.play(slots_);
    if (!handful_.closed()) {
      handful_.remove(tag_of(handle.slot(), handle.turn()));
    } else if (tree_.played()) {
      tree_.remove(slots_[handle.slot()].where);
      if (tree_.size() <= kFew) tree_to_handful();
    } else {
      slots_.release(handle.slot());
      if (--many_ == 0) handful_.open();
      tolerate_one_more();
      return true;
    }
    slots_.release(handle.slot());
    return true;
  }

  /// Moves an event to another time, as if it were cancelled and scheduled anew in the same turn;
  /// its handle stays good. std::logic_error for the past, whatever the handle; false when that is
  /// stale.
  bool reschedule(EventHandle handle, Time time) {
    refuse_past(time);
    if (!pending(handle)) return false;
    if (tree_.is_run()) tree_.play(slots_);
    const Slot& slot = slots_[handle.slot()];
    const std::uint32_t tag = tag_of(handle.slot(), handle.turn());
    if (!handful_.closed()) {
      handful_.remove(tag);
      handful_.add(time, tag, slot.payload);
    } else if (tree_.played()) {
      tree_.move(handle.slot(), instant_of(time), tag & kTurn, slots_);
    } else {
      --many_;
      insert_in_wheel(instant_of(time), tag, slot.payload);
      tolerate_one_more();
    }
    return true;
  }

  /// Pending events.
  std::size_t size() const { return handful_.size() + tree_.size() + many_; }
  /// Nothing is pending.
  bool empty() const { return handful_.first_tag() < kFirstPlain && handful_.none(); }

  /// Bytes in use for what is pending and what has been, the object itself included.
  std::size_t memory() const {
    return sizeof *this + tree_.memory() + slots_.memory() + (wheel_ ? wheel_->memory() : 0);
  }

 private:
  using Tree = Tournament<Payload>;
  using Slots = EventSlots<Payload>;
  using Slot = typename Slots::Slot;

  using Wheel = RadixWheel<Payload>;
  // `version` tells an entry that still counts from one whose event was cancelled or rescheduled.
  using Entry = typename Wheel::Entry;
  static constexpr std::uint32_t kNoSlot = Slots::kNone;
  static constexpr std::uint32_t kFirstPlain = kNoSlot << 2;  // tag of an event without a handle
  static constexpr std::uint32_t kTurn = 3;
  static constexpr std::size_t kCrowd = 4, kFew = 1;
  static constexpr std::size_t kFewForWheel = Tree::kMost / 4;
  static constexpr std::size_t kTolerated = 64;
  static constexpr std::uint64_t kLast = std::numeric_limits<std::uint64_t>::max();
  static constexpr std::uint64_t kSign = std::uint64_t{1} << 63;

  // Instants compare as unsigned numbers.
  static std::uint64_t instant_of(Time time) {
    return static_cast<std::uint64_t>(time.time_since_epoch().count()) ^ kSign;
  }
  static Time time_of(std::uint64_t instant) {
    return Time(Duration(static_cast<std::int64_t>(instant ^ kSign)));
  }
  // A slot and a turn; kNoSlot for an event without a handle.
  static std::uint32_t tag_of(std::uint32_t slot, Turn turn) {
    return slot << 2 | static_cast<std::uint32_t>(turn);
  }
  static std::uint32_t slot_of(std::uint32_t tag) { return tag >> 2; }
  static Turn turn_of(std::uint32_t tag) { return static_cast<Turn>(tag & kTurn); }
  void refuse_past(Time time) const {
    if (time < reached_) [[unlikely]]
      throw_past(time);
  }

  [[noreturn, gnu::noinline]] void throw_past(Time time) const {
    throw std::logic_error("event scheduled at " + std::to_string(time.time_since_epoch().count()) +
                           " ns, but it is " + std::to_string(reached_.time_since_epoch().count()) +
                           " ns already");
  }

  [[gnu::always_inline]] void insert(Time time, std::uint32_t tag, Payload payload) {
    refuse_past(time);
    if (handful_.has_hole()) [[likely]] {
      if (!handful_.fill_hole(time, tag, payload)) insert_behind(time, tag, payload);
      return;
    }
    if (tree_.has_hole()) return tree_.fill_hole(instant_of(time), tag, payload, slots_);
    if (many_ > 0) return insert_in_wheel(instant_of(time), tag, payload);
    const std::uint64_t instant = instant_of(time);
    if (tree_.appends(instant, tag & kTurn)) return tree_.append(instant, tag, payload);
    insert_elsewhere(time, tag, payload);
  }

  // Where new events are not among the first to leave, more than a few are better off elsewhere.
  [[gnu::noinline]] void insert_behind(Time time, std::uint32_t tag, Payload payload) {
    handful_.fill_behind(time, tag, payload);
    if (handful_.size() > kCrowd) handful_to_tree();
  }

  [[gnu::noinline]] void insert_elsewhere(Time time, std::uint32_t tag, Payload payload) {
    if (!handful_.closed()) {
      if (handful_.has_room()) return handful_.add(time, tag, payload);
      handful_to_tree();
    }
    const std::uint64_t instant = instant_of(time);
    if (tree_.has_room()) return tree_.add(instant, tag, payload, slots_);
    tree_to_wheel();
    insert_in_wheel(instant, tag, payload);
  }

  [[gnu::noinline]] void insert_in_wheel(std::uint64_t instant, std::uint32_t tag,
                                         Payload payload) {
    std::uint32_t version = 0;
    if (tag < kFirstPlain) {
      if (version_ == kMostVersion) [[unlikely]]
        return start_versions_over_and_insert(instant, tag, payload);
      version = slots_[slot_of(tag)].where = ++version_;
    }
    ++many_;
    wheel_->push({instant, payload, tag, version});
  }

  [[gnu::noinline]] void start_versions_over_and_insert(std::uint64_t instant, std::uint32_t tag,
                                                        Payload payload) {
    start_versions_over();
    insert_in_wheel(instant, tag, payload);
  }

  // What pop_until returns, and does, for an event that has been taken out of its place.
  [[gnu::always_inline]] Event<Payload> taken(Time time, std::uint32_t tag,
                                              const Payload& payload) {
    if (tag < kFirstPlain) [[unlikely]]
      slots_.release(slot_of(tag));
    reached_ = time;
    return {time, turn_of(tag), payload};
  }

  std::nullopt_t stop_at(Time end) {
    reached_ = std::max(reached_, end);
    return std::nullopt;
  }

  [[gnu::always_inline]] Event<Payload> pop_handful() {
    const Time time = handful_.first_time();
    const std::uint32_t tag = handful_.first_tag();
    const Payload payload = handful_.first_payload();
    handful_.take_first();
    return taken(time, tag, payload);
  }

  [[gnu::always_inline]] std::optional<Event<Payload>> pop_run(Time end) {
    const typename Tree::Entry first = tree_.front();
    const Time time = time_of(first.instant);
    if (time > end) return stop_at(end);
    if (tree_.take_front() <= kFew) tree_to_handful();
    return taken(time, first.tag, first.payload);
  }

  [[gnu::noinline]] std::optional<Event<Payload>> pop_last_of_tree(Time end) {
    tree_to_handful();
    return pop_until(end);
  }

  // When there is one: else nothing is pending, or nothing until `end`.
  [[gnu::noinline]] std::optional<Event<Payload>> pop_mixed_run(Time end) {
    if (tree_.empty() || time_of(tree_.first().first) > end) return stop_at(end);
    tree_.play(slots_);
    return pop_until(end);
  }

  // Whether the first of the handful stands in its place now, and is not later than `end`.
  [[gnu::noinline]] bool close_handful_until(Time end) {
    if (handful_.none() || handful_.closed()) return false;
    handful_.close_hole();
    return handful_.first_time() <= end;
  }

  // From one form to another.

  [[gnu::noinline]] void handful_to_tree() {
    for (std::size_t i = 0; i < handful_.size(); ++i)
      tree_.add(instant_of(handful_.time(i)), handful_.tag(i), handful_.payload(i), slots_);
    handful_.close();
  }

  [[gnu::noinline]] void tree_to_handful() {
    handful_.open();
    tree_.drain(slots_, [this](const typename Tree::Entry& entry) {
      handful_.add(time_of(entry.instant), entry.tag, entry.payload);
    });
  }

  [[gnu::noinline]] void tree_to_wheel() {
    start_wheel();
    tree_.drain(slots_, [this](const typename Tree::Entry& entry) {
      insert_in_wheel(entry.instant, entry.tag, entry.payload);
    });
  }

  void start_wheel() {
    if (!wheel_) wheel_.emplace();
    wheel_->reset(instant_of(reached_));
    cancelled_ = 0;
    too_few_ = kFewForWheel;
  }

  [[gnu::noinline]] void wheel_to_tree() {
    const auto keep = [this](const Entry& entry) { return is_live(entry); };
    while (many_ > 0) {
      const Entry& entry = *wheel_->pop(kLast, many_, cancelled_ == 0, keep);
      if (!is_live(entry)) continue;
      tree_.add(entry.instant, entry.tag, entry.payload, slots_);
      --many_;
    }
    if (tree_.size() <= kFew) tree_to_handful();
  }

  // The wheel.

  [[gnu::always_inline]] std::optional<Event<Payload>> pop_wheel(Time end) {
    const Entry* first = wheel_->at_hand();
    if (first != nullptr && first->instant > instant_of(end)) [[unlikely]] {
      wheel_->stop_at(instant_of(end));
      return stop_at(end);
    }
    if (first != nullptr && is_live(*first)) [[likely]] {
      wheel_->take_at_hand();
    } else {
      first = pop_wheel_slowly(end);
      if (first == nullptr) return stop_at(end);
    }
    Event<Payload> event = taken(time_of(first->instant), first->tag, first->payload);
    if (--many_ < too_few_) [[unlikely]]
      leave_fewer();
    return event;
  }

  [[gnu::noinline]] const Entry* pop_wheel_slowly(Time end) {
    const auto keep = [this](const Entry& entry) {
      const bool live = is_live(entry);
      cancelled_ -= !live;
      return live;
    };
    const Entry* entry = nullptr;
    do entry = wheel_->pop(instant_of(end), many_, cancelled_ == 0, keep);
    while (entry != nullptr && !keep(*entry));
    return entry;
  }

  bool is_live(const Entry& entry) const {
    return entry.tag >= kFirstPlain || slots_[slot_of(entry.tag)].where == entry.version;
  }

  // As many cancelled entries are tolerated as there are pending ones, half as many more, and 64.
  void tolerate_one_more() {
    ++cancelled_;
    tolerate_no_more();
  }
  void tolerate_no_more() {
    if (cancelled_ > many_ + many_ / 2 + kTolerated) throw_out_some();
    too_few_ = kFewForWheel;
    if (cancelled_ > kTolerated) too_few_ = std::max(too_few_, (cancelled_ - kTolerated) / 3 * 2);
  }

  [[gnu::noinline]] void leave_fewer() {
    if (many_ < kFewForWheel) return wheel_to_tree();
    tolerate_no_more();
  }

  // Of what no longer counts.
  [[gnu::noinline]] void throw_out_some() {
    cancelled_ -= wheel_->sweep_on([this](const Entry& entry) { return is_live(entry); });
  }

  // Throws out all that no longer counts; what does gets 0 and 1 by turns: what got one and has
  // been cancelled or rescheduled since then must not look like what has the same slot and has just
  // got the other.
  [[gnu::noinline]] void start_versions_over() {
    swept_ ^= 1;
    wheel_->sweep([this](Entry& entry) {
      if (entry.tag >= kFirstPlain) return true;
      if (!is_live(entry)) return false;
      entry.version = slots_[slot_of(entry.tag)].where = swept_;
      return true;
    });
    cancelled_ = 0;
    version_ = 1;
  }

  std::uint32_t version_ = 1;  // of the entry pushed last with a slot
  std::uint32_t swept_ = 0;    // that of what was swept
  Time reached_ = kStart;
  std::size_t many_ = 0;       // events in the wheel
  std::size_t too_few_ = 0;    // of them, for the wheel or for what is cancelled in it
  std::size_t cancelled_ = 0;  // entries of the wheel that no longer count
  Handful<Payload> handful_;
  Tree tree_;
  std::optional<Wheel> wheel_;  // once there have been many
  Slots slots_;
};

}  // namespace racked::des
