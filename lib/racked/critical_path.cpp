#include <racked/critical_path.h>

#include "forward_pass.h"
#include "network.h"

#include <algorithm>

namespace racked {
namespace {

/// Runs `on_start`, `on_finish` and `on_feeder` over nodes of the plan.
template <class Nodes, class OnStart, class OnFinish, class OnFeeder>
void visit(const Model& model, const Nodes& nodes, OnStart on_start, OnFinish on_finish,
           OnFeeder on_feeder) {
  const std::size_t tasks = model.tasks.size();
  for (const std::size_t node : nodes) {
    if (node >= 2 * tasks) {
      on_feeder(Id<Feeder>(node - 2 * tasks));
    } else if (node % 2 == 0) {
      on_start(Id<Task>(node / 2));
    } else {
      on_finish(Id<Task>(node / 2));
    }
  }
}

class BackwardPass {
 public:
  BackwardPass(const Model& model, const PlanOrder& order, const ForwardPass& early,
               des::Time finish)
      : model_(model),
        early_(early),
        late_starts_(model.tasks.size(), finish),
        late_finishes_(model.tasks.size(), finish),
        late_energised_(model.feeders.size(), finish),
        late_placed_(model.orders.size(), finish) {
    for (std::size_t i = 0; i < model.feeders.size(); ++i)
      if (const Id<Feeder> above = early.first_feed(Id<Feeder>(i)); above.valid())
        fed_.emplace_back(above, Id<Feeder>(i));
    std::sort(fed_.begin(), fed_.end());
    const std::vector<std::size_t> last_to_first(order.nodes.rbegin(), order.nodes.rend());
    visit(
        model, last_to_first, [this](Id<Task> task) { reckon_start(task); },
        [this](Id<Task> task) { reckon_finish(task); },
        [this](Id<Feeder> feeder) { reckon_feeder(feeder); });
  }

  des::Time start(Id<Task> task) const { return late_starts_[task.index()]; }
  des::Time finish(Id<Task> task) const { return late_finishes_[task.index()]; }

 private:
  des::Time held_at(const Link& link) const {
    return link.to_finish() ? finish(link.to) : start(link.to);
  }

  // The latest that the start, or the finish, of a task may come for its successors' sake.
  des::Time bound(Id<Task> id, bool at_start) const {
    des::Time latest = des::kNever;
    for (const Id<Link> link_id : model_.tasks[id].successors) {
      const Link& link = model_.links[link_id];
      if (link.from_start() == at_start)
        latest = std::min(latest, lagged(model_, link, held_at(link), -link.lag));
    }
    return latest;
  }

  void reckon_finish(Id<Task> id) {
    const Task& task = model_.tasks[id];
    des::Time latest = std::min({finish(id), task.finish_by, bound(id, /*at_start=*/false)});
    for (const Id<Effect> effect_id : task.effects) {
      const Effect& effect = model_.effects[effect_id];
      if (effect.energise.valid())
        latest = std::min(latest, late_energised_[effect.energise.index()]);
      if (effect.order.valid()) latest = std::min(latest, late_placed_[effect.order.index()]);
    }
    late_finishes_[id.index()] = early_.calendar(id).last_work(latest);
  }

  void reckon_start(Id<Task> id) {
    if (model_.tasks[id].started != des::kNever) {
      late_starts_[id.index()] = early_.start(id);
      return;
    }
    const Calendar& calendar = early_.calendar(id);
    const des::Duration work = early_.duration(id);
    const des::Time by_finish = calendar.start(finish(id), work);
    const des::Time by_links = bound(id, /*at_start=*/true);
    late_starts_[id.index()] = std::min(by_finish, by_links);
    if (by_links < by_finish && by_links != des::Time::min())
      late_finishes_[id.index()] = std::min(finish(id), calendar.finish(by_links, work));
    for (const Id<Need> need_id : model_.tasks[id].needs) {
      const Need& need = model_.needs[need_id];
      if (need.energised.valid()) lower(late_energised_[need.energised.index()], start(id));
      const EarliestGoods& goods = early_.goods(need_id);
      if (!goods.order.valid()) continue;
      const des::Time placed =
          start(id) == des::Time::min() ? start(id) : start(id) - early_.time_to_arrive(goods);
      lower(late_placed_[goods.order.index()], placed);
    }
  }

