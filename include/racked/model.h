#pragma once

#include <racked/calendar.h>
#include <racked/des/distribution.h>
#include <racked/des/time.h>
#include <racked/table.h>
#include <racked/units.h>

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
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
struct Trigger;

/// An uncertain quantity of one entity: shape, the stream its luck comes from, what shifts it.
/// The n-th draw in a replication uses stream (seed, purpose, replication, n), so that nothing else
/// in the scenario can change it.
struct Uncertain {
  Id<des::Distribution> shape;      ///< In Model::distributions; an invalid Id means "none".
  std::uint64_t purpose = 0;        ///< des::purpose_key of the entity's name and quantity.
  des::Duration unit{1};            ///< What 1 stands for when the quantity is a span of time.
  IdRange<Id<RiskDriver>> drivers;  ///< In Model::driver_lists.

  bool valid() const { return shape.valid(); }  ///< Whether there is such a quantity.
};

/// Days on which outdoor work stops. Given the day before, each day of the simulation is lost with
/// a probability of its own.
struct Weather {
  /// A day's chances.
  struct Day {
    double lost_after_fair;  ///< Chance that it is lost when the day before was not.
    double lost_after_lost;  ///< The same when it was.
    bool closed;             ///< Lost for certain, whatever the chain of fair and lost days does.
  };
  std::string name;           ///< Its id.
  std::uint64_t purpose = 0;  ///< Of its draws.
  double first_lost = 0;      ///< Chance that day 0 is lost, before closures.
  std::vector<Day> days;      ///< From the start to the horizon.
};

/// Working time outdoors: a calendar without the days lost to a weather.
struct Outdoors {
  Id<Calendar> calendar;  ///< Hours by the clock.
  Id<Weather> weather;    ///< What takes days from it.
};

/// A pool of workers. [steps] are in order of time; steps[0] is at des::kStart.
struct Crew {
  /// A size of the pool.
  struct Step {
    des::Time at;            ///< From then on.
    std::int64_t headcount;  ///< Workers in the pool.
  };
  std::string name;         ///< Its id.
  Id<Calendar> calendar;    ///< Of rack work.
  std::vector<Step> steps;  ///< By time; the first at des::kStart.
};

struct Party;

/// How a purchase is paid: a share in advance, the rest some time after the arrival.
struct PurchaseTerms {
  std::int64_t deposit_millionths = 0;  ///< Share paid in advance.
  des::Duration deposit_ahead{};        ///< Of deliveries: before the scheduled date.
  des::Duration balance{};              ///< From the arrival to the payment of the rest.
  Id<Party> vendor;                     ///< None: somebody outside the scenario.
};

struct GoodsStock;

/// A kind of long-lead equipment.
struct Equipment {
  std::string name;                    ///< Its id.
  PurchaseTerms terms;                 ///< How it is paid.
  Uncertain replacement;               ///< Lead time of pieces ordered anew after a destruction.
  Uncertain transfer;                  ///< Valid: campuses help each other out, after this time.
  std::vector<Id<GoodsStock>> stocks;  ///< On all campuses.
};

/// The stock of one kind of equipment on one campus.
struct GoodsStock {
  Id<Campus> campus;        ///< Where the pieces are.
  Id<Equipment> equipment;  ///< What they are.
};

/// Each lot of an order fails with a probability, up to a number of times.
struct AcceptanceTest {
  double failure = 0;         ///< Probability that a test is failed.
  std::uint64_t purpose = 0;  ///< Of its draws.
  std::uint32_t at_most = 0;  ///< Failures of one lot.
  Uncertain repair;           ///< Added to the lead time for each.
};

struct RiskEvent;

