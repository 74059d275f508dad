#pragma once

#include "state.h"

namespace racked {

/// Power that sources deliver and no rack claims, by the first reason that holds.
struct Stranded {
  Watts racks;       ///< Halls that are ready could claim it for whole racks.
  Watts fragments;   ///< They could, but it is less than a rack, or than a unit of theirs that is
                     ///< dark.
  Watts redundancy;  ///< Redundancy schemes hold it back.
  Watts halls;       ///< No hall for it that is ready, or no way to one.
};

namespace stranded {

void begin(State& state);

/// Precondition: `power` is what sources of the campus deliver less what racks claim.
Stranded reckon(State& state, Id<Campus> campus, Watts power);

}  // namespace stranded
}  // namespace racked
