#pragma once

#include <racked/model.h>
#include <racked/timeline.h>

#include <string>
#include <vector>

namespace racked {

/// Something in a timeline that cannot be.
struct Finding {
  std::string rule;     ///< Which rule, by its name in docs/verification.md ("crew_capacity").
  std::string message;  ///< Who, when, how much.
};

/// Judges a finished timeline against its model with none of the code that made it: precedence with
/// lags, crews within their headcount, stocks never negative, working time respected, power within
/// what is energised at every element, every rack and chip accounted for at every instant, charges
/// equal to what the positions waited for and summing to planned minus usable, causes that are the
/// last thing satisfied, milestones where they belong, samples equal to the counts on their dates.
/// Nothing to say means an empty list; at most 1 000 findings. O(n log n) in the records.
std::vector<Finding> audit(const Model& model, const Timeline& timeline);

}  // namespace racked
