#include "accounts.h"

#include "cash.h"
#include "deals.h"
#include "power.h"
#include "stranded.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace racked::accounts {
namespace {

constexpr double kSampledBuildingShare = 0.9;

// The same in integers.
bool is_operational(std::int64_t usable, std::int64_t positions) {
  return 10 * usable >= 9 * positions && positions > 0;
}

// Positions that make a building usable at a share of them.
std::int64_t needed(const Building& building, double share) {
  return std::max<std::int64_t>(
      1,
      static_cast<std::int64_t>(std::ceil(share * static_cast<double>(building.positions) - 1e-9)));
}

std::int64_t usable_buildings(const State& state, Id<Campus> campus, double share) {
  std::int64_t count = 0;
  for (const Id<Building> id : state.model->campuses[campus].buildings)
    count += state.building_usable[id.index()] >= needed(state.model->buildings[id], share) &&
             state.model->buildings[id].positions > 0;
  return count;
}

std::int64_t reached_so_far(const State& state, const Milestone& milestone, Id<Campus> campus) {
  const CampusState& now = state.campuses[campus.index()];
  switch (milestone.kind) {
    case Milestone::Kind::usable_chips: return now.usable_chips;
    case Milestone::Kind::usable_power: return now.usable_facility.count;
    case Milestone::Kind::usable_buildings:
      return usable_buildings(state, campus, milestone.building_share);
    case Milestone::Kind::task: break;
  }
  return 0;
}

void check(State& state, Id<Milestone> id, Cause cause) {
  const Milestone& milestone = state.model->milestones[id];
  std::int64_t reached = 0;
  if (milestone.campus.valid()) {
    reached = reached_so_far(state, milestone, milestone.campus);
  } else {
    for (std::size_t i = 0; i < state.campuses.size(); ++i)
      reached += reached_so_far(state, milestone, Id<Campus>(i));
  }
  if (reached >= milestone.threshold) reach(state, id, cause);
}

Wait wait_of_task(const State& state, Id<Task> id) {
  Wait wait;
  wait.task = id;
  const TaskState& now = state.tasks[id.index()];
  if (!now.lacking.valid()) return wait;
  const Need& need = state.model->needs[now.lacking];
  wait.for_crew = need.crew;
  wait.for_goods = need.goods;
  if (need.energised.valid()) wait.for_feeder = power::missing(state, need.energised);
  return wait;
}

// The first task that still owes the hall a flow.
Id<Task> missing_provider(const State& state, Id<Hall> hall, Charge charge) {
  for (std::size_t i = 0; i < state.tasks.size(); ++i)
    for (const Id<Effect> id : state.model->tasks[Id<Task>(i)].effects) {
      const Effect& effect = state.model->effects[id];
      const bool owed = effect.hall == hall && !state.tasks[i].counted;
      if (owed && ((effect.flow == Flow::space && charge == Charge::space) ||
                   (effect.flow == Flow::cooling && charge == Charge::cooling) ||
                   (effect.flow == Flow::network && charge == Charge::network) ||
                   (effect.flow == Flow::commissioning && charge == Charge::commissioning)))
        return Id<Task>(i);
    }
  return {};
}

Id<Trigger> unfired(const State& state, const Task& task) {
  for (const Id<Trigger> when : task.when)
    if (when.valid() && !state.fired[when.index()]) return when;
  return {};
}

void list_waits(State& state) {
  // Which predecessor each task that never became ready waits for.
  std::vector<Id<Task>>& predecessor = state.unmet_predecessors;
  predecessor.assign(state.tasks.size(), {});
  for (std::size_t i = 0; i < state.model->links.size(); ++i) {
    const Link& link = state.model->links[Id<Link>(i)];
    if (!state.link_satisfied[i] && !predecessor[link.to.index()].valid())
      predecessor[link.to.index()] = link.from;
  }
  for (std::size_t i = 0; i < state.tasks.size(); ++i) {
    const TaskState::Stage stage = state.tasks[i].stage;
    if (stage == TaskState::Stage::done || stage == TaskState::Stage::running) continue;
    Wait wait = wait_of_task(state, Id<Task>(i));
    if (stage == TaskState::Stage::linked || stage == TaskState::Stage::held)
      wait.for_task = predecessor[i];
    if (stage == TaskState::Stage::linked && !wait.for_task.valid())
      wait.for_trigger = unfired(state, state.model->tasks[Id<Task>(i)]);
    state.timeline.waits.push_back(wait);
  }
  for (std::size_t i = 0; i < state.halls.size(); ++i)
    for (std::size_t charge = 0; charge < kCharges; ++charge) {
      if (state.halls[i].positions[charge] == 0) continue;
      Wait wait;
      wait.hall = Id<Hall>(i);
      wait.positions = state.halls[i].positions[charge];
      wait.for_charge = static_cast<Charge>(charge);
      wait.for_task = missing_provider(state, wait.hall, wait.for_charge);
      if (wait.for_charge == Charge::power)
        wait.for_feeder = power::missing_for_rack(state, wait.hall);
      state.timeline.waits.push_back(wait);
    }
}

}  // namespace

