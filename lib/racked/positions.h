#pragma once

#include "state.h"

#include <algorithm>

/// The positions of halls: what each is charged to, and the scale-up units they form.
namespace racked::positions {

/// From this step on a rack needs power.
inline constexpr std::size_t kBringUp = static_cast<std::size_t>(RackStepKind::bring_up);
inline constexpr std::size_t kBurnIn = static_cast<std::size_t>(RackStepKind::burn_in);
inline constexpr std::size_t kCable = static_cast<std::size_t>(RackStepKind::cable);

constexpr std::size_t index(Charge charge) { return static_cast<std::size_t>(charge); }

inline const Hall& hall_of(const State& state, std::uint32_t rack) {
  return state.model->halls[state.timeline.racks[rack].hall];
}

inline const Product& product_of(const State& state, std::uint32_t rack) {
  return state.model->products[hall_of(state, rack).product];
}

/// Moves positions of a hall from one charge to another (kUsable: none). An interval is the
/// difference of its ends, so each end is added with its sign and nothing is integrated step by
/// step.
inline void move(State& state, Id<Hall> id, std::int64_t count, std::size_t from, std::size_t to) {
  if (from == to || count == 0) return;
  const Hall& hall = state.model->halls[id];
  HallState& now = state.halls[id.index()];
  now.positions[from] -= count;
  now.positions[to] += count;
  const ChipTime chips = count * state.model->products[hall.product].chips_per_rack;
  const ChipTime moved = chips * std::max(state.now(), hall.planned).time_since_epoch().count();
  auto& charges = state.timeline.charges[hall.campus.index()];
  if (from != kUsable) charges[from] += moved;
  if (to != kUsable) charges[to] -= moved;
}

/// The same for the position of a rack; of one that is dark, for when its power is back.
inline void charge_rack(State& state, std::uint32_t rack, std::size_t to) {
  RackState& now = state.racks[rack];
  if (now.dark) {
    state.dark_racks[rack].charge = static_cast<std::uint8_t>(to);
    return;
  }
  move(state, state.timeline.racks[rack].hall, 1, now.charge, to);
  now.charge = static_cast<std::uint8_t>(to);
}

/// The count of steps broken off, one more; never 0 again, and small enough for an occurrence.
inline std::uint8_t next_broken(const RackState& rack) {
  return static_cast<std::uint8_t>(rack.broken == 0xff ? 1 : rack.broken + 1);
}

/// Positions whose racks are usable only together.
struct Unit {
  std::uint32_t first;  ///< In State::position_racks.
  std::uint32_t size;
};

/// Precondition: the rack has a position.
inline Unit unit_of(const State& state, std::uint32_t rack) {
  const RackRun& run = state.timeline.racks[rack];
  const auto size = static_cast<std::uint32_t>(product_of(state, rack).racks_per_unit);
  return {state.halls[run.hall.index()].first_position + run.position / size * size, size};
}

/// Precondition: every position of the unit has a rack.
inline void charge_unit(State& state, Unit unit, std::size_t to) {
  for (std::uint32_t i = 0; i < unit.size; ++i)
    charge_rack(state, state.position_racks[unit.first + i], to);
}

}  // namespace racked::positions
