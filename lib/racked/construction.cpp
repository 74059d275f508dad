#include "construction.h"

#include "accounts.h"
#include "deployment.h"
#include "labour.h"
#include "power.h"
#include "procurement.h"

#include <algorithm>
#include <tuple>

namespace racked::construction {
namespace {

using Stage = TaskState::Stage;

const Calendar& calendar_of(const State& state, const Task& task) {
  return state.model->calendars[task.calendar];
}

bool from_start(const Link& link) {
  return link.type == LinkType::start_start || link.type == LinkType::start_finish;
}

bool holds_start(const Link& link) {
  return link.type == LinkType::finish_start || link.type == LinkType::start_start;
}

// Becoming ready.

// Everything before the task is done: it joins the queue when its date and its shift have come.
void become_ready(State& state, Id<Task> id, Cause cause) {
  const Task& task = state.model->tasks[id];
  TaskState& now = state.tasks[id.index()];
  now.ready_cause = cause;
  des::Time ready = state.now();
  if (task.earliest > ready) {
    ready = task.earliest;
    now.ready_cause = {0, 0, ready == des::kStart ? CauseKind::start : CauseKind::date};
  }
  if (!task.elapsed) ready = calendar_of(state, task).next_work(ready);
  now.stage = Stage::dated;
  if (ready > state.now()) {
    state.schedule(ready, {id.index(), 0, Occurrence::Kind::task_ready});
  } else {
    on_ready(state, id);
  }
}

void finish(State& state, Id<Task> id);

void satisfy(State& state, Id<Link> id) {
  if (state.link_satisfied[id.index()]) return;
  state.link_satisfied[id.index()] = 1;
  const Link& link = state.model->links[id];
  const Cause cause{state.tasks[link.from.index()].run, 0, CauseKind::task};
  TaskState& to = state.tasks[link.to.index()];
  if (holds_start(link)) {
    if (--to.start_links == 0 && to.stage == Stage::linked) become_ready(state, link.to, cause);
  } else {
    --to.finish_links;
    to.finish_cause = cause;
    if (to.finish_links == 0 && to.stage == Stage::held) finish(state, link.to);
  }
}

// The links that leave from the start, or from the finish, of a task take effect after their lag.
void release_links(State& state, Id<Task> task, bool at_start) {
  const Model& model = *state.model;
  for (const Id<Link> id : model.tasks[task].successors) {
    const Link& link = model.links[id];
    if (from_start(link) != at_start) continue;
    const des::Time at = link.lag_calendar.valid()
                             ? model.calendars[link.lag_calendar].finish(state.now(), link.lag)
                             : state.now() + link.lag;
    if (at > state.now()) {
      state.schedule(at, {id.index(), state.link_rounds[id.index()], Occurrence::Kind::link_lag});
    } else {
      satisfy(state, id);
    }
  }
}

// Starting.

Id<Need> first_lacking(const State& state, const Task& task) {
  for (const Id<Need> id : task.needs) {
    const Need& need = state.model->needs[id];
    if (need.crew.valid() && state.crews[need.crew.index()].free() < need.count) return id;
    if (need.goods.valid() && state.goods[need.goods.index()].pieces < need.count) return id;
    if (need.energised.valid() && !power::flows(state, need.energised)) return id;
  }
  return {};
}

void set_lacking(State& state, TaskState& task, Id<Need> lacking) {
  const auto waiters = [&](Id<Need> need) -> std::uint32_t* {
    const Id<Crew> crew = need.valid() ? state.model->needs[need].crew : Id<Crew>();
    return crew.valid() ? &state.crews[crew.index()].task_waiters : nullptr;
  };
  if (std::uint32_t* before = waiters(task.lacking)) --*before;
  if (std::uint32_t* after = waiters(lacking)) ++*after;
  task.lacking = lacking;
}

Cause cause_of_need(const State& state, const Need& need) {
  if (need.crew.valid()) return state.crews[need.crew.index()].freed.cause;
  if (need.goods.valid()) return state.goods[need.goods.index()].arrived.cause;
  return power::cause_of_flow(state, need.energised);
}

des::Duration duration_of(const State& state, const Task& task, const TaskState& now) {
  const des::Duration drawn = state.draw_span(task.duration, now.round);
  const des::Duration share =
      now.round == 0
          ? drawn
          : des::rounded(now.share * static_cast<double>(drawn.count()), des::Duration{1});
  return share + now.delay;
}

des::Time finish_of(const State& state, const Task& task, des::Time start, des::Duration duration) {
  return task.elapsed ? start + duration : calendar_of(state, task).finish(start, duration);
}

void start(State& state, Id<Task> id, bool waited) {
  const Task& task = state.model->tasks[id];
  TaskState& now = state.tasks[id.index()];

  // Why now.
  TaskRun run;
  run.cause = now.ready_cause;
  if (waited)
    run.cause = now.lacking.valid() ? cause_of_need(state, state.model->needs[now.lacking])
                                    : Cause{0, 0, CauseKind::date};
  set_lacking(state, now, {});

  // Everything it takes, at once.
  for (const Id<Need> need_id : task.needs) {
    const Need& need = state.model->needs[need_id];
    if (need.crew.valid()) labour::seize(state, need.crew, need.count);
    if (need.goods.valid()) state.goods[need.goods.index()].pieces -= need.count;
  }

  run.task = id;
  run.round = now.round;
  run.ready = now.ready;
  run.start = state.now();
  run.duration = duration_of(state, task, now);
  now.delay = des::Duration::zero();
  now.run = static_cast<std::uint32_t>(state.timeline.task_runs.size());
  now.stage = Stage::running;
  now.finish = finish_of(state, task, run.start, run.duration);
  now.finish_event =
      state.schedule_cancellable(now.finish, {id.index(), 0, Occurrence::Kind::task_finish});
  state.timeline.task_runs.push_back(run);
  release_links(state, id, /*at_start=*/true);
}

// Finishing.

void apply_effects(State& state, Id<Task> id) {
  const Cause cause{state.tasks[id.index()].run, 0, CauseKind::task};
  for (const Id<Effect> effect_id : state.model->tasks[id].effects) {
    const Effect& effect = state.model->effects[effect_id];
    if (effect.energise.valid() && power::on_task(state, effect.energise, cause))
      deployment::refresh_halls(state, effect.energise);
    if (effect.order.valid()) procurement::place(state, effect.order, cause);
    if (effect.hall.valid()) deployment::provide(state, effect.hall, effect.flow, cause);
    if (effect.milestone.valid()) accounts::reach(state, effect.milestone, cause);
    if (effect.trigger.valid())
      state.schedule(state.now(), {effect.trigger.index(), 0, Occurrence::Kind::risk_event});
  }
}

bool fails(const State& state, const Task& task, const TaskState& now) {
  if (!task.rework.valid()) return false;
  const Rework& rework = state.model->reworks[task.rework];
  return now.failures < rework.at_most &&
         state.chance(rework.purpose, now.failures) < rework.probability;
}

// What is done of the loop is done again; what still runs just goes on. What is done again waits
// anew for whatever before it is still to come: the links into it must be satisfied by runs that
// have not finished yet (or not started, where the link leaves from the start).
void send_back(State& state, Id<Task> id) {
  const Rework& rework = state.model->reworks[state.model->tasks[id].rework];
  const auto again = [&](Id<Task> task) { return state.tasks[task.index()].stage == Stage::done; };
  ++state.tasks[id.index()].failures;
  for (const Id<Link> link_id : rework.links) {
    const Link& link = state.model->links[link_id];
    const Stage from = state.tasks[link.from.index()].stage;
    const bool under_way = from == Stage::running || from == Stage::held;
    if (!again(link.to) || (from_start(link) && under_way)) continue;
    ++state.link_rounds[link_id.index()];
    if (!state.link_satisfied[link_id.index()]) continue;
    state.link_satisfied[link_id.index()] = 0;
    TaskState& to = state.tasks[link.to.index()];
    ++(holds_start(link) ? to.start_links : to.finish_links);
  }
  const Cause cause{state.tasks[id.index()].run, 0, CauseKind::task};
  for (const Id<Task> task_id : rework.tasks) {
    TaskState& task = state.tasks[task_id.index()];
    if (!again(task_id)) continue;
    task.stage = Stage::linked;
    task.share = rework.share;
    ++task.round;
  }
  for (const Id<Task> task_id : rework.tasks) {
    const TaskState& task = state.tasks[task_id.index()];
    if (task.stage == Stage::linked && task.start_links == 0) become_ready(state, task_id, cause);
  }
}

void finish(State& state, Id<Task> id) {
  const Task& task = state.model->tasks[id];
  TaskState& now = state.tasks[id.index()];
  TaskRun& run = state.timeline.task_runs[now.run];
  if (now.stage == Stage::held) run.finish_cause = now.finish_cause;
  run.finish = state.now();
  now.stage = Stage::done;

  const Cause freed_by{now.run, 0, CauseKind::crew_task};
  for (const Id<Need> need_id : task.needs) {
    const Need& need = state.model->needs[need_id];
    if (!need.crew.valid()) continue;
    Cause cause = freed_by;
    cause.crew = static_cast<std::uint16_t>(need.crew.index());
    labour::release(state, need.crew, need.count, cause);
  }

  if (fails(state, task, now)) {
    run.failed = true;
    return send_back(state, id);
  }
  release_links(state, id, /*at_start=*/false);
  if (now.counted) return;
  now.counted = true;
  apply_effects(state, id);
}

}  // namespace

void begin(State& state) {
  const Model& model = *state.model;
  state.tasks.assign(model.tasks.size(), TaskState{});
  state.link_satisfied.assign(model.links.size(), 0);
  state.link_rounds.assign(model.links.size(), 0);
  state.waiting.clear();
  state.joining.clear();
  state.tasks_changed = false;
  for (std::size_t i = 0; i < model.tasks.size(); ++i) {
    const Task& task = model.tasks[Id<Task>(i)];
    state.tasks[i].start_links = task.start_links;
    state.tasks[i].finish_links = task.finish_links;
    if (task.start_links > 0) continue;
    state.tasks[i].stage = Stage::dated;
    const bool on_day_0 = task.earliest == des::kStart;
    state.tasks[i].ready_cause = {0, 0, on_day_0 ? CauseKind::start : CauseKind::date};
    const des::Time ready =
        task.elapsed ? task.earliest : calendar_of(state, task).next_work(task.earliest);
    state.schedule(ready, {static_cast<std::uint32_t>(i), 0, Occurrence::Kind::task_ready});
  }
}

void on_ready(State& state, Id<Task> id) {
  TaskState& now = state.tasks[id.index()];
  now.stage = Stage::waiting;
  now.ready = state.now();
  state.joining.push_back(id);
  state.tasks_changed = true;
  state.settle_now();
}

void on_finish(State& state, Id<Task> id) {
  TaskState& now = state.tasks[id.index()];
  if (now.finish_links > 0) {
    now.stage = Stage::held;
    return;
  }
  finish(state, id);
}

void on_lag(State& state, Id<Link> link, std::uint16_t round) {
  if (round == state.link_rounds[link.index()]) satisfy(state, link);
}

void start_waiting(State& state) {
  const Model& model = *state.model;
  const auto served_before = [&](Id<Task> a, Id<Task> b) {
    return std::tuple(model.tasks[a].dispatch_key, state.tasks[a.index()].ready, a) <
           std::tuple(model.tasks[b].dispatch_key, state.tasks[b.index()].ready, b);
  };
  while (state.tasks_changed) {
    state.tasks_changed = false;
    for (const Id<Task> id : state.joining)
      state.waiting.insert(
          std::upper_bound(state.waiting.begin(), state.waiting.end(), id, served_before), id);
    state.joining.clear();

    std::size_t kept = 0;
    for (std::size_t i = 0; i < state.waiting.size(); ++i) {
      const Id<Task> id = state.waiting[i];
      const Task& task = model.tasks[id];
      TaskState& now = state.tasks[id.index()];
      const des::Time resumes = state.campuses[task.campus.index()].stopped_until;
      const Id<Need> lacking = first_lacking(state, task);
      const bool works = task.elapsed || calendar_of(state, task).works_at(state.now());
      if (!lacking.valid() && works && state.now() >= resumes) {
        start(state, id, state.now() > now.ready);
        continue;
      }
      // What was missing last stays the cause when only a shift or a stop is waited for afterwards.
      if (lacking.valid())
        set_lacking(state, now, lacking);
      else if (state.now() < resumes)
        state.settle_at(resumes);
      else
        state.settle_at_opening(task.calendar);
      state.waiting[kept++] = id;
    }
    state.waiting.resize(kept);
  }
}

void delay(State& state, Id<Task> id, des::Duration delay) {
  const Task& task = state.model->tasks[id];
  TaskState& now = state.tasks[id.index()];
  if (now.stage == Stage::done || now.stage == Stage::held) return;
  if (now.stage != Stage::running) {
    now.delay += delay;
    return;
  }
  TaskRun& run = state.timeline.task_runs[now.run];
  run.duration += delay;
  now.finish = finish_of(state, task, run.start, run.duration);
  state.loop.cancel(now.finish_event);
  now.finish_event =
      state.schedule_cancellable(now.finish, {id.index(), 0, Occurrence::Kind::task_finish});
}

void stop(State& state, Id<Campus> campus, des::Duration time) {
  CampusState& now = state.campuses[campus.index()];
  const des::Time from = std::max(state.now(), now.stopped_until);
  const des::Time until = std::max(from, state.now() + time);
  now.stopped_until = until;
  for (std::size_t i = 0; i < state.tasks.size(); ++i) {
    const Task& task = state.model->tasks[Id<Task>(i)];
    if (task.campus != campus || state.tasks[i].stage != Stage::running) continue;
    const des::Duration lost =
        task.elapsed ? until - from : calendar_of(state, task).work_between(from, until);
    delay(state, Id<Task>(i), lost);
  }
}

}  // namespace racked::construction