void begin(State& state) {
  const Model& model = *state.model;
  state.campuses.assign(model.campuses.size(), CampusState{});
  state.building_usable.assign(model.buildings.size(), 0);
  state.timeline.milestones.assign(model.milestones.size(), Reached{});
  state.timeline.operational.assign(model.buildings.size(), des::kNever);
  state.timeline.samples.assign(model.report_dates.size() * model.campuses.size(), {});
  for (std::size_t i = 0; i < model.report_dates.size(); ++i)
    state.loop.schedule(time_of(model.report_dates[i], model.start), des::Turn::observe,
                        {static_cast<std::uint32_t>(i), 0, Occurrence::Kind::sample});
}

void reach(State& state, Id<Milestone> milestone, Cause cause) {
  Reached& reached = state.timeline.milestones[milestone.index()];
  if (reached.at != des::kNever) return;
  reached = {state.now(), cause};
  if (!state.fired.empty()) state.levels_due = true;
}

namespace {

void count_usable(State& state, const Hall& hall, std::int64_t racks, Cause cause) {
  const Product& product = state.model->products[hall.product];
  CampusState& campus = state.campuses[hall.campus.index()];
  if (!state.meters.empty()) cash::read_meter(state, hall.campus);
  campus.usable_racks += racks;
  campus.usable_chips += racks * product.chips_per_rack;
  campus.usable_it += racks * product.it_per_rack;
  campus.usable_facility += racks * hall.rack_power;
  state.building_usable[hall.building.index()] += racks;
  if (!state.pools.empty()) deals::on_capacity(state, hall.stock, racks, cause);
}

// What took capacity away: power that was lost just now, a rack that failed, or a date.
Cause cause_of_loss(const State& state) {
  const std::vector<Darkness>& darkness = state.timeline.darkness;
  const std::vector<Energisation>& power = state.timeline.energisations;
  if (!darkness.empty() && darkness.back().from == state.now() && !power.empty() &&
      power.back().at == state.now())
    return {static_cast<std::uint32_t>(power.size() - 1), 0, CauseKind::power};
  const std::vector<Outage>& outages = state.timeline.outages;
  if (outages.empty() || outages.back().failed != state.now()) return {0, 0, CauseKind::date};
  return {outages.back().rack, 0, CauseKind::rack};
}

}  // namespace

void become_unusable(State& state, Id<Hall> hall, std::int64_t racks) {
  count_usable(state, state.model->halls[hall], -racks, cause_of_loss(state));
}

void become_usable(State& state, Id<Hall> id, std::int64_t racks, Cause cause) {
  const Hall& hall = state.model->halls[id];
  count_usable(state, hall, racks, cause);
  des::Time& operational = state.timeline.operational[hall.building.index()];
  if (operational == des::kNever && is_operational(state.building_usable[hall.building.index()],
                                                   state.model->buildings[hall.building].positions))
    operational = state.now();
  for (std::size_t i = 0; i < state.timeline.milestones.size(); ++i) {
    const Milestone& milestone = state.model->milestones[Id<Milestone>(i)];
    const bool open = state.timeline.milestones[i].at == des::kNever;
    const bool here = !milestone.campus.valid() || milestone.campus == hall.campus;
    if (open && here && milestone.kind != Milestone::Kind::task)
      check(state, Id<Milestone>(i), cause);
  }
}

void burn_in(State& state, Id<Hall> id, std::int64_t racks) {
  const Hall& hall = state.model->halls[id];
  state.campuses[hall.campus.index()].burn_in_chips +=
      racks * state.model->products[hall.product].chips_per_rack;
  if (!state.meters.empty()) cash::burn_in(state, hall.campus, racks * hall.rack_power);
}

namespace {

// Power claimed at the peak PUE, at the PUE of a month.
std::int64_t drawn(const Campus& campus, Watts claimed, std::chrono::month month) {
  return std::llround(static_cast<double>(claimed.count) *
                      (campus.monthly_pue[unsigned{month} - 1] / campus.pue));
}

}  // namespace

