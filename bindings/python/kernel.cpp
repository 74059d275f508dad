#include "kernel.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace racked::python {

namespace {

using Op = Step::Op;

/// Makes one list of what Python nests.
class Flattening {
 public:
  Flattening(const Machine& machine, Flow& flow) : machine_(machine), flow_(flow) {}

  void add(const py::sequence& steps) {
    for (const py::handle step : steps) {
      if (py::isinstance<py::tuple>(step) && py::len(step) == 2)
        add_nested(py::reinterpret_borrow<py::tuple>(step));
      else if (py::isinstance<Step>(step))
        add_step(step.cast<const Step&>());
      else
        throw std::invalid_argument("no step: " + py::repr(step).cast<std::string>());
    }
  }

 private:
  std::size_t here() const { return flow_.steps.size(); }
  void add_step(const Step& step) {
    machine_.check(step);
    if (asks_python(step))
      throw std::invalid_argument("conditions, processes and generators are for generators");
    flow_.steps.push_back(step);
  }
  static bool asks_python(const Step& step) {
    return step.op == Op::until || step.op == Op::process || step.op == Op::generator ||
           std::any_of(step.parts.begin(), step.parts.end(), asks_python);
  }
  std::size_t push(Op op, double amount = 1, std::uint32_t thing = 0, std::size_t target = 0) {
    Step step;
    step.op = op;
    step.amount = amount;
    step.thing = thing;
    step.target = target;
    flow_.steps.push_back(std::move(step));
    return here() - 1;
  }

  // ("choose", [(probability, steps), ...]) or (times, steps), times being None for ever.
  void add_nested(const py::tuple& nested) {
    if (py::isinstance<py::str>(nested[0])) return add_choice(nested[1]);
    const py::sequence steps = nested[1];
    if (nested[0].is_none()) {
      const std::size_t first = here();
      add(steps);
      if (here() == first) throw std::invalid_argument("nothing is repeated for ever");
      push(Op::jump, 1, 0, first);
      return;
    }
    const auto times = nested[0].cast<std::uint32_t>();
    if (times == 0) return;
    const auto counter = static_cast<std::uint32_t>(flow_.counters++);
    push(Op::count, times, counter);
    const std::size_t first = here();
    add(steps);
    push(Op::repeat, 1, counter, first);
  }

  // Each alternative in turn, with its probability given that none before was taken.
  void add_choice(const py::sequence& alternatives) {
    double left = 1;
    std::vector<std::size_t> ends;
    for (const py::handle one : alternatives) {
      const auto pair = one.cast<std::pair<double, py::sequence>>();
      if (!(pair.first >= 0) || pair.first > left + 1e-9)
        throw std::invalid_argument("probabilities of a choice are between 0 and 1 together");
      const std::size_t skip = push(Op::skip, left > 0 ? std::min(1.0, pair.first / left) : 1);
      add(pair.second);
      ends.push_back(push(Op::jump));
      flow_.steps[skip].target = here();
      left = std::max(0.0, left - pair.first);
    }
    for (const std::size_t end : ends) flow_.steps[end].target = here();
  }

  const Machine& machine_;
  Flow& flow_;
};

}  // namespace

Step step_of(py::handle of) {
  if (py::isinstance<Step>(of)) return of.cast<const Step&>();
  Step step;
  if (py::isinstance<Started>(of)) {
    step.op = Op::process;
    step.process = of.cast<std::shared_ptr<Started>>();
  } else if (is_generator(of)) {
    if (PyGen_Check(of.ptr()) != 0 &&
        of.attr("gi_code").attr("co_name").cast<std::string>() == "<genexpr>")
      throw std::invalid_argument(
          "waits that an expression makes are given one by one: any_of(*(… for …))");
    step.op = Op::generator;
    step.item = item_of(py::reinterpret_borrow<py::object>(of));
  } else {
    throw std::invalid_argument(
        "steps and processes are waited for (generators by any_of and "
        "all_of, those of a list as any_of(*list)), not " +
        py::repr(of).cast<std::string>());
  }
  return step;
}

Item item_of(py::object of) {
  return {new py::object(std::move(of)), [](const py::object* held) {
            const py::gil_scoped_acquire lock;
            delete held;
          }};
}

bool is_generator(py::handle of) {
  if (PyGen_Check(of.ptr()) != 0) return true;
  return PyIter_Check(of.ptr()) != 0 && py::hasattr(of, "send") && py::hasattr(of, "throw") &&
         py::hasattr(of, "close");
}

