#include "interrupt.h"

#include <atomic>
#include <csignal>

namespace racked::cli {
namespace {

/// Set by the signal alone; a handler can reach nothing but a global.
std::atomic<bool> pressed{false};
static_assert(std::atomic<bool>::is_always_lock_free);

// The second Ctrl-C ends the process.
extern "C" void on_interrupt(int) {
  pressed = true;
  std::signal(SIGINT, SIG_DFL);
}

}  // namespace

bool interrupted() { return pressed; }

InterruptGuard::InterruptGuard() { before_ = std::signal(SIGINT, on_interrupt); }
InterruptGuard::~InterruptGuard() { std::signal(SIGINT, before_); }

}  // namespace racked::cli
