#include <racked/des/process.h>

#include <algorithm>

namespace racked::des {
namespace process_detail {

// Waits by priority.

std::vector<WaitQueue::Lane>::iterator WaitQueue::lane_of(int priority) {
  return std::partition_point(lanes_.begin(), lanes_.end(),
                              [&](const Lane& lane) { return lane.priority > priority; });
}

void WaitQueue::push(Wait& wait) {
  auto lane = lane_of(wait.priority);
  if (lane == lanes_.end() || lane->priority != wait.priority)
    lane = lanes_.insert(lane, Lane{wait.priority});
  wait.previous = lane->last;
  wait.next = nullptr;
  (lane->last != nullptr ? lane->last->next : lane->first) = &wait;
  lane->last = &wait;
  wait.queued = true;
  if (first_ == nullptr || wait.priority > first_->priority) first_ = &wait;
}

void WaitQueue::remove(Wait& wait) noexcept {
  if (!wait.queued) return;
  const auto lane = lane_of(wait.priority);
  (wait.previous != nullptr ? wait.previous->next : lane->first) = wait.next;
  (wait.next != nullptr ? wait.next->previous : lane->last) = wait.previous;
  wait.next = wait.previous = nullptr;
  wait.queued = false;
  if (first_ == &wait) find_first();
}

void WaitQueue::find_first() {
  const auto lane = std::find_if(lanes_.begin(), lanes_.end(),
                                 [](const Lane& each) { return each.first != nullptr; });
  first_ = lane != lanes_.end() ? lane->first : nullptr;
}

// Frames. Each is preceded by the pool it goes back to; nullptr for one too large for any class.

namespace {
constexpr std::size_t kHeader = alignof(std::max_align_t);
}

void* FramePool::allocate(std::size_t size) {
  const std::size_t whole = size + kHeader;
  const std::size_t size_class = (whole + kStep - 1) / kStep;
  std::byte* memory = nullptr;
  FramePool* pool = this;
  if (size_class >= kClasses) {
    memory = static_cast<std::byte*>(::operator new(whole));
    pool = nullptr;
  } else if (free_[size_class] != nullptr) {
    memory =
        reinterpret_cast<std::byte*>(std::exchange(free_[size_class], free_[size_class]->next));
  } else {
    const std::size_t bytes = size_class * kStep;
    if (left_ < bytes) {
      blocks_.push_back(std::make_unique<std::byte[]>(kBlock));
      left_ = kBlock;
    }
    memory = blocks_.back().get() + (kBlock - left_);
    left_ -= bytes;
  }
  new (memory) FramePool*(pool);
  return memory + kHeader;
}

void FramePool::release(void* frame, std::size_t size) noexcept {
  std::byte* const memory = static_cast<std::byte*>(frame) - kHeader;
  FramePool* const pool = *reinterpret_cast<FramePool**>(memory);
  if (pool == nullptr) return ::operator delete(memory);
  const std::size_t size_class = (size + kHeader + kStep - 1) / kStep;
  pool->free_[size_class] = new (memory) Free{pool->free_[size_class]};
}

}  // namespace process_detail

// Names of processes.

process_detail::Promise* ProcessRef::promise() const {
  if (loop_ == nullptr) return nullptr;
  const ProcessLoop::Slot& slot = loop_->slots_[slot_];
  return slot.generation == generation_ ? slot.promise : nullptr;
}

bool ProcessRef::running() const { return promise() != nullptr; }

void ProcessRef::interrupt(std::string reason) const {
  process_detail::Promise* const process = promise();
  if (process == nullptr) return;
  const Duration left = process->wait != nullptr ? process->wait->remaining() : Duration::zero();
  loop_->interrupt(*process, std::make_exception_ptr(Interrupted(std::move(reason), left)));
}

Duration Delay::remaining() const { return end_ - loop_.now(); }

void process_detail::Kernel::preempt(const ProcessRef& ref, const std::string& what) {
  Promise* const process = ref.promise();
  if (process == nullptr) return;
  const Duration left = process->wait != nullptr ? process->wait->remaining() : Duration::zero();
  ref.loop_->interrupt(*process, std::make_exception_ptr(Preempted("lost " + what, left)));
}

// Waiting for an end.

void ProcessEnd::enqueue() { of_.promise()->awaited_by.push(*this); }

void ProcessEnd::withdraw() noexcept {
  if (queued) of_.promise()->awaited_by.remove(*this);
}

std::string ProcessEnd::told() const {
  const auto* promise = of_.promise();
  return promise != nullptr ? "the end of " + promise->name : "an end that has come";
}

// The loop.

ProcessLoop::~ProcessLoop() {
  ending_ = true;
  while (first_live_ != nullptr) {
    Promise& promise = *first_live_;
    first_live_ = promise.next;
    while (Wait* wait = promise.awaited_by.first()) promise.awaited_by.remove(*wait);
    slots_[promise.slot].promise = nullptr;
    promise.handle().destroy();
  }
}

ProcessRef ProcessLoop::start(Process process, std::string name) {
  Promise& promise = *std::exchange(process.promise_, nullptr);
  if (free_slots_.empty()) {
    free_slots_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  promise.slot = free_slots_.back();
  free_slots_.pop_back();
  Slot& slot = slots_[promise.slot];
  slot.promise = &promise;
  promise.name = std::move(name);
  promise.previous = last_live_;
  (last_live_ != nullptr ? last_live_->next : first_live_) = &promise;
  last_live_ = &promise;
  ++live_;
  promise.beginning.process = &promise;
  promise.beginning.outcome = process_detail::Outcome::granted;
  promise.wait = &promise.beginning;
  make_ready(promise.beginning);
  return {this, promise.slot, slot.generation};
}

Ended ProcessLoop::run_until(Time end) {
  stopped_ = false;
  resume_ready();
  if (stopped_) return Ended::stopped;
  return events_.run_until(end, [this](const Event<Wait*>& event) { on_time(*event.payload); });
}

Ended ProcessLoop::run() {
  stopped_ = false;
  resume_ready();
  if (stopped_) return Ended::stopped;
  return events_.run_while([] { return true; },
                           [this](const Event<Wait*>& event) { on_time(*event.payload); });
}

// A delay has passed, or patience has.
void ProcessLoop::on_time(Wait& wait) {
  wait.timer = EventHandle();
  wait.withdraw();
  wait.outcome = process_detail::Outcome::timed_out;
  if (wait.whole != nullptr) {
    wait.whole->part_ended(wait);
  } else {
    resume(*wait.process);
  }
  resume_ready();
}

void ProcessLoop::finish(Promise& promise) {
  std::exception_ptr failure = promise.failure;
  (promise.previous != nullptr ? promise.previous->next : first_live_) = promise.next;
  (promise.next != nullptr ? promise.next->previous : last_live_) = promise.previous;
  --live_;
  while (Wait* wait = promise.awaited_by.first()) {
    promise.awaited_by.remove(*wait);
    static_cast<ProcessEnd*>(wait)->failure_ = std::exchange(failure, nullptr);
    end(*wait, process_detail::Outcome::granted);
  }
  Slot& slot = slots_[promise.slot];
  slot.promise = nullptr;
  // A slot whose generations are used up is given up.
  if (++slot.generation != 0) free_slots_.push_back(promise.slot);
  promise.handle().destroy();
  if (failure) std::rethrow_exception(failure);
}

// A wait that has ended already, or none: the exception is kept for the next one.
void ProcessLoop::interrupt(Promise& promise, std::exception_ptr exception) {
  promise.interruption = std::move(exception);
  Wait* const wait = promise.wait;
  if (wait == nullptr || wait->outcome != process_detail::Outcome::pending) return;
  wait->withdraw();
  end(*wait, process_detail::Outcome::interrupted);
}

ProcessRef ProcessLoop::ref_of(const Promise& promise) {
  return {this, promise.slot, slots_[promise.slot].generation};
}

std::vector<Waiting> ProcessLoop::waiting() const {
  std::vector<Waiting> all;
  for (const Promise* promise = first_live_; promise != nullptr; promise = promise->next) {
    const std::string number = "process " + std::to_string(promise->slot + 1);
    all.push_back({promise->name.empty() ? number : promise->name,
                   promise->wait != nullptr ? promise->wait->told() : "nothing"});
  }
  return all;
}

}  // namespace racked::des
