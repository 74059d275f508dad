#include <racked/explanation.h>

#include "days.h"
#include "explained_results.h"
#include "levers.h"

#include <racked/causes.h>
#include <racked/simulation.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <numeric>
#include <stdexcept>
#include <utility>

namespace racked {
namespace {

constexpr std::size_t kRunsPerLever = 7;  ///< Alone.

/// What the replications say besides their results; sums of integers, in any order.
class Sums {
 public:
  Sums(const Model& model, Id<Milestone> milestone)
      : model_(model), milestone_(milestone), struck_(model.risk_events.size()) {}

  // May be called by several threads at once.
  void add(const Timeline& timeline) {
    const std::array<ChipTime, kCharges> lost = lost_until(timeline);
    const std::vector<ExplainedLink> chain = explain_chain(model_, timeline, milestone_);
    std::array<des::Duration, kFlowKinds> spans{};
    for (const ExplainedLink& link : chain)
      spans[link.flow ? static_cast<std::size_t>(*link.flow) : kCharges] +=
          link.link.to - link.link.from;
    std::vector<char> struck(model_.risk_events.size());
    const des::Time at = timeline.milestones.at(milestone_.index()).at;
    for (const RiskStrike& strike : timeline.strikes)
      if (at != des::kNever && strike.at <= at) struck[strike.event.index()] = 1;
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < struck.size(); ++i) struck_[i] += struck[i] != 0;
    for (std::size_t i = 0; i < kCharges; ++i) lost_[i] += lost[i];
    for (std::size_t i = 0; i < kFlowKinds; ++i) {
      replications_[i] += spans[i] > des::Duration::zero();
      spans_[i] += spans[i].count();
    }
  }

  std::vector<Criticality> flows(std::uint64_t reached) const {
    std::vector<Criticality> flows;
    const double among = static_cast<double>(reached);
    for (std::size_t i = 0; i < kFlowKinds; ++i) {
      if (replications_[i] == 0) continue;
      const std::string what(i < kCharges ? name(static_cast<Charge>(i)) : "other works");
      flows.push_back({"flow",
                       what,
                       1,
                       replications_[i],
                       static_cast<double>(replications_[i]) / among,
                       static_cast<double>(spans_[i]) / 86'400e9 / among,
                       {}});
    }
    return flows;
  }

  std::uint64_t struck(std::size_t event) const { return struck_[event]; }

  std::array<double, kCharges> mean_charges(std::uint64_t rows) const {
    std::array<double, kCharges> mean{};
    for (std::size_t i = 0; i < kCharges && rows > 0; ++i)
      mean[i] = chip_days(lost_[i]) / static_cast<double>(rows);
    return mean;
  }

 private:
  static constexpr std::size_t kFlowKinds = kCharges + 1;

  // The accounts close at the horizon: the same replication again, with its moment for one.
  std::array<ChipTime, kCharges> lost_until(const Timeline& timeline) const {
    const des::Time at = timeline.milestones.at(milestone_.index()).at;
    std::array<ChipTime, kCharges> sum{};
    const auto add = [&](const Timeline& until) {
      for (const auto& campus : until.charges)
        for (std::size_t i = 0; i < kCharges; ++i) sum[i] += campus[i];
    };
    if (at == des::kNever) {
      add(timeline);
    } else {
      Model until = model_;
      until.horizon = at;
      add(simulate(until, timeline.seed, timeline.replication));
    }
    return sum;
  }

  const Model& model_;
  Id<Milestone> milestone_;
  std::mutex mutex_;
  std::array<ChipTime, kCharges> lost_{};
  std::array<std::uint64_t, kFlowKinds> replications_{};
  std::array<ChipTime, kFlowKinds> spans_{};  ///< [ns]
  std::vector<std::uint64_t> struck_;
};

// Most days first.
void sort(std::vector<Criticality>& all) {
  std::stable_sort(all.begin(), all.end(),
                   [](const auto& a, const auto& b) { return a.days > b.days; });
}

/// Runs the replications again and again.
class Explainer {
 public:
  Explainer(const Model& model, Id<Milestone> milestone, const ExplainOptions& options)
      : model_(model), milestone_(milestone), options_(options), sums_(model, milestone) {
    if (milestone.index() >= model.milestones.size())
      throw std::out_of_range("there is no such milestone");
    risks_ = std::min(options.risks, model.risk_events.size() + model.drivers.size());
    told_.total =
        (options.last - options.first) * (1 + risks_ + options.levers * (kRunsPerLever + 1));
  }

