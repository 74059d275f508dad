#pragma once

#include <racked/problem.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace racked {

inline constexpr std::size_t kMostProblems = 1000;

/// Collects problems up to the number that a person would read; a hostile text could have millions.
class Findings {
 public:
  void add(const Place& place, std::string_view path, std::string message);
  bool full() const { return problems_.size() >= kMostProblems; }

  /// In the order of their places; when there were too many, the last one says so.
  std::vector<Problem> sorted() &&;

 private:
  std::vector<Problem> problems_;
  bool more_ = false;
};

/// 'text' for a message: at most 60 bytes of it, what cannot be printed as \xNN.
std::string in_quotes(std::string_view text);

/// The fewest digits that tell the number from every other; no exponent below 10¹⁵.
std::string number(double value);

/// "a, b or c".
std::string listed(const std::vector<std::string>& names, std::string_view last_word);

/// "; did you mean 'name'?" when one of the candidates is near, otherwise nothing.
std::string did_you_mean(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace racked
