#include <racked/variants.h>

#include "scenario_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace racked {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> changes(const Variant& variant) {
  std::vector<std::string> all;
  for (const Edit& edit : variant.edits) all.push_back(edit.path + "=" + edit.value);
  return all;
}

std::vector<std::vector<std::string>> all_changes(const ExperimentFile& file) {
  std::vector<std::vector<std::string>> all;
  for (const Variant& variant : file.variants) all.push_back(changes(variant));
  return all;
}

std::string problems(const ExperimentFile& file) {
  std::string text;
  for (const Problem& problem : file.problems) text += to_string(problem) + "\n";
  return text;
}

TEST(Variants, AreWrittenOnTheCommandLine) {
  const Variant one = parse_variant("late:crew[a].headcount=5,campus[c].title='x, y'");
  EXPECT_EQ(one.name, "late");
  EXPECT_THAT(changes(one), ElementsAre("crew[a].headcount=5", "campus[c].title='x, y'"));
  const Variant braces = parse_variant("b:task[t].work_days={ pert { min: 1, max: 3 } },x=[1, 2]");
  EXPECT_THAT(changes(braces),
              ElementsAre("task[t].work_days={ pert { min: 1, max: 3 } }", "x=[1, 2]"));
  EXPECT_EQ(parse_variant("dir/fast.v2.textproto").name, "fast");
  EXPECT_EQ(parse_variant("slow:dir/fast.textproto").name, "slow");
  EXPECT_EQ(parse_variant("slow:dir/fast.textproto").overlays.front(), "dir/fast.textproto");
  for (const char* wrong : {"", "a=b", ":a=b", "baseline:a=b", "x:=b", "x:a=1,b"})
    EXPECT_THROW(parse_variant(wrong), std::invalid_argument) << wrong;
}

TEST(Variants, AreReadFromAnExperiment) {
  const ExperimentFile file = parse_experiment(R"(
    scenario: "s.textproto" set: "horizon=2027-01-01"
    variant { id: "a" title: "A" set: "crew[x].headcount=2" overlay: "o.textproto" }
    variant { id: "b" set: "crew[x].headcount=3" })",
                                               "folder/e.textproto");
  EXPECT_THAT(file.problems, IsEmpty());
  EXPECT_EQ(file.scenario, "folder/s.textproto");
  ASSERT_EQ(file.variants.size(), 2u);
  EXPECT_EQ(file.variants[0].title, "A");
  EXPECT_THAT(file.variants[0].overlays, ElementsAre("folder/o.textproto"));
  EXPECT_THAT(all_changes(file),
              ElementsAre(ElementsAre("crew[x].headcount=2"), ElementsAre("crew[x].headcount=3")));
  EXPECT_EQ(file.variants[1].edits[0].place.line, 4);
  EXPECT_EQ(file.edits.size(), 1u);
}

TEST(Variants, AGridHasEveryCombination) {
  const ExperimentFile file = parse_experiment(R"(
    design { id: "g" factor { path: "a" min: 1 max: 2 levels: 2 } factor { path: "b" value: "x" value: "y" } })");
  EXPECT_EQ(problems(file), "");
  EXPECT_THAT(all_changes(file), ElementsAre(ElementsAre("a=1", "b=x"), ElementsAre("a=1", "b=y"),
                                             ElementsAre("a=2", "b=x"), ElementsAre("a=2", "b=y")));
  EXPECT_EQ(file.variants[0].name, "g_1");
  EXPECT_EQ(file.variants[3].title, "a 2, b y");
}

TEST(Variants, OneAtATimeLeavesTheOthersAlone) {
  const ExperimentFile file = parse_experiment(R"(
    design { id: "o" kind: ONE_AT_A_TIME factor { path: "a" min: 1 max: 2 } factor { path: "b" value: "7" } })");
  EXPECT_EQ(problems(file), "");
  EXPECT_THAT(all_changes(file), ElementsAre(ElementsAre("a=1"), ElementsAre("a=1.5"),
                                             ElementsAre("a=2"), ElementsAre("b=7")));
}

// Eight points over [0, 8): one in each unit, of either sampled design; whole numbers 1 … 4 twice.
TEST(Variants, SampledDesignsFillTheRange) {
  for (const std::string kind : {"LATIN_HYPERCUBE", "SOBOL"}) {
    const ExperimentFile file =
        parse_experiment("design { id: 'd' kind: " + kind +
                         " points: 8 factor { path: 'a' min: 0 max: 8 }"
                         " factor { path: 'n' min: 1 max: 4 whole: true } }");
    ASSERT_EQ(file.variants.size(), 8u);
    std::multiset<int> units, whole;
    for (const Variant& variant : file.variants) {
      units.insert(static_cast<int>(std::stod(variant.edits[0].value)));
      whole.insert(std::stoi(variant.edits[1].value));
    }
    EXPECT_THAT(units, ElementsAre(0, 1, 2, 3, 4, 5, 6, 7)) << kind;
    EXPECT_THAT(whole, ElementsAre(1, 1, 2, 2, 3, 3, 4, 4)) << kind;
  }
}

TEST(Variants, EverythingWrongIsToldAtItsPlace) {
  const ExperimentFile file = parse_experiment(R"(
variant { id: "a" set: "no equals sign" }
variant { id: "baseline" }
variant { id: "b" sets: "x=1" }
variant { id: "a" }
design { id: "d" kind: SOBOL factor { path: "x" min: 3 max: 1 } }
design { id: "e" kind: SOBOL factor { path: "x" max: 1 min: 0 } }
design { id: "f" factor { path: "x" } }
)",
                                               "e");
  const std::string told = problems(file);
  EXPECT_THAT(told, HasSubstr("e:2:19: variant[a].set[0]: 'no equals sign' is not of the form"));
  EXPECT_THAT(told, HasSubstr("variant[baseline]: may not be called 'baseline'"));
  EXPECT_THAT(told, HasSubstr("did you mean 'set'?"));
  EXPECT_THAT(told, HasSubstr("'a' is taken since line 2"));
  EXPECT_THAT(told, HasSubstr("e:6:30: design[d].factor[0]: min 3 is above max 1"));
  EXPECT_THAT(told, HasSubstr("design[e].points: is missing"));
  EXPECT_THAT(told, HasSubstr("design[f].factor[0]: give exactly one of value or max"));
}

TEST(Variants, ADesignOfTooManyPointsIsRefused) {
  EXPECT_THAT(
      problems(parse_experiment("design { id: 'd' factor { path: 'a' min: 0 max: 1 levels: 101 }"
                                " factor { path: 'b' min: 0 max: 1 levels: 100 } }")),
      HasSubstr("design[d]: makes more than 10000 variants"));
}

TEST(Variants, AnEditThatFitsNoFieldIsToldWithTheVariantsName) {
  const ScenarioFile baseline = testing::year_2025("crew { id: 'a' headcount: 4 }");
  EXPECT_EQ(apply_variant(baseline, parse_variant("more:crew[a].headcount=6"))
                .scenario.crew(0)
                .headcount(),
            6);
  const ScenarioFile wrong = apply_variant(baseline, parse_variant("more:crew[a].headcont=6"));
  ASSERT_EQ(wrong.problems.size(), 1u);
  EXPECT_EQ(to_string(wrong.problems[0]),
            "--variant: crew[a].headcont: crew[a] has no field 'headcont'; did you mean "
            "'headcount'? (variant 'more')");
}

}  // namespace
}  // namespace racked
