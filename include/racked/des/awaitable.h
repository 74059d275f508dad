#pragma once

#include <racked/des/process_promise.h>
#include <racked/des/time.h>

#include <chrono>
#include <coroutine>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace racked::des::process_detail {

/// Refuses what g++ 12 destroys twice when it stands in an expression that awaits.
template <class Given>
constexpr void require_name_first() {
  static_assert(std::is_lvalue_reference_v<Given> || std::is_trivially_destructible_v<Given>,
                "a function that owns what it has captured gets a name first: g++ 12 destroys it "
                "twice when it stands in an expression that awaits");
}

/// A wait that is often had at once: bool can_now(), and Result take_now() if so, which need not be
/// kept in between.
template <class Derived>
concept TakesAtOnce = requires(Derived& wait) {
  wait.take_now();
};

/// What all waits but a delay do: they are told to last no longer than a time, and interrupted. A
/// wait is Derived : Awaitable<Derived> and has bool try_now(), which takes at once what can be
/// had, void enqueue(), and Result result(bool granted); and what Wait asks for.
template <class Derived, class Kind = Wait>
struct Awaitable : Kind {
  Awaitable() = default;
  template <class First, class... Rest>
  explicit Awaitable(First& first, Rest... rest) : Kind(first, rest...) {}

  /// The wait ends at the latest `span` after it begins, without success (a delay counts from the
  /// call that makes it). std::invalid_argument for a negative span, and for NaN. To be called in
  /// the expression that makes the wait; on one that has a name, std::move(wait).within(span).
  ///@{
  Derived&& within(Duration span) && {
    if (span < Duration::zero()) throw std::invalid_argument("patience is negative");
    this->rarely().patience = span;
    return static_cast<Derived&&>(*this);
  }
  template <class Number, class Period>
  requires std::is_floating_point_v<Number> Derived &&
      within(std::chrono::duration<Number, Period> span) && {
    return std::move(*this).within(rounded(span));
  }
  void within(Duration) & = delete;
  ///@}

  [[gnu::always_inline]] bool await_ready() {
    if (this->process->seat().interrupted()) [[unlikely]]
      this->process->throw_interruption_of(*this);
    if constexpr (TakesAtOnce<Derived>) {
      return derived().can_now();
    } else {
      if (derived().try_now()) this->outcome = Outcome::granted;
      // That may have enabled somebody to take something from this very process.
      if (this->outcome == Outcome::pending && this->process->seat().interrupted()) [[unlikely]]
        this->process->throw_interruption_of(*this);
      return this->outcome != Outcome::pending;
    }
  }
  [[gnu::always_inline]] void await_suspend(std::coroutine_handle<>) {
    begin();
    this->process->wait = this;
    this->process->state = Promise::State::waiting;
  }
  [[gnu::always_inline]] decltype(auto) await_resume() {
    if constexpr (TakesAtOnce<Derived>)
      if (this->outcome == Outcome::pending) [[likely]] {
        this->outcome = Outcome::granted;
        return derived().take_now();
      }
    if (this->outcome == Outcome::interrupted) [[unlikely]]
      this->process->throw_interruption();
    return derived().result(this->outcome == Outcome::granted);
  }

  /// Stands in its queue from now on; also called for each part of a whole.
  [[gnu::always_inline]] void begin() {
    derived().enqueue();
    if (this->unusual) [[unlikely]]
      limit();
  }

 private:
  [[gnu::noinline]] void limit() {
    if (this->rare.patience == Wait::kForever) return;
    try {
      Kernel::limit(*this, later(Kernel::now(*this), this->rare.patience), Turn::start);
    } catch (...) {
      this->leave();
      throw;
    }
  }
  Derived& derived() { return static_cast<Derived&>(*this); }
};

// Awaits a wait where it stands; g++ 12 would copy it.
template <class Awaited>
struct InPlace {
  [[gnu::always_inline]] bool await_ready() { return wait.await_ready(); }
  [[gnu::always_inline]] void await_suspend(std::coroutine_handle<> handle) {
    wait.await_suspend(handle);
  }
  [[gnu::always_inline]] decltype(auto) await_resume() { return wait.await_resume(); }
  Awaited& wait;
};

template <class Awaited>
requires(std::is_base_of_v<Wait, std::remove_reference_t<Awaited>>)
    InPlace<std::remove_reference_t<Awaited>> Promise::await_transform(Awaited&& awaited) {
  awaited.belong_to(hidden_from_optimizer());
  return {awaited};
}

}  // namespace racked::des::process_detail
