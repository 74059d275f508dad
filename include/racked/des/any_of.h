#pragma once

#include <racked/des/awaitable.h>
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
using ResultOf =
    std::decay_t<decltype(std::declval<std::remove_reference_t<Part>&>().result(true))>;
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

// A delay as a part; its end is its patience.
class [[nodiscard]] DelayPart final : public Awaitable<DelayPart> {
 public:
  explicit DelayPart(const Delay& delay) : end_(delay.end()) {}
  bool try_now() const { return false; }
  void enqueue() { Kernel::limit(*this, end_); }
  void result(bool) const {}
  std::string told() const override { return "time to pass"; }

 private:
  Time end_;
};

// What stands for an argument of any_of: the wait itself, or one made of it.
template <class Argument>
struct PartOf {
  using type = std::remove_reference_t<Argument>&;
};
template <class Argument>
requires(std::is_same_v<std::remove_cvref_t<Argument>, Delay>) struct PartOf<Argument> {
  using type = DelayPart;
};
template <class Argument>
requires(std::is_same_v<std::remove_cvref_t<Argument>, ProcessRef>) struct PartOf<Argument> {
  using type = ProcessEnd;
};

/// Several waits as one. Parts go through whatever a wait goes through, but their end is told to
/// the whole.
template <class Derived, class... Parts>
struct Whole : Awaitable<Derived> {
  template <class... Arguments>
  explicit Whole(const char* word, Arguments&... of) : parts(of...), between(word) {}
  // A part that could not begin has thrown: those before it are withdrawn.
  ~Whole() {
    if (this->process != nullptr && !Kernel::ending(this->process->loop)) {
      leave();
      let_others();
    }
  }

  // Parts begin in their order, so that they stand in their queues in it.
  bool try_now() {
    std::apply([&](auto&... part) { (begin_part(part), ...); }, parts);
    return this->outcome != Outcome::pending;
  }
  void enqueue() {}
  // All leave before anybody is served: what one makes room for is not for another.
  void leave() noexcept override {
    std::apply([&](auto&... part) { (stop(part), ...); }, parts);
  }
  void let_others() noexcept override {
    const auto let = [](Wait& part) {
      if (part.outcome == Outcome::interrupted) part.let_others();
    };
    std::apply([&](auto&... part) { (let(part), ...); }, parts);
  }
  std::string told() const override {
    std::string all;
    const auto tell = [&](const Wait& part) {
      if (!all.empty()) all += between;
      all += part.told();
    };
    std::apply([&](auto&... part) { (tell(part), ...); }, parts);
    return all;
  }

  template <class Part>
  void begin_part(Part& part) {
    if (this->outcome != Outcome::pending) return;
    part.belong_to(*this->process);
    part.rarely().whole = this;
    if (part.try_now()) {
      part.outcome = Outcome::granted;
      this->part_ended(part);
    } else {
      part.begin();
    }
  }
  void stop(Wait& part) noexcept {
    if (part.outcome != Outcome::pending || part.process == nullptr) return;
    part.rare.whole = nullptr;
    part.leave();
    Kernel::unlimit(part);
    part.outcome = Outcome::interrupted;
  }
  // While parts begin, the process still runs: nothing is to be resumed.
  void ended() {
    if (this->process->state == Promise::State::waiting) {
      Kernel::end(this->process->loop, *this, Outcome::granted);
    } else {
      this->outcome = Outcome::granted;
    }
  }

  std::tuple<Parts...> parts;  // those made for it, and references to those that were there
  const char* between;
};

}  // namespace process_detail

/// Ends with the first of its parts; the others are withdrawn at that moment and leave no trace.
/// The result is a tuple of std::optional, in which only the part that ended has a value
/// (std::monostate for a wait without a result). What is granted at the same instant goes to the
/// part that was first. An exception that left an awaited process is thrown when it ends the whole.
/// Await it in the expression that makes it.
template <class... Parts>
class [[nodiscard]] AnyOf final : public process_detail::Whole<AnyOf<Parts...>, Parts...> {
 public:
  /// How the loop runs it; not for callers.
  ///@{
  template <class... Arguments>
  explicit AnyOf(Arguments&... of) : process_detail::Whole<AnyOf, Parts...>(" or ", of...) {}
  void part_ended(process_detail::Wait& part) override {
    if (first_ != nullptr) return;
    first_ = &part;
    this->leave();
    this->let_others();
    this->ended();
  }
  std::tuple<std::optional<process_detail::ValueOf<Parts>>...> result(bool) {
    return std::apply(
        [&](auto&... part) {
          return std::tuple<std::optional<process_detail::ValueOf<Parts>>...>{
              (&part == first_ ? std::optional<process_detail::ValueOf<decltype(part)>>(
                                     process_detail::value_of(part))
                               : std::nullopt)...};
        },
        this->parts);
  }
  ///@}

 private:
  process_detail::Wait* first_ = nullptr;
};

/// Ends when all of its parts have ended, each of which keeps what it got meanwhile. The result is
/// the tuple of their results. An exception that left an awaited process is thrown when all have
/// ended. Await it in the expression that makes it. For the ends of a number of processes known
/// only at run time await one after the other.
template <class... Parts>
class [[nodiscard]] AllOf final : public process_detail::Whole<AllOf<Parts...>, Parts...> {
 public:
  /// How the loop runs it; not for callers.
  ///@{
  template <class... Arguments>
  explicit AllOf(Arguments&... of) : process_detail::Whole<AllOf, Parts...>(" and ", of...) {}
  void part_ended(process_detail::Wait&) override {
    if (--left_ == 0) this->ended();
  }
  std::tuple<process_detail::ValueOf<Parts>...> result(bool) {
    return std::apply(
        [](auto&... part) {
          return std::tuple<process_detail::ValueOf<Parts>...>{process_detail::value_of(part)...};
        },
        this->parts);
  }
  ///@}

 private:
  std::size_t left_ = sizeof...(Parts);
};

/// Of waits, delays and processes whose end is awaited.
template <class... Arguments>
AnyOf<typename process_detail::PartOf<Arguments>::type...> any_of(Arguments&&... of) {
  return AnyOf<typename process_detail::PartOf<Arguments>::type...>(of...);
}

/// Of the same.
template <class... Arguments>
AllOf<typename process_detail::PartOf<Arguments>::type...> all_of(Arguments&&... of) {
  return AllOf<typename process_detail::PartOf<Arguments>::type...>(of...);
}

}  // namespace racked::des
