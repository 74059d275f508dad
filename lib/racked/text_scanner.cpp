#include "text_scanner.h"

#include <algorithm>

namespace racked {
namespace {

constexpr const char* kNotUtf8 = "a byte that is not UTF-8";
constexpr const char* kNul = "a NUL byte";

bool digit(char c) { return c >= '0' && c <= '9'; }
bool octal(char c) { return c >= '0' && c <= '7'; }
bool hex(char c) { return digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool printable(char c) { return c > ' ' && c < '\x7f'; }

}  // namespace

TextScanner::TextScanner(std::string_view text) : text_(text) {
  if (text_.starts_with("\xEF\xBB\xBF")) pos_ = 3;
}

void TextScanner::advance() {
  const char c = text_[pos_++];
  if (c == '\n')
    spot_ = {spot_.line + 1, 1};
  else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80)  // a character's first byte
    ++spot_.column;
}

void TextScanner::advance(std::size_t bytes) {
  for (; bytes > 0; --bytes) advance();
}

Token TextScanner::next() {
  Token token;
  skip_space(token);
  token.at = spot_;
  const std::size_t start = pos_;
  if (done()) return token;
  if (digit(here()) || (here() == '.' && digit(after(1))))
    scan_number(token);
  else if (letter(here()))
    scan_word(token);
  else if (here() == '"' || here() == '\'')
    scan_string(token);
  else {
    token.kind = Token::Kind::kSymbol;
    scan_symbol();
  }
  token.text = text_.substr(start, pos_ - start);
  return token;
}

void TextScanner::skip_space(Token& token) {
  while (!done()) {
    if (space(here()))
      advance();
    else if (here() == '#')
      skip_comment(token);
    else
      return;
  }
}

void TextScanner::skip_comment(Token& token) {
  while (!done() && here() != '\n') {
    const std::size_t length = utf8_length(text_.substr(pos_));
    if ((length == 0 || here() == '\0') && token.comment_fault == nullptr) {
      token.comment_fault = length == 0 ? kNotUtf8 : kNul;
      token.comment_fault_at = spot_;
    }
    advance(std::max<std::size_t>(length, 1));
  }
}

void TextScanner::scan_number(Token& token) {
  bool odd = false;
  const auto digits = [&](bool (*allowed)(char)) {
    const std::size_t before = pos_;
    while (allowed(here())) advance();
    return pos_ > before;
  };
  token.kind = Token::Kind::kInteger;
  if (here() == '0' && (after(1) == 'x' || after(1) == 'X')) {
    advance(2);
    odd = !digits(hex);
  } else if (here() == '0' && digit(after(1))) {
    digits(octal);
  } else {
    digits(digit);
    if (here() == '.') {
      token.kind = Token::Kind::kFloat;
      advance();
      digits(digit);
    }
    if (here() == 'e' || here() == 'E') {
      token.kind = Token::Kind::kFloat;
      advance();
      if (here() == '-' || here() == '+') advance();
      odd = !digits(digit);
    }
    if (here() == 'f' || here() == 'F') {
      token.kind = Token::Kind::kFloat;
      advance();
    }
  }

  // A date, a time, a word that begins with a digit: taken whole, so that it is one mistake.
  for (; odd_goes_on("-+:/."); odd = true) advance();
  if (here() == '.') {
    odd = true;
    advance();
  }
  if (odd) token.kind = Token::Kind::kOdd;
}

void TextScanner::scan_word(Token& token) {
  token.kind = Token::Kind::kWord;
  while (letter(here()) || digit(here())) advance();
  for (; odd_goes_on("-+/."); token.kind = Token::Kind::kOdd) advance();
}

// Whether what directly follows a number or word belongs to it: a letter or digit of any alphabet,
// or one of the joints with a letter or digit behind it.
bool TextScanner::odd_goes_on(std::string_view joints) const {
  if (done()) return false;
  if (letter(here()) || digit(here())) return true;
  if (static_cast<unsigned char>(here()) >= 0x80) return utf8_length(text_.substr(pos_)) > 0;
  return joints.find(here()) != std::string_view::npos && (letter(after(1)) || digit(after(1)));
}

void TextScanner::scan_string(Token& token) {
  token.kind = Token::Kind::kString;
  const std::size_t start = pos_;
  const char quote = here();
  const auto fault = [&](const char* what) {
    if (token.fault != nullptr) return;
    token.fault = what;
    token.fault_at = spot_;
  };
  for (advance(); !done() && here() != '\n';) {
    if (here() == quote) return advance();
    if (here() == '\0') fault(kNul);
    if (here() == '\\') {
      if (const char* what = escape_fault(); what != nullptr) fault(what);
      advance();
      if (!done() && here() != '\n') advance();
      continue;
    }
    const std::size_t length = utf8_length(text_.substr(pos_));
    if (length == 0) fault(kNotUtf8);
    advance(std::max<std::size_t>(length, 1));
  }
  end_broken_string(token, start);
}

// What is wrong with the escape at hand.
const char* TextScanner::escape_fault() const {
  const char c = after(1);
  const auto hex_from = [&](std::size_t first, std::size_t last) {
    for (std::size_t i = first; i <= last; ++i)
      if (!hex(after(i))) return false;
    return true;
  };
  if (octal(c) || std::string_view("abfnrtv\\?'\"").find(c) != std::string_view::npos)
    return nullptr;
  if (c == 'x') return hex(after(2)) ? nullptr : "\\x needs a hexadecimal digit";
  if (c == 'u') return hex_from(2, 5) ? nullptr : "\\u needs four hexadecimal digits";
  if (c != 'U') return "no such escape; a backslash itself is written \\\\";
  const bool in_range = after(2) == '0' && after(3) == '0' && hex_from(4, 9) &&
                        (after(4) == '0' || (after(4) == '1' && after(5) == '0'));
  return in_range ? nullptr : "\\U needs eight hexadecimal digits, at most 0010ffff";
}

// A string that its line ends before its quote. Braces at the end of the line that nothing before
// them opened were hardly meant to be in it; left outside, they keep the rest of the text in its
// place.
void TextScanner::end_broken_string(Token& token, std::size_t start) {
  const std::string_view line = text_.substr(start, pos_ - start);
  auto opened = std::count(line.begin(), line.end(), '{');
  auto closed = std::count(line.begin(), line.end(), '}');
  std::size_t length = line.size();
  for (std::size_t i = line.size(); i > 1 && closed > opened; --i) {
    if (line[i - 1] == '}') {
      --closed;
      length = i - 1;
    } else if (!space(line[i - 1])) {
      break;
    }
  }
  pos_ = start;
  spot_ = token.at;
  token.fault = "the string is not closed before its line ends";
  token.fault_at = token.at;
  advance(length);
}

void TextScanner::scan_symbol() {
  if (printable(here())) return advance();
  // Whatever cannot be read is one token as far as it goes.
  while (!done() && !printable(here()) && !space(here()))
    advance(std::max<std::size_t>(utf8_length(text_.substr(pos_)), 1));
}

std::size_t utf8_length(std::string_view text) {
  if (text.empty()) return 0;
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xC0) != 0x80) return 0;
  // Longer than needed, surrogates, beyond U+10FFFF.
  const unsigned char second = byte(1);
  if ((first == 0xE0 && second < 0xA0) || (first == 0xED && second >= 0xA0)) return 0;
  if ((first == 0xF0 && second < 0x90) || (first == 0xF4 && second >= 0x90)) return 0;
  return length;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace racked
