#include "shares.h"

#include <array>
#include <charconv>

namespace racked {

std::string percent_text(double share) {
  std::array<char, 32> digits;
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), 100 * share,
                                          std::chars_format::fixed, 1);
  return std::string(digits.data(), end) + " %";
}

std::string share_of_union(double most, bool several) {
  return (several && most < 1 ? "≥ " : "") + percent_text(most);
}

}  // namespace racked
