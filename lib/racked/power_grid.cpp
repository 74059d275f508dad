#include "power_grid.h"

#include <algorithm>

namespace racked::power_grid {
namespace {

// Node 0 is the source; power comes into an element and leaves it.
std::size_t way_in(std::size_t element) { return 1 + 2 * element; }
std::size_t way_out(std::size_t element) { return way_in(element) + 1; }

void build(const Model& model, const PowerGrid& grid, GridState& now) {
  now.graph = FlowGraph(1 + 2 * grid.elements.size());
  now.element_arcs.clear();
  now.feed_arcs.clear();
  for (std::size_t i = 0; i < grid.elements.size(); ++i) {
    const Feeder& feeder = model.feeders[grid.elements[i]];
    now.element_arcs.push_back(now.graph.add_arc(way_in(i), way_out(i)));
    if (feeder.fed_by.empty()) now.feed_arcs.push_back(now.graph.add_arc(0, way_in(i)));
    for (const Id<Feeder> above : feeder.fed_by)
      now.feed_arcs.push_back(
          now.graph.add_arc(way_out(model.feeders[above].grid_element), way_in(i)));
  }
  const FlowGraph::Residual nothing(now.graph.size());
  now.cases.assign(1 + grid.members.size() + (grid.has_catchers ? 1 : 0), nothing);
  now.trial = nothing;
}

// What evenly spread load can put on each member: what the smallest that delivers anything carries.
std::int64_t even_part(const State& state, const Feeder& feeder) {
  std::int64_t least = FlowGraph::kUnlimited;
  for (const Id<Feeder> above : feeder.fed_by)
    if (const std::int64_t power = state.feeders[above.index()].available().count; power > 0)
      least = std::min(least, power);
  return least;
}

// What can come to an element from one of those that feed it.
std::int64_t feed_limit(const State& state, const PowerGrid& grid, const Feeder& feeder,
                        Id<Feeder> member, std::size_t number) {
  if (number == 0 || feeder.redundancy == Redundancy::n) return FlowGraph::kUnlimited;
  const bool any_lost = number <= grid.members.size();
  if (any_lost && grid.members[number - 1] == member) return 0;
  const bool catcher =
      feeder.redundancy == Redundancy::block_redundant && member == feeder.fed_by.back();
  if (catcher && !any_lost) return 0;
  return feeder.redundancy == Redundancy::distributed_redundant ? even_part(state, feeder)
                                                                : FlowGraph::kUnlimited;
}

void open(const State& state, const PowerGrid& grid, GridState& now, std::size_t number) {
  FlowGraph::Residual& residual = now.cases[number];
  std::fill(residual.begin(), residual.end(), 0);
  std::size_t arc = 0;
  for (std::size_t i = 0; i < grid.elements.size(); ++i) {
    const Feeder& feeder = state.model->feeders[grid.elements[i]];
    residual[now.element_arcs[i]] = state.feeders[grid.elements[i].index()].available().count;
    if (feeder.fed_by.empty()) residual[now.feed_arcs[arc++]] = FlowGraph::kUnlimited;
    for (const Id<Feeder> above : feeder.fed_by)
      residual[now.feed_arcs[arc++]] = feed_limit(state, grid, feeder, above, number);
  }
}

// Power flows to what is alive and, unless it is a source, fed by something to which it flows:
// since the first such feed, or since it is alive itself, whichever came last.
void reckon_flowing(const State& state, const PowerGrid& grid, GridState& now) {
  for (std::size_t i = 0; i < grid.elements.size(); ++i) {
    const Feeder& feeder = state.model->feeders[grid.elements[i]];
    const FeederState& element = state.feeders[grid.elements[i].index()];
    Freed& flow = now.flowing[i];
    flow = {des::kNever, {}};
    if (!element.alive()) continue;
    if (feeder.fed_by.empty()) flow = element.came_alive;
    for (const Id<Feeder> above : feeder.fed_by)
      if (const Freed& fed = now.flowing[state.model->feeders[above].grid_element];
          fed.at < flow.at)
        flow = fed;
    if (flow.at != des::kNever && element.came_alive.at > flow.at) flow = element.came_alive;
  }
}

std::size_t node_of(const State& state, const Hall& hall) {
  return way_out(state.model->feeders[hall.feeder].grid_element);
}

GridState& grid_of(State& state, const Hall& hall) {
  return state.grids[state.model->feeders[hall.feeder].grid.index()];
}

}  // namespace

void begin(State& state) {
  const Model& model = *state.model;
  state.grids.resize(model.grids.size());
  for (std::size_t i = 0; i < state.grids.size(); ++i) {
    const PowerGrid& grid = model.grids[Id<PowerGrid>(i)];
    build(model, grid, state.grids[i]);
    state.grids[i].claimed.assign(grid.halls.size(), Watts{});
    state.grids[i].flowing.assign(grid.elements.size(), {des::kNever, {}});
  }
}

namespace {

void bring_claims(State& state, Id<PowerGrid> id, std::size_t number) {
  const PowerGrid& grid = state.model->grids[id];
  GridState& now = state.grids[id.index()];
  open(state, grid, now, number);
  for (std::size_t i = 0; i < grid.halls.size(); ++i)
    now.graph.push(now.cases[number], node_of(state, state.model->halls[grid.halls[i]]),
                   now.claimed[i].count);
}

}  // namespace

void follow(State& state, Id<PowerGrid> id) {
  GridState& now = state.grids[id.index()];
  reckon_flowing(state, state.model->grids[id], now);
  for (std::size_t number = 0; number < now.cases.size(); ++number) bring_claims(state, id, number);
}

void share(State& state, Id<PowerGrid> id, std::vector<std::int64_t>& racks) {
  const PowerGrid& grid = state.model->grids[id];
  GridState& now = state.grids[id.index()];
  open(state, grid, now, 0);
  racks.resize(grid.halls.size());
  for (std::size_t i = 0; i < grid.halls.size(); ++i) {
    const Hall& hall = state.model->halls[grid.halls[i]];
    const std::int64_t assigned = state.halls[grid.halls[i].index()].assigned;
    const std::int64_t rack = std::max<std::int64_t>(1, hall.rack_power.count);
    now.trial = now.cases[0];
    racks[i] = now.graph.push(now.trial, node_of(state, hall), assigned * rack) / rack;
    if (racks[i] < assigned)
      racks[i] -= racks[i] % state.model->products[hall.product].racks_per_unit;
    now.claimed[i] = racks[i] * hall.rack_power;
    now.graph.push(now.cases[0], node_of(state, hall), now.claimed[i].count);
  }
  for (std::size_t number = 1; number < now.cases.size(); ++number) bring_claims(state, id, number);
}

Watts headroom(const State& state, GridState& now, Id<Hall> id, Watts most) {
  const std::size_t node = node_of(state, state.model->halls[id]);
  for (const FlowGraph::Residual& residual : now.cases) {
    if (most.count == 0) break;
    now.trial = residual;
    most = {now.graph.push(now.trial, node, most.count)};
  }
  return most;
}

void claim(const State& state, GridState& now, Id<Hall> id, Watts power) {
  const Hall& hall = state.model->halls[id];
  now.claimed[hall.grid_hall] += power;
  for (FlowGraph::Residual& residual : now.cases)
    now.graph.push(residual, node_of(state, hall), power.count);
}

Watts headroom(State& state, Id<Hall> id, Watts most) {
  return headroom(state, grid_of(state, state.model->halls[id]), id, most);
}

void claim(State& state, Id<Hall> id, Watts power) {
  claim(state, grid_of(state, state.model->halls[id]), id, power);
}

Watts beyond_claims(const State& state, GridState& now, Id<PowerGrid> id) {
  const PowerGrid& grid = state.model->grids[id];
  Watts sum;
  now.trial = now.cases[0];
  for (const Id<Hall> hall : grid.halls)
    sum.count +=
        now.graph.push(now.trial, node_of(state, state.model->halls[hall]), FlowGraph::kUnlimited);
  // What a dead element would hold back is no scheme's doing.
  for (std::size_t i = 0; i < grid.elements.size(); ++i) {
    const Feeder& feeder = state.model->feeders[grid.elements[i]];
    if (feeder.redundancy == Redundancy::n || now.flowing[i].at == des::kNever) continue;
    for (const Id<Feeder> member : feeder.fed_by)
      sum.count += now.graph.push(now.trial, way_out(state.model->feeders[member].grid_element),
                                  FlowGraph::kUnlimited);
  }
  return sum;
}

Id<Feeder> bottleneck(State& state, Id<Hall> id) {
  const Hall& hall = state.model->halls[id];
  const PowerGrid& grid = state.model->grids[state.model->feeders[hall.feeder].grid];
  GridState& now = grid_of(state, hall);
  for (const FlowGraph::Residual& residual : now.cases) {
    now.trial = residual;
    if (now.graph.push(now.trial, node_of(state, hall), hall.rack_power.count) ==
        hall.rack_power.count)
      continue;
    // Upward from the hall through what can carry more, until something cannot.
    std::vector<char> above(grid.elements.size());
    above[state.model->feeders[hall.feeder].grid_element] = 1;
    for (std::size_t i = grid.elements.size(); i-- > 0;) {
      if (!above[i]) continue;
      if (now.trial[now.element_arcs[i]] == 0) return grid.elements[i];
      for (const Id<Feeder> feed : state.model->feeders[grid.elements[i]].fed_by)
        above[state.model->feeders[feed].grid_element] = 1;
    }
  }
  return hall.feeder;
}

const Freed& flowing(const State& state, Id<Feeder> id) {
  const Feeder& feeder = state.model->feeders[id];
  return state.grids[feeder.grid.index()].flowing[feeder.grid_element];
}

}  // namespace racked::power_grid
