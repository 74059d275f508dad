#pragma once

#include <racked/problem.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace racked::cli {

/// Writes to standard output. std::system_error when nobody takes it (a closed pipe, a full disk).
void print(std::string_view text);

/// Writes to standard error; failure is ignored, for there is nowhere left to tell of it.
void say(std::string_view text);

/// All problems, one per line, and how many.
void say_problems(const std::vector<Problem>& problems);

/// "1,234,567".
std::string grouped(std::uint64_t number);

/// "3 problems", "1 problem"; `plural` where an s does not make it.
std::string counted(std::uint64_t number, std::string_view noun, std::string_view plural = {});

/// At most `width` characters of UTF-8 text, "…" in place of what is left out, spaces up to it.
std::string fitted(std::string_view text, std::size_t width);

/// The same with "…" in place of its begin; for paths, whose end says most.
std::string fitted_end(std::string_view text, std::size_t width);

}  // namespace racked::cli
