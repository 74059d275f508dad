#include "audit_deals.h"

#include <chrono>
#include <cmath>
#include <limits>
#include <map>
#include <tuple>

namespace racked::audit_rules {
namespace {

constexpr double kHour = 3600e9, kDay = 86'400e9, kMonth = kDay * 365.25 / 12;

double nanoseconds(des::Duration span) { return static_cast<double>(span.count()); }
double share(std::int64_t millionths) { return static_cast<double>(millionths) * 1e-6; }

// What one price in cents can be, by everything that was paid at it.
class PriceRange {
 public:
  // An amount for so many times the price, each of `roundings` off by half a cent at most.
  void narrow(std::int64_t cents, double times, double roundings) {
    if (times <= 0) return;
    low_ = std::max(low_, (static_cast<double>(cents) - roundings) / times);
    high_ = std::min(high_, (static_cast<double>(cents) + roundings) / times);
  }
  void narrow(const Model& model, const Uncertain& dollars) {
    if (!dollars.drivers.empty()) return;
    const des::Distribution& shape = model.distributions[dollars.shape];
    low_ = std::max(low_, 100 * shape.min() - 1);
    high_ = std::min(high_, 100 * shape.max() + 1);
  }
  bool exists() const { return low_ <= high_ * (1 + 1e-12) + 1e-9; }

 private:
  double low_ = 0;
  double high_ = std::numeric_limits<double>::infinity();
};

class CashJudge {
 public:
  CashJudge(const DealBooks& books, FindingList& findings)
      : books_(books), model_(books.model), timeline_(books.timeline), findings_(findings) {}

  void judge() {
    des::Time before = des::Time::min();
    for (const Payment& payment : timeline_.payments) {
      if (payment.at < before || payment.cents <= 0 || payment.at > model_.horizon)
        say(payment, "is out of order, of nothing, or after the horizon");
      before = payment.at;
      judge(payment);
    }
    for (const auto& [order, range] : equipment_)
      if (!range.exists()) findings_.add("money", model_.orders[order].name + " has no one price");
    for (const auto& [product, range] : racks_)
      if (!range.exists())
        findings_.add("money", model_.products[product].name + " has no one price");
    check_complete();
    check_bills();
    for (std::size_t i = 0; i < model_.deals.size(); ++i) check_deal(i);
    check_idle();
  }

 private:
  using Record = std::tuple<PaymentKind, std::uint32_t, bool>;

  void say(const Payment& payment, const std::string& what) {
    findings_.add("money", "a payment for " + std::string(name(payment.kind)) + " " +
                               when(model_, payment.at) + " " + what);
  }

  void judge(const Payment& payment) {
    sums_[{payment.kind, payment.campus, payment.deal}] += static_cast<double>(payment.cents);
    switch (payment.kind) {
      case PaymentKind::construction: return judge_task(payment);
      case PaymentKind::equipment: return judge_equipment(payment);
      case PaymentKind::racks: return judge_racks(payment);
      default:
        if (payment.record >= model_.billing_dates.size() ||
            model_.billing_dates[payment.record] != payment.at)
          say(payment, "is not of a billing date");
    }
    if (!payment.deal.valid()) return;
    const Deal& deal = model_.deals[payment.deal];
    const bool credit = payment.kind == PaymentKind::credit;
    if (payment.from != (credit ? deal.provider : deal.tenant) ||
        payment.to != (credit ? deal.tenant : deal.provider))
      say(payment, "is not between the parties of " + deal.name);
  }

  // Whether the payment is the first for its record.
  bool first(const Payment& payment) {
    if (paid_.insert({{payment.kind, payment.record, payment.in_advance}, payment.cents}).second)
      return true;
    say(payment, "is made twice");
    return false;
  }

