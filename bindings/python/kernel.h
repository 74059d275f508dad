#pragma once

#include <racked/des/condition.h>
#include <racked/des/distribution.h>
#include <racked/des/gate.h>
#include <racked/des/level.h>
#include <racked/des/process.h>
#include <racked/des/random_stream.h>
#include <racked/des/resource.h>
#include <racked/des/statistics.h>
#include <racked/des/store.h>

#include <pybind11/pybind11.h>

#include <cstdint>
#include <deque>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// Models of queues that Python builds of parts and the kernel runs: processes that are lists of
/// steps, and processes that are Python's generators, on one loop with the same resources.
namespace racked::python {

namespace py = pybind11;

/// Something of Python's that a store holds; nothing for what processes of steps put there.
using Item = std::shared_ptr<const py::object>;

/// Whether a machine is still there, and which of them it is.
using Life = std::weak_ptr<const char>;
inline bool same(const Life& a, const Life& b) { return !a.owner_before(b) && !b.owner_before(a); }

/// A started generator, and what it returned.
struct Started {
  des::ProcessRef ref;
  Life machine;
  py::object value = py::none();

  bool running() const { return !machine.expired() && ref.running(); }
};

/// What a process does next.
struct Step {
  enum class Op : std::uint8_t {
    delay,
    // What has patience follows.
    seize,
    preempt,
    take,
    put,
    get,        // of a level
    fill,       // a level
    pass,       // a gate
    until,      // `item`, a function, returns something true
    process,    // until it ends
    generator,  // `item`, run as a part of a whole
    any_of,     // `parts`
    all_of,
    // What does not wait follows.
    release,
    set_gate,
    skip,    // to `target` with probability 1 − amount
    jump,    // to `target`
    count,   // sets counter `thing` to `amount`
    repeat,  // to `target` while counter `thing`, less by one, is not 0
  };
  bool waits() const { return op < Op::release; }
  bool has_patience() const { return waits() && op != Op::delay; }

  Op op = Op::delay;
  Life machine;             ///< Whose thing it is; of none when it is nobody's.
  std::uint32_t thing = 0;  ///< Row of the machine's table for that kind.
  double amount = 1;
  int priority = 0;
  std::optional<double> patience;
  std::optional<des::Distribution> span;
  std::size_t target = 0;
  Item item;
  std::shared_ptr<Started> process;
  std::vector<Step> parts;
};

/// What stands for something of Python's among steps: a step, a process, or a generator as a part
/// of any_of or all_of. std::invalid_argument for anything else.
Step step_of(py::handle of);
/// May be destroyed without the interpreter's lock.
Item item_of(py::object of);
bool is_generator(py::handle of);
/// std::invalid_argument for a generator that has begun, or has ended.
void check_unbegun(py::handle generator);

/// A list of steps, and everybody who goes through them.
struct Flow {
  std::string name;
  std::vector<Step> steps;
  std::size_t counters = 0;
  std::vector<des::RandomStream> streams;  ///< One a step.
  des::Distribution every;
  des::RandomStream arrivals;
  std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t begun = 0, lost = 0;
  des::Tally times;  ///< From begin to end, of those who were not lost.
};

/// A loop, its parts and its statistics. Spans are numbers of `unit`.
class Machine {
 public:
  Machine(std::uint64_t seed, std::uint64_t replication, des::Duration unit)
      : seed_(seed), replication_(replication), unit_(unit) {}

  des::Duration span(double units) const { return des::rounded(units, unit_); }
  double units(des::Duration span) const { return des::units_of(span, unit_); }
  double now() const { return units(loop.now() - des::kStart); }
  des::RandomStream stream(const std::string& purpose, std::uint64_t index = 0) const {
    return {seed_, des::purpose_key(purpose), replication_, index};
  }
  des::RandomStream& stream_of(const std::string& process);

  std::uint32_t add_resource(const std::string& name, std::int64_t capacity);
  std::uint32_t add_store(const std::string& name, std::optional<std::size_t> capacity);
  std::uint32_t add_level(const std::string& name, double capacity, double initial);
  std::uint32_t add_gate(const std::string& name, bool open);
  std::uint32_t add_condition(const std::string& name);
  /// `steps` as Python nests them. Its processes arrive `every` so often, `most` of them.
  Flow& add_flow(const std::string& name, const py::sequence& steps, des::Distribution every,
                 std::optional<std::uint64_t> most);
  std::shared_ptr<Started> start(py::object generator, std::string name);

  /// Runs to `end`, or until nothing is left to happen. The interpreter's lock is released unless
  /// there are generators; signals are looked at all the while.
  void run(std::optional<double> end);

  /// Statistics begin anew at this instant.
  void reset_statistics();

  /// Throws what a signal raised, from time to time.
  void look_at_signals();

  /// std::logic_error for a step, or a part of it, that is of another machine.
  void check(const Step& step) const;
  const std::shared_ptr<const char>& life() const { return life_; }

  std::deque<des::Resource> resources;
  std::deque<des::Store<Item>> stores;
  std::deque<des::Level> levels;
  std::deque<des::Gate> gates;
  std::deque<des::Condition> conditions;
  std::deque<Flow> flows;
  /// That have not ended, and where the step stands that each has asked for.
  std::map<PyObject*, const py::object*> generators;

 private:
  std::uint64_t seed_, replication_;
  des::Duration unit_;
  std::uint32_t looks_ = 0;
  bool without_lock_ = false;  // of the interpreter, it runs
  std::map<std::string, des::RandomStream> streams_;
  std::shared_ptr<const char> life_ = std::make_shared<const char>();

 public:
  des::ProcessLoop loop;  ///< The first to go.
};

/// Those who arrive, and go through the steps of a flow.
des::Process arrive(des::ProcessLoop& loop, Machine& machine, Flow& flow);
/// A process that does what a generator yields.
des::Process follow(Machine& machine, py::object generator, std::shared_ptr<Started> started,
                    std::string name);

}  // namespace racked::python
