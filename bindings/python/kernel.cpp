#include "kernel.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace racked::python {

namespace {

using Op = Step::Op;

/// What a generator hears of its last step.
enum class Reply : std::uint8_t { none, yes, no, item, interrupted };

/// What a process holds of the resources.
class Holdings {
 public:
  explicit Holdings(Machine& machine) : machine_(machine) {}
  ~Holdings() { release_all(); }
  Holdings(const Holdings&) = delete;
  Holdings& operator=(const Holdings&) = delete;

  void add(std::uint32_t resource, des::Held held) {
    held_.emplace_back(resource, std::move(held));
  }
  /// The latest of what is held of the resource.
  void release(std::uint32_t resource) {
    const auto found = std::find_if(held_.rbegin(), held_.rend(),
                                    [=](const auto& one) { return one.first == resource; });
    if (found == held_.rend())
      throw std::logic_error("nothing is held of '" + machine_.resources[resource].name() + "'");
    found->second.release();
    held_.erase(std::next(found).base());
  }
  /// The latest first.
  void release_all() {
    while (!held_.empty()) held_.pop_back();
  }

 private:
  Machine& machine_;
  std::vector<std::pair<std::uint32_t, des::Held>> held_;
};

/// A generator of Python's, asked for one step after the other.
class Generator {
 public:
  Generator(Machine& machine, py::object generator, std::shared_ptr<Started> started,
            std::string name)
      : machine_(machine),
        generator_(std::move(generator)),
        started_(std::move(started)),
        name_(std::move(name)) {
    ++machine_.generators;
  }
  ~Generator() { --machine_.generators; }
  Generator(const Generator&) = delete;
  Generator& operator=(const Generator&) = delete;

  /// The step that it yields in reply, or nullptr and a process to wait for, or neither: it ended.
  const Step* next(Reply reply, const Item& item) {
    py::object value;
    if (reply == Reply::interrupted) {
      try {
        value = generator_.attr("throw")(interruption_);
      } catch (py::error_already_set& error) {
        if (!error.matches(PyExc_StopIteration)) throw;
        return end(error.value().attr("value"));
      }
    } else {
      PyObject* result = nullptr;
      const PySendResult sent = PyIter_Send(generator_.ptr(), answer(reply, item).ptr(), &result);
      if (sent == PYGEN_ERROR) throw py::error_already_set();
      value = py::reinterpret_steal<py::object>(result);
      if (sent == PYGEN_RETURN) return end(std::move(value));
    }
    asked_ = std::move(value);
    if (py::isinstance<Started>(asked_)) {
      awaited = asked_.cast<Started&>().ref;
      return nullptr;
    }
    awaited.reset();
    if (!py::isinstance<Step>(asked_))
      throw std::invalid_argument("a process yields steps and processes, not " +
                                  py::repr(asked_).cast<std::string>());
    return &asked_.cast<const Step&>();
  }

  void interrupt(const des::Interrupted& by) {
    const py::object type = py::module_::import("racked.des").attr("Interrupted");
    interruption_ = type(by.what(), machine_.units(by.remaining));
  }

  void raise(py::object exception) { interruption_ = std::move(exception); }

  /// What the awaited process returned.
  Item value_of_awaited() const {
    return std::make_shared<const py::object>(asked_.cast<Started&>().value);
  }
  des::RandomStream& stream() const { return machine_.stream_of(name_); }

  std::optional<des::ProcessRef> awaited;

 private:
  static py::object answer(Reply reply, const Item& item) {
    switch (reply) {
      case Reply::yes: return py::bool_(true);
      case Reply::no: return py::bool_(false);
      case Reply::item: return item ? *item : py::none();
      case Reply::none:
      case Reply::interrupted: break;
    }
    return py::none();
  }
  const Step* end(py::object value) {
    started_->value = std::move(value);
    awaited.reset();
    return nullptr;
  }

