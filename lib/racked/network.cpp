#include "network.h"

#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <boost/graph/depth_first_search.hpp>
#include <boost/graph/topological_sort.hpp>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>
#include <vector>

namespace racked {
namespace {

// Nodes: 2t is the start of task t, 2t + 1 its finish; feeders follow. An edge leads from what must
// happen first, with the time between the two.
struct Edge {
  std::size_t from;
  std::size_t to;
  double days;
};

using Graph = boost::compressed_sparse_row_graph<boost::directedS, boost::no_property, double>;

std::size_t start_of(Id<Task> task) { return 2 * std::size_t{task.index()}; }
std::size_t finish_of(Id<Task> task) { return start_of(task) + 1; }
std::size_t node_of(const Model& model, Id<Feeder> feeder) {
  return 2 * model.tasks.size() + feeder.index();
}

double days(des::Duration duration) {
  return std::chrono::duration<double>(duration).count() / 86'400;
}

// Calendar days that the mean duration takes on the task's calendar, holidays apart.
double mean_days(const Model& model, const Task& task) {
  if (!task.duration.valid()) return 0;
  const Calendar& calendar = model.calendars[task.calendar];
  const double worked = model.distributions[task.duration.shape].mean() * days(task.duration.unit);
  if (task.elapsed || calendar.always()) return worked;
  const double share =
      days(calendar.work_between(des::kStart, model.horizon)) / days(model.horizon - des::kStart);
  return share > 0 ? worked / share : worked;
}

std::pair<std::size_t, std::size_t> nodes_of(const Link& link) {
  const bool from_start = link.type == LinkType::start_start || link.type == LinkType::start_finish;
  const bool to_finish =
      link.type == LinkType::finish_finish || link.type == LinkType::start_finish;
  return {from_start ? start_of(link.from) : finish_of(link.from),
          to_finish ? finish_of(link.to) : start_of(link.to)};
}

std::vector<Edge> edges_of(const Model& model) {
  std::vector<Edge> edges;
  for (std::size_t i = 0; i < model.tasks.size(); ++i) {
    const Id<Task> id(i);
    const Task& task = model.tasks[id];
    edges.push_back({start_of(id), finish_of(id), mean_days(model, task)});
    for (const Id<Effect> effect : task.effects)
      if (model.effects[effect].energise.valid())
        edges.push_back({finish_of(id), node_of(model, model.effects[effect].energise), 0});
    for (const Id<Need> need : task.needs)
      if (model.needs[need].energised.valid())
        edges.push_back({node_of(model, model.needs[need].energised), start_of(id), 0});
  }
  for (const Link& link : model.links) {
    const auto [from, to] = nodes_of(link);
    edges.push_back({from, to, days(link.lag)});
  }
  for (std::size_t i = 0; i < model.feeders.size(); ++i)
    if (model.feeders[Id<Feeder>(i)].fed_by.valid())
      edges.push_back(
          {node_of(model, model.feeders[Id<Feeder>(i)].fed_by), node_of(model, Id<Feeder>(i)), 0});
  return edges;
}

Graph graph_of(const Model& model) {
  const std::vector<Edge> edges = edges_of(model);
  std::vector<std::pair<std::size_t, std::size_t>> ends;
  std::vector<double> weights;
  for (const Edge& edge : edges) {
    ends.emplace_back(edge.from, edge.to);
    weights.push_back(edge.days);
  }
  return Graph(boost::edges_are_unsorted_multi_pass, ends.begin(), ends.end(), weights.begin(),
               2 * model.tasks.size() + model.feeders.size());
}

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

// Nodes in an order in which every edge leads backward: what must happen last comes first.
std::vector<std::size_t> last_to_first(const Graph& graph) {
  std::vector<std::size_t> order;
  boost::topological_sort(graph, std::back_inserter(order));
  return order;
}

// The longest time from each node to the end of everything.
std::vector<double> longest_tails(const Graph& graph) {
  std::vector<double> tail(num_vertices(graph), 0);
  for (const std::size_t node : last_to_first(graph))
    for (auto [edge, end] = out_edges(node, graph); edge != end; ++edge)
      tail[node] = std::max(tail[node], graph[*edge] + tail[target(*edge, graph)]);
  return tail;
}

std::int64_t count_successors(const Model& model, Id<Task> task,
                              std::vector<std::uint32_t>& seen_by) {
  const std::uint32_t mark = task.index() + 1;
  std::vector<Id<Task>> open{task};
  std::int64_t count = 0;
  while (!open.empty()) {
    const Id<Task> at = open.back();
    open.pop_back();
    for (const Id<Link> link : model.tasks[at].successors) {
      const Id<Task> to = model.links[link].to;
      if (seen_by[to.index()] == mark) continue;
      seen_by[to.index()] = mark;
      ++count;
      open.push_back(to);
    }
  }
  return count;
}

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
  const Graph graph = graph_of(model);
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

void set_dispatch_keys(Model& model, DispatchRule rule,
                       const std::function<std::int64_t(Id<Task>)>& priority) {
  std::vector<double> tail;
  if (rule == DispatchRule::earliest_late_start) tail = longest_tails(graph_of(model));
  std::vector<std::uint32_t> seen_by(model.tasks.size(), 0);
  for (std::size_t i = 0; i < model.tasks.size(); ++i) {
    const Id<Task> id(i);
    Task& task = model.tasks[id];
    switch (rule) {
      case DispatchRule::fifo: task.dispatch_key = 0; break;
      case DispatchRule::priority: task.dispatch_key = -priority(id); break;
      case DispatchRule::earliest_late_start:
        // The latest start is the end of everything less the tail: the longest tail goes first.
        task.dispatch_key = -std::llround(tail[start_of(id)] * 86'400);
        break;
      case DispatchRule::shortest:
        task.dispatch_key = std::llround(mean_days(model, task) * 86'400);
        break;
      case DispatchRule::most_successors:
        task.dispatch_key = -count_successors(model, id, seen_by);
        break;
    }
  }
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
