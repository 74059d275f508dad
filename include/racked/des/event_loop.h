#pragma once

#include <racked/des/event_queue.h>
#include <racked/des/time.h>

#include <algorithm>
#include <cstdint>
#include <limits>

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
/// schedule, cancel, reschedule and stop, but not run, reset or replace the loop. When it throws,
/// the exception leaves the run with the event gone and the clock at its time; the rest is
/// untouched and can be run on.
///
/// A handler that has a member prefetch(const Payload&) is given, some events ahead of time, a
/// payload that it will probably have to handle, so that it can ask memory for its records
/// (__builtin_prefetch). This pays when there are many events and their records fit no cache.
///
/// Cost per event: that of the queue and a comparison. Scheduling is inlined where it is called, so
/// that a handler that schedules by itself is faster than one that has a function for it. Not
/// thread-safe; loops are independent. Another queue may be put in the place of EventQueue, if it
/// does the same.
template <class Payload, class Queue = EventQueue<Payload>>
class EventLoop {
 public:
  /// Empty, its clock at `start`.
  explicit EventLoop(Time start = kStart) : queue_(start) {}

  Time now() const { return queue_.reached(); }  ///< Of the clock.

  /// Schedules an event, at this instant or later. At this instant it leaves before pending events
  /// of a later turn, even when those of its own turn have been handled. std::logic_error for the
  /// past. An event at kNever is handled, too: do not schedule what is never to happen.
  [[gnu::always_inline]] void schedule(Time time, Turn turn, Payload payload) {
    queue_.push(time, turn, payload);
  }

  /// The same for an event that can be cancelled and rescheduled. std::length_error when 2³⁰ − 1 of
  /// them are pending already.
  EventHandle schedule_cancellable(Time time, Turn turn, Payload payload) {
    return queue_.push_cancellable(time, turn, payload);
  }

  /// Removes an event; false when the handle is stale.
  bool cancel(EventHandle handle) { return queue_.cancel(handle); }

  /// Moves an event to another time, as if it were cancelled and scheduled anew in the same turn.
  /// std::logic_error for the past; false when the handle is stale.
  bool reschedule(EventHandle handle, Time time) { return queue_.reschedule(handle, time); }

  /// Whether it has neither left nor been cancelled.
  bool pending(EventHandle handle) const { return queue_.pending(handle); }
  std::size_t size() const { return queue_.size(); }  ///< Pending events.
  bool empty() const { return queue_.empty(); }       ///< Nothing is pending.

  /// The time of the next event; kNever when there is none. Costs what EventQueue::next costs.
  Time next_time() {
    const auto next = queue_.next();
    return next ? next->time : kNever;
  }

  /// Whether another event of this very instant, in this turn or an earlier one, is pending: a
  /// handler that settles once per instant need not schedule itself an event for it. Costs what
  /// next_time() costs.
  bool more_now(Turn turn) {
    const auto next = queue_.next();
    return next && next->time == now() && next->turn <= turn;
  }

  /// Events handled since construction or reset.
  std::uint64_t events_handled() const { return handled_; }

  /// Back to an empty loop at `start`, keeping the memory. Handles given out before are stale.
  void reset(Time start = kStart) {
    queue_.clear(start);
    handled_ = 0;
    stopped_ = false;
  }

  /// Handles the next event, whenever it is; false when there is none.
  template <class Handler>
  bool step(Handler&& handler) {
    if (queue_.empty()) return false;
    handle(queue_.pop(), handler);
    return true;
  }

  /// Handles all events up to and including `end`, those scheduled meanwhile as well, at most
  /// `budget`. The clock is then at `end`, unless the run was stopped or ran out of budget; when it
  /// is later already, nothing happens. Ended::empty when nothing is pending any more, also at
  /// `end`; Ended::budget when more is due. With kNever the clock goes to the end of time, after
  /// which nothing can be scheduled; with run() it stays at the last event.
  template <class Handler>
  Ended run_until(Time end, Handler&& handler, std::uint64_t budget = kUnlimited) {
    stopped_ = false;
    const std::uint64_t most = handled_ + std::min(budget, kUnlimited - handled_);
    while (handled_ < most || next_time() > end || queue_.empty()) {
      const auto event = queue_.pop_until(end);
      if (!event) return queue_.empty() ? Ended::empty : Ended::time;
      handle(*event, handler);
      if (stopped_) return Ended::stopped;
    }
    return Ended::budget;
  }

  /// Handles events until none is left; the clock stays at the last one.
  template <class Handler>
  Ended run(Handler&& handler) {
    return run_while([] { return true; }, handler);
  }

  /// Handles events as long as predicate() holds before each: Ended::stopped when it does not, or
  /// after stop(), else Ended::empty. The clock stays at the last event.
  template <class Predicate, class Handler>
  Ended run_while(Predicate&& predicate, Handler&& handler) {
    stopped_ = false;
    while (!queue_.empty()) {
      if (!predicate()) return Ended::stopped;
      handle(queue_.pop(), handler);
      if (stopped_) return Ended::stopped;
    }
    return Ended::empty;
  }

  /// Called by a handler: the run returns after the present event. Without effect outside a run,
  /// and on step().
  void stop() { stopped_ = true; }

 private:
  template <class Handler>
  void handle(const Event<Payload>& event, Handler& handler) {
    ++handled_;
    if constexpr (requires(const Payload& payload) { handler.prefetch(payload); })
      if (const Payload* const payload = queue_.upcoming(kEventsAhead)) handler.prefetch(*payload);
    handler(event);
  }

  static constexpr std::uint64_t kUnlimited = std::numeric_limits<std::uint64_t>::max();

  Queue queue_;
  std::uint64_t handled_ = 0;
  bool stopped_ = false;
};

}  // namespace racked::des
