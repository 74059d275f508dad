#include "parts.h"

#include <racked/version.h>

#include <string>

// The compiled half of the package: values of the library as Python holds them. What can be said in
// Python stands in the package's own files.
PYBIND11_MODULE(_racked, module) {
  using namespace racked::python;
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
  add_report(module);
  add_arrow(module);
  add_kernel(module);
}
