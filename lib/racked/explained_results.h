#pragma once

#include <racked/causes.h>
#include <racked/explanation.h>

#include <cstddef>
#include <cstdint>

// What an Explanation takes from results as they are.
namespace racked {

Criticality criticality_of(const CauseGroup& group, std::uint64_t reached);

/// When the replication of a row reaches a milestone.
des::Time reached_at(const Results& results, std::size_t row, Id<Milestone> milestone);

/// All but the median, flows, risks, charges and levers.
void describe(const Results& results, Id<Milestone> milestone, Explanation& explanation);

/// The median, from the timeline of the replication in median_row.
void find_median(const Model& model, const Results& results, Id<Milestone> milestone,
                 const Timeline& timeline, Explanation& explanation);

}  // namespace racked
