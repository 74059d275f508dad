#include "syntax.h"

#include "findings.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

namespace racked {
namespace {

using Kind = Written::Kind;

bool digit(char c) { return c >= '0' && c <= '9'; }

int hex_value(char c) {
  if (digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Four hexadecimal digits.
std::optional<unsigned> code_unit(std::string_view text) {
  if (text.size() < 4) return {};
  unsigned value = 0;
  for (const char c : text.substr(0, 4)) {
    if (hex_value(c) < 0) return {};
    value = value * 16 + static_cast<unsigned>(hex_value(c));
  }
  return value;
}

void append_utf8(unsigned code, std::string& to) {
  const auto put = [&](unsigned byte) {
    to += static_cast<char>(static_cast<unsigned char>(byte));
  };
  const auto tail = [&](unsigned shift) { put(0x80 | ((code >> shift) & 0x3F)); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | (code >> 6));
    tail(0);
  } else if (code < 0x10000) {
    put(0xE0 | (code >> 12));
    tail(6);
    tail(0);
  } else {
    put(0xF0 | (code >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

// Recursive descent over RFC 8259. Broken JSON has no good place to go on from: the first mistake
// ends it, told by `broken_`, upon which every part returns at once.
class JsonParser {
 public:
  explicit JsonParser(std::string_view text) : text_(text) {
    if (text_.starts_with("\xEF\xBB\xBF")) pos_ = 3;
  }

  SyntaxTree run() {
    tree_.form = SyntaxTree::Form::kJson;
    tree_.nodes.emplace_back();
    skip_space();
    if (here() == '{')
      value(0);
    else
      fail("expected '{'");
    skip_space();
    if (!broken_ && pos_ < text_.size()) fail("expected the end after the closing '}'");
    tree_.nodes[0].kind = Kind::kBody;
    return std::move(tree_);
  }

 private:
  char here() const { return pos_ < text_.size() ? text_[pos_] : '\0'; }
  Written& written(int node) { return tree_.nodes[static_cast<std::size_t>(node)]; }

  void advance() {
    const char c = text_[pos_++];
    if (c == '\n')
      spot_ = {spot_.line + 1, 1};
    else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80)
      ++spot_.column;
  }

  void fail(const std::string& message) {
    if (!broken_) tree_.problems.push_back({0, spot_, message});
    broken_ = true;
  }

  void expected(const char* what) {
    const bool end = pos_ >= text_.size();
    const std::size_t length = end ? 0 : std::max<std::size_t>(1, utf8_length(text_.substr(pos_)));
    fail(std::string("expected ") + what + ", found " +
         (end ? "the end" : in_quotes(text_.substr(pos_, length))));
  }

  void skip_space() {
    while (here() == ' ' || here() == '\t' || here() == '\n' || here() == '\r') advance();
  }

  int append(int parent, int& last) {
    if (tree_.nodes.size() == kMostValues)
      fail("more than 2 million values; the rest was not read");
    const int node = static_cast<int>(tree_.nodes.size());
    tree_.nodes.emplace_back();
    (last < 0 ? written(parent).first : written(last).next) = node;
    last = node;
    return node;
  }

  void value(int node) {
    written(node).value_at = spot_;
    const std::size_t start = pos_;
    switch (here()) {
      case '{': return collection(node, Kind::kBody, '}');
      case '[': return collection(node, Kind::kList, ']');
      case '"':
        string();
        written(node).kind = Kind::kString;
        break;
      case 't':
      case 'f':
      case 'n': word(node); break;
      default:
        if (here() != '-' && !digit(here())) return expected("a value");
        return number(node);
    }
    written(node).text = text_.substr(start, pos_ - start);
  }

  void collection(int node, Kind kind, char closer) {
    written(node).kind = kind;
    if (levels_ == 2 * kMostLevels) return fail("more than 200 levels of braces and brackets");
    ++levels_;
    advance();
    skip_space();
    for (int last = -1; !broken_ && here() != closer;) {
      if (last >= 0) {
        if (here() != ',') return expected(closer == '}' ? "',' or '}'" : "',' or ']'");
        advance();
        skip_space();
      }
      const int child = append(node, last);
      if (kind == Kind::kBody) key(child);
      if (!broken_) value(child);
      skip_space();
    }
    if (!broken_) advance();
    --levels_;
  }

  void key(int node) {
    written(node).name_at = spot_;
    if (here() != '"') return expected("a field name in double quotes");
    const std::size_t start = pos_;
    string();
    std::string_view name = text_.substr(start, pos_ - start);
    if (broken_) return;
    if (name.find('\\') != std::string_view::npos)
      name = tree_.names.emplace_back(decoded_json(name));
    else
      name = name.substr(1, name.size() - 2);
    written(node).name = name;
    skip_space();
    if (here() != ':') return expected("':'");
    written(node).colon = true;
    advance();
    skip_space();
  }

  void string() {
    advance();
    while (!broken_ && here() != '"') {
      if (pos_ >= text_.size()) return fail("the string is never closed");
      if (static_cast<unsigned char>(here()) < 0x20)
        return fail("a control character or line end inside a string; write it as an escape");
      if (here() == '\\') {
        escape();
        continue;
      }
      const std::size_t length = utf8_length(text_.substr(pos_));
      if (length == 0) return fail("a byte that is not UTF-8");
      for (std::size_t i = 0; i < length; ++i) advance();
    }
    if (!broken_) advance();
  }

  void escape() {
    const char c = pos_ + 1 < text_.size() ? text_[pos_ + 1] : '\0';
    if (c == 'u' && !code_unit(text_.substr(pos_ + 2)))
      return fail("\\u needs four hexadecimal digits");
    if (c == '\0' || std::string_view("\"\\/bfnrtu").find(c) == std::string_view::npos)
      return fail("no such escape; a backslash itself is written \\\\");
    advance();
    advance();
  }

  void word(int node) {
    const std::string_view rest = text_.substr(pos_);
    for (const std::string_view known : {"true", "false", "null"}) {
      if (!rest.starts_with(known)) continue;
      for (std::size_t i = 0; i < known.size(); ++i) advance();
      written(node).kind = Kind::kWord;
      return;
    }
    expected("a value");
  }

  void number(int node) {
    if (here() == '-') {
      written(node).negative = true;
      advance();
    }
    const std::size_t start = pos_;
    const auto digits = [this] {
      if (!digit(here())) expected("a digit");
      while (digit(here())) advance();
    };
    written(node).kind = Kind::kInteger;
    const bool zero = here() == '0';
    digits();
    if (zero && pos_ > start + 1) return fail("a number cannot begin with 0 here");
    if (here() == '.') {
      written(node).kind = Kind::kFloat;
      advance();
      digits();
    }
    if (here() == 'e' || here() == 'E') {
      written(node).kind = Kind::kFloat;
      advance();
      if (here() == '-' || here() == '+') advance();
      digits();
    }
    written(node).text = text_.substr(start, pos_ - start);
  }

  std::string_view text_;
  std::size_t pos_ = 0;
  Written::Spot spot_{1, 1};
  SyntaxTree tree_;
  int levels_ = 0;
  bool broken_ = false;
};

}  // namespace

SyntaxTree parse_json(std::string_view text) { return JsonParser(text).run(); }

std::string decoded_json(std::string_view text) {
  constexpr std::string_view kLetters = "bfnrt";
  constexpr std::string_view kMeanings = "\b\f\n\r\t";
  std::string value;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    if (text[i] != '\\') {
      value += text[i];
      continue;
    }
    const char c = text[++i];
    if (c != 'u') {
      const std::size_t letter = kLetters.find(c);
      value += letter == std::string_view::npos ? c : kMeanings[letter];
      continue;
    }
    // Two surrogates are one character; one alone is left as it is and fails the test for UTF-8.
    unsigned code = *code_unit(text.substr(i + 1));
    i += 4;
    if (code >= 0xD800 && code < 0xDC00 && text.substr(i + 1).starts_with("\\u")) {
      const unsigned low = *code_unit(text.substr(i + 3));
      if (low >= 0xDC00 && low < 0xE000) {
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        i += 6;
      }
    }
    append_utf8(code, value);
  }
  return value;
}

}  // namespace racked
