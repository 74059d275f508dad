#include "own_rules.h"

#include "records.h"

#include <pybind11/stl.h>

#include <stdexcept>
#include <string>
#include <utility>

namespace racked::python {

namespace {

/// A function of Python that any thread may hold and let go.
using Callable = std::shared_ptr<const py::object>;

Callable callable(const py::object& function) {
  if (function.is_none()) return nullptr;
  return {new py::object(function), [](const py::object* held) {
            const py::gil_scoped_acquire lock;
            delete held;
          }};
}

/// The timeline so far, for as long as a policy looks at it. Its arrays are copies: the memory
/// moves on when the policy has answered.
struct TimelineSoFar {
  const Timeline* timeline = nullptr;
  const Timeline& get() const {
    if (timeline == nullptr)
      throw std::runtime_error("the timeline of a policy is gone once the policy has answered");
    return *timeline;
  }
};

template <class T>
auto copied(std::vector<T> Timeline::*member) {
  return [member](const TimelineSoFar& self) {
    const std::vector<T>& values = self.get().*member;
    return py::array(format_of<T>(), static_cast<py::ssize_t>(values.size()), values.data());
  };
}

struct WaitingTask {
  std::shared_ptr<const Model> model;
  Policies::Waiting waiting;
};

// Answers of Python become answers of ours, and its exceptions ours.
template <class Call>
auto in_python(const std::stop_token& stop, Call call) {
  if (stop.stop_requested()) throw std::runtime_error("stopped");
  const py::gil_scoped_acquire lock;
  try {
    return call();
  } catch (const py::error_already_set& error) {
    throw std::runtime_error(std::string("policy: ") + error.what());
  } catch (const py::cast_error&) {
    throw std::runtime_error("policy: its answer is not a number of the right kind");
  }
}

}  // namespace

Policies policies_of(const py::object& own, std::shared_ptr<const Model> model,
                     std::stop_token stop) {
  Policies policies;
  if (own.is_none()) return policies;
  policies.name = own.attr("name").cast<std::string>();
  const Callable shown_model = callable(own.attr("model"));
  if (const Callable rule = callable(own.attr("dispatch"))) {
    policies.dispatch = [rule, shown_model, model, stop](const Model&, const Timeline& timeline,
                                                         const Policies::Waiting& waiting) {
      return in_python(stop, [&] {
        TimelineSoFar so_far{&timeline};
        const py::object shown = py::cast(&so_far, py::return_value_policy::copy);
        const auto forget = [&] { shown.cast<TimelineSoFar&>().timeline = nullptr; };
        try {
          const auto key = (*rule)(*shown_model, shown, WaitingTask{model, waiting}).cast<double>();
          forget();
          return key;
        } catch (...) {
          forget();
          throw;
        }
      });
    };
  }
  if (const Callable rule = callable(own.attr("allocate"))) {
    policies.allocate = [rule, shown_model, stop](const Model& own_model, const SupplyLine& line,
                                                  std::span<const double> given) {
      return in_python(stop, [&] {
        const auto row = static_cast<std::size_t>(&line - &*own_model.supply_lines.begin());
        py::tuple so_far(given.size());
        for (std::size_t i = 0; i < given.size(); ++i) so_far[i] = py::float_(given[i]);
        return (*rule)(*shown_model, row, so_far).cast<std::size_t>();
      });
    };
  }
  return policies;
}

void add_own_rules(py::module_& module) {
  py::class_<TimelineSoFar>(module, "TimelineSoFar")
      .def_property_readonly("task_runs", copied(&Timeline::task_runs))
      .def_property_readonly("goods", copied(&Timeline::goods))
      .def_property_readonly("energisations", copied(&Timeline::energisations))
      .def_property_readonly("lots", copied(&Timeline::lots))
      .def_property_readonly("racks", copied(&Timeline::racks))
      .def_property_readonly("replication",
                             [](const TimelineSoFar& self) { return self.get().replication; });
  py::class_<WaitingTask>(module, "Waiting")
      .def_property_readonly("task",
                             [](const WaitingTask& self) { return self.waiting.task.index(); })
      .def_property_readonly(
          "name", [](const WaitingTask& self) { return self.model->tasks[self.waiting.task].name; })
      .def_property_readonly(
          "ready",
          [](const WaitingTask& self) { return self.waiting.ready.time_since_epoch().count(); })
      .def_property_readonly("now", [](const WaitingTask& self) {
        return self.waiting.now.time_since_epoch().count();
      });
}

}  // namespace racked::python
