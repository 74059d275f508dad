#pragma once

#include <racked/des/event_loop.h>
#include <racked/model.h>
#include <racked/simulation.h>
#include <racked/timeline.h>

#include "power_flow.h"

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

namespace racked {

/// What the event loop carries: 8 bytes.
struct Occurrence {
  enum class Kind : std::uint8_t {
    task_ready,      ///< id: task; detail: its call; its date or its shift has come.
    task_started,    ///< id: task that is known to have started.
    task_finish,     ///< id: task.
    link_lag,        ///< id: link; detail: its round; its lag has passed.
    order_placed,    ///< id: order.
    goods_arrival,   ///< id: order; detail: lot.
    goods_on_way,    ///< id: in State::on_way; they arrive.
    feeder_date,     ///< id: feeder; energised on its date.
    feeder_end,      ///< id: feeder; delivers no more.
    feeder_back,     ///< id: feeder; an outage is over.
    ramp_step,       ///< id: feeder; detail: step.
    delivery_lot,    ///< id: lot record.
    supply_release,  ///< id: supply line; releases its next lot and schedules the one after.
    supply_stage,    ///< id: lot record; detail: the stage that ends.
    rack_step_end,   ///< id: rack; detail: step, and above its two bits RackState::broken.
    rack_repaired,   ///< id: rack.
    rack_fails,      ///< id: rack; in service.
    rack_back,       ///< id: rack; in service again.
    spare_back,      ///< id: rack stock; a spare has come.
    headcount_step,  ///< id: crew; detail: step.
    risk_event,      ///< id: risk event.
    racks_usable,    ///< id: in Model::usable_racks.
    settle,          ///< Gives out what is free, on a date.
    sample,          ///< id: report date.
  };
  std::uint32_t id = 0;
  std::uint16_t detail = 0;
  Kind kind = Kind::settle;
};

/// The moment something became free and what freed it.
struct Freed {
  des::Time at = des::Time::min();
  Cause cause;
};

struct TaskState {
  enum class Stage : std::uint8_t {
    linked,   ///< Predecessors are missing.
    dated,    ///< Its date or shift has not come.
    waiting,  ///< In the queue for its needs.
    running,
    held,  ///< The work is done; a link holds back the finish.
    done,
  };
  Stage stage = Stage::linked;
  bool counted = false;  ///< Its effects have happened.
  std::uint16_t calls =
      0;  ///< How often it was to become ready; an event of an earlier call is void.
  std::uint32_t start_links = 0;
  std::uint32_t finish_links = 0;
  std::uint32_t round = 0;
  std::uint32_t failures = 0;  ///< Of its result.
  std::uint32_t run = 0;       ///< Record of the present or last run.
  double share = 1;            ///< Of the drawn duration in this round.
  des::Duration delay{};       ///< By risk events, for the next start.
  des::Time ready{};
  des::Time finish{};  ///< Of the work of the present run.
  des::EventHandle finish_event;
  Cause ready_cause;
  Cause finish_cause;
  Id<Need> lacking;  ///< The need that was missing when last looked at; none: calendar or stop.
  bool out_of_turn = false;  ///< Of `lacking` only the turn was missing.
};

struct CrewState {
  struct Queue {
    std::uint32_t head = 0;  ///< Rack + 1; 0: empty.
    std::uint32_t tail = 0;
  };
  std::int64_t headcount = 0;
  std::int64_t in_use = 0;
  std::uint32_t task_waiters = 0;  ///< Waiting tasks that lack this crew.
  std::uint32_t turn = 0;          ///< Scheme::serial: tasks of its sequence that have started.
  std::uint32_t turn_run = 0;      ///< The last of them, in Timeline::task_runs.
  bool changed = false;            ///< Listed in State::changed_crews.
  Freed freed;
  std::array<Queue, kRackSteps> queues;

