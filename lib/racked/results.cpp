#include <racked/results.h>

#include "results_merge.h"

#include <racked/ledger.h>
#include <racked/version.h>

#include <algorithm>
#include <map>
#include <stdexcept>
#include <tuple>
#include <utility>

namespace racked {
namespace {

using std::chrono::days;

// The last days of the quarters within [start, horizon).
std::vector<Date> quarter_ends(Date start, Date horizon) {
  std::vector<Date> ends;
  const std::chrono::year_month_day first(start);
  const unsigned quarter = (static_cast<unsigned>(first.month()) - 1) / 3;
  std::chrono::year_month next = first.year() / std::chrono::month(quarter * 3 + 1);
  for (;;) {
    next += std::chrono::months(3);
    const Date end = Date(next / std::chrono::day(1)) - days(1);
    if (end >= horizon) return ends;
    ends.push_back(end);
  }
}

std::string dates_of(const Results& r) { return iso_date(r.start) + " to " + iso_date(r.horizon); }

bool alike(const Observation& a, const Observation& b) {
  const auto key = [](const Observation& o) {
    return std::tie(o.series, o.campus, o.date, o.value, o.low, o.high, o.announced, o.source);
  };
  return key(a) == key(b);
}

// Where a replication is found among parts.
struct Held {
  std::uint64_t replication;
  std::size_t part;
  std::size_t row;
};

constexpr std::size_t kFailed = static_cast<std::size_t>(-1);

std::vector<Held> all_held(const std::vector<const Results*>& parts) {
  std::vector<Held> held;
  for (std::size_t part = 0; part < parts.size(); ++part) {
    for (std::size_t row = 0; row < parts[part]->rows(); ++row)
      held.push_back({parts[part]->replications[row], part, row});
    for (const Results::Failure& failure : parts[part]->failures)
      held.push_back({failure.replication, part, kFailed});
  }
  std::sort(held.begin(), held.end(),
            [](const Held& a, const Held& b) { return a.replication < b.replication; });
  const auto twice = std::adjacent_find(held.begin(), held.end(), [](const Held& a, const Held& b) {
    return a.replication == b.replication;
  });
  if (twice != held.end())
    throw std::invalid_argument("replication " + std::to_string(twice->replication) +
                                " is in two of the results");
  return held;
}

template <class Value>
void append_row(std::vector<Value>& to, const std::vector<Value>& from, std::size_t row,
                std::size_t width) {
  const auto begin = from.begin() + static_cast<std::ptrdiff_t>(row * width);
  to.insert(to.end(), begin, begin + static_cast<std::ptrdiff_t>(width));
}

/// Appends rows of results with one frame.
class RowAppender {
 public:
  explicit RowAppender(Results& to) : to_(to) {}

  void reserve(std::size_t rows) {
    to_.replications.reserve(rows);
    to_.events.reserve(rows);
    to_.reached.reserve(rows * to_.milestones.size());
    to_.charges.reserve(rows * to_.campuses.size() * kCharges);
    to_.stages.reserve(rows * to_.buildings.size() * kStages);
  }

  void append(const Results& from, std::size_t row) {
    append_row(to_.replications, from.replications, row, 1);
    append_row(to_.events, from.events, row, 1);
    append_row(to_.reached, from.reached, row, to_.milestones.size());
    append_row(to_.charges, from.charges, row, to_.campuses.size() * kCharges);
    append_row(to_.stages, from.stages, row, to_.buildings.size() * kStages);
    if (from.ledger.rows() > 0) {
      from.ledger.read_row(row, samples_);
      to_.ledger.append(samples_);
    }
    if (from.sketch) return;
    from.samples.read_row(row, samples_);
    if (!to_.sketch) return to_.samples.append(samples_);
    sum_campuses();
    to_.sketch->add(columns_);
  }

 private:
  // Behind the campuses of each date, if there are several, stands their sum.
  void sum_campuses() {
    columns_.clear();
    const std::size_t campuses = to_.campuses.size();
    const std::size_t width = campuses * kSeries;
    for (auto date = samples_.begin(); date != samples_.end();) {
      const auto end = date + static_cast<std::ptrdiff_t>(width);
      columns_.insert(columns_.end(), date, end);
      for (std::size_t series = 0; series < kSeries && campuses > 1; ++series) {
        std::int64_t sum = 0;
        for (std::size_t c = 0; c < campuses; ++c)
          sum += date[static_cast<std::ptrdiff_t>(c * kSeries + series)];
        columns_.push_back(sum);
      }
      date = end;
    }
  }

