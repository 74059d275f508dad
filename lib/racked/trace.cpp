#include <racked/trace.h>

#include "trace_packets.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

namespace racked {
namespace {

/// Puts one replication on tracks.
class Replication {
 public:
  Replication(const Model& model, const Timeline& timeline)
      : model_(model), timeline_(timeline), bars_(gantt(model, timeline)), trace_(model.start) {
    runs_.resize(timeline.task_runs.size());
    goods_.resize(timeline.goods.size());
    lots_.resize(timeline.lots.size());
    for (std::size_t i = 0; i < bars_.size(); ++i) by_name_[key_of(bars_[i])].push_back(i);
  }

  std::string text() {
    add_milestones();
    for (std::size_t i = 0; i < model_.campuses.size(); ++i) add_campus(Id<Campus>(i));
    add_crews();
    add_cash();
    add_flows();
    return trace_.take();
  }

 private:
  /// Bars of the same kind, campus, building, name and step share a track.
  using Key = std::tuple<GanttBar::Kind, Id<Campus>, Id<Building>, std::string, RackStepKind>;

  static Key key_of(const GanttBar& bar) {
    return {bar.kind, bar.campus, bar.building, bar.name, bar.step};
  }

  // At one instant what comes first lets begin what comes after; bars of a track stay in theirs.
  std::uint64_t order_of(const GanttBar& bar) const {
    if (bar.kind == GanttBar::Kind::task) return 1 + std::uint64_t{bar.record};
    return bar.kind == GanttBar::Kind::racks ? 1 + timeline_.task_runs.size() : 0;
  }

  void add_milestones() {
    const std::uint64_t track = trace_.add_track(0, "milestones");
    for (std::size_t i = 0; i < timeline_.milestones.size(); ++i) {
      const Reached& reached = timeline_.milestones[i];
      if (reached.at == des::kNever) continue;
      trace_.add_event(track, v1::TrackEvent::TYPE_INSTANT, reached.at, ~std::uint64_t{0})
          .set_name(model_.milestones[Id<Milestone>(i)].name);
      targets_.emplace_back(reached.cause, trace_.last_event());
    }
  }

  void add_campus(Id<Campus> id) {
    const Campus& campus = model_.campuses[id];
    const std::uint64_t track = trace_.add_track(0, campus.name);
    add_counters(id, track);
    add_power(id, track);
    add_kind(track, "orders", GanttBar::Kind::order, id, {});
    add_lots(id, track);
    add_kind(track, "works", GanttBar::Kind::task, id, {});
    for (const Id<Building> building : campus.buildings) {
      const std::uint64_t of_building = trace_.add_track(track, model_.buildings[building].name);
      add_kind(of_building, "tasks", GanttBar::Kind::task, id, building);
      for (const Id<Hall> hall : model_.buildings[building].halls) add_hall(hall, of_building);
    }
  }

  void add_counters(Id<Campus> id, std::uint64_t parent) {
    constexpr Series kShown[] = {Series::usable_chips,  Series::usable_facility_mw,
                                 Series::usable_it_mw,  Series::usable_racks,
                                 Series::energised_mw,  Series::claimed_mw,
                                 Series::chips_in_stock};
    for (const Series series : kShown) add_samples(id, parent, series);
    std::map<des::Time, std::int64_t> changes;
    for (const RackRun& rack : timeline_.racks) {
      const RackLot& lot = timeline_.lots[rack.lot];
      if (lot.stock.valid() && model_.rack_stocks[lot.stock].campus == id) ++changes[rack.arrived];
    }
    add_changes(trace_.add_counter(parent, "racks_on_site", "racks"), changes);
  }

  // The value on each report date, told where it is another than before.
  void add_samples(Id<Campus> id, std::uint64_t parent, Series series) {
    const std::uint64_t track = trace_.add_counter(parent, std::string(name(series)),
                                                   in_watts(series)                 ? "MW"
                                                   : series == Series::usable_racks ? "racks"
                                                                                    : "chips");
    std::optional<std::int64_t> before;
    for (std::size_t date = 0; date < model_.report_dates.size(); ++date) {
      const std::int64_t value = timeline_.samples.at(date * model_.campuses.size() + id.index())
                                     .at(static_cast<std::size_t>(series));
      if (before == value) continue;
      before = value;
      trace_.count(track, time_of(model_.report_dates[date], model_.start),
                   in_watts(series) ? megawatts({value}) : static_cast<double>(value));
    }
  }

