// The command as the shell sees it: exit codes, what goes where, what is kept.
#include "command_fixture.h"

#include <racked/results.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

namespace racked {
namespace {

namespace fs = std::filesystem;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// Good.

TEST_F(Command, TellsItsVersionAndHowToUseIt) {
  EXPECT_EQ(run({"--version"}).out, "racked 0.1.0\n");
  EXPECT_EQ(run({"--version"}).code, 0);
  const Outcome help = run({"run", "--help"});
  EXPECT_EQ(help.code, 0);
  for (const char* option : {"--replications", "--seed", "--threads", "--set", "--overlay", "--out",
                             "--audit", "--progress", "--format", "--print-scenario", "Exit codes"})
    EXPECT_THAT(help.out, HasSubstr(option));
}

TEST_F(Command, ExplainPrintsTheCriticalPath) {
  const Outcome table = run({"explain", kTwoHalls, "--cpm"});
  EXPECT_EQ(table.code, 0);
  for (const char* text : {"*example.building.shell ", "2025-04-03 10:20", "Longest path:"})
    EXPECT_THAT(table.out, HasSubstr(text));
  EXPECT_LE(widest_line(table.out), 100u);

  const auto json =
      nlohmann::json::parse(run({"explain", kTwoHalls, "--cpm", "--format", "json", "--set",
                                 "building_design[small_building].task[shell].work_days.fixed=10"})
                                .out);
  EXPECT_EQ(json["tasks"][0]["task"], "example.building.shell");
  EXPECT_EQ(json["tasks"][0]["early_start"], "2025-01-06 07:00");
  // The shell is no longer what the plan hangs on, but the transformer of the electrical room.
  EXPECT_EQ(json["tasks"][0]["critical"], false);
  EXPECT_EQ(json["longest_path"][0], "example.building.electrical_room");
  EXPECT_EQ(run({"explain", kTwoHalls}).code, 64);
  EXPECT_EQ(run({"explain", kTwoHalls, "--cpm", "--set", "horizon=never"}).code, 2);
}

TEST_F(Command, RunBranchesOnADate) {
  const auto p50 = [&](std::vector<std::string> more) {
    std::vector<std::string> arguments{"run",      kTwoHalls, "-n",         "20",
                                       "--format", "json",    "--progress", "none"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return nlohmann::json::parse(outcome.out)["milestones"][0]["p50"].get<std::string>();
  };
  const std::string slow = "building_design[small_building].task[fit_out_1].work_days.fixed=90";
  const std::string plain = p50({});
  EXPECT_EQ(p50({"--branch-at", "2025-02-01"}), plain);
  EXPECT_GT(p50({"--branch-at", "2025-02-01", "--set", slow}), plain);
  // Too late to change anything.
  EXPECT_EQ(p50({"--branch-at", "2025-12-01", "--set", slow}), plain);
  const Outcome other = run({"run", kTwoHalls, "--branch-at", "2025-02-01", "--set",
                             "building_design[small_building].hall[hall_1].racks=30"});
  EXPECT_EQ(other.code, 64);
  EXPECT_THAT(other.err, HasSubstr("positions of halls differ"));
}

TEST_F(Command, RunPrintsATableForPeople) {
  const Outcome outcome = run({"run", kTwoHalls, "--replications", "50", "--progress", "none"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.err, "");
  for (const char* text :
       {"First 1,440 chips usable", "P50", "power", "Critical chain", "by 2025-07-01"})
    EXPECT_THAT(outcome.out, HasSubstr(text));
  EXPECT_LE(widest_line(outcome.out), 100u);
}

TEST_F(Command, RunPrintsTheSummaryAsJson) {
  const Outcome outcome =
      run({"run", kTwoHalls, "-n", "20", "--seed", "3", "--format", "json", "--out", path("out")});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(nlohmann::json::parse(outcome.out).at("seed"), 3);
  EXPECT_EQ(outcome.out, read(folder_ / "out/summary.json"));
}

TEST_F(Command, SaysTheSameFromAnyNumberOfThreads) {
  const Outcome one = run({"run", kTwoHalls, "-n", "40", "--threads", "1"});
  EXPECT_EQ(run({"run", kTwoHalls, "-n", "40", "--threads", "3"}).out, one.out);
}

TEST_F(Command, ProgressAsJsonIsOneObjectALine) {
  const Outcome outcome = run({"run", kTwoHalls, "-n", "30", "--progress", "json"});
  std::istringstream lines(outcome.err);
  std::string line, last;
  while (std::getline(lines, line)) {
    EXPECT_TRUE(nlohmann::json::accept(line)) << line;
    last = line;
  }
  ASSERT_NE(last, "");
  EXPECT_EQ(nlohmann::json::parse(last).at("done"), 30);
  EXPECT_EQ(nlohmann::json::parse(last).at("total"), 30);
}

TEST_F(Command, MergedPartsAreTheWholeByteForByte) {
  ASSERT_EQ(run({"run", kTwoHalls, "-n", "0:30", "-o", path("whole")}).code, 0);
  ASSERT_EQ(run({"run", kTwoHalls, "-n", "0:7", "-o", path("a")}).code, 0);
  ASSERT_EQ(run({"run", kTwoHalls, "-n", "7:20", "-o", path("b")}).code, 0);
  ASSERT_EQ(run({"run", kTwoHalls, "-n", "20:30", "-o", path("c")}).code, 0);
  const Outcome merged = run({"merge", path("c"), path("a"), path("b"), "-o", path("merged")});
  EXPECT_EQ(merged.code, 0);
  std::size_t files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder_ / "whole")) {
    if (!entry.is_regular_file()) continue;
    const fs::path name = fs::relative(entry.path(), folder_ / "whole");
    EXPECT_EQ(read(folder_ / "merged" / name), read(entry.path())) << name;
    ++files;
  }
  EXPECT_EQ(files, 10u + 1u + 11u);  // tables and the scenario, the page, its charts
}

TEST_F(Command, ReportsOnResultsAndPutsThemSideBySide) {
  ASSERT_EQ(run({"run", kTwoHalls, "-n", "10", "-o", path("a")}).code, 0);
  const std::string page = read(folder_ / "a/report.html");
  EXPECT_THAT(page, HasSubstr("Two halls of twenty racks"));
  fs::remove(folder_ / "a/report.html");
  const Outcome again = run({"report", path("a")});
  EXPECT_EQ(again.code, 0);
  EXPECT_EQ(again.out, path("a/report.html") + "\n");
  EXPECT_EQ(read(folder_ / "a/report.html"), page);
  ASSERT_EQ(run({"run", kTwoHalls, "-n", "10", "-o", path("b"), "--set",
                 "campus[example].feeder[utility].energised.date=2025-09-01"})
                .code,
            0);
  const Outcome both = run({"report", path("a"), path("b"), "-o", path("c")});
  EXPECT_EQ(both.code, 0);
  EXPECT_EQ(both.out, path("c/comparison.html") + "\n");
  EXPECT_THAT(read(folder_ / "c/comparison.html"), HasSubstr("Replication by replication"));
  EXPECT_EQ(run({"report", path("nowhere")}).code, 74);
}

TEST_F(Command, SetChangesTheScenario) {
  const Outcome outcome = run({"run", kTwoHalls, "-n", "5", "--format", "json", "--set",
                               "name=\"other\"", "--set", "title=\"Changed\""});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(nlohmann::json::parse(outcome.out).at("scenario"), "other");
  EXPECT_EQ(nlohmann::json::parse(outcome.out).at("title"), "Changed");
}

TEST_F(Command, OverlaysAreMergedOverTheScenario) {
  const std::string overlay = write("overlay.textproto", "title: \"From above\"");
  const Outcome outcome =
      run({"run", kTwoHalls, "-n", "5", "--format", "json", "--overlay", overlay});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(nlohmann::json::parse(outcome.out).at("title"), "From above");
}

TEST_F(Command, ThePrintedScenarioIsOneThatRunsTheSame) {
  const Outcome printed = run({"run", kTwoHalls, "--set", "title=\"Changed\"", "--print-scenario"});
  EXPECT_EQ(printed.code, 0);
  const std::string file = write("printed.textproto", printed.out);
  EXPECT_EQ(
      run({"run", file, "-n", "5", "--format", "json"}).out,
      run({"run", kTwoHalls, "--set", "title=\"Changed\"", "-n", "5", "--format", "json"}).out);
}

TEST_F(Command, CheckTellsWhatAGoodScenarioHolds) {
  const Outcome outcome = run({"check", kTwoHalls});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.out, HasSubstr("two_halls.textproto: good; 1 campus, 1 building"));
  EXPECT_EQ(outcome.err, "");
}

TEST_F(Command, SchemaPrintsTheFormat) {
  const Outcome outcome = run({"schema"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.out, HasSubstr("message Scenario {"));
}

// Bad scenarios: 2.

TEST_F(Command, TellsEveryProblemOfAScenarioOneALine) {
  const std::string bad =
      write("bad.textproto", "name: \"bad\"\nstart: \"2025-02-30\"\nhorizon: \"2026-01-01\"\n");
  for (const char* verb : {"check", "run"}) {
    const Outcome outcome = run({verb, bad});
    EXPECT_EQ(outcome.code, 2) << verb;
    EXPECT_THAT(outcome.err, HasSubstr(bad + ":2:"));  // the date that does not exist
    EXPECT_THAT(outcome.err, HasSubstr("campus"));     // none
    EXPECT_THAT(outcome.err, EndsWith(" problems\n"));
    EXPECT_EQ(outcome.out, "");
  }
}

TEST_F(Command, CheckGoesOnAfterABadScenario) {
  const std::string bad = write("bad.textproto", "name: \"bad\"\n");
  const Outcome outcome = run({"check", bad, kTwoHalls});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.out, HasSubstr("good"));
  EXPECT_EQ(run({"check", bad, path("missing"), kTwoHalls}).code, 74);
}

// Usage: 64.

TEST_F(Command, RefusesOptionsThatMakeNoSense) {
  const std::vector<std::vector<std::string>> wrong = {
      {},
      {"fly"},
      {"run"},
      {"check"},
      {"merge", "a"},
      {"run", kTwoHalls, "--frob"},
      {"run", kTwoHalls, "--replications", "0"},
      {"run", kTwoHalls, "--replications", "7:7"},
      {"run", kTwoHalls, "--replications", "-3"},
      {"run", kTwoHalls, "--replications", "many"},
      {"run", kTwoHalls, "--seed", "-1"},
      {"run", kTwoHalls, "--threads", "0"},
      {"run", kTwoHalls, "--threads", "9999"},
      {"run", kTwoHalls, "--format", "xml"},
      {"run", kTwoHalls, "--progress", "loud"},
      {"run", kTwoHalls, "--set", "nothing"},
  };
  for (const auto& arguments : wrong) {
    const Outcome outcome = run(arguments);
    std::string all;
    for (const std::string& argument : arguments) all += argument + " ";
    EXPECT_EQ(outcome.code, 64) << all;
    EXPECT_THAT(outcome.err, StartsWith("racked: ")) << all;
    EXPECT_EQ(outcome.out, "") << all;
  }
}

TEST_F(Command, RefusesMoreReplicationsThanMemoryHolds) {
  const Outcome outcome = run({"run", kTwoHalls, "--replications", "1000000000000"});
  EXPECT_EQ(outcome.code, 64);
  EXPECT_THAT(outcome.err, HasSubstr("at most"));
}

TEST_F(Command, DoesNotOverwriteOtherResults) {
  ASSERT_EQ(run({"run", kTwoHalls, "-n", "5", "-o", path("out")}).code, 0);
  const std::string before = read(folder_ / "out/results.binpb");
  const Outcome other = run({"run", kTwoHalls, "-n", "5", "--seed", "9", "-o", path("out")});
  EXPECT_EQ(other.code, 64);
  EXPECT_THAT(other.err, HasSubstr("the seed: 0 and 9"));
  EXPECT_EQ(read(folder_ / "out/results.binpb"), before);
  // The same inputs may be run again.
  EXPECT_EQ(run({"run", kTwoHalls, "-n", "6", "-o", path("out")}).code, 0);
}

TEST_F(Command, RefusesToMergeWhatDoesNotBelongTogether) {
  ASSERT_EQ(run({"run", kTwoHalls, "-n", "5", "-o", path("a")}).code, 0);
  ASSERT_EQ(run({"run", kTwoHalls, "-n", "5:9", "--seed", "1", "-o", path("b")}).code, 0);
  EXPECT_EQ(run({"merge", path("a"), path("b"), "-o", path("c")}).code, 64);
  EXPECT_EQ(run({"merge", path("a"), path("a"), "-o", path("c")}).code, 64);
  EXPECT_FALSE(fs::exists(folder_ / "c"));
  write("a/results.binpb", "garbage");
  EXPECT_EQ(run({"merge", path("a"), "-o", path("c")}).code, 64);
}

// A failed replication: 70.

TEST_F(Command, TellsOfFailedReplicationsInItsExitCode) {
  ASSERT_EQ(run({"run", kTwoHalls, "-n", "5", "-o", path("a")}).code, 0);
  Results results = read_results(folder_ / "a");
  results.failures = {{5, "out of luck"}};
  write_results(results, folder_ / "a");
  const Outcome outcome = run({"merge", path("a"), "-o", path("b")});
  EXPECT_EQ(outcome.code, 70);
  EXPECT_THAT(outcome.out, HasSubstr("1 replication failed"));
  EXPECT_EQ(
      nlohmann::json::parse(read(folder_ / "b/summary.json")).at("failed").at(0).at("message"),
      "out of luck");
}

// Files: 74.

TEST_F(Command, NamesFilesThatCannotBeRead) {
  for (const char* verb : {"run", "check"}) {
    const Outcome outcome = run({verb, path("missing.textproto")});
    EXPECT_EQ(outcome.code, 74);
    EXPECT_THAT(outcome.err, HasSubstr("missing.textproto"));
  }
  EXPECT_EQ(run({"merge", path("missing"), "-o", path("c")}).code, 74);
}

TEST_F(Command, NamesFoldersThatCannotBeWritten) {
  write("file", "");
  const Outcome outcome = run({"run", kTwoHalls, "-n", "5", "-o", path("file/out")});
  EXPECT_EQ(outcome.code, 74);
  EXPECT_THAT(outcome.err, HasSubstr("file/out"));
  EXPECT_EQ(outcome.out, "");
}

TEST_F(Command, PrintsWhatItComputedWhenTheFolderFailsLater) {
  fs::create_directories(folder_ / "out");
  ASSERT_EQ(run({"run", kTwoHalls, "-n", "5", "-o", path("out")}).code, 0);
  fs::remove(folder_ / "out/waits.csv");
  fs::create_directories(folder_ / "out/waits.csv/in_the_way");
  const Outcome outcome = run({"run", kTwoHalls, "-n", "5", "-o", path("out")});
  EXPECT_EQ(outcome.code, 74);
  EXPECT_THAT(outcome.err, HasSubstr("waits.csv"));
  EXPECT_THAT(outcome.out, HasSubstr("P50"));
}

TEST_F(Command, NoticesAFullDisk) {
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "there is no /dev/full";
  const Outcome outcome = run({"run", kTwoHalls, "-n", "5"}, "/dev/full");
  EXPECT_EQ(outcome.code, 74);
  EXPECT_THAT(outcome.err, HasSubstr("standard output"));
}

TEST_F(Command, NoticesAClosedPipe) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  ::close(ends[0]);
  const int err = open_for_writing(path("stderr"));
  EXPECT_EQ(exit_code(start({"run", kTwoHalls, "-n", "5"}, ends[1], err)), 74);
  ::close(ends[1]);
  ::close(err);
  EXPECT_THAT(read(folder_ / "stderr"), HasSubstr("standard output"));
}

// Ctrl-C: 130.

TEST_F(Command, KeepsWhatIsDoneWhenInterrupted) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const int out = open_for_writing(path("stdout"));
  const pid_t child = start(
      {"run", kTwoHalls, "-n", "300000", "--progress", "json", "-o", path("out")}, out, ends[1]);
  ::close(ends[1]);
  // The first line of progress says that it is on its way.
  std::FILE* err = ::fdopen(ends[0], "r");
  char line[4096];
  ASSERT_NE(std::fgets(line, sizeof line, err), nullptr);
  ASSERT_THAT(line, StartsWith("{"));
  ::kill(child, SIGINT);
  std::string rest;
  while (std::fgets(line, sizeof line, err) != nullptr) rest += line;
  std::fclose(err);
  ::close(out);
  EXPECT_EQ(exit_code(child), 130);

  const Results kept = read_results(folder_ / "out");
  ASSERT_GT(kept.rows(), 0u);
  ASSERT_LT(kept.rows(), 300000u);
  const std::string end = std::to_string(kept.rows());
  EXPECT_EQ(replication_ranges(kept), "0:" + end);
  EXPECT_THAT(rest, HasSubstr("--replications " + end + ":300000"));
}

}  // namespace
}  // namespace racked
