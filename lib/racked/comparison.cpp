#include <racked/comparison.h>

#include "rank.h"

#include <racked/des/random_stream.h>
#include <racked/des/statistics.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <string>
#include <utility>

namespace racked {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();
constexpr double kNormal975 = 1.959963984540054;

double in_days(des::Duration span) { return static_cast<double>(span.count()) / 86'400e9; }

/// Of the replications that two variants came to an end in.
struct Pairs {
  std::vector<double> baseline, variant;  ///< Days; kNever beyond the common horizon.
  std::vector<std::size_t> order_of_baseline, order_of_variant;

  std::size_t size() const { return baseline.size(); }
};

std::vector<std::size_t> order_of(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  return order;
}

double days_of(const VariantTimes& times, std::size_t row, std::size_t milestone, double offset,
               double horizon) {
  const des::Time at = times.reached[row * times.milestones.size() + milestone];
  if (at == des::kNever) return kNever;
  const double days = in_days(at.time_since_epoch()) + offset;
  return days > horizon ? kNever : days;
}

// The p-quantile of values of which the i-th counts `weights[i]` times; `total` in all.
double quantile_of(const std::vector<double>& values, const std::vector<std::size_t>& order,
                   const std::vector<std::uint32_t>& weights, std::size_t total, double p) {
  const std::size_t place = rank(p, total);
  std::size_t passed = 0;
  for (const std::size_t i : order) {
    passed += weights[i];
    if (passed > place) return values[i];
  }
  return kNever;
}

// The differences of the compared quantiles in resamples of the pairs, [quantile][resample]; not a
// number where both never come.
std::vector<std::vector<double>> resampled(const Pairs& pairs, std::uint64_t seed) {
  std::vector<std::vector<double>> differences(std::size(kComparedQuantiles));
  std::vector<std::uint32_t> weights(pairs.size());
  for (std::size_t i = 0; i < kResamples; ++i) {
    des::RandomStream stream(seed, des::purpose_key("comparison/bootstrap"), i);
    std::fill(weights.begin(), weights.end(), 0u);
    for (std::size_t j = 0; j < pairs.size(); ++j)
      ++weights[static_cast<std::size_t>(stream.uniform() * static_cast<double>(pairs.size()))];
    for (std::size_t q = 0; q < differences.size(); ++q) {
      const double p = kComparedQuantiles[q];
      differences[q].push_back(
          quantile_of(pairs.variant, pairs.order_of_variant, weights, pairs.size(), p) -
          quantile_of(pairs.baseline, pairs.order_of_baseline, weights, pairs.size(), p));
    }
  }
  return differences;
}

std::optional<des::Interval> percentiles(std::vector<double> differences) {
  if (std::any_of(differences.begin(), differences.end(), [](double d) { return std::isnan(d); }))
    return {};
  std::sort(differences.begin(), differences.end());
  return des::Interval{differences[rank(0.025, kResamples)], differences[rank(0.975, kResamples)]};
}

std::vector<Difference::Quantile> compare_quantiles(const Pairs& pairs, std::uint64_t seed) {
  const std::vector<std::uint32_t> once(pairs.size(), 1);
  const auto value = [&](const auto& values, const auto& order, double p) {
    const double days = quantile_of(values, order, once, pairs.size(), p);
    return std::isfinite(days) ? std::optional(days) : std::nullopt;
  };
  const std::vector<std::vector<double>> differences = resampled(pairs, seed);
  std::vector<Difference::Quantile> quantiles;
  for (std::size_t q = 0; q < differences.size(); ++q) {
    Difference::Quantile quantile;
    quantile.p = kComparedQuantiles[q];
    quantile.baseline_days = value(pairs.baseline, pairs.order_of_baseline, quantile.p);
    quantile.variant_days = value(pairs.variant, pairs.order_of_variant, quantile.p);
    if (quantile.baseline_days && quantile.variant_days) {
      quantile.days = *quantile.variant_days - *quantile.baseline_days;
      if (pairs.size() > 1) quantile.interval = percentiles(differences[q]);
    }
    quantiles.push_back(quantile);
  }
  return quantiles;
}

Difference::By compare_by(const Pairs& pairs, Date day, Date start) {
  const double end = static_cast<double>((day + std::chrono::days(1) - start).count());
  double both = 0, baseline = 0, variant = 0;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const bool first = pairs.baseline[i] < end, second = pairs.variant[i] < end;
    both += first && second;
    baseline += first && !second;
    variant += !first && second;
  }
  const auto n = static_cast<double>(pairs.size());
  Difference::By by;
  by.day = day;
  by.baseline = (both + baseline) / n;
  by.variant = (both + variant) / n;
  const double b = baseline + 0.5, c = variant + 0.5, all = n + 2;
  const double middle = (c - b) / all;
  const double half = kNormal975 * std::sqrt((b + c) - (c - b) * (c - b) / all) / all;
  by.interval = {std::max(-1.0, middle - half), std::min(1.0, middle + half)};
  return by;
}

void compare_means(const Pairs& pairs, double horizon, Difference& difference) {
  des::Tally first, second, between;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const double a = std::min(pairs.baseline[i], horizon), b = std::min(pairs.variant[i], horizon);
    const bool first_there = pairs.baseline[i] < kNever, second_there = pairs.variant[i] < kNever;
    difference.both += first_there && second_there;
    difference.baseline_only += first_there && !second_there;
    difference.variant_only += !first_there && second_there;
    first.record(a);
    second.record(b);
    between.record(b - a);
  }
  difference.pairs = pairs.size();
  difference.baseline_days = first.mean();
  difference.variant_days = second.mean();
  difference.days = between.mean();
  if (between.count() > 1) difference.half_width_days = between.half_width(0.95);
  const double apart = first.variance() + second.variance();
  if (apart > 0) difference.variance_removed = 1 - between.variance() / apart;
}

