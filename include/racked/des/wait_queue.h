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
  /// A part of this wait has ended.
  virtual void part_ended(Wait&) {}

  // What few waits have.
  struct Rare {
    Wait* whole = nullptr;  // of which this one is a part
    Duration patience = kForever;
    EventHandle timer;  // of its patience
  };
  static constexpr Duration kForever = Duration::max();
  /// Whose wait it is. std::logic_error when it has ended already.
  void belong_to(Promise& by) {
    if (outcome != Outcome::pending) [[unlikely]]
      refuse_again();
    process = &by;
  }
  Rare& rarely() {
    if (!std::exchange(unusual, true)) new (&rare) Rare;
    return rare;
  }

  Promise* process = nullptr;  // nullptr: not begun
  Wait* next;                  // in a queue, as is `previous`
  Wait* previous;
  int priority = 0;
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

  /// At the front when `place` is nullptr. Precondition: `place` stands here.
  void insert_behind(Wait* place, Wait& wait) {
    if (place == last_) return push(wait);
    ++size_;
    Wait*& before = place != nullptr ? place->next : first_;
    wait.previous = place;
    wait.next = before;
    before->previous = &wait;
    before = &wait;
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

/// Waits by priority, largest first, then first come, first served. O(1) as long as all have the
/// same priority, else O(number of priorities there have been).
class WaitQueue {
 public:
  Wait* first() const { return all_.first(); }
  std::size_t size() const { return all_.size(); }

  void push(Wait& wait) {
    const Wait* const last = all_.last();
    if (!lanes_.empty() || (last != nullptr && last->priority != wait.priority)) [[unlikely]]
      return push_by_priority(wait);
    all_.push(wait);
  }

  /// Precondition: not empty.
  Wait& take_first() noexcept {
    if (!lanes_.empty()) [[unlikely]]
      leave_lane(*first());
    return all_.take_first();
  }

  /// Precondition: it stands here.
  void remove(Wait& wait) noexcept {
    if (!lanes_.empty()) [[unlikely]]
      leave_lane(wait);
    all_.remove(wait);
  }

 private:
  // The last of those with one priority; nullptr when there is none.
  struct Lane {
    int priority;
    Wait* last;
  };
  std::vector<Lane>::iterator lane_of(int priority);
  void push_by_priority(Wait& wait);
  void leave_lane(const Wait& wait) noexcept;

  WaitList all_;
  std::vector<Lane> lanes_;  // largest first; empty as long as there has been one priority
};

}  // namespace racked::des::process_detail
