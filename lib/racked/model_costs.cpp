#include "model_builder.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

namespace racked {
namespace {

constexpr double kHoursPerDay = 24;
constexpr double kDaysPerMonth = 365.25 / 12;  // of prices for a month, stated at the fields

std::int64_t millionths(double value) {
  return std::llround(value * static_cast<double>(kMillion));
}

}  // namespace

std::string_view name(PaymentKind kind) {
  switch (kind) {
    case PaymentKind::construction: return "construction";
    case PaymentKind::equipment: return "equipment";
    case PaymentKind::racks: return "racks";
    case PaymentKind::energy: return "energy";
    case PaymentKind::demand: return "demand";
    case PaymentKind::operation: return "operation";
    case PaymentKind::rent: return "rent";
    case PaymentKind::take_or_pay: return "take_or_pay";
    case PaymentKind::credit: return "credit";
  }
  return {};
}

PurchaseTerms ModelBuilder::terms_of(const v1::Equipment& written) const {
  return {millionths(written.deposit_share()),
          {},
          des::rounded(written.balance_days(), des::kDay),
          named(parties_, written.vendor())};
}

PurchaseTerms ModelBuilder::terms_of(const v1::Product& written) const {
  return {millionths(written.deposit_share()), des::rounded(written.deposit_days(), des::kDay),
          des::rounded(written.balance_days(), des::kDay), named(parties_, written.vendor())};
}

Id<TaskCost> ModelBuilder::read_task_cost(const Tasks& entry) {
  if (!entry.task->has_cost()) return {};
  const v1::TaskCost& written = entry.task->cost();
  const Task& task = model_.tasks[entry.id];
  const std::string path = child_path(entry.path, "cost");
  const std::string purpose = "task/" + task.name + "/cost";
  TaskCost cost;
  cost.fixed = uncertain(written, "fixed_usd", path, purpose, des::Duration{1});
  cost.advance_millionths = millionths(written.advance_share());
  cost.per_day = uncertain(written, "usd_per_day", path, purpose + "/day", des::Duration{1});
  cost.day = task.elapsed ? des::kDay : model_.calendars[task.calendar].working_day();
  cost.contractor = named(parties_, written.contractor());
  if (!cost.fixed.valid() && !cost.per_day.valid())
    problems_.add(path, "give fixed_usd or usd_per_day");
  return model_.task_costs.add(cost);
}

void ModelBuilder::read_rent(const v1::Deal& written, const std::string& path, Deal& deal) {
  deal.per_chip_hour = millionths(written.usd_per_chip_hour());
  deal.per_kw_month = millionths(written.usd_per_kw_month());
  deal.take_or_pay_millionths = millionths(written.take_or_pay());
  deal.uptake =
      uncertain(written, "uptake", path, "deal/" + deal.name + "/uptake", des::Duration{1});
  if (written.has_usd_per_chip_hour() && !deal.product.valid())
    problems_.add(child_path(path, "usd_per_chip_hour"), "is for a deal with a product");
  if (!written.has_delay_credit()) return;

  const v1::DelayCredit& credit = written.delay_credit();
  deal.credit.grace = des::rounded(credit.grace_days(), des::kDay);
  if (credit.has_cap_usd()) deal.credit.cap_cents = std::llround(100 * credit.cap_usd());
  deal.credit.per_day = millionths(credit.usd_per_day());
  if (!credit.has_rent_days()) return;
  double rent = written.usd_per_kw_month() / kDaysPerMonth;
  if (deal.product.valid()) {
    const Product& product = model_.products[deal.product];
    rent = rent * static_cast<double>(product.it_per_rack.count) / 1000 /
               static_cast<double>(product.chips_per_rack) +
           written.usd_per_chip_hour() * kHoursPerDay;
  }
  deal.credit.per_day = millionths(rent * credit.rent_days());
  if (deal.credit.per_day == 0)
    problems_.add(child_path(child_path(path, "delay_credit"), "rent_days"),
                  "there is no rent to take days of");
}

void ModelBuilder::read_campus_prices() {
  for (const v1::Campus& written : scenario_.campus()) {
    const Id<Campus> id = named(campuses_, written.id());
    if (!id.valid()) continue;
    Campus& campus = model_.campuses[id];
    campus.owner = named(parties_, written.owner());
    campus.rack_owner = named(parties_, written.rack_owner());
    campus.power_price = {millionths(written.power_price().usd_per_mwh()),
                          millionths(written.power_price().load_factor()),
                          millionths(written.power_price().usd_per_mw_month()),
                          named(parties_, written.power_price().utility())};
    campus.operation = {millionths(written.operation().usd_per_month()),
                        millionths(written.operation().usd_per_mw_month())};
  }
}

// A campus that names no owner is one itself, once anything costs anything.
void ModelBuilder::name_owners() {
  const auto any = [](const auto& rows, auto costs) {
    return std::any_of(rows.begin(), rows.end(), costs);
  };
  const bool costs = !model_.task_costs.empty() || any(model_.orders, [](const Order& order) {
    return order.price.valid();
  }) || any(model_.products, [](const Product& product) {
    return product.price.valid();
  }) || any(model_.campuses, [](const Campus& campus) {
    return campus.power_price.per_mwh + campus.power_price.per_mw_month +
               campus.operation.per_month + campus.operation.per_mw_month >
           0;
  }) || any(model_.deals, [](const Deal& deal) {
    return deal.per_chip_hour + deal.per_kw_month + deal.credit.per_day > 0;
  });
  if (!costs) return;
  for (Campus& campus : model_.campuses) {
    if (!campus.owner.valid()) {
      const auto [party, added] = parties_.try_emplace(campus.name, model_.parties.size());
      if (added) model_.parties.add({campus.name});
      campus.owner = party->second;
    }
    if (!campus.rack_owner.valid()) campus.rack_owner = campus.owner;
  }
  choose_billing_dates();
  list_cash_accounts();
}

void ModelBuilder::choose_billing_dates() {
  const std::chrono::year_month_day first(model_.start);
  for (std::chrono::year_month month(first.year(), first.month());;
       month += std::chrono::months(1)) {
    const Date date(month / std::chrono::day(1));
    if (date >= model_.horizon_date) break;
    if (date > model_.start) model_.billing_dates.push_back(time_of(date, model_.start));
  }
  model_.billing_dates.push_back(model_.horizon);
}

void ModelBuilder::list_cash_accounts() {
  std::set<CashAccount> accounts;
  const auto add = [&](Id<Campus> campus, PaymentKind kind, Id<Party> from, Id<Party> to) {
    for (const Id<Party> party : {from, to})
      if (party.valid()) accounts.insert({campus, party, kind});
  };
  for (const Task& task : model_.tasks)
    if (task.cost.valid())
      add(task.campus, PaymentKind::construction, model_.campuses[task.campus].owner,
          model_.task_costs[task.cost].contractor);
  for (const Order& order : model_.orders)
    if (order.price.valid())
      for (const Id<GoodsStock> stock :
           model_.equipment[model_.goods[order.stock].equipment].stocks)
        add(model_.goods[stock].campus, PaymentKind::equipment,
            model_.campuses[model_.goods[stock].campus].owner,
            model_.equipment[model_.goods[order.stock].equipment].terms.vendor);
  for (const RackStock& stock : model_.rack_stocks)
    if (const Product& product = model_.products[stock.product]; product.price.valid())
      add(stock.campus, PaymentKind::racks, model_.campuses[stock.campus].rack_owner,
          product.terms.vendor);
  for (const SupplyLine& line : model_.supply_lines) {
    const Product& product = model_.products[line.product];
    if (!product.price.valid() || product.terms.deposit_millionths == 0) continue;
    const Id<Party> buyer =
        line.buyer.valid()
            ? line.buyer
            : model_.campuses[model_.rack_stocks[line.shares.front().stock].campus].rack_owner;
    add({}, PaymentKind::racks, buyer, product.terms.vendor);
    for (const SupplyLine::Share& share : line.shares)
      add(model_.rack_stocks[share.stock].campus, PaymentKind::racks, buyer, product.terms.vendor);
  }
  for (std::size_t i = 0; i < model_.campuses.size(); ++i) {
    const Campus& campus = model_.campuses[Id<Campus>(i)];
    const Id<Party> utility = campus.power_price.utility;
    if (campus.power_price.per_mwh > 0)
      add(Id<Campus>(i), PaymentKind::energy, campus.owner, utility);
    if (campus.power_price.per_mw_month > 0)
      add(Id<Campus>(i), PaymentKind::demand, campus.owner, utility);
    if (campus.operation.per_month + campus.operation.per_mw_month > 0)
      add(Id<Campus>(i), PaymentKind::operation, campus.owner, {});
  }
  for (const Deal& deal : model_.deals) {
    if (deal.credit.per_day > 0) add({}, PaymentKind::credit, deal.provider, deal.tenant);
    if (deal.per_chip_hour + deal.per_kw_month == 0) continue;
    for (const Id<RackStock> stock : deal.stocks) {
      const Id<Campus> campus = model_.rack_stocks[stock].campus;
      add(campus, PaymentKind::rent, deal.tenant, deal.provider);
      if (deal.take_or_pay_millionths > 0 && deal.uptake.valid())
        add(campus, PaymentKind::take_or_pay, deal.tenant, deal.provider);
    }
  }
  model_.cash_accounts.assign(accounts.begin(), accounts.end());
}

}  // namespace racked
