#include "syntax.h"

#include "findings.h"
#include "text_scanner.h"

#include <google/protobuf/io/tokenizer.h>

#include <utility>

namespace racked {
namespace {

using Kind = Written::Kind;

std::string named(const Token& token) {
  if (token.kind == Token::Kind::kEnd) return "the end";
  return in_quotes(token.text);
}

// Recursive descent over the grammar `name [:] value [,;]`. A level of recursion is a level of
// braces.
class TextParser {
 public:
  explicit TextParser(std::string_view text) : scanner_(text) {}

  SyntaxTree run() {
    tree_.nodes.emplace_back();
    tree_.nodes[0].kind = Kind::kBody;
    advance();
    advance();
    fields(0, '\0');
    return std::move(tree_);
  }

 private:
  // Tokens.

  bool at(char symbol) const { return token_.is(symbol); }
  bool at_end() const { return token_.kind == Token::Kind::kEnd; }
  bool at_closer() const { return at('}') || at('>'); }
  bool at_opener() const { return at('{') || at('<'); }
  bool at_word() const { return token_.kind == Token::Kind::kWord; }

  // Whether the word at hand begins a field: in text that is broken, the best sign of where to go
  // on.
  bool at_field() const {
    return at_word() && (ahead_.is(':') || ahead_.is('{') || ahead_.is('<') || ahead_.is('='));
  }
  bool at_value() const {
    switch (token_.kind) {
      case Token::Kind::kEnd: return false;
      case Token::Kind::kSymbol: return at('-') || at('[') || at_opener();
      default: return !at_field();
    }
  }

  void advance() {
    token_ = ahead_;
    if (!stopped_) ahead_ = scanner_.next();
    if (token_.comment_fault != nullptr) problem(0, token_.comment_fault_at, token_.comment_fault);
  }

  void problem(int inside, Written::Spot where, std::string message) {
    if (stopped_) return;
    tree_.problems.push_back({inside, where, std::move(message)});
    if (tree_.problems.size() > kMostProblems) stop();
  }

  // Behaves as if the text ended here.
  void stop() {
    stopped_ = true;
    token_ = ahead_ = Token{};
  }

  int append(int parent, int& last) {
    if (tree_.nodes.size() == kMostValues) {
      problem(0, token_.at, "more than 2 million values; the rest was not read");
      stop();
    }
    const int node = static_cast<int>(tree_.nodes.size());
    tree_.nodes.emplace_back();
    (last < 0 ? tree_.nodes[static_cast<std::size_t>(parent)].first : written(last).next) = node;
    last = node;
    return node;
  }

  Written& written(int node) { return tree_.nodes[static_cast<std::size_t>(node)]; }

  // Grammar.

  void fields(int parent, char closer) {
    for (int last = -1; !at_end();) {
      if (!at_closer()) {
        field(parent, last);
      } else if (closer == '\0') {
        problem(parent, token_.at, named(token_) + " closes nothing");
        advance();
      } else {
        if (!at(closer))
          problem(parent, token_.at,
                  std::string("expected '") + closer + "', found " + named(token_));
        return advance();
      }
    }
    if (closer != '\0') {
      written(parent).closed = false;
      problem(parent, written(parent).value_at,
              closer == '}' ? "'{' is never closed" : "'<' is never closed");
    }
  }

  void field(int parent, int& last) {
    if (!at_word() && !at('[')) return stray(parent);
    const int node = append(parent, last);
    written(node).name_at = token_.at;
    if (at('[')) {
      written(node).name = extension_name(node);
    } else {
      written(node).name = token_.text;
      advance();
    }

    // Between name and value.
    if (at(':')) {
      written(node).colon = true;
      advance();
    } else if (at('=')) {
      problem(node, token_.at, "write ':' instead of '='");
      written(node).colon = true;
      advance();
    } else if (!at_opener() && !at('[') && at_value()) {
      problem(node, token_.at, "':' is missing after " + in_quotes(written(node).name));
      written(node).colon = true;
    }
    value(node);
    if (at(',') || at(';')) advance();
  }

  std::string_view extension_name(int node) {
    const char* begin = token_.text.data();
    Written::Spot opened = token_.at;
    while (!at_end() && !at(']') && !at_closer() && !at_opener() && !at(':')) advance();
    if (!at(']')) {
      problem(node, opened, "'[' is never closed");
      return {begin, 1};
    }
    const std::string_view name(begin, static_cast<std::size_t>(token_.text.data() + 1 - begin));
    advance();
    return name;
  }

