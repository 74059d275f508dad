#pragma once

#include <racked/luck.h>
#include <racked/model.h>
#include <racked/results.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace racked {

/// A way to deal luck that makes means vary less. Successive replications in blocks of `block`
/// depend on each other; blocks do not, so that intervals are reckoned from the means of blocks.
struct ReducedVariance {
  LuckPlan plan;            ///< Deals every replication its luck.
  std::uint64_t block = 1;  ///< Replications that depend on each other.
};

/// Antithetic pairs (racked/luck.h).
ReducedVariance antithetic();

/// Randomised quasi-Monte Carlo: the first draws of the leading purposes are the coordinates of a
/// Sobol sequence of `points` points (a power of two), shifted anew for every block of so many
/// replications (Cranley and Patterson, SIAM J. Numer. Anal. 13 (1976), here by bits: L'Ecuyer and
/// Lemieux (2002)); all else comes from the replication's own streams. Leading are at most
/// `coordinates` purposes: first factors that many things share (risk drivers, the volumes of
/// supply lines), then durations, lead times and slips by their standard deviation. `seed` should
/// be that of the experiment. std::invalid_argument unless points are a power of two and there are
/// coordinates.
ReducedVariance quasi_random(const Model& model, std::uint64_t seed, std::size_t points = 64,
                             std::size_t coordinates = 32);

/// The purposes that quasi_random takes as leading, in order.
std::vector<std::uint64_t> leading_purposes(const Model& model, std::size_t most);

/// The mean of a milestone from blocks of dependent replications.
struct BlockMean {
  double days = 0;  ///< Not reached counts as the horizon.
  double half_width_days =
      0;  ///< 95 %, by Student's t over the means of blocks; infinite below two.
  /// 1 − block · Var(block means) / Var(replications): the share of the variance of the mean that
  /// independent replications would have had and these have not. None when nothing varies.
  std::optional<double> variance_removed;
  std::uint64_t blocks = 0;  ///< Whole ones; replications that fill none are left out.
};
/// Of one milestone, from consecutive blocks of so many replications.
BlockMean mean_by_blocks(const Results& results, std::size_t milestone, std::uint64_t block);

}  // namespace racked
