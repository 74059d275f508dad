#include "audit_power.h"

#include <limits>
#include <set>

namespace racked::audit_rules {
namespace {

// The largest flow from node 0 to node 1 of a small network, by ways found depth first.
class Network {
 public:
  explicit Network(std::size_t nodes) : pipes_of_(nodes), seen_(nodes) {}

  void add(std::size_t from, std::size_t to, std::int64_t most) {
    pipes_of_[from].push_back(pipes_.size());
    pipes_.push_back({to, most});
    pipes_of_[to].push_back(pipes_.size());
    pipes_.push_back({from, 0});
  }

  std::int64_t largest() {
    std::int64_t sum = 0;
    for (;;) {
      std::fill(seen_.begin(), seen_.end(), 0);
      const std::int64_t more = send(0, std::numeric_limits<std::int64_t>::max());
      if (more == 0) return sum;
      sum += more;
    }
  }

 private:
  struct Pipe {
    std::size_t to;
    std::int64_t left;
  };

  std::int64_t send(std::size_t node, std::int64_t most) {
    if (node == 1) return most;
    seen_[node] = 1;
    for (const std::size_t pipe : pipes_of_[node]) {
      if (pipes_[pipe].left == 0 || seen_[pipes_[pipe].to]) continue;
      const std::int64_t sent = send(pipes_[pipe].to, std::min(most, pipes_[pipe].left));
      if (sent == 0) continue;
      pipes_[pipe].left -= sent;
      pipes_[pipe ^ 1].left += sent;
      return sent;
    }
    return 0;
  }

