#include <racked/des/portable_math.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace racked::des::portable {

namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();
constexpr double kNotANumber = std::numeric_limits<double>::quiet_NaN();

// A number as the sum of two doubles of which the second is at most half a unit in the last place
// of the first. Dekker, "A floating-point technique for extending the available precision", Numer.
// Math. 18 (1971) 224-242.
struct Pair {
  double high, low;
};

// Exact where |a| ≥ |b|, or a is a multiple of the last place of b.
constexpr Pair sum_of_descending(double a, double b) {
  const double sum = a + b;
  return {sum, b - (sum - a)};
}

// Exact; Knuth, The Art of Computer Programming 2, 4.2.2.
constexpr Pair sum_of(double a, double b) {
  const double sum = a + b, of_b = sum - a;
  return {sum, (a - (sum - of_b)) + (b - of_b)};
}

// Of 26 bits each.
constexpr Pair halves(double a) {
  const double shifted = 0x1.0000002p27 * a;
  const double high = shifted - (shifted - a);
  return {high, a - high};
}

// Exact unless a half overflows or the last bits underflow.
constexpr Pair product_of(double a, double b) {
  const double product = a * b;
  const Pair x = halves(a), y = halves(b);
  return {product, ((x.high * y.high - product) + x.high * y.low + x.low * y.high) + x.low * y.low};
}

// To some 2^-104 of the result.
constexpr Pair operator+(Pair a, Pair b) {
  const Pair high = sum_of(a.high, b.high), low = sum_of(a.low, b.low);
  const Pair sum = sum_of_descending(high.high, high.low + low.high);
  return sum_of_descending(sum.high, sum.low + low.low);
}
constexpr Pair operator*(Pair a, Pair b) {
  const Pair high = product_of(a.high, b.high);
  return sum_of_descending(high.high, high.low + (a.high * b.low + a.low * b.high));
}
constexpr Pair operator/(Pair a, double b) {
  const double quotient = a.high / b;
  const Pair back = product_of(quotient, b);
  return sum_of_descending(quotient, ((a.high - back.high) - back.low + a.low) / b);
}

// 2 artanh(1/n) = ln((n + 1)/(n − 1)).
constexpr Pair log_of_neighbours(int n) {
  Pair power = Pair{2, 0} / n, sum = power;
  for (int i = 3; power.high > 0x1p-110 * sum.high; i += 2) {
    power = power / n / n;
    sum = sum + power / i;
  }
  return sum;
}

constexpr Pair kLn2 = log_of_neighbours(3);

// The bits of a number below 2^9 down to 2^-42, so that sums of such, and multiples, are exact up
// to 2^11; and the rest.
constexpr Pair leading(Pair x) {
  const double high = (x.high + 0x1.8p10) - 0x1.8p10;
  return {high, (x.high - high) + x.low};
}

// --- Logarithm: x = 2^k m, and m is near c = 512/n for one of 128 whole n, which m's first bits
// tell: ln x = k ln 2 + ln c + ln(1 + r), with r = m/c − 1. n has ten bits, so that m n/512 − 1 is
// exact in two parts.

constexpr int kLogBits = 7;
constexpr std::size_t kLogCells = std::size_t{1} << kLogBits;

// The least m: about the root of a half, and so that 1 is the middle of a cell, that of c = 1: near
// 1 nothing cancels, as the logarithm is that of 1 + r alone.
constexpr std::uint64_t kLeastM = 0x3FE6'9000'0000'0000;
constexpr int kCellShift = 52 - kLogBits;

struct LogCell {
  double inverse;  // 1/c
  Pair log;        // of c, see leading()
};

constexpr std::array<LogCell, kLogCells> kLogTable = [] {
  // ln(512/n) for n = 256 … 768, from that of the neighbour.
  std::array<Pair, 513> logs{};
  logs[256] = {0, 0};
  for (int n = 512; n > 256; --n) {
    const std::size_t at = static_cast<std::size_t>(n - 256);
    logs[at - 1] = logs[at] + log_of_neighbours(2 * n - 1);
  }
  for (int n = 512; n < 768; ++n) {
    const std::size_t at = static_cast<std::size_t>(n - 256);
    const Pair step = log_of_neighbours(2 * n + 1);
    logs[at + 1] = logs[at] + Pair{-step.high, -step.low};
  }
  std::array<LogCell, kLogCells> table{};
  for (std::size_t i = 0; i < kLogCells; ++i) {
    const std::uint64_t middle =
        kLeastM + (i << kCellShift) + (std::uint64_t{1} << (kCellShift - 1));
    const int n = static_cast<int>(512 / std::bit_cast<double>(middle) + 0.5);
    table[i] = {n / 512.0, leading(logs[static_cast<std::size_t>(n - 256)])};
  }
  return table;
}();