  Explanation explain() {
    begin();
    base_ = run_by(model_, [this](const Timeline& timeline) { sums_.add(timeline); });
    describe(base_, milestone_, result_);
    result_.charges = sums_.mean_charges(base_.rows());
    const std::uint64_t reached = result_.summary.reached_count;
    if (const auto row = median_row(base_, milestone_.index())) {
      find_median(model_, base_, milestone_,
                  simulate(model_, options_.seed, base_.replications[*row]), result_);
      result_.flows = sums_.flows(reached);
      sort(result_.flows);
      const std::vector<CauseGroup> groups = cause_groups(base_, milestone_.index());
      try_risks();
      try_levers(groups);
    }
    result_.stopped = !go_on_;
    if (go_on_) skip_to(told_.total);
    return std::move(result_);
  }

 private:
  // Progress of all runs as that of one.

  void begin() { before_ = told_; }

  Results run_by(const Model& model, std::function<void(const Timeline&)> examine = {}) {
    ExperimentOptions each;
    each.seed = options_.seed;
    each.first = options_.first;
    each.last = options_.last;
    each.threads = options_.threads;
    each.examine = std::move(examine);
    const bool plan = &model == &model_;  // others are what-ifs, and tell nothing of the plan
    if (options_.on_progress)
      each.on_progress = [this, plan](const Progress& one) {
        told_ = before_;
        told_.done += one.done;
        told_.failed += one.failed;
        told_.events += one.events;
        told_.elapsed += one.elapsed;
        if (plan) told_.milestones = asked(one.milestones);
        return go_on_ = options_.on_progress(told_) && go_on_;
      };
    Results results = run(model, each);
    before_ = told_;
    return results;
  }

  std::vector<MilestoneEstimate> asked(const std::vector<MilestoneEstimate>& all) const {
    std::vector<MilestoneEstimate> found;
    for (const MilestoneEstimate& estimate : all)
      if (estimate.name == model_.milestones[milestone_].name) found.push_back(estimate);
    return found;
  }

  // What is not needed counts as done.
  void skip_to(std::uint64_t done) {
    if (!options_.on_progress || done <= before_.done) return;
    before_.done = done;
    told_ = before_;
    go_on_ = options_.on_progress(told_) && go_on_;
  }

  des::Time reached(const Results& results, std::size_t row) const {
    return reached_at(results, row, milestone_);
  }

  des::Time median_of(const Results& results) const {
    return std::min(quantile(results, milestone_.index(), 0.5), model_.horizon);
  }

  double earlier(const Results& results) const {
    return in_days(median_of(base_) - median_of(results));
  }

  // Risks.

  void try_risks() {
    const std::size_t events = model_.risk_events.size();
    result_.risks_left_out = events + model_.drivers.size() - risks_;
    for (std::size_t i = 0; i < risks_ && go_on_; ++i) {
      Model without = model_;
      const bool event = i < events;
      if (event)
        without.risk_events[Id<RiskEvent>(i)].probability = 0;
      else
        without.drivers[Id<RiskDriver>(i - events)].probability = 0;
      const Results results = run_by(without);
      if (!go_on_) return;
      result_.risks.push_back(difference_of(results, event ? "risk event" : "risk driver",
                                            event
                                                ? model_.risk_events[Id<RiskEvent>(i)].name
                                                : model_.drivers[Id<RiskDriver>(i - events)].name));
      if (event)
        result_.risks.back().struck = static_cast<double>(sums_.struck(i)) /
                                      static_cast<double>(result_.summary.reached_count);
    }
    sort(result_.risks);
  }

