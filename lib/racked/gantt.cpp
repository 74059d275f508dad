#include <racked/trace.h>

#include "csv.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace racked {
namespace {

GanttBar bar_of(const Model& model, const TaskRun& run, std::uint32_t record) {
  const Task& task = model.tasks[run.task];
  GanttBar bar;
  bar.kind = GanttBar::Kind::task;
  bar.record = record;
  bar.campus = task.campus;
  bar.building = task.building;
  bar.name = task.name;
  bar.number = run.round;
  bar.ready = run.ready;
  bar.start = run.start;
  bar.finish = run.finish;
  bar.cause = run.cause;
  return bar;
}

GanttBar bar_of(const Model& model, const GoodsArrival& goods, std::uint32_t record) {
  GanttBar bar;
  bar.kind = GanttBar::Kind::order;
  bar.record = record;
  bar.campus = model.goods[goods.stock].campus;
  bar.name = model.orders[goods.order].name;
  bar.number = goods.lot;
  bar.count = goods.pieces;
  bar.ready = bar.start = goods.placed;
  bar.finish = goods.arrived;
  bar.cause = goods.cause;
  return bar;
}

std::string lot_name(const Model& model, const RackLot& lot) {
  return lot.line.valid() ? model.supply_lines[lot.line].name : model.deliveries[lot.delivery].name;
}

// What arrived early began no later than it came.
GanttBar bar_of(const Model& model, const RackLot& lot, std::uint32_t record) {
  GanttBar bar;
  bar.kind = GanttBar::Kind::lot;
  bar.record = record;
  if (lot.stock.valid()) bar.campus = model.rack_stocks[lot.stock].campus;
  bar.name = lot_name(model, lot);
  bar.number = lot.number;
  bar.count = lot.racks;
  bar.ready = bar.start = std::min(lot.released, lot.arrived);
  bar.finish = lot.arrived;
  bar.cause.kind = CauseKind::date;
  return bar;
}

/// Racks of one lot in one hall, step by step.
using BatchKey = std::tuple<std::uint32_t, Id<Hall>, std::size_t>;

void add_racks(const Model& model, const Timeline& timeline, std::vector<GanttBar>& bars) {
  std::map<BatchKey, GanttBar> batches;
  for (const RackRun& rack : timeline.racks) {
    if (!rack.hall.valid()) continue;
    const Hall& hall = model.halls[rack.hall];
    for (std::size_t step = 0; step < kRackSteps; ++step) {
      if (!model.products[hall.product].steps[step].hours.valid()) continue;
      if (rack.begin[step] == des::kNever) continue;
      const auto [found, fresh] = batches.try_emplace({rack.lot, rack.hall, step});
      GanttBar& bar = found->second;
      const des::Time ready = step == 0 ? rack.assigned : rack.end[step - 1];
      if (fresh || rack.begin[step] < bar.start) {
        bar.start = rack.begin[step];
        bar.cause = step == 0 ? rack.assigned_cause : rack.cause[step];
      }
      bar.ready = fresh ? ready : std::min(bar.ready, ready);
      bar.finish = fresh ? rack.end[step] : std::max(bar.finish, rack.end[step]);
      bar.count = fresh ? 1 : bar.count + 1;
    }
  }
  for (auto& [key, bar] : batches) {
    const auto& [lot, hall, step] = key;
    bar.kind = GanttBar::Kind::racks;
    bar.record = lot;
    bar.campus = model.halls[hall].campus;
    bar.building = model.halls[hall].building;
    bar.hall = hall;
    bar.step = static_cast<RackStepKind>(step);
    bar.name = model.halls[hall].name;
    bar.number = timeline.lots[lot].number;
    // A step before it that takes no time has no end of its own.
    bar.ready = std::min(bar.ready, bar.start);
    bars.push_back(std::move(bar));
  }
}

std::string date_and_time(const Model& model, des::Time time) {
  if (time == des::kNever) return "";
  const Date date = date_of(time, model.start);
  const auto seconds =
      std::chrono::floor<std::chrono::seconds>(time - time_of(date, model.start)).count();
  const auto two = [](std::int64_t number) {
    return (number < 10 ? "0" : "") + std::to_string(number);
  };
  return iso_date(date) + "T" + two(seconds / 3600) + ":" + two(seconds / 60 % 60) + ":" +
         two(seconds % 60);
}

template <class Row>
std::string name_or_none(const Table<Row>& table, Id<Row> id) {
  return id.valid() ? table[id].name : std::string();
}

}  // namespace

