#include "forward_pass.h"

#include <algorithm>

namespace racked {
des::Time lagged(const Model& model, const Link& link, des::Time time, des::Duration lag) {
  if (time == des::kNever || time == des::Time::min()) return time;
  const Calendar& calendar =
      model.calendars[link.lag_calendar.valid() ? link.lag_calendar : Id<Calendar>(0)];
  return lag < des::Duration::zero() ? calendar.start(time, -lag) : calendar.finish(time, lag);
}

ForwardPass::ForwardPass(const Model& model, const PlanOrder& order)
    : model_(model),
      order_(order),
      incoming_(model.tasks.size()),
      energising_(model.feeders.size()),
      placing_(model.orders.size()),
      goods_(earliest_goods(model)),
      starts_(model.tasks.size()),
      finishes_(model.tasks.size()),
      energised_(model.feeders.size()) {
  for (std::size_t i = 0; i < model.links.size(); ++i)
    incoming_[model.links[Id<Link>(i)].to.index()].push_back(Id<Link>(i));
  for (std::size_t i = 0; i < model.tasks.size(); ++i) {
    const Task& task = model.tasks[Id<Task>(i)];
    durations_.push_back(mean_span(model, task.duration));
    for (const Id<Effect> id : task.effects) {
      const Effect& effect = model.effects[id];
      if (effect.energise.valid()) energising_[effect.energise.index()].push_back(Id<Task>(i));
      if (effect.order.valid()) placing_[effect.order.index()] = Id<Task>(i);
    }
  }
}

const Calendar& ForwardPass::calendar(Id<Task> id) const {
  const Task& task = model_.tasks[id];
  return model_.calendars[task.elapsed ? Id<Calendar>(0) : task.calendar];
}

des::Duration ForwardPass::time_to_arrive(const EarliestGoods& goods) const {
  const Order& order = model_.orders[goods.order];
  return mean_lead_time(model_, order) + goods.lot * order.lot_spacing;
}

ForwardPass::Bound ForwardPass::start_bound(Id<Task> id, des::Time from) const {
  const Task& task = model_.tasks[id];
  Bound bound{std::max(from, task.earliest), {}};
  const auto not_before = [&](des::Time at, Id<Task> by) {
    if (at > bound.at) bound = {at, by};
  };
  for (const Id<Link> link_id : incoming_[id.index()]) {
    const Link& link = model_.links[link_id];
    if (link.to_finish()) continue;
    const des::Time since = link.from_start() ? start(link.from) : finish(link.from);
    not_before(lagged(model_, link, since, link.lag), link.from);
  }
  for (const Id<Need> need_id : task.needs) {
    const Need& need = model_.needs[need_id];
    if (need.energised.valid()) not_before(energised_[need.energised.index()], {});
    if (!need.goods.valid()) continue;
    const EarliestGoods& goods = goods_[need_id.index()];
    not_before(goods.dated, {});
    if (!goods.order.valid()) continue;
    const Id<Task> placing = placed_by(goods.order);
    const des::Time placed = placing.valid() ? finish(placing) : des::kNever;
    not_before(placed == des::kNever ? placed : placed + time_to_arrive(goods), placing);
  }
  return bound;
}

// The latest that predecessors inside, or outside, the task's loop hold its finish back to.
des::Time ForwardPass::finish_bound(Id<Task> id, bool in_loop, Id<Task>& by) const {
  des::Time bound = des::Time::min();
  for (const Id<Link> link_id : incoming_[id.index()]) {
    const Link& link = model_.links[link_id];
    const bool inside = order_.loops[link.from.index()] == order_.loops[id.index()];
    if (!link.to_finish() || inside != in_loop) continue;
    const des::Time since = link.from_start() ? start(link.from) : finish(link.from);
    const des::Time at = lagged(model_, link, since, link.lag);
    if (at <= bound) continue;
    bound = at;
    by = link.from;
  }
  return bound;
}

// The earliest start of work that is done at `finish`, or no sooner than can be.
des::Time ForwardPass::start_for(Id<Task> id, des::Time finish) const {
  if (finish == des::kNever || finish == des::Time::min()) return finish;
  const Calendar& working = calendar(id);
  return working.start(working.last_work(finish), duration(id));
}

des::Time ForwardPass::earliest_start(Id<Task> id, des::Time from) const {
  if (model_.tasks[id].started != des::kNever) return model_.tasks[id].started;
  Id<Task> by;
  const des::Time start =
      std::max(start_bound(id, from).at, start_for(id, finish_bound(id, /*in_loop=*/false, by)));
  return start == des::kNever ? start : calendar(id).next_work(start);
}

Id<Task> ForwardPass::decided_by(Id<Task> id) const {
  Id<Task> by;
  const Bound bound = start_bound(id, des::kStart);
  const des::Time for_finish = start_for(id, finish_bound(id, /*in_loop=*/false, by));
  return for_finish > bound.at ? by : bound.by;
}

void ForwardPass::place_start(Id<Task> task, des::Time start) { starts_[task.index()] = start; }

// Of a task that is known to have started: when it did finish, or what is left from the status date
// on.
des::Time ForwardPass::known_finish(Id<Task> id) const {
  const Task& task = model_.tasks[id];
  if (task.finished != des::kNever) return task.finished;
  const Calendar& working = calendar(id);
  const des::Duration left =
      task.remaining < des::Duration::zero()
          ? std::max(des::Duration::zero(),
                     duration(id) - working.work_between(task.started, model_.status))
          : task.remaining;
  return working.finish(model_.status, left);
}

void ForwardPass::place_finish(Id<Task> id) {
  if (model_.tasks[id].started != des::kNever) {
    finishes_[id.index()] = known_finish(id);
    return;
  }
  Id<Task> by;
  const des::Time begun = start(id);
  const Calendar& working = calendar(id);
  const des::Time done = begun == des::kNever ? begun : working.finish(begun, duration(id));
  const des::Time held = std::max(finish_bound(id, true, by), finish_bound(id, false, by));
  finishes_[id.index()] = std::max(done, held == des::kNever ? held : working.last_work(held));
}

void ForwardPass::place(Id<Feeder> id) {
  const Feeder& feeder = model_.feeders[id];
  des::Time at = des::kStart;
  if (feeder.energised != des::kNever) {
    energised_[id.index()] = feeder.energised;
    return;
  }
  if (feeder.dated) at = std::max(at, feeder.date + mean_slip(model_, feeder.slip));
  if (feeder.slip.valid()) at = std::max(at, model_.status);
  for (const Id<Task> task : energising_[id.index()]) at = std::max(at, finish(task));
  if (const Id<Feeder> above = first_feed(id); above.valid())
    at = std::max(at, energised_[above.index()]);
  energised_[id.index()] = at;
}

Id<Feeder> ForwardPass::first_feed(Id<Feeder> id) const {
  Id<Feeder> first;
  for (const Id<Feeder> above : model_.feeders[id].fed_by)
    if (!first.valid() || energised_[above.index()] < energised_[first.index()]) first = above;
  return first;
}

}  // namespace racked
