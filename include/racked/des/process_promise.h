#pragma once

#include <racked/des/fifo.h>
#include <racked/des/frame_pool.h>
#include <racked/des/owned.h>
#include <racked/des/process_loop.h>
#include <racked/des/time.h>
#include <racked/des/wait_queue.h>

#include <any>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace racked::des {

namespace process_detail {

template <class First = void, class Second = void, class... Rest>
inline constexpr bool kTakesLoop =
    std::is_same_v<First, ProcessLoop> || std::is_same_v<Second, ProcessLoop>;

struct Holding;
struct TaskState;
template <class Result>
class TaskCall;

/// The memory of a frame is the loop's, which is a parameter of the coroutine.
struct PooledFrame {
  // Always inlined: g++ warns where it sees a template that allocates meet what releases.
  template <class... Rest>
  [[gnu::always_inline]] static void* operator new(std::size_t size, ProcessLoop& in, Rest&...) {
    return in.frames_.allocate(size);
  }
  template <class Object, class... Rest>
  requires(!std::is_same_v<std::remove_cvref_t<Object>, ProcessLoop>)
      [[gnu::always_inline]] static void*
      operator new(std::size_t size, Object&, ProcessLoop& in, Rest&...) {
    return in.frames_.allocate(size);
  }
  // Of all others it is said what is wrong.
  template <class... Parameters>
  requires(!kTakesLoop<Parameters...>) static void* operator new(std::size_t size, Parameters&...) {
    static_assert(
        kTakesLoop<Parameters...>,
        "the first parameter of a process or task is its ProcessLoop&, or the one after the "
        "object of a member function or lambda");
    return ::operator new(size);
  }
  static void operator delete(void* frame) noexcept { FramePool::release(frame); }
};

/// What stands first in the frame of a process.
struct Promise : PooledFrame {
  // The loop is the first parameter, or the one after the object of a member function or lambda.
  template <class... Rest>
  explicit Promise(ProcessLoop& in, Rest&...) : loop(in) {}
  template <class Object, class... Rest>
  requires(!std::is_same_v<std::remove_cvref_t<Object>, ProcessLoop>)
      Promise(Object&, ProcessLoop& in, Rest&...)
      : loop(in) {}

  // PooledFrame says what is wrong with all others.
  template <class... Parameters>
  requires(!kTakesLoop<Parameters...>) explicit Promise(Parameters&...);

  // At its end a process tells so and is gone; nobody needs to look whether it has ended.
  struct Finish {
    [[gnu::always_inline]] bool await_ready() noexcept {
      promise.loop.finish(promise);
      return true;
    }
    void await_suspend(std::coroutine_handle<>) const noexcept {}
    void await_resume() const noexcept {}
    Promise& promise;
  };

  Promise(const Promise&) = delete;
  Promise& operator=(const Promise&) = delete;
  ~Promise() {
    if (rare != nullptr) [[unlikely]]
      drop_rare();
  }

  Process get_return_object() { return Process(this); }
  std::suspend_always initial_suspend() const noexcept { return {}; }
  Finish final_suspend() noexcept { return {*this}; }
  void return_void() const noexcept {}
  void unhandled_exception() noexcept {
    loop.failure_ = std::current_exception();
    loop.alerted_ = true;
  }

  // The same promise. clang 14 may compute the address of a member of one that it knows before
  // there is a frame, and leaves the member on the stack: this one it does not know.
  [[gnu::always_inline]] Promise& hidden_from_optimizer() {
    Promise* self = this;
#if defined(__clang__)
    asm("" : "+r"(self));
#endif
    return *self;
  }

  inline Sleep await_transform(Delay delay);
  inline ProcessEnd await_transform(ProcessRef of);
  template <class Awaited>
  requires(std::is_base_of_v<Wait, std::remove_reference_t<Awaited>>)
      InPlace<std::remove_reference_t<Awaited>> await_transform(Awaited&& awaited);
  template <class Result>
  TaskCall<Result> await_transform(Task<Result>&& task);

  // Of all others it is said what is wrong.
  template <class Other>
  requires(!std::is_base_of_v<Wait, std::remove_reference_t<Other>> &&
           !std::is_convertible_v<Other, Delay> &&
           !std::is_convertible_v<Other, ProcessRef>) std::suspend_never await_transform(Other&&) {
    constexpr bool kIsProcess = std::is_same_v<std::remove_cvref_t<Other>, Process>;
    static_assert(!kIsProcess,
                  "a process is started and then awaited: co_await loop.start(work(loop))");
    static_assert(
        kIsProcess,
        "a process awaits a delay, a ProcessRef, a Task where it is made (or moved), or a wait of "
        "resource.h, store.h, level.h, gate.h, condition.h or any_of.h");
    return {};
  }

