#pragma once

#include <racked/variants.h>

#include <vector>

namespace racked {

/// ScenarioError with the problems of all variants, if there are any; a problem that several share
/// is told once, with the name of the first.
void check_variants(const ScenarioFile& baseline, const std::vector<Variant>& variants);

}  // namespace racked
