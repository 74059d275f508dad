#include "parts.h"

#include <racked/files.h>
#include <racked/model.h>

#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>

#include <memory>
#include <utility>

namespace racked::python {

namespace py = pybind11;

namespace {

using Edits = std::vector<std::pair<std::string, std::string>>;

// With all that is wrong, that of meaning included, unless it can be read.
std::shared_ptr<ScenarioFile> checked(ScenarioFile file) {
  if (!file.problems.empty()) make_model(file);
  return std::make_shared<ScenarioFile>(std::move(file));
}

std::shared_ptr<ScenarioFile> changed(ScenarioFile file,
                                      const std::vector<std::filesystem::path>& overlays,
                                      const Edits& edits) {
  for (const std::filesystem::path& overlay : overlays) merge_overlay(file, read_scenario(overlay));
  for (const auto& [path, value] : edits) apply_edit(file, {path, value});
  return checked(std::move(file));
}

}  // namespace

void add_scenario(py::module_& module) {
  py::class_<ScenarioFile, std::shared_ptr<ScenarioFile>>(module, "Scenario")
      .def_property_readonly("name", [](const ScenarioFile& file) { return file.scenario.name(); })
      .def_property_readonly("title",
                             [](const ScenarioFile& file) { return file.scenario.title(); })
      .def_property_readonly("hash",
                             [](const ScenarioFile& file) { return scenario_hash(file.scenario); })
      .def("to_bytes",
           [](const ScenarioFile& file) { return py::bytes(file.scenario.SerializeAsString()); })
      .def("to_text", [](const ScenarioFile& file) { return print_scenario(file.scenario); });

  module.def(
      "read_file",
      [](const std::filesystem::path& path, const std::vector<std::filesystem::path>& overlays,
         const Edits& edits) {
        const py::gil_scoped_release release;
        return changed(read_scenario(path), overlays, edits);
      },
      py::arg("path"), py::arg("overlays"), py::arg("edits"));
  module.def(
      "read_text",
      [](const std::string& text, const std::string& name,
         const std::vector<std::filesystem::path>& overlays, const Edits& edits) {
        const py::gil_scoped_release release;
        return changed(parse_scenario(text, name), overlays, edits);
      },
      py::arg("text"), py::arg("name"), py::arg("overlays"), py::arg("edits"));
  module.def(
      "read_bytes",
      [](const std::string& bytes, const std::string& name, bool binary,
         const std::vector<std::filesystem::path>& overlays, const Edits& edits) {
        const py::gil_scoped_release release;
        return changed(binary ? parse_binary(bytes, name) : parse_bytes(bytes, name), overlays,
                       edits);
      },
      py::arg("bytes"), py::arg("name"), py::arg("binary"), py::arg("overlays"), py::arg("edits"));
}

}  // namespace racked::python
