#include <racked/des/process.h>

#include <cstddef>
#include <stdexcept>
#include <utility>

namespace racked::des {

using process_detail::Outcome;
using process_detail::Promise;

std::string ProcessRef::name() const {
  const Promise* const promise = this->promise();
  return promise != nullptr ? promise->called() : std::string();
}

void ProcessRef::interrupt(std::string reason, std::any cause) const {
  process_detail::Kernel::interrupt(*this, {std::move(reason), std::move(cause), {}, nullptr});
}

void ProcessRef::cancel() const {
  Promise* const promise = this->promise();
  if (promise == nullptr || process_detail::Kernel::ending(promise->loop)) return;
  promise->loop.cancel(*promise);
}

// Nobody is served before all of it is gone.
void ProcessLoop::cancel(Promise& promise) {
  if (promise.state == Promise::State::running)
    throw std::logic_error(promise.called() + " is cancelled while it runs");
  if (promise.state == Promise::State::withdrawing) return dismiss_later(promise);
  process_detail::Kernel::before_serving(*this, [&] {
    if (promise.state == Promise::State::delayed) {
      void_delay(promise);
    } else if (promise.state == Promise::State::waiting &&
               promise.wait->outcome == Outcome::pending) {
      Wait& wait = *promise.wait;
      wait.leave();
      if (wait.unusual) process_detail::Kernel::unlimit(wait);
      wait.outcome = Outcome::interrupted;
      wait.let_others();
    } else {
      leave_ready(promise);
    }
    // Not for those who await this one: it has left another.
    const std::exception_ptr failure = std::exchange(failure_, nullptr);
    finish(promise);
    failure_ = failure;
    promise.handle().destroy();
  });
}

void ProcessLoop::dismiss_later(Promise& promise) {
  dismissed_.push_back(ProcessRef(promise.seat()));
  alerted_ = true;
}

// But for those that stand still in a run within the run.
void ProcessLoop::cancel_dismissed() {
  for (std::size_t i = 0; i < dismissed_.size();) {
    Promise* const promise = dismissed_[i].promise();
    if (promise != nullptr && promise->state == Promise::State::running) {
      ++i;
      continue;
    }
    dismissed_.erase(dismissed_.begin() + static_cast<std::ptrdiff_t>(i));
    if (promise != nullptr) cancel(*promise);
  }
}

void process_detail::Kernel::dismiss(const ProcessRef& process) noexcept {
  Promise* const promise = process.promise();
  if (promise == nullptr) return;
  ProcessLoop& loop = promise->loop;
  if (ending(loop)) return loop.destroy(*promise);
  if (promise->state != Promise::State::running) return loop.cancel(*promise);
  loop.dismiss_later(*promise);
}

void ProcessLoop::leave_ready(Promise& promise) {
  Promise* before = nullptr;
  for (Promise* at = first_ready_; at != &promise; at = at->next_ready) before = at;
  (before != nullptr ? before->next_ready : first_ready_) = promise.next_ready;
  if (last_ready_ == &promise) last_ready_ = before;
}

void process_detail::Kernel::interrupt(const ProcessRef& process, Promise::Interruption why) {
  Promise* const promise = process.promise();
  if (promise == nullptr || ending(promise->loop)) return;
  ProcessLoop& loop = promise->loop;
  if (promise->state == Promise::State::delayed)
    why.left = span_between(loop.now(), promise->until);
  if (promise->state == Promise::State::waiting) why.left = promise->wait->left(loop.now());
  promise->rarely().interruptions.push(std::move(why));
  promise->seat().set(Seat::kInterrupted);
  loop.break_off(*promise);
}

void process_detail::Kernel::drop_loss(const ProcessRef& process, const Holding& lost) noexcept {
  Promise* const promise = process.promise();
  if (promise == nullptr || promise->loop.current_ != &promise->seat()) return;
  promise->take_loss(lost);
}

void process_detail::Kernel::fail(ProcessLoop& loop, std::string why) noexcept {
  loop.misuse_ = std::make_exception_ptr(std::logic_error(why));
  loop.alerted_ = true;
}

void process_detail::Kernel::let_out(ProcessLoop& loop, std::exception_ptr failure) noexcept {
  if (loop.ending_ || loop.failure_) return;
  loop.failure_ = std::move(failure);
  loop.alerted_ = true;
}

process_detail::Failure::~Failure() {
  if (!thrown_) Kernel::let_out(loop_, std::move(why_));
}

void process_detail::Kernel::refuse(const Wait& wait) {
  throw std::logic_error("a process waits for " + wait.told() + ", of another loop");
}

// A wait that has ended already, or none: what was to be thrown is kept for the next one.
void ProcessLoop::break_off(Promise& promise) {
  if (promise.state == Promise::State::delayed) {
    void_delay(promise);
    promise.state = Promise::State::ready;
    make_ready(promise);
  } else if (promise.state == Promise::State::waiting &&
             promise.wait->outcome == Outcome::pending) {
    Wait& wait = *promise.wait;
    wait.leave();
    end(wait, Outcome::interrupted);
    wait.let_others();
  }
}

void ProcessLoop::void_delay(Promise& promise) {
  if (promise.until == kNever) return;  // it is no event
  if (promise.timer != EventHandle()) {
    queue_.cancel(std::exchange(promise.timer, EventHandle()));
  } else {
    promise.seat().set(Seat::kVoid);
    ++void_events_;
  }
}

// An exception goes to all who await the process.
void ProcessLoop::tell_end(Promise& promise) {
  std::shared_ptr<process_detail::Failure> failure;
  if (failure_)
    failure = std::make_shared<process_detail::Failure>(*this, std::exchange(failure_, nullptr));
  while (Wait* const wait = promise.awaited_by.first()) {
    promise.awaited_by.remove(*wait);
    static_cast<process_detail::EndOfProcess&>(*wait).failure_ = failure;
    end(*wait, Outcome::granted);
  }
}

void process_detail::EndOfProcess::enqueue() {
  Kernel::check(*this, of_.promise()->loop);
  of_.promise()->awaited_by.push(*this);
}

// Perhaps while that end is being told, when names of the process are stale already.
void process_detail::EndOfProcess::leave() noexcept {
  if (queued) Promise::in(*of_.seat_).awaited_by.remove(*this);
}

std::string process_detail::EndOfProcess::told() const {
  const Promise* const promise = of_.promise();
  return promise != nullptr ? "the end of " + promise->called() : "an end that has come";
}

}  // namespace racked::des
