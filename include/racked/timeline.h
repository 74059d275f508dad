#pragma once

#include <racked/model.h>

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace racked {

/// What was satisfied last when something started.
enum class CauseKind : std::uint8_t {
  start,      ///< Nothing held it back: the plan's own begin.
  date,       ///< A date of the scenario was reached (not_before, a rate, a ramp, a shift's begin).
  task,       ///< A task run finished (or started): `record` in Timeline::task_runs.
  energised,  ///< A feeder came alive: `record` in Timeline::energisations.
  power,      ///< What a feeder carries changed, or racks went dark or came back with it:
              ///< `record` in Timeline::energisations.
  goods,      ///< Equipment arrived: `record` in Timeline::goods.
  crew_task,  ///< A task run freed workers of `crew`: `record` in Timeline::task_runs.
  crew_rack,  ///< A rack step freed workers of `crew`: `record` in Timeline::racks.
  headcount,  ///< `crew` grew on a date.
  turn,       ///< Scheme::serial: a task run before it in the sequence of `crew` started.
  lot,        ///< Racks arrived: `record` in Timeline::lots.
  rack,       ///< The rack's own step before: `record` in Timeline::racks.
  trigger,    ///< A trigger fired: `record` in Timeline::firings.
};

/// The prerequisite of a start that was satisfied last; 8 bytes.
struct Cause {
  std::uint32_t record = 0;           ///< Row in the list that `kind` names.
  std::uint16_t crew = 0;             ///< Row in Model::crews, where `kind` speaks of one.
  CauseKind kind = CauseKind::start;  ///< What was satisfied last.

  friend bool operator==(const Cause&, const Cause&) = default;
};

/// One execution of a task. A task sent back by rework has several, counted by `round` from 0.
struct TaskRun {
  Id<Task> task;                   ///< What was done.
  std::uint32_t round = 0;         ///< 0 the first time.
  des::Time ready;                 ///< Predecessors and dates allowed it.
  des::Time start;                 ///< Not before `ready`.
  des::Time finish = des::kNever;  ///< des::kNever: not finished by the horizon.
  des::Duration duration{};  ///< Drawn, delays included; working time unless the task is elapsed.
  Cause cause;               ///< Of the start.
  Cause finish_cause;        ///< Of the finish when a link held it back; otherwise `start`.
  bool failed = false;       ///< Ended in rework.
};

/// Equipment that arrived: a lot of an order; pieces ordered anew after a destruction; or pieces
/// sent from another campus. The latter two name the order that stocked what they replace or are.
struct GoodsArrival {
  /// How they came.
  enum class Kind : std::uint8_t { lot, replacement, transfer };
  Kind kind = Kind::lot;    ///< How they came.
  Id<GoodsStock> stock;     ///< Where they arrived.
  Id<Order> order;          ///< That stocked them.
  std::uint32_t lot = 0;    ///< Of the order, from 0.
  std::int64_t pieces = 0;  ///< Of the stock's equipment.
  des::Time placed;         ///< Or sent.
  des::Time arrived;        ///< On site.
  Cause cause;              ///< Of the placing or sending.
};

/// Pieces that left a stock other than for a task: destroyed, or sent `to` another campus.
struct GoodsLoss {
  Id<GoodsStock> stock;     ///< That they left.
  Id<GoodsStock> to;        ///< None: destroyed.
  std::int64_t pieces = 0;  ///< How many.
  des::Time at;             ///< When they left.
};

/// A change of what a feeder can carry: energised, another step of its ramp, ended, out or back.
struct Energisation {
  Id<Feeder> feeder;  ///< Whose power changed.
  des::Time at;       ///< When it changed.
  Watts available;    ///< From then on, by this element alone.
  Cause cause;        ///< Of the change.
  bool alive = true;  ///< From then on; not when it has ended or is out.
};

/// When a hall got a flow.
struct FlowStart {
  des::Time at = des::kNever;  ///< kNever: not by the horizon.
  Cause cause;                 ///< Of the last provider's finish.
};

/// Racks that travel together. Exactly one of delivery and line is valid.
struct RackLot {
  Id<Delivery> delivery;         ///< Valid: it is part of one.
  Id<SupplyLine> line;           ///< Valid: it comes from one.
  Id<RackStock> stock;           ///< Invalid until a campus is chosen.
  std::uint32_t number = 0;      ///< Within its delivery or line.
  std::uint32_t first_rack = 0;  ///< Its racks are consecutive in Timeline::racks once arrived.
  std::int64_t racks = 0;        ///< What yields have left of them so far.
  des::Time released;            ///< Left for the first stage; of a delivery: its scheduled date.
  /// Left the stage, by SupplyStageKind.
  std::array<des::Time, kSupplyStages> stage_end{des::kNever, des::kNever, des::kNever,
                                                 des::kNever};
  des::Time arrived = des::kNever;  ///< At the dock.
};

/// One rack from dock to usable. Steps that were not reached are des::kNever.
struct RackRun {
  std::uint32_t lot = 0;             ///< In Timeline::lots.
  Id<Hall> hall;                     ///< Invalid while in stock.
  std::uint32_t position = 0;        ///< Within the hall.
  std::uint32_t failures = 0;        ///< Of acceptance.
  des::Time arrived;                 ///< At the dock.
  des::Time assigned = des::kNever;  ///< Got its position and the power for it.
  std::array<des::Time, kRackSteps> begin{des::kNever, des::kNever, des::kNever,
                                          des::kNever};  ///< By RackStepKind.
  std::array<des::Time, kRackSteps> end{des::kNever, des::kNever, des::kNever,
                                        des::kNever};  ///< By RackStepKind.
  des::Time accepted = des::kNever;                    ///< After its last burn-in.
  des::Time usable =
      des::kNever;       ///< First; outages follow. Accepted together with the whole scale-up unit.
  Cause assigned_cause;  ///< Of `assigned`.
  std::array<Cause, kRackSteps> cause;  ///< Of the begin of each step.
};

/// One failed acceptance of a rack. `end[burn_in]` of the rack is that of the last burn-in; earlier
/// ones end at `failed` and begin again at `returned`.
struct Repair {
  std::uint32_t rack = 0;            ///< In Timeline::racks.
  des::Time begun;                   ///< Of the burn-in that failed.
  des::Time failed;                  ///< When the burn-in ended.
  des::Time returned = des::kNever;  ///< kNever: not by the horizon.
};

/// A failure of a rack in service.
struct Outage {
  std::uint32_t rack = 0;            ///< In Timeline::racks.
  des::Time failed;                  ///< Not usable from then on.
  des::Time returned = des::kNever;  ///< kNever: not by the horizon.
};

/// A rack without power. What it was doing in bring-up or burn-in is lost and begins again.
struct Darkness {
  std::uint32_t rack = 0;         ///< In Timeline::racks.
  des::Time from;                 ///< Without power from then on.
  des::Time to = des::kNever;     ///< kNever: not back by the horizon.
  std::size_t step = kRackSteps;  ///< That was broken off; kRackSteps: none.
  des::Time begun = des::kNever;  ///< Of that step.
};

/// What a planned position that is not usable waits for.
enum class Charge : std::uint8_t {
  space,
  power,
  cooling,
  network,
  chips,
  labour,
  commissioning,
  repair,
};
inline constexpr std::size_t kCharges = 8;  ///< How many there are.
std::string_view name(Charge charge);       ///< As in charges.csv.

/// Series sampled on Model::report_dates, per campus.
enum class Series : std::uint8_t {
  usable_chips,
  usable_racks,
  usable_it_mw,        ///< Stored in watts.
  usable_facility_mw,  ///< Stored in watts.
  usable_buildings,    ///< At nine tenths of their positions.
  energised_mw,        ///< What energised sources can carry; stored in watts.
  claimed_mw,       ///< Facility power claimed by racks with a position that are not dark; watts.
  chips_on_site,    ///< Arrived in all.
  chips_in_stock,   ///< Arrived and without a position.
  chips_installed,  ///< Installed and cabled in all.
  chips_in_burn_in,
  chips_in_repair,
  missing_space,  ///< Chips of planned positions charged to each cause at that moment.
  missing_power,
  missing_cooling,
  missing_network,
  missing_chips,
  missing_labour,
  missing_commissioning,
  missing_repair,
  dark_racks,            ///< With a position, without power.
  dark_chips,            ///< In these racks.
  drawn_facility_mw,     ///< By usable racks at the PUE of the month; stored in watts.
  energised_on_site_mw,  ///< Of energised_mw by sources on site; stored in watts.
  /// Of energised_mw what is not claimed, in watts, by the first reason that holds.
  stranded_racks_mw,       ///< Halls could take whole racks with it.
  stranded_fragments_mw,   ///< Halls could, but it is less than a rack, or a unit that is dark.
  stranded_redundancy_mw,  ///< Held back by redundancy schemes.
  stranded_halls_mw,       ///< No hall for it that is ready, or no way to one.
};
inline constexpr std::size_t kSeries = 28;  ///< How many there are.
std::string_view name(Series series);       ///< As in bands.csv.

/// Whether a series is stored in watts and shown in megawatts.
constexpr bool in_watts(Series series) {
  return series == Series::usable_it_mw || series == Series::usable_facility_mw ||
         series == Series::energised_mw || series == Series::claimed_mw ||
         (series >= Series::drawn_facility_mw && series <= Series::stranded_halls_mw);
}

/// When a milestone was reached, and by what.
struct Reached {
  des::Time at = des::kNever;  ///< kNever: not by the horizon.
  Cause cause;                 ///< A task, a rack, or power that came back; its record.
};

/// A day on which a weather stopped outdoor work; day 0 is that of the start.
struct LostDay {
  Id<Weather> weather;    ///< Whose day it was.
  std::uint32_t day = 0;  ///< 0 is that of the start.
};

/// A risk event that struck.
struct RiskStrike {
  Id<RiskEvent> event;  ///< What struck.
  des::Time at;         ///< When it did.
};

/// A change of what a deal has: scale-up units of a stock of racks, from then on.
struct AssignedUnits {
  Id<Deal> deal;           ///< Whose they are.
  Id<RackStock> stock;     ///< Out of which.
  std::int64_t units = 0;  ///< From then on.
  des::Time at;            ///< When that changed.
};

/// A trigger that fired.
struct Firing {
  Id<Trigger> trigger;  ///< Which.
  des::Time at;         ///< When.
  Cause cause;          ///< A rack, a task or a date that brought the level there last.
};

/// An order that was placed.
struct Placing {
  Id<Order> order;  ///< Which.
  des::Time at;     ///< When.
};

/// Money that changed hands.
struct Payment {
  PaymentKind kind = PaymentKind::construction;  ///< What for.
  bool in_advance = false;                       ///< A deposit, or an advance on a task.
  Id<Party> from;     ///< None: somebody outside the scenario, like `to`.
  Id<Party> to;       ///< Who gets it.
  Id<Campus> campus;  ///< None: before a campus is chosen, and credits.
  Id<Deal> deal;      ///< Of rent, take-or-pay and credits.
  /// What it is for: of construction in Timeline::task_runs, of equipment in `goods` (in advance:
  /// in `placings`), of racks in `lots`; of all else the number of the billing date.
  std::uint32_t record = 0;
  des::Time at;            ///< When it was paid.
  std::int64_t cents = 0;  ///< Above zero.
};

/// Money paid for what is not of use yet, times the time: cents × nanoseconds.
struct IdleCapital {
  AmountTime racks = 0;      ///< From each payment until the rack is first usable.
  AmountTime equipment = 0;  ///< From each payment until the piece leaves the stock.
};

/// Something still waiting at the horizon, and for what (the first thing that was missing).
struct Wait {
  Id<Task> task;               ///< Or, if invalid, the positions of `hall`.
  Id<Hall> hall;               ///< Whose positions wait.
  std::int64_t positions = 0;  ///< How many of them.
  /// What is missing; exactly one is meaningful: a predecessor, a need, a trigger, or a charge of
  /// the positions.
  Id<Task> for_task;
  Id<Crew> for_crew;                  ///< Workers.
  Id<GoodsStock> for_goods;           ///< Pieces.
  Id<Feeder> for_feeder;              ///< Power.
  Id<Trigger> for_trigger;            ///< That has not fired.
  Charge for_charge = Charge::space;  ///< Of positions.
};

/// What happened in one replication: every run, arrival and step with its cause. A value that
/// refers to its Model by Ids only. Times after the horizon never occur.
struct Timeline {
  std::uint64_t seed = 0;                            ///< Of its luck.
  std::uint64_t replication = 0;                     ///< Of its luck.
  std::uint64_t events = 0;                          ///< Handled by the event loop.
  std::vector<TaskRun> task_runs;                    ///< In order of start.
  std::vector<GoodsArrival> goods;                   ///< In order of arrival.
  std::vector<GoodsLoss> goods_losses;               ///< In order of time.
  std::vector<Energisation> energisations;           ///< In order of time.
  std::vector<std::array<FlowStart, kFlows>> flows;  ///< Per hall.
  std::vector<RackLot> lots;                         ///< In order of release.
  std::vector<RackRun> racks;                        ///< In order of arrival.
  std::vector<Repair> repairs;                       ///< In order of failure.
  std::vector<Outage> outages;                       ///< In order of failure.
  std::vector<Darkness> darkness;                    ///< In order of `from`.
  std::vector<RiskStrike> strikes;                   ///< In order of time.
  std::vector<AssignedUnits> assigned;               ///< In order of time.
  std::vector<des::Time> met;                        ///< Per commitment: first; kNever: not.
  std::vector<des::Time> terminated;                 ///< Per deal; des::kNever: not.
  std::vector<Firing> firings;                       ///< In order of time.
  std::vector<Placing> placings;                     ///< In order of time.
  std::vector<Payment> payments;                     ///< In order of time; once it has ended.
  std::vector<IdleCapital> idle;                     ///< Per campus, then before one was chosen;
                                                     ///< empty when nothing costs anything.
  std::vector<LostDay> lost_days;                    ///< Weather after weather, ascending.
  std::vector<Reached> milestones;                   ///< Per milestone.
  /// Per building: when nine tenths of its positions were first usable at one time.
  std::vector<des::Time> operational;
  std::vector<std::array<ChipTime, kCharges>> charges;     ///< Per campus; over planned positions.
  std::vector<std::array<std::int64_t, kSeries>> samples;  ///< [report date × campuses + campus]
  std::vector<Wait> waits;                                 ///< Tasks, then halls.
};

}  // namespace racked
