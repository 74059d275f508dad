#pragma once

#include <racked/des/handful.h>
#include <racked/des/radix_wheel.h>
#include <racked/des/time.h>
#include <racked/des/winner_tree.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace racked::des {

/// The part of an instant an event belongs to. At equal times everything that finishes leaves the
/// queue first, then what starts, then what observes.
enum class Turn : std::uint8_t { finish, start, observe };

/// Names one cancellable event. A default-constructed handle names none; the handle of an event
/// that has left the queue, or was cancelled, is recognised as stale and never taken for another
/// event's.
class EventHandle {
 public:
  constexpr EventHandle() = default;
  friend constexpr bool operator==(EventHandle, EventHandle) = default;

 private:
  template <class>
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

/// Pending events, leaving in the order (time, turn, sequence of scheduling): what was scheduled
/// first leaves first among equals, also after cancel, reschedule, growth and copy. A value: a copy
/// yields the same sequence and its handles fit both.
///
/// Inside: a handful of events in a sorted array; up to 2 048 a tournament (winner_tree.h), every
/// operation O(log n) along one path without branches; beyond, a radix wheel (radix_wheel.h), every
/// operation O(1) amortised for any distribution of times, at worst O(n) when a crowded bucket is
/// opened, the memory grows, or more cancelled events than pending ones are swept out.
/// docs/kernel.md explains all three. With payloads of 8 bytes a pending event takes 24 bytes and
/// up to a fifth more when there are many, 48 and up to twice that when there are few; one that can
/// be cancelled 16 more. No allocation once warm. Not thread-safe; distinct queues are independent.
template <class Payload>
class EventQueue {
  static_assert(std::is_trivially_copyable_v<Payload>, "payloads are copied as bytes");
  static_assert(std::is_default_constructible_v<Payload>, "places are made before they are used");

 public:
  /// Empty; no event may be earlier than `start`.
  explicit EventQueue(Time start = kStart) { clear(start); }

  /// Removes everything and keeps the memory; no event may be earlier than `start`. Handles given
  /// out before are stale.
  void clear(Time start = kStart) {
    for (std::uint32_t slot = 0; slot < slots_.size(); ++slot)
      if (!is_free(slots_[slot])) release_slot(slot);
    reached_ = instant_of(start);
    sequence_ = 0;
    many_ = cancelled_ = 0;
    in_tree_ = false;
    handful_.close();
    handful_.open();
  }

  /// Schedules an event. std::logic_error for a time before reached().
  void push(Time time, Turn turn, Payload payload) {
    insert(instant_of(time), turn, payload, kNoSlot);
  }

  /// The same for an event that can be cancelled and rescheduled. std::length_error with 2³⁰ of
  /// them pending.
  EventHandle push_cancellable(Time time, Turn turn, Payload payload) {
    refuse_past(instant_of(time));
    const std::uint32_t slot = take_slot();
    slots_[slot].payload = payload;
    insert(instant_of(time), turn, payload, slot);
    return {slot, turn, slots_[slot].generation};
  }

  /// Takes the earliest event, if it is not later than `end`. When there is none, reached() is
  /// `end` from then on.
  std::optional<Event<Payload>> pop_until(Time end) {
    if (handful_.empty()) return in_tree_ ? pop_tree(instant_of(end)) : pop_wheel(instant_of(end));
    const std::uint64_t instant = handful_.instant();
    if (instant > instant_of(end)) return stop_at(instant_of(end));
    const std::uint32_t tag = handful_.tag();
    const Event<Payload> event{time_of(instant), turn_of(tag), handful_.payload()};
    handful_.remove_first();
    if (slot_of(tag) != kNoSlot) release_slot(slot_of(tag));
    reached_ = instant;
    return event;
  }

  /// Takes the earliest event. Precondition: not empty.
  Event<Payload> pop() { return *pop_until(Time::max()); }

  /// The time of the event taken last, or the end that was reached without one.
  Time reached() const { return time_of(reached_); }

