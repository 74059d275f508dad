#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace racked {

/// What is asked of a selection.
struct SelectionOptions {
  double probability = 0.95;       ///< Of selecting the best, if it is best by `indifference`.
  double indifference = 1;         ///< Smaller differences do not matter.
  std::uint64_t first_stage = 24;  ///< Replications from which the variances are estimated.
  std::uint64_t most = 10'000;     ///< Replications of each system; then it ends undecided.
};

/// How a selection ended.
struct Selection {
  std::size_t best = 0;                     ///< Least mean among those left.
  bool decided = false;                     ///< All others were eliminated.
  std::vector<std::size_t> left;            ///< Not eliminated; ascending.
  std::vector<std::uint64_t> replications;  ///< Of each system.
  std::vector<double> means;                ///< Of each system, over its replications.
};

/// Replications [first, last) of one system, in order.
using SystemSample =
    std::function<std::vector<double>(std::size_t system, std::uint64_t first, std::uint64_t last)>;

/// Selects the system with the least mean by the fully sequential procedure KN of Kim and Nelson,
/// ACM TOMACS 11 (2001), with c = 1: systems are eliminated one by one as soon as their sums fall
/// behind. With normal numbers, systems dependent on each other (common random numbers) or not, the
/// best is selected with at least the probability asked for, if all others are worse by at least
/// the indifference; otherwise one within the indifference of it. Replications are taken in
/// portions (1, then an eighth more each time) and looked at one by one, so that portions change
/// nothing but what is left over. O(systems² · replications). std::invalid_argument for fewer than
/// two systems, a probability not within (1/systems, 1), an indifference that is not positive, or a
/// first stage below two or above `most`.
Selection select_least(std::size_t systems, const SystemSample& sample,
                       const SelectionOptions& options);

}  // namespace racked
