#pragma once

#include <racked/chain.h>
#include <racked/experiment.h>
#include <racked/model.h>
#include <racked/results.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace racked {

/// A link of a critical chain in words.
struct ExplainedLink {
  ChainLink link;              ///< What it is, from when to when.
  std::string element;         ///< Its name in the scenario.
  std::optional<Charge> flow;  ///< What a position would have been charged to; none: nothing yet.
  /// Days that what came next was ready but for this; 0 when it was ready no earlier.
  double waited_days = 0;
  std::string words;  ///< One sentence, no final full stop.
};

/// A critical chain in words, link by link; see critical_chain. `timeline` is one of `model`. A
/// link counts to the flow that its element gives (a task with an effect on a hall or a feeder, a
/// feeder: power, a lot: chips, a crew: labour, a rack's own steps: commissioning), or else to that
/// of what it led to.
std::vector<ExplainedLink> explain_chain(const Model& model, const Timeline& timeline,
                                         Id<Milestone> milestone);

/// How often something held a milestone up, and for how long.
struct Criticality {
  std::string kind;         ///< "task", "order", …; "flow"; "risk event", "risk driver".
  std::string name;         ///< "campus.*.roof" for several of what buildings have alike.
  std::size_t members = 1;  ///< Things of that name.
  /// In how many replications of those that reach the milestone; of several members, in how many
  /// the one was that is in most.
  std::uint64_t replications = 0;
  double share = 0;              ///< Of those replications.
  double days = 0;               ///< On average over them.
  std::optional<double> struck;  ///< Of a risk event: share of them in which it struck before.
};

/// What it would take of one element to have the median a month earlier.
struct Lever {
  /// What is done to it, by an amount.
  enum class Change : std::uint8_t {
    shorter,  ///< Spans drawn are times 1 − amount; at most 1.
    earlier,  ///< Dates of the plan are so many days earlier; at most kMostDaysEarlier.
    more,     ///< Headcounts are times 1 + amount; at most kMostMore.
  };
  ElementKind kind = ElementKind::plan;  ///< Of what is changed.
  std::string name;                      ///< As of a Criticality.
  std::size_t members = 1;               ///< Things of that name.
  Change change = Change::shorter;       ///< What is done to it.
  double chain_days = 0;                 ///< On chains, on average.
  std::optional<double> mean_days;       ///< Of the span drawn, where one is; mean of the members.
  double most_days = 0;          ///< How many days earlier the median is with the largest amount.
  std::optional<double> amount;  ///< The least amount found with which it is a month earlier …
  std::optional<double> days;    ///< … and how many days earlier it is then.
  std::string binds_then;        ///< What is on the chains longest with the largest amount.
  std::string words;             ///< One sentence.
};

/// What a Lever asks for [d].
inline constexpr double kMonthDays = 30;
/// Most that dates are moved by a Lever [d].
inline constexpr double kMostDaysEarlier = 365;
/// Most that headcounts are enlarged by a Lever, as a share.
inline constexpr double kMostMore = 3;

/// Why a milestone is reached when it is.
struct Explanation {
  /// The replication whose time is P50; where P50 is never, the median of those that reach the
  /// milestone (the lower one of two). Of equal ones the first.
  struct Median {
    std::uint64_t replication = 0;     ///< Its number.
    des::Time at;                      ///< When it reaches the milestone.
    std::vector<ExplainedLink> chain;  ///< Earliest link first.
  };

  std::string scenario;                    ///< Its name.
  std::string title;                       ///< Of the scenario, for people.
  std::uint64_t scenario_hash = 0;         ///< As of its results.
  std::uint64_t seed = 0;                  ///< Where all luck comes from.
  Date start;                              ///< Of the scenario.
  Date horizon;                            ///< Of the scenario.
  std::string milestone;                   ///< Its name.
  std::string milestone_title;             ///< For people; may be empty.
  std::string replication_ranges;          ///< As racked::replication_ranges.
  std::uint64_t replications = 0;          ///< That came to an end.
  std::uint64_t failed = 0;                ///< That came to none.
  MilestoneSummary summary;                ///< When it is reached.
  std::optional<Median> median;            ///< None: no replication reaches it.
  std::vector<Criticality> elements;       ///< Most days first.
  std::vector<Criticality> flows;          ///< Alike; their days add up to the chains' mean length.
  std::vector<Criticality> risks;          ///< Alike.
  std::size_t risks_left_out = 0;          ///< Beyond ExplainOptions::risks.
  std::array<double, kCharges> charges{};  ///< Mean chip-days lost until then, or the horizon.
  std::vector<Lever> levers;               ///< Most days on chains first.
  /// When no lever does alone: the first so many of those that move the median most, as far as they
  /// go, which do together, or all that were tried; and how many days earlier the median is then.
  std::vector<std::string> together;
  double together_days = 0;             ///< How many days earlier the median is with them.
  std::vector<Results::WaitSum> waits;  ///< If some replications do not reach it.
  bool stopped = false;                 ///< Before everything was tried.
};

/// What to explain by.
struct ExplainOptions {
  std::uint64_t seed = 0;    ///< Where all luck comes from.
  std::uint64_t first = 0;   ///< Replications [first, last).
  std::uint64_t last = 100;  ///< The first that is left.
  unsigned threads = 0;      ///< 0: one for each processor.
  std::size_t levers = 5;    ///< At most.
  std::size_t risks = 12;    ///< At most: those that come first in the scenario.
  /// As that of ExperimentOptions, of all runs together; `total` is an upper bound. The estimate is
  /// that of the milestone in the plan as it is.
  std::function<bool(const Progress&)> on_progress;
};

/// The row of Explanation::Median; none: no replication reaches the milestone. O(n log n).
std::optional<std::size_t> median_row(const Results& results, std::size_t milestone);

/// What results say of it without running more than they did, but for the replication that
/// `timeline` is of, that of median_row: all but flows, risks, charges and levers. std::logic_error
/// when that replication reaches the milestone at another time than in the results.
Explanation explanation_of(const Model& model, const Results& results, Id<Milestone> milestone,
                           const Timeline& timeline);

/// Runs the replications, walks their critical chains and runs them again, by the same luck, with
/// something changed. The same for any number of threads.
///
/// Charges: each replication is simulated a second time, to the moment it reaches the milestone.
/// Risks: run without each one (probability 0); `replications` are those that are then earlier,
/// `days` the mean difference, with the horizon in place of times never reached. Levers: like
/// elements with the most time on chains, changed in the model as it stands, so that orders of
/// service that were planned at mean durations stay; the amount is sought by regula falsi on the
/// median, in at most six runs each; a median beyond the horizon counts as the horizon. Spans that
/// risk drivers add, what is known to have happened, and dates at or before the status date do not
/// change.
///
/// Cost: at most 2 + risks + 8 · levers runs of the replications. Errors: as run();
/// std::out_of_range for a milestone that does not exist.
Explanation explain(const Model& model, Id<Milestone> milestone, const ExplainOptions& options);

/// For people: lines of at most 100 characters, LF after each.
std::string explanation_text(const Explanation& explanation);

/// Everything of it; docs/explain.md describes the fields.
std::string explanation_json(const Explanation& explanation);

/// The inverse, but for what sentences are made of: links have only dates, days and words, levers
/// only words, waits are left out. std::invalid_argument when it is something else.
Explanation explanation_from_json(std::string_view text);

}  // namespace racked
