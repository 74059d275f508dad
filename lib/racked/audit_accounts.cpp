#include "audit_power.h"
#include "audit_records.h"

#include <cmath>
#include <map>

namespace racked::audit_rules {
namespace {

constexpr std::size_t kNone = kCharges;  // usable: charged to nothing

// What is known of a hall apart from its racks.
struct HallView {
  std::vector<des::Time> assigned;  // of its racks, ascending
  std::vector<const RackRun*> racks;
};

class Books {
 public:
  Books(const Model& m, const Timeline& t)
      : model(m),
        timeline(t),
        halls(m.halls.size()),
        repairs(t.racks.size()),
        darkness(t.racks.size()),
        power(power_of_halls(m, t)) {
    for (const RackRun& rack : t.racks)
      if (rack.hall.valid()) {
        halls[rack.hall.index()].assigned.push_back(rack.assigned);
        halls[rack.hall.index()].racks.push_back(&rack);
      }
    for (const Repair& repair : t.repairs) repairs[repair.rack].push_back(&repair);
    for (const Darkness& dark : t.darkness) darkness[dark.rack].push_back(&dark);
    view_outages();
    for (HallView& hall : halls) std::sort(hall.assigned.begin(), hall.assigned.end());
  }

  // What an unfilled position of the hall waits for at `time`.
  std::size_t unfilled(std::size_t hall, des::Time time) const {
    const auto& flows = timeline.flows[hall];
    const auto missing = [&](Flow flow) { return flows[static_cast<std::size_t>(flow)].at > time; };
    Charge charge = Charge::chips;
    if (missing(Flow::space))
      charge = Charge::space;
    else if (within(power[hall].dead, time))
      charge = Charge::power;
    else if (missing(Flow::cooling))
      charge = Charge::cooling;
    else if (missing(Flow::network))
      charge = Charge::network;
    else if (missing(Flow::commissioning))
      charge = Charge::commissioning;
    else if (within(power[hall].exhausted, time))
      charge = Charge::power;
    return static_cast<std::size_t>(charge);
  }

  using Stretches = std::vector<std::pair<des::Time, std::size_t>>;

