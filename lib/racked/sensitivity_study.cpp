#include <racked/sensitivity_study.h>

#include "csv.h"

#include <racked/response.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

namespace racked {
namespace {

constexpr std::size_t kLevels = 4;

std::vector<UncertainInput> with_levels(std::vector<UncertainInput> inputs,
                                        std::vector<std::string>& left_out) {
  std::vector<UncertainInput> kept;
  for (UncertainInput& input : inputs)
    if (input.kind == UncertainInput::Kind::many)
      left_out.push_back(input.path);
    else
      kept.push_back(std::move(input));
  return kept;
}

}  // namespace

double SensitivityRow::weight() const {
  return std::max({std::abs(swing.high - swing.low), effects.mu_star, index.total});
}

SensitivityStudy study_sensitivity(const Model& model, const std::string& milestone,
                                   SensitivityMethod method, std::size_t size,
                                   const ExperimentOptions& options) {
  SensitivityStudy study;
  study.scenario = model.name;
  study.milestone = milestone;
  study.scenario_hash = model.hash;
  study.seed = options.seed;
  study.method = method;
  const bool tornado = method == SensitivityMethod::tornado;
  std::vector<UncertainInput> inputs = uncertain_inputs(model);
  if (tornado) inputs = with_levels(std::move(inputs), study.left_out);
  const Response simulate_looks = milestone_response(
      model, milestone, inputs, tornado ? InputLuck::pin : InputLuck::redraw, options);
  if (inputs.empty()) throw std::invalid_argument("nothing in this scenario is uncertain");
  const Response response = [&](const std::vector<Look>& looks) {
    study.looks += looks.size();
    return simulate_looks(looks);
  };

  study.rows.resize(inputs.size());
  for (std::size_t i = 0; i < inputs.size(); ++i) study.rows[i].input = inputs[i].path;
  if (tornado) {
    const auto found = swings(response, inputs.size(), size == 0 ? 100 : size);
    for (std::size_t i = 0; i < found.size(); ++i) study.rows[i].swing = found[i];
  } else if (method == SensitivityMethod::morris) {
    const auto found =
        morris(response, inputs.size(), size == 0 ? 20 : size, kLevels, options.seed);
    for (std::size_t i = 0; i < found.size(); ++i) study.rows[i].effects = found[i];
  } else {
    const SobolIndices found =
        sobol_indices(response, inputs.size(), size == 0 ? 256 : size, options.seed);
    for (std::size_t i = 0; i < inputs.size(); ++i) study.rows[i].index = found.inputs[i];
    study.rows.push_back({"*", {}, {}, found.rest});
    study.mean = found.mean;
    study.variance = found.variance;
  }
  std::stable_sort(study.rows.begin(), study.rows.end(),
                   [](const auto& a, const auto& b) { return a.weight() > b.weight(); });
  return study;
}

std::string_view name(SensitivityMethod method) {
  switch (method) {
    case SensitivityMethod::tornado: return "tornado";
    case SensitivityMethod::morris: return "morris";
    case SensitivityMethod::sobol: return "sobol";
  }
  return {};
}

std::string sensitivity_csv(const SensitivityStudy& study) {
  std::string header = "scenario_hash,seed,milestone,input,";
  switch (study.method) {
    case SensitivityMethod::tornado:
      header += "p10_days,p90_days,swing_days,half_width_days";
      break;
    case SensitivityMethod::morris:
      header += "mu_star_days,half_width_days,mu_days,sigma_days";
      break;
    case SensitivityMethod::sobol:
      header += "first,first_low,first_high,total,total_low,total_high";
      break;
  }
  Csv csv(header, hex(study.scenario_hash) + "," + std::to_string(study.seed));
  for (const SensitivityRow& row : study.rows) {
    csv.line().value(study.milestone).value(row.input);
    switch (study.method) {
      case SensitivityMethod::tornado:
        csv.value(row.swing.low).value(row.swing.high).value(row.swing.high - row.swing.low);
        csv.value(row.swing.half_width);
        break;
      case SensitivityMethod::morris:
        csv.value(row.effects.mu_star).value(row.effects.half_width);
        csv.value(row.effects.mu).value(row.effects.sigma);
        break;
      case SensitivityMethod::sobol:
        csv.value(row.index.first).value(row.index.first_interval.low);
        csv.value(row.index.first_interval.high).value(row.index.total);
        csv.value(row.index.total_interval.low).value(row.index.total_interval.high);
        break;
    }
  }
  return csv.finish();
}

}  // namespace racked
