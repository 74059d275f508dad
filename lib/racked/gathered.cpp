#include "gathered.h"

#include "results_merge.h"

#include <racked/chain.h>
#include <racked/ledger.h>

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>

namespace racked {
namespace {

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
  if (wait.for_trigger.valid())
    return {hall, waiter, WaitFor::trigger, wait.for_trigger.index(), charge};
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
    case WaitFor::trigger: return "trigger";
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
    case WaitFor::trigger: return model.triggers[Id<Trigger>(row)].name;
    case WaitFor::goods: {
      const GoodsStock& stock = model.goods[Id<GoodsStock>(row)];
      return model.campuses[stock.campus].name + "." + model.equipment[stock.equipment].name;
    }
    case WaitFor::date:
    case WaitFor::charge: break;
  }
  return {};
}

void add(Sums& to, const Sums& from) {
  for (const auto& [key, value] : from.causes) {
    to.causes[key].replications += value.replications;
    to.causes[key].seconds += value.seconds;
  }
  for (const auto& [key, value] : from.waits) {
    to.waits[key].replications += value.replications;
    to.waits[key].positions += value.positions;
  }
}

}  // namespace

Gathered::Gathered(const Model& model, const Results& frame, bool sketched, bool causes)
    : model_(model), frame_(frame), causes_(causes), fresh_(frame), all_(frame) {
  if (sketched) begin_sketch(all_);
}

void Gathered::add(const Timeline& timeline) {
  const std::vector<std::int32_t> days = stage_days(model_, timeline);
  const std::vector<std::int64_t> ledger = ledger_of(model_, frame_, timeline);
  if (causes_) {
    Sums sums;
    for (std::size_t i = 0; i < frame_.milestones.size(); ++i)
      add_chain(sums, model_, timeline, Id<Milestone>(i));
    add_waits(sums, timeline);
    racked::add(fresh_sums_, sums);
  }

  fresh_.replications.push_back(timeline.replication);
  fresh_.events.push_back(timeline.events);
  for (const Reached& milestone : timeline.milestones) fresh_.reached.push_back(milestone.at);
  for (const auto& campus : timeline.charges)
    fresh_.charges.insert(fresh_.charges.end(), campus.begin(), campus.end());
  fresh_.stages.insert(fresh_.stages.end(), days.begin(), days.end());
  samples_.clear();
  for (const auto& values : timeline.samples)
    samples_.insert(samples_.end(), values.begin(), values.end());
  fresh_.samples.append(samples_);
  if (!ledger.empty()) fresh_.ledger.append(ledger);
}

void Gathered::fail(std::uint64_t replication, std::string message) {
  fresh_.failures.push_back({replication, std::move(message)});
}

Results Gathered::fresh() {
  append_rows(all_, fresh_);
  close(fresh_sums_, fresh_);
  racked::add(sums_, fresh_sums_);
  fresh_sums_ = {};
  return std::exchange(fresh_, frame_);
}

Results Gathered::take() {
  // What all is fresh need not be copied.
  if (all_.rows() == 0 && all_.failures.empty() && !all_.sketch) {
    std::swap(all_, fresh_);
    std::swap(sums_, fresh_sums_);
  } else {
    fresh();
  }
  close(sums_, all_);
  return std::move(all_);
}

void Gathered::close(const Sums& sums, Results& results) const {
  for (const auto& [key, value] : sums.causes) {
    const auto& [milestone, kind, index] = key;
    results.causes.push_back({milestone, kind, index, element_name(model_, kind, index),
                              value.replications, value.seconds});
  }
  for (const auto& [key, value] : sums.waits) {
    const auto& [hall, waiter, what, row, charge] = key;
    results.waits.push_back(
        {hall, hall ? model_.halls[Id<Hall>(waiter)].name : model_.tasks[Id<Task>(waiter)].name,
         std::string(hall ? name(charge) : kind_name(what)), name_of(model_, what, row),
         value.replications, value.positions});
  }
  std::sort(results.waits.begin(), results.waits.end(), [](const auto& a, const auto& b) {
    return std::tie(a.hall, a.waiter, a.for_kind, a.for_name) <
           std::tie(b.hall, b.waiter, b.for_kind, b.for_name);
  });
}

}  // namespace racked
