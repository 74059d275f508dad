#pragma once

#include <racked/experiment.h>
#include <racked/inputs.h>
#include <racked/sensitivity.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace racked {

/// How sensitivities are studied; racked/sensitivity.h says what each gives.
enum class SensitivityMethod : std::uint8_t { tornado, morris, sobol };

/// What one input does to a milestone; of the three answers that of the method is filled.
struct SensitivityRow {
  std::string input;          ///< Path of an UncertainInput; "*" of everything else (sobol).
  Swing swing;                ///< Of tornado.
  ElementaryEffects effects;  ///< Of morris.
  SobolIndex index;           ///< Of sobol.

  /// By which rows are ordered: size of the swing, mu*, total index.
  double weight() const;
};

/// Which inputs drive a milestone, most first. Days count from the start; what is not reached by
/// the horizon counts as the horizon.
struct SensitivityStudy {
  std::string scenario;                                   ///< Its name.
  std::string milestone;                                  ///< What is driven.
  std::uint64_t scenario_hash = 0;                        ///< Of the scenario.
  std::uint64_t seed = 0;                                 ///< Of all simulations.
  SensitivityMethod method = SensitivityMethod::tornado;  ///< Which answer the rows have.
  std::uint64_t looks = 0;                                ///< Simulations.
  double mean = 0;                                        ///< Of sobol.
  double variance = 0;                                    ///< Of sobol.
  std::vector<SensitivityRow> rows;                       ///< Most weight first.
  std::vector<std::string> left_out;  ///< Of a tornado: inputs of a number a day or rack.
};

/// Studies all uncertain inputs of the model. `size`: of a tornado the replications at either end,
/// of morris the trajectories (on 4 levels), of sobol the rows; 0: 100, 20 and 256. Of the options
/// seed, threads, policies and on_progress count. Errors: as milestone_response, which also says
/// what it throws when it is stopped; std::invalid_argument when nothing is uncertain.
SensitivityStudy study_sensitivity(const Model& model, const std::string& milestone,
                                   SensitivityMethod method, std::size_t size,
                                   const ExperimentOptions& options);

/// One line for each input; docs/results.md describes the columns.
std::string sensitivity_csv(const SensitivityStudy& study);
/// The same as JSON, with what it was asked of.
std::string sensitivity_json(const SensitivityStudy& study);
/// Writes sensitivity.csv and sensitivity.json there. std::system_error when it cannot.
void write_sensitivity(const SensitivityStudy& study, const std::filesystem::path& directory);
/// As the command spells it.
std::string_view name(SensitivityMethod method);

}  // namespace racked
