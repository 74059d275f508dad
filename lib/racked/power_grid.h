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

/// What the racks of a hall can still claim, `most` at most.
Watts headroom(State& state, Id<Hall> hall, Watts most);

/// Precondition: there is headroom for it, or the racks are known to be there.
void claim(State& state, Id<Hall> hall, Watts power);

/// What keeps one more rack of a hall without power: of the elements that carry no more, in the
/// first case that does not let it claim, the nearest above the hall. Precondition: there is no
/// headroom for it.
Id<Feeder> bottleneck(State& state, Id<Hall> hall);

/// Since when power flows to an element and why; des::kNever: it does not.
const Freed& flowing(const State& state, Id<Feeder> feeder);

}  // namespace racked::power_grid
