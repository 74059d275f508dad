#pragma once

#include <pybind11/pybind11.h>

/// The parts of the module; each adds its classes and functions.
namespace racked::python {

void add_errors(pybind11::module_& module);
void add_scenario(pybind11::module_& module);
void add_model(pybind11::module_& module);
void add_timeline(pybind11::module_& module);
void add_simulation(pybind11::module_& module);
void add_results(pybind11::module_& module);
void add_experiment(pybind11::module_& module);
void add_comparison(pybind11::module_& module);
void add_studies(pybind11::module_& module);
void add_report(pybind11::module_& module);
void add_arrow(pybind11::module_& module);
void add_kernel(pybind11::module_& module);

}  // namespace racked::python
