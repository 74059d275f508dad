#pragma once

#include <racked/model.h>

#include <string>
#include <string_view>

namespace racked {

// Scenarios as results keep them (Model::resolved), for those who see no messages.

/// The model again. ScenarioError when the bytes are no scenario that can be simulated.
Model resolved_model(std::string_view bytes);

/// Its text, by print_scenario: read again, it has the same hash.
std::string resolved_text(std::string_view bytes);

}  // namespace racked
