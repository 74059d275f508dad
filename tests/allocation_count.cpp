// The operators every test of this program uses: they count, and fail only when they are asked to.
#include "allocation_count.h"

#include <atomic>
#include <cstdlib>
#include <limits>
#include <new>

namespace {
constexpr std::size_t kNever = std::numeric_limits<std::size_t>::max();
std::atomic<std::size_t> count{0}, failing{kNever};

void* counted(void* memory) {
  if (++count > failing.load(std::memory_order_relaxed)) [[unlikely]] {
    failing = kNever;
    std::free(memory);
    return nullptr;
  }
  return memory;
}
void* or_throw(void* memory) {
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
}  // namespace

namespace racked::testing {
std::size_t allocation_count() { return count; }
void fail_allocation_after(std::size_t succeed) { failing = count + succeed; }
bool allocations_succeed() { return failing.exchange(kNever) != kNever; }
}  // namespace racked::testing

void* operator new(std::size_t size) {
  return or_throw(counted(std::malloc(size == 0 ? 1 : size)));
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return counted(std::malloc(size == 0 ? 1 : size));
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  const auto multiple = static_cast<std::size_t>(alignment);
  return or_throw(
      counted(std::aligned_alloc(multiple, (size + multiple - 1) / multiple * multiple)));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
