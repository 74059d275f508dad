// Causes and waits of like elements are told together.
#include <racked/causes.h>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace racked {
namespace {

TEST(Causes, OfBuildingsAlikeAreOneGroup) {
  Results results;
  results.causes = {{0, ElementKind::plan, 0, "plan", 9, 50},
                    {0, ElementKind::task, 1, "c.b1.roof", 4, 300},
                    {0, ElementKind::task, 2, "c.b2.roof", 6, 500},
                    {0, ElementKind::task, 3, "c.permit", 9, 700},
                    {0, ElementKind::order, 4, "c.b2.roof", 1, 10},
                    {1, ElementKind::task, 2, "c.b2.roof", 2, 9'000}};
  const std::vector<CauseGroup> groups = cause_groups(results, 0);
  ASSERT_EQ(groups.size(), 4u);
  // 300 + 500 seconds of the two roofs; the one that is in most replications is in 6.
  EXPECT_EQ(groups[0].text(), "task c.*.roof");
  EXPECT_EQ(groups[0].seconds, 800);
  EXPECT_EQ(groups[0].members, 2u);
  EXPECT_EQ(groups[0].most, 6u);
  EXPECT_EQ(groups[1].text(), "task c.permit");
  EXPECT_EQ(groups[2].text(), "the plan's dates");
  EXPECT_EQ(groups[3].text(), "order c.b2.roof");
  EXPECT_TRUE(cause_groups(results, 2).empty());
}

TEST(Causes, WaitsForTheSameThingAreOneGroup) {
  Results results;
  results.waits = {{false, "c.b1.roof", "crew", "welders", 3, 0},
                   {false, "c.b2.roof", "crew", "welders", 5, 0},
                   {false, "c.b2.test", "task", "c.b2.roof", 5, 0},
                   {true, "c.b1.h", "power", "c.b1.main", 4, 40},
                   {true, "c.b2.h", "power", "c.b2.main", 2, 60}};
  const std::vector<WaitGroup> groups = wait_groups(results);
  ASSERT_EQ(groups.size(), 2u);
  EXPECT_EQ(groups[0].what, "crew welders");
  EXPECT_EQ(groups[0].waiters.size(), 2u);
  EXPECT_EQ(groups[0].most, 5u);
  // 40 positions in 4 replications and 60 in 2: means of 10 and 30.
  EXPECT_EQ(groups[1].what, "power: c.*.main");
  EXPECT_TRUE(groups[1].halls);
  EXPECT_DOUBLE_EQ(groups[1].positions(), 40);
}

TEST(Causes, TheFurthestMilestoneIsOneThatIsReached) {
  Results results;
  results.milestones = {{"near", "", {}, false}, {"far", "", {}, false}, {"never", "", {}, false}};
  EXPECT_FALSE(furthest_reached(results));
  EXPECT_TRUE(all_reached(results));  // of no replication
  results.replications = {0};
  results.reached = {des::kStart + des::kDay, des::kStart + 2 * des::kDay, des::kNever};
  EXPECT_EQ(furthest_reached(results), 1u);
  EXPECT_FALSE(all_reached(results));
}

}  // namespace
}  // namespace racked
