#include <racked/des/process_promise.h>

#include <algorithm>
#include <stdexcept>

namespace racked::des {

ProcessLoop::~ProcessLoop() {
  destroy_all();
  for (process_detail::Owned* const owned : owned_) owned->leave_loop();
}

// Backwards, as what goes leaves its place to the last.
void ProcessLoop::reset(Time start) {
  if (ending_) return;
  if (current_ != nullptr || serving_)
    throw std::logic_error("the loop is reset by one of its processes");
  try {
    destroy_all();
  } catch (...) {
    ending_ = false;
    throw;
  }
  if (std::exchange(void_events_, 0) > 0)
    frames_.for_each([](Seat& seat) { seat.set(Seat::kVoid, false); });
  queue_.clear(start);
  now_ = start;
  handled_ = started_ = 0;
  first_to_serve_ = nullptr;
  alerted_ = misuse_ != nullptr;
  for (std::size_t i = owned_.size(); i > 0; --i) {
    process_detail::Owned& owned = *owned_[i - 1];
    owned.to_be_served = false;
    if (owned.names > 0)
      owned.restart();
    else
      delete &owned;
  }
  ending_ = false;
}

// And what stands in what it owns.
void ProcessLoop::destroy_all() {
  ending_ = true;
  // More than one round only for what was started by something's destruction.
  do {
    failure_ = nullptr;
    std::vector<ProcessRef> live;
    for (Promise* const promise : live_in_order()) live.push_back(ProcessRef(promise->seat()));
    first_ready_ = nullptr;
    for (const ProcessRef& one : live)
      if (one.running()) destroy(*one.promise());
    for (std::size_t i = 0; i < owned_.size(); ++i) owned_[i]->empty();
  } while (live_ > 0);
}

// With what runs as a part of it.
void ProcessLoop::destroy(Promise& promise) noexcept {
  Seat& seat = promise.seat();
  seat.occupied = false;
  ++seat.generation;
  --live_;
  promise.handle().destroy();
}

void ProcessLoop::refuse(const Process& process) const {
  throw std::logic_error(process.promise_ == nullptr
                             ? "a process is started that was moved from, or started before"
                             : "a process is started in a loop that is not its first parameter");
}

ProcessRef ProcessLoop::start(Process process, std::string name) {
  check(process);
  if (!name.empty()) process.promise_->rarely().name = std::move(name);
  return start(std::move(process));
}

Ended ProcessLoop::run_until(Time end, std::uint64_t budget) {
  if (ending_) return Ended::empty;
  if (end < now_) return first_ready_ == nullptr ? reach(now_) : Ended::time;
  const Ended ended = run_within(end, budget);
  if (ended != Ended::empty || end == kNever) return ended;
  queue_.pop_until(end);  // nothing
  now_ = std::max(now_, end);
  return ended;
}

Ended ProcessLoop::run() { return run_until(kNever); }

Time ProcessLoop::next_time() {
  if (first_ready_ != nullptr || alerted_) return now_;
  if (queue_.size() == void_events_) return kNever;
  const auto next = queue_.next();
  return next ? next->time : kNever;
}

// Void events are skipped in a copy: the queue must not be ahead of the clock. Rare, and not to be
// laid into the midst of the loop.
[[gnu::noinline]] bool ProcessLoop::more_until(Time end) {
  if (queue_.size() == void_events_ || next_time() > end) return false;
  if (void_events_ == 0) return true;
  EventQueue<Alarm> rest = queue_;
  while (const auto event = rest.pop_until(end)) {
    const Alarm alarm = event->payload;
    if (!alarm.is_plain_delay() || !alarm.plain_seat().voided()) return true;
  }
  return false;
}

// Perhaps within another, of which the process and a stop that was asked for are kept.
Ended ProcessLoop::run_within(Time end, std::uint64_t budget) {
  if (serving_) throw std::logic_error("the loop is run by an attempt of one who waits in it");
  const std::uint64_t most = handled_ + std::min(budget, kUnlimited - handled_);
  if (current_ == nullptr) return run_to(end, most);
  struct Outer {
    ProcessLoop& loop;
    Seat* process;
    bool stopped;
    ~Outer() {
      loop.current_ = process;
      loop.stopped_ = stopped;
      loop.alerted_ |= stopped;
    }
  };
  const Outer outer{*this, std::exchange(current_, nullptr), stopped_};
  return run_to(end, most);
}

[[gnu::flatten]] Ended ProcessLoop::run_to(Time end, std::uint64_t most) {
  stopped_ = false;
  for (;;) {
    if (alerted_) [[unlikely]]
      if (const auto ended = attend()) return *ended;
    if (first_ready_ != nullptr) [[unlikely]] {
      Promise& promise = *first_ready_;
      first_ready_ = promise.next_ready;
      resume(promise);
      continue;
    }
    if (queue_.empty()) return Ended::empty;
    if (handled_ >= most && more_until(end)) [[unlikely]]
      return Ended::budget;
    // Not const: g++ 12 would keep it in memory.
    auto event = queue_.pop_until(end);
    if (!event) return reach(end);
    Alarm alarm = event->payload;
    if (!alarm.is_plain_delay()) [[unlikely]] {
      now_ = event->time;
      handle_cancellable(alarm);
      continue;
    }
    Seat& seat = alarm.plain_seat();
    if (seat.unusual != 0) [[unlikely]] {
      end_delay_unusually(seat, event->time);
      continue;
    }
    now_ = event->time;
    ++handled_;
    if (const Alarm* const later = queue_.upcoming(kEventsAhead)) later->prefetch();
    resume_itself(Promise::in(seat));
  }
}

// A void event has surfaced, or it is a task that goes on. The queue must not be ahead of the clock
// when others may be pushed.
[[gnu::noinline]] void ProcessLoop::end_delay_unusually(Seat& seat, Time time) {
  if (seat.voided()) {
    seat.set(Seat::kVoid, false);
    --void_events_;
    if (queue_.empty()) queue_.clear(now_);
  } else {
    now_ = time;
    ++handled_;
    resume(Promise::in(seat));
  }
}

// Nothing happens until then any more.
Ended ProcessLoop::reach(Time end) {
  now_ = std::max(now_, end);
  return queue_.size() > void_events_ ? Ended::time : Ended::empty;
}

void ProcessLoop::handle_cancellable(Alarm alarm) {
  ++handled_;
  if (alarm.is_patience()) return end_patience(alarm.wait());
  Promise& promise = Promise::in(alarm.seat());
  promise.timer = EventHandle();
  resume(promise);
}

// The process goes on first, before those that its leaving lets through.
void ProcessLoop::end_patience(Wait& wait) {
  wait.rare.timer = EventHandle();
  wait.leave();
  process_detail::Kernel::before_serving(*this, [&] {
    end(wait, process_detail::Outcome::timed_out);
    wait.let_others();
  });
}

// One that is part of a whole, or had patience.
void ProcessLoop::tell_end(Wait& wait) {
  if (wait.rare.timer != EventHandle()) process_detail::Kernel::unlimit(wait);
  if (wait.rare.whole != nullptr) return wait.rare.whole->part_ended(wait);
  make_ready(*wait.process);
}

void ProcessLoop::sleep_unusually(Promise& promise, Turn turn) {
  if (promise.seat().interrupted()) {
    promise.rare->interruptions.front().left =
        std::max(span_between(now_, promise.until), Duration::zero());
    promise.throw_interruption();
  }
  if (promise.until == kNever) return;
  Seat& seat = promise.seat();
  if (seat.voided())
    promise.timer = queue_.push_cancellable(promise.until, turn, Alarm::of_cancellable_delay(seat));
  else
    queue_.push(promise.until, turn, Alarm::of_delay(seat));
}

// What the run ends with, if it does.
std::optional<Ended> ProcessLoop::attend() {
  cancel_dismissed();
  for (std::exception_ptr* const why : {&failure_, &misuse_})
    if (*why) std::rethrow_exception(std::exchange(*why, nullptr));
  if (first_ready_ == nullptr) {
    alerted_ = !dismissed_.empty();
    if (stopped_) return Ended::stopped;
  }
  return std::nullopt;
}

void ProcessLoop::serve_all() {
  serving_ = true;
  try {
    while (first_to_serve_ != nullptr) {
      const process_detail::Name<process_detail::Owned> owned(first_to_serve_);
      first_to_serve_ = owned->next_to_serve;
      owned->to_be_served = false;
      owned->serve();
    }
  } catch (...) {
    serving_ = false;
    throw;
  }
  serving_ = false;
}

std::vector<process_detail::Promise*> ProcessLoop::live_in_order() const {
  std::vector<Promise*> all;
  frames_.for_each([&](Seat& seat) {
    if (seat.occupied) all.push_back(&Promise::in(seat));
  });
  std::sort(all.begin(), all.end(),
            [](const Promise* a, const Promise* b) { return a->number < b->number; });
  return all;
}

std::vector<Waiting> ProcessLoop::waiting() const {
  std::vector<Waiting> all;
  for (const Promise* const promise : live_in_order())
    all.push_back({promise->called(), promise->told()});
  return all;
}

}  // namespace racked::des
