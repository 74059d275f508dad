#pragma once

#include <racked/calendar.h>
#include <racked/des/distribution.h>
#include <racked/des/time.h>
#include <racked/table.h>
#include <racked/units.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace racked {

namespace v1 {
class Scenario;
}
struct ScenarioFile;

struct Campus;
struct Hall;
struct RiskDriver;
struct Task;

/// An uncertain quantity of one entity: shape, the stream its luck comes from, what shifts it.
/// The n-th draw in a replication uses stream (seed, purpose, replication, n), so that nothing else
/// in the scenario can change it.
struct Uncertain {
  Id<des::Distribution> shape;      ///< In Model::distributions; an invalid Id means "none".
  std::uint64_t purpose = 0;        ///< des::purpose_key of the entity's name and quantity.
  des::Duration unit{1};            ///< What 1 stands for when the quantity is a span of time.
  IdRange<Id<RiskDriver>> drivers;  ///< In Model::driver_lists.

  bool valid() const { return shape.valid(); }
};

/// Days on which outdoor work stops. Given the day before, each day of the simulation is lost with
/// a probability of its own.
struct Weather {
  struct Day {
    double lost_after_fair;
    double lost_after_lost;
    bool closed;  ///< Lost for certain, whatever the chain of fair and lost days does.
  };
  std::string name;
  std::uint64_t purpose = 0;
  double first_lost = 0;  ///< Chance that day 0 is lost, before closures.
  std::vector<Day> days;  ///< From the start to the horizon.
};

/// Working time outdoors: a calendar without the days lost to a weather.
struct Outdoors {
  Id<Calendar> calendar;
  Id<Weather> weather;
};

/// A pool of workers. [steps] are in order of time; steps[0] is at des::kStart.
struct Crew {
  struct Step {
    des::Time at;
    std::int64_t headcount;
  };
  std::string name;
  Id<Calendar> calendar;  ///< Of rack work.
  std::vector<Step> steps;
};

struct GoodsStock;

struct Equipment {
  std::string name;
  Uncertain replacement;               ///< Lead time of pieces ordered anew after a destruction.
  Uncertain transfer;                  ///< Valid: campuses help each other out, after this time.
  std::vector<Id<GoodsStock>> stocks;  ///< On all campuses.
};

/// The stock of one kind of equipment on one campus.
struct GoodsStock {
  Id<Campus> campus;
  Id<Equipment> equipment;
};

/// Each lot of an order fails with a probability, up to a number of times.
struct AcceptanceTest {
  double failure = 0;
  std::uint64_t purpose = 0;
  std::uint32_t at_most = 0;
  Uncertain repair;
};

struct RiskEvent;

/// An order of equipment: `count` pieces in `lots` lots.
struct Order {
  std::string name;
  Id<Campus> campus;
  Id<GoodsStock> stock;
  std::int64_t count = 0;
  std::int64_t lots = 1;
  des::Duration lot_spacing{};
  bool placed_by_task = false;  ///< Otherwise placed at `placed`, which may lie before des::kStart.
  des::Time placed{};
  Uncertain lead_time;
  AcceptanceTest test;
  std::vector<des::Time> arrived;       ///< Of lots known to have arrived; kNever: not yet.
  std::vector<Id<RiskEvent>> triggers;  ///< By the arrival of its first lot.

  /// Pieces in lot `lot`: the first (count mod lots) lots carry one more.
  std::int64_t pieces(std::int64_t lot) const {
    return count / lots + (lot < count % lots ? 1 : 0);
  }
};

enum class RackStepKind : std::uint8_t { install, cable, bring_up, burn_in };
inline constexpr std::size_t kRackSteps = 4;

/// A step of deploying one rack. Without hours the step is skipped.
struct RackStep {
  Uncertain hours;
  Id<Crew> crew;  ///< None: the hours run day and night.
  std::int64_t headcount = 0;
};

/// How racks fail in service: hazards per day of service, and what follows.
struct RackFailures {
  double per_day = 0;
  double early_per_day = 0;  ///< Besides, before `early`.
  double early_days = 0;
  std::uint64_t purpose = 0;
  Uncertain returning;  ///< Turnaround at the maker.
  Uncertain exchange;
  std::int64_t spares = 0;  ///< Per campus; 0: the rack itself comes back.
};

struct Product {
  std::string name;
  std::int64_t chips_per_rack = 0;
  Watts it_per_rack;     ///< Nameplate.
  double diversity = 1;  ///< Share of the nameplate that headroom is reckoned with.
  std::int64_t racks_per_unit = 1;
  std::array<RackStep, kRackSteps> steps;
  double acceptance_failure = 0;
  std::uint64_t acceptance_purpose = 0;
  Uncertain repair;
  RackFailures failures;
};