/// An order of equipment: `count` pieces in `lots` lots.
struct Order {
  std::string name;             ///< "campus.id" or "campus.building.id".
  Id<Campus> campus;            ///< Where it is delivered.
  Id<GoodsStock> stock;         ///< What it fills.
  std::int64_t count = 0;       ///< Pieces in all.
  std::int64_t lots = 1;        ///< Into which they are divided.
  des::Duration lot_spacing{};  ///< Between arrivals of lots as planned.
  bool placed_by_task = false;  ///< Otherwise by `when`, or at `placed`, maybe before des::kStart.
  Id<Trigger> when;             ///< That places it; none: a task or the date.
  des::Time placed{};           ///< When it is placed without a task.
  Uncertain lead_time;          ///< From there to the first lot.
  Uncertain price;              ///< Of a piece, in dollars; none: nothing.
  AcceptanceTest test;          ///< Of each lot, at its maker.
  std::vector<des::Time> arrived;       ///< Of lots known to have arrived; kNever: not yet.
  std::vector<Id<RiskEvent>> triggers;  ///< By the arrival of its first lot.

  /// Whether it is placed on a date.
  bool dated() const { return !placed_by_task && !when.valid(); }
  /// Pieces in lot `lot`: the first (count mod lots) lots carry one more.
  std::int64_t pieces(std::int64_t lot) const {
    return count / lots + (lot < count % lots ? 1 : 0);
  }
};

/// The steps of deploying a rack, in their order.
enum class RackStepKind : std::uint8_t { install, cable, bring_up, burn_in };
inline constexpr std::size_t kRackSteps = 4;  ///< How many there are.

/// A step of deploying one rack. Without hours the step is skipped.
struct RackStep {
  Uncertain hours;             ///< On the crew's calendar.
  Id<Crew> crew;               ///< None: the hours run day and night.
  std::int64_t headcount = 0;  ///< Workers of the crew.
};

/// How racks fail in service: hazards per day of service, and what follows.
struct RackFailures {
  double per_day = 0;         ///< Throughout service.
  double early_per_day = 0;   ///< Besides, before `early`.
  double early_days = 0;      ///< Days of service.
  std::uint64_t purpose = 0;  ///< Of its draws.
  Uncertain returning;        ///< Turnaround at the maker.
  Uncertain exchange;         ///< Until it is usable again, with a spare.
  std::int64_t spares = 0;    ///< Per campus; 0: the rack itself comes back.
};

/// A kind of rack with its chips.
struct Product {
  std::string name;                 ///< Its id.
  std::int64_t chips_per_rack = 0;  ///< Chips in one rack.
  Watts it_per_rack;                ///< Nameplate.
  double diversity = 1;             ///< Share of the nameplate that headroom is reckoned with.
  std::int64_t racks_per_unit = 1;  ///< Racks that become usable together.
  std::array<RackStep, kRackSteps> steps;  ///< By RackStepKind.
  double acceptance_failure = 0;           ///< Chance after each burn-in.
  std::uint64_t acceptance_purpose = 0;    ///< Of its draws.
  Uncertain repair;                        ///< Of a rack that was not accepted.
  RackFailures failures;                   ///< In service.
  Uncertain price;                         ///< Of a rack, in dollars; none: nothing.
  PurchaseTerms terms;                     ///< How it is paid.
};

/// Racks of one product on one campus: where deliveries arrive and halls draw from.
struct RackStock {
  Id<Campus> campus;            ///< Where they wait.
  Id<Product> product;          ///< What they are.
  std::uint64_t purpose = 0;    ///< XORed to the purposes of its racks' draws.
  std::vector<Id<Hall>> halls;  ///< In the order in which they are served.
};

