#include <racked/problem.h>

#include <gtest/gtest.h>

namespace racked {
namespace {

TEST(Problem, IsPrintedWithItsPlaceAndPath) {
  EXPECT_EQ(to_string({{"a.textproto", 3, 7}, "crew[w].headcount", "is missing"}),
            "a.textproto:3:7: crew[w].headcount: is missing");
  EXPECT_EQ(to_string({{"a.textproto", 0, 0}, "", "is empty"}), "a.textproto: is empty");
  EXPECT_EQ(to_string({{"", 0, 0}, "x", "is wrong"}), "x: is wrong");
}

TEST(Places, AnUnknownFieldHasThePlaceOfWhatEnclosesIt) {
  Places places;
  places.add("crew[w]", {"f", 4, 1});
  EXPECT_EQ(places.find("crew[w].headcount").line, 4);
  EXPECT_EQ(places.find("crew[v].headcount").line, 0);
  EXPECT_TRUE(places.contains("crew[w]"));
  EXPECT_FALSE(places.contains("crew[w].headcount"));
  Places other;
  other.add("crew[w]", {"g", 9, 2});
  other.add("name", {"g", 1, 1});
  places.merge(other);
  EXPECT_EQ(places.find("crew[w]").file, "g");
  EXPECT_EQ(places.find("name").line, 1);
}

TEST(NearestName, IsASlipOfThePenOrNothing) {
  EXPECT_EQ(nearest_name("headcout", {"headcount", "calendar"}), "headcount");
  EXPECT_EQ(nearest_name("calender", {"headcount", "calendar"}), "calendar");
  EXPECT_EQ(nearest_name("power", {"headcount", "calendar"}), "");
  EXPECT_EQ(nearest_name("x", {}), "");
}

TEST(ScenarioError, CarriesEveryProblem) {
  const ScenarioError error({{{"f", 1, 1}, "a", "is wrong"}, {{"f", 2, 1}, "b", "is wrong, too"}});
  EXPECT_EQ(error.problems().size(), 2u);
  EXPECT_NE(std::string(error.what()).find("is wrong"), std::string::npos);
}

}  // namespace
}  // namespace racked
