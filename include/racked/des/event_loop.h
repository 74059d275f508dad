#pragma once

#include <racked/des/event_queue.h>
#include <racked/des/time.h>

#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>

namespace racked::des {

/// Why a run of the loop returned.
enum class Ended : std::uint8_t {
  time,     ///< Everything up to the given time is handled.
  empty,    ///< No event was left.
  stopped,  ///< A handler called stop(), or the predicate said so.
  budget,   ///< As many events were handled as allowed.
};

/// A clock, a queue and the cycle that joins them. A value: a copy goes on from the same state to
/// the same end. The handler is an argument of each run, called as handler(const Event<Payload>&)
/// with the clock already at the event's time; it is known at compile time and inlined. It may
/// schedule, cancel, reschedule and stop. When it throws, the exception leaves the run with the
/// event gone and the clock at its time; the rest is untouched and can be run on.
///
/// Cost per event: that of the queue and a comparison. Not thread-safe; loops are independent.
template <class Payload>
class EventLoop {
 public:
  explicit EventLoop(Time start = kStart) : now_(start) {}

  Time now() const { return now_; }

  /// Schedules an event, at this instant or later. At this instant it leaves before pending events
  /// of a later turn, even when those of its own turn have been handled. std::logic_error for the
  /// past.
  EventHandle schedule(Time time, Turn turn, Payload payload) {
    refuse_past(time);
    return queue_.push(time, turn, payload);
  }

  bool cancel(EventHandle handle) { return queue_.cancel(handle); }

  /// std::logic_error for the past; false when the handle is stale.
  bool reschedule(EventHandle handle, Time time) {
    refuse_past(time);
    return queue_.reschedule(handle, time);
  }

  bool pending(EventHandle handle) const { return queue_.pending(handle); }
  std::size_t size() const { return queue_.size(); }
  bool empty() const { return queue_.empty(); }
  void reserve(std::size_t events) { queue_.reserve(events); }

  /// The time of the next event; kNever when there is none.
  Time next_time() const { return queue_.empty() ? kNever : queue_.next_time(); }

  /// Whether another event of this very instant, in this turn or an earlier one, is pending: a
  /// handler that settles once per instant need not schedule itself an event for it. O(1).
  bool more_now(Turn turn) const {
    return !queue_.empty() && queue_.next_time() == now_ && queue_.next_turn() <= turn;
  }

  /// Events handled since construction or reset.
  std::uint64_t events_handled() const { return handled_; }

  /// Back to an empty loop at `start`, keeping the memory.
  void reset(Time start = kStart) {
    queue_.clear();
    now_ = start;
    handled_ = 0;
    stopped_ = false;
  }

  /// Handles the next event; false when there is none.
  template <class Handler>
  bool step(Handler&& handler) {
    if (queue_.empty()) return false;
    handle_next(handler);
    return true;
  }

  /// Handles all events up to and including `end`, those scheduled meanwhile as well, at most
  /// `budget`. The clock is then at `end`, unless the run was stopped or ran out of budget.
  template <class Handler>
  Ended run_until(Time end, Handler&& handler,
                  std::uint64_t budget = std::numeric_limits<std::uint64_t>::max()) {
    stopped_ = false;
    for (; !queue_.empty() && queue_.next_time() <= end; --budget) {
      if (budget == 0) return Ended::budget;
      handle_next(handler);
      if (stopped_) return Ended::stopped;
    }
    if (end > now_) now_ = end;
    return queue_.empty() ? Ended::empty : Ended::time;
  }

  /// Handles events as long as predicate() holds before each.
  template <class Predicate, class Handler>
  Ended run_while(Predicate&& predicate, Handler&& handler) {
    stopped_ = false;
    while (!queue_.empty()) {
      if (!predicate()) return Ended::stopped;
      handle_next(handler);
      if (stopped_) return Ended::stopped;
    }
    return Ended::empty;
  }

  /// Called by a handler: the run returns after the present event.
  void stop() { stopped_ = true; }

 private:
  template <class Handler>
  void handle_next(Handler& handler) {
    const Event<Payload> event = queue_.pop();
    now_ = event.time;
    ++handled_;
    handler(event);
  }

  void refuse_past(Time time) const {
    if (time < now_)
      throw std::logic_error("event scheduled at " +
                             std::to_string(time.time_since_epoch().count()) + " ns, but it is " +
                             std::to_string(now_.time_since_epoch().count()) + " ns already");
  }

  EventQueue<Payload> queue_;
  Time now_;
  std::uint64_t handled_ = 0;
  bool stopped_ = false;
};

}  // namespace racked::des
