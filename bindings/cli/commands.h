#pragma once

#include <racked/files.h>
#include <racked/precision.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace racked::cli {

/// What the command returns to the shell.
enum ExitCode : int {
  kGood = 0,
  kNotReached = 1,    ///< A precision or a selection that was asked for; what is known was printed.
  kBadScenario = 2,   ///< Problems were printed.
  kUsage = 64,        ///< Options that make no sense, or results that don't fit together.
  kOurs = 70,         ///< A replication failed, or a defect of racked.
  kInputOutput = 74,  ///< A file can't be read or written.
  kInterrupted = 130,  ///< Stopped by Ctrl-C; what was done is kept.
};

enum class ProgressStyle { automatic, bar, json, none };
enum class LuckKind { independent, antithetic, quasi };
enum class Format { table, json };

/// A scenario with what is laid over it.
struct Input {
  std::filesystem::path scenario;
  std::vector<std::filesystem::path> overlays;
  std::vector<Edit> edits;
};

struct RunOptions {
  Input input;
  std::uint64_t first = 0;
  std::uint64_t last = 100;
  std::uint64_t seed = 0;
  std::vector<Target> until;  ///< Empty: all of the replications.
  bool most_given = false;    ///< `last` was asked for.
  LuckKind luck = LuckKind::independent;
  unsigned threads = 0;
  std::optional<std::filesystem::path> out;
  bool audit = false;
  std::string branch_at;  ///< Empty: from the start on everything is as edited.
  bool print_scenario = false;
  ProgressStyle progress = ProgressStyle::automatic;
  Format format = Format::table;
};

/// What `racked explain --milestone` is asked.
struct MilestoneQuestion {
  Input input;
  std::string milestone;
  std::uint64_t first = 0;
  std::uint64_t last = 100;
  std::uint64_t seed = 0;
  unsigned threads = 0;
  std::optional<std::filesystem::path> out;  ///< Where results may be, for their report.
  ProgressStyle progress = ProgressStyle::automatic;
  Format format = Format::table;
};

/// Which replication to show, and where.
struct TraceOptions {
  Input input;
  std::uint64_t replication = 0;
  std::uint64_t seed = 0;
  std::filesystem::path out;
};

// Each does what its name says and returns an exit code. What is wrong with a scenario they print
// themselves; everything else that goes wrong they throw.
int run_scenario(const RunOptions& options);
int explain_plan(const Input& input, Format format);
int explain_milestone(const MilestoneQuestion& question);
int trace_replication(const TraceOptions& options);
int check_scenarios(const std::vector<std::filesystem::path>& files);
int merge_results(const std::vector<std::filesystem::path>& parts, const std::filesystem::path& out,
                  Format format);
int write_reports(const std::vector<std::filesystem::path>& directories,
                  const std::filesystem::path& out);
int print_schema();

}  // namespace racked::cli