/// Racks of one product on one campus: where deliveries arrive and halls draw from.
struct RackStock {
  Id<Campus> campus;
  Id<Product> product;
  std::uint64_t purpose = 0;    ///< XORed to the purposes of its racks' draws.
  std::vector<Id<Hall>> halls;  ///< In the order in which they are served.
};

/// Sources and redundancy schemes of the scenario format, in the order of its enums.
enum class PowerSource : std::uint8_t { grid, turbine, engine, fuel_cell, battery };
enum class Redundancy : std::uint8_t {
  n,
  n_plus_1,
  two_n,
  block_redundant,
  distributed_redundant,
};

struct PowerGrid;

/// An element of the power supply.
struct Feeder {
  struct RampStep {
    des::Time from;
    Uncertain slip;
    Watts power;
  };
  std::string name;
  std::string path;  ///< Of the element as written, as messages name it.
  Id<Campus> campus;
  std::vector<Id<Feeder>> fed_by;  ///< None: a source.
  Id<Feeder> above;    ///< In a tree: the one it is fed by. None: a source, or not in a tree.
  Id<PowerGrid> grid;  ///< None: in a tree, up which power is reckoned.
  std::uint32_t grid_element = 0;  ///< Its place in PowerGrid::elements.
  PowerSource source = PowerSource::grid;
  Redundancy redundancy = Redundancy::n;
  Watts capacity;
  des::Time energised = des::kNever;  ///< When it is known to have been.
  bool dated = false;  ///< Energised on `date` + `slip`; otherwise by `energising_tasks` tasks.
  des::Time date{};
  Uncertain slip;
  std::uint32_t energising_tasks = 0;
  std::vector<RampStep> ramp;  ///< Empty: the whole capacity once energised.
  /// Whose power it may change: those at or below it; in a grid those of the whole grid. By
  /// priority.
  std::vector<Id<Hall>> halls;
};

/// Elements joined by their feeds, one of which is fed by several or redundant: what their halls
/// get is reckoned by flows.
struct PowerGrid {
  std::vector<Id<Feeder>> elements;  ///< Each after those it is fed by.
  std::vector<Id<Hall>> halls;       ///< By priority.
  std::vector<Id<Feeder>> members;   ///< Of redundant elements; ascending.
  bool has_catchers = false;         ///< Some element is block-redundant.
};

/// What a hall gets from tasks.
enum class Flow : std::uint8_t { space, cooling, network, commissioning };
inline constexpr std::size_t kFlows = 4;

struct Building {
  std::string name;
  Id<Campus> campus;
  IdRange<Hall> halls;
  std::int64_t positions = 0;
};

/// A room of rack positions.
struct Hall {
  std::string name;
  Id<Campus> campus;
  Id<Building> building;
  Id<Product> product;
  Id<RackStock> stock;
  Id<Feeder> feeder;
  std::uint32_t grid_hall = 0;  ///< Its place in PowerGrid::halls, if its feeder has a grid.
  std::int32_t priority = 0;    ///< Larger first.
  std::int64_t positions = 0;
  Watts rack_power;   ///< Facility power one rack claims: IT nameplate × diversity × PUE.
  des::Time planned;  ///< From then on its positions are missed while not usable.
  std::array<std::uint32_t, kFlows> providers{};  ///< Tasks that must finish for each flow.
};

struct Campus {
  std::string name;
  double pue = 1;
  Id<Weather> weather;  ///< None: nothing stops outdoor work.
  IdRange<Building> buildings;
  IdRange<Hall> halls;
};

enum class LinkType : std::uint8_t { finish_start, start_start, finish_finish, start_finish };

/// A precedence between two tasks.
struct Link {
  Id<Task> from;
  Id<Task> to;
  LinkType type = LinkType::finish_start;
  des::Duration lag{};        ///< Negative: a lead, which counts from the start of `from` at most.
  Id<Calendar> lag_calendar;  ///< None: the lag runs day and night.

  /// Whether it leaves from the start of `from`, else from its finish.
  bool from_start() const {
    return type == LinkType::start_start || type == LinkType::start_finish;
  }
  /// Whether it holds back the finish of `to`, else its start.
  bool to_finish() const {
    return type == LinkType::finish_finish || type == LinkType::start_finish;
  }
};

/// One thing a task takes; exactly one of the three Ids is valid.
struct Need {
  Id<Crew> crew;
  Id<GoodsStock> goods;
  Id<Feeder> energised;
  std::int64_t count = 1;
  std::uint32_t turn = 0;  ///< Scheme::serial: the task's place in the crew's sequence.
};

struct Milestone;

