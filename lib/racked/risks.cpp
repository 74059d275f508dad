#include "risks.h"

#include "construction.h"
#include "power.h"
#include "procurement.h"

#include <algorithm>

namespace racked::risks {

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
  for (std::size_t i = 0; i < model.risk_events.size(); ++i) {
    const RiskEvent& event = model.risk_events[Id<RiskEvent>(i)];
    if (event.dated)
      state.schedule(std::max(model.begin, event.at + state.draw_slip(event.slip, 0)),
                     {static_cast<std::uint32_t>(i), 0, Occurrence::Kind::risk_event});
  }
}

void on_event(State& state, Id<RiskEvent> id) {
  const RiskEvent& event = state.model->risk_events[id];
  if (state.chance(event.purpose, 0) >= event.probability) return;
  state.timeline.strikes.push_back({id, state.now()});
  for (const Consequence& consequence : event.consequences) {
    const des::Duration delay = state.draw_span(consequence.delay, 0);
    if (consequence.task.valid()) construction::delay(state, consequence.task, delay);
    if (consequence.feeder.valid()) power::delay(state, consequence.feeder, delay);
    if (consequence.order.valid()) procurement::delay(state, consequence.order, delay);
    if (consequence.campus.valid()) construction::stop(state, consequence.campus, delay);
  }
}

}  // namespace racked::risks
