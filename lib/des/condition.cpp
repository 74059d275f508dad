#include <racked/des/condition.h>

namespace racked::des {

// Whoever is asked may do anything, end what his wait is a part of and be interrupted included.
void process_detail::ConditionState::serve() {
  for (Wait* wait = queue.first(); wait != nullptr; wait = next) {
    next = wait->next;
    Asked& asked = static_cast<Asked&>(*wait);
    bool had = false;
    Kernel::run_as(asked, [&] {
      try {
        had = asked.ask();
      } catch (...) {
        asked.failure = std::current_exception();
      }
    });
    if (asked.outcome != Outcome::pending) continue;
    if (had || asked.failure) {
      queue.remove(asked);
      Kernel::end(loop, asked, Outcome::granted);
    } else {
      Kernel::break_off_if_interrupted(asked);
    }
  }
}

// Nobody else is asked in the midst of it; what those who are then change is not missed.
bool process_detail::Asked::try_now() {
  for (;;) {
    const std::uint64_t notified = state.notified;
    bool had = false;
    Kernel::before_serving(process->loop, [&] { had = ask(); });
    if (had || outcome != Outcome::pending || process->seat().interrupted() ||
        state.notified == notified)
      return had;
  }
}

void process_detail::Asked::enqueue() {
  Kernel::check(*this, state.loop);
  state.queue.push(*this);
}

void process_detail::Asked::leave() noexcept {
  if (!queued) return;
  if (state.next == this) state.next = next;
  state.queue.remove(*this);
}

// There is nobody to be asked, but it may be the last.
void process_detail::Asked::let_others() noexcept {
  if (state.names == 0 && state.idle()) Kernel::serve(state.loop, state);
}

std::string process_detail::Asked::told() const { return "'" + state.name + "' to change"; }

Condition::Condition(ProcessLoop& loop, std::string name)
    : state_(new process_detail::ConditionState(loop, std::move(name))) {}

void Condition::notify() {
  ++state_->notified;
  process_detail::Kernel::serve(state_->loop, *state_);
}

}  // namespace racked::des
