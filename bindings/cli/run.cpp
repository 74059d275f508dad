#include "commands.h"
#include "progress.h"
#include "tables.h"
#include "terminal.h"

#include <racked/experiment.h>
#include <racked/model.h>
#include <racked/results.h>

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <optional>
#include <system_error>

namespace racked::cli {
namespace {

/// Set by the signal alone; a handler can reach nothing but a global.
std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free);

// The second Ctrl-C ends the process.
extern "C" void on_interrupt(int) {
  interrupted = true;
  std::signal(SIGINT, SIG_DFL);
}

/// Catches Ctrl-C for as long as it lives.
class InterruptGuard {
 public:
  InterruptGuard() { before_ = std::signal(SIGINT, on_interrupt); }
  ~InterruptGuard() { std::signal(SIGINT, before_); }
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

 private:
  void (*before_)(int);
};

Results run_with_progress(const Model& model, const std::optional<Model>& trunk,
                          const RunOptions& options, Progress& last) {
  const InterruptGuard guard;
  ProgressLine line(options.progress);
  ExperimentOptions experiment;
  experiment.seed = options.seed;
  experiment.first = options.first;
  experiment.last = options.last;
  experiment.threads = options.threads;
  experiment.audit = options.audit;
  if (trunk) {
    experiment.trunk = &*trunk;
    experiment.branch_at = parse_date(options.branch_at);
  }
  experiment.on_progress = [&](const Progress& progress) {
    last = progress;
    line.show(progress);
    return !interrupted;
  };
  Results results = run(model, experiment);
  line.clear();
  return results;
}

void say_failures(const Results& results) {
  constexpr std::size_t kMost = 10;
  const std::size_t count = results.failures.size();
  for (std::size_t i = 0; i < std::min(count, kMost); ++i)
    say(fmt::format("replication {} failed: {}\n", results.failures[i].replication,
                    results.failures[i].message));
  if (count > kMost) say(fmt::format("and {} more failed\n", grouped(count - kMost)));
}

void say_how_to_go_on(const RunOptions& options, std::uint64_t done) {
  say(fmt::format("Stopped after {} of {} replications", grouped(done),
                  grouped(options.last - options.first)));
  say(options.out && done > 0 ? fmt::format("; they are in {}.\n", options.out->string()) : ".\n");
  say(fmt::format("The others: --replications {}:{} --seed {}", options.first + done, options.last,
                  options.seed));
  say(options.out && done > 0 ? " with another --out, then `racked merge` of both.\n" : "\n");
}

// False when the disk refuses; what was computed is printed even so.
bool keep(const Results& results, const RunOptions& options) {
  const bool empty = results.rows() == 0 && results.failures.empty();
  if (!options.out || empty) return true;
  try {
    write_results(results, *options.out);
  } catch (const std::system_error& error) {
    say(fmt::format("racked: {}\n", error.what()));
    return false;
  }
  return true;
}

}  // namespace

int run_scenario(const RunOptions& options) {
  const ScenarioFile file =
      read_scenario(options.input.scenario, options.input.overlays, options.input.edits);
  Model model;
  std::optional<Model> trunk;
  try {
    model = make_model(file);
    if (!options.branch_at.empty()) trunk = make_model(read_scenario(options.input.scenario));
  } catch (const ScenarioError& error) {
    say_problems(error.problems());
    return kBadScenario;
  }
  if (options.print_scenario) {
    print(print_scenario(file.scenario));
    return kGood;
  }

  // What can't be written is better known before.
  if (options.out) {
    check_directory(make_results(model, options.seed), *options.out);
    std::filesystem::create_directories(*options.out);
  }
  Progress progress;
  const Results results = run_with_progress(model, trunk, options, progress);
  const bool stopped = progress.done < progress.total;
  const bool written = keep(results, options);
  print(options.format == Format::json ? summary_json(results) : results_table(results));
  if (options.progress == ProgressStyle::automatic || options.progress == ProgressStyle::bar)
    say(rates(progress) + "\n");
  say_failures(results);
  if (stopped) say_how_to_go_on(options, progress.done);
  if (!written) return kInputOutput;
  if (stopped) return kInterrupted;
  return results.failures.empty() ? kGood : kOurs;
}

}  // namespace racked::cli
