#include <racked/des/distribution.h>
#include <racked/des/output_analysis.h>
#include <racked/des/portable_math.h>
#include <racked/des/random_stream.h>
#include <racked/des/statistics.h>

#include <gtest/gtest.h>
#include <stdio.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

namespace racked::des {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();
constexpr double kNotANumber = std::numeric_limits<double>::quiet_NaN();
using Wide = long double;

// The distance between a number and the next, of which the least one is 2^-1074.
double last_place(double number) {
  int power = 0;
  std::frexp(number, &power);
  return std::ldexp(1.0, std::max(power - 53, -1074));
}

// How far it is from what a function of more digits says, in units in the last place.
double error_of(double seen, Wide expected) {
  const double near = static_cast<double>(expected);
  if (std::isinf(near) || std::isinf(seen)) return seen == near ? 0 : kInfinite;
  return static_cast<double>(std::fabs(seen - expected) / last_place(near));
}

class PortableMath : public ::testing::Test {
 protected:
  void SetUp() override {
    if (std::numeric_limits<Wide>::digits < 64) GTEST_SKIP() << "nothing more precise is here";
  }

  // The largest of the errors at numbers that `draw` makes of a uniform one.
  template <class Function, class Reference, class Draw>
  double worst(Function function, Reference reference, Draw draw) {
    double most = 0;
    for (int i = 0; i < 100'000; ++i) {
      const double x = draw(stream_.uniform());
      most = std::max(most, error_of(function(x), reference(static_cast<Wide>(x))));
    }
    return most;
  }
  // Of either sign, on all scales from 2^-(scales) to 3.
  double on_scales(double u, int scales) {
    return std::ldexp(6 * u - 3, -static_cast<int>(stream_() % static_cast<unsigned>(scales)));
  }

