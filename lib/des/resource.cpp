#include <racked/des/resource.h>

#include <stdexcept>

namespace racked::des {

// Makes room for `by`, if those of lower priority hold enough.
bool process_detail::ResourceState::preempt(const Seize& by) {
  const auto may_lose = [&](const Held& held) {
    return held.priority_ < by.priority && held.process_ != Kernel::ref_of(by);
  };
  std::int64_t within_reach = free();
  for (const Held* held = newest; held != nullptr; held = held->older_)
    if (may_lose(*held)) within_reach += held->amount_;
  if (within_reach < by.amount_) return false;
  while (free() < by.amount_) {
    Held* victim = nullptr;
    for (Held* held = newest; held != nullptr; held = held->older_)
      if (may_lose(*held) && (victim == nullptr || held->priority_ < victim->priority_))
        victim = held;
    const ProcessRef loser = victim->process_;
    victim->unlink();
    Kernel::interrupt(loser, "lost " + name, true);
  }
  return true;
}

std::string Seize::told() const {
  return std::to_string(amount_) + " of '" + state_.name + "' (" + std::to_string(state_.free()) +
         " of " + std::to_string(state_.capacity) + " free)";
}

Resource::Resource(ProcessLoop& loop, std::string name, std::int64_t capacity) {
  if (capacity < 0) throw std::invalid_argument("the capacity of '" + name + "' is negative");
  state_ = process_detail::Kernel::own(
      loop, std::make_unique<process_detail::ResourceState>(loop, std::move(name), capacity));
}

void Resource::refuse(std::int64_t amount) const {
  throw std::invalid_argument("nobody can seize " + std::to_string(amount) + " of '" +
                              state_->name + "', which has " + std::to_string(state_->capacity));
}

}  // namespace racked::des
