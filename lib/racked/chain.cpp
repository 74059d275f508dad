#include <racked/chain.h>

#include <algorithm>
#include <optional>
#include <stdexcept>

namespace racked {
namespace {

/// Something that came about at a time, to be explained by what came before it.
struct Moment {
  Cause cause;  ///< Names the record of what came about.
  des::Time at;
  bool of_start = false;              ///< Of a task run: its start, not its finish.
  std::size_t step = kRackSteps - 1;  ///< Of a rack: the step that ended.
};

/// Walks from a moment to the one that caused it until the plan itself is reached, covering the
/// time between with links, latest first.
class Walk {
 public:
  Walk(const Model& model, const Timeline& timeline) : model_(model), timeline_(timeline) {}

  std::vector<ChainLink> back_from(Moment moment) {
    std::size_t left =
        8 + 4 * (timeline_.task_runs.size() + timeline_.goods.size() +
                 timeline_.energisations.size() + timeline_.lots.size() +
                 timeline_.racks.size() * (1 + kRackSteps) + timeline_.firings.size());
    for (bool more = true; more; --left) {
      if (left == 0) throw std::logic_error("the causes of a timeline run in a circle");
      more = step(moment);
    }
    std::reverse(links_.begin(), links_.end());
    return std::move(links_);
  }

 private:
  // Explains `moment` and moves it to its cause; false at the begin of the plan.
  bool step(Moment& moment) {
    switch (moment.cause.kind) {
      case CauseKind::start:
      case CauseKind::date:
      case CauseKind::headcount: explain_plan(moment); return false;
      case CauseKind::task: return explain_run(moment, ElementKind::task);
      case CauseKind::crew_task:
      case CauseKind::turn: return explain_run(moment, ElementKind::crew);
      case CauseKind::crew_rack: return explain_crew_rack(moment);
      case CauseKind::rack: return explain_rack(moment);
      case CauseKind::goods: return explain_goods(moment);
      case CauseKind::energised:
      case CauseKind::power: return explain_energisation(moment);
      case CauseKind::lot: explain_lot(moment); return false;
      case CauseKind::trigger: return explain_firing(moment);
    }
    return false;
  }

  void cover(ElementKind kind, std::uint32_t index, des::Time from, des::Time to) {
    if (!links_.empty() && links_.back().kind == kind && links_.back().index == index) {
      links_.back().from = from;
    } else if (kind != ElementKind::plan || from < to) {
      links_.push_back({kind, index, from, to});
    }
  }

  // The element lasted from its cause, now known, to the moment it explains.
  bool go_on(Moment& moment, ElementKind kind, std::uint32_t index, Moment before) {
    before.at = std::min(before.at, moment.at);
    cover(kind, index, before.at, moment.at);
    moment = before;
    return true;
  }

  void explain_plan(const Moment& moment) {
    cover(ElementKind::plan, 0, std::min(des::kStart, moment.at), moment.at);
  }

  bool explain_run(Moment& moment, ElementKind kind) {
    const TaskRun& run = timeline_.task_runs.at(moment.cause.record);
    const std::uint32_t index = kind == ElementKind::task ? run.task.index() : moment.cause.crew;
    // A finish that a link held back was caused by that link, not by the work.
    const bool held = !moment.of_start && run.finish_cause.kind == CauseKind::task;
    return go_on(moment, kind, index,
                 held ? link_moment(run.finish_cause, run.task, run.finish, /*of_start=*/false)
                      : cause_of_start(run));
  }

  Moment cause_of_start(const TaskRun& run) const {
    const Task& task = model_.tasks[run.task];
    switch (run.cause.kind) {
      case CauseKind::task: return link_moment(run.cause, run.task, run.ready, /*of_start=*/true);
      // A start later than its readiness waited for a stop on the campus to end.
      // What an event of a date sent back was ready with it.
      case CauseKind::date:
        return {run.cause, run.start == run.ready && run.round == 0 ? task.earliest : run.start};
      default: return moment_of(run.cause, run.start);
    }
  }

