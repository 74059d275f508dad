#pragma once

#include <racked/des/event_slots.h>
#include <racked/des/winner_tree.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <utility>
#include <vector>

namespace racked::des {

/// Pending events, up to a few thousand, in one of two states.
///
/// A *run*: one behind the other, as they were scheduled. While each leaves after all that were
/// there, which timeouts of one length do, they are taken from the front; when one does not, the
/// run is no longer sorted: it still takes what is scheduled, and what grows before anything is
/// taken costs next to nothing, but to take one it has to be played.
///
/// *Played*: every event has a leaf, and their keys play for the first place (winner_tree.h). The
/// leaf of the event taken last, or cancelled, stays in the tree as a hole until the next
/// operation: mostly that is a push, which fills the hole, so that a cycle costs one path instead
/// of two.
///
/// Instants compare as unsigned numbers; of a tag the two lowest bits are the turn, the rest the
/// slot, whose `where` is the event's leaf once it is played, and whose payload must be the
/// event's. Among equals the first added is first. Of a run every operation is O(1), else O(log n)
/// at a fixed price, but for play(), growth and shrinkage, O(n), and for numbering the pending
/// events anew after 2^kSequenceBits of them, O(n log n) and an allocation.
template <class Payload, unsigned kSequenceBits = 49>
class Tournament {
 public:
  /// Events it has room for.
  static constexpr std::size_t kMost = WinnerTree::kMostLeaves;
  /// Where the handles of its events lead to.
  using Slots = EventSlots<Payload>;

  /// An event as it comes and goes.
  struct Entry {
    std::uint64_t instant;  ///< When it leaves.
    Payload payload;        ///< What it carries.
    std::uint32_t tag;      ///< Slot and turn.
  };

  bool empty() const { return size() == 0; }                          ///< None is pending.
  bool is_run() const { return sorted() || state_ == State::mixed; }  ///< One that is not empty.
  bool sorted() const { return state_ == State::sorted; }             ///< It is a sorted run.
  bool played() const { return state_ == State::played; }             ///< Events have leaves.
  bool has_hole() const { return hole_ != kNone; }  ///< Whether fill_hole() may be called.
  /// Pending events.
  std::size_t size() const { return played() ? taken_leaves_ - has_hole() : in_run(); }
  /// For one more.
  bool has_room() const {
    return played() ? taken_leaves_ - has_hole() < kMost : end_ != full_ || room() < kMost;
  }
  /// Bytes in use, those of the slots apart.
  std::size_t memory() const { return tree_.memory() + cells_.capacity() * sizeof(Cell); }

  /// Forgets all events, and what their slots say of them, keeping the memory. O(1).
  void clear() {
    state_ = State::empty;
    hole_ = kNone;
    taken_leaves_ = 0;
    end_run();
    tree_.clear();
    cells_.clear();
  }

  /// Precondition: has_room().
  [[gnu::always_inline]] void add(std::uint64_t instant, std::uint32_t tag, const Payload& payload,
                                  Slots& slots) {
    if (!played()) return add_to_run(instant, tag, payload);
    if (hole_ == kNone) {
      hole_ = take_leaf();
      ++taken_leaves_;
    }
    fill_hole(instant, tag, payload, slots);
  }

  /// The instant and the turn of the first. Precondition: not empty. O(1), or O(log n) with a hole.
  std::pair<std::uint64_t, std::uint32_t> first() const {
    if (is_run()) {
      const LeaveKey& first = tree_.unplanted(sorted() ? place_of(full_) : earliest_);
      return {first.instant, tag_of(first) & kTurn};
    }
    const LeaveKey first = hole_ == kNone ? tree_.first() : tree_.first_but(hole_);
    return {first.instant, turn_of(first)};
  }

  /// Calls use(entry) for all, of equal ones first for what was added first, and leaves none. They
  /// come in order when they are played. O(n log n).
  template <class Use>
  void drain(Slots& slots, Use&& use) {
    if (is_run()) drain_run(use);
    for (Entry entry; !empty(); use(entry)) {
      if (has_hole()) close_hole(slots);
      pop(std::numeric_limits<std::uint64_t>::max(), entry, slots);
    }
    clear();
  }

  /// @name A run
  ///@{

