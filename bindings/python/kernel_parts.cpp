#include "kernel.h"
#include "parts.h"

#include <racked/des/output_analysis.h>

#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <map>
#include <stdexcept>
#include <string>

namespace racked::python {

namespace {

using des::Distribution;
using des::RandomStream;
using des::Tally;

void add_distribution(py::module_& module) {
  py::class_<Distribution>(module, "Distribution")
      .def_static("fixed", &Distribution::fixed, py::arg("value"))
      .def_static("uniform", &Distribution::uniform, py::arg("min"), py::arg("max"))
      .def_static("triangular", &Distribution::triangular, py::arg("min"), py::arg("mode"),
                  py::arg("max"))
      .def_static("pert", &Distribution::pert, py::arg("min"), py::arg("mode"), py::arg("max"),
                  py::arg("weight") = 4.0)
      .def_static("normal", &Distribution::normal, py::arg("mean"), py::arg("sd"))
      .def_static("lognormal", &Distribution::lognormal, py::arg("median"), py::arg("sigma"))
      .def_static("lognormal_from_p90", &Distribution::lognormal_from_p90, py::arg("median"),
                  py::arg("p90"))
      .def_static("gamma", &Distribution::gamma, py::arg("shape"), py::arg("scale"))
      .def_static("weibull", &Distribution::weibull, py::arg("shape"), py::arg("scale"))
      .def_static("exponential", &Distribution::exponential, py::arg("mean"))
      .def_static("beta", &Distribution::beta, py::arg("alpha"), py::arg("beta"),
                  py::arg("min") = 0.0, py::arg("max") = 1.0)
      .def_static("empirical", &Distribution::empirical, py::arg("values"),
                  py::arg("weights") = std::vector<double>{})
      .def_static("from_quantiles", &Distribution::from_quantiles, py::arg("probabilities"),
                  py::arg("values"))
      .def_static("mixture", &Distribution::mixture, py::arg("weights"), py::arg("components"))
      .def("truncated", &Distribution::truncated, py::arg("min"), py::arg("max"))
      .def("quantile", py::vectorize(&Distribution::quantile), py::arg("u"))
      .def("cdf", py::vectorize(&Distribution::cdf), py::arg("x"))
      .def("sample", &Distribution::sample, py::arg("stream"))
      .def_property_readonly("mean", &Distribution::mean)
      .def_property_readonly("variance", &Distribution::variance)
      .def_property_readonly("min", &Distribution::min)
      .def_property_readonly("max", &Distribution::max);
}

void add_random_stream(py::module_& module) {
  py::class_<RandomStream>(module, "RandomStream")
      .def(py::init([](std::uint64_t seed, const std::string& purpose, std::uint64_t replication,
                       std::uint64_t index) {
             return RandomStream(seed, des::purpose_key(purpose), replication, index);
           }),
           py::arg("seed"), py::arg("purpose"), py::arg("replication") = 0, py::arg("index") = 0)
      .def("uniform", &RandomStream::uniform)
      .def("integer", [](RandomStream& stream) { return stream(); })
      .def(
          "integers",
          [](RandomStream& stream, std::size_t count) {
            py::array_t<std::uint64_t> numbers(static_cast<py::ssize_t>(count));
            stream.fill({numbers.mutable_data(), count});
            return numbers;
          },
          py::arg("count"))
      .def("copy", [](const RandomStream& stream) { return RandomStream(stream); });
}

void add_statistics(py::module_& module) {
  py::class_<Tally>(module, "Tally")
      .def(py::init<>())
      .def("record", &Tally::record, py::arg("value"))
      .def("merge", &Tally::merge, py::arg("other"))
      .def_property_readonly("count", &Tally::count)
      .def_property_readonly("mean", &Tally::mean)
      .def_property_readonly("variance", &Tally::variance)
      .def_property_readonly("min", &Tally::min)
      .def_property_readonly("max", &Tally::max)
      .def("half_width", &Tally::half_width, py::arg("confidence") = 0.95);

  const auto pair = [](const des::Interval& interval) {
    return py::make_tuple(interval.low, interval.high);
  };
  module.def("warm_up", &des::warm_up, py::arg("series"));
  module.def(
      "batch_means",
      [pair](const std::vector<double>& series, std::size_t batches, double confidence) {
        return pair(des::batch_means(series, batches, confidence));
      },
      py::arg("series"), py::arg("batches") = 20, py::arg("confidence") = 0.95);
  module.def(
      "quantile_interval",
      [pair](const std::vector<double>& numbers, double p, double confidence) {
        return pair(des::quantile_interval(numbers, p, confidence));
      },
      py::arg("numbers"), py::arg("p"), py::arg("confidence") = 0.95);
}

// Waits of all who asked, whether they were granted it or not.
Tally waits(Tally granted, const Tally& left) {
  granted.merge(left);
  return granted;
}

// nullptr as long as it is not made.
template <class Object>
Object* made(PyObject* self) {
  const auto place = reinterpret_cast<py::detail::instance*>(self)->get_value_and_holder();
  return place.holder_constructed() ? static_cast<Object*>(place.value_ptr()) : nullptr;
}

// A generator that has not ended usually refers to the loop that it runs on: Python's collector has
// to see that the loop refers to it, too, also by the step that it waits for, or nobody would ever
// destroy them.
void machines_are_seen(PyHeapTypeObject* heap_type) {
  PyTypeObject& type = heap_type->ht_type;
  type.tp_flags |= Py_TPFLAGS_HAVE_GC;
  type.tp_traverse = [](PyObject* self, visitproc visit, void* arg) {
    Py_VISIT(Py_TYPE(self));
    if (const Machine* const machine = made<Machine>(self))
      for (const auto& [generator, asked] : machine->generators) {
        Py_VISIT(generator);
        Py_VISIT(asked->ptr());
      }
    return 0;
  };
  type.tp_clear = [](PyObject* self) {
    if (Machine* const machine = made<Machine>(self)) machine->loop.reset();
    return 0;
  };
}

// Not what others share, whose reference it is as well.
int visit_items(const Step& step, visitproc visit, void* arg) {
  if (step.item && step.item.use_count() == 1) Py_VISIT(step.item->ptr());
  for (const Step& part : step.parts)
    if (const int stop = visit_items(part, visit, arg)) return stop;
  return 0;
}

void steps_are_seen(PyHeapTypeObject* heap_type) {
  PyTypeObject& type = heap_type->ht_type;
  type.tp_flags |= Py_TPFLAGS_HAVE_GC;
  type.tp_traverse = [](PyObject* self, visitproc visit, void* arg) {
    Py_VISIT(Py_TYPE(self));
    const Step* const step = made<Step>(self);
    return step != nullptr ? visit_items(*step, visit, arg) : 0;
  };
}

void add_step(py::module_& module) {
  using enum Step::Op;
  const std::map<std::string, Step::Op> ops{
      {"delay", delay},  {"seize", seize},  {"preempt", preempt}, {"release", release},
      {"take", take},    {"put", put},      {"get", get},         {"fill", fill},
      {"pass", pass},    {"set", set_gate}, {"until", until},     {"any_of", any_of},
      {"all_of", all_of}};
  py::class_<Step>(module, "Step", py::custom_type_setup(steps_are_seen))
      .def(py::init([ops](const std::string& op, const py::object& machine, std::uint32_t thing,
                          double amount, int priority, std::optional<Distribution> span,
                          const py::object& item, const py::tuple& parts) {
             Step step;
             step.op = ops.at(op);
             if (!machine.is_none()) step.machine = machine.cast<const Machine&>().life();
             step.thing = thing;
             step.amount = amount;
             step.priority = priority;
             step.span = std::move(span);
             if (step.op == until && PyCallable_Check(item.ptr()) == 0)
               throw py::type_error("until takes a function, not " +
                                    py::repr(item).cast<std::string>());
             if (!item.is_none()) step.item = item_of(item);
             for (const py::handle part : parts) {
               step.parts.push_back(step_of(part));
               if (!step.parts.back().waits())
                 throw std::invalid_argument(op +
                                             " takes what waits, which a release or the "
                                             "setting of a gate does not");
             }
             if (step.op == any_of && step.parts.empty())
               throw std::invalid_argument("the first of no waits will never end");
             return step;
           }),
           py::arg("op"), py::arg("machine") = py::none(), py::arg("thing") = 0,
           py::arg("amount") = 1.0, py::arg("priority") = 0, py::arg("span") = py::none(),
           py::arg("item") = py::none(), py::arg("parts") = py::tuple())
      .def(
          "within",
          [](Step step, double span) {
            if (!step.has_patience())
              throw std::invalid_argument("only waits for something have patience");
            if (!(span >= 0)) throw std::invalid_argument("patience is negative, or no number");
            step.patience = span;
            return step;
          },
          py::arg("span"));
}

void add_machine(py::module_& module) {
  py::class_<Started, std::shared_ptr<Started>>(module, "Process")
      .def_property_readonly("running", &Started::running)
      .def_readonly("value", &Started::value)
      .def(
          "interrupt",
          [](const Started& self, const py::object& cause) {
            if (self.running()) self.ref.interrupt(py::str(cause), item_of(cause));
          },
          py::arg("cause") = "")
      .def("cancel", [](const Started& self) {
        if (self.running()) self.ref.cancel();
      });

  py::class_<des::StockUse>(module, "StockUse")
      .def_property_readonly("mean", [](const des::StockUse& use) { return use.content.mean(); })
      .def_property_readonly("mean_taking",
                             [](const des::StockUse& use) { return use.taking.mean(); })
      .def_property_readonly("mean_putting",
                             [](const des::StockUse& use) { return use.putting.mean(); })
      .def_property_readonly(
          "take_waits", [](const des::StockUse& use) { return waits(use.taken, use.left_taking); })
      .def_property_readonly(
          "put_waits", [](const des::StockUse& use) { return waits(use.put, use.left_putting); });

  py::class_<Flow>(module, "Flow")
      .def_readonly("name", &Flow::name)
      .def_readonly("begun", &Flow::begun)
      .def_readonly("lost", &Flow::lost)
      .def_property_readonly("times", [](const Flow& flow) { return flow.times; });

  py::class_<Machine>(module, "Machine", py::custom_type_setup(machines_are_seen))
      .def(py::init([](std::uint64_t seed, std::uint64_t replication, std::int64_t unit_ns) {
             return std::make_unique<Machine>(seed, replication, des::Duration(unit_ns));
           }),
           py::arg("seed"), py::arg("replication"), py::arg("unit_ns"))
      .def_property_readonly("now", &Machine::now)
      .def_property_readonly("events",
                             [](const Machine& self) { return self.loop.events_handled(); })
      .def_property_readonly("processes", [](const Machine& self) { return self.loop.processes(); })
      .def("add_resource", &Machine::add_resource)
      .def("add_store", &Machine::add_store)
      .def("add_level", &Machine::add_level)
      .def("add_gate", &Machine::add_gate)
      .def("add_condition", &Machine::add_condition)
      .def("add_flow", &Machine::add_flow, py::return_value_policy::reference_internal)
      .def("start", &Machine::start)
      .def("stream", &Machine::stream)
      .def("run", &Machine::run)
      .def("stop", [](Machine& self) { self.loop.stop(); })
      .def("reset_statistics", &Machine::reset_statistics)
      .def("waiting",
           [](const Machine& self) {
             py::list all;
             for (const des::Waiting& waiting : self.loop.waiting())
               all.append(py::make_tuple(waiting.process, waiting.awaits));
             return all;
           })
      .def("in_use",
           [](const Machine& self, std::size_t i) { return self.resources.at(i).in_use(); })
      .def("mean_in_use", [](const Machine& self,
                             std::size_t i) { return self.resources.at(i).use().in_use.mean(); })
      .def("waiting_for",
           [](const Machine& self, std::size_t i) { return self.resources.at(i).waiting(); })
      .def("mean_waiting_for",
           [](const Machine& self, std::size_t i) {
             return self.resources.at(i).use().waiting.mean();
           })
      .def("waits_of",
           [](const Machine& self, std::size_t i) {
             const des::ResourceUse use = self.resources.at(i).use();
             return waits(use.granted, use.left);
           })
      .def("store_size",
           [](const Machine& self, std::size_t i) { return self.stores.at(i).size(); })
      .def("store_use", [](const Machine& self, std::size_t i) { return self.stores.at(i).use(); })
      .def("level_use", [](const Machine& self, std::size_t i) { return self.levels.at(i).use(); })
      .def("level_amount",
           [](const Machine& self, std::size_t i) { return self.levels.at(i).amount(); })
      .def("gate_is_open",
           [](const Machine& self, std::size_t i) { return self.gates.at(i).is_open(); })
      .def("set_gate",
           [](Machine& self, std::size_t i, bool open) { self.gates.at(i).set_open(open); })
      .def("notify", [](Machine& self, std::size_t i) { self.conditions.at(i).notify(); })
      .def("waiting_until",
           [](const Machine& self, std::size_t i) { return self.conditions.at(i).waiting(); });
}

}  // namespace

void add_kernel(py::module_& module) {
  py::module_ des = module.def_submodule("des", "The kernel; use racked.des.");
  add_distribution(des);
  add_random_stream(des);
  add_statistics(des);
  add_step(des);
  add_machine(des);
}

}  // namespace racked::python
