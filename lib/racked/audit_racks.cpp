#include "audit_records.h"

#include <cmath>

namespace racked::audit_rules {
namespace {

std::string rack_name(const Model& model, const Timeline& timeline, std::size_t rack) {
  const RackRun& run = timeline.racks[rack];
  return "rack " + std::to_string(rack) +
         (run.hall.valid() ? " in " + model.halls[run.hall].name : "");
}

// Every rack belongs to one lot, every lot to one way of arriving; lots number their racks without
// a gap.
void check_lots(const Model& model, const Timeline& timeline, FindingList& findings) {
  std::size_t next = 0;
  std::vector<const RackLot*> arrived;
  for (const RackLot& lot : timeline.lots) {
    const bool unseen = !lot.delivery.valid() && !lot.line.valid() && lot.arrived <= model.status &&
                        !model.usable_racks.empty();
    if (lot.delivery.valid() == lot.line.valid() && !unseen)
      findings.add("lots", "a lot comes from a delivery or from a supply line");
    if (lot.arrived == des::kNever) continue;
    arrived.push_back(&lot);
    if (lot.arrived > model.horizon) findings.add("horizon", "a lot arrived past the horizon");
    if (lot.delivery.valid()) {
      const auto& lots = model.deliveries[lot.delivery].lots;
      if (lot.number >= lots.size() || lots[lot.number].racks != lot.racks)
        findings.add("lots", "lot " + std::to_string(lot.number) + " of " +
                                 model.deliveries[lot.delivery].name + " has " +
                                 std::to_string(lot.racks) + " racks");
    } else if (lot.line.valid()) {
      const SupplyLine& line = model.supply_lines[lot.line];
      des::Time before = lot.released;
      for (std::size_t i = 0; i < line.stages.size(); ++i) {
        if (lot.stage_end[i] < before)
          findings.add("lots", "a lot of " + line.name + " left a stage before it came");
        before = lot.stage_end[i];
      }
      const bool all = std::none_of(line.stages.begin(), line.stages.end(),
                                    [](const auto& stage) { return stage.yield.valid(); });
      // With yields a lot may carry what was left over of those before it, less than a rack a
      // stage.
      const auto most = line.lot_racks + (all ? 0 : static_cast<std::int64_t>(line.stages.size()));
      if (before != lot.arrived || lot.racks > most || (all && lot.racks != line.lot_racks))
        findings.add("lots", "a lot of " + line.name + " did not arrive as it left");
    }
  }
  std::sort(arrived.begin(), arrived.end(),
            [](auto* a, auto* b) { return a->first_rack < b->first_rack; });
  for (const RackLot* lot : arrived) {
    if (lot->first_rack != next)
      findings.add("conservation", "racks of a lot are missing or counted twice");
    next = lot->first_rack + static_cast<std::size_t>(lot->racks);
    for (std::size_t i = lot->first_rack; i < std::min(next, timeline.racks.size()); ++i)
      if (&timeline.lots[timeline.racks[i].lot] != lot || timeline.racks[i].arrived != lot->arrived)
        findings.add("conservation",
                     rack_name(model, timeline, i) + " does not belong to the lot it came with");
  }
  if (next != timeline.racks.size())
    findings.add("conservation", std::to_string(timeline.racks.size()) +
                                     " racks, but lots brought " + std::to_string(next));
}

// What a capacity amounts to from its first rate until a time.
double amount_until(const std::vector<SupplyLine::Rate>& rates, des::Time time) {
  double amount = 0;
  for (std::size_t i = 0; i < rates.size(); ++i) {
    const des::Time until = std::min(time, i + 1 < rates.size() ? rates[i + 1].from : des::kNever);
    if (until > rates[i].from)
      amount +=
          rates[i].per_day * std::chrono::duration<double>(until - rates[i].from).count() / 86'400;
  }
  return amount;
}

// When a stage at the latest had taken in a lot that left it at `left`.
des::Time taken_in(const Model& model, const SupplyLine::Stage& stage, des::Time left) {
  if (!stage.cycle.drivers.empty()) return left;
  return left - des::rounded(model.distributions[stage.cycle.shape].min(), stage.cycle.unit);
}

// By any time lots have taken no more of a shared capacity than it has amounted to. Yields have
// taken racks from lots since, so that what is counted is the least they can have taken.
void check_shared_capacity(const Model& model, const Timeline& timeline, FindingList& findings) {
  struct Taking {
    des::Time at;
    double amount;
  };
  std::vector<std::vector<Taking>> takings(model.shared_capacities.size());
  for (const RackLot& lot : timeline.lots) {
    if (!lot.line.valid()) continue;
    const SupplyLine& line = model.supply_lines[lot.line];
    const auto chips = static_cast<double>(lot.racks * model.products[line.product].chips_per_rack);
    for (std::size_t i = 0; i < line.stages.size() && lot.stage_end[i] != des::kNever; ++i)
      for (const SupplyLine::Draw& draw : line.stages[i].draws_on)
        takings[draw.of.index()].push_back(
            {taken_in(model, line.stages[i], lot.stage_end[i]), chips * draw.per_chip});
  }
  for (std::size_t i = 0; i < takings.size(); ++i) {
    const SharedCapacity& shared = model.shared_capacities[Id<SharedCapacity>(i)];
    if (!shared.volume.drivers.empty()) continue;
    const double most = shared.volume.valid() ? model.distributions[shared.volume.shape].max() : 1;
    std::sort(takings[i].begin(), takings[i].end(),
              [](const Taking& a, const Taking& b) { return a.at < b.at; });
    double taken = 0;
    for (const Taking& taking : takings[i]) {
      taken += taking.amount;
      if (taken <= amount_until(shared.rates, taking.at) * most * (1 + 1e-9) + 1e-6) continue;
      findings.add("shared_capacity", shared.name + ": lots took more than there was");
      break;
    }
  }
}

// A stage with a capacity takes no more chips in than it can between its first and its last lot.
void check_capacity(const Model& model, const Timeline& timeline, FindingList& findings) {
  for (std::size_t i = 0; i < model.supply_lines.size(); ++i) {
    const SupplyLine& line = model.supply_lines[Id<SupplyLine>(i)];
    if (std::any_of(line.stages.begin(), line.stages.end(),
                    [](const auto& stage) { return stage.yield.valid(); }))
      continue;  // lots lose chips on their way
    for (std::size_t stage = 0; stage < line.stages.size(); ++stage) {
      const auto& capacity = line.stages[stage].capacity;
      const Uncertain& cycle = line.stages[stage].cycle;
      if (capacity.empty() || !cycle.drivers.empty()) continue;
      // Lots that left by t were taken in by t less the shortest cycle.
      std::vector<des::Time> left;
      for (const RackLot& lot : timeline.lots)
        if (lot.line == Id<SupplyLine>(i) && lot.stage_end[stage] != des::kNever)
          left.push_back(lot.stage_end[stage]);
      std::sort(left.begin(), left.end());
      const double chips =
          static_cast<double>(line.lot_racks * model.products[line.product].chips_per_rack);
      const des::Duration shortest =
          des::rounded(model.distributions[cycle.shape].min(), cycle.unit);
      for (std::size_t n = 0; n < left.size(); ++n) {
        const double possible = amount_until(capacity, left[n] - shortest);
        if (chips * static_cast<double>(n + 1) > possible * (1 + 1e-9) + 1e-6) {
          findings.add("stage_capacity", line.name + ": stage " + std::to_string(stage) +
                                             " let through more than it can");
          break;
        }
      }
    }
  }
}

// Positions are filled in order, once, from the product's own stock, first in, first out.
void check_positions(const Model& model, const Timeline& timeline, FindingList& findings) {
  std::vector<std::vector<std::size_t>> racks(model.halls.size());
  std::vector<std::size_t> last_of_stock(model.rack_stocks.size());
  std::vector<des::Time> last_time(model.rack_stocks.size(), des::Time::min());
  for (std::size_t i = 0; i < timeline.racks.size(); ++i) {
    const RackRun& rack = timeline.racks[i];
    const Id<RackStock> stock = timeline.lots[rack.lot].stock;
    if (rack.hall.valid()) racks[rack.hall.index()].push_back(i);
    if (rack.hall.valid() != (rack.assigned != des::kNever) ||
        (rack.hall.valid() && model.halls[rack.hall].stock != stock))
      findings.add("positions", rack_name(model, timeline, i) + " is in a hall it cannot be in");
    if (rack.assigned < rack.arrived || rack.assigned < last_time[stock.index()])
      findings.add("fifo",
                   rack_name(model, timeline, i) + " got a position before one that came earlier");
    last_time[stock.index()] = rack.assigned;
  }
  for (std::size_t i = 0; i < racks.size(); ++i) {
    const Hall& hall = model.halls[Id<Hall>(i)];
    std::vector<char> taken(static_cast<std::size_t>(hall.positions));
    for (const std::size_t rack : racks[i]) {
      const std::uint32_t position = timeline.racks[rack].position;
      if (position >= taken.size() || taken[position])
        findings.add("positions", rack_name(model, timeline, rack) + ": position " +
                                      std::to_string(position) + " is taken or does not exist");
      else
        taken[position] = 1;
    }
  }
}

// A flow is there when the last task that provides it has passed.
void check_flows(const Model& model, const Timeline& timeline, FindingList& findings) {
  std::vector<des::Time> passed(model.tasks.size(), des::kNever);
  for (const TaskRun& run : timeline.task_runs)
    if (!run.failed) passed[run.task.index()] = std::min(passed[run.task.index()], run.finish);
  std::vector<std::array<des::Time, kFlows>> due(model.halls.size());
  for (auto& hall : due) hall.fill(model.begin);
  for (std::size_t i = 0; i < model.tasks.size(); ++i)
    for (const Id<Effect> id : model.tasks[Id<Task>(i)].effects)
      if (const Effect& effect = model.effects[id]; effect.hall.valid()) {
        des::Time& at = due[effect.hall.index()][static_cast<std::size_t>(effect.flow)];
        at = std::max(at, passed[i]);
      }
  for (std::size_t i = 0; i < due.size(); ++i)
    for (std::size_t flow = 0; flow < kFlows; ++flow)
      if (timeline.flows[i][flow].at != due[i][flow])
        findings.add("flows", model.halls[Id<Hall>(i)].name + ": flow " + std::to_string(flow) +
                                  " came " + when(model, timeline.flows[i][flow].at) +
                                  ", its tasks were done " + when(model, due[i][flow]));
  for (std::size_t i = 0; i < timeline.racks.size(); ++i) {
    const RackRun& rack = timeline.racks[i];
    if (!rack.hall.valid() || is_fact(model, rack)) continue;
    for (const FlowStart& flow : timeline.flows[rack.hall.index()])
      if (flow.at > rack.assigned)
        findings.add("flows",
                     rack_name(model, timeline, i) + " got its position before the hall was ready");
  }
}

void check_step(const Model& model, const Timeline& timeline, std::size_t i, std::size_t step,
                des::Time begin, des::Time end, FindingList& findings) {
  const RackStep& what = model.products[model.halls[timeline.racks[i].hall].product].steps[step];
  if (!what.hours.valid()) {
    if (begin != end)
      findings.add("rack_steps",
                   rack_name(model, timeline, i) + " took time for a step without hours");
    return;
  }
  const bool by_crew = what.crew.valid();
  const Calendar* calendar = by_crew ? &model.calendars[model.crews[what.crew].calendar] : nullptr;
  if (by_crew && opening(*calendar, begin) != begin)
    findings.add("working_time",
                 rack_name(model, timeline, i) + " began a step outside working time");
  if (end == des::kNever || !what.hours.drivers.empty()) return;
  const des::Duration took = by_crew ? worked(*calendar, begin, end) : end - begin;
  const double hours =
      static_cast<double>(took.count()) / static_cast<double>(what.hours.unit.count());
  const des::Distribution& shape = model.distributions[what.hours.shape];
  if (hours < shape.min() - 1e-9 || hours > shape.max() + 1e-9)
    findings.add("rack_steps", rack_name(model, timeline, i) + " took " + std::to_string(hours) +
                                   " h for a step, outside its distribution");
}

// Steps follow each other, last what they may, and end in acceptance; units become usable together.
void check_steps(const Model& model, const Timeline& timeline, FindingList& findings) {
  std::vector<std::uint32_t> failures(timeline.racks.size());
  for (const Repair& repair : timeline.repairs) {
    ++failures[repair.rack];
    check_step(model, timeline, repair.rack, 3, repair.begun, repair.failed, findings);
    if (repair.returned < repair.failed)
      findings.add("repairs", "a rack came back before it failed");
  }
  for (std::size_t i = 0; i < timeline.racks.size(); ++i) {
    const RackRun& rack = timeline.racks[i];
    if (rack.failures != failures[i])
      findings.add("repairs", rack_name(model, timeline, i) + " failed " +
                                  std::to_string(rack.failures) + " times, but was repaired " +
                                  std::to_string(failures[i]) + " times");
    if (!rack.hall.valid() || is_fact(model, rack)) continue;
    des::Time before = rack.assigned;
    for (std::size_t step = 0; step < kRackSteps; ++step) {
      if (rack.begin[step] < before ||
          (rack.end[step] != des::kNever && rack.end[step] < rack.begin[step]))
        findings.add("rack_steps",
                     rack_name(model, timeline, i) + " passed its steps out of order");
      if (rack.begin[step] != des::kNever)
        check_step(model, timeline, i, step, rack.begin[step], rack.end[step], findings);
      before = rack.end[step];
    }
    if (rack.accepted != des::kNever && rack.accepted != rack.end[3])
      findings.add("rack_steps",
                   rack_name(model, timeline, i) + " was not accepted when its burn-in ended");
    if (rack.usable < rack.accepted)
      findings.add("units", rack_name(model, timeline, i) + " was usable before it was accepted");
  }
}

// Nor does it fail in the dark.
void check_dark_outages(const Model& model, const Timeline& timeline, FindingList& findings) {
  std::vector<Spans> dark(timeline.racks.size());
  for (const Darkness& span : timeline.darkness) dark[span.rack].emplace_back(span.from, span.to);
  for (const Outage& outage : timeline.outages)
    for (const auto& [from, to] : dark[outage.rack])
      if (from < outage.failed && outage.failed < to)
        findings.add("outages", rack_name(model, timeline, outage.rack) + " failed in the dark, " +
                                    when(model, outage.failed));
}

// A rack fails in service only, one failure at a time; no more racks are exchanged than spares were
// there or have come back.
void check_outages(const Model& model, const Timeline& timeline, FindingList& findings) {
  std::vector<des::Time> up(timeline.racks.size(), des::Time::min());
  for (const Outage& outage : timeline.outages) {
    const RackRun& rack = timeline.racks[outage.rack];
    const RackFailures& how = model.products[model.halls[rack.hall].product].failures;
    if (outage.failed < rack.usable || outage.failed < up[outage.rack] ||
        outage.returned < outage.failed || how.per_day + how.early_per_day <= 0)
      findings.add("outages", rack_name(model, timeline, outage.rack) + " failed " +
                                  when(model, outage.failed) + ", out of service");
    up[outage.rack] = outage.returned;
  }
  // Racks out of service beyond the spares can only be back when something returned from its maker.
  for (std::size_t i = 0; i < model.rack_stocks.size(); ++i) {
    const Product& product = model.products[model.rack_stocks[Id<RackStock>(i)].product];
    if (product.failures.spares == 0) continue;
    const des::Distribution& away = model.distributions[product.failures.returning.shape];
    const des::Duration least = product.failures.returning.drivers.empty()
                                    ? des::rounded(away.min(), product.failures.returning.unit)
                                    : des::Duration::zero();
    Steps spares;
    spares.add(des::kStart, product.failures.spares);
    for (const Outage& outage : timeline.outages) {
      if (timeline.lots[timeline.racks[outage.rack].lot].stock != Id<RackStock>(i)) continue;
      spares.add(outage.failed + least, 1);
      if (outage.returned != des::kNever) spares.add(outage.returned, -1);
    }
    spares.settle();
    for (const auto& [at, left] : spares.values())
      if (left < 0) {
        findings.add("outages", "more racks of '" + product.name +
                                    "' were exchanged than spares, " + when(model, at));
        break;
      }
  }
}

void check_units(const Model& model, const Timeline& timeline, FindingList& findings) {
  struct Unit {
    std::int64_t accepted = 0;
    des::Time last = des::Time::min();
  };
  std::vector<std::vector<Unit>> units(model.halls.size());
  const auto unit_of = [&](const RackRun& rack) -> Unit& {
    const Hall& hall = model.halls[rack.hall];
    auto& list = units[rack.hall.index()];
    const std::int64_t size = model.products[hall.product].racks_per_unit;
    list.resize(static_cast<std::size_t>(hall.positions / size + 1));
    return list[std::min(list.size() - 1, static_cast<std::size_t>(rack.position / size))];
  };
  for (const RackRun& rack : timeline.racks)
    if (rack.hall.valid() && rack.accepted != des::kNever) {
      Unit& unit = unit_of(rack);
      ++unit.accepted;
      unit.last = std::max(unit.last, rack.accepted);
    }
  for (std::size_t i = 0; i < timeline.racks.size(); ++i) {
    const RackRun& rack = timeline.racks[i];
    if (!rack.hall.valid()) continue;
    const Unit& unit = unit_of(rack);
    const bool whole =
        unit.accepted == model.products[model.halls[rack.hall].product].racks_per_unit;
    if (rack.usable != (whole ? unit.last : des::kNever))
      findings.add("units", rack_name(model, timeline, i) + " is usable " +
                                when(model, rack.usable) + ", its unit " +
                                when(model, whole ? unit.last : des::kNever));
  }
}

void check_causes(const Model& model, const Timeline& timeline, FindingList& findings) {
  for (std::size_t i = 0; i < timeline.racks.size(); ++i) {
    const RackRun& rack = timeline.racks[i];
    if (rack.assigned != des::kNever && moment(timeline, rack.assigned_cause) > rack.assigned)
      findings.add("cause",
                   rack_name(model, timeline, i) + " got its position before the cause of it");
    for (std::size_t step = 0; step < kRackSteps; ++step)
      if (rack.begin[step] != des::kNever && moment(timeline, rack.cause[step]) > rack.begin[step])
        findings.add("cause",
                     rack_name(model, timeline, i) + " began a step before the cause of it");
  }
}

}  // namespace

void check_racks(const Model& model, const Timeline& timeline, FindingList& findings) {
  check_lots(model, timeline, findings);
  check_capacity(model, timeline, findings);
  check_shared_capacity(model, timeline, findings);
  check_positions(model, timeline, findings);
  check_flows(model, timeline, findings);
  check_steps(model, timeline, findings);
  check_units(model, timeline, findings);
  check_outages(model, timeline, findings);
  check_dark_outages(model, timeline, findings);
  check_causes(model, timeline, findings);
}

}  // namespace racked::audit_rules
