#include <racked/experiment.h>

#include "estimates.h"
#include "gathered.h"
#include "results_merge.h"

#include <racked/audit.h>
#include <racked/des/random_stream.h>
#include <racked/simulation.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <numeric>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace racked {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kBetweenReports = std::chrono::milliseconds(100);

/// Replications [first, last), the `before` first of which are counted elsewhere.
struct Range {
  std::uint64_t first;
  std::uint64_t last;
  std::uint64_t before;
};

/// What is left of [first, last) besides what is done.
std::vector<Range> ranges_to_run(std::uint64_t first, std::uint64_t last, const Results* done) {
  std::vector<Range> ranges;
  std::uint64_t count = 0;
  const auto add = [&](std::uint64_t begin, std::uint64_t end) {
    if (begin >= end) return;
    ranges.push_back({begin, end, count});
    count += end - begin;
  };
  if (done != nullptr) {
    std::set<std::uint64_t> held(done->replications.begin(), done->replications.end());
    for (const Results::Failure& failure : done->failures) held.insert(failure.replication);
    if (!held.empty() && (*held.begin() < first || *held.rbegin() >= last))
      throw std::invalid_argument("what is done is not among the replications asked for");
    for (const std::uint64_t replication : held) {
      add(first, replication);
      first = replication + 1;
    }
  }
  add(first, last);
  return ranges;
}

/// The run of one experiment: hands out replications and gathers what they say.
class Batch {
 public:
  Batch(const Model& model, const ExperimentOptions& options)
      : model_(model), options_(options), frame_(make_results(model, options)) {
    if (options.first >= options.last)
      throw std::invalid_argument("an experiment needs at least one replication");
    const std::uint64_t fit = kMostResultBytes / bytes_per_replication(frame_);
    total_ = options.last - options.first;
    if (total_ > fit)
      throw std::length_error(std::to_string(total_) +
                              " replications of this scenario are too many " +
                              "for one result; at most " + std::to_string(fit) + " fit");
    if (options.done != nullptr)
      if (const std::string what = difference(*options.done, frame_); !what.empty())
        throw std::invalid_argument("what is done differs in " + what);
    ranges_ = ranges_to_run(options.first, options.last, options.done);
    if (!ranges_.empty())
      count_ = ranges_.back().before + ranges_.back().last - ranges_.back().first;
    found_ = total_ - count_;
    if (found_ == 0) return;
    failed_ = options.done->failures.size();
    found_events_ =
        std::accumulate(options.done->events.begin(), options.done->events.end(), std::uint64_t{0});
  }

  Results run() {
    unsigned threads = options_.threads;
    if (threads == 0) threads = std::max(1u, std::thread::hardware_concurrency());
    work_on_all(static_cast<unsigned>(std::min<std::uint64_t>(threads, count_)));
    if (stopped_by_) std::rethrow_exception(stopped_by_);
    Results whole = joined();
    if (options_.on_progress) options_.on_progress(progress(/*last=*/true));
    return whole;
  }

 private:
  Results joined() {
    if (options_.done == nullptr && gathered_.size() == 1) return merged(std::move(gathered_[0]));
    std::vector<const Results*> parts{options_.done != nullptr ? options_.done : &frame_};
    for (const Results& part : gathered_) parts.push_back(&part);
    return merged(parts, options_.most_sample_bytes);
  }

  // This thread works, too; if the system gives no more threads, those there are do it all.
  void work_on_all(unsigned threads) {
    if (threads == 0) return;
    std::vector<std::thread> others;
    others.reserve(threads - 1);
    try {
      while (others.size() + 1 < threads) others.emplace_back([this] { work(); });
    } catch (const std::system_error&) {
    }
    work();
    for (std::thread& other : others) other.join();
  }

  void work() {
    const bool sketched = needs_sketch(frame_, total_, options_.most_sample_bytes);
    Gathered gathered(model_, frame_, sketched, options_.causes);
    Clock::time_point kept = Clock::now();
    std::optional<Simulation> simulation;
    while (!stop_.load(std::memory_order_relaxed) && !options_.stop.stop_requested()) {
      const std::uint64_t slot = next_.fetch_add(1, std::memory_order_relaxed);
      if (slot >= count_) break;
      replicate(replication_of(slot), simulation, gathered);
      const bool full = gathered.fresh_rows() >= Samples::kBlockRows;
      if (options_.keep && (full || Clock::now() - kept >= kBetweenReports)) {
        keep(gathered);
        kept = Clock::now();
      } else if (full && sketched) {
        gathered.fresh();
      }
      report();
    }
    keep(gathered);
    const std::lock_guard lock(gathered_mutex_);
    gathered_.push_back(gathered.take());
  }

  std::uint64_t replication_of(std::uint64_t slot) const {
    const auto after = std::upper_bound(
        ranges_.begin(), ranges_.end(), slot,
        [](std::uint64_t number, const Range& range) { return number < range.before; });
    const Range& range = *std::prev(after);
    return range.first + (slot - range.before);
  }

