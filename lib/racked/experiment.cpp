#include <racked/experiment.h>

#include <racked/audit.h>
#include <racked/chain.h>
#include <racked/des/random_stream.h>
#include <racked/simulation.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

namespace racked {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kBetweenReports = std::chrono::milliseconds(100);

/// What a wait is for, by rows of the model.
enum class WaitFor : std::uint8_t { task, crew, goods, feeder, date, charge };

/// Counts over replications that need no rows; one per thread, added up at the end.
struct Sums {
  struct CauseValue {
    std::uint64_t replications = 0;
    std::int64_t seconds = 0;
  };
  struct WaitValue {
    std::uint64_t replications = 0;
    std::int64_t positions = 0;
  };
  /// Milestone, kind of element, its row.
  using CauseKey = std::tuple<std::uint32_t, ElementKind, std::uint32_t>;
  /// Of a hall, row of hall or task; for what, its row, the charge of a hall's positions.
  using WaitKey = std::tuple<bool, std::uint32_t, WaitFor, std::uint32_t, Charge>;

  std::map<CauseKey, CauseValue> causes;
  std::map<WaitKey, WaitValue> waits;
};

std::int64_t whole_seconds(des::Duration span) {
  return std::chrono::floor<std::chrono::seconds>(span + std::chrono::milliseconds(500)).count();
}

void add_chain(Sums& sums, const Model& model, const Timeline& timeline, Id<Milestone> milestone) {
  std::map<std::pair<ElementKind, std::uint32_t>, des::Duration> spans;
  for (const ChainLink& link : critical_chain(model, timeline, milestone))
    spans[{link.kind, link.index}] += link.to - link.from;
  for (const auto& [element, span] : spans) {
    auto& sum = sums.causes[{milestone.index(), element.first, element.second}];
    ++sum.replications;
    sum.seconds += whole_seconds(span);
  }
}

Sums::WaitKey key_of(const Wait& wait) {
  const bool hall = !wait.task.valid();
  const std::uint32_t waiter = hall ? wait.hall.index() : wait.task.index();
  const Charge charge = hall ? wait.for_charge : Charge::space;
  if (wait.for_feeder.valid())
    return {hall, waiter, WaitFor::feeder, wait.for_feeder.index(), charge};
  if (wait.for_task.valid()) return {hall, waiter, WaitFor::task, wait.for_task.index(), charge};
  if (wait.for_crew.valid()) return {hall, waiter, WaitFor::crew, wait.for_crew.index(), charge};
  if (wait.for_goods.valid()) return {hall, waiter, WaitFor::goods, wait.for_goods.index(), charge};
  return {hall, waiter, hall ? WaitFor::charge : WaitFor::date, 0, charge};
}

void add_waits(Sums& sums, const Timeline& timeline) {
  for (const Wait& wait : timeline.waits) {
    auto& sum = sums.waits[key_of(wait)];
    ++sum.replications;
    sum.positions += wait.positions;
  }
}

std::string_view kind_name(WaitFor what) {
  switch (what) {
    case WaitFor::task: return "task";
    case WaitFor::crew: return "crew";
    case WaitFor::goods: return "goods";
    case WaitFor::feeder: return "feeder";
    case WaitFor::date: return "date";
    case WaitFor::charge: break;
  }
  return {};
}

std::string name_of(const Model& model, WaitFor what, std::uint32_t row) {
  switch (what) {
    case WaitFor::task: return model.tasks[Id<Task>(row)].name;
    case WaitFor::crew: return model.crews[Id<Crew>(row)].name;
    case WaitFor::feeder: return model.feeders[Id<Feeder>(row)].name;
    case WaitFor::goods: {
      const GoodsStock& stock = model.goods[Id<GoodsStock>(row)];
      return model.campuses[stock.campus].name + "." + model.equipment[stock.equipment].name;
    }
    case WaitFor::date:
    case WaitFor::charge: break;
  }
  return {};
}

/// The run of one experiment: hands out replications, keeps their rows in their slots.
class Batch {
 public:
  Batch(const Model& model, const ExperimentOptions& options)
      : model_(model), options_(options), results_(make_results(model, options.seed)) {
    if (options.first >= options.last)
      throw std::invalid_argument("an experiment needs at least one replication");
    const std::uint64_t fit = kMostResultBytes / bytes_per_replication(results_);
    count_ = options.last - options.first;
    if (count_ > fit)
      throw std::length_error(std::to_string(count_) +
                              " replications of this scenario are too many " +
                              "for one result; at most " + std::to_string(fit) + " fit");
    const std::size_t slots = static_cast<std::size_t>(count_);
    state_.resize(slots, Slot::open);
    results_.events.resize(slots);
    results_.reached.resize(slots * milestones());
    results_.charges.resize(slots * charges());
    results_.samples.resize(slots * samples());
  }