  /// When the earliest event leaves.
  struct Next {
    Time time;  ///< Of the event.
    Turn turn;  ///< Of the event.
  };
  /// Nothing when empty. O(log n); of many events at worst the length of a bucket.
  std::optional<Next> next() const {
    if (empty()) return std::nullopt;
    if (!handful_.empty()) return Next{time_of(handful_.instant()), turn_of(handful_.tag())};
    if (in_tree_) {
      const Key first = hole_ == kNone ? tree_.first() : tree_.first_but(hole_);
      return Next{time_of(first.instant), turn_of(first)};
    }
    const Entry* first = wheel_.first([this](const Entry& entry) { return is_live(entry); });
    return Next{time_of(first->instant), turn_of(first->tag)};
  }

  /// The payload of an event that will probably be taken `ahead` events after the next one, while
  /// there is still time to fetch from memory what it needs; nullptr when that is not known, as
  /// with few events, whose records fit a cache anyway. A hint: the event may be cancelled or
  /// overtaken. O(1).
  const Payload* upcoming(std::size_t ahead) const {
    const Entry* const entry = handful_.closed() && !in_tree_ ? wheel_.upcoming(ahead) : nullptr;
    return entry != nullptr ? &entry->payload : nullptr;
  }

  /// Whether the event is still to come. O(1).
  bool pending(EventHandle handle) const {
    return handle.slot() < slots_.size() && slots_[handle.slot()].generation == handle.generation_;
  }

  /// Removes an event; false when the handle is stale.
  bool cancel(EventHandle handle) {
    if (!pending(handle)) return false;
    if (!handful_.empty()) {
      handful_.remove(tag_of(handle.slot(), handle.turn()));
    } else if (in_tree_) {
      remove_from_tree(slots_[handle.slot()].where);
    } else {
      --many_;
      tolerate_one_more();
    }
    release_slot(handle.slot());
    return true;
  }

  /// Moves an event to another time, as if it were cancelled and scheduled anew in the same turn;
  /// its handle stays good. False when the handle is stale; std::logic_error for the past.
  bool reschedule(EventHandle handle, Time time) {
    const std::uint64_t instant = instant_of(time);
    refuse_past(instant);
    if (!pending(handle)) return false;
    Slot& slot = slots_[handle.slot()];
    const std::uint32_t tag = tag_of(handle.slot(), handle.turn());
    if (!handful_.empty()) {
      handful_.remove(tag);
      handful_.add(instant, tag, slot.payload);
    } else if (in_tree_) {
      if (sequence_ == kMostSequence) [[unlikely]]
        renumber();
      tree_.put(slot.where, key(instant, handle.turn(), slot.where));
    } else {
      add_to_wheel({instant, slot.payload, tag, 0});
      tolerate_one_more();
    }
    return true;
  }

  std::size_t size() const { return handful_.size() + many_; }  ///< Pending events.
  bool empty() const { return size() == 0; }                    ///< Nothing is pending.

  /// Bytes in use for what is pending and what has been, the object itself included.
  std::size_t memory() const {
    return sizeof *this + tree_.memory() + leaves_.capacity() * sizeof(Leaf) +
           slots_.capacity() * sizeof(Slot) + wheel_.memory();
  }

 private:
  using Tree = WinnerTree;
  using Key = LeaveKey;

  // What stands in a leaf of the tree; of a free leaf, `slot` is the next free one.
  struct Leaf {
    Payload payload;
    std::uint32_t slot;
  };
  // What the wheel moves about. `version` tells an entry that still counts from one whose event was
  // cancelled or rescheduled.
  struct Entry {
    std::uint64_t instant;
    Payload payload;
    std::uint32_t tag;
    std::uint32_t version;

