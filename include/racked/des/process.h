#pragma once

#include <racked/des/event_loop.h>
#include <racked/des/time.h>

#include <array>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

/// Processes: models that read as stories, as C++20 coroutines on the event loop.
///
///     Process customer(ProcessLoop& loop, Resource clerk) {
///       Held held = co_await clerk.seize().within(10min);
///       if (!held) co_return;  // lost patience
///       co_await loop.delay(3min);
///     }
///
/// A coroutine that returns Process takes the loop as its first parameter (a lambda, too); it runs
/// once it is given to ProcessLoop::start. What it awaits is one of the waits below. Rules of
/// waiting, also for what happens at equal times:
///
/// - A wait ends exactly once, by what comes first in the order of events: its grant, its timeout,
///   or an interrupt. What came later finds nothing left: a timeout takes nothing from a resource,
///   a grant cancels the timeout.
/// - A grant is made the moment it can be, by whoever made it possible; the process goes on at that
///   instant, after those granted before it and before the next event. In between it already holds
///   what it was granted.
/// - Queues are by priority, then first come, first served; nobody overtakes the first in the queue
///   because he wants less.
/// - An interrupt of a process that is not waiting, or whose wait has ended, is kept and thrown by
///   its next wait; of several, the last.
/// - An exception that leaves a process goes to those who await the process, else out of the run.
///
/// Not thread-safe; loops are independent. Everything here belongs to a loop and must not be used
/// after its end; resources are names for what the loop owns and are copied freely.
namespace racked::des {

class ProcessLoop;

/// Thrown by a wait that was broken off by ProcessRef::interrupt.
class Interrupted : public std::exception {
 public:
  Interrupted(std::string reason, Duration left) : remaining(left), reason_(std::move(reason)) {}
  const char* what() const noexcept override { return reason_.c_str(); }

  Duration remaining;  ///< Of a delay, what was left of it; 0 of other waits.

 private:
  std::string reason_;
};

/// Thrown by a wait of a process from which a resource was taken by one of higher priority. What it
/// held of the resource is gone.
class Preempted : public Interrupted {
 public:
  using Interrupted::Interrupted;
};

/// A process that waits, for a report on a model that has come to a standstill.
struct Waiting {
  std::string process;
  std::string awaits;
};

namespace process_detail {

struct Promise;
struct Kernel;

enum class Outcome : std::uint8_t { pending, granted, timed_out, interrupted };

/// One wait of a process; it stands in the frame of the coroutine.
struct Wait {
  Wait() = default;
  Wait(const Wait&) = delete;
  Wait& operator=(const Wait&) = delete;

  /// Takes the wait out of whatever queue it stands in.
  virtual void withdraw() noexcept {}
  virtual std::string told() const = 0;
  /// A part of this wait has ended.
  virtual void part_ended(Wait&) {}
  /// What would be left of it.
  virtual Duration remaining() const { return Duration::zero(); }

  Promise* process = nullptr;
  Wait* next = nullptr;      // in a queue, or among those to be resumed
  Wait* previous = nullptr;  // in a queue
  Wait* whole = nullptr;     // of which this one is a part
  EventHandle timer;
  Outcome outcome = Outcome::pending;
  bool queued = false;
  int priority = 0;

 protected:
  ~Wait() = default;
};

/// Waits by priority, largest first, then first come, first served. O(number of priorities).
class WaitQueue {
 public:
  void push(Wait& wait);
  void remove(Wait& wait) noexcept;
  Wait* first() const { return first_; }

 private:
  struct Lane {
    int priority;
    Wait* first = nullptr;
    Wait* last = nullptr;
  };
  std::vector<Lane>::iterator lane_of(int priority);
  void find_first();
  std::vector<Lane> lanes_;
  Wait* first_ = nullptr;
};

/// What a resource is, behind its name.
struct Owned {
  Owned() = default;
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;
  virtual ~Owned() = default;
};

/// Memory of coroutine frames, kept for the next ones of their size.
class FramePool {
 public:
  void* allocate(std::size_t size);
  static void release(void* frame, std::size_t size) noexcept;

