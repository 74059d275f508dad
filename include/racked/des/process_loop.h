#pragma once

#include <racked/des/event_loop.h>
#include <racked/des/event_queue.h>
#include <racked/des/frame_pool.h>
#include <racked/des/owned.h>
#include <racked/des/time.h>
#include <racked/des/wait_queue.h>

#include <any>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace racked::des {

class Delay;
class ProcessEnd;
class ProcessLoop;
template <class Result>
class Task;

/// A process that waits, for a report on a model that has come to a standstill.
struct Waiting {
  std::string process;  ///< Its name, or its number.
  std::string awaits;   ///< What for, in words.
};

namespace process_detail {

class EndOfProcess;
struct Kernel;
struct PooledFrame;
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

/// A coroutine that has not been started yet. One that is never started never runs, and must be
/// destroyed before its loop.
class [[nodiscard]] Process {
 public:
  using promise_type = process_detail::Promise;  ///< What the compiler asks for.

  /// The other runs nothing any more; what the target would have run is destroyed.
  ///@{
  Process(Process&& other) noexcept : promise_(std::exchange(other.promise_, nullptr)) {}
  inline Process& operator=(Process&& other) noexcept;
  ///@}
  inline ~Process();

 private:
  friend class ProcessLoop;
  friend promise_type;
  explicit Process(promise_type* promise) : promise_(promise) {}
  promise_type* promise_;
};

/// Names a process that was started, or none, which counts as ended; stays valid after the process
/// has ended. co_await gives true once it has ended; ProcessEnd(process).within(2h) gives false
/// when patience ended first. An exception that leaves the process is thrown in everybody who
/// awaits it at that time; awaited afterwards, it gives true.
class ProcessRef {
 public:
  ProcessRef() = default;

  inline bool running() const;  ///< It has not ended yet.

  /// As reports tell it: the name it was started by, or its number; empty when it has ended.
  std::string name() const;

  /// Breaks off the process's wait, which throws Interrupted; when it does not wait, its next wait
  /// does. `cause` is for the process, whatever it needs to know of it (Interrupted::cause).
  /// Nothing happens when the process has ended, or when the loop is being destroyed.
  void interrupt(std::string reason, std::any cause = {}) const;

  /// Ends the process where it waits, or before it begins: it leaves what it waits for, and its
  /// local variables are destroyed, so that units are given back. Those who await its end get true,
  /// and go on before those who are granted what it gives back. Nothing happens when it has ended,
  /// or when the loop is being destroyed. std::logic_error for one that runs, which ends by
  /// co_return. By what goes with a part of its wait, it is cancelled once all parts have gone,
  /// before it goes on. O(processes about to go on) when it is one of them.
  void cancel() const;

  friend bool operator==(const ProcessRef&, const ProcessRef&) = default;

 private:
  friend class ProcessLoop;
  friend class process_detail::EndOfProcess;
  friend struct process_detail::Kernel;
  explicit ProcessRef(process_detail::Seat& seat) : seat_(&seat), generation_(seat.generation) {}
  inline process_detail::Promise* promise() const;

  process_detail::Seat* seat_ = nullptr;
  std::uint32_t generation_ = 0;
};

/// Runs processes; process.h is what to include, and says how they wait. An event takes what it
/// takes in EventQueue, a resumption besides it an indirect call; to start a process is O(1), to
/// end it O(those who await that), an interrupt O(log n).
class ProcessLoop final {
 public:
  /// Without processes, its clock at `start`.
  explicit ProcessLoop(Time start = kStart) : now_(start), queue_(start) {}
  ProcessLoop(const ProcessLoop&) = delete;
  ProcessLoop& operator=(const ProcessLoop&) = delete;
  /// Destroys the processes that have not ended, with all that stands in them, in the order in
  /// which they were started. Nothing is granted or interrupted meanwhile. Not to be called by one
  /// of them.
  ~ProcessLoop();

  /// As it was made, with its clock at `start` and its memory kept: for the next replication. The
  /// processes that have not ended are destroyed as with the loop, and names of them are stale.
  /// Resources, stores, levels, gates and conditions keep their names and are as they were made;
  /// those that are watched are watched anew. What a Held has is given back, and a store's items
  /// are destroyed. Processes and tasks that were not started still can be. Meanwhile the loop
  /// counts as being destroyed; a reset in the midst of that does nothing. std::logic_error in a
  /// process, and while one is cancelled. When memory fails, only another reset or the end of the
  /// loop may follow. O(coroutines there have been at once, and what the loop owns), and sorting.
  void reset(Time start = kStart);

  Time now() const { return now_; }  ///< Of the clock.

  /// The process begins at this instant, once the running one waits and those about to go on have
  /// done so. std::logic_error for one of another loop, and one that was moved from or started
  /// before.
  inline ProcessRef start(Process process);
  /// The same; `name` is for reports, in which processes without one are numbered as they start.
  ProcessRef start(Process process, std::string name);

