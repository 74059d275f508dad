#pragma once

namespace racked::cli {

/// Whether Ctrl-C was pressed while an InterruptGuard lived.
bool interrupted();

/// Catches Ctrl-C for as long as it lives; the second one ends the process.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

 private:
  void (*before_)(int);
};

}  // namespace racked::cli
