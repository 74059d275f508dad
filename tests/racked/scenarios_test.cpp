#include "scenario_text.h"
#include <racked/audit.h>

#include <places.h>

#include <gtest/gtest.h>

#include <filesystem>

namespace racked::testing {
namespace {

const std::filesystem::path kScenarios = RACKED_SOURCE_DIR "/docs/scenarios";

TEST(Scenarios, AuditHasNothingToSayOfAnyThatIsShipped) {
  for (const auto& shipped : std::filesystem::directory_iterator(kScenarios)) {
    const Model model = make_model(read_scenario(shipped.path()));
    const auto findings = audit(model, simulate(model, 7, 1));
    EXPECT_TRUE(findings.empty()) << shipped.path() << ": " << findings.front().rule << ": "
                                  << findings.front().message;
  }
}

TEST(Scenarios, TheWorldIsAsLargeAsItSays) {
  const Model model = make_model(read_scenario(kScenarios / "world.textproto"));
  EXPECT_EQ(model.campuses.size(), 27u);
  std::int64_t racks = 0, chips = 0;
  for (const Hall& hall : model.halls) {
    racks += hall.positions;
    chips += hall.positions * model.products[hall.product].chips_per_rack;
  }
  EXPECT_GE(racks, 250'000);
  EXPECT_GE(chips, 10'000'000);
}

}  // namespace
}  // namespace racked::testing
