#pragma once

#include <racked/des/any_of.h>

#include <concepts>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

namespace racked::des {

template <class Value>
class AnyWait;

namespace process_detail {

/// The wait in an AnyWait, of whatever kind.
template <class Value>
struct WaitInside {
  virtual ~WaitInside() = default;
  virtual Wait& wait() = 0;
  virtual void begin_in(AnyWait<Value>& whole) = 0;
  virtual Value value() = 0;
};

template <class Value, class Part, class Convert>
struct WaitOfKind final : WaitInside<Value> {
  template <class Make>
  WaitOfKind(Make& make, Convert with) : part(std::invoke(make)), convert(std::move(with)) {}
  Wait& wait() override { return part; }
  void begin_in(AnyWait<Value>& whole) override { whole.begin_part(part); }
  Value value() override { return std::invoke(convert, value_of(part)); }

  Part part;
  Convert convert;
};

template <class Value>
struct OnlyPart {
  explicit OnlyPart(std::unique_ptr<WaitInside<Value>>& of) : inside(std::move(of)) {}
  template <class Use>
  void for_each(Use&& use) const {
    use(inside->wait());
  }
  std::unique_ptr<WaitInside<Value>> inside;
};

}  // namespace process_detail

/// A wait of whatever kind, with a result of one type: so that any_of and all_of take a list of
/// waits that differ.
///
///     AnyWait<std::string> arrival(const Way& way) {
///       if (way.by_ship)
///         return {[&] { return quay.take(); }, [](std::optional<Ship> s) { return s->name; }};
///       return {[&] { return road.open(); }, [](bool) { return "by road"; }};
///     }
///     const auto first = co_await any_of(ways, arrival);
///
/// It is awaited as the wait inside would be, and counts as one that only ends when Value is bool
/// or void. Takes memory for each.
template <class Value>
class [[nodiscard]] AnyWait final
    : public process_detail::First<AnyWait<Value>, process_detail::OnlyPart<Value>> {
  using First = process_detail::First<AnyWait, process_detail::OnlyPart<Value>>;

 public:
  /// make() returns a wait, delay, ProcessRef or task, which may last for `patience`; convert(what
  /// that gives as a part of any_of) makes the result, also when patience ends first
  /// (std::monostate stands for no result). Of all_of, those before the one that throws have been
  /// converted: what is to be kept only if nothing throws belongs into the result.
  /// std::invalid_argument for a negative patience.
  template <std::invocable Make, class Convert>
  requires process_detail::MadeWait<std::invoke_result_t<Make&>> AnyWait(
      Make&& make, Convert&& convert, Duration patience = process_detail::Wait::kForever)
      : AnyWait(inside<std::decay_t<Convert>>(make, std::forward<Convert>(convert)), patience) {
    process_detail::require_name_first<Make>();
    process_detail::require_name_first<Convert>();
  }
  /// How the loop runs it; not for callers.
  ///@{
  void begin_parts() { this->parts.inside->begin_in(*this); }
  Value result(bool) { return this->parts.inside->value(); }
  ///@}

 private:
  using Inside = std::unique_ptr<process_detail::WaitInside<Value>>;
  template <class Convert, class Make>
  static Inside inside(Make& make, Convert convert) {
    using Part = process_detail::MadePart<std::invoke_result_t<Make&>>;
    return std::make_unique<process_detail::WaitOfKind<Value, Part, Convert>>(make,
                                                                              std::move(convert));
  }
  AnyWait(Inside of, Duration patience) : First(of) { std::move(*this).within(patience); }
};

}  // namespace racked::des
