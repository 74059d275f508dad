#include "dispatch.h"

#include "forward_pass.h"
#include "network.h"

#include <racked/critical_path.h>

#include <algorithm>
#include <functional>
#include <map>
#include <queue>
#include <utility>
#include <vector>

namespace racked {
namespace {

std::int64_t ticks(des::Time time) { return time.time_since_epoch().count(); }

std::int64_t count_successors(const Model& model, Id<Task> task,
                              std::vector<std::uint32_t>& seen_by) {
  const std::uint32_t mark = task.index() + 1;
  std::vector<Id<Task>> open{task};
  std::int64_t count = 0;
  while (!open.empty()) {
    const Id<Task> at = open.back();
    open.pop_back();
    for (const Id<Link> link : model.tasks[at].successors) {
      const Id<Task> to = model.links[link].to;
      if (seen_by[to.index()] == mark) continue;
      seen_by[to.index()] = mark;
      ++count;
      open.push_back(to);
    }
  }
  return count;
}

// Alvarez-Valdés and Tamarit (1989): one's own duration and those of the direct successors.
std::int64_t positional_weight(const Model& model, Id<Task> id) {
  std::vector<Id<Task>> successors;
  for (const Id<Link> link : model.tasks[id].successors) successors.push_back(model.links[link].to);
  std::sort(successors.begin(), successors.end());
  successors.erase(std::unique(successors.begin(), successors.end()), successors.end());
  std::int64_t weight = mean_span(model, model.tasks[id].duration).count();
  for (const Id<Task> successor : successors)
    weight += mean_span(model, model.tasks[successor].duration).count();
  return weight;
}

void set_keys(Model& model, const std::function<std::int64_t(Id<Task>)>& priority) {
  const DispatchRule rule = model.dispatch;
  CriticalPath path;
  if (rule == DispatchRule::earliest_late_start || rule == DispatchRule::earliest_late_finish ||
      rule == DispatchRule::minimum_slack)
    path = critical_path(model);
  std::vector<std::uint32_t> seen_by(model.tasks.size(), 0);
  for (std::size_t i = 0; i < model.tasks.size(); ++i) {
    const Id<Task> id(i);
    std::int64_t& key = model.tasks[id].dispatch_key;
    switch (rule) {
      case DispatchRule::fifo: key = 0; break;
      case DispatchRule::priority: key = -priority(id); break;
      case DispatchRule::earliest_late_start: key = ticks(path.tasks[i].late_start); break;
      case DispatchRule::shortest: key = mean_span(model, model.tasks[id].duration).count(); break;
      case DispatchRule::most_successors: key = -count_successors(model, id, seen_by); break;
      case DispatchRule::earliest_late_finish: key = ticks(path.tasks[i].late_finish); break;
      case DispatchRule::minimum_slack:
        // Among tasks that wait at one instant the least time left is the smallest late start; in a
        // plan made beforehand it is counted from the early start.
        key = ticks(path.tasks[i].late_start) -
              (model.scheme == Scheme::serial ? ticks(path.tasks[i].early_start) : 0);
        break;
      case DispatchRule::rank_positional_weight: key = -positional_weight(model, id); break;
    }
  }
}

/// Workers of one crew in use over a plan.
class CrewPlan {
 public:
  explicit CrewPlan(const Crew& crew) : crew_(crew) { in_use_[des::Time::min()] = 0; }

  /// The first time not before `from` at which `count` workers are free, and stay so until
  /// `until`; `from` itself if they are. A reduction of the crew pulls nobody off, so the
  /// headcount is that of the beginning.
  des::Time conflict(des::Time from, des::Time until, std::int64_t count) const {
    std::int64_t headcount = 0;
    des::Time grows = des::kNever;
    for (const Crew::Step& step : crew_.steps) {
      if (step.at <= from) headcount = step.headcount;
      if (step.at > from && step.headcount > headcount) grows = std::min(grows, step.at);
    }
    if (count > headcount) return grows;
    for (auto use = std::prev(in_use_.upper_bound(from));
         use != in_use_.end() && (use->first < until || use->first <= from); ++use) {
      if (use->second + count <= headcount) continue;
      // Nothing that would have to run through this stretch can start before its end.
      const auto next = std::next(use);
      return std::min(grows, next == in_use_.end() ? des::kNever : next->first);
    }
    return from;
  }

  void seize(des::Time from, des::Time until, std::int64_t count) {
    if (from == des::kNever) return;
    const auto split = [&](des::Time at) {
      return in_use_.emplace(at, std::prev(in_use_.upper_bound(at))->second).first;
    };
    const auto last = split(until);
    for (auto use = split(from); use != last; ++use) use->second += count;
  }

 private:
  const Crew& crew_;
  std::map<des::Time, std::int64_t> in_use_;  // from each time on
};

/// Makes the plan of the serial scheme: task by task in the order of the rule, each at the earliest
/// place that its predecessors and what is left of its crews allow.
class SerialPlan {
 public:
  SerialPlan(const Model& model, const PlanOrder& order)
      : model_(model),
        dates_(model, order),
        missing_(model.tasks.size() + model.feeders.size()),
        held_(missing_.size()) {
    for (const Crew& crew : model.crews) crews_.emplace_back(crew);
    for (const auto& [from, to] : order.holds) hold(from, to);
    hold_for_scarce_goods();
    for (std::size_t i = 0; i < missing_.size(); ++i)
      if (missing_[i] == 0) make_eligible(i);
    while (!eligible_.empty()) {
      const Id<Task> next(eligible_.top().second);
      eligible_.pop();
      place(next);
    }
  }

