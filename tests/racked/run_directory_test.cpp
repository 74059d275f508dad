// A run that is cut off goes on from what it kept; what is damaged is found; strangers are refused.
#include <racked/run_directory.h>

#include "scenario_text.h"

#include <racked/experiment.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <system_error>

namespace racked {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class RunDirectoryTest : public ::testing::Test {
 protected:
  RunDirectoryTest() {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::temp_directory_path() /
              (std::string("racked_run_") + test->name() + "_" + std::to_string(::getpid()));
    fs::remove_all(folder_);
    out_ = folder_ / "out";
    options_.seed = 3;
    options_.last = 40;
    options_.threads = 2;
  }
  ~RunDirectoryTest() override { fs::remove_all(folder_); }

  Results frame() const { return make_results(model_, options_); }
  Asked asked() const {
    return {options_.first, options_.last, options_.audit, options_.most_sample_bytes};
  }

  static std::string read(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  static void write(const fs::path& file, const std::string& bytes) {
    std::ofstream(file, std::ios::binary) << bytes;
  }
  static std::map<std::string, std::string> files(const fs::path& folder) {
    std::map<std::string, std::string> all;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
      if (entry.is_regular_file()) all[fs::relative(entry.path(), folder)] = read(entry.path());
    return all;
  }

  /// What one run leaves that nothing disturbs.
  std::map<std::string, std::string> undisturbed() const {
    write_results(run(model_, options_), folder_ / "undisturbed");
    return files(folder_ / "undisturbed");
  }

  /// Keeps these replications, one block each, as a run would that is killed then.
  void keep(std::uint64_t first, std::uint64_t last) {
    RunDirectory directory(out_, frame(), asked());
    for (std::uint64_t i = first; i < last; ++i) {
      ExperimentOptions one = options_;
      one.first = i;
      one.last = i + 1;
      directory.keep(run(model_, one));
    }
  }

  /// Runs to the end in out_, and which replications it ran to get there.
  std::set<std::uint64_t> go_on() {
    std::set<std::uint64_t> ran;
    std::mutex mutex;
    ExperimentOptions options = options_;
    options.examine = [&](const Timeline& timeline) {
      const std::lock_guard lock(mutex);
      ran.insert(timeline.replication);
      if (options_.examine) options_.examine(timeline);
    };
    RunDirectory directory(out_, frame(), asked());
    remarks_ = directory.remarks();
    directory.finish(run(model_, options, directory));
    return ran;
  }

  std::string refusal() {
    try {
      RunDirectory directory(out_, frame(), asked());
    } catch (const std::exception& error) {
      return error.what();
    }
    return "taken";
  }

  fs::path folder_, out_;
  Model model_ = testing::model_of(
      testing::campus("task { id: 'a' elapsed_days { triangular { min: 1 mode: 3 max: 9 } } }") +
      "milestone { id: 'done' task: 'c.a' }");
  ExperimentOptions options_;
  std::vector<std::string> remarks_;
};

std::set<std::uint64_t> numbers(std::uint64_t first, std::uint64_t last) {
  std::set<std::uint64_t> all;
  for (; first < last; ++first) all.insert(first);
  return all;
}

TEST_F(RunDirectoryTest, LeavesExactlyTheFilesOfOneRun) {
  EXPECT_EQ(go_on(), numbers(0, 40));
  EXPECT_EQ(files(out_), undisturbed());
  EXPECT_FALSE(fs::exists(out_ / "parts"));
}

TEST_F(RunDirectoryTest, GoesOnFromWhatWasKept) {
  keep(0, 5);
  keep(5, 11);
  keep(20, 22);
  std::set<std::uint64_t> left = numbers(11, 20);
  left.merge(numbers(22, 40));
  EXPECT_EQ(go_on(), left);
  EXPECT_TRUE(remarks_.empty());
  EXPECT_EQ(files(out_), undisturbed());
}

TEST_F(RunDirectoryTest, HasNothingToRunWhenAllIsDone) {
  go_on();
  fs::remove(out_ / "bands.csv");
  EXPECT_TRUE(go_on().empty());
  EXPECT_EQ(files(out_), undisturbed());
}

TEST_F(RunDirectoryTest, RunsOnlyWhatIsAskedForBesides) {
  options_.last = 15;
  go_on();
  options_.last = 40;
  EXPECT_EQ(go_on(), numbers(15, 40));
  EXPECT_EQ(files(out_), undisturbed());
}

// Killed between the results and the end of the parts: both hold the same.
TEST_F(RunDirectoryTest, TakesNothingTwiceWhenPartsOutlastTheResults) {
  keep(0, 40);
  fs::copy(out_ / "parts", folder_ / "parts");
  EXPECT_TRUE(go_on().empty());
  fs::copy(folder_ / "parts", out_ / "parts");
  EXPECT_TRUE(go_on().empty());
  EXPECT_EQ(files(out_), undisturbed());
}

TEST_F(RunDirectoryTest, FailuresAreKeptAndNotTriedAgain) {
  options_.examine = [](const Timeline& timeline) {
    if (timeline.replication % 7 == 3) throw std::runtime_error("out of luck");
  };
  keep(0, 12);
  std::set<std::uint64_t> ran = go_on();
  EXPECT_EQ(ran, numbers(12, 40));
  EXPECT_EQ(files(out_), undisturbed());
  EXPECT_EQ(read_results(out_).failures.size(), 6u);  // 3, 10, 17, 24, 31, 38
}

// With more replications than there is room for, bands come from sketches: the same from any number
// of threads, from parts, and when it went on.
TEST_F(RunDirectoryTest, SketchesAreTheSameHoweverTheRunWent) {
  options_.most_sample_bytes = 30 * sample_bytes_per_replication(frame());
  const auto expected = undisturbed();
  ASSERT_TRUE(read_results(folder_ / "undisturbed").sketch);
  keep(3, 9);
  EXPECT_EQ(go_on().size(), 34u);
  EXPECT_EQ(files(out_), expected);

  ExperimentOptions first = options_, second = options_;
  first.last = second.first = 25;
  second.threads = 1;
  const Results a = run(model_, first), b = run(model_, second);
  EXPECT_FALSE(a.sketch);
  write_results(merge({b, a}, options_.most_sample_bytes), folder_ / "merged");
  EXPECT_EQ(files(folder_ / "merged"), expected);
}

// Damage.

// Whatever byte is turned over: it is told, and only that block is run again.
TEST_F(RunDirectoryTest, NamesADamagedBlockAndRunsItAgain) {
  keep(0, 6);
  const fs::path part = out_ / "parts/000001.binpb";
  const std::string whole = read(part);
  const auto expected = undisturbed();
  const std::size_t length = whole.size() / 6;
  for (std::size_t at = 0; at < whole.size(); at += whole.size() / 25 + 1) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    fs::remove_all(out_);
    fs::create_directories(out_ / "parts");
    write(part, damaged);
    const std::set<std::uint64_t> ran = go_on();
    ASSERT_EQ(remarks_.size(), 1u) << at;
    EXPECT_THAT(remarks_[0], HasSubstr("parts/000001.binpb, byte "));
    // The block that it lies in; the lengths of blocks differ by a few bytes.
    ASSERT_EQ(ran.size(), 35u) << at;
    EXPECT_NEAR(static_cast<double>(*ran.begin()), static_cast<double>(at / length), 1.01) << at;
    EXPECT_EQ(files(out_), expected) << at;
  }
}

TEST_F(RunDirectoryTest, APartCutShortAnywhereCostsItsLastBlock) {
  keep(0, 4);
  const fs::path part = out_ / "parts/000001.binpb";
  const std::string whole = read(part);
  const auto expected = undisturbed();
  for (std::size_t left = 0; left < whole.size(); left += whole.size() / 20 + 1) {
    fs::remove_all(out_);
    fs::create_directories(out_ / "parts");
    write(part, whole.substr(0, left));
    const std::size_t kept = 40 - go_on().size();
    EXPECT_LE(kept, left * 4 / whole.size() + 1) << left;
    EXPECT_GE(kept + 1, left * 4 / whole.size()) << left;
    EXPECT_EQ(files(out_), expected) << left;
  }
}

TEST_F(RunDirectoryTest, RubbishIsNotTakenForAPart) {
  fs::create_directories(out_ / "parts");
  write(out_ / "parts/000001.binpb", std::string(5000, '\n') + "name: \"no part\"");
  EXPECT_EQ(go_on(), numbers(0, 40));
  EXPECT_EQ(remarks_.size(), 1u);
  EXPECT_EQ(files(out_), undisturbed());
}

TEST_F(RunDirectoryTest, LeavesAloneWhatItDidNotWrite) {
  fs::create_directories(out_ / "parts");
  write(out_ / "notes.txt", "mine");
  write(out_ / "parts/notes.txt", "mine, too");
  keep(0, 3);
  go_on();
  EXPECT_EQ(read(out_ / "notes.txt"), "mine");
  EXPECT_EQ(read(out_ / "parts/notes.txt"), "mine, too");
  EXPECT_EQ(files(out_).size(), undisturbed().size() + 2);
}

// Who is refused.

TEST_F(RunDirectoryTest, RefusesPartsOfAnotherSeedVersionOrScenario) {
  keep(0, 3);
  options_.seed = 4;
  EXPECT_THAT(refusal(), HasSubstr("parts/000001.binpb is of another run: it differs in the seed: "
                                   "3 and 4"));
  options_.seed = 3;
  model_.hash += 1;
  EXPECT_THAT(refusal(), HasSubstr("the content of the scenario"));
  model_.hash -= 1;
  Results other = frame();
  other.version = "9.9.9";
  EXPECT_THROW(RunDirectory(out_, other, asked()), std::invalid_argument);
  options_.audit = true;
  EXPECT_THAT(refusal(), HasSubstr("it was not audited"));
  options_.audit = false;
  EXPECT_EQ(refusal(), "taken");
}

TEST_F(RunDirectoryTest, ThrowsNothingAwayThatIsNotAskedFor) {
  keep(10, 14);
  options_.last = 13;
  EXPECT_THAT(refusal(), HasSubstr("holds replications 10:14, and 0:13 leaves some of them out"));
  options_.last = 40;
  go_on();
  options_.first = 1;
  EXPECT_THAT(refusal(), HasSubstr("holds replications 0:40, and 1:40 leaves"));
}

TEST_F(RunDirectoryTest, IsForOneAtATime) {
  {
    RunDirectory first(out_, frame(), asked());
    EXPECT_THAT(refusal(), HasSubstr("is in use by process " + std::to_string(::getpid())));
    EXPECT_THROW(write_results(run(model_, options_), out_), std::system_error);
  }
  EXPECT_EQ(refusal(), "taken");
}

TEST_F(RunDirectoryTest, IsNotOverwrittenByAMergeNorReadAsResultsBeforeItsEnd) {
  keep(0, 3);
  EXPECT_THROW(write_results(run(model_, options_), out_), std::invalid_argument);
  EXPECT_THROW(read_results(out_), std::invalid_argument);
}

// The audit is not seen in results, so that who asks for it gets it.
TEST_F(RunDirectoryTest, ResultsAreAuditedWhenTheAuditIsAskedFor) {
  go_on();
  options_.audit = true;
  EXPECT_EQ(go_on(), numbers(0, 40));
  EXPECT_EQ(files(out_), undisturbed());
}

// What is known may be given without a folder.

TEST_F(RunDirectoryTest, WhatIsDoneMustBelongToTheExperiment) {
  const Results done = run(model_, options_);
  ExperimentOptions options = options_;
  options.done = &done;
  options.last = 39;
  EXPECT_THROW(run(model_, options), std::invalid_argument);
  options.last = 50;
  EXPECT_EQ(replication_ranges(run(model_, options)), "0:50");
  options.seed = 99;
  EXPECT_THROW(run(model_, options), std::invalid_argument);
}

TEST_F(RunDirectoryTest, WhatKeepThrowsStopsTheRunAndLeavesIt) {
  options_.keep = [](const Results&) { throw std::runtime_error("no room"); };
  EXPECT_THROW(run(model_, options_), std::runtime_error);
}

TEST_F(RunDirectoryTest, AllThatFinishedIsKept) {
  std::set<std::uint64_t> kept;
  options_.keep = [&](const Results& finished) {
    for (const std::uint64_t r : finished.replications) EXPECT_TRUE(kept.insert(r).second) << r;
  };
  run(model_, options_);
  EXPECT_EQ(kept, numbers(0, 40));
}

}  // namespace
}  // namespace racked
