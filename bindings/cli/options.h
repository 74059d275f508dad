#pragma once

#include "commands.h"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace racked::cli {

/// What several commands take. `Study` is how a question is asked of many replications.
struct Study {
  Input input;
  std::uint64_t first = 0;
  std::uint64_t last = 100;
  std::uint64_t seed = 0;
  unsigned threads = 0;
  std::optional<std::filesystem::path> out;
  ProgressStyle progress = ProgressStyle::automatic;
  Format format = Format::table;
};

/// CLI::ValidationError when the text is no whole number.
std::uint64_t whole_number(const char* option, std::string_view text);

// Each adds options of one kind.
void add_format(CLI::App& command, Format& format);
void add_input(CLI::App& command, Input& input);
/// "N" stands for 0:N.
void add_replications(CLI::App& command, std::uint64_t& first, std::uint64_t& last,
                      const std::string& help);
void add_seed(CLI::App& command, std::uint64_t& seed);
void add_threads(CLI::App& command, unsigned& threads);
void add_progress(CLI::App& command, ProgressStyle& style);
/// All of a study; `out` says what --out writes.
void add_study(CLI::App& command, Study& study, const std::string& out);

}  // namespace racked::cli
