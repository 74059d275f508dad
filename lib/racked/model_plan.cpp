#include "model_builder.h"
#include "network.h"

#include <racked/des/random_stream.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace racked {
namespace {

// Bounds on what designs and counts may expand to; far above any campus, far below trouble.
constexpr std::int64_t kMostElements = 1'000'000;
constexpr std::int64_t kMostPositions = 10'000'000;
constexpr std::int64_t kMostDeliveryLots = 1'000'000;

des::Time later(des::Time time, double days) { return time + des::rounded(days, des::kDay); }

std::string instance_name(const v1::Building& building, int i) {
  const std::string& name = building.has_name() ? building.name() : building.id();
  return building.has_count() ? name + std::to_string(building.first_number() + i) : name;
}

}  // namespace

// Declaring: every element gets its row and its dotted name before anything is resolved.

void ModelBuilder::declare_campuses() {
  // What the designs would expand to, before anything is allocated for it.
  std::map<std::string, const v1::BuildingDesign*> designs;
  for (const v1::BuildingDesign& design : scenario_.building_design())
    designs[design.id()] = &design;
  std::int64_t elements = 0, positions = 0;
  for (const v1::Campus& campus : scenario_.campus())
    for (const v1::Building& building : campus.building()) {
      const auto design = designs.find(building.design());
      if (design == designs.end()) continue;
      const std::int64_t count = building.has_count() ? building.count() : 1;
      elements += count * (1 + design->second->task_size() + design->second->hall_size() +
                           design->second->feeder_size() + design->second->order_size());
      for (const v1::Hall& hall : design->second->hall()) positions += count * hall.racks();
    }
  if (elements > kMostElements || positions > kMostPositions)
    return problems_.add("campus",
                         "the buildings expand to " + std::to_string(elements) + " elements and " +
                             std::to_string(positions) +
                             " rack positions; at most 1 million and 10 million are allowed");

  for (const v1::Campus& written : scenario_.campus()) {
    Campus campus;
    campus.name = written.id();
    read_pue(written, campus, child_path("", "campus", written.id()));
    campus.weather = named(weathers_, written.weather());
    Site ground;
    ground.campus = model_.campuses.add(campus);
    campuses_[written.id()] = ground.campus;
    ground.scope = written.id();
    ground.path = child_path("", "campus", written.id());
    ground.calendar = named(calendars_, written.calendar());
    if (!ground.calendar.valid()) ground.calendar = Id<Calendar>(0);
    sites_.push_back(ground);

    const std::size_t first_building = model_.buildings.size();
    const std::size_t first_hall = model_.halls.size();
    declare_elements(sites_.size() - 1, written.task(), written.feeder(), written.order());
    declare_buildings(written, ground, ground.path);
    Campus& row = model_.campuses[ground.campus];
    row.buildings = {first_building, model_.buildings.size()};
    row.halls = {first_hall, model_.halls.size()};
  }
}

void ModelBuilder::declare_buildings(const v1::Campus& campus, const Site& ground,
                                     const std::string& path) {
  std::map<std::string, const v1::BuildingDesign*> designs;
  for (const v1::BuildingDesign& design : scenario_.building_design())
    designs[design.id()] = &design;
  for (const v1::Building& building : campus.building()) {
    const std::string building_path = child_path(path, "building", building.id());
    const auto design = designs.find(building.design());
    if (design == designs.end()) continue;  // reported by the rules
    const int count = building.has_count() ? building.count() : 1;
    for (int i = 0; i < count; ++i) {
      Site site = ground;
      Building row;
      row.name = ground.scope + "." + instance_name(building, i);
      row.campus = ground.campus;
      if (!building_names_.declare(row.name, model_.buildings.size()))
        problems_.add(child_path(building_path, "id"),
                      "two buildings are called '" + row.name + "'");
      site.scope = row.name;
      site.path = child_path("", "building_design", building.design());
      site.building = model_.buildings.add(row);
      site.start = later(building.has_start() ? time(building.start()) : des::kStart,
                         building.spacing_days() * i);
      const des::Time planned =
          later(building.has_planned() ? time(building.planned()) : des::kStart,
                building.planned_spacing_days() * i);
      sites_.push_back(site);
      building_sources_.emplace_back(&building, sites_.size() - 1);

      const std::size_t first = model_.halls.size();
      for (const v1::Hall& written : design->second->hall()) {
        Hall hall;
        hall.name = site.scope + "." + written.id();
        hall.campus = ground.campus;
        hall.building = site.building;
        hall.positions = written.racks();
        hall.planned = std::max(planned, des::kStart);
        hall_names_.declare(hall.name, model_.halls.size());
        hall_sources_.emplace_back(&written, sites_.size() - 1);
        paths_of_halls_.push_back(child_path(site.path, "hall", written.id()));
        model_.buildings[site.building].positions += hall.positions;
        model_.halls.add(std::move(hall));
      }
      model_.buildings[site.building].halls = {first, model_.halls.size()};
      declare_elements(sites_.size() - 1, design->second->task(), design->second->feeder(),
                       design->second->order());
    }
  }
}

