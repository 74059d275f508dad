// Results as a value: statistics worked by hand, merging, files. No simulation here.
#include <racked/results.h>

#include <racked/files.h>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

namespace racked {
namespace {

namespace fs = std::filesystem;

constexpr Date kMonday = std::chrono::sys_days(std::chrono::year(2025) / 1 / 6);

des::Time day(double days) { return des::kStart + des::rounded(days, des::kDay); }

constexpr std::size_t index(Charge charge) { return static_cast<std::size_t>(charge); }
constexpr std::size_t index(Series series) { return static_cast<std::size_t>(series); }

/// Two campuses, two milestones, two report dates; no replication yet.
Results empty_results() {
  Results results;
  results.version = "1.2.3";
  results.scenario = "hand_made";
  results.title = "Made by hand";
  results.scenario_hash = 0xabc;
  results.seed = 7;
  results.start = kMonday;
  results.horizon = kMonday + std::chrono::days(100);
  results.milestones = {{"first", "The first", {kMonday + std::chrono::days(5)}, true},
                        {"second", "", {}, false}};
  results.campuses = {"north", "south"};
  results.buildings = {{"south.b1", 1, 640, 1'000'000, kMonday + std::chrono::days(30)}};
  results.report_dates = {kMonday, kMonday + std::chrono::days(50)};
  Observation point;
  point.series = "usable_chips";
  point.date = kMonday;
  point.value = 12.5;
  point.low = point.high = 12.5;
  point.source = "a \"quoted\" source, with a comma";
  results.observations = {point};
  return results;
}

/// One more replication; everything not said is 0.
void add_row(Results& results, std::uint64_t replication, des::Time first, des::Time second,
             std::vector<std::int64_t> samples = std::vector<std::int64_t>(2 * 2 * kSeries)) {
  results.replications.push_back(replication);
  results.events.push_back(10 * replication + 1);
  results.reached.insert(results.reached.end(), {first, second});
  results.charges.resize(results.charges.size() + 2 * kCharges);
  results.samples.append(samples);
  results.stages.resize(results.stages.size() + kStages, kNeverDay);
}

/// Four replications: the first milestone on days 1, 2, 3 and never.
Results four_rows() {
  Results results = empty_results();
  add_row(results, 0, day(2), day(10));
  add_row(results, 1, day(1), day(14));
  add_row(results, 2, des::kNever, des::kNever);
  add_row(results, 3, day(3), des::kNever);
  return results;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// Statistics.

TEST(ResultsStatistics, QuantilesAreTheSmallestValueWhoseShareIsEnough) {
  const Results results = four_rows();
  // Sorted: 1, 2, 3, never. Shares up to each: 1/4, 2/4, 3/4, 4/4.
  EXPECT_EQ(quantile(results, 0, 0.0), day(1));
  EXPECT_EQ(quantile(results, 0, 0.25), day(1));
  EXPECT_EQ(quantile(results, 0, 0.26), day(2));
  EXPECT_EQ(quantile(results, 0, 0.5), day(2));
  EXPECT_EQ(quantile(results, 0, 0.75), day(3));
  EXPECT_EQ(quantile(results, 0, 0.76), des::kNever);
  EXPECT_EQ(quantile(results, 0, 1.0), des::kNever);
}

TEST(ResultsStatistics, TenthsOfWholeNumbersAreExact) {
  // Of n = 10·k values 1 … n the p10 is k, the p50 5·k, the p90 9·k: no rounding of p·n may add
  // one.
  for (const int k : {1, 3, 7, 11, 29}) {
    Results results = empty_results();
    for (int i = 1; i <= 10 * k; ++i)
      add_row(results, static_cast<std::uint64_t>(i), day(i), des::kNever);
    EXPECT_EQ(quantile(results, 0, 0.10), day(k)) << k;
    EXPECT_EQ(quantile(results, 0, 0.50), day(5 * k)) << k;
    EXPECT_EQ(quantile(results, 0, 0.90), day(9 * k)) << k;
  }
}

TEST(ResultsStatistics, MeanAndHalfWidthAreOverThoseThatReachIt) {
  const MilestoneSummary summary = summarise(four_rows(), 1);
  // Days 10 and 14: mean 12, s² = (4 + 4) / 1 = 8, √(8 / 2) = 2, t(0.975, 1) = 12.7062047.
  EXPECT_DOUBLE_EQ(summary.reached, 0.5);
  EXPECT_EQ(summary.reached_count, 2u);
  ASSERT_TRUE(summary.mean_days && summary.mean_half_width_days);
  EXPECT_DOUBLE_EQ(*summary.mean_days, 12);
  EXPECT_NEAR(*summary.mean_half_width_days, 25.4124094, 1e-6);
  EXPECT_EQ(summary.p10, day(10));
  EXPECT_EQ(summary.p50, day(14));
  EXPECT_EQ(summary.p90, des::kNever);
}

TEST(ResultsStatistics, OneValueHasAMeanButNoHalfWidth) {
  Results results = empty_results();
  add_row(results, 0, day(4), des::kNever);
  EXPECT_DOUBLE_EQ(summarise(results, 0).mean_days.value(), 4);
  EXPECT_FALSE(summarise(results, 0).mean_half_width_days);
  EXPECT_FALSE(summarise(results, 1).mean_days);
}

TEST(ResultsStatistics, OfNoReplicationAreEmpty) {
  const Results results = empty_results();
  EXPECT_EQ(quantile(results, 0, 0.5), des::kNever);
  EXPECT_EQ(probability_by(results, 0, kMonday), 0);
  EXPECT_EQ(summarise(results, 0).reached, 0);
  EXPECT_EQ(lost_chip_days(results)[0], 0);
  EXPECT_EQ(bands(results, 0)[0].p50, 0);
  EXPECT_EQ(replication_ranges(results), "none");
}

TEST(ResultsStatistics, StagesHaveQuantilesOfDays) {
  Results results = four_rows();
  // Permitted on days 40, 10 and 30, once never: sorted 10, 30, 40, never.
  const std::int32_t days[] = {40, 10, kNeverDay, 30};
  for (std::size_t row = 0; row < 4; ++row) results.stages[row * kStages] = days[row];
  EXPECT_EQ(stage_quantile(results, 0, Stage::permitted, 0.25), 10);
  EXPECT_EQ(stage_quantile(results, 0, Stage::permitted, 0.5), 30);
  EXPECT_EQ(stage_quantile(results, 0, Stage::permitted, 0.9), kNeverDay);
  EXPECT_EQ(stage_quantile(results, 0, Stage::operational, 0.1), kNeverDay);
  EXPECT_EQ(stage_quantile(empty_results(), 0, Stage::permitted, 0.5), kNeverDay);
  EXPECT_THROW(stage_quantile(results, 1, Stage::permitted, 0.5), std::out_of_range);
  // Day 10 is 2025-01-16, day 30 2025-02-05.
  EXPECT_NE(stages_csv(results).find(",south.b1,permitted,0.75,2025-01-16,2025-02-05,\n"),
            std::string::npos);
}

TEST(ResultsStatistics, StagesHoldThePowerOfTheirBuildings) {
  Results results = four_rows();
  // Report dates are days 0 and 50. One building of 1 MW, permitted on days 49, 50, 51 and never:
  // only what came before 00:00 of day 50 is there, in one of four.
  const std::int32_t days[] = {49, 50, 51, kNeverDay};
  for (std::size_t row = 0; row < 4; ++row) results.stages[row * kStages] = days[row];
  const std::vector<Band> bands = stage_bands(results, Stage::permitted);
  ASSERT_EQ(bands.size(), 2u);
  EXPECT_DOUBLE_EQ(bands[0].mean, 0);
  EXPECT_DOUBLE_EQ(bands[1].mean, 0.25);
  EXPECT_DOUBLE_EQ(bands[1].p50, 0);
  EXPECT_DOUBLE_EQ(bands[1].p90, 1);
  EXPECT_DOUBLE_EQ(stage_bands(results, Stage::permitted, 0)[1].mean, 0);
  EXPECT_DOUBLE_EQ(stage_bands(results, Stage::permitted, 1)[1].mean, 0.25);
}

TEST(ResultsStatistics, ByADayIncludesThatDay) {
  Results results = empty_results();
  add_row(results, 0, day(5.75), des::kNever);  // Saturday the 11th at 18:00
  add_row(results, 1, day(6), des::kNever);     // Sunday the 12th at 00:00
  EXPECT_DOUBLE_EQ(probability_by(results, 0, kMonday + std::chrono::days(4)), 0);
  EXPECT_DOUBLE_EQ(probability_by(results, 0, kMonday + std::chrono::days(5)), 0.5);
  EXPECT_DOUBLE_EQ(probability_by(results, 0, kMonday + std::chrono::days(6)), 1);
}

TEST(ResultsStatistics, LostChipDaysAreMeansOverReplications) {
  Results results = four_rows();
  constexpr ChipTime kChipDay = des::kDay.count();
  const auto charge = [&](std::size_t row, std::size_t campus, Charge what) -> ChipTime& {
    return results.charges[(row * 2 + campus) * kCharges + index(what)];
  };
  charge(0, 0, Charge::power) = 100 * kChipDay;
  charge(3, 0, Charge::power) = 20 * kChipDay;
  charge(3, 1, Charge::power) = 8 * kChipDay;
  charge(1, 1, Charge::repair) = 2 * kChipDay;
  // North 120 / 4, south 8 / 4 and 2 / 4.
  EXPECT_DOUBLE_EQ(lost_chip_days(results, 0)[index(Charge::power)], 30);
  EXPECT_DOUBLE_EQ(lost_chip_days(results, 1)[index(Charge::power)], 2);
  EXPECT_DOUBLE_EQ(lost_chip_days(results)[index(Charge::power)], 32);
  EXPECT_DOUBLE_EQ(lost_chip_days(results)[index(Charge::repair)], 0.5);
  EXPECT_DOUBLE_EQ(lost_chip_days(results)[index(Charge::space)], 0);
}

TEST(ResultsStatistics, ChargesBeyond64BitsAreExact) {
  Results results = empty_results();
  add_row(results, 0, day(1), day(1));
  // A billion chips for a hundred thousand days: 8.64e27 chip-nanoseconds.
  results.charges[0] = static_cast<ChipTime>(1'000'000'000) * 100'000 * des::kDay.count();
  EXPECT_DOUBLE_EQ(lost_chip_days(results)[0], 1e14);
}

TEST(ResultsStatistics, BandsOfAllCampusesAreSumsWithinEachReplication) {
  Results results = empty_results();
  // North 1, 2, 3, 4; south 40, 30, 20, 10; together 41, 32, 23, 14.
  for (std::int64_t row = 0; row < 4; ++row) {
    std::vector<std::int64_t> samples(2 * 2 * kSeries);
    const auto sample = [&](std::size_t campus, Series series) -> std::int64_t& {
      return samples[(2 + campus) * kSeries + index(series)];
    };
    sample(0, Series::usable_chips) = row + 1;
    sample(1, Series::usable_chips) = 40 - 10 * row;
    sample(0, Series::claimed_mw) = 3'120'000;
    add_row(results, static_cast<std::uint64_t>(row), day(1), day(1), samples);
  }
  const Band north = bands(results, 1, 0)[index(Series::usable_chips)];
  EXPECT_EQ(north.p05, 1);
  EXPECT_EQ(north.p25, 1);
  EXPECT_EQ(north.p50, 2);
  EXPECT_EQ(north.p75, 3);
  EXPECT_EQ(north.p95, 4);
  EXPECT_EQ(north.mean, 2.5);
  const Band both = bands(results, 1)[index(Series::usable_chips)];
  EXPECT_EQ(both.p25, 14);
  EXPECT_EQ(both.p50, 23);
  EXPECT_EQ(both.p75, 32);
  EXPECT_EQ(both.mean, 27.5);
  EXPECT_EQ(bands(results, 1, 0)[index(Series::claimed_mw)].p50, 3.12);
  EXPECT_EQ(bands(results, 0)[index(Series::usable_chips)].p95, 0);
}

TEST(ResultsStatistics, OfWhatDoesNotExistAreRefused) {
  const Results results = four_rows();
  EXPECT_THROW(quantile(results, 2, 0.5), std::out_of_range);
  EXPECT_THROW(probability_by(results, 2, kMonday), std::out_of_range);
  EXPECT_THROW(summarise(results, 2), std::out_of_range);
  EXPECT_THROW(lost_chip_days(results, 2), std::out_of_range);
  EXPECT_THROW(bands(results, 2), std::out_of_range);
  EXPECT_THROW(bands(results, 0, 2), std::out_of_range);
}

TEST(ResultsStatistics, MemoryPerReplicationIsAsStated) {
  // 16 + 8·2 milestones + 128·2 campuses + 24·1 building; 224·2 campuses·2 dates
  EXPECT_EQ(bytes_per_replication(empty_results()), 16u + 16u + 256u + 24u);
  EXPECT_EQ(sample_bytes_per_replication(empty_results()), 896u);
}

// Ranges and merging.

TEST(ResultsMerge, RangesTellGapsAndCountFailures) {
  Results results = empty_results();
  for (const std::uint64_t r : {3u, 4u, 7u, 9u}) add_row(results, r, day(1), day(1));
  results.failures = {{5, "broken"}};
  EXPECT_EQ(replication_ranges(results), "3:6 7:8 9:10");
}

Results part_of_hand_made(std::vector<std::uint64_t> replications) {
  Results part = empty_results();
  for (const std::uint64_t r : replications) {
    std::vector<std::int64_t> samples(2 * 2 * kSeries);
    for (std::size_t i = 1; i <= 8; ++i)
      samples[samples.size() - i] = static_cast<std::int64_t>(100 * i + r);
    add_row(part, r, day(static_cast<double>(r)),
            r % 3 == 0 ? des::kNever : day(50 - static_cast<double>(r)), samples);
    part.stages[part.stages.size() - kStages] = static_cast<std::int32_t>(r);
    part.charges.back() = static_cast<ChipTime>(r) << 70;
  }
  const std::uint64_t count = replications.size();
  part.causes = {
      {0, ElementKind::task, 4, "north.roof", count, static_cast<std::int64_t>(count) * 86'400}};
  if (replications.front() == 0) part.causes.push_back({1, ElementKind::plan, 0, "plan", 1, 3'600});
  part.waits = {{true, "hall_1", "power", "utility", count, static_cast<std::int64_t>(5 * count)}};
  if (replications.front() == 4)
    part.waits.insert(part.waits.begin(), {false, "roof", "crew", "welders", 1, 0});
  return part;
}

std::string all_text(const Results& results) {
  return summary_json(results) + milestones_csv(results) + bands_csv(results) +
         observations_csv(results) + causes_csv(results) + waits_csv(results) +
         charges_csv(results) + stages_csv(results);
}

TEST(ResultsMerge, PartsInAnyOrderGiveTheWhole) {
  Results whole = part_of_hand_made({0, 1, 2, 3, 4, 5, 6});
  whole.failures = {{7, "broken"}, {8, "broken, too"}};
  whole.waits.insert(whole.waits.begin(), {false, "roof", "crew", "welders", 1, 0});
  Results a = part_of_hand_made({0, 1}), b = part_of_hand_made({2, 3, 6}),
          c = part_of_hand_made({4, 5});
  a.failures = {{8, "broken, too"}};
  c.failures = {{7, "broken"}};
  EXPECT_EQ(all_text(merge({a, b, c})), all_text(whole));
  EXPECT_EQ(all_text(merge({c, a, b})), all_text(whole));
  EXPECT_EQ(all_text(merge({b, merge({c, a})})), all_text(whole));
  EXPECT_EQ(all_text(merge({whole})), all_text(whole));
}

// Samples of a row take 896 bytes, so that 2700 hold three rows and no more.
TEST(ResultsMerge, MoreRowsThanFitAreCountedInASketchInAnyOrder) {
  const Results a = part_of_hand_made({0, 1}), b = part_of_hand_made({2, 3, 6}),
                c = part_of_hand_made({4, 5});
  EXPECT_FALSE(merge({b}, 2700).sketch);
  const Results whole = merge({a, b, c}, 2700);
  ASSERT_TRUE(whole.sketch);
  EXPECT_EQ(whole.samples.rows(), 0u);
  EXPECT_EQ(whole.rows(), 7u);
  EXPECT_EQ(merge({merge({c, b}, 2700), a}, 2700).sketch, whole.sketch);
  EXPECT_EQ(merge({c, merge({a, b}, 2700)}).sketch, whole.sketch);
  EXPECT_EQ(all_text(merge({c, merge({a, b}, 2700)})), all_text(whole));

  // The largest sample is 806: the bands are those of the rows, but for halves of buckets.
  const Results exact = merge({a, b, c});
  for (const std::optional<std::size_t> campus : {std::optional<std::size_t>(), {0u}, {1u}})
    for (std::size_t date = 0; date < 2; ++date)
      for (std::size_t series = 0; series < kSeries; ++series) {
        const Band is = bands(whole, date, campus)[series],
                   was = bands(exact, date, campus)[series];
        EXPECT_EQ(is.mean, was.mean);
        EXPECT_NEAR(is.p05, was.p05, was.p05 * Sketch::kRelativeError);
        EXPECT_NEAR(is.p50, was.p50, was.p50 * Sketch::kRelativeError);
        EXPECT_NEAR(is.p95, was.p95, was.p95 * Sketch::kRelativeError);
      }
  EXPECT_EQ(milestones_csv(whole), milestones_csv(exact));
  EXPECT_EQ(nlohmann::json::parse(summary_json(whole)).at("series_relative_error"), 1.0 / 512);
  EXPECT_FALSE(nlohmann::json::parse(summary_json(exact)).contains("series_relative_error"));
}

TEST(ResultsMerge, RefusesWhatAnswersToSomethingElse) {
  const Results good = part_of_hand_made({0, 1});
  const auto refusal = [&](auto change) -> std::string {
    Results other = part_of_hand_made({5});
    change(other);
    try {
      merge({good, other});
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return "merged";
  };
  EXPECT_EQ(refusal([](Results&) {}), "merged");
  EXPECT_EQ(refusal([](Results& r) { r.seed = 8; }),
            "results that differ in the seed: 7 and 8 can't be merged");
  EXPECT_EQ(refusal([](Results& r) { r.scenario_hash = 1; }),
            "results that differ in the content of the scenario (its hash) can't be merged");
  EXPECT_EQ(refusal([](Results& r) { r.version = "1.2.4"; }),
            "results that differ in the version of racked: 1.2.3 and 1.2.4 can't be merged");
  EXPECT_EQ(refusal([](Results& r) { r.scenario = "other"; }),
            "results that differ in the scenario: hand_made and other can't be merged");
  EXPECT_NE(refusal([](Results& r) { r.report_dates[1] += std::chrono::days(1); }), "merged");
  EXPECT_NE(refusal([](Results& r) { r.campuses[0] = "west"; }), "merged");
  EXPECT_NE(refusal([](Results& r) { r.milestones[0].by.clear(); }), "merged");
  EXPECT_NE(refusal([](Results& r) { r.observations[0].value = 3; }), "merged");
  EXPECT_NE(refusal([](Results& r) { r.horizon += std::chrono::days(1); }), "merged");
}

TEST(ResultsMerge, RefusesAReplicationThatIsThereTwice) {
  const auto merged = [](Results a, Results b) { return [=] { merge({a, b}); }; };
  Results failed = empty_results();
  failed.failures = {{1, "broken"}};
  EXPECT_THROW(merged(part_of_hand_made({0, 1}), part_of_hand_made({1, 2}))(),
               std::invalid_argument);
  EXPECT_THROW(merged(part_of_hand_made({0, 1}), failed)(), std::invalid_argument);
  EXPECT_THROW(merge({}), std::invalid_argument);
}

// Text.

TEST(ResultsText, MilestonesHaveOneRowPerReplication) {
  const auto lines = lines_of(milestones_csv(four_rows()));
  ASSERT_EQ(lines.size(), 1u + 4 * 2);
  EXPECT_EQ(lines[0], "scenario_hash,seed,replication,milestone,reached_date,days_from_start");
  EXPECT_EQ(lines[1], "0000000000000abc,7,0,first,2025-01-08,2");
  EXPECT_EQ(lines[4], "0000000000000abc,7,1,second,2025-01-20,14");
  EXPECT_EQ(lines[5], "0000000000000abc,7,2,first,,");
}

TEST(ResultsText, NumbersHaveTheFewestDigitsThatReadBackTheSame) {
  Results results = empty_results();
  const des::Time third = des::kStart + std::chrono::hours(8);
  add_row(results, 0, third, day(1e4));
  const auto lines = lines_of(milestones_csv(results));
  // 8 hours are 1/3 day; the double nearest to it prints as sixteen threes.
  EXPECT_EQ(lines[1], "0000000000000abc,7,0,first,2025-01-06,0.3333333333333333");
  EXPECT_EQ(lines[2].substr(lines[2].rfind(',')), ",10000");
}

TEST(ResultsText, FieldsAreQuotedWhereCommasOrQuotesStandInThem) {
  const auto lines = lines_of(observations_csv(four_rows()));
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[1],
            "0000000000000abc,7,0:4,2025-01-06,*,usable_chips,observed,12.5,12.5,12.5,"
            "\"a \"\"quoted\"\" source, with a comma\"");
}

TEST(ResultsText, CriticalityIsTheShareOfTheReplicationsThatReachIt) {
  Results results = four_rows();
  results.causes = {{0, ElementKind::task, 4, "north.roof", 2, 3 * 86'400}};
  const auto lines = lines_of(causes_csv(results));
  // On the chain of 2 of the 3 replications that reach it; 3 days over 3 replications.
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[1], "0000000000000abc,7,0:4,first,task,north.roof,0.6666666666666666,1");
}

TEST(ResultsText, WaitsTellTheShareOfAllReplications) {
  Results results = four_rows();
  results.waits = {{false, "roof", "crew", "welders", 1, 0},
                   {true, "hall_1", "power", "utility", 2, 30}};
  const auto lines = lines_of(waits_csv(results));
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[1], "0000000000000abc,7,0:4,task,roof,crew,welders,0.25,");
  EXPECT_EQ(lines[2], "0000000000000abc,7,0:4,hall,hall_1,power,utility,0.5,15");
}

TEST(ResultsText, BandsNameAllCampusesTogetherFirst) {
  const auto lines = lines_of(bands_csv(four_rows()));
  ASSERT_EQ(lines.size(), 1u + 2 * 3 * kSeries);
  EXPECT_EQ(
      lines[0],
      "scenario_hash,seed,replications,date,campus,series,unit,p05,p10,p25,p50,p75,p90,p95,mean");
  EXPECT_EQ(lines[1], "0000000000000abc,7,0:4,2025-01-06,*,usable_chips,chips,0,0,0,0,0,0,0,0");
  EXPECT_EQ(lines[1 + kSeries].substr(0, 37), "0000000000000abc,7,0:4,2025-01-06,nor");
}

TEST(ResultsText, SummaryKeepsItsContract) {
  const auto summary = nlohmann::json::parse(summary_json(four_rows()));
  EXPECT_EQ(summary.at("racked"), "1.2.3");
  EXPECT_EQ(summary.at("scenario"), "hand_made");
  EXPECT_EQ(summary.at("scenario_hash"), "0000000000000abc");
  EXPECT_EQ(summary.at("seed"), 7);
  EXPECT_EQ(summary.at("replications"), 4);
  EXPECT_EQ(summary.at("replication_ranges"), "0:4");
  EXPECT_EQ(summary.at("horizon"), "2025-04-16");
  const auto& first = summary.at("milestones").at(0);
  EXPECT_EQ(first.at("name"), "first");
  EXPECT_EQ(first.at("reached"), 0.75);
  EXPECT_EQ(first.at("p10"), "2025-01-07");
  EXPECT_EQ(first.at("p50"), "2025-01-08");
  EXPECT_TRUE(first.at("p90").is_null());
  EXPECT_EQ(first.at("mean"), "2025-01-08");
  EXPECT_EQ(first.at("mean_days_from_start"), 2);
  EXPECT_EQ(first.at("by").at("2025-01-11"), 0.75);
  for (std::size_t charge = 0; charge < kCharges; ++charge)
    EXPECT_TRUE(
        summary.at("lost_chip_days").contains(std::string(name(static_cast<Charge>(charge)))));
  EXPECT_EQ(summary.at("series").at("dates").size(), 2u);
  for (std::size_t series = 0; series < kSeries; ++series)
    EXPECT_EQ(
        summary.at("series").at(std::string(name(static_cast<Series>(series)))).at("p50").size(),
        2u);
  EXPECT_TRUE(summary.at("campuses").at("south").contains("lost_chip_days"));
}

TEST(ResultsText, SummaryOfNothingIsStillOne) {
  const auto summary = nlohmann::json::parse(summary_json(empty_results()));
  EXPECT_EQ(summary.at("replications"), 0);
  EXPECT_TRUE(summary.at("milestones").at(0).at("p50").is_null());
  EXPECT_TRUE(summary.at("milestones").at(0).at("mean").is_null());
}

// Frame.

TEST(ResultsFrame, ReportsTheEndsOfQuartersWhereNoDaysAreGiven) {
  Model model;
  model.start = kMonday;
  model.horizon_date = std::chrono::sys_days(std::chrono::year(2026) / 1 / 1);
  Milestone asked, open;
  asked.by = {kMonday};
  model.milestones.add(asked);
  model.milestones.add(open);
  const Results results = make_results(model, 3);
  EXPECT_TRUE(results.milestones[0].by_given);
  EXPECT_EQ(results.milestones[0].by, std::vector<Date>{kMonday});
  EXPECT_FALSE(results.milestones[1].by_given);
  std::vector<std::string> ends;
  for (const Date date : results.milestones[1].by) ends.push_back(iso_date(date));
  EXPECT_EQ(ends,
            (std::vector<std::string>{"2025-03-31", "2025-06-30", "2025-09-30", "2025-12-31"}));
}

// Files.

class ResultsFiles : public ::testing::Test {
 protected:
  ResultsFiles() {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    directory_ = fs::temp_directory_path() /
                 (std::string("racked_") + test->name() + "_" + std::to_string(::getpid()));
    fs::remove_all(directory_);
  }
  ~ResultsFiles() override { fs::remove_all(directory_); }

  static std::string content(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }

  fs::path directory_;
};

TEST_F(ResultsFiles, AreReadBackWithoutLoss) {
  Results results = part_of_hand_made({0, 1, 2, 5});
  results.failures = {{3, "broken \xe2\x80\x93 quite"}};
  write_results(results, directory_);
  const Results again = read_results(directory_);
  EXPECT_EQ(difference(results, again), "");
  EXPECT_EQ(all_text(again), all_text(results));
  EXPECT_EQ(all_text(read_results(directory_ / "results.binpb")), all_text(results));
  EXPECT_EQ(content(directory_ / "summary.json"), summary_json(results));
  EXPECT_EQ(content(directory_ / "milestones.csv"), milestones_csv(results));
  EXPECT_EQ(content(directory_ / "charges.csv"), charges_csv(results));
}

TEST_F(ResultsFiles, KeepASketch) {
  const Results results = merge({part_of_hand_made({0, 1, 2, 5})}, 0);
  ASSERT_TRUE(results.sketch);
  write_results(results, directory_);
  const Results again = read_results(directory_);
  EXPECT_EQ(again.sketch, results.sketch);
  EXPECT_EQ(all_text(again), all_text(results));
}

TEST_F(ResultsFiles, AreTheSameAsBytesInHand) {
  const Results results = part_of_hand_made({0, 1, 2, 5});
  write_results(results, directory_);
  const std::string bytes = results_to_bytes(results);
  EXPECT_EQ(content(directory_ / "results.binpb"), bytes);
  EXPECT_EQ(all_text(results_from_bytes(bytes)), all_text(results));
  EXPECT_EQ(results_to_bytes(results_from_bytes(bytes)), bytes);
  EXPECT_THROW(results_from_bytes(bytes.substr(1)), std::invalid_argument);
}

TEST_F(ResultsFiles, OfTheSameInputsAreOverwritten) {
  write_results(part_of_hand_made({0, 1}), directory_);
  write_results(part_of_hand_made({2}), directory_);
  EXPECT_EQ(replication_ranges(read_results(directory_)), "2:3");
}

TEST_F(ResultsFiles, OfAnotherScenarioOrSeedAreNotOverwritten) {
  write_results(part_of_hand_made({0, 1}), directory_);
  Results other = part_of_hand_made({0, 1});
  other.seed = 8;
  EXPECT_THROW(write_results(other, directory_), std::invalid_argument);
  EXPECT_EQ(read_results(directory_).seed, 7u);
}

TEST_F(ResultsFiles, OfUnknownOriginAreNotOverwritten) {
  fs::create_directories(directory_);
  std::ofstream(directory_ / "bands.csv") << "mine";
  EXPECT_THROW(write_results(part_of_hand_made({0}), directory_), std::invalid_argument);
  EXPECT_EQ(content(directory_ / "bands.csv"), "mine");
  EXPECT_FALSE(fs::exists(directory_ / "results.binpb"));
}

TEST_F(ResultsFiles, KeepNothingWhenOneCannotBeWritten) {
  write_results(part_of_hand_made({0}), directory_);
  for (const char* file : {"causes.csv", "bands.csv", "charges.csv", "waits.csv"})
    fs::remove(directory_ / file);
  // A folder stands where a file is to be written.
  fs::create_directories(directory_ / "waits.csv" / "in_the_way");
  EXPECT_THROW(write_results(part_of_hand_made({0, 1}), directory_), std::system_error);
  EXPECT_FALSE(fs::exists(directory_ / "bands.csv"));
  EXPECT_FALSE(fs::exists(directory_ / "causes.csv"));
}

TEST_F(ResultsFiles, ThatAreMissingOrSomethingElseAreRefused) {
  EXPECT_THROW(read_results(directory_), std::system_error);
  fs::create_directories(directory_);
  EXPECT_THROW(read_results(directory_), std::system_error);
  for (const char* junk : {"", "name: 'a scenario'",
                           "\x0a\x05"
                           "1.2.3"}) {
    std::ofstream(directory_ / "results.binpb", std::ios::binary) << junk;
    EXPECT_THROW(read_results(directory_), std::invalid_argument) << junk;
  }
}

TEST_F(ResultsFiles, ThatWereCutShortAreRefused) {
  write_results(part_of_hand_made({0, 1, 2}), directory_);
  const std::string whole = content(directory_ / "results.binpb");
  // Cut anywhere, between two rows too, it is not taken for results of fewer replications.
  for (std::size_t left = 0; left < whole.size(); ++left) {
    std::ofstream(directory_ / "results.binpb", std::ios::binary) << whole.substr(0, left);
    EXPECT_THROW(read_results(directory_), std::invalid_argument) << left;
  }
}

}  // namespace
}  // namespace racked
