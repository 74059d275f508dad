#pragma once

#include "options.h"

#include <racked/fixes.h>
#include <racked/sensitivity_study.h>

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace racked::cli {

struct CompareOptions {
  Study study;
  std::vector<std::string> variants;  ///< As written.
  bool select = false;                ///< The best of all, instead of differences.
  std::string milestone;              ///< Of a selection.
  double probability = 0.95;
  double indifference_days = 1;
  bool replications_given = false;
};

struct SensitivityOptions {
  Study study;  ///< `last`: the size of the method.
  std::string milestone;
  SensitivityMethod method = SensitivityMethod::tornado;
};

struct FixesOptions {
  Study study;
  std::string milestone;
  FixSize size;
  std::size_t most = 30;
  FixPrices prices;
};

/// Questions that are asked of many runs.
struct StudyOptions {
  CompareOptions compare;
  SensitivityOptions sensitivity;
  FixesOptions fixes;
};

void add_studies(CLI::App& app, StudyOptions& options, int& code);

// Each adds its command, which returns an exit code in `code` when it is called.
void add_compare(CLI::App& app, CompareOptions& options, int& code);
void add_sensitivity(CLI::App& app, SensitivityOptions& options, int& code);
void add_fixes(CLI::App& app, FixesOptions& options, int& code);

}  // namespace racked::cli
