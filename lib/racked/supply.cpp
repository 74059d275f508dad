#include "supply.h"

#include "deployment.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <stdexcept>
#include <string>

namespace racked::supply {
namespace {

double days(des::Duration span) { return std::chrono::duration<double>(span).count() / 86'400; }

// When a stage that starts on a lot at `from` has taken in all its chips at the capacity of the
// day.
des::Time intake_end(const std::vector<SupplyLine::Rate>& capacity, des::Time from, double chips) {
  if (capacity.empty()) return from;
  std::size_t i = 0;
  while (i + 1 < capacity.size() && capacity[i + 1].from <= from) ++i;
  des::Time at = std::max(from, capacity.front().from);
  for (;; ++i) {
    const double rate = capacity[i].chips_per_day;
    const bool last = i + 1 == capacity.size();
    if (rate > 0) {
      const double needed = chips / rate;
      if (last || needed <= days(capacity[i + 1].from - at))
        return at + des::rounded(needed, des::kDay);
    } else if (last) {
      return des::kNever;
    }
    chips -= rate * days(capacity[i + 1].from - at);
    at = capacity[i + 1].from;
  }
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

// The share furthest below what is due to it.
std::size_t choose_share(const SupplyLine& line, const SupplyLineState& now) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < line.shares.size(); ++i)
    if (now.given[i] / line.shares[i].weight < now.given[best] / line.shares[best].weight) best = i;
  return best;
}

void enter_stage(State& state, std::uint32_t record, std::size_t stage) {
  RackLot& lot = state.timeline.lots[record];
  const SupplyLine& line = state.model->supply_lines[lot.line];
  SupplyLineState& now = state.lines[lot.line.index()];
  if (stage + 1 == line.stages.size()) {
    const std::size_t share = state.policies != nullptr && state.policies->allocate
                                  ? state.policies->allocate(*state.model, line, now.given)
                                  : choose_share(line, now);
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
  const des::Time in =
      intake_end(what.capacity, std::max(state.now(), now.intake_free[stage]), chips);
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
    const double per_day = line.rates[now.rate].chips_per_day * now.volume;
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
  state.lines.resize(model.supply_lines.size());
  for (std::size_t i = 0; i < model.supply_lines.size(); ++i) {
    const SupplyLine& line = model.supply_lines[Id<SupplyLine>(i)];
    state.lines[i].released = 0;
    state.lines[i].volume = line.volume.valid() ? state.draw(line.volume, 0) : 1;
    state.lines[i].rate = 0;
    state.lines[i].chips_before = 0;
    state.lines[i].intake_free.assign(line.stages.size(), des::Time::min());
    state.lines[i].given.assign(line.shares.size(), 0);
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

void on_stage_end(State& state, std::uint32_t record, std::size_t stage) {
  RackLot& lot = state.timeline.lots[record];
  lot.stage_end[stage] = state.now();
  if (stage + 1 < state.model->supply_lines[lot.line].stages.size())
    enter_stage(state, record, stage + 1);
  else
    deployment::arrive(state, record);
}

}  // namespace racked::supply
