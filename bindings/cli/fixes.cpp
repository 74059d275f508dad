// `racked fixes`: what is worth making better.
#include "studies.h"
#include "study_progress.h"
#include "terminal.h"

#include <racked/files.h>
#include <racked/fixes.h>
#include <racked/model.h>
#include <racked/response.h>

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace racked::cli {
namespace {

constexpr const char* kFixesHelp =
    "\nEverything that has a part in the milestone's critical chain is tried, by the same luck "
    "with\n"
    "and without the fix: tasks, lead times and rack steps shorter, crews and capacities larger,\n"
    "power and deliveries earlier. What a building design says once is one fix.\n\n"
    "  racked fixes s.textproto --milestone first_hall\n"
    "  racked fixes s.textproto --milestone first_hall --shorter 10% --larger 50% -n 400 --most "
    "10\n"
    "  racked fixes s.textproto --milestone first_hall --price 'crew[electricians]=2.5e6'\n";

// "what=dollars"; the name may hold signs of equality, the number none.
std::pair<std::string, double> price_of(const std::string& text) {
  const std::size_t split = text.rfind('=');
  double usd = 0;
  const char* last = text.data() + text.size();
  if (split != std::string::npos && split > 0) {
    const auto [end, error] = std::from_chars(text.data() + split + 1, last, usd);
    if (error == std::errc() && end == last && usd > 0 && std::isfinite(usd))
      return {text.substr(0, split), usd};
  }
  throw CLI::ValidationError(
      "--price", "'" + text + "' is no price; write the fix and dollars, crew[hands]=2.5e6");
}

// "20%" or "0.2".
double share(const char* option, const std::string& text) {
  double value = 0;
  const char* last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, value);
  const bool percent = end + 1 == last && *end == '%';
  if (error != std::errc() || !(end == last || percent) || !std::isfinite(value))
    throw CLI::ValidationError(option, "'" + text + "' is no share; write 20% or 0.2");
  return percent ? value / 100 : value;
}

std::string table(const FixTable& fixes) {
  std::string text = fmt::format(
      "{}: days gained at {}; times {:g} % shorter or earlier, pools and rates {:g} % larger\n",
      fixes.scenario, fixes.milestone, 100 * fixes.size.shorter, 100 * fixes.size.larger);
  const bool priced = !fixes.values.empty() && fixes.values.front().usd;
  text += fmt::format("{} {} {:>16} {:>8} {:>10}{}\n", fitted("kind", 11), fitted("what", 50),
                      "gained, 95 % [d]", "on chain", "days on it", priced ? "  d per M$" : "");
  for (const FixValue& value : fixes.values) {
    std::string gained = fmt::format("{:+.1f}", 0 - value.difference.days);
    if (value.difference.half_width_days)
      gained += fmt::format(" ± {:.1f}", *value.difference.half_width_days);
    const auto per_million = value.days_per_million_usd();
    text += fmt::format("{} {} {:>16} {:>6.0f} % {:>10.1f}{}\n", fitted(value.fix.kind, 11),
                        fitted_end(value.fix.what, 50), gained, 100 * value.fix.share,
                        value.fix.chain_days,
                        per_million ? fmt::format(" {:>9.3g}", *per_million) : "");
  }
  if (fixes.left_out > 0)
    text += fmt::format("{} with fewer days on the chain not tried; --most tries more\n",
                        counted(fixes.left_out, "fix", "fixes"));
  return text;
}

int tell_fixes(const FixesOptions& options) {
  const Study& study = options.study;
  StudyRun run(study);
  FixTable fixes;
  try {
    fixes = value_of_fixes(
        read_scenario(study.input.scenario, study.input.overlays, study.input.edits),
        options.milestone, options.size, options.most, run.options(), options.prices);
  } catch (const ScenarioError& error) {
    run.clear();
    say_problems(error.problems());
    return kBadScenario;
  } catch (const Stopped&) {
    run.clear();
    say("Stopped before there was anything to tell.\n");
    return kInterrupted;
  }
  run.clear();
  print(study.format == Format::json ? fixes_json(fixes) : table(fixes));
  if (study.out) write_fixes(fixes, *study.out);
  return kGood;
}

}  // namespace

void add_fixes(CLI::App& app, FixesOptions& options, int& code) {
  CLI::App& command =
      *app.add_subcommand("fixes", "Tell how many days a milestone gains if one thing is better");
  command.footer(kFixesHelp + app.get_footer());
  add_study(command, options.study, "Write fixes.json and fixes.csv there");
  add_replications(command, options.study.first, options.study.last,
                   "Of each fix: how many, or which; default 100");
  command.add_option("-m,--milestone", options.milestone, "Which milestone, by its id")
      ->required()
      ->option_text("ID");
  command
      .add_option_function<std::string>(
          "--shorter",
          [&](const std::string& text) { options.size.shorter = share("--shorter", text); },
          "How much shorter times become; default 20%")
      ->option_text("SHARE");
  command
      .add_option_function<std::string>(
          "--larger",
          [&](const std::string& text) { options.size.larger = share("--larger", text); },
          "How much larger crews, capacities and rates become; default 20%")
      ->option_text("SHARE");
  command
      .add_option_function<std::string>(
          "--most",
          [&](const std::string& text) {
            options.most = static_cast<std::size_t>(whole_number("--most", text));
          },
          "Try so many, those with most days on the critical chain; default 30")
      ->option_text("N");
  command
      .add_option_function<std::vector<std::string>>(
          "--price",
          [&](const std::vector<std::string>& texts) {
            for (const std::string& text : texts) {
              const auto [what, usd] = price_of(text);
              options.prices[what] = usd;
            }
          },
          "What a fix costs in dollars; those with a price come first, by days per dollar")
      ->option_text("FIX=USD");
  command.callback([&] { code = tell_fixes(options); });
}

}  // namespace racked::cli
