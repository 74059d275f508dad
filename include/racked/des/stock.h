#pragma once

#include <racked/des/owned.h>
#include <racked/des/statistics.h>
#include <racked/des/time.h>
#include <racked/des/wait_queue.h>

#include <memory>
#include <string>

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
  /// had enough by something else that they awaited.
  ///@{
  Tally left_taking;
  Tally left_putting;
  ///@}
};

namespace process_detail {

/// What stores and levels are behind their names: something that can be taken and put, and those
/// who wait for either.
struct Stock : Owned {
  using Owned::Owned;
  bool idle() const override { return takers.size() == 0 && putters.size() == 0; }
  virtual double content() const = 0;

  /// std::invalid_argument unless the unit is longer than nothing.
  void watch(Duration unit);
  /// std::logic_error when it is not watched.
  StockUse use() const;

  void changed() noexcept {
    if (watched) [[unlikely]]
      look();
  }
  // A wait has ended; kNever: it was none.
  void wait_ended(Tally StockUse::*how, Time asked) noexcept {
    if (watched) [[unlikely]]
      note(watched->use.*how, asked);
  }

  WaitList takers, putters;

 private:
  struct Watch {
    StockUse use;
    Duration unit;
  };
  void look() noexcept;
  void note(Tally& waits, Time asked) noexcept;

  std::unique_ptr<Watch> watched;  // once it is
};

}  // namespace process_detail

}  // namespace racked::des
