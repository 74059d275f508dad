#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace racked::des {

/// When an event leaves: first by `instant`, then by `order`, which is distinct for each. Of a few
/// bits at the bottom of `order` the tree makes its own use.
struct LeaveKey {
  std::uint64_t order;    ///< Among equal instants.
  std::uint64_t instant;  ///< In ticks, compared unsigned.
};

/// The earlier of two by arithmetic, for processors without the instructions below.
inline LeaveKey earlier_portable(const LeaveKey& a, const LeaveKey& b) {
  const bool second = b.instant < a.instant || (b.instant == a.instant && b.order <= a.order);
  const std::uint64_t mask = -static_cast<std::uint64_t>(second);
  return {a.order ^ ((a.order ^ b.order) & mask), a.instant ^ ((a.instant ^ b.instant) & mask)};
}

/// The earlier of two, without a branch: which one it is cannot be predicted. In C++ the compiler
/// is free to branch all the same, and g++ 12 does.
inline LeaveKey earlier(LeaveKey a, const LeaveKey& b) {
#if defined(__x86_64__) && defined(__GNUC__)
  std::uint64_t borrow = a.instant;
  asm("cmp %[b_order], %[a_order]\n\t"
      "sbb %[b_instant], %[borrow]\n\t"
      "cmovnc %[b_order], %[a_order]\n\t"
      "cmovnc %[b_instant], %[a_instant]"
      : [a_order] "+&r"(a.order), [a_instant] "+&r"(a.instant), [borrow] "+&r"(borrow)
      : [b_order] "rm"(b.order), [b_instant] "rm"(b.instant)
      : "cc");
  return a;
#else
  return earlier_portable(a, b);
#endif
}

/// A tournament: leaves hold the keys of pending events, every inner node the earliest of its four,
/// so that the root holds the earliest of all. To change a leaf is to play its matches again, three
/// a level, in a fixed path without branches: the same cost for every distribution of keys, and for
/// schedule, cancel and move alike. Four to a node rather than two: they share a cache line, and
/// what waits for the level below is one match of the three. Where the number of leaves is not a
/// power of four, only two play at the top.
class WinnerTree {
 public:
  static constexpr unsigned kLeafBits = 12;  ///< Bits of a leaf's number.
  static constexpr std::uint32_t kMostLeaves = std::uint32_t{1} << kLeafBits;  ///< Of one tree.
  /// Later than every key: what an empty leaf holds.
  static constexpr LeaveKey kNever{std::numeric_limits<std::uint64_t>::max(),
                                   std::numeric_limits<std::uint64_t>::max()};

  /// Which leaf a key stands in; it is written into the key.
  static std::uint32_t leaf_of(const LeaveKey& key) {
    return static_cast<std::uint32_t>(key.order) & (kMostLeaves - 1);
  }

  std::uint32_t leaves() const { return leaves_; }                           ///< Of resize.
  std::size_t memory() const { return groups_.capacity() * sizeof(Group); }  ///< Bytes.
  const LeaveKey& first() const { return groups_.front()[kRoot]; }  ///< The earliest of all.
  /// The leaf's key. One that is written here plays its matches in play_all().
  ///@{
  const LeaveKey& at(std::uint32_t leaf) const { return node(first_leaf_ + leaf); }
  LeaveKey& at(std::uint32_t leaf) { return node(first_leaf_ + leaf); }
  ///@}

  /// Puts `key` (or kNever) into a leaf. O(log leaves).
  [[gnu::always_inline]] void put(std::uint32_t leaf, LeaveKey key) {
    char* const nodes = reinterpret_cast<char*>(groups_.data());
    std::size_t at = (first_leaf_ + leaf) * kKey;
    node_at(nodes, at) = key;
    while (at >= 2 * kTop * kKey) [[likely]] {
        key = earlier(key, others_of_four(nodes, at));
        at = parent_at(at);
        node_at(nodes, at) = key;
      }
    // Assigned in two branches: a choice between two would be built in memory, piece by piece, and
    // read as a whole.
    if (narrow_) {
      key = earlier(key, node_at(nodes, at ^ kKey));
    } else {
      key = earlier(key, others_of_four(nodes, at));
    }
    groups_.front()[kRoot] = key;
  }

