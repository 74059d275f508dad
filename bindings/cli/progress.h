#pragma once

#include "commands.h"

#include <racked/experiment.h>

#include <string>

namespace racked::cli {

/// Tells how far an experiment has come, on standard error.
class ProgressLine {
 public:
  /// `automatic` is a bar when standard error is a terminal, and nothing otherwise.
  explicit ProgressLine(ProgressStyle style);

  void show(const Progress& progress);

  /// Clears the bar, so that other text can follow.
  void clear();

 private:
  ProgressStyle style_;
  bool shown_ = false;
};

/// "  412/1,000 replications  ━━━━━━━━────────────  41 %  238/s  0:02 left", and as many milestones
/// as fit into so many columns: "  first_hall P50 2025-06-14 ± 2.1 d", of a comparison with the
/// variant: "  late: first_hall P50 …". On narrow terminals the bar
/// makes room for the first of them.
std::string progress_bar(const Progress& progress, std::size_t columns);

/// The same as an object of JSON.
std::string progress_json(const Progress& progress);

/// "1,000 replications in 4.2 s: 238 a second, 10.3 million events a second".
std::string rates(const Progress& progress);

}  // namespace racked::cli
