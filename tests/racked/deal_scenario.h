#pragma once

#include "scenario_text.h"

#include <racked/audit.h>

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace racked::testing {

/// A campus with one powered hall of `positions` racks of 10 chips and 100 kW IT, PUE 1, which are
/// usable as soon as they arrive by `lots`. The product, "r", is written with campus "c" alone,
/// with `product` added to it, and `site` is added to the campus.
inline std::string racks_on(const std::string& id, int positions, const std::string& lots,
                            const std::string& product = "", const std::string& site = "") {
  const std::string count = std::to_string(positions);
  return (id == "c" ? "product { id: 'r' chips_per_rack: 10 kw_per_rack: 100 " + product + " } "
                    : std::string()) +
         "building_design { id: 'design_" + id +
         "' feeder { id: 'f' capacity_mw: 99 energised { "
         "date: '2025-01-06' } } hall { id: 'h' product: 'r' racks: " +
         count +
         " feeder: 'f' } } "
         "campus { id: '" +
         id + "' pue: 1 building { id: 'b' design: 'design_" + id +
         "' } "
         "delivery { id: 'racks' product: 'r' " +
         lots + " } " + site + " } ";
}

inline std::string parties() {
  return "party { id: 'lab' } party { id: 'other' } party { id: 'cloud' } "
         "party { id: 'developer' } party { id: 'vendor' } party { id: 'grid' } ";
}

/// A replication that audit has nothing to say of.
inline Timeline audited(const Model& model, std::uint64_t replication = 0) {
  Timeline timeline = simulate(model, 1, replication);
  const auto findings = audit(model, timeline);
  EXPECT_TRUE(findings.empty()) << findings.front().rule << ": " << findings.front().message;
  return timeline;
}

}  // namespace racked::testing
