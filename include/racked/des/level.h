#pragma once

#include <racked/des/awaitable.h>
#include <racked/des/process.h>
#include <racked/des/stock.h>

#include <cstddef>
#include <string>

namespace racked::des {

namespace process_detail {
struct LevelState;
}

/// Waits to change a level by an amount; false when patience ended first.
class [[nodiscard]] LevelChange final : public process_detail::Awaitable<LevelChange> {
 public:
  /// How the loop runs it; not for callers.
  ///@{
  bool try_now();
  void enqueue();
  void leave() noexcept override;
  void let_others() noexcept override;
  bool result(bool granted) const { return granted; }
  std::string told() const override;
  ///@}

 private:
  friend class Level;
  friend struct process_detail::LevelState;
  LevelChange(process_detail::LevelState& state, double change) : state_(state), change_(change) {}
  process_detail::LevelState& state_;
  double change_;  // negative: taken
  Time asked_;     // when it joined the queue
};

/// A quantity that processes draw from and fill up, between 0 and its capacity: fuel, water, money.
/// Amounts round as doubles do; who misses 0 or the capacity by no more than 2⁻⁴⁰ of the most that
/// there has been, and 2⁻¹⁰ of what he asks for, reaches it, so that three times 0.1 can be drawn
/// from 0.3. A name
/// for what the loop owns; copies are the same level, which lasts as long as one of them, or as
/// somebody waits for it.
class Level {
 public:
  /// std::invalid_argument unless 0 ≤ initial ≤ capacity.
  Level(ProcessLoop& loop, std::string name, double capacity, double initial = 0);

  /// co_await level.get(amount) waits until the whole amount is there, and takes it; nobody
  /// overtakes who asked before. std::invalid_argument unless 0 < amount ≤ capacity, and finite.
  LevelChange get(double amount) { return change(-checked(amount)); }

  /// Waits until there is room for the whole amount, and adds it; nobody overtakes who has more to
  /// add and came before. The same error.
  LevelChange put(double amount) { return change(checked(amount)); }

  /// At once or not at all, without waiting, from anywhere: a plain function, a destructor, between
  /// runs. Nobody is overtaken who waits for the same: false when somebody does, when the whole
  /// amount is not there or has no room, and when the loop is going. The same error.
  ///@{
  bool try_get(double amount) { return try_change(-checked(amount)); }
  bool try_put(double amount) { return try_change(checked(amount)); }
  ///@}

  /// It is watched from now on, or anew, as after a warm-up; waits are told in `unit`. Unwatched,
  /// nothing of it is kept; watched, it takes some fifteen nanoseconds more each time that
  /// something changes. std::invalid_argument unless the unit is longer than nothing.
  void watch(Duration unit = kHour);

  /// What has been seen of it up to now. std::logic_error when it is not watched.
  StockUse use() const;

  double amount() const;    ///< What is there now.
  double capacity() const;  ///< Most that fits.
  /// Processes that wait to draw from it, and to fill it up.
  ///@{
  std::size_t waiting_to_get() const;
  std::size_t waiting_to_put() const;
  ///@}
  const std::string& name() const;  ///< For reports.

 private:
  double checked(double amount) const;
  LevelChange change(double by) const;
  bool try_change(double by) const;
  process_detail::Name<process_detail::LevelState> state_;
};

}  // namespace racked::des