void ModelBuilder::declare_elements(std::size_t site_index,
                                    const google::protobuf::RepeatedPtrField<v1::Task>& tasks,
                                    const google::protobuf::RepeatedPtrField<v1::Feeder>& feeders,
                                    const google::protobuf::RepeatedPtrField<v1::Order>& orders) {
  const Site& site = sites_[site_index];
  for (const v1::Task& written : tasks) {
    Task task;
    task.name = site.scope + "." + written.id();
    task.campus = site.campus;
    task.building = site.building;
    task_names_.declare(task.name, model_.tasks.size());
    const Id<Task> id = model_.tasks.add(std::move(task));
    tasks_.push_back({&written, id, site_index, child_path(site.path, "task", written.id())});
  }
  for (const v1::Feeder& written : feeders) {
    Feeder feeder;
    feeder.name = site.scope + "." + written.id();
    feeder.campus = site.campus;
    feeder_names_.declare(feeder.name, model_.feeders.size());
    feeder_sources_.emplace_back(&written, site_index);
    paths_of_feeders_.push_back(child_path(site.path, "feeder", written.id()));
    model_.feeders.add(std::move(feeder));
  }
  for (const v1::Order& written : orders) {
    Order order;
    order.name = site.scope + "." + written.id();
    order.campus = site.campus;
    order_names_.declare(order.name, model_.orders.size());
    order_sources_.emplace_back(&written, site_index);
    paths_of_orders_.push_back(child_path(site.path, "order", written.id()));
    model_.orders.add(std::move(order));
  }
}

// Resolving.

void ModelBuilder::resolve_buildings() {
  for (const auto& [building, index] : building_sources_) {
    Site& site = sites_[index];
    const std::string& campus = model_.campuses[site.campus].name;
    const std::string path =
        child_path(child_path("", "campus", campus), "building", building->id());
    for (int i = 0; i < building->after_size(); ++i) {
      const Id<Task> task = scoped<Task>(task_names_, campus, building->after(i),
                                         child_path(path, "after", i), "task");
      if (task.valid()) site.after.push_back(task);
    }
    for (int i = 0; i < building->fed_by_size(); ++i) {
      const Id<Feeder> feeder = scoped<Feeder>(feeder_names_, campus, building->fed_by(i),
                                               child_path(path, "fed_by", i), "feeder");
      if (feeder.valid()) site.fed_by.push_back(feeder);
    }
  }
}

void ModelBuilder::resolve_halls() {
  for (std::size_t i = 0; i < hall_sources_.size(); ++i) {
    const v1::Hall& written = *hall_sources_[i].first;
    const Site& site = sites_[hall_sources_[i].second];
    const std::string& path = paths_of_halls_[i];
    const Id<Hall> id(i);
    Hall& hall = model_.halls[id];
    hall.feeder = scoped<Feeder>(feeder_names_, site.scope, written.feeder(),
                                 child_path(path, "feeder"), "feeder");
    hall.priority = written.priority();
    hall.product = named(products_, written.product());
    if (!hall.product.valid()) continue;  // reported by the rules
    const Product& product = model_.products[hall.product];
    hall.rack_power = {std::llround(static_cast<double>(product.it_per_rack.count) *
                                    product.diversity * model_.campuses[hall.campus].pue)};
    hall.stock = rack_stock(hall.campus, hall.product);
    model_.rack_stocks[hall.stock].halls.push_back(id);
    if (product.racks_per_unit > 0 && hall.positions % product.racks_per_unit != 0)
      problems_.add(child_path(path, "racks"),
                    "must be a multiple of " + std::to_string(product.racks_per_unit) +
                        ", the racks_per_unit of '" + product.name + "'");
  }
}

