#pragma once

#include "interrupt.h"
#include "options.h"
#include "progress.h"

#include <racked/experiment.h>

namespace racked::cli {

/// What a study asks of run(), with progress shown and Ctrl-C caught for as long as this lives.
class StudyRun {
 public:
  explicit StudyRun(const Study& study) : line_(study.progress) {
    options_.seed = study.seed;
    options_.first = study.first;
    options_.last = study.last;
    options_.threads = study.threads;
    options_.on_progress = [this](const Progress& progress) {
      line_.show(progress);
      return !interrupted();
    };
  }
  StudyRun(const StudyRun&) = delete;
  StudyRun& operator=(const StudyRun&) = delete;

  const ExperimentOptions& options() const { return options_; }
  void clear() { line_.clear(); }

 private:
  InterruptGuard guard_;
  ProgressLine line_;
  ExperimentOptions options_;
};

}  // namespace racked::cli
