#include <racked/des/wait_queue.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <list>
#include <string>
#include <vector>

namespace racked::des::process_detail {
namespace {

struct Numbered final : RankedWait {
  Numbered() : RankedWait(0) {}
  std::string told() const override { return "a number"; }
};

// A list kept in order, as the plain account.
void insert(std::list<Numbered*>& plain, Numbered& wait) {
  const auto place = std::find_if(plain.begin(), plain.end(), [&](const Numbered* each) {
    return each->priority < wait.priority;
  });
  plain.insert(place, &wait);
}

TEST(WaitQueue, KeepsItsOrderAlsoWhenWaitsLeaveFromAnyPosition) {
  for (const int priorities : {1, 2, 5, 100}) {
    WaitQueue queue;
    std::list<Numbered*> plain;
    std::vector<Numbered> all(60);
    std::uint64_t luck = 7;
    for (int i = 0; i < 50'000; ++i) {
      luck = luck * 6364136223846793005u + 1442695040888963407u;
      Numbered& wait = all[(luck >> 33) % all.size()];
      if (wait.queued) {
        if (&wait == queue.first()) {
          EXPECT_EQ(&queue.take_first(), &wait);
        } else {
          queue.remove(wait);
        }
        plain.remove(&wait);
      } else {
        // Far apart, so that half of a number is not enough to tell them.
        const auto rank = static_cast<std::int64_t>(luck >> 45) % priorities - 1;
        wait.priority = rank << 40;
        queue.push(wait);
        insert(plain, wait);
      }
      ASSERT_EQ(queue.size(), plain.size());
      ASSERT_EQ(queue.first(), plain.empty() ? nullptr : plain.front());
      if (i % 1'000 != 0) continue;
      for (; !plain.empty(); plain.pop_front()) {
        ASSERT_EQ(&queue.take_first(), plain.front());
        ASSERT_FALSE(plain.front()->queued);
      }
      ASSERT_EQ(queue.first(), nullptr);
    }
  }
}

}  // namespace
}  // namespace racked::des::process_detail