void ModelBuilder::resolve_orders() {
  for (std::size_t i = 0; i < order_sources_.size(); ++i) {
    const v1::Order& written = *order_sources_[i].first;
    const Site& site = sites_[order_sources_[i].second];
    const std::string& path = paths_of_orders_[i];
    Order& order = model_.orders[Id<Order>(i)];
    order.count = written.count();
    order.lots = written.lots();
    if (order.lots > order.count)
      problems_.add(child_path(path, "lots"), "exceeds count; every lot needs a piece");
    order.lot_spacing = des::rounded(written.lot_spacing_days(), des::kDay);
    order.placed_by_task = !written.has_placed() && !written.has_placed_days_from_start();
    order.placed = written.has_placed() ? time(written.placed())
                                        : later(site.start, written.placed_days_from_start());
    if (written.has_placed() && written.has_placed_days_from_start())
      problems_.add(path, "give placed or placed_days_from_start, not both");
    if (!order.placed_by_task) model_.begin = std::min(model_.begin, order.placed);

    const Id<Equipment> equipment = named(equipment_, written.equipment());
    if (!equipment.valid()) continue;  // reported by the rules
    order.stock = goods_stock(order.campus, equipment);
    const std::string purpose = "order/" + order.name;
    const v1::Equipment& kind = scenario_.equipment(static_cast<int>(equipment.index()));
    order.lead_time = written.has_lead_time_days()
                          ? uncertain(written, "lead_time_days", path, purpose, des::kDay)
                          : uncertain(kind, "lead_time_days",
                                      child_path("", "equipment", kind.id()), purpose, des::kDay);
    if (!kind.has_acceptance_test()) continue;
    order.test.failure = kind.acceptance_test().failure();
    order.test.purpose = des::purpose_key(purpose + "/acceptance_test");
    order.test.at_most = static_cast<std::uint32_t>(kind.acceptance_test().at_most());
    order.test.repair =
        uncertain(kind.acceptance_test(), "repair_days",
                  child_path(child_path("", "equipment", kind.id()), "acceptance_test"),
                  purpose + "/repair_at_maker", des::kDay);
  }
}

void ModelBuilder::resolve_tasks() {
  for (const Tasks& entry : tasks_) {
    resolve_task(entry);
    resolve_links(entry);
    resolve_needs(entry);
    resolve_effects(entry);
  }

  // Links sorted by the task they start from.
  std::vector<Link> links(model_.links.begin(), model_.links.end());
  std::stable_sort(links.begin(), links.end(),
                   [](const Link& a, const Link& b) { return a.from < b.from; });
  std::copy(links.begin(), links.end(), model_.links.begin());
  for (std::size_t first = 0, last = 0; first < links.size(); first = last) {
    while (last < links.size() && links[last].from == links[first].from) ++last;
    model_.tasks[links[first].from].successors = {first, last};
  }
  for (const Link& link : links) {
    ++(link.to_finish() ? model_.tasks[link.to].finish_links : model_.tasks[link.to].start_links);
  }
}

void ModelBuilder::resolve_task(const Tasks& entry) {
  const v1::Task& written = *entry.task;
  const Site& site = sites_[entry.site];
  const Id<Calendar> own = named(calendars_, written.calendar());
  Task& task = model_.tasks[entry.id];
  task.calendar = own.valid() ? own : site.calendar;
  task.elapsed = written.has_elapsed_days();
  task.earliest = std::max({des::kStart, site.start,
                            written.has_not_before() ? time(written.not_before()) : des::kStart});
  if (written.has_finish_by()) task.finish_by = time(written.finish_by());
  const std::string purpose = "task/" + task.name;
  const std::string& path = entry.path;
  if (written.outdoor()) {
    if (task.elapsed)
      problems_.add(child_path(path, "outdoor"),
                    "has no meaning for elapsed_days, which weather does not stop");
    const Id<Weather> weather = model_.campuses[site.campus].weather;
    if (weather.valid()) task.outdoors = outdoors(task.calendar, weather, path);
  }
  const des::Duration day = model_.calendars[task.calendar].working_day();
  if (written.has_work_days()) task.duration = uncertain(written, "work_days", path, purpose, day);
  if (written.has_work_hours())
    task.duration = uncertain(written, "work_hours", path, purpose, des::kHour);
  if (task.elapsed) task.duration = uncertain(written, "elapsed_days", path, purpose, des::kDay);
}