  RandomStream stream_{1, purpose_key("portable math"), 0};
};

TEST_F(PortableMath, LogarithmsAreRightToTheLastPlace) {
  const auto reference = [](Wide x) { return std::log(x); };
  EXPECT_LT(worst(portable::log, reference, [](double u) { return u; }), 0.51);
  EXPECT_LT(worst(portable::log, reference, [](double u) { return 0.99 + u / 50; }), 0.51);
  EXPECT_LT(worst(portable::log, reference, [](double u) { return std::exp(1400 * u - 700); }),
            0.51);
  EXPECT_LT(worst(portable::log, reference, [](double u) { return u * 0x1p-1022; }), 0.51);
}

TEST_F(PortableMath, LogarithmsOfWhatIsNearOneAreRightToTheLastPlace) {
  const auto reference = [](Wide x) { return std::log1p(x); };
  EXPECT_LT(worst(portable::log1p, reference, [](double u) { return -u; }), 0.52);
  EXPECT_LT(worst(portable::log1p, reference,
                  [this](double u) { return std::max(-0.999, on_scales(u, 80)); }),
            0.52);
  EXPECT_LT(worst(portable::log1p, reference, [](double u) { return std::exp(700 * u); }), 0.52);
}

TEST_F(PortableMath, ExponentialsAreRightToTheLastPlace) {
  const auto reference = [](Wide x) { return std::exp(x); };
  EXPECT_LT(worst(portable::exp, reference, [](double u) { return 1417 * u - 708; }), 0.52);
  EXPECT_LT(worst(portable::exp, reference, [this](double u) { return on_scales(u, 60); }), 0.52);
  // Rounded once to 53 digits and once to those that are left.
  EXPECT_LT(worst(portable::exp, reference, [](double u) { return -745 + 37 * u; }), 1.02);
}

TEST_F(PortableMath, ExponentialsLessOneAreNearlyRightToTheLastPlace) {
  const auto reference = [](Wide x) { return std::expm1(x); };
  EXPECT_LT(worst(portable::expm1, reference, [](double u) { return 100 * u - 50; }), 0.8);
  EXPECT_LT(worst(portable::expm1, reference, [](double u) { return (u - 0.5) / 10; }), 0.8);
  EXPECT_LT(worst(portable::expm1, reference, [this](double u) { return on_scales(u, 70); }), 0.8);
}

TEST_F(PortableMath, PowersAreRightToTheLastPlace) {
  const auto worst_pow = [this](auto number, auto exponent) {
    double y = 0;
    return worst([&y](double x) { return portable::pow(x, y); },
                 [&y](Wide x) { return std::pow(x, static_cast<Wide>(y)); },
                 [&](double u) {
                   y = exponent(stream_.uniform());
                   return number(u);
                 });
  };
  EXPECT_LT(worst_pow([](double u) { return u; }, [](double v) { return 6 * v - 3; }), 0.53);
  EXPECT_LT(worst_pow([](double u) { return 50 * u; }, [](double v) { return 200 * v - 100; }),
            0.53);
  // Up to the largest and the least numbers, where errors of the logarithm are largest.
  EXPECT_LT(worst_pow([](double u) { return 1.002 + u / 250; },
                      [](double v) { return 230'000 * v - 115'000; }),
            0.55);
  EXPECT_LT(worst_pow([](double u) { return std::exp(1400 * u - 700); },
                      [](double v) { return v - 0.5; }),
            0.53);
}

TEST(PortableMathEdges, SpecialValuesAreThoseOfTheStandard) {
  // Zeros and infinities by their sign, all NaN alike, and of other numbers the sign.
  const auto kind = [](double x) {
    const double shown = x != x ? 2 : x == 0 || std::isinf(x) ? x : std::copysign(1.0, x);
    return std::bit_cast<std::uint64_t>(shown);
  };
  constexpr double kLeast = std::numeric_limits<double>::denorm_min();
  constexpr double kMost = std::numeric_limits<double>::max();
  const std::vector<double> special = {0.0,    -0.0,   1,          -1,         2,      -2,
                                       0.5,    -0.5,   3,          -3,         1e9,    -1e9,
                                       1e300,  -1e300, kInfinite,  -kInfinite, kLeast, kMost,
                                       -kMost, 0x1p53, 0x1p53 + 2, kNotANumber};
  for (const double x : special) {
    EXPECT_EQ(kind(portable::log(x)), kind(std::log(x))) << x;
    EXPECT_EQ(kind(portable::log1p(x)), kind(std::log1p(x))) << x;
    EXPECT_EQ(kind(portable::exp(x)), kind(std::exp(x))) << x;
    EXPECT_EQ(kind(portable::expm1(x)), kind(std::expm1(x))) << x;
    for (const double y : special)
      EXPECT_EQ(kind(portable::pow(x, y)), kind(std::pow(x, y))) << x << "^" << y;
  }
}

// Recorded once, compared exactly.
TEST(PortableMathEdges, BitsAreTheSameEverywhere) {
  EXPECT_EQ(portable::log(0.1), -0x1.26bb1bbb55515p+1);
  EXPECT_EQ(portable::log1p(-0.3), -0x1.6d3c324e13f4ep-2);
  EXPECT_EQ(portable::exp(0.7), 0x1.01c2a61268987p+1);
  EXPECT_EQ(portable::expm1(-0.7), -0x1.01bf92311555fp-1);
  EXPECT_EQ(portable::pow(0.3, 0.7), 0x1.b8d809c615f41p-2);
}

/// A digest of what the kernel makes of random numbers by functions that are not mere arithmetic.
std::uint64_t digest() {
  std::uint64_t all = 0;
  const auto mix = [&all](double number) {
    all = (all ^ std::bit_cast<std::uint64_t>(number)) * 0x9E37'79B9'7F4A'7C15;
    all ^= all >> 29;
  };
  const std::vector<Distribution> shapes = {
      Distribution::normal(0, 1),
      Distribution::lognormal(20, 0.5),
      Distribution::weibull(1.5, 30),
      Distribution::exponential(7),
      Distribution::pert(3, 4, 8),
      Distribution::gamma(2.5, 4),
      Distribution::gamma(0.3, 4),
      Distribution::beta(0.5, 0.5),
      Distribution::beta(40, 70),
      Distribution::exponential(7).truncated(2, 30),
      Distribution::gamma(1e5, 1),
      Distribution::mixture({1, 2}, {Distribution::exponential(1), Distribution::normal(3, 1)})};
  RandomStream stream(1, purpose_key("digest"), 0);
  for (const Distribution& shape : shapes) {
    mix(shape.mean());
    mix(shape.variance());
    for (int i = 0; i < 3'000; ++i) {
      const double value = shape.sample(stream);
      mix(value);
      if (i % 10 != 0) continue;
      mix(shape.cdf(value));
      mix(shape.conditional_sample(stream, value));
    }
  }
  Tally tally;
  std::vector<double> numbers;
  for (int i = 0; i < 200; ++i) {
    numbers.push_back(stream.uniform());
    tally.record(numbers.back());
    mix(tally.half_width(0.9 + 0.0999 * stream.uniform()));
  }
  const Interval middle = quantile_interval(numbers, 0.5, 0.95);
  mix(middle.low);
  mix(middle.high);
  return all;
}

// Without fused multiplication and addition glibc takes other versions of its functions: this
// program is run once more, on a processor that is told to have none.
TEST(PortableMathDigest, IsTheSameOnAProcessorThatCannotFuse) {
  constexpr const char* kAsked = "RACKED_TEST_SAYS_DIGEST";
  std::array<char, 32> here{};
  ::snprintf(here.data(), here.size(), "digest %016llx\n", 0ULL + digest());
  if (std::getenv(kAsked) != nullptr) {
    ::fputs(here.data(), stdout);
    return;
  }
  const std::string command =
      std::string("GLIBC_TUNABLES=glibc.cpu.hwcaps=-FMA,-FMA4,-AVX2,-FMA_Usable,-FMA4_Usable,") +
      "-AVX2_Usable " + kAsked + "=1 " + std::filesystem::read_symlink("/proc/self/exe").string() +
      " --gtest_filter=PortableMathDigest.*";
  FILE* other = ::popen(command.c_str(), "r");
  ASSERT_NE(other, nullptr);
  std::string said;
  std::array<char, 256> piece{};
  while (::fgets(piece.data(), piece.size(), other) != nullptr) said += piece.data();
  ASSERT_EQ(::pclose(other), 0) << said;
  EXPECT_NE(said.find(here.data()), std::string::npos) << here.data() << "against\n" << said;
}

}  // namespace
}  // namespace racked::des
