#pragma once

#include <racked/des/time.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace racked {

/// A day of the Gregorian calendar; no time zones anywhere.
using Date = std::chrono::sys_days;

/// The time of 00:00 on `date` when the simulation starts at 00:00 on `start`. Dates more than 290
/// years apart saturate at des::Time::max() or min().
des::Time time_of(Date date, Date start);

/// The date on which `time` falls.
Date date_of(des::Time time, Date start);

/// "YYYY-MM-DD".
std::string iso_date(Date date);

/// Parses "YYYY-MM-DD"; std::invalid_argument when it is not a day that exists.
Date parse_date(const std::string& text);

/// Working time from 366 days before the start of the simulation, where late dates may lie, to its
/// horizon: half-open periods [begin, end) in which work progresses. Immutable but for
/// assign_without; safe to read from any number of threads.
///
/// Conventions, those of critical-path scheduling: work that is to start outside a period starts at
/// the beginning of the next one; work that fills a period finishes at its end, not at the
/// beginning of the next. Work that would go on past the last period never finishes (des::kNever);
/// work that must have begun before the first one began at des::Time::min().
class Calendar {
 public:
  /// How far before the start of the simulation the periods reach.
  static constexpr int kDaysBefore = 366;

  /// A period of working time within a week, as offsets from Monday 00:00.
  struct Shift {
    int weekday;           ///< 0 Monday … 6 Sunday: the day on which it begins.
    des::Duration from;    ///< Since 00:00 of that day.
    des::Duration length;  ///< May go past midnight.
  };

  /// A half-open stretch of working time.
  struct Period {
    des::Time begin;       ///< Work goes on.
    des::Time end;         ///< Work stops.
    des::Duration before;  ///< Working time of all earlier periods.
  };

  /// Every hour of every day, without end.
  Calendar();

  /// Repeats `shifts` every week up to `horizon`, leaving out those that begin on a holiday. A
  /// shift that crosses midnight belongs to the day it begins on; adjoining shifts become one
  /// period. std::invalid_argument when shifts overlap, or when there are none.
  Calendar(const std::vector<Shift>& shifts, const std::vector<Date>& holidays, Date start,
           Date horizon);

  /// Whether work progresses at `time`. O(1), as are all below; finish is O(log n) in the number of
  /// periods for work that lasts longer than a few.
  bool works_at(des::Time time) const;

  /// The earliest working instant not before `time`; des::kNever if there is none.
  des::Time next_work(des::Time time) const;

  /// When `work` begun at `start` is done; des::kNever past the last period. Zero work is done at
  /// `start` itself.
  des::Time finish(des::Time start, des::Duration work) const;

  /// The inverse: the latest instant at which `work` must begin to be done at `finish`; a working
  /// one, the beginning of a period rather than the end of the one before. Zero work begins at
  /// `finish` itself.
  des::Time start(des::Time finish, des::Duration work) const;

  /// The latest instant not after `time` at which work can end: in a period or at its end;
  /// des::Time::min() if there is none.
  des::Time last_work(des::Time time) const;

  /// Working time in [from, to); negative when `to` comes first.
  des::Duration work_between(des::Time from, des::Time to) const;

  /// Working time of the average day on which a shift begins: the meaning of "one working day".
  des::Duration working_day() const { return working_day_; }

  /// Whether it is the calendar of every hour of every day; it has no periods.
  bool always() const { return always_; }

  /// Makes this `fair` without the days marked in `lost`, from 00:00 to 24:00, day 0 being that of
  /// the start; days beyond the marks are not lost. Keeps its memory.
  void assign_without(const Calendar& fair, const std::vector<char>& lost);

  /// Ascending; neighbours neither overlap nor touch.
  const std::vector<Period>& periods() const { return periods_; }

 private:
  std::vector<Period>::const_iterator period_ending_after(des::Time time) const;
  des::Duration done_by(des::Time time) const;
  void add_period(des::Time begin, des::Time end);
  void index_days();

  bool always_ = true;
  des::Duration working_day_;
  std::vector<Period> periods_;
  // The first period that ends after 00:00 of each day, from the first day covered on.
  std::vector<std::uint32_t> first_of_day_;
};

}  // namespace racked
