#include "model_builder.h"

#include <algorithm>

namespace racked {

void ModelBuilder::read_actuals() {
  if (scenario_.has_status_date()) {
    model_.status = time(scenario_.status_date());
    if (model_.status < des::kStart || model_.status > model_.horizon)
      problems_.add("status_date", "must lie between the start and the horizon");
  } else if (!scenario_.actual().empty()) {
    problems_.add("actual", "needs a status_date, up to which it is known what has happened");
  }
  for (int i = 0; i < scenario_.actual_size(); ++i)
    read_actual(scenario_.actual(i), child_path("", "actual", i));
  std::stable_sort(model_.usable_racks.begin(), model_.usable_racks.end(),
                   [](const UsableRacks& a, const UsableRacks& b) { return a.at < b.at; });

  // What is not known to have started has not.
  for (Task& task : model_.tasks)
    if (task.started == des::kNever) task.earliest = std::max(task.earliest, model_.status);
}

des::Time ModelBuilder::past(const google::protobuf::Message& actual, const char* field,
                             const std::string& path) {
  const auto* what = actual.GetDescriptor()->FindFieldByName(field);
  if (!actual.GetReflection()->HasField(actual, what)) {
    problems_.add(path, std::string("give ") + field);
    return des::kNever;
  }
  const std::string at = child_path(path, field);
  const des::Time when = time(actual.GetReflection()->GetString(actual, what));
  if (when > model_.status) {
    problems_.add(at, "lies after the status date; that is not known yet");
    return des::kNever;
  }
  return when;
}

void ModelBuilder::read_actual(const v1::Actual& actual, const std::string& path) {
  if (actual.has_task()) return read_task_actual(actual, path);
  if (actual.has_feeder()) {
    const Id<Feeder> feeder =
        scoped<Feeder>(feeder_names_, "", actual.feeder(), child_path(path, "feeder"), "feeder");
    if (feeder.valid()) model_.feeders[feeder].energised = past(actual, "energised", path);
  } else if (actual.has_order()) {
    const Id<Order> id =
        scoped<Order>(order_names_, "", actual.order(), child_path(path, "order"), "order");
    if (!id.valid()) return;
    Order& order = model_.orders[id];
    if (actual.lot() >= order.lots)
      return problems_.add(child_path(path, "lot"), "the order has no such lot; they count from 0");
    order.arrived.resize(static_cast<std::size_t>(order.lots), des::kNever);
    const des::Time arrived = past(actual, "arrived", path);
    if (order.dated() && arrived < order.placed)
      problems_.add(child_path(path, "arrived"), "lies before the placing of the order");
    order.arrived[static_cast<std::size_t>(actual.lot())] = arrived;
  } else if (actual.has_hall()) {
    const Id<Hall> hall =
        scoped<Hall>(hall_names_, "", actual.hall(), child_path(path, "hall"), "hall");
    const des::Time at = past(actual, "date", path);
    if (!actual.has_usable_racks()) problems_.add(path, "give usable_racks");
    if (!hall.valid() || at == des::kNever) return;
    if (actual.usable_racks() > model_.halls[hall].positions)
      problems_.add(child_path(path, "usable_racks"), "exceeds the positions of the hall");
    model_.usable_racks.push_back({hall, actual.usable_racks(), std::max(at, des::kStart)});
  }
}

void ModelBuilder::read_task_actual(const v1::Actual& actual, const std::string& path) {
  const Id<Task> id =
      scoped<Task>(task_names_, "", actual.task(), child_path(path, "task"), "task");
  if (!id.valid()) return;
  Task& task = model_.tasks[id];
  if (task.started != des::kNever) problems_.add(path, "'" + actual.task() + "' is told twice");
  const Calendar& calendar = model_.calendars[task.elapsed ? Id<Calendar>(0) : task.calendar];
  if (actual.has_finished()) task.finished = past(actual, "finished", path);
  if (actual.has_started()) {
    task.started = past(actual, "started", path);
    if (task.started < des::kStart)
      problems_.add(child_path(path, "started"), "lies before the start of the scenario");
  } else if (actual.has_finished()) {
    task.started =
        std::max(des::kStart, calendar.start(task.finished, mean_span(model_, task.duration)));
  } else {
    problems_.add(path, "give started, finished or both");
  }
  if (task.finished < task.started)
    problems_.add(child_path(path, "finished"), "lies before the start of the task");
  if (!actual.has_remaining_days()) return;
  if (actual.has_finished())
    problems_.add(child_path(path, "remaining_days"), "nothing remains of what has finished");
  task.remaining = des::rounded(actual.remaining_days(), calendar.working_day());
}

}  // namespace racked
