#include <racked/des/resource.h>

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace racked::des {

void process_detail::ResourceState::make_holding() {
  free_holding = &holdings.emplace_back(Holding{this, nullptr, 0, {}, 0, 0, nullptr, false});
}

// Whoever can be served, until nobody can.
void process_detail::ResourceState::serve() {
  while (Wait* const first = queue.first()) {
    Seize& seize = static_cast<Seize&>(*first);
    if (free() < seize.amount_ && !(seize.preempts_ && within_reach(seize))) return;
    queue.take_first();
    seize.held_ = seize.take_now();
    Kernel::end(loop, seize, Outcome::granted);
    take_from_others(seize);
  }
}

// The loop is being destroyed; who holds something beyond it holds nothing.
void process_detail::ResourceState::empty() noexcept {
  for (Holding& holding : holdings) {
    if (holding.by == nullptr) continue;
    holding.by->holding_ = nullptr;
    holding.by = nullptr;
  }
}

void process_detail::ResourceState::restart() noexcept {
  capacity = initial_capacity;
  largest = initial_largest;
  in_use = 0;
  queue.clear();
  lost_records = 0;
  free_holding = nullptr;
  for (Holding& holding : holdings) {
    holding.lost = false;
    free_record(holding);
  }
  watch_anew();
}

// Makes room for `by`, if those of lower priority hold enough. What is wanted is set aside first:
// whoever waits is granted only what is left over.
bool process_detail::ResourceState::preempt(const Seize& by) {
  if (!within_reach(by)) return false;
  in_use += by.amount_;
  take_from_others(by);
  Kernel::serve(loop, *this);
  in_use -= by.amount_;
  return true;
}

namespace {

bool may_lose(const process_detail::Holding& holding, const Seize& to) {
  return holding.held() && holding.priority < to.priority &&
         holding.process != process_detail::Kernel::ref_of(to);
}

bool loses_before(const process_detail::Holding& a, const process_detail::Holding& b) {
  return a.priority != b.priority ? a.priority < b.priority : a.number > b.number;
}

}  // namespace

// Precondition: too few are free.
bool process_detail::ResourceState::within_reach(const Seize& by) {
  if (lowest >= by.priority) return false;
  std::int64_t units = free();
  lowest = kHighest;
  for (const Holding& holding : holdings) {
    if (holding.held()) lowest = std::min(lowest, holding.priority);
    if (may_lose(holding, by)) units += holding.amount;
  }
  return units >= by.amount_;
}

// What has been granted to `by`, or set aside for it, beyond the capacity.
void process_detail::ResourceState::take_from_others(const Seize& by) {
  while (in_use > capacity) {
    Holding* victim = nullptr;
    for (Holding& holding : holdings)
      if (may_lose(holding, by) && (victim == nullptr || loses_before(holding, *victim)))
        victim = &holding;
    victim->lost = true;
    ++lost_records;
    in_use -= victim->amount;
    changed();
    Kernel::interrupt(victim->process, {"lost " + name, {}, {}, victim});
  }
}

// What was taken away is let go of; or the compiler has copied this as bytes.
void Held::end_unusually(process_detail::Holding& holding) {
  process_detail::ResourceState& state = *holding.of;
  if (holding.by != this) {
    process_detail::Kernel::fail(
        state.loop,
        "units of '" + state.name +
            "' are given back by a Held that never got them: g++ copies what is awaited "
            "in the braces of an aggregate; await it into a variable first");
    return;
  }
  process_detail::Kernel::drop_loss(holding.process, holding);
  holding.lost = false;
  state.free_record(holding);
  if (--state.lost_records == 0 && state.names == 0) state.forget();
}

std::string Seize::told() const {
  return std::to_string(amount_) + " of '" + state_.name + "' (" +
         std::to_string(std::max<std::int64_t>(state_.free(), 0)) + " of " +
         std::to_string(state_.capacity) + " free)";
}

Resource::Resource(ProcessLoop& loop, std::string name, std::int64_t capacity, std::int64_t most)
    : state_(new process_detail::ResourceState(loop, std::move(name), capacity, most)) {
  check(capacity);
  check(state_->largest);
}

Held Resource::try_seize(std::int64_t amount, std::int64_t priority) {
  check_amount(amount);
  if (process_detail::Kernel::ending(state_->loop) || state_->free() < amount ||
      !state_->lets_in(priority))
    return {};
  return Held(&state_->take(amount, priority, state_->loop.current(), kNever));
}

void Resource::check(std::int64_t capacity) const {
  if (capacity < 0) throw std::invalid_argument("the capacity of '" + name() + "' is negative");
  if (capacity >= std::int64_t{1} << 62)
    throw std::invalid_argument("the capacity of '" + name() + "' is 2^62 or more");
}

void Resource::set_capacity(std::int64_t capacity) {
  check(capacity);
  state_->capacity = capacity;
  state_->largest = std::max(state_->largest, capacity);
  state_->changed();
  process_detail::Kernel::serve(state_->loop, *state_);
}

void Resource::refuse(std::int64_t amount) const {
  throw std::invalid_argument("nobody can seize " + std::to_string(amount) + " of '" +
                              state_->name + "', which has " + std::to_string(state_->largest));
}

}  // namespace racked::des
