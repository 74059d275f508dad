#include "terminal.h"

#include <cerrno>
#include <cstdio>
#include <system_error>

namespace racked::cli {
namespace {

bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

}  // namespace

void print(std::string_view text) {
  errno = 0;
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if (!written || std::fflush(stdout) != 0)
    throw std::system_error(errno != 0 ? errno : EIO, std::generic_category(), "standard output");
}

void say(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stderr); }

void say_problems(const std::vector<Problem>& problems) {
  for (const Problem& problem : problems) say(to_string(problem) + "\n");
  say(counted(problems.size(), "problem") + "\n");
}

std::string grouped(std::uint64_t number) {
  const std::string digits = std::to_string(number);
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
}

std::string counted(std::uint64_t number, std::string_view noun, std::string_view plural) {
  std::string text = grouped(number) + " ";
  if (number == 1) return text.append(noun);
  return plural.empty() ? text.append(noun).append("s") : text.append(plural);
}

std::string fitted(std::string_view text, std::size_t width) {
  std::size_t characters = 0, last = 0, end = 0;
  for (; end < text.size(); ++end) {
    if (!begins_character(text[end])) continue;
    if (characters == width) break;
    last = end;
    ++characters;
  }
  if (end < text.size()) return std::string(text.substr(0, last)) + "…";
  return std::string(text) + std::string(width - characters, ' ');
}

std::string fitted_end(std::string_view text, std::size_t width) {
  std::size_t characters = 0, from = text.size();
  while (from > 0 && characters < width) characters += begins_character(text[--from]);
  if (from == 0) return fitted(text, width);
  // One character makes room for the dots.
  do ++from;
  while (from < text.size() && !begins_character(text[from]));
  return "…" + std::string(text.substr(from));
}

}  // namespace racked::cli
