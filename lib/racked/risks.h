#pragma once

#include "state.h"

/// Risk drivers and risk events.
namespace racked::risks {

/// Draws the drivers of this replication and schedules dated events. Must come before anything
/// draws.
void begin(State& state);

/// Schedules what a new model changes of what is still to come.
void replan(State& state);

/// The event's moment has come: it happens or not.
void on_event(State& state, Id<RiskEvent> event);

}  // namespace racked::risks