  Machine& machine_;
  py::object generator_, asked_, interruption_;
  std::shared_ptr<Started> started_;
  std::string name_;
};

/// Goes through the steps of a flow, or through those that a generator yields.
class Steps {
 public:
  Steps(Machine& machine, Flow* flow, std::unique_ptr<Generator> generator)
      : machine_(machine),
        flow_(flow),
        generator_(std::move(generator)),
        counters_(flow != nullptr ? flow->counters : 0) {}

  const Step* next(Reply reply, const Item& item) {
    if (generator_) return generator_->next(reply, item);
    while (at_ < flow_->steps.size()) {
      const Step& step = flow_->steps[at_++];
      switch (step.op) {
        case Op::skip:
          if (flow_->streams[at_ - 1].uniform() >= step.amount) at_ = step.target;
          break;
        case Op::jump: at_ = step.target; break;
        case Op::count: counters_[step.thing] = static_cast<std::uint64_t>(step.amount); break;
        case Op::repeat:
          if (--counters_[step.thing] > 0) at_ = step.target;
          break;
        default: return &step;
      }
      machine_.look_at_signals();
    }
    return nullptr;
  }
  des::Duration span(const Step& step) {
    if (!step.span) return machine_.span(step.amount);
    des::RandomStream& stream = generator_ ? generator_->stream() : flow_->streams[at_ - 1];
    return machine_.span(step.span->sample(stream));
  }
  Generator* generator() const { return generator_.get(); }

 private:
  Machine& machine_;
  Flow* flow_;
  std::unique_ptr<Generator> generator_;
  std::vector<std::uint64_t> counters_;
  std::size_t at_ = 0;
};

template <class Wait>
Wait& patient(Wait& wait, const Step& step, const Machine& machine) {
  if (step.patience) std::move(wait).within(machine.span(*step.patience));
  return wait;
}

Reply reply_of(bool granted) { return granted ? Reply::yes : Reply::no; }

// A process of steps that lost patience leaves; a generator is told. One body for both: a coroutine
// that called another for each step would make a process of it.
des::Process go_through(des::ProcessLoop& loop, Machine& machine, Flow* flow,
                        std::unique_ptr<Generator> generator) {
  const des::Time begun = loop.now();
  Holdings holdings(machine);
  Steps steps(machine, flow, std::move(generator));
  Generator* const python = steps.generator();
  Reply reply = Reply::none;
  Item item;
  for (;;) {
    machine.look_at_signals();
    const Step* const step = steps.next(reply, item);
    item.reset();
    reply = Reply::none;
    if (step == nullptr && (python == nullptr || !python->awaited)) break;
    try {
      if (step == nullptr) {
        co_await *python->awaited;
        item = python->value_of_awaited();
        reply = Reply::item;
        continue;
      }
      switch (step->op) {
        case Op::delay: {
          co_await loop.delay(steps.span(*step));
          break;
        }
        case Op::seize:
        case Op::preempt: {
          des::Resource& resource = machine.resources[step->thing];
          const auto amount = static_cast<std::int64_t>(step->amount);
          des::Seize seize = step->op == Op::preempt ? resource.preempt(amount, step->priority)
                                                     : resource.seize(amount, step->priority);
          des::Held held = co_await patient(seize, *step, machine);
          reply = reply_of(static_cast<bool>(held));
          if (held) holdings.add(step->thing, std::move(held));
          break;
        }
        case Op::release: holdings.release(step->thing); break;
        case Op::take: {
          auto take = machine.stores[step->thing].take();
          std::optional<Item> taken = co_await patient(take, *step, machine);
          reply = taken ? Reply::item : Reply::no;
          if (taken) item = std::move(*taken);
          if (!taken && python != nullptr) reply = Reply::none;
          break;
        }
        case Op::put: {
          auto put = machine.stores[step->thing].put(step->item);
          reply = reply_of(co_await patient(put, *step, machine));
          break;
        }
        case Op::get:
        case Op::fill: {
          des::Level& level = machine.levels[step->thing];
          des::LevelChange change =
              step->op == Op::get ? level.get(step->amount) : level.put(step->amount);
          reply = reply_of(co_await patient(change, *step, machine));
          break;
        }
        case Op::pass: {
          des::GateOpen open = machine.gates[step->thing].open();
          reply = reply_of(co_await patient(open, *step, machine));
          break;
        }
        case Op::set_gate: machine.gates[step->thing].set_open(step->amount != 0); break;
        case Op::skip:
        case Op::jump:
        case Op::count:
        case Op::repeat: throw std::invalid_argument("a generator has branches of its own");
      }
    } catch (const des::Interrupted& by) {
      if (python == nullptr) break;
      python->interrupt(by);
      reply = Reply::interrupted;
    } catch (const py::error_already_set& error) {
      // That of the process it awaited.
      if (python == nullptr) throw;
      python->raise(error.value());
      reply = Reply::interrupted;
    }
    if (python == nullptr && reply == Reply::no) {
      ++flow->lost;
      co_return;
    }
  }
  holdings.release_all();
  if (flow != nullptr) flow->times.record(machine.units(loop.now() - begun));
}

des::Process arrive(des::ProcessLoop& loop, Machine& machine, Flow& flow) {
  while (flow.begun < flow.most) {
    co_await loop.delay(machine.span(flow.every.sample(flow.arrivals)));
    ++flow.begun;
    loop.start(go_through(loop, machine, &flow, nullptr), flow.name);
  }
}

/// Makes one list of what Python nests.
class Flattening {
 public:
  explicit Flattening(Flow& flow) : flow_(flow) {}

