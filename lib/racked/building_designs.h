#pragma once

#include <racked/problem.h>
#include <racked/v1/scenario.pb.h>

#include <vector>

namespace racked {

/// Gives every building design that is `like` another the elements of that one, its own laid over
/// them. Problems: designs that are like each other in a circle, or that would have more than
/// 200,000 elements in all; these stay as they are. A `like` that names nothing is left to the
/// rules. O(elements of the completed designs), but for lay_over's cost within a list.
void complete_designs(v1::Scenario& scenario, const Places& places, std::vector<Problem>& problems);

/// Without what is said of an inherited element when the same is said where it is written.
std::vector<Problem> without_inherited(const v1::Scenario& scenario, std::vector<Problem> problems);

}  // namespace racked