  /// Whether append() may be called with these: nearly always when the run is sorted and not empty,
  /// and an event at that time leaves after all of it.
  bool appends(std::uint64_t instant, std::uint32_t turn) const {
    return (instant > last_instant_ || (instant == last_instant_ && turn >= last_turn_)) &&
           end_ != full_;
  }
  /// Precondition: appends() says so.
  [[gnu::always_inline]] void append(std::uint64_t instant, std::uint32_t tag,
                                     const Payload& payload) {
    last_instant_ = instant;
    last_turn_ = tag & kTurn;
    put_at_end(instant, tag, payload);
  }

  /// What was added first of what is there. Precondition: is_run().
  Entry front() const {
    const std::uint32_t place = place_of(full_);
    const LeaveKey& key = tree_.unplanted(place);
    return {key.instant, cells_[place].template as<Payload>(), tag_of(key)};
  }
  /// Takes it, and tells how many are left. Precondition: sorted(), with more than one event.
  std::size_t take_front() {
    ++full_;
    return in_run();
  }

  /// Plays all matches. Precondition: is_run(). O(events).
  [[gnu::noinline]] void play(Slots& slots) {
    straighten();
    const std::uint32_t count = in_run();
    const std::uint32_t leaves = std::max(std::bit_ceil(count), kFewestLeaves);
    end_run();
    state_ = State::played;
    taken_leaves_ = ever_taken_ = count;
    free_leaf_ = kNone;
    cells_.resize(leaves);
    tree_.plant(leaves, count, [&](std::uint32_t leaf, std::uint64_t tag) {
      return leaf * kNextOrder | order_in(leaf, static_cast<std::uint32_t>(tag), slots);
    });
    order_ = count * kNextOrder;
  }

  ///@}
  /// @name Played
  ///@{

  /// Adds one in the place of the hole. Precondition: has_hole().
  [[gnu::always_inline]] void fill_hole(std::uint64_t instant, std::uint32_t tag,
                                        const Payload& payload, Slots& slots) {
    if (order_ >= kEndOfOrder) [[unlikely]]
      renumber(slots);
    const std::uint32_t leaf = std::exchange(hole_, kNone);
    cells_[leaf].put(payload);
    const std::uint64_t order = order_ | order_in(leaf, tag, slots);
    order_ += kNextOrder;
    tree_.put(leaf, {order, instant});
  }

  /// Plays the matches of the hole's leaf, which is a free one then, and tells how many events
  /// there are. Precondition: has_hole().
  [[gnu::noinline]] std::size_t close_hole(Slots& slots) {
    empty_leaf(std::exchange(hole_, kNone));
    if (tree_.leaves() > kNotShrunk && taken_leaves_ < tree_.leaves() / 8) shrink(slots);
    return taken_leaves_;
  }

  /// Takes the first, if it is not after `end`; else false. Precondition: not empty, without a
  /// hole.
  [[gnu::always_inline]] bool pop(std::uint64_t end, Entry& out, const Slots& slots) {
    const LeaveKey first = tree_.first();
    if (first.instant > end) return false;
    hole_ = WinnerTree::leaf_of(first);
    const Cell& cell = cells_[hole_];
    if ((first.order & kNamed) != 0) [[unlikely]] {
      const auto slot = cell.template as<std::uint32_t>();
      out = {first.instant, slots[slot].payload, slot << 2 | turn_of(first)};
    } else {
      out = {first.instant, cell.template as<Payload>(), Slots::kNone << 2 | turn_of(first)};
    }
    return true;
  }

  /// Takes the event in a leaf out; its leaf becomes the hole unless there is one already.
  void remove(std::uint32_t leaf) {
    if (hole_ == kNone) {
      hole_ = leaf;
    } else {
      empty_leaf(leaf);
    }
  }

  /// Moves the event that a slot leads to to another time, as if it were added anew.
  void move(std::uint32_t slot, std::uint64_t instant, std::uint32_t turn, Slots& slots) {
    if (order_ >= kEndOfOrder) [[unlikely]]
      renumber(slots);
    const std::uint32_t leaf = slots[slot].where;
    tree_.put(leaf, {order_ | order_in(leaf, slot << 2 | turn, slots), instant});
    order_ += kNextOrder;
  }

