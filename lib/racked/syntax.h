#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace racked {

/// One field, list element or body as it was written, before anyone asks what it means. Children
/// follow each other by `next`; -1 ends a chain.
struct Written {
  enum class Kind : std::uint8_t {
    kUnreadable,  // missing or malformed, and already reported
    kWord,        // FIFO, true, inf
    kInteger,     // 12, 0x1f, 017
    kFloat,       // 1.5, 2e3, 4f
    kOdd,     // what begins like a number or a word and is neither: 2025-01-06, 07:00, new-carlisle
    kString,  // "…", or several in a row
    kBody,    // { … }
    kList,    // [ … ]
  };
  struct Spot {
    int line = 0;
    int column = 0;
  };
  std::string_view name;  ///< Empty in lists and at the root; an extension's with its brackets.
  std::string_view text;  ///< The value as written, without a sign; of strings: with their quotes.
  Spot name_at;
  Spot value_at;
  int first = -1;
  int next = -1;
  Kind kind = Kind::kUnreadable;
  bool negative = false;
  bool colon = false;  ///< A colon stood between name and value.
  bool closed = true;  ///< Of a body: its closing brace was found.
};

/// What is wrong with the writing; `inside` is the Written that it belongs to.
struct SyntaxProblem {
  int inside;
  Written::Spot at;
  std::string message;
};

/// A text taken apart. nodes[0] is the whole. Views point into the text, which must outlive the
/// tree.
struct SyntaxTree {
  enum class Form : std::uint8_t { kText, kJson };
  Form form = Form::kText;
  std::vector<Written> nodes;
  std::vector<SyntaxProblem> problems;
  std::deque<std::string> names;  ///< JSON names that had escapes in them.
};

/// Bounds on what is taken apart: about 100 bytes of memory a value.
inline constexpr int kMostLevels = 100;
inline constexpr std::size_t kMostValues = 2'000'000;

/// Takes Protobuf's text format apart. After a mistake it goes on with the next field, so that all
/// mistakes are found; it accepts exactly what the text format does, apart from NUL bytes, bytes
/// that are not UTF-8, and a byte order mark, which is skipped. O(size).
SyntaxTree parse_text(std::string_view text);

/// Takes JSON (RFC 8259) apart; stops at the first mistake. O(size).
SyntaxTree parse_json(std::string_view text);

/// What the text of a Written of kind kString means.
std::string decoded_text(std::string_view text);
std::string decoded_json(std::string_view text);

/// Length of the UTF-8 character that `text` begins with; 0 when its first bytes are none.
std::size_t utf8_length(std::string_view text);

bool is_utf8(std::string_view text);

}  // namespace racked
