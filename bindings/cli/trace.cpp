// `racked trace`: one replication as a timeline to look at.
#include "commands.h"
#include "terminal.h"

#include <racked/simulation.h>
#include <racked/trace.h>

#include <fmt/format.h>

#include <stdexcept>

namespace racked::cli {
namespace {

enum class TraceForm { perfetto, gantt };

TraceForm form_of(const std::filesystem::path& out) {
  const std::string extension = out.extension().string();
  if (extension == ".csv") return TraceForm::gantt;
  if (extension == ".pftrace" || extension == ".perfetto-trace") return TraceForm::perfetto;
  throw std::invalid_argument("--out must end in .pftrace or .csv, and " + out.string() +
                              " does not");
}

std::string size_text(std::size_t bytes) {
  return bytes < 1'000'000 ? fmt::format("{} kB", (bytes + 999) / 1000)
                           : fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

}  // namespace

int trace_replication(const TraceOptions& options) {
  const TraceForm form = form_of(options.out);
  const ScenarioFile file =
      read_scenario(options.input.scenario, options.input.overlays, options.input.edits);
  try {
    const Model model = with_daily_reports(make_model(file));
    const Timeline timeline = simulate(model, options.seed, options.replication);
    const std::string text =
        form == TraceForm::gantt ? gantt_csv(model, timeline) : perfetto_trace(model, timeline);
    write_file(options.out, text);
    say(fmt::format("{}: {}, {}, {}{}\n", options.out.string(),
                    counted(timeline.task_runs.size(), "task run"),
                    counted(timeline.racks.size(), "rack"), size_text(text.size()),
                    form == TraceForm::perfetto ? "; ui.perfetto.dev shows it" : ""));
    return kGood;
  } catch (const ScenarioError& error) {
    say_problems(error.problems());
    return kBadScenario;
  }
}

}  // namespace racked::cli
