#pragma once

#include <racked/des/awaitable.h>
#include <racked/des/process.h>
#include <racked/des/task.h>

#include <algorithm>
#include <cstddef>
#include <deque>
#include <functional>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace racked::des {

template <class... Parts>
class AnyOf;
template <class... Parts>
class AllOf;

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
template <class Result>
struct PartOf<Task<Result>> {
  using type = TaskPart<Result>;
};

// What any_of and all_of take.
template <class Argument>
concept PartArgument = std::is_base_of_v<Wait, std::remove_cvref_t<Argument>> ||
    !std::is_same_v<typename PartOf<Argument>::type, std::remove_reference_t<Argument>&>;

// What make(element) returns for those of a range.
template <class Range, class Make>
using MadeOf = std::invoke_result_t<Make&, decltype(*std::begin(std::declval<Range&>()))>;

// Whether a wait refers to parts that stand in the expression that made it.
template <class Argument>
inline constexpr bool kRefersToParts = false;
template <class... Parts>
inline constexpr bool kRefersToParts<AnyOf<Parts...>> = (std::is_reference_v<Parts> || ...);
template <class... Parts>
inline constexpr bool kRefersToParts<AllOf<Parts...>> = (std::is_reference_v<Parts> || ...);

// What a function may return that is asked for a wait: one made where it stands, which outlives
// the function.
template <class Made>
concept MadeWait = PartArgument<Made> && !(
    std::is_reference_v<Made> &&
    std::is_base_of_v<Wait, std::remove_cvref_t<Made>>)&&!kRefersToParts<std::remove_cvref_t<Made>>;
// What then stands for it.
template <class Made>
using MadePart = std::remove_reference_t<typename PartOf<Made>::type>;

// What any_of and all_of take instead of arguments: waits have to be made for them.
template <class Range, class Make>
concept MadeForEach = MadeWait<MadeOf<Range, Make>>;
template <class Range, class Make>
using PartMadeOf = MadePart<MadeOf<Range, Make>>;

// The result of a wait says nothing but that it has ended.
template <class Part>
inline constexpr bool kOnlyEnds =
    std::is_same_v<ValueOf<Part>, std::monostate> || std::is_same_v<ValueOf<Part>, bool>;

// One part for each element of a range, made where it stands.
template <class Part>
class PartList {
 public:
  template <class Range, class Make>
  PartList(Range& of, Make& make) {
    for (auto&& element : of) parts_.emplace_back(make, std::forward<decltype(element)>(element));
  }
  std::size_t size() const { return parts_.size(); }
  bool empty() const { return parts_.empty(); }
  Part& operator[](std::size_t i) { return parts_[i].part; }
  template <class Use>
  void for_each(Use&& use) {
    for (Place& place : parts_) use(place.part);
  }
  template <class Use>
  void for_each(Use&& use) const {
    for (const Place& place : parts_) use(place.part);
  }

 private:
  // What a function returns can be put into a member, but not into a container.
  struct Place {
    template <class Make, class Element>
    Place(Make& make, Element&& element)
        : part(std::invoke(make, std::forward<Element>(element))) {}
    Part part;
  };
  std::deque<Place> parts_;
};

// Of a tuple, or of a list.
template <class Parts, class Use>
void for_each_part(Parts& parts, Use&& use) {
  if constexpr (requires { parts.for_each(use); }) {
    parts.for_each(use);
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
                           [&] { static_cast<Derived*>(this)->begin_parts(); });
    beginning = false;
    return this->outcome != Outcome::pending;
  }
  void begin_parts() {
    for_each_part(parts, [&](auto& part) { begin_part(part); });
  }
  void enqueue() {}
  // All leave before anybody is served: what one makes room for is not for another.
  void leave() noexcept override {
    for_each_part(parts, [&](Wait& part) { stop(part); });
  }
  // What several of them were for may go when it is served: not before all have been asked. Nor may
  // the process, and this with it.
  void let_others() noexcept override {
    Promise& of = *this->process;
    const Promise::State before = std::exchange(of.state, Promise::State::withdrawing);
    Kernel::before_serving(of.loop, [&] {
      for_each_part(parts, [](Wait& part) {
        if (part.outcome == Outcome::interrupted) part.let_others();
      });
    });
    of.state = before;
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

}  // namespace process_detail

/// Ends with the first of its parts; the others are withdrawn at that moment: waits take nothing,
/// tasks are cancelled. The result is a tuple of std::optional, in which only the part that ended
/// has a value (std::monostate for a wait without a result), none when the whole's own patience
/// ended. Of parts that can be granted at the same instant only the first is. A part whose own
/// patience ends has ended. An exception that left an awaited process is thrown when it ends the
/// whole. Await it in the expression that makes it, since it refers to its parts.
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

/// Ends when all of its parts have ended, each of which keeps what it got meanwhile; when the whole
/// is broken off before, that is let go: units are given back, items are lost. The result is the
/// tuple of their results; when the whole's own patience ends, parts that have not ended give what
/// they give when theirs ends. An exception that left an awaited process ends the whole at once and
/// is thrown; the other parts are withdrawn. Await it in the expression that makes it.
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

