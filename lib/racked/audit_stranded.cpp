#include "audit_power.h"

namespace racked::audit_rules {
namespace {

enum Reason : std::size_t { kRacks, kFragments, kRedundancy, kHalls };
using Sums = std::array<std::int64_t, 4>;

// Halls at one time: positions that only lack a rack or power for one, and racks that are dark.
struct HallNow {
  std::int64_t open = 0;
  std::int64_t dark = 0;
};

std::vector<HallNow> halls_on(const Model& model, const Timeline& timeline,
                              const std::vector<HallPower>& power, des::Time date) {
  std::vector<HallNow> now(model.halls.size());
  for (std::size_t i = 0; i < now.size(); ++i) {
    const auto& flows = timeline.flows[i];
    const bool ready = std::all_of(flows.begin(), flows.end(),
                                   [date](const FlowStart& flow) { return flow.at <= date; });
    if (ready && !within(power[i].dead, date)) now[i].open = model.halls[Id<Hall>(i)].positions;
  }
  for (const RackRun& rack : timeline.racks)
    if (rack.hall.valid() && rack.assigned <= date && now[rack.hall.index()].open > 0)
      --now[rack.hall.index()].open;
  for (const Darkness& dark : timeline.darkness)
    if (dark.from <= date && date < dark.to) ++now[timeline.racks[dark.rack].hall.index()].dark;
  return now;
}

// First whole racks, then what is left, as far as `left(hall, most)` allows.
template <class Left, class Claim>
void add_claims(const Model& model, const std::vector<Id<Hall>>& halls,
                const std::vector<HallNow>& now, Sums& sums, Left left, Claim claim) {
  std::vector<std::int64_t> more(model.halls.size());
  for (const Reason reason : {kRacks, kFragments})
    for (const Id<Hall> id : halls) {
      const HallNow& hall = now[id.index()];
      const std::int64_t rack = model.halls[id].rack_power.count;
      if (reason == kRacks && hall.dark > 0) continue;
      const std::int64_t most = (hall.dark > 0 ? hall.dark : hall.open) * rack - more[id.index()];
      std::int64_t power = left(id, most);
      if (reason == kRacks && rack > 0) power -= power % rack;
      claim(id, power);
      more[id.index()] += power;
      sums[reason] += power;
    }
}

std::vector<Id<Hall>> by_priority(const Model& model, Id<Campus> campus, Id<PowerGrid> grid) {
  std::vector<Id<Hall>> halls;
  for (const Id<Hall> id : model.campuses[campus].halls)
    if (model.feeders[model.halls[id].feeder].grid == grid) halls.push_back(id);
  std::stable_sort(halls.begin(), halls.end(), [&model](Id<Hall> a, Id<Hall> b) {
    return model.halls[a].priority > model.halls[b].priority;
  });
  return halls;
}

void add_grid(const Model& model, const Timeline& timeline, Id<PowerGrid> id, des::Time date,
              const std::vector<HallNow>& now, Sums& sums) {
  const GridStory story = story_of(model, timeline, id);
  GridAt grid(model, id);
  std::vector<std::int64_t> dark(model.halls.size());
  for (const Energisation& record : story.changes)
    if (record.at <= date) grid.change(record);
  for (const GridStory::Claim& claim : story.claims)
    if (claim.at <= date) claim_of(model, claim, grid, dark);
  const auto left = [&](Id<Hall> hall, std::int64_t most) {
    GridAt::Claims asked = grid.claims();
    asked[hall] += most;
    for (std::size_t number = 0; number < grid.cases(); ++number)
      most = std::min(most, grid.brought(number, asked) - grid.brought(number, grid.claims()));
    return most;
  };
  const auto claim = [&](Id<Hall> hall, std::int64_t power) { grid.claim(hall, power); };
  const Id<Campus> campus = model.feeders[model.grids[id].elements.front()].campus;
  const std::vector<Id<Hall>> halls = by_priority(model, campus, id);
  add_claims(model, halls, now, sums, left, claim);
  constexpr std::int64_t kMost = std::int64_t{1} << 50;  // more than any source delivers
  for (const Id<Hall> hall : halls) grid.claim(hall, left(hall, kMost));
  sums[kRedundancy] += grid.reachable() - grid.brought(0, grid.claims());
}

}  // namespace

std::vector<std::array<std::int64_t, 4>> stranded_on(const Model& model, const Timeline& timeline,
                                                     const std::vector<HallPower>& power,
                                                     des::Time date) {
  std::vector<Sums> all(model.campuses.size(), Sums{});
  const std::vector<HallNow> now = halls_on(model, timeline, power, date);
  std::vector<std::int64_t> left_on(model.feeders.size());
  for (const Energisation& record : timeline.energisations)
    if (record.at <= date) left_on[record.feeder.index()] = record.available.count;
  // Delivered and not claimed.
  for (std::size_t i = 0; i < model.feeders.size(); ++i)
    if (const Feeder& feeder = model.feeders[Id<Feeder>(i)]; feeder.fed_by.empty())
      all[feeder.campus.index()][kHalls] += left_on[i];
  for (const RackRun& rack : timeline.racks) {
    if (!rack.hall.valid() || rack.assigned > date) continue;
    const Hall& hall = model.halls[rack.hall];
    all[hall.campus.index()][kHalls] -= hall.rack_power.count;
    for (Id<Feeder> f = hall.feeder; f.valid(); f = model.feeders[f].above)
      left_on[f.index()] -= hall.rack_power.count;
  }
  for (std::size_t i = 0; i < now.size(); ++i)
    all[model.halls[Id<Hall>(i)].campus.index()][kHalls] +=
        now[i].dark * model.halls[Id<Hall>(i)].rack_power.count;

  const auto on_way = [&](Id<Hall> hall, auto what) {
    for (Id<Feeder> f = model.halls[hall].feeder; f.valid(); f = model.feeders[f].above)
      what(left_on[f.index()]);
  };
  const auto left = [&](Id<Hall> hall, std::int64_t most) {
    on_way(hall, [&most](std::int64_t on) { most = std::min(most, on); });
    return std::max<std::int64_t>(0, most);
  };
  const auto claim = [&](Id<Hall> hall, std::int64_t more) {
    on_way(hall, [more](std::int64_t& on) { on -= more; });
  };
  for (std::size_t c = 0; c < all.size(); ++c)
    add_claims(model, by_priority(model, Id<Campus>(c), {}), now, all[c], left, claim);
  for (std::size_t i = 0; i < model.grids.size(); ++i) {
    const Id<PowerGrid> id(i);
    add_grid(model, timeline, id, date, now,
             all[model.feeders[model.grids[id].elements.front()].campus.index()]);
  }
  for (Sums& sums : all) sums[kHalls] -= sums[kRacks] + sums[kFragments] + sums[kRedundancy];
  return all;
}

}  // namespace racked::audit_rules
