#include <racked/designs.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <stdexcept>

namespace racked {
namespace {

// Which of `slices` equal slices of every coordinate are met, and how often.
std::vector<std::multiset<int>> slices_met(const std::vector<Point>& points, int slices) {
  std::vector<std::multiset<int>> met(points.front().size());
  for (const Point& point : points)
    for (std::size_t j = 0; j < point.size(); ++j)
      met[j].insert(static_cast<int>(point[j] * slices));
  return met;
}

TEST(Designs, ALatinHypercubeMeetsEverySliceOnce) {
  const auto points = latin_hypercube(7, 3, 1);
  ASSERT_EQ(points.size(), 7u);
  for (const auto& slices : slices_met(points, 7))
    EXPECT_THAT(slices, ::testing::ElementsAre(0, 1, 2, 3, 4, 5, 6));
  EXPECT_NE(points, latin_hypercube(7, 3, 2));
  EXPECT_EQ(points, latin_hypercube(7, 3, 1));
}

// The sequence is 0, then ½ ½, ¾ ¼, ¼ ¾ in its first two coordinates: a shift by bits keeps what
// differs between points.
TEST(Designs, SobolPointsAreTheSequenceShifted) {
  const auto points = sobol_points(4, 2, 5);
  const auto bits = [&](std::size_t i, std::size_t j) {
    return static_cast<std::uint32_t>(points[i][j] * 0x1p32);
  };
  const double expected[4][2] = {{0, 0}, {0.5, 0.5}, {0.75, 0.25}, {0.25, 0.75}};
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t j = 0; j < 2; ++j)
      EXPECT_EQ(bits(i, j) ^ bits(0, j), static_cast<std::uint32_t>(expected[i][j] * 0x1p32));
}

// Of 2^8 points every one of 2^8 slices holds one, in each coordinate, whatever the shift.
TEST(Designs, APowerOfTwoOfSobolPointsFillsEverySlice) {
  for (std::uint64_t shift = 0; shift < 3; ++shift)
    for (const auto& slices : slices_met(sobol_points(256, 20, 9, shift), 256)) {
      const std::set<int> different(slices.begin(), slices.end());
      EXPECT_EQ(different.size(), 256u);
    }
}

// ∫ Π 2xᵢ over the cube of 5 is 1. Of 1024 random points the mean would have a standard error of
// sqrt((4/3)⁵ − 1)/32 = 0.056.
TEST(Designs, SobolPointsIntegrateBetterThanRandomOnes) {
  for (std::uint64_t shift = 0; shift < 5; ++shift) {
    double sum = 0;
    for (const Point& point : sobol_points(1024, 5, 3, shift)) {
      double product = 1;
      for (const double x : point) product *= 2 * x;
      sum += product;
    }
    EXPECT_NEAR(sum / 1024, 1, 0.012);
  }
}

TEST(Designs, AGridIsEveryCombinationTheLastFastest) {
  using ::testing::ElementsAre;
  EXPECT_THAT(grid({2, 3}, 10),
              ElementsAre(ElementsAre(0u, 0u), ElementsAre(0u, 1u), ElementsAre(0u, 2u),
                          ElementsAre(1u, 0u), ElementsAre(1u, 1u), ElementsAre(1u, 2u)));
  EXPECT_THROW(grid({100, 100}, 9999), std::length_error);
}

TEST(Designs, RefusesWhatIsNoDesign) {
  EXPECT_THROW(latin_hypercube(0, 1, 0), std::invalid_argument);
  EXPECT_THROW(sobol_points(1, 0, 0), std::invalid_argument);
  EXPECT_THROW(sobol_points(1, kMostSobolCoordinates + 1, 0), std::invalid_argument);
}

}  // namespace
}  // namespace racked