  std::int64_t free() const { return headcount - in_use; }
};

struct GoodsState {
  std::int64_t pieces = 0;
  std::int64_t coming = 0;  ///< On their way from other campuses.
  std::int64_t spare = 0;   ///< Of these, beyond what waiting tasks need; while help is sent.
  Freed arrived;
};

/// A lot that was lost: its replacement was sent for `at`, for the `times`-th time.
struct LostLot {
  Id<Order> order;
  std::uint32_t lot = 0;
  std::uint32_t times = 0;
  des::Time at;
};

struct OrderState {
  bool is_placed = false;
  bool has_arrived = false;  ///< Its first lot.
  des::Time placed{};
  Cause cause;
  des::Duration delay{};
};

struct FeederState {
  bool energised = false;
  bool ended = false;
  std::uint16_t outages = 0;  ///< That last.
  std::uint32_t tasks_left = 0;
  Watts contracted;  ///< By the ramp; the capacity without one.
  Watts claimed;
  Watts largest_rack;     ///< Of all halls below.
  des::Time date{};       ///< When a dated feeder will be energised.
  des::Duration delay{};  ///< Of that, by risk events.
  des::EventHandle event;
  Cause changed;     ///< Its last Energisation, as the cause of what follows.
  Freed came_alive;  ///< When, and by which.

  bool alive() const { return energised && !ended && outages == 0; }
  Watts available() const { return alive() ? contracted : Watts{}; }
};

/// Flows in a grid, case by case: [0] as it is; then with each of PowerGrid::members lost; last,
/// where there are catchers, with these idle.
struct GridState {
  FlowGraph graph;
  std::vector<std::size_t> element_arcs;  ///< Per element: through it.
  std::vector<std::size_t> feed_arcs;     ///< Element after element, from what it is fed by.
  std::vector<FlowGraph::Residual> cases;
  std::vector<Watts> claimed;  ///< Per hall, by racks that are not dark.
  std::vector<Freed> flowing;  ///< Per element: since when and why; des::kNever: no power flows.
  FlowGraph::Residual trial;   ///< For asking what could still be brought.
  bool shrunk = false;         ///< Something carries less than when power was last given out.
};

/// Positions of a hall by what they are charged to; the last count is of usable ones.
inline constexpr std::size_t kUsable = kCharges;

struct HallState {
  std::array<std::uint32_t, kFlows> missing{};  ///< Tasks still to finish for each flow.
  std::size_t waits_for = 0;                    ///< Charge of the positions without a rack.
  std::int64_t assigned = 0;
  std::int64_t dark = 0;  ///< Of these; always the last ones.
  std::array<std::int64_t, kCharges + 1> positions{};
  Freed ready;                       ///< When and by what it became able to take racks.
  std::uint32_t first_position = 0;  ///< In State::position_racks.
};

struct RackStockState {
  std::vector<std::uint32_t> lots;  ///< Arrived, in order.
  std::size_t next_lot = 0;         ///< The first with racks left.
  std::int64_t taken = 0;           ///< Of that lot.
  std::int64_t in_stock = 0;
  std::uint32_t arrived = 0;  ///< In all; numbers the racks.
  std::int64_t spares = 0;
  std::vector<std::uint32_t> want_spare;  ///< Racks, first come, first served, from `next_want` on.
  std::size_t next_want = 0;
  bool changed = false;
};

/// What a rack is besides its record.
struct RackState {
  std::uint32_t next = 0;    ///< In a crew's queue: rack + 1.
  std::uint32_t number = 0;  ///< Within its stock, in order of arrival.
  std::uint32_t repair = 0;  ///< Its present or last Repair.
  std::uint8_t charge = 0;
  bool down = false;          ///< Failed in service.
  bool dark = false;          ///< See DarkRack.
  std::uint8_t broken = 0;    ///< Steps broken off or put off; an event of an earlier one is void.
  std::uint32_t outages = 0;  ///< In all.
  std::uint32_t outage = 0;   ///< Its present or last Outage.
  des::Time came{};           ///< To wait for its present step.
};

/// What becomes of a rack that is, or was, without power.
struct DarkRack {
  std::uint32_t record = 0;        ///< In Timeline::darkness.
  std::uint8_t charge = 0;         ///< That its position has when it is not dark.
  std::uint8_t next_step = kNone;  ///< To be entered when power is back.
  std::uint8_t resumed = kNone;    ///< The step that the power's return let it enter, …
  Cause back;                      ///< … and that return.
  des::Time clock{};               ///< Since when its next failure is put off.
  des::Duration owed{};            ///< By how much the failure scheduled comes too early.
  des::Time failed = des::kNever;  ///< When it came, in the dark.

