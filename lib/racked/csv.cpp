#include "csv.h"

#include <charconv>
#include <cmath>
#include <utility>

namespace racked {

std::string digits(double value) {
  const double size = std::abs(value);
  const bool plain = size == 0 || (size >= 1e-5 && size < 1e15);
  char text[40];
  const auto end = plain ? std::to_chars(text, text + sizeof text, value, std::chars_format::fixed)
                         : std::to_chars(text, text + sizeof text, value);
  return std::string(text, end.ptr);
}

std::string hex(std::uint64_t value) {
  char text[16];
  const auto end = std::to_chars(text, text + sizeof text, value, 16);
  const std::string shown(text, end.ptr);
  return std::string(16 - shown.size(), '0') + shown;
}

Csv::Csv(std::string_view header, std::string stamp) : stamp_(std::move(stamp)) {
  text_.append(header).append("\n");
}

Csv& Csv::line() {
  if (in_line_) text_ += '\n';
  in_line_ = true;
  text_ += stamp_;
  return *this;
}

Csv& Csv::value(std::string_view text) {
  text_ += ',';
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    text_ += text;
    return *this;
  }
  text_ += '"';
  for (const char c : text) text_.append(c == '"' ? 2 : 1, c);
  text_ += '"';
  return *this;
}

std::string Csv::finish() {
  if (in_line_) text_ += '\n';
  return std::move(text_);
}

}  // namespace racked