  void judge_task(const Payment& payment) {
    if (payment.record >= timeline_.task_runs.size()) return say(payment, "has no record");
    const TaskRun& run = timeline_.task_runs[payment.record];
    const Task& task = model_.tasks[run.task];
    if (!first(payment)) return;
    if (!task.cost.valid() || payment.from != model_.campuses[task.campus].owner ||
        payment.to != model_.task_costs[task.cost].contractor ||
        payment.at != (payment.in_advance ? run.start : run.finish) ||
        (payment.in_advance && run.round > 0))
      return say(payment, "does not follow from " + task.name);
    const TaskCost& cost = model_.task_costs[task.cost];
    const auto bound = [&](const Uncertain& dollars, bool upper) {
      if (!dollars.valid()) return 0.0;
      if (!dollars.drivers.empty()) return upper ? std::numeric_limits<double>::infinity() : 0.0;
      const des::Distribution& shape = model_.distributions[dollars.shape];
      return 100 * (upper ? shape.max() : shape.min());
    };
    const double advance = share(cost.advance_millionths);
    const double of_fixed = run.round > 0 ? 0 : payment.in_advance ? advance : 1 - advance;
    const double days = payment.in_advance ? 0 : nanoseconds(run.duration) / nanoseconds(cost.day);
    const auto amount = [&](bool upper) {
      const double fixed = bound(cost.fixed, upper), daily = bound(cost.per_day, upper);
      return (of_fixed > 0 ? of_fixed * fixed : 0) + (days > 0 ? days * daily : 0);
    };
    const double cents = static_cast<double>(payment.cents), slack = 2 + days;
    if (cents < amount(false) - slack || cents > amount(true) + slack)
      say(payment, "is more or less than " + task.name + " costs");
  }

  void judge_equipment(const Payment& payment) {
    const std::size_t records =
        payment.in_advance ? timeline_.placings.size() : timeline_.goods.size();
    if (payment.record >= records) return say(payment, "has no record");
    if (!first(payment)) return;
    const Id<Order> id = payment.in_advance ? timeline_.placings[payment.record].order
                                            : timeline_.goods[payment.record].order;
    const Order& order = model_.orders[id];
    const PurchaseTerms& terms = model_.equipment[model_.goods[order.stock].equipment].terms;
    des::Time due;
    double times = 0;
    if (payment.in_advance) {
      due = timeline_.placings[payment.record].at;
      times = static_cast<double>(order.count) * share(terms.deposit_millionths);
    } else {
      const GoodsArrival& goods = timeline_.goods[payment.record];
      due = goods.arrived + terms.balance;
      const bool whole = goods.kind == GoodsArrival::Kind::replacement;
      times = static_cast<double>(goods.pieces) * (whole ? 1 : 1 - share(terms.deposit_millionths));
      if (goods.kind == GoodsArrival::Kind::transfer) say(payment, "is for a transfer");
    }
    if (payment.at != due || payment.from != model_.campuses[payment.campus].owner ||
        payment.to != terms.vendor || !order.price.valid())
      return say(payment, "does not follow from " + order.name);
    equipment_[id].narrow(payment.cents, times, static_cast<double>(order.lots));
    equipment_[id].narrow(model_, order.price);
  }

  void judge_racks(const Payment& payment) {
    if (payment.record >= timeline_.lots.size()) return say(payment, "has no record");
    if (!first(payment)) return;
    const RackLot& lot = timeline_.lots[payment.record];
    const Id<Product> id = lot.line.valid() ? model_.supply_lines[lot.line].product
                                            : model_.rack_stocks[lot.stock].product;
    const PurchaseTerms& terms = model_.products[id].terms;
    const double deposit =
        lot.line.valid() || lot.delivery.valid() ? share(terms.deposit_millionths) : 0;
    const std::int64_t racks = lot.line.valid() && payment.in_advance
                                   ? model_.supply_lines[lot.line].lot_racks
                                   : lot.racks;
    const des::Time due = !payment.in_advance ? lot.arrived + terms.balance
                          : lot.line.valid()  ? lot.released
                                              : lot.released - terms.deposit_ahead;
    if (payment.at != due || payment.to != terms.vendor || !model_.products[id].price.valid() ||
        (!payment.in_advance && payment.from != model_.campuses[payment.campus].rack_owner))
      return say(payment, "does not follow from a lot of " + model_.products[id].name);
    racks_[id].narrow(payment.cents,
                      static_cast<double>(racks) * (payment.in_advance ? deposit : 1 - deposit), 1);
    racks_[id].narrow(model_, model_.products[id].price);
  }