  ///@}

 private:
  enum class State : std::uint8_t { empty, sorted, mixed, played };

  // What stands beside a key, as bytes: the event's payload, or its slot when it is played and has
  // one, which has the payload as well; of a free leaf the next free one.
  static constexpr std::size_t kCell = std::max(sizeof(Payload), sizeof(std::uint32_t));
  struct Cell {
    template <class T>
    T as() const {
      T value;
      std::memcpy(&value, bytes, sizeof value);
      return value;
    }
    template <class T>
    void put(const T& value) {
      std::memcpy(bytes, &value, sizeof value);
    }
    alignas(Payload) alignas(std::uint32_t) std::byte bytes[kCell];
  };

  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
  static constexpr std::uint32_t kFewestLeaves = 16, kNotShrunk = 512;
  static constexpr std::uint32_t kTurn = 3, kNoTurn = 3;
  // The order of a key, from below: its leaf, whether it has a slot, the sequence, the turn.
  static constexpr std::uint64_t kNamed = WinnerTree::kMostLeaves, kNextOrder = 2 * kNamed;
  static constexpr unsigned kTurnShift = WinnerTree::kLeafBits + 1 + kSequenceBits;
  static_assert(kSequenceBits > WinnerTree::kLeafBits && kTurnShift <= 62);
  static constexpr std::uint64_t kEndOfOrder = std::uint64_t{1} << kTurnShift;

  // A run goes round: its events are numbered, and of the number the bits below that of places, a
  // power of two, are the place. The order of a key that is not planted yet is the tag.

  std::uint32_t room() const { return last_place_ + 1; }
  std::uint32_t in_run() const { return room() - (full_ - end_); }
  std::uint32_t place_of(std::uint32_t number) const { return number & last_place_; }
  static std::uint32_t tag_of(const LeaveKey& unplanted) {
    return static_cast<std::uint32_t>(unplanted.order);
  }

  void end_run() {
    end_ = full_ = 0;
    last_place_ = kNone;
    append_none();
  }
  // Nothing comes after that.
  void append_none() {
    last_instant_ = std::numeric_limits<std::uint64_t>::max();
    last_turn_ = kNoTurn;
  }

  [[gnu::always_inline]] void put_at_end(std::uint64_t instant, std::uint32_t tag,
                                         const Payload& payload) {
    const std::uint32_t place = place_of(end_++);
    tree_.unplanted(place) = {tag, instant};
    cells_[place].put(payload);
  }

  [[gnu::always_inline]] void add_to_run(std::uint64_t instant, std::uint32_t tag,
                                         const Payload& payload) {
    if (end_ == full_) make_room();
    const auto leaves_before = [&](std::uint32_t place) {
      const LeaveKey& other = tree_.unplanted(place);
      return instant != other.instant ? instant < other.instant
                                      : (tag & kTurn) < (tag_of(other) & kTurn);
    };
    if (state_ == State::empty) {
      state_ = State::sorted;
    } else if (sorted() && leaves_before(place_of(end_ - 1))) {
      state_ = State::mixed;
      earliest_ = place_of(full_);
      append_none();
    }
    if (sorted()) return append(instant, tag, payload);
    if (leaves_before(earliest_)) earliest_ = place_of(end_);
    put_at_end(instant, tag, payload);
  }

  // Twice as many places.
  [[gnu::noinline]] void make_room() {
    straighten();
    const std::uint32_t old = room(), now = std::max(2 * old, kFewestLeaves);
    tree_.make_places(now);
    cells_.resize(now);
    last_place_ = now - 1;
    full_ = now;
  }

  // The first event goes to place 0, and the others follow.
  void straighten() {
    const std::uint32_t first = place_of(full_);
    if (first != 0) {
      LeaveKey* const keys = &tree_.unplanted(0);
      std::rotate(keys, keys + first, keys + room());
      std::rotate(cells_.begin(), cells_.begin() + first, cells_.end());
      earliest_ = place_of(earliest_ - first);
    }
    end_ = in_run();
    full_ = room();
  }

