#pragma once

#include <racked/des/statistics.h>
#include <racked/des/wait_queue.h>
#include <racked/des/watched.h>

namespace racked::des {

/// Statistics of a store or a level while it was watched. Two observations are merged member by
/// member. A wait counts when it ends, with its whole length, also what lies before the watch
/// began, in the unit given to watch().
struct StockUse {
  TimeAverage content;  ///< Items in the store; the amount of the level.
  TimeAverage taking;   ///< Processes that waited for items, or to draw from it.
  TimeAverage putting;  ///< Processes that waited for room.
  /// Lengths of waits that were granted: for items or an amount, and for room. 0 for what was had
  /// at once, as always by try_take(), try_get() and try_put().
  ///@{
  Tally taken;
  Tally put;
  ///@}
  /// Lengths of waits that were not: patience ended, the process was interrupted or cancelled, or
  /// another part ended an any_of or all_of first (0 when that could be had at once).
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

  void restart() noexcept override {
    takers = putters = WaitList();
    watch_anew();
  }

  WaitList takers, putters;
};

}  // namespace process_detail

}  // namespace racked::des
