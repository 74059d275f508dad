#include <racked/ledger.h>

#include "deal_scenario.h"

#include <racked/experiment.h>

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace racked::testing {
namespace {

// The developer builds for 1 M$, lets 0.4 MW to the cloud for 30.4375 $ per kW and month, one a
// day; the cloud buys racks at 10 k$ and lets chips to the lab at 1 $ an hour. The lab also has a
// deal with another provider on another campus.
Model chain() {
  return model_of(
      racks_on(
          "c", 8, "lot { date: '2025-01-16' racks: 4 } lot { date: '2025-02-05' racks: 4 } ",
          "price_usd { fixed: 10000 }",
          "owner: 'developer' rack_owner: 'cloud' task { id: 'build' elapsed_days { fixed: 5 } "
          "cost { fixed_usd { fixed: 1000000 } } }") +
      racks_on("y", 4, "lot { date: '2025-01-26' racks: 2 } ", "", "owner: 'other'") + parties() +
      "deal { id: 'lease' tenant: 'cloud' provider: 'developer' campus: 'c' "
      "  usd_per_kw_month: 30.4375 commitment { date: '2025-01-16' it_mw: 0.4 } } "
      "deal { id: 'chips' tenant: 'lab' provider: 'cloud' product: 'r' out_of: 'lease' "
      "  usd_per_chip_hour: 1 commitment { date: '2025-01-16' chips: 40 } } "
      "deal { id: 'more' tenant: 'lab' provider: 'other' product: 'r' campus: 'y' "
      "  commitment { date: '2025-01-20' chips: 20 } commitment { date: '2025-06-01' chips: 30 } "
      "} ");
}

Results of(const Model& model, std::uint64_t first = 0, std::uint64_t last = 1) {
  ExperimentOptions options;
  options.first = first;
  options.last = last;
  options.audit = true;
  return run(model, options);
}

std::vector<std::int64_t> all_of(const Results& results) {
  std::vector<std::int64_t> all, row;
  for (std::size_t i = 0; i < results.rows(); ++i) {
    results.ledger.read_row(i, row);
    all.insert(all.end(), row.begin(), row.end());
  }
  return all;
}

std::size_t party(const Results& results, const std::string& name) {
  return static_cast<std::size_t>(std::find(results.parties.begin(), results.parties.end(), name) -
                                  results.parties.begin());
}

TEST(Ledger, KeepsWhatEachDealGot) {
  const Results results = of(chain());
  ASSERT_EQ(results.rows(), 1u);
  const LedgerLayout at(results);
  ASSERT_EQ(results.ledger.cells(), at.width());
  // Report dates: day 0, 1 February (day 26), …, the horizon.
  EXPECT_EQ(results.ledger.at(0, at.committed(1, 0)), 0);
  EXPECT_EQ(results.ledger.at(0, at.committed(1, 1)), 40);
  EXPECT_EQ(results.ledger.at(0, at.delivered(1, 1)), 40);
  EXPECT_EQ(results.ledger.at(0, at.delivered(0, 1)), 400'000);  // watts
  EXPECT_EQ(results.ledger.at(0, at.met(2, 0)), day(20).time_since_epoch().count());
  EXPECT_EQ(results.ledger.at(0, at.met(2, 1)), des::kNever.time_since_epoch().count());
  // From day 10 to the horizon, day 364: 354 days of 400 $ and of 40 · 24 $.
  EXPECT_EQ(results.ledger.at(0, at.rent(0)), 100 * 354 * 400);
  EXPECT_EQ(results.ledger.at(0, at.rent(1)), 100 * 354 * 960);
  EXPECT_EQ(results.ledger.at(0, at.credits(1)), 0);
}

TEST(Ledger, KeepsTheCashCurveOfEachParty) {
  const Results results = of(chain());
  const LedgerLayout at(results);
  const auto balance = [&](const std::string& name, std::size_t date) {
    std::int64_t sum = 0;
    for (std::size_t a = 0; a < results.cash_accounts.size(); ++a)
      if (results.cash_accounts[a].party.index() == party(results, name))
        sum += results.ledger.at(0, at.cash(a, date));
    return sum;
  };
  const std::size_t last = results.report_dates.size() - 1;
  // To 1 February 16 days are billed. The cloud bought four racks by then and eight by the end; the
  // two of campus y are bought by 'other'.
  EXPECT_EQ(balance("developer", 1), 100 * (16 * 400 - 1'000'000));
  EXPECT_EQ(balance("cloud", 1), 100 * (16 * (960 - 400) - 40'000));
  EXPECT_EQ(balance("cloud", last), 100 * (354 * (960 - 400) - 80'000));
  EXPECT_EQ(balance("lab", last), -100 * 354 * 960);
  EXPECT_EQ(balance("other", last), -100 * 20'000);

  // The cloud is deepest on day 30, when it has bought eight racks and got one month's difference.
  EXPECT_EQ(results.ledger.at(0, at.peak(party(results, "cloud"))),
            100 * (80'000 - 16 * (960 - 400)));
  EXPECT_EQ(results.ledger.at(0, at.peak_time(party(results, "cloud"))),
            day(30).time_since_epoch().count());
  // Four of its racks came with the first rent, on day 10: none before. The developer had paid all.
  EXPECT_EQ(results.ledger.at(0, at.capital(party(results, "cloud"))), 0);
  EXPECT_EQ(results.ledger.at(0, at.capital(party(results, "developer"))), 100 * 1'000'000);
}

// Racks of 100 kW at PUE 1: on 1 February the lease has four on c and the other deal two on y. The
// chips are let out of the lease and count once.
TEST(Ledger, CountsPowerThatIsLetOnce) {
  const Results results = of(chain());
  const LedgerLayout at(results);
  EXPECT_EQ(results.ledger.at(0, at.contracted(0, 0)), 0);
  EXPECT_EQ(results.ledger.at(0, at.contracted(0, 1)), 400'000);
  EXPECT_EQ(results.ledger.at(0, at.contracted(1, 1)), 200'000);
  EXPECT_EQ(contracted_bands(results).at(1).p50, 0.6);
  EXPECT_EQ(contracted_bands(results, 1).at(1).p90, 0.2);
  EXPECT_THROW(contracted_bands(results, 2), std::out_of_range);
  EXPECT_NE(bands_csv(results).find(",2025-02-01,y,contracted_mw,MW,0.2,"), std::string::npos);
  EXPECT_NE(summary_json(results).find("contracted_mw"), std::string::npos);

  const Results without = of(model_of(racks_on("c", 2, "lot { date: '2025-01-16' racks: 2 } ")));
  EXPECT_TRUE(contracted_bands(without).empty());
  EXPECT_EQ(bands_csv(without).find("contracted_mw"), std::string::npos);
}

TEST(Ledger, KeepsWhenADealEnds) {
  const std::string deals = parties() +
                            "deal { id: 'lease' tenant: 'cloud' provider: 'developer' campus: 'c' "
                            "  commitment { date: '2025-01-16' it_mw: 0.2 } ";
  const std::string site = racks_on("c", 2, "lot { date: '2025-01-16' racks: 2 } ");
  EXPECT_FALSE(of(model_of(site + deals + "} ")).deals.at(0).ends.has_value());
  const Results results = of(model_of(site + deals + "ends: '2025-03-01' } "));
  EXPECT_EQ(results.deals.at(0).ends, parse_date("2025-03-01"));
  EXPECT_EQ(results_from_bytes(results_to_bytes(results)).deals, results.deals);
}

TEST(Ledger, MeasuresHowMuchATenantDependsOnOneProvider) {
  const Results results = of(chain());
  // On 1 February the lab has 40 chips from the cloud and 20 from another: (2/3)² + (1/3)² = 5/9.
  EXPECT_NEAR(concentration(results, 0, 1, "lab").value(), 5.0 / 9, 1e-12);
  EXPECT_EQ(concentration(results, 0, 1, "cloud").value(), 1);
  EXPECT_FALSE(concentration(results, 0, 0, "lab").has_value());
  EXPECT_EQ(tenants(results), (std::vector<std::string>{"cloud", "lab"}));
}

TEST(Ledger, TablesAddUp) {
  const Results results = of(chain());
  const std::string deals = deals_csv(results);
  EXPECT_NE(deals.find(",0,lease,cloud,developer,MW,0.4,0.4,1,1,,141600,0,0\n"), std::string::npos)
      << deals;
  const std::string commitments = commitments_csv(results);
  // Due on day 14, met on day 20; the other, due on day 146, is open for 218 days at the horizon.
  EXPECT_NE(commitments.find(",0,more,2025-01-20,chips,20,2025-01-26,6\n"), std::string::npos);
  EXPECT_NE(commitments.find(",0,more,2025-06-01,chips,30,,218\n"), std::string::npos)
      << commitments;
  EXPECT_NE(deal_bands_csv(results).find(",2025-02-01,*,lab,*,concentration,1,"),
            std::string::npos);
  const std::string cash = cash_csv(results);
  EXPECT_NE(cash.find(",2025-02-01,c,developer,rent,USD,6400,"), std::string::npos) << cash;
  EXPECT_NE(cash.find(",2025-02-01,*,cloud,*,USD,-31040,"), std::string::npos) << cash;
  const std::string parties = parties_csv(results);
  EXPECT_NE(parties.find(",0,developer,-858400,1000000,2025-01-11,1000000,2025-01-16\n"),
            std::string::npos)
      << parties;
  // Racks are usable as they come; nothing is idle. Four racks of y lie … none: two came, two run.
  EXPECT_NE(idle_csv(results).find(",0,c,0,0\n"), std::string::npos);
  const std::string summary = summary_json(results);
  EXPECT_NE(summary.find("\"peak_funding_usd\""), std::string::npos);
  EXPECT_NE(summary.find("\"concentration\": {\"cloud\":"), std::string::npos);
}

TEST(Ledger, PartsMergeToTheWholeAndComeBackFromFiles) {
  const Model model = model_of(
      racks_on("c", 8,
               "lot { date: '2025-01-16' racks: 8 } slip_days { uniform { min: 0 max: 60 } } ",
               "price_usd { uniform { min: 9000 max: 11000 } }") +
      parties() +
      "deal { id: 'd' tenant: 'lab' provider: 'cloud' product: 'r' usd_per_chip_hour: 1 "
      "  commitment { date: '2025-02-01' chips: 80 } delay_credit { rent_days: 1 } }");
  const Results whole = of(model, 0, 20);
  const Results merged = merge({of(model, 12, 20), of(model, 0, 12)});
  EXPECT_EQ(all_of(whole), all_of(merged));
  EXPECT_EQ(cash_csv(whole), cash_csv(merged));
  EXPECT_NE(all_of(whole), all_of(of(model, 20, 40)));

  const auto folder = std::filesystem::temp_directory_path() / "racked_ledger_test";
  std::filesystem::remove_all(folder);
  write_results(whole, folder);
  const Results read = read_results(folder);
  EXPECT_EQ(all_of(read), all_of(whole));
  EXPECT_EQ(read.deals, whole.deals);
  EXPECT_EQ(read.cash_accounts, whole.cash_accounts);
  EXPECT_TRUE(std::filesystem::exists(folder / "cash.csv"));
  std::filesystem::remove_all(folder);
}

TEST(Ledger, IsEmptyWithoutDealsAndCosts) {
  const Results results = of(model_of(racks_on("c", 8, "lot { date: '2025-01-16' racks: 8 }")));
  EXPECT_EQ(ledger_width(results), 0u);
  EXPECT_EQ(results.ledger.rows(), 0u);
  EXPECT_EQ(cash_csv(results) + deals_csv(results) + idle_csv(results), "");
  EXPECT_EQ(summary_json(results).find("deals"), std::string::npos);
}

}  // namespace
}  // namespace racked::testing
