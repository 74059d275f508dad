#include <racked/explanation.h>

#include "days.h"

#include <algorithm>
#include <string>

namespace racked {
namespace {

constexpr double kWorthTelling = 0.5;  ///< Days.

// What positions are charged to while a flow of a hall is missing.
Charge charge_of(Flow flow) {
  switch (flow) {
    case Flow::space: return Charge::space;
    case Flow::cooling: return Charge::cooling;
    case Flow::network: return Charge::network;
    case Flow::commissioning: break;
  }
  return Charge::commissioning;
}

// What a task gives itself.
std::optional<Charge> flow_given(const Model& model, Id<Task> task) {
  for (const Id<Effect> id : model.tasks[task].effects) {
    const Effect& effect = model.effects[id];
    if (effect.hall.valid()) return charge_of(effect.flow);
    if (effect.energise.valid()) return Charge::power;
  }
  return {};
}

std::optional<Charge> own_flow(const Model& model, const ChainLink& link) {
  switch (link.kind) {
    case ElementKind::task: return flow_given(model, Id<Task>(link.index));
    case ElementKind::feeder: return Charge::power;
    case ElementKind::crew: return Charge::labour;
    case ElementKind::supply_line:
    case ElementKind::delivery: return Charge::chips;
    case ElementKind::deployment: return Charge::commissioning;
    case ElementKind::order:
    case ElementKind::plan: break;
  }
  return {};
}

/// Puts the links of one chain into words, by what the timeline says of them.
class Words {
 public:
  Words(const Model& model, const Timeline& timeline, const std::vector<ChainLink>& links,
        Id<Milestone> milestone)
      : model_(model), timeline_(timeline), links_(links), milestone_(milestone) {}

  ExplainedLink of(std::size_t at) const {
    const ChainLink& link = links_[at];
    ExplainedLink explained{link, element_name(model_, link), {}, 0, {}};
    const TaskRun* next = run_after(at);
    if (next != nullptr && next->ready < link.to)
      explained.waited_days = in_days(link.to - next->ready);
    explained.words = words(at, explained);
    return explained;
  }

 private:
  std::string date(des::Time time) const { return iso_date(date_of(time, model_.start)); }

  // Whom a link held up: what comes next on the chain.
  std::string next_name(std::size_t at) const {
    if (at + 1 == links_.size()) return "milestone " + model_.milestones[milestone_].name;
    const ChainLink& next = links_[at + 1];
    switch (next.kind) {
      case ElementKind::plan: return "the plan";
      case ElementKind::deployment: return "a rack of " + element_name(model_, next);
      case ElementKind::order: return "order " + element_name(model_, next);
      case ElementKind::crew: return "work of " + element_name(model_, next);
      default: return element_name(model_, next);
    }
  }

  // The run that began when the link let it.
  const TaskRun* run_after(std::size_t at) const {
    if (at + 1 == links_.size() || links_[at + 1].kind != ElementKind::task) return nullptr;
    const Id<Task> task(links_[at + 1].index);
    for (const TaskRun& run : timeline_.task_runs)
      if (run.task == task && run.start >= links_[at].to) return &run;
    return nullptr;
  }

  std::string words(std::size_t at, const ExplainedLink& explained) const {
    switch (links_[at].kind) {
      case ElementKind::plan: return of_plan(at);
      case ElementKind::task: return of_task(at);
      case ElementKind::order: return of_order(at, explained);
      case ElementKind::feeder: return of_feeder(at, explained);
      case ElementKind::crew: return of_crew(at, explained);
      case ElementKind::supply_line: return of_supply_line(at);
      case ElementKind::delivery: return of_delivery(at);
      case ElementKind::deployment: return of_deployment(at);
    }
    return {};
  }

  std::string of_plan(std::size_t at) const {
    return "the plan's dates let " + next_name(at) + " begin on " + date(links_[at].to);
  }

  std::string of_task(std::size_t at) const {
    const ChainLink& link = links_[at];
    const std::string name = element_name(model_, link);
    std::size_t rounds = 0, failed = 0;
    des::Time begun = des::kNever;
    for (const TaskRun& run : timeline_.task_runs) {
      if (run.task.index() != link.index || run.start < link.from || run.start > link.to) continue;
      ++rounds;
      failed += run.failed;
      begun = std::min(begun, run.start);
    }
    if (link.from == link.to) return name + " took no time";
    std::string text = name + " took " + days_text(link.to - link.from);
    if (begun != des::kNever && in_days(begun - link.from) >= 1)
      text += ", begun on " + date(begun) + " after a lag, a stop or days without work";
    if (rounds > 1) text += ", in " + std::to_string(rounds) + " rounds";
    if (failed > 0) text += "; it failed " + times_text(failed);
    return text;
  }

  // "b7.switchgear waited 41 days for ", or how it stood when it was ready no earlier.
  std::string waiting(std::size_t at, const ExplainedLink& explained) const {
    if (explained.waited_days >= kWorthTelling)
      return next_name(at) + " waited " + days_text(explained.waited_days) + " for ";
    return next_name(at) + " had to have ";
  }

