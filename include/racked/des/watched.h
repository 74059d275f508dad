#pragma once

#include <racked/des/owned.h>
#include <racked/des/statistics.h>
#include <racked/des/time.h>

#include <memory>

namespace racked::des::process_detail {

/// What resources, stores and levels have in common, which can be watched. What is seen of a State,
/// which is made of this, is a Use: time averages, of which its each_average(with) tells each with
/// what it is now, and tallies of waits. While nobody watches it takes a comparison each time that
/// something changes.
template <class State, class Use>
struct Watched : Owned {
  using Owned::Owned;

  /// From now on, or anew. std::invalid_argument unless the unit of waits is longer than nothing.
  void watch(Duration unit);
  /// What has been seen up to now. std::logic_error when it is not watched.
  Use use() const;
  /// If it is watched, anew.
  void watch_anew() noexcept;

  void changed() noexcept {
    if (watch_) [[unlikely]]
      look();
  }
  // A wait has ended; kNever: it was none.
  void wait_ended(Tally Use::*how, Time asked) noexcept {
    if (watch_) [[unlikely]]
      note(watch_->use.*how, asked);
  }

 private:
  struct Watch {
    Use use;
    Duration unit{};
  };
  const State& state() const { return static_cast<const State&>(*this); }
  void look() noexcept;
  void note(Tally& waits, Time asked) noexcept;

  std::unique_ptr<Watch> watch_;  // once it is watched
};

}  // namespace racked::des::process_detail