  void reckon_feeder(Id<Feeder> id) {
    const auto first = std::lower_bound(fed_.begin(), fed_.end(), std::pair(id, Id<Feeder>(0)));
    for (auto fed = first; fed != fed_.end() && fed->first == id; ++fed)
      lower(late_energised_[id.index()], late_energised_[fed->second.index()]);
  }

  static void lower(des::Time& time, des::Time to) { time = std::min(time, to); }

  const Model& model_;
  const ForwardPass& early_;
  std::vector<des::Time> late_starts_, late_finishes_, late_energised_, late_placed_;
  std::vector<std::pair<Id<Feeder>, Id<Feeder>>> fed_;  // (above, below), sorted
};

// Working time from one date to another, the longest there is when either lies beyond all dates.
des::Duration between(const Calendar& calendar, des::Time from, des::Time to) {
  if (to == des::kNever) return des::Duration::max();
  if (from == des::kNever || to == des::Time::min()) return des::Duration::min();
  return calendar.work_between(from, to);
}

des::Duration free_float(const Model& model, const ForwardPass& early, Id<Task> id,
                         des::Time plan_finish) {
  des::Duration least = between(early.calendar(id), early.finish(id), plan_finish);
  for (const Id<Link> link_id : model.tasks[id].successors) {
    const Link& link = model.links[link_id];
    const Calendar& lag_calendar =
        link.lag_calendar.valid() ? model.calendars[link.lag_calendar] : early.calendar(id);
    const des::Time since = link.from_start() ? early.start(id) : early.finish(id);
    const des::Time held = link.to_finish() ? early.finish(link.to) : early.start(link.to);
    least = std::min(least, between(lag_calendar, lagged(model, link, since, link.lag), held));
  }
  return std::max(least, des::Duration::zero());
}

}  // namespace

CriticalPath critical_path(const Model& model) {
  const PlanOrder order = plan_order(model);
  ForwardPass early(model, order);
  visit(
      model, order.nodes,
      [&](Id<Task> task) { early.place_start(task, early.earliest_start(task)); },
      [&](Id<Task> task) { early.place_finish(task); },
      [&](Id<Feeder> feeder) { early.place(feeder); });

  CriticalPath path;
  path.finish = des::kStart;
  Id<Task> last;
  for (std::size_t i = 0; i < model.tasks.size(); ++i) {
    const des::Time finish = early.finish(Id<Task>(i));
    if (last.valid() && finish <= path.finish) continue;
    path.finish = finish;
    last = Id<Task>(i);
  }
  const des::Time end = std::min(path.finish, model.horizon);
  const BackwardPass late(model, order, early, end);

  for (std::size_t i = 0; i < model.tasks.size(); ++i) {
    const Id<Task> id(i);
    PlannedTask planned{
        early.start(id), early.finish(id), late.start(id), late.finish(id), {}, {}, false};
    planned.total_float = between(early.calendar(id), planned.early_finish, planned.late_finish);
    planned.free_float = free_float(model, early, id, end);
    planned.critical = planned.total_float <= des::Duration::zero();
    path.tasks.push_back(planned);
  }

  // A loop of overlapping tasks may lead back to a task already listed.
  std::vector<char> listed(model.tasks.size());
  for (Id<Task> at = last; at.valid() && !listed[at.index()]; at = early.decided_by(at)) {
    listed[at.index()] = 1;
    path.longest.push_back(at);
  }
  std::reverse(path.longest.begin(), path.longest.end());
  return path;
}

}  // namespace racked
