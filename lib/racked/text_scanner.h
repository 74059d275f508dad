#pragma once

#include "syntax.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace racked {

/// A word, number, string or symbol of the text format.
struct Token {
  enum class Kind : std::uint8_t { kEnd, kWord, kInteger, kFloat, kOdd, kString, kSymbol };
  Kind kind = Kind::kEnd;
  std::string_view text;
  Written::Spot at;
  const char* fault = nullptr;  ///< Of a string: what is wrong inside.
  Written::Spot fault_at;
  const char* comment_fault = nullptr;  ///< What is wrong in a comment before it.
  Written::Spot comment_fault_at;

  bool is(char symbol) const { return kind == Kind::kSymbol && text.front() == symbol; }
};

/// Splits text into tokens; each byte is looked at once.
class TextScanner {
 public:
  explicit TextScanner(std::string_view text);
  Token next();

 private:
  char here() const { return pos_ < text_.size() ? text_[pos_] : '\0'; }
  char after(std::size_t n) const { return pos_ + n < text_.size() ? text_[pos_ + n] : '\0'; }
  bool done() const { return pos_ >= text_.size(); }
  void advance();
  void advance(std::size_t bytes);
  void skip_space(Token& token);
  void skip_comment(Token& token);
  void scan_number(Token& token);
  void scan_word(Token& token);
  void scan_string(Token& token);
  const char* escape_fault() const;
  void end_broken_string(Token& token, std::size_t start);
  bool odd_goes_on(std::string_view joints) const;
  void scan_symbol();

  std::string_view text_;
  std::size_t pos_ = 0;
  Written::Spot spot_{1, 1};
};

}  // namespace racked
