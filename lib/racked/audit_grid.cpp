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

bool GridAt::change(const Energisation& record) {
  const auto [last, is_first] = last_.try_emplace(record.feeder, record);
  const bool less = !is_first && record.available < last->second.available;
  last->second = record;
  return less;
}

bool GridAt::flows(Id<Feeder> id) const {
  const auto last = last_.find(id);
  if (last == last_.end() || !last->second.alive) return false;
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

std::int64_t GridAt::flow(std::size_t number, const Claims& claims, bool to_all) const {
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
  for (const auto& [hall, power] : claims)
    network.add(node[model_.halls[hall].feeder] + 1, 1, power);
  if (to_all) {
    for (const Id<Feeder> id : elements_)
      if (const Feeder& feeder = model_.feeders[id];
          feeder.redundancy != Redundancy::n && flows(id))
        for (const Id<Feeder> member : feeder.fed_by) network.add(node[member] + 1, 1, kAny);
    for (const Hall& hall : model_.halls)
      if (node.count(hall.feeder) > 0) network.add(node[hall.feeder] + 1, 1, kAny);
  }
  return network.largest();
}

std::int64_t GridAt::brought(std::size_t number, const Claims& claims) const {
  return flow(number, claims, false);
}

bool GridAt::fits(std::size_t number, Id<Hall> hall, std::int64_t power) const {
  Claims more = claims_;
  more[hall] += power;
  return brought(number, more) == brought(number, claims_) + power;
}

std::int64_t GridAt::reachable() const { return flow(0, {}, true); }

GridStory story_of(const Model& model, const Timeline& timeline, Id<PowerGrid> grid) {
  GridStory story;
  for (const Energisation& record : timeline.energisations)
    if (model.feeders[record.feeder].grid == grid) {
      story.changes.push_back(record);
      story.instants.push_back(record.at);
    }
  for (const RackRun& rack : timeline.racks) {
    if (!rack.hall.valid() || model.feeders[model.halls[rack.hall].feeder].grid != grid) continue;
    const bool fact = !model.usable_racks.empty() && is_fact(model, rack);
    story.claims.push_back({rack.assigned, rack.hall, 1, true, fact});
  }
  for (const Darkness& dark : timeline.darkness) {
    const Id<Hall> hall = timeline.racks[dark.rack].hall;
    if (model.feeders[model.halls[hall].feeder].grid != grid) continue;
    story.claims.push_back({dark.from, hall, -1, false, false});
    if (dark.to != des::kNever) story.claims.push_back({dark.to, hall, 1, false, false});
  }
  for (const GridStory::Claim& claim : story.claims) story.instants.push_back(claim.at);
  std::stable_sort(story.claims.begin(), story.claims.end(), [](const auto& a, const auto& b) {
    return a.at != b.at ? a.at < b.at : a.is_new < b.is_new;
  });
  std::sort(story.instants.begin(), story.instants.end());
  story.instants.erase(std::unique(story.instants.begin(), story.instants.end()),
                       story.instants.end());
  return story;
}

void extend(Spans& spans, bool is, des::Time from, des::Time to) {
  if (!is || from >= to) return;
  if (!spans.empty() && spans.back().second == from)
    spans.back().second = to;
  else
    spans.emplace_back(from, to);
}

void claim_of(const Model& model, const GridStory::Claim& claim, GridAt& grid,
              std::vector<std::int64_t>& dark) {
  grid.claim(claim.hall, claim.racks * model.halls[claim.hall].rack_power.count);
  if (!claim.is_new) dark[claim.hall.index()] -= claim.racks;
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

void view_grid(const Model& model, const Timeline& timeline, Id<PowerGrid> id,
               std::vector<HallPower>& halls) {
  const GridStory story = story_of(model, timeline, id);
  GridAt grid(model, id);
  std::size_t change = 0, claim = 0;
  std::vector<std::int64_t> dark(model.halls.size());
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
      claim_of(model, story.claims[claim], grid, dark);
    for (const Id<Hall> hall : here) {
      const std::int64_t rack = model.halls[hall].rack_power.count;
      extend(halls[hall.index()].dead, !grid.flows(model.halls[hall].feeder), from, to);
      bool exhausted = dark[hall.index()] > 0;
      for (std::size_t number = 0; number < grid.cases() && !exhausted; ++number)
        exhausted = !grid.fits(number, hall, rack);
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

}  // namespace racked::audit_rules