/// Sources and redundancy schemes of the scenario format, in the order of its enums.
enum class PowerSource : std::uint8_t { grid, turbine, engine, fuel_cell, battery };
/// What of the power of several feeds is held back, so that the loss of one loses no load.
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
  /// Contracted power from a date on.
  struct RampStep {
    des::Time from;  ///< Scheduled date.
    Uncertain slip;  ///< Added to it.
    Watts power;     ///< From then on.
  };
  std::string name;                ///< "campus.id" or "campus.building.id".
  std::string path;                ///< Of the element as written, as messages name it.
  Id<Campus> campus;               ///< Whose supply it is part of.
  std::vector<Id<Feeder>> fed_by;  ///< None: a source.
  Id<Feeder> above;    ///< In a tree: the one it is fed by. None: a source, or not in a tree.
  Id<PowerGrid> grid;  ///< None: in a tree, up which power is reckoned.
  std::uint32_t grid_element = 0;          ///< Its place in PowerGrid::elements.
  PowerSource source = PowerSource::grid;  ///< Of what kind, if nothing feeds it.
  Redundancy redundancy = Redundancy::n;   ///< Of its feeds.
  Watts capacity;                          ///< Most that it ever carries.
  des::Time energised = des::kNever;       ///< When it is known to have been.
  bool dated = false;  ///< Energised on `date` + `slip`; otherwise by `energising_tasks` tasks.
  des::Time date{};    ///< When `dated`.
  Uncertain slip;      ///< Added to `date`.
  std::uint32_t energising_tasks = 0;  ///< All of which must finish.
  std::vector<RampStep> ramp;          ///< Empty: the whole capacity once energised.
  bool ends = false;                   ///< For good, at `until` + `until_slip`.
  des::Time until{};                   ///< When it `ends`.
  Uncertain until_slip;                ///< Added to `until`.
  bool may_fail = false;               ///< Some risk event takes it out.
  /// Whose power it may change: those at or below it; in a grid those of the whole grid. By
  /// priority.
  std::vector<Id<Hall>> halls;
};

/// Elements joined by their feeds, one of which is fed by several, is redundant or may lose power:
/// what their halls get is reckoned by flows.
struct PowerGrid {
  std::vector<Id<Feeder>> elements;  ///< Each after those it is fed by.
  std::vector<Id<Hall>> halls;       ///< By priority.
  std::vector<Id<Feeder>> members;   ///< Of redundant elements; ascending.
  bool has_catchers = false;         ///< Some element is block-redundant.
};

/// What a hall gets from tasks.
enum class Flow : std::uint8_t { space, cooling, network, commissioning };
inline constexpr std::size_t kFlows = 4;  ///< How many there are.

/// Halls that are built together.
struct Building {
  std::string name;            ///< "campus.building".
  Id<Campus> campus;           ///< Where it stands.
  IdRange<Hall> halls;         ///< Its rooms.
  std::int64_t positions = 0;  ///< Of racks, in all halls.
};

/// A room of rack positions.
struct Hall {
  std::string name;             ///< "campus.building.id".
  Id<Campus> campus;            ///< That of its building.
  Id<Building> building;        ///< Whose room it is.
  Id<Product> product;          ///< What stands in it.
  Id<RackStock> stock;          ///< Where its racks come from.
  Id<Feeder> feeder;            ///< Where its power comes from.
  std::uint32_t grid_hall = 0;  ///< Its place in PowerGrid::halls, if its feeder has a grid.
  std::int32_t priority = 0;    ///< Larger first.
  std::int64_t positions = 0;   ///< Of racks.
  Watts rack_power;   ///< Facility power one rack claims: IT nameplate × diversity × PUE.
  des::Time planned;  ///< From then on its positions are missed while not usable.
  std::array<std::uint32_t, kFlows> providers{};  ///< Tasks that must finish for each flow.
};

/// Prices in millionths of a dollar.
struct PowerPrice {
  std::int64_t per_mwh = 0;                 ///< Of energy.
  std::int64_t load_millionths = kMillion;  ///< Mean share of its claim that a rack draws.
  std::int64_t per_mw_month = 0;            ///< Of what energised sources can carry.
  Id<Party> utility;                        ///< None: somebody outside the scenario.
};
/// What running a campus costs besides power, in millionths of a dollar.
struct Operation {
  std::int64_t per_month = 0;     ///< From the first usable rack on.
  std::int64_t per_mw_month = 0;  ///< Of what usable racks claim.
};

