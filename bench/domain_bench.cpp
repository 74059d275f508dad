// How fast whole replications go: events and replications a second on one thread, in the memory of
// the replication before, as an experiment runs them.
#include <racked/experiment.h>
#include <racked/files.h>
#include <racked/model.h>
#include <racked/simulation.h>

#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>

namespace {

using racked::Model;
using racked::Simulation;

Model model_of(const std::string& scenario) {
  return racked::make_model(
      racked::read_scenario(std::string(RACKED_SOURCE_DIR) + "/docs/scenarios/" + scenario));
}

void count(benchmark::State& state, std::uint64_t events, std::uint64_t replications) {
  state.counters["events"] =
      benchmark::Counter(static_cast<double>(events), benchmark::Counter::kIsRate);
  state.counters["replications"] =
      benchmark::Counter(static_cast<double>(replications), benchmark::Counter::kIsRate);
}

/// One replication after the other. What differs between replications is part of what is measured,
/// so the same hundred are run round and round.
void replication(benchmark::State& state, const std::string& scenario) {
  const Model model = model_of(scenario);
  Simulation simulation(model, 7, 0);
  simulation.run();
  std::uint64_t events = 0, done = 0;
  for (auto _ : state) {
    simulation.restart(7, done++ % 100);
    simulation.run();
    events += simulation.timeline().events;
  }
  if (events == 0) state.SkipWithError("nothing was simulated");
  count(state, events, done);
}

/// The same with everything an experiment adds: chains, sums, rows.
void experiment(benchmark::State& state, const std::string& scenario) {
  const Model model = model_of(scenario);
  racked::ExperimentOptions options;
  options.seed = 7;
  options.threads = 1;
  options.last = 20;
  std::uint64_t events = 0, done = 0;
  for (auto _ : state) {
    const racked::Results results = racked::run(model, options);
    for (const std::uint64_t handled : results.events) events += handled;
    done += results.rows();
  }
  if (done != static_cast<std::uint64_t>(state.iterations()) * options.last)
    state.SkipWithError("replications failed");
  count(state, events, done);
}

/// From the text of a scenario to its model.
void read_and_check(benchmark::State& state, const std::string& scenario) {
  for (auto _ : state) benchmark::DoNotOptimize(model_of(scenario));
}

BENCHMARK_CAPTURE(replication, two_halls, "two_halls.textproto")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(replication, rainier, "rainier.textproto")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(experiment, two_halls, "two_halls.textproto")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(experiment, rainier, "rainier.textproto")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(read_and_check, two_halls, "two_halls.textproto")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(read_and_check, rainier, "rainier.textproto")->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();
