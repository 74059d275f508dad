#include "levers.h"

#include "days.h"

#include <algorithm>

namespace racked {
namespace {

void shorten(Uncertain& span, double share) {
  const double left = static_cast<double>(span.unit.count()) * (1 - share);
  span.unit = std::max(des::Duration(1), des::rounded(left, des::Duration(1)));
}

void shorten_task(Task& task, double share) {
  shorten(task.duration, share);
  if (task.remaining > des::Duration::zero())
    task.remaining =
        des::rounded(static_cast<double>(task.remaining.count()) * (1 - share), des::Duration(1));
}

void shorten_steps(Product& product, double share) {
  for (RackStep& step : product.steps) shorten(step.hours, share);
  shorten(product.repair, share);
}

// What is past stays.
void advance(const Model& model, des::Time& date, des::Duration by) {
  if (date > model.status && date != des::kNever) date = std::max(model.status, date - by);
}

void advance_feeder(const Model& model, Feeder& feeder, des::Duration by) {
  advance(model, feeder.date, by);
  for (Feeder::RampStep& step : feeder.ramp) advance(model, step.from, by);
}

// The clock begins with the first of them.
void advance_supply_line(Model& model, SupplyLine& line, des::Duration by) {
  for (SupplyLine::Rate& rate : line.rates) {
    if (model.status > des::kStart)
      advance(model, rate.from, by);
    else
      rate.from -= by;
    model.begin = std::min(model.begin, rate.from);
  }
  for (SupplyLine::Stage& stage : line.stages)
    for (SupplyLine::Rate& rate : stage.capacity)
      if (rate.from > des::kStart) rate.from = std::max(des::kStart, rate.from - by);
}

void advance_plan(Model& model, des::Duration by) {
  for (Task& task : model.tasks) advance(model, task.earliest, by);
  for (Order& order : model.orders) {
    if (order.placed_by_task) continue;
    if (model.status > des::kStart)
      advance(model, order.placed, by);
    else
      order.placed -= by;
    model.begin = std::min(model.begin, order.placed);
  }
}

std::int64_t grown(std::int64_t count, double by) {
  return count + static_cast<std::int64_t>(static_cast<double>(count) * by + 0.5);
}

void pull_one(Model& model, ElementKind kind, std::uint32_t row, double amount) {
  const des::Duration by = des::rounded(amount, des::kDay);
  switch (kind) {
    case ElementKind::task: return shorten_task(model.tasks[Id<Task>(row)], amount);
    case ElementKind::order: return shorten(model.orders[Id<Order>(row)].lead_time, amount);
    case ElementKind::deployment: return shorten_steps(model.products[Id<Product>(row)], amount);
    case ElementKind::feeder: return advance_feeder(model, model.feeders[Id<Feeder>(row)], by);
    case ElementKind::supply_line:
      return advance_supply_line(model, model.supply_lines[Id<SupplyLine>(row)], by);
    case ElementKind::delivery:
      for (Delivery::Lot& lot : model.deliveries[Id<Delivery>(row)].lots)
        advance(model, lot.due, by);
      return;
    case ElementKind::crew:
      for (Crew::Step& step : model.crews[Id<Crew>(row)].steps)
        step.headcount = grown(step.headcount, amount);
      return;
    case ElementKind::plan: return advance_plan(model, by);
  }
}

std::string who(const Lever& lever) {
  switch (lever.kind) {
    case ElementKind::plan: return "the plan's dates (starts, not_before, placing of orders)";
    case ElementKind::task: return lever.name;
    case ElementKind::order: return "the lead time of order " + lever.name;
    case ElementKind::feeder: return "the dates of feeder " + lever.name;
    case ElementKind::crew: return "crew " + lever.name;
    case ElementKind::supply_line: return "supply line " + lever.name;
    case ElementKind::delivery: return "delivery " + lever.name;
    case ElementKind::deployment: return "the steps of a rack of " + lever.name;
  }
  return {};
}

std::string changed_by(const Lever& lever, double amount) {
  switch (lever.change) {
    case Lever::Change::earlier: return " were " + days_text(amount) + " earlier";
    case Lever::Change::more: return " were " + whole_text(100 * amount) + " % larger";
    case Lever::Change::shorter: break;
  }
  std::string text = " were " + whole_text(100 * amount) + " % shorter";
  if (lever.mean_days)
    text += " (" + days_text(*lever.mean_days * (1 - amount)) + " on average, not " +
            days_text(*lever.mean_days) + ")";
  return text;
}

std::string at_most(const Lever& lever) {
  switch (lever.change) {
    case Lever::Change::earlier: return "even " + days_text(kMostDaysEarlier) + " earlier, ";
    case Lever::Change::more: return "even with " + whole_text(1 + kMostMore) + " times as many, ";
    case Lever::Change::shorter: break;
  }
  return "even in no time, ";
}

}  // namespace

Lever::Change change_of(ElementKind kind) {
  switch (kind) {
    case ElementKind::task:
    case ElementKind::order:
    case ElementKind::deployment: return Lever::Change::shorter;
    case ElementKind::crew: return Lever::Change::more;
    case ElementKind::plan:
    case ElementKind::feeder:
    case ElementKind::supply_line:
    case ElementKind::delivery: break;
  }
  return Lever::Change::earlier;
}

double most_of(Lever::Change change) {
  switch (change) {
    case Lever::Change::shorter: return 1;
    case Lever::Change::more: return kMostMore;
    case Lever::Change::earlier: break;
  }
  return kMostDaysEarlier;
}

void pull(Model& model, const CauseGroup& elements, double amount) {
  for (const std::uint32_t row : elements.rows) pull_one(model, elements.kind, row, amount);
}

std::optional<double> mean_days_of(const Model& model, const CauseGroup& elements) {
  double sum = 0;
  for (const std::uint32_t row : elements.rows) {
    if (elements.kind == ElementKind::order)
      sum += in_days(mean_span(model, model.orders[Id<Order>(row)].lead_time));
    else if (elements.kind == ElementKind::task && model.tasks[Id<Task>(row)].elapsed)
      sum += in_days(mean_span(model, model.tasks[Id<Task>(row)].duration));
    else
      return {};
  }
  return sum / static_cast<double>(elements.rows.size());
}

std::optional<Found> least_amount(double target, double most, double most_gain, std::size_t runs,
                                  const std::function<std::optional<double>(double)>& gain) {
  Found best{most, most_gain};
  double low = 0, low_gap = -target;  // of amounts that are not enough
  double high = most, high_gap = most_gain - target;
  int side = 0;  // where the last amount fell
  for (std::size_t i = 0; i < runs && high - low > most / 200; ++i) {
    // Steps in the gain would let the secant creep: it moves by a twentieth at least.
    double next = low + (high - low) * -low_gap / (high_gap - low_gap);
    next = std::clamp(next, low + (high - low) / 20, high - (high - low) / 20);
    const std::optional<double> known = gain(next);
    if (!known) return {};
    const double gap = *known - target;
    if (gap >= 0) {
      best = {next, *known};
      high = next;
      high_gap = gap;
      if (side > 0) low_gap /= 2;
      side = 1;
      if (gap < 1) break;
    } else {
      low = next;
      low_gap = gap;
      if (side < 0) high_gap /= 2;
      side = -1;
    }
  }
  return best;
}

std::string words_of(const Lever& lever) {
  if (lever.amount && lever.days)
    return "if " + who(lever) + changed_by(lever, *lever.amount) + ", the median would be " +
           days_text(*lever.days) + " earlier";
  std::string text = who(lever) + ": " + at_most(lever);
  text += lever.most_days < 0.05
              ? "the median would stay"
              : "the median would be only " + days_text(lever.most_days) + " earlier";
  return lever.binds_then.empty() ? text : text + "; the chains then hang on " + lever.binds_then;
}

}  // namespace racked
