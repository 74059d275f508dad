#pragma once

#include <racked/des/awaitable.h>
#include <racked/des/process_loop.h>
#include <racked/des/time.h>

#include <any>
#include <coroutine>
#include <exception>
#include <memory>
#include <string>
#include <utility>

/// Processes: models that read as stories, as C++20 coroutines on the event loop.
///
///     Process customer(ProcessLoop& loop, Resource clerk) {
///       Held held = co_await clerk.seize().within(10min);
///       if (!held) co_return;  // lost patience
///       co_await loop.delay(3min);
///     }
///
/// A coroutine that returns Process takes the loop as its first parameter (a lambda, too); it runs
/// once it is given to ProcessLoop::start. Parameters live as long as the process does, but not
/// what a reference among them refers to: take by value what does not outlive it (`std::string
/// name`, not `const std::string&`). The loop destroys the processes that have not ended, so that
/// what the destructors of their local variables use has to outlive the loop. The captures of a
/// lambda last only as long as the lambda. A process awaits the waits of process.h, resource.h,
/// store.h, level.h, gate.h, condition.h, any_of.h and any_wait.h, and tasks (task.h), each of them
/// once. docs/kernel.md tells what may not stand in an expression that awaits. Rules of waiting,
/// also for what happens at equal times:
///
/// - Delays and patience that end at one instant do so in the order of their turns, and within a
///   turn in the order in which they began. The turn is Turn::start, unless a delay is given
///   another: Turn::finish for services whose end makes room for who comes at the same instant,
///   Turn::observe for a look at what has become of the instant.
/// - A wait ends exactly once, by what comes first in the order of events: its grant, its timeout,
///   or an interrupt. What came later finds nothing left: a timeout takes nothing from a resource,
///   a grant cancels the timeout, an interrupt leaves nothing of a delay.
/// - A grant is made the moment it can be, by whoever made it possible; the process goes on at that
///   instant, after those granted before it and before the next event. In between it already holds
///   what it was granted. A process that leaves a queue by a timeout or an interrupt goes on before
///   those for whom it makes way. While the parts of an any_of or all_of begin, nobody who waits
///   gets units, items or amounts: what they make possible is granted when all have begun.
/// - Queues are first come, first served, those of a resource by priority before that, larger
///   numbers first; nobody overtakes the first in the queue because he wants less.
/// - An interrupt of a process that is not waiting, or whose wait has ended, is kept. Kept ones are
///   thrown in the order in which they came, one by each of the next waits, whatever it is for,
///   which then does not begin. Those left when the process ends are discarded.
/// - An exception that leaves a process is thrown in all who await its end. It leaves the run when
///   there are none, or when all of them are cancelled before they go on.
/// - A process awaits things of its own loop. To wait in a queue of another is std::logic_error.
///
/// Not thread-safe; loops are independent. Everything here belongs to a loop and must not be used
/// after its end. Names and Held may be destroyed later than the loop; a process that was not
/// started, and a task, may not. Resources, stores, levels, gates and conditions are names of what
/// the loop owns: they are copied freely, and what they name goes with the last of them, so that
/// each customer may have a gate of its own; what was moved from may only be assigned to or
/// destroyed. When a wait begins, a name of what it is for must exist; from then on the thing named
/// lasts as long as somebody waits for it or holds any of it.
namespace racked::des {

/// Thrown by a wait that was broken off by ProcessRef::interrupt.
class Interrupted : public std::exception {
 public:
  /// As thrown by the wait.
  Interrupted(std::string reason, Duration left, std::any why)
      : remaining(left), cause(std::move(why)), reason_(std::move(reason)) {}
  /// The reason.
  const char* what() const noexcept override { return reason_.c_str(); }

  /// Of a delay, what is left of it: all of it when it did not begin. The same of an any_of or
  /// all_of with a delay among its parts, the first of them that has not ended. 0 of other waits.
  Duration remaining;
  /// What was given with the reason; empty of Preempted.
  std::any cause;

