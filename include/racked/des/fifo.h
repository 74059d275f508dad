#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace racked::des {

/// Items that leave in the order in which they came. O(1) amortised. Memory is kept; it grows when
/// it is full and half of it or more is still to leave, so that nothing is allocated once warm.
/// An item that has left keeps its place, moved from, until the place is needed.
template <class Item>
class Fifo {
 public:
  std::size_t size() const { return items_.size() - left_; }  ///< Items that have not left.
  bool empty() const { return size() == 0; }                  ///< All have left.

  /// Behind all others.
  [[gnu::always_inline]] void push(Item item) {
    if (items_.size() == items_.capacity()) [[unlikely]]
      return push_elsewhere(std::move(item));
    items_.push_back(std::move(item));
  }

  Item& front() { return items_[left_]; }  ///< The next to leave. Precondition: not empty.

  /// Precondition: not empty.
  [[gnu::always_inline]] Item pop() {
    Item item = std::move(items_[left_++]);
    if (left_ == items_.size()) [[unlikely]] {
      items_.clear();
      left_ = 0;
    }
    return item;
  }

  /// All leave, the first of them first.
  void clear() {
    while (!empty()) (void)pop();
  }

  /// Takes the last of those that match, if there is one. O(items).
  template <class Predicate>
  std::optional<Item> take_last(Predicate&& matches) {
    for (std::size_t i = items_.size(); i > left_; --i)
      if (matches(items_[i - 1])) {
        std::optional<Item> item(std::move(items_[i - 1]));
        items_.erase(items_.begin() + static_cast<std::ptrdiff_t>(i - 1));
        return item;
      }
    return std::nullopt;
  }

 private:
  [[gnu::noinline]] void push_elsewhere(Item item) {
    if (2 * left_ <= items_.size()) {
      items_.reserve(2 * items_.size() + 4);
    } else {
      items_.erase(items_.begin(), items_.begin() + static_cast<std::ptrdiff_t>(left_));
      left_ = 0;
    }
    items_.push_back(std::move(item));
  }

  std::vector<Item> items_;
  std::size_t left_ = 0;  // of those at the front
};

}  // namespace racked::des
