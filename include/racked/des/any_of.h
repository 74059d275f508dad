#pragma once

#include <racked/des/awaitable.h>
#include <racked/des/process.h>

#include <algorithm>
#include <cstddef>
#include <deque>
#include <optional>
#include <stdexcept>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

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
  explicit DelayPart(const Delay& delay) : delay_(delay) {}
  bool try_now() const { return false; }
  void enqueue() { Kernel::limit(*this, delay_.end(), delay_.turn()); }
  void result(bool) const {}
  Duration left(Time now) const override {
    return std::max(span_between(now, delay_.end()), Duration::zero());
  }
  std::string told() const override {
    return delay_.end() == kNever ? "to be interrupted" : "time to pass";
  }

 private:
  Delay delay_;
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

// What any_of and all_of take.
template <class Argument>
concept PartArgument = std::is_base_of_v<Wait, std::remove_cvref_t<Argument>> ||
    std::is_same_v<std::remove_cvref_t<Argument>, Delay> ||
    std::is_same_v<std::remove_cvref_t<Argument>, ProcessRef>;

// Of a tuple, or of a list.
template <class Parts, class Use>
void for_each_part(Parts& parts, Use&& use) {
  if constexpr (requires { parts.begin(); }) {
    for (auto& part : parts) use(part);
  } else {
    std::apply([&](auto&... part) { (use(part), ...); }, parts);
  }
}

/// Several waits as one. Parts go through whatever a wait goes through, but their end is told to
/// the whole.
template <class Derived, class Parts>
struct Whole : Awaitable<Derived> {
  template <class... Arguments>
  explicit Whole(const char* word, Arguments&... of) : parts(of...), between(word) {}
  // It goes with its process, or a part that could not begin has thrown: others are withdrawn.
  ~Whole() {
    if (this->outcome == Outcome::pending && this->process != nullptr &&
        !Kernel::ending(this->process->loop)) {
      leave();
      let_others();
    }
  }

  // Parts begin in their order, so that they stand in their queues in it.
  bool try_now() {
    beginning = true;
    Kernel::before_serving(this->process->loop,
                           [&] { for_each_part(parts, [&](auto& part) { begin_part(part); }); });
    beginning = false;
    return this->outcome != Outcome::pending;
  }
  void enqueue() {}
  // All leave before anybody is served: what one makes room for is not for another.
  void leave() noexcept override {
    for_each_part(parts, [&](Wait& part) { stop(part); });
  }
  // What several of them were for may go when it is served: not before all have been asked.
  void let_others() noexcept override {
    Kernel::before_serving(this->process->loop, [&] {
      for_each_part(parts, [](Wait& part) {
        if (part.outcome == Outcome::interrupted) part.let_others();
      });
    });
  }
  Duration left(Time now) const override {
    Duration first{};
    for_each_part(parts, [&](const Wait& part) {
      if (first == Duration::zero() && part.outcome == Outcome::pending) first = part.left(now);
    });
    return first;
  }
  std::string told() const override {
    std::string all;
    for_each_part(parts, [&](const Wait& part) {
      if (part.outcome != Outcome::pending) return;  // what it was for may be gone
      if (!all.empty()) all += between;
      all += part.told();
    });
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
    } else if (part.outcome == Outcome::pending) {
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
  void end_by(Wait& part) {
    decisive = &part;
    leave();
    ended();
    let_others();
  }
  bool failed() const override { return decisive != nullptr && decisive->failed(); }
  // While parts begin nobody waits for the end yet: it is found there.
  void ended() {
    if (beginning) {
      this->outcome = Outcome::granted;
    } else {
      Kernel::end(this->process->loop, *this, Outcome::granted);
    }
  }

  Parts parts;  // those made for it, and references to those that were there
  const char* between;
  Wait* decisive = nullptr;  // ended it before the others had ended
  bool beginning = false;
};

/// Ends with the first of its parts.
template <class Derived, class Parts>
struct First : Whole<Derived, Parts> {
  template <class... Arguments>
  explicit First(Arguments&... of) : Whole<Derived, Parts>(" or ", of...) {}
  void part_ended(Wait& part) override {
    if (this->outcome == Outcome::pending) this->end_by(part);
  }
};

/// Ends with the last of its parts, or the first that fails.
template <class Derived, class Parts>
struct Last : Whole<Derived, Parts> {
  template <class... Arguments>
  explicit Last(Arguments&... of) : Whole<Derived, Parts>(" and ", of...) {
    for_each_part(this->parts, [&](const Wait&) { ++left; });
  }
  void part_ended(Wait& part) override {
    --left;
    if (this->outcome != Outcome::pending) return;
    if (part.failed()) {
      this->end_by(part);
    } else if (left == 0) {
      this->ended();
    }
  }

