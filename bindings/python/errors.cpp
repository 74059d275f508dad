#include "parts.h"

#include <racked/problem.h>

#include <pybind11/stl.h>

#include <exception>
#include <system_error>

namespace racked::python {

namespace py = pybind11;

namespace {

void set_error(py::handle type, const py::tuple& arguments) {
  PyErr_SetObject(type.ptr(), arguments.ptr());
}

// What a scenario or a file is blamed for; everything else is translated by pybind11.
void translate(std::exception_ptr exception) {
  try {
    std::rethrow_exception(exception);
  } catch (const ScenarioError& error) {
    set_error(py::module_::import("racked.errors").attr("ScenarioError"),
              py::make_tuple(error.problems()));
  } catch (const std::system_error& error) {
    set_error(PyExc_OSError, py::make_tuple(error.code().value(), error.what()));
  }
}

}  // namespace

void add_errors(py::module_& module) {
  py::class_<Problem>(module, "Problem",
                      "One thing that is wrong with a scenario: what, which field, where it was "
                      "written. str() gives `file:line:column: path: message`.")
      .def_property_readonly("file", [](const Problem& problem) { return problem.place.file; })
      .def_property_readonly(
          "line", [](const Problem& problem) { return problem.place.line; },
          "From 1; 0: not known.")
      .def_property_readonly(
          "column", [](const Problem& problem) { return problem.place.column; },
          "In characters, from 1; 0: not known.")
      .def_readonly("path", &Problem::path, "As in `campus[rainier].feeder[poi].capacity_mw`.")
      .def_readonly("message", &Problem::message, "What is wrong and what is allowed.")
      .def("__str__", [](const Problem& problem) { return to_string(problem); })
      .def("__repr__",
           [](const Problem& problem) { return "<racked.Problem " + to_string(problem) + ">"; })
      .def(py::pickle(
          [](const Problem& problem) {
            return py::make_tuple(problem.place.file, problem.place.line, problem.place.column,
                                  problem.path, problem.message);
          },
          [](const py::tuple& state) {
            return Problem{
                {state[0].cast<std::string>(), state[1].cast<int>(), state[2].cast<int>()},
                state[3].cast<std::string>(),
                state[4].cast<std::string>()};
          }));
  py::register_exception_translator(&translate);
}

}  // namespace racked::python
