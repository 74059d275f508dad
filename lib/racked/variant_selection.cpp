#include <racked/variant_selection.h>

#include "variant_problems.h"

#include <racked/model.h>
#include <racked/response.h>

#include <algorithm>
#include <stdexcept>

namespace racked {

VariantSelection select_variant(const ScenarioFile& baseline, const std::vector<Variant>& variants,
                                const std::string& milestone, const SelectionOptions& selection,
                                const ExperimentOptions& options) {
  std::vector<Model> models;
  models.push_back(make_model(baseline));
  check_variants(baseline, variants);
  VariantSelection result{models[0].name,           milestone, options.seed, selection,
                          {std::string(kBaseline)}, {}};
  for (const Variant& variant : variants) {
    models.push_back(make_model(apply_variant(baseline, variant)));
    result.names.push_back(variant.name);
  }
  std::vector<Id<Milestone>> rows;
  for (const Model& model : models) rows.push_back(find_milestone(model, milestone));

  bool go_on = true;
  ExperimentOptions each;
  each.seed = options.seed;
  each.threads = options.threads;
  each.policies = options.policies;
  each.causes = false;
  if (options.on_progress)
    each.on_progress = [&](const Progress& progress) {
      return go_on = options.on_progress(progress) && go_on;
    };
  const SystemSample sample = [&](std::size_t system, std::uint64_t first, std::uint64_t last) {
    const Model& model = models[system];
    each.first = first;
    each.last = last;
    const Results results = run(model, each);
    if (!results.failures.empty())
      throw std::runtime_error(result.names[system] + ": replication " +
                               std::to_string(results.failures.front().replication) +
                               " failed: " + results.failures.front().message);
    if (!go_on) throw Stopped();
    const double offset = static_cast<double>((model.start - models[0].start).count());
    std::vector<double> days;
    for (std::size_t row = 0; row < results.rows(); ++row)
      days.push_back(
          days_or_horizon(model,
                          results.reached[row * model.milestones.size() + rows[system].index()]) +
          offset);
    return days;
  };
  result.selection = select_least(models.size(), sample, selection);
  return result;
}

}  // namespace racked
