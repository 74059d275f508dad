#pragma once

#include <racked/des/awaitable.h>
#include <racked/des/owned.h>
#include <racked/des/process.h>
#include <racked/des/wait_queue.h>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>
#include <type_traits>
#include <utility>

namespace racked::des {

namespace process_detail {

struct ConditionState final : Owned {
  using Owned::Owned;
  void serve() override;
  bool idle() const override { return queue.size() == 0; }
  void restart() noexcept override { queue = WaitList(); }

  std::uint64_t notified = 0;  // how often
  WaitList queue;
  Wait* next = nullptr;  // to be asked, while somebody is
};

/// One who waits, whatever for.
struct Asked : Wait {
  explicit Asked(ConditionState& by) : state(by) {}
  virtual bool ask() = 0;
  bool try_now();
  void enqueue();
  void leave() noexcept override;
  void let_others() noexcept override;
  bool result(bool granted) const {
    if (failure) [[unlikely]]
      std::rethrow_exception(failure);
    return granted;
  }
  std::string told() const override;
  bool failed() const override { return failure != nullptr; }

  ConditionState& state;
  std::exception_ptr failure;  // of an attempt
};

/// Waits until an attempt has succeeded; false when patience ended first.
template <class Attempt>
class [[nodiscard]] Until final : public Awaitable<Until<Attempt>, Asked> {
 public:
  Until(ConditionState& by, Attempt attempt)
      : Awaitable<Until, Asked>(by), attempt_(std::move(attempt)) {}
  bool ask() override { return attempt_(); }

 private:
  Attempt attempt_;
};

}  // namespace process_detail

/// Something that changes, and of which each process waits for what suits it: for queues in another
/// order, for what suits only some, for several things at once. A name for what the loop owns;
/// copies are the same condition, which lasts as long as one of them, or as somebody waits for it.
class Condition {
 public:
  Condition(ProcessLoop& loop, std::string name);  ///< `name` is for reports.

  /// co_await shelf_changed.until([&] { return shelf.size() >= 3; }) goes on as soon as the attempt
  /// returns true: at once, or when it is made again by notify(); false when patience ended first.
  ///
  /// An attempt takes what it is for in that very call (`mine = shelf.top(); shelf.pop(); return
  /// true;`). No other attempt is made during it, and those for whom it makes room are served
  /// afterwards. While it is made its process counts as running: try_seize() seizes for that
  /// process, which cannot be cancelled. An interrupt during an attempt that fails breaks off the
  /// wait; what an attempt has taken stays taken when the process is broken off before it goes on.
  /// What an attempt throws is thrown where it is awaited. It must not run the loop
  /// (std::logic_error). Give one that owns anything (a string captured by value) a name first.
  template <class Given, std::predicate Attempt = std::decay_t<Given>>
  process_detail::Until<Attempt> until(Given&& attempt) {
    process_detail::require_name_first<Given>();
    return {*state_, std::forward<Given>(attempt)};
  }

  /// Makes the attempt of everybody who waits, once each, in the order in which they came, before
  /// it returns. To be called by whoever changes what they are about. Called in an attempt, it has
  /// all made once more afterwards, for ever if one always calls it. Takes no memory. O(those who
  /// wait).
  void notify();

  std::size_t waiting() const { return state_->queue.size(); }  ///< Processes that wait.
  const std::string& name() const { return state_->name; }      ///< For reports.

 private:
  process_detail::Name<process_detail::ConditionState> state_;
};

}  // namespace racked::des
