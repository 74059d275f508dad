#pragma once

#include <racked/results.h>

#include <string>

namespace racked::cli {

/// Results for people, at most 100 columns wide: when the milestones are reached, what chip-days
/// were lost to, what the critical chain is made of, and what still waits when something is not
/// reached.
std::string results_table(const Results& results);

}  // namespace racked::cli
