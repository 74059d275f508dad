// What replications ask of their event queue, recorded and played again to the kernel's queue and
// to std::priority_queue. The plain one marks what is cancelled and drops it when it surfaces.
// Short replications are many different ones: of one that is played again and again a processor
// learns every branch by heart, as it never can in a run.
#include "in_turns.h"
#include "recorded_queue.h"

#include <racked/des/event_queue.h>
#include <racked/files.h>
#include <racked/model.h>
#include <racked/simulation.h>

#include <algorithm>
#include <cstdint>
#include <queue>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace racked::des {
namespace {

using Kind = Operation::Kind;

// One replication after the other, each from the clearing of the queue on.
std::vector<Operation> recorded(const std::string& scenario, std::uint64_t replications) {
  const Model model =
      make_model(read_scenario(std::string(RACKED_SOURCE_DIR) + "/docs/scenarios/" + scenario));
  Simulation simulation(model, 7, 0);
  recorded_operations().clear();
  for (std::uint64_t replication = 1; replication <= replications; ++replication) {
    simulation.restart(7, replication);
    simulation.run();
  }
  return std::move(recorded_operations());
}

std::int64_t add(std::int64_t seen, std::uint64_t id) {
  return 3 * (seen % (1 << 30)) + static_cast<std::int64_t>(id);
}

// Both return what they saw leave, in order.
std::int64_t play(const std::vector<Operation>& operations, EventQueue<std::uint64_t>& queue,
                  std::vector<EventHandle>& handles) {
  std::int64_t seen = 0;
  for (const Operation& op : operations) switch (op.kind) {
      case Kind::clear: queue.clear(op.time); break;
      case Kind::push: queue.push(op.time, op.turn, op.id); break;
      case Kind::push_cancellable:
        handles[op.id] = queue.push_cancellable(op.time, op.turn, op.id);
        break;
      case Kind::cancel: queue.cancel(handles[op.id]); break;
      case Kind::reschedule:
        queue.reschedule(handles[op.was], op.time);
        handles[op.id] = handles[op.was];
        break;
      case Kind::pop:
        // A moved event still has its first number; that it leaves when it should is what counts.
        if (const auto event = queue.pop_until(op.time))
          seen = add(seen, static_cast<std::uint64_t>(event->time.time_since_epoch().count()));
        break;
      case Kind::next:
        if (const auto next = queue.next())
          seen = add(seen, static_cast<std::uint64_t>(next->time.time_since_epoch().count()));
        break;
    }
  return seen;
}

struct Ordered {
  std::int64_t time;
  std::uint64_t order;  // turn and number
  bool operator<(const Ordered& other) const {
    return time != other.time ? time > other.time : order > other.order;
  }
};
struct PlainQueue : std::priority_queue<Ordered> {
  void clear() { c.clear(); }  // and keep the memory, as ours does
};
constexpr std::uint64_t kNumber = (std::uint64_t{1} << 62) - 1;

std::int64_t play(const std::vector<Operation>& operations, PlainQueue& queue,
                  std::vector<std::uint8_t>& gone, std::vector<Turn>& turns) {
  std::int64_t seen = 0;
  const auto push = [&](Time time, Turn turn, std::uint64_t id) {
    turns[id] = turn;
    gone[id] = 0;
    queue.push({time.time_since_epoch().count(), static_cast<std::uint64_t>(turn) << 62 | id});
  };
  const auto drop_gone = [&] {
    while (!queue.empty() && gone[queue.top().order & kNumber]) queue.pop();
  };
  for (const Operation& op : operations) switch (op.kind) {
      case Kind::clear: queue.clear(); break;
      case Kind::push:
      case Kind::push_cancellable: push(op.time, op.turn, op.id); break;
      case Kind::cancel: gone[op.id] = 1; break;
      case Kind::reschedule:
        gone[op.was] = 1;
        push(op.time, turns[op.was], op.id);
        break;
      case Kind::pop:
        drop_gone();
        if (queue.empty() || queue.top().time > op.time.time_since_epoch().count()) break;
        seen = add(seen, static_cast<std::uint64_t>(queue.top().time));
        queue.pop();
        break;
      case Kind::next:
        drop_gone();
        if (!queue.empty()) seen = add(seen, static_cast<std::uint64_t>(queue.top().time));
        break;
    }
  return seen;
}

void trace(benchmark::State& state, const std::string& scenario, std::uint64_t replications) {
  const std::vector<Operation> operations = recorded(scenario, replications);
  std::size_t pushes = 0, cancels = 0, pops = 0, pending = 0, most = 0;
  for (const Operation& op : operations) {
    const bool push = op.kind == Kind::push || op.kind == Kind::push_cancellable;
    pushes += push || op.kind == Kind::reschedule;
    cancels += op.kind == Kind::cancel || op.kind == Kind::reschedule;
    pops += op.kind == Kind::pop;
    if (op.kind == Kind::clear) pending = 0;
    pending += push;
    most = std::max(most, pending);
    pending -= pending > 0 && (op.kind == Kind::pop || op.kind == Kind::cancel);
  }
  if (pops == 0) return state.SkipWithError("nothing was recorded");
  EventQueue<std::uint64_t> ours;
  std::vector<EventHandle> handles(pushes);
  PlainQueue plain;
  std::vector<std::uint8_t> gone(pushes);
  std::vector<Turn> turns(pushes);
  in_turns(
      state, pops, [&] { return play(operations, ours, handles); },
      [&] { return play(operations, plain, gone, turns); });
  state.counters["pops"] = static_cast<double>(pops);
  state.counters["cancels"] = static_cast<double>(cancels);
  state.counters["most_pending"] = static_cast<double>(most);
}
BENCHMARK_CAPTURE(trace, rainier, "rainier.textproto", 1)->UseManualTime()->MinTime(2);
BENCHMARK_CAPTURE(trace, two_halls, "two_halls.textproto", 300)->UseManualTime()->MinTime(1);

}  // namespace
}  // namespace racked::des

BENCHMARK_MAIN();
