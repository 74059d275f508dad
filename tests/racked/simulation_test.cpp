#include <racked/simulation.h>

#include <places.h>

#include <allocation_count.h>
#include "random_scenario.h"
#include "scenario_text.h"
#include <gtest/gtest.h>

#include <algorithm>

namespace racked::testing {
namespace {

const Model& two_halls() {
  static const Model model =
      make_model(read_scenario(RACKED_SOURCE_DIR "/docs/scenarios/two_halls.textproto"));
  return model;
}

// Everything that happened, as numbers.
std::vector<std::int64_t> numbers(const Timeline& timeline) {
  std::vector<std::int64_t> all;
  const auto add = [&](des::Time time) { all.push_back(time.time_since_epoch().count()); };
  for (const TaskRun& run : timeline.task_runs) {
    all.insert(all.end(),
               {run.task.index(), run.round, run.cause.record, run.duration.count(), run.failed});
    add(run.ready), add(run.start), add(run.finish);
  }
  for (const RackRun& rack : timeline.racks) {
    all.insert(all.end(),
               {rack.hall.index(), rack.position, rack.failures, rack.assigned_cause.record});
    add(rack.arrived), add(rack.assigned), add(rack.usable);
    for (std::size_t i = 0; i < kRackSteps; ++i) add(rack.begin[i]), add(rack.end[i]);
  }
  for (const RackLot& lot : timeline.lots) add(lot.arrived);
  for (const Energisation& e : timeline.energisations) add(e.at);
  for (const AssignedUnits& change : timeline.assigned) all.push_back(change.units), add(change.at);
  for (const Payment& payment : timeline.payments) all.push_back(payment.cents), add(payment.at);
  for (const Firing& firing : timeline.firings) add(firing.at);
  for (const Reached& milestone : timeline.milestones) add(milestone.at);
  for (const auto& row : timeline.samples) all.insert(all.end(), row.begin(), row.end());
  for (const auto& campus : timeline.charges)
    for (const ChipTime charge : campus)
      all.push_back(static_cast<std::int64_t>(charge / 1'000'000));
  all.push_back(static_cast<std::int64_t>(timeline.events));
  return all;
}

TEST(Simulation, ACopyMadeHalfWayRunsOnToTheSameEnd) {
  for (const int at : {0, 40, 95, 140, 160, 200}) {
    Simulation original(two_halls(), 7, 3);
    original.run_until(day(at));
    Simulation copy = original;
    original.run();
    EXPECT_EQ(copy.now(), day(at));
    copy.run();
    EXPECT_EQ(numbers(original.timeline()), numbers(copy.timeline())) << "copied on day " << at;
  }
}

TEST(Simulation, CopiesOfRandomScenariosRunOnToTheSameEnd) {
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    const Model model = make_model(RandomScenario(seed).make());
    Simulation original(model, 1, seed);
    original.run_until(day(37 + seed % 200));
    Simulation copy = original;
    original.run();
    copy.run();
    EXPECT_EQ(numbers(original.timeline()), numbers(copy.timeline())) << seed;
    EXPECT_EQ(numbers(original.timeline()), numbers(simulate(model, 1, seed))) << seed;
  }
}

TEST(Simulation, RunningInPiecesIsRunningAtOnce) {
  Simulation pieces(two_halls(), 7, 5);
  for (int at = 0; at < 364; at += 13) pieces.run_until(day(at));
  pieces.run();
  EXPECT_EQ(numbers(pieces.timeline()), numbers(simulate(two_halls(), 7, 5)));
}

TEST(Simulation, AReplicationAloneIsTheOneInTheBatch) {
  Simulation batch(two_halls(), 7, 0);
  for (std::uint64_t replication = 0; replication < 30; ++replication) {
    batch.restart(7, replication);
    batch.run();
    EXPECT_EQ(numbers(batch.timeline()), numbers(simulate(two_halls(), 7, replication)));
  }
}

TEST(Simulation, SeedsAndReplicationsDiffer) {
  EXPECT_NE(numbers(simulate(two_halls(), 7, 0)), numbers(simulate(two_halls(), 7, 1)));
  EXPECT_NE(numbers(simulate(two_halls(), 7, 0)), numbers(simulate(two_halls(), 8, 0)));
}

TEST(Simulation, AnotherTaskChangesNobodyElsesLuck) {
  const std::string plan = "task { id: 'a' elapsed_days { uniform { min: 5 max: 50 } } } ";
  const Model without = model_of(campus(plan));
  const Model with =
      model_of(campus("task { id: 'before' elapsed_days { uniform { min: 1 max: 9 } } } " + plan));
  for (std::uint64_t replication = 0; replication < 10; ++replication)
    EXPECT_EQ(run_of(without, simulate(without, 1, replication), "c.a").duration,
              run_of(with, simulate(with, 1, replication), "c.a").duration);
}

TEST(Simulation, NothingIsAllocatedPerEventOnceWarm) {
  Simulation simulation(two_halls(), 7, 0);
  for (std::uint64_t replication = 0; replication < 50; ++replication) {
    simulation.restart(7, replication);
    simulation.run();
  }
  const std::size_t before = allocation_count();
  std::uint64_t events = 0;
  for (std::uint64_t replication = 0; replication < 50; ++replication) {
    simulation.restart(7, replication);
    simulation.run();
    events += simulation.timeline().events;
  }
  const std::size_t allocated = allocation_count() - before;
  EXPECT_GT(events, 5'000u);
  EXPECT_EQ(allocated, 0u);
}

}  // namespace
}  // namespace racked::testing
