#include "studies.h"

namespace racked::cli {

void add_studies(CLI::App& app, StudyOptions& options, int& code) {
  add_compare(app, options.compare, code);
}

}  // namespace racked::cli
