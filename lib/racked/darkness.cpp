#include "darkness.h"

#include "accounts.h"
#include "deployment.h"
#include "labour.h"
#include "positions.h"
#include "power.h"
#include "power_grid.h"
#include "service.h"

#include <vector>

namespace racked::darkness {

using namespace positions;

namespace {

// The step that a rack is being brought up or burnt in by; kRackSteps: none.
std::size_t powered_step(const RackRun& run) {
  for (std::size_t step = kBringUp; step < kRackSteps; ++step)
    if (run.begin[step] != des::kNever && run.end[step] == des::kNever) return step;
  return kRackSteps;
}

void break_off(State& state, std::uint32_t rack, std::size_t step, Darkness& record, Cause why) {
  RackRun& run = state.timeline.racks[rack];
  const RackStep& what = product_of(state, rack).steps[step];
  record.step = step;
  record.begun = run.begin[step];
  run.begin[step] = des::kNever;
  state.racks[rack].broken = next_broken(state.racks[rack]);
  state.dark_racks[rack].next_step = static_cast<std::uint8_t>(step);
  if (step == kBurnIn) accounts::burn_in(state, run.hall, -1);
  if (what.crew.valid()) labour::release(state, what.crew, what.headcount, why);
}

void darken(State& state, std::uint32_t rack, Cause why) {
  if (state.dark_racks.size() <= rack) state.dark_racks.resize(rack + 1);
  DarkRack& dark = state.dark_racks[rack];
  RackState& now = state.racks[rack];
  const RackRun& run = state.timeline.racks[rack];
  dark.record = static_cast<std::uint32_t>(state.timeline.darkness.size());
  dark.clock = state.now();
  dark.next_step = DarkRack::kNone;
  state.timeline.darkness.push_back({rack, state.now()});
  if (const std::size_t step = powered_step(run); step < kRackSteps)
    break_off(state, rack, step, state.timeline.darkness.back(), why);

  const std::uint8_t before = now.charge;
  if (before == kUsable) accounts::become_unusable(state, run.hall, 1);
  charge_rack(state, rack, index(Charge::power));
  dark.charge = before;
  now.dark = true;
  CampusState& campus = state.campuses[hall_of(state, rack).campus.index()];
  ++campus.dark_racks;
  campus.dark_chips += product_of(state, rack).chips_per_rack;
}

// Whether it is usable again.
bool light(State& state, std::uint32_t rack) {
  DarkRack& dark = state.dark_racks[rack];
  state.timeline.darkness[dark.record].to = state.now();
  state.racks[rack].dark = false;
  charge_rack(state, rack, dark.charge);
  CampusState& campus = state.campuses[hall_of(state, rack).campus.index()];
  --campus.dark_racks;
  campus.dark_chips -= product_of(state, rack).chips_per_rack;
  service::after_darkness(state, rack);
  return dark.next_step == DarkRack::kNone && dark.charge == kUsable;
}

// A rack goes on when all are lit: it may complete a unit at once, whose racks are usable together.
void light_hall(State& state, Id<Hall> id, std::int64_t racks, Cause why) {
  HallState& hall = state.halls[id.index()];
  const std::uint32_t* const rack = state.position_racks.data() + hall.first_position;
  const std::int64_t first = hall.assigned - hall.dark;
  std::int64_t usable = 0;
  for (std::int64_t position = first; position < racks; ++position, --hall.dark)
    usable += light(state, rack[position]);
  if (usable > 0) accounts::become_usable(state, id, usable, why);
  for (std::int64_t position = first; position < racks; ++position) {
    DarkRack& dark = state.dark_racks[rack[position]];
    if (dark.next_step == DarkRack::kNone) continue;
    dark.resumed = dark.next_step;
    dark.back = why;
    deployment::resume(state, rack[position], dark.next_step);
  }
}

void darken_hall(State& state, Id<Hall> id, std::int64_t racks, Cause why) {
  HallState& hall = state.halls[id.index()];
  for (; hall.assigned - hall.dark > racks; ++hall.dark) {
    const auto position = static_cast<std::uint32_t>(hall.assigned - hall.dark - 1);
    darken(state, state.position_racks[hall.first_position + position], why);
  }
}

void give_out(State& state, Id<PowerGrid> id, Cause why) {
  const PowerGrid& grid = state.model->grids[id];
  GridState& now = state.grids[id.index()];
  bool any_dark = false;
  for (const Id<Hall> hall : grid.halls) any_dark |= state.halls[hall.index()].dark > 0;
  if (!now.shrunk && !any_dark) return;
  now.shrunk = false;
  std::vector<std::int64_t> racks;
  power_grid::share(state, id, racks);
  for (std::size_t i = 0; i < racks.size(); ++i) darken_hall(state, grid.halls[i], racks[i], why);
  for (std::size_t i = 0; i < racks.size(); ++i) light_hall(state, grid.halls[i], racks[i], why);
}

}  // namespace

void follow(State& state, Id<Feeder> feeder) {
  const Id<PowerGrid> grid = state.model->feeders[feeder].grid;
  if (grid.valid() && state.now() > state.model->status) {
    Cause why = power::cause_of_change(state, feeder);
    why.kind = CauseKind::power;
    give_out(state, grid, why);
  } else if (grid.valid() && state.now() == state.model->status) {
    state.settle_at(state.now());
  }
  deployment::refresh_halls(state, feeder);
}

void catch_up(State& state) {
  if (state.now() != state.model->status) return;
  for (std::size_t i = 0; i < state.grids.size(); ++i) {
    const Id<PowerGrid> id(i);
    give_out(state, id, {0, 0, CauseKind::date});
    deployment::refresh_halls(state, state.model->grids[id].elements.front());
  }
}

}  // namespace racked::darkness
