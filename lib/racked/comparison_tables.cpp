#include <racked/comparison.h>

#include "csv.h"

#include <racked/files.h>
#include <racked/version.h>

#include <nlohmann/json.hpp>

#include <cmath>
#include <system_error>

namespace racked {
namespace {

using Json = nlohmann::ordered_json;

Json finite_or_null(double value) {
  if (!std::isfinite(value)) return nullptr;
  return value;
}

Json finite_or_null(const std::optional<double>& value) {
  return value ? finite_or_null(*value) : Json();
}

Json interval(const std::optional<des::Interval>& ends) {
  if (!ends) return nullptr;
  return Json::array({finite_or_null(ends->low), finite_or_null(ends->high)});
}

std::optional<des::Interval> mean_interval(const Difference& difference) {
  if (!difference.half_width_days) return {};
  return des::Interval{difference.days - *difference.half_width_days,
                       difference.days + *difference.half_width_days};
}

// An empty cell for what is not known, and for an end that is infinite.
void cell(Csv& csv, const std::optional<double>& value) {
  if (value && std::isfinite(*value))
    csv.value(*value);
  else
    csv.value("");
}

void cells(Csv& csv, const std::optional<des::Interval>& ends) {
  cell(csv, ends ? std::optional(ends->low) : std::nullopt);
  cell(csv, ends ? std::optional(ends->high) : std::nullopt);
}

std::string stamp(const VariantTimes& times) {
  return hex(times.scenario_hash) + "," + std::to_string(times.seed);
}

Json json_of(const Comparison& comparison, const Difference& difference) {
  const VariantTimes& baseline = comparison.variants.front();
  Json json = {{"variant", comparison.variants[difference.variant].name},
               {"milestone", baseline.milestones[difference.milestone].name},
               {"pairs", difference.pairs},
               {"both_reached", difference.both},
               {"baseline_only", difference.baseline_only},
               {"variant_only", difference.variant_only},
               {"baseline_mean_days", finite_or_null(difference.baseline_days)},
               {"variant_mean_days", finite_or_null(difference.variant_days)},
               {"difference_days", finite_or_null(difference.days)},
               {"interval_days", interval(mean_interval(difference))},
               {"variance_removed", finite_or_null(difference.variance_removed)}};
  for (const auto& quantile : difference.quantiles)
    json["p" + std::to_string(std::lround(100 * quantile.p))] = {
        {"baseline_days", finite_or_null(quantile.baseline_days)},
        {"variant_days", finite_or_null(quantile.variant_days)},
        {"difference_days", finite_or_null(quantile.days)},
        {"interval_days", interval(quantile.interval)}};
  json["by"] = Json::object();
  for (const auto& by : difference.by)
    json["by"][iso_date(by.day)] = {{"baseline", by.baseline},
                                    {"variant", by.variant},
                                    {"difference", by.variant - by.baseline},
                                    {"interval", interval(by.interval)}};
  return json;
}

}  // namespace

std::string comparison_json(const Comparison& comparison) {
  const VariantTimes& baseline = comparison.variants.front();
  Json json = {{"racked", version()},
               {"scenario", comparison.scenario},
               {"title", comparison.title},
               {"seed", baseline.seed},
               {"start", iso_date(baseline.start)},
               {"horizon", iso_date(baseline.horizon)},
               {"variants", Json::array()},
               {"differences", Json::array()}};
  for (const VariantTimes& times : comparison.variants) {
    Json failed = Json::array();
    for (const auto& failure : times.failures)
      failed.push_back({{"replication", failure.replication}, {"message", failure.message}});
    json["variants"].push_back({{"name", times.name},
                                {"title", times.title},
                                {"changes", times.edits},
                                {"scenario_hash", hex(times.scenario_hash)},
                                {"replications", times.replications.size()},
                                {"failed", std::move(failed)}});
  }
  for (const Difference& difference : comparison.differences)
    json["differences"].push_back(json_of(comparison, difference));
  return json.dump(2) + "\n";
}

std::string comparison_csv(const Comparison& comparison) {
  const VariantTimes& baseline = comparison.variants.front();
  std::string header =
      "scenario_hash,seed,variant,variant_hash,milestone,pairs,both_reached,baseline_only,"
      "variant_only,baseline_mean_days,variant_mean_days,difference_days,low_days,high_days,"
      "variance_removed";
  for (const double p : kComparedQuantiles) {
    const std::string name = "p" + std::to_string(std::lround(100 * p)) + "_";
    for (const char* column :
         {"baseline_days", "variant_days", "difference_days", "low_days", "high_days"})
      header.append(",").append(name).append(column);
  }
  Csv csv(header, stamp(baseline));
  for (const Difference& difference : comparison.differences) {
    const VariantTimes& variant = comparison.variants[difference.variant];
    csv.line().value(variant.name).value(hex(variant.scenario_hash));
    csv.value(baseline.milestones[difference.milestone].name).value(difference.pairs);
    csv.value(difference.both).value(difference.baseline_only).value(difference.variant_only);
    csv.value(difference.baseline_days).value(difference.variant_days).value(difference.days);
    cells(csv, mean_interval(difference));
    cell(csv, difference.variance_removed);
    for (std::size_t q = 0; q < std::size(kComparedQuantiles); ++q) {
      const Difference::Quantile quantile =
          q < difference.quantiles.size() ? difference.quantiles[q] : Difference::Quantile();
      cell(csv, quantile.baseline_days);
      cell(csv, quantile.variant_days);
      cell(csv, quantile.days);
      cells(csv, quantile.interval);
    }
  }
  return csv.finish();
}

std::string comparison_by_csv(const Comparison& comparison) {
  const VariantTimes& baseline = comparison.variants.front();
  Csv csv(
      "scenario_hash,seed,variant,milestone,date,baseline_probability,variant_probability,"
      "difference,low,high",
      stamp(baseline));
  for (const Difference& difference : comparison.differences)
    for (const auto& by : difference.by) {
      csv.line().value(comparison.variants[difference.variant].name);
      csv.value(baseline.milestones[difference.milestone].name).value(iso_date(by.day));
      csv.value(by.baseline).value(by.variant).value(by.variant - by.baseline);
      cells(csv, by.interval);
    }
  return csv.finish();
}

std::string comparison_times_csv(const Comparison& comparison) {
  const VariantTimes& baseline = comparison.variants.front();
  Csv csv("scenario_hash,seed,variant,replication,milestone,days_from_start", stamp(baseline));
  for (const VariantTimes& times : comparison.variants)
    for (std::size_t row = 0; row < times.replications.size(); ++row)
      for (std::size_t i = 0; i < times.milestones.size(); ++i) {
        const des::Time at = times.reached[row * times.milestones.size() + i];
        csv.line().value(times.name).value(times.replications[row]);
        csv.value(times.milestones[i].name);
        const double days = static_cast<double>(at.time_since_epoch().count()) / 86'400e9;
        cell(csv, at == des::kNever ? std::nullopt : std::optional(days));
      }
  return csv.finish();
}

std::string comparison_variants_csv(const Comparison& comparison) {
  Csv csv("scenario_hash,seed,variant,variant_hash,change", stamp(comparison.variants.front()));
  for (const VariantTimes& times : comparison.variants)
    for (const std::string& edit : times.edits)
      csv.line().value(times.name).value(hex(times.scenario_hash)).value(edit);
  return csv.finish();
}

void write_comparison(const Comparison& comparison, const std::filesystem::path& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) throw std::system_error(error, "cannot make " + directory.string());
  write_file(directory / "comparison_times.csv", comparison_times_csv(comparison));
  write_file(directory / "comparison_by.csv", comparison_by_csv(comparison));
  write_file(directory / "comparison.csv", comparison_csv(comparison));
  write_file(directory / "variants.csv", comparison_variants_csv(comparison));
  write_file(directory / "comparison.json", comparison_json(comparison));
}

}  // namespace racked