void ModelBuilder::resolve_links(const Tasks& entry) {
  const Site& site = sites_[entry.site];
  const std::size_t first_of_task = model_.links.size();
  for (int i = 0; i < entry.task->after_size(); ++i) {
    const v1::Link& written = entry.task->after(i);
    const std::string path = child_path(entry.path, "after", i);
    Link link;
    link.to = entry.id;
    link.from =
        scoped<Task>(task_names_, site.scope, written.task(), child_path(path, "task"), "task");
    link.type = static_cast<LinkType>(written.type());
    if (!link.from.valid()) continue;
    if (written.has_lag_elapsed_days() && written.has_lag_work_days())
      problems_.add(path, "give lag_elapsed_days or lag_work_days, not both");
    if (written.has_lag_work_days()) {
      // The other task may not be resolved yet: its calendar is its own or its site's.
      const Tasks& from = tasks_[link.from.index()];
      const Id<Calendar> own = named(calendars_, from.task->calendar());
      link.lag_calendar = own.valid() ? own : sites_[from.site].calendar;
      link.lag =
          des::rounded(written.lag_work_days(), model_.calendars[link.lag_calendar].working_day());
    } else {
      link.lag = des::rounded(written.lag_elapsed_days(), des::kDay);
    }
    bool twice = false;
    for (std::size_t j = first_of_task; j < model_.links.size(); ++j) {
      const Link& other = model_.links[Id<Link>(j)];
      twice = twice || (other.from == link.from && other.type == link.type);
    }
    if (twice) problems_.add(path, "'" + written.task() + "' is waited for twice in the same way");
    model_.links.add(link);
  }
  // What holds back the building holds back this task, unless one of the same building does so for
  // it.
  for (std::size_t j = first_of_task; j < model_.links.size(); ++j) {
    const Link& link = model_.links[Id<Link>(j)];
    if (!link.to_finish() && model_.tasks[link.from].building == site.building) return;
  }
  for (const Id<Task> from : site.after) {
    Link link;
    link.from = from;
    link.to = entry.id;
    model_.links.add(link);
  }
}

void ModelBuilder::resolve_needs(const Tasks& entry) {
  const Site& site = sites_[entry.site];
  Task& task = model_.tasks[entry.id];
  const std::size_t first = model_.needs.size();
  for (int i = 0; i < entry.task->need_size(); ++i) {
    const v1::Need& written = entry.task->need(i);
    const std::string path = child_path(entry.path, "need", i);
    Need need;
    need.count = written.count();
    if (written.has_crew()) {
      need.crew = named(crews_, written.crew());
      if (need.crew.valid() && need.count > most_headcount(need.crew))
        problems_.add(child_path(path, "count"), "needs " + std::to_string(need.count) + " of '" +
                                                     written.crew() +
                                                     "', which never has more than " +
                                                     std::to_string(most_headcount(need.crew)));
    } else if (written.has_equipment()) {
      const Id<Equipment> equipment = named(equipment_, written.equipment());
      if (equipment.valid()) need.goods = goods_stock(site.campus, equipment);
    } else if (written.has_energised()) {
      need.energised = scoped<Feeder>(feeder_names_, site.scope, written.energised(),
                                      child_path(path, "energised"), "feeder");
    }
    for (std::size_t j = first; j < model_.needs.size(); ++j) {
      const Need& other = model_.needs[Id<Need>(j)];
      if ((need.crew.valid() && need.crew == other.crew) ||
          (need.goods.valid() && need.goods == other.goods))
        problems_.add(path, "the task needs the same thing twice; add up the counts");
    }
    if (need.crew.valid() || need.goods.valid() || need.energised.valid()) model_.needs.add(need);
  }
  task.needs = {first, model_.needs.size()};
}

void ModelBuilder::resolve_effects(const Tasks& entry) {
  for (int i = 0; i < entry.task->effect_size(); ++i)
    resolve_effect(entry, entry.task->effect(i), child_path(entry.path, "effect", i));
}

