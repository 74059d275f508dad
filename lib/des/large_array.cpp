#include <racked/des/large_array.h>

#include <algorithm>
#include <cstdint>
#include <new>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace racked::des::large_array_detail {
namespace {

// What grows to so many bytes is copied for the last time.
constexpr std::size_t kMapped = std::size_t{1} << 17;
constexpr std::size_t kMostFromHeap = kLarge - kLine;

std::size_t in_pages(std::size_t size) { return (size + kPage - 1) / kPage * kPage; }

#ifdef __linux__
constexpr bool kMaps = true;

// That begin with a large page; what is cut off to get there goes back.
char* take_addresses(std::size_t size, int use) {
  void* const mapped =
      mmap(nullptr, size + kPage, use, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapped == MAP_FAILED) throw std::bad_alloc();
  const std::size_t before = -reinterpret_cast<std::uintptr_t>(mapped) % kPage;
  char* const begin = static_cast<char*>(mapped) + before;
  if (before > 0) munmap(mapped, before);
  munmap(begin + size, kPage - before);
  return begin;
}

void ask_for_large_pages(Memory memory) { madvise(memory.begin, memory.size, MADV_HUGEPAGE); }

void unmap(Memory memory) noexcept { munmap(memory.begin, memory.size); }

Memory map(std::size_t size) {
  Memory memory{nullptr, std::max(in_pages(2 * size), kLarge)};
  memory.begin = take_addresses(memory.size, PROT_READ | PROT_WRITE);
  if (size >= kPage) ask_for_large_pages(memory);
  return memory;
}

// Other addresses, more of them, for the same pages. Both begin with a large page, so that large
// pages move as they are; and they stay one mapping, since Linux before 6.17 does not move two.
Memory widened(Memory old, std::size_t size) {
  Memory wider{nullptr, in_pages(2 * size)};
  wider.begin = take_addresses(wider.size, PROT_NONE);
  constexpr int kThere = MREMAP_MAYMOVE | MREMAP_FIXED;
  if (mremap(old.begin, old.size, wider.size, kThere, wider.begin) == MAP_FAILED) {
    unmap(wider);
    throw std::bad_alloc();
  }
  ask_for_large_pages(wider);
  return wider;
}
#else
constexpr bool kMaps = false;
Memory map(std::size_t) { throw std::bad_alloc(); }
void unmap(Memory) noexcept {}
Memory widened(Memory, std::size_t) { throw std::bad_alloc(); }
#endif

Memory from_heap(std::size_t size) {
  if (kMaps) size = std::min(size, kMostFromHeap);
  return {::operator new (size, std::align_val_t{kLine}), size};
}

bool is_mapped(Memory memory) { return kMaps && memory.size >= kLarge; }

}  // namespace

void give_back(Memory memory) noexcept {
  if (is_mapped(memory)) {
    unmap(memory);
  } else {
    ::operator delete (memory.begin, std::align_val_t{kLine});
  }
}

Memory grown(Memory old, std::size_t kept, std::size_t size) {
  if (is_mapped(old)) return widened(old, size);
  const bool maps = kMaps && (size > kMostFromHeap || (size >= kMapped && kept > 0));
  const Memory wider = maps ? map(size) : from_heap(size + size / 8 + 256);
  if (kept > 0) std::memcpy(wider.begin, old.begin, kept);
  give_back(old);
  return wider;
}

}  // namespace racked::des::large_array_detail
