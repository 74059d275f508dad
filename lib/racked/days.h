#pragma once

#include <racked/des/time.h>

#include <cmath>
#include <cstddef>
#include <string>

namespace racked {

// Spans of time in words.

inline double in_days(des::Duration span) { return static_cast<double>(span.count()) / 86'400e9; }

/// The nearest whole number.
inline std::string whole_text(double value) { return std::to_string(std::llround(value)); }

/// "41 days", "1 day"; below ten with a tenth: "0.4 days".
inline std::string days_text(double days) {
  if (std::abs(days) >= 9.95) return whole_text(days) + " days";
  const long long tenths = std::llround(days * 10);
  if (tenths == 10) return "1 day";
  const long long size = std::llabs(tenths);
  std::string text = (tenths < 0 ? "-" : "") + std::to_string(size / 10);
  if (size % 10 != 0) text += "." + std::to_string(size % 10);
  return text + " days";
}
inline std::string days_text(des::Duration span) { return days_text(in_days(span)); }

/// "once", "twice", "3 times".
inline std::string times_text(std::size_t count) {
  if (count == 1) return "once";
  return count == 2 ? "twice" : std::to_string(count) + " times";
}

}  // namespace racked
