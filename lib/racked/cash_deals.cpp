#include "cash_records.h"

#include <algorithm>

namespace racked::cash {
namespace {

constexpr std::int64_t kNanosPerHour = 3'600'000'000'000;
constexpr std::int64_t kNanosPerDay = 86'400'000'000'000;
constexpr std::int64_t kWattsPerKilowatt = 1000;

/// One deal from the start to the horizon, billed at every billing date.
class Bill {
 public:
  Bill(State& state, Id<Deal> id)
      : state_(state),
        model_(*state.model),
        id_(id),
        deal_(model_.deals[id]),
        units_(model_.rack_stocks.size()),
        chips_(model_.campuses.size()),
        watts_(model_.campuses.size()),
        uptake_(state.prices.uptake_millionths[id.index()]) {}

  void write() {
    std::size_t bill = 0;
    des::Time from = des::kStart;
    for (const des::Time to : breaks()) {
      count(from, to);
      for (; next_ < state_.timeline.assigned.size() && state_.timeline.assigned[next_].at <= to;
           ++next_)
        take(state_.timeline.assigned[next_]);
      // What moves from one stock to another at one instant is not delivered twice.
      most_ = std::max(most_, delivered_);
      from = to;
      if (bill < model_.billing_dates.size() && model_.billing_dates[bill] == to) send(bill++);
    }
  }

 private:
  // Instants between which nothing changes.
  std::vector<des::Time> breaks() const {
    std::vector<des::Time> times = model_.billing_dates;
    times.push_back(des::kStart);
    for (const AssignedUnits& change : state_.timeline.assigned)
      if (change.deal == id_) times.push_back(change.at);
    for (const Id<Commitment> commitment : deal_.commitments)
      times.push_back(model_.commitments[commitment].date + deal_.credit.grace);
    times.push_back(std::min(deal_.ends, state_.timeline.terminated[id_.index()]));
    std::sort(times.begin(), times.end());
    times.erase(std::unique(times.begin(), times.end()), times.end());
    while (times.back() > model_.horizon) times.pop_back();
    return times;
  }

  void take(const AssignedUnits& change) {
    if (change.deal != id_) return;
    std::int64_t& units = units_[change.stock.index()];
    delivered_ += (change.units - units) * unit_amount(model_, deal_, change.stock);
    units = change.units;
  }

  void count(des::Time from, des::Time to) {
    const AmountTime time = (to - from).count();
    for (std::size_t i = 0; i < units_.size(); ++i) {
      if (units_[i] == 0) continue;
      const RackStock& stock = model_.rack_stocks[Id<RackStock>(i)];
      const Product& product = model_.products[stock.product];
      const AmountTime racks = units_[i] * product.racks_per_unit * time;
      chips_[stock.campus.index()] += racks * product.chips_per_rack;
      watts_[stock.campus.index()] += racks * product.it_per_rack.count;
    }
    if (from < std::min(deal_.ends, state_.timeline.terminated[id_.index()]))
      late_ += time * std::max<std::int64_t>(0, due(from - deal_.credit.grace) - most_);
  }

  std::int64_t due(des::Time time) const {
    std::int64_t amount = 0;
    for (const Id<Commitment> commitment : deal_.commitments)
      if (model_.commitments[commitment].date <= time)
        amount = model_.commitments[commitment].amount;
    return amount;
  }

  Payment payment(std::size_t bill, PaymentKind kind, AmountTime millionths) const {
    Payment payment;
    payment.kind = kind;
    payment.from = deal_.tenant;
    payment.to = deal_.provider;
    payment.deal = id_;
    payment.record = static_cast<std::uint32_t>(bill);
    payment.at = model_.billing_dates[bill];
    payment.cents = cents_of(millionths);
    return payment;
  }

  void send(std::size_t bill) {
    auto& payments = state_.timeline.payments;
    for (std::size_t i = 0; i < chips_.size(); ++i) {
      const AmountTime all = rounded_quotient(chips_[i] * deal_.per_chip_hour, kNanosPerHour) +
                             rounded_quotient(watts_[i] * deal_.per_kw_month,
                                              AmountTime{kWattsPerKilowatt} * kMonth.count());
      const std::int64_t unused = std::max<std::int64_t>(0, deal_.take_or_pay_millionths - uptake_);
      Payment rent = payment(bill, PaymentKind::rent, rounded_quotient(all * uptake_, kMillion));
      Payment idle =
          payment(bill, PaymentKind::take_or_pay, rounded_quotient(all * unused, kMillion));
      rent.campus = idle.campus = Id<Campus>(i);
      if (rent.cents > 0) payments.push_back(rent);
      if (idle.cents > 0) payments.push_back(idle);
      chips_[i] = watts_[i] = 0;
    }

    const AmountTime units =
        deal_.product.valid() ? late_ : rounded_quotient(late_, kWattsPerKilowatt);
    Payment credit = payment(bill, PaymentKind::credit,
                             rounded_quotient(units * deal_.credit.per_day, kNanosPerDay));
    std::swap(credit.from, credit.to);
    credit.cents = std::min(credit.cents, deal_.credit.cap_cents - credited_);
    credited_ += std::max<std::int64_t>(0, credit.cents);
    if (credit.cents > 0) payments.push_back(credit);
    late_ = 0;
  }

  State& state_;
  const Model& model_;
  Id<Deal> id_;
  const Deal& deal_;
  std::vector<std::int64_t> units_;        // per stock
  std::vector<AmountTime> chips_, watts_;  // × ns since the last bill, per campus
  AmountTime late_ = 0;                    // × ns since the last bill
  std::int64_t delivered_ = 0, most_ = 0;
  std::int64_t uptake_;
  std::int64_t credited_ = 0;
  std::size_t next_ = 0;  // in Timeline::assigned
};

}  // namespace

void pay_deals(State& state) {
  for (std::size_t i = 0; i < state.model->deals.size(); ++i) Bill(state, Id<Deal>(i)).write();
}

}  // namespace racked::cash
