// `racked compare`: the same luck for a scenario and its variants.
#include "select.h"
#include "studies.h"
#include "study_progress.h"
#include "terminal.h"

#include <racked/comparison.h>
#include <racked/precision.h>
#include <racked/variants.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace racked::cli {
namespace {

constexpr const char* kCompareHelp =
    "\nEvery variant meets the same luck as the baseline, replication by replication, so that\n"
    "a difference is of the change alone and few replications tell it.\n\n"
    "  racked compare s.textproto --variant 'late:equipment[transformer].lead_time_days=180'\n"
    "  racked compare s.textproto --variant crew_60:crew[electricians].headcount=60 \\\n"
    "                             --variant shift.textproto -n 1000\n"
    "  racked compare experiment.textproto -n 500 --out out\n"
    "  racked compare experiment.textproto --select best --milestone first_hall --indifference "
    "3d\n\n"
    "FILE is a scenario, or an experiment that names one, its variants and designs\n"
    "(docs/experiments.md).\n";

/// What is compared.
struct Question {
  ScenarioFile baseline;
  std::vector<Variant> variants;
};

void append(ExperimentFile& to, ExperimentFile from) {
  to.overlays.insert(to.overlays.end(), from.overlays.begin(), from.overlays.end());
  to.edits.insert(to.edits.end(), from.edits.begin(), from.edits.end());
  to.variants.insert(to.variants.end(), from.variants.begin(), from.variants.end());
  to.problems.insert(to.problems.end(), from.problems.begin(), from.problems.end());
}

// A variant of the command line: changes, an overlay, or a file of variants.
void add_variant(ExperimentFile& all, const std::string& text) {
  Variant variant = parse_variant(text);
  if (!variant.overlays.empty() && is_experiment(variant.overlays.front()))
    return append(all, read_experiment(variant.overlays.front()));
  all.variants.push_back(std::move(variant));
}

void check_names(const std::vector<Variant>& variants) {
  std::vector<std::string> names;
  for (const Variant& variant : variants) names.push_back(variant.name);
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice != names.end()) throw std::invalid_argument("two variants are called '" + *twice + "'");
}

// ScenarioError when the experiment itself is wrong.
Question question_of(const CompareOptions& options) {
  const Input& input = options.study.input;
  ExperimentFile all;
  if (is_experiment(input.scenario))
    all = read_experiment(input.scenario);
  else
    all.scenario = input.scenario;
  const bool named = !all.scenario.empty();
  for (const std::string& text : options.variants) add_variant(all, text);
  if (!all.problems.empty()) throw ScenarioError(std::move(all.problems));
  if (!named)
    throw std::invalid_argument(input.scenario.string() +
                                " names no scenario; give it with --variant beside one");
  if (all.variants.empty())
    throw std::invalid_argument("there is nothing to compare with; give --variant");
  check_names(all.variants);
  all.overlays.insert(all.overlays.end(), input.overlays.begin(), input.overlays.end());
  all.edits.insert(all.edits.end(), input.edits.begin(), input.edits.end());
  return {read_scenario(all.scenario, all.overlays, all.edits), std::move(all.variants)};
}

// The table.

std::string date(const VariantTimes& times, double days) {
  return iso_date(date_of(des::kStart + des::rounded(days, des::kDay), times.start));
}

std::string quantile_text(const Difference::Quantile& quantile) {
  if (!quantile.days) return "never";
  std::string text = fmt::format("{:+.1f}", *quantile.days);
  if (!quantile.interval) return text;
  const auto end = [](double value) {
    return std::isfinite(value) ? fmt::format("{:+.1f}", value) : std::string("?");
  };
  return text +
         fmt::format(" ({} … {})", end(quantile.interval->low), end(quantile.interval->high));
}

std::string mean_text(const Difference& difference) {
  std::string text = fmt::format("{:+.1f}", difference.days);
  if (difference.half_width_days) text += fmt::format(" ± {:.1f}", *difference.half_width_days);
  return difference.censored() > 0 ? text + " *" : text;
}

std::string variant_lines(const Comparison& comparison, const Difference& difference) {
  const VariantTimes& variant = comparison.variants[difference.variant];
  std::string text = fmt::format(
      "  {} {} {} {} {:>7}\n", fitted(variant.name, 20), fitted(mean_text(difference), 18),
      fitted(quantile_text(difference.quantiles[0]), 22),
      fitted(quantile_text(difference.quantiles[1]), 22),
      difference.variance_removed ? fmt::format("{:.0f} %", 100 * *difference.variance_removed)
                                  : std::string("–"));
  for (const auto& by : difference.by)
    text += fmt::format("      by {}  {:5.1f} % → {:5.1f} %   {:+.1f} points ({:+.1f} … {:+.1f})\n",
                        iso_date(by.day), 100 * by.baseline, 100 * by.variant,
                        100 * (by.variant - by.baseline), 100 * by.interval.low,
                        100 * by.interval.high);
  if (difference.censored() > 0)
    text += fmt::format(
        "      * not reached: baseline {}, variant {} of {}; they count as the "
        "horizon\n",
        grouped(difference.pairs - difference.both - difference.baseline_only),
        grouped(difference.pairs - difference.both - difference.variant_only),
        grouped(difference.pairs));
  return text;
}