  void value(int node) {
    written(node).value_at = token_.at;
    if (at_opener()) return body(node);
    if (at('[')) return list(node);
    if (token_.kind == Token::Kind::kString) return strings(node);
    if (at('-')) {
      written(node).negative = true;
      advance();
    }
    const bool in_list = written(node).name.empty();
    if (at_word() && (in_list || !at_field())) return scalar(node, Kind::kWord);
    if (token_.kind == Token::Kind::kInteger) return scalar(node, Kind::kInteger);
    if (token_.kind == Token::Kind::kFloat) return scalar(node, Kind::kFloat);
    if (token_.kind == Token::Kind::kOdd) return scalar(node, Kind::kOdd);

    // No value: either it was left out, or something stands there that is none.
    if (in_list && (at_end() || at_closer() || at(',') || at(']')))
      return problem(node, token_.at, "a value is missing here");
    if (at_end() || at_closer() || at(',') || at(';') || at_word())
      return problem(node, written(node).name_at, "the value is missing");
    problem(node, token_.at, "expected a value, found " + named(token_) + quote_hint());
    if (in_list)
      advance();
    else
      recover();
  }

  void scalar(int node, Kind kind) {
    written(node).kind = kind;
    written(node).text = token_.text;
    advance();
  }

  void strings(int node) {
    const char* begin = token_.text.data();
    const char* end = begin;
    bool sound = true;
    for (; token_.kind == Token::Kind::kString; advance()) {
      if (token_.fault != nullptr) problem(node, token_.fault_at, token_.fault);
      sound = sound && token_.fault == nullptr;
      end = token_.text.data() + token_.text.size();
    }
    written(node).text = {begin, static_cast<std::size_t>(end - begin)};
    if (sound) written(node).kind = Kind::kString;
  }

  void body(int node) {
    written(node).kind = Kind::kBody;
    if (levels_ == kMostLevels) {
      problem(node, token_.at, "more than 100 levels of braces; deeper ones are not read");
      return skip_braces();
    }
    const char closer = at('{') ? '}' : '>';
    advance();
    ++levels_;
    fields(node, closer);
    --levels_;
  }

  void list(int node) {
    const Written::Spot opened = token_.at;
    written(node).kind = Kind::kList;
    advance();
    if (at(']')) return advance();
    for (int last = -1;;) {
      element(node, last);
      if (at(']')) return advance();
      if (at(',')) {
        advance();
      } else if (at_end() || at_closer() || at_field()) {
        return problem(node, opened, "'[' is never closed");
      } else if (at_value()) {
        problem(node, token_.at, "',' is missing before " + named(token_));
      } else {
        problem(node, token_.at, "expected ',' or ']', found " + named(token_) + quote_hint());
        advance();
      }
    }
  }

  void element(int parent, int& last) {
    const int node = append(parent, last);
    if (!at('[')) return value(node);
    written(node).value_at = token_.at;
    problem(node, token_.at, "a list cannot hold lists");
    while (!at_end() && !at(']') && !at_closer()) advance();
    if (at(']')) advance();
  }

  // Recovery.

  void stray(int parent) {
    const bool separator = at(',') || at(';');
    problem(parent, token_.at,
            (separator ? "one separator too many: " : "expected a field name, found ") +
                named(token_) + quote_hint());
    if (separator) return advance();
    recover();
  }

  // Goes on to the next thing that looks like a field of this body, or to its end.
  void recover() {
    while (!at_end() && !at_closer() && !at_field()) {
      if (at_opener())
        skip_braces();
      else
        advance();
    }
  }

  void skip_braces() {
    std::size_t open = 0;
    do {
      if (at_opener()) ++open;
      if (at_closer()) --open;
      advance();
    } while (open > 0 && !at_end());
  }

  std::string quote_hint() const {
    for (const std::string_view quote : {"“", "”", "„", "‘", "’"})
      if (token_.text.starts_with(quote)) return "; strings stand in straight quotes";
    return {};
  }

  TextScanner scanner_;
  Token token_, ahead_;
  SyntaxTree tree_;
  int levels_ = 0;
  bool stopped_ = false;
};

// The next piece of strings in a row, with its quotes; moves past it.
std::string next_piece(std::string_view& rest) {
  while (rest.front() != '"' && rest.front() != '\'')
    rest.remove_prefix(rest.front() == '#' ? rest.find('\n') : 1);
  std::size_t end = 1;
  while (rest[end] != rest.front()) end += rest[end] == '\\' ? 2 : 1;
  const std::string piece(rest.substr(0, end + 1));
  rest.remove_prefix(end + 1);
  return piece;
}

}  // namespace

SyntaxTree parse_text(std::string_view text) { return TextParser(text).run(); }

std::string decoded_text(std::string_view text) {
  std::string value;
  while (!text.empty())
    google::protobuf::io::Tokenizer::ParseStringAppend(next_piece(text), &value);
  return value;
}

}  // namespace racked
