#pragma once

#include <racked/model.h>
#include <racked/timeline.h>

#include <cstdint>
#include <string>
#include <vector>

namespace racked {

/// What kind of thing a link of a critical chain is.
enum class ElementKind : std::uint8_t {
  plan,         ///< The plan's own dates: day 0, not_before, ramps, rates, shifts.
  task,
  order,
  feeder,       ///< Energised on a date.
  crew,         ///< Work of others that had to free workers first.
  supply_line,
  delivery,
  deployment,   ///< A rack's own steps; `index` is its product.
};

/// A stretch of the critical chain spent on one thing; stretches adjoin.
struct ChainLink {
  ElementKind kind = ElementKind::plan;
  std::uint32_t index = 0;  ///< Row in the model's table for that kind; 0 for `plan`.
  des::Time from;
  des::Time to;
};

/// From the milestone back to the begin of the plan, by recorded causes, earliest link first; empty
/// when the milestone was not reached. Links run gap-free from the begin to the time it was reached;
/// neighbouring stretches of the same element are one. O(length of the chain).
std::vector<ChainLink> critical_chain(const Model& model, const Timeline& timeline,
                                      Id<Milestone> milestone);

/// The name of a link's element, as in the scenario ("new_carlisle.b7.roof").
std::string element_name(const Model& model, const ChainLink& link);
std::string_view name(ElementKind kind);

}  // namespace racked
