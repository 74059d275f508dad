#include <racked/audit.h>

#include "random_scenario.h"
#include "scenario_text.h"

#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <numeric>
#include <set>

namespace racked::testing {
namespace {

// A small plan that uses everything audit looks at.
const Model& plan() {
  static const Model model = model_of(
      "calendar { id: 'week' } "
      "crew { id: 'w' headcount: 2 step { date: '2025-03-03' headcount: 3 } } crew { id: 't' "
      "headcount: 2 calendar: 'week' } "
      "equipment { id: 'mpt' lead_time_days { uniform { min: 20 max: 40 } } } "
      "product { id: 'r' chips_per_rack: 10 kw_per_rack: 500 racks_per_unit: 2 "
      "install { hours { uniform { min: 2 max: 4 } } crew: 't' } cable { hours { fixed: 3 } crew: "
      "'t' count: 2 } "
      "bring_up { hours { uniform { min: 5 max: 9 } } } burn_in { hours { uniform { min: 24 max: "
      "48 } } } "
      "acceptance_failure: 0.3 repair_days { uniform { min: 1 max: 3 } } } "
      "building_design { id: 'd' feeder { id: 'f' capacity_mw: 9 } hall { id: 'h' product: 'r' "
      "racks: 12 feeder: 'f' } "
      "order { id: 'o' equipment: 'mpt' count: 2 lots: 2 lot_spacing_days: 5 "
      "placed_days_from_start: -10 } "
      "task { id: 'shell' work_days { uniform { min: 10 max: 20 } } need { crew: 'w' count: 2 } "
      "effect { provides: SPACE } } "
      "task { id: 'wire' after { task: 'shell' } work_days { uniform { min: 5 max: 9 } } need { "
      "crew: 'w' count: 2 } "
      "need { equipment: 'mpt' count: 2 } effect { energise: 'f' } } "
      "task { id: 'cool' after { task: 'shell' type: START_START lag_elapsed_days: 3 } after { "
      "task: 'wire' type: FINISH_FINISH } "
      "elapsed_days { fixed: 4 } effect { provides: COOLING } effect { provides: NETWORK } } "
      "task { id: 'test' after { task: 'wire' } after { task: 'cool' } need { energised: 'f' } "
      "work_days { fixed: 3 } "
      "rework { probability: 0.6 back_to: 'wire' share: 0.2 at_most: 2 } effect { provides: "
      "COMMISSIONING } } } "
      "campus { id: 'c' calendar: 'week' pue: 1 feeder { id: 'poi' capacity_mw: 12 energised { "
      "date: '2025-02-10' } "
      "ramp { from { date: '2025-02-10' } power_mw: 8 } ramp { from { date: '2025-07-01' } "
      "power_mw: 12 } } "
      "building { id: 'b' design: 'd' count: 2 fed_by: 'poi' spacing_days: 14 planned: "
      "'2025-03-01' } "
      "delivery { id: 'x' product: 'r' lot { date: '2025-02-03' racks: 10 } lot { date: "
      "'2025-05-05' racks: 9 } "
      "slip_days { uniform { min: -3 max: 20 } } } } "
      "supply_line { id: 's' product: 'r' lot_racks: 2 total_chips: 100 rate { from: '2024-12-15' "
      "chips_per_month: 60 } "
      "stage { kind: PACKAGING cycle_days { fixed: 30 } capacity { from: '2024-12-01' "
      "chips_per_month: 40 } } "
      "stage { kind: SHIPPING cycle_days { fixed: 5 } draws_on { capacity: 'berths' per_chip: 2 } "
      "} share { campus: 'c' } } "
      "shared_capacity { id: 'berths' rate { from: '2025-01-10' per_month: 120 } "
      "volume_factor { uniform { min: 0.9 max: 1.2 } } } "
      "milestone { id: 'some' usable_chips: 100 } milestone { id: 'all' usable_chips: 240 } "
      "milestone { id: 'mw' usable_facility_mw: 5 } "
      "milestone { id: 'one' usable_buildings: 1 } milestone { id: 'passed' task: 'c.b1.test' }");
  return model;
}

// A replication in which something was reworked, repaired and waited for.
Timeline good() { return simulate(plan(), 5, 2); }

std::set<std::string> rules_that_speak(const Timeline& timeline) {
  std::set<std::string> rules;
  for (const Finding& finding : audit(plan(), timeline)) rules.insert(finding.rule);
  return rules;
}

TEST(Audit, HasNothingToSayOfWhatReallyHappened) {
  for (std::uint64_t replication = 0; replication < 300; ++replication) {
    const auto findings = audit(plan(), simulate(plan(), 5, replication));
    ASSERT_TRUE(findings.empty()) << replication << " " << findings.front().rule << ": "
                                  << findings.front().message;
  }
}

TEST(Audit, HasNothingToSayOfRandomScenarios) {
  std::size_t rework = 0, usable = 0, waits = 0, repairs = 0, energised = 0, goods = 0, lots = 0,
              dark = 0;
  std::size_t assigned = 0, terminated = 0, met = 0, firings = 0;
  std::array<std::size_t, kPaymentKinds> payments{};
  // And some in which much happens at one instant.
  std::vector<std::uint32_t> seeds(400);
  std::iota(seeds.begin(), seeds.end(), 0);
  seeds.insert(seeds.end(), {767, 868, 956, 1404, 1598, 1622, 1709, 2537, 2929, 3107, 6890, 7420,
                             8711, 8928, 9189, 11602, 17701});
  for (const std::uint32_t seed : seeds) {
    const ScenarioFile file = RandomScenario(seed).make();
    ASSERT_EQ(problems_of(file), "") << seed;
    const Model model = make_model(file);
    for (std::uint64_t replication = 0; replication < 3; ++replication) {
      const Timeline timeline = simulate(model, seed, replication);
      const auto findings = audit(model, timeline);
      ASSERT_TRUE(findings.empty())
          << "seed " << seed << ", replication " << replication << ": " << findings.front().rule
          << ": " << findings.front().message << "\n"
          << print_scenario(file.scenario);
      for (const TaskRun& run : timeline.task_runs) {
        rework += run.round > 0;
        waits += run.finish != des::kNever && run.start > run.ready;
      }
      for (const RackRun& rack : timeline.racks) usable += rack.usable != des::kNever;
      repairs += timeline.repairs.size(), energised += timeline.energisations.size();
      goods += timeline.goods.size(), lots += timeline.lots.size();
      dark += timeline.darkness.size();
      assigned += timeline.assigned.size(), firings += timeline.firings.size();
      for (const des::Time at : timeline.terminated) terminated += at != des::kNever;
      for (const des::Time at : timeline.met) met += at != des::kNever;
      for (const Payment& payment : timeline.payments)
        ++payments[static_cast<std::size_t>(payment.kind)];
    }
  }
  // Silence says nothing where nothing happens.
  EXPECT_GT(rework, 500u);
  EXPECT_GT(usable, 5'000u);
  EXPECT_GT(waits, 2'000u);
  EXPECT_GT(repairs, 500u);
  EXPECT_GT(energised, 1'000u);
  EXPECT_GT(goods, 1'000u);
  EXPECT_GT(lots, 2'000u);
  EXPECT_GT(dark, 1'000u);
  EXPECT_GT(assigned, 1'000u);
  EXPECT_GT(terminated, 50u);
  EXPECT_GT(met, 100u);
  EXPECT_GT(firings, 100u);
  for (std::size_t kind = 0; kind < kPaymentKinds; ++kind)
    EXPECT_GT(payments[kind], 50u) << name(static_cast<PaymentKind>(kind));
}

TEST(Audit, TheTimelineToDoctorHasWhatIsDoctored) {
  const Timeline timeline = good();
  EXPECT_FALSE(timeline.repairs.empty());
  EXPECT_TRUE(std::any_of(timeline.task_runs.begin(), timeline.task_runs.end(),
                          [](const auto& r) { return r.failed; }));
  EXPECT_TRUE(std::any_of(timeline.task_runs.begin(), timeline.task_runs.end(),
                          [](const auto& r) { return r.start > r.ready; }));
}

struct Doctored {
  const char* rule;
  std::function<void(Timeline&)> change;
};

TaskRun& first_run(Timeline& timeline, const char* task) {
  return *std::find_if(timeline.task_runs.begin(), timeline.task_runs.end(),
                       [&](const TaskRun& run) { return run.task == find(plan().tasks, task); });
}

RackRun& usable_rack(Timeline& timeline) {
  return *std::find_if(timeline.racks.begin(), timeline.racks.end(),
                       [](const RackRun& r) { return r.usable != des::kNever; });
}

TEST(Audit, EveryRuleSpeaksOfADoctoredTimeline) {
  const std::vector<Doctored> doctored = {
      {"precedence",
       [](Timeline& t) { first_run(t, "c.b1.wire").start = day(1) + 9 * des::kHour; }},
      {"rework", [](Timeline& t) { t.task_runs.back().round += 1; }},
      {"rework", [](Timeline& t) { first_run(t, "c.b1.shell").failed = true; }},
      {"readiness", [](Timeline& t) { first_run(t, "c.b2.shell").ready = day(1); }},
      {"working_time",
       [](Timeline& t) { first_run(t, "c.b1.shell").start = day(0) + 7 * des::kHour; }},
      {"working_time", [](Timeline& t) { usable_rack(t).begin[0] += 12 * des::kHour; }},
      {"duration", [](Timeline& t) { first_run(t, "c.b1.shell").duration += des::Duration(1); }},
      {"duration", [](Timeline& t) { first_run(t, "c.b1.shell").finish += des::Duration(1); }},
      {"cause",
       [](Timeline& t) {
         first_run(t, "c.b1.wire").cause = {999, 0, CauseKind::goods};
       }},
      {"cause",
       [](Timeline& t) {
         usable_rack(t).assigned_cause = {static_cast<std::uint32_t>(t.lots.size()), 0,
                                          CauseKind::lot};
       }},
      {"idle_wait",
       [](Timeline& t) {
         for (TaskRun& run : t.task_runs)
           if (run.start == run.ready && run.start > day(20)) {
             run.ready -= des::Duration(1);
             return;
           }
       }},
      {"waits",
       [](Timeline& t) {
         std::erase_if(t.task_runs, [](const TaskRun& run) {
           return run.task == find(plan().tasks, "c.b2.test");
         });
       }},
      {"horizon",
       [](Timeline& t) { first_run(t, "c.b1.shell").finish = plan().horizon + des::Duration(1); }},
      {"crew_capacity",
       [](Timeline& t) { first_run(t, "c.b2.shell").start = first_run(t, "c.b1.shell").start; }},
      {"goods", [](Timeline& t) { t.goods.back().pieces += 1; }},
      {"goods", [](Timeline& t) { t.goods.front().arrived = plan().horizon; }},
      {"energisation",
       [](Timeline& t) {
         for (Energisation& e : t.energisations)
           if (e.feeder == find(plan().feeders, "c.b1.f")) e.at += des::Duration(1);
       }},
      {"energised_need",
       [](Timeline& t) {
         for (Energisation& e : t.energisations)
           if (e.feeder == find(plan().feeders, "c.poi")) e.at = day(300);
       }},
      {"power",
       [](Timeline& t) {
         for (Energisation& e : t.energisations)
           if (e.feeder == find(plan().feeders, "c.poi")) e.available = Watts{1'000'000};
       }},
      {"lots", [](Timeline& t) { t.lots.front().racks += 1; }},
      {"conservation", [](Timeline& t) { t.racks.pop_back(); }},
      {"conservation", [](Timeline& t) { t.racks.back().arrived += des::Duration(1); }},
      {"stage_capacity",
       [](Timeline& t) {
         for (RackLot& lot : t.lots)
           if (lot.line.valid()) lot.stage_end[0] = lot.released + 30 * des::kDay;
       }},
      {"shared_capacity",
       [](Timeline& t) {
         for (RackLot& lot : t.lots)
           if (lot.line.valid()) lot.stage_end[1] = day(8);
       }},
      {"positions", [](Timeline& t) { usable_rack(t).position += 1; }},
      {"fifo", [](Timeline& t) { t.racks.front().assigned += 100 * des::kDay; }},
      {"flows", [](Timeline& t) { t.flows[0][0].at += des::Duration(1); }},
      {"rack_steps", [](Timeline& t) { usable_rack(t).end[2] += 100 * des::kHour; }},
      {"repairs", [](Timeline& t) { t.repairs.pop_back(); }},
      {"units", [](Timeline& t) { usable_rack(t).usable += des::Duration(1); }},
      {"charges",
       [](Timeline& t) {
         t.charges[0][0] += 1;
         t.charges[0][1] -= 1;
       }},
      {"charge_sum", [](Timeline& t) { t.charges[0][4] += 1; }},
      {"milestones", [](Timeline& t) { t.milestones[0].at += des::Duration(1); }},
      {"samples",
       [](Timeline& t) { t.samples[4][static_cast<std::size_t>(Series::chips_on_site)] += 1; }},
  };
  for (const Doctored& one : doctored) {
    Timeline timeline = good();
    one.change(timeline);
    EXPECT_EQ(rules_that_speak(timeline).count(one.rule), 1u) << one.rule;
  }
}

TEST(Audit, WeatherAndSequenceSpeakOfADoctoredTimeline) {
  const Model model = model_of(
      "scheme: SERIAL crew { id: 'w' headcount: 1 } "
      "weather { id: 'frost' closure { from: '01-08' through: '01-09' } } " +
      campus("weather: 'frost' "
             "task { id: 'a' outdoor: true need { crew: 'w' } work_hours { fixed: 60 } } "
             "task { id: 'b' outdoor: true need { crew: 'w' } work_hours { fixed: 10 } }"));
  const Timeline good = simulate(model, 1, 0);
  EXPECT_TRUE(audit(model, good).empty());
  const auto speaks = [&](const Timeline& timeline, const std::string& rule) {
    const auto findings = audit(model, timeline);
    return std::any_of(findings.begin(), findings.end(),
                       [&](const Finding& finding) { return finding.rule == rule; });
  };
  Timeline timeline = good;
  timeline.lost_days.pop_back();
  EXPECT_TRUE(speaks(timeline, "weather"));
  EXPECT_TRUE(speaks(timeline, "duration"));  // work on the 9th would have been done sooner
  timeline = good;
  timeline.lost_days.push_back({Id<Weather>(0), 100});
  EXPECT_TRUE(speaks(timeline, "weather"));
  timeline = good;
  std::swap(timeline.task_runs[0], timeline.task_runs[1]);
  EXPECT_TRUE(speaks(timeline, "sequence"));
  timeline = good;
  timeline.task_runs[0].start = day(2);  // a lost day
  EXPECT_TRUE(speaks(timeline, "working_time"));
}

TEST(Audit, StopsAtAThousandFindings) {
  Timeline timeline = good();
  for (auto& row : timeline.samples) row.fill(-1);
  for (int i = 0; i < 2000; ++i) timeline.task_runs.push_back(timeline.task_runs.front());
  EXPECT_EQ(audit(plan(), timeline).size(), 1000u);
}

}  // namespace
}  // namespace racked::testing
