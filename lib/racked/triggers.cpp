#include "triggers.h"

#include "construction.h"
#include "deals.h"
#include "procurement.h"

#include <algorithm>

namespace racked::triggers {
namespace {

// An amount of a deal in IT power; chips by the share of their rack.
std::int64_t watts(const Model& model, const Deal& deal, std::int64_t amount) {
  if (!deal.product.valid()) return amount;
  const Product& product = model.products[deal.product];
  return amount * product.it_per_rack.count / product.chips_per_rack;
}

std::int64_t backlog(const State& state, const Trigger& trigger) {
  const Model& model = *state.model;
  const bool in_chips = trigger.kind == Trigger::Kind::backlog_chips;
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < model.deals.size(); ++i) {
    const Id<Deal> id(i);
    const Deal& deal = model.deals[id];
    if ((trigger.deal.valid() && trigger.deal != id) || (in_chips && !deal.product.valid()))
      continue;
    const std::int64_t missing =
        deals::committed(state, id, state.now() + trigger.ahead) - state.deals[i].delivered;
    if (missing > 0) sum += in_chips ? missing : watts(model, deal, missing);
  }
  return sum;
}

std::int64_t usable(const State& state, const Trigger& trigger) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < state.campuses.size(); ++i) {
    const CampusState& campus = state.campuses[i];
    if (trigger.campus.valid() && trigger.campus != Id<Campus>(i)) continue;
    sum += trigger.kind == Trigger::Kind::usable_chips ? campus.usable_chips
                                                       : campus.usable_facility.count;
  }
  return sum;
}

bool reached(const State& state, const Trigger& trigger) {
  switch (trigger.kind) {
    case Trigger::Kind::milestone:
      return state.timeline.milestones[trigger.milestone.index()].at <= state.now();
    case Trigger::Kind::backlog_chips:
    case Trigger::Kind::backlog_power: return backlog(state, trigger) >= trigger.level;
    case Trigger::Kind::usable_chips:
    case Trigger::Kind::usable_power: return usable(state, trigger) >= trigger.level;
  }
  return false;
}

void fire(State& state, Id<Trigger> id) {
  const Trigger& trigger = state.model->triggers[id];
  state.fired[id.index()] = 1;
  const Cause cause{static_cast<std::uint32_t>(state.timeline.firings.size()), 0,
                    CauseKind::trigger};
  state.timeline.firings.push_back({id, state.now(),
                                    trigger.milestone.valid()
                                        ? state.timeline.milestones[trigger.milestone.index()].cause
                                        : state.level_cause});
  for (const Id<Order> order : trigger.orders)
    if (!state.orders[order.index()].is_placed) procurement::place(state, order, cause);
  for (const Id<Task> task : trigger.tasks) construction::on_trigger(state, task, cause);
  for (const Id<RiskEvent> event : trigger.events)
    state.schedule(state.now(), {event.index(), 0, Occurrence::Kind::risk_event});
}

}  // namespace

void settle(State& state) {
  if (state.in_past()) return;
  for (std::size_t i = 0; i < state.fired.size(); ++i)
    if (!state.fired[i] && reached(state, state.model->triggers[Id<Trigger>(i)]))
      fire(state, Id<Trigger>(i));
}

}  // namespace racked::triggers
