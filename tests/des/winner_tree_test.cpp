#include <racked/des/winner_tree.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace racked::des {
namespace {

bool before(const LeaveKey& a, const LeaveKey& b) {
  return a.instant != b.instant ? a.instant < b.instant : a.order < b.order;
}

TEST(WinnerTree, TheEarlierOfTwoIsByInstantThenByOrder) {
  const std::uint64_t values[] = {0,
                                  1,
                                  std::uint64_t{1} << 62,
                                  (std::uint64_t{1} << 63) - 1,
                                  std::uint64_t{1} << 63,
                                  ~std::uint64_t{1},
                                  ~std::uint64_t{0}};
  for (const std::uint64_t i : values)
    for (const std::uint64_t j : values)
      for (const std::uint64_t k : values)
        for (const std::uint64_t l : values) {
          const LeaveKey a{i, j}, b{k, l};
          for (const LeaveKey& first : {earlier(a, b), earlier_portable(a, b)}) {
            EXPECT_EQ(first.instant, before(b, a) ? b.instant : a.instant);
            EXPECT_EQ(first.order, before(b, a) ? b.order : a.order);
          }
        }
}

TEST(WinnerTree, HoldsTheEarliestOfItsLeavesAndOfAllButOne) {
  std::mt19937_64 random(1);
  for (const std::uint32_t leaves : {4u, 8u, 16u, 32u, 64u, 128u, 256u, 512u}) {
    WinnerTree tree;
    tree.resize(leaves);
    std::vector<LeaveKey> keys(leaves, WinnerTree::kNever);
    for (std::uint32_t i = 0; i < leaves / 2; ++i)
      tree.at(i) = keys[i] = {random() << WinnerTree::kLeafBits | i, random() % 10};
    tree.play_all();
    for (int round = 0; round < 2'000; ++round) {
      const auto leaf = static_cast<std::uint32_t>(random() % leaves);
      keys[leaf] = random() % 3 == 0
                       ? WinnerTree::kNever
                       : LeaveKey{random() << WinnerTree::kLeafBits | leaf, random() % 10};
      tree.put(leaf, keys[leaf]);
      const auto first = std::min_element(keys.begin(), keys.end(), before);
      ASSERT_EQ(tree.first().order, first->order);
      ASSERT_EQ(tree.first().instant, first->instant);
      if (first->order != WinnerTree::kNever.order) {
        EXPECT_EQ(WinnerTree::leaf_of(tree.first()), first - keys.begin());
      }
      const LeaveKey hidden = keys[leaf];
      keys[leaf] = WinnerTree::kNever;
      ASSERT_EQ(tree.first_but(leaf).order,
                std::min_element(keys.begin(), keys.end(), before)->order);
      keys[leaf] = hidden;
    }
  }
}

TEST(WinnerTree, ItsFirstLeavesKeepTheirKeysWhenItIsResized) {
  std::mt19937_64 random(2);
  WinnerTree tree;
  std::vector<LeaveKey> keys;
  for (const std::uint32_t leaves : {4u, 16u, 32u, 8u, 256u, 512u, 64u, 32u, 4u}) {
    tree.resize(leaves);
    keys.resize(leaves, WinnerTree::kNever);
    tree.play_all();
    ASSERT_EQ(tree.leaves(), leaves);
    for (std::uint32_t leaf = 0; leaf < leaves; ++leaf) {
      ASSERT_EQ(tree.at(leaf).order, keys[leaf].order);
      ASSERT_EQ(tree.at(leaf).instant, keys[leaf].instant);
    }
    for (std::uint32_t leaf = 0; leaf < leaves; ++leaf)
      tree.put(leaf, keys[leaf] = {random() << WinnerTree::kLeafBits | leaf, random() % 10});
    ASSERT_EQ(tree.first().order, std::min_element(keys.begin(), keys.end(), before)->order);
  }
}

// Planted in the memory where they stood, with as many places as leaves, more or fewer.
TEST(WinnerTree, KeysThatStoodInItsPlaceArePlantedInOrder) {
  std::mt19937_64 random(3);
  WinnerTree tree;
  for (const std::uint32_t leaves : {4u, 16u, 32u, 512u, 8u, 256u, 4'096u, 64u})
    for (const std::uint32_t count : {0u, 1u, leaves / 2 + 1, leaves}) {
      tree.clear();
      tree.make_places(4);
      std::vector<LeaveKey> keys(leaves, WinnerTree::kNever);
      for (std::uint32_t i = 0; i < count; ++i) {
        if (i % 4 == 0) tree.make_places(i + 4);
        tree.unplanted(i) = keys[i] = {random() % 4, random() % 10};
      }
      if (random() % 2 == 0) tree.make_places(2 * leaves);
      tree.plant(leaves, count,
                 [](std::uint32_t leaf, std::uint64_t order) { return order << 60 | leaf; });
      ASSERT_EQ(tree.leaves(), leaves);
      for (std::uint32_t leaf = 0; leaf < leaves; ++leaf) {
        if (leaf < count) keys[leaf].order = keys[leaf].order << 60 | leaf;
        ASSERT_EQ(tree.at(leaf).order, keys[leaf].order);
        ASSERT_EQ(tree.at(leaf).instant, keys[leaf].instant);
      }
      const LeaveKey first = *std::min_element(keys.begin(), keys.end(), before);
      ASSERT_EQ(tree.first().order, first.order);
      ASSERT_EQ(tree.first().instant, first.instant);
      tree.put(leaves - 1, {leaves - 1, 0});
      if (first.instant > 0) {
        ASSERT_EQ(WinnerTree::leaf_of(tree.first()), leaves - 1);
      }
    }
}

}  // namespace
}  // namespace racked::des
