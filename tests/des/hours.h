#pragma once

#include <racked/des/process_loop.h>

#include <chrono>

namespace racked::des {

/// Since the start.
inline double hours(const ProcessLoop& loop) {
  return std::chrono::duration<double, std::ratio<3600>>(loop.now() - kStart).count();
}

}  // namespace racked::des
