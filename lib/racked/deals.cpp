#include "deals.h"

#include <algorithm>

namespace racked::deals {
namespace {

std::size_t stocks_of(const State& state) { return state.pools.size(); }

// Units in no deal's hand are in row 0 of State::free_units, those of deal d in row d + 1, from
// which the deals that are out of it are served.
std::int64_t* free_row(State& state, Id<Deal> of) {
  const std::size_t row = of.valid() ? of.index() + std::size_t{1} : 0;
  return state.free_units.data() + row * stocks_of(state);
}

std::int64_t ceiling(std::int64_t amount, std::int64_t unit) { return (amount + unit - 1) / unit; }

// What a commitment asks for now; 0 when it asks for nothing.
std::int64_t asked(const State& state, const Commitment& commitment) {
  const Deal& deal = state.model->deals[commitment.deal];
  const DealState& now = state.deals[commitment.deal.index()];
  if (commitment.date - deal.early > state.now() || state.now() >= deal.ends) return 0;
  if (!now.terminated) return commitment.amount;
  return now.kept < 0 ? 0 : std::min(commitment.amount, now.kept);
}

void give(State& state, Id<Deal> id, Id<RackStock> stock, std::int64_t units) {
  const Deal& deal = state.model->deals[id];
  free_row(state, deal.out_of)[stock.index()] -= units;
  free_row(state, id)[stock.index()] += units;
  state.new_units[id.index() * stocks_of(state) + stock.index()] += units;
  state.deals[id.index()].delivered += units * unit_amount(*state.model, deal, stock);
}

// Whole units until the deal has `target`, from the stocks it prefers first.
void take(State& state, Id<Deal> id, std::int64_t target) {
  const Deal& deal = state.model->deals[id];
  for (const Id<RackStock> stock : deal.stocks) {
    const std::int64_t missing = target - state.deals[id.index()].delivered;
    if (missing <= 0) return;
    const std::int64_t units = std::min(free_row(state, deal.out_of)[stock.index()],
                                        ceiling(missing, unit_amount(*state.model, deal, stock)));
    if (units > 0) give(state, id, stock, units);
  }
}

// The largest of what a deal's commitments ask for now.
std::int64_t asked_in_all(const State& state, Id<Deal> id) {
  std::int64_t most = 0;
  for (const Id<Commitment> commitment : state.model->deals[id].commitments)
    most = std::max(most, asked(state, state.model->commitments[commitment]));
  return most;
}

// The units of one stock in proportion to what the deals out of `from` still lack. What whole units
// leave over goes to the largest remainders.
void divide(State& state, Id<Deal> from, Id<RackStock> stock) {
  struct Claim {
    Id<Deal> deal;
    std::int64_t wanted;
    std::int64_t given;
    std::int64_t remainder;
  };
  const Model& model = *state.model;
  const std::int64_t available = free_row(state, from)[stock.index()];
  if (available == 0) return;
  std::vector<Claim> claims;
  std::int64_t wanted = 0, left = available;
  for (std::size_t i = 0; i < model.deals.size(); ++i) {
    const Deal& deal = model.deals[Id<Deal>(i)];
    const auto& stocks = deal.stocks;
    if (deal.out_of != from || std::find(stocks.begin(), stocks.end(), stock) == stocks.end())
      continue;
    const std::int64_t missing = asked_in_all(state, Id<Deal>(i)) - state.deals[i].delivered;
    if (missing <= 0) continue;
    claims.push_back({Id<Deal>(i), ceiling(missing, unit_amount(model, deal, stock)), 0, 0});
    wanted += claims.back().wanted;
  }
  for (Claim& claim : claims) {
    claim.given = wanted <= available ? claim.wanted : available * claim.wanted / wanted;
    claim.remainder = wanted <= available ? 0 : available * claim.wanted % wanted;
    left -= claim.given;
  }
  if (wanted > available) {
    std::stable_sort(claims.begin(), claims.end(),
                     [](const Claim& a, const Claim& b) { return a.remainder > b.remainder; });
    for (std::size_t i = 0; left > 0; ++i, --left) ++claims[i].given;
  }
  for (const Claim& claim : claims) give(state, claim.deal, stock, claim.given);
}

void give_out(State& state) {
  const Model& model = *state.model;
  std::fill(state.new_units.begin(), state.new_units.end(), 0);
  std::fill(state.free_units.begin(), state.free_units.end(), 0);
  for (DealState& deal : state.deals) deal.delivered = 0;
  for (std::size_t i = 0; i < stocks_of(state); ++i)
    state.free_units[i] =
        state.pools[i].usable_racks /
        model.products[model.rack_stocks[Id<RackStock>(i)].product].racks_per_unit;

  if (model.assignment == Assignment::pro_rata) {
    // What a deal is out of is written before it.
    for (std::size_t row = 0; row <= model.deals.size(); ++row)
      for (std::size_t i = 0; i < stocks_of(state); ++i)
        divide(state, row == 0 ? Id<Deal>() : Id<Deal>(row - 1), Id<RackStock>(i));
  } else {
    for (const Id<Commitment> id : model.serving)
      take(state, model.commitments[id].deal, asked(state, model.commitments[id]));
  }

  for (std::size_t i = 0; i < stocks_of(state); ++i) state.pools[i].spare = state.free_units[i];
  for (std::size_t i = 0; i < state.new_units.size(); ++i)
    if (state.new_units[i] != state.deal_units[i])
      state.timeline.assigned.push_back({Id<Deal>(i / stocks_of(state)),
                                         Id<RackStock>(i % stocks_of(state)), state.new_units[i],
                                         state.now()});
  std::swap(state.new_units, state.deal_units);
}

void note_met(State& state) {
  for (std::size_t i = 0; i < state.deals.size(); ++i) {
    DealState& deal = state.deals[i];
    if (deal.delivered <= deal.most_delivered) continue;
    deal.most_delivered = deal.delivered;
    for (const Id<Commitment> id : state.model->deals[Id<Deal>(i)].commitments) {
      des::Time& met = state.timeline.met[id.index()];
      if (met == des::kNever && state.model->commitments[id].amount <= deal.delivered)
        met = state.now();
    }
  }
}

// Whether a deal was ended, so that its capacity may be given to others.
bool end_late(State& state) {
  if (state.in_past()) return false;
  bool any = false;
  for (std::size_t i = 0; i < state.deals.size(); ++i) {
    const Id<Deal> id(i);
    const Deal& deal = state.model->deals[id];
    DealState& now = state.deals[i];
    if (deal.outside == des::Duration::max() || now.terminated || state.now() >= deal.ends)
      continue;
    bool late = false;
    for (const Id<Commitment> commitment : deal.commitments)
      late = late || (state.timeline.met[commitment.index()] == des::kNever &&
                      state.model->commitments[commitment].date + deal.outside <= state.now());
    if (!late) continue;
    now.terminated = true;
    if (deal.on_termination == Deal::Termination::keep_delivered) now.kept = now.delivered;
    state.timeline.terminated[i] = state.now();
    state.level_cause = {0, 0, CauseKind::date};
    any = true;
  }
  return any;
}

void schedule_dates(State& state, des::Time after) {
  const Model& model = *state.model;
  const auto at = [&](des::Time time) {
    if (time > after) state.schedule(time, {0, 0, Occurrence::Kind::deal_date});
  };
  for (const Commitment& commitment : model.commitments) {
    const Deal& deal = model.deals[commitment.deal];
    at(commitment.date);
    if (deal.early > des::Duration::zero()) at(commitment.date - deal.early);
    if (deal.outside != des::Duration::max()) at(commitment.date + deal.outside);
    for (const Trigger& trigger : model.triggers)
      if (trigger.ahead > des::Duration::zero()) at(commitment.date - trigger.ahead);
  }
  for (const Deal& deal : model.deals)
    if (deal.ends != des::kNever) at(deal.ends);
}

}  // namespace

std::int64_t committed(const State& state, Id<Deal> id, des::Time time) {
  const Deal& deal = state.model->deals[id];
  const DealState& now = state.deals[id.index()];
  if ((now.terminated && now.kept < 0) || time >= deal.ends) return 0;
  std::int64_t amount = 0;
  for (const Id<Commitment> commitment : deal.commitments)
    if (state.model->commitments[commitment].date <= time)
      amount = state.model->commitments[commitment].amount;
  return now.terminated ? std::min(amount, now.kept) : amount;
}

void begin(State& state) {
  const Model& model = *state.model;
  const bool watched = !model.deals.empty() || !model.triggers.empty();
  const std::size_t stocks = watched ? model.rack_stocks.size() : 0;
  state.pools.assign(stocks, UnitPool{});
  state.deals.assign(model.deals.size(), DealState{});
  state.deal_units.assign(model.deals.size() * stocks, 0);
  state.new_units.assign(model.deals.size() * stocks, 0);
  state.free_units.assign((model.deals.size() + 1) * stocks, 0);
  state.fired.assign(model.triggers.size(), 0);
  state.deals_due = state.levels_due = false;
  state.level_cause = {};
  state.timeline.assigned.clear();
  state.timeline.met.assign(model.commitments.size(), des::kNever);
  state.timeline.terminated.assign(model.deals.size(), des::kNever);
  state.timeline.firings.clear();
  if (!watched) return;
  state.schedule(des::kStart, {0, 0, Occurrence::Kind::deal_date});
  if (model.status > des::kStart) state.schedule(model.status, {0, 0, Occurrence::Kind::deal_date});
  schedule_dates(state, des::kStart);
}

void replan(State& state) {
  if (state.pools.empty()) return;
  schedule_dates(state, state.now());
  state.schedule(std::max(state.now(), des::kStart), {0, 0, Occurrence::Kind::deal_date});
}

void on_capacity(State& state, Id<RackStock> stock, std::int64_t racks, Cause cause) {
  UnitPool& pool = state.pools[stock.index()];
  const std::int64_t per_unit =
      state.model->products[state.model->rack_stocks[stock].product].racks_per_unit;
  const std::int64_t before = pool.usable_racks / per_unit;
  pool.usable_racks += racks;
  const std::int64_t units = pool.usable_racks / per_unit - before;
  // Where units were left over nobody lacks any.
  if (pool.spare > 0 && pool.spare + units >= 0)
    pool.spare += units;
  else if (!state.deals.empty())
    state.deals_due = true;
  state.levels_due = true;
  state.level_cause = cause;
}

void on_date(State& state) {
  state.deals_due = !state.deals.empty();
  state.levels_due = true;
  if (state.now() > des::kStart) state.level_cause = {0, 0, CauseKind::date};
}

void settle(State& state) {
  give_out(state);
  note_met(state);
  while (end_late(state)) {
    give_out(state);
    note_met(state);
  }
}

}  // namespace racked::deals