/// A place where things are built, of buildings and works of its own.
struct Campus {
  std::string name;                      ///< Its id.
  Id<Party> owner;                       ///< None: nothing in the scenario costs anything.
  Id<Party> rack_owner;                  ///< Who pays for racks.
  PowerPrice power_price;                ///< What its power costs.
  Operation operation;                   ///< What running it costs.
  double pue = 1;                        ///< Facility power for each watt of IT; peak.
  std::array<double, 12> monthly_pue{};  ///< From January on.
  Id<Weather> weather;                   ///< None: nothing stops outdoor work.
  IdRange<Building> buildings;           ///< On it.
  IdRange<Hall> halls;                   ///< Of all its buildings.
};

/// Which end of the one task holds back which end of the other.
enum class LinkType : std::uint8_t { finish_start, start_start, finish_finish, start_finish };

/// A precedence between two tasks.
struct Link {
  Id<Task> from;                           ///< The one before.
  Id<Task> to;                             ///< The one held back.
  LinkType type = LinkType::finish_start;  ///< Which ends it joins.
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
  Id<Crew> crew;           ///< Workers of it.
  Id<GoodsStock> goods;    ///< Pieces of it.
  Id<Feeder> energised;    ///< Power at it.
  std::int64_t count = 1;  ///< Workers or pieces.
  std::uint32_t turn = 0;  ///< Scheme::serial: the task's place in the crew's sequence.
};

struct Milestone;

/// What the final finish of a task brings about (a trigger `at_start`: its first start); exactly
/// one of the Ids is valid.
struct Effect {
  Id<Feeder> energise;      ///< Comes alive once all its tasks are done.
  Id<Order> order;          ///< Is placed.
  Id<Hall> hall;            ///< Gets `flow`.
  Flow flow = Flow::space;  ///< What the hall gets.
  Id<Milestone> milestone;  ///< Is reached.
  Id<RiskEvent> trigger;    ///< May strike.
  bool at_start = false;    ///< Only of a trigger.
};

