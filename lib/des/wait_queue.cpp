#include <racked/des/wait_queue.h>

#include <stdexcept>

namespace racked::des::process_detail {

void Wait::refuse_again() {
  throw std::logic_error("a wait is awaited again; make a new one each time");
}

void WaitQueue::push_by_priority(RankedWait& wait) {
  places_.resize(places_.size() + list_.size() + 1);  // it may fail, and nothing has happened then
  // They come in order, so that nothing has to be settled.
  for (std::size_t place = 0; list_.first() != nullptr; ++place) {
    RankedWait& first = static_cast<RankedWait&>(list_.take_first());
    first.queued = true;
    put(place, {first.priority, came_++, &first});
  }
  wait.queued = true;
  settle(places_.size() - 1, {wait.priority, came_++, &wait});
}

void WaitQueue::leave_place(RankedWait& wait) noexcept {
  const std::size_t hole = wait.place;
  const Place last = places_.back();
  places_.pop_back();
  if (hole < places_.size()) settle(hole, last);
  wait.queued = false;
}

// Somewhere above or below a place that is free.
void WaitQueue::settle(std::size_t place, const Place& one) noexcept {
  for (; place > 0 && one.comes_before(places_[(place - 1) / 2]); place = (place - 1) / 2)
    put(place, places_[(place - 1) / 2]);
  for (std::size_t below; (below = 2 * place + 1) < places_.size(); place = below) {
    if (below + 1 < places_.size() && places_[below + 1].comes_before(places_[below])) ++below;
    if (one.comes_before(places_[below])) break;
    put(place, places_[below]);
  }
  put(place, one);
}

}  // namespace racked::des::process_detail
