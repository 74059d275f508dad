#include "power.h"

#include <algorithm>
#include <limits>

namespace racked::power {
namespace {

void record(State& state, Id<Feeder> id, CauseKind kind, Cause cause) {
  FeederState& feeder = state.feeders[id.index()];
  feeder.changed = {static_cast<std::uint32_t>(state.timeline.energisations.size()), 0, kind};
  state.timeline.energisations.push_back({id, state.now(), feeder.available(), cause});
  state.tasks_changed = true;
  state.settle_now();
}

void energise(State& state, Id<Feeder> id, Cause cause) {
  FeederState& feeder = state.feeders[id.index()];
  feeder.energised = true;
  record(state, id, CauseKind::energised, cause);
  feeder.came_alive = {state.now(), feeder.changed};
}

// A date that can slip has not come by the status date unless it is known to have.
des::Time slipped(const State& state, des::Time date, const Uncertain& slip) {
  const Model& model = *state.model;
  if (model.status == des::kStart || !slip.valid())
    return std::max(model.begin, date + state.draw_slip(slip, 0));
  return date + state.draw_above(slip, 0, model.status - date);
}

}  // namespace

void begin(State& state) {
  const Model& model = *state.model;
  state.feeders.resize(model.feeders.size());
  for (std::size_t i = 0; i < state.feeders.size(); ++i) {
    const Feeder& feeder = model.feeders[Id<Feeder>(i)];
    const std::uint32_t id = static_cast<std::uint32_t>(i);
    FeederState& now = state.feeders[i];
    now = FeederState{};
    now.tasks_left = feeder.energising_tasks;
    now.contracted = feeder.ramp.empty() ? feeder.capacity : Watts{};
    if (feeder.dated || feeder.energised != des::kNever) {
      now.date = feeder.energised != des::kNever ? feeder.energised
                                                 : slipped(state, feeder.date, feeder.slip);
      now.event = state.schedule_cancellable(now.date, {id, 0, Occurrence::Kind::feeder_date});
    }
    for (std::size_t step = 0; step < feeder.ramp.size(); ++step) {
      const Feeder::RampStep& ramp = feeder.ramp[step];
      state.schedule(slipped(state, ramp.from, ramp.slip),
                     {id, static_cast<std::uint16_t>(step), Occurrence::Kind::ramp_step});
    }
  }
}

void on_date(State& state, Id<Feeder> feeder) { energise(state, feeder, {0, 0, CauseKind::date}); }

bool on_task(State& state, Id<Feeder> feeder, Cause cause) {
  FeederState& now = state.feeders[feeder.index()];
  if (--now.tasks_left > 0 || state.model->feeders[feeder].energised != des::kNever) return false;
  energise(state, feeder, cause);
  return true;
}

bool on_ramp_step(State& state, Id<Feeder> id, std::size_t step) {
  FeederState& feeder = state.feeders[id.index()];
  const Watts before = feeder.available();
  feeder.contracted = state.model->feeders[id].ramp[step].power;
  if (feeder.available() == before) return false;
  record(state, id, CauseKind::power, {0, 0, CauseKind::date});
  return true;
}

void delay(State& state, Id<Feeder> id, des::Duration delay) {
  FeederState& feeder = state.feeders[id.index()];
  if (feeder.energised || !state.model->feeders[id].dated) return;
  state.loop.cancel(feeder.event);
  feeder.date += delay;
  feeder.event =
      state.schedule_cancellable(feeder.date, {id.index(), 0, Occurrence::Kind::feeder_date});
}

bool flows(const State& state, Id<Feeder> feeder) {
  for (; feeder.valid(); feeder = state.model->feeders[feeder].fed_by)
    if (!state.feeders[feeder.index()].energised) return false;
  return true;
}

Watts headroom(const State& state, Id<Feeder> feeder) {
  Watts least{std::numeric_limits<std::int64_t>::max()};
  for (; feeder.valid(); feeder = state.model->feeders[feeder].fed_by) {
    const FeederState& at = state.feeders[feeder.index()];
    least = std::min(least, at.available() - at.claimed);
  }
  return least;
}

void claim(State& state, Id<Feeder> feeder, Watts power) {
  for (; feeder.valid(); feeder = state.model->feeders[feeder].fed_by)
    state.feeders[feeder.index()].claimed += power;
}

Cause cause_of_change(const State& state, Id<Feeder> feeder) {
  return state.feeders[feeder.index()].changed;
}

Cause cause_of_flow(const State& state, Id<Feeder> feeder) {
  Freed last = state.feeders[feeder.index()].came_alive;
  for (; feeder.valid(); feeder = state.model->feeders[feeder].fed_by)
    if (const Freed& alive = state.feeders[feeder.index()].came_alive; alive.at >= last.at)
      last = alive;
  return last.cause;
}

}  // namespace racked::power
