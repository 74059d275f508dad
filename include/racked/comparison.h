#pragma once

#include <racked/des/output_analysis.h>
#include <racked/experiment.h>
#include <racked/results.h>
#include <racked/variants.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace racked {

/// When the milestones of one variant were reached: what a comparison needs of its results.
struct VariantTimes {
  std::string name;                           ///< "baseline", or as it was named.
  std::string title;                          ///< For people; may be empty.
  std::vector<std::string> edits;             ///< "path=value" and overlays, for tables.
  std::uint64_t scenario_hash = 0;            ///< Results::scenario_hash.
  std::uint64_t seed = 0;                     ///< Results::seed.
  Date start;                                 ///< Day 0.
  Date horizon;                               ///< The first day that is not simulated.
  std::vector<Results::Question> milestones;  ///< In the order of its model.
  std::vector<std::uint64_t> replications;    ///< Ascending; those that came to an end.
  std::vector<des::Time> reached;             ///< [row × milestones + milestone]
  std::vector<Results::Failure> failures;     ///< Replications that came to no end.
};

/// Takes the rows out of results.
VariantTimes times_of(std::string name, const Results& results);

/// How a milestone of one variant differs from that of the baseline, replication by replication.
/// Both drew the same luck (common random numbers), so that differences are of the change alone.
///
/// Spans of days count from 00:00 of the baseline's start. A difference is the variant's minus the
/// baseline's: negative is earlier.
///
/// A milestone not reached by the horizon is censored: its time is taken for the horizon (the
/// earlier one, should they differ). Means and their differences are therefore those of times
/// restricted to the horizon (the restricted mean, Irwin, J. Hygiene 47 (1949); Royston and Parmar,
/// BMC Med. Res. Methodol. 13:152 (2013)): unbiased for what happens until the horizon, and closer
/// to zero than the difference of the unrestricted means where one variant is always the later.
/// Nothing is left out, so no variant looks good by losing its bad replications. Quantiles do not
/// depend on the rule as long as they lie before the horizon; otherwise there are none.
struct Difference {
  /// Of the quantile p, of the pairs that both variants came to an end in.
  struct Quantile {
    double p = 0;                         ///< Of kComparedQuantiles.
    std::optional<double> baseline_days;  ///< None: not reached.
    std::optional<double> variant_days;   ///< None: not reached.
    std::optional<double> days;           ///< None when either is not reached.
    /// 95 %, by the percentiles of kResamples paired bootstrap resamples (Efron and Tibshirani, An
    /// Introduction to the Bootstrap, 13.3); an end is infinite where resamples never get there.
    std::optional<des::Interval> interval;
  };
  /// Of the probability of being there by a day.
  struct By {
    Date day;             ///< Up to its end.
    double baseline = 0;  ///< Share of the pairs.
    double variant = 0;   ///< Likewise.
    /// 95 %, of the difference: Wald's for pairs after adding ½ to each of their four kinds
    /// (Agresti and Min, Stat. Med. 24 (2005)).
    des::Interval interval{};
  };

  std::size_t variant = 0;          ///< In Comparison::variants.
  std::size_t milestone = 0;        ///< Of the baseline.
  std::uint64_t pairs = 0;          ///< That both came to an end in.
  std::uint64_t both = 0;           ///< Pairs in which both reach it.
  std::uint64_t baseline_only = 0;  ///< Pairs in which the variant does not.
  std::uint64_t variant_only = 0;   ///< Pairs in which the baseline does not.
  double baseline_days = 0;         ///< Restricted means.
  double variant_days = 0;          ///< Likewise.
  double days = 0;                  ///< Mean of the differences.
  /// 95 %, of that mean: Student's t over the differences; none below two pairs.
  std::optional<double> half_width_days;
  /// 1 − Var(difference) / (Var(variant) + Var(baseline)): the share of the variance that two
  /// independent samples would have had and pairs have not; negative when pairing does harm. None
  /// when neither varies.
  std::optional<double> variance_removed;
  std::vector<Quantile> quantiles;  ///< kComparedQuantiles.
  std::vector<By> by;               ///< The baseline's Question::by.

  std::uint64_t censored() const { return pairs - both; }  ///< Pairs not reached in both.
};

inline constexpr double kComparedQuantiles[] = {0.5, 0.8};  ///< Whose differences are told.
inline constexpr std::size_t kResamples = 999;              ///< Of the bootstrap.

/// All variants against the first of them.
struct Comparison {
  std::string scenario;                 ///< Its name.
  std::string title;                    ///< For people.
  std::vector<VariantTimes> variants;   ///< [0] is the baseline.
  std::vector<Difference> differences;  ///< Milestone by milestone, then variant by variant.
};

/// Pairs replications by their numbers; those that failed in either are left out of that pair's
/// differences. Milestones are matched by name; those that a variant lacks have no difference.
/// std::invalid_argument without variants, or when seeds differ. O(variants · milestones · n log n
/// + resamples · n).
Comparison compare(std::vector<VariantTimes> variants);

/// Runs the baseline and then every variant by the same options and compares them. Models are made
/// one after the other, so that memory grows with what VariantTimes keeps: 8 bytes a replication,
/// milestone and variant. `options.on_progress` is told of all runs together; when it stops them,
/// what was not begun is left out of the comparison. Errors: ScenarioError with the problems of the
/// baseline, or else with those of all variants (a problem that several variants share is told
/// once), before anything runs; std::system_error for an overlay that cannot be read; as run().
Comparison run_comparison(const ScenarioFile& baseline, const std::vector<Variant>& variants,
                          const ExperimentOptions& options);

// Writing; docs/results.md describes every file and column.

std::string comparison_json(const Comparison& comparison);       ///< All but single replications.
std::string comparison_csv(const Comparison& comparison);        ///< One difference.
std::string comparison_by_csv(const Comparison& comparison);     ///< One day of one difference.
std::string comparison_times_csv(const Comparison& comparison);  ///< One replication.
std::string comparison_variants_csv(const Comparison& comparison);  ///< One change of one variant.

/// Writes comparison.json, comparison.csv, comparison_by.csv, comparison_times.csv and variants.csv
/// into `directory`, which is made if it does not exist. std::system_error naming the file.
void write_comparison(const Comparison& comparison, const std::filesystem::path& directory);

}  // namespace racked