std::string baseline_line(const Comparison& comparison, const Difference& difference) {
  const VariantTimes& baseline = comparison.variants.front();
  const auto& question = baseline.milestones[difference.milestone];
  std::string text = fmt::format("\n{}\n  baseline: mean {}",
                                 question.title.empty() ? question.name : question.title,
                                 date(baseline, difference.baseline_days));
  for (const auto& quantile : difference.quantiles)
    text += fmt::format(", P{:.0f} {}", 100 * quantile.p,
                        quantile.baseline_days ? date(baseline, *quantile.baseline_days) : "never");
  return text + fmt::format("\n  {} {} {} {} {}\n", fitted("variant", 20), fitted("mean [d]", 18),
                            fitted("P50 [d]", 22), fitted("P80 [d]", 22), "removed");
}

std::string table(const Comparison& comparison) {
  const VariantTimes& baseline = comparison.variants.front();
  std::string text = comparison.title.empty() ? "" : comparison.title + "\n";
  text += fmt::format("{}, {} to {}; {}, seed {}\n", comparison.scenario, iso_date(baseline.start),
                      iso_date(baseline.horizon),
                      counted(baseline.replications.size(), "replication"), baseline.seed);
  text +=
      "Days that variants are later than the baseline (negative: earlier), 95 % intervals;\n"
      "removed: the share of the variance that the same luck took out of the difference\n";
  std::size_t milestone = baseline.milestones.size();
  for (const Difference& difference : comparison.differences) {
    if (difference.pairs == 0) continue;
    if (difference.milestone != milestone) text += baseline_line(comparison, difference);
    milestone = difference.milestone;
    text += variant_lines(comparison, difference);
  }
  for (const VariantTimes& times : comparison.variants)
    if (!times.title.empty()) text += fmt::format("\n{}: {}", times.name, times.title);
  return text + (text.back() == '\n' ? "" : "\n");
}

std::size_t say_failures(const Comparison& comparison) {
  std::size_t count = 0;
  for (const VariantTimes& times : comparison.variants)
    for (const auto& failure : times.failures)
      if (++count <= 10)
        say(fmt::format("{}: replication {} failed: {}\n", times.name, failure.replication,
                        failure.message));
  if (count > 10) say(fmt::format("and {} more failed\n", grouped(count - 10)));
  return count;
}

int compare_variants(const CompareOptions& options) {
  const Study& study = options.study;
  StudyRun run(study);
  Comparison comparison;
  try {
    const Question question = question_of(options);
    if (options.select) return select_best(question.baseline, question.variants, options);
    comparison = run_comparison(question.baseline, question.variants, run.options());
  } catch (const ScenarioError& error) {
    say_problems(error.problems());
    return kBadScenario;
  }
  run.clear();
  if (interrupted() && comparison.differences.empty()) {
    say("Stopped before there was anything to compare.\n");
    return kInterrupted;
  }
  print(study.format == Format::json ? comparison_json(comparison) : table(comparison));
  if (study.out) write_comparison(comparison, *study.out);
  const std::size_t failed = say_failures(comparison);
  if (interrupted()) {
    say("Stopped; variants that were not finished are left out.\n");
    return kInterrupted;
  }
  return failed == 0 ? kGood : kOurs;
}

}  // namespace

void add_compare(CLI::App& app, CompareOptions& options, int& code) {
  CLI::App& command = *app.add_subcommand(
      "compare", "Tell what changes make of the milestones, beside the unchanged scenario");
  command.footer(kCompareHelp + app.get_footer());
  add_study(command, options.study, "Write comparison.json and its tables there");
  add_replications(command, options.study.first, options.study.last,
                   "Of each variant: how many, or which; default 100");
  command
      .add_option("--variant", options.variants,
                  "Changes under a name, an overlay, or a file of variants; as often as needed")
      ->allow_extra_args(false)
      ->option_text("NAME:PATH=VALUE,…|FILE");
  command
      .add_option_function<std::string>(
          "--select", [&](const std::string&) { options.select = true; },
          "Instead of differences: which reaches --milestone first, with the --probability; runs "
          "as\n"
          "many replications as that needs, at most --replications (10,000)")
      ->check(CLI::IsMember({"best"}))
      ->option_text("best");
  command.add_option("-m,--milestone", options.milestone, "Of a selection")->option_text("ID");
  command.add_option("--probability", options.probability, "Of a selection; default 0.95")
      ->check(CLI::Range(0.5, 0.9999))
      ->option_text("P");
  command
      .add_option_function<std::string>(
          "--indifference",
          [&](const std::string& text) {
            try {
              options.indifference_days = parse_target("x=" + text).half_width_days;
            } catch (const std::invalid_argument&) {
              throw CLI::ValidationError("--indifference", "'" + text + "' is no time; write 3d");
            }
          },
          "Of a selection: smaller differences do not matter; default 1d")
      ->option_text("DAYS");
  command.callback([&] {
    if (options.select && options.milestone.empty())
      throw CLI::ValidationError("--select", "needs --milestone");
    options.replications_given = command.count("--replications") > 0;
    code = compare_variants(options);
  });
}

}  // namespace racked::cli
