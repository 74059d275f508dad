#include "explained_results.h"

#include <racked/simulation.h>

#include <algorithm>
#include <stdexcept>
#include <utility>
#include <vector>

namespace racked {

Criticality criticality_of(const CauseGroup& group, std::uint64_t reached) {
  const double among = static_cast<double>(reached);
  return {std::string(name(group.kind)),
          group.element,
          group.members,
          group.most,
          static_cast<double>(group.most) / among,
          static_cast<double>(group.seconds) / 86'400 / among,
          {}};
}

des::Time reached_at(const Results& results, std::size_t row, Id<Milestone> milestone) {
  return results.reached[row * results.milestones.size() + milestone.index()];
}

void describe(const Results& results, Id<Milestone> milestone, Explanation& explanation) {
  const Results::Question& question = results.milestones[milestone.index()];
  explanation.scenario = results.scenario;
  explanation.title = results.title;
  explanation.scenario_hash = results.scenario_hash;
  explanation.seed = results.seed;
  explanation.start = results.start;
  explanation.horizon = results.horizon;
  explanation.milestone = question.name;
  explanation.milestone_title = question.title;
  explanation.replication_ranges = replication_ranges(results);
  explanation.replications = results.rows();
  explanation.failed = results.failures.size();
  explanation.summary = summarise(results, milestone.index());
  for (const CauseGroup& group : cause_groups(results, milestone.index()))
    explanation.elements.push_back(criticality_of(group, explanation.summary.reached_count));
  if (explanation.summary.reached_count < results.rows()) explanation.waits = results.waits;
}

void find_median(const Model& model, const Results& results, Id<Milestone> milestone,
                 const Timeline& timeline, Explanation& explanation) {
  const std::size_t row = median_row(results, milestone.index()).value();
  const des::Time at = reached_at(results, row, milestone);
  if (timeline.replication != results.replications[row] ||
      timeline.milestones.at(milestone.index()).at != at)
    throw std::logic_error("a replication that was run again came out otherwise");
  explanation.median = {timeline.replication, at, explain_chain(model, timeline, milestone)};
}

std::optional<std::size_t> median_row(const Results& results, std::size_t milestone) {
  std::vector<std::pair<des::Time, std::size_t>> times;
  for (std::size_t row = 0; row < results.rows(); ++row)
    if (const des::Time at = reached_at(results, row, Id<Milestone>(milestone)); at != des::kNever)
      times.emplace_back(at, row);
  if (times.empty()) return {};
  std::sort(times.begin(), times.end());
  const des::Time p50 = quantile(results, milestone, 0.5);
  const des::Time middle = p50 != des::kNever ? p50 : times[(times.size() - 1) / 2].first;
  return std::lower_bound(times.begin(), times.end(), std::pair(middle, std::size_t{0}))->second;
}

Explanation explanation_of(const Model& model, const Results& results, Id<Milestone> milestone,
                           const Timeline& timeline) {
  Explanation explanation;
  describe(results, milestone, explanation);
  find_median(model, results, milestone, timeline, explanation);
  return explanation;
}

}  // namespace racked
