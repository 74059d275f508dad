#include <racked/experiment.h>
#include <racked/run_directory.h>

#include "background.h"
#include "own_rules.h"
#include "parts.h"

#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <utility>

namespace racked::python {

namespace py = pybind11;

namespace {

// What an experiment needs, for as long as it runs.
struct Experiment {
  std::shared_ptr<const Model> model, trunk;
  std::optional<std::filesystem::path> out;
  ExperimentOptions options;
  Policies policies;

  Results run_in_directory() const {
    RunDirectory directory(*out, make_results(*model, options),
                           Asked{options.first, options.last, options.audit});
    Results results = run(*model, options, directory);
    if (results.rows() > 0 || !results.failures.empty()) directory.finish(results);
    return results;
  }
};

Background<Results> begin(std::shared_ptr<const Model> model, ExperimentOptions options,
                          std::shared_ptr<const Model> trunk,
                          std::optional<std::filesystem::path> out, const py::object& own) {
  std::stop_source stop;
  const auto asked = std::make_shared<Experiment>();
  asked->model = std::move(model);
  asked->trunk = std::move(trunk);
  asked->out = std::move(out);
  asked->policies = policies_of(own, asked->model, stop.get_token());
  asked->options = std::move(options);
  asked->options.trunk = asked->trunk.get();
  if (!own.is_none()) asked->options.policies = &asked->policies;
  asked->options.stop = stop.get_token();
  return {stop, [asked](const Background<Results>::Tell& tell) {
            asked->options.on_progress = tell;
            return asked->out ? asked->run_in_directory() : run(*asked->model, asked->options);
          }};
}

}  // namespace

void add_experiment(py::module_& module) {
  py::class_<Progress>(module, "Progress")
      .def(py::init([](std::uint64_t done, std::uint64_t total, std::uint64_t failed,
                       std::uint64_t events, double elapsed) {
             Progress progress;
             progress.done = done;
             progress.total = total;
             progress.failed = failed;
             progress.events = events;
             progress.elapsed = std::chrono::duration<double>(elapsed);
             return progress;
           }),
           py::arg("done"), py::arg("total"), py::arg("failed"), py::arg("events"),
           py::arg("elapsed"))
      .def_readonly("done", &Progress::done)
      .def_readonly("total", &Progress::total)
      .def_readonly("failed", &Progress::failed)
      .def_readonly("events", &Progress::events)
      .def_property_readonly("elapsed",
                             [](const Progress& progress) { return progress.elapsed.count(); })
      .def("__repr__", [](const Progress& progress) {
        return "<racked.Progress " + std::to_string(progress.done) + " of " +
               std::to_string(progress.total) + ">";
      });

  add_background<Results>(module, "Job")
      .def(py::init([](std::shared_ptr<Model> model, std::uint64_t seed, std::uint64_t first,
                       std::uint64_t last, unsigned threads, bool audit, const py::object& own,
                       std::shared_ptr<Model> trunk, std::int64_t branch_at,
                       std::optional<std::filesystem::path> out) {
             ExperimentOptions options;
             options.seed = seed;
             options.first = first;
             options.last = last;
             options.threads = threads;
             options.audit = audit;
             options.branch_at = Date(std::chrono::days(branch_at));
             return begin(std::move(model), std::move(options), std::move(trunk), std::move(out),
                          own);
           }),
           py::arg("model"), py::arg("seed"), py::arg("first"), py::arg("last"), py::arg("threads"),
           py::arg("audit"), py::arg("policies"), py::arg("trunk"), py::arg("branch_at"),
           py::arg("out"));
}

}  // namespace racked::python
