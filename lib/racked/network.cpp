#include "network.h"

#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <boost/graph/depth_first_search.hpp>
#include <boost/graph/strong_components.hpp>
#include <boost/graph/topological_sort.hpp>

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

namespace racked {
namespace {

using Edge = std::pair<std::size_t, std::size_t>;
using Graph = boost::compressed_sparse_row_graph<boost::directedS>;

// Nodes are numbered as in PlanOrder; an edge leads from what must happen first.
std::size_t start_of(Id<Task> task) { return 2 * std::size_t{task.index()}; }
std::size_t finish_of(Id<Task> task) { return start_of(task) + 1; }
std::size_t node_of(const Model& model, Id<Feeder> feeder) {
  return 2 * model.tasks.size() + feeder.index();
}
std::size_t element_of(const Model& model, std::size_t node) {
  const std::size_t tasks = model.tasks.size();
  return node < 2 * tasks ? node / 2 : node - tasks;
}

std::size_t source_of(const Link& link) {
  return link.from_start() ? start_of(link.from) : finish_of(link.from);
}

// The task that places each order; invalid when a date does.
std::vector<Id<Task>> placing_tasks(const Model& model) {
  std::vector<Id<Task>> placing(model.orders.size());
  for (std::size_t i = 0; i < model.tasks.size(); ++i)
    for (const Id<Effect> effect : model.tasks[Id<Task>(i)].effects)
      if (const Id<Order> order = model.effects[effect].order; order.valid())
        placing[order.index()] = Id<Task>(i);
  return placing;
}

// The task whose milestone fires the trigger; invalid when something else does.
Id<Task> task_of(const Model& model, Id<Trigger> trigger) {
  const Id<Milestone> milestone =
      trigger.valid() ? model.triggers[trigger].milestone : Id<Milestone>();
  return milestone.valid() ? model.milestones[milestone].task : Id<Task>();
}

std::vector<Edge> edges_of(const Model& model) {
  std::vector<Edge> edges;
  const std::vector<Id<Task>> placing = placing_tasks(model);
  const std::vector<EarliestGoods> goods = earliest_goods(model);
  for (std::size_t i = 0; i < model.tasks.size(); ++i) {
    const Id<Task> id(i);
    const Task& task = model.tasks[id];
    edges.emplace_back(start_of(id), finish_of(id));
    for (const Id<Trigger> when : task.when)
      if (const Id<Task> before = task_of(model, when); before.valid())
        edges.emplace_back(finish_of(before), start_of(id));
    for (const Id<Effect> effect : task.effects)
      if (model.effects[effect].energise.valid())
        edges.emplace_back(finish_of(id), node_of(model, model.effects[effect].energise));
    for (const Id<Need> need_id : task.needs) {
      const Need& need = model.needs[need_id];
      if (need.energised.valid()) edges.emplace_back(node_of(model, need.energised), start_of(id));
      const Id<Order> order = goods[need_id.index()].order;
      if (order.valid() && placing[order.index()].valid())
        edges.emplace_back(finish_of(placing[order.index()]), start_of(id));
    }
  }
  for (const Link& link : model.links)
    edges.emplace_back(source_of(link), link.to_finish() ? finish_of(link.to) : start_of(link.to));
  for (std::size_t i = 0; i < model.feeders.size(); ++i)
    for (const Id<Feeder> above : model.feeders[Id<Feeder>(i)].fed_by)
      edges.emplace_back(node_of(model, above), node_of(model, Id<Feeder>(i)));
  return edges;
}

Graph graph_of(const std::vector<Edge>& edges, std::size_t nodes) {
  return Graph(boost::edges_are_unsorted_multi_pass, edges.begin(), edges.end(), nodes);
}

std::size_t nodes_in(const Model& model) { return 2 * model.tasks.size() + model.feeders.size(); }

// Remembers the way down and stops at the first edge back to it.
class CycleVisitor : public boost::default_dfs_visitor {
 public:
  struct Found {};
  CycleVisitor(std::vector<std::size_t>& way, std::vector<std::size_t>& cycle)
      : way_(way), cycle_(cycle) {}
  void discover_vertex(std::size_t node, const Graph&) { way_.push_back(node); }
  void finish_vertex(std::size_t, const Graph&) { way_.pop_back(); }
  void back_edge(const Graph::edge_descriptor& edge, const Graph& graph) {
    const std::size_t head = target(edge, graph);
    cycle_.assign(std::find(way_.begin(), way_.end(), head), way_.end());
    cycle_.push_back(head);
    throw Found{};
  }

