#include "commands.h"
#include "terminal.h"

#include <racked/critical_path.h>
#include <racked/model.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <numeric>
#include <vector>

namespace racked::cli {
namespace {

using Json = nlohmann::ordered_json;

// Working days of the task's calendar; calendar days where it runs day and night.
double days(const Model& model, Id<Task> id, des::Duration span) {
  const Task& task = model.tasks[id];
  const des::Duration day = task.elapsed ? des::kDay : model.calendars[task.calendar].working_day();
  return static_cast<double>(span.count()) / static_cast<double>(day.count());
}

bool known(des::Time time) { return time != des::kNever && time != des::Time::min(); }

std::string date_and_time(const Model& model, des::Time time) {
  if (time == des::kNever) return "after the horizon";
  if (time == des::Time::min()) return "long before";
  const Date date = date_of(time, model.start);
  const auto minutes = (time - time_of(date, model.start)) / std::chrono::minutes(1);
  return fmt::format("{} {:02}:{:02}", iso_date(date), minutes / 60, minutes % 60);
}

std::string float_text(const Model& model, Id<Task> id, des::Duration span) {
  if (span == des::Duration::max() || span == des::Duration::min()) return "–";
  return fmt::format("{:.1f}", days(model, id, span));
}

std::vector<Id<Task>> by_early_start(const CriticalPath& path) {
  std::vector<Id<Task>> order;
  for (std::size_t i = 0; i < path.tasks.size(); ++i) order.emplace_back(i);
  std::stable_sort(order.begin(), order.end(), [&](Id<Task> a, Id<Task> b) {
    return path.tasks[a.index()].early_start < path.tasks[b.index()].early_start;
  });
  return order;
}

std::string plan_table(const Model& model, const CriticalPath& path) {
  std::string text = fmt::format(
      "{}: {} at mean durations, in fair weather, with crews without limit\n"
      "finish {}\n\n{}  {:<16}  {:<16}  {:<16}  {:>6}  {:>6}\n",
      model.name, counted(model.tasks.size(), "task"), date_and_time(model, path.finish),
      fitted("Task", 30), "early start", "early finish", "late finish", "float", "free");
  for (const Id<Task> id : by_early_start(path)) {
    const PlannedTask& task = path.tasks[id.index()];
    text += fmt::format(
        "{}{} {}  {}  {}  {:>6}  {:>6}\n", task.critical ? "*" : " ",
        fitted(model.tasks[id].name, 30), fitted(date_and_time(model, task.early_start), 16),
        fitted(date_and_time(model, task.early_finish), 16),
        fitted(date_and_time(model, task.late_finish), 16), float_text(model, id, task.total_float),
        float_text(model, id, task.free_float));
  }
  text += "\n* no float left. Float in working days of the task's calendar.\nLongest path:\n";
  for (const Id<Task> id : path.longest) text += "  " + model.tasks[id].name + "\n";
  return text;
}

Json time_json(const Model& model, des::Time time) {
  return known(time) ? Json(date_and_time(model, time)) : Json(nullptr);
}

Json float_json(const Model& model, Id<Task> id, des::Duration span) {
  if (span == des::Duration::max() || span == des::Duration::min()) return nullptr;
  return days(model, id, span);
}

std::string plan_json(const Model& model, const CriticalPath& path) {
  Json tasks = Json::array(), longest = Json::array();
  for (std::size_t i = 0; i < path.tasks.size(); ++i) {
    const Id<Task> id(i);
    const PlannedTask& task = path.tasks[i];
    tasks.push_back({{"task", model.tasks[id].name},
                     {"early_start", time_json(model, task.early_start)},
                     {"early_finish", time_json(model, task.early_finish)},
                     {"late_start", time_json(model, task.late_start)},
                     {"late_finish", time_json(model, task.late_finish)},
                     {"total_float_days", float_json(model, id, task.total_float)},
                     {"free_float_days", float_json(model, id, task.free_float)},
                     {"critical", task.critical}});
  }
  for (const Id<Task> id : path.longest) longest.push_back(model.tasks[id].name);
  const Json plan{{"scenario", model.name},
                  {"scenario_hash", fmt::format("{:016x}", model.hash)},
                  {"finish", time_json(model, path.finish)},
                  {"tasks", std::move(tasks)},
                  {"longest_path", std::move(longest)}};
  return plan.dump(2) + "\n";
}

}  // namespace

int explain_plan(const Input& input, Format format) {
  const ScenarioFile file = read_scenario(input.scenario, input.overlays, input.edits);
  try {
    const Model model = make_model(file);
    const CriticalPath path = critical_path(model);
    print(format == Format::json ? plan_json(model, path) : plan_table(model, path));
    return kGood;
  } catch (const ScenarioError& error) {
    say_problems(error.problems());
    return kBadScenario;
  }
}

}  // namespace racked::cli
