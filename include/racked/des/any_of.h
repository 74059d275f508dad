#pragma once

#include <racked/des/process.h>

#include <cstddef>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace racked::des {

namespace process_detail {

template <class Part>
using ResultOf = std::decay_t<decltype(std::declval<Part&>().result(true))>;
// A wait without a result stands for itself.
template <class Part>
using ValueOf = std::conditional_t<std::is_void_v<ResultOf<Part>>, std::monostate, ResultOf<Part>>;

template <class Part>
ValueOf<Part> value_of(Part& part) {
  const bool granted = part.outcome == Outcome::granted;
  if constexpr (std::is_void_v<ResultOf<Part>>) {
    part.result(granted);
    return {};
  } else {
    return part.result(granted);
  }
}

/// Several waits as one. Parts are temporaries of the expression that is awaited; they go through
/// whatever a wait goes through, but their end is told to the whole.
template <class Derived, class... Parts>
struct Whole : Awaitable<Derived> {
  explicit Whole(Parts&... of) : parts(of...) {}
  ~Whole() { withdraw(); }

  // Parts begin in their order, so that they stand in their queues in it.
  bool try_now() {
    std::apply([&](Parts&... part) { (begin_part(part), ...); }, parts);
    return this->outcome != Outcome::pending;
  }
  void enqueue() {}
  void withdraw() noexcept override {
    std::apply([&](Parts&... part) { (stop(part), ...); }, parts);
  }
  std::string told() const override {
    std::string all;
    std::apply([&](Parts&... part) { ((all += (all.empty() ? "" : between) + part.told()), ...); },
               parts);
    return all;
  }

  template <class Part>
  void begin_part(Part& part) {
    if (this->outcome != Outcome::pending) return;
    part.process = this->process;
    part.whole = this;
    if (part.try_now()) {
      part.outcome = Outcome::granted;
      this->part_ended(part);
    } else {
      part.begin();
    }
  }
  template <class Part>
  void stop(Part& part) noexcept {
    if (part.outcome != Outcome::pending || part.process == nullptr) return;
    part.whole = nullptr;
    part.withdraw();
    Kernel::cancel(part);
    part.outcome = Outcome::interrupted;
  }
  // While parts begin, the process still runs: nothing is to be resumed.
  void ended() {
    if (this->process->wait == this) {
      Kernel::end(this->process->loop, *this, Outcome::granted);
    } else {
      this->outcome = Outcome::granted;
    }
  }

  std::tuple<Parts&...> parts;
  std::string between;
};

}  // namespace process_detail

/// Ends with the first of its parts; the others are withdrawn at that moment and leave no trace.
/// The result is a tuple of std::optional, in which only the part that ended has a value
/// (std::monostate for a wait without a result). What is granted at the same instant goes to the
/// part that was first. Await it in the expression that makes it.
template <class... Parts>
class [[nodiscard]] AnyOf final : public process_detail::Whole<AnyOf<Parts...>, Parts...> {
 public:
  explicit AnyOf(Parts&... parts) : process_detail::Whole<AnyOf, Parts...>(parts...) {
    this->between = " or ";
  }
  void part_ended(process_detail::Wait& part) override {
    if (first_ != nullptr) return;
    first_ = &part;
    this->withdraw();
    this->ended();
  }
  std::tuple<std::optional<process_detail::ValueOf<Parts>>...> result(bool) {
    return std::apply(
        [&](Parts&... part) {
          return std::tuple<std::optional<process_detail::ValueOf<Parts>>...>{
              (&part == first_ ? std::optional(process_detail::value_of(part)) : std::nullopt)...};
        },
        this->parts);
  }

 private:
  process_detail::Wait* first_ = nullptr;
};

/// Ends when all of its parts have ended, each of which keeps what it got meanwhile. The result is
/// the tuple of their results. Await it in the expression that makes it.
template <class... Parts>
class [[nodiscard]] AllOf final : public process_detail::Whole<AllOf<Parts...>, Parts...> {
 public:
  explicit AllOf(Parts&... parts) : process_detail::Whole<AllOf, Parts...>(parts...) {
    this->between = " and ";
  }
  void part_ended(process_detail::Wait&) override {
    if (--left_ == 0) this->ended();
  }
  std::tuple<process_detail::ValueOf<Parts>...> result(bool) {
    return std::apply(
        [](Parts&... part) {
          return std::tuple<process_detail::ValueOf<Parts>...>{process_detail::value_of(part)...};
        },
        this->parts);
  }

 private:
  std::size_t left_ = sizeof...(Parts);
};

template <class... Parts>
AnyOf<std::remove_reference_t<Parts>...> any_of(Parts&&... parts) {
  return AnyOf<std::remove_reference_t<Parts>...>(parts...);
}

template <class... Parts>
AllOf<std::remove_reference_t<Parts>...> all_of(Parts&&... parts) {
  return AllOf<std::remove_reference_t<Parts>...>(parts...);
}

}  // namespace racked::des