 private:
  std::string reason_;
};

/// Thrown by a wait of a process from which units were taken by one of higher priority. The Held
/// that had them is empty. Not thrown any more once the process has let go of that Held itself: by
/// release(), by assigning to it, or as it went out of scope.
class Preempted : public Interrupted {
 public:
  using Interrupted::Interrupted;  ///< As thrown by the wait.
};

/// Lets time pass: co_await loop.delay(3h). The span counts from the call, not from co_await.
class [[nodiscard]] Delay {
 public:
  Time end() const { return end_; }    ///< When it has passed.
  Turn turn() const { return turn_; }  ///< In which it ends at that instant.

 private:
  friend class ProcessLoop;
  Delay(Time end, Turn turn) : end_(end), turn_(turn) {}
  Time end_;
  Turn turn_;
};

inline Delay ProcessLoop::delay(Duration span, Turn turn) { return {later(now(), span), turn}; }
template <class Number, class Period>
requires std::is_floating_point_v<Number> Delay
ProcessLoop::delay(std::chrono::duration<Number, Period> span, Turn turn) {
  return delay(rounded(span), turn);
}
inline Delay ProcessLoop::until(Time time, Turn turn) { return {time, turn}; }

namespace process_detail {

/// An exception that left a process, in the hands of those who awaited that. When the last of them
/// goes, cancelled before he could throw it, it leaves the run.
class Failure {
 public:
  Failure(ProcessLoop& loop, std::exception_ptr why) : loop_(loop), why_(std::move(why)) {}
  Failure(const Failure&) = delete;
  Failure& operator=(const Failure&) = delete;
  ~Failure();
  [[noreturn]] void rethrow() {
    thrown_ = true;
    std::rethrow_exception(why_);
  }

 private:
  ProcessLoop& loop_;
  std::exception_ptr why_;
  bool thrown_ = false;
};

/// Stands with those who are told of the end of a process.
class EndOfProcess : public Wait {
 public:
  explicit EndOfProcess(ProcessRef of) : of_(of) {}
  void enqueue();
  void leave() noexcept override;
  std::string told() const override;
  bool failed() const override { return failure_ != nullptr; }

 protected:
  ~EndOfProcess() = default;
  // An exception that left the process.
  void rethrow_failure() const {
    if (failure_) failure_->rethrow();
  }
  ProcessRef of_;

 private:
  friend class des::ProcessLoop;
  std::shared_ptr<Failure> failure_;
};

}  // namespace process_detail

/// Waits for the end of a process.
class [[nodiscard]] ProcessEnd final
    : public process_detail::Awaitable<ProcessEnd, process_detail::EndOfProcess> {
 public:
  /// Of a process other than the one that awaits it.
  explicit ProcessEnd(ProcessRef of) : Awaitable(of) {}
  /// How the loop runs it; not for callers.
  ///@{
  bool try_now() const { return !of_.running(); }
  // False when its time was up first.
  bool result(bool granted) const {
    rethrow_failure();
    return granted;
  }
  ///@}

 private:
  friend struct process_detail::Promise;
  ProcessEnd(ProcessRef of, process_detail::Promise& by) : Awaitable(of) { process = &by; }
};

namespace process_detail {

// Most of what a process does is let time pass; it is an event and nothing else. The event is
// scheduled before the process is suspended, while its time is still in a register.
struct Sleep {
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<>) const { process.state = Promise::State::delayed; }
  // An interruption that came meanwhile has ended the delay.
  void await_resume() const {
    if (process.seat().interrupted()) [[unlikely]]
      process.throw_interruption();
  }
  Promise& process;
};

[[gnu::always_inline]] inline Sleep Promise::await_transform(Delay delay) {
  Promise& self = hidden_from_optimizer();
  self.loop.sleep(self, delay.end(), delay.turn());
  return {self};
}

inline ProcessEnd Promise::await_transform(ProcessRef of) { return {of, hidden_from_optimizer()}; }

}  // namespace process_detail

}  // namespace racked::des