  bool costs(const Uncertain& dollars) const {
    return dollars.valid() && dollars.drivers.empty() &&
           model_.distributions[dollars.shape].min() >= 1;
  }

  void check_complete() {
    const auto expect = [&](PaymentKind kind, std::size_t record, bool in_advance) {
      if (!paid_.count({kind, static_cast<std::uint32_t>(record), in_advance}))
        findings_.add("money", "nothing was paid for record " + std::to_string(record) + " of " +
                                   std::string(name(kind)));
    };
    for (std::size_t i = 0; i < timeline_.task_runs.size(); ++i) {
      const TaskRun& run = timeline_.task_runs[i];
      const Id<TaskCost> cost = model_.tasks[run.task].cost;
      if (cost.valid() && costs(model_.task_costs[cost].fixed) && run.round == 0 &&
          run.finish != des::kNever && model_.task_costs[cost].advance_millionths < kMillion)
        expect(PaymentKind::construction, i, false);
    }
    for (std::size_t i = 0; i < timeline_.goods.size(); ++i) {
      const GoodsArrival& goods = timeline_.goods[i];
      const PurchaseTerms& terms = model_.equipment[model_.goods[goods.stock].equipment].terms;
      if (goods.kind == GoodsArrival::Kind::lot && costs(model_.orders[goods.order].price) &&
          terms.deposit_millionths < kMillion / 2 &&
          goods.arrived + terms.balance <= model_.horizon)
        expect(PaymentKind::equipment, i, false);
    }
    for (std::size_t i = 0; i < timeline_.lots.size(); ++i) {
      const RackLot& lot = timeline_.lots[i];
      if (lot.arrived == des::kNever || lot.racks == 0) continue;
      const Product& product = model_.products[model_.rack_stocks[lot.stock].product];
      if (costs(product.price) && product.terms.deposit_millionths < kMillion / 2 &&
          lot.arrived + product.terms.balance <= model_.horizon)
        expect(PaymentKind::racks, i, false);
    }
  }

  // A sum of bills, each rounded to a cent, against an amount in dollars.
  void compare(const std::string& who, PaymentKind kind, Id<Campus> campus, Id<Deal> deal,
               double dollars) {
    const auto key = std::tuple(kind, campus, deal);
    const double paid = sums_[key] / 100;
    const double slack =
        0.02 * (1 + static_cast<double>(model_.billing_dates.size())) + 1e-9 * std::fabs(dollars);
    if (std::fabs(paid - dollars) > slack)
      findings_.add("money", who + ": " + std::string(name(kind)) + " of " + std::to_string(paid) +
                                 " USD was billed, the records say " + std::to_string(dollars));
  }

