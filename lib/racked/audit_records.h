#pragma once

#include <racked/audit.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

/// What the judges of a timeline share: a list of findings, and plain ways to ask the records.
namespace racked::audit_rules {

/// Charges and the usable positions beside them.
inline constexpr std::size_t kStates = kCharges + 1;

class FindingList {
 public:
  void add(const char* rule, std::string message) {
    if (findings_.size() < kMost) findings_.push_back({rule, std::move(message)});
  }
  std::vector<Finding> take() && { return std::move(findings_); }

 private:
  static constexpr std::size_t kMost = 1000;
  std::vector<Finding> findings_;
};

/// A step function of time by its changes.
class Steps {
 public:
  void add(des::Time at, std::int64_t change) { changes_.emplace_back(at, change); }
  /// Sorts and sums up; afterwards (time, value from then on), one entry for each time.
  void settle();
  const std::vector<std::pair<des::Time, std::int64_t>>& values() const { return values_; }
  /// The value once everything at `time` has happened. O(log n).
  std::int64_t at(des::Time time) const;

 private:
  std::vector<std::pair<des::Time, std::int64_t>> changes_;
  std::vector<std::pair<des::Time, std::int64_t>> values_;
};

/// Working time in [from, to) by the calendar's periods. O(log n + periods between).
des::Duration worked(const Calendar& calendar, des::Time from, des::Time to);
/// The first instant not before `time` at which the calendar works.
des::Time opening(const Calendar& calendar, des::Time time);

/// Half-open.
using Spans = std::vector<std::pair<des::Time, des::Time>>;
inline bool within(const Spans& spans, des::Time time) {
  return std::any_of(spans.begin(), spans.end(),
                     [time](const auto& span) { return span.first <= time && time < span.second; });
}

/// When what a cause names happened; des::kNever when its record does not exist.
des::Time moment(const Timeline& timeline, const Cause& cause);

/// What the scenario says has happened is not judged.
bool is_fact(const Model& model, const TaskRun& run);
bool is_fact(const Model& model, const RackRun& rack);

/// "2025-06-23 14:00" of a time, for messages.
std::string when(const Model& model, des::Time time);

void check_tasks(const Model& model, const Timeline& timeline, FindingList& findings);
void check_resources(const Model& model, const Timeline& timeline, FindingList& findings);
void check_power(const Model& model, const Timeline& timeline, FindingList& findings);
void check_racks(const Model& model, const Timeline& timeline, FindingList& findings);
void check_accounts(const Model& model, const Timeline& timeline, FindingList& findings);

}  // namespace racked::audit_rules
