// `racked explain` as the shell sees it; its dates and floats are tested with the other commands.
#include "command_fixture.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace racked {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ExplainCommand : public Command {};

TEST_F(ExplainCommand, TellsAMilestoneInWords) {
  const Outcome outcome = run({"explain", kTwoHalls, "--milestone", "both_halls", "-n", "40"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.err, "");
  for (const char* text :
       {"All 2,880 chips usable", "Critical chain of the median replication, ",
        "a rack of gpu_rack took ", "On the critical chains", "by the flow",
        "risk driver equipment_market", "What would have to be true for P50", "power  "})
    EXPECT_THAT(outcome.out, HasSubstr(text));
  EXPECT_LE(widest_line(outcome.out), 100u);
}

TEST_F(ExplainCommand, PutsItIntoTheReport) {
  ASSERT_EQ(run({"run", kTwoHalls, "-n", "20", "--seed", "3", "-o", path("out"), "--set",
                 "campus[example].feeder[utility].energised.date=2025-09-01"})
                .code,
            0);
  const std::string before = read(folder_ / "out/report.html");
  EXPECT_THAT(before, Not(HasSubstr("What would have to be true")));
  // As the page says it: the scenario in the folder has the edit in it.
  const Outcome outcome = run({"explain", path("out/scenario.textproto"), "-m", "both_halls", "-n",
                               "0:20", "--seed", "3", "-o", path("out")});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  const std::string page = read(folder_ / "out/report.html");
  EXPECT_THAT(page, HasSubstr("What would have to be true for P50"));
  EXPECT_EQ(nlohmann::json::parse(read(folder_ / "out/explanation_both_halls.json"))["milestone"],
            "both_halls");
  // It stays, as long as the results do.
  ASSERT_EQ(run({"report", path("out")}).code, 0);
  EXPECT_EQ(read(folder_ / "out/report.html"), page);
  // What is of other luck or another scenario has no place there.
  const auto refused = [&](const std::string& scenario, const char* seed) {
    const Outcome other = run(
        {"explain", scenario, "-m", "both_halls", "-n", "5", "--seed", seed, "-o", path("out")});
    EXPECT_EQ(other.code, 64);
    EXPECT_THAT(other.err, HasSubstr("holds results of"));
  };
  refused(path("out/scenario.textproto"), "4");
  refused(kTwoHalls, "3");
}

TEST_F(ExplainCommand, SaysTheSameFromAnyNumberOfThreads) {
  const auto with = [&](const char* threads) {
    return run({"explain", kTwoHalls, "-m", "first_hall", "-n", "20", "--format", "json", "-j",
                threads})
        .out;
  };
  const std::string one = with("1");
  EXPECT_EQ(one, with("3"));
  const auto json = nlohmann::json::parse(one);
  EXPECT_EQ(json["milestone"], "first_hall");
  EXPECT_EQ(json["median"]["reached"], json["p50"]);
  // The chain has no gaps.
  const auto& chain = json["median"]["chain"];
  ASSERT_GE(chain.size(), 2u);
  for (std::size_t i = 1; i < chain.size(); ++i) EXPECT_EQ(chain[i]["from"], chain[i - 1]["to"]);
  EXPECT_EQ(chain.back()["to"], json["p50"]);
}

TEST_F(ExplainCommand, AMilestoneThatDoesNotExistIsLocated) {
  const Outcome near = run({"explain", kTwoHalls, "--milestone", "frist_hall"});
  EXPECT_EQ(near.code, 2);
  EXPECT_THAT(near.err, HasSubstr("two_halls.textproto:"));
  EXPECT_THAT(near.err, HasSubstr("milestone: there is no milestone 'frist_hall'; did you mean "
                                  "'first_hall'?"));
  EXPECT_THAT(run({"explain", kTwoHalls, "--milestone", "x"}).err,
              HasSubstr("there is first_hall, both_halls"));
}

TEST_F(ExplainCommand, WantsToKnowWhatToExplain) {
  EXPECT_EQ(run({"explain", kTwoHalls}).code, 64);
  EXPECT_EQ(run({"explain", kTwoHalls, "--cpm", "--milestone", "first_hall"}).code, 64);
  EXPECT_EQ(run({"explain", kTwoHalls, "-m", "first_hall", "-n", "0"}).code, 64);
}

}  // namespace
}  // namespace racked
