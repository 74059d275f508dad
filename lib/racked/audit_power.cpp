#include "audit_power.h"

#include <map>

namespace racked::audit_rules {

namespace {

// When each element came alive by the records; des::kNever if it did not.
std::vector<des::Time> energised(const Model& model, const Timeline& timeline) {
  std::vector<des::Time> at(model.feeders.size(), des::kNever);
  for (const Energisation& record : timeline.energisations)
    at[record.feeder.index()] = std::min(at[record.feeder.index()], record.at);
  return at;
}

void check_energisations(const Model& model, const Timeline& timeline, FindingList& findings) {
  const std::vector<des::Time> alive = energised(model, timeline);
  std::vector<des::Time> due(model.feeders.size(), des::kStart);
  std::vector<char> done(model.tasks.size());
  for (const TaskRun& run : timeline.task_runs) {
    if (run.failed || run.finish == des::kNever || done[run.task.index()]) continue;
    done[run.task.index()] = 1;
    for (const Id<Effect> effect : model.tasks[run.task].effects)
      if (const Id<Feeder> feeder = model.effects[effect].energise; feeder.valid())
        due[feeder.index()] = std::max(due[feeder.index()], run.finish);
  }
  for (std::size_t i = 0; i < model.tasks.size(); ++i)
    for (const Id<Effect> effect : model.tasks[Id<Task>(i)].effects)
      if (const Id<Feeder> feeder = model.effects[effect].energise; feeder.valid() && !done[i])
        due[feeder.index()] = des::kNever;
  for (std::size_t i = 0; i < model.feeders.size(); ++i) {
    const Feeder& feeder = model.feeders[Id<Feeder>(i)];
    if (!feeder.dated && feeder.energised == des::kNever && alive[i] != due[i])
      findings.add("energisation", feeder.name + " came alive " + when(model, alive[i]) +
                                       ", its tasks were done " + when(model, due[i]));
  }
  for (const Energisation& record : timeline.energisations)
    if (record.available > model.feeders[record.feeder].capacity || record.available < Watts{})
      findings.add("energisation",
                   model.feeders[record.feeder].name + " carries more than its capacity");
}

// The times at which each element was alive.
std::vector<Spans> alive_spans(const Model& model, const Timeline& timeline) {
  std::vector<Spans> alive(model.feeders.size());
  for (const Energisation& record : timeline.energisations) {
    Spans& spans = alive[record.feeder.index()];
    if (!spans.empty() && spans.back().second == des::kNever) spans.back().second = record.at;
    if (record.alive) extend(spans, true, record.at, des::kNever);
  }
  return alive;
}

// Whether a way from a source to the element was alive at a time. What started may itself have made
// an outage begin at once.
bool fed_at(const Model& model, const std::vector<Spans>& alive, Id<Feeder> id, des::Time time) {
  const Spans& spans = alive[id.index()];
  if (std::none_of(spans.begin(), spans.end(),
                   [time](const auto& span) { return span.first <= time && time <= span.second; }))
    return false;
  const auto& feeds = model.feeders[id].fed_by;
  return feeds.empty() || std::any_of(feeds.begin(), feeds.end(),
                                      [&](Id<Feeder> f) { return fed_at(model, alive, f, time); });
}

void check_needs(const Model& model, const Timeline& timeline, FindingList& findings) {
  const std::vector<Spans> alive = alive_spans(model, timeline);
  for (const TaskRun& run : timeline.task_runs)
    for (const Id<Need> need : is_fact(model, run) ? IdRange<Need>() : model.tasks[run.task].needs)
      if (const Id<Feeder> feeder = model.needs[need].energised;
          feeder.valid() && !fed_at(model, alive, feeder, run.start))
        findings.add("energised_need", model.tasks[run.task].name + " started without power from " +
                                           model.feeders[feeder].name);
}

// An element never delivers after its last date, which no slip moves.
void check_ends(const Model& model, const Timeline& timeline, FindingList& findings) {
  for (const Energisation& record : timeline.energisations) {
    const Feeder& feeder = model.feeders[record.feeder];
    if (feeder.ends && !feeder.until_slip.valid() && record.at >= feeder.until && record.alive)
      findings.add("energisation", feeder.name + " delivers after it has ended");
  }
  const std::vector<Spans> alive = alive_spans(model, timeline);
  for (std::size_t i = 0; i < alive.size(); ++i) {
    const Feeder& feeder = model.feeders[Id<Feeder>(i)];
    if (!feeder.ends && !feeder.may_fail && alive[i].size() > 1)
      findings.add("energisation", feeder.name + " was off, but can neither end nor fail");
    if (feeder.ends && !feeder.until_slip.valid() && feeder.until < model.horizon &&
        !alive[i].empty() && alive[i].back().second > std::max(feeder.until, model.begin))
      findings.add("energisation", feeder.name + " did not end " + when(model, feeder.until));
  }
}

// What racks claim does not exceed what an element of a tree can carry when they claim it.
void check_trees(const Model& model, const Timeline& timeline, FindingList& findings) {
  std::vector<Steps> available(model.feeders.size()), claimed(model.feeders.size());
  std::vector<std::int64_t> before(model.feeders.size());
  for (const Energisation& record : timeline.energisations) {
    const std::size_t i = record.feeder.index();
    available[i].add(record.at, record.available.count - before[i]);
    before[i] = record.available.count;
  }
  for (const RackRun& rack : timeline.racks) {
    if (!rack.hall.valid()) continue;
    const Hall& hall = model.halls[rack.hall];
    if (model.feeders[hall.feeder].grid.valid()) continue;
    for (Id<Feeder> f = hall.feeder; f.valid(); f = model.feeders[f].above)
      claimed[f.index()].add(rack.assigned, hall.rack_power.count);
  }
  for (std::size_t i = 0; i < claimed.size(); ++i) {
    available[i].settle();
    claimed[i].settle();
    for (const auto& [at, power] : claimed[i].values())
      if (power > available[i].at(at) && (at > model.status || model.usable_racks.empty())) {
        findings.add("power", "racks claim more than " + model.feeders[Id<Feeder>(i)].name +
                                  " can carry, " + when(model, at));
        break;
      }
  }
}

// In a grid all that racks with power claim can be brought at once, and what racks newly claim also
// when any one member of a redundant element is lost. Who is dark could not have power beside those
// that come before.
class GridJudge {
 public:
  GridJudge(const Model& model, const Timeline& timeline, Id<PowerGrid> id, FindingList& findings)
      : model_(model),
        story_(story_of(model, timeline, id)),
        findings_(findings),
        grid_(model, id),
        dark_(model.halls.size()) {
    for (std::size_t i = 0; i < model.halls.size(); ++i)
      if (model.feeders[model.halls[Id<Hall>(i)].feeder].grid == id) halls_.emplace_back(i);
    std::stable_sort(halls_.begin(), halls_.end(), [&model](Id<Hall> a, Id<Hall> b) {
      return model.halls[a].priority > model.halls[b].priority;
    });
    where_ = model.feeders[model.grids[id].elements.front()].name;
  }