constexpr Pair kLn2Leading = leading(kLn2);

// ln x = base + (base_rest) + ln(1 + r + r_rest), of which `base` is exact.
struct Reduced {
  double base, base_rest, r, r_rest;
};

// Its first 26 bits: products of two such are exact.
double first_half(double x) {
  return std::bit_cast<double>(std::bit_cast<std::uint64_t>(x) & ~((std::uint64_t{1} << 27) - 1));
}

// Of a finite number above 0.
Reduced reduce(double x) {
  int k = 0;
  if (x < std::numeric_limits<double>::min()) {
    x *= 0x1p52;
    k = -52;
  }
  const std::uint64_t bits = std::bit_cast<std::uint64_t>(x), beyond = bits - kLeastM;
  k += static_cast<int>(static_cast<std::int64_t>(beyond) >> 52);
  const double m = std::bit_cast<double>(bits - (beyond & 0xFFF0'0000'0000'0000));
  const LogCell& cell = kLogTable[(beyond >> kCellShift) % kLogCells];
  const double m_high = first_half(m);
  const Pair r = sum_of_descending(m_high * cell.inverse - 1, (m - m_high) * cell.inverse);
  return {k * kLn2Leading.high + cell.log.high, k * kLn2Leading.low + cell.log.low, r.high, r.low};
}

// ln(1 + r) = r − r²/2 + r³ · this, for |r| < 0.0056; the next term would be below 2^-63 of all.
double log_series(double r) {
  const double square = r * r;
  return (1.0 / 3 - r * (1.0 / 4)) +
         square * ((1.0 / 5 - r * (1.0 / 6)) + square * (1.0 / 7 - r * (1.0 / 8)));
}

// ln x, plus `more`, of at most 2^-53.
double log_plus(double x, double more) {
  const Reduced at = reduce(x);
  const Pair sum = sum_of_descending(at.base, at.r);
  const double square = at.r * at.r;
  const double rest = (sum.low + at.base_rest) + (at.r_rest + more);
  return sum.high + (rest + square * (at.r * log_series(at.r) - 0.5));
}

// ln x to 2^-63 of itself.
Pair log_in_two(double x) {
  const Reduced at = reduce(x);
  const Pair sum = sum_of_descending(at.base, at.r);
  const double half = first_half(at.r), square = at.r * at.r;
  const Pair all = sum_of_descending(sum.high, -0.5 * half * half);
  const double rest = (sum.low + all.low) + (at.base_rest + (at.r_rest - at.r_rest * at.r));
  const double low =
      rest - 0.5 * ((at.r + half) * (at.r - half)) + square * at.r * log_series(at.r);
  return sum_of_descending(all.high, low);
}

// --- Exponential: x = (k + j/128) ln 2 + r, e^x = 2^k · 2^(j/128) · e^r.

constexpr int kExpCells = 128;

constexpr std::array<Pair, kExpCells> kExpTable = [] {
  const Pair step = kLn2 / kExpCells;
  Pair root{1, 0}, power{1, 0};
  for (int i = 1; i < 20; ++i) {
    power = power * step / i;
    root = root + power;
  }
  std::array<Pair, kExpCells> table{};
  table[0] = {1, 0};
  for (std::size_t j = 1; j < kExpCells; ++j) table[j] = table[j - 1] * root;
  return table;
}();

constexpr Pair kExpStep = [] {
  const Pair step = kLn2 / kExpCells;
  const double high = (step.high + 0x1.8p9) - 0x1.8p9;  // multiples below 2^10 are exact
  return Pair{high, (step.high - high) + step.low};
}();

// e^(x + rest) = 2^k (root.high + root.low) (1 + grown).
struct Parts {
  std::int64_t k;
  Pair root;
  double grown;
};

// Of |x| < 800 and |rest| < 2^-14. What is subtracted from x is exact, and near it.
Parts exp_parts(double x, double rest) {
  constexpr double kRound = 0x1.8p52;  // what is added to it loses all behind the point
  const double shifted = x * (kExpCells / kLn2.high) + kRound;
  const double count = shifted - kRound;
  const std::int64_t steps =
      std::bit_cast<std::int64_t>(shifted) - std::bit_cast<std::int64_t>(kRound);
  const double r = (x - count * kExpStep.high) - count * kExpStep.low + rest;
  const double grown =
      r + r * r * ((1.0 / 2 + r * (1.0 / 6)) + r * r * (1.0 / 24 + r * (1.0 / 120)));
  return {steps >> 7, kExpTable[static_cast<std::size_t>(steps & (kExpCells - 1))], grown};
}

// 2^k for a k of normal numbers.
double power_of_two(std::int64_t k) {
  return std::bit_cast<double>(static_cast<std::uint64_t>(k + 1023) << 52);
}

// e^(x + rest) of any x that is a number.
double exp_of_sum(double x, double rest) {
  if (x > 710) return kInfinite;
  if (x < -746) return 0;
  const Parts parts = exp_parts(x, rest);
  const double scaled = parts.root.high + (parts.root.low + parts.root.high * parts.grown);
  if (parts.k < -1021) return scaled * power_of_two(parts.k + 100) * 0x1p-100;
  if (parts.k > 1023) return scaled * power_of_two(parts.k - 1) * 2;
  return scaled * power_of_two(parts.k);
}

// x^y, 0 < x < ∞ and |y| < ∞.
double pow_of_positive(double x, double y) {
  const Pair log = log_in_two(x);
  const double y_half = first_half(y), half = first_half(log.high);
  return exp_of_sum(y_half * half,
                    (y - y_half) * log.high + y_half * (log.high - half) + y * log.low);
}

bool is_whole(double y) { return std::trunc(y) == y; }
bool is_odd(double y) { return is_whole(y) && std::fmod(y, 2) != 0; }

// Of what is 0, infinite or NaN in x or y, with x ≠ 1 and y ≠ 0.
double pow_of_special(double x, double y) {
  if (x != x || y != y) return kNotANumber;
  const double size = std::fabs(x);
  if (std::isinf(y)) {
    if (size == 1) return 1;
    return (size > 1) == (y > 0) ? kInfinite : 0;
  }
  const double result = (size > 1) == (y > 0) ? kInfinite : 0;
  return is_odd(y) ? std::copysign(result, x) : result;
}

}  // namespace

double log(double x) {
  if (x > 0 && x < kInfinite) return log_plus(x, 0);
  if (x == 0) return -kInfinite;
  return x > 0 ? x : kNotANumber;
}

double log1p(double x) {
  if (!(x > -1 && x < kInfinite)) return log(1 + x);
  if (std::fabs(x) < 0x1p-20) return x - x * x * (0.5 - x * (1.0 / 3));
  // What rounding 1 + x lost: ln(y + lost) = ln y + lost/y.
  const Pair y = sum_of(1, x);
  return log_plus(y.high, y.low / y.high);
}

double exp(double x) { return x == x ? exp_of_sum(x, 0) : x; }

double expm1(double x) {
  constexpr double kNear = 4.5 / kExpCells, kAllLost = 40;  // where 1 is less than half a unit
  const double size = std::fabs(x);
  if (size < 0x1p-54) return x;
  if (size < kNear * kLn2.high) {
    const double square = x * x;
    const double series =
        (1.0 / 2 + x * (1.0 / 6)) +
        square * ((1.0 / 24 + x * (1.0 / 120)) +
                  square * ((1.0 / 720 + x * (1.0 / 5040)) + square * (1.0 / 40320)));
    return x + square * series;
  }
  if (!(size < kAllLost)) return x < 0 ? -1 : exp(x);
  const Parts parts = exp_parts(x, 0);
  const double power = power_of_two(parts.k);
  const double root = parts.root.high * power;
  const Pair less = sum_of(root, -1);
  return less.high + (less.low + parts.root.low * power + root * parts.grown);
}

double pow(double x, double y) {
  if (x > 0 && x < kInfinite && std::fabs(y) < kInfinite) return pow_of_positive(x, y);
  if (x == 1 || y == 0) return 1;
  if (x == 0 || !std::isfinite(x) || !std::isfinite(y)) return pow_of_special(x, y);
  if (!is_whole(y)) return kNotANumber;
  return is_odd(y) ? -pow_of_positive(-x, y) : pow_of_positive(-x, y);
}

}  // namespace racked::des::portable
