#pragma once

#include <racked/des/awaitable.h>
#include <racked/des/process.h>

#include <cstddef>
#include <string>

namespace racked::des {

namespace process_detail {
struct GateState;
}

/// Waits until a gate is open; false when patience ended first.
class [[nodiscard]] GateOpen final : public process_detail::Awaitable<GateOpen> {
 public:
  /// How the loop runs it; not for callers.
  ///@{
  bool try_now() const;
  void enqueue();
  void leave() noexcept override;
  void let_others() noexcept override;
  bool result(bool granted) const { return granted; }
  std::string told() const override;
  ///@}

 private:
  friend class Gate;
  explicit GateOpen(process_detail::GateState& state) : state_(state) {}
  process_detail::GateState& state_;
};

/// Something that is open or closed: a permit, a road, a season. Whoever waits when it opens goes
/// on, also when it closes again at the same instant. A name for what the loop owns; copies are the
/// same gate, which lasts as long as one of them, or as somebody waits for it: one for every
/// customer, say.
class Gate {
 public:
  Gate(ProcessLoop& loop, std::string name, bool open = false);  ///< `name` is for reports.

  GateOpen open();                  ///< co_await gate.open() waits until it is; does not open it.
  bool is_open() const;             ///< Whether a wait would end at once.
  void set_open(bool open);         ///< Opens or closes it; to open ends all waits. O(waits).
  std::size_t waiting() const;      ///< Processes that wait for it.
  const std::string& name() const;  ///< For reports.

 private:
  process_detail::Name<process_detail::GateState> state_;
};

}  // namespace racked::des