  // `parts` of what is counted make one of the unit.
  void add_changes(std::uint64_t track, const std::map<des::Time, std::int64_t>& changes,
                   double parts = 1) {
    std::int64_t value = 0;
    for (const auto& [at, change] : changes) {
      if (change == 0 || at == des::kNever) continue;
      value += change;
      trace_.count(track, at, static_cast<double>(value) / parts);
    }
  }

  void add_power(Id<Campus> id, std::uint64_t parent) {
    const std::uint64_t track = trace_.add_track(parent, "power");
    for (std::size_t i = 0; i < timeline_.energisations.size(); ++i) {
      const Energisation& record = timeline_.energisations[i];
      const Feeder& feeder = model_.feeders[record.feeder];
      if (feeder.campus != id) continue;
      v1::TrackEvent& event = trace_.add_event(track, v1::TrackEvent::TYPE_INSTANT, record.at, 0);
      event.set_name(feeder.name);
      annotate(event, "available_watts", record.available.count);
      energisations_[i] = trace_.last_event();
      targets_.emplace_back(record.cause, trace_.last_event());
    }
  }

  void add_lots(Id<Campus> id, std::uint64_t parent) {
    const std::uint64_t track = trace_.add_track(parent, "lots arriving");
    for (const GanttBar& bar : bars_) {
      if (bar.kind != GanttBar::Kind::lot || bar.campus != id || bar.finish == des::kNever)
        continue;
      v1::TrackEvent& event = trace_.add_event(track, v1::TrackEvent::TYPE_INSTANT, bar.finish, 0);
      event.set_name(bar.name + " lot " + std::to_string(bar.number + 1));
      annotate(event, "racks", bar.count);
      annotate(event, "days_on_the_way",
               std::chrono::round<std::chrono::days>(bar.finish - bar.start).count());
      lots_[bar.record] = trace_.last_event();
    }
  }

