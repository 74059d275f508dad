// A dispatch rule of one's own: the task whose building has the fewest tasks left goes first, so
// that buildings are finished one after the other instead of all at once. Compared with the
// scenario's rule under the same luck.
#include <racked/experiment.h>
#include <racked/files.h>

#include <iostream>
#include <string>

namespace {

using namespace racked;

double tasks_left_in_building(const Model& model, const Timeline& timeline,
                              const Policies::Waiting& waiting) {
  const Id<Building> building = model.tasks[waiting.task].building;
  if (!building.valid()) return 0;  // works of the campus open the way for all
  double left = 0;
  for (const Task& task : model.tasks) left += task.building == building;
  for (const TaskRun& run : timeline.task_runs)
    left -= run.finish != des::kNever && model.tasks[run.task].building == building;
  return left;
}

std::string median(const Results& results, std::size_t milestone) {
  const des::Time at = quantile(results, milestone, 0.5);
  return at == des::kNever ? "never" : iso_date(date_of(at, results.start));
}

}  // namespace

int main(int argc, char** argv) {
  const Model model = make_model(read_scenario(argc > 1 ? argv[1] : "two_halls.textproto"));
  ExperimentOptions options;
  options.last = 100;
  const Results by_scenario = run(model, options);

  Policies policies;
  policies.name = "fewest tasks left in the building";
  policies.dispatch = tasks_left_in_building;
  options.policies = &policies;
  const Results by_policy = run(model, options);
  for (std::size_t i = 0; i < by_scenario.milestones.size(); ++i)
    std::cout << by_scenario.milestones[i].title << ": " << median(by_scenario, i)
              << " by the scenario's rule, " << median(by_policy, i) << " by one's own\n";
}
