#include <racked/ledger.h>
#include <racked/results.h>

#include "results_csv.h"
#include "results_money.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <optional>

namespace racked {
namespace {

constexpr double kCentsPerDollar = 100;
constexpr std::int64_t kNever = des::kNever.time_since_epoch().count();

/// All campuses, or all kinds, together; nothing can have this name.
constexpr std::string_view kAll = "*";
/// No campus: before one was chosen, and credits.
constexpr std::string_view kNone = "-";

/// One row of the ledger.
class RowNumbers {
 public:
  RowNumbers(const Results& results, std::size_t row) : ledger_(results.ledger), row_(row) {}
  std::int64_t operator[](std::size_t number) const { return ledger_.at(row_, number); }

 private:
  const Samples& ledger_;
  std::size_t row_;
};

std::string date_or_empty(const Results& results, std::int64_t time) {
  return time == kNever ? "" : iso_date(date_of(des::Time(des::Duration(time)), results.start));
}

double dollars(std::int64_t cents) { return static_cast<double>(cents) / kCentsPerDollar; }

}  // namespace

std::string deals_csv(const Results& results) {
  if (results.deals.empty()) return {};
  const LedgerLayout at(results);
  Csv csv(
      "scenario_hash,seed,replication,deal,tenant,provider,unit,committed,delivered,commitments,"
      "commitments_met,terminated_date,rent_usd,take_or_pay_usd,credits_usd",
      stamp_of(results));
  const std::size_t last = results.report_dates.size() - 1;
  for (std::size_t row = 0; row < results.rows(); ++row) {
    const RowNumbers numbers(results, row);
    for (std::size_t i = 0; i < results.deals.size(); ++i) {
      const Results::DealTerms& deal = results.deals[i];
      std::uint64_t met = 0;
      for (std::size_t c = 0; c < deal.commitments.size(); ++c)
        met += numbers[at.met(i, c)] != kNever;
      csv.line().value(results.replications[row]).value(deal.name).value(deal.tenant);
      csv.value(deal.provider).value(unit(deal));
      csv.value(in_unit(deal, static_cast<double>(numbers[at.committed(i, last)])));
      csv.value(in_unit(deal, static_cast<double>(numbers[at.delivered(i, last)])));
      csv.value(std::uint64_t{deal.commitments.size()}).value(met);
      csv.value(date_or_empty(results, numbers[at.terminated(i)]));
      csv.value(dollars(numbers[at.rent(i)])).value(dollars(numbers[at.take_or_pay(i)]));
      csv.value(dollars(numbers[at.credits(i)]));
    }
  }
  return csv.finish();
}

std::string commitments_csv(const Results& results) {
  if (results.deals.empty()) return {};
  const LedgerLayout at(results);
  Csv csv("scenario_hash,seed,replication,deal,committed_date,unit,amount,met_date,days_late",
          stamp_of(results));
  for (std::size_t row = 0; row < results.rows(); ++row) {
    const RowNumbers numbers(results, row);
    for (std::size_t i = 0; i < results.deals.size(); ++i)
      for (std::size_t c = 0; c < results.deals[i].commitments.size(); ++c) {
        const Results::DealTerms& deal = results.deals[i];
        const auto& [date, amount] = deal.commitments[c];
        const std::int64_t met = numbers[at.met(i, c)];
        csv.line().value(results.replications[row]).value(deal.name).value(iso_date(date));
        csv.value(unit(deal)).value(in_unit(deal, static_cast<double>(amount)));
        csv.value(date_or_empty(results, met));
        csv.value(days_late(results, at, row, i, c));
      }
  }
  return csv.finish();
}

std::string deal_bands_csv(const Results& results) {
  if (results.deals.empty()) return {};
  const LedgerLayout at(results);
  Csv csv(
      "scenario_hash,seed,replications,date,deal,tenant,provider,series,unit,p05,p10,p25,p50,p75,"
      "p90,p95,mean",
      stamp_with_ranges(results));
  for (std::size_t date = 0; date < results.report_dates.size(); ++date) {
    const std::string day = iso_date(results.report_dates[date]);
    for (std::size_t i = 0; i < results.deals.size(); ++i) {
      const Results::DealTerms& deal = results.deals[i];
      const auto line = [&](std::string_view series, std::size_t number) {
        csv.line().value(day).value(deal.name).value(deal.tenant).value(deal.provider);
        csv.value(series).value(unit(deal));
        add_band(csv, in_unit(deal, ledger_band(results, {number})));
      };
      line("committed", at.committed(i, date));
      line("delivered", at.delivered(i, date));
    }
    for (const std::string& tenant : tenants(results)) {
      const std::optional<Band> band = concentration_band(results, date, tenant);
      if (!band) continue;
      csv.line().value(day).value(kAll).value(tenant).value(kAll).value("concentration").value("1");
      add_band(csv, *band);
    }
  }
  return csv.finish();
}

std::string cash_csv(const Results& results) {
  if (results.cash_accounts.empty()) return {};
  const LedgerLayout at(results);
  Csv csv(
      "scenario_hash,seed,replications,date,campus,party,kind,unit,p05,p10,p25,p50,p75,p90,p95,"
      "mean",
      stamp_with_ranges(results));
  const auto campus = [&](const CashAccount& account) {
    return account.campus.valid() ? std::string_view(results.campuses[account.campus.index()])
                                  : kNone;
  };
  for (std::size_t date = 0; date < results.report_dates.size(); ++date) {
    const auto line = [&](std::string_view where, std::string_view party, std::string_view kind,
                          const std::vector<std::size_t>& numbers) {
      csv.line().value(iso_date(results.report_dates[date])).value(where).value(party).value(kind);
      csv.value("USD");
      add_band(csv, divided(ledger_band(results, numbers), kCentsPerDollar));
    };
    std::map<std::pair<Id<Campus>, Id<Party>>, std::vector<std::size_t>> on_campus;
    std::map<Id<Party>, std::vector<std::size_t>> of_party;
    for (std::size_t i = 0; i < results.cash_accounts.size(); ++i) {
      const CashAccount& account = results.cash_accounts[i];
      const std::size_t number = at.cash(i, date);
      line(campus(account), results.parties[account.party.index()], name(account.kind), {number});
      on_campus[{account.campus, account.party}].push_back(number);
      of_party[account.party].push_back(number);
    }
    for (const auto& [where, numbers] : on_campus)
      line(campus({where.first, where.second, {}}), results.parties[where.second.index()], kAll,
           numbers);
    for (const auto& [party, numbers] : of_party)
      line(kAll, results.parties[party.index()], kAll, numbers);
  }
  return csv.finish();
}

std::string parties_csv(const Results& results) {
  if (results.cash_accounts.empty()) return {};
  const LedgerLayout at(results);
  const std::size_t last = results.report_dates.size() - 1;
  Csv csv(
      "scenario_hash,seed,replication,party,balance_usd,peak_funding_usd,peak_funding_date,"
      "capital_before_revenue_usd,first_revenue_date",
      stamp_of(results));
  for (std::size_t row = 0; row < results.rows(); ++row) {
    const RowNumbers numbers(results, row);
    for (std::size_t i = 0; i < results.parties.size(); ++i) {
      std::int64_t balance = 0;
      for (std::size_t a = 0; a < results.cash_accounts.size(); ++a)
        if (results.cash_accounts[a].party.index() == i) balance += numbers[at.cash(a, last)];
      csv.line().value(results.replications[row]).value(results.parties[i]);
      csv.value(dollars(balance)).value(dollars(numbers[at.peak(i)]));
      csv.value(date_or_empty(results, numbers[at.peak_time(i)]));
      csv.value(dollars(numbers[at.capital(i)]));
      csv.value(date_or_empty(results, numbers[at.first_revenue(i)]));
    }
  }
  return csv.finish();
}

std::string idle_csv(const Results& results) {
  if (results.cash_accounts.empty()) return {};
  const LedgerLayout at(results);
  Csv csv("scenario_hash,seed,replication,campus,idle_racks_usd_days,idle_equipment_usd_days",
          stamp_of(results));
  for (std::size_t row = 0; row < results.rows(); ++row) {
    const RowNumbers numbers(results, row);
    for (std::size_t i = 0; i <= results.campuses.size(); ++i)
      csv.line()
          .value(results.replications[row])
          .value(i < results.campuses.size() ? std::string_view(results.campuses[i]) : kNone)
          .value(dollars(numbers[at.idle_racks(i)]))
          .value(dollars(numbers[at.idle_equipment(i)]));
  }
  return csv.finish();
}

namespace {

nlohmann::ordered_json band_json(const Band& band) {
  return {{"p10", band.p10}, {"p50", band.p50}, {"p90", band.p90}, {"mean", band.mean}};
}

nlohmann::ordered_json dollars_json(const Band& cents) {
  return band_json(divided(cents, kCentsPerDollar));
}

nlohmann::ordered_json deal_json(const Results& results, const LedgerLayout& at, std::size_t i) {
  const Results::DealTerms& deal = results.deals[i];
  const std::size_t last = results.report_dates.size() - 1;
  nlohmann::ordered_json json;
  json["name"] = deal.name;
  json["tenant"] = deal.tenant;
  json["provider"] = deal.provider;
  json["unit"] = unit(deal);
  json["committed"] = band_json(in_unit(deal, ledger_band(results, {at.committed(i, last)})));
  json["delivered"] = band_json(in_unit(deal, ledger_band(results, {at.delivered(i, last)})));
  json["commitments"] = nlohmann::ordered_json::array();
  for (std::size_t c = 0; c < deal.commitments.size(); ++c) {
    const auto& [date, amount] = deal.commitments[c];
    const CommitmentSummary summary = summarise_commitment(results, i, c);
    json["commitments"].push_back({{"date", iso_date(date)},
                                   {"amount", in_unit(deal, static_cast<double>(amount))},
                                   {"met", summary.met},
                                   {"mean_days_late", summary.mean_days_late}});
  }
  json["terminated"] = share_reached(results, at.terminated(i));
  json["rent_usd"] = dollars_json(ledger_band(results, {at.rent(i)}));
  json["take_or_pay_usd"] = dollars_json(ledger_band(results, {at.take_or_pay(i)}));
  json["credits_usd"] = dollars_json(ledger_band(results, {at.credits(i)}));
  return json;
}

}  // namespace

std::string money_json(const Results& results) {
  if (ledger_width(results) == 0) return {};
  nlohmann::ordered_json json;
  const LedgerLayout at(results);
  const std::size_t last = results.report_dates.size() - 1;
  json["deals"] = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < results.deals.size(); ++i)
    json["deals"].push_back(deal_json(results, at, i));
  json["concentration"] = nlohmann::ordered_json::object();
  for (const std::string& tenant : tenants(results))
    if (const auto band = concentration_band(results, last, tenant))
      json["concentration"][tenant] = band->mean;
  if (results.cash_accounts.empty()) return json.dump();

  json["parties"] = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < results.parties.size(); ++i) {
    json["parties"].push_back(
        {{"name", results.parties[i]},
         {"balance_usd", dollars_json(balance_band(results, i, last).value_or(Band()))},
         {"peak_funding_usd", dollars_json(ledger_band(results, {at.peak(i)}))},
         {"capital_before_revenue_usd", dollars_json(ledger_band(results, {at.capital(i)}))}});
  }
  std::vector<std::size_t> racks, equipment;
  for (std::size_t i = 0; i <= results.campuses.size(); ++i) {
    racks.push_back(at.idle_racks(i));
    equipment.push_back(at.idle_equipment(i));
  }
  json["idle_usd_days"] = {{"racks", dollars_json(ledger_band(results, racks))},
                           {"equipment", dollars_json(ledger_band(results, equipment))}};
  return json.dump();
}

}  // namespace racked
