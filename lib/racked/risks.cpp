#include "risks.h"

#include "construction.h"
#include "darkness.h"
#include "power.h"
#include "procurement.h"

#include <algorithm>

namespace racked::risks {

namespace {

des::Time date_of(const State& state, const RiskEvent& event) {
  return std::max(state.model->begin, event.at + state.draw_slip(event.slip, 0));
}

void schedule_dated(State& state, des::Time after) {
  for (std::size_t i = 0; i < state.model->risk_events.size(); ++i) {
    const RiskEvent& event = state.model->risk_events[Id<RiskEvent>(i)];
    if (event.dated && date_of(state, event) > after)
      state.schedule(date_of(state, event),
                     {static_cast<std::uint32_t>(i), 0, Occurrence::Kind::risk_event});
  }
}

// An event happens once, on the date that the model of the moment has for it.
bool is_due(const State& state, Id<RiskEvent> id) {
  if (!state.branched) return true;
  const RiskEvent& event = state.model->risk_events[id];
  if (event.dated && date_of(state, event) != state.now()) return false;
  return std::none_of(state.timeline.strikes.begin(), state.timeline.strikes.end(),
                      [&](const RiskStrike& strike) { return strike.event == id; });
}

}  // namespace

void begin(State& state) {
  const Model& model = *state.model;
  state.driver_factor.assign(model.drivers.size(), 1);
  state.driver_extra.assign(model.drivers.size(), des::Duration::zero());
  for (std::size_t i = 0; i < model.drivers.size(); ++i) {
    const RiskDriver& driver = model.drivers[Id<RiskDriver>(i)];
    if (state.chance(driver.purpose, 0) >= driver.probability) continue;
    if (driver.factor.valid()) state.driver_factor[i] = state.draw(driver.factor, 0);
    if (driver.extra.valid()) state.driver_extra[i] = state.draw_slip(driver.extra, 0);
  }
  schedule_dated(state, des::Time::min());
}

void replan(State& state) { schedule_dated(state, state.now()); }

namespace {

void apply(State& state, const Consequence& what) {
  using Kind = Consequence::Kind;
  const des::Duration delay = state.draw_span(what.delay, 0);
  switch (what.kind) {
    case Kind::delay_task: return construction::delay(state, what.task, delay);
    case Kind::delay_feeder: return power::delay(state, what.feeder, delay);
    case Kind::delay_order: return procurement::delay(state, what.order, delay);
    case Kind::stop_campus:
      return construction::stop(state, what.campus,
                                what.until > state.now() ? what.until - state.now() : delay);
    case Kind::redo_task: return construction::redo(state, what.task, what.share);
    case Kind::lose_lot: return procurement::lose(state, what.order);
    case Kind::outage:
      if (power::fail(state, what.feeder, delay)) darkness::follow(state, what.feeder);
      return;
    case Kind::destroy_goods: return procurement::destroy(state, what.goods, what.count);
  }
}

}  // namespace

void on_event(State& state, Id<RiskEvent> id) {
  const RiskEvent& event = state.model->risk_events[id];
  if (state.in_past() || !is_due(state, id)) return;
  if (state.chance(event.purpose, 0) >= event.probability) return;
  state.timeline.strikes.push_back({id, state.now()});
  for (const Consequence& consequence : event.consequences) apply(state, consequence);
}

}  // namespace racked::risks
