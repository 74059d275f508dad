#include "model_builder.h"

#include <algorithm>
#include <numeric>

namespace racked {

// Reading.

void ModelBuilder::resolve_feeders() {
  for (std::size_t i = 0; i < feeder_sources_.size(); ++i) read_feeder(Id<Feeder>(i));
}

void ModelBuilder::read_feeder(Id<Feeder> id) {
  const auto& [written, site] = feeder_sources_[id.index()];
  const std::string& path = paths_of_feeders_[id.index()];
  Feeder& feeder = model_.feeders[id];
  feeder.capacity = watts_of_megawatts(written->capacity_mw());
  read_feeds(*written, sites_[site], feeder, path);
  feeder.dated = written->has_energised();
  if (feeder.dated) {
    feeder.date = time(written->energised().date());
    feeder.slip = uncertain(written->energised(), "slip_days", child_path(path, "energised"),
                            "feeder/" + feeder.name, des::kDay);
  }
  read_ramp(*written, feeder, path);
  feeder.ends = written->has_until();
  if (!feeder.ends) return;
  feeder.until = time(written->until().date());
  feeder.until_slip = uncertain(written->until(), "slip_days", child_path(path, "until"),
                                "feeder/" + feeder.name + "/until", des::kDay);
  if (feeder.dated && feeder.until <= feeder.date)
    problems_.add(child_path(path, "until"), "must be after it is energised");
}

void ModelBuilder::read_feeds(const v1::Feeder& written, const Site& site, Feeder& feeder,
                              const std::string& path) {
  for (int i = 0; i < written.fed_by_size(); ++i) {
    const std::string at = child_path(path, "fed_by", i);
    const Id<Feeder> above =
        scoped<Feeder>(feeder_names_, site.scope, written.fed_by(i), at, "feeder");
    if (!above.valid()) continue;
    if (model_.feeders[above].campus != feeder.campus)
      problems_.add(at, "'" + written.fed_by(i) + "' is on another campus");
    if (std::find(feeder.fed_by.begin(), feeder.fed_by.end(), above) != feeder.fed_by.end())
      problems_.add(at, "names '" + written.fed_by(i) + "' twice");
    feeder.fed_by.push_back(above);
  }
  if (written.fed_by().empty() && !written.has_source()) feeder.fed_by = site.fed_by;
  feeder.source = static_cast<PowerSource>(written.source());
  if (written.has_source() && !written.fed_by().empty())
    problems_.add(child_path(path, "source"), "is for an element that nothing feeds");

  feeder.redundancy = static_cast<Redundancy>(written.redundancy());
  const std::size_t feeds = feeder.fed_by.size();
  if (feeder.redundancy == Redundancy::two_n && feeds != 2)
    problems_.add(child_path(path, "redundancy"),
                  "TWO_N takes two feeds, not " + std::to_string(feeds));
  else if (feeder.redundancy != Redundancy::n && feeds < 2)
    problems_.add(child_path(path, "redundancy"), "takes two feeds or more");
}

void ModelBuilder::read_ramp(const v1::Feeder& written, Feeder& feeder, const std::string& path) {
  for (int j = 0; j < written.ramp_size(); ++j) {
    const v1::RampStep& step = written.ramp(j);
    const std::string at = child_path(child_path(path, "ramp", j), "from");
    const des::Time from = time(step.from().date());
    if (j > 0 && from <= feeder.ramp.back().from)
      problems_.add(child_path(at, "date"), "must be after the step before");
    feeder.ramp.push_back(
        {from,
         uncertain(step.from(), "slip_days", at,
                   "feeder/" + feeder.name + "/ramp/" + std::to_string(j), des::kDay),
         std::min(watts_of_megawatts(step.power_mw()), feeder.capacity)});
    if (watts_of_megawatts(step.power_mw()) > feeder.capacity)
      problems_.add(child_path(child_path(path, "ramp", j), "power_mw"), "exceeds the capacity");
  }
}

void ModelBuilder::check_feeders() {
  for (std::size_t i = 0; i < model_.feeders.size(); ++i) {
    const Feeder& feeder = model_.feeders[Id<Feeder>(i)];
    if (!feeder.dated && feeder.energising_tasks == 0)
      problems_.add(paths_of_feeders_[i],
                    "nothing energises it; give energised, or a task the effect energise");
  }
}

void ModelBuilder::read_pue(const v1::Campus& written, Campus& campus, const std::string& path) {
  const auto& monthly = written.monthly_pue();
  campus.pue = written.pue();
  campus.monthly_pue.fill(campus.pue);
  if (monthly.empty()) return;
  if (monthly.size() != static_cast<int>(campus.monthly_pue.size()))
    return problems_.add(child_path(path, "monthly_pue"), "takes twelve values, January first");
  std::copy(monthly.begin(), monthly.end(), campus.monthly_pue.begin());
  const double peak = *std::max_element(monthly.begin(), monthly.end());
  if (!written.has_pue()) campus.pue = peak;
  if (peak > campus.pue) problems_.add(child_path(path, "monthly_pue"), "exceeds pue, the peak");
}

// Joining.

namespace {

// Elements of the supply, each after those it is fed by. On a circle stops with its elements, each
// fed by the one before, the first being fed by the last.
struct FeedOrder {
  explicit FeedOrder(const Table<Feeder>& all) : feeders(all), states(all.size(), kNew) {
    for (std::size_t i = 0; i < all.size() && circle.empty(); ++i) visit(Id<Feeder>(i));
  }

