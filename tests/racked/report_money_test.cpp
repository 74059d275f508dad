// What the report shows of deals and money.
#include <racked/report.h>

#include "deal_scenario.h"

#include <racked/experiment.h>
#include <racked/files.h>
#include <racked/ledger.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <stdexcept>
#include <string>

namespace racked::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

Results of(const Model& model, std::uint64_t replications = 1) {
  ExperimentOptions options;
  options.last = replications;
  return run(model, options);
}

// The developer lets 0.4 MW, four racks of 100 kW; two are there in time, two come 31 days after
// the date. At 30.4375 $ a month a kilowatt pays 1 $ a day. Racks cost 10 k$ each,
// half of it 30 days before they come.
Model late(const std::string& more = "") {
  return model_of(racks_on("c", 8,
                           "lot { date: '2025-01-16' racks: 2 } "
                           "lot { date: '2025-03-04' racks: 2 }",
                           "price_usd { fixed: 10000 } deposit_share: 0.5 deposit_days: 30",
                           "owner: 'developer'") +
                  parties() +
                  "deal { id: 'lease' tenant: 'cloud' provider: 'developer' campus: 'c' "
                  "  usd_per_kw_month: 30.4375 delay_credit { usd_per_day: 2 } "
                  "  commitment { date: '2025-01-16' it_mw: 0.2 } "
                  "  commitment { date: '2025-02-01' it_mw: 0.4 } " +
                  more + "} ");
}

json spec_of(const Results& results, const std::string& name) {
  for (const Chart& chart : report_charts(results))
    if (chart.name == name) return json::parse(chart.spec);
  throw std::out_of_range("there is no chart " + name);
}

// The rows of the layers that have data of their own.
json second_sheet(const json& spec) {
  for (const json& layer : spec.at("layer"))
    if (layer.contains("data")) return layer.at("data").at("values");
  throw std::out_of_range("there is no second sheet");
}

TEST(ReportOfDeals, ShowsWhatIsCommittedBesideWhatIsDelivered) {
  const Results results = of(late());
  const json spec = spec_of(results, "deal_lease");
  // Report dates: 6 January, 1 February, 1 March, 1 April, …
  const json& delivered = spec.at("data").at("values");
  ASSERT_EQ(delivered.size(), results.report_dates.size());
  EXPECT_EQ(delivered.at(0).at("p50"), 0);
  EXPECT_EQ(delivered.at(2).at("p50"), 0.2);
  EXPECT_EQ(delivered.at(3).at("p90"), 0.4);
  const json expected = json::parse(
      R"([{"date":"2025-01-06","value":0},{"date":"2025-01-16","value":0.2},
          {"date":"2025-02-01","value":0.4},{"date":"2026-01-05","value":0.4}])");
  ASSERT_EQ(iso_date(results.horizon), "2026-01-05");
  EXPECT_EQ(second_sheet(spec), expected);
}

TEST(ReportOfDeals, CommitsNothingOnceTheDealHasEnded) {
  const json rows = second_sheet(spec_of(of(late("ends: '2025-06-01' ")), "deal_lease"));
  EXPECT_EQ(rows.at(3), json::parse(R"({"date":"2025-06-01","value":0.4})"));
  EXPECT_EQ(rows.at(4), json::parse(R"({"date":"2025-06-01","value":0})"));
  EXPECT_EQ(rows.at(5).at("value"), 0);
}

TEST(ReportOfDeals, TellsHowLateItWasAndWhatWasPaid) {
  const Results results = of(late());
  const std::string page = report_html(results);
  EXPECT_THAT(page, HasSubstr("<section id=\"deals\""));
  EXPECT_THAT(page, HasSubstr("<td>lease</td><td>2025-02-01</td><td class=\"number\">0.4 MW</td>"
                              "<td class=\"number\">100.0 %</td><td class=\"number\">31</td>"))
      << "due on day 26, met on day 57";
  EXPECT_THAT(page, HasSubstr("credits for delay"));
  EXPECT_THAT(page, Not(HasSubstr("take-or-pay"))) << "nothing was paid unused";
}

TEST(ReportOfMoney, ShowsTheCashOfEveryPartyAndWhatLiesIdle) {
  const Results results = of(late());
  const json spec = spec_of(results, "cash");
  const std::size_t last = results.report_dates.size() - 1;
  std::size_t party = 0;
  for (std::size_t i = 0; i < results.parties.size(); ++i) {
    const auto balance = balance_band(results, i, last);
    if (!balance) continue;
    const std::string field = "party_" + std::to_string(++party) + "_p50";
    EXPECT_NEAR(spec.at("data").at("values").at(last).at(field).get<double>(), balance->p50 / 1e8,
                1e-4);
    EXPECT_THAT(spec.dump(), HasSubstr(results.parties[i]));
  }
  EXPECT_EQ(party, 2u);  // the racks are bought from nobody in the scenario
  EXPECT_NO_THROW(spec_of(results, "idle_capital"));
  const std::string page = report_html(results);
  EXPECT_THAT(page, HasSubstr("<section id=\"cash\""));
  EXPECT_THAT(page, HasSubstr("funding need"));
}

TEST(ReportOfMoney, IsOnlyThereWhereThereIsMoney) {
  const Results results = of(model_of(racks_on("c", 2, "lot { date: '2025-01-16' racks: 2 } ")));
  const std::string page = report_html(results);
  EXPECT_THAT(page, Not(HasSubstr("<section id=\"deals\"")));
  EXPECT_THAT(page, Not(HasSubstr("<section id=\"cash\"")));
  for (const Chart& chart : report_charts(results)) {
    EXPECT_NE(chart.name, "cash");
    EXPECT_NE(chart.name, "idle_capital");
    EXPECT_NE(chart.name.substr(0, 5), "deal_");
    EXPECT_THAT(chart.spec, Not(HasSubstr("contracted")));
  }
}

TEST(ReportOfMoney, SaysWhichDealsAndPartiesAreLeftOut) {
  std::string deals;
  for (int i = 0; i < 14; ++i) {
    const std::string id = std::to_string(i);
    deals += "party { id: 'p" + id + "' } deal { id: 'd" + id + "' tenant: 'p" + id +
             "' provider: 'developer' campus: 'c' usd_per_kw_month: 1 "
             "commitment { date: '2025-02-01' it_mw: 0.1 } } ";
  }
  const std::string page = report_html(
      of(model_of(racks_on("c", 2, "lot { date: '2025-01-16' racks: 2 } ") + parties() + deals)));
  EXPECT_THAT(page, HasSubstr("Charts of the first 12 of 14 deals; deal_bands.csv has all."));
  EXPECT_THAT(page, HasSubstr("The first 8 of"));
}

TEST(ReportOfStages, ShowsWhatIsContracted) {
  const Results results = of(late());
  const json values = spec_of(results, "stages").at("data").at("values");
  EXPECT_EQ(values.at(2).at("contracted_p50"), 0.2);
  EXPECT_EQ(values.back().at("contracted_p50"), 0.4);
  EXPECT_EQ(values.back().at("announced"), 0.8);
}

}  // namespace
}  // namespace racked::testing
