#include "kernel.h"

#include <racked/des/any_of.h>
#include <racked/des/any_wait.h>
#include <racked/des/task.h>

#include <algorithm>
#include <any>
#include <iterator>
#include <stdexcept>
#include <utility>
#include <variant>

namespace racked::python {

// Not without a name: g++ takes coroutines of templates for seen elsewhere.
namespace processes {

using Op = Step::Op;

/// What a process hears of a step.
struct Answer {
  enum class Kind : std::uint8_t {
    ended,  // and that is all
    yes,
    no,
    item,
    none,  // no item, since patience ended
    first,
    all,
  };
  Kind kind = Kind::ended;
  Item item;
  des::Held held;  // of the resource in that row
  std::uint32_t row = 0;
  std::size_t place = 0;      // of the first
  std::vector<Answer> parts;  // that one, or all

  void clear() {
    kind = Kind::ended;
    if (item) item.reset();
    if (!parts.empty()) parts.clear();
  }
  /// What was waited for has come.
  bool had() const {
    return kind != Kind::no && kind != Kind::none &&
           std::all_of(parts.begin(), parts.end(), [](const Answer& part) { return part.had(); });
  }
  py::object told() const {
    switch (kind) {
      case Kind::yes: return py::bool_(true);
      case Kind::no: return py::bool_(false);
      case Kind::item: return item ? *item : py::none();
      case Kind::first: return py::make_tuple(place, parts.front().told());
      case Kind::all: {
        py::list all;
        for (const Answer& part : parts) all.append(part.told());
        return all;
      }
      case Kind::ended:
      case Kind::none: break;
    }
    return py::none();
  }
};

Answer answer_of(Answer::Kind kind) {
  Answer answer;
  answer.kind = kind;
  return answer;
}

Answer answer_of(bool had) { return answer_of(had ? Answer::Kind::yes : Answer::Kind::no); }

Answer answer_of(std::uint32_t row, des::Held held) {
  Answer answer = answer_of(static_cast<bool>(held));
  answer.held = std::move(held);
  answer.row = row;
  return answer;
}

Answer answer_of(std::optional<Item> item) {
  Answer answer = answer_of(item ? Answer::Kind::item : Answer::Kind::none);
  if (item) answer.item = std::move(*item);
  return answer;
}

/// What a process holds of the resources.
class Holdings {
 public:
  explicit Holdings(Machine& machine) : machine_(machine) {}
  ~Holdings() { release_all(); }
  Holdings(const Holdings&) = delete;
  Holdings& operator=(const Holdings&) = delete;

  /// What stands in an answer, and in its parts.
  void keep(Answer& of) {
    if (of.held) held_.emplace_back(of.row, std::move(of.held));
    for (Answer& part : of.parts) keep(part);
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
    if (!machine_.generators.emplace(generator_.ptr(), &asked_).second)
      throw std::invalid_argument("a generator is run twice");
  }
  ~Generator() { close(); }
  Generator(const Generator&) = delete;
  Generator& operator=(const Generator&) = delete;

  /// The step that it yields when it hears that, or the exception raised before; nullptr: it ended.
  const Step* next(const Answer& answer) {
    for (;;) {
      asked_ = raised_ ? thrown_into() : sent(answer);
      if (!generator_) return nullptr;
      try {
        const Step& step = py::isinstance<Step>(asked_) ? asked_.cast<const Step&>() : other();
        machine_.check(step);
        return &step;
      } catch (const std::logic_error& error) {
        raise(error);
      }
    }
  }

  void raise(py::object exception) { raised_ = std::move(exception); }
  void raise(const des::Interrupted& by) {
    const py::object type = py::module_::import("racked.des").attr("Interrupted");
    const Item* const cause = std::any_cast<Item>(&by.cause);
    raise(type(by.what(), machine_.units(by.remaining), cause != nullptr ? **cause : py::none()));
  }
  void raise(const std::logic_error& error) {
    const bool is_of_value = dynamic_cast<const std::invalid_argument*>(&error) != nullptr;
    raise(py::handle(is_of_value ? PyExc_ValueError : PyExc_RuntimeError)(error.what()));
  }

  const std::string& name() const { return name_; }

