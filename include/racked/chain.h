#pragma once

#include <racked/model.h>
#include <racked/timeline.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace racked {

/// What kind of thing a link of a critical chain is.
enum class ElementKind : std::uint8_t {
  plan,  ///< The plan's own dates: day 0, not_before, orders' dates, headcounts, stops.
  task,
  order,        ///< From its placing to the arrival of the lot that was waited for.
  feeder,       ///< Until it is energised on a date, or given more power by its ramp.
  crew,         ///< Work of others that had to free workers first.
  supply_line,  ///< Until a lot arrives, the wait for its release at the line's rate included.
  delivery,     ///< Until a lot arrives, the wait for its scheduled date included.
  deployment,   ///< A rack's own steps; `index` is its product.
};
inline constexpr std::size_t kElementKinds = 8;  ///< How many there are.

/// A stretch of the critical chain spent on one thing; stretches adjoin.
struct ChainLink {
  ElementKind kind = ElementKind::plan;  ///< Of the thing.
  std::uint32_t index = 0;               ///< Row in the model's table for that kind; 0 for `plan`.
  des::Time from;                        ///< Where the one before ended.
  des::Time to;                          ///< Not before `from`.

  friend bool operator==(const ChainLink&, const ChainLink&) = default;
};

/// From the milestone back to the begin of the plan, by recorded causes, earliest link first; empty
/// when the milestone was not reached. Links run gap-free from the begin to the time it was
/// reached; neighbouring stretches of the same element are one. The begin is day 0, or earlier
/// where the first element was under way before (an order placed, a lot released). Time between a
/// cause and the start it allowed (a lag, a night, a date) belongs to what started. A crew that was
/// waited for stands for all the work of others that held it, back to the first start that did not
/// wait for that crew. Elements that took no time have links of no length, except the plan. The
/// timeline must be one of this model: std::logic_error (or out_of_range) when its causes refer to
/// nothing or run in a circle. O(length of the chain + links out of its tasks).
std::vector<ChainLink> critical_chain(const Model& model, const Timeline& timeline,
                                      Id<Milestone> milestone);

/// The name of an element, as in the scenario ("new_carlisle.b7.roof"); of the plan, "plan".
std::string element_name(const Model& model, ElementKind kind, std::uint32_t index);
/// The same.
inline std::string element_name(const Model& model, const ChainLink& link) {
  return element_name(model, link.kind, link.index);
}
std::string_view name(ElementKind kind);  ///< As in causes.csv.

}  // namespace racked
