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

  std::size_t size() const { return size_; }        ///< Pending events.
  bool empty() const { return size_ == 0; }         ///< None is pending.
  bool has_hole() const { return hole_ != kNone; }  ///< Whether fill_hole() may be called.
  /// Bytes in use, those of the slots apart.
  std::size_t memory() const {
    return tree_.memory() + leaves_.capacity() * sizeof(Leaf) + keys_.capacity() * sizeof(LeaveKey);
  }

  /// Forgets all events, and what their slots say of them; the smallest tree is left.
  void clear() {
    size_ = 0;
    hole_ = kNone;
    sequence_ = 0;
    keys_.clear();
    plant(kFewestLeaves);
  }

  /// Precondition: fewer than kMost.
  void add(std::uint64_t instant, std::uint32_t tag, const Payload& payload, Slots& slots) {
    if (hole_ == kNone) hole_ = take_leaf(slots);
    fill_hole(instant, tag, payload, slots);
  }

  /// The same with a hole to fill.
  [[gnu::always_inline]] void fill_hole(std::uint64_t instant, std::uint32_t tag,
                                        const Payload& payload, Slots& slots) {
    if (sequence_ == kMostSequence) [[unlikely]]
      renumber(slots);
    const std::uint32_t leaf = std::exchange(hole_, kNone);
    leaves_[leaf] = {payload, tag};
    note_leaf(leaf, slots);
    tree_.put(leaf, key(instant, tag & 3, leaf));
    ++size_;
  }

  /// Takes the first, if it is not after `end`; else false. Precondition: not empty.
  [[gnu::always_inline]] bool pop(std::uint64_t end, Entry& out, Slots& slots) {
    if (hole_ != kNone) [[unlikely]]
      close_hole(slots);
    const LeaveKey first = tree_.first();
    if (first.instant > end) return false;
    hole_ = WinnerTree::leaf_of(first);
    const Leaf& leaf = leaves_[hole_];
    out = {first.instant, leaf.payload, leaf.tag};
    --size_;
    return true;
  }

  /// The instant and the turn of the first. Precondition: not empty.
  std::pair<std::uint64_t, std::uint32_t> first() const {
    const LeaveKey first = hole_ == kNone ? tree_.first() : tree_.first_but(hole_);
    return {first.instant, turn_of(first)};
  }

  /// Takes the event in a leaf out; its leaf becomes the hole unless there is one already.
  void remove(std::uint32_t leaf) {
    if (hole_ != kNone) {
      tree_.put(leaf, WinnerTree::kNever);
      free_leaf(leaf);
    } else {
      hole_ = leaf;
    }
    --size_;
  }

  /// Moves the event in a leaf to another time, as if it were added anew.
  void move(std::uint32_t leaf, std::uint64_t instant, std::uint32_t turn, Slots& slots) {
    if (sequence_ == kMostSequence) [[unlikely]]
      leaf = renumbered(leaf, slots);
    tree_.put(leaf, key(instant, turn, leaf));
  }

  /// Calls use(entry) for all in order, and leaves none.
  template <class Use>
  void drain(Use&& use) {
    collect();
    std::sort(keys_.begin(), keys_.end(), [](const LeaveKey& a, const LeaveKey& b) {
      return a.instant != b.instant ? a.instant < b.instant : a.order < b.order;
    });
    for (const LeaveKey& key : keys_) {
      const Leaf& leaf = leaves_[WinnerTree::leaf_of(key)];
      use(Entry{key.instant, leaf.payload, leaf.tag});
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
  static constexpr std::uint32_t kFewestLeaves = 16;
  static constexpr unsigned kTurnShift = 62;
  static constexpr std::uint64_t kMostSequence = std::uint64_t{1}
                                                 << (kTurnShift - WinnerTree::kLeafBits);

  static std::uint32_t turn_of(const LeaveKey& key) {
    return static_cast<std::uint32_t>(key.order >> kTurnShift);
  }

  LeaveKey key(std::uint64_t instant, std::uint64_t turn, std::uint32_t leaf) {
    return {turn << kTurnShift | sequence_++ << WinnerTree::kLeafBits | leaf, instant};
  }

  [[gnu::noinline]] void close_hole(Slots& slots) {
    tree_.put(hole_, WinnerTree::kNever);
    free_leaf(hole_);
    hole_ = kNone;
    if (tree_.leaves() > kFewestLeaves && size_ < tree_.leaves() / 8)
      replant(std::max(tree_.leaves() / 4, kFewestLeaves), slots);
  }

  // The event's slot is to know where it stands.
  void note_leaf(std::uint32_t leaf, Slots& slots) const {
    const std::uint32_t slot = leaves_[leaf].tag >> 2;
    if (slot != Slots::kNone) slots[slot].where = leaf;
  }

  void free_leaf(std::uint32_t leaf) {
    leaves_[leaf].tag = free_leaf_;
    free_leaf_ = leaf;
  }

  std::uint32_t take_leaf(Slots& slots) {
    if (free_leaf_ == kNone) {
      const std::uint32_t wider = (tree_.leaves() < 64 ? 4 : 2) * tree_.leaves();
      replant(std::max(wider, kFewestLeaves), slots);
    }
    const std::uint32_t leaf = free_leaf_;
    free_leaf_ = leaves_[leaf].tag;
    return leaf;
  }

  // Sequence numbers have run out, after 2⁵⁰ events: those of the pending ones start over. There is
  // a hole before and after.
  [[gnu::noinline]] void renumber(Slots& slots) {
    std::vector<Entry> pending;
    drain([&](const Entry& entry) { pending.push_back(entry); });
    for (const Entry& entry : pending) add(entry.instant, entry.tag, entry.payload, slots);
    hole_ = take_leaf(slots);
  }

  std::uint32_t renumbered(std::uint32_t leaf, Slots& slots) {
    const std::uint32_t slot = leaves_[leaf].tag >> 2;
    renumber(slots);
    return slots[slot].where;
  }

  // The same events in the first of another number of leaves.
  [[gnu::noinline]] void replant(std::uint32_t leaves, Slots& slots) {
    collect();
    for (std::uint32_t to = 0; to < keys_.size(); ++to) {
      leaves_[to] = leaves_[WinnerTree::leaf_of(keys_[to])];
      note_leaf(to, slots);
    }
    hole_ = kNone;
    plant(leaves);
  }

  // The keys of what is pending, by leaf.
  void collect() {
    keys_.clear();
    for (std::uint32_t leaf = 0; leaf < tree_.leaves(); ++leaf)
      if (leaf != hole_ && tree_.at(leaf).order != WinnerTree::kNever.order)
        keys_.push_back(tree_.at(leaf));
  }

  // A tree of `keys_`, whose events stand in the first leaves already.
  void plant(std::uint32_t leaves) {
    leaves_.resize(leaves);
    free_leaf_ = kNone;
    for (std::uint32_t leaf = leaves; leaf-- > keys_.size();) free_leaf(leaf);
    tree_.assign(keys_, leaves);
  }

  std::uint32_t hole_ = kNone;
  std::uint32_t free_leaf_ = kNone;
  std::uint64_t sequence_ = 0;
  std::size_t size_ = 0;
  WinnerTree tree_;
  std::vector<Leaf> leaves_;
  std::vector<LeaveKey> keys_;  // for planting and draining
};

}  // namespace racked::des