/// What the final finish of a task brings about (a trigger `at_start`: its first start); exactly
/// one of the Ids is valid.
struct Effect {
  Id<Feeder> energise;
  Id<Order> order;
  Id<Hall> hall;  ///< Gets `flow`.
  Flow flow = Flow::space;
  Id<Milestone> milestone;
  Id<RiskEvent> trigger;
  bool at_start = false;
};

/// What happens when a task's result fails: `tasks` (in order of precedence, the failing one last)
/// are done again, `links` (those between them) must be satisfied again, and so must those of
/// `entering` (into them from outside) whose source is itself being done again.
struct Rework {
  double probability = 0;
  std::uint64_t purpose = 0;
  double share = 1;
  std::uint32_t at_most = 0;
  std::vector<Id<Task>> tasks;
  std::vector<Id<Link>> links;
  std::vector<Id<Link>> entering;
};

/// The dispatch rules and schemes of the scenario format, in the order of its enums.
enum class DispatchRule : std::uint8_t {
  fifo,
  priority,
  earliest_late_start,
  shortest,
  most_successors,
  earliest_late_finish,
  minimum_slack,
  rank_positional_weight,
};
enum class Scheme : std::uint8_t { parallel, serial };

/// Something to be done.
struct Task {
  std::string name;
  Id<Campus> campus;
  Id<Building> building;  ///< None: works of the campus.
  Id<Calendar> calendar;
  Id<Outdoors> outdoors;              ///< None: weather does not stop it.
  bool elapsed = false;               ///< The duration runs day and night.
  Uncertain duration;                 ///< None: takes no time.
  des::Time earliest{};               ///< Building start or not_before.
  des::Time started = des::kNever;    ///< When it is known to have started …
  des::Time finished = des::kNever;   ///< … and to have finished.
  des::Duration remaining{-1};        ///< Work left at the status date; negative: not known.
  des::Time finish_by = des::kNever;  ///< Bounds late dates; holds nothing back.
  IdRange<Link> successors;           ///< Links whose `from` is this task.
  std::uint32_t start_links = 0;      ///< Links into this task that hold back its start.
  std::uint32_t finish_links = 0;     ///< Links into this task that hold back its finish.
  IdRange<Need> needs;
  IdRange<Effect> effects;
  Id<Rework> rework;
  std::int64_t dispatch_key = 0;  ///< Smaller is served first.
};

/// Racks arriving by a given schedule.
struct Delivery {
  struct Lot {
    des::Time due;
    std::int64_t racks;
  };
  std::string name;
  std::string path;  ///< Of the element as written, as messages name it.
  Id<RackStock> stock;
  Uncertain slip;  ///< Drawn lot by lot.
  std::vector<Lot> lots;
};

/// What stages of several supply lines draw on.
struct SharedCapacity;

/// The allocation rules of the scenario format, in the order of its enum.
enum class Allocation : std::uint8_t { by_share, in_order, earliest_due, ready_first };

enum class SupplyStageKind : std::uint8_t { fabrication, packaging, assembly, shipping };
inline constexpr std::size_t kSupplyStages = 4;

/// Chips on their way from wafer starts to docks.
struct SupplyLine {
  struct Rate {
    des::Time from;
    double per_day;
  };
  struct Draw {
    Id<SharedCapacity> of;
    double per_chip = 1;
  };
  struct Stage {
    SupplyStageKind kind;
    Uncertain cycle;
    std::vector<Rate> capacity;  ///< Chips; empty: no limit.
    std::vector<Draw> draws_on;
    double weight = 1;  ///< Of its part where these are divided.
    Uncertain yield;    ///< None: everything leaves it good.
  };
  struct Share {
    Id<RackStock> stock;
    double weight;
  };
  std::string name;
  Id<Product> product;
  std::int64_t lot_racks = 0;
  std::vector<Rate> rates;  ///< Chips started; the first may lie before des::kStart.
  Uncertain volume;         ///< Multiplies the rates.
  double total_chips = 0;   ///< No lot is released beyond; infinity when there is no end.
  std::vector<Stage> stages;
  std::vector<Share> shares;
  Allocation allocation = Allocation::by_share;
};

struct SharedCapacity {
  std::string name;
  std::vector<SupplyLine::Rate> rates;  ///< In units of its own.
  Uncertain volume;                     ///< Multiplies the rates.
  bool stored = false;
  bool divided = false;
  double weights = 0;  ///< Of all stages that draw on it.
};

struct RiskDriver {
  std::string name;
  double probability = 1;
  std::uint64_t purpose = 0;
  Uncertain factor;
  Uncertain extra;  ///< A span of time.
};

