#pragma once

#include <racked/precision.h>

#include <cstdint>
#include <string>
#include <vector>

namespace racked::cli {

/// How well each target is known; empty without targets.
std::string until_table(const PreciseResults& precise, const std::vector<Target>& targets);

/// Means of milestones from blocks of replications that depend on each other.
std::string blocks_table(const Results& results, std::uint64_t block);

/// summary.json with a member `until`.
std::string until_json(const PreciseResults& precise, const std::vector<Target>& targets);

}  // namespace racked::cli
