#include "service.h"

#include "accounts.h"
#include "positions.h"

#include <racked/des/portable_math.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>

namespace racked::service {

using namespace positions;

namespace {

// Uses up −ln u of the summed hazard, h₁ = early + steady until `early_days` of age, h₂ = steady
// after.
double days_to_failure(const RackFailures& failures, double age, double u) {
  const double left = std::max(0.0, failures.early_days - age);
  const double early = failures.early_per_day + failures.per_day;
  double hazard = -des::portable::log(u);
  if (hazard < left * early) return hazard / early;
  hazard -= left * early;
  return failures.per_day > 0 ? left + hazard / failures.per_day
                              : std::numeric_limits<double>::infinity();
}

DarkRack* darkness_of(State& state, std::uint32_t rack) {
  return rack < state.dark_racks.size() ? &state.dark_racks[rack] : nullptr;
}

// Time in service, by `state.racks[rack].came`, when the rack entered it.
double days_in_service(const State& state, std::uint32_t rack) {
  const RackState& now = state.racks[rack];
  const des::Time until =
      now.dark ? state.timeline.darkness[state.dark_racks[rack].record].from : state.now();
  return std::chrono::duration<double>(until - now.came).count() / 86'400;
}

void schedule_failure(State& state, std::uint32_t rack) {
  const RackFailures& failures = product_of(state, rack).failures;
  if (failures.per_day + failures.early_per_day <= 0) return;
  const RackState& now = state.racks[rack];
  const std::uint64_t mixed = state.model->rack_stocks[hall_of(state, rack).stock].purpose;
  if (DarkRack* dark = darkness_of(state, rack)) {
    dark->clock = state.now();
    dark->owed = des::Duration::zero();
  }
  const double days =
      days_to_failure(failures, days_in_service(state, rack),
                      state.chance(failures.purpose ^ mixed, now.number, now.outages));
  if (days > static_cast<double>((state.model->horizon - state.now()) / des::kDay + 1)) return;
  state.schedule(state.now() + des::rounded(days, des::kDay),
                 {rack, 0, Occurrence::Kind::rack_fails});
}

bool any_down(const State& state, Unit unit) {
  for (std::uint32_t i = 0; i < unit.size; ++i)
    if (state.racks[state.position_racks[unit.first + i]].down) return true;
  return false;
}

void exchange(State& state, std::uint32_t rack) {
  const std::uint64_t mixed = state.model->rack_stocks[hall_of(state, rack).stock].purpose;
  const RackState& now = state.racks[rack];
  state.schedule(state.now() + state.draw_span(product_of(state, rack).failures.exchange,
                                               now.number, mixed, now.outages - 1),
                 {rack, 0, Occurrence::Kind::rack_back});
}

}  // namespace

void begin(State& state, std::uint32_t rack) {
  state.timeline.racks[rack].usable = state.now();
  charge_rack(state, rack, kUsable);
  state.racks[rack].came = state.now();
  schedule_failure(state, rack);
}

void after_darkness(State& state, std::uint32_t rack) {
  if (state.timeline.racks[rack].usable == des::kNever) return;
  DarkRack& dark = state.dark_racks[rack];
  state.racks[rack].came += state.now() - state.timeline.darkness[dark.record].from;
  if (dark.failed == des::kNever) {
    dark.owed += state.now() - dark.clock;
    return;
  }
  state.schedule(state.now() + dark.owed + (dark.failed - dark.clock),
                 {rack, 0, Occurrence::Kind::rack_fails});
  dark.owed = des::Duration::zero();
  dark.failed = des::kNever;
}

namespace {

// Whether a failure comes too early, for the rack has been dark since it was scheduled.
bool put_off(State& state, std::uint32_t rack) {
  DarkRack* dark = darkness_of(state, rack);
  if (dark == nullptr) return false;
  if (state.racks[rack].dark) {
    dark->failed = state.now();
    return true;
  }
  if (dark->owed == des::Duration::zero()) return false;
  state.schedule(state.now() + std::exchange(dark->owed, des::Duration::zero()),
                 {rack, 0, Occurrence::Kind::rack_fails});
  return true;
}

}  // namespace

void on_failure(State& state, std::uint32_t rack) {
  if (put_off(state, rack)) return;
  const Product& product = product_of(state, rack);
  const Hall& hall = hall_of(state, rack);
  const std::uint64_t mixed = state.model->rack_stocks[hall.stock].purpose;
  RackState& now = state.racks[rack];
  const Unit unit = unit_of(state, rack);
  if (!any_down(state, unit)) {
    accounts::become_unusable(state, state.timeline.racks[rack].hall, unit.size);
    charge_unit(state, unit, index(Charge::repair));
  }
  now.down = true;
  now.outage = static_cast<std::uint32_t>(state.timeline.outages.size());
  state.timeline.outages.push_back({rack, state.now(), des::kNever});
  state.campuses[hall.campus.index()].repair_chips += product.chips_per_rack;

  const des::Duration away =
      state.draw_span(product.failures.returning, now.number, mixed, now.outages++);
  if (product.failures.spares == 0)
    return state.schedule(state.now() + away, {rack, 0, Occurrence::Kind::rack_back});
  state.schedule(state.now() + away, {hall.stock.index(), 0, Occurrence::Kind::spare_back});
  RackStockState& stock = state.stocks[hall.stock.index()];
  if (stock.spares == 0) return stock.want_spare.push_back(rack);
  --stock.spares;
  exchange(state, rack);
}

void on_spare(State& state, Id<RackStock> id) {
  RackStockState& stock = state.stocks[id.index()];
  if (stock.next_want == stock.want_spare.size()) {
    ++stock.spares;
    return;
  }
  exchange(state, stock.want_spare[stock.next_want++]);
}

void on_back(State& state, std::uint32_t rack) {
  const Hall& hall = hall_of(state, rack);
  RackState& now = state.racks[rack];
  now.down = false;
  state.timeline.outages[now.outage].returned = state.now();
  state.campuses[hall.campus.index()].repair_chips -= product_of(state, rack).chips_per_rack;
  schedule_failure(state, rack);
  const Unit unit = unit_of(state, rack);
  if (any_down(state, unit)) return;
  charge_unit(state, unit, kUsable);
  if (now.dark) return;
  accounts::become_usable(state, state.timeline.racks[rack].hall, unit.size,
                          {rack, 0, CauseKind::rack});
}

}  // namespace racked::service