  // Power and operation of each campus, all bills together.
  void check_bills() {
    const std::size_t campuses = model_.campuses.size();
    std::vector<double> drawn(campuses), usable(campuses), contracted(campuses);
    std::vector<des::Time> opened(campuses, des::kNever);
    const auto span = [&](des::Time from, des::Time to) {
      return std::max(0.0, nanoseconds(std::min(to, model_.horizon) - std::max(from, des::kStart)));
    };
    // The same, each month by its PUE against the peak.
    const auto weighed = [&](Id<Campus> id, des::Time from, des::Time to) {
      const Campus& campus = model_.campuses[id];
      double sum = 0;
      des::Time month = des::kStart;
      for (const des::Time end : model_.billing_dates) {
        const std::chrono::year_month_day day(date_of(month, model_.start));
        const double part = campus.monthly_pue[unsigned{day.month()} - 1] / campus.pue;
        sum += part * std::max(0.0, nanoseconds(std::min(to, end) - std::max(from, month)));
        month = end;
      }
      return sum;
    };
    for_each_service(model_, timeline_, [&](const RackRun& rack, des::Time from, des::Time to) {
      const Hall& hall = model_.halls[rack.hall];
      usable[hall.campus.index()] += static_cast<double>(hall.rack_power.count) * span(from, to);
      drawn[hall.campus.index()] +=
          static_cast<double>(hall.rack_power.count) * weighed(hall.campus, from, to);
      opened[hall.campus.index()] = std::min(opened[hall.campus.index()], from);
    });
    const auto burn_in = [&](const RackRun& rack, des::Time from, des::Time to) {
      const Hall& hall = model_.halls[rack.hall];
      drawn[hall.campus.index()] +=
          static_cast<double>(hall.rack_power.count) * weighed(hall.campus, from, to);
    };
    for (const RackRun& rack : timeline_.racks)
      if (rack.begin[3] != des::kNever) burn_in(rack, rack.begin[3], rack.end[3]);
    for (const Darkness& dark : timeline_.darkness)
      if (dark.step == 3) burn_in(timeline_.racks[dark.rack], dark.begun, dark.from);
    for (const Repair& repair : timeline_.repairs)
      burn_in(timeline_.racks[repair.rack], repair.begun, repair.failed);
    std::vector<double> before(model_.feeders.size());
    for (const Energisation& record : timeline_.energisations) {
      const Feeder& feeder = model_.feeders[record.feeder];
      if (!feeder.fed_by.empty()) continue;
      const double now = static_cast<double>(record.available.count);
      contracted[feeder.campus.index()] +=
          (now - before[record.feeder.index()]) * span(record.at, model_.horizon);
      before[record.feeder.index()] = now;
    }
    for (std::size_t i = 0; i < campuses; ++i) {
      const Campus& campus = model_.campuses[Id<Campus>(i)];
      const PowerPrice& power = campus.power_price;
      const double mw_months = contracted[i] / 1e6 / kMonth;
      compare(campus.name, PaymentKind::energy, Id<Campus>(i), {},
              drawn[i] / 1e6 / kHour * share(power.load_millionths) * share(power.per_mwh));
      compare(campus.name, PaymentKind::demand, Id<Campus>(i), {},
              mw_months * share(power.per_mw_month));
      const double months = opened[i] == des::kNever ? 0 : span(opened[i], model_.horizon) / kMonth;
      compare(campus.name, PaymentKind::operation, Id<Campus>(i), {},
              months * share(campus.operation.per_month) +
                  usable[i] / 1e6 / kMonth * share(campus.operation.per_mw_month));
    }
  }

  void check_deal(std::size_t index) {
    const Deal& deal = model_.deals[Id<Deal>(index)];
    double due = 0, rent = 0, unused = 0;
    for (std::size_t s = 0; s < model_.rack_stocks.size(); ++s) {
      const Product& product = model_.products[model_.rack_stocks[Id<RackStock>(s)].product];
      const auto& steps = books_.units[index][s].values();
      for (std::size_t i = 0; i < steps.size(); ++i) {
        const des::Time to = i + 1 < steps.size() ? steps[i + 1].first : model_.horizon;
        const double racks = static_cast<double>(steps[i].second * product.racks_per_unit) *
                             nanoseconds(to - steps[i].first);
        due += racks *
               (static_cast<double>(product.chips_per_rack) / kHour * share(deal.per_chip_hour) +
                static_cast<double>(product.it_per_rack.count) / 1e3 / kMonth *
                    share(deal.per_kw_month));
      }
    }
    for (std::size_t c = 0; c < model_.campuses.size(); ++c) {
      rent += sums_[{PaymentKind::rent, Id<Campus>(c), Id<Deal>(index)}] / 100;
      unused += sums_[{PaymentKind::take_or_pay, Id<Campus>(c), Id<Deal>(index)}] / 100;
    }
    const double slack =
        0.02 * static_cast<double>((1 + model_.billing_dates.size()) * model_.campuses.size()) +
        1e-5 * due;
    const double uptake = due > 0 ? rent / due : 1;
    const double owed = due * std::max(0.0, share(deal.take_or_pay_millionths) - uptake);
    const bool uptake_is_free = deal.uptake.valid();
    if (rent > due + slack || (!uptake_is_free && rent < due - slack) ||
        std::fabs(unused - owed) > 2 * slack)
      findings_.add("money", deal.name + ": rent of " + std::to_string(rent) + " and " +
                                 std::to_string(unused) + " USD was billed for " +
                                 std::to_string(due) + " USD of capacity");
    compare(deal.name, PaymentKind::credit, {}, Id<Deal>(index), credit(index));
  }

