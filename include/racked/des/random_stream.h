#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

namespace racked::des {

/// One block of Philox4x64-10, a counter-based generator: four 64-bit numbers that depend on
/// counter and key alone. Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2,
/// 3", SC'11. Equals Random123's philox4x64 and C++26's std::philox4x64. About 10 ns.
constexpr std::array<std::uint64_t, 4> philox4x64(std::array<std::uint64_t, 4> counter,
                                                  std::array<std::uint64_t, 2> key) {
  __extension__ using Product = unsigned __int128;
  constexpr std::uint64_t kMultiplier0 = 0xD2E7470EE14C6C93, kMultiplier1 = 0xCA5A826395121157;
  constexpr std::uint64_t kWeyl0 = 0x9E3779B97F4A7C15, kWeyl1 = 0xBB67AE8584CAA73B;
  for (int round = 0; round < 10; ++round) {
    const Product p0 = Product{kMultiplier0} * counter[0];
    const Product p1 = Product{kMultiplier1} * counter[2];
    counter = {
        static_cast<std::uint64_t>(p1 >> 64) ^ counter[1] ^ key[0], static_cast<std::uint64_t>(p1),
        static_cast<std::uint64_t>(p0 >> 64) ^ counter[3] ^ key[1], static_cast<std::uint64_t>(p0)};
    key[0] += kWeyl0;
    key[1] += kWeyl1;
  }
  return counter;
}

/// The number that stands for a purpose name: FNV-1a, 64 bits.
constexpr std::uint64_t purpose_key(std::string_view name) {
  std::uint64_t hash = 0xCBF29CE484222325;
  for (const char c : name) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001B3;
  }
  return hash;
}

/// The random numbers of one purpose in one replication. They depend on (seed, purpose,
/// replication, index) and on nothing else: not on what was drawn before, elsewhere or by another
/// thread. `index` tells apart the entities or repetitions that share a purpose. A value of 88
/// bytes; a uniform random bit generator for Boost.Random and std::shuffle. Where draws need not be
/// monotone in one uniform number, boost::random::normal_distribution and exponential_distribution
/// are the fast ones: ziggurats with tables of their own, the same bits with every compiler. By
/// hand, −portable::log(uniform()) is exponential with mean 1.
///
/// The n-th block is philox4x64({n, replication, index, 0}, {seed, purpose}), n from 0; its four
/// numbers are given out in order. numpy.random.Philox(key=[seed, purpose], counter=c) counts up
/// before its first block, so that it agrees from c = {2⁶⁴ − 1, replication − 1 with borrow, …} on,
/// that is from one less than {0, replication, index, 0}.
class RandomStream {
 public:
  using result_type = std::uint64_t;  ///< Of 64 random bits.

  /// At its first number; `purpose` is purpose_key("arrivals"). O(1): nothing is drawn yet.
  constexpr RandomStream(std::uint64_t seed, std::uint64_t purpose, std::uint64_t replication,
                         std::uint64_t index = 0)
      : key_{seed, purpose}, counter_{0, replication, index, 0} {}

  static constexpr result_type min() { return 0; }  ///< Least number.
  /// Greatest number.
  static constexpr result_type max() { return std::numeric_limits<result_type>::max(); }

  /// The next number: 10 ns for each first of four.
  constexpr result_type operator()() {
    if (used_ == block_.size()) {
      block_ = philox4x64(counter_, key_);
      ++counter_[0];
      used_ = 0;
    }
    return block_[used_++];
  }

  /// Uniform in the open interval (0, 1), see uniform_of().
  constexpr double uniform() { return uniform_of((*this)()); }
  /// Maps a number to the middle of one of 2⁵³ equal cells of (0, 1); above a half that has to be
  /// rounded to a double, but never to 1.
  static constexpr double uniform_of(std::uint64_t number) {
    return std::min((static_cast<double>(number >> 11) + 0.5) * 0x1p-53, 1 - 0x1p-53);
  }

  /// The next numbers, as many as fit: the same as drawing them one by one, for about two
  /// thirds of the price.
  constexpr void fill(std::span<std::uint64_t> numbers) {
    std::size_t i = 0;
    while (i < numbers.size() && used_ < block_.size()) numbers[i++] = block_[used_++];
    // Successive blocks do not depend on each other, so that the processor works on several.
    for (; i + block_.size() <= numbers.size(); i += block_.size()) {
      const auto block = philox4x64(counter_, key_);
      ++counter_[0];
      for (std::size_t j = 0; j < block.size(); ++j) numbers[i + j] = block[j];
    }
    while (i < numbers.size()) numbers[i++] = (*this)();
  }

  friend constexpr bool operator==(const RandomStream&, const RandomStream&) = default;

 private:
  std::array<std::uint64_t, 2> key_;
  std::array<std::uint64_t, 4> counter_;
  std::array<std::uint64_t, 4> block_{};
  std::size_t used_ = 4;
};

}  // namespace racked::des
