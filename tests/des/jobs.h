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

struct Entry {
  std::string who;
  double at;
  friend bool operator==(const Entry&, const Entry&) = default;
  friend void PrintTo(const Entry& e, std::ostream* out) { *out << e.who << " at " << e.at; }
};
using Entries = std::vector<Entry>;

// Comes, asks, works, leaves.
inline Process job(ProcessLoop& loop, Resource crew, Entries& log, std::string name, Duration comes,
                   std::int64_t workers, Duration works, int priority = 0) {
  co_await loop.delay(comes);
  Held held = co_await crew.seize(workers, priority);
  log.push_back({name, hours(loop)});
  EXPECT_LE(crew.in_use(), crew.capacity());
  co_await loop.delay(works);
}

}  // namespace racked::des
