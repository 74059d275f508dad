// `racked explain --milestone`: why a milestone is reached when it is.
#include "commands.h"
#include "interrupt.h"
#include "progress.h"
#include "terminal.h"

#include <racked/explanation.h>
#include <racked/report.h>
#include <racked/results.h>

#include <fmt/format.h>

#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

namespace racked::cli {
namespace {

namespace fs = std::filesystem;

Id<Milestone> find_milestone(const Model& model, const ScenarioFile& file,
                             const std::string& name) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < model.milestones.size(); ++i) {
    names.push_back(model.milestones[Id<Milestone>(i)].name);
    if (names.back() == name) return Id<Milestone>(i);
  }
  std::string message = "there is no milestone '" + name + "'";
  const std::string nearest = nearest_name(name, names);
  if (!nearest.empty())
    message += "; did you mean '" + nearest + "'?";
  else if (names.empty())
    message += "; the scenario has none";
  else
    message += fmt::format("; there is {}", fmt::join(names, ", "));
  throw ScenarioError({{file.places.find("milestone"), "milestone", message}});
}

// What an explanation can stand beside.
void check_out(const fs::path& out, const Model& model, std::uint64_t seed) {
  if (!fs::exists(out / "results.binpb")) return;
  const Results results = read_results(out);
  if (results.scenario_hash != model.hash)
    throw std::invalid_argument(out.string() + " holds results of another scenario");
  if (results.seed != seed)
    throw std::invalid_argument(fmt::format("{} holds results of seed {}, this asks for seed {}",
                                            out.string(), results.seed, seed));
}

void write_out(const fs::path& out, const Explanation& explanation) {
  write_explanation(explanation, out);
  if (fs::exists(out / "results.binpb"))
    write_report(read_results(out), out, read_explanations(out));
}

}  // namespace

int explain_milestone(const MilestoneQuestion& question) {
  const ScenarioFile file =
      read_scenario(question.input.scenario, question.input.overlays, question.input.edits);
  const InterruptGuard guard;
  ProgressLine line(question.progress);
  ExplainOptions options;
  options.seed = question.seed;
  options.first = question.first;
  options.last = question.last;
  options.threads = question.threads;
  options.on_progress = [&](const Progress& progress) {
    line.show(progress);
    return !interrupted();
  };
  Explanation explanation;
  try {
    const Model model = make_model(file);
    if (question.out) check_out(*question.out, model, question.seed);
    explanation = explain(model, find_milestone(model, file, question.milestone), options);
  } catch (const ScenarioError& error) {
    say_problems(error.problems());
    return kBadScenario;
  }
  line.clear();
  if (explanation.replications > 0 || !explanation.stopped)
    print(question.format == Format::json ? explanation_json(explanation)
                                          : explanation_text(explanation));
  if (explanation.stopped) {
    say("Stopped; what was not finished is left out.\n");
    return kInterrupted;
  }
  if (question.out) write_out(*question.out, explanation);
  return explanation.failed == 0 ? kGood : kOurs;
}

}  // namespace racked::cli
