#include "audit_deals.h"

#include <map>

namespace racked::audit_rules {
namespace {

bool serves(const Deal& deal, std::size_t stock) {
  return std::find(deal.stocks.begin(), deal.stocks.end(), Id<RackStock>(stock)) !=
         deal.stocks.end();
}

// Amount of a whole scale-up unit of a stock, to a deal.
std::int64_t unit_of(const Model& model, const Deal& deal, std::size_t stock) {
  const Product& product = model.products[model.rack_stocks[Id<RackStock>(stock)].product];
  const std::int64_t rack =
      deal.product.valid() ? product.chips_per_rack : product.it_per_rack.count;
  return rack * product.racks_per_unit;
}

// Whether the first is served before the second.
bool precedes(const Model& model, Id<Commitment> a, Id<Commitment> b) {
  const Commitment &x = model.commitments[a], &y = model.commitments[b];
  const bool by_date = model.assignment == Assignment::earliest_commitment;
  if (by_date && x.date != y.date) return x.date < y.date;
  const std::int64_t p = model.deals[x.deal].priority, q = model.deals[y.deal].priority;
  return p != q ? p > q : a < b;
}

class Judge {
 public:
  Judge(const Model& model, const DealBooks& books, FindingList& findings)
      : model_(model), books_(books), findings_(findings) {}

  void judge() {
    check_capacity();
    for (const des::Time at : books_.moments) {
      for (std::size_t d = 0; d < model_.deals.size(); ++d)
        if (const std::int64_t asked = books_.asked(d, at); asked > books_.delivered[d].at(at))
          check_short(d, at);
      if (model_.assignment == Assignment::pro_rata) check_shares(at);
    }
    check_dates();
  }

 private:
  const std::string& name(std::size_t deal) const { return model_.deals[Id<Deal>(deal)].name; }

  // Nobody has what is not there.
  void check_capacity() {
    for (std::size_t row = 0; row < books_.free.size(); ++row)
      for (std::size_t s = 0; s < books_.free[row].size(); ++s)
        for (const auto& [at, racks] : books_.free[row][s].values())
          if (racks < 0) {
            findings_.add("assigned", "more is assigned than is usable on " + campus_of(s) + ", " +
                                          when(model_, at));
            break;
          }
  }

  const std::string& campus_of(std::size_t stock) const {
    return model_.campuses[model_.rack_stocks[Id<RackStock>(stock)].campus].name;
  }

  // A deal that lacks something finds no free unit, and nobody served after it has one.
  void check_short(std::size_t d, des::Time at) {
    const Deal& deal = model_.deals[Id<Deal>(d)];
    const std::size_t row = deal.out_of.valid() ? deal.out_of.index() + std::size_t{1} : 0;
    for (const Id<RackStock> stock : deal.stocks) {
      const std::int64_t racks = model_.products[model_.rack_stocks[stock].product].racks_per_unit;
      if (books_.free[row][stock.index()].at(at) >= racks)
        findings_.add("assigned", name(d) + " lacks capacity that is free on " +
                                      campus_of(stock.index()) + ", " + when(model_, at));
    }
    if (model_.assignment == Assignment::pro_rata) return;
    const Id<Commitment> lacking = first_lacking(d, at);
    for (std::size_t e = 0; e < model_.deals.size(); ++e)
      if (e != d && model_.deals[Id<Deal>(e)].out_of == deal.out_of)
        check_turn(deal, lacking, e, at);
  }

  Id<Commitment> first_lacking(std::size_t d, des::Time at) const {
    const std::int64_t delivered = books_.delivered[d].at(at);
    for (const Id<Commitment> c : model_.deals[Id<Deal>(d)].commitments)
      if (model_.commitments[c].amount > delivered) return c;
    return {};
  }

  void check_turn(const Deal& deal, Id<Commitment> lacking, std::size_t e, des::Time at) {
    const Deal& other = model_.deals[Id<Deal>(e)];
    std::int64_t before = 0;
    for (const Id<Commitment> c : other.commitments)
      if (precedes(model_, c, lacking))
        before = std::max(before, std::min(model_.commitments[c].amount, books_.asked(e, at)));
    // What it has where the deal could be served was all taken before; the last unit whole.
    std::int64_t has = 0, largest = 0;
    for (const Id<RackStock> stock : deal.stocks) {
      const std::int64_t units = books_.units[e][stock.index()].at(at);
      const std::int64_t unit = unit_of(model_, other, stock.index());
      has += units * unit;
      if (units > 0) largest = std::max(largest, unit);
    }
    if (has > 0 && has - largest >= before)
      findings_.add("assigned", other.name + " has what " + deal.name + " is to have first, " +
                                    when(model_, at));
  }

