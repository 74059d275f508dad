#include "branch.h"

#include "labour.h"
#include "power.h"
#include "procurement.h"
#include "risks.h"
#include "supply.h"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace racked::branch {
namespace {

void expect(bool same, const std::string& what) {
  if (!same)
    throw std::invalid_argument("a branch must describe the same things: " + what + " differ");
}

template <class Row>
void expect_same_names(const Table<Row>& a, const Table<Row>& b, const char* what) {
  bool same = a.size() == b.size();
  for (std::size_t i = 0; same && i < a.size(); ++i)
    same = a[Id<Row>(i)].name == b[Id<Row>(i)].name;
  expect(same, what);
}

template <class Row, class Same>
void expect_same_rows(const Table<Row>& a, const Table<Row>& b, const char* what, Same same) {
  bool all = a.size() == b.size();
  for (std::size_t i = 0; all && i < a.size(); ++i) all = same(a[Id<Row>(i)], b[Id<Row>(i)]);
  expect(all, what);
}

bool draws_alike(const SupplyLine::Stage& a, const SupplyLine::Stage& b) {
  return std::equal(a.draws_on.begin(), a.draws_on.end(), b.draws_on.begin(), b.draws_on.end(),
                    [](const auto& x, const auto& y) { return x.of == y.of; });
}

// Whatever the state counts or indexes by.
void expect_same_things(const Model& a, const Model& b) {
  expect(a.start == b.start && a.horizon == b.horizon && a.begin == b.begin, "start or horizon");
  expect(a.status == b.status, "status dates");
  expect(a.report_dates == b.report_dates, "report dates");
  expect(a.scheme == b.scheme, "schemes");
  expect(a.calendars.size() == b.calendars.size(), "calendars");
  expect_same_names(a.weathers, b.weathers, "weathers");
  expect_same_names(a.crews, b.crews, "crews");
  expect_same_names(a.equipment, b.equipment, "equipment");
  expect_same_names(a.campuses, b.campuses, "campuses");
  expect_same_names(a.buildings, b.buildings, "buildings");
  expect_same_names(a.milestones, b.milestones, "milestones");
  expect_same_names(a.risk_events, b.risk_events, "risk events");
  expect_same_names(a.drivers, b.drivers, "risk drivers");
  expect_same_names(a.tasks, b.tasks, "tasks");
  expect_same_rows(a.tasks, b.tasks, "tasks' outdoor marks or rework",
                   [](const auto& x, const auto& y) {
                     return x.outdoors == y.outdoors && x.rework == y.rework;
                   });
  expect_same_rows(a.links, b.links, "links", [](const Link& x, const Link& y) {
    return x.from == y.from && x.to == y.to && x.type == y.type;
  });
  expect_same_rows(a.needs, b.needs, "needs", [](const Need& x, const Need& y) {
    return x.crew == y.crew && x.goods == y.goods && x.energised == y.energised &&
           x.count == y.count;
  });
  // A crew is somewhere in its sequence; that of another plan has no such place.
  expect_same_rows(a.needs, b.needs, "planned sequences of crews",
                   [](const Need& x, const Need& y) { return x.turn == y.turn; });
  expect_same_rows(a.outdoors, b.outdoors, "calendars outdoors",
                   [](const Outdoors& x, const Outdoors& y) {
                     return x.calendar == y.calendar && x.weather == y.weather;
                   });
  expect_same_rows(a.goods, b.goods, "stocks of equipment",
                   [](const GoodsStock& x, const GoodsStock& y) {
                     return x.campus == y.campus && x.equipment == y.equipment;
                   });
  expect_same_rows(a.rack_stocks, b.rack_stocks, "stocks of racks",
                   [](const RackStock& x, const RackStock& y) {
                     return x.campus == y.campus && x.product == y.product;
                   });
  expect_same_rows(a.effects, b.effects, "effects", [](const Effect& x, const Effect& y) {
    return x.energise == y.energise && x.order == y.order && x.hall == y.hall && x.flow == y.flow &&
           x.milestone == y.milestone && x.trigger == y.trigger && x.at_start == y.at_start;
  });
  expect(a.usable_racks.size() == b.usable_racks.size(), "actuals of halls");
  expect_same_names(a.shared_capacities, b.shared_capacities, "shared capacities");
  expect_same_names(a.orders, b.orders, "orders");
  expect_same_rows(a.orders, b.orders, "lots of orders", [](const Order& x, const Order& y) {
    return x.count == y.count && x.lots == y.lots && x.stock == y.stock &&
           x.placed_by_task == y.placed_by_task;
  });
  expect_same_names(a.feeders, b.feeders, "feeders");
  expect_same_rows(a.feeders, b.feeders, "feeders' ways", [](const Feeder& x, const Feeder& y) {
    return x.fed_by == y.fed_by && x.redundancy == y.redundancy && x.dated == y.dated &&
           x.ramp.size() == y.ramp.size() && x.ends == y.ends && x.grid == y.grid;
  });
  expect_same_names(a.products, b.products, "products");
  expect_same_rows(a.products, b.products, "chips and crews of products",
                   [](const Product& x, const Product& y) {
                     bool same = x.chips_per_rack == y.chips_per_rack &&
                                 (x.failures.spares == 0) == (y.failures.spares == 0) &&
                                 x.racks_per_unit == y.racks_per_unit;
                     for (std::size_t i = 0; i < kRackSteps; ++i)
                       same = same && x.steps[i].crew == y.steps[i].crew &&
                              x.steps[i].headcount == y.steps[i].headcount &&
                              x.steps[i].hours.valid() == y.steps[i].hours.valid();
                     return same;
                   });
  expect_same_names(a.halls, b.halls, "halls");
  expect_same_rows(a.halls, b.halls, "positions of halls", [](const Hall& x, const Hall& y) {
    return x.positions == y.positions && x.product == y.product && x.feeder == y.feeder &&
           x.priority == y.priority && x.planned == y.planned && x.rack_power == y.rack_power &&
           x.providers == y.providers;
  });
  expect_same_names(a.deliveries, b.deliveries, "deliveries");
  expect_same_rows(
      a.deliveries, b.deliveries, "lots of deliveries",
      [](const Delivery& x, const Delivery& y) { return x.lots.size() == y.lots.size(); });
  expect_same_names(a.supply_lines, b.supply_lines, "supply lines");
  expect_same_rows(a.supply_lines, b.supply_lines, "stages of supply lines",
                   [](const SupplyLine& x, const SupplyLine& y) {
                     bool same = x.stages.size() == y.stages.size() &&
                                 x.shares.size() == y.shares.size() && x.lot_racks == y.lot_racks;
                     for (std::size_t i = 0; same && i < x.stages.size(); ++i)
                       same = draws_alike(x.stages[i], y.stages[i]);
                     for (std::size_t i = 0; same && i < x.shares.size(); ++i)
                       same = x.shares[i].stock == y.shares[i].stock;
                     return same;
                   });
}

}  // namespace

void continue_by(State& state, const Model& model) {
  expect_same_things(*state.model, model);
  const bool same = model.hash == state.model->hash;
  state.model = &model;
  if (same) return;
  state.branched = true;
  labour::replan(state);
  power::replan(state);
  procurement::replan(state);
  risks::replan(state);
  supply::replan(state);
  state.tasks_changed = true;
  if (state.now() >= des::kStart) state.settle_at(state.now());
}

}  // namespace racked::branch
