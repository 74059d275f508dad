#include "until.h"

#include "terminal.h"

#include <racked/results.h>
#include <racked/variance_reduction.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>

namespace racked::cli {
namespace {

std::string date(const Results& results, double days) {
  if (!std::isfinite(days)) return "?";
  return iso_date(date_of(des::kStart + des::rounded(days, des::kDay), results.start));
}

nlohmann::ordered_json number(double value) {
  if (!std::isfinite(value)) return nullptr;
  return value;
}

}  // namespace

std::string until_table(const PreciseResults& precise, const std::vector<Target>& targets) {
  const Sequence& sequence = precise.sequence;
  if (targets.empty() || sequence.estimates.empty()) return "";
  std::string text =
      fmt::format("Known at 95 % after {}\n", counted(sequence.count, "replication"));
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const Estimate& known = sequence.estimates[i];
    const std::string value = known.days ? date(precise.results, *known.days) : "never";
    text += fmt::format("  {} {:<10}  {} … {}  {}\n", fitted(to_string(targets[i]), 34), value,
                        date(precise.results, known.interval.low),
                        date(precise.results, known.interval.high),
                        known.met ? fmt::format("± {:.1f} d, {:g} d asked", known.half_width_days,
                                                targets[i].half_width_days)
                                  : fmt::format("± {:.1f} d, NOT the {:g} d asked",
                                                known.half_width_days, targets[i].half_width_days));
  }
  return text;
}

std::string blocks_table(const Results& results, std::uint64_t block) {
  std::string text = fmt::format(
      "Replications depend on each other in blocks of {}; intervals above take them for "
      "independent.\n"
      "Means by blocks, times not reached as the horizon; removed: of the variance of the mean\n",
      block);
  for (std::size_t i = 0; i < results.milestones.size(); ++i) {
    const BlockMean mean = mean_by_blocks(results, i, block);
    if (mean.blocks < 2) return text + "  too few blocks for an interval\n";
    text +=
        fmt::format("  {} {} ± {:.2f} d  removed {}\n", fitted(results.milestones[i].name, 34),
                    date(results, mean.days), mean.half_width_days,
                    mean.variance_removed ? fmt::format("{:.0f} %", 100 * *mean.variance_removed)
                                          : std::string("–"));
  }
  return text;
}

std::string until_json(const PreciseResults& precise, const std::vector<Target>& targets) {
  auto json = nlohmann::ordered_json::parse(summary_json(precise.results));
  const Sequence& sequence = precise.sequence;
  auto list = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < sequence.estimates.size(); ++i) {
    const Estimate& known = sequence.estimates[i];
    nlohmann::ordered_json p = nullptr;
    if (targets[i].p) p = *targets[i].p;
    list.push_back({{"milestone", targets[i].milestone},
                    {"p", std::move(p)},
                    {"asked_days", targets[i].half_width_days},
                    {"days_from_start", number(known.days ? *known.days : HUGE_VAL)},
                    {"low_days", number(known.interval.low)},
                    {"high_days", number(known.interval.high)},
                    {"half_width_days", number(known.half_width_days)},
                    {"reached", known.reached},
                    {"met", known.met}});
  }
  json["until"] = {
      {"replications", sequence.count}, {"met", sequence.met}, {"targets", std::move(list)}};
  return json.dump(2) + "\n";
}

}  // namespace racked::cli