  /// co_await loop.delay(3h) lets time pass, from the call on. A span of zero lets everything else
  /// go first that was scheduled for this instant, in this turn or an earlier one.
  /// std::logic_error, thrown where it is awaited, for a negative span and for an end that has
  /// passed by then; std::invalid_argument at once for NaN. One that reaches kNever only ends when
  /// it is broken off, and is no event.
  inline Delay delay(Duration span, Turn turn = Turn::start);
  /// The same, rounded to the nearest tick: co_await loop.delay(1.5h).
  template <class Number, class Period>
  requires std::is_floating_point_v<Number> Delay delay(std::chrono::duration<Number, Period> span,
                                                        Turn turn = Turn::start);
  /// A number has no unit: co_await loop.delay(hours * 1h).
  template <class Number>
  requires std::is_arithmetic_v<Number>
  void delay(Number, Turn = Turn::start) = delete;
  inline Delay until(Time time, Turn turn = Turn::start);  ///< The same up to a time.

  /// The process that runs now; names none outside of one, and when it has ended.
  inline ProcessRef current() const;

  /// Runs everything up to and including `end`, at most `budget` ends of delays and of patience;
  /// the clock is then at `end`, unless that is kNever (see run()) or the run was stopped or ran
  /// out of budget. When the clock is later already, nothing happens. An exception that nobody
  /// awaits leaves the run with its process gone; the rest can be run on. A process may call
  /// run_until() and run(): it stands still meanwhile, and the outer run goes on from the time then
  /// reached. Ended::stopped after stop(), Ended::budget when more would have happened (to tell
  /// takes O(events) where a delay that would have ended by then was broken off), Ended::empty when
  /// nothing is left to happen, though processes may wait for ever (see waiting()), else
  /// Ended::time. When the loop is being destroyed, nothing happens. std::logic_error within an
  /// attempt (condition.h), and when a Held is given back that g++ has copied as bytes
  /// (docs/kernel.md), since the last run or during a reset as well.
  Ended run_until(Time end, std::uint64_t budget = kUnlimited);

  /// Runs until nothing is left to happen; the clock stays at the last event. The same as
  /// run_until(kNever).
  Ended run();

  /// Called by a process: the innermost run returns once the process waits and all have gone on
  /// that need no further event at this instant. Outside a run it does not stop the next one.
  void stop() { stopped_ = alerted_ = true; }

  /// A time before which nothing happens; kNever when nothing is left to happen. At that time there
  /// may be nothing either, when a delay was broken off that would have ended then. Costs what
  /// EventQueue::next costs. run_until(next_time()) goes from instant to instant, for a look at the
  /// model in between; in the end the clock is perhaps later than after run().
  Time next_time();

  /// Delays and patiences that ended.
  std::uint64_t events_handled() const { return handled_; }

  /// Processes that have not ended.
  std::size_t processes() const { return live_; }

  /// Every process that has not ended, and what it waits for ("nothing": it runs; "its turn": it is
  /// about to go on), in the order of their start. After a run() that was not stopped, all that
  /// will wait for ever. O(coroutines there have been at once), and sorting.
  std::vector<Waiting> waiting() const;

  /// Bytes taken from the system for frames, which are kept by their size until the loop ends, and
  /// for events. Names of processes, interruptions, and resources and the like with what stands in
  /// them do not count.
  std::size_t memory() const { return sizeof *this + frames_.memory() + queue_.memory(); }

 private:
  friend struct process_detail::Kernel;
  friend struct process_detail::Owned;
  friend struct process_detail::PooledFrame;
  friend struct process_detail::Promise;
  friend class ProcessRef;
  static constexpr std::uint64_t kUnlimited = std::numeric_limits<std::uint64_t>::max();
  using Alarm = process_detail::Alarm;
  using Promise = process_detail::Promise;
  using Seat = process_detail::Seat;
  using Wait = process_detail::Wait;

  void sleep(Promise& promise, Time until, Turn turn);
  inline void end(Wait& wait, process_detail::Outcome outcome);
  inline void make_ready(Promise& promise);
  inline void resume(Promise& promise);
  inline void resume_itself(Promise& promise);
  void resume_task(Promise& promise);
  inline void finish(Promise& promise);

  Ended run_within(Time end, std::uint64_t budget);
  Ended run_to(Time end, std::uint64_t most);
  bool more_until(Time end);
  void end_delay_unusually(Seat& seat, Time time);
  Ended reach(Time end);
  void handle_cancellable(Alarm alarm);
  void end_patience(Wait& wait);
  void break_off(Promise& promise);
  void cancel(Promise& promise);
  void dismiss_later(Promise& promise);
  void cancel_dismissed();
  void destroy_all();
  void destroy(Promise& promise) noexcept;
  void leave_ready(Promise& promise);
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
  bool alerted_ = false;  // `stopped_`, or there is a `failure_` or `misuse_`, or one dismissed
  bool stopped_ = false;
  bool ending_ = false;
  EventQueue<Alarm> queue_;
  std::size_t void_events_ = 0;  // in the queue
  std::size_t live_ = 0;
  std::uint64_t started_ = 0;
  std::exception_ptr failure_;  // that nobody awaited
  std::exception_ptr misuse_;   // no exception of a process
  process_detail::Owned* first_to_serve_ = nullptr;
  process_detail::Owned* last_to_serve_ = nullptr;
  bool serving_ = false;               // or it is put off
  std::vector<ProcessRef> dismissed_;  // to be cancelled as soon as they do not run
  process_detail::FramePool frames_;
  std::vector<process_detail::Owned*> owned_;
};

}  // namespace racked::des