  /// The earliest of all but one leaf. O(log leaves).
  LeaveKey first_but(std::uint32_t leaf) const {
    const char* const nodes = reinterpret_cast<const char*>(groups_.data());
    std::size_t at = (first_leaf_ + leaf) * kKey;
    LeaveKey key = others_of_four(nodes, at);
    while (at >= 2 * kTop * kKey) {
      at = parent_at(at);
      key = earlier(key, others_of_four(nodes, at));
    }
    return key;
  }

  /// Another number of leaves: 4, 8, 16 or the like. The first ones keep their keys, new ones are
  /// empty; what is above them holds only after play_all(). O(leaves).
  void resize(std::uint32_t leaves) {
    const std::size_t first_kept = first_leaf_, kept = std::min(leaves_, leaves);
    std::size_t width = 4;
    for (first_leaf_ = kTop; width < leaves; width *= 4) first_leaf_ = 4 * (first_leaf_ - 2);
    narrow_ = 2 * leaves <= width;
    const std::size_t size = (first_leaf_ + leaves) / 4;
    if (size > groups_.size()) groups_.resize(size);
    const auto from = groups_.begin() + static_cast<std::ptrdiff_t>(first_kept / 4);
    const auto to = groups_.begin() + static_cast<std::ptrdiff_t>(first_leaf_ / 4);
    const auto count = static_cast<std::ptrdiff_t>(kept + 3) / 4;
    if (to > from) std::move_backward(from, from + count, to + count);
    if (to < from) std::move(from, from + count, to);
    groups_.resize(size);
    leaves_ = leaves;
    for (std::size_t leaf = kept; leaf < leaves; ++leaf) node(first_leaf_ + leaf) = kNever;
  }

  /// Plays all matches anew. O(leaves).
  void play_all() {
    // What stands in the first half of the inner nodes may have no leaves below.
    std::fill_n(groups_.begin(), first_leaf_ / 4, Group{{kNever, kNever, kNever, kNever}});
    for (std::size_t i = groups_.size(); i-- > kTop / 4;) {
      const Group& four = groups_[i];
      node(parent(4 * i)) = earlier(earlier(four[0], four[1]), earlier(four[2], four[3]));
    }
  }

 private:
  // The root is node 3, its children are 4 to 7, theirs 8 to 23: those of i are 4 (i - 2) and the
  // three after it, a group that shares a cache line. The leaves are the last level.
  struct alignas(64) Group {
    LeaveKey keys[4];
    LeaveKey& operator[](std::size_t i) { return keys[i]; }
    const LeaveKey& operator[](std::size_t i) const { return keys[i]; }
  };
  static constexpr std::size_t kRoot = 3, kTop = 4;
  static constexpr std::size_t kKey = sizeof(LeaveKey);

  static std::size_t parent(std::size_t i) { return i / 4 + 2; }
  LeaveKey& node(std::size_t i) { return groups_[i / 4][i % 4]; }
  const LeaveKey& node(std::size_t i) const { return groups_[i / 4][i % 4]; }

  // The same by offsets in bytes instead of indices: fewer instructions in every match.
  static std::size_t parent_at(std::size_t at) { return (at / 4 & ~(kKey - 1)) + 2 * kKey; }
  static LeaveKey& node_at(char* nodes, std::size_t at) {
    return *reinterpret_cast<LeaveKey*>(nodes + at);
  }
  static const LeaveKey& node_at(const char* nodes, std::size_t at) {
    return *reinterpret_cast<const LeaveKey*>(nodes + at);
  }
  // The earliest of the others in a node's group.
  [[gnu::always_inline]] static LeaveKey others_of_four(const char* nodes, std::size_t at) {
    return earlier(earlier(node_at(nodes, at ^ kKey), node_at(nodes, at ^ 2 * kKey)),
                   node_at(nodes, at ^ 3 * kKey));
  }

  std::vector<Group> groups_;
  std::size_t first_leaf_ = 0;
  std::uint32_t leaves_ = 0;
  bool narrow_ = false;  // only the first two of the four below the root are used
};

}  // namespace racked::des
