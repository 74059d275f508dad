#include "audit_deals.h"

namespace racked::audit_rules {
namespace {

// Usable chips, or facility power, of the campuses that a trigger looks at; `losses_late`: what is
// lost is still there at the very instant.
Steps usable_steps(const DealBooks& books, const Trigger& trigger, bool losses_late) {
  Steps steps;
  for_each_service(
      books.model, books.timeline, [&](const RackRun& rack, des::Time from, des::Time to) {
        const Hall& hall = books.model.halls[rack.hall];
        if (trigger.campus.valid() && hall.campus != trigger.campus) return;
        const std::int64_t value = trigger.kind == Trigger::Kind::usable_chips
                                       ? books.model.products[hall.product].chips_per_rack
                                       : hall.rack_power.count;
        steps.add(from, value);
        if (to != des::kNever) steps.add(to + des::Duration(losses_late ? 1 : 0), -value);
      });
  steps.settle();
  return steps;
}

std::int64_t backlog(const DealBooks& books, const Trigger& trigger, des::Time at) {
  std::int64_t sum = 0;
  for (std::size_t d = 0; d < books.model.deals.size(); ++d) {
    const Deal& deal = books.model.deals[Id<Deal>(d)];
    if (trigger.deal.valid() && trigger.deal.index() != d) continue;
    const std::int64_t lacks =
        books.promised(d, at, at + trigger.ahead) - books.delivered[d].at(at);
    if (lacks <= 0) continue;
    if (trigger.kind == Trigger::Kind::backlog_power && deal.product.valid()) {
      const Product& product = books.model.products[deal.product];
      sum += lacks * product.it_per_rack.count / product.chips_per_rack;
    } else if (deal.product.valid() == (trigger.kind == Trigger::Kind::backlog_chips)) {
      sum += lacks;
    }
  }
  return sum;
}

// The first moment, not before the status date or `from`, at which the level is there.
des::Time due(const DealBooks& books, const Trigger& trigger, bool losses_late,
              des::Time from = des::kStart) {
  const des::Time first = std::max(books.model.status, from);
  if (trigger.kind == Trigger::Kind::milestone)
    return std::max(first, books.timeline.milestones[trigger.milestone.index()].at);
  const bool usable =
      trigger.kind == Trigger::Kind::usable_chips || trigger.kind == Trigger::Kind::usable_power;
  const Steps steps = usable ? usable_steps(books, trigger, losses_late) : Steps();
  for (const des::Time at : books.moments)
    if (at >= first && (usable ? steps.at(at) : backlog(books, trigger, at)) >= trigger.level)
      return at;
  return des::kNever;
}

}  // namespace

void check_triggers(const DealBooks& books, FindingList& findings) {
  const Model& model = books.model;
  const Timeline& timeline = books.timeline;
  std::vector<des::Time> fired(model.triggers.size(), des::kNever);
  for (const Firing& firing : timeline.firings) {
    des::Time& at = fired[firing.trigger.index()];
    if (at != des::kNever)
      findings.add("triggers", model.triggers[firing.trigger].name + " fired twice");
    at = std::min(at, firing.at);
    const des::Time since = moment(timeline, firing.cause);
    if (since > firing.at)
      findings.add("triggers", model.triggers[firing.trigger].name + " fired before its cause");
  }
  for (std::size_t i = 0; i < fired.size(); ++i) {
    const Trigger& trigger = model.triggers[Id<Trigger>(i)];
    const des::Time expected = due(books, trigger, /*losses_late=*/false);
    // What was gained may be lost at the same instant, before or after the level was looked at.
    if (fired[i] < expected && fired[i] == due(books, trigger, /*losses_late=*/true, fired[i]))
      continue;
    if (fired[i] != expected)
      findings.add("triggers", trigger.name + " fired " + when(model, fired[i]) +
                                   ", its level was there " + when(model, expected));
  }
  for (const TaskRun& run : timeline.task_runs)
    for (const Id<Trigger> trigger : model.tasks[run.task].when)
      if (trigger.valid() && run.round == 0 && !is_fact(model, run) &&
          run.ready < fired[trigger.index()])
        findings.add("triggers", model.tasks[run.task].name + " was ready before " +
                                     model.triggers[trigger].name + " fired");
  for (const GoodsArrival& arrival : timeline.goods) {
    if (arrival.kind != GoodsArrival::Kind::lot) continue;
    const Order& order = model.orders[arrival.order];
    if (order.when.valid() && arrival.placed != fired[order.when.index()])
      findings.add("triggers", order.name + " was placed " + when(model, arrival.placed) + ", " +
                                   model.triggers[order.when].name + " fired " +
                                   when(model, fired[order.when.index()]));
  }
}

}  // namespace racked::audit_rules
