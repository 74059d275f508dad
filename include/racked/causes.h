#pragma once

#include <racked/results.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace racked {

// Causes and waits of many replications, told of what buildings have alike all together: what is
// called "campus.b7.roof" counts as "campus.*.roof".

/// "campus.*.roof" for "campus.b7.roof"; what has no such form stays.
std::string in_any_building(const std::string& name);

/// Like elements of the critical chains of one milestone.
struct CauseGroup {
  ElementKind kind = ElementKind::plan;  ///< Of all of them.
  std::string element;                   ///< Its name; "campus.*.roof" when there are several.
  std::size_t members = 0;               ///< How many they are.
  std::vector<std::uint32_t> rows;       ///< Theirs, in the model's table for that kind.
  std::uint64_t most = 0;                ///< Replications of the member that is in most.
  std::int64_t seconds = 0;              ///< On chains, in all replications.

  /// "task campus.*.roof"; "the plan's dates".
  std::string text() const;
};

/// Most time first. O(n log n) in the causes.
std::vector<CauseGroup> cause_groups(const Results& results, std::size_t milestone);

/// The milestone that takes longest on average, among those that are reached at all.
std::optional<std::size_t> furthest_reached(const Results& results);

/// What still waited at the horizon for like things.
struct WaitGroup {
  /// One of the things that wait.
  struct Waiter {
    std::uint64_t replications = 0;  ///< In which it waited.
    std::int64_t positions = 0;      ///< Over those; 0 of tasks.
  };
  std::string what;                       ///< "task campus.*.roof", "power: utility".
  bool halls = false;                     ///< Halls wait, otherwise tasks.
  std::size_t members = 0;                ///< Sums of the results in it.
  std::map<std::string, Waiter> waiters;  ///< By name.
  std::uint64_t most = 0;                 ///< Replications of the waiter that waits most often.

  /// Of all halls, each with its mean where it waits.
  double positions() const;
};

/// Most often first. Tasks that wait for other tasks are left out: they pass on what those wait
/// for. O(n log n) in the waits.
std::vector<WaitGroup> wait_groups(const Results& results);

/// Whether every replication reaches every milestone.
bool all_reached(const Results& results);

}  // namespace racked
