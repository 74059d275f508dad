#include <racked/des/gate.h>

namespace racked::des {

struct process_detail::GateState final : Owned {
  GateState(ProcessLoop& in, std::string called, bool opened)
      : Owned(in, std::move(called)), initially_open(opened) {}
  bool idle() const override { return queue.size() == 0; }
  void restart() noexcept override {
    open = initially_open;
    queue = WaitList();
  }

  const bool initially_open;
  bool open = initially_open;
  WaitList queue;
};

bool GateOpen::try_now() const { return state_.open; }

void GateOpen::enqueue() {
  process_detail::Kernel::check(*this, state_.loop);
  state_.queue.push(*this);
}

void GateOpen::leave() noexcept {
  if (queued) state_.queue.remove(*this);
}

// There are none to be served, but it may be the last.
void GateOpen::let_others() noexcept {
  if (state_.names == 0) process_detail::Kernel::serve(state_.loop, state_);
}

std::string GateOpen::told() const { return "'" + state_.name + "' to open"; }

Gate::Gate(ProcessLoop& loop, std::string name, bool open)
    : state_(new process_detail::GateState(loop, std::move(name), open)) {}

GateOpen Gate::open() { return GateOpen(*state_); }
bool Gate::is_open() const { return state_->open; }
std::size_t Gate::waiting() const { return state_->queue.size(); }
const std::string& Gate::name() const { return state_->name; }

void Gate::set_open(bool open) {
  state_->open = open;
  if (!open || process_detail::Kernel::ending(state_->loop)) return;
  while (process_detail::Wait* const wait = state_->queue.first()) {
    state_->queue.remove(*wait);
    process_detail::Kernel::end(state_->loop, *wait, process_detail::Outcome::granted);
  }
}

}  // namespace racked::des