 private:
  static constexpr std::size_t kStep = 64, kClasses = 32, kBlock = 64 * 1024;
  struct Free {
    Free* next;
  };
  std::array<Free*, kClasses> free_{};
  std::vector<std::unique_ptr<std::byte[]>> blocks_;
  std::size_t left_ = 0;
};

struct Beginning final : Wait {
  std::string told() const override { return "its start"; }
};

}  // namespace process_detail

/// A coroutine that has not been started yet. Destroyed unstarted, it never runs.
class [[nodiscard]] Process {
 public:
  using promise_type = process_detail::Promise;

  Process(Process&& other) noexcept : promise_(std::exchange(other.promise_, nullptr)) {}
  Process& operator=(Process&&) = delete;
  inline ~Process();

 private:
  friend class ProcessLoop;
  friend promise_type;
  explicit Process(promise_type* promise) : promise_(promise) {}
  promise_type* promise_;
};

/// Names a process that was started; stays valid, and tells that the process has ended, after its
/// end. Await it to go on when it has ended: an exception that left it is thrown there.
class ProcessRef {
 public:
  ProcessRef() = default;

  bool running() const;

  /// Breaks off the process's wait, which throws Interrupted. Nothing happens when it has ended.
  void interrupt(std::string reason) const;

  friend bool operator==(const ProcessRef&, const ProcessRef&) = default;

 private:
  friend class ProcessLoop;
  friend class ProcessEnd;
  friend struct process_detail::Kernel;
  ProcessRef(ProcessLoop* loop, std::uint32_t slot, std::uint32_t generation)
      : loop_(loop), slot_(slot), generation_(generation) {}
  process_detail::Promise* promise() const;

  ProcessLoop* loop_ = nullptr;
  std::uint32_t slot_ = 0;
  std::uint32_t generation_ = 0;
};

namespace process_detail {

/// What all waits do: they can be told to last no longer than a time, and be interrupted.
/// Derived has bool try_now(), which takes at once what can be had, void enqueue(), and Result
/// result(bool granted).
template <class Derived, class Kind = Wait>
struct Awaitable : Kind {
  Awaitable() = default;
  template <class First, class... Rest>
  explicit Awaitable(First& first, Rest... rest) : Kind(first, rest...) {}

  /// The wait ends after `span` at the latest, without success.
  Derived&& within(Duration span) && {
    patience = span;
    return static_cast<Derived&&>(*this);
  }

  bool await_ready() {
    throw_if_interrupted();
    if (derived().try_now()) this->outcome = Outcome::granted;
    return this->outcome != Outcome::pending;
  }
  inline void await_suspend(std::coroutine_handle<>);
  decltype(auto) await_resume() {
    if (this->outcome == Outcome::interrupted) throw_if_interrupted();
    return derived().result(this->outcome == Outcome::granted);
  }

  inline void begin();
  inline void throw_if_interrupted();

  std::optional<Duration> patience;

 private:
  Derived& derived() { return static_cast<Derived&>(*this); }
};

}  // namespace process_detail

/// Lets time pass: co_await loop.delay(3h).
class [[nodiscard]] Delay final : public process_detail::Awaitable<Delay> {
 public:
  bool try_now() const { return false; }
  inline void enqueue();
  void result(bool) const {}
  std::string told() const override { return "time to pass"; }
  Duration remaining() const override;

 private:
  friend class ProcessLoop;
  Delay(ProcessLoop& loop, Time end) : loop_(loop), end_(end) {}
  ProcessLoop& loop_;
  Time end_;
};

/// Runs processes.
class ProcessLoop final {
 public:
  explicit ProcessLoop(Time start = kStart) : events_(start) {}
  ProcessLoop(const ProcessLoop&) = delete;
  ProcessLoop& operator=(const ProcessLoop&) = delete;
  /// Destroys the processes that have not ended, with all that stands in them, in the order in
  /// which they were started.
  ~ProcessLoop();

  Time now() const { return events_.now(); }

  /// The process begins at this instant, once what runs now waits. `name` is for reports.
  ProcessRef start(Process process, std::string name = {});

  /// std::logic_error for a negative span. A span of zero lets everything else go first that was
  /// scheduled for this instant.
  Delay delay(Duration span) { return Delay(*this, now() + span); }
  Delay until(Time time) { return Delay(*this, time); }

