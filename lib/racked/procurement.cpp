#include "procurement.h"

#include <algorithm>

namespace racked::procurement {
namespace {

const LostLot* lost(const State& state, Id<Order> order, std::uint32_t lot) {
  for (const LostLot& one : state.lost_lots)
    if (one.order == order && one.lot == lot) return &one;
  return nullptr;
}

// Repairs after failed tests at its maker, for the `sending`-th sending of the lot.
des::Duration repairs_at_maker(const State& state, const Order& order, std::uint32_t lot,
                               std::uint32_t sending) {
  des::Duration repairs{};
  const AcceptanceTest& test = order.test;
  for (std::uint32_t i = 0; i < test.at_most; ++i) {
    const std::uint32_t attempt = sending * test.at_most + i;
    if (state.chance(test.purpose, lot, attempt) >= test.failure) break;
    repairs += state.draw_span(test.repair, lot, 0, attempt);
  }
  return repairs;
}

// Of the first lot; given that the first lot not known to have arrived has not by the status date.
des::Duration lead_time(const State& state, Id<Order> id) {
  const Order& order = state.model->orders[id];
  const des::Time placed = state.orders[id.index()].placed;
  if (state.model->status == des::kStart || placed >= state.model->status)
    return state.draw_span(order.lead_time, 0);
  const auto missing = std::find(order.arrived.begin(), order.arrived.end(), des::kNever);
  const auto lot = static_cast<std::int64_t>(missing - order.arrived.begin());
  return state.draw_above(
      order.lead_time, 0,
      std::max(des::Duration::zero(), state.model->status - placed - lot * order.lot_spacing));
}

// When a lot was due without delays by risk events; the draws are the same each time.
des::Time due(const State& state, Id<Order> id, std::uint32_t lot) {
  const Order& order = state.model->orders[id];
  if (lot < order.arrived.size() && order.arrived[lot] != des::kNever) return order.arrived[lot];
  if (const LostLot* again = lost(state, id, lot))
    return again->at +
           state.draw_span(order.lead_time, 1 + std::uint64_t{lot}, 0, again->times - 1) +
           repairs_at_maker(state, order, lot, again->times);
  return state.orders[id.index()].placed + lead_time(state, id) +
         std::int64_t{lot} * order.lot_spacing + repairs_at_maker(state, order, lot, 0);
}

void schedule_lot(State& state, Id<Order> order, std::uint32_t lot, des::Time at) {
  // A lot may be known to have arrived though the task that orders it has not finished.
  state.schedule(std::max(at, state.now()),
                 {order.index(), static_cast<std::uint16_t>(lot), Occurrence::Kind::goods_arrival});
}

bool has_arrived(const State& state, Id<Order> order, std::uint32_t lot) {
  const auto& goods = state.timeline.goods;
  return std::any_of(goods.begin(), goods.end(), [&](const GoodsArrival& arrival) {
    return arrival.kind == GoodsArrival::Kind::lot && arrival.order == order && arrival.lot == lot;
  });
}

void stock_up(State& state, GoodsArrival arrival) {
  arrival.arrived = state.now();
  GoodsState& stock = state.goods[arrival.stock.index()];
  stock.pieces += arrival.pieces;
  const auto record = static_cast<std::uint32_t>(state.timeline.goods.size());
  stock.arrived = {state.now(), {record, 0, CauseKind::goods}};
  state.timeline.goods.push_back(arrival);
  state.tasks_changed = true;
  state.settle_now();
}

// Pieces leave a stock; what is to come in their place arrives after `time` in `to`.
void send(State& state, GoodsArrival::Kind kind, Id<GoodsStock> from, Id<GoodsStock> to,
          std::int64_t pieces, des::Duration time, Cause cause) {
  GoodsState& stock = state.goods[from.index()];
  stock.pieces -= pieces;
  const bool transfer = kind == GoodsArrival::Kind::transfer;
  state.timeline.goods_losses.push_back(
      {from, transfer ? to : Id<GoodsStock>(), pieces, state.now()});
  const GoodsArrival& stocked = state.timeline.goods[stock.arrived.cause.record];
  const auto id = static_cast<std::uint32_t>(state.on_way.size());
  state.on_way.push_back(
      {kind, to, stocked.order, stocked.lot, pieces, state.now(), des::kNever, cause});
  state.schedule(state.now() + time, {id, 0, Occurrence::Kind::goods_on_way});
}

}  // namespace

void begin(State& state) {
  const Model& model = *state.model;
  state.goods.assign(model.goods.size(), GoodsState{});
  state.orders.assign(model.orders.size(), OrderState{});
  state.on_way.clear();
  state.lost_lots.clear();
  for (std::size_t i = 0; i < model.orders.size(); ++i) {
    const Order& order = model.orders[Id<Order>(i)];
    if (order.dated())
      state.schedule(order.placed,
                     {static_cast<std::uint32_t>(i), 0, Occurrence::Kind::order_placed});
  }
}

void on_placing_date(State& state, Id<Order> id) {
  const OrderState& order = state.orders[id.index()];
  if (order.is_placed || (state.branched && state.model->orders[id].placed > state.now())) return;
  place(state, id, {0, 0, CauseKind::date});
}

void replan(State& state) {
  for (std::size_t i = 0; i < state.orders.size(); ++i) {
    const Id<Order> id(i);
    const Order& order = state.model->orders[id];
    if (!state.orders[i].is_placed) {
      if (order.dated())
        state.schedule(std::max(order.placed, state.now()),
                       {id.index(), 0, Occurrence::Kind::order_placed});
      continue;
    }
    for (std::uint32_t lot = 0; lot < order.lots; ++lot)
      if (!has_arrived(state, id, lot))
        schedule_lot(state, id, lot, due(state, id, lot) + state.orders[i].delay);
  }
}

void place(State& state, Id<Order> id, Cause cause) {
  OrderState& order = state.orders[id.index()];
  order.is_placed = true;
  order.placed = state.now();
  order.cause = cause;
  state.timeline.placings.push_back({id, state.now()});
  for (std::uint32_t lot = 0; lot < state.model->orders[id].lots; ++lot)
    schedule_lot(state, id, lot, due(state, id, lot) + order.delay);
}

void on_arrival(State& state, Id<Order> id, std::uint32_t lot) {
  // A delay or a loss after this event was scheduled holds the lot back.
  OrderState& order = state.orders[id.index()];
  const bool may_come_twice = state.branched || lost(state, id, lot) != nullptr;
  if (may_come_twice && has_arrived(state, id, lot)) return;
  const des::Time at = due(state, id, lot) + order.delay;
  if (at > state.now()) return schedule_lot(state, id, lot, at);

  const Order& what = state.model->orders[id];
  stock_up(state, {GoodsArrival::Kind::lot, what.stock, id, lot, what.pieces(lot), order.placed,
                   des::kNever, order.cause});
  if (order.has_arrived) return;
  order.has_arrived = true;
  for (const Id<RiskEvent> event : what.triggers)
    state.schedule(state.now(), {event.index(), 0, Occurrence::Kind::risk_event});
}

void on_way_ended(State& state, std::uint32_t id) {
  const GoodsArrival arrival = state.on_way[id];
  if (arrival.kind == GoodsArrival::Kind::transfer)
    state.goods[arrival.stock.index()].coming -= arrival.pieces;
  stock_up(state, arrival);
}

void delay(State& state, Id<Order> order, des::Duration delay) {
  state.orders[order.index()].delay += delay;
}

void lose(State& state, Id<Order> id) {
  if (!state.orders[id.index()].is_placed) return;
  std::uint32_t next = 0;
  bool found = false;
  for (std::uint32_t lot = 0; lot < state.model->orders[id].lots; ++lot) {
    if (has_arrived(state, id, lot)) continue;
    if (!found || due(state, id, lot) < due(state, id, next)) next = lot;
    found = true;
  }
  if (!found) return;
  if (const LostLot* again = lost(state, id, next)) {
    LostLot& lot = state.lost_lots[static_cast<std::size_t>(again - state.lost_lots.data())];
    ++lot.times;
    lot.at = state.now();
  } else {
    state.lost_lots.push_back({id, next, 1, state.now()});
  }
  // The event of the lot that was lost may come later than its replacement.
  schedule_lot(state, id, next, due(state, id, next) + state.orders[id.index()].delay);
}

void destroy(State& state, Id<GoodsStock> id, std::int64_t count) {
  const std::int64_t pieces = std::min(count, state.goods[id.index()].pieces);
  if (pieces == 0) return;
  const Equipment& equipment = state.model->equipment[state.model->goods[id].equipment];
  send(state, GoodsArrival::Kind::replacement, id, id, pieces,
       state.draw_span(equipment.replacement, state.on_way.size()), {0, 0, CauseKind::date});
}

void help_out(State& state) {
  const Model& model = *state.model;
  // What the tasks waiting on each campus still need of what is there or coming.
  const auto each_need = [&](auto visit) {
    for (const Id<Task> task : state.waiting)
      for (const Id<Need> id : model.tasks[task].needs)
        if (const Need& need = model.needs[id];
            need.goods.valid() &&
            model.equipment[model.goods[need.goods].equipment].transfer.valid())
          visit(task, need);
  };
  for (GoodsState& stock : state.goods) stock.spare = stock.pieces + stock.coming;
  each_need(
      [&](Id<Task>, const Need& need) { state.goods[need.goods.index()].spare -= need.count; });

  each_need([&](Id<Task> task, const Need& need) {
    const Equipment& equipment = model.equipment[model.goods[need.goods].equipment];
    for (const Id<GoodsStock> from : equipment.stocks) {
      GoodsState& giver = state.goods[from.index()];
      GoodsState& taker = state.goods[need.goods.index()];
      const std::int64_t pieces = std::min({giver.spare, giver.pieces, -taker.spare, need.count});
      if (from == need.goods || pieces <= 0) continue;
      const TaskState& waiting = state.tasks[task.index()];
      const Cause cause =
          giver.arrived.at > waiting.ready ? giver.arrived.cause : waiting.ready_cause;
      giver.spare -= pieces;
      taker.spare += pieces;
      taker.coming += pieces;
      send(state, GoodsArrival::Kind::transfer, from, need.goods, pieces,
           state.draw_span(equipment.transfer, state.on_way.size()), cause);
    }
  });
}

}  // namespace racked::procurement
