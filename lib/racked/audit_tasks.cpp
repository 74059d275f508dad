#include "audit_records.h"

#include <cmath>

namespace racked::audit_rules {
namespace {

using Runs = std::vector<std::vector<const TaskRun*>>;  // per task, in order of start

Runs runs_by_task(const Model& model, const Timeline& timeline) {
  Runs runs(model.tasks.size());
  for (const TaskRun& run : timeline.task_runs)
    if (run.task.index() < runs.size()) runs[run.task.index()].push_back(&run);
  return runs;
}

/// Working time of tasks, those outdoors without the days lost to weather.
class Working {
 public:
  Working(const Model& model, const Timeline& timeline) : model_(model) {
    for (const Weather& weather : model.weathers) lost_.emplace_back(weather.days.size(), 0);
    for (const LostDay& lost : timeline.lost_days)
      if (lost.day < lost_[lost.weather.index()].size()) lost_[lost.weather.index()][lost.day] = 1;
  }

  des::Duration between(const Task& task, des::Time from, des::Time to) const {
    if (task.elapsed) return to - from;
    const Calendar& calendar = model_.calendars[task.calendar];
    des::Duration time = worked(calendar, from, to);
    if (!task.outdoors.valid()) return time;
    for (std::size_t i = day_of(from); day(i) < to; ++i)
      if (lost(task, i)) time -= worked(calendar, std::max(from, day(i)), std::min(to, day(i + 1)));
    return time;
  }

  des::Time next(const Task& task, des::Time time) const {
    if (task.elapsed) return time;
    time = opening(model_.calendars[task.calendar], time);
    while (task.outdoors.valid() && time < model_.horizon && lost(task, day_of(time)))
      time = opening(model_.calendars[task.calendar], day(day_of(time) + 1));
    return time;
  }

  void check_days(FindingList& findings) const {
    for (std::size_t i = 0; i < lost_.size(); ++i) {
      const Weather& weather = model_.weathers[Id<Weather>(i)];
      for (std::size_t day = 0; day < weather.days.size(); ++day) {
        const Weather::Day& odds = weather.days[day];
        const bool can_be_lost = odds.closed || odds.lost_after_fair > 0;
        if (lost_[i][day] ? !can_be_lost : odds.closed)
          findings.add("weather", weather.name + " took, or spared, day " + std::to_string(day));
      }
    }
  }

 private:
  static std::size_t day_of(des::Time time) {
    return static_cast<std::size_t>(std::max<std::int64_t>(0, (time - des::kStart) / des::kDay));
  }
  static des::Time day(std::size_t i) {
    return des::kStart + static_cast<std::int64_t>(i) * des::kDay;
  }
  bool lost(const Task& task, std::size_t day) const {
    const auto& days = lost_[model_.campuses[task.campus].weather.index()];
    return day < days.size() && days[day] != 0;
  }

