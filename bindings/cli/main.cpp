#include "commands.h"
#include "options.h"
#include "studies.h"
#include "terminal.h"

#include <racked/version.h>

#include <CLI/CLI.hpp>

#include <csignal>
#include <exception>
#include <map>
#include <new>
#include <stdexcept>
#include <string>
#include <system_error>

namespace racked::cli {
namespace {

/// Without --replications; less where less fits in memory.
constexpr std::uint64_t kUntilMost = 100'000;

Target until_of(const std::string& text) {
  try {
    return parse_target(text);
  } catch (const std::invalid_argument& error) {
    throw CLI::ValidationError("--until", error.what());
  }
}

void add_run(CLI::App& app, RunOptions& options, int& code) {
  CLI::App& command =
      *app.add_subcommand("run", "Simulate a scenario many times and tell what came out");
  add_input(command, options.input);
  add_replications(command, options.first, options.last,
                   "How many, or which: A:B stands for A, A+1, … B-1; default 100");
  command
      .add_option_function<std::vector<std::string>>(
          "--until",
          [&](const std::vector<std::string>& texts) {
            for (const std::string& text : texts) options.until.push_back(until_of(text));
          },
          "Stop when this is known well enough, at 95 %: 'first_hall=2d' (the mean) or\n"
          "'P80 of first_hall=5d'; as often as needed. --replications is then the most, by "
          "default\n"
          "100,000 or what fits in memory")
      ->allow_extra_args(false)
      ->option_text("TARGET=DAYS");
  add_seed(command, options.seed);
  command
      .add_option(
          "--luck", options.luck,
          "How the luck of replications hangs together: in antithetic pairs, or in blocks of\n"
          "64 that a Sobol sequence spreads evenly; default independent")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, LuckKind>{{"independent", LuckKind::independent},
                                          {"antithetic", LuckKind::antithetic},
                                          {"quasi", LuckKind::quasi}}))
      ->option_text("independent|antithetic|quasi");
  add_threads(command, options.threads);
  command
      .add_option("-o,--out", options.out,
                  "Write report.html, summary.json, tables and results.binpb there; the same again "
                  "goes on\n"
                  "with what a run that was killed has finished")
      ->option_text("DIR");
  command
      .add_option("--branch-at", options.branch_at,
                  "Run by FILE until this date; from then on by --set and --overlay")
      ->option_text("DATE");
  command.add_flag("--audit", options.audit, "Judge every replication by independent rules");
  add_progress(command, options.progress);
  add_format(command, options.format);
  command.add_flag("--print-scenario", options.print_scenario,
                   "Print the scenario with overlays and changes instead of running it");
  command.callback([&] {
    options.most_given = command.count("--replications") > 0;
    if (!options.until.empty() && !options.most_given) options.last = kUntilMost;
    code = run_scenario(options);
  });
}

struct ExplainCommand {
  MilestoneQuestion question;
  bool cpm = false;
};

void add_explain(CLI::App& app, ExplainCommand& options, int& code) {
  MilestoneQuestion& question = options.question;
  CLI::App& command = *app.add_subcommand(
      "explain", "Tell what a milestone, or a plan, hangs on: who waited for what, and why");
  add_input(command, question.input);
  CLI::Option& milestone =
      *command.add_option("-m,--milestone", question.milestone,
                          "Why this one is reached when it is: the critical chain in words, what\n"
                          "is critical how often, and what would have it a month earlier");
  milestone.option_text("NAME");
  command
      .add_flag("--cpm", options.cpm,
                "Instead: early and late dates, float and the longest path at means")
      ->excludes(&milestone);
  add_replications(command, question.first, question.last,
                   "Of --milestone: how many, or which; default 100");
  add_seed(command, question.seed);
  add_threads(command, question.threads);
  command
      .add_option("-o,--out", question.out,
                  "Of --milestone: write explanation_NAME.json there, too, and put it\n"
                  "into the report of what `racked run --out` wrote there")
      ->option_text("DIR");
  add_progress(command, question.progress);
  add_format(command, question.format);
  command.callback([&] {
    if (!options.cpm && question.milestone.empty())
      throw CLI::RequiredError("--milestone, or --cpm,");
    code =
        options.cpm ? explain_plan(question.input, question.format) : explain_milestone(question);
  });
}

