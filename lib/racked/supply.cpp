#include "supply.h"

#include "deployment.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace racked::supply {
namespace {

double days(des::Duration span) { return std::chrono::duration<double>(span).count() / 86'400; }

// When what starts on a lot at `from` has taken in the whole amount at the capacity of the day.
des::Time intake_end(const std::vector<SupplyLine::Rate>& capacity, des::Time from, double amount) {
  if (capacity.empty()) return from;
  std::size_t i = 0;
  while (i + 1 < capacity.size() && capacity[i + 1].from <= from) ++i;
  des::Time at = std::max(from, capacity.front().from);
  for (;; ++i) {
    const double rate = capacity[i].per_day;
    const bool last = i + 1 == capacity.size();
    if (rate > 0) {
      const double needed = amount / rate;
      if (last || needed <= days(capacity[i + 1].from - at))
        return at + des::rounded(needed, des::kDay);
    } else if (last) {
      return des::kNever;
    }
    amount -= rate * days(capacity[i + 1].from - at);
    at = capacity[i + 1].from;
  }
}

// When ∫ rate reaches `amount`.
des::Time reached_at(const std::vector<SupplyLine::Rate>& rates, double amount) {
  return intake_end(rates, rates.front().from, amount);
}

// When `part` of a shared capacity has let `amount` more through for a lot that comes now.
des::Time draw_on(const SharedCapacity& shared, double part, CapacityUse& use, des::Time now,
                  double amount) {
  if (shared.stored) {
    use.taken += amount;
    return std::max(now, reached_at(shared.rates, use.taken / part));
  }
  if (use.free != des::kNever)
    use.free = intake_end(shared.rates, std::max(now, use.free), amount / part);
  return use.free;
}

// When a lot that comes to a stage now has got everything that the stage draws on.
des::Time all_drawn(State& state, const SupplyLine& line, SupplyLineState& now, std::size_t stage,
                    double chips) {
  std::size_t part = 0;
  for (std::size_t i = 0; i < stage; ++i) part += line.stages[i].draws_on.size();
  des::Time last = state.now();
  for (const SupplyLine::Draw& draw : line.stages[stage].draws_on) {
    const SharedCapacity& shared = state.model->shared_capacities[draw.of];
    SharedCapacityState& all = state.shared_capacities[draw.of.index()];
    CapacityUse& own = now.divided[part++];
    const double share = shared.divided ? line.stages[stage].weight / shared.weights : 1;
    last = std::max(last, draw_on(shared, all.volume * share, shared.divided ? own : all.use,
                                  state.now(), chips * draw.per_chip));
  }
  return last;
}

// What was due by the status date has come as scheduled, what was not has not come before it.
des::Time arrival(const State& state, des::Time due, const Uncertain& slip, std::uint64_t lot) {
  const Model& model = *state.model;
  if (model.status == des::kStart) return std::max(model.begin, due + state.draw_slip(slip, lot));
  if (due <= model.status) return std::max(model.begin, due);
  return slip.valid() ? due + state.draw_above(slip, lot, model.status - due) : due;
}

des::Time due(const State& state, const RackLot& lot) {
  const Delivery& delivery = state.model->deliveries[lot.delivery];
  return arrival(state, delivery.lots[lot.number].due, delivery.slip, lot.number);
}

// Positions of a share's halls that no rack is for: neither in a hall, nor in stock, nor sent.
std::int64_t unserved(const State& state, const SupplyLine::Share& share, double given) {
  std::int64_t positions = 0;
  for (const Id<Hall> hall : state.model->rack_stocks[share.stock].halls)
    positions += state.model->halls[hall].positions;
  return positions - std::max<std::int64_t>(static_cast<std::int64_t>(given),
                                            state.stocks[share.stock.index()].arrived);
}

// The planned date of the next of these.
des::Time next_due(const State& state, const SupplyLine::Share& share, double given) {
  std::vector<std::pair<des::Time, std::int64_t>> planned;
  for (const Id<Hall> hall : state.model->rack_stocks[share.stock].halls)
    planned.emplace_back(state.model->halls[hall].planned, state.model->halls[hall].positions);
  std::sort(planned.begin(), planned.end());
  std::int64_t served = std::max<std::int64_t>(static_cast<std::int64_t>(given),
                                               state.stocks[share.stock.index()].arrived);
  for (const auto& [date, positions] : planned)
    if ((served -= positions) < 0) return date;
  return des::kNever;
}

// Positions that only lack a rack, less racks on site or on their way for them.
std::int64_t ready(const State& state, const SupplyLine::Share& share, double given) {
  std::int64_t positions = 0;
  for (const Id<Hall> hall : state.model->rack_stocks[share.stock].halls)
    positions += state.halls[hall.index()].positions[static_cast<std::size_t>(Charge::chips)];
  const RackStockState& stock = state.stocks[share.stock.index()];
  return positions - stock.in_stock -
         std::max<std::int64_t>(0, static_cast<std::int64_t>(given) - stock.arrived);
}

// The share that comes first by the rule; smaller is better.
double standing(const State& state, const SupplyLine& line, const SupplyLineState& now,
                std::size_t i) {
  const SupplyLine::Share& share = line.shares[i];
  switch (line.allocation) {
    case Allocation::by_share: return now.given[i] / share.weight;
    case Allocation::in_order: return unserved(state, share, now.given[i]) > 0 ? 0 : 1;
    case Allocation::earliest_due: {
      const des::Time due = next_due(state, share, now.given[i]);
      return static_cast<double>(due.time_since_epoch().count());
    }
    case Allocation::ready_first:
      return unserved(state, share, now.given[i]) > 0
                 ? -static_cast<double>(ready(state, share, now.given[i]))
                 : std::numeric_limits<double>::infinity();
  }
  return 0;
}

std::size_t choose_share(const State& state, const SupplyLine& line, const SupplyLineState& now) {
  std::size_t best = 0;
  double least = standing(state, line, now, 0);
  for (std::size_t i = 1; i < line.shares.size(); ++i) {
    const double other = standing(state, line, now, i);
    if (other >= least) continue;
    best = i;
    least = other;
  }
  return best;
}

void enter_stage(State& state, std::uint32_t record, std::size_t stage) {
  RackLot& lot = state.timeline.lots[record];
  const SupplyLine& line = state.model->supply_lines[lot.line];
  SupplyLineState& now = state.lines[lot.line.index()];
  if (stage + 1 == line.stages.size()) {
    const std::size_t share = state.policies != nullptr && state.policies->allocate
                                  ? state.policies->allocate(*state.model, line, now.given)
                                  : choose_share(state, line, now);
    if (share >= line.shares.size())
      throw std::out_of_range("the allocation policy chose share " + std::to_string(share) +
                              " of '" + line.name + "', which has " +
                              std::to_string(line.shares.size()));
    now.given[share] += static_cast<double>(lot.racks);
    lot.stock = line.shares[share].stock;
  }
  const SupplyLine::Stage& what = line.stages[stage];
  const double chips =
      static_cast<double>(lot.racks * state.model->products[line.product].chips_per_rack);
  const des::Time drawn =
      what.draws_on.empty() ? state.now() : all_drawn(state, line, now, stage, chips);
  const des::Time begin = std::max({state.now(), now.intake_free[stage]});
  const des::Time in =
      begin == des::kNever ? begin : std::max(drawn, intake_end(what.capacity, begin, chips));
  now.intake_free[stage] = in;
  if (in == des::kNever) return;
  state.schedule(in + state.draw_span(what.cycle, lot.number),
                 {record, static_cast<std::uint16_t>(stage), Occurrence::Kind::supply_stage});
}

// The next lot leaves when the chips started have reached it.
void schedule_release(State& state, Id<SupplyLine> id) {
  const SupplyLine& line = state.model->supply_lines[id];
  SupplyLineState& now = state.lines[id.index()];
  const double lot_chips =
      static_cast<double>(line.lot_racks * state.model->products[line.product].chips_per_rack);
  const double wanted = lot_chips * (now.released + 1.0);
  if (wanted > line.total_chips) return;
  for (; now.rate < line.rates.size(); ++now.rate) {
    const double per_day = line.rates[now.rate].per_day * now.volume;
    const des::Time from = line.rates[now.rate].from;
    const bool last = now.rate + 1 == line.rates.size();
    const double lasts =
        last ? std::numeric_limits<double>::infinity() : days(line.rates[now.rate + 1].from - from);
    if (per_day > 0 && wanted - now.chips_before <= per_day * lasts) {
      const des::Time at = from + des::rounded((wanted - now.chips_before) / per_day, des::kDay);
      state.schedule(std::max(at, state.now()), {id.index(), 0, Occurrence::Kind::supply_release});
      return;
    }
    if (!last) now.chips_before += per_day * lasts;
  }
}

}  // namespace

void begin(State& state) {
  const Model& model = *state.model;
  for (std::size_t i = 0; i < model.deliveries.size(); ++i) {
    const Id<Delivery> id(i);
    const Delivery& delivery = model.deliveries[id];
    for (std::size_t number = 0; number < delivery.lots.size(); ++number) {
      RackLot lot;
      lot.delivery = id;
      lot.stock = delivery.stock;
      lot.number = static_cast<std::uint32_t>(number);
      lot.racks = delivery.lots[number].racks;
      lot.released = delivery.lots[number].due;
      const auto record = static_cast<std::uint32_t>(state.timeline.lots.size());
      state.timeline.lots.push_back(lot);
      state.schedule(arrival(state, lot.released, delivery.slip, number),
                     {record, 0, Occurrence::Kind::delivery_lot});
    }
  }
  state.shared_capacities.assign(model.shared_capacities.size(), SharedCapacityState{});
  for (std::size_t i = 0; i < model.shared_capacities.size(); ++i)
    if (const Uncertain& volume = model.shared_capacities[Id<SharedCapacity>(i)].volume;
        volume.valid())
      state.shared_capacities[i].volume = state.draw(volume, 0);
  state.lines.resize(model.supply_lines.size());
  for (std::size_t i = 0; i < model.supply_lines.size(); ++i) {
    const SupplyLine& line = model.supply_lines[Id<SupplyLine>(i)];
    state.lines[i].released = 0;
    state.lines[i].volume = line.volume.valid() ? state.draw(line.volume, 0) : 1;
    state.lines[i].rate = 0;
    state.lines[i].chips_before = 0;
    state.lines[i].intake_free.assign(line.stages.size(), des::Time::min());
    state.lines[i].given.assign(line.shares.size(), 0);
    state.lines[i].left_over.assign(line.stages.size(), 0);
    std::size_t draws = 0;
    for (const SupplyLine::Stage& stage : line.stages) draws += stage.draws_on.size();
    state.lines[i].divided.assign(draws, CapacityUse{});
    schedule_release(state, Id<SupplyLine>(i));
  }
}

void replan(State& state) {
  for (std::uint32_t i = 0; i < state.timeline.lots.size(); ++i)
    if (const RackLot& lot = state.timeline.lots[i];
        lot.delivery.valid() && lot.arrived == des::kNever)
      state.schedule(std::max(state.now(), due(state, lot)),
                     {i, 0, Occurrence::Kind::delivery_lot});
}

void on_delivery_lot(State& state, std::uint32_t record) {
  RackLot& lot = state.timeline.lots[record];
  if (state.branched) {
    if (lot.arrived != des::kNever || due(state, lot) > state.now()) return;
    const Delivery::Lot& what = state.model->deliveries[lot.delivery].lots[lot.number];
    lot.released = what.due;
    lot.racks = what.racks;
  }
  deployment::arrive(state, record);
}

void on_release(State& state, Id<SupplyLine> id) {
  const SupplyLine& line = state.model->supply_lines[id];
  RackLot lot;
  lot.line = id;
  lot.number = state.lines[id.index()].released++;
  lot.racks = line.lot_racks;
  lot.released = state.now();
  const auto record = static_cast<std::uint32_t>(state.timeline.lots.size());
  state.timeline.lots.push_back(lot);
  enter_stage(state, record, 0);
  schedule_release(state, id);
}

namespace {

void apply_yield(State& state, RackLot& lot, std::size_t stage) {
  const Uncertain& yield = state.model->supply_lines[lot.line].stages[stage].yield;
  if (!yield.valid()) return;
  double& left_over = state.lines[lot.line.index()].left_over[stage];
  left_over += static_cast<double>(lot.racks) * std::clamp(state.draw(yield, lot.number), 0.0, 1.0);
  // A sum of shares that is a whole number may fall short of it by rounding.
  lot.racks = static_cast<std::int64_t>(std::floor(left_over + 1e-9));
  left_over = std::max(0.0, left_over - static_cast<double>(lot.racks));
}

}  // namespace

void on_stage_end(State& state, std::uint32_t record, std::size_t stage) {
  RackLot& lot = state.timeline.lots[record];
  lot.stage_end[stage] = state.now();
  apply_yield(state, lot, stage);
  if (lot.racks == 0) return;
  if (stage + 1 < state.model->supply_lines[lot.line].stages.size())
    enter_stage(state, record, stage + 1);
  else
    deployment::arrive(state, record);
}

}  // namespace racked::supply
