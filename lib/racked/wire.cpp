#include "wire.h"

namespace racked::wire {
namespace {

std::optional<std::uint64_t> take_number(std::string_view& bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < bytes.size() && i < 10; ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    number |= static_cast<std::uint64_t>(byte & 0x7F) << (7 * i);
    if (byte >= 0x80) continue;
    bytes.remove_prefix(i + 1);
    return number;
  }
  return {};
}

}  // namespace

std::optional<Field> next_field(std::string_view& bytes) {
  std::string_view rest = bytes;
  const std::optional<std::uint64_t> tag = take_number(rest);
  if (!tag || *tag >> 3 == 0 || *tag >> 32 != 0) return {};
  Field field;
  field.number = static_cast<std::uint32_t>(*tag >> 3);
  std::uint64_t length = 0;
  switch (*tag & 7) {
    case 0:
      if (!take_number(rest)) return {};
      break;
    case 1: length = 8; break;
    case 2: {
      const std::optional<std::uint64_t> stated = take_number(rest);
      if (!stated || *stated > rest.size()) return {};
      length = *stated;
      field.content = rest.substr(0, static_cast<std::size_t>(length));
      break;
    }
    case 5: length = 4; break;
    default: return {};
  }
  if (length > rest.size()) return {};
  rest.remove_prefix(static_cast<std::size_t>(length));
  field.all = bytes.substr(0, bytes.size() - rest.size());
  bytes = rest;
  return field;
}

}  // namespace racked::wire
