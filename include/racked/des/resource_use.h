#pragma once

#include <racked/des/statistics.h>
#include <racked/des/time.h>

#include <cstdint>

namespace racked::des {

/// Statistics of a resource while it was watched. Utilisation is in_use.mean() / capacity.mean();
/// two observations are merged member by member. A wait counts when it ends, with its whole length,
/// also what lies before the watch began, in the unit given to watch().
struct ResourceUse {
  TimeAverage in_use;    ///< Units that were held.
  TimeAverage capacity;  ///< Units that there were.
  TimeAverage waiting;   ///< Processes in the queue.
  /// Lengths of waits that were granted, also when the units were lost before the process went on;
  /// 0 for what was had at once, as always by try_seize().
  Tally granted;
  /// Lengths of waits that were not: patience ended, the process was interrupted or cancelled, or
  /// another part ended an any_of or all_of first (0 when that could be had at once).
  Tally left;
};

}  // namespace racked::des
