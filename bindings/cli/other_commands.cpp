#include "commands.h"
#include "tables.h"
#include "terminal.h"

#include <racked/model.h>
#include <racked/report.h>
#include <racked/results.h>

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

namespace racked::cli {
namespace {

std::string described(const Model& model) {
  std::int64_t positions = 0, chips = 0;
  for (const Hall& hall : model.halls) {
    positions += hall.positions;
    chips += hall.positions * model.products[hall.product].chips_per_rack;
  }
  return fmt::format(
      "{}, {}, {}, {} for {}, {}", counted(model.campuses.size(), "campus", "campuses"),
      counted(model.buildings.size(), "building"), counted(model.tasks.size(), "task"),
      counted(static_cast<std::uint64_t>(positions), "rack position"),
      counted(static_cast<std::uint64_t>(chips), "chip"),
      counted(model.milestones.size(), "milestone"));
}

int check_scenario(const std::filesystem::path& path) {
  try {
    const Model model = make_model(read_scenario(path));
    print(fmt::format("{}: good; {}\n", path.string(), described(model)));
    return kGood;
  } catch (const ScenarioError& error) {
    say_problems(error.problems());
    return kBadScenario;
  } catch (const std::system_error& error) {
    say(fmt::format("racked: {}\n", error.what()));
    return kInputOutput;
  }
}

}  // namespace

int check_scenarios(const std::vector<std::filesystem::path>& files) {
  int worst = kGood;
  for (const std::filesystem::path& file : files) worst = std::max(worst, check_scenario(file));
  return worst;
}

int merge_results(const std::vector<std::filesystem::path>& parts, const std::filesystem::path& out,
                  Format format) {
  std::vector<Results> results;
  for (const std::filesystem::path& part : parts) results.push_back(read_results(part));
  const Results whole = merge(results);
  write_results(whole, out);
  write_report(whole, out, read_explanations(out));
  print(format == Format::json ? summary_json(whole) : results_table(whole));
  return whole.failures.empty() ? kGood : kOurs;
}

int print_schema() {
  print(v1::Scenario::descriptor()->file()->DebugString());
  return kGood;
}

}  // namespace racked::cli