  // When `cause`, a run of a predecessor, came about: at the end of the run or at its start,
  // whichever let the link to `to` be satisfied last, but not after `limit`.
  Moment link_moment(Cause cause, Id<Task> to, des::Time limit, bool of_start) const {
    const TaskRun& run = timeline_.task_runs.at(cause.record);
    std::optional<Moment> last;
    des::Time last_satisfied;
    for (const Id<Link> id : model_.tasks[run.task].successors) {
      const Link& link = model_.links[id];
      const bool from_start = link.from_start();
      if (link.to != to || link.to_finish() == of_start) continue;
      if (run.failed && !from_start && link.lag >= des::Duration::zero()) continue;
      // A lead counts from a finish that was expected since the start.
      const bool lead = link.lag < des::Duration::zero();
      const des::Time at = from_start || lead ? run.start : run.finish;
      if (at > limit) continue;
      const des::Time satisfied = lead ? limit
                                  : link.lag_calendar.valid()
                                      ? model_.calendars[link.lag_calendar].finish(at, link.lag)
                                      : at + link.lag;
      if (satisfied > limit || (last && satisfied <= last_satisfied)) continue;
      last = Moment{cause, at, from_start || lead};
      last_satisfied = satisfied;
    }
    // No link: the run failed and sent the plan back.
    return last.value_or(Moment{cause, run.finish, false});
  }

  // When a cause other than a link came about, not after the start it allowed.
  Moment moment_of(Cause cause, des::Time limit) const {
    switch (cause.kind) {
      case CauseKind::start: return {cause, des::kStart};
      case CauseKind::date: return {cause, limit};
      case CauseKind::task:
      case CauseKind::crew_task: return {cause, timeline_.task_runs.at(cause.record).finish};
      case CauseKind::turn: return {cause, timeline_.task_runs.at(cause.record).start, true};
      case CauseKind::energised:
      case CauseKind::power: return {cause, timeline_.energisations.at(cause.record).at};
      case CauseKind::goods: return {cause, timeline_.goods.at(cause.record).arrived};
      case CauseKind::crew_rack: return crew_freed(cause, limit);
      case CauseKind::headcount: return {cause, last_headcount_step(cause.crew, limit)};
      case CauseKind::lot: return {cause, timeline_.lots.at(cause.record).arrived};
      case CauseKind::trigger: return {cause, timeline_.firings.at(cause.record).at};
      case CauseKind::rack: break;
    }
    return {cause, limit};
  }

  des::Time last_headcount_step(std::uint16_t crew, des::Time limit) const {
    des::Time last = des::kStart;
    for (const Crew::Step& step : model_.crews[Id<Crew>(crew)].steps)
      if (step.at <= limit) last = step.at;
    return last;
  }

  const RackStep& step_of(const RackRun& rack, std::size_t step) const {
    return model_.products[model_.halls[rack.hall].product].steps[step];
  }

  bool worked_by(const RackRun& rack, std::size_t step, std::uint16_t crew) const {
    const RackStep& what = step_of(rack, step);
    return what.hours.valid() && what.crew == Id<Crew>(crew);
  }

  // When a rack last freed workers of a crew, not after `limit`.
  Moment crew_freed(Cause cause, des::Time limit) const {
    const RackRun& rack = timeline_.racks.at(cause.record);
    Moment freed{cause, des::Time::min()};
    for (std::size_t step = 0; step < kRackSteps; ++step)
      if (worked_by(rack, step, cause.crew) && rack.end[step] <= limit &&
          rack.end[step] >= freed.at)
        freed = {cause, rack.end[step], false, step};
    // Of a burn-in that failed, the failure is the only record left.
    const std::size_t burn_in = kRackSteps - 1;
    if (rack.failures > 0 && worked_by(rack, burn_in, cause.crew)) {
      const des::Time failed = last_failure(cause.record, limit);
      if (failed > freed.at) freed = {cause, failed, false, burn_in};
    }
    if (freed.at == des::Time::min()) freed.at = limit;
    return freed;
  }

  des::Time last_failure(std::uint32_t rack, des::Time limit) const {
    const auto& repairs = timeline_.repairs;
    auto later =
        std::upper_bound(repairs.begin(), repairs.end(), limit,
                         [](des::Time at, const Repair& repair) { return at < repair.failed; });
    while (later != repairs.begin())
      if ((--later)->rack == rack) return later->failed;
    return des::Time::min();
  }

  // Whether a step began because the rack's step before it had ended. What let a burn-in begin that
  // was done again is not recorded; its own step before is the honest guess.
  bool follows_own_step(const RackRun& rack, std::size_t step, des::Time ended) const {
    return step > 0 && (rack.cause[step].kind == CauseKind::rack || rack.begin[step] > ended);
  }

