#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace racked {

/// The bytes of a file. More than 64 MiB are not read in but told by `too_large`. Errors:
/// std::system_error when it cannot be read.
std::string read_bytes(const std::filesystem::path& file, bool& too_large);

/// Whether what is not white space begins with a brace.
bool looks_like_json(std::string_view text);

}  // namespace racked
