#include "estimates.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace racked {
namespace {

constexpr double kShareOfTime = 0.02;

// The ranks, from 0, between which the median lies with 95 %: those below it are binomial, here by
// its normal approximation. The second is past the end while there are too few.
std::pair<std::size_t, std::size_t> ranks_around_median(std::size_t count) {
  const double n = static_cast<double>(count);
  const double half = 1.959964 * std::sqrt(n) / 2;
  const double low = std::floor(n / 2 - half), high = std::ceil(n / 2 + half);
  if (low < 1 || high >= n) return {0, count};
  return {static_cast<std::size_t>(low) - 1, static_cast<std::size_t>(high)};
}

}  // namespace

Estimates::Estimates(const Results& frame, const Results* done)
    : frame_(frame), reached_(frame.milestones.size()) {
  if (done == nullptr) return;
  const std::size_t width = reached_.size();
  for (std::size_t i = 0; i < done->reached.size(); ++i)
    reached_[i % width].push_back(done->reached[i]);
}

void Estimates::add(const std::vector<Reached>& milestones) {
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < reached_.size(); ++i) reached_[i].push_back(milestones[i].at);
}

std::vector<MilestoneEstimate> Estimates::now(bool anew) {
  const Clock::time_point begin = Clock::now();
  std::vector<std::vector<des::Time>> reached;
  {
    const std::lock_guard lock(mutex_);
    if (!anew && begin < next_) return last_;
    reached = reached_;
  }
  std::vector<MilestoneEstimate> all;
  for (std::size_t i = 0; i < reached.size(); ++i)
    if (!reached[i].empty()) all.push_back(estimate(i, reached[i]));
  const std::lock_guard lock(mutex_);
  const auto cost = Clock::now() - begin;
  next_ = Clock::now() + std::chrono::duration_cast<Clock::duration>(cost / kShareOfTime);
  last_ = all;
  return all;
}

MilestoneEstimate Estimates::estimate(std::size_t milestone, std::vector<des::Time>& times) const {
  const std::size_t count = times.size();
  const auto at_rank = [&](std::size_t rank) {
    const auto place = times.begin() + static_cast<std::ptrdiff_t>(rank);
    std::nth_element(times.begin(), place, times.end());
    return *place;
  };
  MilestoneEstimate estimate;
  estimate.name = frame_.milestones[milestone].name;
  estimate.replications = count;
  const auto never = std::count(times.begin(), times.end(), des::kNever);
  estimate.reached = 1 - static_cast<double>(never) / static_cast<double>(count);
  // As quantile(): the smallest time whose cumulative share is a half.
  const des::Time p50 = at_rank((count - 1) / 2);
  if (p50 != des::kNever) estimate.p50 = date_of(p50, frame_.start);
  const auto [low, high] = ranks_around_median(count);
  if (high >= count) return estimate;
  const des::Time from = at_rank(low), to = at_rank(high);
  if (to != des::kNever)
    estimate.half_width_days = static_cast<double>((to - from).count()) / 86'400e9 / 2;
  return estimate;
}

}  // namespace racked
