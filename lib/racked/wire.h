#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

/// Protobuf's wire format field by field, for files that are larger than a message should be.
namespace racked::wire {

/// One field of a message.
struct Field {
  std::uint32_t number = 0;
  std::string_view all;      ///< With its tag.
  std::string_view content;  ///< Of a string, a message or bytes; otherwise empty.
};

/// Takes the next field off the front of `bytes`; none, and `bytes` unchanged, when what stands
/// there is no field or ends too early.
std::optional<Field> next_field(std::string_view& bytes);

}  // namespace racked::wire