// As inspect.getgeneratorstate() finds it, in a third of the time; that asks frames before 3.11.
void check_unbegun(py::handle generator) {
  if (PyGen_Check(generator.ptr()) == 0) return;  // of others one does not know
  const py::object frame = generator.attr("gi_frame");
#if PY_VERSION_HEX >= 0x030b0000
  const bool begun = generator.attr("gi_suspended").cast<bool>();
#else
  const bool begun = !frame.is_none() && frame.attr("f_lasti").cast<int>() >= 0;
#endif
  if (frame.is_none() || begun || generator.attr("gi_running").cast<bool>())
    throw std::invalid_argument("a generator runs once: call the function that yields anew");
}

des::RandomStream& Machine::stream_of(const std::string& process) {
  return streams_.try_emplace(process, stream(process)).first->second;
}

std::uint32_t Machine::add_resource(const std::string& name, std::int64_t capacity) {
  resources.emplace_back(loop, name, capacity).watch(unit_);
  return static_cast<std::uint32_t>(resources.size() - 1);
}

std::uint32_t Machine::add_store(const std::string& name, std::optional<std::size_t> capacity) {
  stores.emplace_back(loop, name, capacity.value_or(des::Store<Item>::kUnlimited)).watch(unit_);
  return static_cast<std::uint32_t>(stores.size() - 1);
}

std::uint32_t Machine::add_level(const std::string& name, double capacity, double initial) {
  levels.emplace_back(loop, name, capacity, initial).watch(unit_);
  return static_cast<std::uint32_t>(levels.size() - 1);
}

std::uint32_t Machine::add_gate(const std::string& name, bool open) {
  gates.emplace_back(loop, name, open);
  return static_cast<std::uint32_t>(gates.size() - 1);
}

std::uint32_t Machine::add_condition(const std::string& name) {
  conditions.emplace_back(loop, name);
  return static_cast<std::uint32_t>(conditions.size() - 1);
}

Flow& Machine::add_flow(const std::string& name, const py::sequence& steps, des::Distribution every,
                        std::optional<std::uint64_t> most) {
  Flow flow{name, {}, 0, {}, std::move(every), stream(name + "/arrivals"), 0, 0, 0, {}};
  flow.most = most.value_or(std::numeric_limits<std::uint64_t>::max());
  Flattening(*this, flow).add(steps);
  for (std::size_t i = 0; i < flow.steps.size(); ++i) flow.streams.push_back(stream(name, i));
  flows.push_back(std::move(flow));
  loop.start(arrive(loop, *this, flows.back()), name + "/arrivals");
  return flows.back();
}

std::shared_ptr<Started> Machine::start(py::object generator, std::string name) {
  if (!is_generator(generator))
    throw std::invalid_argument("a process is a generator: call the function that yields");
  if (without_lock_)
    throw std::logic_error("a generator is started by what a signal calls, while steps alone run");
  check_unbegun(generator);
  const auto started = std::make_shared<Started>();
  started->machine = life_;
  started->ref = loop.start(follow(*this, std::move(generator), started, name), name);
  return started;
}

void Machine::run(std::optional<double> end) {
  const auto go_on = [&] {
    if (end)
      loop.run_until(des::kStart + span(*end));
    else
      loop.run();
  };
  if (!generators.empty()) return go_on();
  struct WithoutLock {
    bool& is_on;
    explicit WithoutLock(bool& on) : is_on(on) { is_on = true; }
    ~WithoutLock() { is_on = false; }
    const py::gil_scoped_release release;
  };
  const WithoutLock without(without_lock_);
  go_on();
}

void Machine::reset_statistics() {
  for (des::Resource& resource : resources) resource.watch(unit_);
  for (auto& store : stores) store.watch(unit_);
  for (des::Level& level : levels) level.watch(unit_);
  for (Flow& flow : flows) {
    flow.times = {};
    flow.lost = 0;
  }
}

void Machine::check(const Step& step) const {
  const Life& of = step.process ? step.process->machine : step.machine;
  if (!same(of, {}) && !same(of, life_))
    throw std::logic_error("a step, or a process, is of another loop");
  for (const Step& part : step.parts) check(part);
}

void Machine::look_at_signals() {
  constexpr std::uint32_t kBetween = 1 << 16;
  if (++looks_ % kBetween != 0) return;
  const py::gil_scoped_acquire lock;
  if (PyErr_CheckSignals() != 0) throw py::error_already_set();
}

}  // namespace racked::python