  // Dollars for what was committed, and had never been delivered, after the days of grace.
  double credit(std::size_t index) const {
    const Deal& deal = model_.deals[Id<Deal>(index)];
    const des::Time end = std::min({deal.ends, timeline_.terminated[index], model_.horizon});
    double sum = 0;
    std::int64_t before = 0;
    for (const Id<Commitment> c : deal.commitments) {
      // Each step is late by what of it was never there, from its date and grace on.
      const Commitment& commitment = model_.commitments[c];
      des::Time from = commitment.date + deal.credit.grace;
      std::int64_t most = 0;
      const auto lacks = [&] {
        return commitment.amount - std::clamp(most, before, commitment.amount);
      };
      for (const auto& [at, amount] : books_.delivered[index].values()) {
        if (at > from && from < end) {
          sum += static_cast<double>(lacks()) * nanoseconds(std::min(at, end) - from);
          from = at;
        }
        most = std::max(most, amount);
      }
      if (from < end) sum += static_cast<double>(lacks()) * nanoseconds(end - from);
      before = commitment.amount;
    }
    const double dollars =
        sum / kDay * share(deal.credit.per_day) / (deal.product.valid() ? 1 : 1000);
    return std::min(dollars, static_cast<double>(deal.credit.cap_cents) / 100);
  }

  // Of racks, payment by payment; of equipment no more than if nothing were ever used.
  void check_idle() {
    std::vector<double> racks(timeline_.idle.size()), most(timeline_.idle.size());
    for (const Payment& payment : timeline_.payments) {
      const std::size_t campus =
          payment.campus.valid() ? payment.campus.index() : model_.campuses.size();
      const double cents = static_cast<double>(payment.cents);
      const double whole = nanoseconds(model_.horizon - payment.at) * cents;
      if (payment.kind == PaymentKind::equipment) most[campus] += whole;
      if (payment.kind != PaymentKind::racks) continue;
      const RackLot& lot = timeline_.lots[payment.record];
      if (lot.arrived == des::kNever || lot.racks == 0) {
        racks[campus] += whole;
        continue;
      }
      for (std::int64_t i = 0; i < lot.racks; ++i) {
        const des::Time usable =
            timeline_.racks[lot.first_rack + static_cast<std::size_t>(i)].usable;
        racks[campus] += std::max(0.0, nanoseconds(std::min(usable, model_.horizon) - payment.at)) *
                         cents / static_cast<double>(lot.racks);
      }
    }
    for (std::size_t i = 0; i < racks.size(); ++i) {
      const auto told = static_cast<double>(timeline_.idle[i].racks);
      const auto equipment = static_cast<double>(timeline_.idle[i].equipment);
      if (std::fabs(told - racks[i]) > 1e6 + 1e-9 * racks[i])
        findings_.add("money", "idle racks come to " + std::to_string(told) +
                                   ", the payments say " + std::to_string(racks[i]));
      if (equipment < 0 || equipment > most[i] * (1 + 1e-9) + 1e6)
        findings_.add("money", "idle equipment exceeds what was paid for it");
    }
  }

  const DealBooks& books_;
  const Model& model_;
  const Timeline& timeline_;
  FindingList& findings_;
  std::map<std::tuple<PaymentKind, Id<Campus>, Id<Deal>>, double> sums_;
  std::map<Record, std::int64_t> paid_;
  std::map<Id<Order>, PriceRange> equipment_;
  std::map<Id<Product>, PriceRange> racks_;
};

}  // namespace

void check_cash(const DealBooks& books, FindingList& findings) {
  if (books.model.billing_dates.empty()) return;
  CashJudge(books, findings).judge();
}

}  // namespace racked::audit_rules