void sample(State& state, std::size_t date) {
  const Model& model = *state.model;
  for (std::size_t i = 0; i < state.campuses.size(); ++i) {
    const CampusState& campus = state.campuses[i];
    auto& row = state.timeline.samples[date * state.campuses.size() + i];
    const auto at = [&row](Series series) -> std::int64_t& {
      return row[static_cast<std::size_t>(series)];
    };
    at(Series::usable_chips) = campus.usable_chips;
    at(Series::usable_racks) = campus.usable_racks;
    at(Series::usable_it_mw) = campus.usable_it.count;
    at(Series::usable_facility_mw) = campus.usable_facility.count;
    at(Series::usable_buildings) = usable_buildings(state, Id<Campus>(i), kSampledBuildingShare);
    at(Series::chips_on_site) = campus.on_site_chips;
    at(Series::chips_installed) = campus.installed_chips;
    at(Series::chips_in_burn_in) = campus.burn_in_chips;
    at(Series::chips_in_repair) = campus.repair_chips;
    at(Series::dark_racks) = campus.dark_racks;
    at(Series::dark_chips) = campus.dark_chips;
    at(Series::drawn_facility_mw) =
        drawn(model.campuses[Id<Campus>(i)], campus.usable_facility,
              std::chrono::year_month_day(model.report_dates[date]).month());
  }
  const auto at = [&](Id<Campus> campus, Series series) -> std::int64_t& {
    return state.timeline
        .samples[date * state.campuses.size() + campus.index()][static_cast<std::size_t>(series)];
  };
  for (std::size_t i = 0; i < state.feeders.size(); ++i) {
    const Feeder& feeder = model.feeders[Id<Feeder>(i)];
    if (!feeder.fed_by.empty()) continue;
    at(feeder.campus, Series::energised_mw) += state.feeders[i].available().count;
    if (feeder.source != PowerSource::grid)
      at(feeder.campus, Series::energised_on_site_mw) += state.feeders[i].available().count;
    if (!feeder.grid.valid())
      at(feeder.campus, Series::claimed_mw) += state.feeders[i].claimed.count;
  }
  for (std::size_t i = 0; i < state.grids.size(); ++i)
    for (const Id<Hall> hall : model.grids[Id<PowerGrid>(i)].halls)
      at(model.halls[hall].campus, Series::claimed_mw) +=
          state.grids[i].claimed[model.halls[hall].grid_hall].count;
  for (std::size_t i = 0; i < state.campuses.size(); ++i) {
    const Id<Campus> id(i);
    const Stranded by = stranded::reckon(
        state, id, Watts{at(id, Series::energised_mw)} - Watts{at(id, Series::claimed_mw)});
    at(id, Series::stranded_racks_mw) = by.racks.count;
    at(id, Series::stranded_fragments_mw) = by.fragments.count;
    at(id, Series::stranded_redundancy_mw) = by.redundancy.count;
    at(id, Series::stranded_halls_mw) = by.halls.count;
  }
  for (std::size_t i = 0; i < state.stocks.size(); ++i) {
    const RackStock& stock = model.rack_stocks[Id<RackStock>(i)];
    at(stock.campus, Series::chips_in_stock) +=
        state.stocks[i].in_stock * model.products[stock.product].chips_per_rack;
  }
  for (std::size_t i = 0; i < state.halls.size(); ++i) {
    const Hall& hall = model.halls[Id<Hall>(i)];
    if (hall.planned > state.now()) continue;
    for (std::size_t charge = 0; charge < kCharges; ++charge) {
      const auto series =
          static_cast<Series>(static_cast<std::size_t>(Series::missing_space) + charge);
      at(hall.campus, series) +=
          state.halls[i].positions[charge] * model.products[hall.product].chips_per_rack;
    }
  }
}

void close(State& state) {
  for (std::size_t i = 0; i < state.halls.size(); ++i) {
    const Hall& hall = state.model->halls[Id<Hall>(i)];
    const ChipTime until = std::max(state.model->horizon, hall.planned).time_since_epoch().count();
    for (std::size_t charge = 0; charge < kCharges; ++charge)
      state.timeline.charges[hall.campus.index()][charge] +=
          until *
          (state.halls[i].positions[charge] * state.model->products[hall.product].chips_per_rack);
  }
  list_waits(state);
}

}  // namespace racked::accounts