std::string_view name(GanttBar::Kind kind) {
  switch (kind) {
    case GanttBar::Kind::task: return "task";
    case GanttBar::Kind::order: return "order";
    case GanttBar::Kind::lot: return "lot";
    case GanttBar::Kind::racks: break;
  }
  return "racks";
}

std::string_view name(RackStepKind step) {
  switch (step) {
    case RackStepKind::install: return "install";
    case RackStepKind::cable: return "cable";
    case RackStepKind::bring_up: return "bring_up";
    case RackStepKind::burn_in: break;
  }
  return "burn_in";
}

std::string_view name(CauseKind kind) {
  switch (kind) {
    case CauseKind::start: return "start";
    case CauseKind::date: return "date";
    case CauseKind::task: return "task";
    case CauseKind::energised: return "energised";
    case CauseKind::power: return "power";
    case CauseKind::goods: return "goods";
    case CauseKind::crew_task: return "crew_task";
    case CauseKind::crew_rack: return "crew_rack";
    case CauseKind::headcount: return "headcount";
    case CauseKind::turn: return "turn";
    case CauseKind::lot: return "lot";
    case CauseKind::trigger: return "trigger";
    case CauseKind::rack: break;
  }
  return "rack";
}

std::string cause_name(const Model& model, const Timeline& timeline, const Cause& cause) {
  switch (cause.kind) {
    case CauseKind::start:
    case CauseKind::date: break;
    case CauseKind::task: return model.tasks[timeline.task_runs.at(cause.record).task].name;
    case CauseKind::energised:
    case CauseKind::power:
      return model.feeders[timeline.energisations.at(cause.record).feeder].name;
    case CauseKind::goods: return model.orders[timeline.goods.at(cause.record).order].name;
    case CauseKind::crew_task:
    case CauseKind::crew_rack:
    case CauseKind::headcount:
    case CauseKind::turn: return model.crews[Id<Crew>(cause.crew)].name;
    case CauseKind::lot: return lot_name(model, timeline.lots.at(cause.record));
    case CauseKind::trigger: return model.triggers[timeline.firings.at(cause.record).trigger].name;
    case CauseKind::rack: return name_or_none(model.halls, timeline.racks.at(cause.record).hall);
  }
  return {};
}

std::vector<GanttBar> gantt(const Model& model, const Timeline& timeline) {
  std::vector<GanttBar> bars;
  std::uint32_t record = 0;
  for (const TaskRun& run : timeline.task_runs) bars.push_back(bar_of(model, run, record++));
  record = 0;
  for (const GoodsArrival& goods : timeline.goods) bars.push_back(bar_of(model, goods, record++));
  record = 0;
  for (const RackLot& lot : timeline.lots) bars.push_back(bar_of(model, lot, record++));
  add_racks(model, timeline, bars);
  return bars;
}

std::string gantt_csv(const Model& model, const Timeline& timeline) {
  Csv csv(
      "scenario_hash,seed,replication,kind,campus,building,name,step,number,count,ready,start,"
      "finish,"
      "waited_days,days,cause_kind,cause",
      hex(model.hash) + "," + std::to_string(timeline.seed) + "," +
          std::to_string(timeline.replication));
  const auto days = [](des::Duration span) { return static_cast<double>(span.count()) / 86'400e9; };
  for (const GanttBar& bar : gantt(model, timeline)) {
    csv.line().value(name(bar.kind)).value(name_or_none(model.campuses, bar.campus));
    csv.value(name_or_none(model.buildings, bar.building)).value(bar.name);
    csv.value(bar.kind == GanttBar::Kind::racks ? name(bar.step) : std::string_view());
    csv.value(std::uint64_t{bar.number}).value(static_cast<std::uint64_t>(bar.count));
    csv.value(date_and_time(model, bar.ready)).value(date_and_time(model, bar.start));
    csv.value(date_and_time(model, bar.finish)).value(days(bar.start - bar.ready));
    if (bar.finish == des::kNever)
      csv.value("");
    else
      csv.value(days(bar.finish - bar.start));
    csv.value(name(bar.cause.kind)).value(cause_name(model, timeline, bar.cause));
  }
  return csv.finish();
}

Model with_daily_reports(Model model) {
  model.report_dates.clear();
  for (Date day = model.start; day <= model.horizon_date; day += std::chrono::days(1))
    model.report_dates.push_back(day);
  return model;
}

}  // namespace racked
