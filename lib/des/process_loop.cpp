#include <racked/des/process_loop.h>

#include <algorithm>

namespace racked::des {

using process_detail::Outcome;

process_detail::Promise::Rare& process_detail::Promise::rarely() {
  if (rare == nullptr) rare = new Rare;
  return *rare;
}

void process_detail::Promise::drop_rare() noexcept { delete rare; }

std::string process_detail::Promise::called() const {
  return rare != nullptr && !rare->name.empty() ? rare->name : "process " + std::to_string(number);
}

std::string process_detail::Promise::told() const {
  if (state == State::running) return "nothing";
  if (state == State::delayed) return "time to pass";
  const bool goes_on = state == State::ready || wait->outcome != Outcome::pending;
  return goes_on ? "its turn" : wait->told();
}

void process_detail::Promise::throw_interruption() {
  const std::exception_ptr first = std::move(rare->interruptions.front());
  rare->interruptions.pop_front();
  interrupted = !rare->interruptions.empty();
  std::rethrow_exception(first);
}

ProcessLoop::~ProcessLoop() {
  ending_ = true;
  // More than one round only for what was started by something's destruction.
  while (live_ > 0) {
    for (Promise* const promise : live_in_order()) {
      Seat& seat = promise->seat();
      seat.occupied = false;
      ++seat.generation;
      --live_;
      promise->handle().destroy();
    }
  }
}

ProcessRef ProcessLoop::start(Process process, std::string name) {
  if (!name.empty()) process.promise_->rarely().name = std::move(name);
  return start(std::move(process));
}

Ended ProcessLoop::run_until(Time end) {
  const Ended ended = run_to(end);
  if (ended != Ended::empty) return ended;
  // The clock goes on past void events.
  while (const auto event = queue_.pop_until(end)) event->payload.seat().voided = false;
  return ended;
}

Ended ProcessLoop::run() { return run_to(kNever); }

[[gnu::flatten]] Ended ProcessLoop::run_to(Time end) {
  stopped_ = false;
  for (;;) {
    while (first_ready_ != nullptr) {
      Promise& promise = *first_ready_;
      first_ready_ = promise.next_ready;
      resume(promise);
    }
    if (stopped_) return Ended::stopped;
    if (pending_ == 0) return Ended::empty;
    const auto event = queue_.pop_until(end);
    if (!event) return Ended::time;
    const Alarm alarm = event->payload;
    if (!alarm.is_plain_delay()) [[unlikely]] {
      handle_cancellable(alarm);
      continue;
    }
    Seat& seat = alarm.seat();
    if (seat.voided) [[unlikely]] {
      seat.voided = false;
      continue;
    }
    --pending_;
    ++handled_;
    resume(Promise::in(seat));
  }
}

void ProcessLoop::handle_cancellable(Alarm alarm) {
  --pending_;
  ++handled_;
  if (alarm.is_patience()) return end_patience(alarm.wait());
  Promise& promise = Promise::in(alarm.seat());
  promise.timer = EventHandle();
  resume(promise);
}

// The process goes on first, before those that its leaving lets through.
void ProcessLoop::end_patience(Wait& wait) {
  wait.timer = EventHandle();
  wait.leave();
  wait.outcome = Outcome::timed_out;
  if (wait.whole != nullptr) {
    wait.whole->part_ended(wait);
    wait.let_others();
  } else {
    wait.let_others();
    resume(*wait.process);
  }
}

void ProcessLoop::throw_failure() { std::rethrow_exception(std::exchange(failure_, nullptr)); }

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
