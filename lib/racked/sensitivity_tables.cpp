#include <racked/sensitivity_study.h>

#include "csv.h"

#include <racked/files.h>
#include <racked/version.h>

#include <nlohmann/json.hpp>

namespace racked {
namespace {

using Json = nlohmann::ordered_json;

// Not-a-number and infinity become null when it is written.
Json json_of(const SensitivityStudy& study, const SensitivityRow& row) {
  Json json = {{"input", row.input}};
  switch (study.method) {
    case SensitivityMethod::tornado:
      json["p10_days"] = row.swing.low;
      json["p90_days"] = row.swing.high;
      json["swing_days"] = row.swing.high - row.swing.low;
      json["half_width_days"] = row.swing.half_width;
      break;
    case SensitivityMethod::morris:
      json["mu_star_days"] = row.effects.mu_star;
      json["half_width_days"] = row.effects.half_width;
      json["mu_days"] = row.effects.mu;
      json["sigma_days"] = row.effects.sigma;
      break;
    case SensitivityMethod::sobol:
      json["first"] = row.index.first;
      json["first_interval"] = {row.index.first_interval.low, row.index.first_interval.high};
      json["total"] = row.index.total;
      json["total_interval"] = {row.index.total_interval.low, row.index.total_interval.high};
      break;
  }
  return json;
}

}  // namespace

std::string sensitivity_json(const SensitivityStudy& study) {
  Json json = {{"racked", version()},
               {"scenario", study.scenario},
               {"scenario_hash", hex(study.scenario_hash)},
               {"seed", study.seed},
               {"milestone", study.milestone},
               {"method", name(study.method)},
               {"simulations", study.looks}};
  if (study.method == SensitivityMethod::sobol) {
    json["mean_days"] = study.mean;
    json["variance_days2"] = study.variance;
  }
  json["inputs"] = Json::array();
  for (const SensitivityRow& row : study.rows) json["inputs"].push_back(json_of(study, row));
  json["left_out"] = study.left_out;
  return json.dump(2) + "\n";
}

void write_sensitivity(const SensitivityStudy& study, const std::filesystem::path& directory) {
  std::filesystem::create_directories(directory);
  write_file(directory / "sensitivity.csv", sensitivity_csv(study));
  write_file(directory / "sensitivity.json", sensitivity_json(study));
}

}  // namespace racked