    std::uint32_t slot() const { return slot_of(tag); }
    unsigned turn() const { return tag & 3; }
  };
  // What a handle leads to. `where` is a leaf of the tree or the version of the entry in the wheel;
  // of a free slot the next free one, marked as such.
  struct Slot {
    Payload payload;
    std::uint32_t generation = 1;
    std::uint32_t where = 0;
  };

  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
  static constexpr std::uint32_t kNoSlot = (std::uint32_t{1} << 30) - 1;
  static constexpr std::uint32_t kFreeSlot = std::uint32_t{1} << 31;
  static constexpr std::uint32_t kFewestLeaves = 8;
  static constexpr std::uint32_t kMostLeaves = Tree::kMostLeaves / 2;
  // Cancelled entries, beyond as many as pending ones.
  static constexpr std::size_t kTolerated = 64;
  static constexpr std::size_t kSlotsAhead = 8;  // entries whose slots are asked of the memory
  static constexpr unsigned kTurnShift = 62;
  static constexpr std::uint64_t kMostSequence = std::uint64_t{1} << (kTurnShift - Tree::kLeafBits);
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
  static Turn turn_of(std::uint32_t tag) { return static_cast<Turn>(tag & 3); }
  static Turn turn_of(const Key& key) { return static_cast<Turn>(key.order >> kTurnShift); }

  void refuse_past(std::uint64_t instant) const {
    if (instant < reached_) throw_past(instant);
  }

  [[noreturn, gnu::noinline]] void throw_past(std::uint64_t instant) const {
    throw std::logic_error(
        "event scheduled at " + std::to_string(time_of(instant).time_since_epoch().count()) +
        " ns, but it is " + std::to_string(reached().time_since_epoch().count()) + " ns already");
  }

  [[gnu::always_inline]] void insert(std::uint64_t instant, Turn turn, const Payload& payload,
                                     std::uint32_t slot) {
    refuse_past(instant);
    if (handful_.has_room()) return handful_.add(instant, tag_of(slot, turn), payload);
    if (!handful_.closed()) handful_to_tree();
    if (in_tree_ && many_ == kMostLeaves) [[unlikely]]
      tree_to_wheel();
    ++many_;
    if (in_tree_) return add_to_tree(instant, turn, payload, slot);
    add_to_wheel({instant, payload, tag_of(slot, turn), 0});
  }

  std::nullopt_t stop_at(std::uint64_t end) {
    reached_ = std::max(reached_, end);
    return std::nullopt;
  }

  [[gnu::noinline]] void handful_to_tree() {
    collected_.clear();
    for (std::size_t i = 0; i < handful_.size(); ++i)
      collected_.push_back({handful_.instant(i), handful_.payload(i), handful_.tag(i), 0});
    many_ = handful_.size();
    handful_.close();
    plant(kFewestLeaves);
  }

  [[gnu::noinline]] void tree_to_handful() {
    collect_from_tree();
    handful_.open();
    for (const Entry& entry : collected_) handful_.add(entry.instant, entry.tag, entry.payload);
    in_tree_ = false;
    many_ = 0;
  }

  // Few events: the tree. The leaf of the event taken last, or cancelled, stays in it as a hole
  // until the next operation: mostly that is a push, which then costs one path instead of two.

  Key key(std::uint64_t instant, Turn turn, std::uint32_t leaf) {
    return {static_cast<std::uint64_t>(turn) << kTurnShift | sequence_++ << Tree::kLeafBits | leaf,
            instant};
  }

  void add_to_tree(std::uint64_t instant, Turn turn, const Payload& payload, std::uint32_t slot) {
    if (sequence_ == kMostSequence) [[unlikely]]
      renumber();
    const std::uint32_t leaf = hole_ != kNone ? std::exchange(hole_, kNone) : take_leaf();
    leaves_[leaf] = {payload, slot};
    if (slot != kNoSlot) slots_[slot].where = leaf;
    tree_.put(leaf, key(instant, turn, leaf));
  }

  std::optional<Event<Payload>> pop_tree(std::uint64_t end) {
    if (hole_ != kNone) fill_hole();
    const Key first = tree_.first();
    if (first.instant > end) return stop_at(end);
    const std::uint32_t leaf = Tree::leaf_of(first);
    const Event<Payload> event{time_of(first.instant), turn_of(first), leaves_[leaf].payload};
    if (leaves_[leaf].slot != kNoSlot) release_slot(leaves_[leaf].slot);
    hole_ = leaf;
    reached_ = first.instant;
    if (--many_ <= Handful<Payload>::kMost / 2) tree_to_handful();
    return event;
  }

