#pragma once

#include <racked/calendar.h>
#include <racked/files.h>
#include <racked/model.h>
#include <racked/problem.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace racked::testing {

/// Scenarios of one year with anything in them that the format allows and that can happen: every
/// kind of link, need, effect, supply, risk and milestone appears within a few dozen seeds. The
/// same seed gives the same scenario everywhere.
class RandomScenario {
 public:
  explicit RandomScenario(std::uint32_t seed) : bits_(seed), power_bits_(seed + 1'000'000) {}

  ScenarioFile make() {
    v1::Scenario& s = file_.scenario;
    s.set_name("random");
    s.set_start("2025-01-06");
    s.set_horizon("2026-01-05");
    s.set_dispatch(static_cast<v1::DispatchRule>(below(v1::DispatchRule_MAX + 1)));
    make_calendars();
    make_weather();
    make_drivers();
    make_crews();
    for (std::uint32_t i = 0; i < 2; ++i) {
      v1::Equipment& equipment = *s.add_equipment();
      equipment.set_id("e" + std::to_string(i));
      span(*equipment.mutable_lead_time_days(), 5, 120);
      if (chance(40)) {
        equipment.mutable_acceptance_test()->set_failure(between(0.1, 0.7));
        span(*equipment.mutable_acceptance_test()->mutable_repair_days(), 0, 9);
      }
      if (chance(40)) span(*equipment.mutable_transfer_days(), 0, 9);
    }
    for (std::uint32_t i = 0; i <= below(2); ++i) make_product(i);
    for (std::uint32_t i = 0; i <= below(2); ++i) make_design(i);
    for (std::uint32_t i = 0; i <= below(2); ++i) make_campus(i);
    make_supply();
    make_events();
    make_milestones();
    if (chance(25)) make_actuals();
    // Not every plan can be made beforehand: loops, and scarce goods, cannot.
    if (chance(40)) {
      s.set_scheme(v1::SERIAL);
      try {
        make_model(file_);
      } catch (const ScenarioError&) {
        s.clear_scheme();
      }
    }
    return std::move(file_);
  }

