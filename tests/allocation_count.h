#pragma once

#include <cstddef>

namespace racked::testing {

/// How often memory has been allocated by this program so far.
std::size_t allocation_count();

}  // namespace racked::testing
