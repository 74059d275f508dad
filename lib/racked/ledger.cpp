#include <racked/ledger.h>

#include <algorithm>
#include <map>
#include <stdexcept>

namespace racked {
namespace {

constexpr AmountTime kNanosPerDay = 86'400'000'000'000;
constexpr double kWattsPerMegawatt = 1e6;

std::int64_t nanoseconds(des::Time time) { return time.time_since_epoch().count(); }

class Row {
 public:
  Row(const Model& model, const Results& results, const Timeline& timeline)
      : model_(model),
        timeline_(timeline),
        dates_(results.report_dates),
        layout_(results),
        numbers_(layout_.width(), 0) {}

  std::vector<std::int64_t> fill() {
    for (std::size_t deal = 0; deal < model_.deals.size(); ++deal) fill_deal(deal);
    fill_contracted();
    fill_money_of_deals();
    fill_cash();
    for (std::size_t party = 0; party < parties(); ++party) fill_party(party);
    fill_idle();
    return std::move(numbers_);
  }

 private:
  std::size_t parties() const { return model_.cash_accounts.empty() ? 0 : model_.parties.size(); }
  des::Time time(std::size_t date) const { return time_of(dates_[date], model_.start); }

  void fill_deal(std::size_t index) {
    const Id<Deal> id(index);
    const Deal& deal = model_.deals[id];
    const des::Time end = timeline_.terminated[index];
    std::vector<std::int64_t> units(model_.rack_stocks.size());
    std::int64_t delivered = 0, kept = 0;
    std::size_t next = 0;
    const auto advance = [&](des::Time until) {
      for (; next < timeline_.assigned.size() && timeline_.assigned[next].at <= until; ++next) {
        const AssignedUnits& change = timeline_.assigned[next];
        if (change.deal != id) continue;
        delivered +=
            (change.units - units[change.stock.index()]) * unit_amount(model_, deal, change.stock);
        units[change.stock.index()] = change.units;
      }
    };
    for (std::size_t date = 0; date < dates_.size(); ++date) {
      if (end <= time(date) && kept == 0) {
        advance(end);
        kept = deal.on_termination == Deal::Termination::release ? -1 : delivered;
      }
      advance(time(date));
      numbers_[layout_.delivered(index, date)] = delivered;
      if (time(date) >= deal.ends) continue;
      std::int64_t committed = 0;
      for (const Id<Commitment> commitment : deal.commitments)
        if (model_.commitments[commitment].date <= time(date))
          committed = model_.commitments[commitment].amount;
      if (end <= time(date)) committed = std::min(committed, std::max<std::int64_t>(0, kept));
      numbers_[layout_.committed(index, date)] = committed;
    }
    std::size_t step = 0;
    for (const Id<Commitment> commitment : deal.commitments)
      numbers_[layout_.met(index, step++)] = nanoseconds(timeline_.met[commitment.index()]);
    numbers_[layout_.terminated(index)] = nanoseconds(end);
  }

  // A rack that is let on is let once.
  void fill_contracted() {
    if (model_.deals.empty()) return;
    std::map<std::pair<Id<Deal>, Id<RackStock>>, std::int64_t> units;
    std::vector<std::int64_t> watts(model_.campuses.size());
    std::size_t next = 0;
    for (std::size_t date = 0; date < dates_.size(); ++date) {
      for (; next < timeline_.assigned.size() && timeline_.assigned[next].at <= time(date);
           ++next) {
        const AssignedUnits& change = timeline_.assigned[next];
        if (model_.deals[change.deal].out_of.valid()) continue;
        std::int64_t& before = units[{change.deal, change.stock}];
        watts[model_.rack_stocks[change.stock].campus.index()] +=
            (change.units - before) * claimed_by_unit(change.stock);
        before = change.units;
      }
      for (std::size_t campus = 0; campus < watts.size(); ++campus)
        numbers_[layout_.contracted(campus, date)] = watts[campus];
    }
  }

  // A stock that is let has halls, and the racks of all of them claim the same.
  std::int64_t claimed_by_unit(Id<RackStock> id) const {
    const RackStock& stock = model_.rack_stocks[id];
    return model_.products[stock.product].racks_per_unit *
           model_.halls[stock.halls.front()].rack_power.count;
  }

  void fill_money_of_deals() {
    for (const Payment& payment : timeline_.payments) {
      if (!payment.deal.valid()) continue;
      const std::size_t deal = payment.deal.index();
      numbers_[payment.kind == PaymentKind::rent          ? layout_.rent(deal)
               : payment.kind == PaymentKind::take_or_pay ? layout_.take_or_pay(deal)
                                                          : layout_.credits(deal)] += payment.cents;
    }
  }