 private:
  std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(bits_()) % n; }
  bool chance(std::uint32_t percent) { return below(100) < percent; }
  double between(double low, double high) { return low + (high - low) * below(1001) / 1000; }
  template <class List>
  const typename List::value_type& any(const List& list) {
    return list.Get(static_cast<int>(below(static_cast<std::uint32_t>(list.size()))));
  }
  std::string date(std::uint32_t last_day = 300) {
    return iso_date(parse_date("2025-01-06") + std::chrono::days(below(last_day)));
  }

  void span(v1::Distribution& d, double low, double high, bool in_days = true) {
    const double a = between(low, high), b = between(low, high);
    const double least = std::min(a, b), most = std::max(a, b) + 1;
    switch (below(9)) {
      case 0: d.set_fixed(std::floor(least)); break;
      case 1: d.mutable_uniform()->set_min(least), d.mutable_uniform()->set_max(most); break;
      case 2:
        d.mutable_triangular()->set_min(least), d.mutable_triangular()->set_mode(least);
        d.mutable_triangular()->set_max(most);
        break;
      case 3:
        d.mutable_pert()->set_min(least), d.mutable_pert()->set_mode((least + most) / 2);
        d.mutable_pert()->set_max(most);
        break;
      case 4: d.mutable_lognormal()->set_median(most), d.mutable_lognormal()->set_sigma(0.4); break;
      case 5: d.mutable_gamma()->set_shape(2), d.mutable_gamma()->set_scale(most / 2); break;
      case 6: d.mutable_weibull()->set_shape(1.5), d.mutable_weibull()->set_scale(most); break;
      case 7: d.mutable_exponential()->set_mean(most); break;
      default:
        d.mutable_normal()->set_mean(most), d.mutable_normal()->set_sd(1 + least / 3);
        d.set_at_least(0);
    }
    const auto& drivers = file_.scenario.risk_driver();
    if (in_days && !drivers.empty() && chance(20)) d.add_driver(any(drivers).id());
  }

  void slip(v1::Distribution& d) {
    d.mutable_uniform()->set_min(-between(0, 10));
    d.mutable_uniform()->set_max(between(1, 40));
  }

  void uncertain(v1::UncertainDate& when, std::uint32_t last_day) {
    when.set_date(date(last_day));
    if (chance(50)) slip(*when.mutable_slip_days());
  }

  void make_calendars() {
    v1::Calendar& week = *file_.scenario.add_calendar();
    week.set_id("week");
    if (chance(50)) week.add_holiday("2025-05-26");
    v1::Calendar& nights = *file_.scenario.add_calendar();
    nights.set_id("nights");
    for (const auto day : {v1::Calendar::MONDAY, v1::Calendar::WEDNESDAY, v1::Calendar::SATURDAY})
      nights.add_working_day(day);
    for (const char* from : {"06:30", "20:00"}) {
      v1::Shift& shift = *nights.add_shift();
      shift.set_from(from), shift.set_hours(7.5);
    }
  }

  void make_weather() {
    if (!chance(60)) return;
    v1::Weather& weather = *file_.scenario.add_weather();
    weather.set_id("sky");
    for (const int month : {1, 2, 3, 7, 12}) {
      if (!chance(60)) continue;
      v1::WeatherMonth& lost = *weather.add_month();
      lost.set_month(month), lost.set_lost_days(between(0, 13));
      if (chance(50)) lost.set_spell_days(between(1, 6));
    }
    if (!chance(40)) return;
    v1::Closure& closure = *weather.add_closure();
    closure.set_from("02-01"), closure.set_through("02-20");
  }

  void make_drivers() {
    for (std::uint32_t i = 0; i < below(3); ++i) {
      v1::RiskDriver& driver = *file_.scenario.add_risk_driver();
      driver.set_id("risk" + std::to_string(i));
      driver.set_probability(between(0.2, 1));
      if (chance(60)) span(*driver.mutable_factor(), 0.7, 1.6, false);
      if (chance(50) || !driver.has_factor()) slip(*driver.mutable_extra_days());
    }
  }

  void make_crews() {
    for (std::uint32_t i = 0; i < 2 + below(2); ++i) {
      v1::Crew& crew = *file_.scenario.add_crew();
      crew.set_id("crew" + std::to_string(i));
      crew.set_headcount(static_cast<int>(kMostWorkers + below(4)));
      if (chance(30)) crew.set_calendar("week");
      for (std::uint32_t n = below(3), month = 2; n > 0; --n, month += 3) {
        v1::HeadcountStep& step = *crew.add_step();
        step.set_date("2025-0" + std::to_string(month) + "-10");
        step.set_headcount(static_cast<int>(kMostWorkers + below(4)));
      }
    }
  }

  void step(v1::RackStep& step, double hours) {
    span(*step.mutable_hours(), 0, hours, false);
    if (!chance(50)) return;
    step.set_crew(any(file_.scenario.crew()).id());
    step.set_count(static_cast<int>(1 + below(kMostWorkers)));
  }

  void make_product(std::uint32_t i) {
    v1::Product& product = *file_.scenario.add_product();
    product.set_id("rack" + std::to_string(i));
    product.set_chips_per_rack(static_cast<int>(1 + below(64)));
    product.set_kw_per_rack(between(20, 140));
    if (chance(30)) product.set_diversity(0.9);
    product.set_racks_per_unit(static_cast<int>(1 + below(3)));
    if (chance(80)) step(*product.mutable_install(), 30);
    if (chance(60)) step(*product.mutable_cable(), 30);
    if (chance(60)) step(*product.mutable_bring_up(), 30);
    if (chance(60)) step(*product.mutable_burn_in(), 90);
    if (product.has_burn_in() && chance(70)) {
      product.set_acceptance_failure(between(0.05, 0.6));
      span(*product.mutable_repair_days(), 0, 9, false);
    }
    if (!chance(50)) return;
    v1::RackFailures& failures = *product.mutable_failures();
    failures.set_per_year(between(0, 20));
    if (chance(50)) failures.set_early_per_year(between(0, 40)), failures.set_early_days(30);
    span(*failures.mutable_return_days(), 0, 30, false);
    if (chance(60)) failures.set_spares(static_cast<int>(1 + below(4)));
    if (chance(60)) span(*failures.mutable_exchange_hours(), 0, 30, false);
  }

  // A task that may follow those before it in the same list.
  template <class Tasks>
  v1::Task& make_task(Tasks& tasks) {
    const int earlier = tasks.size();
    v1::Task& task = *tasks.Add();
    task.set_id("t" + std::to_string(earlier));
    switch (below(4)) {
      case 0: span(*task.mutable_work_hours(), 0, 90, false); break;
      case 1: span(*task.mutable_elapsed_days(), 0, 25); break;
      case 2: break;
      default: span(*task.mutable_work_days(), 0, 25);
    }
    if (chance(30)) task.set_calendar(chance(50) ? "week" : "nights");
    if (!task.has_elapsed_days() && chance(40)) task.set_outdoor(true);
    if (chance(20)) task.set_finish_by(date(300));
    if (chance(10)) task.set_not_before(date(120));
    task.set_priority(static_cast<int>(below(5)) - 2);
    std::vector<int> before;
    for (int i = 0; i < earlier; ++i)
      if (chance(40)) before.push_back(i);
    for (const int i : before) {
      v1::Link& link = *task.add_after();
      link.set_task("t" + std::to_string(i));
      if (chance(40)) link.set_type(static_cast<v1::Link::Type>(below(4)));
      if (chance(20))
        link.set_lag_elapsed_days(between(-5, 9));
      else if (chance(20))
        link.set_lag_work_days(between(-5, 9));
    }
    for (const v1::Crew& crew : file_.scenario.crew())
      if (chance(30)) {
        v1::Need& need = *task.add_need();
        need.set_crew(crew.id()), need.set_count(static_cast<int>(1 + below(kMostWorkers)));
      }
    for (const v1::Link& link : task.after())
      if (link.type() == v1::Link::FINISH_START && chance(25) && !task.has_rework()) {
        v1::Rework& rework = *task.mutable_rework();
        rework.set_probability(between(0.1, 0.8));
        if (chance(70)) rework.set_back_to(link.task());
        rework.set_share(between(0, 1.2));
        rework.set_at_most(static_cast<int>(1 + below(3)));
      }
    return task;
  }

  void make_order(v1::Order& order, const std::string& id, bool by_task, bool in_design) {
    order.set_id(id);
    order.set_equipment(any(file_.scenario.equipment()).id());
    order.set_count(static_cast<int>(1 + below(4)));
    if (!by_task && in_design) order.set_placed_days_from_start(between(-90, 60));
    if (!by_task && !in_design) order.set_placed(date(100));
    order.set_lots(static_cast<int>(1 + below(static_cast<std::uint32_t>(order.count()))));
    order.set_lot_spacing_days(between(0, 9));
    if (chance(40)) span(*order.mutable_lead_time_days(), 2, 60);
  }

  // Orders, of which a task may place the last, and later tasks that use what was ordered.
  template <class Place>
  void make_orders_and_needs(Place& place, bool in_design) {
    const int tasks = place.task_size();
    const bool by_task = chance(50);
    make_order(*place.add_order(), "o0", false, in_design);
    if (by_task) {
      make_order(*place.add_order(), "o1", true, in_design);
      place.mutable_task(0)->add_effect()->set_order("o1");
      place.mutable_task(0)->clear_rework();
    }
    // The first task places orders, so it must not wait for what is ordered.
    for (const v1::Order& order : place.order()) {
      if (tasks < 2 || !chance(70)) continue;
      v1::Task& user =
          *place.mutable_task(1 + static_cast<int>(below(static_cast<std::uint32_t>(tasks - 1))));
      const bool has = std::any_of(user.need().begin(), user.need().end(), [&](const v1::Need& n) {
        return n.equipment() == order.equipment();
      });
      if (has) continue;
      v1::Need& need = *user.add_need();
      need.set_equipment(order.equipment());
      need.set_count(static_cast<int>(1 + below(static_cast<std::uint32_t>(order.count()))));
    }
  }

  void make_design(std::uint32_t number) {
    v1::BuildingDesign& design = *file_.scenario.add_building_design();
    design.set_id("design" + std::to_string(number));
    v1::Feeder& feeder = *design.add_feeder();
    feeder.set_id("bus"), feeder.set_capacity_mw(between(0.3, 4));
    for (std::uint32_t i = 0; i <= below(3); ++i) {
      v1::Hall& hall = *design.add_hall();
      hall.set_id("h" + std::to_string(i));
      // The first design takes the first product, so that a supply line has somebody to serve.
      hall.set_product(i + number == 0 ? file_.scenario.product(0).id()
                                       : any(file_.scenario.product()).id());
      hall.set_racks(6 * static_cast<int>(1 + below(4)));  // whole units, whatever the product
      hall.set_feeder("bus");
      with_power_bits([&] {
        if (chance(20)) hall.set_priority(static_cast<int>(below(3)) - 1);
      });
    }
    for (std::uint32_t i = 0; i < 3 + below(5); ++i) make_task(*design.mutable_task());
    for (int flow = v1::Flow_MIN; flow <= v1::Flow_MAX; ++flow) {
      if (!chance(60)) continue;
      v1::Effect& effect = *design.mutable_task(last_of(design))->add_effect();
      effect.set_provides(static_cast<v1::Flow>(flow));
      if (chance(30)) effect.set_hall(any(design.hall()).id());
    }
    if (chance(70))
      design.mutable_task(last_of(design))->add_effect()->set_energise("bus");
    else
      uncertain(*feeder.mutable_energised(), 200);
    make_orders_and_needs(design, true);
  }
  int last_of(const v1::BuildingDesign& design) {
    return static_cast<int>(below(static_cast<std::uint32_t>(design.task_size())));
  }

  void make_campus(std::uint32_t number) {
    v1::Campus& campus = *file_.scenario.add_campus();
    campus.set_id("c" + std::to_string(number));
    if (chance(50)) campus.set_calendar(chance(70) ? "week" : "nights");
    if (chance(50)) campus.set_pue(between(1, 1.5));
    if (!file_.scenario.weather().empty()) campus.set_weather("sky");
    v1::Feeder& poi = *campus.add_feeder();
    poi.set_id("poi"), poi.set_capacity_mw(between(1, 9));
    uncertain(*poi.mutable_energised(), 200);
    if (chance(50)) {
      double level = 0;
      for (const char* from : {"2025-03-01", "2025-06-01", "2025-08-15"}) {
        v1::RampStep& step = *poi.add_ramp();
        step.mutable_from()->set_date(from);
        if (chance(40)) slip(*step.mutable_from()->mutable_slip_days());
        level += between(0, poi.capacity_mw() / 3);
        step.set_power_mw(level);
      }
    }
    bool several = false;
    with_power_bits([&] { several = vary_power(campus, poi); });
    for (std::uint32_t i = 0; i < 1 + below(4); ++i) make_task(*campus.mutable_task());
    if (chance(50)) campus.mutable_task(campus.task_size() - 1)->add_need()->set_energised("poi");
    make_orders_and_needs(campus, false);
    for (const v1::BuildingDesign& design : file_.scenario.building_design()) {
      v1::Building& building = *campus.add_building();
      building.set_id("b" + design.id());
      building.set_design(design.id());
      if (chance(60)) building.set_count(static_cast<int>(1 + below(3)));
      if (chance(60)) building.set_start(date(60));
      building.set_spacing_days(between(0, 40));
      building.add_fed_by("poi");
      // Buses of the design that nobody made redundant take one or two feeds.
      with_power_bits([&] {
        if (several && chance(50)) building.add_fed_by("ring");
      });
      if (chance(30)) building.add_after("t0");
      if (chance(70)) building.set_planned(date(120));
    }
    for (const v1::Product& product : file_.scenario.product())
      if (is_used(product)) make_delivery(campus, product);
  }

  // Whether there is a ring besides.
  bool vary_power(v1::Campus& campus, v1::Feeder& poi) {
    if (chance(30)) {
      campus.clear_pue();
      for (int month = 0; month < 12; ++month) campus.add_monthly_pue(between(1, 1.5));
    }
    // A ramp that steps down, and power that ends.
    if (!poi.ramp().empty() && chance(30))
      poi.mutable_ramp(2)->set_power_mw(between(0, poi.ramp(1).power_mw()));
    const bool several = chance(50);
    if (several) make_plants(campus);
    return several;
  }

  // Plants on site beside the point of interconnection, and a ring that some of them feed, with any
  // redundancy.
  void make_plants(v1::Campus& campus) {
    v1::Feeder ring;
    ring.set_id("ring"), ring.set_capacity_mw(between(2, 9));
    uncertain(*ring.mutable_energised(), 150);
    if (chance(50)) ring.add_fed_by("poi");
    for (std::uint32_t i = 0; i <= below(3) || ring.fed_by_size() < 2; ++i) {
      v1::Feeder& plant = *campus.add_feeder();
      plant.set_id("plant" + std::to_string(i)), plant.set_capacity_mw(between(0.5, 4));
      uncertain(*plant.mutable_energised(), 200);
      if (chance(40)) {
        plant.mutable_until()->set_date("2025-09-" + std::to_string(10 + below(20)));
        if (chance(50)) slip(*plant.mutable_until()->mutable_slip_days());
      }
      plant.set_source(static_cast<v1::PowerSource>(below(v1::PowerSource_MAX + 1)));
      ring.add_fed_by(plant.id());
    }
    ring.set_redundancy(static_cast<v1::Redundancy>(below(v1::Redundancy_MAX + 1)));
    if (ring.redundancy() == v1::TWO_N && ring.fed_by_size() != 2) ring.clear_redundancy();
    *campus.add_feeder() = ring;
  }

  void make_delivery(v1::Campus& campus, const v1::Product& product) {
    if (!chance(80)) return;
    v1::Delivery& delivery = *campus.add_delivery();
    delivery.set_id("d" + product.id());
    delivery.set_product(product.id());
    for (std::uint32_t i = 0; i <= below(4); ++i) {
      v1::DeliveryLot& lot = *delivery.add_lot();
      lot.set_date(date()), lot.set_racks(static_cast<int>(1 + below(20)));
    }
    if (chance(40)) {
      delivery.set_lot_racks(static_cast<int>(1 + below(6)));
      v1::RackRate& rate = *delivery.add_rate();
      rate.set_from(date()), rate.set_racks_per_week(between(0, 10));
    }
    if (chance(60)) slip(*delivery.mutable_slip_days());
  }

  bool is_used(const v1::Product& product) const {
    for (const v1::BuildingDesign& design : file_.scenario.building_design())
      for (const v1::Hall& hall : design.hall())
        if (hall.product() == product.id()) return true;
    return false;
  }

  void make_supply() {
    if (!chance(60)) return;
    v1::Scenario& s = file_.scenario;
    for (const bool stored : {false, true}) {
      v1::SharedCapacity& shared = *s.add_shared_capacity();
      shared.set_id(stored ? "memory" : "packaging");
      shared.set_stored(stored), shared.set_divided(chance(50));
      shared.add_rate()->set_from("2024-10-01");
      shared.mutable_rate(0)->set_per_month(between(5, 2000));
      if (chance(50)) {
        shared.mutable_volume_factor()->mutable_uniform()->set_min(0.7);
        shared.mutable_volume_factor()->mutable_uniform()->set_max(1.6);
      }
    }
    make_supply_line("line");
    if (chance(50)) make_supply_line("other");
  }

  void make_supply_line(const std::string& id) {
    v1::Scenario& s = file_.scenario;
    v1::SupplyLine& line = *s.add_supply_line();
    line.set_id(id);
    line.set_allocation(static_cast<v1::Allocation>(below(v1::Allocation_MAX + 1)));
    const v1::Product& product = s.product(0);
    line.set_product(product.id());
    line.set_lot_racks(static_cast<int>(1 + below(4)));
    line.set_total_chips(product.chips_per_rack() * static_cast<int>(5 + below(60)));
    v1::ChipRate& rate = *line.add_rate();
    rate.set_from("2024-11-01"),
        rate.set_chips_per_month(between(1, 20) * product.chips_per_rack());
    for (int kind = v1::SupplyStage::Kind_MIN; kind <= v1::SupplyStage::Kind_MAX; ++kind) {
      if (kind != v1::SupplyStage::SHIPPING && chance(40)) continue;
      v1::SupplyStage& stage = *line.add_stage();
      stage.set_kind(static_cast<v1::SupplyStage::Kind>(kind));
      span(*stage.mutable_cycle_days(), 0, 40);
      for (const char* const capacity : {"packaging", "memory"}) {
        if (!chance(30)) continue;
        v1::Draw& draw = *stage.add_draws_on();
        draw.set_capacity(capacity), draw.set_per_chip(between(0.1, 3));
      }
      if (chance(30)) {
        stage.mutable_yield()->mutable_uniform()->set_min(0.6);
        stage.mutable_yield()->mutable_uniform()->set_max(0.95);
      }
      if (!chance(40)) continue;
      v1::ChipRate& capacity = *stage.add_capacity();
      capacity.set_from("2024-10-01");
      capacity.set_chips_per_month(between(1, 20) * product.chips_per_rack());
    }
    for (const v1::Campus& campus : s.campus()) {
      v1::Share& share = *line.add_share();
      share.set_campus(campus.id()), share.set_weight(between(0.5, 3));
    }
    if (chance(50))
      line.mutable_volume_factor()->mutable_uniform()->set_min(0.5),
          line.mutable_volume_factor()->mutable_uniform()->set_max(1.5);
  }

  void make_events() {
    v1::Scenario& s = file_.scenario;
    for (std::uint32_t i = 0; i < below(4); ++i) {
      v1::RiskEvent& event = *s.add_risk_event();
      event.set_id("event" + std::to_string(i));
      event.set_probability(between(0.3, 1));
      const v1::Campus& campus = any(s.campus());
      switch (below(5)) {
        case 0: event.set_at_finish_of(campus.id() + "." + any(campus.task()).id()); break;
        case 1: event.set_at_start_of(campus.id() + "." + any(campus.task()).id()); break;
        case 2: event.set_at_arrival_of(campus.id() + "." + any(campus.order()).id()); break;
        default: uncertain(*event.mutable_at(), 250);
      }
      for (std::uint32_t n = 0; n <= below(3); ++n) {
        v1::Consequence& on = *event.add_consequence();
        switch (below(8)) {
          case 4: on.set_redo(campus.id() + "." + any(campus.task()).id()); continue;
          case 5: on.set_lose(campus.id() + "." + any(campus.order()).id()); continue;
          case 6:
            on.mutable_destroy()->set_campus(campus.id());
            on.mutable_destroy()->set_equipment(any(s.equipment()).id());
            continue;
          case 7: on.set_campus(campus.id()), on.set_until(date(200)); continue;
          case 0: on.set_task(campus.id() + "." + any(campus.task()).id()); break;
          case 1: on.set_feeder(campus.id() + ".poi"); break;
          case 2: on.set_order(campus.id() + "." + any(campus.order()).id()); break;
          default: on.set_campus(campus.id());
        }
        span(*on.mutable_delay_days(), 0, 30, false);
        with_power_bits([&] {
          if (!chance(40)) return;
          v1::Distribution time = on.delay_days();
          on.Clear();
          on.set_outage(campus.id() + "." + any(campus.feeder()).id());
          *on.mutable_delay_days() = time;
        });
      }
    }
  }

  // What a month and a half have brought: of each campus its first task, an order and the feeder.
  void make_actuals() {
    v1::Scenario& s = file_.scenario;
    s.set_status_date("2025-02-20");
    for (const v1::Campus& campus : s.campus()) {
      v1::Actual& task = *s.add_actual();
      task.set_task(campus.id() + ".t0");
      task.set_started("2025-01-10");
      if (chance(50))
        task.set_finished("2025-02-01");
      else if (chance(50))
        task.set_remaining_days(between(0, 20));
      if (chance(50) && campus.order(0).placed() < "2025-02-15") {
        v1::Actual& order = *s.add_actual();
        order.set_order(campus.id() + ".o0");
        order.set_arrived("2025-02-15");
      }
      if (chance(30)) {
        v1::Actual& feeder = *s.add_actual();
        feeder.set_feeder(campus.id() + ".poi");
        feeder.set_energised("2025-01-20");
      }
      if (chance(30)) {
        v1::Actual& hall = *s.add_actual();
        const v1::Building& building = any(campus.building());
        hall.set_hall(campus.id() + "." + building.id() + (building.has_count() ? "1" : "") +
                      ".h0");
        hall.set_usable_racks(static_cast<int>(1 + below(6)));
        hall.set_date("2025-02-18");
      }
    }
  }

  void make_milestones() {
    v1::Scenario& s = file_.scenario;
    const v1::Campus& campus = any(s.campus());
    const auto add = [&](const std::string& id) -> v1::Milestone& {
      v1::Milestone& milestone = *s.add_milestone();
      milestone.set_id(id);
      return milestone;
    };
    add("done").set_task(campus.id() + "." + any(campus.task()).id());
    add("some").set_usable_chips(
        1 + below(6 * static_cast<std::uint32_t>(s.product(0).chips_per_rack())));
    add("power").set_usable_facility_mw(between(0.02, 0.1));
    v1::Milestone& building = add("building");
    building.set_usable_buildings(1);
    building.set_campus(campus.id());
  }

  static constexpr std::uint32_t kMostWorkers = 3;  // no need asks for more, no crew has fewer
  // What is drawn for power changes nothing else of a scenario.
  template <class Make>
  void with_power_bits(Make make) {
    std::swap(bits_, power_bits_);
    make();
    std::swap(bits_, power_bits_);
  }
  std::mt19937 bits_, power_bits_;
  ScenarioFile file_;
};

}  // namespace racked::testing
