// `racked compare` as the shell sees it.
#include "command_fixture.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace racked {
namespace {

using ::testing::HasSubstr;

class CompareCommand : public Command {};

const std::string kLate = "late:equipment[transformer].lead_time_days=220";

TEST_F(CompareCommand, PrintsATableForPeople) {
  const Outcome outcome = run({"compare", kTwoHalls, "--variant", kLate, "--variant",
                               "hands:crew[electricians].headcount=60", "-n", "40"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.err, "");
  EXPECT_THAT(outcome.out, HasSubstr("40 replications, seed 0"));
  EXPECT_THAT(outcome.out, HasSubstr("First 1,440 chips usable\n  baseline: mean 2025-"));
  EXPECT_THAT(outcome.out, HasSubstr("  late  "));
  EXPECT_THAT(outcome.out, HasSubstr("by 2025-07-01"));
  EXPECT_LE(widest_line(outcome.out), 100u);
}

TEST_F(CompareCommand, SaysTheSameFromAnyNumberOfThreads) {
  const auto with = [&](const char* threads) {
    return run({"compare", kTwoHalls, "--variant", kLate, "-n", "40", "--format", "json", "-j",
                threads})
        .out;
  };
  const std::string one = with("1");
  EXPECT_EQ(one, with("2"));
  EXPECT_EQ(one, with("8"));
  EXPECT_LT(nlohmann::json::parse(one)["differences"][0]["baseline_mean_days"].get<double>(), 400);
}

TEST_F(CompareCommand, TheExampleExperimentRunsAndIsKept) {
  const std::string file = std::string(RACKED_SOURCE_DIR) + "/docs/examples/compare.textproto";
  const Outcome outcome = run({"compare", file, "-n", "20", "--out", path("out")});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("people_9"));
  const auto json = nlohmann::json::parse(read(path("out/comparison.json")));
  EXPECT_EQ(json["variants"].size(), 13u);     // with the baseline
  EXPECT_EQ(json["differences"].size(), 24u);  // of two milestones
  EXPECT_THAT(read(path("out/variants.csv")), HasSubstr(",people_1,"));
  // A header, and 13 variants × 20 replications × 2 milestones.
  const std::string times = read(path("out/comparison_times.csv"));
  EXPECT_EQ(std::count(times.begin(), times.end(), '\n'), 521);
  EXPECT_THAT(read(path("out/comparison_by.csv")), HasSubstr(",2025-07-01,"));
  EXPECT_THAT(read(path("out/comparison.csv")), HasSubstr(",more_hands,"));
}

TEST_F(CompareCommand, TakesVariantsFromAFileOfThemAndOverlays) {
  write("more.textproto", "variant { id: 'one' set: 'crew[technicians].headcount=20' }");
  write("shift.textproto", "crew { id: 'technicians' headcount: 20 }");
  const Outcome outcome =
      run({"compare", kTwoHalls, "--variant", path("more.textproto"), "--variant",
           path("shift.textproto"), "-n", "10", "--format", "json"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  const auto json = nlohmann::json::parse(outcome.out);
  EXPECT_EQ(json["variants"][1]["name"], "one");
  EXPECT_EQ(json["variants"][2]["name"], "shift");
  // The same change by either way.
  EXPECT_EQ(json["variants"][1]["scenario_hash"], json["variants"][2]["scenario_hash"]);
  EXPECT_EQ(json["differences"][0]["difference_days"], json["differences"][1]["difference_days"]);
}

TEST_F(CompareCommand, TellsProblemsAtTheirPlaces) {
  const std::string file = write("e.textproto", "scenario: '" + kTwoHalls +
                                                    "'\nvariant {\n  id: 'a'\n"
                                                    "  set: 'crew[electricans].headcount=5'\n}\n");
  Outcome outcome = run({"compare", file});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.err, HasSubstr("e.textproto:4:3: crew[electricans].headcount: crew has no "
                                     "element 'electricans'; did you mean 'electricians'? "
                                     "(variant 'a')"));
  outcome = run({"compare", write("f.textproto", "variant { id: 'a' sett: 'x=1' }")});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("f.textproto:1:19: variant[a].sett"));
}

TEST_F(CompareCommand, RefusesWhatMakesNoSense) {
  EXPECT_EQ(run({"compare", kTwoHalls}).code, 64);
  EXPECT_EQ(run({"compare", kTwoHalls, "--variant", "a:=1"}).code, 64);
  EXPECT_EQ(run({"compare", kTwoHalls, "--variant", kLate, "--variant", kLate}).code, 64);
  EXPECT_EQ(run({"compare", write("v.textproto", "variant { id: 'a' }")}).code, 64);
  EXPECT_EQ(run({"compare", path("missing"), "--variant", kLate}).code, 74);
  EXPECT_EQ(run({"compare", kTwoHalls, "--variant", "missing.textproto"}).code, 74);
}

}  // namespace
}  // namespace racked
