// Many replications: the same bytes whatever the threads, the split and the neighbours.
#include <racked/experiment.h>

#include "scenario_text.h"
#include <racked/simulation.h>

#include <places.h>

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>

namespace racked {
namespace {

namespace fs = std::filesystem;

Model two_halls() {
  return make_model(
      read_scenario(std::string(RACKED_SOURCE_DIR) + "/docs/scenarios/two_halls.textproto"));
}

ExperimentOptions replications(std::uint64_t first, std::uint64_t last, unsigned threads = 1) {
  ExperimentOptions options;
  options.seed = 11;
  options.first = first;
  options.last = last;
  options.threads = threads;
  return options;
}

/// Every file that results are written to, by name.
std::map<std::string, std::string> files_of(const Results& results) {
  const fs::path directory =
      fs::temp_directory_path() / ("racked_files_" + std::to_string(::getpid()));
  fs::remove_all(directory);
  write_results(results, directory);
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::directory_iterator(directory)) {
    std::ifstream in(entry.path(), std::ios::binary);
    files[entry.path().filename()] = {std::istreambuf_iterator<char>(in),
                                      std::istreambuf_iterator<char>()};
  }
  fs::remove_all(directory);
  return files;
}

TEST(Experiment, GivesTheSameBytesFromAnyNumberOfThreads) {
  const Model model = two_halls();
  const auto one = files_of(run(model, replications(0, 60)));
  EXPECT_EQ(one.size(), 10u);
  EXPECT_EQ(files_of(run(model, replications(0, 60, 2))), one);
  EXPECT_EQ(files_of(run(model, replications(0, 60, 8))), one);
  EXPECT_EQ(files_of(run(model, replications(0, 60, 0))), one);
}

TEST(Experiment, SplitAndMergedIsTheWholeByteForByte) {
  const Model model = two_halls();
  const auto whole = files_of(run(model, replications(0, 60)));
  const Results a = run(model, replications(0, 23)), b = run(model, replications(23, 24, 2)),
                c = run(model, replications(24, 60, 2));
  EXPECT_EQ(files_of(merge({a, b, c})), whole);
  EXPECT_EQ(files_of(merge({c, a, b})), whole);
  EXPECT_EQ(files_of(merge({b, merge({c, a})})), whole);
}

TEST(Experiment, AReplicationAloneIsTheOneInTheBatch) {
  const Model model = two_halls();
  const Results batch = run(model, replications(0, 10));
  const Results alone = run(model, replications(7, 8));
  ASSERT_EQ(alone.rows(), 1u);
  EXPECT_EQ(alone.replications[0], 7u);
  EXPECT_EQ(alone.events[0], batch.events[7]);
  for (std::size_t i = 0; i < batch.milestones.size(); ++i)
    EXPECT_EQ(alone.reached[i], batch.reached[7 * batch.milestones.size() + i]);
  std::vector<std::int64_t> samples, its_samples;
  alone.samples.read_row(0, samples);
  batch.samples.read_row(7, its_samples);
  EXPECT_EQ(samples, its_samples);

  const Timeline timeline = simulate(model, 11, 7);
  EXPECT_EQ(alone.reached[0], timeline.milestones[0].at);
  EXPECT_EQ(alone.charges[0], timeline.charges[0][0]);
  EXPECT_EQ(alone.events[0], timeline.events);
}

TEST(Experiment, ReplicationsAndSeedsDiffer) {
  const Model model = two_halls();
  const Results results = run(model, replications(0, 20));
  std::set<des::Time> times;
  for (std::size_t row = 0; row < results.rows(); ++row)
    times.insert(results.reached[row * results.milestones.size()]);
  EXPECT_GT(times.size(), 15u);
  ExperimentOptions other = replications(0, 20);
  other.seed = 12;
  EXPECT_NE(run(model, other).reached, results.reached);
}

// Failures.

TEST(Experiment, IsolatesAReplicationThatFails) {
  const Model model = two_halls();
  for (const unsigned threads : {1u, 3u}) {
    ExperimentOptions options = replications(5, 25, threads);
    options.examine = [](const Timeline& timeline) {
      if (timeline.replication == 9) throw std::runtime_error("nine is out of luck");
      if (timeline.replication == 24) throw 24;
    };
    const Results results = run(model, options);
    EXPECT_EQ(results.rows(), 18u);
    ASSERT_EQ(results.failures.size(), 2u);
    EXPECT_EQ(results.failures[0].replication, 9u);
    EXPECT_EQ(results.failures[0].message, "nine is out of luck");
    EXPECT_EQ(results.failures[1].replication, 24u);
    EXPECT_EQ(replication_ranges(results), "5:25");

    // The others are as if nothing had happened.
    const Results before = run(model, replications(5, 9)), after = run(model, replications(10, 24));
    Results rest = results;
    rest.failures.clear();
    EXPECT_EQ(files_of(rest), files_of(merge({before, after})));
  }
}

TEST(Experiment, ThatFailsThroughoutHasNoRows) {
  ExperimentOptions options = replications(0, 5, 2);
  options.examine = [](const Timeline&) { throw std::runtime_error("no"); };
  const Results results = run(two_halls(), options);
  EXPECT_EQ(results.rows(), 0u);
  EXPECT_EQ(results.failures.size(), 5u);
  EXPECT_TRUE(results.causes.empty());
}

TEST(Experiment, AuditFindsNothingInTheTeachingExample) {
  ExperimentOptions options = replications(0, 10, 2);
  options.audit = true;
  const Results results = run(two_halls(), options);
  EXPECT_EQ(results.rows(), 10u);
  for (const auto& failure : results.failures) ADD_FAILURE() << failure.message;
}

TEST(Experiment, EveryTimelineIsExaminedOnce) {
  std::atomic<std::uint64_t> sum{0};
  ExperimentOptions options = replications(1, 101, 4);
  options.examine = [&](const Timeline& timeline) { sum += timeline.replication; };
  run(two_halls(), options);
  EXPECT_EQ(sum, 100u * 101 / 2);
}

// Progress and stopping.

TEST(Experiment, TellsOfItsEnd) {
  Progress last;
  ExperimentOptions options = replications(0, 12, 2);
  options.on_progress = [&](const Progress& progress) {
    last = progress;
    return true;
  };
  const Results results = run(two_halls(), options);
  EXPECT_EQ(last.done, 12u);
  EXPECT_EQ(last.total, 12u);
  EXPECT_EQ(last.failed, 0u);
  std::uint64_t events = 0;
  for (const std::uint64_t count : results.events) events += count;
  EXPECT_EQ(last.events, events);
}

// Slow enough for progress to be asked for long before the end.
void take_a_while(const Timeline&) { std::this_thread::sleep_for(std::chrono::milliseconds(10)); }

TEST(Experiment, StoppedKeepsTheFirstReplicationsWithoutGaps) {
  const Model model = two_halls();
  ExperimentOptions options = replications(100, 1100, 3);
  options.examine = take_a_while;
  options.on_progress = [](const Progress&) { return false; };
  const Results results = run(model, options);
  ASSERT_GT(results.rows(), 0u);
  ASSERT_LT(results.rows(), 1000u);
  const std::uint64_t end = 100 + results.rows();
  EXPECT_EQ(replication_ranges(results), "100:" + std::to_string(end));

  // What is done and the rest make the whole.
  const Results rest = run(model, replications(end, end + 10));
  EXPECT_EQ(files_of(merge({results, rest})), files_of(run(model, replications(100, end + 10))));
}

TEST(Experiment, StopsWhenAStopIsAskedFor) {
  std::stop_source stop;
  ExperimentOptions options = replications(0, 1000, 2);
  options.stop = stop.get_token();
  options.examine = [&](const Timeline& timeline) {
    if (timeline.replication == 5) stop.request_stop();
  };
  const Results results = run(two_halls(), options);
  // Those under way with the fifth are finished, no others begun.
  EXPECT_GE(results.rows(), 6u);
  EXPECT_LT(results.rows(), 1000u);
  EXPECT_EQ(replication_ranges(results), "0:" + std::to_string(results.rows()));
}

TEST(Experiment, WhatOnProgressThrowsLeavesIt) {
  ExperimentOptions options = replications(0, 1000, 2);
  options.examine = take_a_while;
  options.on_progress = [](const Progress&) -> bool { throw std::runtime_error("enough"); };
  EXPECT_THROW(run(two_halls(), options), std::runtime_error);
}

TEST(Experiment, IsToldOfProgressByOneThreadAtATime) {
  std::atomic<int> inside{0};
  bool alone = true;
  ExperimentOptions options = replications(0, 100, 4);
  options.examine = take_a_while;
  options.on_progress = [&](const Progress&) {
    alone = alone && ++inside == 1;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    --inside;
    return true;
  };
  run(two_halls(), options);
  EXPECT_TRUE(alone);
}

// Limits.

TEST(Experiment, WithoutReplicationsIsRefused) {
  EXPECT_THROW(run(two_halls(), replications(5, 5)), std::invalid_argument);
  EXPECT_THROW(run(two_halls(), replications(5, 4)), std::invalid_argument);
}

TEST(Experiment, BeyondItsMemoryIsRefusedBeforeAnythingIsAllocated) {
  const Model model = two_halls();
  EXPECT_THROW(run(model, replications(0, 1'000'000'000'000)), std::length_error);
  EXPECT_THROW(run(model, replications(0, ~std::uint64_t{0})), std::length_error);
  const std::uint64_t fit = kMostResultBytes / bytes_per_replication(make_results(model, 0));
  EXPECT_THROW(run(model, replications(0, fit + 1)), std::length_error);
}

// What is counted.

TEST(Experiment, SumsTheElementsOfTheCriticalChain) {
  const Model model = testing::model_of(
      testing::campus("task { id: 'a' elapsed_days { fixed: 3 } }"
                      "task { id: 'b' elapsed_days { fixed: 4.5 } after { task: 'a' } }"
                      "task { id: 'c' elapsed_days { fixed: 5 } }") +
      "milestone { id: 'done' task: 'c.b' }");
  const Results results = run(model, replications(0, 10, 2));
  // a takes days 0 to 3, b 3 to 7.5, in each of ten replications; c is on nobody's way.
  ASSERT_EQ(results.causes.size(), 2u);
  EXPECT_EQ(results.causes[0].name, "c.a");
  EXPECT_EQ(results.causes[0].replications, 10u);
  EXPECT_EQ(results.causes[0].seconds, 10 * 3 * 86'400);
  EXPECT_EQ(results.causes[1].name, "c.b");
  EXPECT_EQ(results.causes[1].seconds, 10 * 9 * 43'200);
}

TEST(Experiment, TellsWhatNeverCame) {
  const Model model = testing::model_of(
      "equipment { id: 'transformer' lead_time_days { fixed: 4000 } }" +
      testing::campus(
          "order { id: 'late' equipment: 'transformer' placed: '2025-01-06' }"
          "task { id: 'install' elapsed_days { fixed: 3 } need { equipment: 'transformer' } }"
          "task { id: 'after' elapsed_days { fixed: 3 } after { task: 'install' } }") +
      "milestone { id: 'done' task: 'c.after' }");
  const Results results = run(model, replications(0, 6, 2));
  EXPECT_EQ(summarise(results, 0).reached, 0);
  EXPECT_TRUE(results.causes.empty());
  ASSERT_EQ(results.waits.size(), 2u);
  EXPECT_EQ(results.waits[0].waiter, "c.after");
  EXPECT_EQ(results.waits[0].for_kind, "task");
  EXPECT_EQ(results.waits[0].for_name, "c.install");
  EXPECT_EQ(results.waits[1].waiter, "c.install");
  EXPECT_EQ(results.waits[1].for_kind, "goods");
  EXPECT_EQ(results.waits[1].for_name, "c.transformer");
  EXPECT_EQ(results.waits[1].replications, 6u);
}

}  // namespace
}  // namespace racked