  std::coroutine_handle<Promise> handle() {
    return std::coroutine_handle<Promise>::from_promise(*this);
  }
  static Promise& in(Seat& seat) {
    return std::coroutine_handle<Promise>::from_address(seat.frame()).promise();
  }
  Seat& seat() { return Seat::of(handle().address()); }
  const Seat& seat() const { return const_cast<Promise*>(this)->seat(); }
  std::string called() const;
  std::string told() const;  // what it awaits

  // What an exception is made of when it is thrown.
  struct Interruption {
    std::string reason;
    std::any cause;
    Duration left;
    const Holding* lost;  // what was held; nullptr: nothing
  };
  // What most processes never have.
  struct Rare {
    std::string name;
    Fifo<Interruption> interruptions;  // still to be thrown, by a wait each
    TaskState* innermost = nullptr;    // of the tasks that run in its place
  };
  Rare& rarely();
  void drop_rare() noexcept;
  template <class Exception>
  Exception take_interruption();
  [[noreturn]] void throw_interruption();
  [[noreturn]] void throw_loss(const Holding& of);  // before what else there is to be thrown
  std::optional<Interruption> take_loss(const Holding& of);
  [[noreturn]] void throw_interruption_of(const Wait& of);  // that does not begin
  bool call(TaskState* task);
  void end_call(const TaskState& task) noexcept;

  enum class State : std::uint8_t {
    ready,
    running,
    delayed,
    waiting,
    withdrawing,  // parts of what it waited for, which may do anything as they go
  };

  ProcessLoop& loop;
  State state = State::ready;
  union {
    Time until;  // when it is delayed
    Wait* wait;  // when it waits for something else
  };
  Promise* next_ready;       // when it is about to go on
  EventHandle timer;         // of a delay that can be cancelled
  std::uint64_t number = 0;  // in the order of start
  WaitList awaited_by;
  Rare* rare = nullptr;  // owned
};

/// What waits may do to the loop.
struct Kernel {
  static void end(ProcessLoop& loop, Wait& wait, Outcome outcome) { loop.end(wait, outcome); }
  static bool ending(const ProcessLoop& loop) { return loop.ending_; }
  static Time now(const Wait& wait) { return wait.process->loop.now(); }
  /// std::logic_error when the process belongs to another loop than what it waits for.
  static void check(const Wait& wait, const ProcessLoop& loop) {
    if (&wait.process->loop != &loop) [[unlikely]]
      refuse(wait);
  }
  /// Ends the wait at `time` at the latest.
  static void limit(Wait& wait, Time time, Turn turn) {
    if (time == kNever) return;
    ProcessLoop& loop = wait.process->loop;
    wait.rarely().timer = loop.queue_.push_cancellable(time, turn, Alarm::of_patience(wait));
  }
  static void unlimit(Wait& wait) {
    ProcessLoop& loop = wait.process->loop;
    loop.queue_.cancel(std::exchange(wait.rare.timer, EventHandle()));
  }
  /// Serves those who wait for something: at once, or when what is under way has been done. So
  /// nobody is served in the midst of it, nor one within another, however many follow each other.
  static void serve(ProcessLoop& loop, Owned& owned) {
    if (ending(loop)) return;
    if (!std::exchange(owned.to_be_served, true)) {
      owned.next_to_serve = nullptr;
      (loop.first_to_serve_ != nullptr ? loop.last_to_serve_->next_to_serve
                                       : loop.first_to_serve_) = &owned;
      loop.last_to_serve_ = &owned;
    }
    if (!loop.serving_) loop.serve_all();
  }
  /// Does something, and serves those who can be served by it afterwards.
  template <class Act>
  static void before_serving(ProcessLoop& loop, Act&& act) {
    if (loop.serving_) return act();
    loop.serving_ = true;
    try {
      act();
    } catch (...) {
      loop.serve_all();
      throw;
    }
    loop.serve_all();
  }
  /// Does something as the process whose wait that is, which stays where it is.
  template <class Act>
  static void run_as(const Wait& wait, Act&& act) {
    Promise& promise = *wait.process;
    Seat* const outer = std::exchange(promise.loop.current_, &promise.seat());
    const Promise::State state = std::exchange(promise.state, Promise::State::running);
    act();
    promise.state = state;
    promise.loop.current_ = outer;
  }
  /// What has interrupted a process during that breaks off its wait now, if it has begun.
  static void break_off_if_interrupted(const Wait& wait) {
    Promise& promise = *wait.process;
    if (promise.state != Promise::State::waiting || !promise.seat().interrupted()) return;
    promise.rare->interruptions.front().left = promise.wait->left(now(wait));
    promise.loop.break_off(promise);
  }
  /// Serving is under way, or put off: who has just become able to be served has not been yet.
  static bool serving(const ProcessLoop& loop) { return loop.serving_; }
  static ProcessRef ref_of(const Wait& wait) { return ProcessRef(wait.process->seat()); }
  static Promise* promise_of(const ProcessRef& ref) { return ref.promise(); }
  /// Breaks off the wait of a process, or its next one, by Interrupted, or by Preempted when it is
  /// about what it has lost. What is left of the wait is found there.
  static void interrupt(const ProcessRef& process, Promise::Interruption why);
  /// The run ends by that std::logic_error, whatever else happens.
  static void fail(ProcessLoop& loop, std::string why) noexcept;
  /// The run ends by what has left a process and nobody throws any more.
  static void let_out(ProcessLoop& loop, std::exception_ptr failure) noexcept;
  /// Ends a process that nobody has a use for: at once, when it runs as soon as it waits.
  static void dismiss(const ProcessRef& process) noexcept;
  /// The process, if it is the one that runs, need not be told any more that it has lost that.
  static void drop_loss(const ProcessRef& process, const Holding& lost) noexcept;

