#pragma once

#include <racked/des/awaitable.h>
#include <racked/des/process.h>
#include <racked/des/resource_use.h>
#include <racked/des/time.h>
#include <racked/des/wait_queue.h>
#include <racked/des/watched.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <limits>
#include <string>
#include <utility>

namespace racked::des {

class Held;
class Seize;

namespace process_detail {

struct ResourceState;

/// Units that somebody holds, or has lost and not let go of yet, as their resource knows it.
struct Holding {
  bool held() const { return by != nullptr && !lost; }

  ResourceState* of;
  Held* by;  ///< nullptr: of nobody
  std::int64_t amount;
  ProcessRef process;  ///< Which is told when they are taken away.
  std::int64_t priority;
  std::uint64_t number;  ///< In the order in which units were taken.
  Holding* next_free;
  bool lost;
};

struct ResourceState final : Watched<ResourceState, ResourceUse> {
  ResourceState(ProcessLoop& in, std::string called, std::int64_t units, std::int64_t most)
      : Watched(in, std::move(called)), capacity(units), largest(std::max(units, most)) {}

  // Below 0 when more is held than there is now.
  std::int64_t free() const { return capacity - in_use; }
  bool lets_in(std::int64_t priority) const;
  Holding& take(std::int64_t amount, std::int64_t priority, ProcessRef process, Time asked);
  void give_back(Holding& holding) noexcept;
  void free_record(Holding& holding) noexcept;
  void hand_on(Holding& holding);
  void assign(Holding& holding, std::int64_t priority, ProcessRef process);
  void serve() override;
  void empty() noexcept override;
  void restart() noexcept override;
  bool idle() const override { return in_use == 0 && queue.empty() && lost_records == 0; }
  bool preempt(const Seize& by);
  bool within_reach(const Seize& by);
  void take_from_others(const Seize& by);
  void make_holding();
  void each_average(const auto& with) const {
    with(&ResourceUse::in_use, static_cast<double>(in_use));
    with(&ResourceUse::capacity, static_cast<double>(capacity));
    with(&ResourceUse::waiting, static_cast<double>(queue.size()));
  }

  std::int64_t capacity;
  std::int64_t largest;  // capacity that there has been, or is said to come
  std::int64_t in_use = 0;
  WaitQueue queue;
  std::uint64_t taken = 0;         // how often
  bool some_preempt = false;       // there have been such
  std::int64_t lowest = kHighest;  // nobody holds anything by a lower priority
  static constexpr std::int64_t kHighest = std::numeric_limits<std::int64_t>::max();
  std::size_t lost_records = 0;  // holdings that were taken away and not let go of yet
  Holding* free_holding = nullptr;
  std::deque<Holding> holdings;
  const std::int64_t initial_capacity = capacity, initial_largest = largest;
};

}  // namespace process_detail

/// What a process holds of a resource; gives it back when it goes out of scope. Empty when it was
/// not granted, has been released, was taken away by somebody of higher priority, or its loop was
/// reset or is gone.
class [[nodiscard]] Held {
 public:
  Held() = default;
  /// The other is empty then; what was held by the target is given back.
  ///@{
  Held(Held&& other) noexcept { move_from(other); }
  Held& operator=(Held&& other) noexcept;
  ///@}
  ~Held() { release(); }

  /// Not empty.
  explicit operator bool() const {
    return holding_ != nullptr && holding_->by == this && !holding_->lost;
  }
  /// Units; 0 when empty.
  std::int64_t amount() const { return *this ? holding_->amount : 0; }

  /// Gives everything back now.
  void release() {
    if (holding_ != nullptr) give_back();
  }

  /// Makes these the units of `process`: it is interrupted when they are taken away, not the one
  /// that seized them. For a process that seizes for another. No effect when empty.
  void keep_by(ProcessRef process) {
    if (*this) holding_->process = process;
  }

 private:
  friend class Resource;
  friend class Seize;
  friend struct process_detail::ResourceState;
  explicit Held(process_detail::Holding* holding) : holding_(holding) {
    if (holding_ != nullptr) holding_->by = this;
  }
  // What the compiler has copied as bytes stays what it is, wherever it is moved.
  void move_from(Held& other) noexcept {
    holding_ = std::exchange(other.holding_, nullptr);
    if (holding_ != nullptr && holding_->by == &other) holding_->by = this;
  }
  void give_back();
  void end_unusually(process_detail::Holding& holding);

