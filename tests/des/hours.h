#pragma once

#include <racked/des/process_loop.h>

namespace racked::des {

/// Since the start.
inline double hours(const ProcessLoop& loop) { return units_of(loop.now() - kStart, kHour); }

}  // namespace racked::des
