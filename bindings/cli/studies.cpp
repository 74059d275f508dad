#include "studies.h"

namespace racked::cli {

void add_studies(CLI::App& app, StudyOptions& options, int& code) {
  add_compare(app, options.compare, code);
  add_sensitivity(app, options.sensitivity, code);
  add_fixes(app, options.fixes, code);
}

}  // namespace racked::cli
