#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

namespace racked::des::distribution_detail {

// A quantile function too slow to compute for every draw, on a grid: exact at the knots and in the
// outermost cells, between them the cubic with the exact slopes 1/density, held to three times the
// neighbouring secants so that the order of values is kept (Fritsch and Carlson, SIAM J. Numer.
// Anal. 17 (1980) 238-246).
class QuantileTable {
 public:
  static constexpr std::size_t kCells = 512;
  static constexpr std::size_t kExactCells = 4;

  template <class Exact, class Density>
  QuantileTable(const Exact& exact, const Density& density) {
    for (std::size_t i = 1; i < kCells; ++i) value_[i] = exact(static_cast<double>(i) / kCells);
    for (std::size_t i = 2; i + 1 < kCells; ++i) {
      const double secant = std::min(value_[i] - value_[i - 1], value_[i + 1] - value_[i]);
      slope_[i] = std::min(1 / (density(value_[i]) * kCells), 3 * secant);
    }
  }

  template <class Exact>
  double operator()(double u, const Exact& exact) const {
    const double scaled = u * kCells;
    const auto cell = static_cast<std::size_t>(scaled);
    if (cell < kExactCells || cell >= kCells - kExactCells) return exact(u);
    const double t = scaled - static_cast<double>(cell);
    const double rise = value_[cell + 1] - value_[cell];
    const double a = slope_[cell], b = slope_[cell + 1];
    return value_[cell] + t * (a + t * ((3 * rise - 2 * a - b) + t * (a + b - 2 * rise)));
  }

 private:
  std::array<double, kCells + 1> value_{};
  std::array<double, kCells + 1> slope_{};
};

}  // namespace racked::des::distribution_detail
