#pragma once

#include "state.h"

/// Levels that orders, tasks and risk events wait for.
namespace racked::triggers {

/// Fires what has reached its level, once everything of an instant has happened.
/// O(triggers that have not fired × (deals + campuses)).
void settle(State& state);

}  // namespace racked::triggers
