#include <racked/des/process_promise.h>

#include <racked/des/process.h>

#include <optional>
#include <string>
#include <utility>

namespace racked::des::process_detail {

Promise::Rare& Promise::rarely() {
  if (rare == nullptr) rare = new Rare;
  return *rare;
}

void Promise::drop_rare() noexcept {
  seat().set(Seat::kInterrupted | Seat::kInTask, false);
  delete rare;
}

std::string Promise::called() const {
  return rare != nullptr && !rare->name.empty() ? rare->name : "process " + std::to_string(number);
}

std::string Promise::told() const {
  if (state == State::running) return "nothing";
  if (state == State::delayed) return until == kNever ? "to be interrupted" : "time to pass";
  const bool goes_on = state == State::ready || wait->outcome != Outcome::pending;
  return goes_on ? "its turn" : wait->told();
}

template <class Exception>
Exception Promise::take_interruption() {
  Interruption first = rare->interruptions.pop();
  seat().set(Seat::kInterrupted, !rare->interruptions.empty());
  return Exception(std::move(first.reason), first.left, std::move(first.cause));
}

std::optional<Promise::Interruption> Promise::take_loss(const Holding& of) {
  if (rare == nullptr) return std::nullopt;
  auto loss =
      rare->interruptions.take_last([&](const Interruption& one) { return one.lost == &of; });
  seat().set(Seat::kInterrupted, !rare->interruptions.empty());
  return loss;
}

void Promise::throw_loss(const Holding& of) {
  Interruption loss = take_loss(of).value();
  throw Preempted(std::move(loss.reason), loss.left, std::move(loss.cause));
}

// Nothing stands here that would have to be destroyed on the way: that takes as long as a throw.
void Promise::throw_interruption() {
  if (rare->interruptions.front().lost != nullptr) throw take_interruption<Preempted>();
  throw take_interruption<Interrupted>();
}

void Promise::throw_interruption_of(const Wait& of) {
  rare->interruptions.front().left = of.left(loop.now());
  throw_interruption();
}

}  // namespace racked::des::process_detail
