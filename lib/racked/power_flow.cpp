#include "power_flow.h"

#include <algorithm>

namespace racked {

namespace {

constexpr std::size_t kNoArc = std::numeric_limits<std::size_t>::max();

}  // namespace

std::size_t FlowGraph::add_arc(std::size_t from, std::size_t to) {
  const std::size_t arc = ends_.size();
  ends_.push_back(to);
  ends_.push_back(from);
  arcs_of_[to].push_back(arc + 1);
  arcs_of_[from].push_back(arc);
  return arc;
}

// Looks backward from `to`, breadth first.
bool FlowGraph::find_way(const Residual& residual, std::size_t to) {
  next_.assign(arcs_of_.size(), kNoArc);
  queue_.assign(1, to);
  for (std::size_t i = 0; i < queue_.size(); ++i)
    for (const std::size_t reverse : arcs_of_[queue_[i]]) {
      const std::size_t before = ends_[reverse];
      if (residual[reverse ^ 1] <= 0 || next_[before] != kNoArc || before == to) continue;
      next_[before] = reverse ^ 1;
      if (before == 0) return true;
      queue_.push_back(before);
    }
  return false;
}

std::int64_t FlowGraph::push(Residual& residual, std::size_t to, std::int64_t most) {
  std::int64_t pushed = 0;
  while (pushed < most && find_way(residual, to)) {
    std::int64_t amount = most - pushed;
    for (std::size_t node = 0; node != to; node = ends_[next_[node]])
      amount = std::min(amount, residual[next_[node]]);
    for (std::size_t node = 0; node != to; node = ends_[next_[node]]) {
      residual[next_[node]] -= amount;
      residual[next_[node] ^ 1] += amount;
    }
    pushed += amount;
  }
  return pushed;
}

}  // namespace racked