  static constexpr std::uint8_t kNone = kRackSteps;
};

struct CampusState {
  des::Time stopped_until = des::Time::min();
  std::int64_t usable_chips = 0;
  std::int64_t usable_racks = 0;
  Watts usable_it;
  Watts usable_facility;
  std::int64_t on_site_chips = 0;
  std::int64_t installed_chips = 0;
  std::int64_t burn_in_chips = 0;
  std::int64_t repair_chips = 0;
  std::int64_t dark_racks = 0;
  std::int64_t dark_chips = 0;
};

/// How far a shared capacity, or a part of it, has been used.
struct CapacityUse {
  des::Time free = des::Time::min();  ///< When the last lot was taken in.
  double taken = 0;                   ///< Of one that is stored.
};

struct SharedCapacityState {
  double volume = 1;  ///< Drawn factor of the rates.
  CapacityUse use;    ///< Unless it is divided.
};

struct SupplyLineState {
  std::uint32_t released = 0;          ///< Lots.
  double volume = 1;                   ///< Drawn factor of the rates.
  std::size_t rate = 0;                ///< The rate that the last release fell under.
  double chips_before = 0;             ///< Started at the rates before that.
  std::vector<des::Time> intake_free;  ///< Per stage: when the last lot was taken in.
  std::vector<double> given;           ///< Per share: racks sent.
  std::vector<double> left_over;       ///< Per stage: of racks' worth of good chips, below one.
  std::vector<CapacityUse> divided;    ///< Of divided capacities: stage after stage.
};

/// Everything that changes in a replication. The concerns are free functions on it; data flows
/// risks → construction → procurement, deployment → power, labour → accounts, and none calls back.
struct Simulation::State {
  explicit State(const Model& m) : trunk(&m), model(&m) {}

  const Model* trunk;  ///< By which replications begin.
  const Model* model;  ///< By which this one goes on.
  const Policies* policies = nullptr;
  std::uint64_t seed = 0;  ///< Of all draws: the timeline's, or another future's.
  bool branched = false;   ///< Events may be of another model.
  des::EventLoop<Occurrence> loop;
  Timeline timeline;

  std::vector<double> driver_factor;
  std::vector<des::Duration> driver_extra;

  std::vector<std::vector<char>> lost_days;  ///< Per weather and day.
  std::vector<Calendar> outdoors;            ///< Per Model::outdoors: working time in this weather.

  std::vector<TaskState> tasks;
  std::vector<char> link_satisfied;
  std::vector<std::uint16_t> link_rounds;           ///< How often rework has begun each link anew.
  std::vector<Id<Task>> waiting;                    ///< In the order in which they are served.
  std::vector<Id<Task>> joining;                    ///< Became ready since the last settlement.
  std::vector<std::pair<double, Id<Task>>> ranked;  ///< By a policy; while tasks are served.
  bool tasks_changed = false;                       ///< Something a waiting task may lack has come.

