#pragma once

#include <racked/des/event_queue.h>
#include <racked/des/time.h>

#include <cstddef>
#include <cstdint>
#include <new>
#include <string>
#include <utility>
#include <vector>

namespace racked::des::process_detail {

struct Promise;

enum class Outcome : std::uint16_t { pending, granted, timed_out, interrupted };

/// One wait of a process for something else than time; it stands in the frame of the coroutine.
/// Virtual is what is rare.
struct Wait {
  Wait() {}
  Wait(const Wait&) = delete;
  Wait& operator=(const Wait&) = delete;

  /// Takes the wait out of the queue it stands in, if it does.
  virtual void leave() noexcept {}
  /// Serves those who stood behind it. After leave(), once it is settled who else leaves.
  virtual void let_others() noexcept {}
  virtual std::string told() const = 0;
  /// It has ended by an exception.
  virtual bool failed() const { return false; }
  /// A part of this wait has ended.
  virtual void part_ended(Wait&) {}
  /// What is left of the delay in it, if there is one.
  virtual Duration left(Time) const { return Duration::zero(); }

  // What few waits have.
  struct Rare {
    Wait* whole = nullptr;  // of which this one is a part
    Duration patience = kForever;
    EventHandle timer;  // of its patience
  };
  static constexpr Duration kForever = Duration::max();
  /// Whose wait it is. std::logic_error when it has ended, or stands in a queue, already.
  void belong_to(Promise& by) {
    if (outcome != Outcome::pending || queued) [[unlikely]]
      refuse_again();
    process = &by;
  }
  Rare& rarely() {
    if (!std::exchange(unusual, true)) new (&rare) Rare;
    return rare;
  }

  Promise* process = nullptr;  // nullptr: not begun
  union {                      // in its queue
    Wait* next;
    std::size_t place;
  };
  Wait* previous;
  Outcome outcome = Outcome::pending;
  bool queued = false;
  bool unusual = false;
  union {
    Rare rare;  // there when `unusual`
  };

 protected:
  ~Wait() = default;

 private:
  [[noreturn]] static void refuse_again();
};

/// Waits in the order in which they came. O(1).
class WaitList {
 public:
  Wait* first() const { return first_; }
  Wait* last() const { return last_; }
  std::size_t size() const { return size_; }

  void push(Wait& wait) {
    ++size_;
    wait.previous = last_;
    wait.next = nullptr;
    (last_ != nullptr ? last_->next : first_) = &wait;
    last_ = &wait;
    wait.queued = true;
  }

  /// Precondition: not empty.
  Wait& take_first() noexcept {
    Wait& wait = *first_;
    --size_;
    first_ = wait.next;
    (first_ != nullptr ? first_->previous : last_) = nullptr;
    wait.queued = false;
    return wait;
  }

  /// Precondition: it stands here.
  void remove(Wait& wait) noexcept {
    --size_;
    (wait.previous != nullptr ? wait.previous->next : first_) = wait.next;
    (wait.next != nullptr ? wait.next->previous : last_) = wait.previous;
    wait.queued = false;
  }

 private:
  Wait* first_ = nullptr;
  Wait* last_ = nullptr;
  std::size_t size_ = 0;
};

/// A wait among others that may be more important.
struct RankedWait : Wait {
  explicit RankedWait(std::int64_t of_priority) : priority(of_priority) {}

  std::int64_t priority;

 protected:
  ~RankedWait() = default;
};

/// Waits by priority, largest first, then first come, first served. O(1) as long as all have the
/// same priority, else O(log n), and O(n) for the first of another.
class WaitQueue {
 public:
  RankedWait* first() const {
    return places_.empty() ? static_cast<RankedWait*>(list_.first()) : places_.front().wait;
  }
  bool empty() const { return places_.empty() && list_.first() == nullptr; }
  std::size_t size() const { return list_.size() + places_.size(); }

  void push(RankedWait& wait) {
    const auto* const last = static_cast<const RankedWait*>(list_.last());
    if (!places_.empty() || (last != nullptr && last->priority != wait.priority)) [[unlikely]]
      return push_by_priority(wait);
    list_.push(wait);
  }

  /// Forgets all of them.
  void clear() noexcept {
    list_ = WaitList();
    places_.clear();
  }

  /// Precondition: not empty.
  RankedWait& take_first() noexcept {
    if (places_.empty()) [[likely]]
      return static_cast<RankedWait&>(list_.take_first());
    RankedWait& wait = *places_.front().wait;
    leave_place(wait);
    return wait;
  }

  /// Precondition: it stands here.
  void remove(RankedWait& wait) noexcept {
    places_.empty() ? list_.remove(wait) : leave_place(wait);
  }

 private:
  struct Place {
    std::int64_t priority;
    std::uint64_t number;  // in the order in which they came
    RankedWait* wait;

    bool comes_before(const Place& other) const {
      return priority != other.priority ? priority > other.priority : number < other.number;
    }
  };
  void push_by_priority(RankedWait& wait);
  void leave_place(RankedWait& wait) noexcept;
  void settle(std::size_t place, const Place& one) noexcept;
  void put(std::size_t place, const Place& one) noexcept {
    places_[place] = one;
    one.wait->place = place;
  }

  WaitList list_;              // all of them, or none
  std::vector<Place> places_;  // a binary heap, from when priorities differ until none is left
  std::uint64_t came_ = 0;
};

}  // namespace racked::des::process_detail
