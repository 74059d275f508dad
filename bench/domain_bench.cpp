// How fast whole replications go: events and replications a second on one thread, in the memory of
// the replication before, as an experiment runs them.
#include <racked/experiment.h>
#include <racked/files.h>
#include <racked/model.h>
#include <racked/results.h>
#include <racked/simulation.h>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <random>
#include <set>
#include <string>
#include <vector>

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

/// A project of 120 activities with 1.8 successors each and four crews, as hard as those of
/// published sets (network complexity and resource factor of PSPLIB's j120), with durations fixed
/// or drawn.
std::string project_of_120(bool uncertain, const char* scheme) {
  std::mt19937 bits(120);
  const auto below = [&](std::uint32_t n) { return static_cast<std::uint32_t>(bits()) % n; };
  std::string text =
      "name: 'j120' start: '2025-01-06' horizon: '2030-01-01' dispatch: "
      "EARLIEST_LATE_FINISH scheme: ";
  text += scheme;
  for (int i = 0; i < 4; ++i) text += " crew { id: 'r" + std::to_string(i) + "' headcount: 25 } ";
  text += " campus { id: 'c' ";
  for (std::uint32_t i = 0; i < 120; ++i) {
    const std::string days = std::to_string(1 + below(10));
    text += "task { id: 'j" + std::to_string(i) + "' elapsed_days { ";
    text += uncertain ? "triangular { min: 0.5 mode: " + days + " max: 14 } } "
                      : "fixed: " + days + " } ";
    std::set<std::uint32_t> before;
    for (std::uint32_t n = i == 0 ? 0 : 1 + (below(10) < 8); n > 0; --n)
      before.insert(i - 1 - below(std::min(i, 12u)));
    for (const std::uint32_t from : before)
      text += "after { task: 'j" + std::to_string(from) + "' } ";
    for (std::uint32_t crew = 0; crew < 4; ++crew)
      if (below(4) < 2)
        text += "need { crew: 'r" + std::to_string(crew) +
                "' count: " + std::to_string(1 + below(10)) + " } ";
    text += "} ";
  }
  return text + "}";
}

/// Started tasks a second of a resource-constrained project, replication after replication.
void project(benchmark::State& state, bool uncertain, const char* scheme) {
  const Model model = racked::make_model(racked::parse_scenario(project_of_120(uncertain, scheme)));
  Simulation simulation(model, 7, 0);
  std::uint64_t started = 0, done = 0;
  for (auto _ : state) {
    simulation.restart(7, done++ % 1000);
    simulation.run();
    started += simulation.timeline().task_runs.size();
  }
  if (started != 120 * done) state.SkipWithError("not all tasks were started");
  state.counters["tasks"] =
      benchmark::Counter(static_cast<double>(started), benchmark::Counter::kIsRate);
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

/// Two threads against one on the same replications, in turns; a cycle is both.
void two_threads(benchmark::State& state, const std::string& scenario) {
  using Clock = std::chrono::steady_clock;
  const Model model = model_of(scenario);
  racked::ExperimentOptions options;
  options.seed = 7;
  options.last = 40;
  std::array<std::vector<double>, 2> seconds;
  for (auto _ : state)
    for (const unsigned threads : {1u, 2u}) {
      options.threads = threads;
      const auto begin = Clock::now();
      benchmark::DoNotOptimize(racked::run(model, options));
      seconds[threads - 1].push_back(std::chrono::duration<double>(Clock::now() - begin).count());
    }
  const auto median = [](std::vector<double>& values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
  };
  state.counters["speedup"] = median(seconds[0]) / median(seconds[1]);
}

/// All files of 100 replications, from results in memory; waiting for the disk is not counted.
void write(benchmark::State& state, const std::string& scenario) {
  const Model model = model_of(scenario);
  racked::ExperimentOptions options;
  options.seed = 7;
  options.last = 100;
  const racked::Results results = racked::run(model, options);
  const auto place = std::filesystem::temp_directory_path() /
                     ("racked_bench_" + std::to_string(std::random_device()()));
  for (auto _ : state) racked::write_results(results, place);
  std::filesystem::remove_all(place);
  state.counters["replications"] = benchmark::Counter(
      static_cast<double>(results.rows()) * static_cast<double>(state.iterations()),
      benchmark::Counter::kIsRate);
}

/// From the text of a scenario to its model.
void read_and_check(benchmark::State& state, const std::string& scenario) {
  for (auto _ : state) benchmark::DoNotOptimize(model_of(scenario));
}

BENCHMARK_CAPTURE(project, fixed_parallel, false, "PARALLEL")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(project, fixed_serial, false, "SERIAL")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(project, drawn_parallel, true, "PARALLEL")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(project, drawn_serial, true, "SERIAL")->Unit(benchmark::kMicrosecond);

// Those scenarios that there are.
void add_scenarios() {
  for (const char* name : {"two_halls", "rainier", "world"}) {
    const std::string file = std::string(name) + ".textproto";
    if (!std::filesystem::exists(std::string(RACKED_SOURCE_DIR) + "/docs/scenarios/" + file))
      continue;
    const auto add = [&](const char* what, auto function) {
      return benchmark::RegisterBenchmark((std::string(what) + "/" + name).c_str(), function, file)
          ->Unit(benchmark::kMillisecond);
    };
    add("replication", replication);
    add("experiment", experiment);
    add("write", write)->MinTime(0.1);
    add("read_and_check", read_and_check);
    add("two_threads", two_threads)->UseRealTime()->MinTime(2);
  }
}

}  // namespace

int main(int argc, char** argv) {
  add_scenarios();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
