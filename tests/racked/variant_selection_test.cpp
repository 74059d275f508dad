#include <racked/variant_selection.h>

#include "scenario_text.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <stdexcept>

namespace racked {
namespace {

const char* const kTask =
    "campus { id: 'c' task { id: 'a' elapsed_days { uniform { min: 10 max: 30 } } } }"
    "milestone { id: 'm' task: 'c.a' }";

// Means 20, 19 and 23 days.
TEST(VariantSelection, SelectsTheFirst) {
  const std::string path = "campus[c].task[a].elapsed_days=";
  const auto variants = {parse_variant("quick:" + path + "{ uniform { min: 9 max: 29 } }"),
                         parse_variant("slow:" + path + "{ uniform { min: 13 max: 33 } }")};
  const VariantSelection found = select_variant(testing::year_2025(kTask), variants, "m", {}, {});
  EXPECT_TRUE(found.selection.decided);
  EXPECT_EQ(found.names.at(found.selection.best), "quick");
  const auto json = nlohmann::json::parse(selection_json(found));
  EXPECT_EQ(json["best"], "quick");
  EXPECT_EQ(json["variants"][0]["name"], "baseline");
  EXPECT_THROW(select_variant(testing::year_2025(kTask), variants, "n", {}, {}),
               std::invalid_argument);
}

}  // namespace
}  // namespace racked
