#include "commands.h"
#include "interrupt.h"
#include "progress.h"
#include "tables.h"
#include "terminal.h"
#include "until.h"

#include <racked/experiment.h>
#include <racked/model.h>
#include <racked/report.h>
#include <racked/results.h>
#include <racked/run_directory.h>
#include <racked/variance_reduction.h>

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

namespace racked::cli {
namespace {

ExperimentOptions experiment_of(const RunOptions& options, const std::optional<Model>& trunk) {
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
  return experiment;
}

// Prose beside the progress is for people.
bool talks(const RunOptions& options) {
  return options.progress == ProgressStyle::automatic || options.progress == ProgressStyle::bar;
}

// For a shell: in quotes unless it is a plain word.
std::string quoted(const std::string& text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=:,+%@";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string::npos) return text;
  std::string shown = "'";
  for (const char c : text) shown += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return shown + "'";
}

// The command that runs these replications as this one does, without --out.
std::string command_line(const RunOptions& options, std::uint64_t first, std::uint64_t last) {
  std::string line = "racked run " + quoted(options.input.scenario.string());
  for (const auto& overlay : options.input.overlays)
    line += " --overlay " + quoted(overlay.string());
  for (const Edit& edit : options.input.edits)
    line += " --set " + quoted(edit.path + "=" + edit.value);
  if (!options.branch_at.empty()) line += " --branch-at " + options.branch_at;
  line += fmt::format(" --replications {}:{} --seed {}", first, last, options.seed);
  if (options.luck == LuckKind::antithetic) line += " --luck antithetic";
  if (options.luck == LuckKind::quasi) line += " --luck quasi";
  if (options.audit) line += " --audit";
  return line;
}

PreciseResults run_with_progress(const Model& model, ExperimentOptions experiment,
                                 const RunOptions& options, RunDirectory* directory,
                                 Progress& last) {
  const InterruptGuard guard;
  ProgressLine line(options.progress);
  experiment.on_progress = [&](const Progress& progress) {
    last = progress;
    line.show(progress);
    return !interrupted();
  };
  PreciseResults precise;
  if (!options.until.empty())
    precise = run_until(model, experiment, options.until, directory);
  else
    precise.results = directory != nullptr ? racked::run(model, experiment, *directory)
                                           : racked::run(model, experiment);
  line.clear();
  return precise;
}

void say_what_was_found(const RunDirectory& directory, const RunOptions& options) {
  for (const std::string& remark : directory.remarks()) say(remark + "\n");
  const Results& done = directory.done();
  const std::uint64_t found = done.rows() + done.failures.size();
  if (found == 0 || !talks(options)) return;
  const std::uint64_t rest = options.last - options.first - found;
  say(fmt::format("{} holds {} already; {}.\n", options.out->string(),
                  counted(found, "replication"),
                  rest == 0 ? "none is left to run" : grouped(rest) + " are left to run"));
}

void say_failures(const Results& results, const RunOptions& options) {
  constexpr std::size_t kMost = 10;
  const std::size_t count = results.failures.size();
  for (std::size_t i = 0; i < std::min(count, kMost); ++i) {
    const Results::Failure& failure = results.failures[i];
    say(fmt::format("replication {} failed: {}\n  to see it again: {}\n", failure.replication,
                    failure.message,
                    command_line(options, failure.replication, failure.replication + 1)));
  }
  if (count > kMost) say(fmt::format("and {} more failed\n", grouped(count - kMost)));
}

void say_how_to_go_on(const Results& results, const RunOptions& options) {
  const std::uint64_t done = results.rows() + results.failures.size();
  const bool kept = options.out && done > 0;
  say(fmt::format("Stopped after {} of {} replications", grouped(done),
                  grouped(options.last - options.first)));
  say(kept ? fmt::format("; they are in {}.\nThe same command goes on from there. ",
                         options.out->string())
           : ".\n");
  // Without gaps, as long as nothing was damaged.
  const std::string next = std::to_string(options.first + done);
  say(fmt::format("The others{}: --replications {}:{} --seed {}", kept ? " elsewhere" : "", next,
                  options.last, options.seed));
  say(kept ? " with another --out, then `racked merge` of both.\n" : "\n");
}

// False when the disk refuses; what was computed is printed even so.
bool finish(const Results& results, const RunOptions& options, RunDirectory& directory) {
  if (results.rows() == 0 && results.failures.empty()) return true;
  try {
    directory.finish(results);
    write_report(results, *options.out, read_explanations(*options.out));
  } catch (const std::system_error& error) {
    say(fmt::format("racked: {}\nWhat is finished is kept in {}; the same command goes on.\n",
                    error.what(), options.out->string()));
    return false;
  }
  return true;
}

}  // namespace

int run_scenario(const RunOptions& asked) {
  RunOptions options = asked;
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

  if (!options.until.empty() && options.luck != LuckKind::independent)
    throw std::invalid_argument("--until takes replications for independent; leave out --luck");
  std::optional<ReducedVariance> luck;
  if (options.luck == LuckKind::antithetic) luck = antithetic();
  if (options.luck == LuckKind::quasi) luck = quasi_random(model, options.seed);

  // What can't be written is better known before.
  ExperimentOptions experiment = experiment_of(options, trunk);
  if (luck) experiment.luck = &luck->plan;
  if (!options.until.empty() && !options.most_given) {
    const std::uint64_t fit =
        kMostResultBytes / bytes_per_replication(make_results(model, experiment));
    experiment.last = options.last = std::min(options.last, std::max<std::uint64_t>(fit, 1));
  }
  std::optional<RunDirectory> directory;
  if (options.out) {
    directory.emplace(*options.out, make_results(model, experiment),
                      Asked{options.first, options.last, options.audit});
    say_what_was_found(*directory, options);
  }
  Progress progress;
  PreciseResults precise;
  try {
    precise =
        run_with_progress(model, experiment, options, directory ? &*directory : nullptr, progress);
  } catch (const std::system_error& error) {
    say(fmt::format("racked: {}\nWhat is finished is kept in {}; the same command goes on.\n",
                    error.what(), options.out->string()));
    return kInputOutput;
  }
  const Results& results = precise.results;
  const bool stopped = progress.done < progress.total;
  const bool written = !directory || finish(results, options, *directory);
  if (options.format == Format::json)
    print(options.until.empty() ? summary_json(results) : until_json(precise, options.until));
  else
    print(results_table(results) + until_table(precise, options.until) +
          (luck ? blocks_table(results, luck->block) : ""));
  if (talks(options) && progress.done > progress.found) say(rates(progress) + "\n");
  say_failures(results, options);
  if (stopped) say_how_to_go_on(results, options);
  if (!written) return kInputOutput;
  if (stopped) return kInterrupted;
  if (!results.failures.empty()) return kOurs;
  return options.until.empty() || precise.sequence.met ? kGood : kNotReached;
}

}  // namespace racked::cli
