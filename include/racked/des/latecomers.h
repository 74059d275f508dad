#pragma once

#include <racked/des/winner_tree.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace racked::des {

/// Events that were scheduled for a stretch of time whose other events have been sorted already.
/// Few of them, or many with spans of very different lengths: they play for the first place
/// (winner_tree.h), so that it does not matter. Entry has `instant` and turn(), 0 to 2. Among
/// equals the first added is first. Adding and removing are O(log n), but for growth.
template <class Entry>
class Latecomers {
 public:
  /// Events it has room for.
  static constexpr std::size_t kMost = WinnerTree::kMostLeaves / 4;

  std::size_t size() const { return size_; }    ///< Events that are there.
  bool empty() const { return size_ == 0; }     ///< None is.
  bool full() const { return size_ == kMost; }  ///< There is no room.
  /// Bytes in use.
  std::size_t memory() const { return tree_.memory() + entries_.capacity() * sizeof(Entry); }

  /// Leaves none, and keeps the memory; whatever state they were in. O(1).
  void clear() {
    tree_.clear();
    entries_.clear();
    free_.clear();
    taken_ = 0;
    size_ = 0;
  }

  /// Precondition: not full.
  void add(const Entry& entry) {
    if (empty()) order_ = 0;
    const std::uint32_t leaf = take_leaf();
    entries_[leaf] = entry;
    const std::uint64_t turn = entry.turn();
    tree_.put(leaf, {turn << kTurnShift | order_ | leaf, entry.instant});
    order_ += WinnerTree::kMostLeaves;
    ++size_;
  }

  /// The first to leave. Precondition: not empty.
  const Entry& first() const { return entries_[WinnerTree::leaf_of(tree_.first())]; }
  /// What was first stays where it is until something is added. Precondition: not empty.
  void remove_first() {
    const std::uint32_t leaf = WinnerTree::leaf_of(tree_.first());
    tree_.put(leaf, WinnerTree::kNever);
    free_.push_back(leaf);
    --size_;
  }

  /// Calls use(entry) for all in order, and leaves none. O(n log n).
  template <class Use>
  void drain(Use&& use) {
    for (; !empty(); remove_first()) use(first());
  }

 private:
  static constexpr unsigned kTurnShift = 62;

  std::uint32_t take_leaf() {
    if (!free_.empty()) {
      const std::uint32_t leaf = free_.back();
      free_.pop_back();
      return leaf;
    }
    if (taken_ == entries_.size()) grow();
    return taken_++;
  }

  [[gnu::noinline]] void grow() {
    const auto leaves = static_cast<std::uint32_t>(entries_.empty() ? 16 : 4 * entries_.size());
    tree_.resize(leaves);
    tree_.play_all();
    entries_.resize(leaves);
    free_.reserve(leaves);
  }

  WinnerTree tree_;
  std::vector<Entry> entries_;       // of each leaf
  std::vector<std::uint32_t> free_;  // leaves that were left
  std::uint32_t taken_ = 0;          // the leaves from here on have had no event
  std::size_t size_ = 0;
  std::uint64_t order_ = 0;  // of the next event, without turn and leaf; starts over when empty
};

}  // namespace racked::des
