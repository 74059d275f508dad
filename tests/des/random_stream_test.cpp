#include <racked/des/random_stream.h>

#include <boost/random/exponential_distribution.hpp>
#include <boost/random/normal_distribution.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include <set>

namespace racked::des {
namespace {

using Block = std::array<std::uint64_t, 4>;

// Known answers of Random123 1.14 (D. E. Shaw Research), philox4x64 with 10 rounds.
TEST(Philox, GivesThePublishedAnswers) {
  EXPECT_EQ(philox4x64({0, 0, 0, 0}, {0, 0}), (Block{0x16554d9eca36314c, 0xdb20fe9d672d0fdc,
                                                     0xd7e772cee186176b, 0x7e68b68aec7ba23b}));
  constexpr std::uint64_t kOnes = ~std::uint64_t{0};
  EXPECT_EQ(
      philox4x64({kOnes, kOnes, kOnes, kOnes}, {kOnes, kOnes}),
      (Block{0x87b092c3013fe90b, 0x438c3c67be8d0224, 0x9cc7d7c69cd777b6, 0xa09caebf594f0ba0}));
  EXPECT_EQ(
      philox4x64({0x243f6a8885a308d3, 0x13198a2e03707344, 0xa4093822299f31d0, 0x082efa98ec4e6c89},
                 {0x452821e638d01377, 0xbe5466cf34e90c6c}),
      (Block{0xa528f45403e61d95, 0x38c72dbd566e9788, 0xa5a1610e72fd18b5, 0x57bd43b5e52b7fe6}));
}

TEST(RandomStream, IsTheSequenceOfItsBlocks) {
  RandomStream stream(7, purpose_key("task/a"), 3, 2);
  for (std::uint64_t block = 0; block < 5; ++block)
    for (const std::uint64_t expected : philox4x64({block, 3, 2, 0}, {7, purpose_key("task/a")}))
      EXPECT_EQ(stream(), expected);
}

TEST(RandomStream, PurposesReplicationsSeedsAndIndicesShareNoNumbers) {
  std::set<std::uint64_t> seen;
  std::size_t drawn = 0;
  for (std::uint64_t seed = 0; seed < 3; ++seed)
    for (const char* purpose : {"task/a", "task/b", "a/task"})
      for (std::uint64_t replication = 0; replication < 20; ++replication)
        for (std::uint64_t index = 0; index < 5; ++index) {
          RandomStream stream(seed, purpose_key(purpose), replication, index);
          for (int i = 0; i < 10; ++i, ++drawn) seen.insert(stream());
        }
  EXPECT_EQ(seen.size(), drawn);  // 9 000 of 2⁶⁴ numbers: a coincidence has a chance of 2e-12
}

TEST(RandomStream, PurposeKeysAreFnv1a) {
  // Published test values of FNV-1a, 64 bits: "", "a", "foobar".
  EXPECT_EQ(purpose_key(""), 0xcbf29ce484222325);
  EXPECT_EQ(purpose_key("a"), 0xaf63dc4c8601ec8c);
  EXPECT_EQ(purpose_key("foobar"), 0x85944171f73967e8);
}

TEST(RandomStream, UniformNumbersFillTheOpenIntervalEvenly) {
  RandomStream stream(1, 2, 3);
  constexpr int kDraws = 200'000, kBins = 100;
  std::array<int, kBins> bins{};
  for (int i = 0; i < kDraws; ++i) {
    const double u = stream.uniform();
    ASSERT_GT(u, 0);
    ASSERT_LT(u, 1);
    ++bins[static_cast<std::size_t>(u * kBins)];
  }
  double chi_square = 0;
  for (const int count : bins) chi_square += (count - 2000.0) * (count - 2000.0) / 2000.0;
  EXPECT_LT(chi_square, 149);  // 99.9 % point of χ² with 99 degrees of freedom is 148.2
}

TEST(RandomStream, NoNumberBecomesAnEndOfTheInterval) {
  constexpr std::uint64_t kLast = ~std::uint64_t{0};
  EXPECT_EQ(RandomStream::uniform_of(0), 0x1p-54);
  EXPECT_EQ(RandomStream::uniform_of(kLast / 2), 0.5 - 0x1p-54);
  EXPECT_EQ(RandomStream::uniform_of(kLast), 1 - 0x1p-53);  // rounded it would be 1
}

TEST(RandomStream, FillingIsDrawingOneByOne) {
  for (const std::size_t drawn : {0u, 1u, 3u, 4u})
    for (const std::size_t count : {0u, 1u, 2u, 5u, 8u, 103u}) {
      RandomStream one(7, 8, 9), other(7, 8, 9);
      for (std::size_t i = 0; i < drawn; ++i) EXPECT_EQ(one(), other());
      std::vector<std::uint64_t> numbers(count);
      one.fill(numbers);
      for (const std::uint64_t number : numbers) ASSERT_EQ(number, other());
      EXPECT_EQ(one(), other());
    }
}

// The largest distance between the distribution function of n draws and `cdf`, times √n: above 1.95
// with probability 0.001 (Kolmogorov).
template <class Draw, class Cdf>
double distance(Draw&& draw, Cdf&& cdf) {
  std::vector<double> values(200'000);
  for (double& value : values) value = draw();
  std::sort(values.begin(), values.end());
  const double n = static_cast<double>(values.size());
  double most = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double at = cdf(values[i]);
    most = std::max({most, at - static_cast<double>(i) / n, static_cast<double>(i + 1) / n - at});
  }
  return most * std::sqrt(n);
}

TEST(RandomStream, IsUniformAndDrivesTheZigguratsOfBoost) {
  RandomStream stream(11, purpose_key("test/ks"), 0);
  EXPECT_LT(distance([&] { return stream.uniform(); }, [](double x) { return x; }), 1.95);
  boost::random::exponential_distribution<double> exponential(2);
  EXPECT_LT(
      distance([&] { return exponential(stream); }, [](double x) { return 1 - std::exp(-2 * x); }),
      1.95);
  boost::random::normal_distribution<double> normal(3, 2);
  EXPECT_LT(distance([&] { return normal(stream); },
                     [](double x) { return 0.5 * std::erfc(-(x - 3) / 2 / std::sqrt(2.0)); }),
            1.95);
}

// Neighbours in every part of the identity must not resemble each other.
TEST(RandomStream, NeighbouringStreamsAreUncorrelated) {
  constexpr int kDraws = 20'000;
  const auto correlation = [](RandomStream a, RandomStream b) {
    double sum = 0;
    for (int i = 0; i < kDraws; ++i) sum += (a.uniform() - 0.5) * (b.uniform() - 0.5);
    return sum * 12 / kDraws;
  };
  const double bound = 4.4 / std::sqrt(static_cast<double>(kDraws));
  for (std::uint64_t i = 0; i < 20; ++i) {
    const RandomStream stream(5, 6, i, 7);
    EXPECT_LT(std::abs(correlation(stream, RandomStream(5, 6, i + 1, 7))), bound);
    EXPECT_LT(std::abs(correlation(stream, RandomStream(5, 6, i, 8))), bound);
    EXPECT_LT(std::abs(correlation(stream, RandomStream(6, 6, i, 7))), bound);
    EXPECT_LT(std::abs(correlation(stream, RandomStream(5, 7, i, 7))), bound);
    RandomStream later = stream;
    later();
    EXPECT_LT(std::abs(correlation(stream, later)), bound);
  }
}

}  // namespace
}  // namespace racked::des