  /// Runs everything up to and including `end`; see EventLoop::run_until. An exception that nobody
  /// awaits leaves the run with its process gone; the rest can be run on.
  Ended run_until(Time end);

  /// Runs until nothing is left to happen; the clock stays at the last event.
  Ended run();

  /// Called by a process: the run returns once it waits.
  void stop() {
    stopped_ = true;
    events_.stop();
  }

  std::uint64_t events_handled() const { return events_.events_handled(); }

  /// Processes that have not ended.
  std::size_t processes() const { return live_; }

  /// Who waits for what. After run(), everybody who will wait for ever.
  std::vector<Waiting> waiting() const;

 private:
  friend class ProcessRef;
  friend struct process_detail::Kernel;
  friend struct process_detail::Promise;
  using Wait = process_detail::Wait;
  using Promise = process_detail::Promise;

  struct Slot {
    Promise* promise = nullptr;
    std::uint32_t generation = 1;
  };

  // A wait has what it waited for, or never will have.
  void end(Wait& wait, process_detail::Outcome outcome) {
    wait.outcome = outcome;
    if (wait.timer != EventHandle()) events_.cancel(wait.timer);
    if (wait.whole != nullptr) return wait.whole->part_ended(wait);
    make_ready(wait);
  }
  void make_ready(Wait& wait) {
    wait.next = nullptr;
    (last_ready_ != nullptr ? last_ready_->next : first_ready_) = &wait;
    last_ready_ = &wait;
  }
  void on_time(Wait& wait);
  void resume_ready() {
    while (first_ready_ != nullptr) {
      Wait& wait = *first_ready_;
      first_ready_ = wait.next;
      if (first_ready_ == nullptr) last_ready_ = nullptr;
      resume(*wait.process);
    }
  }
  inline void resume(Promise& promise);
  void finish(Promise& promise);
  void interrupt(Promise& promise, std::exception_ptr exception);
  ProcessRef ref_of(const Promise& promise);

  // First of all, so that it is the last to go: frames, and what stands in them, use the others.
  process_detail::FramePool frames_;
  EventLoop<Wait*> events_;
  Wait* first_ready_ = nullptr;
  Wait* last_ready_ = nullptr;
  bool ending_ = false;
  bool stopped_ = false;
  std::size_t live_ = 0;
  Promise* first_live_ = nullptr;
  Promise* last_live_ = nullptr;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_slots_;
  std::vector<std::unique_ptr<process_detail::Owned>> owned_;
};

/// Waits for the end of a process.
class [[nodiscard]] ProcessEnd final : public process_detail::Awaitable<ProcessEnd> {
 public:
  /// Of a process other than the one that awaits it.
  explicit ProcessEnd(ProcessRef of) : of_(of) {}
  ~ProcessEnd() { withdraw(); }
  bool try_now() const { return !of_.running(); }
  void enqueue();
  void withdraw() noexcept override;
  /// False when its time was up first.
  bool result(bool granted) const {
    if (failure_) std::rethrow_exception(failure_);
    return granted;
  }
  std::string told() const override;

 private:
  friend class ProcessLoop;
  friend struct process_detail::Promise;
  ProcessEnd(ProcessRef of, process_detail::Promise* by) : of_(of) { process = by; }
  ProcessRef of_;
  std::exception_ptr failure_;
};

namespace process_detail {

// Awaits a wait where it stands; g++ 12 would copy it.
template <class Awaited>
struct AwaitInPlace {
  bool await_ready() { return wait.await_ready(); }
  void await_suspend(std::coroutine_handle<> handle) { wait.await_suspend(handle); }
  decltype(auto) await_resume() { return wait.await_resume(); }
  Awaited& wait;
};

struct Promise {
  // The loop is the first parameter, or the one after the object of a member function or lambda.
  template <class... Rest>
  explicit Promise(ProcessLoop& in, Rest&...) : loop(in) {}
  template <class Object, class... Rest>
  requires(!std::is_same_v<std::remove_cvref_t<Object>, ProcessLoop>)
      Promise(Object&, ProcessLoop& in, Rest&...)
      : loop(in) {}