/// What happens when a task's result fails: `tasks` (in order of precedence, the failing one last)
/// are done again, `links` (those between them) must be satisfied again, and so must those of
/// `entering` (into them from outside) whose source is itself being done again.
struct Rework {
  double probability = 0;          ///< Of each failure.
  std::uint64_t purpose = 0;       ///< Of its draws.
  double share = 1;                ///< Of the work that is done again.
  std::uint32_t at_most = 0;       ///< Failures of the task.
  std::vector<Id<Task>> tasks;     ///< Done again.
  std::vector<Id<Link>> links;     ///< Between them.
  std::vector<Id<Link>> entering;  ///< Into them.
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
/// Whether a task may overtake those before it in the order of dispatch.
enum class Scheme : std::uint8_t { parallel, serial };

/// What is paid for a task, in dollars.
struct TaskCost {
  Uncertain fixed;                      ///< In all; none: nothing.
  std::int64_t advance_millionths = 0;  ///< Share of it paid at the first start.
  Uncertain per_day;                    ///< Of every execution; none: nothing.
  des::Duration day{};                  ///< Of working time, or of time for elapsed durations.
  Id<Party> contractor;                 ///< None: somebody outside the scenario.
};

/// Something to be done.
struct Task {
  std::string name;                   ///< "campus.id" or "campus.building.id".
  Id<TaskCost> cost;                  ///< None: it costs nothing.
  Id<Campus> campus;                  ///< Where it is done.
  Id<Building> building;              ///< None: works of the campus.
  Id<Calendar> calendar;              ///< Of its work.
  Id<Outdoors> outdoors;              ///< None: weather does not stop it.
  bool elapsed = false;               ///< The duration runs day and night.
  Uncertain duration;                 ///< None: takes no time.
  des::Time earliest{};               ///< Building start or not_before.
  std::array<Id<Trigger>, 2> when;    ///< That must have fired: its own, its building's.
  des::Time started = des::kNever;    ///< When it is known to have started …
  des::Time finished = des::kNever;   ///< … and to have finished.
  des::Duration remaining{-1};        ///< Work left at the status date; negative: not known.
  des::Time finish_by = des::kNever;  ///< Bounds late dates; holds nothing back.
  IdRange<Link> successors;           ///< Links whose `from` is this task.
  std::uint32_t start_links = 0;      ///< Links into this task that hold back its start.
  std::uint32_t finish_links = 0;     ///< Links into this task that hold back its finish.
  IdRange<Need> needs;                ///< Taken all at once.
  IdRange<Effect> effects;            ///< Of its finish.
  Id<Rework> rework;                  ///< None: it never fails.
  std::int64_t dispatch_key = 0;      ///< Smaller is served first.
};

/// Racks arriving by a given schedule.
struct Delivery {
  /// Racks that arrive together.
  struct Lot {
    des::Time due;       ///< Scheduled arrival.
    std::int64_t racks;  ///< That arrive together.
  };
  std::string name;       ///< "campus.id".
  std::string path;       ///< Of the element as written, as messages name it.
  Id<RackStock> stock;    ///< Where they arrive.
  Uncertain slip;         ///< Drawn lot by lot.
  std::vector<Lot> lots;  ///< By their dates.
};

/// What stages of several supply lines draw on.
struct SharedCapacity;

/// The allocation rules of the scenario format, in the order of its enum.
enum class Allocation : std::uint8_t { by_share, in_order, earliest_due, ready_first };

/// What a stage of a supply line does; in the order of the stages.
enum class SupplyStageKind : std::uint8_t { fabrication, packaging, assembly, shipping };
inline constexpr std::size_t kSupplyStages = 4;  ///< How many there are.

/// Chips on their way from wafer starts to docks.
struct SupplyLine {
  /// A step function of time.
  struct Rate {
    des::Time from;  ///< Until the next rate.
    double per_day;  ///< Chips; of a shared capacity its own units.
  };
  /// How much of a shared capacity each chip takes.
  struct Draw {
    Id<SharedCapacity> of;  ///< What is drawn on.
    double per_chip = 1;    ///< Units of it.
  };
  /// What all lots pass, one stage after the other.
  struct Stage {
    SupplyStageKind kind;        ///< What is done.
    Uncertain cycle;             ///< Time in the stage.
    std::vector<Rate> capacity;  ///< Chips; empty: no limit.
    std::vector<Draw> draws_on;  ///< Besides its own capacity.
    double weight = 1;           ///< Of its part where these are divided.
    Uncertain yield;             ///< None: everything leaves it good.
  };
  /// Who gets how much.
  struct Share {
    Id<RackStock> stock;  ///< Who gets it.
    double weight;        ///< Beside the others.
  };
  std::string name;            ///< Its id.
  Id<Product> product;         ///< What it makes.
  std::int64_t lot_racks = 0;  ///< Racks that travel together.
  std::vector<Rate> rates;     ///< Chips started; the first may lie before des::kStart.
  Uncertain volume;            ///< Multiplies the rates.
  double total_chips = 0;      ///< No lot is released beyond; infinity when there is no end.
  std::vector<Stage> stages;   ///< In their order.
  std::vector<Share> shares;   ///< As written.
  Allocation allocation = Allocation::by_share;  ///< Who is given the next lot.
  Id<Party> buyer;  ///< Who pays deposits; none: the rack owner of its first share.
};

/// Units a day that stages of several supply lines draw on.
struct SharedCapacity {
  std::string name;                     ///< Its id.
  std::vector<SupplyLine::Rate> rates;  ///< In units of its own.
  Uncertain volume;                     ///< Multiplies the rates.
  bool stored = false;                  ///< What is not drawn is kept.
  bool divided = false;                 ///< By weights, else first come.
  double weights = 0;                   ///< Of all stages that draw on it.
};

/// A factor that many quantities share, drawn once a replication.
struct RiskDriver {
  std::string name;           ///< Its id.
  double probability = 1;     ///< That it acts at all.
  std::uint64_t purpose = 0;  ///< Of its draws.
  Uncertain factor;           ///< Multiplies what it touches.
  Uncertain extra;            ///< A span of time.
};

/// What a risk event does to one thing.
struct Consequence {
  /// What is done to whom; the fields that count follow from it.
  enum class Kind : std::uint8_t {
    delay_task,
    delay_feeder,
    delay_order,
    stop_campus,  ///< For `delay`, or until `until`.
    redo_task,
    lose_lot,
    destroy_goods,
    outage,  ///< Of `feeder`, for `delay`.
  };
  Kind kind = Kind::delay_task;  ///< What is done.
  Id<Task> task;                 ///< Of delay_task and redo_task.
  Id<Feeder> feeder;             ///< Of delay_feeder and outage.
  Id<Order> order;               ///< Of delay_order and lose_lot.
  Id<Campus> campus;             ///< Of stop_campus.
  Id<GoodsStock> goods;          ///< Of destroy_goods.
  Uncertain delay;  ///< For campuses and tasks in days: see Task::duration for the unit of a task.
  des::Time until = des::Time::min();  ///< Of stop_campus, without a delay.
  double share = 1;                    ///< Of the work that is done again.
  std::int64_t count = 0;              ///< Pieces destroyed at most.
};

/// Something that happens or does not, and what follows.
struct RiskEvent {
  std::string name;           ///< Its id.
  double probability = 1;     ///< That it strikes.
  std::uint64_t purpose = 0;  ///< Of its draws.
  bool dated = false;         ///< At `at` + `slip`; otherwise by a task, an arrival or `when`.
  Id<Trigger> when;           ///< None: a date, a task or an arrival.
  des::Time at{};             ///< When `dated`.
  Uncertain slip;             ///< Added to `at`.
  std::vector<Consequence> consequences;  ///< In their order.
};

/// Somebody who pays or is paid.
struct Party {
  std::string name;  ///< Its id, or that of the campus it stands for.
};

/// The assignment rules of the scenario format, in the order of its enum.
enum class Assignment : std::uint8_t { earliest_commitment, by_priority, pro_rata };

struct Deal;

/// An amount in all that is to be usable by a date, in the unit of its deal.
struct Commitment {
  Id<Deal> deal;            ///< Whose it is.
  des::Time date;           ///< When it is due.
  std::int64_t amount = 0;  ///< In all by then.
};

/// What a provider pays for being late.
struct DelayCredit {
  std::int64_t per_day = 0;  ///< Millionths of a dollar for each chip or kilowatt; 0: nothing.
  des::Duration grace{};     ///< From the date on nothing is paid for so long.
  std::int64_t cap_cents = std::numeric_limits<std::int64_t>::max();  ///< Of all credits.
};

/// Usable capacity promised by a provider to a tenant. Amounts are chips of `product`, or watts of
/// nameplate IT power when there is none.
struct Deal {
  /// What becomes of the capacity when the outside date ends a deal.
  enum class Termination : std::uint8_t { release, keep_delivered };
  std::string name;                   ///< Its id.
  Id<Party> tenant;                   ///< Who gets the capacity.
  Id<Party> provider;                 ///< Who owes it.
  Id<Product> product;                ///< None: counted in watts, of any racks.
  Id<Deal> out_of;                    ///< None: out of what is usable.
  IdRange<Commitment> commitments;    ///< In order of time.
  std::vector<Id<RackStock>> stocks;  ///< Whose units may serve it, in order of preference.
  std::int64_t priority = 0;          ///< Larger first.
  des::Duration early{};              ///< It takes each amount so long before its date.
  des::Duration outside = des::Duration::max();       ///< Later than this ends it.
  Termination on_termination = Termination::release;  ///< What then becomes of the capacity.
  des::Time ends = des::kNever;                       ///< From then on nothing is committed.
  std::int64_t per_chip_hour = 0;           ///< Rent, in millionths of a dollar, like the next.
  std::int64_t per_kw_month = 0;            ///< Of nameplate IT power.
  Uncertain uptake;                         ///< Share that is used; none: all.
  std::int64_t take_or_pay_millionths = 0;  ///< Share that is paid for, used or not.
  DelayCredit credit;                       ///< What the provider pays when it is late.
};

/// What a payment is for; names as in the results.
enum class PaymentKind : std::uint8_t {
  construction,
  equipment,
  racks,
  energy,
  demand,
  operation,
  rent,
  take_or_pay,
  credit,
};
/// How many kinds of payments there are.
inline constexpr std::size_t kPaymentKinds = 9;
std::string_view name(PaymentKind kind);  ///< As written above.

/// Whether it buys something that is to bring in rent later.
constexpr bool is_capital(PaymentKind kind) { return kind <= PaymentKind::racks; }

/// What one party may pay or get for one kind of thing on one campus.
struct CashAccount {
  Id<Campus> campus;                             ///< None: before a campus is chosen, and credits.
  Id<Party> party;                               ///< Who pays or gets.
  PaymentKind kind = PaymentKind::construction;  ///< What for.

