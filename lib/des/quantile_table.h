#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

namespace racked::des::distribution_detail {

// A quantile function too slow to compute for every draw, on a grid, and on a finer one at either
// end: exact at the knots and in the outermost cells, between them the cubic with the exact slopes
// 1/density, held to three times the neighbouring secants so that the order of values is kept
// (Fritsch and Carlson, SIAM J. Numer. Anal. 17 (1980) 238-246).
class QuantileTable {
 public:
  template <class Exact, class Density>
  QuantileTable(const Exact& exact, const Density& density)
      : low_(exact, density), middle_(exact, density), high_(exact, density) {}

  template <class Exact>
  double operator()(double u, const Exact& exact) const {
    if (middle_.has(u)) return middle_(u);
    if (low_.has(u)) return low_(u);
    return high_.has(u) ? high_(u) : exact(u);
  }

  // Whether the quantile of 1 − v is exact.
  static bool is_exact_above(double v) { return v * kFine < kExactCells; }

 private:
  static constexpr int kCells = 512, kFine = 16 * kCells;
  static constexpr int kExactCells = 4;  // at either end, of the finer ones

  // The cells from kFirst to kEnd, of which there are kOfOne from 0 to 1; and for their slopes the
  // knots on either side.
  template <int kOfOne, int kFirst, int kEnd>
  class Grid {
   public:
    template <class Exact, class Density>
    Grid(const Exact& exact, const Density& density) {
      for (std::size_t i = 0; i < kKnots; ++i)
        value_[i] = exact((kFirst - 1 + static_cast<double>(i)) / kOfOne);
      for (std::size_t i = 1; i + 1 < kKnots; ++i) {
        const double secant = std::min(value_[i] - value_[i - 1], value_[i + 1] - value_[i]);
        slope_[i] = std::min(1 / (density(value_[i]) * kOfOne), 3 * secant);
      }
    }

    bool has(double u) const { return u * kOfOne >= kFirst && u * kOfOne < kEnd; }
    double operator()(double u) const {
      const double scaled = u * kOfOne - (kFirst - 1);
      const auto cell = static_cast<std::size_t>(scaled);
      const double t = scaled - static_cast<double>(cell);
      const double rise = value_[cell + 1] - value_[cell];
      const double a = slope_[cell], b = slope_[cell + 1];
      return value_[cell] + t * (a + t * ((3 * rise - 2 * a - b) + t * (a + b - 2 * rise)));
    }

   private:
    static constexpr std::size_t kKnots = kEnd - kFirst + 3;
    std::array<double, kKnots> value_{};
    std::array<double, kKnots> slope_{};
  };

  static constexpr int kOuter = 4;  // at either end, of the wider ones, are divided
  Grid<kFine, kExactCells, kOuter * 16> low_;
  Grid<kCells, kOuter, kCells - kOuter> middle_;
  Grid<kFine, kFine - kOuter * 16, kFine - kExactCells> high_;
};

}  // namespace racked::des::distribution_detail