  template <class... Rest>
  static void* operator new(std::size_t size, ProcessLoop& in, Rest&...) {
    return pool(in).allocate(size);
  }
  template <class Object, class... Rest>
  requires(!std::is_same_v<std::remove_cvref_t<Object>, ProcessLoop>) static void* operator new(
      std::size_t size, Object&, ProcessLoop& in, Rest&...) {
    return pool(in).allocate(size);
  }
  static void operator delete(void* frame, std::size_t size) noexcept {
    FramePool::release(frame, size);
  }

  Process get_return_object() { return Process(this); }
  std::suspend_always initial_suspend() const noexcept { return {}; }
  std::suspend_always final_suspend() const noexcept { return {}; }
  void return_void() const noexcept {}
  void unhandled_exception() noexcept { failure = std::current_exception(); }

  template <class Awaited>
  requires(std::is_base_of_v<Wait, std::remove_reference_t<Awaited>>)
      AwaitInPlace<std::remove_reference_t<Awaited>> await_transform(Awaited&& awaited) {
    awaited.process = this;
    return {awaited};
  }
  ProcessEnd await_transform(ProcessRef of) { return {of, this}; }

  std::coroutine_handle<Promise> handle() {
    return std::coroutine_handle<Promise>::from_promise(*this);
  }

  ProcessLoop& loop;
  Beginning beginning;
  Wait* wait = nullptr;  // nullptr while it runs
  std::exception_ptr interruption;
  std::exception_ptr failure;
  WaitQueue awaited_by;
  std::string name;
  Promise* next = nullptr;  // of all that live, in the order of their start
  Promise* previous = nullptr;
  std::uint32_t slot = 0;

 private:
  static FramePool& pool(ProcessLoop& loop) { return loop.frames_; }
};

}  // namespace process_detail

// What the hot path needs of all this, and what the waits may do to the loop.

namespace process_detail {

struct Kernel {
  static void end(ProcessLoop& loop, Wait& wait, Outcome outcome) { loop.end(wait, outcome); }
  static bool ending(const ProcessLoop& loop) { return loop.ending_; }
  static EventHandle schedule(ProcessLoop& loop, Time time, Wait& wait) {
    return loop.events_.schedule_cancellable(time, Turn::start, &wait);
  }
  static void cancel(Wait& wait);
  static ProcessRef ref_of(const Wait& wait) { return wait.process->loop.ref_of(*wait.process); }
  /// Takes from a process what it holds; `Preempted` says why.
  static void preempt(const ProcessRef& process, const std::string& what);
  template <class State>
  static State* own(ProcessLoop& loop, std::unique_ptr<State> state) {
    loop.owned_.push_back(std::move(state));
    return static_cast<State*>(loop.owned_.back().get());
  }
};

template <class Derived, class Kind>
void Awaitable<Derived, Kind>::await_suspend(std::coroutine_handle<>) {
  this->process->wait = this;
  begin();
}

// Stands in the queue from now on; also called for each part of a whole.
template <class Derived, class Kind>
void Awaitable<Derived, Kind>::begin() {
  derived().enqueue();
  ProcessLoop& loop = this->process->loop;
  if (patience) this->timer = Kernel::schedule(loop, loop.now() + *patience, *this);
}

template <class Derived, class Kind>
void Awaitable<Derived, Kind>::throw_if_interrupted() {
  std::exception_ptr& interruption = this->process->interruption;
  if (interruption) [[unlikely]]
    std::rethrow_exception(std::exchange(interruption, nullptr));
}

}  // namespace process_detail

inline void process_detail::Kernel::cancel(Wait& wait) {
  wait.process->loop.events_.cancel(std::exchange(wait.timer, EventHandle()));
}

inline Process::~Process() {
  if (promise_ != nullptr) promise_->handle().destroy();
}

inline void Delay::enqueue() { timer = process_detail::Kernel::schedule(loop_, end_, *this); }

inline void ProcessLoop::resume(Promise& promise) {
  promise.wait = nullptr;
  const auto handle = promise.handle();
  handle.resume();
  if (handle.done()) finish(promise);
}

}  // namespace racked::des
