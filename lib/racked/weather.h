#pragma once

#include "state.h"

/// Days lost to weather.
namespace racked::weather {

/// Draws the lost days of this replication and what is left of each calendar outdoors. O(days)
/// for each weather; nothing without any.
void begin(State& state);

}  // namespace racked::weather