  void replicate(std::uint64_t replication, std::optional<Simulation>& simulation,
                 Gathered& gathered) {
    try {
      if (simulation)
        simulation->restart(options_.seed, replication);
      else
        simulation.emplace(options_.trunk != nullptr ? *options_.trunk : model_, options_.seed,
                           replication, policies_);
      if (options_.luck != nullptr) {
        Luck luck{replication, false, {}};
        options_.luck->deal(replication, luck);
        simulation->restart(options_.seed, replication, luck);
      }
      if (options_.trunk != nullptr) {
        simulation->run_until(time_of(options_.branch_at, model_.start));
        simulation->continue_by(model_);
      }
      simulation->run();
      const Timeline& timeline = simulation->timeline();
      judge(timeline);
      gathered.add(timeline);
      if (options_.on_progress) estimates_.add(timeline.milestones);
      events_ += timeline.events;
    } catch (const std::exception& error) {
      fail(replication, error.what(), simulation, gathered);
    } catch (...) {
      fail(replication, "an unknown exception", simulation, gathered);
    }
    ++done_;
  }

  void judge(const Timeline& timeline) const {
    if (options_.audit) {
      const std::vector<Finding> findings = audit(model_, timeline);
      if (!findings.empty()) {
        std::string message = "audit: " + findings[0].rule + ": " + findings[0].message;
        if (findings.size() > 1)
          message += " (and " + std::to_string(findings.size() - 1) + " more)";
        throw std::runtime_error(message);
      }
    }
    if (options_.examine) options_.examine(timeline);
  }

  // Nothing of a failed replication may reach the next.
  void fail(std::uint64_t replication, std::string message, std::optional<Simulation>& simulation,
            Gathered& gathered) {
    gathered.fail(replication, std::move(message));
    simulation.reset();
    ++failed_;
  }

  void keep(Gathered& gathered) {
    if (!options_.keep || gathered.fresh_rows() == 0) return;
    const std::lock_guard lock(keep_mutex_);
    try {
      options_.keep(gathered.fresh());
    } catch (...) {
      stop_by_exception();
    }
  }

  Progress progress(bool last) {
    std::vector<MilestoneEstimate> milestones = estimates_.now(last);
    if (options_.luck != nullptr)  // then replications need not be independent
      for (MilestoneEstimate& estimate : milestones) estimate.half_width_days.reset();
    return {found_ + done_,
            total_,
            failed_,
            found_events_ + events_,
            found_,
            found_events_,
            Clock::now() - begin_,
            std::move(milestones),
            {}};
  }

  void report() {
    if (!options_.on_progress) return;
    const std::unique_lock lock(report_mutex_, std::try_to_lock);
    if (!lock || stop_ || Clock::now() - last_report_ < kBetweenReports) return;
    last_report_ = Clock::now();
    try {
      if (!options_.on_progress(progress(/*last=*/false))) stop_ = true;
    } catch (...) {
      stop_by_exception();
    }
  }

  // The first one is what run() throws.
  void stop_by_exception() {
    stop_ = true;
    const std::lock_guard lock(gathered_mutex_);
    if (!stopped_by_) stopped_by_ = std::current_exception();
  }

  const Model& model_;
  const ExperimentOptions& options_;
  const Policies policies_ = options_.policies != nullptr ? *options_.policies : Policies{};
  const Clock::time_point begin_ = Clock::now();
  const Results frame_;
  Estimates estimates_{frame_, options_.on_progress ? options_.done : nullptr};
  std::vector<Range> ranges_;
  std::uint64_t total_ = 0;
  std::uint64_t count_ = 0;  ///< Of those to run.
  std::uint64_t found_ = 0;
  std::uint64_t found_events_ = 0;

  std::atomic<std::uint64_t> next_{0};
  std::atomic<std::uint64_t> done_{0};
  std::atomic<std::uint64_t> failed_{0};
  std::atomic<std::uint64_t> events_{0};
  std::atomic<bool> stop_{false};

  std::mutex gathered_mutex_;  ///< Guards the next two.
  std::vector<Results> gathered_;
  std::exception_ptr stopped_by_;

  std::mutex keep_mutex_;

  std::mutex report_mutex_;  ///< Guards the next.
  Clock::time_point last_report_ = begin_;
};

// That a branch fits is known before anything runs.
void check_branch(const Model& model, const ExperimentOptions& options) {
  if (options.audit)
    throw std::invalid_argument("a branch follows two plans; it cannot be audited");
  if (options.branch_at < model.start || options.branch_at > model.horizon_date)
    throw std::invalid_argument("the branch must lie between the start and the horizon");
  Simulation(*options.trunk, options.seed, options.first).continue_by(model);
}

}  // namespace

Results make_results(const Model& model, const ExperimentOptions& options) {
  Results results = make_results(model, options.seed);
  std::string beyond;  // what the model's own hash does not know
  if (options.policies != nullptr) beyond += "/" + options.policies->name;
  if (options.luck != nullptr) beyond += "/luck " + options.luck->name;
  if (!options.causes) beyond += "/without causes";
  if (options.trunk != nullptr)
    beyond += "/" + iso_date(options.branch_at) + "/" + std::to_string(options.trunk->hash);
  if (!beyond.empty())
    results.scenario_hash = des::purpose_key(std::to_string(model.hash) + beyond);
  return results;
}

Results run(const Model& model, const ExperimentOptions& options) {
  if (options.trunk != nullptr) check_branch(model, options);
  return Batch(model, options).run();
}

Results run(const Model& model, const ExperimentOptions& options, RunDirectory& directory) {
  ExperimentOptions kept = options;
  kept.done = &directory.done();
  kept.keep = [&](const Results& finished) { directory.keep(finished); };
  return run(model, kept);
}

}  // namespace racked