  const Model& model_;
  std::vector<std::vector<char>> lost_;
};

bool stopped(const Model& model, const Timeline& timeline, Id<Campus> campus) {
  for (const RiskStrike& strike : timeline.strikes)
    for (const Consequence& consequence : model.risk_events[strike.event].consequences)
      if (consequence.campus == campus) return true;
  return false;
}

bool struck(const Model& model, const Timeline& timeline, Id<Task> task) {
  for (const RiskStrike& strike : timeline.strikes)
    for (const Consequence& consequence : model.risk_events[strike.event].consequences)
      if (consequence.task == task) return true;
  return stopped(model, timeline, model.tasks[task].campus);
}

// Whether a lead, which counts from the finish that is expected, let something through at `held`.
// When risk events moved that finish, what was expected is not known.
bool led(const Model& model, const Timeline& timeline, const Working& working, const Link& link,
         const TaskRun& from, des::Time held) {
  if (from.start > held) return false;
  if (struck(model, timeline, link.from)) return true;
  const Task& task = model.tasks[link.from];
  const des::Duration left = from.duration - working.between(task, from.start, held);
  if (left <= des::Duration::zero()) return true;
  // What is left of the work must fit into the lead. Of a finish that was held back, or lies after
  // the horizon, it is not on record when it was expected.
  if (from.finish == des::kNever || from.finish_cause.kind != CauseKind::start) return true;
  const des::Duration lead = link.lag_calendar.valid()
                                 ? worked(model.calendars[link.lag_calendar], held, from.finish)
                                 : from.finish - held;
  return lead <= -link.lag;
}

// Some run of the predecessor must have let this one through.
void check_precedence(const Model& model, const Timeline& timeline, const Working& working,
                      const Runs& runs, FindingList& findings) {
  for (const Link& link : model.links) {
    const bool from_start =
        link.type == LinkType::start_start || link.type == LinkType::start_finish;
    const bool to_finish =
        link.type == LinkType::finish_finish || link.type == LinkType::start_finish;
    for (const TaskRun* to : runs[link.to.index()]) {
      const des::Time held = to_finish ? to->finish : to->start;
      if (held == des::kNever || is_fact(model, *to)) continue;
      bool satisfied = false;
      for (const TaskRun* from : runs[link.from.index()]) {
        if (link.lag < des::Duration::zero()) {
          satisfied = satisfied || (from_start ? from->start <= held
                                               : led(model, timeline, working, link, *from, held));
          continue;
        }
        if (!from_start && (from->failed || from->finish == des::kNever)) continue;
        const des::Time since = from_start ? from->start : from->finish;
        if (since > held) continue;
        const des::Duration passed = link.lag_calendar.valid()
                                         ? worked(model.calendars[link.lag_calendar], since, held)
                                         : held - since;
        satisfied = satisfied || passed >= link.lag;
      }
      if (!satisfied)
        findings.add("precedence", model.tasks[link.to].name +
                                       (to_finish ? " finished " : " started ") +
                                       when(model, held) + " before " +
                                       model.tasks[link.from].name + " allowed it");
    }
  }
}

// Work done again must wait for work before it that is under way when it could begin.
void check_rework(const Model& model, const Timeline& timeline, const Runs& runs,
                  FindingList& findings) {
  for (const Rework& rework : model.reworks) {
    // A risk event may send any task back on top of it.
    const auto sent_back = [&](Id<Task> task) { return struck(model, timeline, task); };
    if (std::any_of(rework.tasks.begin(), rework.tasks.end(), sent_back)) continue;
    for (const Id<Link> id : rework.links) {
      const Link& link = model.links[id];
      if (link.type != LinkType::finish_start || link.lag < des::Duration::zero()) continue;
      for (const TaskRun* to : runs[link.to.index()]) {
        // The failure that it had to heed: one before its start. Of a failure in the instant of its
        // start that is on record only when the failure made it ready.
        des::Time failed_at = des::Time::min();
        for (const TaskRun* failing : runs[rework.tasks.back().index()]) {
          if (!failing->failed) continue;
          const auto record = static_cast<std::uint32_t>(failing - timeline.task_runs.data());
          const bool made_ready = to->cause.kind == CauseKind::task && to->cause.record == record;
          if (failing->finish < to->start || (failing->finish == to->start && made_ready))
            failed_at = std::max(failed_at, failing->finish);
        }
        for (const TaskRun* from : runs[link.from.index()])
          if (from->ready <= failed_at && from->finish > to->start)
            findings.add("rework", model.tasks[link.to].name + " began before " +
                                       model.tasks[link.from].name + " was done again");
      }
    }
  }
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const Task& task = model.tasks[Id<Task>(i)];
    const auto failures = static_cast<std::size_t>(std::count_if(
        runs[i].begin(), runs[i].end(), [](const TaskRun* run) { return run->failed; }));
    if (failures > 0 && (!task.rework.valid() || failures > model.reworks[task.rework].at_most))
      findings.add("rework", task.name + " failed " + std::to_string(failures) + " times");
    for (std::size_t n = 0; n < runs[i].size(); ++n)
      if (runs[i][n]->round != n)
        findings.add("rework", task.name + " has round " + std::to_string(runs[i][n]->round) +
                                   " where " + std::to_string(n) + " is due");
  }
}

// A task starts in working time, not before its date, and takes what it takes.
void check_run(const Model& model, const Timeline& timeline, const Working& working,
               const TaskRun& run, FindingList& findings) {
  const Task& task = model.tasks[run.task];
  if (is_fact(model, run)) return;
  if (run.start < run.ready || run.ready < task.earliest || run.start < des::kStart)
    findings.add("readiness", task.name + " started " + when(model, run.start) + ", ready " +
                                  when(model, run.ready));
  if (working.next(task, run.start) != run.start)
    findings.add("working_time",
                 task.name + " started outside working time, " + when(model, run.start));
  if (run.finish != des::kNever) {
    const des::Duration took = working.between(task, run.start, run.finish);
    const bool held = run.finish_cause.kind != CauseKind::start;
    if (held ? took < run.duration : took != run.duration)
      findings.add("duration", task.name + " took " + std::to_string(took.count()) +
                                   " ns instead of " + std::to_string(run.duration.count()));
    // Nothing done outside a period: the finish lies inside one or at its end.
    if (!held && !task.elapsed && run.duration.count() > 0 &&
        working.between(task, run.finish - des::Duration(1), run.finish) == des::Duration::zero())
      findings.add("working_time",
                   task.name + " finished outside working time, " + when(model, run.finish));
  }
  if (task.duration.valid() && task.duration.drivers.empty() && run.round == 0 &&
      !struck(model, timeline, run.task)) {
    const des::Distribution& shape = model.distributions[task.duration.shape];
    const double units =
        static_cast<double>(run.duration.count()) / static_cast<double>(task.duration.unit.count());
    const double slack = 1e-9 * (1 + std::fabs(units));
    if (units < shape.min() - slack || units > shape.max() + slack)
      findings.add("duration",
                   task.name + " drew " + std::to_string(units) + ", outside its distribution");
  }
}

// When workers of a crew were freed last, by the rack that the cause names.
des::Time freed_by_rack(const Model& model, const Timeline& timeline, const Cause& cause,
                        des::Time until) {
  if (cause.record >= timeline.racks.size()) return des::kNever;
  const RackRun& rack = timeline.racks[cause.record];
  des::Time last = des::Time::min();
  const Product& product = model.products[model.halls[rack.hall].product];
  for (std::size_t i = 0; i < kRackSteps; ++i)
    if (product.steps[i].crew == Id<Crew>(cause.crew) && rack.end[i] <= until)
      last = std::max(last, rack.end[i]);
  for (const Repair& repair : timeline.repairs)
    if (repair.rack == cause.record && repair.failed <= until) last = std::max(last, repair.failed);
  return last;
}

// The start follows at once from its cause, its readiness or the next opening: nobody stays queued
// while what he wants is free.
void check_cause(const Model& model, const Timeline& timeline, const Working& working,
                 const TaskRun& run, FindingList& findings) {
  const Task& task = model.tasks[run.task];
  des::Time since = run.cause.kind == CauseKind::crew_rack
                        ? freed_by_rack(model, timeline, run.cause, run.start)
                        : moment(timeline, run.cause);
  if (since > run.start)
    return findings.add("cause",
                        task.name + " started " + when(model, run.start) + ", before its cause");
  if (stopped(model, timeline, task.campus)) return;
  if (run.cause.kind == CauseKind::headcount) {
    for (const Crew::Step& step : model.crews[Id<Crew>(run.cause.crew)].steps)
      if (step.at <= run.start) since = step.at;
  }
  const bool waited = run.start > run.ready;
  if (!waited) return;
  const des::Time due = std::max(run.ready, since);
  const des::Time expected = working.next(task, due);
  const bool needs_explain_it =
      run.cause.kind != CauseKind::start && run.cause.kind != CauseKind::date;
  if (run.cause.kind == CauseKind::task || !needs_explain_it || expected != run.start)
    findings.add("idle_wait", task.name + " was ready " + when(model, run.ready) + " and started " +
                                  when(model, run.start) + " though what it waited for was there " +
                                  when(model, due));
}

// By the serial scheme the first runs of a crew's tasks start in its sequence.
void check_turns(const Model& model, const Timeline& timeline, FindingList& findings) {
  std::vector<std::uint32_t> next(model.crews.size(), 0);
  for (const TaskRun& run : timeline.task_runs)
    for (const Id<Need> id : model.tasks[run.task].needs) {
      const Need& need = model.needs[id];
      if (!need.crew.valid() || run.round > 0) continue;
      if (is_fact(model, run)) {
        ++next[need.crew.index()];
        continue;
      }
      if (need.turn != next[need.crew.index()]++)
        findings.add("sequence", model.tasks[run.task].name + " started out of the sequence of " +
                                     model.crews[need.crew].name);
    }
}

void check_waits(const Model& model, const Timeline& timeline, const Runs& runs,
                 FindingList& findings) {
  std::vector<char> listed(model.tasks.size());
  for (const Wait& wait : timeline.waits)
    if (wait.task.valid()) listed[wait.task.index()] = 1;
  for (std::size_t i = 0; i < runs.size(); ++i)
    if (runs[i].empty() && !listed[i])
      findings.add("waits",
                   model.tasks[Id<Task>(i)].name + " never started and is not listed as waiting");
}

}  // namespace

void check_tasks(const Model& model, const Timeline& timeline, FindingList& findings) {
  const Runs runs = runs_by_task(model, timeline);
  const Working working(model, timeline);
  working.check_days(findings);
  check_precedence(model, timeline, working, runs, findings);
  check_rework(model, timeline, runs, findings);
  for (const TaskRun& run : timeline.task_runs) {
    check_run(model, timeline, working, run, findings);
    check_cause(model, timeline, working, run, findings);
    if (run.start > model.horizon || (run.finish != des::kNever && run.finish > model.horizon))
      findings.add("horizon", model.tasks[run.task].name + " went on past the horizon");
  }
  if (model.scheme == Scheme::serial) check_turns(model, timeline, findings);
  check_waits(model, timeline, runs, findings);
}

}  // namespace racked::audit_rules
