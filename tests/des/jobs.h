#pragma once

#include <racked/des/process.h>
#include <racked/des/resource.h>

#include "hours.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

namespace racked::des {

struct Line {
  std::string who;
  double at;
  friend bool operator==(const Line&, const Line&) = default;
  friend void PrintTo(const Line& e, std::ostream* out) { *out << e.who << " at " << e.at; }
};
using Lines = std::vector<Line>;

// Comes, asks, works, leaves.
inline Process job(ProcessLoop& loop, Resource crew, Lines& log, std::string name, Duration comes,
                   std::int64_t workers, Duration works, int priority = 0) {
  co_await loop.delay(comes);
  Held held = co_await crew.seize(workers, priority);
  log.push_back({name, hours(loop)});
  EXPECT_LE(crew.in_use(), crew.capacity());
  co_await loop.delay(works);
}

}  // namespace racked::des