  // What use() does changes nothing here, but the compiler does not know.
  template <class Use>
  [[gnu::always_inline]] void drain_run(Use& use) {
    straighten();
    const LeaveKey* const keys = &tree_.unplanted(0);
    const Cell* const cells = cells_.data();
    const std::uint32_t count = in_run();
    for (std::uint32_t i = 0; i < count; ++i)
      use(Entry{keys[i].instant, cells[i].template as<Payload>(), tag_of(keys[i])});
    end_run();
  }

  // Leaves.

  static std::uint32_t turn_of(const LeaveKey& key) {
    return static_cast<std::uint32_t>(key.order >> kTurnShift);
  }

  // All of an event's order but the sequence; its slot is to know where it stands, its cell the
  // slot.
  [[gnu::always_inline]] std::uint64_t order_in(std::uint32_t leaf, std::uint32_t tag,
                                                Slots& slots) {
    const std::uint64_t order = std::uint64_t{tag & kTurn} << kTurnShift | leaf;
    const std::uint32_t slot = tag >> 2;
    if (slot == Slots::kNone) return order;
    slots[slot].where = leaf;
    cells_[leaf].put(slot);
    return order | kNamed;
  }

  void empty_leaf(std::uint32_t leaf) {
    tree_.put(leaf, WinnerTree::kNever);
    cells_[leaf].put(free_leaf_);
    free_leaf_ = leaf;
    --taken_leaves_;
  }

  std::uint32_t take_leaf() {
    if (free_leaf_ != kNone)
      return std::exchange(free_leaf_, cells_[free_leaf_].template as<std::uint32_t>());
    if (ever_taken_ == tree_.leaves()) {
      tree_.resize(2 * tree_.leaves());
      tree_.play_all();
      cells_.resize(tree_.leaves());
    }
    return ever_taken_++;
  }

  // A quarter of the leaves will do: the events move into the first ones. There is no hole.
  [[gnu::noinline]] void shrink(Slots& slots) {
    std::uint32_t to = 0;
    for (std::uint32_t from = 0; from < ever_taken_; ++from) {
      LeaveKey key = tree_.at(from);
      if (key.order == WinnerTree::kNever.order) continue;
      key.order ^= from ^ to;
      tree_.at(to) = key;
      cells_[to] = cells_[from];
      if ((key.order & kNamed) != 0) slots[cells_[to].template as<std::uint32_t>()].where = to;
      ++to;
    }
    const std::uint32_t leaves = tree_.leaves() / 4;
    ever_taken_ = to;
    free_leaf_ = kNone;
    for (; to < leaves; ++to) tree_.at(to) = WinnerTree::kNever;
    tree_.resize(leaves);
    tree_.play_all();
    cells_.resize(leaves);
  }

  // Numbers of order have run out: those of the pending events start over. When there was a hole
  // there is one.
  [[gnu::noinline]] void renumber(Slots& slots) {
    const bool had_hole = has_hole();
    std::vector<Entry> pending;
    drain(slots, [&](const Entry& entry) { pending.push_back(entry); });
    for (const Entry& entry : pending) add_to_run(entry.instant, entry.tag, entry.payload);
    play(slots);
    if (!had_hole) return;
    hole_ = take_leaf();
    ++taken_leaves_;
  }

  State state_ = State::empty;

  // Of a run.
  std::uint64_t last_instant_ = std::numeric_limits<std::uint64_t>::max();  // when it is sorted
  std::uint32_t last_turn_ = kNoTurn;                                       // the same
  std::uint32_t end_ = 0;             // the number of the next event
  std::uint32_t full_ = 0;            // what that is when no place is left: the first has its place
  std::uint32_t last_place_ = kNone;  // the number of places, less one
  std::uint32_t earliest_ = 0;        // the place of the first to leave, when it is not sorted

  // Played.
  std::uint32_t hole_ = kNone;       // a leaf that counts as taken, but has no event
  std::uint32_t free_leaf_ = kNone;  // the first of a list of those left again
  std::uint32_t ever_taken_ = 0;     // the leaves from here on have had no event
  std::uint32_t taken_leaves_ = 0;
  std::uint64_t order_ = 0;  // of the next event, without turn and leaf

  WinnerTree tree_;
  std::vector<Cell> cells_;  // of each place, or leaf
};

}  // namespace racked::des
