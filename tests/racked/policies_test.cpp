#include <racked/policies.h>

#include "scenario_text.h"

#include <racked/audit.h>
#include <racked/experiment.h>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

namespace racked::testing {
namespace {

const char* const kQueue =
    "crew { id: 'w' headcount: 1 } campus { id: 'c' "
    "task { id: 'a' need { crew: 'w' } elapsed_days { fixed: 3 } } "
    "task { id: 'b' need { crew: 'w' } elapsed_days { fixed: 2 } } "
    "task { id: 'd' need { crew: 'w' } elapsed_days { fixed: 1 } } } ";

std::string order_of_starts(const Model& model, const Policies& policies) {
  Simulation simulation(model, 1, 0, policies);
  simulation.run();
  EXPECT_TRUE(audit(model, simulation.timeline()).empty());
  std::string order;
  for (const TaskRun& run : simulation.timeline().task_runs)
    order += model.tasks[run.task].name.substr(2);
  return order;
}

TEST(Policies, ADispatchRuleOfOnesOwnDecidesWhoIsServedFirst) {
  const Model model = model_of(kQueue);
  Policies policies;
  EXPECT_EQ(order_of_starts(model, policies), "abd");
  policies.dispatch = [](const Model& m, const Timeline&, const Policies::Waiting& waiting) {
    return m.tasks[waiting.task].name == "c.b" ? 0.0 : 1.0;
  };
  EXPECT_EQ(order_of_starts(model, policies), "bad");  // ties: written first
  policies.dispatch = [](const Model& m, const Timeline&, const Policies::Waiting& waiting) {
    return m.tasks[waiting.task].name == "c.d" ? 0.0 : std::numeric_limits<double>::quiet_NaN();
  };
  EXPECT_EQ(order_of_starts(model, policies), "dab");
}

TEST(Policies, ARuleSeesWhatHasHappened) {
  // Whoever was not served last.
  const Model model = model_of(kQueue);
  Policies policies;
  policies.dispatch = [](const Model&, const Timeline& timeline, const Policies::Waiting& waiting) {
    const std::size_t started = timeline.task_runs.size();
    return started == 1 ? -static_cast<double>(waiting.task.index()) : 0.0;
  };
  EXPECT_EQ(order_of_starts(model, policies), "adb");
}

TEST(Policies, AnAllocationOfOnesOwnSendsTheLots) {
  const std::string hall =
      "building_design { id: 'd' feeder { id: 'f' capacity_mw: 50 energised { date: '2025-01-06' } "
      "} "
      "hall { id: 'h' product: 'r' racks: 100 feeder: 'f' } } "
      "campus { id: 'x' building { id: 'b' design: 'd' } } "
      "campus { id: 'y' building { id: 'b' design: 'd' } } ";
  const Model model = model_of(
      "product { id: 'r' chips_per_rack: 10 kw_per_rack: 100 } " + hall +
      "supply_line { id: 's' product: 'r' lot_racks: 1 total_chips: 60 rate { from: '2025-01-06' "
      "chips_per_month: 300 } stage { kind: SHIPPING cycle_days { fixed: 1 } } "
      "share { campus: 'x' } share { campus: 'y' } }");
  Policies policies;
  policies.allocate = [](const Model&, const SupplyLine&, std::span<const double> given) {
    return given[0] < 4 ? std::size_t{0} : std::size_t{1};  // x gets four first
  };
  Simulation simulation(model, 1, 0, policies);
  simulation.run();
  std::string sent;
  for (const RackLot& lot : simulation.timeline().lots)
    sent += model.campuses[model.rack_stocks[lot.stock].campus].name;
  EXPECT_EQ(sent, "xxxxyy");
  policies.allocate = [](const Model&, const SupplyLine&, std::span<const double>) {
    return std::size_t{2};
  };
  Simulation wrong(model, 1, 0, policies);
  EXPECT_THROW(wrong.run(), std::out_of_range);
}

TEST(Policies, AnExperimentSaysThatItFollowedThem) {
  const Model model = model_of(kQueue + std::string("milestone { id: 'm' task: 'c.d' }"));
  ExperimentOptions options;
  options.last = 3;
  options.audit = true;
  const Results plain = run(model, options);
  Policies policies;
  policies.name = "last first";
  policies.dispatch = [](const Model&, const Timeline&, const Policies::Waiting& waiting) {
    return -static_cast<double>(waiting.task.index());
  };
  options.policies = &policies;
  const Results own = run(model, options);
  EXPECT_EQ(plain.reached[0], day(6));
  EXPECT_EQ(own.reached[0], day(1));
  EXPECT_NE(plain.scenario_hash, own.scenario_hash);
}

TEST(Policies, ASequencePlannedBeforehandTakesNone) {
  const Model model = model_of(std::string("scheme: SERIAL ") + kQueue);
  Policies policies;
  policies.dispatch = [](const Model&, const Timeline&, const Policies::Waiting&) { return 0.0; };
  EXPECT_THROW(Simulation(model, 1, 0, policies), std::invalid_argument);
}

}  // namespace
}  // namespace racked::testing
