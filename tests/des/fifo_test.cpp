#include <racked/des/fifo.h>

#include <gtest/gtest.h>

#include <cstdint>
#include <deque>
#include <memory>

namespace racked::des {
namespace {

TEST(Fifo, GivesWhatADequeGives) {
  // Grows and shrinks by turns.
  Fifo<std::unique_ptr<int>> ours;
  std::deque<int> plain;
  std::uint64_t luck = 1;
  for (int i = 0; i < 100'000; ++i) {
    luck = luck * 6364136223846793005u + 1442695040888963407u;
    const bool grows = i / 500 % 2 == 0;
    if ((luck >> 40) % 8 < (grows ? 5 : 3)) {
      ours.push(std::make_unique<int>(i));
      plain.push_back(i);
    } else if (!plain.empty()) {
      ASSERT_EQ(*ours.front(), plain.front());
      ASSERT_EQ(*ours.pop(), plain.front());
      plain.pop_front();
    }
    ASSERT_EQ(ours.size(), plain.size());
    ASSERT_EQ(ours.empty(), plain.empty());
  }
}

TEST(Fifo, GivesUpTheLastThatMatches) {
  Fifo<int> fifo;
  for (const int i : {2, 3, 4, 6, 5}) fifo.push(i);
  EXPECT_EQ(fifo.pop(), 2);
  const auto even = [](int i) { return i % 2 == 0; };
  EXPECT_EQ(fifo.take_last(even), 6);
  EXPECT_EQ(fifo.take_last(even), 4);
  EXPECT_EQ(fifo.take_last(even), std::nullopt);  // 2 has left already
  EXPECT_EQ(fifo.size(), 2u);
  EXPECT_EQ(fifo.pop(), 3);
  EXPECT_EQ(fifo.take_last([](int i) { return i == 5; }), 5);
  EXPECT_TRUE(fifo.empty());
  fifo.push(7);
  EXPECT_EQ(fifo.pop(), 7);
}

}  // namespace
}  // namespace racked::des