  // What let a rack begin a step that ended at `ended`.
  Moment before_step(std::uint32_t record, std::size_t step, des::Time ended) const {
    const RackRun& rack = timeline_.racks.at(record);
    if (follows_own_step(rack, step, ended))
      return {{record, 0, CauseKind::rack}, rack.end[step - 1], false, step - 1};
    return moment_of(rack.cause[step], rack.begin[step]);
  }

  // Another rack held the crew, through all its steps in a row that the crew worked on.
  bool explain_crew_rack(Moment& moment) {
    const RackRun& rack = timeline_.racks.at(moment.cause.record);
    std::size_t step = moment.step;
    des::Time ended = moment.at;
    while (follows_own_step(rack, step, ended) && worked_by(rack, step - 1, moment.cause.crew))
      ended = rack.end[--step];
    return go_on(moment, ElementKind::crew, moment.cause.crew,
                 before_step(moment.cause.record, step, ended));
  }

  // A rack's own way, back to the last step that waited for something else than the step before.
  bool explain_rack(Moment& moment) {
    const RackRun& rack = timeline_.racks.at(moment.cause.record);
    std::size_t step = moment.step;
    des::Time ended = moment.at;
    while (follows_own_step(rack, step, ended)) ended = rack.end[--step];
    return go_on(moment, ElementKind::deployment, model_.halls[rack.hall].product.index(),
                 before_step(moment.cause.record, step, ended));
  }

  bool explain_goods(Moment& moment) {
    const GoodsArrival& goods = timeline_.goods.at(moment.cause.record);
    Moment placing = moment_of(goods.cause, goods.placed);
    placing.at = goods.placed;
    return go_on(moment, ElementKind::order, goods.order.index(), placing);
  }

  bool explain_energisation(Moment& moment) {
    const Energisation& record = timeline_.energisations.at(moment.cause.record);
    if (record.cause.kind == CauseKind::task) {
      moment = {record.cause, record.at};
      return true;
    }
    cover(ElementKind::feeder, record.feeder.index(), std::min(des::kStart, moment.at), moment.at);
    return false;
  }

  // A trigger takes no time: what brought its level there explains it.
  bool explain_firing(Moment& moment) {
    const Firing& firing = timeline_.firings.at(moment.cause.record);
    moment = {firing.cause, std::min(firing.at, moment.at)};
    return true;
  }

  void explain_lot(const Moment& moment) {
    const RackLot& lot = timeline_.lots.at(moment.cause.record);
    const des::Time begin = std::min(des::kStart, moment.at);
    if (lot.line.valid()) {
      cover(ElementKind::supply_line, lot.line.index(), std::min(begin, lot.released), moment.at);
    } else {
      cover(ElementKind::delivery, lot.delivery.index(), begin, moment.at);
    }
  }

  const Model& model_;
  const Timeline& timeline_;
  std::vector<ChainLink> links_;
};

}  // namespace

std::vector<ChainLink> critical_chain(const Model& model, const Timeline& timeline,
                                      Id<Milestone> milestone) {
  const Reached& reached = timeline.milestones.at(milestone.index());
  if (reached.at == des::kNever) return {};
  return Walk(model, timeline).back_from({reached.cause, reached.at});
}

std::string element_name(const Model& model, ElementKind kind, std::uint32_t index) {
  switch (kind) {
    case ElementKind::plan: return "plan";
    case ElementKind::task: return model.tasks[Id<Task>(index)].name;
    case ElementKind::order: return model.orders[Id<Order>(index)].name;
    case ElementKind::feeder: return model.feeders[Id<Feeder>(index)].name;
    case ElementKind::crew: return model.crews[Id<Crew>(index)].name;
    case ElementKind::supply_line: return model.supply_lines[Id<SupplyLine>(index)].name;
    case ElementKind::delivery: return model.deliveries[Id<Delivery>(index)].name;
    case ElementKind::deployment: return model.products[Id<Product>(index)].name;
  }
  return {};
}

std::string_view name(ElementKind kind) {
  switch (kind) {
    case ElementKind::plan: return "plan";
    case ElementKind::task: return "task";
    case ElementKind::order: return "order";
    case ElementKind::feeder: return "feeder";
    case ElementKind::crew: return "crew";
    case ElementKind::supply_line: return "supply_line";
    case ElementKind::delivery: return "delivery";
    case ElementKind::deployment: return "deployment";
  }
  return {};
}

}  // namespace racked
