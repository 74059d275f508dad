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
/// Amounts round as doubles do. A change that would go beyond 0 or the capacity by no more than
/// 2⁻⁴⁰ of the largest amount there has been, and 2⁻¹⁰ of itself, is granted and ends there, so
/// that three times 0.1 can be drawn from 0.3. A name for what the loop owns; copies are the same
/// level, which lasts as long as one of them, or as somebody waits for it.
class Level {
 public:
  /// `name` is for reports; the capacity may be infinite. std::invalid_argument unless 0 ≤ initial
  /// ≤ capacity.
  Level(ProcessLoop& loop, std::string name, double capacity, double initial = 0);

  /// co_await level.get(amount) waits until the whole amount is there, and takes it, first come,
  /// first served. std::invalid_argument, at the call, unless 0 < amount ≤ capacity, and finite.
  LevelChange get(double amount) { return change(-checked(amount)); }

  /// Waits until there is room for the whole amount, and adds it, first come, first served: less
  /// does not overtake more. The same error.
  LevelChange put(double amount) { return change(checked(amount)); }

  /// At once or not at all, without waiting, from anywhere: a plain function, a destructor, between
  /// runs. False when the whole amount is not there or has no room, when somebody waits for the
  /// same, and when the loop is being destroyed. The same error.
  ///@{
  bool try_get(double amount) { return try_change(-checked(amount)); }
  bool try_put(double amount) { return try_change(checked(amount)); }
  ///@}

  /// Begins to keep statistics, or begins anew, as after a warm-up; waits are counted in `unit`.
  /// Unwatched, nothing is kept; watched, each change takes some fifteen nanoseconds more.
  /// std::invalid_argument unless unit > 0.
  void watch(Duration unit = kHour);

  /// The statistics up to this instant. std::logic_error when it is not watched.
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
