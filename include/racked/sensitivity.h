#pragma once

#include <racked/des/output_analysis.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

/// What drives a response: estimators that know nothing of simulations. They look at a function of
/// the unit cube, of which a simulation is one (racked/response.h). All give the same for the same
/// arguments, whatever the response does with threads.
namespace racked {

/// Where a response is looked at: one coordinate in (0, 1) for each input, or kFree for one that is
/// left to chance; and the number of all luck that belongs to no input ("everything else"): the
/// same number, the same luck. A function without luck of its own ignores it.
struct Look {
  std::vector<double> inputs;  ///< One coordinate for each input.
  std::uint64_t rest = 0;      ///< Number of all other luck.
};
/// In place of a coordinate: left to chance.
inline constexpr double kFree = -1;

/// Answers many looks at once, in their order.
using Response = std::function<std::vector<double>(const std::vector<Look>&)>;

/// What one input does to the mean between its 10 % and its 90 % quantile.
struct Swing {
  double low = 0;   ///< Mean response at the p10, all else left to chance.
  double high = 0;  ///< At the p90, by the same luck of all else.
  /// 95 %, of high − low: Student's t over the differences by pairs. Infinite below two.
  double half_width = 0;
};

/// The swings of a tornado diagram. 2 · inputs · replications looks. std::invalid_argument without
/// replications.
std::vector<Swing> swings(const Response& response, std::size_t inputs, std::size_t replications);

/// Of one input over all trajectories.
struct ElementaryEffects {
  double mu = 0;          ///< Mean of the effects.
  double mu_star = 0;     ///< Mean of their sizes: how much the input matters.
  double sigma = 0;       ///< Their standard deviation: not straight, or not by itself.
  double half_width = 0;  ///< 95 %, of mu_star: Student's t over the trajectories.
};

/// Screening by elementary effects: on a grid of `levels` values in each coordinate a trajectory
/// changes one input after the other by Δ = levels / (2 (levels − 1)); an effect is the change of
/// the response over Δ. Morris, Technometrics 33 (1991); mu* by Campolongo, Cariboni and Saltelli,
/// Environ. Model. Softw. 22 (2007). Grid values are the middles of `levels` equal cells, whose
/// distance takes the place of Δ, so that no input is set to the end of an infinite range. All
/// looks of a trajectory have one rest. trajectories · (inputs + 1) looks. std::invalid_argument
/// for an odd number of levels or none, and without inputs or trajectories.
std::vector<ElementaryEffects> morris(const Response& response, std::size_t inputs,
                                      std::size_t trajectories, std::size_t levels,
                                      std::uint64_t seed);

/// Shares of the response's variance.
struct SobolIndex {
  double first = 0;                ///< By the input alone.
  double total = 0;                ///< With everything that it does together with others.
  des::Interval first_interval{};  ///< 95 %, by the percentiles of bootstrap resamples of the rows.
  des::Interval total_interval{};  ///< Likewise.
};
/// All inputs of a response.
struct SobolIndices {
  double mean = 0;                 ///< Of the response.
  double variance = 0;             ///< Of the response.
  std::vector<SobolIndex> inputs;  ///< In their order.
  SobolIndex rest;                 ///< Of everything else, as one input.
};

/// First-order indices by Saltelli et al., Comput. Phys. Commun. 181 (2010), (b) of table 2, of the
/// response less its mean; total indices by Jansen, Comput. Phys. Commun. 117 (1999), (f) there.
/// Matrices A and B are the halves of a Sobol sequence, shifted at random; the rest of row j is 2j
/// in A and 2j + 1 in B. rows · (inputs + 3) looks; rows: best a power of two.
/// std::invalid_argument without inputs or rows.
SobolIndices sobol_indices(const Response& response, std::size_t inputs, std::size_t rows,
                           std::uint64_t seed, std::size_t resamples = 499);

}  // namespace racked