  void visit(Id<Feeder> first) {
    struct Step {
      Id<Feeder> feeder;
      std::size_t next;
    };
    if (states[first.index()] != kNew) return;
    std::vector<Step> way{{first, 0}};
    states[first.index()] = kOnWay;
    while (!way.empty()) {
      Step& top = way.back();
      const auto& feeds = feeders[top.feeder].fed_by;
      if (top.next == feeds.size()) {
        states[top.feeder.index()] = kDone;
        order.push_back(top.feeder);
        way.pop_back();
        continue;
      }
      const Id<Feeder> above = feeds[top.next++];
      if (states[above.index()] == kOnWay) {
        for (auto step = way.rbegin(); circle.empty() || circle.back() != above; ++step)
          circle.push_back(step->feeder);
        return;
      }
      if (states[above.index()] == kDone) continue;
      states[above.index()] = kOnWay;
      way.push_back({above, 0});
    }
  }

  enum State : char { kNew, kOnWay, kDone };
  const Table<Feeder>& feeders;
  std::vector<State> states;
  std::vector<Id<Feeder>> order;
  std::vector<Id<Feeder>> circle;
};

// Whether it can come to carry less than before.
bool may_lose(const Feeder& feeder) {
  const auto less = [](const auto& before, const auto& after) {
    return after.power < before.power;
  };
  return feeder.ends || feeder.may_fail ||
         std::adjacent_find(feeder.ramp.begin(), feeder.ramp.end(), less) != feeder.ramp.end();
}

// Whether flows are needed where this element is.
bool needs_grid(const Feeder& feeder) {
  return feeder.fed_by.size() > 1 || feeder.redundancy != Redundancy::n || may_lose(feeder);
}

// The number of the part, joined by feeds, that each element belongs to.
std::vector<std::size_t> parts_of(const Table<Feeder>& feeders) {
  std::vector<std::size_t> part(feeders.size());
  std::iota(part.begin(), part.end(), std::size_t{0});
  const auto root = [&part](std::size_t i) {
    while (part[i] != i) i = part[i] = part[part[i]];
    return i;
  };
  for (std::size_t i = 0; i < feeders.size(); ++i)
    for (const Id<Feeder> above : feeders[Id<Feeder>(i)].fed_by)
      part[root(i)] = root(above.index());
  for (std::size_t i = 0; i < part.size(); ++i) part[i] = root(i);
  return part;
}

}  // namespace

void ModelBuilder::join_feeders() {
  Table<Feeder>& feeders = model_.feeders;
  const FeedOrder order(feeders);
  if (!order.circle.empty()) {
    std::string names;
    for (const Id<Feeder> id : order.circle) names += feeders[id].name + " → ";
    return problems_.add(
        paths_of_feeders_[order.circle.back().index()],
        "is fed by itself, going round by fed_by: " + names + feeders[order.circle.front()].name);
  }

  // Parts of the supply that need flows become grids; the others are trees.
  const std::vector<std::size_t> part = parts_of(feeders);
  std::vector<Id<PowerGrid>> grids(feeders.size());
  for (std::size_t i = 0; i < feeders.size(); ++i)
    if (needs_grid(feeders[Id<Feeder>(i)]) && !grids[part[i]].valid())
      grids[part[i]] = model_.grids.add({});
  for (const Id<Feeder> id : order.order) {
    Feeder& feeder = feeders[id];
    feeder.grid = grids[part[id.index()]];
    if (!feeder.grid.valid()) {
      if (!feeder.fed_by.empty()) feeder.above = feeder.fed_by.front();
      continue;
    }
    PowerGrid& grid = model_.grids[feeder.grid];
    feeder.grid_element = static_cast<std::uint32_t>(grid.elements.size());
    grid.elements.push_back(id);
    grid.has_catchers |= feeder.redundancy == Redundancy::block_redundant;
    if (feeder.redundancy != Redundancy::n)
      grid.members.insert(grid.members.end(), feeder.fed_by.begin(), feeder.fed_by.end());
  }
  for (PowerGrid& grid : model_.grids) {
    std::sort(grid.members.begin(), grid.members.end());
    grid.members.erase(std::unique(grid.members.begin(), grid.members.end()), grid.members.end());
  }

  const auto first = [this](Id<Hall> a, Id<Hall> b) {
    return model_.halls[a].priority > model_.halls[b].priority;
  };
  for (RackStock& stock : model_.rack_stocks)
    std::stable_sort(stock.halls.begin(), stock.halls.end(), first);
  std::vector<Id<Hall>> halls;
  for (std::size_t i = 0; i < model_.halls.size(); ++i) halls.emplace_back(i);
  std::stable_sort(halls.begin(), halls.end(), first);
  for (const Id<Hall> id : halls) {
    Hall& hall = model_.halls[id];
    if (!hall.feeder.valid()) continue;
    if (const Id<PowerGrid> grid = feeders[hall.feeder].grid; grid.valid()) {
      hall.grid_hall = static_cast<std::uint32_t>(model_.grids[grid].halls.size());
      model_.grids[grid].halls.push_back(id);
      continue;
    }
    for (Id<Feeder> f = hall.feeder; f.valid(); f = feeders[f].above)
      feeders[f].halls.push_back(id);
  }
  for (Feeder& feeder : feeders)
    if (feeder.grid.valid()) feeder.halls = model_.grids[feeder.grid].halls;
}

}  // namespace racked
