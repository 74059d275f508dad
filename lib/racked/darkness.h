#pragma once

#include "state.h"

/// Racks that lose their power, and get it back.
///
/// When an element comes to carry less, and as long as racks are dark whenever it changes, power is
/// given out anew (power_grid::share). Racks left out go dark: they are not usable, their positions
/// are charged to power, and what they were doing in bring-up or burn-in is lost, its workers
/// freed. Installing, cabling and repairs go on. When power is back a rack begins that step again;
/// one in service goes on as it was, its age and its next failure put off by the time in the dark.
/// As long as racks of a hall are dark it takes no more.
namespace racked::darkness {

/// What a feeder carries, or whether it is alive, has changed for the halls of its grid or tree.
void follow(State& state, Id<Feeder> feeder);

/// Up to the status date nothing goes dark; then what was lost before counts.
void catch_up(State& state);

}  // namespace racked::darkness
