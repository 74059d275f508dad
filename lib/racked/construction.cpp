#include "construction.h"

#include "accounts.h"
#include "darkness.h"
#include "deployment.h"
#include "labour.h"
#include "power.h"
#include "procurement.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace racked::construction {
namespace {

using Stage = TaskState::Stage;

const Calendar& calendar_of(const State& state, const Task& task) {
  return task.outdoors.valid() ? state.outdoors[task.outdoors.index()]
                               : state.model->calendars[task.calendar];
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
  ++now.calls;
  if (ready > state.now()) {
    state.schedule(ready, {id.index(), now.calls, Occurrence::Kind::task_ready});
  } else {
    on_ready(state, id, now.calls);
  }
}

void finish(State& state, Id<Task> id);

void satisfy(State& state, Id<Link> id) {
  if (state.link_satisfied[id.index()]) return;
  state.link_satisfied[id.index()] = 1;
  const Link& link = state.model->links[id];
  const Cause cause{state.tasks[link.from.index()].run, 0, CauseKind::task};
  TaskState& to = state.tasks[link.to.index()];
  if (!link.to_finish()) {
    if (--to.start_links == 0 && to.stage == Stage::linked) become_ready(state, link.to, cause);
  } else {
    --to.finish_links;
    to.finish_cause = cause;
    if (to.finish_links == 0 && to.stage == Stage::held) finish(state, link.to);
  }
}

// A link takes effect a lag after `since`, but not before now.
void release_link(State& state, Id<Link> id, des::Time since) {
  const Link& link = state.model->links[id];
  const Calendar& calendar =
      state.model->calendars[link.lag_calendar.valid() ? link.lag_calendar : Id<Calendar>(0)];
  const bool lead = link.lag < des::Duration::zero();
  const des::Time at = lead ? calendar.start(since, -link.lag) : calendar.finish(since, link.lag);
  if (at > state.now()) {
    state.schedule(at, {id.index(), state.link_rounds[id.index()], Occurrence::Kind::link_lag});
  } else {
    satisfy(state, id);
  }
}

// The links that leave from the start, or from the finish, of a task.
void release_links(State& state, Id<Task> task, bool at_start) {
  for (const Id<Link> id : state.model->tasks[task].successors)
    if (state.model->links[id].from_start() == at_start) release_link(state, id, state.now());
}

bool leads_finish(const Link& link) {
  return !link.from_start() && link.lag < des::Duration::zero();
}

// Links that lead the finish of a running task count from the finish that is expected now.
void release_leads(State& state, Id<Task> task) {
  for (const Id<Link> id : state.model->tasks[task].successors) {
    if (!leads_finish(state.model->links[id]) || state.link_satisfied[id.index()]) continue;
    ++state.link_rounds[id.index()];
    release_link(state, id, state.tasks[task.index()].finish);
  }
}

// Starting.

// By the serial scheme a crew starts its tasks in sequence; what is done again is not held up.
bool its_turn(const State& state, const Need& need, const TaskState& task) {
  return state.model->scheme == Scheme::parallel || task.round > 0 ||
         state.crews[need.crew.index()].turn == need.turn;
}

Id<Need> first_lacking(const State& state, const Task& task, const TaskState& now) {
  for (const Id<Need> id : task.needs) {
    const Need& need = state.model->needs[id];
    if (need.crew.valid() &&
        (state.crews[need.crew.index()].free() < need.count || !its_turn(state, need, now)))
      return id;
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
  task.out_of_turn = false;
  if (!lacking.valid() || state.model->scheme == Scheme::parallel) return;
  const Need& need = state.model->needs[lacking];
  task.out_of_turn = need.crew.valid() && !its_turn(state, need, task);
}

Cause cause_of_need(const State& state, const TaskState& task) {
  const Need& need = state.model->needs[task.lacking];
  if (task.out_of_turn)
    return {state.crews[need.crew.index()].turn_run, static_cast<std::uint16_t>(need.crew.index()),
            CauseKind::turn};
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

void pass_turn(State& state, const Task& task, std::uint32_t run) {
  for (const Id<Need> id : task.needs) {
    const Id<Crew> crew = state.model->needs[id].crew;
    if (!crew.valid()) continue;
    ++state.crews[crew.index()].turn;
    state.crews[crew.index()].turn_run = run;
    state.tasks_changed = true;
  }
}

void trigger_at_start(State& state, const Task& task) {
  for (const Id<Effect> id : task.effects)
    if (const Effect& effect = state.model->effects[id]; effect.at_start)
      state.schedule(state.now(), {effect.trigger.index(), 0, Occurrence::Kind::risk_event});
}

// Takes everything that a task needs, begins the run and lets go what follows its start.
void begin_run(State& state, Id<Task> id, TaskRun run) {
  const Task& task = state.model->tasks[id];
  TaskState& now = state.tasks[id.index()];
  for (const Id<Need> need_id : task.needs) {
    const Need& need = state.model->needs[need_id];
    if (need.crew.valid()) labour::seize(state, need.crew, need.count);
    if (need.goods.valid()) state.goods[need.goods.index()].pieces -= need.count;
  }
  run.task = id;
  run.round = now.round;
  run.ready = now.ready;
  run.start = state.now();
  now.run = static_cast<std::uint32_t>(state.timeline.task_runs.size());
  now.stage = Stage::running;
  now.finish_event =
      state.schedule_cancellable(now.finish, {id.index(), 0, Occurrence::Kind::task_finish});
  state.timeline.task_runs.push_back(run);
  if (now.round == 0) trigger_at_start(state, task);
  if (state.model->scheme == Scheme::serial && now.round == 0) pass_turn(state, task, now.run);
  release_links(state, id, /*at_start=*/true);
  release_leads(state, id);
}

void start(State& state, Id<Task> id, bool waited) {
  const Task& task = state.model->tasks[id];
  TaskState& now = state.tasks[id.index()];

  // Why now.
  TaskRun run;
  run.cause = now.ready_cause;
  if (waited)
    run.cause = now.lacking.valid() ? cause_of_need(state, now) : Cause{0, 0, CauseKind::date};
  set_lacking(state, now, {});

  run.duration = duration_of(state, task, now);
  now.delay = des::Duration::zero();
  now.finish = finish_of(state, task, state.now(), run.duration);
  begin_run(state, id, run);
}

// Finishing.

void apply_effects(State& state, Id<Task> id) {
  const Cause cause{state.tasks[id.index()].run, 0, CauseKind::task};
  for (const Id<Effect> effect_id : state.model->tasks[id].effects) {
    const Effect& effect = state.model->effects[effect_id];
    if (effect.at_start) continue;
    if (effect.energise.valid() && power::on_task(state, effect.energise, cause))
      darkness::follow(state, effect.energise);
    if (effect.order.valid()) procurement::place(state, effect.order, cause);
    if (effect.hall.valid()) deployment::provide(state, effect.hall, effect.flow, cause);
    if (effect.milestone.valid()) accounts::reach(state, effect.milestone, cause);
    if (effect.trigger.valid())
      state.schedule(state.now(), {effect.trigger.index(), 0, Occurrence::Kind::risk_event});
  }
}

// That it is known to have finished in the present round.
bool is_fact(const Task& task, const TaskState& now) {
  return now.round == 0 && task.finished != des::kNever;
}

bool fails(const State& state, const Task& task, const TaskState& now) {
  if (!task.rework.valid() || is_fact(task, now)) return false;
  const Rework& rework = state.model->reworks[task.rework];
  return now.failures < rework.at_most &&
         state.chance(rework.purpose, now.failures) < rework.probability;
}

void begin_anew(State& state, Id<Link> id) {
  ++state.link_rounds[id.index()];
  if (!state.link_satisfied[id.index()]) return;
  state.link_satisfied[id.index()] = 0;
  const Link& link = state.model->links[id];
  TaskState& to = state.tasks[link.to.index()];
  ++(link.to_finish() ? to.finish_links : to.start_links);
}

// A task that has not begun waits again for a link that was, or was to be, satisfied.
void hold_again(State& state, Id<Link> id) {
  const Link& link = state.model->links[id];
  TaskState& to = state.tasks[link.to.index()];
  const bool begun =
      to.stage == Stage::running || to.stage == Stage::held || to.stage == Stage::done;
  if (link.from_start() || to.stage == Stage::done || (!link.to_finish() && begun)) return;
  const bool was_satisfied = state.link_satisfied[id.index()] != 0;
  begin_anew(state, id);
  if (!was_satisfied || link.to_finish() || begun) return;
  if (to.stage == Stage::waiting) {
    std::erase(state.waiting, link.to);
    std::erase(state.joining, link.to);
    set_lacking(state, to, {});
  }
  to.stage = Stage::linked;
}

// What is done of the loop is done again; what still runs just goes on. What is done again waits
// anew for whatever before it is still to come: the links into it must be satisfied by runs that
// have not finished yet (or not started, where the link leaves from the start). So does what has
// not begun.
void send_back(State& state, Id<Task> id) {
  const Rework& rework = state.model->reworks[state.model->tasks[id].rework];
  const auto again = [&](Id<Task> task) { return state.tasks[task.index()].stage == Stage::done; };
  ++state.tasks[id.index()].failures;
  for (const Id<Link> link_id : rework.links) {
    const Link& link = state.model->links[link_id];
    const Stage from = state.tasks[link.from.index()].stage;
    const Stage to = state.tasks[link.to.index()].stage;
    const bool under_way = from == Stage::running || from == Stage::held;
    const bool begun = to == Stage::running || to == Stage::held;
    if (again(link.to) && !(link.from_start() && under_way)) begin_anew(state, link_id);
    if (again(link.from) && !again(link.to) && !begun) hold_again(state, link_id);
  }
  for (const Id<Link> link_id : rework.entering) {
    const Link& link = state.model->links[link_id];
    const TaskState& from = state.tasks[link.from.index()];
    if (again(link.to) && !link.from_start() && from.round > 0 && from.stage != Stage::done)
      begin_anew(state, link_id);
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
    state.tasks[i].start_links = task.start_links + task.when[0].valid() + task.when[1].valid();
    state.tasks[i].finish_links = task.finish_links;
    if (task.started != des::kNever) {
      state.tasks[i].stage = Stage::dated;
      state.schedule(task.started,
                     {static_cast<std::uint32_t>(i), 0, Occurrence::Kind::task_started});
      continue;
    }
    if (state.tasks[i].start_links > 0) continue;
    state.tasks[i].stage = Stage::dated;
    const bool on_day_0 = task.earliest == des::kStart;
    state.tasks[i].ready_cause = {0, 0, on_day_0 ? CauseKind::start : CauseKind::date};
    const des::Time ready =
        task.elapsed ? task.earliest : calendar_of(state, task).next_work(task.earliest);
    state.schedule(ready, {static_cast<std::uint32_t>(i), 0, Occurrence::Kind::task_ready});
  }
}

void on_trigger(State& state, Id<Task> id, Cause cause) {
  TaskState& now = state.tasks[id.index()];
  if (--now.start_links == 0 && now.stage == Stage::linked) become_ready(state, id, cause);
}

void on_ready(State& state, Id<Task> id, std::uint16_t call) {
  TaskState& now = state.tasks[id.index()];
  if (call != now.calls || now.stage != Stage::dated) return;
  now.stage = Stage::waiting;
  now.ready = state.now();
  state.joining.push_back(id);
  state.tasks_changed = true;
  state.settle_now();
}

void on_started(State& state, Id<Task> id) {
  const Task& task = state.model->tasks[id];
  TaskState& now = state.tasks[id.index()];
  now.ready = state.now();
  const Calendar& calendar =
      task.elapsed ? state.model->calendars[Id<Calendar>(0)] : calendar_of(state, task);
  TaskRun run;
  run.cause = {0, 0, CauseKind::date};
  if (task.finished != des::kNever) {
    run.duration = calendar.work_between(state.now(), task.finished);
    now.finish = task.finished;
  } else {
    const des::Duration done = calendar.work_between(state.now(), state.model->status);
    run.duration = task.remaining < des::Duration::zero() ? state.draw_above(task.duration, 0, done)
                                                          : done + task.remaining;
    now.finish = std::max(state.model->status, calendar.finish(state.now(), run.duration));
  }
  begin_run(state, id, run);
}

void on_finish(State& state, Id<Task> id) {
  TaskState& now = state.tasks[id.index()];
  if (now.finish_links > 0 && !is_fact(state.model->tasks[id], now)) {
    now.stage = Stage::held;
    return;
  }
  finish(state, id);
}

void on_lag(State& state, Id<Link> link, std::uint16_t round) {
  if (round == state.link_rounds[link.index()]) satisfy(state, link);
}

namespace {

void rank_by_policy(State& state) {
  state.ranked.clear();
  for (const Id<Task> id : state.waiting) {
    const double key = state.policies->dispatch(*state.model, state.timeline,
                                                {id, state.tasks[id.index()].ready, state.now()});
    state.ranked.emplace_back(std::isnan(key) ? std::numeric_limits<double>::infinity() : key, id);
  }
  std::sort(state.ranked.begin(), state.ranked.end());
  for (std::size_t i = 0; i < state.ranked.size(); ++i) state.waiting[i] = state.ranked[i].second;
}

}  // namespace

void start_waiting(State& state) {
  const Model& model = *state.model;
  const bool by_readiness =
      model.scheme == Scheme::parallel && model.dispatch == DispatchRule::fifo;
  const auto key = [&](Id<Task> id) {
    return by_readiness ? state.tasks[id.index()].ready.time_since_epoch().count()
                        : model.tasks[id].dispatch_key;
  };
  const auto served_before = [&](Id<Task> a, Id<Task> b) {
    return std::pair(key(a), a) < std::pair(key(b), b);
  };
  while (state.tasks_changed) {
    state.tasks_changed = false;
    if (state.policies != nullptr && state.policies->dispatch) {
      state.waiting.insert(state.waiting.end(), state.joining.begin(), state.joining.end());
      rank_by_policy(state);
    } else {
      for (const Id<Task> id : state.joining)
        state.waiting.insert(
            std::upper_bound(state.waiting.begin(), state.waiting.end(), id, served_before), id);
    }
    state.joining.clear();

    std::size_t kept = 0;
    for (std::size_t i = 0; i < state.waiting.size(); ++i) {
      const Id<Task> id = state.waiting[i];
      const Task& task = model.tasks[id];
      TaskState& now = state.tasks[id.index()];
      const des::Time resumes = state.campuses[task.campus.index()].stopped_until;
      const Id<Need> lacking = first_lacking(state, task, now);
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
      else if (task.outdoors.valid())
        state.settle_at_opening(task.outdoors);
      else
        state.settle_at_opening(task.calendar);
      state.waiting[kept++] = id;
    }
    state.waiting.resize(kept);
  }
  if (model.goods_are_shared && !state.waiting.empty()) procurement::help_out(state);
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
  release_leads(state, id);
}

void redo(State& state, Id<Task> id, double share) {
  const Task& task = state.model->tasks[id];
  TaskState& now = state.tasks[id.index()];
  if (now.stage == Stage::running) {
    const des::Time begun = state.timeline.task_runs[now.run].start;
    const des::Duration worked = task.elapsed
                                     ? state.now() - begun
                                     : calendar_of(state, task).work_between(begun, state.now());
    return delay(state, id,
                 des::rounded(share * static_cast<double>(worked.count()), des::Duration{1}));
  }
  if (now.stage != Stage::done) return;
  now.stage = Stage::linked;
  now.share = share;
  ++now.round;
  for (const Id<Link> link : task.successors) hold_again(state, link);
  become_ready(state, id, {0, 0, CauseKind::date});
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