  void judge() {
    std::size_t change = 0, claim = 0;
    for (const des::Time at : story_.instants) {
      bool changed = at == model_.status, less = false;
      for (; change < story_.changes.size() && story_.changes[change].at == at; ++change) {
        less = grid_.change(story_.changes[change]) || less;
        changed = true;
      }
      bool went = false, others = false;
      for (; claim < story_.claims.size() && story_.claims[claim].at == at &&
             !story_.claims[claim].is_new;
           ++claim) {
        claim_of(model_, story_.claims[claim], grid_, dark_);
        others = true;
        went = went || story_.claims[claim].racks < 0;
      }
      if (others && !changed)
        findings_.add("darkness", "racks around " + where_ +
                                      " go dark or come back though no power changes, " +
                                      when(model_, at));
      // Power that went at the very instant may have been claimed first.
      claim_new(at, claim, went || less);
      if (at > model_.status || model_.usable_racks.empty()) judge_instant(at, changed);
    }
  }

 private:
  void claim_new(des::Time at, std::size_t& claim, bool less) {
    const GridAt before = grid_;
    std::int64_t more = 0;
    bool facts = false;
    for (; claim < story_.claims.size() && story_.claims[claim].at == at; ++claim) {
      claim_of(model_, story_.claims[claim], grid_, dark_);
      more += model_.halls[story_.claims[claim].hall].rack_power.count;
      facts = facts || story_.claims[claim].fact;
    }
    if (more == 0 || facts || less) return;
    for (std::size_t number = 0; number < grid_.cases(); ++number)
      if (grid_.brought(number, grid_.claims()) != before.brought(number, before.claims()) + more)
        return findings_.add(
            "redundancy",
            "racks around " + where_ + " claim power that is held back, " + when(model_, at));
  }

