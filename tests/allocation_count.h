#pragma once

#include <cstddef>

namespace racked::testing {

/// How often memory has been allocated by this program so far.
std::size_t allocation_count();
/// The allocation after the next `succeed` ones fails, once.
void fail_allocation_after(std::size_t succeed);
/// That does not hold any more; false when it has failed already.
bool allocations_succeed();

}  // namespace racked::testing