  void fill_cash() {
    const auto account = [&](const Payment& payment, Id<Party> party) {
      const CashAccount wanted{payment.campus, party, payment.kind};
      const auto& all = model_.cash_accounts;
      const auto found = std::lower_bound(all.begin(), all.end(), wanted);
      if (found == all.end() || *found != wanted)
        throw std::logic_error("a payment belongs to no account");
      return static_cast<std::size_t>(found - all.begin());
    };
    std::vector<std::int64_t> balance(model_.cash_accounts.size());
    std::size_t next = 0;
    for (std::size_t date = 0; date < dates_.size() && !balance.empty(); ++date) {
      for (; next < timeline_.payments.size() && timeline_.payments[next].at <= time(date);
           ++next) {
        const Payment& payment = timeline_.payments[next];
        if (payment.from.valid()) balance[account(payment, payment.from)] -= payment.cents;
        if (payment.to.valid()) balance[account(payment, payment.to)] += payment.cents;
      }
      for (std::size_t i = 0; i < balance.size(); ++i) numbers_[layout_.cash(i, date)] = balance[i];
    }
  }

  des::Time first_revenue(Id<Party> party) const {
    for (const AssignedUnits& change : timeline_.assigned) {
      const Deal& deal = model_.deals[change.deal];
      if (deal.provider == party && deal.per_chip_hour + deal.per_kw_month > 0 && change.units > 0)
        return change.at;
    }
    return des::kNever;
  }

  void fill_party(std::size_t index) {
    const Id<Party> party(index);
    const des::Time revenue = first_revenue(party);
    std::int64_t balance = 0, peak = 0, capital = 0;
    des::Time peak_at = des::kNever;
    const auto& payments = timeline_.payments;
    for (std::size_t i = 0; i < payments.size(); ++i) {
      if (payments[i].from == party) balance -= payments[i].cents;
      if (payments[i].to == party) balance += payments[i].cents;
      if (payments[i].from == party && is_capital(payments[i].kind) && payments[i].at < revenue)
        capital += payments[i].cents;
      // What comes in at one instant helps to pay what goes out.
      const bool last = i + 1 == payments.size() || payments[i + 1].at > payments[i].at;
      if (!last || -balance <= peak) continue;
      peak = -balance;
      peak_at = payments[i].at;
    }
    numbers_[layout_.peak(index)] = peak;
    numbers_[layout_.peak_time(index)] = nanoseconds(peak_at);
    numbers_[layout_.capital(index)] = capital;
    numbers_[layout_.first_revenue(index)] = nanoseconds(revenue);
  }

  void fill_idle() {
    const auto days = [](AmountTime time) {
      return static_cast<std::int64_t>((time + kNanosPerDay / 2) / kNanosPerDay);
    };
    for (std::size_t i = 0; i < timeline_.idle.size(); ++i) {
      numbers_[layout_.idle_racks(i)] = days(timeline_.idle[i].racks);
      numbers_[layout_.idle_equipment(i)] = days(timeline_.idle[i].equipment);
    }
  }

