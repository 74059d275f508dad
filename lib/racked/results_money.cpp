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

Band scaled(Band band, double factor) {
  for (double* value :
       {&band.p05, &band.p10, &band.p25, &band.p50, &band.p75, &band.p90, &band.p95, &band.mean})
    *value *= factor;
  return band;
}

// Days from the date of a commitment until it was met, or until it ceased to be open.
double days_late(const Results& results, Date date, std::int64_t met, std::int64_t terminated) {
  const std::int64_t due = time_of(date, results.start).time_since_epoch().count();
  const std::int64_t horizon = time_of(results.horizon, results.start).time_since_epoch().count();
  const std::int64_t until = std::min({met, terminated, horizon});
  return static_cast<double>(std::max<std::int64_t>(0, until - due)) / 86'400e9;
}

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
        csv.value(days_late(results, date, met, numbers[at.terminated(i)]));
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
        add_band(csv, scaled(ledger_band(results, {number}), in_unit(deal, 1)));
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
      add_band(csv, scaled(ledger_band(results, numbers), 1 / kCentsPerDollar));
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

nlohmann::ordered_json band_json(const Band& band, double factor) {
  return {{"p10", factor * band.p10},
          {"p50", factor * band.p50},
          {"p90", factor * band.p90},
          {"mean", factor * band.mean}};
}

// Share of the replications in which a time of the ledger is not never.
double reached(const Results& results, std::size_t number) {
  double count = 0;
  for (std::size_t row = 0; row < results.rows(); ++row)
    count += results.ledger.at(row, number) != kNever;
  return results.rows() == 0 ? 0 : count / static_cast<double>(results.rows());
}

nlohmann::ordered_json deal_json(const Results& results, const LedgerLayout& at, std::size_t i) {
  const Results::DealTerms& deal = results.deals[i];
  const std::size_t last = results.report_dates.size() - 1;
  nlohmann::ordered_json json;
  json["name"] = deal.name;
  json["tenant"] = deal.tenant;
  json["provider"] = deal.provider;
  json["unit"] = unit(deal);
  json["committed"] = band_json(ledger_band(results, {at.committed(i, last)}), in_unit(deal, 1));
  json["delivered"] = band_json(ledger_band(results, {at.delivered(i, last)}), in_unit(deal, 1));
  json["commitments"] = nlohmann::ordered_json::array();
  for (std::size_t c = 0; c < deal.commitments.size(); ++c) {
    const auto& [date, amount] = deal.commitments[c];
    double days = 0;
    for (std::size_t row = 0; row < results.rows(); ++row) {
      const RowNumbers numbers(results, row);
      days += days_late(results, date, numbers[at.met(i, c)], numbers[at.terminated(i)]);
    }
    if (results.rows() > 0) days /= static_cast<double>(results.rows());
    json["commitments"].push_back({{"date", iso_date(date)},
                                   {"amount", in_unit(deal, static_cast<double>(amount))},
                                   {"met", reached(results, at.met(i, c))},
                                   {"mean_days_late", days}});
  }
  json["terminated"] = reached(results, at.terminated(i));
  const double factor = 1 / kCentsPerDollar;
  json["rent_usd"] = band_json(ledger_band(results, {at.rent(i)}), factor);
  json["take_or_pay_usd"] = band_json(ledger_band(results, {at.take_or_pay(i)}), factor);
  json["credits_usd"] = band_json(ledger_band(results, {at.credits(i)}), factor);
  return json;
}

}  // namespace

std::string money_json(const Results& results) {
  if (ledger_width(results) == 0) return {};
  nlohmann::ordered_json json;
  const LedgerLayout at(results);
  const std::size_t last = results.report_dates.size() - 1;
  const double factor = 1 / kCentsPerDollar;
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
    std::vector<std::size_t> numbers;
    for (std::size_t a = 0; a < results.cash_accounts.size(); ++a)
      if (results.cash_accounts[a].party.index() == i) numbers.push_back(at.cash(a, last));
    json["parties"].push_back(
        {{"name", results.parties[i]},
         {"balance_usd", band_json(ledger_band(results, numbers), factor)},
         {"peak_funding_usd", band_json(ledger_band(results, {at.peak(i)}), factor)},
         {"capital_before_revenue_usd", band_json(ledger_band(results, {at.capital(i)}), factor)}});
  }
  std::vector<std::size_t> racks, equipment;
  for (std::size_t i = 0; i <= results.campuses.size(); ++i) {
    racks.push_back(at.idle_racks(i));
    equipment.push_back(at.idle_equipment(i));
  }
  json["idle_usd_days"] = {{"racks", band_json(ledger_band(results, racks), factor)},
                           {"equipment", band_json(ledger_band(results, equipment), factor)}};
  return json.dump();
}

}  // namespace racked
