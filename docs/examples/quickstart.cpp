// Reads a scenario, simulates it once, judges that, simulates it a hundred times and prints the
// median date of each milestone.
#include <racked/audit.h>
#include <racked/experiment.h>
#include <racked/files.h>
#include <racked/simulation.h>

#include <iostream>

int main(int argc, char** argv) {
  using namespace racked;
  const Model model = make_model(read_scenario(argc > 1 ? argv[1] : "two_halls.textproto"));
  const Timeline timeline = simulate(model, /*seed=*/7, /*replication=*/0);
  std::cout << timeline.events << " events, " << audit(model, timeline).size() << " findings\n";

  ExperimentOptions options;
  options.seed = 7;
  options.last = 100;
  const Results results = run(model, options);
  for (std::size_t i = 0; i < results.milestones.size(); ++i) {
    const des::Time median = quantile(results, i, 0.5);
    std::cout << results.milestones[i].title << ": "
              << (median == des::kNever ? "never" : iso_date(date_of(median, results.start)))
              << "\n";
  }
}
