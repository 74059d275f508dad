#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// Text that is safe to stand in a page.
namespace racked::report {

/// Text as content of HTML or as a value of an attribute in double quotes. Bytes that are not
/// UTF-8, and characters that a page may not hold, become U+FFFD.
std::string escaped(std::string_view text);

/// JSON as content of a script element: the same value, without a character that could end it.
std::string inert(std::string_view json);

/// At most `length` characters, "…" in place of what is left out.
std::string shortened(std::string_view text, std::size_t length);

}  // namespace racked::report
