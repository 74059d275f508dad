#pragma once

#include <racked/results.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace racked {

/// merge() of parts that stay where they are.
Results merged(const std::vector<const Results*>& parts, std::uint64_t most_sample_bytes);

/// The same of one part, whose replications are in ascending order, without copying their rows.
Results merged(Results part);

/// Whether samples of so many replications are too many to be kept one by one.
bool needs_sketch(const Results& frame, std::uint64_t replications,
                  std::uint64_t most_sample_bytes);

/// Gives results without rows a sketch in place of samples.
void begin_sketch(Results& results);

/// Adds what `part` holds, its rows after the others; merged() puts them in order. Both must answer
/// to the same and share no replication; `part` has no sketch.
void append_unordered(Results& results, const Results& part);

/// The same without causes and waits.
void append_rows(Results& results, const Results& part);

}  // namespace racked
