#pragma once

#include <racked/files.h>
#include <racked/model.h>
#include <racked/simulation.h>

#include <algorithm>
#include <string>

namespace racked::testing {

/// A scenario of one year from Monday 2025-01-06, with `body` as the rest of its text.
inline ScenarioFile year_2025(const std::string& body) {
  return parse_scenario("name: 'test' start: '2025-01-06' horizon: '2026-01-05' " + body);
}

inline Model model_of(const std::string& body) { return make_model(year_2025(body)); }

/// A campus "c" with these elements; everything works around the clock unless they say otherwise.
inline std::string campus(const std::string& elements) {
  return "campus { id: 'c' " + elements + " }";
}

/// Days since the start, as a time.
inline des::Time day(double days) { return des::kStart + des::rounded(days, des::kDay); }

/// The row with this name.
template <class Row>
Id<Row> find(const Table<Row>& table, const std::string& name) {
  for (std::size_t i = 0; i < table.size(); ++i)
    if (table[Id<Row>(i)].name == name) return Id<Row>(i);
  return {};
}

/// The first run of a task.
inline TaskRun run_of(const Model& model, const Timeline& timeline, const std::string& name) {
  const Id<Task> task = find(model.tasks, name);
  const auto run = std::find_if(timeline.task_runs.begin(), timeline.task_runs.end(),
                                [&](const TaskRun& r) { return r.task == task; });
  return run == timeline.task_runs.end() ? TaskRun{} : *run;
}

/// All problems of a scenario, one per line, without places.
inline std::string problems_of(const ScenarioFile& file) {
  try {
    make_model(file);
    return "";
  } catch (const ScenarioError& error) {
    std::string lines;
    for (const Problem& problem : error.problems())
      lines += problem.path + ": " + problem.message + "\n";
    return lines;
  }
}

}  // namespace racked::testing
