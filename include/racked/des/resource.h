#pragma once

#include <racked/des/awaitable.h>
#include <racked/des/process.h>
#include <racked/des/wait_queue.h>

#include <cstdint>
#include <string>
#include <utility>

namespace racked::des {

class Held;
class Seize;

namespace process_detail {

struct ResourceState final : Owned {
  ResourceState(ProcessLoop& in, std::string called, std::int64_t units)
      : loop(in), name(std::move(called)), capacity(units) {}

  std::int64_t free() const { return capacity - in_use; }
  void grant();
  bool preempt(const Seize& by);

  ProcessLoop& loop;
  std::string name;
  std::int64_t capacity;
  std::int64_t in_use = 0;
  WaitQueue queue;
  Held* newest = nullptr;  // of what is held
};

}  // namespace process_detail

/// What a process holds of a resource; gives it back when it goes out of scope. Empty when it was
/// not granted, has been released, or was taken away by somebody of higher priority.
class [[nodiscard]] Held {
 public:
  Held() = default;
  /// The other is empty then; what was held by the target is given back.
  ///@{
  Held(Held&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {
    if (state_ != nullptr) take_over(other);
  }
  Held& operator=(Held&& other) noexcept;
  ///@}
  ~Held() { release(); }

  explicit operator bool() const { return state_ != nullptr; }             ///< Not empty.
  std::int64_t amount() const { return state_ != nullptr ? amount_ : 0; }  ///< Units; 0 when empty.

  /// Gives everything back now.
  void release() {
    if (state_ != nullptr) give_back();
  }

 private:
  friend class Seize;
  friend struct process_detail::ResourceState;
  void take(process_detail::ResourceState& state, const Seize& as);
  void take_over(const Held& other);
  void give_back();
  void unlink();

  process_detail::ResourceState* state_ = nullptr;  // without one the rest says nothing
  std::int64_t amount_;
  int priority_;
  ProcessRef process_;
  Held* newer_;
  Held* older_;
};

/// Waits for units of a resource; the result is Held, empty when patience ended first.
class [[nodiscard]] Seize final : public process_detail::Awaitable<Seize> {
 public:
  /// How the loop runs it; not for callers.
  ///@{
  bool try_now();
  void enqueue() { state_.queue.push(*this); }
  void leave() noexcept override {
    if (queued) state_.queue.remove(*this);
  }
  void let_others() noexcept override { state_.grant(); }
  Held result(bool) { return std::move(held_); }
  std::string told() const override;
  ///@}

 private:
  friend class Resource;
  friend class Held;
  friend struct process_detail::ResourceState;
  Seize(process_detail::ResourceState& state, std::int64_t amount, int of_priority, bool preempts)
      : state_(state), amount_(amount), preempts_(preempts) {
    priority = of_priority;
  }
  process_detail::ResourceState& state_;
  std::int64_t amount_;
  bool preempts_;
  Held held_;
};

/// Units that processes seize and give back: a crew, a crane, a machine. Capacity is never
/// exceeded. A name for what the loop owns; copies are the same resource.
class Resource {
 public:
  /// std::invalid_argument for a negative capacity.
  Resource(ProcessLoop& loop, std::string name, std::int64_t capacity);

  /// All units are granted together. std::invalid_argument unless 1 ≤ amount ≤ capacity.
  Seize seize(std::int64_t amount = 1, int priority = 0) { return ask(amount, priority, false); }

  /// The same, and what is missing is taken from holders of lower priority: of the lowest first,
  /// and of those the one who has held it for the shortest time. They are interrupted by Preempted.
  Seize preempt(std::int64_t amount, int priority) { return ask(amount, priority, true); }

  std::int64_t capacity() const { return state_->capacity; }  ///< Units in all.
  std::int64_t in_use() const { return state_->in_use; }      ///< Units that are held.
  std::int64_t free() const { return state_->free(); }        ///< Units that are not.
  const std::string& name() const { return state_->name; }    ///< For reports.

 private:
  Seize ask(std::int64_t amount, int priority, bool preempts) const {
    if (amount < 1 || amount > state_->capacity) [[unlikely]]
      refuse(amount);
    return {*state_, amount, priority, preempts};
  }
  [[noreturn]] void refuse(std::int64_t amount) const;
  process_detail::ResourceState* state_;
};

inline void process_detail::ResourceState::grant() {
  if (Kernel::ending(loop)) return;
  while (Wait* const first = queue.first()) {
    Seize& seize = static_cast<Seize&>(*first);
    if (free() < seize.amount_) return;
    queue.remove(seize);
    seize.held_.take(*this, seize);
    Kernel::end(loop, seize, Outcome::granted);
  }
}

inline void Held::take(process_detail::ResourceState& state, const Seize& as) {
  state_ = &state;
  amount_ = as.amount_;
  priority_ = as.priority;
  process_ = process_detail::Kernel::ref_of(as);
  state.in_use += amount_;
  older_ = state.newest;
  newer_ = nullptr;
  if (older_ != nullptr) older_->newer_ = this;
  state.newest = this;
}

inline void Held::unlink() {
  (newer_ != nullptr ? newer_->older_ : state_->newest) = older_;
  if (older_ != nullptr) older_->newer_ = newer_;
  state_->in_use -= amount_;
  state_ = nullptr;
}

inline void Held::take_over(const Held& other) {
  amount_ = other.amount_;
  priority_ = other.priority_;
  process_ = other.process_;
  newer_ = other.newer_;
  older_ = other.older_;
  (newer_ != nullptr ? newer_->older_ : state_->newest) = this;
  if (older_ != nullptr) older_->newer_ = this;
}

inline Held& Held::operator=(Held&& other) noexcept {
  if (this == &other) return *this;
  release();
  state_ = std::exchange(other.state_, nullptr);
  if (state_ != nullptr) take_over(other);
  return *this;
}

inline void Held::give_back() {
  process_detail::ResourceState& state = *state_;
  unlink();
  if (state.queue.first() != nullptr) state.grant();
}

inline bool Seize::try_now() {
  const process_detail::Wait* const first = state_.queue.first();
  if (first != nullptr && first->priority >= priority) return false;
  if (state_.free() < amount_ && !(preempts_ && state_.preempt(*this))) return false;
  held_.take(state_, *this);
  return true;
}

}  // namespace racked::des
