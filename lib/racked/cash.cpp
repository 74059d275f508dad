#include "cash.h"

#include "cash_records.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <tuple>

namespace racked::cash {
namespace {

constexpr std::int64_t kNanosPerHour = 3'600'000'000'000;

void pay(State& state, PaymentKind kind, Id<Party> to, Id<Campus> campus, std::uint32_t bill,
         std::int64_t cents) {
  Payment payment;
  payment.kind = kind;
  payment.from = state.model->campuses[campus].owner;
  payment.to = to;
  payment.campus = campus;
  payment.record = bill;
  payment.at = state.now();
  payment.cents = cents;
  if (cents > 0) state.timeline.payments.push_back(payment);
}

// What the energised sources of each campus could carry, from the last billing date to this one.
void read_contracts(State& state, des::Time since) {
  const auto count = [&](Meter& meter, des::Time until) {
    const des::Time from = std::max(since, meter.since);
    if (until > from)
      meter.contracted_time += AmountTime{meter.contracted.count} * (until - from).count();
    meter.since = std::max(meter.since, until);
  };
  // Sources are followed by a meter of their own, since their records come in order of time.
  const auto& records = state.timeline.energisations;
  std::vector<Meter> sources(state.meters.size());
  for (std::size_t i = 0; i < sources.size(); ++i) {
    sources[i].since = since;
    sources[i].contracted = state.meters[i].contracted;
  }
  for (; state.next_energisation < records.size(); ++state.next_energisation) {
    const Energisation& record = records[state.next_energisation];
    if (!is_source(*state.model, record.feeder)) continue;
    Meter& meter = sources[state.model->feeders[record.feeder].campus.index()];
    count(meter, std::min(record.at, state.now()));
    meter.contracted += record.available - state.source_power[record.feeder.index()];
    state.source_power[record.feeder.index()] = record.available;
  }
  for (std::size_t i = 0; i < sources.size(); ++i) {
    count(sources[i], state.now());
    state.meters[i].contracted = sources[i].contracted;
    state.meters[i].contracted_time += sources[i].contracted_time;
  }
}

// The PUE of the month that is billed against that at the peak, in thousand millionths.
std::int64_t part_of_peak(const Model& model, const Campus& campus, std::uint32_t bill) {
  const des::Time from = bill == 0 ? des::kStart : model.billing_dates[bill - 1];
  const std::chrono::year_month_day day(date_of(from, model.start));
  return std::llround(static_cast<double>(kBillion) *
                      (campus.monthly_pue[unsigned{day.month()} - 1] / campus.pue));
}

// Millionths of a dollar for watts × ns at a price for a megawatt and month.
AmountTime per_mw_month(AmountTime watts_time, std::int64_t price) {
  return rounded_quotient(watts_time * price, AmountTime{kMillion} * kMonth.count());
}

// A drawn amount of dollars.
std::int64_t drawn_cents(const State& state, const Uncertain& dollars) {
  return std::max<std::int64_t>(0, std::llround(100 * state.draw(dollars, 0)));
}

void draw_prices(State& state) {
  const Model& model = *state.model;
  Prices& prices = state.prices;
  prices.orders.clear();
  prices.products.clear();
  prices.fixed.clear();
  prices.per_day.clear();
  prices.uptake_millionths.clear();
  if (model.billing_dates.empty()) return;
  for (const Order& order : model.orders) prices.orders.push_back(drawn_cents(state, order.price));
  for (const Product& product : model.products)
    prices.products.push_back(drawn_cents(state, product.price));
  for (const TaskCost& cost : model.task_costs) {
    prices.fixed.push_back(drawn_cents(state, cost.fixed));
    prices.per_day.push_back(drawn_cents(state, cost.per_day));
  }
  for (const Deal& deal : model.deals) {
    const double used = deal.uptake.valid() ? std::clamp(state.draw(deal.uptake, 0), 0.0, 1.0) : 1;
    prices.uptake_millionths.push_back(std::llround(static_cast<double>(kMillion) * used));
  }
}

}  // namespace

void replan(State& state) { draw_prices(state); }

void begin(State& state) {
  const Model& model = *state.model;
  state.timeline.payments.clear();
  state.timeline.placings.clear();
  state.timeline.idle.clear();
  const std::size_t metered = model.billing_dates.empty() ? 0 : model.campuses.size();
  state.meters.assign(metered, Meter{});
  state.billed.assign(metered, Meter{});
  state.source_power.assign(metered > 0 ? model.feeders.size() : 0, Watts{});
  state.next_energisation = 0;
  draw_prices(state);
  for (std::size_t i = 0; i < model.billing_dates.size(); ++i)
    state.schedule(model.billing_dates[i],
                   {static_cast<std::uint32_t>(i), 0, Occurrence::Kind::billing});
}

void read_meter(State& state, Id<Campus> id) {
  Meter& meter = state.meters[id.index()];
  const CampusState& campus = state.campuses[id.index()];
  const std::int64_t time = (state.now() - meter.since).count();
  meter.since = state.now();
  meter.usable += AmountTime{campus.usable_facility.count} * time;
  meter.drawn += AmountTime{(campus.usable_facility + meter.burn_in).count} * time;
  meter.operates = meter.operates || campus.usable_racks > 0;
  if (meter.operates) meter.operated += time;
}

void burn_in(State& state, Id<Campus> campus, Watts power) {
  read_meter(state, campus);
  state.meters[campus.index()].burn_in += power;
}

void on_billing(State& state, std::uint32_t date) {
  const Model& model = *state.model;
  read_contracts(state, date == 0 ? des::kStart : model.billing_dates[date - 1]);
  for (std::size_t i = 0; i < state.meters.size(); ++i) {
    const Id<Campus> id(i);
    const Campus& campus = model.campuses[id];
    read_meter(state, id);
    const Meter& now = state.meters[i];
    const Meter& before = state.billed[i];
    const PowerPrice& power = campus.power_price;
    const AmountTime hours = AmountTime{kMillion} * kNanosPerHour;
    const AmountTime drawn =
        rounded_quotient((now.drawn - before.drawn) * part_of_peak(model, campus, date), kBillion);
    const AmountTime energy = rounded_quotient(
        rounded_quotient(drawn * power.load_millionths, kMillion) * power.per_mwh, hours);
    pay(state, PaymentKind::energy, power.utility, id, date, cents_of(energy));
    pay(state, PaymentKind::demand, power.utility, id, date,
        cents_of(per_mw_month(now.contracted_time - before.contracted_time, power.per_mw_month)));
    pay(state, PaymentKind::operation, {}, id, date,
        cents_of(per_mw_month(now.usable - before.usable, campus.operation.per_mw_month) +
                 rounded_quotient((now.operated - before.operated) * campus.operation.per_month,
                                  kMonth.count())));
    state.billed[i] = now;
  }
}

void close(State& state) {
  const Model& model = *state.model;
  if (model.billing_dates.empty()) return;
  state.timeline.idle.assign(model.campuses.size() + 1, IdleCapital{});
  pay_tasks(state);
  pay_equipment(state);
  pay_racks(state);
  pay_deals(state);
  std::stable_sort(state.timeline.payments.begin(), state.timeline.payments.end(),
                   [](const Payment& a, const Payment& b) {
                     return std::tuple(a.at, a.kind, a.campus, a.deal, a.record, a.in_advance) <
                            std::tuple(b.at, b.kind, b.campus, b.deal, b.record, b.in_advance);
                   });
}

}  // namespace racked::cash
