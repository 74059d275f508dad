#pragma once

#include "csv.h"

#include <racked/results.h>

#include <string>

namespace racked {

/// The first columns of every table: scenario_hash and seed; and replication ranges.
std::string stamp_of(const Results& results);
std::string stamp_with_ranges(const Results& results);

/// Adds the eight columns of a band to a line.
void add_band(Csv& csv, const Band& band);

}  // namespace racked
