#include "results_csv.h"

namespace racked {

std::string stamp_of(const Results& results) {
  return hex(results.scenario_hash) + "," + std::to_string(results.seed);
}

std::string stamp_with_ranges(const Results& results) {
  return stamp_of(results) + "," + replication_ranges(results);
}

void add_band(Csv& csv, const Band& band) {
  for (const double value :
       {band.p05, band.p10, band.p25, band.p50, band.p75, band.p90, band.p95, band.mean})
    csv.value(value);
}

}  // namespace racked
