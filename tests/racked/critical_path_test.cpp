#include <racked/critical_path.h>

#include "scenario_text.h"

#include <places.h>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

namespace racked::testing {
namespace {

// Monday to Friday, 08:00 to 12:00 and 13:00 to 17:00: work ends at 17:00 and lasts 8 h a day.
const char* const kOffice =
    "calendar { id: 'office' shift { from: '08:00' hours: 4 } shift { from: '13:00' hours: 4 } } ";

std::string work(const std::string& id, double days, const std::string& more = "") {
  return "task { id: '" + id + "' work_days { fixed: " + std::to_string(days) + " } " + more +
         " } ";
}

des::Time at(int day, int hour) { return des::kStart + day * des::kDay + hour * des::kHour; }

struct Planned {
  Model model;
  CriticalPath path;
  explicit Planned(const std::string& body) : model(model_of(body)), path(critical_path(model)) {}
  const PlannedTask& operator[](const std::string& name) const {
    return path.tasks[find(model.tasks, "c." + name).index()];
  }
};

TEST(CriticalPath, FloatIsWhatAShorterBranchHasLeft) {
  // a 5 → b 3 → d; a → e 1 → d: e may wait two working days.
  const Planned plan(kOffice + campus("calendar: 'office' " + work("a", 5) +
                                      work("b", 3, "after { task: 'a' }") +
                                      work("e", 1, "after { task: 'a' }") +
                                      work("d", 1, "after { task: 'b' } after { task: 'e' }")));
  EXPECT_EQ(plan["a"].early_start, at(0, 8));
  EXPECT_EQ(plan["a"].early_finish, at(4, 17));  // Friday
  EXPECT_EQ(plan["b"].early_start, at(7, 8));    // Monday
  EXPECT_EQ(plan["e"].early_finish, at(7, 17));
  EXPECT_EQ(plan["e"].late_start, at(9, 8));  // Wednesday, the last day of b
  EXPECT_EQ(plan["e"].late_finish, at(9, 17));
  EXPECT_EQ(plan["e"].total_float, 16 * des::kHour);
  EXPECT_EQ(plan["e"].free_float, 16 * des::kHour);
  EXPECT_FALSE(plan["e"].critical);
  EXPECT_TRUE(plan["d"].critical);
  EXPECT_EQ(plan.path.finish, at(10, 17));
  ASSERT_EQ(plan.path.longest.size(), 3u);
  EXPECT_EQ(plan.model.tasks[plan.path.longest[1]].name, "c.b");
}

TEST(CriticalPath, FreeFloatIsLessThanTotalFloatOnAChain) {
  // x 1 → y 1 beside a 5: both may slip three days together; x alone none without moving y.
  const Planned plan(
      campus("task { id: 'a' elapsed_days { fixed: 5 } } "
             "task { id: 'x' elapsed_days { fixed: 1 } } "
             "task { id: 'y' elapsed_days { fixed: 1 } after { task: 'x' } }"));
  EXPECT_EQ(plan["x"].total_float, 3 * des::kDay);
  EXPECT_EQ(plan["x"].free_float, des::Duration::zero());
  EXPECT_EQ(plan["y"].free_float, 3 * des::kDay);
}

TEST(CriticalPath, LeadsAndLagsOfAllFourKindsMoveDates) {
  // a lasts 10 days. FS −3: b starts on day 7. SS +2: d starts on day 2. FF +1: e (4) finishes on
  // day 11, so starts on day 7. SF +12: f (5) finishes on day 12, so starts on day 7.
  const auto days = [](const std::string& id, int length, const std::string& more) {
    return "task { id: '" + id + "' elapsed_days { fixed: " + std::to_string(length) + " } " +
           more + " } ";
  };
  const Planned plan(
      campus(days("a", 10, "") + days("b", 1, "after { task: 'a' lag_elapsed_days: -3 }") +
             days("d", 1, "after { task: 'a' type: START_START lag_elapsed_days: 2 }") +
             days("e", 4, "after { task: 'a' type: FINISH_FINISH lag_elapsed_days: 1 }") +
             days("f", 5, "after { task: 'a' type: START_FINISH lag_elapsed_days: 12 }")));
  EXPECT_EQ(plan["b"].early_start, day(7));
  EXPECT_EQ(plan["d"].early_start, day(2));
  EXPECT_EQ(plan["e"].early_start, day(7));
  EXPECT_EQ(plan["e"].early_finish, day(11));
  EXPECT_EQ(plan["f"].early_start, day(7));
  EXPECT_EQ(plan["f"].early_finish, day(12));
  // The plan ends on day 12; the tail of a: e must finish by day 12, so a by day 11; f by a's
  // start.
  EXPECT_EQ(plan["a"].late_finish, day(10));  // f must finish on day 12 = a's start + 12
  EXPECT_EQ(plan["a"].total_float, des::Duration::zero());
  EXPECT_EQ(plan["e"].total_float, des::kDay);
}

TEST(CriticalPath, WaitsForEquipmentAndEnergisation) {
  // The order placed when design ends on day 4 arrives in two lots on days 24 and 34; build needs a
  // piece more than the first lot. The feeder comes alive on day 50.
  const Planned plan(
      "equipment { id: 'chiller' lead_time_days { fixed: 20 } } " +
      campus(
          "order { id: 'o' equipment: 'chiller' count: 4 lots: 2 lot_spacing_days: 10 } "
          "feeder { id: 'f' capacity_mw: 1 energised { date: '2025-02-25' } } "
          "task { id: 'design' elapsed_days { fixed: 4 } effect { order: 'o' } } "
          "task { id: 'build' elapsed_days { fixed: 2 } need { equipment: 'chiller' count: 3 } } "
          "task { id: 'test' elapsed_days { fixed: 1 } after { task: 'build' } "
          "       need { energised: 'f' } }"));
  EXPECT_EQ(plan["build"].early_start, day(34));
  EXPECT_EQ(plan["test"].early_start, day(50));
  // Late: test starts on day 50, so build ends then: starts on day 48; design ends 30 days before.
  EXPECT_EQ(plan["build"].late_start, day(48));
  EXPECT_EQ(plan["design"].late_finish, day(18));
}

TEST(CriticalPath, EarlyDatesAreThoseOfASimulationWithoutShortages) {
  const Model model = model_of(
      kOffice + campus("calendar: 'office' " + work("a", 3.5) +
                       work("b", 2.25, "after { task: 'a' lag_work_days: 1.5 }") +
                       work("d", 4, "after { task: 'a' type: START_START lag_work_days: 1 }") +
                       work("e", 1,
                            "after { task: 'd' lag_elapsed_days: 3 } after { task: 'b' "
                            "lag_work_days: -1 }")));
  const CriticalPath path = critical_path(model);
  const Timeline timeline = simulate(model, 1, 0);
  for (const TaskRun& run : timeline.task_runs) {
    EXPECT_EQ(path.tasks[run.task.index()].early_start, run.start) << model.tasks[run.task].name;
    EXPECT_EQ(path.tasks[run.task.index()].early_finish, run.finish) << model.tasks[run.task].name;
  }
}

TEST(CriticalPath, ALoopOfOverlappingTasksIsStretchedNotRefused) {
  const Planned plan(
      campus("task { id: 'a' elapsed_days { fixed: 2 } after { task: 'b' type: FINISH_FINISH } } "
             "task { id: 'b' elapsed_days { fixed: 6 } after { task: 'a' type: START_START } }"));
  EXPECT_EQ(plan["a"].early_start, day(0));
  EXPECT_EQ(plan["a"].early_finish, day(6));
}

TEST(CriticalPath, APlanBeyondTheHorizonHasNoEarlyDatesThere) {
  const Planned plan(kOffice + campus("calendar: 'office' " + work("a", 300) +
                                      work("b", 10, "after { task: 'a' }")));
  EXPECT_EQ(plan["a"].early_start, at(0, 8));
  EXPECT_EQ(plan["a"].early_finish, des::kNever);
  EXPECT_EQ(plan["b"].early_start, des::kNever);
}

// Cases computed by Primavera P6 23.12, where they are present.

const std::filesystem::path kCases = RACKED_SOURCE_DIR "/../shared/verification/cpm_calendars";

class PrimaveraCase : public ::testing::TestWithParam<std::string> {};

std::string quoted(const std::string& text) { return "'" + text + "'"; }

// Day 0 lies a week of work before the project, for late dates may.
std::string scenario_of(const nlohmann::json& input) {
  static const char* const kDays[] = {"",         "MONDAY", "TUESDAY",  "WEDNESDAY",
                                      "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"};
  std::string text = "name: 'p6' start: '2025-12-29' horizon: '2027-01-01' status_date: '" +
                     std::string(input["opts"]["dataDate"]) + "' ";
  for (const auto& [id, calendar] : input["opts"]["cal_map"].items()) {
    text += "calendar { id: " + quoted(id);
    for (const int day : calendar["work_days"]) text += std::string(" working_day: ") + kDays[day];
    for (const std::string day : calendar["holidays"]) text += " holiday: " + quoted(day);
    text += " shift { from: '08:00' hours: 4 } shift { from: '13:00' hours: 4 } } ";
  }
  std::map<std::string, std::string> links;
  const std::map<std::string, std::string> types{{"FS", "FINISH_START"},
                                                 {"SS", "START_START"},
                                                 {"FF", "FINISH_FINISH"},
                                                 {"SF", "START_FINISH"}};
  for (const auto& link : input["relationships"])
    links[link["to_code"]] += "after { task: " + quoted(link["from_code"]) +
                              " type: " + types.at(link["type"]) +
                              " lag_work_days: " + link["lag_days"].dump() + " } ";
  text += "campus { id: 'c' ";
  for (const auto& task : input["activities"]) {
    const std::string code = task["code"];
    text += "task { id: " + quoted(code) + " calendar: " + quoted(task["clndr_id"]) +
            " work_days { fixed: " + task["duration_days"].dump() +
            " } not_before: " + quoted(input["opts"]["dataDate"]) + " " + links[code];
    // "Finish on or before" a day means by its 00:00 in that tool when the day names no hour.
    if (task.contains("constraint")) text += "finish_by: " + quoted(task["constraint"]["date"]);
    text += "} ";
  }
  text += "} ";
  for (const auto& task : input["activities"])
    if (task.contains("actual_start"))
      text += "actual { task: 'c." + std::string(task["code"]) +
              "' started: " + quoted(task["actual_start"]) +
              " remaining_days: " + task["remaining_duration"].dump() + " } ";
  return text;
}

std::string stamp(const Model& model, des::Time time) {
  const Date date = date_of(time, model.start);
  const auto hour = (time - time_of(date, model.start)) / des::kHour;
  return iso_date(date) + (hour < 10 ? " 0" : " ") + std::to_string(hour) + ":00:00";
}

TEST_P(PrimaveraCase, DatesAndFloatsAgree) {
  const std::filesystem::path folder = kCases / GetParam();
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << folder << " is not here";
  std::ifstream input_file(folder / "input.json");
  const Model model = make_model(parse_scenario(scenario_of(nlohmann::json::parse(input_file))));
  const CriticalPath path = critical_path(model);

  std::ifstream expected(folder / "expected_p6.csv");
  std::string line;
  std::getline(expected, line);
  int rows = 0;
  for (; std::getline(expected, line); ++rows) {
    std::vector<std::string> cells;
    std::istringstream row(line);
    for (std::string cell; std::getline(row, cell, ',');) cells.push_back(cell);
    const PlannedTask& task = path.tasks[find(model.tasks, "c." + cells[0]).index()];
    // A trailing A marks what is actual; that tool tells the first working hour of the day.
    const bool actual = cells[1].ends_with(" A");
    const auto shown_start = [&](des::Time time) {
      return actual ? stamp(model, time + 8 * des::kHour) + " A" : stamp(model, time);
    };
    EXPECT_EQ(shown_start(task.early_start), cells[1]) << line;
    EXPECT_EQ(stamp(model, task.early_finish), cells[2]) << line;
    EXPECT_EQ(shown_start(task.late_start), cells[3]) << line;
    EXPECT_EQ(stamp(model, task.late_finish), cells[4]) << line;
    EXPECT_EQ(task.total_float / (8 * des::kHour), std::stoi(cells[5])) << line;
    EXPECT_EQ(task.free_float / (8 * des::kHour), std::stoi(cells[6])) << line;
  }
  EXPECT_GE(rows, 2);
}

INSTANTIATE_TEST_SUITE_P(Published, PrimaveraCase,
                         ::testing::Values("01-fs-chain", "02-ss-with-lag", "03-ff-with-lag",
                                           "05-negative-float", "06-multiple-calendars",
                                           "08-in-progress-retained-logic"));

}  // namespace
}  // namespace racked::testing