  void remove_from_tree(std::uint32_t leaf) {
    if (hole_ != kNone) {
      tree_.put(leaf, Tree::kNever);
      free_leaf(leaf);
    } else {
      hole_ = leaf;
    }
    --many_;
  }

  void fill_hole() {
    tree_.put(hole_, Tree::kNever);
    free_leaf(hole_);
    hole_ = kNone;
    if (tree_.leaves() > kFewestLeaves && many_ < tree_.leaves() / 8) replant(tree_.leaves() / 2);
  }

  void free_leaf(std::uint32_t leaf) {
    leaves_[leaf].slot = free_leaf_;
    free_leaf_ = leaf;
  }

  // Precondition: fewer events than kMostLeaves.
  std::uint32_t take_leaf() {
    if (free_leaf_ == kNone) replant(2 * tree_.leaves());
    const std::uint32_t leaf = free_leaf_;
    free_leaf_ = leaves_[leaf].slot;
    return leaf;
  }

  [[gnu::noinline]] void tree_to_wheel() {
    collect_from_tree();
    in_tree_ = false;
    wheel_.reset(reached_);
    cancelled_ = 0;
    for (const Entry& entry : collected_) add_to_wheel(entry);
  }

  // Sequence numbers have run out, after 2⁵⁰ events: those of the pending ones start over.
  [[gnu::noinline]] void renumber() {
    collect_from_tree();
    plant(tree_.leaves());
  }

  // The same events in the first of another number of leaves.
  [[gnu::noinline]] void replant(std::uint32_t leaves) {
    keys_.clear();
    for (std::uint32_t leaf = 0; leaf < tree_.leaves(); ++leaf) {
      if (is_hole(leaf)) continue;
      const auto to = static_cast<std::uint32_t>(keys_.size());
      leaves_[to] = leaves_[leaf];
      if (leaves_[to].slot != kNoSlot) slots_[leaves_[to].slot].where = to;
      keys_.push_back(tree_.at(leaf));
    }
    plant_keys(leaves);
  }

  bool is_hole(std::uint32_t leaf) const {
    return leaf == hole_ || tree_.at(leaf).order == Tree::kNever.order;
  }

  // Both collect what is pending in the order in which it would leave.
  void collect_from_tree() {
    keys_.clear();
    for (std::uint32_t leaf = 0; leaf < tree_.leaves(); ++leaf)
      if (!is_hole(leaf)) keys_.push_back(tree_.at(leaf));
    std::sort(keys_.begin(), keys_.end(), [](const Key& a, const Key& b) {
      return a.instant != b.instant ? a.instant < b.instant : a.order < b.order;
    });
    collected_.clear();
    for (const Key& key : keys_) {
      const Leaf& leaf = leaves_[Tree::leaf_of(key)];
      collected_.push_back({key.instant, leaf.payload, tag_of(leaf.slot, turn_of(key)), 0});
    }
  }
  void collect_from_wheel() {
    collected_.clear();
    wheel_.for_each([this](Entry entry) {
      if (!is_live(entry)) return;
      entry.version = static_cast<std::uint32_t>(collected_.size());
      collected_.push_back(entry);
    });
    std::sort(collected_.begin(), collected_.end(), [](const Entry& a, const Entry& b) {
      if (a.instant != b.instant) return a.instant < b.instant;
      return a.turn() != b.turn() ? a.turn() < b.turn() : a.version < b.version;
    });
  }

  // A tree of what has been collected.
  void plant(std::uint32_t leaves) {
    in_tree_ = true;
    sequence_ = 0;
    if (leaves_.size() < leaves) leaves_.resize(leaves);
    keys_.clear();
    for (std::uint32_t leaf = 0; leaf < collected_.size(); ++leaf) {
      const Entry& entry = collected_[leaf];
      leaves_[leaf] = {entry.payload, entry.slot()};
      if (entry.slot() != kNoSlot) slots_[entry.slot()].where = leaf;
      keys_.push_back(key(entry.instant, turn_of(entry.tag), leaf));
    }
    plant_keys(leaves);
  }

