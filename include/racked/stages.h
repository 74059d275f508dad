#pragma once

#include <racked/model.h>
#include <racked/timeline.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

namespace racked {

/// What a building passes on its way to use; docs/model.md tells them from what is announced.
enum class Stage : std::uint8_t {
  permitted,           ///< All that its first task waits for is there, crews and goods excepted.
  under_construction,  ///< Its first task has started.
  enclosed,            ///< All its halls have space.
  energised,           ///< Power has come to the feeders of all its halls.
  commissioned,        ///< All its halls have passed what admits racks.
  operational,         ///< Nine tenths of its positions have been usable at one time.
};
inline constexpr std::size_t kStages = 6;  ///< How many there are.

/// "under_construction".
std::string_view name(Stage stage);

/// A day that does not come before the horizon.
inline constexpr std::int32_t kNeverDay = std::numeric_limits<std::int32_t>::max();

/// On which day, counted from the start, each building first came to each stage:
/// [building × kStages + stage]; kNeverDay: not by the horizon, or it has no halls. A building
/// without tasks is under construction from day 0, and what was there before counts on day 0.
/// O(task runs + energisations + halls + links between feeders).
std::vector<std::int32_t> stage_days(const Model& model, const Timeline& timeline);

}  // namespace racked