/// What a risk event does to one thing.
struct Consequence {
  enum class Kind : std::uint8_t {
    delay_task,
    delay_feeder,
    delay_order,
    stop_campus,  ///< For `delay`, or until `until`.
    redo_task,
    lose_lot,
    destroy_goods,
  };
  Kind kind = Kind::delay_task;
  Id<Task> task;
  Id<Feeder> feeder;
  Id<Order> order;
  Id<Campus> campus;
  Id<GoodsStock> goods;
  Uncertain delay;  ///< For campuses and tasks in days: see Task::duration for the unit of a task.
  des::Time until = des::Time::min();
  double share = 1;        ///< Of the work that is done again.
  std::int64_t count = 0;  ///< Pieces destroyed at most.
};

struct RiskEvent {
  std::string name;
  double probability = 1;
  std::uint64_t purpose = 0;
  bool dated = false;  ///< At `at` + `slip`; otherwise triggered by a task.
  des::Time at{};
  Uncertain slip;
  std::vector<Consequence> consequences;
};

/// So many racks of a hall are known to be usable.
struct UsableRacks {
  Id<Hall> hall;
  std::int64_t racks = 0;
  des::Time at;
};

/// A question: the first time something is reached. `task` valid: its finish; otherwise `threshold`
/// in chips, watts of facility power or buildings.
struct Milestone {
  enum class Kind : std::uint8_t { task, usable_chips, usable_power, usable_buildings };
  std::string name;
  std::string title;
  Kind kind = Kind::task;
  Id<Task> task;
  std::int64_t threshold = 0;
  double building_share = 1;
  Id<Campus> campus;  ///< None: all campuses together.
  std::vector<Date> by;
};

/// A known or announced point of a series.
struct Observation {
  std::string series;
  Id<Campus> campus;
  Date date;
  double value = 0;
  double low = 0;  ///< Equal to value when not given, like high.
  double high = 0;
  bool announced = false;
  std::string source;
};

/// A scenario checked, resolved and indexed: what every replication reads and none changes.
/// Building designs are expanded, names resolved to Ids, distributions prepared. Immutable after
/// make_model and safe to share between threads.
struct Model {
  std::string name;
  std::string title;
  std::uint64_t hash = 0;  ///< scenario_hash of the scenario it was made from.
  Date start;
  Date horizon_date;
  des::Time horizon;
  des::Time status{};  ///< What happened before is known; des::kStart: nothing is.
  /// The clock's first value: des::kStart, or earlier when orders or chips were under way on day 0.
  des::Time begin;

  Table<des::Distribution> distributions;
  std::vector<std::string> distribution_paths;  ///< Of each: its field, as messages name it.
  Table<Id<RiskDriver>> driver_lists;
  Table<Calendar> calendars;  ///< Row 0 is `always`.
  Table<Weather> weathers;
  Table<Outdoors> outdoors;
  DispatchRule dispatch = DispatchRule::fifo;
  Scheme scheme = Scheme::parallel;
  Table<Crew> crews;
  Table<Equipment> equipment;
  Table<GoodsStock> goods;
  bool goods_are_shared = false;  ///< Of some equipment, by transfers between campuses.
  Table<Order> orders;
  Table<Product> products;
  Table<RackStock> rack_stocks;
  Table<Campus> campuses;
  Table<Building> buildings;
  Table<Hall> halls;
  Table<Feeder> feeders;
  Table<PowerGrid> grids;
  Table<Task> tasks;
  Table<Link> links;  ///< Sorted by `from`.
  Table<Need> needs;
  Table<Effect> effects;
  Table<Rework> reworks;
  Table<Delivery> deliveries;
  Table<SharedCapacity> shared_capacities;
  Table<SupplyLine> supply_lines;
  Table<RiskDriver> drivers;
  Table<RiskEvent> risk_events;
  std::vector<UsableRacks> usable_racks;  ///< In order of time.
  Table<Milestone> milestones;
  std::vector<Observation> observations;
  std::vector<Date> report_dates;  ///< When series are sampled; ascending, within the horizon.

  std::int64_t expected_racks = 0;  ///< Hardly any replication delivers more; for reserving memory.
  std::int64_t expected_rack_lots = 0;  ///< Nor in more lots.
};

/// The mean of a span of time in all replications, its risk drivers included; a slip may be
/// negative.
des::Duration mean_span(const Model& model, const Uncertain& quantity);
des::Duration mean_slip(const Model& model, const Uncertain& quantity);

/// Checks a scenario as read and resolves it. Throws ScenarioError with every problem of writing
/// and of meaning at its place: broken rules, names that stand for nothing, plans that go in
/// circles, needs beyond what the pool ever has. Cost is linear in the size of the expanded plan.
Model make_model(const ScenarioFile& file);

/// The same for a scenario built in memory; problems carry paths only.
Model make_model(const v1::Scenario& scenario);

}  // namespace racked
