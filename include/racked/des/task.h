#pragma once

#include <racked/des/awaitable.h>
#include <racked/des/process.h>

#include <coroutine>
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

namespace racked::des {

namespace process_detail {

/// A task that runs in the place of what called it.
struct TaskState {
  std::coroutine_handle<> handle;
  Promise* process = nullptr;
  TaskState* caller = nullptr;  // nullptr: the process itself
  std::exception_ptr failure;
  bool ended = false;
};

// What stands first in the frame of a task. Whatever it awaits, its process awaits.
template <class Derived>
struct TaskFrame : PooledFrame, TaskState {
  TaskFrame() {
    handle = std::coroutine_handle<Derived>::from_promise(static_cast<Derived&>(*this));
  }

  struct Finish {
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<>) const noexcept { state.ended = true; }
    void await_resume() const noexcept {}
    TaskState& state;
  };
  std::suspend_always initial_suspend() const noexcept { return {}; }
  Finish final_suspend() noexcept { return {*this}; }
  void unhandled_exception() noexcept { failure = std::current_exception(); }

  template <class Awaited>
  [[gnu::always_inline]] decltype(auto) await_transform(Awaited&& awaited) {
    return process->await_transform(std::forward<Awaited>(awaited));
  }
};

template <class Result>
struct TaskPromise : TaskFrame<TaskPromise<Result>> {
  Task<Result> get_return_object() { return Task<Result>(this); }
  template <class Value = Result>
  requires std::is_convertible_v<Value, Result>
  void return_value(Value&& of) { value.emplace(std::forward<Value>(of)); }
  Result take() { return std::move(*value); }

  std::optional<Result> value;
};

template <>
struct TaskPromise<void> : TaskFrame<TaskPromise<void>> {
  inline Task<void> get_return_object();
  void return_void() const noexcept {}
  void take() const noexcept {}
};

}  // namespace process_detail

/// A part of a process that is written apart, as a function is in a program: a coroutine that
/// returns Task<Result>, and takes the loop as a process does.
///
///     Task<double> load(ProcessLoop& loop, Resource crane, int pieces) {
///       const Held held = co_await crane.seize();
///       co_await loop.delay(pieces * 10min);
///       co_return pieces * 2.5;
///     }
///     Process truck(ProcessLoop& loop, Resource crane) {
///       const double tons = co_await load(loop, crane, 3);
///     }
///
/// Awaited by a process, or by another task, it runs at once, as if its body stood there: the
/// process waits, is interrupted and loses what it holds where the task waits; co_await gives what
/// the task returns, and throws what it throws. It is no process: nobody else sees it, and to do
/// two things at a time one starts a process, or makes tasks parts of all_of. It may call itself,
/// as deeply as a function may. A call is O(1); so is going on in it, however deep. Its frame, with
/// its parameters, lasts until the end of the expression that awaits it: a Held that was passed to
/// it is held so long, unless it was moved on or released.
///
/// As a part of any_of or all_of (any_of.h) it runs beside the others, as a process of its own,
/// which begins when all parts have begun, and which then waits, is interrupted and loses what it
/// holds. An exception that leaves it is thrown by the whole. When it is withdrawn, because another
/// part was first or the whole is broken off or destroyed, it is cancelled before its caller goes
/// on; if it runs at that moment, because it has itself ended the whole, as soon as it waits. So it
/// may refer to what belongs to its caller, until it cancels its caller or runs the loop. (As it is
/// destroyed it may do the former.) O(1), and memory for what it returns, each time.
///
/// Await it where it is made, or moved, once: std::logic_error for one that was moved from, or is
/// of another loop. Await no two in one expression, and give aggregates and lambdas that own
/// anything a name before: what g++ 12 makes of them is in docs/kernel.md. One that is not awaited
/// never runs; it must not be destroyed after its loop.
template <class Result = void>
class [[nodiscard]] Task {
  static_assert(!std::is_reference_v<Result>, "a task returns a value, or a pointer");

 public:
  using promise_type = process_detail::TaskPromise<Result>;  ///< What the compiler asks for.

  /// The other runs nothing any more; what the target would have run is destroyed.
  ///@{
  Task(Task&& other) noexcept : promise_(std::exchange(other.promise_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    const Task former(std::exchange(promise_, std::exchange(other.promise_, nullptr)));
    return *this;
  }
  ///@}
  ~Task() {
    if (promise_ != nullptr) promise_->handle.destroy();
  }

 private:
  friend promise_type;
  friend class process_detail::TaskCall<Result>;
  explicit Task(promise_type* promise) : promise_(promise) {}
  promise_type* promise_;
};

namespace process_detail {

inline Task<void> TaskPromise<void>::get_return_object() { return Task<void>(this); }

// Stands in the frame of what calls a task, as long as that runs.
template <class Result>
class TaskCall {
 public:
  TaskCall(Task<Result>&& task, Promise& by) : task_(std::move(task)), by_(by) {}
  bool await_ready() { return by_.call(task_.promise_); }
  void await_suspend(std::coroutine_handle<>) const noexcept {}
  Result await_resume() {
    if (task_.promise_->failure) [[unlikely]]
      std::rethrow_exception(std::move(task_.promise_->failure));
    return task_.promise_->take();
  }

 private:
  Task<Result> task_;
  Promise& by_;
};

template <class Result>
TaskCall<Result> Promise::await_transform(Task<Result>&& task) {
  return {std::move(task), hidden_from_optimizer()};
}

// What belongs to a part of a whole that is a process of its own.
class ProcessPart : public EndOfProcess {
 public:
  ProcessPart() : EndOfProcess(ProcessRef()) {}
  // Once all have left who do: it is cancelled, and what it held may serve others.
  void let_others() noexcept override { Kernel::dismiss(of_); }

 protected:
  ~ProcessPart() {
    if (process != nullptr && Kernel::ending(process->loop)) Kernel::dismiss(of_);
  }
  void start(Process part) { of_ = process->loop.start(std::move(part)); }
};

// A wait without a result has that.
template <class Result>
using TaskValue = std::conditional_t<std::is_void_v<Result>, std::monostate, Result>;

// The result is for a part that may be gone.
template <class Result>
Process run_task(ProcessLoop&, Task<Result> task,
                 std::shared_ptr<std::optional<TaskValue<Result>>> result) {
  if constexpr (std::is_void_v<Result>) {
    co_await std::move(task);
    result->emplace();
  } else {
    result->emplace(co_await std::move(task));
  }
}

/// A task as a part of a whole.
template <class Result>
class [[nodiscard]] TaskPart final : public Awaitable<TaskPart<Result>, ProcessPart> {
 public:
  explicit TaskPart(Task<Result>&& task) : task_(std::move(task)) {}
  explicit TaskPart(Task<Result>& task) : TaskPart(std::move(task)) {}
  bool try_now() {
    this->start(run_task(this->process->loop, std::move(task_), result_));
    return false;
  }
  // Whether it came to its end, or what it returned; nothing when it was ended before.
  auto result(bool) {
    this->rethrow_failure();
    if constexpr (std::is_void_v<Result>) {
      return result_->has_value();
    } else {
      return std::move(*result_);
    }
  }

 private:
  Task<Result> task_;
  std::shared_ptr<std::optional<TaskValue<Result>>> result_ =
      std::make_shared<std::optional<TaskValue<Result>>>();
};

}  // namespace process_detail

}  // namespace racked::des
