// A sketch is as near as it says, and does not know in which order it was filled.
#include <racked/sketch.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <stdexcept>
#include <vector>

namespace racked {
namespace {

TEST(Sketch, SmallIntegersAreExact) {
  for (std::int64_t value = -512; value <= 511; ++value)
    EXPECT_EQ(Sketch::middle_of(Sketch::bucket_of(value)), value);
}

// 1000 = 0b1111101000 has ten bits: buckets of two from 512 to 1023, so {1000, 1001}, the 244th of
// them after 512; the middle, rounded down, is 1000. 1'000'000 has twenty bits: buckets of 2¹¹, the
// 488th of which begins at 999'424.
TEST(Sketch, LargerOnesShareBuckets) {
  EXPECT_EQ(Sketch::bucket_of(1000), 512 + (1000 - 512) / 2);
  EXPECT_EQ(Sketch::bucket_of(1001), Sketch::bucket_of(1000));
  EXPECT_NE(Sketch::bucket_of(1002), Sketch::bucket_of(1000));
  EXPECT_EQ(Sketch::middle_of(Sketch::bucket_of(1001)), 1000);
  EXPECT_EQ(Sketch::middle_of(Sketch::bucket_of(1'000'000)), 999'424 + 1'023);
}

TEST(Sketch, BucketsAreInTheOrderOfValuesAndNearThem) {
  std::mt19937_64 bits(3);
  std::vector<std::int64_t> values{std::numeric_limits<std::int64_t>::min(),
                                   std::numeric_limits<std::int64_t>::max(),
                                   0,
                                   -1,
                                   512,
                                   511};
  for (int i = 0; i < 100'000; ++i)
    values.push_back(static_cast<std::int64_t>(bits()) >> (bits() % 64));
  std::sort(values.begin(), values.end());
  std::int32_t last = Sketch::bucket_of(values[0]);
  for (const std::int64_t value : values) {
    const std::int32_t bucket = Sketch::bucket_of(value);
    ASSERT_GE(bucket, last);
    last = bucket;
    const auto middle = Sketch::middle_of(bucket);
    ASSERT_EQ(Sketch::bucket_of(middle), bucket) << value;
    ASSERT_LE(std::abs(static_cast<long double>(middle) - static_cast<long double>(value)),
              std::abs(static_cast<long double>(value)) * Sketch::kRelativeError)
        << value;
  }
}

TEST(Sketch, QuantilesAreAsNearAsStatedAndSumsExact) {
  std::mt19937_64 bits(8);
  std::vector<std::int64_t> values;
  Sketch sketch(2);
  std::int64_t sum = 0;
  for (int i = 0; i < 5'000; ++i) {
    values.push_back(static_cast<std::int64_t>(bits() % 2'000'000'000));
    sum += values.back();
    sketch.add(std::vector<std::int64_t>{values.back(), 7});
  }
  std::sort(values.begin(), values.end());
  for (const std::size_t rank : {0u, 249u, 2'499u, 4'499u, 4'999u})
    EXPECT_NEAR(static_cast<double>(sketch.at_rank(0, rank)), static_cast<double>(values[rank]),
                static_cast<double>(values[rank]) * Sketch::kRelativeError);
  EXPECT_EQ(sketch.at_rank(1, 4'999), 7);
  EXPECT_TRUE(sketch.column(0).sum == sum);
  EXPECT_THROW(sketch.at_rank(0, 5'000), std::out_of_range);
}

TEST(Sketch, AddedInAnyOrderIsTheSame) {
  std::mt19937_64 bits(9);
  Sketch whole(3), a(3), b(3), c(3);
  for (int i = 0; i < 3'000; ++i) {
    const std::vector<std::int64_t> row{static_cast<std::int64_t>(bits() >> (bits() % 64)), i, -i};
    whole.add(row);
    (i % 3 == 0 ? a : i % 2 == 0 ? b : c).add(row);
  }
  Sketch one = c, other = a;
  one.add(a);
  one.add(b);
  b.add(c);
  other.add(b);
  EXPECT_TRUE(one == whole);
  EXPECT_TRUE(other == whole);
}

TEST(Sketch, MemoryDoesNotGrowWithTheRows) {
  Sketch sketch(1);
  const auto fill = [&](int rows) {
    for (std::int64_t i = 0; i < rows; ++i)
      sketch.add(std::vector<std::int64_t>{i % 1'000 * 1'000'000});
    return sketch.bytes();
  };
  EXPECT_EQ(fill(1'000), fill(100'000));
}

TEST(Sketch, OtherWidthsAndBucketsOutOfOrderAreRefused) {
  Sketch sketch(2);
  EXPECT_THROW(sketch.add(std::vector<std::int64_t>{1}), std::invalid_argument);
  EXPECT_THROW(sketch.add(Sketch(3)), std::invalid_argument);
  EXPECT_THROW(sketch.set_column(0, {{{5, 1}, {5, 1}}, 10}), std::invalid_argument);
  EXPECT_NO_THROW(sketch.set_column(0, {{{4, 1}, {5, 1}}, 9}));
}

}  // namespace
}  // namespace racked
