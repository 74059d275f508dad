#include "labour.h"

#include <algorithm>

namespace racked::labour {

namespace {

void schedule_steps(State& state, Id<Crew> id, des::Time after) {
  const Crew& crew = state.model->crews[id];
  for (std::size_t step = 1; step < crew.steps.size(); ++step)
    if (crew.steps[step].at > after)
      state.schedule(crew.steps[step].at, {id.index(), 0, Occurrence::Kind::headcount_step});
}

std::int64_t headcount(const Crew& crew, des::Time at) {
  std::int64_t headcount = 0;
  for (const Crew::Step& step : crew.steps)
    if (step.at <= at) headcount = step.headcount;
  return headcount;
}

}  // namespace

void begin(State& state) {
  state.crews.resize(state.model->crews.size());
  state.changed_crews.clear();
  for (std::size_t i = 0; i < state.crews.size(); ++i) {
    const Crew& crew = state.model->crews[Id<Crew>(i)];
    state.crews[i] = CrewState{};
    state.crews[i].headcount = crew.steps.front().headcount;
    schedule_steps(state, Id<Crew>(i), des::Time::min());
  }
}

void replan(State& state) {
  for (std::size_t i = 0; i < state.crews.size(); ++i) {
    schedule_steps(state, Id<Crew>(i), state.now());
    if (state.now() >= des::kStart) on_headcount_step(state, Id<Crew>(i));
  }
}

void mark_changed(State& state, Id<Crew> id) {
  CrewState& crew = state.crews[id.index()];
  if (!crew.changed) {
    crew.changed = true;
    state.changed_crews.push_back(id);
  }
  state.settle_now();
}

void on_headcount_step(State& state, Id<Crew> id) {
  CrewState& crew = state.crews[id.index()];
  const std::int64_t before = crew.headcount;
  crew.headcount = headcount(state.model->crews[id], state.now());
  if (crew.headcount <= before) return;
  crew.freed = {state.now(), {0, static_cast<std::uint16_t>(id.index()), CauseKind::headcount}};
  state.tasks_changed |= crew.task_waiters > 0;
  mark_changed(state, id);
}

void seize(State& state, Id<Crew> crew, std::int64_t workers) {
  state.crews[crew.index()].in_use += workers;
}

void release(State& state, Id<Crew> id, std::int64_t workers, Cause cause) {
  CrewState& crew = state.crews[id.index()];
  crew.in_use -= workers;
  crew.freed = {state.now(), cause};
  state.tasks_changed |= crew.task_waiters > 0;
  mark_changed(state, id);
}

}  // namespace racked::labour
