#pragma once

#include <racked/des/output_analysis.h>
#include <racked/experiment.h>
#include <racked/results.h>
#include <racked/run_directory.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace racked {

/// What is to be known of a milestone, and how surely: its mean, or its quantile `p`, within
/// `half_width_days` at 95 %.
struct Target {
  std::string milestone;       ///< Its name.
  std::optional<double> p;     ///< In (0, 1); none: the mean.
  double half_width_days = 0;  ///< Of the 95 % interval, at most.
};

/// "first_hall=2d" (the mean), "P80 of first_hall=5d"; d stands for days, w for weeks, h for hours,
/// and for days when nothing stands there. std::invalid_argument for anything else.
Target parse_target(std::string_view text);

/// "P80 of first_hall", "mean of first_hall".
std::string to_string(const Target& target);

/// What replications say of a target.
struct Estimate {
  std::uint64_t replications = 0;  ///< That came to an end.
  std::uint64_t reached = 0;       ///< Of these, by the horizon.
  std::optional<double> days;      ///< Since day 0; none where it is not reached.
  /// 95 %: of a mean by Student's t over the replications that reach the milestone; of a quantile
  /// by two order statistics (des::quantile_interval), those that do not reach it being later than
  /// all others. Infinite ends: not enough is known.
  des::Interval interval{};
  double half_width_days = 0;  ///< The longer of the distances from `days` to the ends.
  bool met = false;            ///< Narrow enough, and trustworthy: see sample_until.
};

/// `days` holds one number for each replication; infinite: not reached.
Estimate estimate(const std::vector<double>& days, const Target& target);

/// At which numbers of replications a run looks whether it may stop: 100, then a quarter more each
/// time, and `most` at last.
std::vector<std::uint64_t> check_counts(std::uint64_t most);

/// How a sequence of replications ended.
struct Sequence {
  std::uint64_t count = 0;          ///< Replications used.
  std::vector<Estimate> estimates;  ///< In the order of the targets.
  bool met = false;                 ///< Whether all of them are.
};

/// The sequential rule: stop at the first of check_counts at which every target is met. A target is
/// met when its 95 % interval is no wider than asked (Chow and Robbins, Ann. Math. Stat. 36 (1965);
/// with a first stage, as Law, Simulation Modeling and Analysis, 9.4.1) and, for a mean, when there
/// are at least 25 · G² numbers, G being their skewness (Cochran, Sampling Techniques, 2.15), below
/// which Student's t is not to be trusted. Looks are few and at fixed numbers, so that the result
/// depends on no thread and looking often does no harm; tests hold the intervals at the stop to
/// their coverage.
///
/// `sample(count)` gives for every target the numbers of its first `count` replications, fewer when
/// some failed.
Sequence sample_until(
    const std::vector<Target>& targets, std::uint64_t most,
    const std::function<std::vector<std::vector<double>>(std::uint64_t count)>& sample);

/// Results with what is known of the targets.
struct PreciseResults {
  Results results;    ///< Of the replications used.
  Sequence sequence;  ///< How they ended.
};

/// Runs replications from options.first on, at most to options.last, until every target is met. The
/// results are those of run() for the replications used. With a directory it goes on from what that
/// holds, and keeps there what finishes. Errors: std::invalid_argument for a milestone that does
/// not exist (with the one that may have been meant); as run().
PreciseResults run_until(const Model& model, const ExperimentOptions& options,
                         const std::vector<Target>& targets, RunDirectory* directory = nullptr);

}  // namespace racked
