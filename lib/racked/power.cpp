#include "power.h"

#include "power_grid.h"

#include <algorithm>
#include <vector>

namespace racked::power {
namespace {

void record(State& state, Id<Feeder> id, CauseKind kind, Cause cause) {
  FeederState& feeder = state.feeders[id.index()];
  feeder.changed = {static_cast<std::uint32_t>(state.timeline.energisations.size()), 0, kind};
  state.timeline.energisations.push_back(
      {id, state.now(), feeder.available(), cause, feeder.alive()});
  state.tasks_changed = true;
  state.settle_now();
}

// Halls are given what there is now.
void follow(State& state, Id<Feeder> id, Watts before) {
  const Id<PowerGrid> grid = state.model->feeders[id].grid;
  if (!grid.valid()) return;
  if (state.feeders[id.index()].available() < before) state.grids[grid.index()].shrunk = true;
  power_grid::follow(state, grid);
}

// A date that can slip has not come by the status date unless it is known to have.
des::Time slipped(const State& state, des::Time date, const Uncertain& slip) {
  const Model& model = *state.model;
  if (model.status == des::kStart || !slip.valid())
    return std::max(model.begin, date + state.draw_slip(slip, 0));
  return date + state.draw_above(slip, 0, model.status - date);
}

des::Time energising_date(const State& state, Id<Feeder> id) {
  const Feeder& feeder = state.model->feeders[id];
  return feeder.energised != des::kNever ? feeder.energised
                                         : slipped(state, feeder.date, feeder.slip);
}

des::Time end_date(const State& state, const Feeder& feeder) {
  return slipped(state, feeder.until, feeder.until_slip);
}

des::Time step_date(const State& state, const Feeder::RampStep& step) {
  return slipped(state, step.from, step.slip);
}

void schedule_ramp(State& state, Id<Feeder> id, des::Time after) {
  for (const Feeder::RampStep& step : state.model->feeders[id].ramp)
    if (const des::Time at = step_date(state, step); at > after)
      state.schedule(at, {id.index(), 0, Occurrence::Kind::ramp_step});
}

void schedule_end(State& state, Id<Feeder> id, des::Time after) {
  const Feeder& feeder = state.model->feeders[id];
  if (!feeder.ends) return;
  if (const des::Time at = end_date(state, feeder); at > after)
    state.schedule(at, {id.index(), 0, Occurrence::Kind::feeder_end});
}

void schedule_energising(State& state, Id<Feeder> id) {
  FeederState& now = state.feeders[id.index()];
  now.event = state.schedule_cancellable(now.date, {id.index(), 0, Occurrence::Kind::feeder_date});
}

// By the ramp, the last written of the steps that have come; without one, the capacity.
Watts contracted(const State& state, const Feeder& feeder) {
  if (feeder.ramp.empty()) return feeder.capacity;
  for (auto step = feeder.ramp.rbegin(); step != feeder.ramp.rend(); ++step)
    if (step_date(state, *step) <= state.now()) return step->power;
  return {};
}

void energise(State& state, Id<Feeder> id, Cause cause) {
  FeederState& feeder = state.feeders[id.index()];
  // A step of this very instant counts, whether its event was first or not.
  feeder.contracted = contracted(state, state.model->feeders[id]);
  feeder.energised = true;
  record(state, id, CauseKind::energised, cause);
  feeder.came_alive = {state.now(), feeder.changed};
  follow(state, id, {});
}

}  // namespace

void begin(State& state) {
  const Model& model = *state.model;
  state.feeders.resize(model.feeders.size());
  for (std::size_t i = 0; i < state.feeders.size(); ++i) {
    const Id<Feeder> id(i);
    const Feeder& feeder = model.feeders[id];
    FeederState& now = state.feeders[i];
    now = FeederState{};
    now.tasks_left = feeder.energising_tasks;
    now.contracted = feeder.ramp.empty() ? feeder.capacity : Watts{};
    if (feeder.dated || feeder.energised != des::kNever) {
      now.date = energising_date(state, id);
      schedule_energising(state, id);
    }
    schedule_ramp(state, id, des::Time::min());
    schedule_end(state, id, des::Time::min());
  }
  power_grid::begin(state);
}

void replan(State& state) {
  for (std::size_t i = 0; i < state.feeders.size(); ++i) {
    const Id<Feeder> id(i);
    FeederState& now = state.feeders[i];
    if (!now.energised && state.model->feeders[id].dated) {
      state.loop.cancel(now.event);
      now.date = std::max(state.now(), energising_date(state, id) + now.delay);
      schedule_energising(state, id);
    }
    schedule_ramp(state, id, state.now());
    state.schedule(state.now(), {id.index(), 0, Occurrence::Kind::ramp_step});
    if (!state.model->feeders[id].ends) continue;
    schedule_end(state, id, state.now());
    state.schedule(state.now(), {id.index(), 0, Occurrence::Kind::feeder_end});
  }
}

void on_date(State& state, Id<Feeder> feeder) { energise(state, feeder, {0, 0, CauseKind::date}); }

bool on_task(State& state, Id<Feeder> feeder, Cause cause) {
  FeederState& now = state.feeders[feeder.index()];
  if (--now.tasks_left > 0 || state.model->feeders[feeder].energised != des::kNever) return false;
  energise(state, feeder, cause);
  return true;
}

bool on_ramp_step(State& state, Id<Feeder> id) {
  FeederState& feeder = state.feeders[id.index()];
  const Watts before = feeder.available();
  feeder.contracted = contracted(state, state.model->feeders[id]);
  if (feeder.available() == before) return false;
  record(state, id, CauseKind::power, {0, 0, CauseKind::date});
  follow(state, id, before);
  return true;
}

bool on_end(State& state, Id<Feeder> id) {
  FeederState& feeder = state.feeders[id.index()];
  const bool alive = feeder.alive();
  const Watts before = feeder.available();
  if (feeder.ended || end_date(state, state.model->feeders[id]) > state.now()) return false;
  feeder.ended = true;
  if (!alive) return false;
  record(state, id, CauseKind::power, {0, 0, CauseKind::date});
  follow(state, id, before);
  return true;
}

bool fail(State& state, Id<Feeder> id, des::Duration time) {
  FeederState& feeder = state.feeders[id.index()];
  if (!feeder.energised || feeder.ended) return false;
  const bool alive = feeder.alive();
  const Watts before = feeder.available();
  ++feeder.outages;
  state.schedule(state.now() + time, {id.index(), 0, Occurrence::Kind::feeder_back});
  if (!alive) return false;
  record(state, id, CauseKind::power, {0, 0, CauseKind::date});
  follow(state, id, before);
  return true;
}

bool on_back(State& state, Id<Feeder> id) {
  FeederState& feeder = state.feeders[id.index()];
  --feeder.outages;
  if (!feeder.alive()) return false;
  record(state, id, CauseKind::energised, {0, 0, CauseKind::date});
  feeder.came_alive = {state.now(), feeder.changed};
  follow(state, id, {});
  return true;
}

void delay(State& state, Id<Feeder> id, des::Duration delay) {
  FeederState& feeder = state.feeders[id.index()];
  if (feeder.energised || !state.model->feeders[id].dated) return;
  state.loop.cancel(feeder.event);
  feeder.date += delay;
  feeder.delay += delay;
  schedule_energising(state, id);
}

bool flows(const State& state, Id<Feeder> feeder) {
  if (state.model->feeders[feeder].grid.valid())
    return power_grid::flowing(state, feeder).at != des::kNever;
  for (; feeder.valid(); feeder = state.model->feeders[feeder].above)
    if (!state.feeders[feeder.index()].energised) return false;
  return true;
}

Watts headroom(State& state, Id<Hall> hall, Watts most) {
  Id<Feeder> feeder = state.model->halls[hall].feeder;
  if (state.model->feeders[feeder].grid.valid()) return power_grid::headroom(state, hall, most);
  for (; feeder.valid(); feeder = state.model->feeders[feeder].above) {
    const FeederState& at = state.feeders[feeder.index()];
    most = std::min(most, at.available() - at.claimed);
  }
  return most;
}

void claim(State& state, Id<Hall> hall, Watts power) {
  Id<Feeder> feeder = state.model->halls[hall].feeder;
  if (state.model->feeders[feeder].grid.valid()) return power_grid::claim(state, hall, power);
  for (; feeder.valid(); feeder = state.model->feeders[feeder].above)
    state.feeders[feeder.index()].claimed += power;
}

namespace {

// The element and all that can feed it, those first that feed the others.
std::vector<Id<Feeder>> ways_to(const Model& model, Id<Feeder> feeder) {
  std::vector<Id<Feeder>> ways{feeder};
  if (const Id<PowerGrid> grid = model.feeders[feeder].grid; grid.valid()) {
    const auto& elements = model.grids[grid].elements;
    std::vector<char> above(elements.size());
    above[model.feeders[feeder].grid_element] = 1;
    ways.clear();
    for (std::size_t i = elements.size(); i-- > 0;) {
      if (!above[i]) continue;
      ways.push_back(elements[i]);
      for (const Id<Feeder> feed : model.feeders[elements[i]].fed_by)
        above[model.feeders[feed].grid_element] = 1;
    }
  } else {
    while (model.feeders[ways.back()].above.valid())
      ways.push_back(model.feeders[ways.back()].above);
  }
  std::reverse(ways.begin(), ways.end());
  return ways;
}

}  // namespace

Id<Feeder> missing(const State& state, Id<Feeder> feeder) {
  for (const Id<Feeder> f : ways_to(*state.model, feeder))
    if (!state.feeders[f.index()].alive()) return f;
  return {};
}

Id<Feeder> missing_for_rack(State& state, Id<Hall> id) {
  const Hall& hall = state.model->halls[id];
  if (const Id<Feeder> dead = missing(state, hall.feeder); dead.valid()) return dead;
  const auto& feeders = state.model->feeders;
  if (feeders[hall.feeder].grid.valid()) {
    const bool full = headroom(state, id, hall.rack_power) < hall.rack_power;
    return full ? power_grid::bottleneck(state, id) : Id<Feeder>();
  }
  for (const Id<Feeder> f : ways_to(*state.model, hall.feeder))
    if (const FeederState& at = state.feeders[f.index()];
        at.available() - at.claimed < hall.rack_power)
      return f;
  return {};
}

Cause cause_of_change(const State& state, Id<Feeder> feeder) {
  return state.feeders[feeder.index()].changed;
}

Cause cause_of_flow(const State& state, Id<Feeder> feeder) {
  if (state.model->feeders[feeder].grid.valid()) return power_grid::flowing(state, feeder).cause;
  Freed last = state.feeders[feeder.index()].came_alive;
  for (; feeder.valid(); feeder = state.model->feeders[feeder].above)
    if (const Freed& alive = state.feeders[feeder.index()].came_alive; alive.at >= last.at)
      last = alive;
  return last.cause;
}

}  // namespace racked::power
