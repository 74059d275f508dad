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
      : [b_order] "m"(b.order), [b_instant] "m"(b.instant)
      : "cc");
  return a;
#else
  return earlier_portable(a, b);
#endif
}

/// A tournament: leaves hold the keys of pending events, every inner node the earlier of its two,
/// so that the root holds the earliest of all. To change a leaf is to play its matches again, one a
/// level, in a fixed path without branches: the same cost for every distribution of keys, and for
/// schedule, cancel and move alike.
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

  std::uint32_t leaves() const { return leaves_; }                             ///< Of assign.
  std::size_t memory() const { return nodes_.capacity() * sizeof(LeaveKey); }  ///< Bytes.
  const LeaveKey& first() const { return nodes_[1]; }  ///< The earliest of all.
  const LeaveKey& at(std::uint32_t leaf) const {
    return nodes_[leaves_ + leaf];
  }  ///< The leaf's key.

  /// Puts `key` (or kNever) into a leaf. O(log leaves).
  void put(std::uint32_t leaf, LeaveKey key) {
    // Offsets in bytes instead of indices: four instructions fewer in every match.
    char* const nodes = reinterpret_cast<char*>(nodes_.data());
    const auto node_at = [nodes](std::size_t offset) -> LeaveKey& {
      return *reinterpret_cast<LeaveKey*>(nodes + offset);
    };
    constexpr std::size_t kRoot = sizeof(LeaveKey);
    std::size_t at = (leaves_ + leaf) * sizeof(LeaveKey);
    node_at(at) = key;
    do {
      key = earlier(key, node_at(at ^ sizeof(LeaveKey)));
      at = at / 2 & ~(sizeof(LeaveKey) - 1);
      node_at(at) = key;
    } while (at != kRoot);
  }

  /// The earliest of all but one leaf. O(log leaves).
  LeaveKey first_but(std::uint32_t leaf) const {
    LeaveKey key = kNever;
    for (std::size_t node = leaves_ + leaf; node > 1; node >>= 1)
      key = earlier(key, nodes_[node ^ 1]);
    return key;
  }

  /// Starts anew with these keys in its first leaves, of `leaves` altogether, a power of two.
  /// O(leaves).
  void assign(const std::vector<LeaveKey>& keys, std::uint32_t leaves) {
    leaves_ = leaves;
    nodes_.assign(std::size_t{2} * leaves, kNever);
    for (std::size_t i = 0; i < keys.size(); ++i)
      nodes_[leaves + i] = {(keys[i].order & ~std::uint64_t{kMostLeaves - 1}) | i, keys[i].instant};
    for (std::size_t node = leaves - 1; node > 0; --node)
      nodes_[node] = earlier(nodes_[2 * node], nodes_[2 * node + 1]);
  }

 private:
  std::vector<LeaveKey> nodes_;  // the root is 1, the children of i are 2i and 2i + 1
  std::uint32_t leaves_ = 0;
};

}  // namespace racked::des
