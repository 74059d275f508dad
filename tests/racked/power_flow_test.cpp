#include "scenario_text.h"

#include <racked/audit.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace racked::testing {
namespace {

struct Element {
  int capacity;
  std::vector<std::size_t> fed_by;
};

// Whether power still comes to `to` when the elements of `cut` are taken away.
bool fed(const std::vector<Element>& elements, std::uint32_t cut, std::size_t to) {
  if (cut >> to & 1u) return false;
  const auto& feeds = elements[to].fed_by;
  return feeds.empty() ||
         std::any_of(feeds.begin(), feeds.end(), [&](auto f) { return fed(elements, cut, f); });
}

// No more flows to halls than the elements that cut them off carry, or than those not cut off ask
// for; and the least of such cuts is reached (Ford and Fulkerson, Canad. J. Math. 8 (1956) 399).
int least_cut(const std::vector<Element>& elements,
              const std::vector<std::pair<std::size_t, int>>& halls) {
  int least = 1'000'000;
  for (std::uint32_t cut = 0; cut < (1u << elements.size()); ++cut) {
    int sum = 0;
    for (std::size_t i = 0; i < elements.size(); ++i)
      if (cut >> i & 1u) sum += elements[i].capacity;
    for (const auto& [feeder, asked] : halls)
      if (fed(elements, cut, feeder)) sum += asked;
    least = std::min(least, sum);
  }
  return least;
}

std::string name(std::size_t element) { return "e" + std::to_string(element); }

TEST(PowerFlow, HallsGetWhatTheLeastCutLetsThroughInTheirOrder) {
  std::mt19937 bits(1);
  int below_all = 0;
  for (int round = 0; round < 150; ++round) {
    std::vector<Element> elements(4 + bits() % 6);
    std::string text = "product { id: 'r' chips_per_rack: 1 kw_per_rack: 1000 } ", feeders, built;
    for (std::size_t i = 0; i < elements.size(); ++i) {
      elements[i].capacity = static_cast<int>(1 + bits() % 12);
      feeders += "feeder { id: '" + name(i) +
                 "' capacity_mw: " + std::to_string(elements[i].capacity) +
                 " energised { date: '2025-01-06' } ";
      for (std::size_t above = 0; above < i; ++above) {
        if (bits() % 5 >= 2) continue;
        elements[i].fed_by.push_back(above);
        feeders += "fed_by: '" + name(above) + "' ";
      }
      feeders += "} ";
    }
    const std::vector<std::size_t> at = {elements.size() - 1, elements.size() - 2};
    for (const std::size_t f : at) {
      text += "building_design { id: 'd" + name(f) +
              "' hall { id: 'h' product: 'r' racks: 9 feeder: '" + name(f) + "' } } ";
      built += "building { id: 'b" + name(f) + "' design: 'd" + name(f) + "' } ";
    }
    const Model model = model_of(
        text + campus("pue: 1 " + built + feeders +
                      "delivery { id: 'x' product: 'r' lot { date: '2025-01-06' racks: 18 } }"));
    const Timeline timeline = simulate(model, 1, 0);
    ASSERT_TRUE(audit(model, timeline).empty()) << audit(model, timeline).front().message;
    std::vector<int> racks(2);
    for (const RackRun& rack : timeline.racks)
      if (rack.hall.valid()) ++racks[rack.hall.index()];
    // The first hall gets as much as can come to it, both together as much as can come to both.
    const int first = least_cut(elements, {{at[0], 9}});
    EXPECT_EQ(racks[0], first) << feeders;
    EXPECT_EQ(racks[0] + racks[1], least_cut(elements, {{at[0], first}, {at[1], 9}})) << feeders;
    below_all += racks[0] + racks[1] < 18 && racks[1] > 0;
  }
  EXPECT_GT(below_all, 30);
}

}  // namespace
}  // namespace racked::testing
