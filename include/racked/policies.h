#pragma once

#include <racked/model.h>
#include <racked/timeline.h>

#include <cstddef>
#include <functional>
#include <span>
#include <string>

namespace racked {

/// Decisions of one's own in place of the scenario's rules. An absent function leaves the rule as
/// it is. A policy must be a pure function of its arguments, or results depend on threads; it is
/// called by several at once. What it throws leaves the simulation.
struct Policies {
  /// Told in the results' hash, so that results of different policies are not merged.
  std::string name;

  /// A waiting task with its readiness, as a policy sees it.
  struct Waiting {
    Id<Task> task;    ///< Which one waits.
    des::Time ready;  ///< Since when.
    des::Time now;    ///< When it is asked.
  };
  /// The place of a waiting task in the queue: smaller is served first; ties, and what is not a
  /// number: the task written first. Asked anew of every waiting task whenever tasks may start, so
  /// it costs O(waiting log waiting) each time. In place of DispatchRule; not with Scheme::serial.
  std::function<double(const Model&, const Timeline&, const Waiting&)> dispatch;

  /// Which share of a supply line gets the next lot: an index into `line.shares`, given the racks
  /// sent to each so far. std::out_of_range ends the replication when it is none.
  std::function<std::size_t(const Model&, const SupplyLine& line, std::span<const double> given)>
      allocate;
};

}  // namespace racked
