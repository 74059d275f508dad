#pragma once

#include <racked/model.h>
#include <racked/problem.h>
#include <racked/v1/scenario.pb.h>

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace racked {

/// A design's element is written once and exists in many buildings: what is wrong with it is said
/// once.
class ProblemList {
 public:
  ProblemList(const Places& places, std::vector<Problem> known);
  void add(const std::string& path, const std::string& message);
  bool any() const { return !problems_.empty(); }
  std::vector<Problem> sorted() &&;

 private:
  const Places& places_;
  std::vector<Problem> problems_;
  std::set<std::pair<std::string, std::string>> said_;
};

/// Names of one kind with their rows, looked up from the innermost scope outwards.
class Scope {
 public:
  /// False when the name is taken.
  bool declare(const std::string& dotted, std::size_t row);
  /// The row of `name` as seen from `scope` ("campus.b7", "campus" or ""); -1 when there is none.
  std::int64_t find(const std::string& scope, const std::string& name) const;
  /// A known name like the one that was not found, as one would write it; empty if none is close.
  std::string like(const std::string& scope, const std::string& name) const;

 private:
  std::unordered_map<std::string, std::size_t> rows_;
};

/// Turns a Scenario into a Model. Names are declared first, then everything that refers to them is
/// resolved; problems are collected, so that one pass reports them all.
class ModelBuilder {
 public:
  ModelBuilder(const v1::Scenario& scenario, ProblemList& problems);
  Model build();

 private:
  // Where an element of a campus or design is being built.
  struct Site {
    Id<Campus> campus;
    Id<Building> building;
    std::string scope;  ///< "campus" or "campus.building".
    std::string path;   ///< Of the message that holds the elements.
    des::Time start;    ///< Of the building.
    std::vector<Id<Task>> after;
    std::vector<Id<Feeder>> fed_by;
    Id<Calendar> calendar;
    Id<Trigger> when;
  };
  struct Tasks {
    const v1::Task* task;
    Id<Task> id;
    std::size_t site;
    std::string path;
  };

  // model.cpp: everything that is not built on a campus; model_plan.cpp, model_power.cpp: what is;
  // model_builder.cpp: the rest.
  void read_frame();
  void read_calendars();
  void read_weathers();
  void read_drivers();
  void read_crews();
  void read_equipment();
  void read_products();
  void read_shared_capacities();
  void read_supply_lines();
  void read_supply_line(const v1::SupplyLine& line, const std::string& path);
  void read_risk_events();
  Consequence read_consequence(const v1::Consequence& what, const std::string& path,
                               const std::string& purpose);
  void check_extent(const v1::Consequence& what, const Consequence& consequence,
                    const std::string& path);
  void read_milestones();

  // model_deals.cpp.
  void declare_triggers();
  void read_parties();
  void read_deals();
  void read_deal(const v1::Deal& written, const std::string& path);
  void read_commitments(const v1::Deal& written, const std::string& path, Deal& deal);
  void find_stocks(const v1::Deal& written, const std::string& path, Deal& deal);
  void order_commitments();

  // model_costs.cpp.
  PurchaseTerms terms_of(const v1::Equipment& written) const;
  PurchaseTerms terms_of(const v1::Product& written) const;
  Id<TaskCost> read_task_cost(const Tasks& entry);
  void read_rent(const v1::Deal& written, const std::string& path, Deal& deal);
  void read_campus_prices();
  void name_owners();
  void choose_billing_dates();
  void list_cash_accounts();

  void read_triggers();
  void read_trigger(const v1::Trigger& written, const std::string& path);
  void check_trigger(const v1::Trigger& written, const Trigger& trigger, const std::string& path);

  void read_observations();
  void resolve_dispatch();
  void read_actuals();
  void read_actual(const v1::Actual& actual, const std::string& path);
  void read_task_actual(const v1::Actual& actual, const std::string& path);
  /// A date of the past; des::kNever, and a problem, when it is missing or not of the past.
  des::Time past(const google::protobuf::Message& actual, const char* field,
                 const std::string& path);
  void choose_report_dates();
  void count_racks();

  // Campuses, buildings and their elements.
  void declare_campuses();
  void declare_buildings(const v1::Campus& campus, const Site& ground, const std::string& path);
  void declare_elements(std::size_t site, const google::protobuf::RepeatedPtrField<v1::Task>& tasks,
                        const google::protobuf::RepeatedPtrField<v1::Feeder>& feeders,
                        const google::protobuf::RepeatedPtrField<v1::Order>& orders);
  void resolve_buildings();
  void resolve_feeders();
  void resolve_halls();
  void resolve_orders();
  void resolve_tasks();
  void resolve_task(const Tasks& entry);
  void resolve_links(const Tasks& entry);
  void resolve_needs(const Tasks& entry);
  void resolve_effects(const Tasks& entry);
  void resolve_effect(const Tasks& entry, const v1::Effect& effect, const std::string& path);
  void resolve_reworks();
  void resolve_deliveries();
  void read_delivery(const v1::Delivery& delivery, Id<Campus> campus, const std::string& path);
  void sort_effects();
  void check_supply_of_goods();
  void check_halls();

  // model_power.cpp: the elements of power supply.
  void read_pue(const v1::Campus& written, Campus& campus, const std::string& path);
  void read_feeder(Id<Feeder> feeder);
  void read_feeds(const v1::Feeder& written, const Site& site, Feeder& feeder,
                  const std::string& path);
  void read_ramp(const v1::Feeder& written, Feeder& feeder, const std::string& path);
  void check_feeders();
  void join_feeders();

  // Names and quantities, used by both.
  des::Time time(const std::string& date) const;
  Uncertain uncertain(const google::protobuf::Message& parent, const char* field,
                      const std::string& path, const std::string& purpose, des::Duration unit);
  /// make_distribution(), once for all that are written alike.
  const des::Distribution& prepared(v1::Distribution written);
  void check_support(const des::Distribution& shape, const v1::Rule& rule, const std::string& path);
  IdRange<Id<RiskDriver>> driver_list(const v1::Distribution& distribution, const std::string& path,
                                      bool in_days);
  template <class Row>
  Id<Row> named(const std::map<std::string, Id<Row>>& rows, const std::string& name) const {
    const auto found = rows.find(name);
    return found == rows.end() ? Id<Row>() : found->second;
  }
  template <class Row>
  Id<Row> scoped(const Scope& rows, const std::string& scope, const std::string& name,
                 const std::string& path, const char* kind) {
    const std::int64_t row = rows.find(scope, name);
    if (row >= 0) return Id<Row>(static_cast<std::size_t>(row));
    if (!name.empty()) not_found(rows, scope, name, path, kind);
    return Id<Row>();
  }
  void not_found(const Scope& rows, const std::string& scope, const std::string& name,
                 const std::string& path, const char* kind);
  Id<GoodsStock> goods_stock(Id<Campus> campus, Id<Equipment> equipment);
  Id<RackStock> rack_stock(Id<Campus> campus, Id<Product> product);
  Id<Outdoors> outdoors(Id<Calendar> calendar, Id<Weather> weather, const std::string& path);
  std::int64_t most_headcount(Id<Crew> crew) const;

  const v1::Scenario& scenario_;
  ProblemList& problems_;
  Model model_;
  std::map<std::string, Id<Calendar>> calendars_;
  std::map<std::string, Id<Weather>> weathers_;
  std::map<std::string, Id<Crew>> crews_;
  std::map<std::string, Id<Equipment>> equipment_;
  std::map<std::string, Id<Product>> products_;
  std::map<std::string, Id<RiskDriver>> drivers_;
  std::map<std::string, Id<SharedCapacity>> shared_capacities_;
  std::map<std::string, Id<Campus>> campuses_;
  std::map<std::string, Id<Party>> parties_;
  std::map<std::string, Id<Deal>> deals_;
  std::map<std::string, Id<Trigger>> triggers_;
  std::map<const v1::Distribution*, Id<des::Distribution>> shapes_;
  std::map<std::string, des::Distribution> prepared_;  ///< By what is written.
  std::map<std::pair<std::uint32_t, std::uint32_t>, Id<GoodsStock>> goods_stocks_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, Id<RackStock>> rack_stocks_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, Id<Outdoors>> outdoors_;
  Scope task_names_, feeder_names_, order_names_, hall_names_, building_names_;

  std::vector<Site> sites_;
  std::vector<Tasks> tasks_;
  std::vector<std::pair<const v1::Feeder*, std::size_t>> feeder_sources_;  ///< By feeder row.
  std::vector<std::pair<const v1::Order*, std::size_t>> order_sources_;
  std::vector<std::pair<const v1::Hall*, std::size_t>> hall_sources_;
  std::vector<std::pair<const v1::Building*, std::size_t>> building_sources_;  ///< With its site.
  std::vector<std::pair<Id<Task>, Effect>> effects_;
  std::set<Id<Order>> placed_by_tasks_;
  std::vector<std::string> paths_of_feeders_, paths_of_orders_, paths_of_halls_;
};

/// "parent.field" or "parent.field[key]".
std::string child_path(const std::string& parent, std::string_view field);
std::string child_path(const std::string& parent, std::string_view field, std::string_view key);
std::string child_path(const std::string& parent, std::string_view field, int index);

/// The shape a user wrote, without its drivers. std::invalid_argument when its parameters do not
/// fit.
des::Distribution make_distribution(const v1::Distribution& distribution);

}  // namespace racked
