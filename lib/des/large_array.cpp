#include <racked/des/large_array.h>

#include <cstdint>
#include <new>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace racked::des::large_array_detail {
namespace {

#ifdef __linux__
constexpr bool kMaps = true;

// Addresses that begin with a large page; what is cut off to get there goes back.
void* map(std::size_t size) {
  void* const mapped = mmap(nullptr, size + kPage, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapped == MAP_FAILED) throw std::bad_alloc();
  const std::size_t before = -reinterpret_cast<std::uintptr_t>(mapped) % kPage;
  char* const begin = static_cast<char*>(mapped) + before;
  if (before > 0) munmap(mapped, before);
  munmap(begin + size, kPage - before);
  madvise(begin, size, MADV_HUGEPAGE);  // a wish
  return begin;
}

void unmap(Memory memory) noexcept { munmap(memory.begin, memory.size); }

// Both begin with a large page, so that large pages move as they are.
void move_pages(Memory from, Memory to) {
  constexpr int kThere = MREMAP_MAYMOVE | MREMAP_FIXED;
  if (mremap(from.begin, from.size, from.size, kThere, to.begin) != MAP_FAILED) return;
  unmap(to);
  throw std::bad_alloc();
}
#else
constexpr bool kMaps = false;
void* map(std::size_t) { throw std::bad_alloc(); }
void unmap(Memory) noexcept {}
void move_pages(Memory, Memory) {}
#endif

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
  Memory wider{nullptr, size + size / 8 + 256};
  if (is_mapped(wider)) {
    wider.size = (2 * size + kPage - 1) / kPage * kPage;
    wider.begin = map(wider.size);
    if (is_mapped(old)) {
      move_pages(old, wider);
      return wider;
    }
  } else {
    wider.begin = ::operator new (wider.size, std::align_val_t{kLine});
  }
  if (kept > 0) std::memcpy(wider.begin, old.begin, kept);
  give_back(old);
  return wider;
}

}  // namespace racked::des::large_array_detail
