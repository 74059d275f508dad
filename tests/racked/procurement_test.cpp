#include "scenario_text.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace racked::testing
