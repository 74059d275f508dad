#include "procurement.h"

namespace racked::procurement {
namespace {

// When a lot was due without delays by risk events; the draw is the same each time.
des::Time due(const State& state, Id<Order> id, std::uint32_t lot) {
  const Order& order = state.model->orders[id];
  return state.orders[id.index()].placed + state.draw_span(order.lead_time, 0) +
         std::int64_t{lot} * order.lot_spacing;
}

void schedule_lot(State& state, Id<Order> order, std::uint32_t lot, des::Time at) {
  state.schedule(at,
                 {order.index(), static_cast<std::uint16_t>(lot), Occurrence::Kind::goods_arrival});
}

}  // namespace

void begin(State& state) {
  const Model& model = *state.model;
  state.goods.assign(model.goods.size(), GoodsState{});
  state.orders.assign(model.orders.size(), OrderState{});
  for (std::size_t i = 0; i < model.orders.size(); ++i) {
    const Order& order = model.orders[Id<Order>(i)];
    if (!order.placed_by_task)
      state.schedule(order.placed,
                     {static_cast<std::uint32_t>(i), 0, Occurrence::Kind::order_placed});
  }
}

void place(State& state, Id<Order> id, Cause cause) {
  OrderState& order = state.orders[id.index()];
  order.placed = state.now();
  order.cause = cause;
  for (std::uint32_t lot = 0; lot < state.model->orders[id].lots; ++lot)
    schedule_lot(state, id, lot, due(state, id, lot) + order.delay);
}

void on_arrival(State& state, Id<Order> id, std::uint32_t lot) {
  // A delay that struck after this event was scheduled holds the lot back.
  const OrderState& order = state.orders[id.index()];
  const des::Time at = due(state, id, lot) + order.delay;
  if (at > state.now()) return schedule_lot(state, id, lot, at);

  const Order& what = state.model->orders[id];
  const std::int64_t pieces = what.pieces(lot);
  GoodsState& stock = state.goods[what.stock.index()];
  stock.pieces += pieces;
  const auto record = static_cast<std::uint32_t>(state.timeline.goods.size());
  stock.arrived = {state.now(), {record, 0, CauseKind::goods}};
  state.timeline.goods.push_back({id, lot, pieces, order.placed, state.now(), order.cause});
  state.tasks_changed = true;
  state.settle_now();
}

void delay(State& state, Id<Order> order, des::Duration delay) {
  state.orders[order.index()].delay += delay;
}

}  // namespace racked::procurement
