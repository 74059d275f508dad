#pragma once

#include <racked/model.h>
#include <racked/results.h>
#include <racked/timeline.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace racked {

/// Where the numbers of a row of Results::ledger stand. Amounts of deals are in their unit (chips,
/// or watts of IT power), times in nanoseconds since the start (the largest int64: never), money in
/// cents.
class LedgerLayout {
 public:
  /// That of all rows of these results.
  explicit LedgerLayout(const Results& results);

  std::size_t width() const { return width_; }  ///< Numbers in a row.
  /// Committed by a deal on a report date.
  std::size_t committed(std::size_t deal, std::size_t date) const;
  /// Delivered likewise.
  std::size_t delivered(std::size_t deal, std::size_t date) const;
  /// When a commitment was first met.
  std::size_t met(std::size_t deal, std::size_t commitment) const;
  /// When a deal was terminated.
  std::size_t terminated(std::size_t deal) const { return deal_end_[deal] - 4; }
  /// Billed in all for what was used, …
  std::size_t rent(std::size_t deal) const { return deal_end_[deal] - 3; }
  /// … for what was not, …
  std::size_t take_or_pay(std::size_t deal) const { return deal_end_[deal] - 2; }
  /// … and paid back for being late.
  std::size_t credits(std::size_t deal) const { return deal_end_[deal] - 1; }
  /// Facility power [W] that the racks of a campus claim which are let on a report date, by deals
  /// that are not out of another deal.
  std::size_t contracted(std::size_t campus, std::size_t date) const {
    return contracted_ + campus * dates_ + date;
  }
  /// Received less paid, up to and including a report date.
  std::size_t cash(std::size_t account, std::size_t date) const;
  /// The most that a party had ever paid beyond what it had received, …
  std::size_t peak(std::size_t party) const { return parties_ + 4 * party; }
  /// … and when that was first so.
  std::size_t peak_time(std::size_t party) const { return parties_ + 4 * party + 1; }
  /// Capital paid before the first rented capacity was delivered, …
  std::size_t capital(std::size_t party) const { return parties_ + 4 * party + 2; }
  /// … and when that was.
  std::size_t first_revenue(std::size_t party) const { return parties_ + 4 * party + 3; }
  /// Cent-days on a campus, of racks; that after the last campus: before one was chosen.
  std::size_t idle_racks(std::size_t campus) const { return idle_ + 2 * campus; }
  /// The same of equipment.
  std::size_t idle_equipment(std::size_t campus) const { return idle_ + 2 * campus + 1; }

 private:
  std::size_t dates_ = 0;
  std::vector<std::size_t> deal_begin_, deal_end_;
  std::size_t contracted_ = 0, cash_ = 0, parties_ = 0, idle_ = 0, width_ = 0;
};

/// Numbers in a row; 0 when the scenario has neither deals nor costs.
std::size_t ledger_width(const Results& results);

/// What these results answer to of deals and money.
void add_deals(const Model& model, Results& results);

/// The row of a replication that has come to its end. O(payments + assignments + width).
std::vector<std::int64_t> ledger_of(const Model& model, const Results& results,
                                    const Timeline& timeline);

/// Quantiles and mean of one number of the ledger over all rows, or of the sum of several.
Band ledger_band(const Results& results, const std::vector<std::size_t>& numbers);

/// Share of the replications in which a time of the ledger came.
double share_reached(const Results& results, std::size_t number);

/// What became of a commitment of a deal over all rows.
struct CommitmentSummary {
  double met = 0;             ///< Share of the rows in which it was met.
  double mean_days_late = 0;  ///< From its date until it was met or no longer open; never below 0.
};
/// O(n).
CommitmentSummary summarise_commitment(const Results& results, std::size_t deal,
                                       std::size_t commitment);

/// Days from the date of a commitment until it was met, or until it was no longer open, in one row.
double days_late(const Results& results, const LedgerLayout& at, std::size_t row, std::size_t deal,
                 std::size_t commitment);

/// All of it by a divisor.
Band divided(Band band, double divisor);

/// What a party had received less paid up to a report date [cents]; none: it pays and gets nothing.
std::optional<Band> balance_band(const Results& results, std::size_t party, std::size_t date);

/// The facility power that is let, on every report date [MW], of one campus or of all together; by
/// deals that are not out of another deal. Empty without deals.
std::vector<Band> contracted_bands(const Results& results, std::optional<std::size_t> campus = {});

/// "chips" or "MW".
std::string_view unit(const Results::DealTerms& deal);
/// An amount of the ledger in that unit.
double in_unit(const Results::DealTerms& deal, double amount);
Band in_unit(const Results::DealTerms& deal, const Band& band);  ///< The same.

/// Herfindahl index of a tenant's delivered IT power over its providers on a report date, in one
/// row: Σ (share of a provider)². 1: all from one; none: nothing is delivered.
std::optional<double> concentration(const Results& results, std::size_t row, std::size_t date,
                                    const std::string& tenant);

/// Its quantiles and mean over the rows in which something is delivered; none: in no row.
std::optional<Band> concentration_band(const Results& results, std::size_t date,
                                       const std::string& tenant);

/// The tenants of all deals, each once, in order.
std::vector<std::string> tenants(const Results& results);

}  // namespace racked
