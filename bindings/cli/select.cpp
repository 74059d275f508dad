// `racked compare --select best`.
#include "select.h"

#include "study_progress.h"
#include "terminal.h"

#include <racked/response.h>
#include <racked/variant_selection.h>

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace racked::cli {
namespace {

std::string table(const VariantSelection& found, Date start) {
  const Selection& selection = found.selection;
  std::string text = fmt::format(
      "{}: which reaches {} first\nWith probability {:g} at least, differences below {:g} d "
      "aside\n",
      found.scenario, found.milestone, found.options.probability, found.options.indifference);
  std::vector<std::size_t> order(found.names.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return selection.means[a] < selection.means[b];
  });
  text += fmt::format("  {} {:>12}  {:<10}\n", fitted("variant", 40), "replications", "mean");
  for (const std::size_t i : order) {
    const bool left =
        std::find(selection.left.begin(), selection.left.end(), i) != selection.left.end();
    const des::Time mean = des::kStart + des::rounded(selection.means[i], des::kDay);
    text += fmt::format("{} {} {:>12}  {}\n", left ? "*" : " ", fitted(found.names[i], 40),
                        grouped(selection.replications[i]), iso_date(date_of(mean, start)));
  }
  const std::string& best = found.names[selection.best];
  return text + (selection.decided
                     ? fmt::format("Selected: {}\n", best)
                     : fmt::format("Not decided: the {} with a star are left; --replications "
                                   "allows more\n",
                                   selection.left.size()));
}

}  // namespace

int select_best(const ScenarioFile& baseline, const std::vector<Variant>& variants,
                const CompareOptions& options) {
  SelectionOptions wanted;
  wanted.probability = options.probability;
  wanted.indifference = options.indifference_days;
  if (options.replications_given) wanted.most = options.study.last;
  StudyRun run(options.study);
  VariantSelection found;
  try {
    found = select_variant(baseline, variants, options.milestone, wanted, run.options());
  } catch (const Stopped&) {
    run.clear();
    say("Stopped before anything was selected.\n");
    return kInterrupted;
  }
  run.clear();
  const std::string json = selection_json(found);
  print(options.study.format == Format::json ? json
                                             : table(found, parse_date(baseline.scenario.start())));
  if (options.study.out) {
    std::filesystem::create_directories(*options.study.out);
    write_file(*options.study.out / "selection.json", json);
  }
  return found.selection.decided ? kGood : kNotReached;
}

}  // namespace racked::cli
