#pragma once

#include "report_page.h"

#include <racked/explanation.h>
#include <racked/results.h>

#include <optional>
#include <string>
#include <vector>

// Why milestones are reached when they are, as `racked explain` says it.
namespace racked::report {

/// What is known of the milestones that have a chart of what they hang on, in their order.
struct Why {
  std::optional<Explanation> own;     ///< Of the results: their median replication is run again.
  const Explanation* more = nullptr;  ///< Of more runs: risks, charges and levers.
};

/// Whether the scenario that results hold is all that they are of: no branch, policies or luck.
bool can_run_again(const Results& results);

/// Runs the median replications of these results again, as far as their events are few enough for a
/// page to wait for them; finds the explanations that are of this scenario and seed.
std::vector<Why> whys_of(const Results& results, const std::vector<Explanation>& explanations);

/// Of one milestone; empty when nothing is known.
std::string why_html(const Results& results, std::size_t milestone, const Why& why);

/// How to get what is not known.
std::string explain_commands_html(const Results& results, const std::vector<Why>& whys);

}  // namespace racked::report
