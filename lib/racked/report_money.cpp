#include "report_money.h"

#include "report_plots.h"

#include <racked/ledger.h>

#include <algorithm>

// Deals and money: plots, and the tables that stand beside them.
namespace racked::report {
namespace {

constexpr double kCentsPerMillion = 1e8;
constexpr const char* kMillions = "million $";

Band millions(const Band& cents) { return divided(cents, kCentsPerMillion); }

std::string band_text(const Band& band) {
  const std::string low = number_text(band.p10, 2), high = number_text(band.p90, 2);
  const std::string middle = number_text(band.p50, 2);
  return low == high ? middle : middle + " (" + low + " to " + high + ")";
}

std::string money_text(const Results& results, std::size_t number) {
  return band_text(millions(ledger_band(results, {number})));
}

bool moves(const Results& results, std::size_t number) {
  const Band band = ledger_band(results, {number});
  return band.mean != 0;
}

std::string scrolled(const TextTable& table) {
  return "<div class=\"scroll free\" tabindex=\"0\" role=\"region\" aria-label=\"" + table.caption +
         "\">" + table_html(table) + "</div>\n";
}

// What is to be there by the deal's dates.
Sheet committed_sheet(const Results& results, const Results::DealTerms& deal) {
  Sheet sheet;
  sheet.title = "Committed";
  sheet.columns = {{"date", "Date"}, {"value", "Committed"}};
  const Date end = std::min(deal.ends.value_or(results.horizon), results.horizon);
  double amount = 0;
  const auto add = [&](Date day) { sheet.rows.push_back({day, amount}); };
  add(results.start);
  for (const auto& [date, committed] : deal.commitments) {
    if (date >= end) break;
    amount = in_unit(deal, static_cast<double>(committed));
    add(std::max(date, results.start));
  }
  add(end);
  if (end < results.horizon) {
    amount = 0;
    add(end);
    add(results.horizon);
  }
  return sheet;
}

TextTable commitments_table(const Results& results) {
  TextTable table;
  table.caption =
      "What was due when; days late are means, counted until it was met or the deal ended";
  table.head = {"Deal", "by", "committed in all", "met", "mean days late"};
  table.numeric = {false, false, true, true, true};
  for (std::size_t i = 0; i < results.deals.size(); ++i) {
    const Results::DealTerms& deal = results.deals[i];
    for (std::size_t c = 0; c < deal.commitments.size(); ++c) {
      const auto& [date, amount] = deal.commitments[c];
      const CommitmentSummary summary = summarise_commitment(results, i, c);
      table.rows.push_back(
          {deal.name, iso_date(date),
           number_text(in_unit(deal, static_cast<double>(amount))) + " " + std::string(unit(deal)),
           percent_text(summary.met), number_text(summary.mean_days_late)});
    }
  }
  return table;
}

// Columns of money that never moves are left out.
TextTable terms_table(const Results& results) {
  const LedgerLayout at(results);
  TextTable table;
  table.caption = "What became of the deals, in million $: medians (P10 to P90)";
  table.head = {"Deal", "from", "to", "ended early"};
  table.numeric = {false, false, false, true};
  struct Money {
    const char* title;
    std::size_t (LedgerLayout::*number)(std::size_t) const;
  };
  constexpr Money kMoney[] = {{"rent", &LedgerLayout::rent},
                              {"paid unused (take-or-pay)", &LedgerLayout::take_or_pay},
                              {"credits for delay", &LedgerLayout::credits}};
  std::vector<Money> shown;
  for (const Money& money : kMoney)
    for (std::size_t i = 0; i < results.deals.size(); ++i)
      if (moves(results, (at.*money.number)(i))) {
        shown.push_back(money);
        table.head.push_back(money.title);
        table.numeric.push_back(true);
        break;
      }
  for (std::size_t i = 0; i < results.deals.size(); ++i) {
    const Results::DealTerms& deal = results.deals[i];
    auto& row = table.rows.emplace_back(
        std::vector<std::string>{deal.name, deal.provider, deal.tenant,
                                 percent_text(share_reached(results, at.terminated(i)))});
    for (const Money& money : shown) row.push_back(money_text(results, (at.*money.number)(i)));
  }
  return table;
}

// Times that may be never are larger than any day.
std::string median_day(const Results& results, std::size_t number) {
  const des::Time horizon = time_of(results.horizon, results.start);
  const double p50 = ledger_band(results, {number}).p50;
  if (p50 > static_cast<double>(horizon.time_since_epoch().count())) return "–";
  return iso_date(date_of(des::Time(des::Duration(static_cast<std::int64_t>(p50))), results.start));
}

TextTable parties_table(const Results& results) {
  const LedgerLayout at(results);
  const std::size_t last = results.report_dates.size() - 1;
  TextTable table;
  table.caption = "Parties, in million $: medians (P10 to P90)";
  table.head = {"Party",        "received less paid, in all", "funding need",
                "its day, P50", "capital before revenue",     "first revenue, P50"};
  table.numeric = {false, true, true, false, true, false};
  for (std::size_t i = 0; i < results.parties.size(); ++i) {
    const std::optional<Band> balance = balance_band(results, i, last);
    if (!balance) continue;
    table.rows.push_back({results.parties[i], band_text(millions(*balance)),
                          money_text(results, at.peak(i)), median_day(results, at.peak_time(i)),
                          money_text(results, at.capital(i)),
                          median_day(results, at.first_revenue(i))});
  }
  return table;
}

}  // namespace

Plot deal_plot(const Results& results, std::size_t index) {
  const Results::DealTerms& deal = results.deals[index];
  const LedgerLayout at(results);
  Plot plot;
  plot.name = "deal_" + deal.name;
  plot.title = deal.name + ": committed and delivered by " + deal.provider + " to " + deal.tenant;
  plot.y_title = deal.in_chips ? "chips" : "MW of IT power";
  std::vector<Band> delivered;
  for (std::size_t date = 0; date < results.report_dates.size(); ++date)
    delivered.push_back(in_unit(deal, ledger_band(results, {at.delivered(index, date)})));
  add_fan(plot, results.report_dates, delivered);
  plot.sheets.push_back(committed_sheet(results, deal));
  add_curve(plot, 1, Mark::step, "value", "committed", kVermilion);
  const Band& last = delivered.back();
  plot.description = "Steps: what the deal commits. Median and bands: what is delivered. On " +
                     day_text(results.report_dates.back()) + " P10 " + number_text(last.p10) +
                     ", P50 " + number_text(last.p50) + ", P90 " + number_text(last.p90) + " " +
                     std::string(unit(deal)) + ".";
  return plot;
}

Plot cash_plot(const Results& results) {
  Plot plot;
  plot.name = "cash";
  plot.title = "Cash: received less paid, added up";
  plot.y_title = kMillions;
  plot.description =
      "For each party what it has received less what it has paid up to each date: medians, with "
      "bands from P10 to P90. The deepest point of a curve is what has to be funded.";
  Sheet sheet;
  sheet.title = "Quantiles [million $]";
  sheet.columns = {{"date", "Date"}};
  for (const Date date : results.report_dates) sheet.rows.push_back({date});
  std::size_t parties = 0;
  for (std::size_t i = 0; i < results.parties.size() && results.rows() > 0; ++i) {
    if (!balance_band(results, i, 0) || ++parties > std::size(kPalette)) continue;
    const std::string field = "party_" + std::to_string(parties);
    for (const char* percent : {"10", "50", "90"})
      sheet.columns.push_back({field + "_p" + percent, results.parties[i] + " P" + percent});
    for (std::size_t date = 0; date < results.report_dates.size(); ++date) {
      const Band band = millions(*balance_band(results, i, date));
      for (const double value : {band.p10, band.p50, band.p90}) sheet.rows[date].push_back(value);
    }
    add_spread_curve(plot, 0, field, results.parties[i], kPalette[parties - 1]);
  }
  plot.sheets.push_back(std::move(sheet));
  if (parties > std::size(kPalette))
    plot.description += " The first " + std::to_string(std::size(kPalette)) + " of " +
                        std::to_string(parties) + " parties; cash.csv has all.";
  return plot;
}

Plot idle_plot(const Results& results) {
  Plot plot;
  plot.name = "idle_capital";
  plot.title = "Capital that lies idle";
  plot.y = Scale::category;
  plot.x = Scale::number;
  plot.x_title = "million dollar-days";
  plot.description =
      "Money paid for racks and equipment that are not of use yet, times the days until they are "
      "or until the horizon, by campus: means, with lines from P10 to P90.";
  if (results.cash_accounts.empty() || results.rows() == 0) return plot;
  const LedgerLayout at(results);
  Sheet sheet;
  sheet.title = "Million dollar-days";
  sheet.columns = {{"what", "Where"}, {"kind", "Of"}, {"mean", "Mean"},
                   {"p10", "P10"},    {"p50", "P50"}, {"p90", "P90"}};
  const auto add = [&](const std::string& campus, const char* kind, std::size_t number) {
    const Band band = millions(ledger_band(results, {number}));
    if (band.mean > 0)
      sheet.rows.push_back(
          {campus + ": " + kind, std::string(kind), band.mean, band.p10, band.p50, band.p90});
  };
  for (std::size_t i = 0; i <= results.campuses.size(); ++i) {
    const std::string campus =
        i < results.campuses.size() ? results.campuses[i] : "before a campus is chosen";
    add(campus, "racks", at.idle_racks(i));
    add(campus, "equipment", at.idle_equipment(i));
  }
  if (sheet.rows.empty()) return plot;
  plot.sheets.push_back(std::move(sheet));
  plot.keys = {{"racks", kBlue}, {"equipment", kOrange}, {"P10 to P90", kVermilion}};
  Layer bars;
  bars.mark = Mark::bar;
  bars.x = "mean";
  bars.y = "what";
  bars.series = "kind";
  Layer spread;
  spread.mark = Mark::spread;
  spread.x = "p10";
  spread.x2 = "p90";
  spread.y = "what";
  spread.key = "P10 to P90";
  plot.layers = {bars, spread};
  return plot;
}

std::string deals_html(const Results& results) {
  if (results.deals.empty() || results.rows() == 0) return {};
  return scrolled(commitments_table(results)) + scrolled(terms_table(results));
}

std::string parties_html(const Results& results) {
  if (results.cash_accounts.empty() || results.rows() == 0) return {};
  return scrolled(parties_table(results));
}

}  // namespace racked::report
