#include "own_rules.h"
#include "parts.h"

#include <racked/audit.h>
#include <racked/simulation.h>

#include <pybind11/stl.h>

#include <memory>
#include <optional>

namespace racked::python {

namespace py = pybind11;

namespace {

/// A simulation with all that it looks at.
class OwnSimulation {
 public:
  OwnSimulation(std::shared_ptr<const Model> model, std::uint64_t seed, std::uint64_t replication,
                const py::object& own)
      : model_(std::move(model)),
        policies_(std::make_shared<const Policies>(policies_of(own, model_))),
        simulation_(*model_, seed, replication, *policies_) {}

  std::int64_t now() const { return simulation_.now().time_since_epoch().count(); }
  void run_until(std::int64_t time) { simulation_.run_until(des::Time(des::Duration(time))); }
  void run() { simulation_.run(); }
  void continue_by(std::shared_ptr<const Model> model) {
    simulation_.continue_by(*model);
    before_ = std::exchange(model_, std::move(model));
  }
  void draw_future(std::uint64_t future) { simulation_.draw_future(future); }
  std::shared_ptr<Timeline> timeline() const {
    return std::make_shared<Timeline>(simulation_.timeline());
  }

 private:
  std::shared_ptr<const Model> model_, before_;
  std::shared_ptr<const Policies> policies_;
  Simulation simulation_;
};

}  // namespace

void add_simulation(py::module_& module) {
  add_own_rules(module);
  using Release = py::call_guard<py::gil_scoped_release>;
  py::class_<OwnSimulation>(module, "Simulation")
      .def(py::init<std::shared_ptr<Model>, std::uint64_t, std::uint64_t, py::object>(),
           py::arg("model"), py::arg("seed") = 0, py::arg("replication") = 0,
           py::arg("policies") = py::none())
      .def_property_readonly("now", &OwnSimulation::now)
      .def("run_until", &OwnSimulation::run_until, py::arg("time"), Release())
      .def("run", &OwnSimulation::run, Release())
      .def("continue_by", &OwnSimulation::continue_by, py::arg("model"), Release())
      .def("draw_future", &OwnSimulation::draw_future, py::arg("future"), Release())
      .def("timeline", &OwnSimulation::timeline, Release())
      .def(
          "copy", [](const OwnSimulation& self) { return OwnSimulation(self); }, Release());

  module.def(
      "simulate",
      [](const std::shared_ptr<Model>& model, std::uint64_t seed, std::uint64_t replication,
         const py::object& own) {
        const Policies policies = policies_of(own, model);
        const py::gil_scoped_release release;
        Simulation simulation(*model, seed, replication, policies);
        simulation.run();
        return std::make_shared<Timeline>(simulation.timeline());
      },
      py::arg("model"), py::arg("seed"), py::arg("replication"), py::arg("policies"));

  py::class_<Finding>(module, "Finding")
      .def_readonly("rule", &Finding::rule)
      .def_readonly("message", &Finding::message)
      .def("__repr__", [](const Finding& finding) {
        return "<racked.Finding " + finding.rule + ": " + finding.message + ">";
      });
  module.def("audit", &audit, py::arg("model"), py::arg("timeline"), Release());
}

}  // namespace racked::python
