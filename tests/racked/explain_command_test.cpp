// `racked explain` as the shell sees it; its dates and floats are tested with the other commands.
#include "command_fixture.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace racked {
namespace {

using ::testing::HasSubstr;

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
