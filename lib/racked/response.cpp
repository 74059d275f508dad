#include <racked/response.h>

#include <racked/des/time.h>
#include <racked/problem.h>

#include <algorithm>

namespace racked {
namespace {

std::vector<double> answers_of(const Model& model, Id<Milestone> milestone,
                               const std::vector<UncertainInput>& inputs, InputLuck how,
                               const ExperimentOptions& options, const std::vector<Look>& looks) {
  const LuckPlan plan{"looks", [&](std::uint64_t replication, Luck& luck) {
                        const Look& look = looks[static_cast<std::size_t>(replication)];
                        luck.replication = look.rest;
                        for (std::size_t i = 0; i < inputs.size(); ++i) {
                          if (look.inputs[i] == kFree) continue;
                          if (how == InputLuck::pin)
                            pin(inputs[i], look.inputs[i], luck);
                          else
                            redraw(inputs[i], look.inputs[i], luck);
                        }
                      }};
  std::vector<double> answers(looks.size());
  bool go_on = true;
  ExperimentOptions each;
  each.seed = options.seed;
  each.threads = options.threads;
  each.policies = options.policies;
  each.luck = &plan;
  each.causes = false;
  if (options.on_progress)
    each.on_progress = [&](const Progress& progress) {
      return go_on = options.on_progress(progress) && go_on;
    };
  // In portions, so that the rows of one do not outgrow memory.
  constexpr std::size_t kPortion = 1 << 16;
  for (std::size_t from = 0; from < looks.size(); from += kPortion) {
    each.first = from;
    each.last = std::min(looks.size(), from + kPortion);
    const Results results = run(model, each);
    if (!results.failures.empty())
      throw std::runtime_error("a replication failed: " + results.failures.front().message);
    if (!go_on) throw Stopped();
    for (std::size_t row = 0; row < results.rows(); ++row) {
      const des::Time at = results.reached[row * model.milestones.size() + milestone.index()];
      answers[from + row] = days_or_horizon(model, at);
    }
  }
  return answers;
}

}  // namespace

double days_or_horizon(const Model& model, des::Time reached) {
  return static_cast<double>(std::min(reached, model.horizon).time_since_epoch().count()) /
         86'400e9;
}

Id<Milestone> find_milestone(const Model& model, std::string_view name) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < model.milestones.size(); ++i) {
    names.push_back(model.milestones[Id<Milestone>(i)].name);
    if (names.back() == name) return Id<Milestone>(i);
  }
  const std::string near = nearest_name(name, names);
  throw std::invalid_argument("there is no milestone '" + std::string(name) + "'" +
                              (near.empty() ? "" : "; did you mean '" + near + "'?"));
}

Response milestone_response(const Model& model, const std::string& milestone,
                            const std::vector<UncertainInput>& inputs, InputLuck luck,
                            const ExperimentOptions& options) {
  const Id<Milestone> id = find_milestone(model, milestone);
  return [&model, id, &inputs, luck, &options](const std::vector<Look>& looks) {
    return answers_of(model, id, inputs, luck, options, looks);
  };
}

}  // namespace racked