  // The stretches of a rack's time with what each is charged to; they adjoin from its assignment
  // on.
  Stretches filled(const RackRun& rack) const {
    const auto& dark = darkness[static_cast<std::size_t>(&rack - timeline.racks.data())];
    Stretches from = with_power(rack);
    if (dark.empty()) return from;
    std::stable_sort(from.begin(), from.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    // In the dark everything is charged to power.
    Stretches charged;
    std::size_t next = 0, last = 0;
    for (const Darkness* span : dark) {
      for (; next < from.size() && from[next].first <= span->to; ++next) {
        last = from[next].second;
        if (from[next].first <= span->from) charged.push_back(from[next]);
      }
      charged.emplace_back(span->from, static_cast<std::size_t>(Charge::power));
      if (span->to != des::kNever) charged.emplace_back(span->to, last);
    }
    charged.insert(charged.end(), from.begin() + static_cast<std::ptrdiff_t>(next), from.end());
    return charged;
  }

  // The same as if no rack were ever dark.
  Stretches with_power(const RackRun& rack) const {
    const Product& product = model.products[model.halls[rack.hall].product];
    constexpr auto kLabour = static_cast<std::size_t>(Charge::labour);
    constexpr auto kTests = static_cast<std::size_t>(Charge::commissioning);
    const auto number = static_cast<std::size_t>(&rack - timeline.racks.data());
    Stretches from;
    des::Time came = rack.assigned;
    const auto step = [&](std::size_t i, des::Time begin) {
      const bool waits = product.steps[i].hours.valid() && product.steps[i].crew.valid();
      if (waits && came != des::kNever) from.emplace_back(came, kLabour);
      if (begin != des::kNever) from.emplace_back(begin, i < 2 ? kLabour : kTests);
    };
    const auto broken_off = [&](std::size_t i) {
      for (const Darkness* dark : darkness[number]) {
        if (dark->step != i) continue;
        step(i, dark->begun);
        came = dark->to;
      }
    };
    for (std::size_t i = 0; i + 1 < kRackSteps; ++i) {
      broken_off(i);
      step(i, rack.begin[i]);
      came = rack.end[i];
    }
    for (const Attempt& attempt : attempts_to_accept(number)) {
      step(3, attempt.begun);
      if (attempt.failed != des::kNever)
        from.emplace_back(attempt.failed, static_cast<std::size_t>(Charge::repair));
      came = attempt.back;
    }
    step(3, rack.begin[3]);
    if (rack.accepted != des::kNever) from.emplace_back(rack.accepted, kTests);
    if (rack.usable == des::kNever) return from;
    from.emplace_back(rack.usable, kNone);
    for (const auto& [down, up] : outages_of_unit(rack)) {
      from.emplace_back(down, static_cast<std::size_t>(Charge::repair));
      if (up != des::kNever) from.emplace_back(up, kNone);
    }
    return from;
  }

  // When the rack's unit was down, ascending and apart.
  const Spans& outages_of_unit(const RackRun& rack) const {
    static const Spans kUp;
    const auto found = outages.find(unit_of(rack));
    return found == outages.end() ? kUp : found->second;
  }

  bool dark(const RackRun& rack, des::Time time) const {
    const auto& spans = darkness[static_cast<std::size_t>(&rack - timeline.racks.data())];
    return std::any_of(spans.begin(), spans.end(), [time](const Darkness* span) {
      return span->from <= time && time < span->to;
    });
  }

  const Model& model;
  const Timeline& timeline;
  std::vector<HallView> halls;
  std::vector<std::vector<const Repair*>> repairs;
  std::vector<std::vector<const Darkness*>> darkness;
  std::map<std::pair<std::uint32_t, std::int64_t>, Spans> outages;  // of each unit
  std::vector<HallPower> power;                                     // of each hall

 private:
  struct Attempt {
    des::Time begun, failed, back;  // kNever: broken off for want of power
  };

  // Those that came to nothing, in their order.
  std::vector<Attempt> attempts_to_accept(std::size_t rack) const {
    std::vector<Attempt> attempts;
    for (const Repair* repair : repairs[rack])
      attempts.push_back({repair->begun, repair->failed, repair->returned});
    for (const Darkness* dark : darkness[rack])
      if (dark->step == 3) attempts.push_back({dark->begun, des::kNever, dark->to});
    std::sort(attempts.begin(), attempts.end(),
              [](const Attempt& a, const Attempt& b) { return a.begun < b.begun; });
    return attempts;
  }

  std::pair<std::uint32_t, std::int64_t> unit_of(const RackRun& rack) const {
    const Product& product = model.products[model.halls[rack.hall].product];
    return {rack.hall.index(), rack.position / product.racks_per_unit};
  }

  void view_outages() {
    for (const Outage& outage : timeline.outages)
      outages[unit_of(timeline.racks[outage.rack])].emplace_back(outage.failed, outage.returned);
    for (auto& [unit, spans] : outages) {
      std::sort(spans.begin(), spans.end());
      Spans apart;
      for (const auto& [down, up] : spans) {
        if (!apart.empty() && down < apart.back().second)
          apart.back().second = std::max(apart.back().second, up);
        else
          apart.emplace_back(down, up);
      }
      spans = std::move(apart);
    }
  }
};

// Chip-time of `count` positions in [from, to), counted from the planned date to the horizon.
ChipTime span(const Model& model, const Hall& hall, std::int64_t count, des::Time from,
              des::Time to) {
  const des::Time a = std::max({from, hall.planned, des::kStart}), b = std::min(to, model.horizon);
  if (b <= a) return 0;
  return ChipTime{count * model.products[hall.product].chips_per_rack} * (b - a).count();
}

void charge_hall(const Books& books, std::size_t i, std::array<ChipTime, kStates>& sums) {
  const Hall& hall = books.model.halls[Id<Hall>(i)];
  const HallView& view = books.halls[i];
  const auto& flows = books.timeline.flows[i];

  // Unfilled positions: between any two of these instants the charge and their number stay the
  // same.
  const HallPower& power = books.power[i];
  std::vector<des::Time> cuts{hall.planned, books.model.horizon};
  for (const auto& [from, to] : power.dead) cuts.insert(cuts.end(), {from, to});
  for (const FlowStart& flow : flows) cuts.push_back(flow.at);
  for (const auto& [from, to] : power.exhausted) cuts.insert(cuts.end(), {from, to});
  cuts.insert(cuts.end(), view.assigned.begin(), view.assigned.end());
  std::sort(cuts.begin(), cuts.end());
  cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
  for (std::size_t c = 0; c < cuts.size(); ++c) {
    const des::Time from = cuts[c], to = c + 1 < cuts.size() ? cuts[c + 1] : des::kNever;
    const auto filled =
        std::upper_bound(view.assigned.begin(), view.assigned.end(), from) - view.assigned.begin();
    sums[books.unfilled(i, from)] += span(books.model, hall, hall.positions - filled, from, to);
  }

  for (const RackRun* rack : view.racks) {
    const auto stretches = books.filled(*rack);
    for (std::size_t s = 0; s < stretches.size(); ++s)
      sums[stretches[s].second] +=
          span(books.model, hall, 1, stretches[s].first,
               s + 1 < stretches.size() ? stretches[s + 1].first : des::kNever);
  }
}

void check_charges(const Books& books, FindingList& findings) {
  const Model& model = books.model;
  for (std::size_t c = 0; c < model.campuses.size(); ++c) {
    std::array<ChipTime, kStates> sums{};
    ChipTime planned = 0;
    for (const Id<Hall> hall : model.campuses[Id<Campus>(c)].halls) {
      charge_hall(books, hall.index(), sums);
      planned +=
          span(model, model.halls[hall], model.halls[hall].positions, des::kStart, model.horizon);
    }
    ChipTime charged = 0;
    for (std::size_t k = 0; k < kCharges; ++k) {
      charged += books.timeline.charges[c][k];
      if (sums[k] != books.timeline.charges[c][k])
        findings.add("charges", model.campuses[Id<Campus>(c)].name + ": " +
                                    std::string(name(static_cast<Charge>(k))) + " is charged " +
                                    std::to_string(chip_days(books.timeline.charges[c][k])) +
                                    " chip-days, the records say " +
                                    std::to_string(chip_days(sums[k])));
    }
    if (charged != planned - sums[kNone])
      findings.add("charge_sum", model.campuses[Id<Campus>(c)].name +
                                     ": charges do not sum to planned minus usable");
  }
}

struct Gain {
  des::Time at;
  std::int64_t racks;  // −1: a loss
  Id<Hall> hall;
};

std::vector<Gain> gains_of(const Books& books) {
  std::vector<Gain> gains;
  for (const RackRun& rack : books.timeline.racks) {
    if (rack.usable == des::kNever) continue;
    bool usable = false;
    for (const auto& [at, charge] : books.filled(rack)) {
      if ((charge == kNone) == usable) continue;
      usable = !usable;
      gains.push_back({at, usable ? 1 : -1, rack.hall});
    }
  }
  return gains;
}

// When the gains, in their order, first sum up to the milestone, from a time on.
des::Time when_reached(const Model& model, const Milestone& milestone,
                       const std::vector<Gain>& gains, des::Time from = des::Time::min()) {
  std::vector<std::int64_t> building(model.buildings.size());
  std::int64_t sum = 0;
  for (const Gain& gain : gains) {
    const Hall& hall = model.halls[gain.hall];
    if (milestone.campus.valid() && hall.campus != milestone.campus) continue;
    if (milestone.kind == Milestone::Kind::usable_chips)
      sum += gain.racks * model.products[hall.product].chips_per_rack;
    if (milestone.kind == Milestone::Kind::usable_power) sum += gain.racks * hall.rack_power.count;
    if (milestone.kind == Milestone::Kind::usable_buildings) {
      const double wanted =
          milestone.building_share * static_cast<double>(model.buildings[hall.building].positions);
      const auto usable = [&] {
        return static_cast<double>(building[hall.building.index()]) >= wanted - 1e-9;
      };
      const bool before = usable();
      building[hall.building.index()] += gain.racks;
      sum += static_cast<int>(usable()) - static_cast<int>(before);
    }
    if (sum >= milestone.threshold && gain.at >= from) return gain.at;
  }
  return des::kNever;
}

// What was gained may be lost at the very same instant, even because the milestone was reached: the
// records do not tell which was first, so both orders will do.
void check_milestones(const Books& books, FindingList& findings) {
  const Model& model = books.model;
  const Timeline& timeline = books.timeline;
  std::vector<Gain> gains_first = gains_of(books);
  std::sort(gains_first.begin(), gains_first.end(), [](const Gain& a, const Gain& b) {
    return a.at != b.at ? a.at < b.at : a.racks > b.racks;
  });
  std::vector<Gain> losses_first = gains_first;
  std::sort(losses_first.begin(), losses_first.end(), [](const Gain& a, const Gain& b) {
    return a.at != b.at ? a.at < b.at : a.racks < b.racks;
  });
  for (std::size_t i = 0; i < model.milestones.size(); ++i) {
    const Milestone& milestone = model.milestones[Id<Milestone>(i)];
    const des::Time reached = timeline.milestones[i].at;
    des::Time due = des::kNever;
    if (milestone.kind == Milestone::Kind::task) {
      for (const TaskRun& run : timeline.task_runs)
        if (run.task == milestone.task && !run.failed) due = std::min(due, run.finish);
    } else {
      due = when_reached(model, milestone, losses_first);
      if (reached < due && when_reached(model, milestone, gains_first, reached) == reached)
        continue;
    }
    if (reached != due)
      findings.add("milestones", milestone.name + " was reached " + when(model, reached) +
                                     ", the records say " + when(model, due));
  }
}

using Row = std::array<std::int64_t, kSeries>;

// What is stranded, and drawn at the PUE of the month.
void add_power(const Books& books, des::Time date, std::vector<Row>& rows) {
  const Model& model = books.model;
  const auto stranded = stranded_on(model, books.timeline, books.power, date);
  const std::chrono::year_month_day day(date_of(date, model.start));
  for (std::size_t c = 0; c < rows.size(); ++c) {
    for (std::size_t reason = 0; reason < stranded[c].size(); ++reason)
      rows[c][static_cast<std::size_t>(Series::stranded_racks_mw) + reason] = stranded[c][reason];
    const Campus& campus = model.campuses[Id<Campus>(c)];
    const double part = campus.monthly_pue[unsigned{day.month()} - 1] / campus.pue;
    rows[c][static_cast<std::size_t>(Series::drawn_facility_mw)] = std::llround(
        part * static_cast<double>(rows[c][static_cast<std::size_t>(Series::usable_facility_mw)]));
  }
}

// The counts on one report date, from the records alone.
std::vector<std::array<std::int64_t, kSeries>> counts_on(const Books& books, des::Time date) {
  const Model& model = books.model;
  std::vector<std::array<std::int64_t, kSeries>> rows(model.campuses.size());
  std::vector<std::int64_t> usable_in(model.buildings.size());
  const auto at = [&](Id<Campus> campus, Series series) -> std::int64_t& {
    return rows[campus.index()][static_cast<std::size_t>(series)];
  };
  for (const RackRun& rack : books.timeline.racks) {
    const RackStock& stock = model.rack_stocks[books.timeline.lots[rack.lot].stock];
    const std::int64_t chips = model.products[stock.product].chips_per_rack;
    if (rack.arrived <= date) at(stock.campus, Series::chips_on_site) += chips;
    if (rack.arrived <= date && rack.assigned > date)
      at(stock.campus, Series::chips_in_stock) += chips;
    if (rack.end[1] <= date) at(stock.campus, Series::chips_installed) += chips;
    if (rack.begin[3] <= date && rack.end[3] > date &&
        model.products[stock.product].steps[3].hours.valid())
      at(stock.campus, Series::chips_in_burn_in) += chips;
    if (rack.usable > date || within(books.outages_of_unit(rack), date) || books.dark(rack, date))
      continue;
    at(stock.campus, Series::usable_chips) += chips;
    at(stock.campus, Series::usable_racks) += 1;
    at(stock.campus, Series::usable_it_mw) += model.products[stock.product].it_per_rack.count;
    at(stock.campus, Series::usable_facility_mw) += model.halls[rack.hall].rack_power.count;
    ++usable_in[model.halls[rack.hall].building.index()];
  }
  for (const Repair& repair : books.timeline.repairs) {
    const RackRun& rack = books.timeline.racks[repair.rack];
    const std::int64_t chips = model.products[model.halls[rack.hall].product].chips_per_rack;
    if (repair.failed <= date && repair.returned > date)
      at(model.halls[rack.hall].campus, Series::chips_in_repair) += chips;
    if (repair.begun <= date && repair.failed > date)
      at(model.halls[rack.hall].campus, Series::chips_in_burn_in) += chips;
  }
  for (const Darkness& dark : books.timeline.darkness) {
    const Hall& hall = model.halls[books.timeline.racks[dark.rack].hall];
    const std::int64_t chips = model.products[hall.product].chips_per_rack;
    if (dark.step == kRackSteps - 1 && dark.begun <= date && date < dark.from)
      at(hall.campus, Series::chips_in_burn_in) += chips;
    if (date < dark.from || date >= dark.to) continue;
    at(hall.campus, Series::dark_racks) += 1;
    at(hall.campus, Series::dark_chips) += chips;
    at(hall.campus, Series::claimed_mw) -= hall.rack_power.count;
  }
  for (const Outage& outage : books.timeline.outages) {
    const Hall& hall = model.halls[books.timeline.racks[outage.rack].hall];
    if (outage.failed <= date && outage.returned > date)
      at(hall.campus, Series::chips_in_repair) += model.products[hall.product].chips_per_rack;
  }
  for (std::size_t i = 0; i < usable_in.size(); ++i) {
    const Building& building = model.buildings[Id<Building>(i)];
    at(building.campus, Series::usable_buildings) +=
        building.positions > 0 && 10 * usable_in[i] >= 9 * building.positions;
  }
  std::vector<std::int64_t> available(model.feeders.size());
  for (const Energisation& record : books.timeline.energisations)
    if (record.at <= date) available[record.feeder.index()] = record.available.count;
  for (std::size_t i = 0; i < available.size(); ++i) {
    const Feeder& feeder = model.feeders[Id<Feeder>(i)];
    if (!feeder.fed_by.empty()) continue;
    at(feeder.campus, Series::energised_mw) += available[i];
    if (feeder.source != PowerSource::grid)
      at(feeder.campus, Series::energised_on_site_mw) += available[i];
  }
  add_power(books, date, rows);
  for (std::size_t i = 0; i < books.halls.size(); ++i) {
    const Hall& hall = model.halls[Id<Hall>(i)];
    const auto& assigned = books.halls[i].assigned;
    const auto filled = std::upper_bound(assigned.begin(), assigned.end(), date) - assigned.begin();
    at(hall.campus, Series::claimed_mw) += filled * hall.rack_power.count;
    if (hall.planned > date) continue;
    std::array<std::int64_t, kStates> positions{};
    positions[books.unfilled(i, date)] += hall.positions - filled;
    for (const RackRun* rack : books.halls[i].racks) {
      if (rack->assigned > date) continue;
      std::size_t state = 0;
      for (const auto& [from, charge] : books.filled(*rack))
        if (from <= date) state = charge;
      ++positions[state];
    }
    for (std::size_t k = 0; k < kCharges; ++k)
      rows[hall.campus.index()][static_cast<std::size_t>(Series::missing_space) + k] +=
          positions[k] * model.products[hall.product].chips_per_rack;
  }
  return rows;
}

void check_samples(const Books& books, FindingList& findings) {
  const Model& model = books.model;
  for (std::size_t d = 0; d < model.report_dates.size(); ++d) {
    const auto rows = counts_on(books, time_of(model.report_dates[d], model.start));
    for (std::size_t c = 0; c < rows.size(); ++c)
      for (std::size_t s = 0; s < kSeries; ++s) {
        const std::int64_t sampled = books.timeline.samples[d * rows.size() + c][s];
        if (sampled != rows[c][s])
          findings.add("samples", iso_date(model.report_dates[d]) + " " +
                                      model.campuses[Id<Campus>(c)].name + ": " +
                                      std::string(name(static_cast<Series>(s))) + " is " +
                                      std::to_string(sampled) + ", the records say " +
                                      std::to_string(rows[c][s]));
      }
  }
}

}  // namespace

void check_accounts(const Model& model, const Timeline& timeline, FindingList& findings) {
  const Books books(model, timeline);
  check_charges(books, findings);
  check_milestones(books, findings);
  check_samples(books, findings);
}

}  // namespace racked::audit_rules
