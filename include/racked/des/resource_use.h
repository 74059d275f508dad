#pragma once

#include <racked/des/statistics.h>
#include <racked/des/time.h>

#include <cstdint>

namespace racked::des {

/// What has been seen of a resource while it was watched. Utilisation is in_use.mean() /
/// capacity.mean(); of two observations all parts can be merged. A wait counts when it ends, with
/// all that it took, also before the watch began, in the unit that was asked for.
struct ResourceUse {
  TimeAverage in_use;    ///< Units that were held.
  TimeAverage capacity;  ///< Units that there were.
  TimeAverage waiting;   ///< Processes in the queue.
  /// Waits of those who were granted what they asked for, also when they lost it before they went
  /// on: 0 when it was at once, as what try_seize() gets always is.
  Tally granted;
  /// Waits of those who were not: their patience ended, they were interrupted or cancelled, or they
  /// had enough by something else that they awaited, after 0 if that could be had at once.
  Tally left;
};

}  // namespace racked::des
