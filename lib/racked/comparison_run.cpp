#include <racked/comparison.h>

#include "variant_problems.h"

#include <racked/model.h>

#include <set>
#include <utility>

namespace racked {
namespace {

// Problems that only show once a model is made are told with the variant's name, too.
std::vector<Problem> problems_of(const ScenarioFile& file, const Variant& variant) {
  try {
    make_model(file);
    return {};
  } catch (const ScenarioError& error) {
    std::vector<Problem> problems = error.problems();
    const std::string suffix = " (variant '" + variant.name + "')";
    for (Problem& problem : problems)
      if (!problem.message.ends_with(suffix)) problem.message += suffix;
    return problems;
  }
}

std::vector<std::string> changes_of(const Variant& variant) {
  std::vector<std::string> changes;
  for (const auto& overlay : variant.overlays) changes.push_back("overlay " + overlay.string());
  for (const Edit& edit : variant.edits) changes.push_back(edit.path + "=" + edit.value);
  return changes;
}

}  // namespace

void check_variants(const ScenarioFile& baseline, const std::vector<Variant>& variants) {
  std::vector<Problem> problems;
  std::set<std::string> told;
  for (const Variant& variant : variants)
    for (Problem& problem : problems_of(apply_variant(baseline, variant), variant)) {
      const std::string where = to_string({problem.place, problem.path, ""});
      if (told.insert(where).second) problems.push_back(std::move(problem));
    }
  if (!problems.empty()) throw ScenarioError(std::move(problems));
}

Comparison run_comparison(const ScenarioFile& baseline, const std::vector<Variant>& variants,
                          const ExperimentOptions& options) {
  const Model model = make_model(baseline);
  check_variants(baseline, variants);

  // Progress of all runs as that of one.
  ExperimentOptions each = options;
  Progress before;
  before.total = (options.last - options.first) * (variants.size() + 1);
  Progress last = before;
  std::string running;
  bool go_on = true;
  if (options.on_progress)
    each.on_progress = [&](const Progress& one) {
      last = before;
      last.done += one.done;
      last.failed += one.failed;
      last.events += one.events;
      last.elapsed += one.elapsed;
      last.variant = running;
      last.milestones = one.milestones;
      return go_on = options.on_progress(last) && go_on;
    };
  std::vector<VariantTimes> times;
  const auto add = [&](const Model& its, const Variant& variant) {
    running = variant.name;
    const Results results = run(its, each);
    before = last;
    if (!go_on && before.done < before.total) return;
    times.push_back(times_of(variant.name, results));
    times.back().title = variant.title;
    times.back().edits = changes_of(variant);
  };
  add(model, {std::string(kBaseline), {}, {}, {}});
  for (std::size_t i = 0; i < variants.size() && go_on; ++i)
    add(make_model(apply_variant(baseline, variants[i])), variants[i]);

  Comparison comparison;
  if (!times.empty()) comparison = compare(std::move(times));
  comparison.scenario = model.name;
  comparison.title = model.title;
  return comparison;
}

}  // namespace racked