  std::vector<Pipe> pipes_;
  std::vector<std::vector<std::size_t>> pipes_of_;
  std::vector<char> seen_;
};

constexpr std::int64_t kAny = std::numeric_limits<std::int64_t>::max() / 8;

}  // namespace

GridAt::GridAt(const Model& model, Id<PowerGrid> grid) : model_(model) {
  std::set<Id<Feeder>> members;
  for (std::size_t i = 0; i < model.feeders.size(); ++i) {
    const Feeder& feeder = model.feeders[Id<Feeder>(i)];
    if (feeder.grid != grid) continue;
    elements_.emplace_back(i);
    if (feeder.redundancy == Redundancy::n) continue;
    members.insert(feeder.fed_by.begin(), feeder.fed_by.end());
    catchers_ = catchers_ || feeder.redundancy == Redundancy::block_redundant;
  }
  members_.assign(members.begin(), members.end());
}

void GridAt::change(const Energisation& record) { last_[record.feeder] = record; }

std::int64_t GridAt::claimed() const {
  std::int64_t sum = 0;
  for (const auto& [hall, power] : claims_) sum += power;
  return sum;
}

bool GridAt::flows(Id<Feeder> id) const {
  if (last_.count(id) == 0) return false;
  const auto& feeds = model_.feeders[id].fed_by;
  return feeds.empty() ||
         std::any_of(feeds.begin(), feeds.end(), [this](Id<Feeder> f) { return flows(f); });
}

std::int64_t GridAt::limit(std::size_t number, const Feeder& feeder, Id<Feeder> member) const {
  if (number == 0 || feeder.redundancy == Redundancy::n) return kAny;
  const bool idle = number > members_.size();
  if (!idle && members_[number - 1] == member) return 0;
  if (idle && feeder.redundancy == Redundancy::block_redundant && member == feeder.fed_by.back())
    return 0;
  std::int64_t even = kAny;
  if (feeder.redundancy == Redundancy::distributed_redundant)
    for (const Id<Feeder> other : feeder.fed_by)
      if (const auto last = last_.find(other); last != last_.end())
        if (last->second.available.count > 0) even = std::min(even, last->second.available.count);
  return even;
}

std::int64_t GridAt::brought(std::size_t number, Id<Hall> more_at, std::int64_t more) const {
  std::map<Id<Feeder>, std::size_t> node;
  for (const Id<Feeder> id : elements_) node.emplace(id, 2 + 2 * node.size());
  Network network(2 + 2 * elements_.size());
  for (const Id<Feeder> id : elements_) {
    const auto last = last_.find(id);
    network.add(node[id], node[id] + 1, last == last_.end() ? 0 : last->second.available.count);
    const Feeder& feeder = model_.feeders[id];
    if (feeder.fed_by.empty()) network.add(0, node[id], kAny);
    for (const Id<Feeder> above : feeder.fed_by)
      network.add(node[above] + 1, node[id], limit(number, feeder, above));
  }
  for (const auto& [hall, power] : claims_)
    network.add(node[model_.halls[hall].feeder] + 1, 1, power);
  if (more_at.valid()) network.add(node[model_.halls[more_at].feeder] + 1, 1, more);
  return network.largest();
}

GridStory story_of(const Model& model, const Timeline& timeline, Id<PowerGrid> grid) {
  GridStory story;
  for (const Energisation& record : timeline.energisations)
    if (model.feeders[record.feeder].grid == grid) {
      story.changes.push_back(record);
      story.instants.push_back(record.at);
    }
  for (const RackRun& rack : timeline.racks) {
    if (!rack.hall.valid() || model.feeders[model.halls[rack.hall].feeder].grid != grid) continue;
    story.claims.push_back({rack.assigned, rack.hall, is_fact(model, rack)});
    story.instants.push_back(rack.assigned);
  }
  std::stable_sort(story.claims.begin(), story.claims.end(),
                   [](const auto& a, const auto& b) { return a.at < b.at; });
  std::sort(story.instants.begin(), story.instants.end());
  story.instants.erase(std::unique(story.instants.begin(), story.instants.end()),
                       story.instants.end());
  return story;
}

namespace {

// Where power goes up a tree: an element is alive from its first record on, and has left what it
// carries less what is claimed on it.
void view_trees(const Model& model, const Timeline& timeline, std::vector<HallPower>& halls) {
  std::vector<des::Time> alive(model.feeders.size(), des::kNever);
  std::vector<std::int64_t> before(model.feeders.size());
  std::vector<Steps> headroom(model.feeders.size());
  for (const Energisation& record : timeline.energisations) {
    const std::size_t i = record.feeder.index();
    alive[i] = std::min(alive[i], record.at);
    headroom[i].add(record.at, record.available.count - before[i]);
    before[i] = record.available.count;
  }
  for (const RackRun& rack : timeline.racks) {
    if (!rack.hall.valid()) continue;
    for (Id<Feeder> f = model.halls[rack.hall].feeder; f.valid(); f = model.feeders[f].above)
      headroom[f.index()].add(rack.assigned, -model.halls[rack.hall].rack_power.count);
  }
  for (Steps& steps : headroom) steps.settle();
  for (std::size_t i = 0; i < halls.size(); ++i) {
    const Hall& hall = model.halls[Id<Hall>(i)];
    if (model.feeders[hall.feeder].grid.valid()) continue;
    des::Time all_alive = model.begin;
    for (Id<Feeder> f = hall.feeder; f.valid(); f = model.feeders[f].above) {
      all_alive = std::max(all_alive, alive[f.index()]);
      des::Time since = model.begin;
      bool exhausted = true;  // nothing is carried before the first energisation
      for (const auto& [at, left] : headroom[f.index()].values()) {
        if ((left < hall.rack_power.count) == exhausted) continue;
        if (exhausted) halls[i].exhausted.emplace_back(since, at);
        exhausted = !exhausted;
        since = at;
      }
      if (exhausted) halls[i].exhausted.emplace_back(since, des::kNever);
    }
    halls[i].dead.emplace_back(des::Time::min(), all_alive);
  }
}

void extend(Spans& spans, bool is, des::Time from, des::Time to) {
  if (!is || from >= to) return;
  if (!spans.empty() && spans.back().second == from)
    spans.back().second = to;
  else
    spans.emplace_back(from, to);
}

void view_grid(const Model& model, const Timeline& timeline, Id<PowerGrid> id,
               std::vector<HallPower>& halls) {
  const GridStory story = story_of(model, timeline, id);
  GridAt grid(model, id);
  std::size_t change = 0, claim = 0;
  std::vector<Id<Hall>> here;
  for (std::size_t i = 0; i < model.halls.size(); ++i)
    if (model.feeders[model.halls[Id<Hall>(i)].feeder].grid == id) here.emplace_back(i);
  const des::Time first = story.instants.empty() ? des::kNever : story.instants.front();
  for (const Id<Hall> hall : here) halls[hall.index()].dead.emplace_back(des::Time::min(), first);
  for (std::size_t i = 0; i < story.instants.size(); ++i) {
    const des::Time from = story.instants[i];
    const des::Time to = i + 1 < story.instants.size() ? story.instants[i + 1] : des::kNever;
    for (; change < story.changes.size() && story.changes[change].at == from; ++change)
      grid.change(story.changes[change]);
    for (; claim < story.claims.size() && story.claims[claim].at == from; ++claim)
      grid.claim(story.claims[claim].hall, model.halls[story.claims[claim].hall].rack_power.count);
    for (const Id<Hall> hall : here) {
      const std::int64_t rack = model.halls[hall].rack_power.count;
      extend(halls[hall.index()].dead, !grid.flows(model.halls[hall].feeder), from, to);
      bool exhausted = false;
      for (std::size_t number = 0; number < grid.cases() && !exhausted; ++number)
        exhausted = grid.brought(number, hall, rack) < grid.brought(number) + rack;
      extend(halls[hall.index()].exhausted, exhausted, from, to);
    }
  }
}

}  // namespace

std::vector<HallPower> power_of_halls(const Model& model, const Timeline& timeline) {
  std::vector<HallPower> halls(model.halls.size());
  view_trees(model, timeline, halls);
  for (std::size_t i = 0; i < model.grids.size(); ++i)
    view_grid(model, timeline, Id<PowerGrid>(i), halls);
  return halls;
}

// Rules.

namespace {

// When each element came alive by the records; des::kNever if it did not.
std::vector<des::Time> energised(const Model& model, const Timeline& timeline) {
  std::vector<des::Time> at(model.feeders.size(), des::kNever);
  for (const Energisation& record : timeline.energisations)
    at[record.feeder.index()] = std::min(at[record.feeder.index()], record.at);
  return at;
}

void check_energisations(const Model& model, const Timeline& timeline, FindingList& findings) {
  const std::vector<des::Time> alive = energised(model, timeline);
  std::vector<des::Time> due(model.feeders.size(), des::kStart);
  std::vector<char> done(model.tasks.size());
  for (const TaskRun& run : timeline.task_runs) {
    if (run.failed || run.finish == des::kNever || done[run.task.index()]) continue;
    done[run.task.index()] = 1;
    for (const Id<Effect> effect : model.tasks[run.task].effects)
      if (const Id<Feeder> feeder = model.effects[effect].energise; feeder.valid())
        due[feeder.index()] = std::max(due[feeder.index()], run.finish);
  }
  for (std::size_t i = 0; i < model.tasks.size(); ++i)
    for (const Id<Effect> effect : model.tasks[Id<Task>(i)].effects)
      if (const Id<Feeder> feeder = model.effects[effect].energise; feeder.valid() && !done[i])
        due[feeder.index()] = des::kNever;
  for (std::size_t i = 0; i < model.feeders.size(); ++i) {
    const Feeder& feeder = model.feeders[Id<Feeder>(i)];
    if (!feeder.dated && feeder.energised == des::kNever && alive[i] != due[i])
      findings.add("energisation", feeder.name + " came alive " + when(model, alive[i]) +
                                       ", its tasks were done " + when(model, due[i]));
  }
  for (const Energisation& record : timeline.energisations)
    if (record.available > model.feeders[record.feeder].capacity || record.available < Watts{})
      findings.add("energisation",
                   model.feeders[record.feeder].name + " carries more than its capacity");
}

// Whether a way from a source to the element was alive at a time, by when elements came alive.
bool fed_at(const Model& model, const std::vector<des::Time>& alive, Id<Feeder> id,
            des::Time time) {
  if (alive[id.index()] > time) return false;
  const auto& feeds = model.feeders[id].fed_by;
  return feeds.empty() || std::any_of(feeds.begin(), feeds.end(),
                                      [&](Id<Feeder> f) { return fed_at(model, alive, f, time); });
}

void check_needs(const Model& model, const Timeline& timeline, FindingList& findings) {
  const std::vector<des::Time> alive = energised(model, timeline);
  for (const TaskRun& run : timeline.task_runs)
    for (const Id<Need> need : is_fact(model, run) ? IdRange<Need>() : model.tasks[run.task].needs)
      if (const Id<Feeder> feeder = model.needs[need].energised;
          feeder.valid() && !fed_at(model, alive, feeder, run.start))
        findings.add("energised_need", model.tasks[run.task].name + " started before " +
                                           model.feeders[feeder].name + " was alive");
}

// What racks claim does not exceed what an element of a tree can carry when they claim it.
void check_trees(const Model& model, const Timeline& timeline, FindingList& findings) {
  std::vector<Steps> available(model.feeders.size()), claimed(model.feeders.size());
  std::vector<std::int64_t> before(model.feeders.size());
  for (const Energisation& record : timeline.energisations) {
    const std::size_t i = record.feeder.index();
    available[i].add(record.at, record.available.count - before[i]);
    before[i] = record.available.count;
  }
  for (const RackRun& rack : timeline.racks) {
    if (!rack.hall.valid()) continue;
    const Hall& hall = model.halls[rack.hall];
    for (Id<Feeder> f = hall.feeder; f.valid(); f = model.feeders[f].above)
      claimed[f.index()].add(rack.assigned, hall.rack_power.count);
  }
  for (std::size_t i = 0; i < claimed.size(); ++i) {
    available[i].settle();
    claimed[i].settle();
    for (const auto& [at, power] : claimed[i].values())
      if (power > available[i].at(at) && (at > model.status || model.usable_racks.empty())) {
        findings.add("power", "racks claim more than " + model.feeders[Id<Feeder>(i)].name +
                                  " can carry, " + when(model, at));
        break;
      }
  }
}

// In a grid all that is claimed can be brought at once, and what racks newly claim also when any
// one member of a redundant element is lost.
void check_grid(const Model& model, const Timeline& timeline, Id<PowerGrid> id,
                FindingList& findings) {
  const GridStory story = story_of(model, timeline, id);
  GridAt grid(model, id);
  std::size_t change = 0, claim = 0;
  for (const des::Time at : story.instants) {
    for (; change < story.changes.size() && story.changes[change].at == at; ++change)
      grid.change(story.changes[change]);
    std::vector<std::int64_t> before;
    for (std::size_t number = 0; number < grid.cases(); ++number)
      before.push_back(grid.brought(number));
    std::int64_t more = 0;
    bool facts = false;
    for (; claim < story.claims.size() && story.claims[claim].at == at; ++claim) {
      const std::int64_t power = model.halls[story.claims[claim].hall].rack_power.count;
      grid.claim(story.claims[claim].hall, power);
      more += power;
      facts = facts || story.claims[claim].fact;
    }
    const std::string where = model.feeders[model.grids[id].elements.front()].name;
    const bool known = at <= model.status && !model.usable_racks.empty();
    if (!known && model.usable_racks.empty() && grid.brought(0) != grid.claimed())
      findings.add("power", "racks claim more than can be brought to them around " + where + ", " +
                                when(model, at));
    for (std::size_t number = 1; number < grid.cases() && more > 0 && !facts; ++number)
      if (grid.brought(number) != before[number] + more) {
        findings.add("redundancy", "racks around " + where + " claim power that is held back, " +
                                       when(model, at));
        break;
      }
  }
}

}  // namespace

void check_power(const Model& model, const Timeline& timeline, FindingList& findings) {
  check_energisations(model, timeline, findings);
  check_needs(model, timeline, findings);
  check_trees(model, timeline, findings);
  for (std::size_t i = 0; i < model.grids.size(); ++i)
    check_grid(model, timeline, Id<PowerGrid>(i), findings);
}

}  // namespace racked::audit_rules