  std::vector<CrewState> crews;
  std::vector<Id<Crew>> changed_crews;
  std::vector<GoodsState> goods;
  std::vector<OrderState> orders;
  std::vector<GoodsArrival> on_way;  ///< Complete but for the time of arrival.
  std::vector<LostLot> lost_lots;
  std::vector<FeederState> feeders;
  std::vector<GridState> grids;
  std::vector<HallState> halls;
  std::vector<RackStockState> stocks;
  std::vector<Id<RackStock>> changed_stocks;
  std::vector<RackState> racks;
  std::vector<DarkRack> dark_racks;           ///< Per rack, up to the last that ever was dark.
  std::vector<std::uint32_t> position_racks;  ///< Rack of each position, hall after hall.
  std::vector<CampusState> campuses;
  std::vector<std::int64_t> building_usable;  ///< Positions per building.
  std::vector<SharedCapacityState> shared_capacities;
  std::vector<SupplyLineState> lines;

  /// For reckoning what is stranded: claims that could be made, per hall asked and per feeder.
  std::vector<Watts> could_claim, could_carry;
  GridState could_flow;
  std::vector<std::vector<Id<Hall>>> tree_halls;  ///< Of each campus, by priority.

  bool settle_due = false;  ///< Before this instant ends.
  /// Per calendar, then per outdoors: the beginning of work that a settlement waits for.
  std::vector<des::Time> opening;
  bool closed = false;                       ///< The accounts are.
  std::vector<Id<Task>> unmet_predecessors;  ///< Per task; for the list of who waits.

  des::Time now() const { return loop.now(); }

  /// Schedules unless it lies after the horizon.
  void schedule(des::Time at, Occurrence what) {
    if (at <= model->horizon) loop.schedule(at, des::Turn::finish, what);
  }

  /// The same for what may be put off; an invalid handle after the horizon.
  des::EventHandle schedule_cancellable(des::Time at, Occurrence what) {
    if (at > model->horizon) return {};
    return loop.schedule_cancellable(at, des::Turn::finish, what);
  }

  /// Asks for one settlement at this instant, once everything else of it has happened.
  void settle_now() { settle_due = now() >= des::kStart; }

  /// Asks for a settlement at a later time.
  void settle_at(des::Time at) {
    if (at <= model->horizon) loop.schedule(at, des::Turn::start, {0, 0, Occurrence::Kind::settle});
  }

  /// Asks for a settlement when work begins again on a calendar. Once per opening.
  void settle_at_opening(Id<Calendar> calendar) {
    settle_at_opening(model->calendars[calendar], opening[calendar.index()]);
  }
  void settle_at_opening(Id<Outdoors> place) {
    settle_at_opening(outdoors[place.index()], opening[model->calendars.size() + place.index()]);
  }
  void settle_at_opening(const Calendar& calendar, des::Time& asked) {
    const des::Time at = calendar.next_work(now());
    if (asked == at) return;
    asked = at;
    settle_at(at);
  }

  /// The draw number `index` of a quantity in its unit, drivers included; `attempt` counts repeated
  /// draws of the same thing.
  double draw(const Uncertain& quantity, std::uint64_t index, std::uint64_t mixed_purpose = 0,
              std::uint32_t attempt = 0) const;
  /// The same as a span of time, which may be negative.
  des::Duration draw_slip(const Uncertain& quantity, std::uint64_t index) const;
  /// The same as a span of time; what drivers would make negative takes no time.
  des::Duration draw_span(const Uncertain& quantity, std::uint64_t index,
                          std::uint64_t mixed_purpose = 0, std::uint32_t attempt = 0) const;
  /// The same as draw_span and draw_slip given that the result exceeds `bound`; `bound` itself when
  /// it cannot.
  des::Duration draw_above(const Uncertain& quantity, std::uint64_t index,
                           des::Duration bound) const;
  /// Whether this instant lies before the status date, when nothing happens but what is known.
  bool in_past() const { return now() < model->status; }
  /// A uniform number in (0, 1) of a purpose.
  double chance(std::uint64_t purpose, std::uint64_t index, std::uint32_t attempt = 0) const;
};

using State = Simulation::State;

}  // namespace racked