// Rows of the replications that both hold.
std::vector<std::pair<std::size_t, std::size_t>> matched_rows(const VariantTimes& a,
                                                              const VariantTimes& b) {
  std::vector<std::pair<std::size_t, std::size_t>> rows;
  std::size_t j = 0;
  for (std::size_t i = 0; i < a.replications.size(); ++i) {
    while (j < b.replications.size() && b.replications[j] < a.replications[i]) ++j;
    if (j < b.replications.size() && b.replications[j] == a.replications[i])
      rows.emplace_back(i, j);
  }
  return rows;
}

Difference difference_of(const VariantTimes& baseline, const VariantTimes& variant,
                         std::size_t milestone, std::size_t same) {
  const double offset = static_cast<double>((variant.start - baseline.start).count());
  const double horizon =
      static_cast<double>((std::min(baseline.horizon, variant.horizon) - baseline.start).count());
  Pairs pairs;
  for (const auto& [a, b] : matched_rows(baseline, variant)) {
    pairs.baseline.push_back(days_of(baseline, a, milestone, 0, horizon));
    pairs.variant.push_back(days_of(variant, b, same, offset, horizon));
  }
  Difference difference;
  difference.milestone = milestone;
  compare_means(pairs, horizon, difference);
  if (pairs.size() == 0) return difference;
  pairs.order_of_baseline = order_of(pairs.baseline);
  pairs.order_of_variant = order_of(pairs.variant);
  difference.quantiles = compare_quantiles(pairs, baseline.seed);
  for (const Date day : baseline.milestones[milestone].by)
    difference.by.push_back(compare_by(pairs, day, baseline.start));
  return difference;
}

}  // namespace

VariantTimes times_of(std::string name, const Results& results) {
  VariantTimes times;
  times.name = std::move(name);
  times.scenario_hash = results.scenario_hash;
  times.seed = results.seed;
  times.start = results.start;
  times.horizon = results.horizon;
  times.milestones = results.milestones;
  times.replications = results.replications;
  times.reached = results.reached;
  times.failures = results.failures;
  return times;
}

Comparison compare(std::vector<VariantTimes> variants) {
  if (variants.empty()) throw std::invalid_argument("there is nothing to compare");
  Comparison comparison;
  comparison.variants = std::move(variants);
  const VariantTimes& baseline = comparison.variants.front();
  for (const VariantTimes& times : comparison.variants)
    if (times.seed != baseline.seed)
      throw std::invalid_argument("variants are compared by one seed: " + baseline.name + " has " +
                                  std::to_string(baseline.seed) + ", " + times.name + " " +
                                  std::to_string(times.seed));
  for (std::size_t i = 0; i < baseline.milestones.size(); ++i)
    for (std::size_t j = 1; j < comparison.variants.size(); ++j) {
      const VariantTimes& variant = comparison.variants[j];
      const auto same =
          std::find_if(variant.milestones.begin(), variant.milestones.end(),
                       [&](const auto& m) { return m.name == baseline.milestones[i].name; });
      if (same == variant.milestones.end()) continue;
      comparison.differences.push_back(difference_of(
          baseline, variant, i, static_cast<std::size_t>(same - variant.milestones.begin())));
      comparison.differences.back().variant = j;
    }
  return comparison;
}

}  // namespace racked
