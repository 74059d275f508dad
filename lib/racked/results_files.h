#pragma once

#include <racked/results.h>

#include <filesystem>

namespace racked {

/// Whether the results in the folder, if any, answer to the same; as check_directory, which refuses
/// parts besides.
void check_files(const Results& results, const std::filesystem::path& directory);

/// Writes the files as write_results does, into a folder that is checked and locked. First the one
/// from which all others can be written again.
void write_files(const Results& results, const std::filesystem::path& directory);

}  // namespace racked
