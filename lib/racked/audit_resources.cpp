#include "audit_records.h"

namespace racked::audit_rules {
namespace {

// Workers held never exceed the headcount, except that a reduction is worked off: then nobody new
// is taken.
void check_crews(const Model& model, const Timeline& timeline, FindingList& findings) {
  struct Change {
    des::Time at;
    std::int64_t workers;
  };
  std::vector<std::vector<Change>> changes(model.crews.size());
  std::vector<char> judged(model.crews.size(), 1);
  const auto hold = [&](Id<Crew> crew, std::int64_t workers, des::Time from, des::Time to) {
    changes[crew.index()].push_back({from, workers});
    if (to != des::kNever) changes[crew.index()].push_back({to, -workers});
  };
  for (const TaskRun& run : timeline.task_runs)
    for (const Id<Need> need : model.tasks[run.task].needs)
      if (const Id<Crew> crew = model.needs[need].crew; crew.valid()) {
        hold(crew, model.needs[need].count, run.start, run.finish);
        if (is_fact(model, run)) judged[crew.index()] = 0;
      }
  for (const RackRun& rack : timeline.racks) {
    if (!rack.hall.valid() || is_fact(model, rack)) continue;
    const Product& product = model.products[model.halls[rack.hall].product];
    for (std::size_t i = 0; i < kRackSteps; ++i)
      if (product.steps[i].crew.valid() && rack.begin[i] != des::kNever)
        hold(product.steps[i].crew, product.steps[i].headcount, rack.begin[i], rack.end[i]);
  }
  for (const Repair& repair : timeline.repairs) {
    const RackRun& rack = timeline.racks[repair.rack];
    const RackStep& step = model.products[model.halls[rack.hall].product].steps[3];
    if (step.crew.valid()) hold(step.crew, step.headcount, repair.begun, repair.failed);
  }
  for (const Darkness& dark : timeline.darkness) {
    if (dark.step == kRackSteps) continue;
    const RackRun& rack = timeline.racks[dark.rack];
    const RackStep& step = model.products[model.halls[rack.hall].product].steps[dark.step];
    if (step.crew.valid()) hold(step.crew, step.headcount, dark.begun, dark.from);
  }
  for (std::size_t i = 0; i < changes.size(); ++i) {
    if (!judged[i]) continue;
    // At one instant workers are freed first, then taken.
    std::sort(changes[i].begin(), changes[i].end(), [](const Change& a, const Change& b) {
      return a.at != b.at ? a.at < b.at : a.workers < b.workers;
    });
    const Crew& crew = model.crews[Id<Crew>(i)];
    std::int64_t held = 0;
    std::size_t step = 0;
    for (const Change& change : changes[i]) {
      while (step + 1 < crew.steps.size() && crew.steps[step + 1].at <= change.at) ++step;
      held += change.workers;
      if (change.workers > 0 && held > crew.steps[step].headcount) {
        findings.add("crew_capacity", crew.name + " has " +
                                          std::to_string(crew.steps[step].headcount) +
                                          " workers, but " + std::to_string(held) + " are held, " +
                                          when(model, change.at));
        break;
      }
    }
  }
}

bool lost_lots(const Model& model, const Timeline& timeline, Id<Order> order) {
  for (const RiskStrike& strike : timeline.strikes)
    for (const Consequence& consequence : model.risk_events[strike.event].consequences)
      if (consequence.kind == Consequence::Kind::lose_lot && consequence.order == order)
        return true;
  return false;
}

void check_goods(const Model& model, const Timeline& timeline, FindingList& findings) {
  std::vector<Steps> stock(model.goods.size());
  std::vector<std::int64_t> arrived(model.orders.size());
  // What left a stock other than for tasks must cover what came other than by orders.
  std::vector<std::int64_t> owed(model.goods.size(), 0);
  std::vector<char> judged(model.goods.size(), 1);
  for (const GoodsLoss& loss : timeline.goods_losses) {
    stock[loss.stock.index()].add(loss.at, -loss.pieces);
    owed[(loss.to.valid() ? loss.to : loss.stock).index()] += loss.pieces;
  }
  for (const GoodsArrival& arrival : timeline.goods) {
    stock[arrival.stock.index()].add(arrival.arrived, arrival.pieces);
    if (arrival.kind != GoodsArrival::Kind::lot) {
      owed[arrival.stock.index()] -= arrival.pieces;
      continue;
    }
    const Order& order = model.orders[arrival.order];
    arrived[arrival.order.index()] += arrival.pieces;
    if (arrival.stock != order.stock || arrival.lot >= order.lots ||
        arrival.pieces != order.pieces(arrival.lot))
      findings.add("goods", order.name + ": lot " + std::to_string(arrival.lot) + " has " +
                                std::to_string(arrival.pieces) + " pieces");
    if (!order.arrived.empty()) continue;
    // A lot that was lost came another lead time after its loss, which may be short.
    const des::Duration spaced = lost_lots(model, timeline, arrival.order)
                                     ? des::Duration::zero()
                                     : std::int64_t{arrival.lot} * order.lot_spacing;
    if (arrival.arrived < arrival.placed + spaced ||
        (order.dated() && arrival.placed != order.placed))
      findings.add("goods", order.name + " arrived " + when(model, arrival.arrived) + ", placed " +
                                when(model, arrival.placed));
  }
  for (std::size_t i = 0; i < owed.size(); ++i)
    if (owed[i] < 0)
      findings.add("goods", "more of '" +
                                model.equipment[model.goods[Id<GoodsStock>(i)].equipment].name +
                                "' was replaced or sent than had left a stock");
  for (std::size_t i = 0; i < arrived.size(); ++i)
    if (arrived[i] > model.orders[Id<Order>(i)].count)
      findings.add("goods", model.orders[Id<Order>(i)].name + " brought more than was ordered");
  for (const TaskRun& run : timeline.task_runs)
    for (const Id<Need> need : model.tasks[run.task].needs)
      if (const Id<GoodsStock> goods = model.needs[need].goods; goods.valid()) {
        stock[goods.index()].add(run.start, -model.needs[need].count);
        if (is_fact(model, run)) judged[goods.index()] = 0;
      }
  for (std::size_t i = 0; i < stock.size(); ++i) {
    stock[i].settle();
    for (const auto& [at, pieces] : stock[i].values())
      if (pieces < 0 && judged[i]) {
        findings.add("goods", "the stock of " +
                                  model.equipment[model.goods[Id<GoodsStock>(i)].equipment].name +
                                  " is negative, " + when(model, at));
        break;
      }
  }
}

}  // namespace

void check_resources(const Model& model, const Timeline& timeline, FindingList& findings) {
  check_crews(model, timeline, findings);
  check_goods(model, timeline, findings);
}

}  // namespace racked::audit_rules
