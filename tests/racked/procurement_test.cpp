#include "scenario_text.h"

#include <racked/audit.h>

#include <gtest/gtest.h>

#include <array>

namespace racked::testing {
namespace {

const char* kTransformer = "equipment { id: 'mpt' lead_time_days { fixed: 30 } } ";

TEST(Procurement, ATaskWaitsForAllItsPieces) {
  const Model model =
      model_of(kTransformer + campus("order { id: 'o' equipment: 'mpt' count: 3 lots: 2 "
                                     "lot_spacing_days: 10 placed: '2025-01-08' }"
                                     "task { id: 't' need { equipment: 'mpt' count: 3 } }"));
  const Timeline timeline = simulate(model, 1, 0);
  // Placed on day 2, first lot of two on day 32, second of one on day 42.
  ASSERT_EQ(timeline.goods.size(), 2u);
  EXPECT_EQ(timeline.goods[0].pieces, 2);
  EXPECT_EQ(timeline.goods[0].arrived, day(32));
  EXPECT_EQ(timeline.goods[1].pieces, 1);
  EXPECT_EQ(timeline.goods[1].arrived, day(42));
  const TaskRun t = run_of(model, timeline, "c.t");
  EXPECT_EQ(t.start, day(42));
  EXPECT_EQ(t.cause, (Cause{1, 0, CauseKind::goods}));
}

TEST(Procurement, AnOrderMayHaveBeenPlacedBeforeDayZero) {
  const Model model =
      model_of(kTransformer + campus("order { id: 'o' equipment: 'mpt' placed: '2024-12-17' }"
                                     "task { id: 't' need { equipment: 'mpt' } }"));
  // 2024-12-17 is day −20; 30 days later is day 10.
  EXPECT_EQ(run_of(model, simulate(model, 1, 0), "c.t").start, day(10));
}

TEST(Procurement, WhatArrivedBeforeDayZeroIsUsedOnDayZero) {
  const Model model =
      model_of(kTransformer + campus("order { id: 'o' equipment: 'mpt' placed: '2024-11-07' }"
                                     "task { id: 't' need { equipment: 'mpt' } }"));
  const Timeline timeline = simulate(model, 1, 0);
  EXPECT_EQ(timeline.goods[0].arrived, day(-30));
  EXPECT_EQ(run_of(model, timeline, "c.t").start, day(0));
}

TEST(Procurement, ATaskPlacesAnOrderAndStockIsUsedUp) {
  const Model model = model_of(
      kTransformer +
      campus(
          "order { id: 'o' equipment: 'mpt' }"
          "task { id: 'sign' elapsed_days { fixed: 5 } effect { order: 'o' } }"
          "order { id: 'p' equipment: 'mpt' placed: '2025-03-01' }"
          "task { id: 't' need { equipment: 'mpt' } } task { id: 'u' need { equipment: 'mpt' } }"));
  const Timeline timeline = simulate(model, 1, 0);
  EXPECT_EQ(timeline.goods[0].cause, (Cause{0, 0, CauseKind::task}));
  EXPECT_EQ(run_of(model, timeline, "c.t").start, day(35));
  // The second piece: placed on 2025-03-01, day 54, arrives on day 84.
  EXPECT_EQ(run_of(model, timeline, "c.u").start, day(84));
}

TEST(Procurement, AFailedAcceptanceTestAddsItsRepair) {
  // Fails in half the cases, at most twice: 30, 37 or 44 days with 1/2, 1/4 and 1/4.
  const Model model = model_of(
      "equipment { id: 'mpt' lead_time_days { fixed: 30 } "
      "acceptance_test { failure: 0.5 repair_days { fixed: 7 } at_most: 2 } } " +
      campus("order { id: 'o' equipment: 'mpt' placed: '2025-01-06' }"
             "task { id: 't' need { equipment: 'mpt' } }"));
  std::array<int, 3> seen{};
  constexpr int kReplications = 4'000;
  for (std::uint64_t r = 0; r < kReplications; ++r) {
    const auto days = (simulate(model, 1, r).goods[0].arrived - des::kStart) / des::kDay;
    ASSERT_EQ((days - 30) % 7, 0);
    ++seen.at(static_cast<std::size_t>((days - 30) / 7));
  }
  // Standard error of a share: below 0.008.
  EXPECT_NEAR(seen[0] / double{kReplications}, 0.5, 0.032);
  EXPECT_NEAR(seen[1] / double{kReplications}, 0.25, 0.028);
  EXPECT_NEAR(seen[2] / double{kReplications}, 0.25, 0.028);
}

const char* const kShared =
    "equipment { id: 'mpt' lead_time_days { fixed: 30 } transfer_days { fixed: 3 } } "
    "campus { id: 'x' order { id: 'o' equipment: 'mpt' count: 2 placed: '2025-01-06' } "
    "  task { id: 'late' elapsed_days { fixed: 60 } } "
    "  task { id: 't' after { task: 'late' } need { equipment: 'mpt' } } } "
    "campus { id: 'y' order { id: 'o' equipment: 'mpt' placed: '2025-03-07' } "
    "  task { id: 'early' elapsed_days { fixed: 40 } } "
    "  task { id: 't' after { task: 'early' } need { equipment: 'mpt' count: 2 } } } ";

TEST(Procurement, CampusesHelpEachOtherOutWithWhatNobodyWaitsFor) {
  const Model model = model_of(kShared);
  const Timeline timeline = simulate(model, 1, 0);
  EXPECT_TRUE(audit(model, timeline).empty());
  // Two pieces are on x from day 30. On day 40 y's task needs two, and nobody waits on x.
  const TaskRun y = run_of(model, timeline, "y.t");
  EXPECT_EQ(y.start, day(43));
  EXPECT_EQ(y.cause.kind, CauseKind::goods);
  EXPECT_EQ(timeline.goods[y.cause.record].kind, GoodsArrival::Kind::transfer);
  EXPECT_EQ(timeline.goods_losses[0].at, day(40));
  // x's task is ready on day 60; y's own order, placed on day 60, comes on day 90 and is sent on.
  EXPECT_EQ(run_of(model, timeline, "x.t").start, day(93));
}

TEST(Procurement, WithoutTransfersEveryCampusKeepsItsOwn) {
  std::string apart = kShared;
  apart.erase(apart.find("transfer_days"), std::string("transfer_days { fixed: 3 } ").size());
  const std::string problems = problems_of(year_2025(apart));
  EXPECT_NE(problems.find("its tasks need 2 of 'mpt', its orders bring 1"), std::string::npos)
      << problems;
}

TEST(Procurement, ALostLotComesAfterAnotherLeadTime) {
  const Model model = model_of(
      kTransformer +
      std::string(
          "risk_event { id: 'accident' at { date: '2025-01-26' } consequence { lose: 'c.o' } } ") +
      campus("order { id: 'o' equipment: 'mpt' count: 2 lots: 2 lot_spacing_days: 10 "
             "placed: '2025-01-06' } task { id: 't' need { equipment: 'mpt' count: 2 } }"));
  const Timeline timeline = simulate(model, 1, 0);
  EXPECT_TRUE(audit(model, timeline).empty());
  // Due on days 30 and 40; the first is lost on day 20 and comes on day 50.
  ASSERT_EQ(timeline.goods.size(), 2u);
  EXPECT_EQ(timeline.goods[0].lot, 1u);
  EXPECT_EQ(timeline.goods[0].arrived, day(40));
  EXPECT_EQ(timeline.goods[1].lot, 0u);
  EXPECT_EQ(timeline.goods[1].arrived, day(50));
}

TEST(Procurement, DestroyedPiecesAreOrderedAnew) {
  const Model model =
      model_of(kTransformer +
               std::string("risk_event { id: 'fire' at { date: '2025-02-15' } "
                           "consequence { destroy { campus: 'c' equipment: 'mpt' count: 5 } } } ") +
               campus("order { id: 'o' equipment: 'mpt' count: 2 placed: '2025-01-06' } "
                      "task { id: 'first' elapsed_days { fixed: 35 } } "
                      "task { id: 't' after { task: 'first' } need { equipment: 'mpt' } } "
                      "task { id: 'second' elapsed_days { fixed: 45 } } "
                      "task { id: 'u' after { task: 'second' } need { equipment: 'mpt' } }"));
  const Timeline timeline = simulate(model, 1, 0);
  EXPECT_TRUE(audit(model, timeline).empty());
  // Two pieces from day 30; t takes one on day 35; the fire of day 40 destroys the other, which is
  // there again on day 70.
  EXPECT_EQ(run_of(model, timeline, "c.t").start, day(35));
  EXPECT_EQ(run_of(model, timeline, "c.u").start, day(70));
  EXPECT_EQ(timeline.goods_losses[0].pieces, 1);
}

}  // namespace
}  // namespace racked::testing