  // Replications that ended in both are compared one by one.
  Criticality difference_of(const Results& without, const char* kind, std::string name) const {
    Criticality risk{kind, std::move(name), 1, 0, 0, 0, {}};
    ChipTime sum = 0;
    std::uint64_t pairs = 0;
    for (std::size_t a = 0, b = 0; a < base_.rows() && b < without.rows();) {
      if (base_.replications[a] != without.replications[b]) {
        ++(base_.replications[a] < without.replications[b] ? a : b);
        continue;
      }
      const des::Time with_it = std::min(reached(base_, a++), model_.horizon);
      const des::Time without_it = std::min(reached(without, b++), model_.horizon);
      risk.replications += without_it < with_it;
      sum += (with_it - without_it).count();
      ++pairs;
    }
    if (pairs == 0) return risk;
    risk.share = static_cast<double>(risk.replications) / static_cast<double>(pairs);
    risk.days = static_cast<double>(sum) / 86'400e9 / static_cast<double>(pairs);
    return risk;
  }

  // Levers.

  void try_levers(const std::vector<CauseGroup>& groups) {
    const std::size_t count = std::min(options_.levers, groups.size());
    for (std::size_t i = 0; i < count && go_on_; ++i) {
      Lever lever = try_lever(groups[i]);
      if (go_on_) result_.levers.push_back(std::move(lever));
      skip_to((options_.last - options_.first) * (1 + risks_ + (i + 1) * kRunsPerLever));
    }
    const bool one_does =
        std::any_of(result_.levers.begin(), result_.levers.end(),
                    [](const Lever& lever) { return lever.most_days >= kMonthDays; });
    if (go_on_ && !one_does && count > 1) try_together(groups);
  }

  void try_together(const std::vector<CauseGroup>& groups) {
    std::vector<std::size_t> order(result_.levers.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return result_.levers[a].most_days > result_.levers[b].most_days;
    });
    Model pulled = model_;
    std::vector<std::string> names;
    for (const std::size_t i : order) {
      const CauseGroup& elements = groups[i];
      pull(pulled, elements, most_of(change_of(elements.kind)));
      names.push_back(elements.text());
      if (names.size() < 2) continue;
      const Results results = run_by(pulled);
      if (!go_on_) return;
      result_.together = names;
      result_.together_days = earlier(results);
      if (result_.together_days >= kMonthDays) return;
    }
  }

  Results run_pulled(const CauseGroup& elements, double amount) {
    Model pulled = model_;
    pull(pulled, elements, amount);
    return run_by(pulled);
  }

  Lever try_lever(const CauseGroup& group) {
    const CauseGroup& elements = group;
    Lever lever;
    lever.kind = elements.kind;
    lever.name = elements.element;
    lever.members = elements.members;
    lever.change = change_of(elements.kind);
    lever.chain_days = criticality_of(group, result_.summary.reached_count).days;
    lever.mean_days = mean_days_of(model_, elements);
    const double most = most_of(lever.change);
    const Results results = run_pulled(elements, most);
    lever.most_days = earlier(results);
    if (const auto then = cause_groups(results, milestone_.index()); !then.empty())
      lever.binds_then = then.front().text();
    if (go_on_ && lever.most_days >= kMonthDays) {
      const auto found = least_amount(kMonthDays, most, lever.most_days, kRunsPerLever - 1,
                                      [&](double amount) -> std::optional<double> {
                                        const Results pulled = run_pulled(elements, amount);
                                        if (!go_on_) return {};
                                        return earlier(pulled);
                                      });
      if (found) {
        lever.amount = found->amount;
        lever.days = found->gain;
      }
    }
    lever.words = words_of(lever);
    return lever;
  }

  const Model& model_;
  const Id<Milestone> milestone_;
  const ExplainOptions& options_;
  Sums sums_;
  std::size_t risks_ = 0;
  bool go_on_ = true;
  Progress before_;
  Progress told_;
  Results base_;
  Explanation result_;
};

}  // namespace

Explanation explain(const Model& model, Id<Milestone> milestone, const ExplainOptions& options) {
  return Explainer(model, milestone, options).explain();
}

}  // namespace racked
