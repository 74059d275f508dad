#include <racked/des/resource.h>

#include <stdexcept>

namespace racked::des {

void process_detail::ResourceState::make_holding() {
  free_holding = &holdings.emplace_back(Holding{this, nullptr, 0, {}, 0, 0, nullptr});
}

// Makes room for `by`, if those of lower priority hold enough.
bool process_detail::ResourceState::preempt(const Seize& by) {
  const auto may_lose = [&](const Holding& holding) {
    return holding.by != nullptr && holding.priority < by.priority &&
           holding.process != Kernel::ref_of(by);
  };
  const auto loses_before = [](const Holding& a, const Holding& b) {
    return a.priority != b.priority ? a.priority < b.priority : a.number > b.number;
  };
  std::int64_t within_reach = free();
  for (const Holding& holding : holdings)
    if (may_lose(holding)) within_reach += holding.amount;
  if (within_reach < by.amount_) return false;
  // What is wanted is set aside first: whoever waits is granted only what is left over.
  in_use += by.amount_;
  while (in_use > capacity) {
    Holding* victim = nullptr;
    for (Holding& holding : holdings)
      if (may_lose(holding) && (victim == nullptr || loses_before(holding, *victim)))
        victim = &holding;
    const ProcessRef loser = victim->process;
    victim->by->holding_ = nullptr;
    give_back(*victim);
    Kernel::interrupt(loser, "lost " + name, true);
  }
  grant();
  in_use -= by.amount_;
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
