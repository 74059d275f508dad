#pragma once

#include <racked/comparison.h>
#include <racked/model.h>
#include <racked/results.h>
#include <racked/variants.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace racked {

/// How much better a fix makes a thing.
struct FixSize {
  double shorter = 0.2;  ///< Share that a time becomes shorter.
  double larger = 0.2;   ///< Share that a pool, a capacity or a rate becomes larger.
};

/// One thing made better, as a variant that can be run and written down.
struct Fix {
  Variant variant;  ///< The edits that make it.
  std::string
      kind;  ///< "task", "order", "feeder", "crew", "supply_line", "delivery", "deployment".
  std::string what;  ///< The field or element that is changed, as error messages name it.
  double share = 0;  ///< Of the replications with any of its elements on the critical chain, the
                     ///< most of any one element.
  double chain_days = 0;  ///< Mean time that its elements are on the critical chain, together.
};

/// Fixes of everything that has a part in the critical chains of a milestone, most chain days
/// first: what is on no chain of any replication would not bring the milestone forward and needs no
/// run. What a building design or a kind of equipment says for many is one fix. A task, a lead time
/// and the steps of a rack become shorter, with their whole distribution; an element of the power
/// graph that is energised on a date is so earlier, by a share of the time from the start (or the
/// status date) until then, and has more capacity; a crew has more heads (one more at least), a
/// supply line higher rates and capacities, a delivery comes earlier and faster. `scenario` is what
/// `model` was made from, `results` hold its causes. std::invalid_argument for a milestone that
/// does not exist or sizes not within (0, 1) and (0, ∞).
std::vector<Fix> possible_fixes(const v1::Scenario& scenario, const Model& model,
                                const Results& results, std::string_view milestone,
                                const FixSize& size);

/// What fixes cost, as far as it is known: dollars by Fix::what, each above 0.
using FixPrices = std::map<std::string, double>;

/// What a fix was found to be worth.
struct FixValue {
  Fix fix;                    ///< What was tried.
  Difference difference;      ///< Against the baseline; of the milestone.
  std::optional<double> usd;  ///< What it costs, where that is known.

  /// Mean days gained for a million dollars; nothing where the price is not known.
  std::optional<double> days_per_million_usd() const;
};

/// Fixes with a price by the mean days they gain for a dollar, then the others by the mean days
/// they gain; most first.
struct FixTable {
  std::string scenario;             ///< Its name.
  std::string milestone;            ///< What is to be reached sooner.
  std::uint64_t seed = 0;           ///< Of all runs.
  std::uint64_t scenario_hash = 0;  ///< Of the baseline.
  FixSize size;                     ///< How much better things were made.
  std::vector<FixValue> values;     ///< The best first.
  /// Fixes beyond `most`; each has no more chain days than any tried, but for those with a price.
  std::size_t left_out = 0;
};

/// Runs the baseline, then the `most` fixes with most chain days and all that have a price, by the
/// same luck. `options.on_progress` as in run_comparison. Errors: as possible_fixes and
/// run_comparison, and std::invalid_argument for the price of something that is no fix.
FixTable value_of_fixes(const ScenarioFile& scenario, const std::string& milestone,
                        const FixSize& size, std::size_t most, const ExperimentOptions& options,
                        const FixPrices& prices = {});

/// One line for each fix; docs/results.md describes the columns.
std::string fixes_csv(const FixTable& table);
/// The same as JSON, with what it was asked of.
std::string fixes_json(const FixTable& table);
/// Writes fixes.csv and fixes.json there. std::system_error when it cannot.
void write_fixes(const FixTable& table, const std::filesystem::path& directory);

}  // namespace racked