  process_detail::Holding* holding_ = nullptr;
};

/// Waits for units of a resource; the result is Held, empty when patience ended first. When the
/// units are taken away again before the process goes on, this wait throws Preempted, not the next.
class [[nodiscard]] Seize final
    : public process_detail::Awaitable<Seize, process_detail::RankedWait> {
 public:
  /// How the loop runs it; not for callers.
  ///@{
  bool can_now();
  Held take_now() {
    return Held(&state_.take(amount_, priority, process_detail::Kernel::ref_of(*this), asked_));
  }
  bool try_now() {
    if (!can_now()) return false;
    held_ = take_now();
    return true;
  }
  void enqueue() {
    process_detail::Kernel::check(*this, state_.loop);
    asked_ = process_detail::Kernel::now(*this);
    state_.queue.push(*this);
    state_.changed();
  }
  void leave() noexcept override {
    if (!queued) return;
    state_.queue.remove(*this);
    state_.wait_ended(&ResourceUse::left, asked_);
  }
  void let_others() noexcept override;
  Held result(bool granted) {
    if (granted && !held_) [[unlikely]]
      process->throw_loss(*held_.holding_);
    return std::move(held_);
  }
  std::string told() const override;
  ///@}

 private:
  friend class Resource;
  friend class Held;
  friend struct process_detail::ResourceState;
  Seize(process_detail::ResourceState& state, std::int64_t amount, std::int64_t of_priority,
        bool preempts)
      : Awaitable(of_priority), state_(state), amount_(amount), preempts_(preempts) {}
  process_detail::ResourceState& state_;
  std::int64_t amount_;
  bool preempts_;
  Time asked_ = kNever;  // when it joined the queue, if it has
  Held held_;
};

/// Units that processes seize and give back: a crew, a crane, a machine. Capacity is never exceeded
/// but by what was held before it shrank. A name for what the loop owns; copies are the same
/// resource, which lasts as long as one of them, or as somebody waits for it or holds of it.
class Resource {
 public:
  /// `name` is for reports. Up to `most` units can be asked for at a time, if that is more than
  /// `capacity`: such a request waits until the capacity has grown. std::invalid_argument for a
  /// negative capacity, and for a capacity or `most` of 2⁶² or more.
  Resource(ProcessLoop& loop, std::string name, std::int64_t capacity, std::int64_t most = 0);

  /// Keep the result: `co_await crane.seize();` gives everything back at once, as nobody holds it,
  /// and g++ does not warn of that.
  ///
  /// All units are granted together. Larger priorities go first. std::invalid_argument, at the
  /// call, unless 1 ≤ amount ≤ the largest capacity there has been, or `most`. To join the queue is
  /// O(1) while all in it have the same priority, O(n) for the first that differs, then O(log n).
  Seize seize(std::int64_t amount = 1, std::int64_t priority = 0) {
    return ask(amount, priority, false);
  }

  /// At once or not at all, without waiting, from anywhere; empty when they are not free, when
  /// somebody of at least this priority waits, and when the loop is being destroyed. The units
  /// belong to the running process; outside of one nobody is interrupted when they are taken away.
  /// The error of seize().
  Held try_seize(std::int64_t amount = 1, std::int64_t priority = 0);

  /// Like seize(), but what is missing is taken from holders of lower priority: of the lowest
  /// first, and of those the one granted last. Who loses, loses all that was granted together. The
  /// process that seized it is interrupted by Preempted, also when it has passed the Held on (see
  /// Held::keep_by); if it has ended, only the Held tells, which is empty. When all that they hold
  /// is not enough, nothing is taken, and the request waits like the others; once it is the first
  /// in the queue it is tried again whenever something is given back. A process that lost and asks
  /// again comes after those of its priority who wait already; to come before them, it asks with a
  /// priority between theirs and the next. A process takes nothing from itself. A try is O(1) when
  /// nobody of lower priority has held anything since the last one, else O(holdings there have been
  /// at once), and as much for each holder who loses.
  Seize preempt(std::int64_t amount, std::int64_t priority) {
    state_->some_preempt = true;
    return ask(amount, priority, true);
  }

  /// For shifts, or a machine that is bought. When it grows, those who wait are served. When it
  /// shrinks, units go out of use as they are given back, and nobody is interrupted; a pre-emption
  /// takes what is missing for that, too. Who waits for more than there are goes on waiting.
  /// std::invalid_argument unless 0 ≤ capacity < 2⁶².
  void set_capacity(std::int64_t capacity);

