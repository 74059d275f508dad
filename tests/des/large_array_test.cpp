#include <racked/des/large_array.h>

#include <gtest/gtest.h>

#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <string>
#include <utility>

namespace racked::des {
namespace {

using Array = LargeArray<std::uint64_t>;

// One number for each place, told from any other.
std::uint64_t number(std::size_t i) { return i * 0x9E3779B97F4A7C15u + 1; }
void write(Array& array, std::size_t from) {
  for (std::size_t i = from; i < array.size(); ++i) array[i] = number(i);
}
void expect_written(const Array& array, std::size_t size) {
  ASSERT_EQ(array.size(), size);
  for (std::size_t i = 0; i < size; ++i) ASSERT_EQ(array[i], number(i)) << i;
}

// From nothing over what comes from the heap, and pages, to large ones, that are moved several
// times: 8 bytes each, in pages from some sixteen thousand on, in large ones from half a million.
TEST(LargeArray, KeepsWhatItHoldsAsItGrows) {
  Array array;
  for (std::size_t size :
       {1u, 10u, 1'000u, 20'000u, 400'000u, 600'000u, 1'000'000u, 3'000'000u, 9'000'000u}) {
    const std::size_t before = array.size();
    array.resize(size);
    write(array, before);
    ASSERT_NO_FATAL_FAILURE(expect_written(array, size));
  }
}

#ifdef __linux__
// Linux before 6.17 moves no more than one mapping at a time.
TEST(LargeArray, IsOneMappingHoweverOftenItHasGrown) {
  Array array;
  for (std::size_t size = 1'000; size < 20'000'000; size += size / 2) {
    array.resize(size);
    array[size - 1] = number(size - 1);
  }
  const auto begin = reinterpret_cast<std::uintptr_t>(array.data());
  std::ifstream maps("/proc/self/maps");
  std::string line;
  std::uintptr_t from = 0, to = 0;
  while (to <= begin && std::getline(maps, line))
    std::sscanf(line.c_str(), "%" SCNxPTR "-%" SCNxPTR, &from, &to);
  EXPECT_LE(from, begin);
  EXPECT_GE(to, begin + array.capacity() * sizeof(std::uint64_t)) << line;
}
#endif

TEST(LargeArray, IsAValue) {
  for (const std::size_t size : {0u, 100u, 100'000u, 2'000'000u}) {
    Array array;
    array.resize(size);
    write(array, 0);
    Array copy = array, longer;
    longer.resize(2 * size + 1);
    longer = array;
    const Array& same = longer;
    longer = same;
    if (size > 0) array[0] = 0;
    ASSERT_NO_FATAL_FAILURE(expect_written(copy, size));
    ASSERT_NO_FATAL_FAILURE(expect_written(longer, size));
    const Array moved = std::move(copy);
    ASSERT_NO_FATAL_FAILURE(expect_written(moved, size));
    longer = Array();
    EXPECT_EQ(longer.size(), 0u);
  }
}

// From the heap, and in pages.
TEST(LargeArray, GrowsWithoutMovingWhereRoomWasMade) {
  for (const std::size_t size : {100u, 100'000u, 2'000'000u}) {
    Array array;
    array.resize(10);
    write(array, 0);
    array.reserve(size);
    EXPECT_GE(array.capacity(), size);
    const std::uint64_t* const begin = array.data();
    ASSERT_NO_FATAL_FAILURE(expect_written(array, 10));
    array.resize(array.capacity());
    EXPECT_EQ(array.data(), begin);
  }
}

TEST(LargeArray, TellsWhatItTakesAndNotWhatItMayTake) {
  Array array;
  EXPECT_EQ(array.memory(), 0u);
  array.resize(1'000);
  EXPECT_GE(array.memory(), 8'000u);
  EXPECT_LE(array.memory(), 10'000u);
  array.resize(100'000);
  EXPECT_GE(array.memory(), 800'000u);
  EXPECT_LE(array.memory(), 800'000u + 4'096);
  array.resize(4'000'000);
  EXPECT_GE(array.memory(), 32'000'000u);
  EXPECT_LE(array.memory(), 32'000'000u + (1u << 21));
  array.resize(10);
  EXPECT_GE(array.memory(), 32'000'000u);  // it has been written to
}

TEST(LargeArray, BeginsWithACacheLine) {
  LargeArray<char> array;
  for (std::size_t size = 1; size < 10'000'000; size += size / 3 + 1) {
    array.resize(size);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(array.data()) % 64, 0u) << size;
  }
}

}  // namespace
}  // namespace racked::des
