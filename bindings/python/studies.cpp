#include "background.h"
#include "own_rules.h"
#include "parts.h"

#include <racked/files.h>
#include <racked/fixes.h>
#include <racked/sensitivity_study.h>

#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>

#include <memory>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <utility>

namespace racked::python {

namespace py = pybind11;

namespace {

SensitivityMethod method_of(const std::string& text) {
  for (const auto method :
       {SensitivityMethod::tornado, SensitivityMethod::morris, SensitivityMethod::sobol})
    if (name(method) == text) return method;
  throw std::invalid_argument("there is no method '" + text +
                              "'; there are tornado, morris and sobol");
}

Background<SensitivityStudy> begin_sensitivity(std::shared_ptr<Model> model,
                                               const std::string& milestone,
                                               const std::string& method, std::size_t size,
                                               std::uint64_t seed, unsigned threads,
                                               const py::object& own) {
  const SensitivityMethod how = method_of(method);
  std::stop_source stop;
  const auto policies = std::make_shared<Policies>(policies_of(own, model, stop.get_token()));
  const bool own_rules = !own.is_none();
  return {stop, [=](const Background<SensitivityStudy>::Tell& tell) {
            ExperimentOptions options;
            options.seed = seed;
            options.threads = threads;
            if (own_rules) options.policies = policies.get();
            options.on_progress = tell;
            return study_sensitivity(*model, milestone, how, size, options);
          }};
}

Background<FixTable> begin_fixes(const std::shared_ptr<ScenarioFile>& scenario,
                                 const std::string& milestone, double shorter, double larger,
                                 std::size_t most, const FixPrices& prices, std::uint64_t seed,
                                 std::uint64_t first, std::uint64_t last, unsigned threads) {
  return {std::stop_source(), [=](const Background<FixTable>::Tell& tell) {
            ExperimentOptions options;
            options.seed = seed;
            options.first = first;
            options.last = last;
            options.threads = threads;
            options.on_progress = tell;
            return value_of_fixes(*scenario, milestone, {shorter, larger}, most, options, prices);
          }};
}

}  // namespace

void add_studies(py::module_& module) {
  using Release = py::call_guard<py::gil_scoped_release>;
  py::class_<SensitivityStudy, std::shared_ptr<SensitivityStudy>>(module, "SensitivityStudy")
      .def("json", &sensitivity_json)
      .def("write", &write_sensitivity, py::arg("directory"), Release());
  add_background<SensitivityStudy>(module, "SensitivityJob")
      .def(py::init(&begin_sensitivity), py::arg("model"), py::arg("milestone"), py::arg("method"),
           py::arg("size"), py::arg("seed"), py::arg("threads"), py::arg("policies"));
  py::class_<FixTable, std::shared_ptr<FixTable>>(module, "FixTable")
      .def("json", &fixes_json)
      .def("write", &write_fixes, py::arg("directory"), Release());
  add_background<FixTable>(module, "FixesJob")
      .def(py::init(&begin_fixes), py::arg("scenario"), py::arg("milestone"), py::arg("shorter"),
           py::arg("larger"), py::arg("most"), py::arg("prices"), py::arg("seed"), py::arg("first"),
           py::arg("last"), py::arg("threads"));
}

}  // namespace racked::python
