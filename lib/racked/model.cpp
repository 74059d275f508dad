#include <racked/model.h>

#include <racked/files.h>
#include <racked/timeline.h>

#include "building_designs.h"
#include "dispatch.h"
#include "findings.h"
#include "model_builder.h"
#include "network.h"
#include "rules.h"

#include <racked/des/random_stream.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <stdexcept>
#include <tuple>

namespace racked {

namespace {

constexpr std::int64_t kMostYears = 100;
constexpr double kMostRackLots = 2e6;
constexpr double kMostRacks = 2e7;
constexpr double kDaysPerMonth = 30;  // of "chips per month", stated at the field

std::vector<Calendar::Shift> shifts_of(const v1::Calendar& calendar) {
  std::vector<int> days;
  for (const int day : calendar.working_day()) days.push_back(day - v1::Calendar::MONDAY);
  if (days.empty()) days = {0, 1, 2, 3, 4};
  std::sort(days.begin(), days.end());
  days.erase(std::unique(days.begin(), days.end()), days.end());

  std::vector<Calendar::Shift> shifts;
  for (const int day : days) {
    if (calendar.shift().empty()) shifts.push_back({day, 8 * des::kHour, 8 * des::kHour});
    for (const v1::Shift& shift : calendar.shift()) {
      const int hours = std::stoi(shift.from().substr(0, 2));
      const int minutes = std::stoi(shift.from().substr(3, 2));
      shifts.push_back({day, hours * des::kHour + std::chrono::minutes(minutes),
                        des::rounded(shift.hours(), des::kHour)});
    }
  }
  return shifts;
}

// Of one month: the share of lost days, and the chances of a day by the day before.
struct WeatherOdds {
  double lost = 0;
  double lost_after_fair = 0;
  double lost_after_lost = 0;
};

// A chain of two states with share q of lost days and spells of mean length s leaves a spell with
// 1/s a day and, as many spells beginning as ending, enters one with q / (s (1 − q)).
std::string weather_odds(const v1::WeatherMonth& month, WeatherOdds& odds) {
  constexpr std::array<double, 12> kDays = {31, 28.25, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const double q = month.lost_days() / kDays[static_cast<std::size_t>(month.month() - 1)];
  if (q >= 1) return "leaves no day to work; write a closure";
  const double s = month.has_spell_days() ? month.spell_days() : 1 / (1 - q);
  // A month that loses no day ends a spell of the month before.
  odds = {q, q / (s * (1 - q)), q > 0 ? 1 - 1 / s : 0};
  if (odds.lost_after_fair <= 1) return {};
  return "spells of " + number(s) + " days cannot take so much of the month, at most " +
         number(kDays[static_cast<std::size_t>(month.month() - 1)] * s / (s + 1)) + " days";
}

bool closed(const v1::Weather& weather, std::chrono::year_month_day day) {
  const std::string date = iso_date(Date(day)).substr(5);
  for (const v1::Closure& closure : weather.closure()) {
    const bool after = closure.from() <= date, before = date <= closure.through();
    if (closure.from() <= closure.through() ? after && before : after || before) return true;
  }
  return false;
}

}  // namespace

// Entry.

Model make_model(const ScenarioFile& file) {
  v1::Scenario scenario = file.scenario;
  std::vector<Problem> known = file.problems;
  complete_designs(scenario, file.places, known);
  const std::vector<Problem> broken =
      without_inherited(scenario, check_rules(scenario, file.places, known));
  known.insert(known.end(), broken.begin(), broken.end());
  ProblemList problems(file.places, std::move(known));
  Model model = ModelBuilder(scenario, problems).build();
  model.hash = scenario_hash(file.scenario);
  model.resolved = scenario_bytes(file.scenario);
  if (problems.any()) throw ScenarioError(std::move(problems).sorted());
  return model;
}

Model make_model(const v1::Scenario& scenario) {
  ScenarioFile file;
  file.scenario = scenario;
  return make_model(file);
}

des::Duration mean_span(const Model& model, const Uncertain& quantity) {
  return std::max(mean_slip(model, quantity), des::Duration::zero());
}

des::Duration mean_slip(const Model& model, const Uncertain& quantity) {
  if (!quantity.valid()) return {};
  double value = model.distributions[quantity.shape].mean();
  des::Duration extra{};
  for (const Id<Id<RiskDriver>> entry : quantity.drivers) {
    const RiskDriver& driver = model.drivers[model.driver_lists[entry]];
    if (driver.factor.valid())
      value *= 1 + driver.probability * (model.distributions[driver.factor.shape].mean() - 1);
    if (driver.extra.valid())
      extra += des::rounded(driver.probability * model.distributions[driver.extra.shape].mean(),
                            driver.extra.unit);
  }
  return des::rounded(value, quantity.unit) + extra;
}

// What is not built on a campus.

ModelBuilder::ModelBuilder(const v1::Scenario& scenario, ProblemList& problems)
    : scenario_(scenario), problems_(problems) {}

Model ModelBuilder::build() {
  read_frame();
  declare_triggers();
  read_parties();
  read_calendars();
  read_weathers();
  read_drivers();
  read_crews();
  read_equipment();
  read_products();
  declare_campuses();
  resolve_buildings();
  resolve_feeders();
  resolve_halls();
  resolve_orders();
  resolve_tasks();
  resolve_deliveries();
  read_shared_capacities();
  read_supply_lines();
  read_risk_events();
  read_milestones();
  read_deals();
  read_triggers();
  read_campus_prices();
  if (!problems_.any()) name_owners();
  sort_effects();
  check_feeders();
  check_halls();
  join_feeders();
  check_supply_of_goods();
  resolve_reworks();
  read_actuals();
  if (const std::string cycle = find_cycle(model_); !cycle.empty())
    problems_.add("", "the plan goes in a circle: " + cycle);
  else if (!problems_.any())
    resolve_dispatch();
  read_observations();
  choose_report_dates();
  count_racks();
  return std::move(model_);
}

void ModelBuilder::read_frame() {
  model_.name = scenario_.name();
  model_.title = scenario_.title();
  bool dated = true;
  try {
    model_.start = parse_date(scenario_.start());
    model_.horizon_date = parse_date(scenario_.horizon());
  } catch (const std::invalid_argument&) {  // reported by the rules
    dated = false;
    model_.start = model_.horizon_date = Date{};
  }
  const auto days = (model_.horizon_date - model_.start).count();
  if (dated && days <= 0) problems_.add("horizon", "must be after the start, " + scenario_.start());
  if (days > 366 * kMostYears)
    problems_.add("horizon",
                  "is more than " + std::to_string(kMostYears) + " years after the start");
  // Something to go on with while further problems are looked for.
  if (days <= 0 || days > 366 * kMostYears)
    model_.horizon_date = model_.start + std::chrono::days(1);
  model_.horizon = time_of(model_.horizon_date, model_.start);
  model_.begin = des::kStart;
}

void ModelBuilder::read_calendars() {
  calendars_["always"] = model_.calendars.add(Calendar());
  for (const v1::Calendar& calendar : scenario_.calendar()) {
    const std::string path = child_path("", "calendar", calendar.id());
    std::vector<Date> holidays;
    for (const std::string& holiday : calendar.holiday())
      holidays.push_back(date_of(time(holiday), model_.start));
    try {
      calendars_[calendar.id()] = model_.calendars.add(
          Calendar(shifts_of(calendar), holidays, model_.start, model_.horizon_date));
    } catch (const std::logic_error& error) {
      calendars_[calendar.id()] = calendars_["always"];
      if (std::string(error.what()) == "shifts overlap")  // other faults: reported by the rules
        problems_.add(child_path(path, "shift"), "shifts overlap");
    }
    if (calendar.id() == "always")
      problems_.add(child_path(path, "id"), "'always' is built in; choose another id");
  }
}

void ModelBuilder::read_weathers() {
  for (const v1::Weather& written : scenario_.weather()) {
    const std::string path = child_path("", "weather", written.id());
    Weather weather;
    weather.name = written.id();
    weather.purpose = des::purpose_key("weather/" + written.id());

    std::array<WeatherOdds, 12> months{};
    std::array<bool, 12> given{};
    for (int i = 0; i < written.month_size(); ++i) {
      const v1::WeatherMonth& month = written.month(i);
      const std::string at = child_path(path, "month", i);
      if (month.month() < 1 || month.month() > 12) continue;  // reported by the rules
      const auto index = static_cast<std::size_t>(month.month() - 1);
      if (given[index]) problems_.add(child_path(at, "month"), "is given twice");
      given[index] = true;
      const std::string fault = weather_odds(month, months[index]);
      if (!fault.empty()) problems_.add(child_path(at, "lost_days"), fault);
    }
    for (Date date = model_.start; date < model_.horizon_date; date += std::chrono::days(1)) {
      const std::chrono::year_month_day day(date);
      const WeatherOdds& odds = months[static_cast<unsigned>(day.month()) - 1];
      weather.days.push_back({odds.lost_after_fair, odds.lost_after_lost, closed(written, day)});
    }
    weather.first_lost =
        months[static_cast<unsigned>(std::chrono::year_month_day(model_.start).month()) - 1].lost;
    weathers_[written.id()] = model_.weathers.add(std::move(weather));
  }
}

void ModelBuilder::resolve_dispatch() {
  model_.dispatch = static_cast<DispatchRule>(scenario_.dispatch());
  model_.scheme = static_cast<Scheme>(scenario_.scheme());
  const auto priority = [this](Id<Task> task) { return tasks_[task.index()].task->priority(); };
  if (const std::string fault = set_dispatch(model_, priority); !fault.empty())
    problems_.add("scheme", fault);
}

void ModelBuilder::read_drivers() {
  for (const v1::RiskDriver& written : scenario_.risk_driver()) {
    const std::string path = child_path("", "risk_driver", written.id());
    RiskDriver driver;
    driver.name = written.id();
    driver.probability = written.probability();
    const std::string purpose = "driver/" + written.id();
    driver.purpose = des::purpose_key(purpose);
    driver.factor = uncertain(written, "factor", path, purpose + "/factor", des::Duration{1});
    driver.extra = uncertain(written, "extra_days", path, purpose + "/extra", des::kDay);
    if (!driver.factor.drivers.empty() || !driver.extra.drivers.empty() ||
        !written.factor().driver().empty() || !written.extra_days().driver().empty())
      problems_.add(path, "the distributions of a risk driver cannot have drivers themselves");
    if (!driver.factor.valid() && !driver.extra.valid())
      problems_.add(path, "has no effect; give factor or extra_days");
    drivers_[written.id()] = model_.drivers.add(std::move(driver));
  }
}

void ModelBuilder::read_crews() {
  for (const v1::Crew& written : scenario_.crew()) {
    const std::string path = child_path("", "crew", written.id());
    Crew crew;
    crew.name = written.id();
    crew.calendar = named(calendars_, written.calendar());
    if (!crew.calendar.valid()) crew.calendar = Id<Calendar>(0);
    crew.steps.push_back({des::kStart, written.headcount()});
    for (int i = 0; i < written.step_size(); ++i) {
      const des::Time at = time(written.step(i).date());
      if (at <= crew.steps.back().at)
        problems_.add(child_path(child_path(path, "step", i), "date"),
                      "must be after the start and after the step before");
      crew.steps.push_back({at, written.step(i).headcount()});
    }
    crews_[written.id()] = model_.crews.add(std::move(crew));
  }
}

void ModelBuilder::read_equipment() {
  for (const v1::Equipment& written : scenario_.equipment()) {
    const std::string path = child_path("", "equipment", written.id());
    const std::string purpose = "equipment/" + written.id();
    Equipment equipment;
    equipment.name = written.id();
    equipment.terms = terms_of(written);
    equipment.replacement =
        uncertain(written, "lead_time_days", path, purpose + "/replacement", des::kDay);
    equipment.transfer =
        uncertain(written, "transfer_days", path, purpose + "/transfer", des::kDay);
    model_.goods_are_shared |= equipment.transfer.valid();
    equipment_[written.id()] = model_.equipment.add(std::move(equipment));
  }
}

void ModelBuilder::read_products() {
  constexpr const char* kStepFields[kRackSteps] = {"install", "cable", "bring_up", "burn_in"};
  for (const v1::Product& written : scenario_.product()) {
    const std::string path = child_path("", "product", written.id());
    const std::string purpose = "product/" + written.id();
    Product product;
    product.name = written.id();
    product.chips_per_rack = written.chips_per_rack();
    product.it_per_rack = watts_of_megawatts(written.kw_per_rack() * 1e-3);
    product.diversity = written.diversity();
    product.racks_per_unit = written.racks_per_unit();
    product.acceptance_failure = written.acceptance_failure();
    product.acceptance_purpose = des::purpose_key(purpose + "/acceptance");
    product.price = uncertain(written, "price_usd", path, purpose + "/price", des::Duration{1});
    product.terms = terms_of(written);
    product.repair = uncertain(written, "repair_days", path, purpose + "/repair", des::kDay);
    if (product.acceptance_failure > 0 && !product.repair.valid())
      problems_.add(path, "racks may fail acceptance, but repair_days is missing");

    if (written.has_failures()) {
      constexpr double kDaysPerYear = 365.25;
      const v1::RackFailures& how = written.failures();
      RackFailures& failures = product.failures;
      const std::string at = child_path(path, "failures");
      failures.per_day = how.per_year() / kDaysPerYear;
      failures.early_per_day = how.early_per_year() / kDaysPerYear;
      failures.early_days = how.early_days();
      failures.purpose = des::purpose_key(purpose + "/failures");
      failures.returning = uncertain(how, "return_days", at, purpose + "/return", des::kDay);
      failures.exchange = uncertain(how, "exchange_hours", at, purpose + "/exchange", des::kHour);
      failures.spares = how.spares();
    }

    const v1::RackStep* steps[kRackSteps] = {&written.install(), &written.cable(),
                                             &written.bring_up(), &written.burn_in()};
    for (std::size_t i = 0; i < kRackSteps; ++i) {
      const std::string at = child_path(path, kStepFields[i]);
      RackStep& step = product.steps[i];
      step.hours = uncertain(*steps[i], "hours", at, purpose + "/" + kStepFields[i], des::kHour);
      step.crew = named(crews_, steps[i]->crew());
      step.headcount = steps[i]->count();
      if (step.crew.valid() && step.headcount > most_headcount(step.crew))
        problems_.add(child_path(at, "count"), "needs " + std::to_string(step.headcount) + " of '" +
                                                   steps[i]->crew() +
                                                   "', which never has more than " +
                                                   std::to_string(most_headcount(step.crew)));
    }
    products_[written.id()] = model_.products.add(std::move(product));
  }
}

namespace {

double per_month(const v1::ChipRate& rate) { return rate.chips_per_month(); }
double per_month(const v1::CapacityRate& rate) { return rate.per_month(); }

template <typename Written>
std::vector<SupplyLine::Rate> rates_of(const google::protobuf::RepeatedPtrField<Written>& rates,
                                       const std::function<des::Time(const std::string&)>& time) {
  std::vector<SupplyLine::Rate> result;
  for (const Written& rate : rates)
    result.push_back({time(rate.from()), per_month(rate) / kDaysPerMonth});
  return result;
}

// Whether dates ascend; otherwise the index of the first that does not, else -1.
int first_out_of_order(const std::vector<SupplyLine::Rate>& rates) {
  for (std::size_t i = 1; i < rates.size(); ++i)
    if (rates[i].from <= rates[i - 1].from) return static_cast<int>(i);
  return -1;
}

// Chips started before the horizon, the volume factor apart.
double chips_before(const std::vector<SupplyLine::Rate>& rates, des::Time horizon) {
  double chips = 0;
  for (std::size_t i = 0; i < rates.size() && rates[i].from < horizon; ++i) {
    const des::Time until = i + 1 < rates.size() ? std::min(rates[i + 1].from, horizon) : horizon;
    chips +=
        rates[i].per_day * std::chrono::duration<double>(until - rates[i].from).count() / 86'400;
  }
  return chips;
}

// What hardly any draw of the volume exceeds.
double large_volume(const Model& model, const SupplyLine& line) {
  constexpr double kHardlyEver = 0.999;
  return line.volume.valid() ? model.distributions[line.volume.shape].quantile(kHardlyEver) : 1;
}

}  // namespace

void ModelBuilder::read_shared_capacities() {
  for (const v1::SharedCapacity& written : scenario_.shared_capacity()) {
    SharedCapacity capacity;
    capacity.name = written.id();
    capacity.stored = written.stored();
    capacity.divided = written.divided();
    capacity.rates =
        rates_of(written.rate(), [this](const std::string& date) { return time(date); });
    if (const int i = first_out_of_order(capacity.rates); i >= 0)
      problems_.add(
          child_path(child_path(child_path("", "shared_capacity", written.id()), "rate", i),
                     "from"),
          "must be after the rate before");
    capacity.volume =
        uncertain(written, "volume_factor", child_path("", "shared_capacity", written.id()),
                  "shared_capacity/" + written.id() + "/volume", des::Duration{1});
    shared_capacities_[written.id()] = model_.shared_capacities.add(std::move(capacity));
  }
}

void ModelBuilder::read_supply_lines() {
  for (const v1::SupplyLine& written : scenario_.supply_line())
    read_supply_line(written, child_path("", "supply_line", written.id()));
}

void ModelBuilder::read_supply_line(const v1::SupplyLine& written, const std::string& path) {
  SupplyLine line;
  line.name = written.id();
  line.product = named(products_, written.product());
  line.lot_racks = written.lot_racks();
  line.allocation = static_cast<Allocation>(written.allocation());
  if (!line.product.valid()) return;  // reported by the rules
  const auto at = [this](const std::string& date) { return time(date); };

  line.rates = rates_of(written.rate(), at);
  if (const int i = first_out_of_order(line.rates); i >= 0)
    return problems_.add(child_path(child_path(path, "rate", i), "from"),
                         "must be after the rate before");
  line.buyer = named(parties_, written.buyer());
  line.volume = uncertain(written, "volume_factor", path, "supply/" + line.name + "/volume",
                          des::Duration{1});
  line.total_chips = written.has_total_chips() ? static_cast<double>(written.total_chips())
                                               : std::numeric_limits<double>::infinity();
  const double lots =
      std::min(line.total_chips,
               chips_before(line.rates, model_.horizon) * large_volume(model_, line)) /
      static_cast<double>(line.lot_racks * model_.products[line.product].chips_per_rack);
  if (lots > kMostRackLots)
    return problems_.add(child_path(path, "rate"),
                         "makes more than 2 million lots; take larger lots");

  for (int i = 0; i < written.stage_size(); ++i) {
    const std::string stage_path = child_path(path, "stage", i);
    SupplyLine::Stage stage;
    stage.kind =
        static_cast<SupplyStageKind>(written.stage(i).kind() - v1::SupplyStage::FABRICATION);
    stage.cycle = uncertain(written.stage(i), "cycle_days", stage_path,
                            "supply/" + line.name + "/" + std::to_string(i), des::kDay);
    stage.capacity = rates_of(written.stage(i).capacity(), at);
    if (const int j = first_out_of_order(stage.capacity); j >= 0)
      problems_.add(child_path(child_path(stage_path, "capacity", j), "from"),
                    "must be after the capacity before");
    stage.yield =
        uncertain(written.stage(i), "yield", stage_path,
                  "supply/" + line.name + "/yield/" + std::to_string(i), des::Duration{1});
    stage.weight = written.stage(i).weight();
    for (const v1::Draw& draw : written.stage(i).draws_on()) {
      const Id<SharedCapacity> shared = named(shared_capacities_, draw.capacity());
      if (!shared.valid()) continue;  // reported by the rules
      if (std::any_of(stage.draws_on.begin(), stage.draws_on.end(),
                      [&](const SupplyLine::Draw& other) { return other.of == shared; }))
        problems_.add(child_path(stage_path, "draws_on"), "names '" + draw.capacity() + "' twice");
      stage.draws_on.push_back({shared, draw.per_chip()});
      model_.shared_capacities[shared].weights += stage.weight;
    }
    if (i > 0 && written.stage(i).kind() <= written.stage(i - 1).kind())
      problems_.add(
          child_path(stage_path, "kind"),
          "stages follow the order FABRICATION, PACKAGING, ASSEMBLY, SHIPPING, each at most once");
    line.stages.push_back(std::move(stage));
  }
  if (line.stages.size() > kSupplyStages) line.stages.resize(kSupplyStages);  // reported above
  for (const v1::Share& share : written.share()) {
    const Id<Campus> campus = named(campuses_, share.campus());
    if (campus.valid()) line.shares.push_back({rack_stock(campus, line.product), share.weight()});
  }
  for (std::size_t i = 0; i < line.shares.size(); ++i)
    if (model_.rack_stocks[line.shares[i].stock].halls.empty())
      problems_.add(child_path(child_path(path, "share", static_cast<int>(i)), "campus"),
                    "no hall of this campus takes '" + written.product() + "'");
  if (!line.rates.empty()) model_.begin = std::min(model_.begin, line.rates.front().from);
  if (!line.shares.empty() && !line.stages.empty()) model_.supply_lines.add(std::move(line));
}

void ModelBuilder::read_risk_events() {
  for (const v1::RiskEvent& written : scenario_.risk_event()) {
    const std::string path = child_path("", "risk_event", written.id());
    const std::string purpose = "risk_event/" + written.id();
    RiskEvent event;
    event.name = written.id();
    event.probability = written.probability();
    event.purpose = des::purpose_key(purpose);
    event.dated = written.has_at();
    event.when = named(triggers_, written.when());
    if (event.dated) {
      event.at = time(written.at().date());
      event.slip = uncertain(written.at(), "slip_days", child_path(path, "at"), purpose + "/slip",
                             des::kDay);
    }
    for (int i = 0; i < written.consequence_size(); ++i)
      event.consequences.push_back(read_consequence(written.consequence(i),
                                                    child_path(path, "consequence", i),
                                                    purpose + "/delay/" + std::to_string(i)));
    const Id<RiskEvent> id = model_.risk_events.add(std::move(event));
    if (written.has_at_arrival_of()) {
      const Id<Order> order = scoped<Order>(order_names_, "", written.at_arrival_of(),
                                            child_path(path, "at_arrival_of"), "order");
      if (order.valid()) model_.orders[order].triggers.push_back(id);
    }
    if (!written.has_at_finish_of() && !written.has_at_start_of()) continue;
    Effect effect;
    effect.trigger = id;
    effect.at_start = written.has_at_start_of();
    const char* const field = effect.at_start ? "at_start_of" : "at_finish_of";
    const Id<Task> task = scoped<Task>(
        task_names_, "", effect.at_start ? written.at_start_of() : written.at_finish_of(),
        child_path(path, field), "task");
    if (task.valid()) effects_.emplace_back(task, effect);
  }
}

Consequence ModelBuilder::read_consequence(const v1::Consequence& what, const std::string& path,
                                           const std::string& purpose) {
  using Kind = Consequence::Kind;
  Consequence consequence;
  des::Duration unit = des::kDay;
  const auto task_called = [&](const std::string& name, const char* field) {
    return scoped<Task>(task_names_, "", name, child_path(path, field), "task");
  };
  if (what.has_task()) {
    consequence.kind = Kind::delay_task;
    consequence.task = task_called(what.task(), "task");
    if (consequence.task.valid() && !model_.tasks[consequence.task].elapsed)
      unit = model_.calendars[model_.tasks[consequence.task].calendar].working_day();
  } else if (what.has_feeder()) {
    consequence.kind = Kind::delay_feeder;
    consequence.feeder =
        scoped<Feeder>(feeder_names_, "", what.feeder(), child_path(path, "feeder"), "feeder");
    if (consequence.feeder.valid() && !model_.feeders[consequence.feeder].dated)
      problems_.add(child_path(path, "feeder"),
                    "'" + what.feeder() + "' is energised by tasks; delay one of these");
  } else if (what.has_order() || what.has_lose()) {
    consequence.kind = what.has_order() ? Kind::delay_order : Kind::lose_lot;
    const char* const field = what.has_order() ? "order" : "lose";
    consequence.order =
        scoped<Order>(order_names_, "", what.has_order() ? what.order() : what.lose(),
                      child_path(path, field), "order");
  } else if (what.has_redo()) {
    consequence.kind = Kind::redo_task;
    consequence.task = task_called(what.redo(), "redo");
    consequence.share = what.share();
  } else if (what.has_outage()) {
    consequence.kind = Kind::outage;
    consequence.feeder =
        scoped<Feeder>(feeder_names_, "", what.outage(), child_path(path, "outage"), "feeder");
    if (consequence.feeder.valid()) model_.feeders[consequence.feeder].may_fail = true;
  } else if (what.has_destroy()) {
    consequence.kind = Kind::destroy_goods;
    const Id<Campus> campus = named(campuses_, what.destroy().campus());
    const Id<Equipment> equipment = named(equipment_, what.destroy().equipment());
    if (campus.valid() && equipment.valid()) consequence.goods = goods_stock(campus, equipment);
    consequence.count = what.destroy().count();
  } else {
    consequence.kind = Kind::stop_campus;
    consequence.campus = named(campuses_, what.campus());
    if (what.has_until()) consequence.until = time(what.until());
  }
  check_extent(what, consequence, path);
  consequence.delay = uncertain(what, "delay_days", path, purpose, unit);
  return consequence;
}

// Delays need an extent, and nothing else takes one.
void ModelBuilder::check_extent(const v1::Consequence& what, const Consequence& consequence,
                                const std::string& path) {
  using Kind = Consequence::Kind;
  const bool stop = consequence.kind == Kind::stop_campus;
  const bool delays = stop || consequence.kind == Kind::delay_task ||
                      consequence.kind == Kind::delay_feeder ||
                      consequence.kind == Kind::delay_order || consequence.kind == Kind::outage;
  if (what.has_until() && !stop) problems_.add(child_path(path, "until"), "is for a campus only");
  if (what.has_share() && consequence.kind != Kind::redo_task)
    problems_.add(child_path(path, "share"), "is for redo only");
  if (!delays && what.has_delay_days())
    problems_.add(child_path(path, "delay_days"),
                  "is for task, feeder, order, campus or outage only");
  if (delays && !what.has_delay_days() && !what.has_until())
    problems_.add(path, stop ? "give delay_days or until" : "delay_days is missing");
  if (what.has_delay_days() && what.has_until())
    problems_.add(path, "give delay_days or until, not both");
}

void ModelBuilder::read_milestones() {
  for (const v1::Milestone& written : scenario_.milestone()) {
    const std::string path = child_path("", "milestone", written.id());
    Milestone milestone;
    milestone.name = written.id();
    milestone.title = written.has_title() ? written.title() : written.id();
    milestone.campus = named(campuses_, written.campus());
    milestone.building_share = written.building_share();
    for (const std::string& date : written.by())
      milestone.by.push_back(date_of(time(date), model_.start));

    // What the plan can give at most.
    std::int64_t chips = 0, buildings = 0;
    Watts power;
    for (const Hall& hall : model_.halls) {
      if (milestone.campus.valid() && hall.campus != milestone.campus) continue;
      if (hall.product.valid())
        chips += hall.positions * model_.products[hall.product].chips_per_rack;
      power += hall.positions * hall.rack_power;
    }
    for (const Building& building : model_.buildings)
      if (!milestone.campus.valid() || building.campus == milestone.campus)
        buildings += building.positions > 0 ? 1 : 0;
    const auto limit = [&](const char* field, std::int64_t most, const std::string& unit) {
      if (milestone.threshold > most)
        problems_.add(child_path(path, field), "can never be reached: the halls hold " + unit);
    };
    if (written.has_usable_chips()) {
      milestone.kind = Milestone::Kind::usable_chips;
      milestone.threshold = written.usable_chips();
      limit("usable_chips", chips, std::to_string(chips) + " chips");
    } else if (written.has_usable_facility_mw()) {
      milestone.kind = Milestone::Kind::usable_power;
      milestone.threshold = watts_of_megawatts(written.usable_facility_mw()).count;
      limit("usable_facility_mw", power.count, "racks for " + number(megawatts(power)) + " MW");
    } else if (written.has_usable_buildings()) {
      milestone.kind = Milestone::Kind::usable_buildings;
      milestone.threshold = written.usable_buildings();
      limit("usable_buildings", buildings, std::to_string(buildings) + " buildings");
    } else {
      milestone.task = scoped<Task>(task_names_, milestone.campus.valid() ? written.campus() : "",
                                    written.task(), child_path(path, "task"), "task");
    }
    const Id<Milestone> id = model_.milestones.add(std::move(milestone));
    Effect effect;
    effect.milestone = id;
    if (model_.milestones[id].task.valid())
      effects_.emplace_back(model_.milestones[id].task, effect);
  }
}

void ModelBuilder::read_observations() {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < kSeries; ++i) names.emplace_back(name(static_cast<Series>(i)));
  for (int i = 0; i < scenario_.observation_size(); ++i) {
    const v1::Observation& written = scenario_.observation(i);
    if (std::find(names.begin(), names.end(), written.series()) == names.end()) {
      const std::string like = nearest_name(written.series(), names);
      problems_.add(child_path(child_path("", "observation", i), "series"),
                    "no series is called '" + written.series() + "'" +
                        (like.empty() ? "" : "; did you mean '" + like + "'?"));
    }
    Observation observation;
    observation.series = written.series();
    observation.campus = named(campuses_, written.campus());
    observation.date = date_of(time(written.date()), model_.start);
    observation.value = written.value();
    observation.low = written.has_low() ? written.low() : written.value();
    observation.high = written.has_high() ? written.high() : written.value();
    observation.announced = written.kind() == v1::Observation::ANNOUNCED;
    observation.source = written.source();
    model_.observations.push_back(std::move(observation));
  }
}

// The first of every month, the dates of observations, the start and the horizon.
void ModelBuilder::choose_report_dates() {
  std::vector<Date>& dates = model_.report_dates;
  dates = {model_.start, model_.horizon_date};
  const std::chrono::year_month_day first(model_.start);
  for (std::chrono::year_month month(first.year(), first.month());;
       month += std::chrono::months(1)) {
    const Date date(month / std::chrono::day(1));
    if (date >= model_.horizon_date) break;
    if (date > model_.start) dates.push_back(date);
  }
  for (const Observation& observation : model_.observations)
    if (observation.date > model_.start && observation.date < model_.horizon_date)
      dates.push_back(observation.date);
  std::sort(dates.begin(), dates.end());
  dates.erase(std::unique(dates.begin(), dates.end()), dates.end());
}

void ModelBuilder::count_racks() {
  double racks = 0, lots = 0;
  for (const Delivery& delivery : model_.deliveries)
    for (const Delivery::Lot& lot : delivery.lots) {
      racks += static_cast<double>(lot.racks);
      lots += 1;
    }
  for (const SupplyLine& line : model_.supply_lines) {
    const double chips = std::min(
        line.total_chips, chips_before(line.rates, model_.horizon) * large_volume(model_, line));
    const double line_racks =
        chips / static_cast<double>(model_.products[line.product].chips_per_rack);
    racks += line_racks;
    lots += line_racks / static_cast<double>(line.lot_racks);
  }
  if (racks > kMostRacks || lots > kMostRackLots)
    return problems_.add(
        "", "more than 20 million racks or 2 million lots are on their way before the horizon");
  model_.expected_racks = static_cast<std::int64_t>(racks);
  model_.expected_rack_lots = static_cast<std::int64_t>(lots);
}

}  // namespace racked