  Results run() {
    unsigned threads = options_.threads;
    if (threads == 0) threads = std::max(1u, std::thread::hardware_concurrency());
    threads = static_cast<unsigned>(std::min<std::uint64_t>(threads, count_));
    work_on_all(threads);
    if (stopped_by_) std::rethrow_exception(stopped_by_);
    close_rows();
    add_sums();
    if (options_.on_progress) options_.on_progress(progress());
    return std::move(results_);
  }

 private:
  enum class Slot : std::uint8_t { open, done, failed };

  std::size_t milestones() const { return results_.milestones.size(); }
  std::size_t charges() const { return results_.campuses.size() * kCharges; }
  std::size_t samples() const {
    return results_.report_dates.size() * results_.campuses.size() * kSeries;
  }

  // This thread works, too; if the system gives no more threads, those there are do it all.
  void work_on_all(unsigned threads) {
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
    Sums sums;
    std::optional<Simulation> simulation;
    while (!stop_.load(std::memory_order_relaxed)) {
      const std::uint64_t slot = next_.fetch_add(1, std::memory_order_relaxed);
      if (slot >= count_) break;
      replicate(static_cast<std::size_t>(slot), simulation, sums);
      report();
    }
    const std::lock_guard lock(sums_mutex_);
    all_sums_.push_back(std::move(sums));
  }