  Results& to_;
  std::vector<std::int64_t> samples_;  ///< Of one row,
  std::vector<std::int64_t> columns_;  ///< and as the sketch has them.
};

void append_in_order(Results& whole, const std::vector<const Results*>& parts,
                     const std::vector<Held>& held) {
  RowAppender rows(whole);
  rows.reserve(held.size());
  for (const Held& at : held)
    if (at.row != kFailed) rows.append(*parts[at.part], at.row);
  for (const Results* part : parts)
    if (part->sketch) whole.sketch->add(*part->sketch);
}

void add_causes(Results& whole, const std::vector<const Results*>& parts) {
  std::map<std::tuple<std::uint32_t, ElementKind, std::uint32_t>, Results::CauseSum> sums;
  for (const Results* part : parts)
    for (const Results::CauseSum& cause : part->causes) {
      const auto [at, first] = sums.try_emplace({cause.milestone, cause.kind, cause.index}, cause);
      if (first) continue;
      at->second.replications += cause.replications;
      at->second.seconds += cause.seconds;
    }
  for (auto& [key, sum] : sums) whole.causes.push_back(std::move(sum));
}

void add_waits(Results& whole, const std::vector<const Results*>& parts) {
  std::map<std::tuple<bool, std::string, std::string, std::string>, Results::WaitSum> sums;
  for (const Results* part : parts)
    for (const Results::WaitSum& wait : part->waits) {
      const auto [at, first] =
          sums.try_emplace({wait.hall, wait.waiter, wait.for_kind, wait.for_name}, wait);
      if (first) continue;
      at->second.replications += wait.replications;
      at->second.positions += wait.positions;
    }
  for (auto& [key, sum] : sums) whole.waits.push_back(std::move(sum));
}

// What results answer to, without what they hold.
Results frame_of(const Results& results) {
  Results frame;
  frame.version = results.version;
  frame.scenario = results.scenario;
  frame.title = results.title;
  frame.scenario_hash = results.scenario_hash;
  frame.seed = results.seed;
  frame.resolved = results.resolved;
  frame.start = results.start;
  frame.horizon = results.horizon;
  frame.milestones = results.milestones;
  frame.campuses = results.campuses;
  frame.buildings = results.buildings;
  frame.report_dates = results.report_dates;
  frame.observations = results.observations;
  frame.deals = results.deals;
  frame.parties = results.parties;
  frame.cash_accounts = results.cash_accounts;
  return frame;
}

Results::Place place_of(const Model& model, const Building& building) {
  Results::Place place;
  place.name = building.name;
  place.campus = building.campus.index();
  place.planned = model.start;
  bool first = true;
  for (const Id<Hall> id : building.halls) {
    const Hall& hall = model.halls[id];
    place.chips += hall.positions * model.products[hall.product].chips_per_rack;
    place.facility_watts += (hall.positions * hall.rack_power).count;
    if (first) place.planned = date_of(hall.planned, model.start);
    first = false;
  }
  return place;
}

}  // namespace

Results make_results(const Model& model, std::uint64_t seed) {
  Results results;
  results.version = version();
  results.scenario = model.name;
  results.title = model.title;
  results.scenario_hash = model.hash;
  results.seed = seed;
  results.resolved = model.resolved;
  results.start = model.start;
  results.horizon = model.horizon_date;
  for (const Milestone& milestone : model.milestones) {
    const bool given = !milestone.by.empty();
    results.milestones.push_back(
        {milestone.name, milestone.title,
         given ? milestone.by : quarter_ends(model.start, model.horizon_date), given});
  }
  for (const Campus& campus : model.campuses) results.campuses.push_back(campus.name);
  for (const Building& building : model.buildings)
    results.buildings.push_back(place_of(model, building));
  results.report_dates = model.report_dates;
  results.observations = model.observations;
  add_deals(model, results);
  return results;
}

std::uint64_t bytes_per_replication(const Results& results) {
  return 2 * sizeof(std::uint64_t) + sizeof(des::Time) * results.milestones.size() +
         sizeof(ChipTime) * kCharges * results.campuses.size() +
         sizeof(std::int32_t) * kStages * results.buildings.size() +
         sizeof(std::int64_t) * ledger_width(results);
}

std::uint64_t sample_bytes_per_replication(const Results& results) {
  return sizeof(std::int64_t) * kSeries * results.campuses.size() * results.report_dates.size();
}

std::string difference(const Results& a, const Results& b) {
  const auto say = [](const char* what, const std::string& one, const std::string& other) {
    return std::string(what) + ": " + one + " and " + other;
  };
  if (a.scenario != b.scenario) return say("the scenario", a.scenario, b.scenario);
  if (a.scenario_hash != b.scenario_hash) return "the content of the scenario (its hash)";
  if (a.version != b.version) return say("the version of racked", a.version, b.version);
  if (a.seed != b.seed) return say("the seed", std::to_string(a.seed), std::to_string(b.seed));
  if (a.start != b.start || a.horizon != b.horizon)
    return say("the dates", dates_of(a), dates_of(b));
  if (a.title != b.title) return say("the title", a.title, b.title);
  if (a.milestones != b.milestones) return "the milestones";
  if (a.campuses != b.campuses) return "the campuses";
  if (a.buildings != b.buildings) return "the buildings";
  if (a.report_dates != b.report_dates) return "the report dates";
  if (a.deals != b.deals || a.parties != b.parties || a.cash_accounts != b.cash_accounts)
    return "the deals, or who pays for what";
  if (!std::equal(a.observations.begin(), a.observations.end(), b.observations.begin(),
                  b.observations.end(), alike))
    return "the observations";
  return {};
}

std::string replication_ranges(const Results& results) {
  std::vector<std::uint64_t> held = results.replications;
  for (const Results::Failure& failure : results.failures) held.push_back(failure.replication);
  std::sort(held.begin(), held.end());
  std::string text;
  for (std::size_t i = 0; i < held.size();) {
    std::size_t end = i + 1;
    while (end < held.size() && held[end] == held[end - 1] + 1) ++end;
    if (!text.empty()) text += ' ';
    text += std::to_string(held[i]) + ":" + std::to_string(held[end - 1] + 1);
    i = end;
  }
  return text.empty() ? "none" : text;
}

bool needs_sketch(const Results& frame, std::uint64_t replications,
                  std::uint64_t most_sample_bytes) {
  const std::uint64_t bytes = sample_bytes_per_replication(frame);
  return bytes > 0 && replications > most_sample_bytes / bytes;
}

void begin_sketch(Results& results) {
  const std::size_t campuses = results.campuses.size();
  const std::size_t groups = campuses > 1 ? campuses + 1 : campuses;
  results.sketch.emplace(results.report_dates.size() * groups * kSeries);
}

void append_rows(Results& results, const Results& part) {
  RowAppender rows(results);
  for (std::size_t row = 0; row < part.rows(); ++row) rows.append(part, row);
  results.failures.insert(results.failures.end(), part.failures.begin(), part.failures.end());
}

void append_unordered(Results& results, const Results& part) {
  append_rows(results, part);
  Results sums;
  add_causes(sums, {&results, &part});
  add_waits(sums, {&results, &part});
  results.causes = std::move(sums.causes);
  results.waits = std::move(sums.waits);
}

Results merge(const std::vector<Results>& parts, std::uint64_t most_sample_bytes) {
  std::vector<const Results*> all;
  for (const Results& part : parts) all.push_back(&part);
  return merged(all, most_sample_bytes);
}

Results merged(const std::vector<const Results*>& parts, std::uint64_t most_sample_bytes) {
  if (parts.empty()) throw std::invalid_argument("there are no results to merge");
  const Results& first = *parts.front();
  std::uint64_t rows = 0;
  for (const Results* part : parts) {
    rows += part->rows();
    if (const std::string what = difference(first, *part); !what.empty())
      throw std::invalid_argument("results that differ in " + what + " can't be merged");
  }
  const std::uint64_t fit = kMostResultBytes / bytes_per_replication(first);
  if (rows > fit)
    throw std::length_error(std::to_string(rows) +
                            " replications are too many for one result; at most " +
                            std::to_string(fit) + " fit");

  Results whole = frame_of(first);
  const std::vector<Held> held = all_held(parts);
  const auto sketched = [](const Results* part) { return part->sketch.has_value(); };
  if (std::any_of(parts.begin(), parts.end(), sketched) ||
      needs_sketch(whole, held.size(), most_sample_bytes))
    begin_sketch(whole);
  append_in_order(whole, parts, held);
  for (const Results* part : parts)
    whole.failures.insert(whole.failures.end(), part->failures.begin(), part->failures.end());
  std::sort(whole.failures.begin(), whole.failures.end(),
            [](const auto& a, const auto& b) { return a.replication < b.replication; });
  add_causes(whole, parts);
  add_waits(whole, parts);
  return whole;
}

Results merged(Results part) {
  Results sums;
  add_causes(sums, {&part});
  add_waits(sums, {&part});
  part.causes = std::move(sums.causes);
  part.waits = std::move(sums.waits);
  return part;
}

}  // namespace racked