 private:
  const Step& other() {
    if (is_generator(asked_))
      throw std::invalid_argument(
          "a generator is run by 'yield from', or beside others by any_of and all_of");
    process_ = step_of(asked_);
    return process_;
  }
  py::object sent(const Answer& answer) {
    PyObject* result = nullptr;
    const PySendResult how = PyIter_Send(generator_.ptr(), answer.told().ptr(), &result);
    if (how == PYGEN_ERROR) throw py::error_already_set();
    py::object value = py::reinterpret_steal<py::object>(result);
    if (how == PYGEN_RETURN) end(value);
    return value;
  }
  py::object thrown_into() {
    try {
      return generator_.attr("throw")(std::exchange(raised_, py::object()));
    } catch (py::error_already_set& error) {
      if (!error.matches(PyExc_StopIteration)) throw;
      end(error.value().attr("value"));
      return py::none();
    }
  }
  void end(py::object value) {
    started_->value = std::move(value);
    machine_.generators.erase(generator_.ptr());
    generator_ = py::object();
  }
  // Whoever else may have it: its `finally` blocks are run now. What they raise is told, as when
  // Python destroys a generator.
  void close() noexcept {
    if (!generator_) return;
    const py::error_scope kept;
    PyObject* const closed = PyObject_CallMethod(generator_.ptr(), "close", nullptr);
    if (closed == nullptr) PyErr_WriteUnraisable(generator_.ptr());
    Py_XDECREF(closed);
    machine_.generators.erase(generator_.ptr());
  }

  Machine& machine_;
  py::object generator_, asked_, raised_;
  Step process_;  // to be waited for, when that was asked
  std::shared_ptr<Started> started_;
  std::string name_;
};

/// Goes through the steps of a flow, or through those that a generator yields.
class Walk {
 public:
  Walk(Machine& of, Flow* flow, std::unique_ptr<Generator> generator)
      : machine(of),
        holdings(of),
        flow_(flow),
        generator_(std::move(generator)),
        counters_(flow != nullptr ? flow->counters : 0) {}

  const Step* next(const Answer& answer) {
    if (generator_) return generator_->next(answer);
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
      machine.look_at_signals();
    }
    return nullptr;
  }
  des::Duration span(const Step& step) {
    if (!step.span) return machine.span(step.amount);
    des::RandomStream& stream =
        generator_ ? machine.stream_of(generator_->name()) : flow_->streams[at_ - 1];
    return machine.span(step.span->sample(stream));
  }
  Generator* generator() const { return generator_.get(); }

  Machine& machine;
  Holdings holdings;