  // A track for each name, in the order in which they begin.
  void add_kind(std::uint64_t parent, const std::string& group, GanttBar::Kind kind, Id<Campus> id,
                Id<Building> building) {
    std::vector<std::pair<des::Time, const std::vector<std::size_t>*>> found;
    for (const auto& [key, indexes] : by_name_)
      if (std::get<0>(key) == kind && std::get<1>(key) == id && std::get<2>(key) == building)
        found.emplace_back(first_of(indexes), &indexes);
    if (found.empty()) return;
    std::stable_sort(found.begin(), found.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    const std::uint64_t above = trace_.add_track(parent, group);
    for (const auto& [begin, indexes] : found)
      add_bars(trace_.add_track(above, bars_[indexes->front()].name), *indexes);
  }

  des::Time first_of(const std::vector<std::size_t>& indexes) const {
    des::Time first = des::kNever;
    for (const std::size_t index : indexes) first = std::min(first, bars_[index].ready);
    return first;
  }

  void add_hall(Id<Hall> hall, std::uint64_t parent) {
    const Hall& of = model_.halls[hall];
    std::optional<std::uint64_t> above;
    for (std::size_t step = 0; step < kRackSteps; ++step) {
      const auto found = by_name_.find({GanttBar::Kind::racks, of.campus, of.building, of.name,
                                        static_cast<RackStepKind>(step)});
      if (found == by_name_.end()) continue;
      if (!above) above = trace_.add_track(parent, of.name);
      add_bars(trace_.add_track(*above, std::string(name(static_cast<RackStepKind>(step)))),
               found->second);
    }
  }

  void add_bars(std::uint64_t track, std::vector<std::size_t> indexes) {
    std::stable_sort(indexes.begin(), indexes.end(),
                     [&](std::size_t a, std::size_t b) { return bars_[a].ready < bars_[b].ready; });
    Lanes lanes(trace_, track, bars_[indexes.front()].name);
    for (const std::size_t index : indexes) {
      const GanttBar& bar = bars_[index];
      add_bar(lanes.lane(bar.ready, std::min(bar.finish, model_.horizon)), bar);
    }
  }

  std::string title(const GanttBar& bar) const {
    switch (bar.kind) {
      case GanttBar::Kind::task:
        return bar.number == 0 ? bar.name : bar.name + " round " + std::to_string(bar.number + 1);
      case GanttBar::Kind::order:
      case GanttBar::Kind::lot: return bar.name + " lot " + std::to_string(bar.number + 1);
      case GanttBar::Kind::racks: break;
    }
    return std::string(name(bar.step)) + " " + std::to_string(bar.count) + " racks of lot " +
           std::to_string(bar.number + 1);
  }

  // A slice; one that waited holds the wait and what came after it.
  void add_bar(std::uint64_t track, const GanttBar& bar) {
    const std::uint64_t order = order_of(bar);
    const des::Time end = std::min(bar.finish, model_.horizon);
    const auto begin = [&](des::Time at, const std::string& title) -> v1::TrackEvent& {
      v1::TrackEvent& event = trace_.add_event(track, v1::TrackEvent::TYPE_SLICE_BEGIN, at, order);
      event.set_name(title);
      event.add_categories(std::string(name(bar.kind)));
      return event;
    };
    const auto close = [&](des::Time at) {
      trace_.add_event(track, v1::TrackEvent::TYPE_SLICE_END, at, order);
    };
    const std::string cause = cause_name(model_, timeline_, bar.cause);
    v1::TrackEvent& whole = begin(bar.ready, title(bar));
    annotate(whole, "cause",
             std::string(name(bar.cause.kind)) + (cause.empty() ? "" : " " + cause));
    annotate(whole, "count", bar.count);
    if (bar.finish == des::kNever) annotate(whole, "unfinished", std::int64_t{1});
    const bool waited = bar.kind == GanttBar::Kind::task && bar.ready < bar.start;
    if (waited) {
      begin(bar.ready, "waits for " + (cause.empty() ? std::string(name(bar.cause.kind)) : cause));
      close(bar.start);
      begin(bar.start, "works");
    }
    remember(bar, trace_.last_event());
    if (waited) close(end);
    close(end);
  }

  void remember(const GanttBar& bar, std::size_t event) {
    switch (bar.kind) {
      case GanttBar::Kind::task: runs_[bar.record] = event; break;
      case GanttBar::Kind::order: goods_[bar.record] = event; break;
      case GanttBar::Kind::racks: batches_[{bar.record, bar.hall, bar.step}] = event; return;
      case GanttBar::Kind::lot: return;
    }
    targets_.emplace_back(bar.cause, event);
  }

  // Crews: how many are at work, and on what.

  void add_crews() {
    if (model_.crews.empty()) return;
    const std::uint64_t above = trace_.add_track(0, "crews");
    for (std::size_t i = 0; i < model_.crews.size(); ++i) {
      const Id<Crew> crew(i);
      const std::uint64_t track = trace_.add_track(above, model_.crews[crew].name);
      std::map<des::Time, std::int64_t> busy;
      add_racks_of(crew, busy);
      Lanes lanes(trace_, trace_.add_track(track, "at work on"), model_.crews[crew].name);
      for (std::size_t r = 0; r < timeline_.task_runs.size(); ++r)
        add_work(crew, timeline_.task_runs[r], r, lanes, busy);
      add_changes(trace_.add_counter(track, "busy", "workers"), busy);
    }
  }

  void add_work(Id<Crew> crew, const TaskRun& run, std::size_t order, Lanes& lanes,
                std::map<des::Time, std::int64_t>& busy) {
    for (const Id<Need> id : model_.tasks[run.task].needs) {
      const Need& need = model_.needs[id];
      if (need.crew != crew) continue;
      const des::Time end = std::min(run.finish, model_.horizon);
      busy[run.start] += need.count;
      busy[run.finish] -= need.count;
      const std::uint64_t lane = lanes.lane(run.start, end);
      v1::TrackEvent& event =
          trace_.add_event(lane, v1::TrackEvent::TYPE_SLICE_BEGIN, run.start, 1 + order);
      event.set_name(model_.tasks[run.task].name);
      event.add_categories("crew");
      annotate(event, "workers", need.count);
      trace_.add_event(lane, v1::TrackEvent::TYPE_SLICE_END, end, 1 + order);
    }
  }

  void add_racks_of(Id<Crew> crew, std::map<des::Time, std::int64_t>& busy) const {
    for (const RackRun& rack : timeline_.racks) {
      if (!rack.hall.valid()) continue;
      const Product& product = model_.products[model_.halls[rack.hall].product];
      for (std::size_t step = 0; step < kRackSteps; ++step) {
        const RackStep& what = product.steps[step];
        if (!what.hours.valid() || what.crew != crew || rack.begin[step] == des::kNever) continue;
        busy[rack.begin[step]] += what.headcount;
        busy[rack.end[step]] -= what.headcount;
      }
    }
  }

  // Received less paid, of every party that has to do with money.
  void add_cash() {
    constexpr double kCentsPerDollar = 100;
    std::map<Id<Party>, std::map<des::Time, std::int64_t>> changes;
    for (const Payment& payment : timeline_.payments) {
      if (payment.from.valid()) changes[payment.from][payment.at] -= payment.cents;
      if (payment.to.valid()) changes[payment.to][payment.at] += payment.cents;
    }
    if (changes.empty()) return;
    const std::uint64_t above = trace_.add_track(0, "cash");
    for (const auto& [party, of_party] : changes)
      add_changes(trace_.add_counter(above, model_.parties[party].name, "USD"), of_party,
                  kCentsPerDollar);
  }

  // Flows.

  using BatchKey = std::tuple<std::uint32_t, Id<Hall>, RackStepKind>;

  std::optional<std::size_t> batch_of(std::uint32_t rack, bool first) const {
    const RackRun& run = timeline_.racks.at(rack);
    std::optional<std::size_t> found;
    for (std::size_t step = 0; step < kRackSteps; ++step) {
      const auto batch = batches_.find({run.lot, run.hall, static_cast<RackStepKind>(step)});
      if (batch == batches_.end()) continue;
      found = batch->second;
      if (first) break;
    }
    return found;
  }

  // The event of what a cause refers to.
  std::optional<std::size_t> source_of(const Cause& cause) const {
    switch (cause.kind) {
      case CauseKind::start:
      case CauseKind::date:
      case CauseKind::headcount: break;
      case CauseKind::task:
      case CauseKind::crew_task:
      case CauseKind::turn: return runs_.at(cause.record);
      case CauseKind::energised:
      case CauseKind::power: {
        const auto found = energisations_.find(cause.record);
        if (found != energisations_.end()) return found->second;
        break;
      }
      case CauseKind::goods: return goods_.at(cause.record);
      case CauseKind::lot: return lots_.at(cause.record);
      // A trigger takes no time: what brought its level there explains it.
      case CauseKind::trigger: return source_of(timeline_.firings.at(cause.record).cause);
      case CauseKind::crew_rack: return batch_of(cause.record, true);
      case CauseKind::rack: return batch_of(cause.record, false);
    }
    return {};
  }

  void add_flows() {
    for (const auto& [cause, target] : targets_)
      if (const auto source = source_of(cause); source && *source != target)
        trace_.add_flow(*source, target);
    add_rack_flows();
  }

  // From what gave the racks of a batch their positions to their first step, once for each; from
  // step to step.
  void add_rack_flows() {
    std::set<std::pair<std::size_t, std::size_t>> told;
    for (std::size_t i = 0; i < timeline_.racks.size(); ++i) {
      const auto target = batch_of(static_cast<std::uint32_t>(i), true);
      if (!target || !timeline_.racks[i].hall.valid()) continue;
      const auto source = source_of(timeline_.racks[i].assigned_cause);
      if (source && *source != *target && told.emplace(*source, *target).second)
        trace_.add_flow(*source, *target);
    }
    for (auto after = batches_.begin(); after != batches_.end(); ++after) {
      if (after == batches_.begin()) continue;
      const auto before = std::prev(after);
      if (std::get<0>(before->first) == std::get<0>(after->first) &&
          std::get<1>(before->first) == std::get<1>(after->first))
        trace_.add_flow(before->second, after->second);
    }
  }

  const Model& model_;
  const Timeline& timeline_;
  const std::vector<GanttBar> bars_;
  TracePackets trace_;
  std::map<Key, std::vector<std::size_t>> by_name_;
  /// Events that stand for records, for flows to begin at.
  std::vector<std::optional<std::size_t>> runs_, goods_, lots_;
  std::map<std::size_t, std::size_t> energisations_;
  std::map<BatchKey, std::size_t> batches_;
  std::vector<std::pair<Cause, std::size_t>> targets_;
};

}  // namespace

std::string perfetto_trace(const Model& model, const Timeline& timeline) {
  return Replication(model, timeline).text();
}

}  // namespace racked