 private:
  [[noreturn]] static void refuse(const Wait& wait);
};

}  // namespace process_detail

inline Process::~Process() {
  if (promise_ != nullptr) promise_->handle().destroy();
}

inline Process& Process::operator=(Process&& other) noexcept {
  const Process former(std::exchange(promise_, std::exchange(other.promise_, nullptr)));
  return *this;
}

inline bool ProcessRef::running() const { return promise() != nullptr; }

inline process_detail::Promise* ProcessRef::promise() const {
  if (seat_ == nullptr || seat_->generation != generation_) return nullptr;
  return &process_detail::Promise::in(*seat_);
}

inline void ProcessLoop::check(const Process& process) const {
  if (process.promise_ == nullptr || &process.promise_->loop != this) [[unlikely]]
    refuse(process);
}

inline ProcessRef ProcessLoop::start(Process process) {
  check(process);
  Promise& promise = *std::exchange(process.promise_, nullptr);
  promise.number = ++started_;
  promise.seat().occupied = true;
  ++live_;
  make_ready(promise);
  return ProcessRef(promise.seat());
}

[[gnu::always_inline]] inline void ProcessLoop::sleep(Promise& promise, Time until, Turn turn) {
  promise.until = until;
  Seat& seat = promise.seat();
  if (seat.unusual != 0 || until == kNever) [[unlikely]]
    return sleep_unusually(promise, turn);
  queue_.push(until, turn, Alarm::of_delay(seat));
}

// A wait has what it waited for, or never will have.
inline void ProcessLoop::end(Wait& wait, process_detail::Outcome outcome) {
  wait.outcome = outcome;
  if (wait.unusual) [[unlikely]]
    return tell_end(wait);
  make_ready(*wait.process);
}

inline void ProcessLoop::make_ready(Promise& promise) {
  promise.next_ready = nullptr;
  (first_ready_ != nullptr ? last_ready_->next_ready : first_ready_) = &promise;
  last_ready_ = &promise;
}

// Those who await the end are told, and names of the process are stale.
inline void ProcessLoop::finish(Promise& promise) {
  Seat& seat = promise.seat();
  seat.occupied = false;
  ++seat.generation;
  --live_;
  if (promise.awaited_by.first() != nullptr) [[unlikely]]
    tell_end(promise);
}

inline void ProcessLoop::resume(Promise& promise) {
  if (promise.seat().in_task()) [[unlikely]]
    return resume_task(promise);
  resume_itself(promise);
}

inline void ProcessLoop::resume_itself(Promise& promise) {
  promise.state = Promise::State::running;
  current_ = &promise.seat();
  promise.handle().resume();
  current_ = nullptr;
}

inline ProcessRef ProcessLoop::current() const {
  return current_ != nullptr && current_->occupied ? ProcessRef(*current_) : ProcessRef();
}

}  // namespace racked::des
