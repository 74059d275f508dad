#include "deployment.h"

#include "accounts.h"
#include "labour.h"
#include "positions.h"
#include "power.h"
#include "service.h"

#include <algorithm>
#include <limits>

namespace racked::deployment {

using namespace positions;

namespace {

// Charges.

// What the positions of a hall that have no rack wait for.
Charge waits_for(State& state, Id<Hall> id) {
  const Hall& hall = state.model->halls[id];
  const HallState& now = state.halls[id.index()];
  const auto missing = [&](Flow flow) { return now.missing[static_cast<std::size_t>(flow)] > 0; };
  if (missing(Flow::space)) return Charge::space;
  if (!power::flows(state, hall.feeder)) return Charge::power;
  if (missing(Flow::cooling)) return Charge::cooling;
  if (missing(Flow::network)) return Charge::network;
  if (missing(Flow::commissioning)) return Charge::commissioning;
  if (now.dark > 0 || power::headroom(state, id, hall.rack_power) < hall.rack_power)
    return Charge::power;
  return Charge::chips;
}

// What a position is charged to while a step is carried out.
Charge charge_of_step(std::size_t step) {
  return step <= kCable ? Charge::labour : Charge::commissioning;
}

// Looks again at what the free positions of a hall wait for.
void refresh(State& state, Id<Hall> id, Cause cause) {
  HallState& now = state.halls[id.index()];
  const std::size_t before = now.waits_for;
  const std::size_t after = index(waits_for(state, id));
  if (before == after) return;
  move(state, id, state.model->halls[id].positions - now.assigned, before, after);
  now.waits_for = after;
  if (after != index(Charge::chips)) return;
  now.ready = {state.now(), cause};
  const Id<RackStock> stock = state.model->halls[id].stock;
  RackStockState& racks = state.stocks[stock.index()];
  if (racks.in_stock > 0 && !racks.changed) {
    racks.changed = true;
    state.changed_stocks.push_back(stock);
  }
  state.settle_now();
}

// Steps.

void enter_step(State& state, std::uint32_t rack, std::size_t step);

// Tells the end of a step from that of one broken off before it.
std::uint16_t step_detail(const State& state, std::uint32_t rack, std::size_t step) {
  return static_cast<std::uint16_t>(step | std::size_t{state.racks[rack].broken} << 2);
}

void begin_step(State& state, std::uint32_t rack, std::size_t step, Cause cause) {
  const RackStep& what = product_of(state, rack).steps[step];
  RackRun& run = state.timeline.racks[rack];
  const std::uint64_t mixed = state.model->rack_stocks[hall_of(state, rack).stock].purpose;
  const std::uint32_t attempt = step == kBurnIn ? run.failures : 0;
  const des::Duration hours = state.draw_span(what.hours, state.racks[rack].number, mixed, attempt);
  run.begin[step] = state.now();
  run.cause[step] = cause;
  charge_rack(state, rack, index(charge_of_step(step)));
  const des::Time end = what.crew.valid()
                            ? state.model->calendars[state.model->crews[what.crew].calendar].finish(
                                  state.now(), hours)
                            : state.now() + hours;
  if (step == kBurnIn)
    state.campuses[hall_of(state, rack).campus.index()].burn_in_chips +=
        product_of(state, rack).chips_per_rack;
  state.schedule(end, {rack, step_detail(state, rack, step), Occurrence::Kind::rack_step_end});
}

void join_queue(State& state, std::uint32_t rack, std::size_t step, Id<Crew> crew) {
  CrewState::Queue& queue = state.crews[crew.index()].queues[step];
  state.racks[rack].next = 0;
  if (queue.tail == 0) {
    queue.head = rack + 1;
  } else {
    state.racks[queue.tail - 1].next = rack + 1;
  }
  queue.tail = rack + 1;
  labour::mark_changed(state, crew);
}

// Why a rack came to wait for a step when it did.
Cause own_cause(const State& state, std::uint32_t rack, std::size_t step) {
  if (state.racks[rack].broken > 0 && state.dark_racks[rack].resumed == step)
    return state.dark_racks[rack].back;
  return step == 0 ? state.timeline.racks[rack].assigned_cause : Cause{rack, 0, CauseKind::rack};
}

void accept(State& state, std::uint32_t rack) {
  RackRun& run = state.timeline.racks[rack];
  run.accepted = state.now();
  charge_rack(state, rack, index(Charge::commissioning));

  // A scale-up unit is usable as a whole.
  const Unit unit = unit_of(state, rack);
  if (run.position / unit.size * unit.size + unit.size > state.halls[run.hall.index()].assigned)
    return;
  for (std::uint32_t i = 0; i < unit.size; ++i)
    if (state.timeline.racks[state.position_racks[unit.first + i]].accepted == des::kNever) return;
  for (std::uint32_t i = 0; i < unit.size; ++i)
    service::begin(state, state.position_racks[unit.first + i]);
  accounts::become_usable(state, run.hall, unit.size, {rack, 0, CauseKind::rack});
}

void end_burn_in(State& state, std::uint32_t rack) {
  const Product& product = product_of(state, rack);
  const Hall& hall = hall_of(state, rack);
  RackRun& run = state.timeline.racks[rack];
  const std::uint64_t mixed = state.model->rack_stocks[hall.stock].purpose;
  const std::uint32_t number = state.racks[rack].number;
  if (product.acceptance_failure <= 0 || state.chance(product.acceptance_purpose ^ mixed, number,
                                                      run.failures) >= product.acceptance_failure)
    return accept(state, rack);

  const des::Duration away = state.draw_span(product.repair, number, mixed, run.failures);
  ++run.failures;
  state.timeline.repairs.push_back({rack, run.begin[kBurnIn], state.now(), des::kNever});
  run.begin[kBurnIn] = run.end[kBurnIn] = des::kNever;
  state.racks[rack].repair = static_cast<std::uint32_t>(state.timeline.repairs.size() - 1);
  state.campuses[hall.campus.index()].repair_chips += product.chips_per_rack;
  charge_rack(state, rack, index(Charge::repair));
  state.schedule(state.now() + away, {rack, 0, Occurrence::Kind::rack_repaired});
}

// The step is done.
void leave_step(State& state, std::uint32_t rack, std::size_t step) {
  const std::int64_t chips = product_of(state, rack).chips_per_rack;
  CampusState& campus = state.campuses[hall_of(state, rack).campus.index()];
  if (step == kCable) campus.installed_chips += chips;
  if (step == kBurnIn) return end_burn_in(state, rack);
  enter_step(state, rack, step + 1);
}

void enter_step(State& state, std::uint32_t rack, std::size_t step) {
  if (step >= kBringUp && state.racks[rack].dark) {
    state.dark_racks[rack].next_step = static_cast<std::uint8_t>(step);
    state.racks[rack].broken = next_broken(state.racks[rack]);
    return;
  }
  const RackStep& what = product_of(state, rack).steps[step];
  RackRun& run = state.timeline.racks[rack];
  const bool waits_for_crew = what.hours.valid() && what.crew.valid();
  charge_rack(state, rack, index(waits_for_crew ? Charge::labour : charge_of_step(step)));
  if (!what.hours.valid()) {
    run.begin[step] = run.end[step] = state.now();
    run.cause[step] = own_cause(state, rack, step);
    return leave_step(state, rack, step);
  }
  state.racks[rack].came = state.now();
  if (what.crew.valid()) return join_queue(state, rack, step, what.crew);
  begin_step(state, rack, step, own_cause(state, rack, step));
}

// Assigning.

void assign(State& state, std::uint32_t rack, Id<Hall> id) {
  HallState& hall = state.halls[id.index()];
  RackRun& run = state.timeline.racks[rack];
  const RackLot& lot = state.timeline.lots[run.lot];
  run.hall = id;
  run.position = static_cast<std::uint32_t>(hall.assigned++);
  run.assigned = state.now();
  run.assigned_cause =
      hall.ready.at > lot.arrived ? hall.ready.cause : Cause{run.lot, 0, CauseKind::lot};
  state.position_racks[hall.first_position + run.position] = rack;
  state.racks[rack].charge = static_cast<std::uint8_t>(Charge::chips);
  enter_step(state, rack, 0);
}

// The racks that have waited longest are taken first.
void take(RackStockState& stock, const RackLot& lot, std::int64_t count) {
  stock.taken += count;
  stock.in_stock -= count;
  if (stock.taken < lot.racks) return;
  ++stock.next_lot;
  stock.taken = 0;
}

std::uint32_t take_from_stock(const State& state, RackStockState& stock) {
  const RackLot& lot = state.timeline.lots[stock.lots[stock.next_lot]];
  const std::uint32_t rack = lot.first_rack + static_cast<std::uint32_t>(stock.taken);
  take(stock, lot, 1);
  return rack;
}

// The next racks of a stock, all of one lot, go into a hall. Returns how many.
std::int64_t fill(State& state, RackStockState& stock, Id<Hall> id) {
  const Hall& hall = state.model->halls[id];
  const HallState& now = state.halls[id.index()];
  const RackLot& lot = state.timeline.lots[stock.lots[stock.next_lot]];
  const std::int64_t wanted = std::min(lot.racks - stock.taken, hall.positions - now.assigned);
  const std::int64_t count = power::headroom(state, id, wanted * hall.rack_power).count /
                             std::max<std::int64_t>(1, hall.rack_power.count);
  power::claim(state, id, count * hall.rack_power);
  const std::uint32_t first = lot.first_rack + static_cast<std::uint32_t>(stock.taken);
  take(stock, lot, count);
  for (std::uint32_t i = 0; i < count; ++i) assign(state, first + i, id);
  return count;
}

// Halls that a claim has left without power for one more rack say so at once.
void refresh_exhausted(State& state, Id<Hall> hall) {
  power::for_exhausted(state, hall, [&](Id<Feeder> feeder) { refresh_halls(state, feeder); });
}

void assign_from(State& state, Id<RackStock> id) {
  RackStockState& stock = state.stocks[id.index()];
  for (const Id<Hall> hall : state.model->rack_stocks[id].halls) {
    while (stock.in_stock > 0 && state.halls[hall.index()].waits_for == index(Charge::chips) &&
           state.halls[hall.index()].assigned < state.model->halls[hall].positions) {
      fill(state, stock, hall);
      refresh_exhausted(state, hall);
    }
    if (stock.in_stock == 0) return;
  }
}

// Precondition: the rack is the queue's first.
void leave_queue(const State& state, CrewState::Queue& queue, std::uint32_t rack) {
  queue.head = state.racks[rack].next;
  if (queue.head == 0) queue.tail = 0;
}

// Starts waiting racks of one crew, those furthest along first.
void start_steps_of(State& state, Id<Crew> id) {
  CrewState& crew = state.crews[id.index()];
  for (std::size_t step = kRackSteps; step-- > 0;) {
    CrewState::Queue& queue = crew.queues[step];
    while (queue.head != 0) {
      const std::uint32_t rack = queue.head - 1;
      if (step >= kBringUp && state.racks[rack].dark) {
        leave_queue(state, queue, rack);
        enter_step(state, rack, step);
        continue;
      }
      const std::int64_t workers = product_of(state, rack).steps[step].headcount;
      if (crew.free() < workers) return;
      if (!state.model->calendars[state.model->crews[id].calendar].works_at(state.now()))
        return state.settle_at_opening(state.model->crews[id].calendar);
      leave_queue(state, queue, rack);
      labour::seize(state, id, workers);
      const bool waited_for_crew = crew.freed.at > state.racks[rack].came;
      begin_step(state, rack, step,
                 waited_for_crew ? crew.freed.cause : own_cause(state, rack, step));
    }
  }
}

}  // namespace

void begin(State& state) {
  const Model& model = *state.model;
  state.halls.resize(model.halls.size());
  state.stocks.resize(model.rack_stocks.size());
  state.racks.clear();
  state.dark_racks.clear();
  state.changed_stocks.clear();
  state.timeline.flows.assign(model.halls.size(), {});
  state.timeline.charges.assign(model.campuses.size(), {});
  for (std::size_t i = 0; i < state.stocks.size(); ++i) {
    RackStockState& stock = state.stocks[i];
    stock.spares = model.products[model.rack_stocks[Id<RackStock>(i)].product].failures.spares;
    stock.want_spare.clear();
    stock.next_want = 0;
    stock.lots.clear();
    stock.next_lot = 0;
    stock.taken = stock.in_stock = 0;
    stock.arrived = 0;
    stock.changed = false;
  }
  for (FeederState& feeder : state.feeders) feeder.largest_rack = {};

  std::uint32_t positions = 0;
  for (std::size_t i = 0; i < model.halls.size(); ++i) {
    const Hall& hall = model.halls[Id<Hall>(i)];
    HallState& now = state.halls[i];
    now = HallState{};
    now.missing = hall.providers;
    now.first_position = positions;
    now.ready.at = model.begin;
    positions += static_cast<std::uint32_t>(hall.positions);
    for (std::size_t flow = 0; flow < kFlows; ++flow)
      if (hall.providers[flow] == 0) state.timeline.flows[i][flow].at = model.begin;
    for (Id<Feeder> f = hall.feeder; f.valid(); f = model.feeders[f].above) {
      Watts& largest = state.feeders[f.index()].largest_rack;
      largest = std::max(largest, hall.rack_power);
    }
    // Everything begins as missing space, from no charge at all.
    now.positions[kUsable] = hall.positions;
    move(state, Id<Hall>(i), hall.positions, kUsable, index(Charge::space));
    refresh(state, Id<Hall>(i), {});
  }
  state.position_racks.resize(positions);
  for (std::size_t i = 0; i < model.usable_racks.size(); ++i)
    state.schedule(model.usable_racks[i].at,
                   {static_cast<std::uint32_t>(i), 0, Occurrence::Kind::racks_usable});
}

namespace {

// A rack whose deployment is over, however it went.
void take_as_usable(State& state, std::uint32_t rack, Id<Hall> id) {
  HallState& hall = state.halls[id.index()];
  RackRun& run = state.timeline.racks[rack];
  run.hall = id;
  run.position = static_cast<std::uint32_t>(hall.assigned++);
  run.assigned = state.now();
  run.assigned_cause = {run.lot, 0, CauseKind::lot};
  state.position_racks[hall.first_position + run.position] = rack;
  state.racks[rack].charge = static_cast<std::uint8_t>(hall.waits_for);
  run.begin.fill(state.now());
  run.end.fill(state.now());
  run.cause.fill({rack, 0, CauseKind::rack});
  state.campuses[hall_of(state, rack).campus.index()].installed_chips +=
      product_of(state, rack).chips_per_rack;
  accept(state, rack);
}

void arrive_unseen(State& state, Id<RackStock> stock, std::int64_t racks) {
  RackLot lot;
  lot.stock = stock;
  lot.racks = racks;
  lot.released = state.now();
  state.timeline.lots.push_back(lot);
  arrive(state, static_cast<std::uint32_t>(state.timeline.lots.size() - 1));
}

}  // namespace

void on_usable(State& state, std::uint32_t known) {
  const UsableRacks& fact = state.model->usable_racks[known];
  const Hall& hall = state.model->halls[fact.hall];
  RackStockState& stock = state.stocks[hall.stock.index()];
  const std::int64_t missing = fact.racks - state.halls[fact.hall.index()].assigned;
  if (missing <= 0) return;
  if (stock.in_stock < missing) arrive_unseen(state, hall.stock, missing - stock.in_stock);
  power::claim(state, fact.hall, missing * hall.rack_power);
  refresh_exhausted(state, fact.hall);
  for (std::int64_t i = 0; i < missing; ++i)
    take_as_usable(state, take_from_stock(state, stock), fact.hall);
}

void arrive(State& state, std::uint32_t lot_record) {
  RackLot& lot = state.timeline.lots[lot_record];
  lot.arrived = state.now();
  lot.first_rack = static_cast<std::uint32_t>(state.timeline.racks.size());
  RackStockState& stock = state.stocks[lot.stock.index()];
  stock.lots.push_back(lot_record);
  stock.in_stock += lot.racks;
  for (std::int64_t i = 0; i < lot.racks; ++i) {
    RackRun run;
    run.lot = lot_record;
    run.arrived = state.now();
    state.timeline.racks.push_back(run);
    RackState rack;
    rack.number = stock.arrived++;
    state.racks.push_back(rack);
  }
  const RackStock& where = state.model->rack_stocks[lot.stock];
  state.campuses[where.campus.index()].on_site_chips +=
      lot.racks * state.model->products[where.product].chips_per_rack;
  if (!stock.changed) {
    stock.changed = true;
    state.changed_stocks.push_back(lot.stock);
  }
  state.settle_now();
}

void provide(State& state, Id<Hall> hall, Flow flow, Cause cause) {
  HallState& now = state.halls[hall.index()];
  if (--now.missing[static_cast<std::size_t>(flow)] > 0) return;
  state.timeline.flows[hall.index()][static_cast<std::size_t>(flow)] = {state.now(), cause};
  refresh(state, hall, cause);
}

void refresh_halls(State& state, Id<Feeder> feeder) {
  for (const Id<Hall> hall : state.model->feeders[feeder].halls)
    refresh(state, hall, power::cause_of_change(state, feeder));
}

void assign_racks(State& state) {
  for (std::size_t i = 0; i < state.changed_stocks.size(); ++i) {
    const Id<RackStock> stock = state.changed_stocks[i];
    state.stocks[stock.index()].changed = false;
    assign_from(state, stock);
  }
  state.changed_stocks.clear();
}

void start_steps(State& state) {
  for (std::size_t i = 0; i < state.changed_crews.size(); ++i) {
    const Id<Crew> crew = state.changed_crews[i];
    state.crews[crew.index()].changed = false;
    start_steps_of(state, crew);
  }
  state.changed_crews.clear();
}

void on_step_end(State& state, std::uint32_t rack, std::uint16_t detail) {
  const std::size_t step = detail & 3u;
  if (detail != step_detail(state, rack, step)) return;
  const Product& product = product_of(state, rack);
  const RackStep& what = product.steps[step];
  state.timeline.racks[rack].end[step] = state.now();
  if (step == kBurnIn)
    state.campuses[hall_of(state, rack).campus.index()].burn_in_chips -= product.chips_per_rack;
  if (what.crew.valid())
    labour::release(state, what.crew, what.headcount,
                    {rack, static_cast<std::uint16_t>(what.crew.index()), CauseKind::crew_rack});
  leave_step(state, rack, step);
}

void resume(State& state, std::uint32_t rack, std::size_t step) { enter_step(state, rack, step); }

void on_repaired(State& state, std::uint32_t rack) {
  const Product& product = product_of(state, rack);
  state.timeline.repairs[state.racks[rack].repair].returned = state.now();
  state.campuses[hall_of(state, rack).campus.index()].repair_chips -= product.chips_per_rack;
  enter_step(state, rack, kBurnIn);
}

void on_opening(State& state) {
  for (std::size_t i = 0; i < state.crews.size(); ++i) {
    const auto& queues = state.crews[i].queues;
    if (std::any_of(queues.begin(), queues.end(),
                    [](const auto& queue) { return queue.head != 0; }))
      labour::mark_changed(state, Id<Crew>(i));
  }
}

}  // namespace racked::deployment
