#include <racked/simulation.h>

#include "accounts.h"
#include "branch.h"
#include "construction.h"
#include "darkness.h"
#include "deployment.h"
#include "labour.h"
#include "power.h"
#include "procurement.h"
#include "risks.h"
#include "service.h"
#include "state.h"
#include "stranded.h"
#include "supply.h"
#include "weather.h"

#include <racked/des/random_stream.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace racked {
namespace {

void begin(State& state, std::uint64_t seed, std::uint64_t replication) {
  state.model = state.trunk;
  const Model& model = *state.model;
  Timeline& timeline = state.timeline;
  timeline.seed = seed;
  state.seed = seed;
  state.branched = false;
  timeline.replication = replication;
  timeline.events = 0;
  timeline.task_runs.clear();
  timeline.goods.clear();
  timeline.goods_losses.clear();
  timeline.energisations.clear();
  timeline.lots.clear();
  timeline.racks.clear();
  timeline.repairs.clear();
  timeline.outages.clear();
  timeline.darkness.clear();
  timeline.strikes.clear();
  timeline.lost_days.clear();
  timeline.waits.clear();
  timeline.task_runs.reserve(model.tasks.size());
  timeline.lots.reserve(static_cast<std::size_t>(model.expected_rack_lots));
  timeline.racks.reserve(static_cast<std::size_t>(model.expected_racks));
  state.racks.reserve(static_cast<std::size_t>(model.expected_racks));

  state.loop.reset(model.begin);
  state.settle_due = false;
  state.closed = false;
  state.opening.assign(model.calendars.size() + model.outdoors.size(), des::Time::min());
  risks::begin(state);
  weather::begin(state);
  accounts::begin(state);
  labour::begin(state);
  power::begin(state);
  procurement::begin(state);
  construction::begin(state);
  deployment::begin(state);
  stranded::begin(state);
  supply::begin(state);
  state.settle_at(model.status);
}

void settle(State& state) {
  if (state.in_past()) return;
  deployment::assign_racks(state);
  construction::start_waiting(state);
  deployment::start_steps(state);
}

// A settlement that waited for a date: whatever waits is looked at again.
void settle_on_date(State& state) {
  state.tasks_changed = true;
  darkness::catch_up(state);
  deployment::on_opening(state);
  state.settle_now();
}

void dispatch(State& state, const Occurrence& what) {
  using Kind = Occurrence::Kind;
  switch (what.kind) {
    case Kind::task_ready: return construction::on_ready(state, Id<Task>(what.id), what.detail);
    case Kind::task_started: return construction::on_started(state, Id<Task>(what.id));
    case Kind::task_finish: return construction::on_finish(state, Id<Task>(what.id));
    case Kind::link_lag: return construction::on_lag(state, Id<Link>(what.id), what.detail);
    case Kind::order_placed: return procurement::on_placing_date(state, Id<Order>(what.id));
    case Kind::goods_arrival:
      return procurement::on_arrival(state, Id<Order>(what.id), what.detail);
    case Kind::goods_on_way: return procurement::on_way_ended(state, what.id);
    case Kind::feeder_date:
      power::on_date(state, Id<Feeder>(what.id));
      return darkness::follow(state, Id<Feeder>(what.id));
    case Kind::ramp_step:
      if (power::on_ramp_step(state, Id<Feeder>(what.id)))
        darkness::follow(state, Id<Feeder>(what.id));
      return;
    case Kind::feeder_end:
      if (power::on_end(state, Id<Feeder>(what.id))) darkness::follow(state, Id<Feeder>(what.id));
      return;
    case Kind::feeder_back:
      if (power::on_back(state, Id<Feeder>(what.id))) darkness::follow(state, Id<Feeder>(what.id));
      return;
    case Kind::delivery_lot: return supply::on_delivery_lot(state, what.id);
    case Kind::supply_release: return supply::on_release(state, Id<SupplyLine>(what.id));
    case Kind::supply_stage: return supply::on_stage_end(state, what.id, what.detail);
    case Kind::rack_step_end: return deployment::on_step_end(state, what.id, what.detail);
    case Kind::rack_repaired: return deployment::on_repaired(state, what.id);
    case Kind::rack_fails: return service::on_failure(state, what.id);
    case Kind::rack_back: return service::on_back(state, what.id);
    case Kind::spare_back: return service::on_spare(state, Id<RackStock>(what.id));
    case Kind::headcount_step: return labour::on_headcount_step(state, Id<Crew>(what.id));
    case Kind::risk_event: return risks::on_event(state, Id<RiskEvent>(what.id));
    case Kind::sample: return accounts::sample(state, what.id);
    case Kind::racks_usable: return deployment::on_usable(state, what.id);
    case Kind::settle: return settle_on_date(state);
  }
}

// Handles an event, and settles when it was the last of its instant.
void handle(State& state, const Occurrence& what) {
  dispatch(state, what);
  while (state.settle_due && !state.loop.more_now(des::Turn::start)) {
    state.settle_due = false;
    settle(state);
  }
}

}  // namespace

