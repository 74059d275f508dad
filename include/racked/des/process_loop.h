#pragma once

#include <racked/des/event_loop.h>
#include <racked/des/event_queue.h>
#include <racked/des/fifo.h>
#include <racked/des/frame_pool.h>
#include <racked/des/owned.h>
#include <racked/des/time.h>
#include <racked/des/wait_queue.h>

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace racked::des {

class Delay;
class ProcessEnd;
class ProcessLoop;

/// A process that waits, for a report on a model that has come to a standstill.
struct Waiting {
  std::string process;  ///< Its name, or its number.
  std::string awaits;   ///< What for, in words.
};

namespace process_detail {

struct Kernel;
struct Sleep;
template <class Awaited>
struct InPlace;

/// What an event of the loop is: a delay that has passed, or patience that has ended. A delay is an
/// event that cannot be cancelled: one that is broken off leaves its event behind, void, and as
/// long as that has not left the queue, delays in the same seat are events that can be cancelled.
/// So a seat has one void event at most, and a flag tells it.
class Alarm {
 public:
  Alarm() = default;
  static Alarm of_delay(Seat& seat) { return Alarm(&seat, 0); }
  static Alarm of_cancellable_delay(Seat& seat) { return Alarm(&seat, kCancellable); }
  static Alarm of_patience(Wait& wait) { return Alarm(&wait, kPatience); }

  bool is_plain_delay() const { return (bits_ & kKind) == 0; }
  bool is_patience() const { return (bits_ & kPatience) != 0; }
  /// Precondition: is_plain_delay().
  Seat& plain_seat() const { return *reinterpret_cast<Seat*>(bits_); }
  Seat& seat() const { return *reinterpret_cast<Seat*>(bits_ & ~kKind); }
  Wait& wait() const { return *reinterpret_cast<Wait*>(bits_ & ~kKind); }
  /// Asks for the first lines of the frame, when many frames fit no cache.
  void prefetch() const {
    const char* const frame = reinterpret_cast<const char*>(bits_ & ~kKind);
    __builtin_prefetch(frame);
    __builtin_prefetch(frame + 64);
    __builtin_prefetch(frame + 128);
  }

 private:
  // The kind stands in the two low bits of an address.
  static constexpr std::uintptr_t kPatience = 1, kCancellable = 2, kKind = 3;
  static_assert(alignof(Seat) > kKind && alignof(Wait) > kKind);
  Alarm(void* to, std::uintptr_t kind) : bits_(reinterpret_cast<std::uintptr_t>(to) | kind) {}
  std::uintptr_t bits_ = 0;
};

}  // namespace process_detail

/// A coroutine that has not been started yet. Destroyed unstarted, it never runs.
class [[nodiscard]] Process {
 public:
  using promise_type = process_detail::Promise;  ///< What the compiler asks for.

  /// The other runs nothing any more; what the target would have run is destroyed.
  ///@{
  Process(Process&& other) noexcept : promise_(std::exchange(other.promise_, nullptr)) {}
  Process& operator=(Process&& other) noexcept {
    const Process former(std::exchange(promise_, std::exchange(other.promise_, nullptr)));
    return *this;
  }
  ///@}
  inline ~Process();

 private:
  friend class ProcessLoop;
  friend promise_type;
  explicit Process(promise_type* promise) : promise_(promise) {}
  promise_type* promise_;
};

/// Names a process that was started; stays valid, and tells that the process has ended, after its
/// end. Await it to go on when it has ended: true, or, of ProcessEnd(process).within(2h), false
/// when patience ended first; an exception that left the process meanwhile is thrown there, in
/// everybody who awaits it.
class ProcessRef {
 public:
  ProcessRef() = default;

  bool running() const { return promise() != nullptr; }  ///< It has not ended yet.

  /// Breaks off the process's wait, which throws Interrupted. Nothing happens when it has ended.
  void interrupt(std::string reason) const;

  friend bool operator==(const ProcessRef&, const ProcessRef&) = default;

 private:
  friend class ProcessLoop;
  friend class ProcessEnd;
  friend struct process_detail::Kernel;
  explicit ProcessRef(process_detail::Seat& seat) : seat_(&seat), generation_(seat.generation) {}
  inline process_detail::Promise* promise() const;

  process_detail::Seat* seat_ = nullptr;
  std::uint32_t generation_ = 0;
};

/// Runs processes; process.h is what to include, and says how they wait. An event takes what it
/// takes in EventQueue, a resumption besides it an indirect call; starting and ending a process are
/// O(1), an interrupt O(log n).
class ProcessLoop final {
 public:
  /// Without processes, its clock at `start`.
  explicit ProcessLoop(Time start = kStart) : now_(start), queue_(start) {}
  ProcessLoop(const ProcessLoop&) = delete;
  ProcessLoop& operator=(const ProcessLoop&) = delete;
  /// Destroys the processes that have not ended, with all that stands in them, in the order in
  /// which they were started. Nothing is granted or interrupted meanwhile. None of them may do it.
  ~ProcessLoop();

  Time now() const { return now_; }  ///< Of the clock.

  /// The process begins at this instant, once what runs now waits. std::logic_error for one of
  /// another loop, and one that was moved from or started before.
  inline ProcessRef start(Process process);
  /// The same; `name` is for reports, in which others are numbered in the order of their start.
  ProcessRef start(Process process, std::string name);

  /// co_await loop.delay(3h) lets time pass, from the call on. A span of zero lets everything else
  /// go first that was scheduled for this instant, in this turn or an earlier one.
  /// std::logic_error, thrown where it is awaited, for a negative span and for an end that has
  /// passed by then. One that reaches kNever only ends by an interrupt, and is no event.
  inline Delay delay(Duration span, Turn turn = Turn::start);
  inline Delay until(Time time, Turn turn = Turn::start);  ///< The same up to a time.

  /// The process that runs now; names none outside of one, and when it has ended.
  inline ProcessRef current() const;

  /// Runs everything up to and including `end`; the clock is then at `end`, unless the run was
  /// stopped, or it was later already: then nothing happens. An exception that nobody awaits leaves
  /// the run with its process gone; the rest can be run on. A process may call it, and run: it
  /// stands still until then, and the run that it is in goes on from the time that has come.
  Ended run_until(Time end);

  /// Runs until nothing is left to happen; the clock stays at the last event.
  Ended run();

  /// Called by a process: the run returns once it waits, and those have run that can at this
  /// instant without another event. Of runs within runs, the innermost.
  void stop() { stopped_ = alerted_ = true; }

  /// Delays and patiences that ended.
  std::uint64_t events_handled() const { return handled_; }

  /// Processes that have not ended.
  std::size_t processes() const { return live_; }

  /// Who waits for what, in the order of their start. After run(), everybody who will wait for
  /// ever. O(seats there have been at once, and to sort).
  std::vector<Waiting> waiting() const;

  /// Bytes taken from the system for frames, which are kept by their size until the loop ends, and
  /// for events. Names of processes, interruptions, and resources and the like with what stands in
  /// them do not count.
  std::size_t memory() const { return sizeof *this + frames_.memory() + queue_.memory(); }

 private:
  friend struct process_detail::Kernel;
  friend struct process_detail::Owned;
  friend struct process_detail::Promise;
  using Alarm = process_detail::Alarm;
  using Promise = process_detail::Promise;
  using Seat = process_detail::Seat;
  using Wait = process_detail::Wait;

  void sleep(Promise& promise, Time until, Turn turn);
  inline void end(Wait& wait, process_detail::Outcome outcome);
  inline void make_ready(Promise& promise);
  inline void resume(Promise& promise);
  inline void finish(Promise& promise);

  Ended run_within(Time end);
  Ended run_to(Time end);
  void pass_over(Seat& seat);
  Ended reach(Time end);
  void handle_cancellable(Alarm alarm);
  void end_patience(Wait& wait);
  void break_off(Promise& promise);
  void void_delay(Promise& promise);
  void sleep_unusually(Promise& promise, Turn turn);
  [[noreturn]] void refuse(const Process& process) const;
  inline void check(const Process& process) const;
  void tell_end(Promise& promise);
  void tell_end(Wait& wait);
  std::optional<Ended> attend();
  void serve_all();
  std::vector<Promise*> live_in_order() const;

  Time now_;                        // void events do not count
  Promise* first_ready_ = nullptr;  // those that go on at this instant, before the next event
  Promise* last_ready_ = nullptr;
  Seat* current_ = nullptr;  // of the process that runs
  std::uint64_t handled_ = 0;
  bool alerted_ = false;  // `stopped_`, or there is a `failure_`
  bool stopped_ = false;
  bool ending_ = false;
  EventQueue<Alarm> queue_;
  std::size_t void_events_ = 0;  // in the queue
  std::size_t live_ = 0;
  std::uint64_t started_ = 0;
  std::exception_ptr failure_;  // that nobody awaited
  std::vector<process_detail::Owned*> to_serve_;
  bool serving_ = false;  // or it is put off
  process_detail::FramePool frames_;
  std::vector<process_detail::Owned*> owned_;
};

namespace process_detail {

template <class First = void, class Second = void, class... Rest>
inline constexpr bool kTakesLoop =
    std::is_same_v<First, ProcessLoop> || std::is_same_v<Second, ProcessLoop>;

/// What stands first in the frame of a process.
struct Promise {
  // The loop is the first parameter, or the one after the object of a member function or lambda.
  template <class... Rest>
  explicit Promise(ProcessLoop& in, Rest&...) : loop(in) {}
  template <class Object, class... Rest>
  requires(!std::is_same_v<std::remove_cvref_t<Object>, ProcessLoop>)
      Promise(Object&, ProcessLoop& in, Rest&...)
      : loop(in) {}

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
  requires(!kTakesLoop<Parameters...>) explicit Promise(Parameters&...);
  template <class... Parameters>
  requires(!kTakesLoop<Parameters...>) static void* operator new(std::size_t size, Parameters&...) {
    static_assert(
        kTakesLoop<Parameters...>,
        "the first parameter of a process is its ProcessLoop&, or the one after the object "
        "of a member function or lambda");
    return ::operator new(size);
  }
  static void operator delete(void* frame) noexcept { FramePool::release(frame); }

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

  inline Sleep await_transform(Delay delay);
  inline ProcessEnd await_transform(ProcessRef of);
  template <class Awaited>
  requires(std::is_base_of_v<Wait, std::remove_reference_t<Awaited>>)
      InPlace<std::remove_reference_t<Awaited>> await_transform(Awaited&& awaited);

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
    Duration left;
    bool lost;  // something that was held
  };
  // What most processes never have.
  struct Rare {
    std::string name;
    Fifo<Interruption> interruptions;  // still to be thrown, by a wait each
  };
  Rare& rarely();
  void drop_rare() noexcept;
  template <class Exception>
  Exception take_interruption();
  [[noreturn]] void throw_interruption();

  enum class State : std::uint8_t { ready, running, delayed, waiting };

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
    if (!std::exchange(owned.to_be_served, true)) loop.to_serve_.push_back(&owned);
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
  /// Serving is under way, or put off: who has just become able to be served has not been yet.
  static bool serving(const ProcessLoop& loop) { return loop.serving_; }
  static ProcessRef ref_of(const Wait& wait) { return ProcessRef(wait.process->seat()); }
  static Promise* promise_of(const ProcessRef& ref) { return ref.promise(); }
  /// Breaks off the wait of a process, or its next one, by Interrupted, or Preempted when `lost`.
  static void interrupt(const ProcessRef& process, std::string reason, bool lost);
};

}  // namespace process_detail

inline Process::~Process() {
  if (promise_ != nullptr) promise_->handle().destroy();
}

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
  promise.state = Promise::State::running;
  current_ = &promise.seat();
  promise.handle().resume();
  current_ = nullptr;
}

inline ProcessRef ProcessLoop::current() const {
  return current_ != nullptr && current_->occupied ? ProcessRef(*current_) : ProcessRef();
}

}  // namespace racked::des
