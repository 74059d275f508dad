#pragma once

#include <racked/luck.h>
#include <racked/model.h>
#include <racked/policies.h>
#include <racked/results.h>
#include <racked/run_directory.h>
#include <racked/timeline.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace racked {

/// What is known of a milestone while an experiment runs.
struct MilestoneEstimate {
  std::string name;                ///< Of the milestone.
  std::uint64_t replications = 0;  ///< It is known of.
  double reached = 0;              ///< Share of them.
  std::optional<Date> p50;         ///< Of them; none: not by the horizon.
  /// Half the width of an interval that holds the P50 of all replications with about 95 %, by two
  /// of the times in order (Conover, Practical Nonparametric Statistics, 3.2); none while there are
  /// too few, while one of the two is never, and under a LuckPlan.
  std::optional<double> half_width_days;
};

/// How far an experiment has come.
struct Progress {
  std::uint64_t done = 0;                   ///< Replications, failed ones included.
  std::uint64_t total = 0;                  ///< Replications asked for.
  std::uint64_t failed = 0;                 ///< Of `done`: came to no end.
  std::uint64_t events = 0;                 ///< Handled in all that are done.
  std::uint64_t found = 0;                  ///< Of `done`: known before (ExperimentOptions::done).
  std::uint64_t found_events = 0;           ///< Of `events`: in those.
  std::chrono::duration<double> elapsed{};  ///< Since run() was called; of the wall clock.
  /// In the order of the scenario; those of what is done, or a little less while there is much.
  std::vector<MilestoneEstimate> milestones;
  std::string variant;  ///< Of a comparison: which of them `milestones` are of; otherwise empty.
};

/// Which replications of a model to run, and how.
struct ExperimentOptions {
  std::uint64_t seed = 0;   ///< Of all replications.
  std::uint64_t first = 0;  ///< Replications [first, last).
  std::uint64_t last = 1;   ///< One past the last.
  unsigned threads = 0;     ///< 0: one for each processor.
  bool audit = false;       ///< Judge every timeline; a finding fails its replication.

  const Policies* policies = nullptr;  ///< Decisions of one's own, for all replications.

  /// Not null: every replication meets the luck that this deals it (racked/luck.h), which need not
  /// be independent of that of others: intervals of the results' summaries then mean nothing.
  const LuckPlan* luck = nullptr;

  /// False: who held up a milestone, and who still waits, is not looked up; the results' causes and
  /// waits stay empty. For runs that ask only when.
  bool causes = true;

  /// Not null: every replication runs by this model until 00:00 of `branch_at` and then goes on by
  /// the model of the experiment (Simulation::continue_by). The results' hash is of both. Not with
  /// audit, which judges by one plan.
  const Model* trunk = nullptr;
  Date branch_at;  ///< Used when `trunk` is not null.

  /// Once a stop is asked for, replications under way are finished and no others begun.
  std::stop_token stop;

  /// Looks at every finished timeline; what it throws fails that replication. Called by several
  /// threads at once, in no particular order; the timeline is gone when it returns.
  std::function<void(const Timeline&)> examine;

  /// Samples that may need more memory are counted in a sketch. The same in all parts of a whole.
  std::uint64_t most_sample_bytes = kMostSampleBytes;

  /// What is known of these replications already, from an earlier run of the same model and
  /// options; it becomes part of the result, and only the others are run. Null: nothing.
  const Results* done = nullptr;

  /// Handed what has finished since it was called before: the results of these replications alone.
  /// A thread calls it after a replication when its last call is a tenth of a second or 256
  /// replications ago, and at its end; one thread at a time. All that finished reaches it before
  /// run() is left. What it throws stops the experiment and leaves run().
  std::function<void(const Results&)> keep;

  /// Told of the progress at most ten times a second, by one thread at a time, and once at the end.
  /// Returning false stops the experiment: replications under way are finished, no others begun.
  /// What it throws stops the experiment too and leaves run().
  std::function<bool(const Progress&)> on_progress;
};

/// Runs the replications and gathers what they say. The result depends on the model, the seed and
/// the replications alone: not on the threads, nor on what else was run with them. Replications are
/// begun in ascending order, so that a stopped experiment holds the first of them without gaps. A
/// replication that throws (or is found wrong by the audit) is left out, recorded among the
/// failures with its message, and disturbs no other. Errors: std::invalid_argument for an empty
/// range, for a branch that does not fit its trunk and for its audit, and when `done` is not of
/// this range or answers to something else; std::length_error, before anything is allocated, when
/// the rows would take more than kMostResultBytes, samples not counted.
Results run(const Model& model, const ExperimentOptions& options);

/// The same, going on from what the directory holds and keeping there what finishes; `done` and
/// `keep` are those of the directory. When it throws, what finished is in the directory.
Results run(const Model& model, const ExperimentOptions& options, RunDirectory& directory);

/// Results of no replication, with the hash that run() gives: of the model, the policies' name, and
/// the trunk and date of a branch.
Results make_results(const Model& model, const ExperimentOptions& options);

}  // namespace racked