/// Which of many waits was the first to end, and with what.
template <class Value>
struct FirstOfList {
  std::size_t place;  ///< In the list.
  Value value;        ///< Its result.
};

/// The same as AnyOf for any number of waits of one kind. The result is an optional FirstOfList,
/// without a value when patience ended first; of waits that only end (delays, gates, levels, puts,
/// conditions, ends of processes, tasks without a result) it is the place alone, an optional
/// std::size_t.
template <class Part>
class [[nodiscard]] AnyOfList final
    : public process_detail::First<AnyOfList<Part>, process_detail::PartList<Part>> {
 public:
  /// How the loop runs it; not for callers.
  ///@{
  template <class Range, class Make>
  AnyOfList(Range& of, Make& make)
      : process_detail::First<AnyOfList, process_detail::PartList<Part>>(of, make) {
    if (this->parts.empty()) throw std::invalid_argument("the first of no waits will never end");
  }
  auto result(bool) {
    const std::optional<std::size_t> first = place_of_decisive();
    if constexpr (process_detail::kOnlyEnds<Part>) {
      if (first) (void)process_detail::value_of(this->parts[*first]);
      return first;
    } else {
      std::optional<FirstOfList<process_detail::ValueOf<Part>>> ended;
      if (first) ended = {*first, process_detail::value_of(this->parts[*first])};
      return ended;
    }
  }
  ///@}

 private:
  std::optional<std::size_t> place_of_decisive() {
    for (std::size_t i = 0; i < this->parts.size(); ++i)
      if (&this->parts[i] == this->decisive) return i;
    return std::nullopt;
  }
};

/// The same as AllOf for any number of waits of one kind; of none it ends at once. The result is a
/// vector of theirs; of waits that only end it is true, or false when patience ended first.
template <class Part>
class [[nodiscard]] AllOfList final
    : public process_detail::Last<AllOfList<Part>, process_detail::PartList<Part>> {
  using Last = process_detail::Last<AllOfList, process_detail::PartList<Part>>;

 public:
  /// How the loop runs it; not for callers.
  ///@{
  template <class Range, class Make>
  AllOfList(Range& of, Make& make) : Last(of, make) {}
  bool try_now() { return this->parts.empty() || Last::try_now(); }
  auto result(bool granted) {
    if constexpr (process_detail::kOnlyEnds<Part>) {
      this->parts.for_each([](Part& part) { (void)process_detail::value_of(part); });
      return granted;
    } else {
      std::vector<process_detail::ValueOf<Part>> values;
      values.reserve(this->parts.size());
      this->parts.for_each([&](Part& part) { values.push_back(process_detail::value_of(part)); });
      return values;
    }
  }
  ///@}
};

/// Takes waits, delays, ProcessRefs and tasks. A task as a part gives std::optional of what it
/// returns or, if it returns nothing, whether it came to its end. O(parts).
template <process_detail::PartArgument... Arguments>
AnyOf<typename process_detail::PartOf<Arguments>::type...> any_of(Arguments&&... of) {
  static_assert(sizeof...(of) > 0, "there is nothing to wait for");
  return AnyOf<typename process_detail::PartOf<Arguments>::type...>(of...);
}

/// Takes the same. O(parts).
template <process_detail::PartArgument... Arguments>
AllOf<typename process_detail::PartOf<Arguments>::type...> all_of(Arguments&&... of) {
  static_assert(sizeof...(of) > 0, "there is nothing to wait for");
  return AllOf<typename process_detail::PartOf<Arguments>::type...>(of...);
}

/// Takes a wait, delay, ProcessRef or task for each element of a list, returned by make(element):
/// co_await any_of(clerks, [](Resource& clerk) { return clerk.seize(); }). Those of several kinds,
/// or with patience of their own, are AnyWait (any_wait.h). any_of() of an empty list:
/// std::invalid_argument. O(elements), and memory for each.
///@{
template <class Range, class Make>
requires(process_detail::MadeForEach<Range, Make>)
    AnyOfList<process_detail::PartMadeOf<Range, Make>> any_of(Range&& of, Make&& make) {
  process_detail::require_name_first<Make>();
  return {of, make};
}
template <class Range, class Make>
requires(process_detail::MadeForEach<Range, Make>)
    AllOfList<process_detail::PartMadeOf<Range, Make>> all_of(Range&& of, Make&& make) {
  process_detail::require_name_first<Make>();
  return {of, make};
}
///@}

/// The same of the ends of processes.
///@{
inline AnyOfList<ProcessEnd> any_of(const std::vector<ProcessRef>& of) {
  return any_of(of, std::identity());
}
inline AllOfList<ProcessEnd> all_of(const std::vector<ProcessRef>& of) {
  return all_of(of, std::identity());
}
///@}

}  // namespace racked::des