  const Model& model_;
  const Timeline& timeline_;
  const std::vector<Date>& dates_;
  LedgerLayout layout_;
  std::vector<std::int64_t> numbers_;
};

}  // namespace

LedgerLayout::LedgerLayout(const Results& results) : dates_(results.report_dates.size()) {
  constexpr std::size_t kTotals = 4;
  for (const Results::DealTerms& deal : results.deals) {
    deal_begin_.push_back(width_);
    width_ += 2 * dates_ + deal.commitments.size() + kTotals;
    deal_end_.push_back(width_);
  }
  contracted_ = width_;
  cash_ = contracted_ + (results.deals.empty() ? 0 : results.campuses.size() * dates_);
  width_ = cash_;
  parties_ = cash_ + results.cash_accounts.size() * dates_;
  if (!results.cash_accounts.empty()) {
    idle_ = parties_ + 4 * results.parties.size();
    width_ = idle_ + 2 * (results.campuses.size() + 1);
  }
}

std::size_t LedgerLayout::committed(std::size_t deal, std::size_t date) const {
  return deal_begin_[deal] + 2 * date;
}
std::size_t LedgerLayout::delivered(std::size_t deal, std::size_t date) const {
  return deal_begin_[deal] + 2 * date + 1;
}
std::size_t LedgerLayout::met(std::size_t deal, std::size_t commitment) const {
  return deal_begin_[deal] + 2 * dates_ + commitment;
}
std::size_t LedgerLayout::cash(std::size_t account, std::size_t date) const {
  return cash_ + account * dates_ + date;
}

std::size_t ledger_width(const Results& results) { return LedgerLayout(results).width(); }

void add_deals(const Model& model, Results& results) {
  for (const Deal& deal : model.deals) {
    Results::DealTerms terms;
    terms.name = deal.name;
    terms.tenant = model.parties[deal.tenant].name;
    terms.provider = model.parties[deal.provider].name;
    if (deal.ends != des::kNever) terms.ends = date_of(deal.ends, model.start);
    terms.in_chips = deal.product.valid();
    if (terms.in_chips) {
      terms.rack_watts = model.products[deal.product].it_per_rack.count;
      terms.rack_chips = model.products[deal.product].chips_per_rack;
    }
    for (const Id<Commitment> id : deal.commitments)
      terms.commitments.emplace_back(date_of(model.commitments[id].date, model.start),
                                     model.commitments[id].amount);
    results.deals.push_back(std::move(terms));
  }
  results.cash_accounts = model.cash_accounts;
  if (model.cash_accounts.empty()) return;
  for (const Party& party : model.parties) results.parties.push_back(party.name);
}

std::vector<std::int64_t> ledger_of(const Model& model, const Results& results,
                                    const Timeline& timeline) {
  return Row(model, results, timeline).fill();
}

std::string_view unit(const Results::DealTerms& deal) { return deal.in_chips ? "chips" : "MW"; }

double in_unit(const Results::DealTerms& deal, double amount) {
  return deal.in_chips ? amount : amount / kWattsPerMegawatt;
}

double share_reached(const Results& results, std::size_t number) {
  if (results.rows() == 0) return 0;
  std::size_t count = 0;
  for (std::size_t row = 0; row < results.rows(); ++row)
    count += results.ledger.at(row, number) != nanoseconds(des::kNever);
  return static_cast<double>(count) / static_cast<double>(results.rows());
}

CommitmentSummary summarise_commitment(const Results& results, std::size_t deal,
                                       std::size_t commitment) {
  const LedgerLayout at(results);
  CommitmentSummary summary;
  summary.met = share_reached(results, at.met(deal, commitment));
  for (std::size_t row = 0; row < results.rows(); ++row)
    summary.mean_days_late += days_late(results, at, row, deal, commitment);
  if (results.rows() > 0) summary.mean_days_late /= static_cast<double>(results.rows());
  return summary;
}

double days_late(const Results& results, const LedgerLayout& at, std::size_t row, std::size_t deal,
                 std::size_t commitment) {
  const Date date = results.deals[deal].commitments[commitment].first;
  const std::int64_t due = nanoseconds(time_of(date, results.start));
  const std::int64_t until = std::min({results.ledger.at(row, at.met(deal, commitment)),
                                       results.ledger.at(row, at.terminated(deal)),
                                       nanoseconds(time_of(results.horizon, results.start))});
  return static_cast<double>(std::max<std::int64_t>(0, until - due)) / 86'400e9;
}

std::optional<Band> balance_band(const Results& results, std::size_t party, std::size_t date) {
  const LedgerLayout at(results);
  std::vector<std::size_t> numbers;
  for (std::size_t a = 0; a < results.cash_accounts.size(); ++a)
    if (results.cash_accounts[a].party.index() == party) numbers.push_back(at.cash(a, date));
  if (numbers.empty()) return {};
  return ledger_band(results, numbers);
}

Band divided(Band band, double divisor) {
  for (double* value :
       {&band.p05, &band.p10, &band.p25, &band.p50, &band.p75, &band.p90, &band.p95, &band.mean})
    *value /= divisor;
  return band;
}

Band in_unit(const Results::DealTerms& deal, const Band& band) {
  return divided(band, deal.in_chips ? 1 : kWattsPerMegawatt);
}

std::optional<double> concentration(const Results& results, std::size_t row, std::size_t date,
                                    const std::string& tenant) {
  const LedgerLayout layout(results);
  std::map<std::string, double> by_provider;
  double all = 0;
  for (std::size_t i = 0; i < results.deals.size(); ++i) {
    const Results::DealTerms& deal = results.deals[i];
    if (deal.tenant != tenant) continue;
    const auto delivered = static_cast<double>(results.ledger.at(row, layout.delivered(i, date)));
    const double watts = deal.in_chips ? delivered * static_cast<double>(deal.rack_watts) /
                                             static_cast<double>(deal.rack_chips)
                                       : delivered;
    by_provider[deal.provider] += watts;
    all += watts;
  }
  if (all <= 0) return {};
  double sum = 0;
  for (const auto& [provider, watts] : by_provider) sum += watts / all * (watts / all);
  return sum;
}

std::vector<std::string> tenants(const Results& results) {
  std::vector<std::string> names;
  for (const Results::DealTerms& deal : results.deals) names.push_back(deal.tenant);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace racked
