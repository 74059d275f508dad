#include <racked/des/frame_pool.h>

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <set>
#include <vector>

namespace racked::des::process_detail {
namespace {

TEST(FramePool, FramesDoNotOverlapAndBeginAtACacheLine) {
  FramePool pool;
  struct Frame {
    void* at;
    std::size_t size;
    unsigned char filled;
  };
  std::vector<Frame> frames;
  for (std::size_t i = 0; i < 2'000; ++i) {
    const std::size_t size = 1 + i * i % 5'000 + (i % 100 == 0 ? 100'000 : 0);
    void* const at = pool.allocate(size);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(&Seat::of(at)) % 64, 0u);
    const auto filled = static_cast<unsigned char>(i);
    std::memset(at, filled, size);
    frames.push_back({at, size, filled});
  }
  for (const Frame& frame : frames)
    for (std::size_t i = 0; i < frame.size; ++i)
      ASSERT_EQ(static_cast<unsigned char*>(frame.at)[i], frame.filled);
}

TEST(FramePool, TakesTheSamePlaceForTheNextOfASize) {
  FramePool pool;
  for (const std::size_t size : {1u, 100u, 2'000u, 2'100u, 70'000u, 1'000'000u}) {
    void* const first = pool.allocate(size);
    const std::size_t memory = pool.memory();
    FramePool::release(first);
    EXPECT_EQ(pool.allocate(size), first) << size;
    EXPECT_EQ(pool.memory(), memory) << size;
  }
}

// 40 MB of them, far beyond the first block of large pages.
TEST(FramePool, FramesStayWhereTheyAreHoweverManyThereAre) {
  constexpr std::size_t kMany = 200'000, kSize = 192 - sizeof(Seat);
  FramePool pool;
  std::vector<std::size_t*> frames;
  for (std::size_t i = 0; i < kMany; ++i) {
    frames.push_back(static_cast<std::size_t*>(pool.allocate(kSize)));
    *frames.back() = i;
  }
  for (std::size_t i = 0; i < kMany; ++i) ASSERT_EQ(*frames[i], i);
  EXPECT_GE(pool.memory(), kMany * 192);
  EXPECT_LE(pool.memory(), kMany * 192 * 5 / 4);
}

TEST(FramePool, APlaceWithoutAnotherGenerationIsNotUsedAgain) {
  FramePool pool;
  void* const first = pool.allocate(100);
  Seat::of(first).generation = 0;
  FramePool::release(first);
  EXPECT_NE(pool.allocate(100), first);
}

TEST(FramePool, KnowsAllItsSeatsAlsoThoseThatAreFree) {
  FramePool pool;
  std::set<Seat*> expected;
  for (std::size_t i = 0; i < 500; ++i) {
    void* const frame = pool.allocate(1 + i * 37 % 3'000);
    expected.insert(&Seat::of(frame));
    if (i % 3 == 0) FramePool::release(frame);
  }
  std::set<Seat*> seen;
  pool.for_each([&](Seat& seat) { EXPECT_TRUE(seen.insert(&seat).second); });
  EXPECT_EQ(seen, expected);
}

}  // namespace
}  // namespace racked::des::process_detail
