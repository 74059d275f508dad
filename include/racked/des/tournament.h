#pragma once

#include <racked/des/event_slots.h>
#include <racked/des/winner_tree.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace racked::des {

/// Pending events, up to a few thousand, whose keys play for the first place (winner_tree.h). The
/// leaf of the event taken last, or cancelled, stays in the tree as a hole until the next
/// operation: mostly that is a push, which fills the hole, so that a cycle costs one path instead
/// of two.
///
/// Instants compare as unsigned numbers; of a tag the two lowest bits are the turn, the rest the
/// slot, whose `where` is kept to be the event's leaf. Among equals the first added is first. Every
/// operation is O(log n) at a fixed price, but for growth and shrinkage, O(n).
template <class Payload>
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

  std::size_t size() const { return taken_leaves_ - has_hole(); }  ///< Pending events.
  bool empty() const { return size() == 0; }                       ///< None is pending.
  bool planted() const { return taken_leaves_ != 0; }              ///< Since clear().
  bool has_hole() const { return hole_ != kNone; }  ///< Whether fill_hole() may be called.
  /// Bytes in use, those of the slots apart.
  std::size_t memory() const { return tree_.memory() + leaves_.capacity() * sizeof(Leaf); }

  /// Forgets all events, and what their slots say of them. O(1).
  void clear() {
    hole_ = kNone;
    taken_leaves_ = 0;
  }

  /// Starts with these events, at most kMost in order of scheduling, each with `instant`, `payload`
  /// and `tag`. Precondition: empty. O(events).
  template <class Events>
  void plant(const Events& events, Slots& slots) {
    clear();
    const auto count = static_cast<std::uint32_t>(events.size());
    std::uint32_t leaves = kFewestLeaves;
    while (leaves < count) leaves *= 2;
    tree_.clear(leaves);
    leaves_.resize(leaves);
    taken_leaves_ = count;
    ever_taken_ = count;
    free_leaf_ = kNone;
    order_ = 0;
    std::uint32_t leaf = 0;
    for (const auto& event : events) {
      leaves_[leaf] = {event.payload, event.tag};
      note_leaf(leaf, slots);
      tree_.at(leaf) = key(event.instant, event.tag & 3, leaf);
      ++leaf;
    }
    tree_.play_all();
  }

  /// Precondition: planted, with fewer than kMost.
  void add(std::uint64_t instant, std::uint32_t tag, const Payload& payload, Slots& slots) {
    if (hole_ == kNone) {
      hole_ = take_leaf();
      ++taken_leaves_;
    }
    fill_hole(instant, tag, payload, slots);
  }

  /// The same with a hole to fill.
  [[gnu::always_inline]] void fill_hole(std::uint64_t instant, std::uint32_t tag,
                                        const Payload& payload, Slots& slots) {
    if (order_ >= kEndOfOrder) [[unlikely]]
      renumber(slots);
    const std::uint32_t leaf = std::exchange(hole_, kNone);
    leaves_[leaf] = {payload, tag};
    note_leaf(leaf, slots);
    tree_.put(leaf, key(instant, tag & 3, leaf));
  }

  /// Plays the matches of the hole's leaf, which is a free one then. Precondition: has_hole().
  [[gnu::noinline]] void close_hole(Slots& slots) {
    empty_leaf(std::exchange(hole_, kNone));
    if (tree_.leaves() > kNotShrunk && taken_leaves_ < tree_.leaves() / 8) shrink(slots);
  }

  /// Takes the first, if it is not after `end`; else false. Precondition: not empty, without a
  /// hole.
  [[gnu::always_inline]] bool pop(std::uint64_t end, Entry& out) {
    const LeaveKey first = tree_.first();
    if (first.instant > end) return false;
    hole_ = WinnerTree::leaf_of(first);
    const Leaf& leaf = leaves_[hole_];
    out = {first.instant, leaf.payload, leaf.tag};
    return true;
  }

  /// The instant and the turn of the first. Precondition: not empty.
  std::pair<std::uint64_t, std::uint32_t> first() const {
    const LeaveKey first = hole_ == kNone ? tree_.first() : tree_.first_but(hole_);
    return {first.instant, turn_of(first)};
  }

  /// Takes the event in a leaf out; its leaf becomes the hole unless there is one already.
  void remove(std::uint32_t leaf) {
    if (hole_ == kNone) {
      hole_ = leaf;
    } else {
      empty_leaf(leaf);
    }
  }

  /// Moves the event in a leaf to another time, as if it were added anew.
  void move(std::uint32_t leaf, std::uint64_t instant, std::uint32_t turn, Slots& slots) {
    if (order_ >= kEndOfOrder) [[unlikely]]
      leaf = renumbered(leaf, slots);
    tree_.put(leaf, key(instant, turn, leaf));
  }

  /// Calls use(entry) for all in order, and leaves none. O(n log n).
  template <class Use>
  void drain(Slots& slots, Use&& use) {
    for (Entry entry; !empty(); use(entry)) {
      if (has_hole()) close_hole(slots);
      pop(std::numeric_limits<std::uint64_t>::max(), entry);
    }
    clear();
  }

 private:
  // Of a free leaf, `tag` is the next free one.
  struct Leaf {
    Payload payload;
    std::uint32_t tag;
  };

  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
  static constexpr std::uint32_t kFewestLeaves = 16, kNotShrunk = 512;
  static constexpr unsigned kTurnShift = 62;
  static constexpr std::uint64_t kEndOfOrder = std::uint64_t{1} << kTurnShift;

  static std::uint32_t turn_of(const LeaveKey& key) {
    return static_cast<std::uint32_t>(key.order >> kTurnShift);
  }

  LeaveKey key(std::uint64_t instant, std::uint64_t turn, std::uint32_t leaf) {
    const std::uint64_t order = order_ | turn << kTurnShift | leaf;
    order_ += WinnerTree::kMostLeaves;
    return {order, instant};
  }

  // The event's slot is to know where it stands.
  void note_leaf(std::uint32_t leaf, Slots& slots) const {
    const std::uint32_t slot = leaves_[leaf].tag >> 2;
    if (slot != Slots::kNone) slots[slot].where = leaf;
  }

  void empty_leaf(std::uint32_t leaf) {
    tree_.put(leaf, WinnerTree::kNever);
    leaves_[leaf].tag = free_leaf_;
    free_leaf_ = leaf;
    --taken_leaves_;
  }

  std::uint32_t take_leaf() {
    if (free_leaf_ != kNone) return std::exchange(free_leaf_, leaves_[free_leaf_].tag);
    if (ever_taken_ == tree_.leaves()) {
      tree_.resize(2 * tree_.leaves());
      leaves_.resize(tree_.leaves());
      tree_.play_all();
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
      leaves_[to] = leaves_[from];
      note_leaf(to++, slots);
    }
    const std::uint32_t leaves = tree_.leaves() / 4;
    ever_taken_ = to;
    free_leaf_ = kNone;
    for (; to < leaves; ++to) tree_.at(to) = WinnerTree::kNever;
    tree_.resize(leaves);
    leaves_.resize(leaves);
    tree_.play_all();
  }

  // Numbers of order have run out, after 2⁵⁰ events: those of the pending ones start over. There is
  // a hole after, as there was before or, when one is only moved, room for it.
  [[gnu::noinline]] void renumber(Slots& slots) {
    std::vector<Entry> pending;
    drain(slots, [&](const Entry& entry) { pending.push_back(entry); });
    plant(pending, slots);
    hole_ = take_leaf();
    ++taken_leaves_;
  }

  std::uint32_t renumbered(std::uint32_t leaf, Slots& slots) {
    const std::uint32_t slot = leaves_[leaf].tag >> 2;
    renumber(slots);
    return slots[slot].where;
  }

  std::uint32_t hole_ = kNone;       // a leaf that counts as taken, but has no event
  std::uint32_t free_leaf_ = kNone;  // the first of a list of those left again
  std::uint32_t ever_taken_ = 0;     // the leaves from here on have had no event
  std::uint32_t taken_leaves_ = 0;
  std::uint64_t order_ = 0;  // of the next event, without turn and leaf
  WinnerTree tree_;
  std::vector<Leaf> leaves_;
};

}  // namespace racked::des
