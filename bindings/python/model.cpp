#include "parts.h"
#include "views.h"

#include <racked/critical_path.h>
#include <racked/files.h>
#include <racked/model.h>

#include <pybind11/stl.h>

#include <memory>

namespace racked::python {

template <>
struct Format<PlannedTask> {
  static py::dtype dtype() {
    return RecordFormat<PlannedTask>()
        .add("early_start", &PlannedTask::early_start)
        .add("early_finish", &PlannedTask::early_finish)
        .add("late_start", &PlannedTask::late_start)
        .add("late_finish", &PlannedTask::late_finish)
        .add("total_float", &PlannedTask::total_float)
        .add("free_float", &PlannedTask::free_float)
        .add("critical", &PlannedTask::critical)
        .dtype();
  }
};

namespace {

template <class Row>
py::tuple names(const Table<Row>& rows) {
  py::tuple all(rows.size());
  std::size_t i = 0;
  for (const Row& row : rows) all[i++] = py::str(row.name);
  return all;
}

template <class Row>
auto names_of(Table<Row> Model::*table) {
  return [table](const Model& model) { return names(model.*table); };
}

py::tuple goods_names(const Model& model) {
  py::tuple all(model.goods.size());
  std::size_t i = 0;
  for (const GoodsStock& stock : model.goods)
    all[i++] =
        py::str(model.campuses[stock.campus].name + "." + model.equipment[stock.equipment].name);
  return all;
}

}  // namespace

void add_model(py::module_& module) {
  py::class_<Model, std::shared_ptr<Model>>(module, "Model")
      .def_readonly("name", &Model::name)
      .def_readonly("title", &Model::title)
      .def_readonly("hash", &Model::hash)
      .def_property_readonly("start",
                             [](const Model& model) { return days_since_epoch(model.start); })
      .def_property_readonly(
          "horizon", [](const Model& model) { return days_since_epoch(model.horizon_date); })
      .def_property_readonly("report_dates",
                             [](const Model& model) { return dates(model.report_dates); })
      .def_property_readonly("campuses", names_of(&Model::campuses))
      .def_property_readonly("buildings", names_of(&Model::buildings))
      .def_property_readonly("halls", names_of(&Model::halls))
      .def_property_readonly("feeders", names_of(&Model::feeders))
      .def_property_readonly("tasks", names_of(&Model::tasks))
      .def_property_readonly("crews", names_of(&Model::crews))
      .def_property_readonly("orders", names_of(&Model::orders))
      .def_property_readonly("goods", &goods_names)
      .def_property_readonly("products", names_of(&Model::products))
      .def_property_readonly("deliveries", names_of(&Model::deliveries))
      .def_property_readonly("supply_lines", names_of(&Model::supply_lines))
      .def_property_readonly("drivers", names_of(&Model::drivers))
      .def_property_readonly("risk_events", names_of(&Model::risk_events))
      .def_property_readonly("weathers", names_of(&Model::weathers))
      .def_property_readonly("milestones", names_of(&Model::milestones))
      .def("shares_of", [](const Model& model, std::size_t line) {
        if (line >= model.supply_lines.size())
          throw std::out_of_range("there is no such supply line");
        py::list weights;
        for (const SupplyLine::Share& share : model.supply_lines[Id<SupplyLine>(line)].shares)
          weights.append(py::make_tuple(model.campuses[model.rack_stocks[share.stock].campus].name,
                                        share.weight));
        return weights;
      });

  py::class_<CriticalPath, std::shared_ptr<CriticalPath>>(module, "CriticalPath")
      .def_property_readonly("tasks", viewed(&CriticalPath::tasks))
      .def_property_readonly(
          "finish", [](const CriticalPath& path) { return path.finish.time_since_epoch().count(); })
      .def_property_readonly("longest", viewed(&CriticalPath::longest));

  module.def(
      "make_model",
      [](const ScenarioFile& file) { return std::make_shared<Model>(make_model(file)); },
      py::call_guard<py::gil_scoped_release>());
  module.def(
      "critical_path",
      [](const Model& model) { return std::make_shared<CriticalPath>(critical_path(model)); },
      py::call_guard<py::gil_scoped_release>());
}

}  // namespace racked::python