  // A tree of `keys_`, whose events stand in the first leaves already.
  void plant_keys(std::uint32_t leaves) {
    leaves_.resize(leaves);
    hole_ = free_leaf_ = kNone;
    for (std::uint32_t leaf = leaves; leaf-- > keys_.size();) free_leaf(leaf);
    tree_.assign(keys_, leaves);
  }

  // Many events: the wheel.

  void add_to_wheel(Entry entry) {
    if (entry.slot() != kNoSlot) entry.version = slots_[entry.slot()].where = next_version();
    wheel_.push(entry);
  }

  std::optional<Event<Payload>> pop_wheel(std::uint64_t end) {
    if (many_ == 0) return stop_at(end);
    Entry entry;
    do {
      if (!wheel_.pop(end, many_, entry)) return stop_at(end);
    } while (entry.slot() != kNoSlot && !claim(entry));
    if (const Entry* const later = wheel_.upcoming(kSlotsAhead); later && later->slot() != kNoSlot)
      __builtin_prefetch(&slots_[later->slot()], 1);
    reached_ = entry.instant;
    if (--many_ < kMostLeaves / 4) wheel_to_tree();
    return Event<Payload>{time_of(entry.instant), turn_of(entry.tag), entry.payload};
  }

  [[gnu::noinline]] void wheel_to_tree() {
    collect_from_wheel();
    plant(kMostLeaves / 2);
  }

  // Releases the slot of an entry that leaves; false when the entry no longer counts.
  bool claim(const Entry& entry) {
    if (is_live(entry)) {
      release_slot(entry.slot());
      return true;
    }
    --cancelled_;
    return false;
  }

  bool is_live(const Entry& entry) const {
    return entry.slot() == kNoSlot || slots_[entry.slot()].where == entry.version;
  }

  void tolerate_one_more() {
    if (++cancelled_ > many_ + kTolerated) sweep();
  }

  // Throws out what no longer counts; what does starts over with version 0.
  [[gnu::noinline]] void sweep() {
    wheel_.sweep([this](Entry& entry) {
      if (entry.slot() == kNoSlot) return true;
      if (!is_live(entry)) return false;
      entry.version = slots_[entry.slot()].where = 0;
      return true;
    });
    cancelled_ = 0;
    version_ = 0;
  }

  std::uint32_t next_version() {
    if (version_ + 1 == kFreeSlot) sweep();
    return ++version_;
  }

  // Slots.

  static bool is_free(const Slot& slot) { return (slot.where & kFreeSlot) != 0; }

  std::uint32_t take_slot() {
    if (free_slot_ == kNoSlot) [[unlikely]]
      return make_slot();
    const std::uint32_t slot = free_slot_;
    free_slot_ = slots_[slot].where & ~kFreeSlot;
    return slot;
  }

  [[gnu::noinline]] std::uint32_t make_slot() {
    if (slots_.size() == kNoSlot) throw std::length_error("2^30 cancellable events are pending");
    if (slots_.size() == slots_.capacity()) slots_.reserve(slots_.size() + slots_.size() / 8 + 16);
    slots_.emplace_back();
    return static_cast<std::uint32_t>(slots_.size() - 1);
  }

  // A slot that has had 2³² events is given up: its next handle would look like its first.
  void release_slot(std::uint32_t slot) {
    slots_[slot].where = free_slot_ | kFreeSlot;
    if (++slots_[slot].generation != 0) free_slot_ = slot;
  }

  bool in_tree_ = false;  // when the handful is closed; else they are in the wheel
  std::uint32_t hole_ = kNone;
  std::uint32_t free_leaf_ = kNone;
  std::uint32_t free_slot_ = kNoSlot;
  std::uint32_t version_ = 0;
  std::uint64_t reached_ = 0;
  std::uint64_t sequence_ = 0;
  std::size_t many_ = 0;       // events in the tree or the wheel
  std::size_t cancelled_ = 0;  // entries of the wheel that no longer count
  Handful<Payload> handful_;
  Tree tree_;
  std::vector<Leaf> leaves_;
  RadixWheel<Entry> wheel_;
  std::vector<Slot> slots_;
  std::vector<Key> keys_;  // for moving between tree and wheel, as is `collected_`
  std::vector<Entry> collected_;
};

}  // namespace racked::des
