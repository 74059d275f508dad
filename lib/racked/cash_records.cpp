#include "cash_records.h"

#include <algorithm>
#include <utility>

namespace racked::cash {
namespace {

constexpr std::int64_t kMillionthsPerCent = 10'000;

std::int64_t share_of(std::int64_t cents, std::int64_t millionths) {
  return static_cast<std::int64_t>(rounded_quotient(AmountTime{cents} * millionths, kMillion));
}

// Adds a payment that falls due by the horizon. Whether it does.
bool add(State& state, Payment payment) {
  if (payment.cents <= 0 || payment.at > state.model->horizon) return false;
  state.timeline.payments.push_back(payment);
  return true;
}

IdleCapital& idle_on(State& state, Id<Campus> campus) {
  return state.timeline.idle[campus.valid() ? campus.index() : state.model->campuses.size()];
}

// One payment in advance and one after the arrival, for pieces that come together.
struct Purchase {
  std::int64_t deposit = 0;
  std::int64_t balance = 0;
};

Purchase purchase(std::int64_t price, std::int64_t pieces, const PurchaseTerms& terms) {
  const std::int64_t deposit = share_of(price * pieces, terms.deposit_millionths);
  return {deposit, price * pieces - deposit};
}

// Of a payment for things that come of use at `until`, each or never by the horizon.
AmountTime idle_time(const State& state, std::int64_t cents, des::Time at,
                     const std::vector<des::Time>& until) {
  AmountTime sum = 0;
  for (const des::Time time : until)
    sum += std::max<std::int64_t>(0, (std::min(time, state.model->horizon) - at).count());
  return until.empty() ? AmountTime{cents} * (state.model->horizon - at).count()
                       : rounded_quotient(sum * cents, static_cast<std::int64_t>(until.size()));
}

// When the pieces of each arrival leave their stock: first come, first to go.
std::vector<std::vector<des::Time>> departures(const State& state) {
  const Model& model = *state.model;
  const Timeline& timeline = state.timeline;
  std::vector<std::vector<des::Time>> leaving(model.goods.size());
  for (const TaskRun& run : timeline.task_runs)
    for (const Id<Need> need : model.tasks[run.task].needs)
      if (const Id<GoodsStock> stock = model.needs[need].goods; stock.valid())
        leaving[stock.index()].insert(leaving[stock.index()].end(),
                                      static_cast<std::size_t>(model.needs[need].count), run.start);
  for (const GoodsLoss& loss : timeline.goods_losses)
    leaving[loss.stock.index()].insert(leaving[loss.stock.index()].end(),
                                       static_cast<std::size_t>(loss.pieces), loss.at);
  for (auto& times : leaving) std::sort(times.begin(), times.end());

  std::vector<std::vector<des::Time>> of_arrival(timeline.goods.size());
  std::vector<std::size_t> gone(model.goods.size());
  for (std::size_t i = 0; i < timeline.goods.size(); ++i) {
    const std::size_t stock = timeline.goods[i].stock.index();
    for (std::int64_t piece = 0; piece < timeline.goods[i].pieces; ++piece) {
      const std::size_t next = gone[stock]++;
      of_arrival[i].push_back(next < leaving[stock].size() ? leaving[stock][next] : des::kNever);
    }
  }
  return of_arrival;
}

}  // namespace

AmountTime rounded_quotient(AmountTime a, AmountTime b) { return (a + b / 2) / b; }

std::int64_t cents_of(AmountTime millionths) {
  return static_cast<std::int64_t>(rounded_quotient(millionths, kMillionthsPerCent));
}

bool is_source(const Model& model, Id<Feeder> feeder) {
  return model.feeders[feeder].fed_by.empty();
}

void pay_tasks(State& state) {
  const Model& model = *state.model;
  for (std::size_t i = 0; i < state.timeline.task_runs.size(); ++i) {
    const TaskRun& run = state.timeline.task_runs[i];
    const Task& task = model.tasks[run.task];
    if (!task.cost.valid()) continue;
    const TaskCost& cost = model.task_costs[task.cost];
    Payment payment;
    payment.from = model.campuses[task.campus].owner;
    payment.to = cost.contractor;
    payment.campus = task.campus;
    payment.record = static_cast<std::uint32_t>(i);

    const std::int64_t fixed = run.round == 0 ? state.prices.fixed[task.cost.index()] : 0;
    const std::int64_t advance = share_of(fixed, cost.advance_millionths);
    payment.in_advance = true;
    payment.at = run.start;
    payment.cents = advance;
    add(state, payment);

    if (run.finish == des::kNever) continue;
    payment.in_advance = false;
    payment.at = run.finish;
    payment.cents = fixed - advance +
                    static_cast<std::int64_t>(rounded_quotient(
                        AmountTime{state.prices.per_day[task.cost.index()]} * run.duration.count(),
                        cost.day.count()));
    add(state, payment);
  }
}

void pay_equipment(State& state) {
  const Model& model = *state.model;
  const std::vector<std::vector<des::Time>> leave = departures(state);
  const std::vector<GoodsArrival> goods = state.timeline.goods;
  const std::vector<std::int64_t>& price = state.prices.orders;
  const auto terms_of = [&](Id<Order> order) -> const PurchaseTerms& {
    return model.equipment[model.goods[model.orders[order].stock].equipment].terms;
  };
  const auto payment_for = [&](Id<Order> id, Id<Campus> campus) {
    Payment payment;
    payment.kind = PaymentKind::equipment;
    payment.from = model.campuses[campus].owner;
    payment.to = terms_of(id).vendor;
    payment.campus = campus;
    return payment;
  };

  std::vector<std::vector<std::size_t>> arrival(model.orders.size());
  for (std::size_t i = 0; i < goods.size(); ++i) {
    if (goods[i].kind != GoodsArrival::Kind::lot) continue;
    auto& lots = arrival[goods[i].order.index()];
    lots.resize(static_cast<std::size_t>(model.orders[goods[i].order].lots), goods.size());
    lots[goods[i].lot] = i;
  }

  // Deposits, lot by lot of each order.
  for (std::size_t i = 0; i < state.timeline.placings.size(); ++i) {
    const Placing placing = state.timeline.placings[i];
    const Order& order = model.orders[placing.order];
    Payment payment = payment_for(placing.order, order.campus);
    payment.in_advance = true;
    payment.record = static_cast<std::uint32_t>(i);
    payment.at = placing.at;
    auto& lots = arrival[placing.order.index()];
    lots.resize(static_cast<std::size_t>(order.lots), goods.size());
    for (std::size_t lot = 0; lot < lots.size(); ++lot) {
      const std::int64_t deposit =
          purchase(price[placing.order.index()], order.pieces(static_cast<std::int64_t>(lot)),
                   terms_of(placing.order))
              .deposit;
      payment.cents += deposit;
      idle_on(state, order.campus).equipment +=
          idle_time(state, deposit, placing.at,
                    lots[lot] < goods.size() ? leave[lots[lot]] : std::vector<des::Time>());
    }
    add(state, payment);
  }

  // The rest; what replaces destroyed pieces is paid at once.
  for (std::size_t i = 0; i < goods.size(); ++i) {
    if (goods[i].kind == GoodsArrival::Kind::transfer) continue;
    const Id<Campus> campus = model.goods[goods[i].stock].campus;
    const Purchase parts =
        purchase(price[goods[i].order.index()], goods[i].pieces, terms_of(goods[i].order));
    Payment payment = payment_for(goods[i].order, campus);
    payment.record = static_cast<std::uint32_t>(i);
    payment.at = goods[i].arrived + terms_of(goods[i].order).balance;
    payment.cents = parts.balance + (goods[i].kind == GoodsArrival::Kind::lot ? 0 : parts.deposit);
    if (add(state, payment))
      idle_on(state, campus).equipment += idle_time(state, payment.cents, payment.at, leave[i]);
  }
}

namespace {

// Who pays the deposit of a lot: the buyer of its line, or the rack owner of its campus.
Id<Party> buyer_of(const Model& model, const RackLot& lot) {
  if (lot.line.valid()) {
    const SupplyLine& line = model.supply_lines[lot.line];
    if (line.buyer.valid()) return line.buyer;
    return model.campuses[model.rack_stocks[line.shares.front().stock].campus].rack_owner;
  }
  return model.campuses[model.rack_stocks[lot.stock].campus].rack_owner;
}

}  // namespace

void pay_racks(State& state) {
  const Model& model = *state.model;
  const std::vector<std::int64_t>& price = state.prices.products;
  for (std::size_t i = 0; i < state.timeline.lots.size(); ++i) {
    const RackLot& lot = state.timeline.lots[i];
    const Id<Product> id = lot.stock.valid() ? model.rack_stocks[lot.stock].product
                                             : model.supply_lines[lot.line].product;
    if (price[id.index()] == 0) continue;
    const PurchaseTerms& terms = model.products[id].terms;
    const Id<Campus> campus =
        lot.stock.valid() ? model.rack_stocks[lot.stock].campus : Id<Campus>();
    std::vector<des::Time> usable;
    if (lot.arrived != des::kNever)
      for (std::int64_t rack = 0; rack < lot.racks; ++rack)
        usable.push_back(
            state.timeline.racks[lot.first_rack + static_cast<std::size_t>(rack)].usable);

    Payment payment;
    payment.kind = PaymentKind::racks;
    payment.to = terms.vendor;
    payment.campus = campus;
    payment.record = static_cast<std::uint32_t>(i);
    const auto pay = [&] {
      if (add(state, payment))
        idle_on(state, campus).racks += idle_time(state, payment.cents, payment.at, usable);
    };
    const bool scheduled = lot.line.valid() || lot.delivery.valid();
    if (scheduled) {
      // Of what is sent off, whatever becomes of it.
      const std::int64_t sent =
          lot.line.valid() ? model.supply_lines[lot.line].lot_racks : lot.racks;
      payment.in_advance = true;
      payment.from = buyer_of(model, lot);
      payment.at = lot.line.valid() ? lot.released : lot.released - terms.deposit_ahead;
      payment.cents = purchase(price[id.index()], sent, terms).deposit;
      pay();
    }
    if (lot.arrived == des::kNever) continue;
    const Purchase parts = purchase(price[id.index()], lot.racks, terms);
    payment.in_advance = false;
    payment.from = model.campuses[campus].rack_owner;
    payment.at = lot.arrived + terms.balance;
    payment.cents = parts.balance + (scheduled ? 0 : parts.deposit);
    pay();
  }
}

}  // namespace racked::cash
