#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace racked {

/// The row in ascending order that holds the p-quantile: the first whose cumulative share is at
/// least p. The small allowance takes 0.1 · n for the whole number it is meant to be.
inline std::size_t rank(double p, std::size_t rows) {
  const double share = std::ceil(p * static_cast<double>(rows) - 1e-9);
  return share < 1 ? 0 : std::min(static_cast<std::size_t>(share), rows) - 1;
}

}  // namespace racked
