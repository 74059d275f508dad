#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <new>
#include <vector>

namespace racked::des {

/// When an event leaves: first by `instant`, then by `order`, which is distinct for each. In a leaf
/// the lowest WinnerTree::kLeafBits bits of `order` are the leaf's number.
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
/// power of four, leaves are two to a node: their match is over before the first of the next level
/// is.
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

  /// Puts a key, which has this leaf's number (leaf_of()), or kNever into a leaf. O(log leaves).
  [[gnu::always_inline]] void put(std::uint32_t leaf, LeaveKey key) {
    std::uintptr_t at = address(first_leaf_ + leaf);
    key_at(at) = key;
    if (paired_) {
      key = earlier(key, key_at(at ^ kKey));
      at = address(above_leaves_ + leaf / 2);
      key_at(at) = key;
    }
    const std::uintptr_t root = address(kRoot), up = way_up();
    do {
      key = earlier(key, first_of_others(at));
      at = parent_at(at, up);
      key_at(at) = key;
    } while (at != root);
  }

  /// The earliest of all but one leaf. O(log leaves).
  LeaveKey first_but(std::uint32_t leaf) const {
    std::uintptr_t at = address(first_leaf_ + leaf);
    LeaveKey key = kNever;
    if (paired_) {
      key = key_at(at ^ kKey);
      at = address(above_leaves_ + leaf / 2);
    }
    const std::uintptr_t root = address(kRoot), up = way_up();
    for (; at != root; at = parent_at(at, up)) key = earlier(key, first_of_others(at));
    return key;
  }

  /// A key that has no leaf yet: it stands in the place of the tree, which holds none of its own
  /// until they are planted. Precondition: within make_places().
  ///@{
  const LeaveKey& unplanted(std::uint32_t place) const { return key_at(address(place)); }
  LeaveKey& unplanted(std::uint32_t place) { return key_at(address(place)); }
  ///@}
  /// Changes the number of places for such keys, to a multiple of four; those that stand there
  /// stay. O(places).
  void make_places(std::uint32_t places) { groups_.resize(places / 4); }

  /// Plants the first `count` keys, one in each leaf, of which there are 4, 8, 16 or the like;
  /// the others are empty. The `order` of each becomes order(leaf, order). O(leaves).
  template <class Order>
  void plant(std::uint32_t leaves, std::uint32_t count, Order&& order) {
    lay_out(leaves);
    // From behind: leaves are farther from the beginning than keys that are not yet planted.
    for (std::uint32_t leaf = leaves; leaf-- > count;) at(leaf) = kNever;
    for (std::uint32_t leaf = count; leaf-- > 0;) {
      const LeaveKey key = unplanted(leaf);
      at(leaf) = {order(leaf, key.order), key.instant};
    }
    groups_.resize(first_leaf_ / 4 + leaves_ / 4);
    play_all();
  }

  /// Forgets all, keeping the memory: there are no leaves.
  void clear() {
    groups_.clear();
    first_leaf_ = 0;
    leaves_ = 0;
  }

  /// Another number of leaves: 4, 8, 16 or the like. The first ones keep their keys, new ones are
  /// empty; what is above them holds only after play_all(). O(leaves).
  void resize(std::uint32_t leaves) {
    const std::size_t first_kept = first_leaf_, kept = std::min(leaves_, leaves);
    lay_out(leaves);
    const auto from = groups_.begin() + static_cast<std::ptrdiff_t>(first_kept / 4);
    const auto to = groups_.begin() + static_cast<std::ptrdiff_t>(first_leaf_ / 4);
    const auto count = static_cast<std::ptrdiff_t>(kept + 3) / 4;
    if (to > from) std::move_backward(from, from + count, to + count);
    if (to < from) std::move(from, from + count, to);
    groups_.resize(first_leaf_ / 4 + leaves_ / 4);
    for (std::size_t leaf = kept; leaf < leaves; ++leaf) node(first_leaf_ + leaf) = kNever;
  }

  /// Plays all matches anew. O(leaves).
  void play_all() {
    std::size_t group = groups_.size();
    if (paired_) {
      group = first_leaf_ / 4;
      for (std::uint32_t leaf = 0; leaf < leaves_; leaf += 2)
        node(above_leaves_ + leaf / 2) = earlier(at(leaf), at(leaf + 1));
    }
    while (group-- > kTop / 4) {
      const Group& four = groups_[group];
      node(parent(4 * group)) = earlier(earlier(four[0], four[1]), earlier(four[2], four[3]));
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
  // Memory for what is aligned to cache lines. Asked for by its alignment it takes ten times as
  // long, which is felt when a queue with few events is copied. What was got is noted before it.
  template <class T>
  struct LineAllocator {
    using value_type = T;
    LineAllocator() = default;
    template <class U>
    explicit LineAllocator(const LineAllocator<U>&) {}
    T* allocate(std::size_t count) {
      constexpr std::size_t kSpare = sizeof(void*) + alignof(T);
      void* const memory = ::operator new(kSpare + count * sizeof(T));
      const std::uintptr_t behind = reinterpret_cast<std::uintptr_t>(memory) + kSpare;
      const std::uintptr_t line = behind - behind % alignof(T);
      reinterpret_cast<void**>(line)[-1] = memory;
      return reinterpret_cast<T*>(line);
    }
    void deallocate(T* line, std::size_t) { ::operator delete(reinterpret_cast<void**>(line)[-1]); }
    friend bool operator==(LineAllocator, LineAllocator) { return true; }
  };

  static constexpr std::size_t kRoot = 3, kTop = 4;
  static constexpr std::size_t kKey = sizeof(LeaveKey);

  // Where the nodes of so many leaves stand; there are as many, at least.
  void lay_out(std::uint32_t leaves) {
    std::size_t width = 4;
    for (first_leaf_ = kTop; width < leaves; width *= 4) first_leaf_ = 4 * (first_leaf_ - 2);
    above_leaves_ = parent(first_leaf_);
    paired_ = width != leaves;
    leaves_ = leaves;
    const std::size_t size = first_leaf_ / 4 + leaves / 4;
    groups_.reserve(size);
    if (size > groups_.size()) groups_.resize(size);
  }

  static std::size_t parent(std::size_t i) { return i / 4 + 2; }
  LeaveKey& node(std::size_t i) { return groups_[i / 4][i % 4]; }
  const LeaveKey& node(std::size_t i) const { return groups_[i / 4][i % 4]; }

  // The same by addresses instead of indices: fewer instructions in every match. Groups stand at
  // multiples of their size, so that a quarter of an address tells the parent's, but for way_up().
  std::uintptr_t address(std::size_t i) const {
    return reinterpret_cast<std::uintptr_t>(groups_.data()) + i * kKey;
  }
  std::uintptr_t way_up() const { return address(2) - address(0) / 4; }
  static std::uintptr_t parent_at(std::uintptr_t at, std::uintptr_t up) {
    return (at / 4 & ~(kKey - 1)) + up;
  }
  static LeaveKey& key_at(std::uintptr_t at) { return *reinterpret_cast<LeaveKey*>(at); }
  // The earliest of the others in a node's group.
  [[gnu::always_inline]] static LeaveKey first_of_others(std::uintptr_t at) {
    return earlier(earlier(key_at(at ^ kKey), key_at(at ^ 2 * kKey)), key_at(at ^ 3 * kKey));
  }

  std::vector<Group, LineAllocator<Group>> groups_;
  std::size_t first_leaf_ = 0;
  std::size_t above_leaves_ = 0;  // where the level above begins
  std::uint32_t leaves_ = 0;
  bool paired_ = false;  // leaves are two to a node
};

}  // namespace racked::des