  // Where every deal has one stock alone, it is shared out in proportion, to the unit.
  void check_shares(des::Time at) {
    for (std::size_t s = 0; s < model_.rack_stocks.size(); ++s) {
      std::int64_t wanted = 0, given = 0;
      std::vector<std::pair<std::size_t, std::int64_t>> claims;
      bool alone = true;
      for (std::size_t d = 0; d < model_.deals.size(); ++d) {
        const Deal& deal = model_.deals[Id<Deal>(d)];
        if (!serves(deal, s) || deal.out_of.valid()) continue;
        alone = alone && deal.stocks.size() == 1;
        const std::int64_t unit = unit_of(model_, deal, s);
        claims.emplace_back(d, (books_.asked(d, at) + unit - 1) / unit);
        wanted += claims.back().second;
        given += books_.units[d][s].at(at);
      }
      if (!alone || given >= wanted) continue;
      for (const auto& [d, claim] : claims)
        if (std::abs(books_.units[d][s].at(at) * wanted - given * claim) >= wanted)
          findings_.add("assigned",
                        name(d) + " has more or less than its share, " + when(model_, at));
    }
  }

  static des::Time first_with(const Steps& steps, std::int64_t amount) {
    for (const auto& [at, value] : steps.values())
      if (value >= amount) return at;
    return des::kNever;
  }

  void check_dates() {
    const Timeline& timeline = books_.timeline;
    for (std::size_t d = 0; d < model_.deals.size(); ++d) {
      const Deal& deal = model_.deals[Id<Deal>(d)];
      des::Time end = des::kNever;
      for (const Id<Commitment> c : deal.commitments) {
        // What was given may be lost at the same instant, but then it had been given.
        des::Time due = first_with(books_.delivered[d], model_.commitments[c].amount);
        const des::Time met = timeline.met[c.index()];
        if (met < due && books_.delivered_at_most[d].at(met) >= model_.commitments[c].amount)
          due = met;
        if (met != due)
          findings_.add("commitments", name(d) + " met a commitment " + when(model_, met) +
                                           ", the records say " + when(model_, due));
        if (deal.outside == des::Duration::max()) continue;
        const des::Time latest = std::max(model_.status, model_.commitments[c].date + deal.outside);
        if (due > latest && latest < deal.ends && latest <= model_.horizon)
          end = std::min(end, latest);
      }
      if (timeline.terminated[d] != end)
        findings_.add("commitments", name(d) + " was terminated " +
                                         when(model_, timeline.terminated[d]) +
                                         ", it is too late " + when(model_, end));
    }
  }