  friend auto operator<=>(const CashAccount&, const CashAccount&) = default;
};

/// A level that is waited for.
struct Trigger {
  /// What its level is of.
  enum class Kind : std::uint8_t {
    backlog_chips,
    backlog_power,  ///< In watts of IT power, like its level.
    usable_chips,
    usable_power,  ///< In watts of facility power.
    milestone,
  };
  std::string name;                   ///< Its id.
  Kind kind = Kind::backlog_chips;    ///< What is looked at.
  std::int64_t level = 0;             ///< At which it fires, or above.
  Id<Deal> deal;                      ///< Of a backlog; none: all.
  des::Duration ahead{};              ///< Of a backlog: what is due so soon counts.
  Id<Campus> campus;                  ///< Of usable capacity; none: all.
  Id<Milestone> milestone;            ///< Of a milestone.
  std::vector<Id<Order>> orders;      ///< What waits for it.
  std::vector<Id<Task>> tasks;        ///< Likewise.
  std::vector<Id<RiskEvent>> events;  ///< Likewise.
};

/// So many racks of a hall are known to be usable.
struct UsableRacks {
  Id<Hall> hall;           ///< Where.
  std::int64_t racks = 0;  ///< How many.
  des::Time at;            ///< When it is known.
};

/// A question: the first time something is reached. `task` valid: its finish; otherwise `threshold`
/// in chips, watts of facility power or buildings.
struct Milestone {
  /// What must be reached: the finish of a task, or a threshold.
  enum class Kind : std::uint8_t { task, usable_chips, usable_power, usable_buildings };
  std::string name;            ///< Its id.
  std::string title;           ///< For people.
  Kind kind = Kind::task;      ///< What is counted.
  Id<Task> task;               ///< Of Kind::task.
  std::int64_t threshold = 0;  ///< To be reached.
  double building_share = 1;   ///< Of its positions make a building usable.
  Id<Campus> campus;           ///< None: all campuses together.
  std::vector<Date> by;        ///< Days asked about; may be empty.
};

/// A known or announced point of a series.
struct Observation {
  std::string series;      ///< As named in bands.csv.
  Id<Campus> campus;       ///< None: all together.
  Date date;               ///< Of the value.
  double value = 0;        ///< In the unit the series is shown in.
  double low = 0;          ///< Equal to value when not given, like high.
  double high = 0;         ///< As `low`.
  bool announced = false;  ///< Otherwise observed.
  std::string source;      ///< For people.
};

/// A scenario checked, resolved and indexed: what every replication reads and none changes.
/// Building designs are expanded, names resolved to Ids, distributions prepared. Immutable after
/// make_model and safe to share between threads.
struct Model {
  std::string name;        ///< Of the scenario.
  std::string title;       ///< For people.
  std::uint64_t hash = 0;  ///< scenario_hash of the scenario it was made from.
  std::string resolved;    ///< scenario_bytes of it; make_model makes the same model of them.
  Date start;              ///< Day 0.
  Date horizon_date;       ///< The first day that is not simulated.
  des::Time horizon;       ///< Its 00:00.
  des::Time status{};      ///< What happened before is known; des::kStart: nothing is.
  /// The clock's first value: des::kStart, or earlier when orders or chips were under way on day 0.
  des::Time begin;

