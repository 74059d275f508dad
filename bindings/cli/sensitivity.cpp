// `racked sensitivity`: what drives a milestone.
#include "studies.h"
#include "study_progress.h"
#include "terminal.h"

#include <racked/files.h>
#include <racked/model.h>
#include <racked/response.h>
#include <racked/sensitivity.h>
#include <racked/sensitivity_study.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <stdexcept>

namespace racked::cli {
namespace {

constexpr const char* kSensitivityHelp =
    "\nInputs are the uncertain fields of the scenario: distributions, chances, risk drivers, "
    "weather.\n"
    "What a building design says once is one input.\n\n"
    "  tornado  the mean of the milestone with the input at its p10 and at its p90, or with what\n"
    "           may happen not happening and happening; all else by the same luck\n"
    "  morris   cheap screening: mean size (mu*) and spread (sigma) of elementary effects\n"
    "  sobol    shares of the variance: by the input alone (first) and with all others (total)\n\n"
    "  racked sensitivity s.textproto --milestone first_hall\n"
    "  racked sensitivity s.textproto --milestone first_hall --method sobol -n 1024 --out out\n";

std::string blocks(double share) {
  std::string text;
  const auto count = static_cast<int>(std::lround(20 * std::clamp(share, 0.0, 1.0)));
  for (int i = 0; i < count; ++i) text += "█";
  return text;
}

std::string hundred_times(double share) { return fmt::format("{:.1f}", 100 * share); }

std::string tornado_lines(const SensitivityStudy& study) {
  std::string text = fmt::format("{} {:>9} {:>9} {:>16}\n", fitted("input", 41), "p10 [d]",
                                 "p90 [d]", "swing, 95 % [d]");
  const double most = study.rows.empty() ? 0 : study.rows.front().weight();
  for (const SensitivityRow& row : study.rows)
    text += fmt::format(
        "{} {:>9.1f} {:>9.1f} {:>16}  {}\n", fitted_end(row.input, 41), row.swing.low,
        row.swing.high,
        fmt::format("{:+.1f} ± {:.1f}", row.swing.high - row.swing.low, row.swing.half_width),
        blocks(most > 0 ? row.weight() / most : 0));
  return text;
}

std::string morris_lines(const SensitivityStudy& study) {
  std::string text = fmt::format("{} {:>16} {:>9} {:>9}\n", fitted("input", 52), "mu*, 95 % [d]",
                                 "mu [d]", "sigma [d]");
  for (const SensitivityRow& row : study.rows)
    text += fmt::format("{} {:>16} {:>9.1f} {:>9.1f}\n", fitted_end(row.input, 52),
                        fmt::format("{:.1f} ± {:.1f}", row.effects.mu_star, row.effects.half_width),
                        row.effects.mu, row.effects.sigma);
  return text;
}

std::string sobol_lines(const SensitivityStudy& study) {
  std::string text = fmt::format("mean {:.1f} d from the start, standard deviation {:.1f} d\n",
                                 study.mean, std::sqrt(std::max(0.0, study.variance)));
  text +=
      fmt::format("{} {:>22} {:>22}\n", fitted("input", 52), "first, 95 % [%]", "total, 95 % [%]");
  const auto with_ends = [](double value, const des::Interval& ends) {
    return fmt::format("{} ({} … {})", hundred_times(value), hundred_times(ends.low),
                       hundred_times(ends.high));
  };
  for (const SensitivityRow& row : study.rows)
    text += fmt::format("{} {:>22} {:>22}\n", fitted_end(row.input, 52),
                        with_ends(row.index.first, row.index.first_interval),
                        with_ends(row.index.total, row.index.total_interval));
  return text;
}

std::string table(const SensitivityStudy& study) {
  std::string text = fmt::format("{}: what drives {}; {}, seed {}\n", study.scenario,
                                 study.milestone, counted(study.looks, "simulation"), study.seed);
  switch (study.method) {
    case SensitivityMethod::tornado: text += tornado_lines(study); break;
    case SensitivityMethod::morris: text += morris_lines(study); break;
    case SensitivityMethod::sobol: text += sobol_lines(study); break;
  }
  for (const std::string& input : study.left_out)
    text += "no part of a tornado, for every day or rack has its own: " + input + "\n";
  return text;
}

int tell_what_drives(const SensitivityOptions& options) {
  Model model;
  try {
    model = make_model(read_scenario(options.study.input.scenario, options.study.input.overlays,
                                     options.study.input.edits));
  } catch (const ScenarioError& error) {
    say_problems(error.problems());
    return kBadScenario;
  }
  StudyRun run(options.study);
  SensitivityStudy study;
  try {
    study = study_sensitivity(model, options.milestone, options.method,
                              static_cast<std::size_t>(options.study.last), run.options());
  } catch (const Stopped&) {
    run.clear();
    say("Stopped before there was anything to tell.\n");
    return kInterrupted;
  }
  run.clear();
  print(options.study.format == Format::json ? sensitivity_json(study) : table(study));
  if (options.study.out) write_sensitivity(study, *options.study.out);
  return kGood;
}

}  // namespace

void add_sensitivity(CLI::App& app, SensitivityOptions& options, int& code) {
  CLI::App& command =
      *app.add_subcommand("sensitivity", "Tell which uncertain inputs drive a milestone");
  command.footer(kSensitivityHelp + app.get_footer());
  options.study.last = 0;
  add_study(command, options.study, "Write sensitivity.json and sensitivity.csv there");
  command.add_option("-m,--milestone", options.milestone, "Which milestone, by its id")
      ->required()
      ->option_text("ID");
  command.add_option("--method", options.method, "Default: tornado")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, SensitivityMethod>{{"tornado", SensitivityMethod::tornado},
                                                   {"morris", SensitivityMethod::morris},
                                                   {"sobol", SensitivityMethod::sobol}}))
      ->option_text("tornado|morris|sobol");
  command
      .add_option_function<std::string>(
          "-n,--replications",
          [&](const std::string& text) {
            options.study.last = whole_number("--replications", text);
            if (options.study.last == 0) throw CLI::ValidationError("--replications", "0 is none");
          },
          "Of a tornado: replications at each end (default 100); of morris: trajectories (20);\n"
          "of sobol: rows, best a power of two (256)")
      ->option_text("N");
  command.callback([&] { code = tell_what_drives(options); });
}

}  // namespace racked::cli