void ModelBuilder::resolve_effect(const Tasks& entry, const v1::Effect& written,
                                  const std::string& path) {
  const Site& site = sites_[entry.site];
  Effect effect;
  if (written.has_energise()) {
    effect.energise = scoped<Feeder>(feeder_names_, site.scope, written.energise(),
                                     child_path(path, "energise"), "feeder");
    if (!effect.energise.valid()) return;
    Feeder& feeder = model_.feeders[effect.energise];
    if (feeder.dated)
      problems_.add(path, "'" + written.energise() + "' is energised on a date; no task can do it");
    ++feeder.energising_tasks;
    effects_.emplace_back(entry.id, effect);
  } else if (written.has_order()) {
    effect.order = scoped<Order>(order_names_, site.scope, written.order(),
                                 child_path(path, "order"), "order");
    if (!effect.order.valid()) return;
    if (!model_.orders[effect.order].placed_by_task)
      problems_.add(path, "'" + written.order() + "' is placed on a date already");
    if (!placed_by_tasks_.insert(effect.order).second)
      problems_.add(path, "'" + written.order() + "' is placed by another task, too");
    effects_.emplace_back(entry.id, effect);
  } else if (written.has_provides()) {
    effect.flow = static_cast<Flow>(written.provides() - v1::SPACE);
    std::vector<Id<Hall>> halls;
    if (written.has_hall()) {
      const Id<Hall> hall =
          scoped<Hall>(hall_names_, site.scope, written.hall(), child_path(path, "hall"), "hall");
      if (hall.valid()) halls.push_back(hall);
    } else if (site.building.valid()) {
      for (const Id<Hall> hall : model_.buildings[site.building].halls) halls.push_back(hall);
    } else {
      problems_.add(path, "name the hall; only tasks of a building provide for all its halls");
    }
    for (const Id<Hall> hall : halls) {
      effect.hall = hall;
      ++model_.halls[hall].providers[static_cast<std::size_t>(effect.flow)];
      effects_.emplace_back(entry.id, effect);
    }
  }
}

