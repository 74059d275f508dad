#pragma once

#include <racked/experiment.h>
#include <racked/selection.h>
#include <racked/variants.h>

#include <string>
#include <vector>

namespace racked {

/// Which of a scenario and its variants reaches a milestone first on average.
struct VariantSelection {
  std::string scenario;            ///< Its name.
  std::string milestone;           ///< What is to be reached first.
  std::uint64_t seed = 0;          ///< Of all runs.
  SelectionOptions options;        ///< Indifference in days.
  std::vector<std::string> names;  ///< [0] is the baseline.
  Selection selection;             ///< Of these; means in days from the start.
};

/// Selects by select_least, all systems by the same luck; what is not reached by the horizon counts
/// as the horizon. Of the options seed, threads, policies and on_progress count. All models are in
/// memory at once. Errors: std::invalid_argument for a milestone that one of them does not have and
/// as select_least; ScenarioError as run_comparison; std::runtime_error when a replication fails;
/// Stopped (racked/response.h).
VariantSelection select_variant(const ScenarioFile& baseline, const std::vector<Variant>& variants,
                                const std::string& milestone, const SelectionOptions& selection,
                                const ExperimentOptions& options);

/// As JSON, with what it was asked of.
std::string selection_json(const VariantSelection& selection);

}  // namespace racked