void add_trace(CLI::App& app, TraceOptions& options, int& code) {
  CLI::App& command = *app.add_subcommand(
      "trace", "Write one replication as a timeline: who did what, when and why");
  add_input(command, options.input);
  command
      .add_option_function<std::string>(
          "-r,--replication",
          [&](const std::string& text) {
            options.replication = whole_number("--replication", text);
          },
          "Which; default 0")
      ->option_text("R");
  add_seed(command, options.seed);
  command
      .add_option("-o,--out", options.out,
                  "T.pftrace: for ui.perfetto.dev, with counters and the flows from causes to\n"
                  "starts. T.csv: a Gantt chart as a table")
      ->required()
      ->option_text("T");
  command.callback([&] { code = trace_replication(options); });
}

struct OtherOptions {
  std::vector<std::filesystem::path> files;
  std::filesystem::path out;
  Format format = Format::table;
};

void add_others(CLI::App& app, OtherOptions& options, int& code) {
  CLI::App& check = *app.add_subcommand("check", "Say all that is wrong with scenarios");
  check.add_option("FILE", options.files, "Scenarios")->required()->option_text("...");
  check.callback([&] { code = check_scenarios(options.files); });

  CLI::App& merge = *app.add_subcommand("merge", "Put parts of an experiment together");
  merge.add_option("DIR", options.files, "What `racked run --out` wrote")
      ->required()
      ->option_text("...");
  merge.add_option("-o,--out", options.out, "Where to write the whole")
      ->required()
      ->option_text("DIR");
  add_format(merge, options.format);
  merge.callback([&] { code = merge_results(options.files, options.out, options.format); });

  CLI::App& report =
      *app.add_subcommand("report", "Write the page of results, or of several side by side");
  report.add_option("DIR", options.files, "What `racked run --out` wrote")
      ->required()
      ->option_text("...");
  report
      .add_option(
          "-o,--out", options.out,
          "Where to write report.html, default: DIR; of several comparison.html, default: .")
      ->option_text("DIR");
  report.callback([&] { code = write_reports(options.files, options.out); });

  app.add_subcommand("schema", "Print the format of scenarios")->callback([&] {
    code = print_schema();
  });
}

int run_command(int argc, char** argv) {
  int code = kGood;
  RunOptions run_options;
  ExplainCommand explain_options;
  TraceOptions trace_options;
  OtherOptions other_options;
  StudyOptions study_options;
  CLI::App app(
      "Simulates how AI data-center campuses get built: of all the compute announced, how much\n"
      "is racked, powered and usable, when, and what holds the rest up.");
  app.name("racked");
  app.set_version_flag("--version", "racked " + std::string(version()));
  app.require_subcommand(1);
  app.footer(
      "\nExit codes: 0 good, 1 a precision or selection was not reached, 2 a scenario has "
      "problems,\n"
      "64 usage, 70 a replication failed, 74 a file can't be read or written,\n"
      "130 stopped by Ctrl-C (what was done is kept).");
  add_run(app, run_options, code);
  add_studies(app, study_options, code);
  add_explain(app, explain_options, code);
  add_trace(app, trace_options, code);
  add_others(app, other_options, code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) {
    app.exit(asked);
    return kGood;
  } catch (const CLI::ParseError& error) {
    say(std::string("racked: ") + error.what() +
        "\nracked --help and racked run --help tell more.\n");
    return kUsage;
  }
  return code;
}

}  // namespace
}  // namespace racked::cli

int main(int argc, char** argv) {
  using namespace racked::cli;
  // A closed pipe is then an error of writing like any other.
  std::signal(SIGPIPE, SIG_IGN);
  const auto complain = [](const std::exception& error, int code) {
    say(std::string("racked: ") + error.what() + "\n");
    return code;
  };
  try {
    return run_command(argc, argv);
  } catch (const std::system_error& error) {
    return complain(error, kInputOutput);
  } catch (const std::invalid_argument& error) {
    return complain(error, kUsage);
  } catch (const std::length_error& error) {
    return complain(error, kUsage);
  } catch (const std::bad_alloc&) {
    say("racked: there is not enough memory for this\n");
    return kOurs;
  } catch (const std::exception& error) {
    return complain(error, kOurs);
  }
}
