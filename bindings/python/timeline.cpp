#include "parts.h"
#include "records.h"

#include <racked/chain.h>
#include <racked/timeline.h>

#include <pybind11/stl.h>

#include <memory>

namespace racked::python {

template <>
struct Format<ChainLink> {
  static py::dtype dtype() {
    return RecordFormat<ChainLink>()
        .add("kind", &ChainLink::kind)
        .add("index", &ChainLink::index)
        .add("from", &ChainLink::from)
        .add("to", &ChainLink::to)
        .dtype();
  }
};

namespace {

template <std::size_t N, class Name>
py::tuple names(Name name_of) {
  py::tuple all(N);
  for (std::size_t i = 0; i < N; ++i) all[i] = py::str(std::string(name_of(i)));
  return all;
}

/// A chain that Python can look at.
struct Chain {
  std::vector<ChainLink> links;
};

}  // namespace

void add_timeline(py::module_& module) {
  module.attr("CHARGES") =
      names<kCharges>([](std::size_t i) { return name(static_cast<Charge>(i)); });
  module.attr("SERIES") =
      names<kSeries>([](std::size_t i) { return name(static_cast<Series>(i)); });
  module.attr("ELEMENT_KINDS") =
      names<kElementKinds>([](std::size_t i) { return name(static_cast<ElementKind>(i)); });

  py::class_<Timeline, std::shared_ptr<Timeline>>(module, "Timeline")
      .def_readonly("seed", &Timeline::seed)
      .def_readonly("replication", &Timeline::replication)
      .def_readonly("events", &Timeline::events)
      .def_property_readonly("task_runs", viewed(&Timeline::task_runs))
      .def_property_readonly("goods", viewed(&Timeline::goods))
      .def_property_readonly("goods_losses", viewed(&Timeline::goods_losses))
      .def_property_readonly("energisations", viewed(&Timeline::energisations))
      .def_property_readonly("flows", viewed(&Timeline::flows))
      .def_property_readonly("lots", viewed(&Timeline::lots))
      .def_property_readonly("racks", viewed(&Timeline::racks))
      .def_property_readonly("repairs", viewed(&Timeline::repairs))
      .def_property_readonly("outages", viewed(&Timeline::outages))
      .def_property_readonly("darkness", viewed(&Timeline::darkness))
      .def_property_readonly("strikes", viewed(&Timeline::strikes))
      .def_property_readonly("lost_days", viewed(&Timeline::lost_days))
      .def_property_readonly("milestones", viewed(&Timeline::milestones))
      .def_property_readonly("charges", viewed(&Timeline::charges))
      .def_property_readonly("samples", viewed(&Timeline::samples))
      .def_property_readonly("waits", viewed(&Timeline::waits));

  py::class_<Chain, std::shared_ptr<Chain>>(module, "Chain")
      .def_property_readonly("links", viewed(&Chain::links));
  module.def("critical_chain",
             [](const Model& model, const Timeline& timeline, std::size_t milestone) {
               if (milestone >= model.milestones.size())
                 throw std::out_of_range("there is no such milestone");
               return std::make_shared<Chain>(
                   Chain{critical_chain(model, timeline, Id<Milestone>(milestone))});
             });
  module.def("element_name", [](const Model& model, std::size_t kind, std::uint32_t index) {
    return element_name(model, static_cast<ElementKind>(kind), index);
  });
}

}  // namespace racked::python
