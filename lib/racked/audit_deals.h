#pragma once

#include "audit_records.h"

#include <functional>

/// What the judges of deals, triggers and money know of deals, from the records alone.
namespace racked::audit_rules {

/// Calls `visit` for every stretch in which a rack was usable, if only for an
/// instant; des::kNever: to the end.
void for_each_service(
    const Model& model, const Timeline& timeline,
    const std::function<void(const RackRun&, des::Time from, des::Time to)>& visit);

struct DealBooks {
  DealBooks(const Model& model, const Timeline& timeline);

  /// What a deal promises for `until`, seen at `now`, in its unit.
  std::int64_t promised(std::size_t deal, des::Time now, des::Time until) const;
  /// What its tenant would take at that time.
  std::int64_t asked(std::size_t deal, des::Time at) const;

  const Model& model;
  const Timeline& timeline;
  std::vector<Steps> delivered;  ///< Per deal, in its unit.
  /// The same, with what is lost at an instant still counted at it.
  std::vector<Steps> delivered_at_most;
  std::vector<std::int64_t> at_end;       ///< Per deal, what it had when it was terminated.
  std::vector<std::vector<Steps>> units;  ///< Per deal and stock.
  /// Racks that nobody has been given: row 0 of the usable ones, row d + 1 of those of deal d.
  std::vector<std::vector<Steps>> free;
  std::vector<des::Time> moments;  ///< At which anything may change; ascending, to the horizon.

 private:
  void find_moments();
};

void check_triggers(const DealBooks& books, FindingList& findings);
void check_cash(const DealBooks& books, FindingList& findings);

}  // namespace racked::audit_rules