void ModelBuilder::sort_effects() {
  std::stable_sort(effects_.begin(), effects_.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  for (std::size_t first = 0, last = 0; first < effects_.size(); first = last) {
    while (last < effects_.size() && effects_[last].first == effects_[first].first)
      model_.effects.add(effects_[last++].second);
    model_.tasks[effects_[first].first].effects = {first, last};
  }
}

void ModelBuilder::resolve_reworks() {
  std::vector<std::vector<Id<Link>>> incoming(model_.tasks.size());
  for (std::size_t i = 0; i < model_.links.size(); ++i)
    incoming[model_.links[Id<Link>(i)].to.index()].push_back(Id<Link>(i));
  for (const Tasks& entry : tasks_) {
    if (!entry.task->has_rework()) continue;
    const v1::Rework& written = entry.task->rework();
    const std::string path = child_path(entry.path, "rework");
    Id<Task> back_to = entry.id;
    if (written.has_back_to())
      back_to = scoped<Task>(task_names_, sites_[entry.site].scope, written.back_to(),
                             child_path(path, "back_to"), "task");
    if (!back_to.valid()) continue;
    Rework rework;
    rework.probability = written.probability();
    rework.purpose = des::purpose_key("rework/" + model_.tasks[entry.id].name);
    rework.share = written.share();
    rework.at_most = static_cast<std::uint32_t>(written.at_most());
    find_rework_loop(model_, back_to, entry.id, rework);
    if (rework.tasks.empty()) {
      problems_.add(child_path(path, "back_to"),
                    "'" + written.back_to() + "' does not lead to this task by its successors");
      continue;
    }
    const std::set<Id<Link>> inside(rework.links.begin(), rework.links.end());
    for (const Id<Task> task : rework.tasks)
      for (const Id<Link> link : incoming[task.index()])
        if (inside.count(link) == 0) rework.entering.push_back(link);
    model_.tasks[entry.id].rework = model_.reworks.add(std::move(rework));
  }
}

void ModelBuilder::resolve_deliveries() {
  for (const v1::Campus& campus : scenario_.campus())
    for (const v1::Delivery& delivery : campus.delivery()) {
      const std::string path =
          child_path(child_path("", "campus", campus.id()), "delivery", delivery.id());
      const Id<Campus> id = named(campuses_, campus.id());
      if (id.valid()) read_delivery(delivery, id, path);
    }
}

void ModelBuilder::read_delivery(const v1::Delivery& written, Id<Campus> campus,
                                 const std::string& path) {
  const Id<Product> product = named(products_, written.product());
  if (!product.valid()) return;  // reported by the rules
  Delivery delivery;
  delivery.name = model_.campuses[campus].name + "." + written.id();
  delivery.stock = rack_stock(campus, product);
  delivery.slip = uncertain(written, "slip_days", path, "delivery/" + delivery.name, des::kDay);
  if (written.lot().empty() && written.rate().empty()) problems_.add(path, "give lot or rate");
  if (model_.rack_stocks[delivery.stock].halls.empty())
    problems_.add(child_path(path, "product"),
                  "no hall of this campus takes '" + written.product() + "'");
  for (const v1::DeliveryLot& lot : written.lot())
    delivery.lots.push_back({time(lot.date()), lot.racks()});

  // A rate delivers a lot whenever enough racks have come together.
  double owed = 0;
  for (int i = 0; i < written.rate_size(); ++i) {
    const des::Time from = time(written.rate(i).from());
    const des::Time until =
        i + 1 < written.rate_size() ? time(written.rate(i + 1).from()) : model_.horizon;
    const double per_day = written.rate(i).racks_per_week() / 7;
    if (i > 0 && from <= time(written.rate(i - 1).from()))
      return problems_.add(child_path(child_path(path, "rate", i), "from"),
                           "must be after the rate before");
    const double days =
        std::chrono::duration<double>(std::min(until, model_.horizon) - from).count() / 86'400;
    if (days <= 0 || per_day <= 0) continue;
    const double lot_racks = written.lot_racks();
    if (per_day * days / lot_racks > static_cast<double>(kMostDeliveryLots))
      return problems_.add(child_path(path, "rate", i),
                           "makes more than a million lots; take larger lots");
    double at = (lot_racks - owed) / per_day;
    for (; at <= days; at += lot_racks / per_day)
      delivery.lots.push_back({from + des::rounded(at, des::kDay), written.lot_racks()});
    owed = lot_racks - (at - days) * per_day;
  }
  std::stable_sort(delivery.lots.begin(), delivery.lots.end(),
                   [](const auto& a, const auto& b) { return a.due < b.due; });
  model_.deliveries.add(std::move(delivery));
}

// What can be seen to be impossible.

void ModelBuilder::check_supply_of_goods() {
  std::vector<std::int64_t> ordered(model_.goods.size()), taken(model_.goods.size());
  for (const Order& order : model_.orders)
    if (order.stock.valid()) ordered[order.stock.index()] += order.count;
  for (const Need& need : model_.needs)
    if (need.goods.valid()) taken[need.goods.index()] += need.count;
  for (const Equipment& equipment : model_.equipment) {
    if (!equipment.transfer.valid()) continue;
    // Campuses help each other out: only the sums count.
    for (std::size_t i = 1; i < equipment.stocks.size(); ++i) {
      const std::uint32_t first = equipment.stocks[0].index(), other = equipment.stocks[i].index();
      ordered[first] += std::exchange(ordered[other], 0);
      taken[first] += std::exchange(taken[other], 0);
    }
  }
  for (std::size_t i = 0; i < ordered.size(); ++i) {
    const GoodsStock& stock = model_.goods[Id<GoodsStock>(i)];
    if (taken[i] > ordered[i] && model_.equipment[stock.equipment].transfer.valid())
      problems_.add(child_path("", "equipment", model_.equipment[stock.equipment].name),
                    "all tasks need " + std::to_string(taken[i]) + ", all orders bring " +
                        std::to_string(ordered[i]));
    else if (taken[i] > ordered[i])
      problems_.add(child_path("", "campus", model_.campuses[stock.campus].name),
                    "its tasks need " + std::to_string(taken[i]) + " of '" +
                        model_.equipment[stock.equipment].name + "', its orders bring " +
                        std::to_string(ordered[i]));
  }
  for (std::size_t i = 0; i < model_.orders.size(); ++i)
    if (model_.orders[Id<Order>(i)].placed_by_task && placed_by_tasks_.count(Id<Order>(i)) == 0)
      problems_.add(paths_of_orders_[i],
                    "is never placed; give placed, placed_days_from_start or a task's effect");
}

void ModelBuilder::check_halls() {
  for (std::size_t i = 0; i < model_.halls.size(); ++i) {
    const Hall& hall = model_.halls[Id<Hall>(i)];
    if (!hall.feeder.valid()) continue;
    if (model_.feeders[hall.feeder].campus != hall.campus)
      problems_.add(child_path(paths_of_halls_[i], "feeder"), "is on another campus");
    if (hall.rack_power > model_.feeders[hall.feeder].capacity)
      problems_.add(child_path(paths_of_halls_[i], "feeder"),
                    "cannot carry a single rack of the hall");
  }
}

}  // namespace racked
