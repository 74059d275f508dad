#pragma once

#include <racked/des/process.h>

#include <string>
#include <vector>

namespace racked::des {

/// What processes say, in the order in which they say it.
using Log = std::vector<std::string>;

/// Says one thing after a delay.
inline Process say(ProcessLoop& loop, Log& log, std::string what, Duration after) {
  co_await loop.delay(after);
  log.push_back(what);
}

}  // namespace racked::des
