#include "stranded.h"

#include "power.h"
#include "power_grid.h"

#include <algorithm>
#include <limits>
#include <vector>

namespace racked::stranded {
namespace {

// Positions of a hall that only lack a rack, or power for one.
std::int64_t open_positions(const State& state, Id<Hall> id) {
  const Hall& hall = state.model->halls[id];
  const HallState& now = state.halls[id.index()];
  const bool ready =
      std::all_of(now.missing.begin(), now.missing.end(), [](auto tasks) { return tasks == 0; }) &&
      power::flows(state, hall.feeder);
  return ready ? hall.positions - now.assigned : 0;
}

// What a hall could claim of `left` besides `taken`: whole racks, or (with all) to the last watt.
// While racks of it are dark it takes no others; these want their power back.
Watts wanted(const State& state, Id<Hall> id, Watts taken, Watts left, bool all) {
  const HallState& now = state.halls[id.index()];
  const Watts rack = state.model->halls[id].rack_power;
  const std::int64_t racks = now.dark > 0 ? now.dark : open_positions(state, id);
  if (all) return std::min(left, racks * rack - taken);
  if (now.dark > 0) return {};
  return std::min(racks, left.count / std::max<std::int64_t>(1, rack.count)) * rack;
}

// What is left for a hall up its tree, when what `could_carry` says is claimed besides.
Watts left_up(const State& state, Id<Hall> hall) {
  Watts least{std::numeric_limits<std::int64_t>::max()};
  for (Id<Feeder> f = state.model->halls[hall].feeder; f.valid();
       f = state.model->feeders[f].above) {
    const FeederState& at = state.feeders[f.index()];
    least = std::min(least, at.available() - at.claimed - state.could_carry[f.index()]);
  }
  return std::max(least, Watts{});
}

void claim_up(State& state, Id<Hall> hall, Watts power) {
  for (Id<Feeder> f = state.model->halls[hall].feeder; f.valid(); f = state.model->feeders[f].above)
    state.could_carry[f.index()] += power;
}

// What the halls could claim, asked of `left` and told to `claim`: first whole racks, then all.
template <class Left, class Claim>
void claim_more(State& state, const std::vector<Id<Hall>>& halls, Stranded& by, Left left,
                Claim claim) {
  std::vector<Watts>& taken = state.could_claim;
  taken.assign(halls.size(), Watts{});
  for (const bool all : {false, true})
    for (std::size_t i = 0; i < halls.size(); ++i) {
      constexpr Watts kAny{FlowGraph::kUnlimited};
      const Watts most = wanted(state, halls[i], taken[i], kAny, all);
      const Watts more = wanted(state, halls[i], taken[i], left(halls[i], most), all);
      claim(halls[i], more);
      taken[i] += more;
      (all ? by.fragments : by.racks) += more;
    }
}

}  // namespace

void begin(State& state) {
  const Model& model = *state.model;
  state.tree_halls.resize(model.campuses.size());
  for (auto& halls : state.tree_halls) halls.clear();
  // A stock names its halls by priority.
  for (const RackStock& stock : model.rack_stocks)
    for (const Id<Hall> hall : stock.halls)
      if (!model.feeders[model.halls[hall].feeder].grid.valid())
        state.tree_halls[model.halls[hall].campus.index()].push_back(hall);
  for (auto& halls : state.tree_halls)
    std::sort(halls.begin(), halls.end(), [&model](Id<Hall> a, Id<Hall> b) {
      const auto& of = model.halls;
      return of[a].priority != of[b].priority ? of[a].priority > of[b].priority : a < b;
    });
}

Stranded reckon(State& state, Id<Campus> campus, Watts power) {
  const Model& model = *state.model;
  Stranded by;
  state.could_carry.assign(state.feeders.size(), Watts{});
  claim_more(
      state, state.tree_halls[campus.index()], by,
      [&](Id<Hall> hall, Watts most) { return std::min(most, left_up(state, hall)); },
      [&](Id<Hall> hall, Watts more) { claim_up(state, hall, more); });

  for (std::size_t i = 0; i < state.grids.size(); ++i) {
    const PowerGrid& grid = model.grids[Id<PowerGrid>(i)];
    if (model.feeders[grid.elements.front()].campus != campus) continue;
    GridState& trial = state.could_flow = state.grids[i];
    const auto left = [&](Id<Hall> hall, Watts most) {
      return power_grid::headroom(state, trial, hall, most);
    };
    const auto claim = [&](Id<Hall> hall, Watts more) {
      power_grid::claim(state, trial, hall, more);
    };
    claim_more(state, grid.halls, by, left, claim);
    // What halls without end could still claim is for want of halls; schemes hold back the rest.
    for (const Id<Hall> hall : grid.halls) claim(hall, left(hall, {FlowGraph::kUnlimited}));
    by.redundancy += power_grid::beyond_claims(state, trial, Id<PowerGrid>(i));
  }
  by.halls = power - by.racks - by.fragments - by.redundancy;
  return by;
}

}  // namespace racked::stranded
