#include "deal_scenario.h"
#include <racked/audit.h>

#include <places.h>

#include <gtest/gtest.h>

#include <vector>

namespace racked::testing {
namespace {

// Units of a deal on campus `c` after each change, with their days.
std::vector<std::pair<double, std::int64_t>> units_of(const Model& model, const Timeline& timeline,
                                                      const std::string& deal,
                                                      const std::string& campus = "c") {
  std::vector<std::pair<double, std::int64_t>> changes;
  for (const AssignedUnits& change : timeline.assigned)
    if (model.deals[change.deal].name == deal &&
        model.campuses[model.rack_stocks[change.stock].campus].name == campus)
      changes.emplace_back(static_cast<double>((change.at - des::kStart) / des::kDay),
                           change.units);
  return changes;
}

using Changes = std::vector<std::pair<double, std::int64_t>>;

des::Time met(const Model& model, const Timeline& timeline, const std::string& deal,
              std::size_t step) {
  const IdRange<Commitment> range = model.deals[find(model.deals, deal)].commitments;
  return timeline.met.at((*range.begin()).index() + step);
}

// A rack of 10 chips; four arrive on 2025-01-16 (day 10), four on day 20, four on day 30.
const std::string kThreeLots =
    "lot { date: '2025-01-16' racks: 4 } lot { date: '2025-01-26' racks: 4 } "
    "lot { date: '2025-02-05' racks: 4 } ";

TEST(Deals, TakeWholeUnitsFromTheDateOfACommitmentOn) {
  const Model model = model_of(racks_on("c", 12, kThreeLots) + parties() +
                               "deal { id: 'd' tenant: 'lab' provider: 'cloud' product: 'r' "
                               "  commitment { date: '2025-01-21' chips: 35 } "
                               "  commitment { date: '2025-02-10' chips: 110 } }");
  const Timeline timeline = audited(model);
  // On day 15 the tenant takes 35 chips in racks of 10: four. From day 35 on it asks for 110,
  // eleven racks of the twelve there.
  EXPECT_EQ(units_of(model, timeline, "d"), (Changes{{15, 4}, {35, 11}}));
  EXPECT_EQ(met(model, timeline, "d", 0), day(15));
  EXPECT_EQ(met(model, timeline, "d", 1), day(35));
}

TEST(Deals, TakeEarlyWhatTheyMay) {
  const Model model = model_of(racks_on("c", 12, kThreeLots) + parties() +
                               "deal { id: 'd' tenant: 'lab' provider: 'cloud' product: 'r' "
                               "  early_days: 30 commitment { date: '2025-02-10' chips: 110 } }");
  const Timeline timeline = audited(model);
  // From day 5 on, so whatever comes on days 10, 20 and 30, up to eleven racks.
  EXPECT_EQ(units_of(model, timeline, "d"), (Changes{{10, 4}, {20, 8}, {30, 11}}));
  EXPECT_EQ(met(model, timeline, "d", 0), day(30));  // five days before its date
}

const std::string kTwoDeals =
    "deal { id: 'a' tenant: 'lab' provider: 'cloud' product: 'r' "
    "  commitment { date: '2025-01-16' chips: 20 } commitment { date: '2025-01-18' chips: 60 } } "
    "deal { id: 'b' tenant: 'other' provider: 'cloud' product: 'r' "
    "  commitment { date: '2025-01-17' chips: 60 } } ";

TEST(Deals, AreServedInTheOrderOfTheDatesOfTheirCommitments) {
  const Model model = model_of(racks_on("c", 12, kThreeLots) + parties() + kTwoDeals);
  const Timeline timeline = audited(model);
  // Four racks on day 10: a asks for two, then on day 11 b for six and gets the other two. Day 12:
  // a asks for four more, after b. Day 20: b first gets its six, nothing is left for a's second
  // step; day 30: a gets its four.
  EXPECT_EQ(units_of(model, timeline, "a"), (Changes{{10, 2}, {30, 6}}));
  EXPECT_EQ(units_of(model, timeline, "b"), (Changes{{11, 2}, {20, 6}}));
  EXPECT_EQ(met(model, timeline, "a", 1), day(30));
}

TEST(Deals, OrByTheirPriority) {
  const Model model =
      model_of("assignment: BY_PRIORITY " + racks_on("c", 12, kThreeLots) + parties() + kTwoDeals);
  const Timeline timeline = audited(model);
  // Day 12: a, written first, takes all four racks; b gets what is left of eight on day 20.
  EXPECT_EQ(units_of(model, timeline, "a"), (Changes{{10, 2}, {12, 4}, {20, 6}}));
  EXPECT_EQ(units_of(model, timeline, "b"), (Changes{{11, 2}, {12, 0}, {20, 2}, {30, 6}}));
}

TEST(Deals, OrInProportionToWhatTheyLack) {
  const Model model = model_of("assignment: PRO_RATA " + racks_on("c", 12, kThreeLots) + parties() +
                               "deal { id: 'a' tenant: 'lab' provider: 'cloud' product: 'r' "
                               "  commitment { date: '2025-01-10' chips: 100 } } "
                               "deal { id: 'b' tenant: 'other' provider: 'cloud' product: 'r' "
                               "  commitment { date: '2025-01-10' chips: 50 } } ");
  const Timeline timeline = audited(model);
  // Ten and five racks are lacked. Of 4: 4·10/15 = 2 rest 10, 4·5/15 = 1 rest 5, so 3 and 1. Of 8:
  // 5 rest 5, 2 rest 10, so 5 and 3. Of 12: 8 and 4.
  EXPECT_EQ(units_of(model, timeline, "a"), (Changes{{10, 3}, {20, 5}, {30, 8}}));
  EXPECT_EQ(units_of(model, timeline, "b"), (Changes{{10, 1}, {20, 3}, {30, 4}}));
}

TEST(Deals, CountInPowerWithoutAProduct) {
  // Racks of 100 kW on two campuses; the deal prefers y.
  const Model model =
      model_of(racks_on("c", 12, kThreeLots) +
               racks_on("y", 4, "lot { date: '2025-01-26' racks: 4 } ") + parties() +
               "deal { id: 'd' tenant: 'lab' provider: 'cloud' campus: 'y' campus: 'c' "
               "  commitment { date: '2025-01-16' it_mw: 0.65 } }");
  const Timeline timeline = audited(model);
  // 0.65 MW is seven racks. Day 10: four of c. Day 20: four of y, three of c.
  EXPECT_EQ(units_of(model, timeline, "d", "c"), (Changes{{10, 4}, {20, 3}}));
  EXPECT_EQ(units_of(model, timeline, "d", "y"), (Changes{{20, 4}}));
  EXPECT_EQ(met(model, timeline, "d", 0), day(20));
}

TEST(Deals, LoseWhatIsOutOfService) {
  // Every rack fails about every 36 days and is away for five.
  const Model model =
      model_of(racks_on("c", 12, kThreeLots, "failures { per_year: 10 return_days { fixed: 5 } }") +
               parties() +
               "deal { id: 'd' tenant: 'lab' provider: 'cloud' product: 'r' "
               "  commitment { date: '2025-01-16' chips: 120 } }");
  const Timeline timeline = audited(model);
  ASSERT_GT(timeline.outages.size(), 10u);
  // The first failure takes a rack away at once, its return gives it back.
  const Outage& first = timeline.outages.front();
  const auto at = std::find_if(timeline.assigned.begin(), timeline.assigned.end(),
                               [&](const AssignedUnits& c) { return c.at == first.failed; });
  ASSERT_NE(at, timeline.assigned.end());
  EXPECT_EQ(at->units, std::prev(at)->units - 1);
}

TEST(Deals, EndWhenACommitmentIsNotMetByItsOutsideDate) {
  const std::string late =
      "deal { id: 'a' tenant: 'lab' provider: 'cloud' product: 'r' outside_days: 12 "
      "  commitment { date: '2025-01-10' chips: 90 } } "
      "deal { id: 'b' tenant: 'other' provider: 'cloud' product: 'r' "
      "  commitment { date: '2025-01-11' chips: 100 } } ";
  const Model model = model_of(racks_on("c", 12, kThreeLots) + parties() + late);
  const Timeline timeline = audited(model);
  // a is due on day 4 and has four racks from day 10; on day 16 it is terminated and b gets them.
  EXPECT_EQ(timeline.terminated[0], day(16));
  EXPECT_EQ(units_of(model, timeline, "a"), (Changes{{10, 4}, {16, 0}}));
  EXPECT_EQ(units_of(model, timeline, "b"), (Changes{{16, 4}, {20, 8}, {30, 10}}));

  std::string kept = late;
  kept.insert(kept.find("outside_days"), "on_termination: KEEP_DELIVERED ");
  const Model keeping = model_of(racks_on("c", 12, kThreeLots) + parties() + kept);
  const Timeline other = audited(keeping);
  EXPECT_EQ(other.terminated[0], day(16));
  EXPECT_EQ(units_of(keeping, other, "a"), (Changes{{10, 4}}));
  EXPECT_EQ(units_of(keeping, other, "b"), (Changes{{20, 4}, {30, 8}}));
}

TEST(Deals, GiveEverythingBackWhenTheyEnd) {
  const Model model =
      model_of(racks_on("c", 12, kThreeLots) + parties() +
               "deal { id: 'd' tenant: 'lab' provider: 'cloud' product: 'r' "
               "  ends: '2025-03-07' commitment { date: '2025-01-16' chips: 40 } }");
  const Timeline timeline = audited(model);
  EXPECT_EQ(units_of(model, timeline, "d"), (Changes{{10, 4}, {60, 0}}));
}

TEST(Deals, ServeOthersOutOfWhatTheirTenantHas) {
  // The developer lets power to the cloud, the cloud lets chips to the lab.
  const Model model =
      model_of(racks_on("c", 12, kThreeLots) + parties() +
               "deal { id: 'lease' tenant: 'cloud' provider: 'developer' "
               "  commitment { date: '2025-01-16' it_mw: 0.6 } } "
               "deal { id: 'chips' tenant: 'lab' provider: 'cloud' product: 'r' out_of: 'lease' "
               "  commitment { date: '2025-01-10' chips: 90 } } ");
  const Timeline timeline = audited(model);
  // The cloud has four racks from day 10, six of eight from day 20; the lab gets no more than
  // those.
  EXPECT_EQ(units_of(model, timeline, "lease"), (Changes{{10, 4}, {20, 6}}));
  EXPECT_EQ(units_of(model, timeline, "chips"), (Changes{{10, 4}, {20, 6}}));
  EXPECT_EQ(met(model, timeline, "chips", 0), des::kNever);
}

TEST(Deals, AreServedInWholeScaleUpUnits) {
  const Model model = model_of(racks_on("c", 12, kThreeLots, "racks_per_unit: 3") + parties() +
                               "deal { id: 'd' tenant: 'lab' provider: 'cloud' product: 'r' "
                               "  commitment { date: '2025-01-16' chips: 70 } }");
  const Timeline timeline = audited(model);
  // Of four racks one unit of three is complete, of eight two; 70 chips need three units of 30.
  EXPECT_EQ(units_of(model, timeline, "d"), (Changes{{10, 1}, {20, 2}, {30, 3}}));
}

TEST(Deals, AreRefusedWithEveryFault) {
  const std::string problems = problems_of(year_2025(
      racks_on("c", 12, kThreeLots) + parties() +
      "product { id: 'none' chips_per_rack: 1 kw_per_rack: 1 } "
      "deal { id: 'a' tenant: 'lab' provider: 'nobody' product: 'r' "
      "  commitment { date: '2025-03-01' it_mw: 1 } commitment { date: '2025-02-01' chips: 5 } } "
      "deal { id: 'b' tenant: 'lab' provider: 'cloud' product: 'none' out_of: 'a' "
      "  commitment { date: '2024-02-01' chips: 5 } commitment { date: '2025-02-01' chips: 5 } } "
      "deal { id: 'e' tenant: 'lab' provider: 'cloud' campus: 'c' campus: 'c' out_of: 'e' "
      "  commitment { date: '2025-03-01' it_mw: 1 } ends: '2025-02-01' } "
      "deal { id: 'g' tenant: 'lab' provider: 'lab' commitment { date: '2025-03-01' it_mw: 1 } }"));
  for (const char* said :
       {"deal[a].provider: no party is called 'nobody'", "deal[g].tenant: is the provider itself",
        "deal[a].commitment[0]: give chips, the unit of a deal with a product",
        "deal[a].commitment[1].date: must be after the commitment before",
        "deal[b].out_of: gives its capacity to 'lab', not to the provider of this deal",
        "deal[b].commitment[0].date: lies before the start of the scenario",
        "deal[b].commitment[1]: must be more than the commitment before",
        "deal[b]: no hall could ever serve it", "deal[e].campus[1]: is named twice",
        "deal[e].out_of: must be a deal written before this one",
        "deal[e].commitment[0].date: lies after the end of the deal"})
    EXPECT_NE(problems.find(said), std::string::npos) << said << "\n" << problems;
}

TEST(Deals, ThePublishedExampleRunsAndIsClean) {
  const Model model = make_model(
      read_scenario(std::string(RACKED_SOURCE_DIR) + "/docs/scenarios/two_tenants.textproto"));
  std::size_t fired = 0, expanded = 0;
  for (std::uint64_t replication = 0; replication < 50; ++replication) {
    const Timeline timeline = audited(model, replication);
    fired += timeline.firings.size();
    expanded += run_of(model, timeline, "east.second.fit_out").finish != des::kNever;
    EXPECT_FALSE(timeline.payments.empty());
  }
  EXPECT_EQ(fired, 50u);
  EXPECT_GT(expanded, 40u);
}

TEST(Deals, AuditFindsWhatIsNotThere) {
  const Model model = model_of(racks_on("c", 12, kThreeLots) + parties() + kTwoDeals);
  const Timeline good = audited(model);
  const auto rules = [&](auto change) {
    Timeline timeline = good;
    change(timeline);
    std::string spoken;
    for (const Finding& finding : audit(model, timeline)) spoken += finding.rule + " ";
    return spoken;
  };
  EXPECT_NE(rules([](Timeline& t) { t.assigned[0].units = 9; }).find("assigned"),
            std::string::npos);
  EXPECT_NE(rules([](Timeline& t) { t.assigned.pop_back(); }).find("assigned"), std::string::npos);
  EXPECT_NE(rules([](Timeline& t) {
              std::swap(t.assigned[0].deal, t.assigned[1].deal);
            }).find("assigned"),
            std::string::npos);
  EXPECT_NE(rules([](Timeline& t) { t.met[1] += des::kDay; }).find("commitments"),
            std::string::npos);
  EXPECT_NE(rules([](Timeline& t) { t.terminated[0] = day(30); }).find("commitments"),
            std::string::npos);
}

}  // namespace
}  // namespace racked::testing
