#pragma once

#include <racked/chain.h>
#include <racked/model.h>
#include <racked/samples.h>
#include <racked/sketch.h>
#include <racked/stages.h>
#include <racked/timeline.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace racked {

/// What many replications of one scenario said: one row per replication, and counts over them. A
/// value that stands alone, without its Model. Rows are in the order of replication numbers and
/// every sum is an integer, so that the parts of a split experiment, merged in any order, equal the
/// whole.
///
/// Memory per replication: 16 + 8 × milestones + 128 × campuses + 24 × buildings bytes and, at
/// most, 9 × 20 × campuses × report dates for the samples, which are packed (racked/samples.h): a
/// fifth of that is usual. See kMostResultBytes. Causes and waits grow with the plan, not with the
/// replications.
struct Results {
  /// What is asked about a milestone.
  struct Question {
    std::string name;   ///< The milestone's id.
    std::string title;  ///< For people.
    /// Days for which the probability of being there is reported: those of the scenario, or else
    /// the last days of the quarters from start to horizon.
    std::vector<Date> by;
    bool by_given = false;  ///< The scenario named the days.

    friend bool operator==(const Question&, const Question&) = default;
  };

  /// A building, and what it is planned to hold.
  struct Place {
    std::string name;                 ///< "new_carlisle.b7".
    std::uint32_t campus = 0;         ///< In `campuses`.
    std::int64_t chips = 0;           ///< Of all its positions.
    std::int64_t facility_watts = 0;  ///< That its racks claim.
    Date planned;                     ///< From then on its positions are missed; of the first hall.

    friend bool operator==(const Place&, const Place&) = default;
  };

  /// A replication that came to no end.
  struct Failure {
    std::uint64_t replication = 0;  ///< Its number.
    std::string message;            ///< What was thrown.
  };

  /// What one element had to do with one milestone: in how many replications it was on the critical
  /// chain, and for how long in all. Seconds are rounded once per replication and element.
  struct CauseSum {
    std::uint32_t milestone = 0;           ///< In `milestones`.
    ElementKind kind = ElementKind::plan;  ///< Of the element.
    std::uint32_t index = 0;               ///< Row in the model's table for that kind.
    std::string name;                      ///< As element_name gives it.
    std::uint64_t replications = 0;        ///< In which it was on the chain.
    std::int64_t seconds = 0;              ///< On chains, over all of them.
  };

  /// What still waited at the horizon, for what, and in how many replications.
  struct WaitSum {
    bool hall = false;     ///< Positions of the hall `waiter`; otherwise the task of that name.
    std::string waiter;    ///< Its name.
    std::string for_kind;  ///< Of a task: task, crew, goods, feeder or date; of a hall: a Charge.
    std::string for_name;  ///< The task, crew, goods or feeder that was missing; may be unknown.
    std::uint64_t replications = 0;  ///< In which it waited.
    std::int64_t positions = 0;      ///< Summed over those replications.
  };

  /// A deal and what it commits, in chips or in watts of IT power.
  struct DealTerms {
    std::string name;                                        ///< Its id.
    std::string tenant;                                      ///< Who gets the capacity.
    std::string provider;                                    ///< Who owes it.
    bool in_chips = false;                                   ///< Otherwise in watts.
    std::int64_t rack_watts = 0;                             ///< Of the product of a deal in chips.
    std::int64_t rack_chips = 0;                             ///< Likewise.
    std::vector<std::pair<Date, std::int64_t>> commitments;  ///< When, and how much in all.
    std::optional<Date> ends;  ///< From then on nothing is committed; none: to the horizon.

    friend bool operator==(const DealTerms&, const DealTerms&) = default;
  };

  // What these results answer to; alike in results that may be merged.
  std::string version;                     ///< Of racked, that made them.
  std::string scenario;                    ///< Its name.
  std::string title;                       ///< For people.
  std::uint64_t scenario_hash = 0;         ///< Of model, policies and branch.
  std::uint64_t seed = 0;                  ///< Of all replications.
  std::string resolved;                    ///< Model::resolved: what they are of, to run it again.
  Date start;                              ///< Day 0.
  Date horizon;                            ///< The first day that is not simulated.
  std::vector<Question> milestones;        ///< In the order of the model.
  std::vector<std::string> campuses;       ///< Their names, likewise.
  std::vector<Place> buildings;            ///< In the order of the model.
  std::vector<Date> report_dates;          ///< When series are sampled.
  std::vector<Observation> observations;   ///< Those of the model.
  std::vector<DealTerms> deals;            ///< In the order of the model.
  std::vector<std::string> parties;        ///< Likewise; none when nothing costs anything.
  std::vector<CashAccount> cash_accounts;  ///< Rows of `campuses` and `parties`.

