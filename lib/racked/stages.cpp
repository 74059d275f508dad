#include <racked/stages.h>

#include <algorithm>
#include <array>
#include <optional>

namespace racked {
namespace {

/// Times per building and stage.
using StageTimes = std::vector<std::array<des::Time, kStages>>;

constexpr std::size_t at(Stage stage) { return static_cast<std::size_t>(stage); }

void add_begins(const Model& model, const Timeline& timeline, StageTimes& times) {
  std::vector<bool> has_tasks(times.size());
  for (const Task& task : model.tasks)
    if (task.building.valid()) has_tasks[task.building.index()] = true;
  for (std::size_t i = 0; i < times.size(); ++i)
    if (!has_tasks[i])
      times[i][at(Stage::permitted)] = times[i][at(Stage::under_construction)] = des::kStart;
  for (const TaskRun& run : timeline.task_runs) {
    const Id<Building> building = model.tasks[run.task].building;
    if (!building.valid()) continue;
    auto& own = times[building.index()];
    own[at(Stage::permitted)] = std::min(own[at(Stage::permitted)], run.ready);
    own[at(Stage::under_construction)] = std::min(own[at(Stage::under_construction)], run.start);
  }
}

/// When elements carry power: they have some themselves and one of those that feed them does.
class Alive {
 public:
  Alive(const Model& model, const Timeline& timeline)
      : model_(model), own_(model.feeders.size(), des::kNever), since_(own_.size()) {
    for (const Energisation& step : timeline.energisations) {
      des::Time& first = own_[step.feeder.index()];
      if (step.available.count > 0) first = std::min(first, step.at);
    }
  }

  des::Time since(Id<Feeder> id) {
    std::optional<des::Time>& known = since_[id.index()];
    if (known) return *known;
    const auto& feeds = model_.feeders[id].fed_by;
    des::Time fed = feeds.empty() ? des::Time::min() : des::kNever;
    for (const Id<Feeder> feed : feeds) fed = std::min(fed, since(feed));
    known = std::max(own_[id.index()], fed);
    return *known;
  }

 private:
  const Model& model_;
  std::vector<des::Time> own_;
  std::vector<std::optional<des::Time>> since_;
};

void add_flows(const Model& model, const Timeline& timeline, StageTimes& times) {
  Alive alive(model, timeline);
  for (std::size_t i = 0; i < times.size(); ++i) {
    const Building& building = model.buildings[Id<Building>(i)];
    if (building.halls.empty()) continue;
    auto& own = times[i];
    for (const Stage stage : {Stage::enclosed, Stage::energised, Stage::commissioned})
      own[at(stage)] = des::Time::min();
    const auto wait = [&own](Stage stage, des::Time until) {
      own[at(stage)] = std::max(own[at(stage)], until);
    };
    for (const Id<Hall> hall : building.halls) {
      const auto& flows = timeline.flows[hall.index()];
      wait(Stage::enclosed, flows[static_cast<std::size_t>(Flow::space)].at);
      wait(Stage::commissioned, flows[static_cast<std::size_t>(Flow::commissioning)].at);
      wait(Stage::energised, alive.since(model.halls[hall].feeder));
    }
  }
}

std::int32_t day_of(des::Time time) {
  if (time == des::kNever) return kNeverDay;
  time = std::max(time, des::kStart);
  return static_cast<std::int32_t>(
      std::chrono::floor<std::chrono::days>(time - des::kStart).count());
}

}  // namespace

std::string_view name(Stage stage) {
  switch (stage) {
    case Stage::permitted: return "permitted";
    case Stage::under_construction: return "under_construction";
    case Stage::enclosed: return "enclosed";
    case Stage::energised: return "energised";
    case Stage::commissioned: return "commissioned";
    case Stage::operational: return "operational";
  }
  return {};
}

std::vector<std::int32_t> stage_days(const Model& model, const Timeline& timeline) {
  StageTimes times(model.buildings.size());
  for (auto& own : times) own.fill(des::kNever);
  add_begins(model, timeline, times);
  add_flows(model, timeline, times);
  std::vector<std::int32_t> days;
  days.reserve(times.size() * kStages);
  for (std::size_t i = 0; i < times.size(); ++i) {
    times[i][at(Stage::operational)] = timeline.operational[i];
    for (const des::Time time : times[i]) days.push_back(day_of(time));
  }
  return days;
}

}  // namespace racked
