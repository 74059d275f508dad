#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace racked {

/// The shortest digits that read back as the same number, without an exponent where people expect
/// none.
std::string digits(double value);

/// 16 digits.
std::string hex(std::uint64_t value);

/// Lines of values separated by commas (RFC 4180, with LF).
class Csv {
 public:
  /// Every line begins with `stamp`, whose columns are named by the begin of `header`.
  Csv(std::string_view header, std::string stamp);

  Csv& line();
  Csv& value(std::string_view text);
  Csv& value(double number) { return value(digits(number)); }
  Csv& value(std::uint64_t number) { return value(std::to_string(number)); }

  std::string finish();

 private:
  std::string stamp_;
  std::string text_;
  bool in_line_ = false;
};

}  // namespace racked