  // One row per replication that came to an end; ascending by its number.
  std::vector<std::uint64_t> replications;  ///< Their numbers.
  std::vector<std::uint64_t> events;        ///< [row]
  /// [row × milestones + milestone]; des::kNever: not reached.
  std::vector<des::Time> reached;
  /// [(row × campuses + campus) × kCharges + charge]
  std::vector<ChipTime> charges;
  /// Of each row [(date × campuses + campus) × kSeries + series]; no row when there is a sketch.
  Samples samples;
  /// Instead of samples, of many replications: [(date × groups + group) × kSeries + series]. Groups
  /// are the campuses and, if there are several, all of them together.
  std::optional<Sketch> sketch;
  /// [(row × buildings + building) × kStages + stage]: days from the start; kNeverDay: not reached.
  std::vector<std::int32_t> stages;

  /// Of each row what became of deals and money, by racked/ledger.h; without either no rows.
  Samples ledger;

  // What is known besides; each in ascending order of its first members.
  std::vector<Failure> failures;  ///< By replication.
  std::vector<CauseSum> causes;   ///< By milestone, kind and index.
  std::vector<WaitSum> waits;     ///< Halls after tasks; by name.

  std::size_t rows() const { return replications.size(); }  ///< Replications that came to an end.
};

/// Most memory that the rows of one Results may take, samples not counted.
inline constexpr std::uint64_t kMostResultBytes = std::uint64_t{1} << 30;

/// Most memory that samples may need at worst before they become a sketch.
inline constexpr std::uint64_t kMostSampleBytes = std::uint64_t{1} << 30;

/// Results of no replication: what they answer to, and nothing found yet.
Results make_results(const Model& model, std::uint64_t seed);

/// Bytes of one more row, but for its samples.
std::uint64_t bytes_per_replication(const Results& results);
/// Bytes that its samples take at worst.
std::uint64_t sample_bytes_per_replication(const Results& results);

/// How two results differ in what they answer to ("the seed: 1 and 2"); empty: they may be merged.
std::string difference(const Results& a, const Results& b);

/// The replications held, failed ones included, as half-open ranges: "0:500 700:1000"; or "none".
std::string replication_ranges(const Results& results);

/// One result from parts of an experiment, in any order: what a single run of all their
/// replications gives. std::invalid_argument when there are no parts, when they answer to different
/// things, or when a replication is in two of them; std::length_error beyond kMostResultBytes. The
/// whole has a sketch when a part has one, or when it holds more replications than there is room
/// for their samples. O(n log n) in the rows.
Results merge(const std::vector<Results>& parts,
              std::uint64_t most_sample_bytes = kMostSampleBytes);

// Statistics. All throw std::out_of_range for rows, milestones or campuses that do not exist.

/// The p-quantile of the time a milestone is reached: the smallest value whose cumulative share is
/// at least p, exact, with replications that never reach it as later than all others. des::kNever
/// when it falls among those, or without any row. O(n).
des::Time quantile(const Results& results, std::size_t milestone, double p);

/// Share of the replications that reach the milestone on or before that day, that is before 00:00
/// of the next; 0 without any row.
double probability_by(const Results& results, std::size_t milestone, Date day);

/// A milestone over all replications.
struct MilestoneSummary {
  double reached = 0;               ///< Share of the replications that reach it by the horizon.
  std::uint64_t reached_count = 0;  ///< Replications that reach it.
  des::Time p10 = des::kNever;      ///< Its quantile(…, 0.1).
  des::Time p50 = des::kNever;      ///< The median.
  des::Time p90 = des::kNever;      ///< Its quantile(…, 0.9).
  std::optional<double> mean_days;  ///< Since day 0, over those that reach it; none if nobody does.
  /// Half the width of the 95 % confidence interval of that mean, t(0.975, n−1) · s / √n with
  /// s² = Σ(x−x̄)² / (n−1) (Student 1908); none if fewer than two reach it.
  std::optional<double> mean_half_width_days;
  std::vector<double> by;  ///< probability_by for each of Question::by.
};
/// O(n) for each quantile and day.
MilestoneSummary summarise(const Results& results, std::size_t milestone);