  const Model& model_;
  const DealBooks& books_;
  FindingList& findings_;
};

// When the unit of each rack was out of service, ascending and apart.
std::map<std::pair<std::uint32_t, std::int64_t>, std::vector<std::pair<des::Time, des::Time>>>
outages_of_units(const Model& model, const Timeline& timeline) {
  std::map<std::pair<std::uint32_t, std::int64_t>, std::vector<std::pair<des::Time, des::Time>>>
      outages;
  for (const Outage& outage : timeline.outages) {
    const RackRun& rack = timeline.racks[outage.rack];
    const Product& product = model.products[model.halls[rack.hall].product];
    auto& spans = outages[{rack.hall.index(), rack.position / product.racks_per_unit}];
    if (!spans.empty() && outage.failed < spans.back().second)
      spans.back().second = std::max(spans.back().second, outage.returned);
    else
      spans.emplace_back(outage.failed, outage.returned);
  }
  return outages;
}

}  // namespace

void for_each_service(
    const Model& model, const Timeline& timeline,
    const std::function<void(const RackRun&, des::Time from, des::Time to)>& visit) {
  const auto outages = outages_of_units(model, timeline);
  std::vector<std::vector<const Darkness*>> darkness(timeline.racks.size());
  for (const Darkness& dark : timeline.darkness) darkness[dark.rack].push_back(&dark);
  for (std::size_t i = 0; i < timeline.racks.size(); ++i) {
    const RackRun& rack = timeline.racks[i];
    if (rack.usable == des::kNever) continue;
    const Product& product = model.products[model.halls[rack.hall].product];
    const auto found = outages.find({rack.hall.index(), rack.position / product.racks_per_unit});
    // What is left of a stretch in which its unit was whole, but for the dark.
    const auto lit = [&](des::Time from, des::Time to) {
      for (const Darkness* dark : darkness[i]) {
        if (dark->to <= from || dark->from >= to) continue;
        if (dark->from >= from) visit(rack, from, dark->from);
        from = std::max(from, dark->to);
      }
      if (from < to) visit(rack, from, to);
    };
    des::Time from = rack.usable;
    if (found != outages.end())
      for (const auto& [down, up] : found->second) {
        lit(from, down);
        from = up;
      }
    if (from != des::kNever) lit(from, des::kNever);
  }
}

DealBooks::DealBooks(const Model& m, const Timeline& t)
    : model(m),
      timeline(t),
      delivered(m.deals.size()),
      delivered_at_most(m.deals.size()),
      at_end(m.deals.size()),
      units(m.deals.size(), std::vector<Steps>(m.rack_stocks.size())),
      free(m.deals.size() + 1, std::vector<Steps>(m.rack_stocks.size())) {
  for_each_service(m, t, [&](const RackRun& rack, des::Time from, des::Time to) {
    Steps& steps = free[0][m.halls[rack.hall].stock.index()];
    steps.add(from, 1);
    if (to != des::kNever) steps.add(to, -1);
  });
  std::vector<std::vector<std::int64_t>> before(m.deals.size(),
                                                std::vector<std::int64_t>(m.rack_stocks.size()));
  std::vector<std::int64_t> has(m.deals.size());
  for (const AssignedUnits& change : t.assigned) {
    const std::size_t d = change.deal.index(), s = change.stock.index();
    const Deal& deal = m.deals[change.deal];
    const std::int64_t more = change.units - before[d][s];
    const std::int64_t racks =
        more * m.products[m.rack_stocks[change.stock].product].racks_per_unit;
    before[d][s] = change.units;
    units[d][s].add(change.at, more);
    delivered[d].add(change.at, more * unit_of(m, deal, s));
    delivered_at_most[d].add(change.at + des::Duration(more < 0 ? 1 : 0),
                             more * unit_of(m, deal, s));
    free[deal.out_of.valid() ? deal.out_of.index() + std::size_t{1} : 0][s].add(change.at, -racks);
    free[d + 1][s].add(change.at, racks);
    has[d] += more * unit_of(m, deal, s);
    // When shares are given out anew because the deal ends, it had more at that instant before.
    const bool again = m.assignment == Assignment::pro_rata && change.at == t.terminated[d];
    if (change.at <= t.terminated[d]) at_end[d] = again ? std::max(at_end[d], has[d]) : has[d];
  }
  for (auto& rows : {&units, &free})
    for (auto& row : *rows)
      for (Steps& steps : row) steps.settle();
  for (auto* rows : {&delivered, &delivered_at_most})
    for (Steps& steps : *rows) steps.settle();
  find_moments();
}

void DealBooks::find_moments() {
  moments = {des::kStart, model.status};
  for (const auto& row : free)
    for (const Steps& steps : row)
      for (const auto& [at, value] : steps.values()) moments.push_back(at);
  for (const Commitment& commitment : model.commitments) {
    moments.push_back(commitment.date);
    moments.push_back(commitment.date - model.deals[commitment.deal].early);
    for (const Trigger& trigger : model.triggers)
      moments.push_back(commitment.date - trigger.ahead);
  }
  for (const Deal& deal : model.deals)
    if (deal.ends != des::kNever) moments.push_back(deal.ends);
  for (const des::Time at : timeline.terminated) moments.push_back(at);
  std::sort(moments.begin(), moments.end());
  moments.erase(std::unique(moments.begin(), moments.end()), moments.end());
  std::erase_if(moments, [this](des::Time at) { return at < des::kStart || at > model.horizon; });
}

std::int64_t DealBooks::promised(std::size_t d, des::Time now, des::Time until) const {
  const Deal& deal = model.deals[Id<Deal>(d)];
  const des::Time end = timeline.terminated[d];
  const bool ended = end <= now;
  if (until >= deal.ends || (ended && deal.on_termination == Deal::Termination::release)) return 0;
  std::int64_t amount = 0;
  for (const Id<Commitment> c : deal.commitments)
    if (model.commitments[c].date <= until) amount = model.commitments[c].amount;
  return ended ? std::min(amount, at_end[d]) : amount;
}

std::int64_t DealBooks::asked(std::size_t d, des::Time at) const {
  const Deal& deal = model.deals[Id<Deal>(d)];
  if (at >= deal.ends) return 0;
  const des::Time until = at + deal.early;
  return promised(d, at,
                  deal.ends == des::kNever ? until : std::min(until, deal.ends - des::Duration(1)));
}

void check_deals(const Model& model, const Timeline& timeline, FindingList& findings) {
  if (model.deals.empty() && model.triggers.empty() && model.billing_dates.empty()) return;
  const DealBooks books(model, timeline);
  Judge(model, books, findings).judge();
  check_triggers(books, findings);
  check_cash(books, findings);
}

}  // namespace racked::audit_rules
