#include "scenario_text.h"
#include <racked/audit.h>

#include <places.h>

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

namespace racked::testing {
namespace {

std::string order_of_starts(const std::string& rule, const std::string& tasks) {
  const Model model =
      model_of("crew { id: 'w' headcount: 1 } dispatch: " + rule + " " + campus(tasks));
  std::string order;
  for (const TaskRun& run : simulate(model, 1, 0).task_runs)
    order += model.tasks[run.task].name.substr(2);
  return order;
}

std::string one(const std::string& id, double days, const std::string& more = "") {
  return "task { id: '" + id +
         "' need { crew: 'w' } elapsed_days { fixed: " + std::to_string(days) + " } " + more +
         " } ";
}

TEST(Dispatch, RulesDecideWhoIsServedFirst) {
  // One worker. b has a long tail behind it, d two short successors; a is short.
  const std::string tasks = one("a", 1) + one("b", 5) + one("d", 3) +
                            one("e", 20, "after { task: 'b' }") +
                            one("f", 1, "after { task: 'd' }") + one("g", 1, "after { task: 'd' }");
  EXPECT_EQ(order_of_starts("FIFO", tasks), "abdefg");
  EXPECT_EQ(order_of_starts("SHORTEST", tasks), "adfgbe");
  // The plan's finish is day 25. Late starts: a 24, b 0, d 21, e 5, f 24, g 24.
  EXPECT_EQ(order_of_starts("EARLIEST_LATE_START", tasks), "bedafg");
  // Late finishes: a 25, b 5, d 24, e 25, f 25, g 25. After b: d, then those by 25 as written.
  EXPECT_EQ(order_of_starts("EARLIEST_LATE_FINISH", tasks), "bdaefg");
  EXPECT_EQ(order_of_starts("MINIMUM_SLACK", tasks), order_of_starts("EARLIEST_LATE_START", tasks));
  // Successors: d 2, b 1, others none; those tie, and what was written first goes first.
  EXPECT_EQ(order_of_starts("MOST_SUCCESSORS", tasks), "dbaefg");
  // Weights: a 1, b 25, d 3 + 1 + 1 = 5, e 20, f 1, g 1.
  EXPECT_EQ(order_of_starts("RANK_POSITIONAL_WEIGHT", tasks), "bedafg");
}

TEST(Dispatch, TheSerialSchemeLetsNobodyOvertake) {
  // Two workers; a takes one for 4 days, big needs both, small one for 2 days.
  const std::string tasks =
      "task { id: 'a' need { crew: 'w' } elapsed_days { fixed: 4 } } "
      "task { id: 'big' priority: 2 need { crew: 'w' count: 2 } elapsed_days { fixed: 1 } "
      "       after { task: 'gate' } } "
      "task { id: 'gate' priority: 3 elapsed_days { fixed: 1 } } "
      "task { id: 'small' need { crew: 'w' } elapsed_days { fixed: 5 } after { task: 'gate' } } ";
  const auto starts = [&](const std::string& scheme) {
    const Model model = model_of(
        "crew { id: 'w' headcount: 2 } dispatch: PRIORITY scheme: " + scheme + " " + campus(tasks));
    const Timeline timeline = simulate(model, 1, 0);
    EXPECT_TRUE(audit(model, timeline).empty());
    return std::pair(run_of(model, timeline, "c.big").start,
                     run_of(model, timeline, "c.small").start);
  };
  // Parallel: from day 0 a, from day 1 small beside it until day 6, then big.
  EXPECT_EQ(starts("PARALLEL"), std::pair(day(6), day(1)));
  // Serial: gate first, then big by its priority on days 1–2 with both workers; a would end on day
  // 4, so it is placed on day 2, and small beside it.
  EXPECT_EQ(starts("SERIAL"), std::pair(day(1), day(2)));
}

TEST(Dispatch, TheSerialSchemeNamesWhatItWaitsFor) {
  // The crew's sequence is x (planned at mean durations first), then y. gate lasts longer than its
  // mean in this replication, so y, ready at once, waits for the turn that x passes on.
  const Model model = model_of(
      "crew { id: 'w' headcount: 2 } dispatch: PRIORITY scheme: SERIAL " +
      campus("task { id: 'gate' elapsed_days { empirical { value: 1 value: 9 } } } "
             "task { id: 'x' priority: 1 need { crew: 'w' } after { task: 'gate' } elapsed_days { "
             "fixed: 1 } } "
             "task { id: 'y' not_before: '2025-01-12' need { crew: 'w' } elapsed_days { fixed: 1 } "
             "}"));
  // gate's mean is 5 days: x is planned on day 5, y on day 6.
  for (std::uint64_t replication = 0; replication < 20; ++replication) {
    const Timeline timeline = simulate(model, 1, replication);
    EXPECT_TRUE(audit(model, timeline).empty());
    const TaskRun y = run_of(model, timeline, "c.y");
    if (run_of(model, timeline, "c.gate").finish == day(1)) {
      EXPECT_EQ(y.start, day(6));
    } else {
      EXPECT_EQ(y.start, day(9));
      EXPECT_EQ(y.cause.kind, CauseKind::turn);
      EXPECT_EQ(model.tasks[timeline.task_runs[y.cause.record].task].name, "c.x");
    }
  }
}

TEST(Dispatch, APlanThatCannotBeMadeBeforehandIsRefused) {
  const std::string loop = problems_of(year_2025(
      "scheme: SERIAL " +
      campus("task { id: 'a' elapsed_days { fixed: 2 } after { task: 'b' type: FINISH_FINISH } } "
             "task { id: 'b' elapsed_days { fixed: 6 } after { task: 'a' type: START_START } }")));
  EXPECT_NE(loop.find("hold back each other"), std::string::npos) << loop;
  const std::string goods =
      problems_of(year_2025("scheme: SERIAL equipment { id: 'e' lead_time_days { fixed: 5 } } " +
                            campus("order { id: 'dated' equipment: 'e' placed: '2025-01-06' } "
                                   "order { id: 'later' equipment: 'e' } "
                                   "task { id: 'a' need { equipment: 'e' } } "
                                   "task { id: 'b' after { task: 'a' } need { equipment: 'e' } "
                                   "effect { order: 'later' } }")));
  EXPECT_NE(goods.find("ordered after it"), std::string::npos) << goods;
}

// Instances of PSPLIB with the makespan that each rule and scheme must give, where they are
// present.

const std::filesystem::path kInstances = RACKED_SOURCE_DIR "/../shared/verification/psplib";

std::vector<int> numbers(const std::string& line) {
  std::istringstream stream(line);
  std::vector<int> values;
  for (int value = 0; stream >> value;) values.push_back(value);
  return values;
}

// One campus whose tasks are the jobs, one crew for each renewable resource, a day for each period.
std::string scenario_of(const std::filesystem::path& file) {
  std::ifstream stream(file);
  std::map<int, std::string> tasks, after;
  std::string line, crews;
  enum { head, precedence, requests, availability } part = head;
  while (std::getline(stream, line)) {
    if (line.starts_with("PRECEDENCE")) part = precedence;
    if (line.starts_with("REQUESTS")) part = requests;
    if (line.starts_with("RESOURCEAVAIL")) part = availability;
    const std::vector<int> row = numbers(line);
    if (part == precedence && row.size() >= 3)
      for (std::size_t i = 3; i < row.size(); ++i)
        after[row[i]] += "after { task: 'j" + std::to_string(row[0]) + "' } ";
    if (part == requests && row.size() >= 4) {
      std::string& task = tasks[row[0]];
      task = "elapsed_days { fixed: " + std::to_string(row[2]) + " } ";
      for (std::size_t i = 3; i < row.size(); ++i)
        if (row[i] > 0)
          task += "need { crew: 'r" + std::to_string(i - 2) + "' count: " + std::to_string(row[i]) +
                  " } ";
    }
    if (part == availability)
      for (std::size_t i = 0; i < row.size(); ++i)
        crews += "crew { id: 'r" + std::to_string(i + 1) +
                 "' headcount: " + std::to_string(row[i]) + " } ";
  }
  std::string body;
  for (const auto& [job, task] : tasks)
    body += "task { id: 'j" + std::to_string(job) + "' " + task + after[job] + "} ";
  return crews + campus(body);
}

TEST(Dispatch, PublishedInstancesHaveThePublishedMakespans) {
  if (!std::filesystem::exists(kInstances)) GTEST_SKIP() << kInstances << " is not here";
  const std::map<std::string, std::string> rules{{"LFT", "EARLIEST_LATE_FINISH"},
                                                 {"LST", "EARLIEST_LATE_START"},
                                                 {"MTS", "MOST_SUCCESSORS"},
                                                 {"GRPW", "RANK_POSITIONAL_WEIGHT"},
                                                 {"SPT", "SHORTEST"},
                                                 {"MINSLK", "MINIMUM_SLACK"}};
  std::ifstream expected(kInstances / "expected.csv");
  std::string line;
  std::getline(expected, line);
  if (line.ends_with("\r")) line.pop_back();
  std::vector<std::string> columns;
  std::istringstream head(line);
  for (std::string cell; std::getline(head, cell, ',');) columns.push_back(cell);
  int checked = 0;
  while (std::getline(expected, line)) {
    std::vector<std::string> cells;
    std::istringstream row(line);
    for (std::string cell; std::getline(row, cell, ',');) cells.push_back(cell);
    const std::string body = scenario_of(kInstances / (cells[0] + ".sm"));
    for (std::size_t i = 4; i < columns.size(); ++i) {
      const std::size_t bar = columns[i].find('_');
      const std::string scheme = columns[i].substr(0, bar) == "serial" ? "SERIAL" : "PARALLEL";
      const Model model = make_model(
          parse_scenario("name: 'rcpsp' start: '2025-01-06' horizon: '2035-01-01' dispatch: " +
                         rules.at(columns[i].substr(bar + 1)) + " scheme: " + scheme + " " + body));
      const Timeline timeline = simulate(model, 1, 0);
      des::Time makespan = des::kStart;
      for (const TaskRun& run : timeline.task_runs) makespan = std::max(makespan, run.finish);
      EXPECT_EQ((makespan - des::kStart) / des::kDay, std::stoi(cells[i]))
          << cells[0] << " " << columns[i];
      EXPECT_TRUE(audit(model, timeline).empty()) << cells[0] << " " << columns[i];
      ++checked;
    }
  }
  EXPECT_EQ(checked, 72 * 12);
}

}  // namespace
}  // namespace racked::testing