/// Mean over the replications of the chip-days that planned positions lost to each charge; without
/// a campus, on all together. Zeros without any row.
std::array<double, kCharges> lost_chip_days(const Results& results,
                                            std::optional<std::size_t> campus = {});

/// Distribution of one series on one date over the replications, in the unit shown (chips, racks,
/// buildings, MW). Quantiles as defined above.
struct Band {
  double p05 = 0;   ///< 5 %, and so on.
  double p10 = 0;   ///< 10 %.
  double p25 = 0;   ///< A quarter.
  double p50 = 0;   ///< The median.
  double p75 = 0;   ///< Three quarters.
  double p90 = 0;   ///< 90 %.
  double p95 = 0;   ///< 95 %.
  double mean = 0;  ///< Exact also of a sketch.
};

/// The bands of all series on one report date, of one campus or (without one) of the sum of all
/// campuses in each replication. Zeros without any row. Of a sketch, quantiles are within
/// Sketch::kRelativeError of these. O(n).
std::array<Band, kSeries> bands(const Results& results, std::size_t date,
                                std::optional<std::size_t> campus = {});

/// The p-quantile, defined as above, of the day on which a building comes to a stage, counted from
/// the start; kNeverDay when it falls among those that do not, or without any row.
/// std::out_of_range for buildings that do not exist. O(n).
std::int32_t stage_quantile(const Results& results, std::size_t building, Stage stage, double p);

/// The facility power of the buildings that have come to a stage, on every report date [MW]; of one
/// campus or of all. Zeros without any row. O(n · buildings + n · dates).
std::vector<Band> stage_bands(const Results& results, Stage stage,
                              std::optional<std::size_t> campus = {});

/// "chips", "racks", "MW" or "buildings".
std::string_view unit(Series series);

// Writing and reading; docs/results.md describes every file and column.

std::string summary_json(const Results& results);      ///< summary.json
std::string milestones_csv(const Results& results);    ///< milestones.csv
std::string bands_csv(const Results& results);         ///< bands.csv
std::string stages_csv(const Results& results);        ///< stages.csv
std::string observations_csv(const Results& results);  ///< observations.csv
std::string causes_csv(const Results& results);        ///< causes.csv
std::string waits_csv(const Results& results);         ///< waits.csv
std::string charges_csv(const Results& results);       ///< charges.csv
/// scenario.textproto: the scenario with all overlays and edits in it; empty when it is not known.
std::string resolved_scenario(const Results& results);
// Of deals and money; empty without either.
std::string deals_csv(const Results& results);        ///< deals.csv
std::string commitments_csv(const Results& results);  ///< commitments.csv
std::string deal_bands_csv(const Results& results);   ///< deal_bands.csv
std::string cash_csv(const Results& results);         ///< cash.csv
std::string parties_csv(const Results& results);      ///< parties.csv
std::string idle_csv(const Results& results);         ///< idle.csv

/// Whether `directory` may take these results: it does not exist, holds no file of these names, or
/// holds results that answer to the same. std::invalid_argument, saying why, when it may not, also
/// when a run in it has not come to its end (racked/run_directory.h).
void check_directory(const Results& results, const std::filesystem::path& directory);

/// Writes all files into `directory`, which is made if it does not exist. Errors: as
/// check_directory; std::system_error naming the file, after which no file that was new is kept, or
/// saying who else is using the directory.
void write_results(const Results& results, const std::filesystem::path& directory);

/// Reads what write_results wrote; nothing is lost. `path` is the directory or its results.binpb.
/// Errors: std::system_error when it cannot be read; std::invalid_argument, naming the file, when
/// it holds something else.
Results read_results(const std::filesystem::path& path);

/// Everything, as results.binpb holds it (docs/results.md). Equal results have equal bytes.
std::string results_to_bytes(const Results& results);

/// The inverse. std::invalid_argument when they are something else.
Results results_from_bytes(std::string_view bytes);

}  // namespace racked