 private:
  Flow* flow_;
  std::unique_ptr<Generator> generator_;
  std::vector<std::uint64_t> counters_;
  std::size_t at_ = 0;
};

template <class Coroutine>
Coroutine go_through(des::ProcessLoop& loop, Machine& machine, Flow* flow,
                     std::unique_ptr<Generator> generator);

using Wait = des::AnyWait<Answer>;

// What it returned, or nothing if it did not come to its end in time.
auto returned_by(std::shared_ptr<Started> process) {
  return [process = std::move(process)](bool ended) {
    return answer_of(ended ? std::optional(item_of(process->value)) : std::nullopt);
  };
}

Wait wait_of_generator(Walk& walk, const Step& step) {
  check_unbegun(*step.item);
  const auto started = std::make_shared<Started>();
  const auto run = [&] {
    return go_through<des::Task<>>(
        walk.machine.loop, walk.machine, nullptr,
        std::make_unique<Generator>(walk.machine, *step.item, started, walk.generator()->name()));
  };
  const auto returned = returned_by(started);
  return {run, returned};
}

Wait wait_of_process(const Step& step, des::Duration patience) {
  const auto returned = returned_by(step.process);
  return {[&] { return step.process->ref; }, returned, patience};
}

Wait wait_of_condition(Walk& walk, const Step& step, des::Duration patience) {
  const auto found = std::make_shared<py::object>();
  const auto attempt = [found, function = step.item] {
    *found = (*function)();
    const int is_true = PyObject_IsTrue(found->ptr());
    if (is_true < 0) throw py::error_already_set();
    return is_true == 1;
  };
  const auto returned = [found](bool had) {
    return answer_of(had ? std::optional(item_of(std::move(*found))) : std::nullopt);
  };
  return {[&] { return walk.machine.conditions[step.thing].until(attempt); }, returned, patience};
}

Wait wait_for(Walk& walk, const Step& step) {
  Machine& machine = walk.machine;
  const des::Duration patience =
      step.patience ? machine.span(*step.patience) : des::Duration::max();
  const auto amount = static_cast<std::int64_t>(step.amount);
  const auto held = [row = step.thing](des::Held of) { return answer_of(row, std::move(of)); };
  const auto had = [](bool granted) { return answer_of(granted); };
  const auto part = [&](const Step& of) { return wait_for(walk, of); };
  switch (step.op) {
    case Op::seize:
      return {[&] { return machine.resources[step.thing].seize(amount, step.priority); }, held,
              patience};
    case Op::preempt:
      return {[&] { return machine.resources[step.thing].preempt(amount, step.priority); }, held,
              patience};
    case Op::take:
      return {[&] { return machine.stores[step.thing].take(); },
              [](std::optional<Item> item) { return answer_of(std::move(item)); }, patience};
    case Op::put: return {[&] { return machine.stores[step.thing].put(step.item); }, had, patience};
    case Op::get:
      return {[&] { return machine.levels[step.thing].get(step.amount); }, had, patience};
    case Op::fill:
      return {[&] { return machine.levels[step.thing].put(step.amount); }, had, patience};
    case Op::pass: return {[&] { return machine.gates[step.thing].open(); }, had, patience};
    case Op::until: return wait_of_condition(walk, step, patience);
    case Op::process: return wait_of_process(step, patience);
    case Op::generator: return wait_of_generator(walk, step);
    case Op::any_of:
      return {[&] { return des::any_of(step.parts, part); },
              [](std::optional<des::FirstOfList<Answer>> first) {
                Answer answer = answer_of(Answer::Kind::none);
                if (first) {
                  answer.kind = Answer::Kind::first;
                  answer.place = first->place;
                  answer.parts.push_back(std::move(first->value));
                }
                return answer;
              },
              patience};
    case Op::all_of:
      return {[&] { return des::all_of(step.parts, part); },
              [](std::vector<Answer> parts) {
                Answer answer = answer_of(Answer::Kind::all);
                answer.parts = std::move(parts);
                return answer;
              },
              patience};
    default: break;
  }
  return {[&] { return machine.loop.delay(walk.span(step)); },
          [](std::monostate) { return Answer(); }};
}

// A process of steps that lost patience, or what it held, leaves; a generator is told.
template <class Coroutine>
Coroutine go_through(des::ProcessLoop& loop, Machine& machine, Flow* flow,
                     std::unique_ptr<Generator> generator) {
  const des::Time begun = loop.now();
  Walk walk(machine, flow, std::move(generator));
  Generator* const python = walk.generator();
  Answer answer;
  for (;;) {
    machine.look_at_signals();
    const Step* const step = walk.next(answer);
    if (step == nullptr) break;
    answer.clear();
    bool lost = false;
    try {
      switch (step->op) {
        case Op::delay: co_await loop.delay(walk.span(*step)); break;
        case Op::release: walk.holdings.release(step->thing); break;
        case Op::set_gate: machine.gates[step->thing].set_open(step->amount != 0); break;
        case Op::seize:
          if (!step->patience) {  // what most do: without the memory that any kind of wait takes
            des::Held held = co_await machine.resources[step->thing].seize(
                static_cast<std::int64_t>(step->amount), step->priority);
            answer.kind = held ? Answer::Kind::yes : Answer::Kind::no;
            answer.held = std::move(held);
            answer.row = step->thing;
            break;
          }
          [[fallthrough]];
        default: answer = co_await wait_for(walk, *step);
      }
      walk.holdings.keep(answer);
      lost = !answer.had();
    } catch (const des::Interrupted& by) {
      lost = true;
      if (python != nullptr) python->raise(by);
    } catch (const py::error_already_set& error) {
      // Of the process, the generator or the attempt that it awaited.
      if (python == nullptr) throw;
      if (error.trace()) PyException_SetTraceback(error.value().ptr(), error.trace().ptr());
      python->raise(error.value());
    } catch (const std::logic_error& error) {
      if (python == nullptr) throw;
      python->raise(error);
    }
    if (lost && flow != nullptr) {
      ++flow->lost;
      co_return;
    }
  }
  walk.holdings.release_all();
  if (flow != nullptr) flow->times.record(machine.units(loop.now() - begun));
}

}  // namespace processes

des::Process arrive(des::ProcessLoop& loop, Machine& machine, Flow& flow) {
  while (flow.begun < flow.most) {
    co_await loop.delay(machine.span(flow.every.sample(flow.arrivals)));
    ++flow.begun;
    loop.start(processes::go_through<des::Process>(loop, machine, &flow, nullptr), flow.name);
  }
}

des::Process follow(Machine& machine, py::object generator, std::shared_ptr<Started> started,
                    std::string name) {
  return go_through<des::Process>(
      machine.loop, machine, nullptr,
      std::make_unique<processes::Generator>(machine, std::move(generator), std::move(started),
                                             std::move(name)));
}

}  // namespace racked::python
