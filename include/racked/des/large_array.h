#pragma once

#include <cstddef>
#include <cstring>
#include <type_traits>
#include <utility>

namespace racked::des {

namespace large_array_detail {
constexpr std::size_t kSmallPage = 4096;             ///< Bytes of a page.
constexpr std::size_t kPage = std::size_t{1} << 21;  ///< Bytes of a large page.
constexpr std::size_t kLarge = 2 * kPage;            ///< Bytes, from which on pages are large.
constexpr std::size_t kLine = 64;  ///< Bytes of a cache line, with which memory begins.

/// Some memory: from the heap, or (on Linux) addresses that are filled by pages when they are
/// written to, large ones where there are kLarge bytes or more and the system has any.
struct Memory {
  void* begin = nullptr;  ///< Of a large page, when they are addresses.
  std::size_t size = 0;   ///< Bytes, less than kLarge, or addresses.
};

/// At least `size` bytes, the first `kept` of which are those of `old`, which is given back. When
/// there are kLarge, or they grow beyond a hundred thousand, they are addresses for twice as much,
/// and from then on pages get other addresses and no byte is copied. std::bad_alloc, and `old` is
/// as it was.
Memory grown(Memory old, std::size_t kept, std::size_t size);
/// Also of none.
void give_back(Memory memory) noexcept;
}  // namespace large_array_detail

/// An array that may become very large. From a hundred kilobytes on it grows without being copied,
/// and what is not yet used takes no memory; from some megabytes on random access is faster than in
/// a vector, because the processor finds large pages at once. Elsewhere than on Linux it is like a
/// vector. A value. Elements are copied as bytes, and new ones have to be written before they are
/// read. Not thread-safe; distinct arrays are independent.
template <class T>
class LargeArray {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);
  static_assert(alignof(T) <= large_array_detail::kLine, "memory begins with a cache line");

 public:
  LargeArray() = default;  ///< Empty.
  /// A copy costs the time to copy its elements; when there is no memory for it, nothing changes.
  /// What has been moved from may only be assigned to or destroyed.
  ///@{
  LargeArray(const LargeArray& other) { *this = other; }
  LargeArray(LargeArray&& other) noexcept { swap(other); }
  LargeArray& operator=(const LargeArray& other) {
    if (this == &other) return *this;
    resize(other.size_);
    if (size_ > 0) std::memcpy(memory_.begin, other.memory_.begin, size_ * sizeof(T));
    return *this;
  }
  LargeArray& operator=(LargeArray&& other) noexcept {
    swap(other);
    return *this;
  }
  ///@}
  ~LargeArray() { large_array_detail::give_back(memory_); }

  T* data() { return static_cast<T*>(memory_.begin); }              ///< The elements.
  const T* data() const { return static_cast<T*>(memory_.begin); }  ///< The same.
  T& operator[](std::size_t i) { return data()[i]; }                ///< Precondition: i < size().
  const T& operator[](std::size_t i) const { return data()[i]; }    ///< The same.
  std::size_t size() const { return size_; }                        ///< Elements.

  /// Elements that there is room for: until then they stay where they are.
  std::size_t capacity() const { return memory_.size / sizeof(T); }
  /// Makes room for so many elements. std::bad_alloc.
  void reserve(std::size_t size) {
    if (size * sizeof(T) > memory_.size)
      memory_ = large_array_detail::grown(memory_, size_ * sizeof(T), size * sizeof(T));
  }
  /// Changes the number of elements. std::bad_alloc.
  void resize(std::size_t size) {
    reserve(size);
    size_ = size;
    most_ = most_ < size ? size : most_;
  }

  /// Bytes in use: of one that is mapped what has been written to, in whole pages.
  std::size_t memory() const {
    using namespace large_array_detail;
    if (memory_.size < kLarge) return memory_.size;
    const std::size_t bytes = most_ * sizeof(T), page = bytes < kLarge ? kSmallPage : kPage;
    return (bytes + page - 1) / page * page;
  }

 private:
  void swap(LargeArray& other) noexcept {
    std::swap(memory_, other.memory_);
    std::swap(size_, other.size_);
    std::swap(most_, other.most_);
  }

  large_array_detail::Memory memory_;
  std::size_t size_ = 0, most_ = 0;
};

}  // namespace racked::des