  void judge_instant(des::Time at, bool changed) {
    std::int64_t all = 0;
    for (const auto& [hall, power] : grid_.claims()) all += power;
    if (at >= model_.status && model_.usable_racks.empty() &&
        grid_.brought(0, grid_.claims()) != all)
      findings_.add("power", "racks claim more than can be brought to them around " + where_ +
                                 ", " + when(model_, at));
    if (!changed || at < model_.status) return;
    GridAt::Claims before;
    std::int64_t sum = 0;
    for (const Id<Hall> hall : halls_) {
      const auto own = grid_.claims().find(hall);
      if (own != grid_.claims().end()) {
        before[hall] = own->second;
        sum += own->second;
      }
      if (dark_[hall.index()] == 0) continue;
      GridAt::Claims more = before;
      const Product& product = model_.products[model_.halls[hall].product];
      const std::int64_t unit = std::min(dark_[hall.index()], product.racks_per_unit) *
                                model_.halls[hall].rack_power.count;
      more[hall] += unit;
      if (grid_.brought(0, more) == sum + unit)
        findings_.add("darkness",
                      model_.halls[hall].name + " is darker than it need be, " + when(model_, at));
    }
  }

  const Model& model_;
  const GridStory story_;
  FindingList& findings_;
  GridAt grid_;
  std::vector<std::int64_t> dark_;  // racks of each hall
  std::vector<Id<Hall>> halls_;     // by priority
  std::string where_;
};

// Of each hall the last racks are dark, in whole units, and none is brought up or burnt in then.
void check_darkness(const Model& model, const Timeline& timeline, FindingList& findings) {
  std::vector<des::Time> lit(timeline.racks.size(), des::Time::min());
  for (const Darkness& dark : timeline.darkness) {
    const RackRun& rack = timeline.racks[dark.rack];
    if (dark.from < rack.assigned || dark.from < lit[dark.rack] || dark.to < dark.from)
      findings.add("darkness", "a rack goes dark twice, or before it has a position");
    lit[dark.rack] = dark.to;
    for (std::size_t step = 2; step < kRackSteps; ++step) {
      const bool takes_time = rack.begin[step] != rack.end[step];
      if (takes_time && rack.begin[step] < dark.to && rack.end[step] > dark.from)
        findings.add("darkness",
                     "a rack in the dark is brought up or burnt in, " + when(model, dark.from));
    }
  }
  // Positions in order: who is dark at a time is so up to the hall's last rack then.
  std::map<std::pair<std::uint32_t, des::Time>, std::vector<std::uint32_t>> together;
  for (const Darkness& dark : timeline.darkness)
    together[{timeline.racks[dark.rack].hall.index(), dark.from}].push_back(
        timeline.racks[dark.rack].position);
  for (auto& [group, positions] : together) {
    std::sort(positions.begin(), positions.end());
    const Hall& hall = model.halls[Id<Hall>(group.first)];
    const bool joined = positions.back() - positions.front() + 1 == positions.size();
    if (!joined || positions.front() % model.products[hall.product].racks_per_unit != 0)
      findings.add("darkness",
                   hall.name + ": not whole units go dark, " + when(model, group.second));
  }
}

}  // namespace

void check_power(const Model& model, const Timeline& timeline, FindingList& findings) {
  check_energisations(model, timeline, findings);
  check_needs(model, timeline, findings);
  check_ends(model, timeline, findings);
  check_darkness(model, timeline, findings);
  check_trees(model, timeline, findings);
  for (std::size_t i = 0; i < model.grids.size(); ++i)
    GridJudge(model, timeline, Id<PowerGrid>(i), findings).judge();
}

}  // namespace racked::audit_rules
