#pragma once

#include <racked/results.h>

#include <cstddef>
#include <vector>

namespace racked {

/// merge() of parts that stay where they are.
Results merged(const std::vector<const Results*>& parts);

/// Adds what `part` holds, its rows after the others; merge() puts them in order. Both must answer
/// to the same and share no replication.
void append_unordered(Results& results, const Results& part);

/// Adds the rows of `part` from this one on, and nothing else.
void append_rows_after(Results& results, const Results& part, std::size_t first_row);

}  // namespace racked
