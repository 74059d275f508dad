#include <racked/precision.h>

#include "rank.h"

#include <racked/des/statistics.h>
#include <racked/problem.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <utility>

namespace racked {
namespace {

constexpr double kConfidence = 0.95;
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr std::uint64_t kFirstStage = 100;

[[noreturn]] void refuse(std::string_view text) {
  throw std::invalid_argument("'" + std::string(text) +
                              "' is no precision; write MILESTONE=2d for the mean, or 'P80 of "
                              "MILESTONE=5d', with d, w or h");
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// The number that the text begins with, which is taken off it.
std::optional<double> number_in_front(std::string_view& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return {};
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

// G, the third moment about the mean over the cube of the standard deviation.
double skewness(const std::vector<double>& values, double mean) {
  double squares = 0, cubes = 0;
  for (const double value : values) {
    const double off = value - mean;
    squares += off * off;
    cubes += off * off * off;
  }
  const auto n = static_cast<double>(values.size());
  const double variance = squares / n;
  return variance > 0 ? cubes / n / (variance * std::sqrt(variance)) : 0;
}

void estimate_mean(const std::vector<double>& days, Estimate& result) {
  std::vector<double> reached;
  std::copy_if(days.begin(), days.end(), std::back_inserter(reached),
               [](double value) { return value < kInfinity; });
  des::Tally tally;
  for (const double value : reached) tally.record(value);
  result.interval = {-kInfinity, kInfinity};
  if (reached.empty()) return;
  result.days = tally.mean();
  if (reached.size() < 2) return;
  const double half = tally.half_width(kConfidence);
  result.interval = {tally.mean() - half, tally.mean() + half};
  const double skew = skewness(reached, tally.mean());
  result.met = static_cast<double>(reached.size()) >= 25 * skew * skew;
}

void estimate_quantile(const std::vector<double>& days, double p, Estimate& result) {
  result.interval = {-kInfinity, kInfinity};
  if (days.empty()) return;
  std::vector<double> ordered = days;
  const auto at = ordered.begin() + static_cast<std::ptrdiff_t>(rank(p, ordered.size()));
  std::nth_element(ordered.begin(), at, ordered.end());
  if (*at < kInfinity) result.days = *at;
  result.interval = des::quantile_interval(std::move(ordered), p, kConfidence);
  result.met = true;
}

std::vector<std::string> names_of(const Results& results) {
  std::vector<std::string> names;
  for (const auto& question : results.milestones) names.push_back(question.name);
  return names;
}

std::size_t milestone_of(const Results& results, const std::string& name) {
  const std::vector<std::string> names = names_of(results);
  const auto found = std::find(names.begin(), names.end(), name);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  const std::string near = nearest_name(name, names);
  throw std::invalid_argument("there is no milestone '" + name + "'" +
                              (near.empty() ? "" : "; did you mean '" + near + "'?"));
}

// Of the replications below `last`.
std::vector<double> days_of(const Results& results, std::size_t milestone, std::uint64_t last) {
  std::vector<double> days;
  for (std::size_t row = 0; row < results.rows() && results.replications[row] < last; ++row) {
    const des::Time at = results.reached[row * results.milestones.size() + milestone];
    days.push_back(at == des::kNever
                       ? kInfinity
                       : static_cast<double>(at.time_since_epoch().count()) / 86'400e9);
  }
  return days;
}

/// Grows the results as more replications are asked for.
class Growing {
 public:
  Growing(const Model& model, const ExperimentOptions& options, RunDirectory* directory)
      : model_(model),
        options_(options),
        directory_(directory),
        known_(make_results(model, options)) {
    if (directory != nullptr) known_ = directory->done();
  }

  // False when it was stopped before.
  bool grow_to(std::uint64_t last) {
    if (holds(last)) return true;
    ExperimentOptions more = options_;
    more.last = std::max(last, end());
    more.done = &known_;
    if (directory_ != nullptr)
      more.keep = [this](const Results& finished) { directory_->keep(finished); };
    if (options_.on_progress)
      more.on_progress = [this](const Progress& progress) {
        return go_on_ = options_.on_progress(progress) && go_on_;
      };
    known_ = run(model_, more);
    return holds(last);
  }

  const Results& known() const { return known_; }
  Results take() { return std::move(known_); }

 private:
  std::uint64_t held() const { return known_.rows() + known_.failures.size(); }

  std::uint64_t end() const {
    std::uint64_t last = options_.first;
    if (!known_.replications.empty()) last = std::max(last, known_.replications.back() + 1);
    for (const auto& failure : known_.failures) last = std::max(last, failure.replication + 1);
    return last;
  }

  bool holds(std::uint64_t last) const {
    const auto failed =
        std::count_if(known_.failures.begin(), known_.failures.end(),
                      [&](const auto& failure) { return failure.replication < last; });
    const auto rows =
        std::lower_bound(known_.replications.begin(), known_.replications.end(), last) -
        known_.replications.begin();
    return static_cast<std::uint64_t>(failed + rows) == last - options_.first;
  }

  const Model& model_;
  const ExperimentOptions& options_;
  RunDirectory* directory_;
  Results known_;
  bool go_on_ = true;
};

}  // namespace

Target parse_target(std::string_view text) {
  const std::string_view whole = text;
  const std::size_t equals = text.rfind('=');
  if (equals == std::string_view::npos) refuse(whole);
  std::string_view value = trimmed(text.substr(equals + 1));
  std::string_view name = trimmed(text.substr(0, equals));

  Target target;
  const std::size_t of = name.find(" of ");
  if (of != std::string_view::npos) {
    std::string_view what = trimmed(name.substr(0, of));
    name = trimmed(name.substr(of + 4));
    if (what != "mean") {
      if (what.empty() || (what[0] != 'P' && what[0] != 'p')) refuse(whole);
      what.remove_prefix(1);
      const std::optional<double> percent = number_in_front(what);
      if (!percent || !what.empty() || !(*percent > 0 && *percent < 100)) refuse(whole);
      target.p = *percent / 100;
    }
  }
  const std::optional<double> size = number_in_front(value);
  if (!size || !(*size > 0) || !std::isfinite(*size) || name.empty()) refuse(whole);
  const double unit = value.empty() || value == "d" ? 1
                      : value == "w"                ? 7
                      : value == "h"                ? 1.0 / 24
                                                    : 0;
  if (unit == 0) refuse(whole);
  target.milestone = name;
  target.half_width_days = *size * unit;
  return target;
}

std::string to_string(const Target& target) {
  if (!target.p) return "mean of " + target.milestone;
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, std::round(*target.p * 1e6) / 1e4);
  return "P" + std::string(text, end.ptr) + " of " + target.milestone;
}

Estimate estimate(const std::vector<double>& days, const Target& target) {
  Estimate result;
  result.replications = days.size();
  result.reached = static_cast<std::uint64_t>(
      std::count_if(days.begin(), days.end(), [](double value) { return value < kInfinity; }));
  if (target.p)
    estimate_quantile(days, *target.p, result);
  else
    estimate_mean(days, result);
  result.half_width_days = kInfinity;
  if (result.days)
    result.half_width_days =
        std::max(*result.days - result.interval.low, result.interval.high - *result.days);
  result.met = result.met && result.half_width_days <= target.half_width_days;
  return result;
}

std::vector<std::uint64_t> check_counts(std::uint64_t most) {
  std::vector<std::uint64_t> counts;
  for (std::uint64_t n = kFirstStage; n < most; n += (n + 3) / 4) counts.push_back(n);
  counts.push_back(most);
  return counts;
}

Sequence sample_until(
    const std::vector<Target>& targets, std::uint64_t most,
    const std::function<std::vector<std::vector<double>>(std::uint64_t count)>& sample) {
  Sequence sequence;
  for (const std::uint64_t count : check_counts(most)) {
    const std::vector<std::vector<double>> numbers = sample(count);
    if (numbers.size() != targets.size()) break;  // it was stopped
    sequence.count = count;
    sequence.estimates.clear();
    for (std::size_t i = 0; i < targets.size(); ++i)
      sequence.estimates.push_back(estimate(numbers[i], targets[i]));
    sequence.met = std::all_of(sequence.estimates.begin(), sequence.estimates.end(),
                               [](const Estimate& known) { return known.met; });
    if (sequence.met) break;
  }
  return sequence;
}

PreciseResults run_until(const Model& model, const ExperimentOptions& options,
                         const std::vector<Target>& targets, RunDirectory* directory) {
  if (options.first >= options.last)
    throw std::invalid_argument("an experiment needs at least one replication");
  Growing growing(model, options, directory);
  std::vector<std::size_t> milestones;
  for (const Target& target : targets)
    milestones.push_back(milestone_of(growing.known(), target.milestone));

  PreciseResults precise;
  precise.sequence = sample_until(targets, options.last - options.first, [&](std::uint64_t count) {
    std::vector<std::vector<double>> numbers;
    const std::uint64_t last = options.first + count;
    if (!growing.grow_to(last)) return numbers;
    for (const std::size_t milestone : milestones)
      numbers.push_back(days_of(growing.known(), milestone, last));
    return numbers;
  });
  precise.results = growing.take();
  return precise;
}

}  // namespace racked
