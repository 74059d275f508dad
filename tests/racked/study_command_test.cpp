// `racked run --until`, `compare --select`, `sensitivity` and `fixes` as the shell sees them.
#include "command_fixture.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace racked {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;

class StudyCommand : public Command {};

TEST_F(StudyCommand, RunStopsWhenItKnowsEnough) {
  const std::vector<std::string> arguments{"run",           kTwoHalls, "--until",
                                           "first_hall=3d", "--until", "P80 of both_halls=9d"};
  const Outcome outcome = run(arguments);
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("Known at 95 % after "));
  EXPECT_THAT(outcome.out, HasSubstr("P80 of both_halls"));
  EXPECT_LE(widest_line(outcome.out), 100u);

  std::vector<std::string> as_json = arguments;
  as_json.insert(as_json.end(), {"--format", "json", "-j", "3"});
  const Json json = Json::parse(run(as_json).out);
  EXPECT_EQ(json["until"]["met"], true);
  EXPECT_LE(json["until"]["targets"][0]["half_width_days"].get<double>(), 3);
  EXPECT_EQ(json["until"]["replications"], json["replications"]);
  as_json.back() = "1";
  EXPECT_EQ(Json::parse(run(as_json).out), json);
}

TEST_F(StudyCommand, WhatIsNotKnownWellEnoughShowsInTheExitCode) {
  const Outcome outcome = run({"run", kTwoHalls, "--until", "first_hall=1h", "-n", "120"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.out, HasSubstr("NOT the 0.0416667 d asked"));
  EXPECT_EQ(run({"run", kTwoHalls, "--until", "first_hall"}).code, 64);
  const Outcome wrong = run({"run", kTwoHalls, "--until", "first_hal=2d"});
  EXPECT_EQ(wrong.code, 64);
  EXPECT_THAT(wrong.err, HasSubstr("did you mean 'first_hall'?"));
}

TEST_F(StudyCommand, RunUntilKeepsItsResultsAndGoesOnFromThem) {
  const std::vector<std::string> arguments{"run",           kTwoHalls, "--until",
                                           "first_hall=3d", "--out",   path("out")};
  const Outcome first = run(arguments);
  EXPECT_EQ(first.code, 0) << first.err;
  const std::string milestones = read(path("out/milestones.csv"));
  EXPECT_NE(milestones, "");
  EXPECT_EQ(run(arguments).out, first.out);
  EXPECT_EQ(read(path("out/milestones.csv")), milestones);
}

TEST_F(StudyCommand, LuckInBlocksIsToldWithItsOwnIntervals) {
  const Outcome pairs = run({"run", kTwoHalls, "-n", "64", "--luck", "antithetic"});
  EXPECT_EQ(pairs.code, 0) << pairs.err;
  EXPECT_THAT(pairs.out, HasSubstr("in blocks of 2;"));
  EXPECT_THAT(pairs.out, HasSubstr("removed "));
  EXPECT_LE(widest_line(pairs.out), 100u);
  const Outcome quasi = run({"run", kTwoHalls, "-n", "128", "--luck", "quasi", "-j", "1"});
  EXPECT_EQ(quasi.code, 0) << quasi.err;
  EXPECT_EQ(run({"run", kTwoHalls, "-n", "128", "--luck", "quasi", "-j", "3"}).out, quasi.out);
  EXPECT_EQ(run({"run", kTwoHalls, "--luck", "quasi", "--until", "first_hall=9d"}).code, 64);
}

TEST_F(StudyCommand, SelectsTheBestVariant) {
  const std::string file = std::string(RACKED_SOURCE_DIR) + "/docs/examples/compare.textproto";
  const Outcome outcome = run({"compare", file, "--select", "best", "--milestone", "both_halls",
                               "--indifference", "6d", "--out", path("out")});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("Selected: "));
  EXPECT_LE(widest_line(outcome.out), 100u);
  EXPECT_EQ(Json::parse(read(path("out/selection.json")))["decided"], true);
  EXPECT_EQ(run({"compare", file, "--select", "best"}).code, 64);
  EXPECT_EQ(run({"compare", file, "--select", "best", "--milestone", "both_halls", "--indifference",
                 "1h", "-n", "25"})
                .code,
            1);
}

TEST_F(StudyCommand, TellsWhatDrivesAMilestone) {
  for (const std::string method : {"tornado", "morris", "sobol"}) {
    const Outcome outcome = run({"sensitivity", kTwoHalls, "--milestone", "both_halls", "--method",
                                 method, "-n", "8", "--out", path(method)});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_THAT(outcome.out, HasSubstr("task[shell].work_days"));
    EXPECT_LE(widest_line(outcome.out), 100u) << outcome.out;
    EXPECT_EQ(Json::parse(read(path(method + "/sensitivity.json")))["method"], method);
    EXPECT_THAT(read(path(method + "/sensitivity.csv")),
                HasSubstr(",risk_driver[equipment_market],"));
  }
  EXPECT_EQ(run({"sensitivity", kTwoHalls}).code, 64);
  EXPECT_EQ(run({"sensitivity", kTwoHalls, "--milestone", "m"}).code, 64);
  EXPECT_EQ(run({"sensitivity", kTwoHalls, "--milestone", "m", "--set", "horizon=x"}).code, 2);
}

TEST_F(StudyCommand, TellsWhichFixBuysTheMostDays) {
  const Outcome outcome = run({"fixes", kTwoHalls, "--milestone", "first_hall", "-n", "20",
                               "--shorter", "25%", "--out", path("out")});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("times 25 % shorter"));
  EXPECT_LE(widest_line(outcome.out), 100u) << outcome.out;
  const Json json = Json::parse(read(path("out/fixes.json")));
  const auto& fixes = json["fixes"];
  ASSERT_GE(fixes.size(), 3u);
  for (std::size_t i = 1; i < fixes.size(); ++i)
    EXPECT_GE(fixes[i - 1]["days_gained"].get<double>(), fixes[i]["days_gained"].get<double>());
  // What a fix changes is written so that it can be compared.
  const Outcome again = run({"compare", kTwoHalls, "-n", "20", "--format", "json", "--variant",
                             "fix:" + fixes[0]["change"].get<std::string>()});
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_NEAR(Json::parse(again.out)["differences"][0]["difference_days"].get<double>(),
              -fixes[0]["days_gained"].get<double>(), 1e-9);
  EXPECT_EQ(run({"fixes", kTwoHalls, "--milestone", "first_hall", "--shorter", "much"}).code, 64);
  EXPECT_EQ(run({"fixes", kTwoHalls, "--milestone", "first_hall", "--shorter", "1"}).code, 64);
}

}  // namespace
}  // namespace racked