 private:
  std::vector<std::size_t>& way_;
  std::vector<std::size_t>& cycle_;
};

// Tasks on ways that begin at `from`, in the order a depth-first walk leaves them: last to first.
void walk_successors(const Model& model, Id<Task> from, std::vector<char>& seen,
                     std::vector<Id<Task>>& left) {
  struct Step {
    Id<Task> task;
    std::size_t next;
  };
  std::vector<Step> way{{from, 0}};
  seen[from.index()] = 1;
  while (!way.empty()) {
    Step& top = way.back();
    const IdRange<Link> successors = model.tasks[top.task].successors;
    if (top.next == successors.size()) {
      left.push_back(top.task);
      way.pop_back();
      continue;
    }
    const Id<Task> to = model.links[Id<Link>((*successors.begin()).index() + top.next++)].to;
    if (seen[to.index()]) continue;
    seen[to.index()] = 1;
    way.push_back({to, 0});
  }
}

}  // namespace

std::string find_cycle(const Model& model) {
  const Graph graph = graph_of(edges_of(model), nodes_in(model));
  std::vector<std::size_t> way, cycle;
  try {
    boost::depth_first_search(graph, boost::visitor(CycleVisitor(way, cycle)));
    return {};
  } catch (const CycleVisitor::Found&) {
  }

  // Start and finish of one task are one name.
  std::vector<std::string> names;
  for (const std::size_t node : cycle) {
    const bool is_task = node < 2 * model.tasks.size();
    const std::string& name = is_task
                                  ? model.tasks[Id<Task>(node / 2)].name
                                  : model.feeders[Id<Feeder>(node - 2 * model.tasks.size())].name;
    if (names.empty() || names.back() != name) names.push_back(name);
  }
  if (names.size() == 1 || names.front() != names.back()) names.push_back(names.front());
  std::string text = names.front();
  for (std::size_t i = 1; i < names.size(); ++i) text += " → " + names[i];
  return text;
}

PlanOrder plan_order(const Model& model) {
  std::vector<Edge> edges = edges_of(model);
  PlanOrder order;
  for (const auto& [from, to] : edges)
    if (element_of(model, from) != element_of(model, to))
      order.holds.emplace_back(element_of(model, from), element_of(model, to));

  const std::size_t elements = model.tasks.size() + model.feeders.size();
  const Graph whole = graph_of(order.holds, elements);
  order.loops.resize(elements);
  boost::strong_components(whole, boost::make_iterator_property_map(
                                      order.loops.begin(), get(boost::vertex_index, whole)));

  for (const Link& link : model.links)
    if (link.to_finish() && order.loops[link.from.index()] != order.loops[link.to.index()])
      edges.emplace_back(source_of(link), start_of(link.to));
  const Graph graph = graph_of(edges, nodes_in(model));
  boost::topological_sort(graph, std::back_inserter(order.nodes));
  std::reverse(order.nodes.begin(), order.nodes.end());
  return order;
}

namespace {

// What comes into one stock.
struct Inflow {
  std::vector<std::pair<des::Time, std::int64_t>> dated;  // when, and how many pieces; sorted
  std::vector<Id<Order>> by_tasks;
  bool by_triggers = false;
};

std::vector<Inflow> inflows_of(const Model& model) {
  std::vector<Inflow> inflows(model.goods.size());
  for (std::size_t i = 0; i < model.orders.size(); ++i) {
    const Order& order = model.orders[Id<Order>(i)];
    if (!order.stock.valid()) continue;
    // Where campuses help each other out, what any of them orders counts for all.
    const GoodsStock& stock = model.goods[order.stock];
    const Equipment& equipment = model.equipment[stock.equipment];
    Inflow& inflow =
        inflows[(equipment.transfer.valid() ? equipment.stocks.front() : order.stock).index()];
    if (!order.dated()) {
      inflow.by_triggers |= order.when.valid();
      if (order.placed_by_task) inflow.by_tasks.push_back(Id<Order>(i));
      continue;
    }
    const des::Time first = order.placed + mean_lead_time(model, order);
    for (std::int64_t lot = 0; lot < order.lots; ++lot) {
      const auto number = static_cast<std::size_t>(lot);
      const bool known = number < order.arrived.size() && order.arrived[number] != des::kNever;
      inflow.dated.emplace_back(
          known ? order.arrived[number] : std::max(model.status, first + lot * order.lot_spacing),
          order.pieces(lot));
    }
  }
  for (Inflow& inflow : inflows) std::sort(inflow.dated.begin(), inflow.dated.end());
  return inflows;
}

const Inflow& inflow_for(const Model& model, const std::vector<Inflow>& inflows,
                         Id<GoodsStock> stock) {
  const Equipment& equipment = model.equipment[model.goods[stock].equipment];
  return inflows[(equipment.transfer.valid() ? equipment.stocks.front() : stock).index()];
}

EarliestGoods earliest_of(const Model& model, const Inflow& inflow, std::int64_t missing) {
  EarliestGoods earliest{des::kStart, {}, 0};
  for (const auto& [at, pieces] : inflow.dated) {
    earliest.dated = at;
    if ((missing -= pieces) <= 0) return earliest;
  }
  if (inflow.by_triggers) return {des::kStart, {}, 0};  // nobody knows when they fire
  if (inflow.by_tasks.empty()) return {des::kNever, {}, 0};
  if (inflow.by_tasks.size() > 1) return {des::kStart, {}, 0};  // which of them is open
  earliest.order = inflow.by_tasks.front();
  const Order& order = model.orders[earliest.order];
  while ((missing -= order.pieces(earliest.lot)) > 0 && earliest.lot + 1 < order.lots)
    ++earliest.lot;
  return earliest;
}

}  // namespace

des::Duration mean_lead_time(const Model& model, const Order& order) {
  double failures = 0, chance = 1;
  for (std::uint32_t i = 0; i < order.test.at_most; ++i) failures += chance *= order.test.failure;
  return mean_span(model, order.lead_time) +
         des::rounded(failures * static_cast<double>(mean_span(model, order.test.repair).count()),
                      des::Duration{1});
}

std::vector<EarliestGoods> earliest_goods(const Model& model) {
  const std::vector<Inflow> inflows = inflows_of(model);
  std::vector<EarliestGoods> earliest;
  for (const Need& need : model.needs)
    earliest.push_back(need.goods.valid()
                           ? earliest_of(model, inflow_for(model, inflows, need.goods), need.count)
                           : EarliestGoods{des::kStart, {}, 0});
  return earliest;
}

void find_rework_loop(const Model& model, Id<Task> back_to, Id<Task> failing, Rework& rework) {
  std::vector<char> after_first(model.tasks.size(), 0);
  std::vector<Id<Task>> last_to_first;
  walk_successors(model, back_to, after_first, last_to_first);

  // On a way to the failing task: it, or whatever has a successor that is.
  std::vector<char> inside(model.tasks.size(), 0);
  for (const Id<Task> task : last_to_first) {
    inside[task.index()] = task == failing;
    for (const Id<Link> link : model.tasks[task].successors)
      inside[task.index()] |= inside[model.links[link].to.index()];
    if (inside[task.index()]) rework.tasks.push_back(task);
  }
  std::reverse(rework.tasks.begin(), rework.tasks.end());
  for (const Id<Task> task : rework.tasks)
    for (const Id<Link> link : model.tasks[task].successors)
      if (inside[model.links[link].to.index()]) rework.links.push_back(link);
}

}  // namespace racked