  /// A task that no order of placing reaches, if there is one.
  Id<Task> unreached() const {
    for (std::size_t i = 0; i < model_.tasks.size(); ++i)
      if (missing_[i] > 0) return Id<Task>(i);
    return {};
  }

  /// Tasks by planned start; at equal starts as they were placed.
  std::vector<Id<Task>> sequence() && {
    std::stable_sort(placed_.begin(), placed_.end(),
                     [this](Id<Task> a, Id<Task> b) { return dates_.start(a) < dates_.start(b); });
    return std::move(placed_);
  }

 private:
  using Key = std::pair<std::int64_t, std::size_t>;  // smaller is placed first

  void hold(std::size_t from, std::size_t to) {
    held_[from].push_back(to);
    ++missing_[to];
  }

  // Where orders on dates cannot fill all needs, a task that waits for goods must not stand in its
  // crew's sequence before one that orders them.
  void hold_for_scarce_goods() {
    const auto pool_of = [this](Id<GoodsStock> stock) {
      const Equipment& equipment = model_.equipment[model_.goods[stock].equipment];
      return (equipment.transfer.valid() ? equipment.stocks.front() : stock).index();
    };
    std::vector<std::int64_t> scarce(model_.goods.size(), 0);
    for (const Need& need : model_.needs)
      if (need.goods.valid()) scarce[pool_of(need.goods)] += need.count;
    for (const Order& order : model_.orders)
      if (!order.placed_by_task && order.stock.valid()) scarce[pool_of(order.stock)] -= order.count;
    std::vector<std::vector<std::size_t>> ordering(model_.goods.size());
    for (std::size_t i = 0; i < model_.orders.size(); ++i) {
      const Id<GoodsStock> stock = model_.orders[Id<Order>(i)].stock;
      const Id<Task> placing = dates_.placed_by(Id<Order>(i));
      if (placing.valid() && stock.valid()) ordering[pool_of(stock)].push_back(placing.index());
    }
    for (std::size_t i = 0; i < model_.tasks.size(); ++i)
      for (const Id<Need> need : model_.tasks[Id<Task>(i)].needs)
        if (const Id<GoodsStock> goods = model_.needs[need].goods;
            goods.valid() && scarce[pool_of(goods)] > 0)
          for (const std::size_t from : ordering[pool_of(goods)]) hold(from, i);
  }

  void make_eligible(std::size_t element) {
    if (element < model_.tasks.size()) {
      eligible_.emplace(model_.tasks[Id<Task>(element)].dispatch_key, element);
      return;
    }
    dates_.place(Id<Feeder>(element - model_.tasks.size()));
    release(element);
  }

  void release(std::size_t element) {
    for (const std::size_t held : held_[element])
      if (--missing_[held] == 0) make_eligible(held);
  }

  void place(Id<Task> id) {
    dates_.place_start(id, dates_.earliest_start(id));
    dates_.place_finish(id);
    const bool known = model_.tasks[id].started != des::kNever;
    for (bool moved = !known; moved && dates_.start(id) != des::kNever;) {
      moved = false;
      for (const Id<Need> need_id : model_.tasks[id].needs) {
        const Need& need = model_.needs[need_id];
        if (!need.crew.valid()) continue;
        const des::Time free =
            crews_[need.crew.index()].conflict(dates_.start(id), dates_.finish(id), need.count);
        if (free <= dates_.start(id)) continue;
        dates_.place_start(id, free == des::kNever ? des::kNever : dates_.earliest_start(id, free));
        dates_.place_finish(id);
        moved = true;
        break;
      }
    }
    for (const Id<Need> need_id : model_.tasks[id].needs)
      if (const Need& need = model_.needs[need_id]; need.crew.valid())
        crews_[need.crew.index()].seize(dates_.start(id), dates_.finish(id), need.count);
    placed_.push_back(id);
    release(id.index());
  }

  const Model& model_;
  ForwardPass dates_;
  std::vector<CrewPlan> crews_;
  std::vector<std::size_t> missing_;            // per element: those before it not placed yet
  std::vector<std::vector<std::size_t>> held_;  // per element: those after it
  std::priority_queue<Key, std::vector<Key>, std::greater<>> eligible_;
  std::vector<Id<Task>> placed_;
};

std::string overlapping_loop(const Model& model, const PlanOrder& order) {
  std::map<std::uint32_t, Id<Task>> seen;
  for (std::size_t i = 0; i < model.tasks.size(); ++i) {
    const auto [other, first] = seen.emplace(order.loops[i], Id<Task>(i));
    if (!first)
      return "'" + model.tasks[other->second].name + "' and '" + model.tasks[Id<Task>(i)].name +
             "' hold back each other's start and finish; no plan can be made beforehand";
  }
  return {};
}

}  // namespace

std::string set_dispatch(Model& model, const std::function<std::int64_t(Id<Task>)>& priority) {
  set_keys(model, priority);
  if (model.scheme == Scheme::parallel) return {};
  const PlanOrder order = plan_order(model);
  if (std::string fault = overlapping_loop(model, order); !fault.empty()) return fault;

  SerialPlan plan(model, order);
  if (const Id<Task> task = plan.unreached(); task.valid())
    return "'" + model.tasks[task].name +
           "' may have to wait for equipment that is ordered after it; no plan can be made "
           "beforehand";

  std::vector<std::uint32_t> turns(model.crews.size(), 0);
  std::int64_t key = 0;
  for (const Id<Task> id : std::move(plan).sequence()) {
    model.tasks[id].dispatch_key = key++;
    for (const Id<Need> need : model.tasks[id].needs)
      if (model.needs[need].crew.valid())
        model.needs[need].turn = turns[model.needs[need].crew.index()]++;
  }
  return {};
}

}  // namespace racked