  std::string of_order(std::size_t at, const ExplainedLink& explained) const {
    const ChainLink& link = links_[at];
    const Order& order = model_.orders[Id<Order>(link.index)];
    const std::string& equipment = model_.equipment[model_.goods[order.stock].equipment].name;
    std::string text = waiting(at, explained) + equipment;
    const GoodsArrival* arrival = nullptr;
    for (const GoodsArrival& goods : timeline_.goods)
      if (goods.order.index() == link.index && goods.arrived == link.to) arrival = &goods;
    if (arrival != nullptr && arrival->kind == GoodsArrival::Kind::transfer)
      return text + " sent by another campus on " + date(arrival->placed) + ", there on " +
             date(link.to);
    if (arrival != nullptr && arrival->kind == GoodsArrival::Kind::replacement)
      text += " ordered anew";
    return text + ", ordered on " + date(arrival != nullptr ? arrival->placed : link.from) +
           ", delivered on " + date(link.to);
  }

  std::string of_feeder(std::size_t at, const ExplainedLink& explained) const {
    const ChainLink& link = links_[at];
    const Energisation* found = nullptr;
    bool first = true;
    for (const Energisation& record : timeline_.energisations) {
      if (record.feeder.index() != link.index || record.at > link.to) continue;
      first = found == nullptr;
      found = &record;
    }
    std::string text = waiting(at, explained) + "power of " + element_name(model_, link) + ", ";
    if (found == nullptr) return text + "which came on " + date(link.to);
    return text + (first ? "energised" : "given more") + " on " + date(found->at) + " (" +
           whole_text(megawatts(found->available)) + " MW)";
  }

  std::string of_crew(std::size_t at, const ExplainedLink& explained) const {
    const ChainLink& link = links_[at];
    const Id<Crew> crew(link.index);
    std::string workers = model_.crews[crew].name;
    std::string freed = ", who worked for others until " + date(link.to);
    if (const TaskRun* next = run_after(at); next != nullptr) {
      for (const Id<Need> id : model_.tasks[next->task].needs)
        if (model_.needs[id].crew == crew)
          workers = std::to_string(model_.needs[id].count) + " " + workers;
      freed = freed_by(next->cause, link.to).value_or(freed);
    }
    if (explained.waited_days >= kWorthTelling) return waiting(at, explained) + workers + freed;
    return next_name(at) + " waited for " + workers + freed;
  }

  // Who gave the workers free.
  std::optional<std::string> freed_by(Cause cause, des::Time at) const {
    if (cause.kind == CauseKind::crew_task)
      return ", freed by " + model_.tasks[timeline_.task_runs.at(cause.record).task].name + " on " +
             date(at);
    if (cause.kind == CauseKind::crew_rack)
      return ", freed by a rack of " + model_.halls[timeline_.racks.at(cause.record).hall].name +
             " on " + date(at);
    return {};
  }

  const RackLot* lot_of(const ChainLink& link) const {
    for (const RackLot& lot : timeline_.lots) {
      const bool same = link.kind == ElementKind::supply_line ? lot.line.index() == link.index
                                                              : lot.delivery.index() == link.index;
      if (same && lot.arrived == link.to) return &lot;
    }
    return nullptr;
  }

  std::string of_supply_line(std::size_t at) const {
    const ChainLink& link = links_[at];
    const std::string name = element_name(model_, link);
    const RackLot* lot = lot_of(link);
    if (lot == nullptr) return "racks of " + name + " arrived on " + date(link.to);
    return next_name(at) + " waited for lot " + std::to_string(lot->number + 1) + " of " + name +
           ", " + std::to_string(lot->racks) + " racks, released on " + date(lot->released) +
           ", arrived on " + date(link.to);
  }

  std::string of_delivery(std::size_t at) const {
    const ChainLink& link = links_[at];
    const std::string name = element_name(model_, link);
    const RackLot* lot = lot_of(link);
    if (lot == nullptr) return "racks of " + name + " arrived on " + date(link.to);
    std::string text = next_name(at) + " waited for lot " + std::to_string(lot->number + 1) +
                       " of " + name + ", " + std::to_string(lot->racks) + " racks, due on " +
                       date(lot->released) + ", arrived on " + date(link.to);
    if (const double late = in_days(link.to - lot->released); late >= kWorthTelling)
      text += ", " + days_text(late) + " late";
    return text;
  }

  std::string of_deployment(std::size_t at) const {
    const ChainLink& link = links_[at];
    return "a rack of " + element_name(model_, link) + " took " + days_text(link.to - link.from) +
           " of its own: installed, cabled, brought up and burnt in";
  }

  const Model& model_;
  const Timeline& timeline_;
  const std::vector<ChainLink>& links_;
  Id<Milestone> milestone_;
};

}  // namespace

std::vector<ExplainedLink> explain_chain(const Model& model, const Timeline& timeline,
                                         Id<Milestone> milestone) {
  const std::vector<ChainLink> links = critical_chain(model, timeline, milestone);
  const Words words(model, timeline, links, milestone);
  std::vector<ExplainedLink> explained;
  for (std::size_t i = 0; i < links.size(); ++i) explained.push_back(words.of(i));
  std::optional<Charge> flow;
  for (std::size_t i = links.size(); i-- > 0;) {
    if (const auto own = own_flow(model, links[i])) flow = own;
    explained[i].flow = flow;
  }
  return explained;
}

}  // namespace racked
