#include <racked/des/wait_queue.h>

#include <algorithm>
#include <stdexcept>

namespace racked::des::process_detail {

void Wait::refuse_again() {
  throw std::logic_error("a wait that has ended is awaited again; make a new one");
}

std::vector<WaitQueue::Lane>::iterator WaitQueue::lane_of(int priority) {
  return std::partition_point(lanes_.begin(), lanes_.end(),
                              [&](const Lane& lane) { return lane.priority > priority; });
}

// Behind the last of its own priority, or of the next larger one that anybody has.
void WaitQueue::push_by_priority(Wait& wait) {
  if (lanes_.empty()) lanes_.push_back({all_.last()->priority, all_.last()});
  auto lane = lane_of(wait.priority);
  if (lane == lanes_.end() || lane->priority != wait.priority)
    lane = lanes_.insert(lane, Lane{wait.priority, nullptr});
  auto before = lane;
  while (before != lanes_.begin() && before->last == nullptr) --before;
  all_.insert_behind(before->last, wait);
  lane->last = &wait;
}

void WaitQueue::leave_lane(const Wait& wait) noexcept {
  const auto lane = lane_of(wait.priority);
  if (lane->last != &wait) return;
  Wait* const before = wait.previous;
  lane->last = before != nullptr && before->priority == wait.priority ? before : nullptr;
}

}  // namespace racked::des::process_detail
