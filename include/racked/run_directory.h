#pragma once

#include <racked/results.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace racked {

class DirectoryLock;
class PartWriter;

/// Which replications a run is asked for: [first, last), and whether they are to be audited.
struct Asked {
  std::uint64_t first = 0;                             ///< The first of them.
  std::uint64_t last = 1;                              ///< One past the last.
  bool audit = false;                                  ///< As in ExperimentOptions.
  std::uint64_t most_sample_bytes = kMostSampleBytes;  ///< As in ExperimentOptions.
};

/// The folder that a run leaves its results in, while the run is under way: what is finished is
/// kept as it finishes, so that a run that is killed goes on where it was.
///
/// Life: the constructor takes the folder for this process alone and finds out what is there;
/// keep() appends what has finished to a new file in `parts`; finish() writes the results and
/// removes `parts`. Without finish() the parts stay for the next RunDirectory. A process that dies
/// holds nothing: the system frees its lock.
///
/// What is lost: nothing that keep() returned from when the process is killed, at most the last
/// kBetweenSyncs of it when the power fails. Blocks carry checksums; what is damaged is named by
/// remarks() and left out of done(), so that it is run again.
///
/// Not for several threads at once.
class RunDirectory {
 public:
  static constexpr std::chrono::milliseconds kBetweenSyncs{1000};  ///< At most, of lost work.

  /// `frame` is what the results answer to: make_results of the same model and options. Errors:
  /// std::invalid_argument, when the folder holds results or parts that answer to something else,
  /// were not audited alike, or are of replications that are not asked for; std::system_error, when
  /// it is in use by another process, or can't be read or made.
  RunDirectory(std::filesystem::path directory, const Results& frame, Asked asked);
  ~RunDirectory();
  RunDirectory(const RunDirectory&) = delete;
  RunDirectory& operator=(const RunDirectory&) = delete;

  /// What is known already; without its memory after drop_done().
  const Results& done() const { return done_; }
  void drop_done() { done_ = Results(); }  ///< done() is empty afterwards.

  /// What was found damaged, one sentence each.
  const std::vector<std::string>& remarks() const { return remarks_; }

  /// Appends results of replications that are not among those done or kept before.
  void keep(const Results& finished);

  /// Writes all files of `whole` and removes the parts, which it must hold.
  void finish(const Results& whole);

 private:
  void find_results(const Results& frame);
  void find_parts(const Results& frame);
  void refuse_other(const std::filesystem::path& file, const Results& block, bool audited,
                    const Results& frame) const;
  void refuse_fewer() const;

  std::filesystem::path directory_;
  Asked asked_;
  std::unique_ptr<DirectoryLock> lock_;
  Results done_;
  std::vector<std::string> remarks_;
  std::unique_ptr<PartWriter> part_;
  std::uint64_t next_part_ = 1;
  std::chrono::steady_clock::time_point synced_;
};

}  // namespace racked
