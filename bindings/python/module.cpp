#include "parts.h"

#include <racked/version.h>

#include <string>

namespace {

// The layout of dtypes changed with numpy 2; pybind11 knows both from 2.12 on, and would read
// garbage before.
void require_numpy() {
  namespace py = pybind11;
  py::object numpy;
  try {
    numpy = py::module_::import("numpy");
  } catch (const py::error_already_set&) {
    throw py::import_error("racked needs numpy, which this Python cannot import");
  }
  constexpr int kKnowsBoth = 2 * 100 + 12;
  if (PYBIND11_VERSION_MAJOR * 100 + PYBIND11_VERSION_MINOR >= kKnowsBoth) return;
  const auto version = numpy.attr("__version__").cast<std::string>();
  if (version.substr(0, 2) != "1.")
    throw py::import_error("this build of racked is for numpy 1, not " + version +
                           "; build the wheel, whose pybind11 is newer");
}

}  // namespace

// The compiled half of the package: values of the library as Python holds them. What can be said in
// Python stands in the package's own files.
PYBIND11_MODULE(_racked, module) {
  using namespace racked::python;
  require_numpy();
  module.doc() = "The library, compiled; use the package `racked`.";
  module.attr("__version__") = std::string(racked::version());
  add_errors(module);
  add_scenario(module);
  add_model(module);
  add_timeline(module);
  add_simulation(module);
  add_results(module);
  add_experiment(module);
  add_comparison(module);
  add_studies(module);
  add_report(module);
  add_arrow(module);
  add_kernel(module);
}