  Table<des::Distribution> distributions;       ///< All shapes, prepared.
  std::vector<std::string> distribution_paths;  ///< Of each: its field, as messages name it.
  Table<Id<RiskDriver>> driver_lists;           ///< Of Uncertain::drivers.
  Table<Calendar> calendars;                    ///< Row 0 is `always`.
  Table<Weather> weathers;                      ///< As written.
  Table<Outdoors> outdoors;                     ///< For each calendar and weather that meet.
  DispatchRule dispatch = DispatchRule::fifo;   ///< Who is served first.
  Scheme scheme = Scheme::parallel;             ///< Whether tasks overtake.
  Table<Crew> crews;                            ///< As written.
  Table<Equipment> equipment;                   ///< As written.
  Table<GoodsStock> goods;                      ///< For each campus and equipment that meet.
  bool goods_are_shared = false;            ///< Of some equipment, by transfers between campuses.
  Table<Order> orders;                      ///< Of all campuses.
  Table<Product> products;                  ///< As written.
  Table<RackStock> rack_stocks;             ///< For each campus and product that meet.
  Table<Campus> campuses;                   ///< As written.
  Table<Building> buildings;                ///< Campus after campus.
  Table<Hall> halls;                        ///< Building after building.
  Table<Feeder> feeders;                    ///< Of all campuses.
  Table<PowerGrid> grids;                   ///< Of elements that are not in trees.
  Table<Task> tasks;                        ///< Of all campuses.
  Table<Link> links;                        ///< Sorted by `from`.
  Table<Need> needs;                        ///< Task after task.
  Table<Effect> effects;                    ///< Task after task.
  Table<Rework> reworks;                    ///< Of tasks that may fail.
  Table<Delivery> deliveries;               ///< Of all campuses.
  Table<SharedCapacity> shared_capacities;  ///< As written.
  Table<SupplyLine> supply_lines;           ///< As written.
  Table<RiskDriver> drivers;                ///< As written.
  Table<RiskEvent> risk_events;             ///< As written.
  std::vector<UsableRacks> usable_racks;    ///< In order of time.
  Table<Milestone> milestones;              ///< As written.
  Table<Party> parties;                     ///< As written; then campuses without an owner.
  Table<Deal> deals;                        ///< As written.
  Table<Commitment> commitments;            ///< Deal after deal, each in order of time.
  Assignment assignment = Assignment::earliest_commitment;  ///< Who is served first.
  /// In the order in which they are served; those out of another deal after it.
  std::vector<Id<Commitment>> serving;
  Table<Trigger> triggers;                 ///< As written.
  Table<TaskCost> task_costs;              ///< Of the tasks that cost anything.
  std::vector<CashAccount> cash_accounts;  ///< Ascending; empty when nothing costs anything.
  std::vector<des::Time> billing_dates;    ///< Firsts of months, the horizon; empty likewise.
  std::vector<Observation> observations;   ///< As written.
  std::vector<Date> report_dates;  ///< When series are sampled; ascending, within the horizon.

  std::int64_t expected_racks = 0;  ///< Hardly any replication delivers more; for reserving memory.
  std::int64_t expected_rack_lots = 0;  ///< Nor in more lots.
};

/// Amount of one scale-up unit in the unit of the deal.
std::int64_t unit_amount(const Model& model, const Deal& deal, Id<RackStock> stock);

/// The mean of a span of time in all replications, its risk drivers included.
des::Duration mean_span(const Model& model, const Uncertain& quantity);
/// The same of a slip, which may be negative.
des::Duration mean_slip(const Model& model, const Uncertain& quantity);

/// Checks a scenario as read and resolves it. Throws ScenarioError with every problem of writing
/// and of meaning at its place: broken rules, names that stand for nothing, plans that go in
/// circles, needs beyond what the pool ever has. Cost is linear in the size of the expanded plan.
Model make_model(const ScenarioFile& file);

/// The same for a scenario built in memory; problems carry paths only.
Model make_model(const v1::Scenario& scenario);

}  // namespace racked
