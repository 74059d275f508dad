#pragma once

// An event queue that writes down what is asked of it. The model is built once more with it
// (RACKED_QUEUE in lib/racked/state.h), so that a real mix of operations can be played again; the
// library itself knows nothing of it.

#include <racked/des/event_queue.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace racked::des {

struct Operation {
  enum class Kind : std::uint8_t { clear, push, push_cancellable, cancel, reschedule, pop, next };
  Kind kind;
  Turn turn;          // of a push
  std::uint32_t id;   // of the event: the number of its push; of a moved one, its new number
  std::uint32_t was;  // of a moved event: the number before
  Time time;          // of a push; up to when a pop looks
};

/// What has been asked of all recorded queues since it was emptied last.
inline std::vector<Operation>& recorded_operations() {
  static std::vector<Operation> operations;
  return operations;
}

template <class Payload>
class RecordedQueue {
 public:
  explicit RecordedQueue(Time start = kStart) : queue_(start) {}

  void clear(Time start = kStart) {
    note(Operation::Kind::clear, Turn::finish, 0, start);
    queue_.clear(start);
    names_.clear();
    pushed_ = 0;
  }
  void push(Time time, Turn turn, const Payload& payload) {
    note(Operation::Kind::push, turn, pushed_++, time);
    queue_.push(time, turn, payload);
  }
  EventHandle push_cancellable(Time time, Turn turn, const Payload& payload) {
    note(Operation::Kind::push_cancellable, turn, pushed_, time);
    names_.emplace_back(queue_.push_cancellable(time, turn, payload), pushed_++);
    return names_.back().first;
  }
  std::optional<Event<Payload>> pop_until(Time end) {
    note(Operation::Kind::pop, Turn::finish, 0, end);
    return queue_.pop_until(end);
  }
  Event<Payload> pop() { return *pop_until(Time::max()); }
  auto next() {
    note(Operation::Kind::next, Turn::finish, 0, Time{});
    return queue_.next();
  }
  bool cancel(EventHandle handle) {
    if (!queue_.cancel(handle)) return false;
    note(Operation::Kind::cancel, Turn::finish, name_of(handle), Time{});
    return true;
  }
  bool reschedule(EventHandle handle, Time time) {
    if (!queue_.reschedule(handle, time)) return false;
    std::uint32_t& name = name_of(handle);
    note(Operation::Kind::reschedule, Turn::finish, pushed_, time);
    recorded_operations().back().was = std::exchange(name, pushed_++);
    return true;
  }
  bool pending(EventHandle handle) const { return queue_.pending(handle); }
  const Payload* upcoming(std::size_t ahead) const { return queue_.upcoming(ahead); }
  Time reached() const { return queue_.reached(); }
  std::size_t size() const { return queue_.size(); }
  bool empty() const { return queue_.empty(); }

 private:
  static void note(Operation::Kind kind, Turn turn, std::uint32_t id, Time time) {
    recorded_operations().push_back({kind, turn, id, 0, time});
  }
  // Recording is not timed.
  std::uint32_t& name_of(EventHandle handle) {
    return std::find_if(names_.rbegin(), names_.rend(),
                        [&](const auto& named) { return named.first == handle; })
        ->second;
  }

  EventQueue<Payload> queue_;
  std::uint32_t pushed_ = 0;
  std::vector<std::pair<EventHandle, std::uint32_t>> names_;
};

}  // namespace racked::des
