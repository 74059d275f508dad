#include <racked/report.h>

#include "parts.h"

#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>

namespace racked::python {

namespace py = pybind11;

void add_report(py::module_& module) {
  using Release = py::call_guard<py::gil_scoped_release>;
  py::class_<Chart>(module, "Chart")
      .def_readonly("name", &Chart::name)
      .def_readonly("title", &Chart::title)
      .def_readonly("description", &Chart::description)
      .def_readonly("spec", &Chart::spec);
  module.def("report_charts", &report_charts, py::arg("results"), Release());
  module.def(
      "write_report",
      [](const Results& results, const std::filesystem::path& directory) {
        write_report(results, directory, read_explanations(directory));
      },
      py::arg("results"), py::arg("directory"), Release());
}

}  // namespace racked::python