  void add(const py::sequence& steps) {
    for (const py::handle step : steps) {
      if (py::isinstance<Step>(step))
        flow_.steps.push_back(step.cast<const Step&>());
      else if (py::isinstance<py::tuple>(step) && py::len(step) == 2)
        add_nested(py::reinterpret_borrow<py::tuple>(step));
      else
        throw std::invalid_argument("no step: " + py::repr(step).cast<std::string>());
    }
  }

 private:
  std::size_t here() const { return flow_.steps.size(); }
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

  Flow& flow_;
};

}  // namespace

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

Flow& Machine::add_flow(const std::string& name, const py::sequence& steps, des::Distribution every,
                        std::optional<std::uint64_t> most) {
  Flow flow{name, {}, 0, {}, std::move(every), stream(name + "/arrivals"), 0, 0, 0, {}};
  flow.most = most.value_or(std::numeric_limits<std::uint64_t>::max());
  Flattening(flow).add(steps);
  for (std::size_t i = 0; i < flow.steps.size(); ++i) flow.streams.push_back(stream(name, i));
  flows.push_back(std::move(flow));
  loop.start(arrive(loop, *this, flows.back()), name + "/arrivals");
  return flows.back();
}

std::shared_ptr<Started> Machine::start(py::object generator, std::string name) {
  if (PyIter_Check(generator.ptr()) == 0 || !py::hasattr(generator, "send"))
    throw std::invalid_argument("a process is a generator: call the function that yields");
  const auto started = std::make_shared<Started>();
  auto steps = std::make_unique<Generator>(*this, std::move(generator), started, name);
  started->ref = loop.start(go_through(loop, *this, nullptr, std::move(steps)), std::move(name));
  return started;
}

void Machine::run(std::optional<double> end) {
  const auto go_on = [&] {
    if (end)
      loop.run_until(des::kStart + span(*end));
    else
      loop.run();
  };
  if (generators > 0) return go_on();
  const py::gil_scoped_release release;
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

void Machine::look_at_signals() {
  constexpr std::uint32_t kBetween = 1 << 16;
  if (++looks_ % kBetween != 0) return;
  const py::gil_scoped_acquire lock;
  if (PyErr_CheckSignals() != 0) throw py::error_already_set();
}

}  // namespace racked::python
