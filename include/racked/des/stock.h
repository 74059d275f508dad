#pragma once

#include <racked/des/statistics.h>
#include <racked/des/wait_queue.h>
#include <racked/des/watched.h>

namespace racked::des {

/// What has been seen of a store or a level while it was watched. Of two observations all parts can
/// be merged. A wait counts when it ends, with all that it took, also before the watch began, in
/// the unit that was asked for.
struct StockUse {
  TimeAverage content;  ///< Items in the store; the amount of the level.
  TimeAverage taking;   ///< Processes that waited for items, or to draw from it.
  TimeAverage putting;  ///< Processes that waited for room.
  /// Waits of those who got what they asked for: items or an amount, and room. 0 when it was at
  /// once, as what is tried always is.
  ///@{
  Tally taken;
  Tally put;
  ///@}
  /// Waits of those who did not: their patience ended, they were interrupted or cancelled, or they
  /// had enough by something else that they awaited, after 0 if that could be had at once.
  ///@{
  Tally left_taking;
  Tally left_putting;
  ///@}
};

namespace process_detail {

/// What stores and levels are behind their names: something that can be taken and put, and those
/// who wait for either.
struct Stock : Watched<Stock, StockUse> {
  using Watched::Watched;
  bool idle() const override { return takers.size() == 0 && putters.size() == 0; }
  virtual double content() const = 0;
  void each_average(const auto& with) const {
    with(&StockUse::content, content());
    with(&StockUse::taking, static_cast<double>(takers.size()));
    with(&StockUse::putting, static_cast<double>(putters.size()));
  }

  WaitList takers, putters;
};

}  // namespace process_detail

}  // namespace racked::des