double State::chance(std::uint64_t purpose, std::uint64_t index, std::uint32_t attempt) const {
  des::RandomStream stream(seed, purpose, timeline.replication, index);
  for (std::uint32_t i = 0; i < attempt; ++i) stream();
  return stream.uniform();
}

double State::draw(const Uncertain& quantity, std::uint64_t index, std::uint64_t mixed_purpose,
                   std::uint32_t attempt) const {
  if (!quantity.valid()) return 0;
  const des::Distribution& shape = model->distributions[quantity.shape];
  double value = shape.is_fixed()
                     ? shape.min()
                     : shape.quantile(chance(quantity.purpose ^ mixed_purpose, index, attempt));
  for (const Id<Id<RiskDriver>> entry : quantity.drivers)
    value *= driver_factor[model->driver_lists[entry].index()];
  return value;
}

des::Duration State::draw_slip(const Uncertain& quantity, std::uint64_t index) const {
  des::Duration span = des::rounded(draw(quantity, index), quantity.unit);
  for (const Id<Id<RiskDriver>> entry : quantity.drivers)
    span += driver_extra[model->driver_lists[entry].index()];
  return span;
}

des::Duration State::draw_span(const Uncertain& quantity, std::uint64_t index,
                               std::uint64_t mixed_purpose, std::uint32_t attempt) const {
  des::Duration span = des::rounded(draw(quantity, index, mixed_purpose, attempt), quantity.unit);
  for (const Id<Id<RiskDriver>> entry : quantity.drivers)
    span += driver_extra[model->driver_lists[entry].index()];
  return std::max(span, des::Duration::zero());
}

// With X = q·f + e for the drawn q, the drivers' factor f and their extra e: X > b is q > (b −
// e)/f.
des::Duration State::draw_above(const Uncertain& quantity, std::uint64_t index,
                                des::Duration bound) const {
  if (!quantity.valid()) return bound;
  double factor = 1;
  des::Duration extra{};
  for (const Id<Id<RiskDriver>> entry : quantity.drivers) {
    const std::uint32_t driver = model->driver_lists[entry].index();
    factor *= driver_factor[driver];
    extra += driver_extra[driver];
  }
  if (factor <= 0) return std::max(bound, extra);
  des::RandomStream stream(seed, quantity.purpose, timeline.replication, index);
  const double least = static_cast<double>((bound - extra).count()) /
                       static_cast<double>(quantity.unit.count()) / factor;
  const double drawn = model->distributions[quantity.shape].conditional_sample(stream, least);
  return std::max(bound, des::rounded(drawn * factor, quantity.unit) + extra);
}

Simulation::Simulation(const Model& model, std::uint64_t seed, std::uint64_t replication)
    : state_(std::make_unique<State>(model)) {
  begin(*state_, seed, replication);
}

Simulation::Simulation(const Model& model, std::uint64_t seed, std::uint64_t replication,
                       const Policies& policies)
    : state_(std::make_unique<State>(model)) {
  if (policies.dispatch && model.scheme == Scheme::serial)
    throw std::invalid_argument(
        "by the serial scheme the sequence is planned beforehand; a "
        "dispatch policy has no say in it");
  state_->policies = &policies;
  begin(*state_, seed, replication);
}

Simulation::Simulation(const Simulation& other) : state_(std::make_unique<State>(*other.state_)) {}
Simulation::Simulation(Simulation&& other) noexcept = default;
Simulation& Simulation::operator=(Simulation other) noexcept {
  std::swap(state_, other.state_);
  return *this;
}
Simulation::~Simulation() = default;

void Simulation::restart(std::uint64_t seed, std::uint64_t replication) {
  begin(*state_, seed, replication);
}

des::Time Simulation::now() const { return state_->now(); }

void Simulation::run_until(des::Time time) {
  State& state = *state_;
  state.loop.run_until(
      std::min(time, state.model->horizon),
      [&state](const des::Event<Occurrence>& event) { handle(state, event.payload); });
  state.timeline.events = state.loop.events_handled();
}

void Simulation::continue_by(const Model& model) { branch::continue_by(*state_, model); }

void Simulation::draw_future(std::uint64_t future) {
  state_->seed = future == 0 ? state_->timeline.seed
                             : des::RandomStream(state_->timeline.seed, des::purpose_key("future"),
                                                 future, 0)();
}

void Simulation::run() {
  run_until(state_->model->horizon);
  if (state_->closed) return;
  accounts::close(*state_);
  state_->closed = true;
}

const Timeline& Simulation::timeline() const { return state_->timeline; }

Timeline simulate(const Model& model, std::uint64_t seed, std::uint64_t replication) {
  Simulation simulation(model, seed, replication);
  simulation.run();
  return simulation.timeline();
}

}  // namespace racked