  void replicate(std::size_t slot, std::optional<Simulation>& simulation, Sums& sums) {
    const std::uint64_t replication = options_.first + slot;
    try {
      if (simulation)
        simulation->restart(options_.seed, replication);
      else
        simulation.emplace(options_.trunk != nullptr ? *options_.trunk : model_, options_.seed,
                           replication, policies_);
      if (options_.trunk != nullptr) {
        simulation->run_until(time_of(options_.branch_at, model_.start));
        simulation->continue_by(model_);
      }
      simulation->run();
      const Timeline& timeline = simulation->timeline();
      judge(timeline);
      Sums own;
      for (std::size_t i = 0; i < milestones(); ++i)
        add_chain(own, model_, timeline, Id<Milestone>(i));
      add_waits(own, timeline);
      fill_slot(slot, timeline);
      add(sums, own);
      events_ += timeline.events;
    } catch (const std::exception& error) {
      fail(slot, error.what());
    } catch (...) {
      fail(slot, "an unknown exception");
    }
    // Nothing of a failed replication may reach the next.
    if (state_[slot] == Slot::failed) simulation.reset();
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

  void fill_slot(std::size_t slot, const Timeline& timeline) {
    results_.events[slot] = timeline.events;
    for (std::size_t i = 0; i < milestones(); ++i)
      results_.reached[slot * milestones() + i] = timeline.milestones[i].at;
    for (std::size_t i = 0; i < charges(); ++i)
      results_.charges[slot * charges() + i] = timeline.charges[i / kCharges][i % kCharges];
    for (std::size_t i = 0; i < samples(); ++i)
      results_.samples[slot * samples() + i] = timeline.samples[i / kSeries][i % kSeries];
    state_[slot] = Slot::done;
  }

  void fail(std::size_t slot, std::string message) {
    state_[slot] = Slot::failed;
    ++failed_;
    const std::lock_guard lock(sums_mutex_);
    results_.failures.push_back({options_.first + slot, std::move(message)});
  }

  Progress progress() const { return {done_, count_, failed_, events_, Clock::now() - begin_}; }

  void report() {
    if (!options_.on_progress) return;
    const std::unique_lock lock(report_mutex_, std::try_to_lock);
    if (!lock || stop_ || Clock::now() - last_report_ < kBetweenReports) return;
    last_report_ = Clock::now();
    try {
      if (!options_.on_progress(progress())) stop_ = true;
    } catch (...) {
      stopped_by_ = std::current_exception();
      stop_ = true;
    }
  }

  // Drops the slots without a row; those that are left move up.
  void close_rows() {
    std::size_t row = 0;
    for (std::size_t slot = 0; slot < state_.size(); ++slot) {
      if (state_[slot] != Slot::done) continue;
      move_up(results_.events, slot, row, 1);
      move_up(results_.reached, slot, row, milestones());
      move_up(results_.charges, slot, row, charges());
      move_up(results_.samples, slot, row, samples());
      results_.replications.push_back(options_.first + slot);
      ++row;
    }
    results_.events.resize(row);
    results_.reached.resize(row * milestones());
    results_.charges.resize(row * charges());
    results_.samples.resize(row * samples());
    std::sort(results_.failures.begin(), results_.failures.end(),
              [](const auto& a, const auto& b) { return a.replication < b.replication; });
  }

  template <class Value>
  static void move_up(std::vector<Value>& values, std::size_t from, std::size_t to,
                      std::size_t width) {
    if (from == to) return;
    const auto at = values.begin() + static_cast<std::ptrdiff_t>(from * width);
    std::copy(at, at + static_cast<std::ptrdiff_t>(width),
              values.begin() + static_cast<std::ptrdiff_t>(to * width));
  }

  static void add(Sums& to, const Sums& from) {
    for (const auto& [key, value] : from.causes) {
      to.causes[key].replications += value.replications;
      to.causes[key].seconds += value.seconds;
    }
    for (const auto& [key, value] : from.waits) {
      to.waits[key].replications += value.replications;
      to.waits[key].positions += value.positions;
    }
  }

  void add_sums() {
    Sums sums;
    for (const Sums& part : all_sums_) add(sums, part);
    for (const auto& [key, value] : sums.causes) {
      const auto& [milestone, kind, index] = key;
      results_.causes.push_back({milestone, kind, index, element_name(model_, kind, index),
                                 value.replications, value.seconds});
    }
    for (const auto& [key, value] : sums.waits) {
      const auto& [hall, waiter, what, row, charge] = key;
      results_.waits.push_back(
          {hall, hall ? model_.halls[Id<Hall>(waiter)].name : model_.tasks[Id<Task>(waiter)].name,
           std::string(hall ? name(charge) : kind_name(what)), name_of(model_, what, row),
           value.replications, value.positions});
    }
    std::sort(results_.waits.begin(), results_.waits.end(), [](const auto& a, const auto& b) {
      return std::tie(a.hall, a.waiter, a.for_kind, a.for_name) <
             std::tie(b.hall, b.waiter, b.for_kind, b.for_name);
    });
  }

  const Model& model_;
  const ExperimentOptions& options_;
  const Policies policies_ = options_.policies != nullptr ? *options_.policies : Policies{};
  const Clock::time_point begin_ = Clock::now();
  Results results_;
  std::uint64_t count_ = 0;
  std::vector<Slot> state_;

  std::atomic<std::uint64_t> next_{0};
  std::atomic<std::uint64_t> done_{0};
  std::atomic<std::uint64_t> failed_{0};
  std::atomic<std::uint64_t> events_{0};
  std::atomic<bool> stop_{false};

  std::mutex sums_mutex_;  ///< Guards all_sums_ and the failures.
  std::vector<Sums> all_sums_;

  std::mutex report_mutex_;  ///< Guards the next two.
  Clock::time_point last_report_ = begin_;
  std::exception_ptr stopped_by_;
};

}  // namespace

namespace {

// That a branch fits is known before anything runs.
void check_branch(const Model& model, const ExperimentOptions& options) {
  if (options.audit)
    throw std::invalid_argument("a branch follows two plans; it cannot be audited");
  if (options.branch_at < model.start || options.branch_at > model.horizon_date)
    throw std::invalid_argument("the branch must lie between the start and the horizon");
  Simulation(*options.trunk, options.seed, options.first).continue_by(model);
}

}  // namespace

Results run(const Model& model, const ExperimentOptions& options) {
  if (options.trunk != nullptr) check_branch(model, options);
  Results results = Batch(model, options).run();
  std::string beyond;  // what the model's own hash does not know
  if (options.policies != nullptr) beyond += "/" + options.policies->name;
  if (options.trunk != nullptr)
    beyond += "/" + iso_date(options.branch_at) + "/" + std::to_string(options.trunk->hash);
  if (!beyond.empty())
    results.scenario_hash = des::purpose_key(std::to_string(model.hash) + beyond);
  return results;
}

}  // namespace racked
