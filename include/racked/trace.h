#pragma once

#include <racked/model.h>
#include <racked/timeline.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace racked {

/// A bar of a Gantt chart: something that took time in one replication.
struct GanttBar {
  /// What a bar is of.
  enum class Kind : std::uint8_t {
    task,   ///< One run of a task.
    order,  ///< A lot of equipment, from its placing (or sending) to its arrival.
    lot,    ///< Racks on their way, from release (of a delivery: its date) to arrival.
    racks,  ///< One step of all racks of a lot in a hall, from the first begin to the last end.
  };
  Kind kind = Kind::task;    ///< What it is.
  std::uint32_t record = 0;  ///< Of a task, order or lot: row in the Timeline's table.
  Id<Campus> campus;         ///< None: of a lot that has no campus yet.
  Id<Building> building;     ///< None: of the campus.
  Id<Hall> hall;             ///< Of racks.
  RackStepKind step = RackStepKind::install;  ///< Of racks.
  std::string name;          ///< Of the task, order, delivery, supply line or hall.
  std::uint32_t number = 0;  ///< Round of a task, lot of an order or delivery; racks: of their lot.
  std::int64_t count = 1;    ///< Pieces or racks.
  des::Time ready;           ///< From when it could have begun but for its cause.
  des::Time start;           ///< When it began.
  des::Time finish = des::kNever;  ///< des::kNever: not by the horizon.
  /// Of the start. Of racks: what gave the first of them its position, and of later steps what
  /// let it begin.
  Cause cause;
};
/// As in the table of bars.
std::string_view name(GanttBar::Kind kind);
/// As fields of a product are called.
std::string_view name(RackStepKind step);
/// As in the table of bars.
std::string_view name(CauseKind kind);

/// What a cause refers to, by its name in the scenario ("c.b7.roof"); empty for dates and starts.
std::string cause_name(const Model& model, const Timeline& timeline, const Cause& cause);

/// All bars: tasks in the order of their starts, orders and lots in that of the timeline, racks lot
/// by lot, hall by hall and step by step. Steps without hours have none. O(racks · log).
std::vector<GanttBar> gantt(const Model& model, const Timeline& timeline);

/// The bars as a table; docs/explain.md describes the columns.
std::string gantt_csv(const Model& model, const Timeline& timeline);

/// The model with a report date on every day, for counters that follow the days. Nothing else that
/// happens in a replication depends on report dates.
Model with_daily_reports(Model model);

/// A trace in Perfetto's format (racked/v1/trace.proto): campuses with counters, their power,
/// orders, lots and works; buildings with their tasks and halls, halls with the steps of their
/// racks; crews with what they work on; the cash of every party, if there is money. Runs that
/// waited hold a slice for the wait and one for the work; flows lead from causes to starts.
/// Counters have the values of the timeline's samples. The same timeline gives the same bytes. What
/// lies before 1970 is told as of 1970. O(bars + samples).
std::string perfetto_trace(const Model& model, const Timeline& timeline);

}  // namespace racked
