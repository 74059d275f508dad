#pragma once

#include "options.h"

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace racked::cli {

struct CompareOptions {
  Study study;
  std::vector<std::string> variants;  ///< As written.
};

/// Questions that are asked of many runs.
struct StudyOptions {
  CompareOptions compare;
};

void add_studies(CLI::App& app, StudyOptions& options, int& code);

/// Adds the command and returns an exit code in `code` when it is called.
void add_compare(CLI::App& app, CompareOptions& options, int& code);

}  // namespace racked::cli