  /// Begins to keep statistics, or begins anew, as after a warm-up; waits are counted in `unit`.
  /// Unwatched, nothing is kept; watched, each change takes some ten nanoseconds more.
  /// std::invalid_argument unless unit > 0.
  void watch(Duration unit = kHour) { state_->watch(unit); }

  /// The statistics up to this instant. std::logic_error when it is not watched.
  ResourceUse use() const { return state_->use(); }

  std::int64_t capacity() const { return state_->capacity; }  ///< Units in all.
  std::int64_t in_use() const { return state_->in_use; }      ///< Units that are held.
  /// Units that are free; 0 when more are held than the capacity.
  std::int64_t free() const { return std::max<std::int64_t>(state_->free(), 0); }
  std::size_t waiting() const { return state_->queue.size(); }  ///< Processes that wait for units.
  const std::string& name() const { return state_->name; }      ///< For reports.

 private:
  Seize ask(std::int64_t amount, std::int64_t priority, bool preempts) const {
    check_amount(amount);
    return {*state_, amount, priority, preempts};
  }
  void check_amount(std::int64_t amount) const {
    if (amount < 1 || amount > state_->largest) [[unlikely]]
      refuse(amount);
  }
  [[noreturn]] void refuse(std::int64_t amount) const;
  void check(std::int64_t capacity) const;
  process_detail::Name<process_detail::ResourceState> state_;
};

inline process_detail::Holding& process_detail::ResourceState::take(std::int64_t amount,
                                                                    std::int64_t priority,
                                                                    ProcessRef process,
                                                                    Time asked) {
  if (free_holding == nullptr) [[unlikely]]
    make_holding();
  Holding& holding = *std::exchange(free_holding, free_holding->next_free);
  holding.amount = amount;
  assign(holding, priority, process);
  in_use += amount;
  wait_ended(&ResourceUse::granted, asked);
  return holding;
}

inline void process_detail::ResourceState::assign(Holding& holding, std::int64_t priority,
                                                  ProcessRef process) {
  holding.process = process;
  holding.priority = priority;
  holding.number = ++taken;
  if (priority < lowest) [[unlikely]]
    lowest = priority;
}

inline void process_detail::ResourceState::free_record(Holding& holding) noexcept {
  holding.by = nullptr;
  holding.next_free = std::exchange(free_holding, &holding);
}

inline void process_detail::ResourceState::give_back(Holding& holding) noexcept {
  free_record(holding);
  in_use -= holding.amount;
  changed();
}

// Mostly the first who waits wants just as much, and then there is nothing for anybody else.
inline void process_detail::ResourceState::hand_on(Holding& holding) {
  Seize& first = static_cast<Seize&>(*queue.first());
  if (first.amount_ != holding.amount || first.unusual || free() != 0 || Kernel::serving(loop))
      [[unlikely]] {
    give_back(holding);
    return Kernel::serve(loop, *this);
  }
  queue.take_first();
  assign(holding, first.priority, Kernel::ref_of(first));
  holding.by = &first.held_;
  first.held_.holding_ = &holding;
  wait_ended(&ResourceUse::granted, first.asked_);
  Kernel::end(loop, first, Outcome::granted);
  // The next one may take from others, now that he is the first.
  if (some_preempt) [[unlikely]]
    Kernel::serve(loop, *this);
}

inline void Seize::let_others() noexcept { process_detail::Kernel::serve(state_.loop, state_); }

inline Held& Held::operator=(Held&& other) noexcept {
  if (this == &other) return *this;
  release();
  move_from(other);
  return *this;
}

inline void Held::give_back() {
  process_detail::Holding& holding = *std::exchange(holding_, nullptr);
  if (holding.by != this || holding.lost) [[unlikely]]
    return end_unusually(holding);
  process_detail::ResourceState& state = *holding.of;
  if (state.queue.empty() || process_detail::Kernel::ending(state.loop)) {
    state.give_back(holding);
    if (state.names == 0) [[unlikely]]
      state.forget();
    return;
  }
  state.hand_on(holding);
}

// Nobody overtakes one who is no less important.
inline bool process_detail::ResourceState::lets_in(std::int64_t priority) const {
  const RankedWait* const first = queue.first();
  return first == nullptr || first->priority < priority;
}

inline bool Seize::can_now() {
  const bool free = state_.free() >= amount_;
  if (!free && !preempts_) return false;
  return state_.lets_in(priority) && (free || state_.preempt(*this));
}

}  // namespace racked::des
