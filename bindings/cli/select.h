#pragma once

#include "studies.h"

#include <racked/variants.h>

#include <vector>

namespace racked::cli {

/// Selects the variant that is first at a milestone, prints it and returns an exit code.
int select_best(const ScenarioFile& baseline, const std::vector<Variant>& variants,
                const CompareOptions& options);

}  // namespace racked::cli
