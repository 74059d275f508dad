#include "money_tables.h"

#include "terminal.h"

#include <racked/ledger.h>

#include <fmt/format.h>

#include <cmath>
#include <optional>

namespace racked::cli {
namespace {

// Dollars with three significant digits or so: "-1.23 M".
std::string money(double dollars) {
  const double size = std::fabs(dollars);
  if (size >= 1e9) return fmt::format("{:.2f} B", dollars / 1e9);
  if (size >= 1e6) return fmt::format("{:.2f} M", dollars / 1e6);
  if (size >= 1e3) return fmt::format("{:.1f} k", dollars / 1e3);
  return fmt::format("{:.0f}", dollars);
}

double mean(const Results& results, std::size_t number) {
  return ledger_band(results, {number}).mean;
}

std::string whole_percent(double share) { return fmt::format("{:.0f} %", 100 * share); }

}  // namespace

std::string deals_table(const Results& results) {
  if (results.deals.empty() || results.rows() == 0) return "";
  const LedgerLayout at(results);
  const std::size_t last = results.report_dates.size() - 1;
  std::string text = fmt::format("{} {:>11} {:>11}  {:>9} {:>10}  {:>9} {:>9}\n",
                                 fitted("Deal, means on the last day", 30), "committed",
                                 "delivered", "steps met", "terminated", "rent $", "credits $");
  for (std::size_t i = 0; i < results.deals.size(); ++i) {
    const Results::DealTerms& deal = results.deals[i];
    double met = 0;
    for (std::size_t c = 0; c < deal.commitments.size(); ++c)
      met += share_reached(results, at.met(i, c));
    const auto amount = [&](std::size_t number) {
      const double value = in_unit(deal, mean(results, number));
      return deal.in_chips ? grouped(static_cast<std::uint64_t>(value + 0.5))
                           : fmt::format("{:.1f} MW", value);
    };
    text += fmt::format("{} {:>11} {:>11}  {:>9} {:>10}  {:>9} {:>9}\n",
                        fitted(deal.name + ": " + deal.provider + " to " + deal.tenant, 30),
                        amount(at.committed(i, last)), amount(at.delivered(i, last)),
                        fmt::format("{:.1f} of {}", met, deal.commitments.size()),
                        whole_percent(share_reached(results, at.terminated(i))),
                        money((mean(results, at.rent(i)) + mean(results, at.take_or_pay(i))) / 100),
                        money(mean(results, at.credits(i)) / 100));
  }
  for (const std::string& tenant : tenants(results))
    if (const auto band = concentration_band(results, last, tenant))
      text += fmt::format("  concentration of {} on its providers: {:.2f}\n", tenant, band->mean);
  return text;
}

std::string cash_table(const Results& results) {
  if (results.cash_accounts.empty() || results.rows() == 0) return "";
  const LedgerLayout at(results);
  const std::size_t last = results.report_dates.size() - 1;
  std::string text =
      fmt::format("{} {:>12} {:>12} {:>12} {:>14} {:>22}\n", fitted("Cash on the last day, $", 24),
                  "P10", "P50", "P90", "funding need", "capital before revenue");
  for (std::size_t i = 0; i < results.parties.size(); ++i) {
    const std::optional<Band> balance = balance_band(results, i, last);
    if (!balance) continue;
    const Band& band = *balance;
    text += fmt::format("{} {:>12} {:>12} {:>12} {:>14} {:>22}\n", fitted(results.parties[i], 24),
                        money(band.p10 / 100), money(band.p50 / 100), money(band.p90 / 100),
                        money(mean(results, at.peak(i)) / 100),
                        money(mean(results, at.capital(i)) / 100));
  }
  double racks = 0, equipment = 0;
  for (std::size_t i = 0; i <= results.campuses.size(); ++i) {
    racks += mean(results, at.idle_racks(i)) / 100;
    equipment += mean(results, at.idle_equipment(i)) / 100;
  }
  return text + fmt::format("  idle capital: racks {} dollar-days, equipment {} dollar-days\n",
                            money(racks), money(equipment));
}

}  // namespace racked::cli
