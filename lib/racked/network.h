#pragma once

#include <racked/model.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace racked {

/// A plan that can never be carried out because something waits for itself: the names along the
/// circle ("a → b → a"), or empty when there is none. Starts and finishes are told apart, so that
/// a task may hold back the start of another that holds back its finish. O(tasks + links).
std::string find_cycle(const Model& model);

/// An order in which the dates of a plan can be reckoned. Elements are tasks and, numbered after
/// them, feeders.
struct PlanOrder {
  /// Start (2t) and finish (2t + 1) of each task t and each feeder (2 × tasks + f): what has to be
  /// known first comes first. The start of a task comes after everything that holds back its
  /// finish, except within its own loop.
  std::vector<std::size_t> nodes;
  /// Per element: those with equal numbers overlap in a loop, each holding back another's start or
  /// finish. Mostly every element is alone.
  std::vector<std::uint32_t> loops;
  /// Pairs of elements: the first holds back the second.
  std::vector<std::pair<std::size_t, std::size_t>> holds;
};

/// Precondition: find_cycle finds none. O(tasks + links).
PlanOrder plan_order(const Model& model);

/// From the placing of an order to the arrival of its first lot, on the mean, factory tests
/// included.
des::Duration mean_lead_time(const Model& model, const Order& order);

/// The soonest that as many pieces as a need asks for can have arrived, if it were alone.
struct EarliestGoods {
  des::Time
      dated{};  ///< By orders placed on a date, after mean lead times; kNever: they bring too few.
  Id<Order> order;       ///< Otherwise the only order by a task that can bring the rest …
  std::int64_t lot = 0;  ///< … with this lot.
};
/// Per need; of those that need no goods: from the start on.
std::vector<EarliestGoods> earliest_goods(const Model& model);

/// Fills `tasks` and `links` of a rework with everything on the ways from `back_to` to `failing`,
/// in order of precedence; leaves them empty when no way leads there.
void find_rework_loop(const Model& model, Id<Task> back_to, Id<Task> failing, Rework& rework);

}  // namespace racked
