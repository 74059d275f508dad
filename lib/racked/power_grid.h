#pragma once

#include "state.h"

/// What a grid lets its halls claim, reckoned by flows. A claim is granted when it can be brought
/// to the hall in every case: as the grid is, and with any one member of its redundant elements
/// lost.
namespace racked::power_grid {

/// Makes the grids of a replication, without power.
void begin(State& state);

/// Reckons everything anew after elements have changed. Flows are given out by the priority of
/// halls. O(cases × halls × ways × arcs).
void follow(State& state, Id<PowerGrid> grid);

/// Gives power out anew, as the grid is, to racks that have positions: hall by hall each gets what
/// those before leave, in whole scale-up units from its first position on. Schemes hold nothing
/// back. `racks[h]`: how many of hall h of the grid have power.
void share(State& state, Id<PowerGrid> grid, std::vector<std::int64_t>& racks);

/// What the racks of a hall can still claim, `most` at most.
Watts headroom(State& state, Id<Hall> hall, Watts most);

/// Precondition: there is headroom for it, or the racks are known to be there.
void claim(State& state, Id<Hall> hall, Watts power);

/// The same in flows that may be a copy.
Watts headroom(const State& state, GridState& flows, Id<Hall> hall, Watts most);
void claim(const State& state, GridState& flows, Id<Hall> hall, Watts power);

/// What could still be brought to feeders of halls and to members of redundant elements that are
/// fed, as the grid is, beyond what is claimed.
Watts beyond_claims(const State& state, GridState& flows, Id<PowerGrid> grid);

/// What keeps one more rack of a hall without power: of the elements that carry no more, in the
/// first case that does not let it claim, the nearest above the hall. Precondition: there is no
/// headroom for it.
Id<Feeder> bottleneck(State& state, Id<Hall> hall);

/// Since when power flows to an element and why; des::kNever: it does not.
const Freed& flowing(const State& state, Id<Feeder> feeder);

}  // namespace racked::power_grid
