#pragma once

#include <racked/experiment.h>

#include <chrono>
#include <cstddef>
#include <mutex>
#include <vector>

namespace racked {

/// What an experiment under way says of its milestones so far. Safe to use from several threads.
class Estimates {
 public:
  /// `done` is what was known before; null: nothing.
  Estimates(const Results& frame, const Results* done);

  void add(const std::vector<Reached>& milestones);

  /// Reckoned anew when that has cost less than a fiftieth of the time since; always if `anew`.
  /// O(replications · milestones) then.
  std::vector<MilestoneEstimate> now(bool anew);

 private:
  using Clock = std::chrono::steady_clock;

  MilestoneEstimate estimate(std::size_t milestone, std::vector<des::Time>& times) const;

  const Results& frame_;
  std::mutex mutex_;                             ///< Guards the rest.
  std::vector<std::vector<des::Time>> reached_;  ///< [milestone][replication]
  std::vector<MilestoneEstimate> last_;
  Clock::time_point next_{};
};

}  // namespace racked
