#pragma once

#include "state.h"

/// Going on by another model.
namespace racked::branch {

/// See Simulation::continue_by.
void continue_by(State& state, const Model& model);

}  // namespace racked::branch
