#include "findings.h"

#include "syntax.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <tuple>
#include <utility>

namespace racked {
namespace {

constexpr std::size_t kLongestQuote = 60;

}  // namespace

void Findings::add(const Place& place, std::string_view path, std::string message) {
  if (full())
    more_ = true;
  else
    problems_.push_back({place, std::string(path), std::move(message)});
}

std::vector<Problem> Findings::sorted() && {
  std::stable_sort(problems_.begin(), problems_.end(), [](const Problem& a, const Problem& b) {
    return std::tie(a.place.file, a.place.line, a.place.column) <
           std::tie(b.place.file, b.place.line, b.place.column);
  });
  if (more_)
    problems_.push_back({{problems_.back().place.file, 0, 0},
                         "",
                         "there are more problems; these are the first " +
                             std::to_string(kMostProblems) + " found"});
  return std::move(problems_);
}

std::string in_quotes(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string result = "'";
  for (std::size_t i = 0; i < text.size();) {
    if (result.size() > kLongestQuote) return result + "…'";
    const std::size_t length = utf8_length(text.substr(i));
    const auto byte = static_cast<unsigned char>(text[i]);
    if (length == 0 || byte < 0x20 || byte == 0x7f) {
      result += {'\\', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
      ++i;
    } else {
      result += text.substr(i, length);
      i += length;
    }
  }
  return result + "'";
}

std::string number(double value) {
  char digits[32];
  const auto end =
      std::abs(value) < 1e15 && (value == 0 || std::abs(value) >= 1e-4)
          ? std::to_chars(digits, digits + sizeof digits, value, std::chars_format::fixed)
          : std::to_chars(digits, digits + sizeof digits, value);
  return std::string(digits, end.ptr);
}

std::string listed(const std::vector<std::string>& names, std::string_view last_word) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 < names.size() ? ", " : " " + std::string(last_word) + " ";
    text += names[i];
  }
  return text;
}

std::string did_you_mean(std::string_view name, const std::vector<std::string>& candidates) {
  const std::string nearest = nearest_name(name, candidates);
  return nearest.empty() ? nearest : "; did you mean '" + nearest + "'?";
}

}  // namespace racked
