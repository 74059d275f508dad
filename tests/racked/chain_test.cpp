// The critical chain of hand-built timelines: who takes over from whom, and when.
#include <racked/chain.h>

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace racked {
namespace {

des::Time day(double days) { return des::kStart + des::rounded(days, des::kDay); }

/// A plan and what happened to it, written down row by row.
class ChainTest : public ::testing::Test {
 protected:
  ChainTest() {
    model.calendars.add(Calendar());
    model.milestones.add({});
    timeline.milestones.resize(1);
  }

  Id<Task> task(const std::string& name) {
    Task task;
    task.name = name;
    task.calendar = Id<Calendar>(0);
    return model.tasks.add(task);
  }
  /// Links are added task after task, as the model sorts them.
  void link(Id<Task> from, Id<Task> to, LinkType type = LinkType::finish_start,
            double lag_days = 0) {
    const Id<Link> id = model.links.add({from, to, type, des::rounded(lag_days, des::kDay), {}});
    const IdRange<Link> before = model.tasks[from].successors;
    const std::size_t first = before.empty() ? id.index() : (*before.begin()).index();
    model.tasks[from].successors = {first, id.index() + 1u};
  }
  Id<Crew> crew(const std::string& name) {
    return model.crews.add({name, Id<Calendar>(0), {{des::kStart, 10}}});
  }

  std::uint32_t run(Id<Task> task, double start, double finish, Cause cause) {
    TaskRun run;
    run.task = task;
    run.ready = run.start = day(start);
    run.finish = day(finish);
    run.cause = cause;
    timeline.task_runs.push_back(run);
    return static_cast<std::uint32_t>(timeline.task_runs.size() - 1);
  }
  static Cause because(CauseKind kind, std::uint32_t record = 0, std::uint16_t crew = 0) {
    return {record, crew, kind};
  }
  void reach(double at, Cause cause) { timeline.milestones[0] = {day(at), cause}; }

  /// "task a 0-10, task b 10-20".
  std::string chain() const {
    std::string text;
    for (const ChainLink& link : critical_chain(model, timeline, Id<Milestone>(0))) {
      if (!text.empty()) text += ", ";
      text += std::string(name(link.kind)) + " " + element_name(model, link) + " " +
              days(link.from) + "-" + days(link.to);
    }
    return text;
  }
  static std::string days(des::Time time) {
    return std::to_string(std::chrono::floor<std::chrono::days>(time.time_since_epoch()).count());
  }

  Model model;
  Timeline timeline;
};

TEST_F(ChainTest, OfAMilestoneThatIsNotReachedIsEmpty) { EXPECT_EQ(chain(), ""); }

TEST_F(ChainTest, GivesALagToWhatWaitedForIt) {
  const auto a = task("a"), b = task("b");
  link(a, b, LinkType::finish_start, 2);
  const auto run_a = run(a, 0, 10, because(CauseKind::start));
  const auto run_b = run(b, 12, 20, because(CauseKind::task, run_a));
  reach(20, because(CauseKind::task, run_b));
  // a is done on day 10; the lag to day 12 and the work to day 20 are b's.
  EXPECT_EQ(chain(), "task a 0-10, task b 10-20");
}

TEST_F(ChainTest, BeginsWithThePlanWhereADateHeldTheFirstTask) {
  const auto a = task("a");
  model.tasks[a].earliest = day(5);
  const auto run_a = run(a, 6, 9, because(CauseKind::date));
  reach(9, because(CauseKind::task, run_a));
  // Its date is day 5; that its shift begins on day 6 only is its own affair.
  EXPECT_EQ(chain(), "plan plan 0-5, task a 5-9");
}

TEST_F(ChainTest, GivesTheTimeOfAStopToThePlan) {
  const auto a = task("a");
  const auto run_a = run(a, 7, 9, because(CauseKind::date));
  timeline.task_runs[run_a].ready = day(3);
  reach(9, because(CauseKind::task, run_a));
  EXPECT_EQ(chain(), "plan plan 0-7, task a 7-9");
}

TEST_F(ChainTest, FollowsTheLinkThatWasSatisfiedLast) {
  const auto a = task("a"), b = task("b");
  link(a, b, LinkType::start_start, 4);
  link(a, b, LinkType::finish_start, 0);
  model.tasks[a].earliest = day(1);
  const auto run_a = run(a, 1, 3, because(CauseKind::date));
  const auto run_b = run(b, 5, 8, because(CauseKind::task, run_a));
  reach(8, because(CauseKind::task, run_b));
  // Four days after a's start is day 5, its finish day 3: the start counts, and a spent no time.
  EXPECT_EQ(chain(), "plan plan 0-1, task a 1-1, task b 1-8");
}

TEST_F(ChainTest, FollowsTheLinkThatHeldBackAFinish) {
  const auto a = task("a"), b = task("b");
  link(a, b, LinkType::finish_finish, 1);
  const auto run_a = run(a, 0, 10, because(CauseKind::start));
  const auto run_b = run(b, 0, 11, because(CauseKind::start));
  timeline.task_runs[run_b].finish_cause = because(CauseKind::task, run_a);
  reach(11, because(CauseKind::task, run_b));
  EXPECT_EQ(chain(), "task a 0-10, task b 10-11");
}

TEST_F(ChainTest, PassesThroughTheRunsOfARework) {
  const auto build = task("build"), test = task("test");
  link(build, test);
  const auto first = run(build, 0, 10, because(CauseKind::start));
  const auto failed = run(test, 10, 12, because(CauseKind::task, first));
  timeline.task_runs[failed].failed = true;
  const auto again = run(build, 12, 15, because(CauseKind::task, failed));
  const auto passed = run(test, 15, 17, because(CauseKind::task, again));
  reach(17, because(CauseKind::task, passed));
  EXPECT_EQ(chain(), "task build 0-10, task test 10-12, task build 12-15, task test 15-17");
}

TEST_F(ChainTest, ReachesBackToOrdersPlacedBeforeDayZero) {
  Order order;
  order.name = "transformer";
  model.orders.add(order);
  timeline.goods.push_back({GoodsArrival::Kind::lot, Id<GoodsStock>(), Id<Order>(0), 0, 1, day(-60),
                            day(80), because(CauseKind::date)});
  const auto a = task("a");
  const auto run_a = run(a, 81, 90, because(CauseKind::goods, 0));
  timeline.task_runs[run_a].ready = day(20);
  reach(90, because(CauseKind::task, run_a));
  EXPECT_EQ(chain(), "order transformer -60-80, task a 80-90");
}

TEST_F(ChainTest, GoesOnFromAnOrderToTheTaskThatPlacedIt) {
  Order order;
  order.name = "transformer";
  order.placed_by_task = true;
  model.orders.add(order);
  const auto permit = task("permit"), a = task("a");
  const auto permitted = run(permit, 0, 30, because(CauseKind::start));
  timeline.goods.push_back({GoodsArrival::Kind::lot, Id<GoodsStock>(), Id<Order>(0), 0, 1, day(30),
                            day(80), because(CauseKind::task, permitted)});
  const auto run_a = run(a, 80, 90, because(CauseKind::goods, 0));
  reach(90, because(CauseKind::task, run_a));
  EXPECT_EQ(chain(), "task permit 0-30, order transformer 30-80, task a 80-90");
}

TEST_F(ChainTest, TellsFeedersEnergisedOnADateFromThoseEnergisedByTasks) {
  Feeder dated, built;
  dated.name = "utility";
  dated.dated = true;
  built.name = "main";
  model.feeders.add(dated);
  model.feeders.add(built);
  const auto room = task("room"), test = task("test");
  timeline.energisations.push_back({Id<Feeder>(0), day(40), Watts{1}, because(CauseKind::date)});
  const auto run_room = run(room, 0, 50, because(CauseKind::start));
  timeline.energisations.push_back(
      {Id<Feeder>(1), day(50), Watts{1}, because(CauseKind::task, run_room)});

  const auto run_test = run(test, 41, 45, because(CauseKind::energised, 0));
  reach(45, because(CauseKind::task, run_test));
  EXPECT_EQ(chain(), "feeder utility 0-40, task test 40-45");

  const auto later_test = run(test, 50, 55, because(CauseKind::energised, 1));
  reach(55, because(CauseKind::task, later_test));
  EXPECT_EQ(chain(), "task room 0-50, task test 50-55");
}

TEST_F(ChainTest, PutsTheWorkOfOthersThatHeldACrewUnderTheCrew) {
  const auto a = task("a"), b = task("b"), c = task("c"), d = task("d");
  crew("welders");
  link(a, b);
  const auto run_a = run(a, 0, 10, because(CauseKind::start));
  const auto run_b = run(b, 10, 20, because(CauseKind::task, run_a));
  const auto run_c = run(c, 20, 30, because(CauseKind::crew_task, run_b, 0));
  const auto run_d = run(d, 31, 35, because(CauseKind::crew_task, run_c, 0));
  reach(35, because(CauseKind::task, run_d));
  // d waited for c, which waited for b, which started when a was done: b and c held the welders.
  EXPECT_EQ(chain(), "task a 0-10, crew welders 10-30, task d 30-35");
}

TEST_F(ChainTest, AsksAGrowingCrewsDateOfThePlan) {
  const auto a = task("a");
  model.crews.add({"welders", Id<Calendar>(0), {{des::kStart, 0}, {day(12), 5}, {day(99), 6}}});
  const auto run_a = run(a, 14, 20, because(CauseKind::headcount, 0, 0));
  reach(20, because(CauseKind::task, run_a));
  EXPECT_EQ(chain(), "plan plan 0-12, task a 12-20");
}

TEST_F(ChainTest, RunningInACircleIsRefused) {
  const auto a = task("a"), b = task("b");
  link(a, b);
  link(b, a);
  run(a, 0, 0, because(CauseKind::task, 1));
  run(b, 0, 0, because(CauseKind::task, 0));
  reach(0, because(CauseKind::task, 1));
  EXPECT_THROW(chain(), std::logic_error);
}

TEST_F(ChainTest, OfCausesThatReferToNothingIsRefused) {
  reach(3, because(CauseKind::task, 17));
  EXPECT_THROW(chain(), std::out_of_range);
}

/// Racks of one product in one hall; install and cable by the crew, burn-in by itself.
class RackChainTest : public ChainTest {
 protected:
  RackChainTest() {
    Uncertain hours;
    hours.shape = model.distributions.add(des::Distribution::fixed(1));
    Product product;
    product.name = "gpu_rack";
    const Id<Crew> technicians = crew("technicians");
    for (const std::size_t step : {0u, 1u}) product.steps[step] = {hours, technicians, 2};
    product.steps[3].hours = hours;
    Hall hall;
    hall.name = "hall";
    hall.product = model.products.add(product);
    model.halls.add(hall);
    Delivery delivery;
    delivery.name = "racks";
    model.deliveries.add(delivery);
    SupplyLine line;
    line.name = "wafers";
    model.supply_lines.add(line);
  }

  /// A rack that came with lot 0; bring-up is skipped.
  std::uint32_t rack(double install, double cabled_from, double cabled, double done, Cause cause,
                     Cause cable_cause = because(CauseKind::rack)) {
    const auto record = static_cast<std::uint32_t>(timeline.racks.size());
    if (cable_cause.kind == CauseKind::rack) cable_cause.record = record;
    RackRun rack;
    rack.hall = Id<Hall>(0);
    rack.arrived = rack.assigned = timeline.lots[0].arrived;
    rack.assigned_cause = because(CauseKind::lot, 0);
    rack.begin = {day(install), day(cabled_from), day(cabled), day(cabled)};
    rack.end = {day(cabled_from), day(cabled), day(cabled), day(done)};
    rack.accepted = rack.usable = day(done);
    rack.cause = {cause, cable_cause, because(CauseKind::rack, record),
                  because(CauseKind::rack, record)};
    timeline.racks.push_back(rack);
    return record;
  }
  void lot(double released, double arrived, bool by_line = false) {
    RackLot lot;
    if (by_line)
      lot.line = Id<SupplyLine>(0);
    else
      lot.delivery = Id<Delivery>(0);
    lot.released = day(released);
    lot.arrived = day(arrived);
    timeline.lots.push_back(lot);
  }
};

TEST_F(RackChainTest, LeadsFromARackToItsDelivery) {
  lot(20, 25);
  const auto first = rack(26, 27, 28, 33, because(CauseKind::lot, 0));
  reach(33, because(CauseKind::rack, first));
  EXPECT_EQ(chain(), "delivery racks 0-25, deployment gpu_rack 25-33");
}

TEST_F(RackChainTest, LeadsFromARackToItsSupplyLine) {
  lot(-30, 25, /*by_line=*/true);
  const auto first = rack(26, 27, 28, 33, because(CauseKind::lot, 0));
  reach(33, because(CauseKind::rack, first));
  EXPECT_EQ(chain(), "supply_line wafers -30-25, deployment gpu_rack 25-33");
}

TEST_F(RackChainTest, CollapsesAQueueOfRacksBeforeACrewIntoOneLink) {
  // One rack after another: install a day, cable a day. Rack n is installed when rack n − 1 is
  // cabled, on day 25 + 2n. The last of 300 is cabled on day 25 + 600 and done on day 630.
  lot(20, 25);
  std::uint32_t last = rack(25, 26, 27, 32, because(CauseKind::lot, 0));
  for (int n = 1; n < 300; ++n)
    last = rack(25 + 2 * n, 26 + 2 * n, 27 + 2 * n, 30 + 2 * n + 2,
                because(CauseKind::crew_rack, last, 0));
  reach(630, because(CauseKind::rack, last));
  // Its own install began on day 25 + 2·299 = 623; before that the others held the crew since
  // day 25.
  EXPECT_EQ(chain(), "delivery racks 0-25, crew technicians 25-623, deployment gpu_rack 623-630");
}

TEST_F(RackChainTest, WaitsForACrewInTheMiddleOfItsSteps) {
  lot(20, 25);
  const auto other = rack(25, 28, 30, 40, because(CauseKind::lot, 0));
  const auto first =
      rack(25, 30, 31, 35, because(CauseKind::lot, 0), because(CauseKind::crew_rack, other, 0));
  reach(35, because(CauseKind::rack, first));
  // It was installed long before; for its cabling it waited until the other was cabled on day 30.
  EXPECT_EQ(chain(), "delivery racks 0-25, crew technicians 25-30, deployment gpu_rack 30-35");
}

TEST_F(RackChainTest, CountsRepairsAsDeployment) {
  lot(20, 25);
  const auto first = rack(25, 26, 27, 50, because(CauseKind::lot, 0));
  timeline.racks[first].failures = 1;
  timeline.racks[first].begin[3] = day(45);
  timeline.repairs.push_back({first, day(32), day(45)});
  reach(50, because(CauseKind::rack, first));
  EXPECT_EQ(chain(), "delivery racks 0-25, deployment gpu_rack 25-50");
}

TEST_F(RackChainTest, LeadsFromAFailedBurnInThatFreedACrewToTheStepsBefore) {
  // Burn-in is watched by its own crew here. The first rack fails on day 32, is away until day 45
  // and burnt in again until day 50; the second had waited for that crew and got it on day 32.
  const Id<Crew> watch = crew("watch");
  model.products[Id<Product>(0)].steps[3].crew = watch;
  lot(20, 25);
  const auto first = rack(25, 26, 27, 50, because(CauseKind::lot, 0));
  timeline.racks[first].failures = 1;
  timeline.racks[first].begin[3] = day(45);
  timeline.repairs.push_back({first, day(32), day(45)});
  const auto second = rack(25, 26, 27, 37, because(CauseKind::lot, 0));
  timeline.racks[second].begin[3] = day(32);
  timeline.racks[second].cause[3] = because(CauseKind::crew_rack, first, 1);
  reach(37, because(CauseKind::rack, second));
  EXPECT_EQ(chain(),
            "delivery racks 0-25, deployment gpu_rack 25-27, crew watch 27-32, deployment gpu_rack "
            "32-37");
}

TEST_F(RackChainTest, LeadsFromMorePowerToTheRampOfItsFeeder) {
  Feeder feeder;
  feeder.name = "utility";
  model.feeders.add(feeder);
  timeline.energisations.push_back({Id<Feeder>(0), day(60), Watts{5}, because(CauseKind::date)});
  lot(20, 25);
  const auto first = rack(60, 61, 62, 67, because(CauseKind::power, 0));
  reach(67, because(CauseKind::rack, first));
  EXPECT_EQ(chain(), "feeder utility 0-60, deployment gpu_rack 60-67");
}

TEST(ElementKinds, AllHaveAName) {
  for (std::size_t i = 0; i < kElementKinds; ++i)
    EXPECT_NE(name(static_cast<ElementKind>(i)), "") << i;
}

}  // namespace
}  // namespace racked