  std::size_t left = 0;
};

// Ends of processes, as many as there are.
struct Ends : std::deque<ProcessEnd> {
  explicit Ends(const std::vector<ProcessRef>& of) {
    for (const ProcessRef& process : of) emplace_back(process);
  }
};

}  // namespace process_detail

/// Ends with the first of its parts; the others are withdrawn at that moment and leave no trace.
/// The result is a tuple of std::optional, in which only the part that ended has a value
/// (std::monostate for a wait without a result). What is granted at the same instant goes to the
/// part that was first. A part whose own patience ended is the part that ended. An exception that
/// left an awaited process is thrown when it ends the whole. Await it in the expression that makes
/// it.
template <class... Parts>
class [[nodiscard]] AnyOf final
    : public process_detail::First<AnyOf<Parts...>, std::tuple<Parts...>> {
 public:
  /// How the loop runs it; not for callers.
  ///@{
  template <class... Arguments>
  explicit AnyOf(Arguments&... of) : process_detail::First<AnyOf, std::tuple<Parts...>>(of...) {}
  std::tuple<std::optional<process_detail::ValueOf<Parts>>...> result(bool) {
    return std::apply(
        [&](auto&... part) {
          return std::tuple<std::optional<process_detail::ValueOf<Parts>>...>{
              (&part == this->decisive ? std::optional<process_detail::ValueOf<decltype(part)>>(
                                             process_detail::value_of(part))
                                       : std::nullopt)...};
        },
        this->parts);
  }
  ///@}
};

/// Ends when all of its parts have ended, each of which keeps what it got meanwhile; when it is
/// broken off before, that is let go with it: units are given back, items are gone. The result is
/// the tuple of their results; when its own patience ends, of what there is until then, the others
/// as if theirs had ended. An exception that left an awaited process ends it at once and is
/// thrown; the others are withdrawn. Await it in the expression that makes it.
template <class... Parts>
class [[nodiscard]] AllOf final
    : public process_detail::Last<AllOf<Parts...>, std::tuple<Parts...>> {
 public:
  /// How the loop runs it; not for callers.
  ///@{
  template <class... Arguments>
  explicit AllOf(Arguments&... of) : process_detail::Last<AllOf, std::tuple<Parts...>>(of...) {}
  std::tuple<process_detail::ValueOf<Parts>...> result(bool) {
    return std::apply(
        [](auto&... part) {
          return std::tuple<process_detail::ValueOf<Parts>...>{process_detail::value_of(part)...};
        },
        this->parts);
  }
  ///@}
};

/// The same as AnyOf for the ends of any number of processes; the result is the place of the first
/// that ended, or nothing when patience ended first.
class [[nodiscard]] AnyEnd final : public process_detail::First<AnyEnd, process_detail::Ends> {
 public:
  /// std::invalid_argument for none.
  explicit AnyEnd(const std::vector<ProcessRef>& of)
      : process_detail::First<AnyEnd, process_detail::Ends>(of) {
    if (of.empty()) throw std::invalid_argument("none of no processes will ever end");
  }
  /// How the loop runs it; not for callers.
  std::optional<std::size_t> result(bool) {
    for (std::size_t i = 0; i < parts.size(); ++i)
      if (&parts[i] == decisive && parts[i].result(true)) return i;
    return std::nullopt;
  }
};

/// The same as AllOf for the ends of any number of processes, of none at once; the result is true,
/// or false when patience ended first.
class [[nodiscard]] AllEnds final : public process_detail::Last<AllEnds, process_detail::Ends> {
 public:
  /// Of processes that may have ended already.
  explicit AllEnds(const std::vector<ProcessRef>& of)
      : process_detail::Last<AllEnds, process_detail::Ends>(of) {}
  /// How the loop runs it; not for callers.
  ///@{
  bool try_now() { return parts.empty() || Last::try_now(); }
  bool result(bool granted) {
    for (const ProcessEnd& part : parts) (void)part.result(granted);
    return granted;
  }
  ///@}
};

/// Of waits, delays and processes whose end is awaited. O(parts).
template <process_detail::PartArgument... Arguments>
AnyOf<typename process_detail::PartOf<Arguments>::type...> any_of(Arguments&&... of) {
  static_assert(sizeof...(of) > 0, "there is nothing to wait for");
  return AnyOf<typename process_detail::PartOf<Arguments>::type...>(of...);
}

/// Of the same. O(parts).
template <process_detail::PartArgument... Arguments>
AllOf<typename process_detail::PartOf<Arguments>::type...> all_of(Arguments&&... of) {
  static_assert(sizeof...(of) > 0, "there is nothing to wait for");
  return AllOf<typename process_detail::PartOf<Arguments>::type...>(of...);
}

/// Of the ends of processes, as many as there are. O(processes).
///@{
inline AnyEnd any_of(const std::vector<ProcessRef>& of) { return AnyEnd(of); }
inline AllEnds all_of(const std::vector<ProcessRef>& of) { return AllEnds(of); }
///@}

}  // namespace racked::des
