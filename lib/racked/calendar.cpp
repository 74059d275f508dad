#include <racked/calendar.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <stdexcept>
#include <unordered_set>

namespace racked {
namespace {

constexpr int kDaysPerWeek = 7;
constexpr int kLookAhead = 4;  // periods tried one by one before searching: most work is short
constexpr des::Time kFirstDay = des::kStart - Calendar::kDaysBefore * des::kDay;

// 0 Monday … 6 Sunday.
int weekday(Date date) { return static_cast<int>(std::chrono::weekday(date).iso_encoding()) - 1; }

int number(const std::string& text, std::size_t from, std::size_t length) {
  int value = -1;
  const char* first = text.data() + from;
  const auto [end, error] = std::from_chars(first, first + length, value);
  return error == std::errc() && end == first + length ? value : -1;
}

std::string padded(unsigned value, std::size_t width) {
  const std::string digits = std::to_string(value);
  return std::string(width - std::min(width, digits.size()), '0') + digits;
}

}  // namespace

des::Time time_of(Date date, Date start) {
  constexpr std::int64_t kMostDays = 106'000;  // 290 years in nanoseconds still fit 64 bits
  const std::int64_t days = (date - start).count();
  if (days > kMostDays) return des::kNever;
  if (days < -kMostDays) return des::Time::min();
  return des::kStart + std::chrono::hours(24 * days);
}

Date date_of(des::Time time, Date start) {
  return start + std::chrono::floor<std::chrono::days>(time.time_since_epoch());
}

std::string iso_date(Date date) {
  const std::chrono::year_month_day day(date);
  return padded(static_cast<unsigned>(static_cast<int>(day.year())), 4) + "-" +
         padded(static_cast<unsigned>(day.month()), 2) + "-" +
         padded(static_cast<unsigned>(day.day()), 2);
}

Date parse_date(const std::string& text) {
  const bool shaped = text.size() == 10 && text[4] == '-' && text[7] == '-';
  const int year = shaped ? number(text, 0, 4) : -1;
  const int month = shaped ? number(text, 5, 2) : -1;
  const int day = shaped ? number(text, 8, 2) : -1;
  if (year < 0 || month < 0 || day < 0)
    throw std::invalid_argument("'" + text + "' is not a date of the form YYYY-MM-DD");
  const std::chrono::year_month_day date(std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day)));
  if (!date.ok()) throw std::invalid_argument("'" + text + "' is not a day that exists");
  return date;
}

Calendar::Calendar() : working_day_(des::kDay) {}

Calendar::Calendar(const std::vector<Shift>& shifts, const std::vector<Date>& holidays, Date start,
                   Date horizon)
    : always_(false) {
  if (shifts.empty()) throw std::invalid_argument("a calendar needs at least one shift");

  // What one working day means.
  std::set<int> days;
  des::Duration week{};
  for (const Shift& shift : shifts) {
    days.insert(shift.weekday);
    week += shift.length;
  }
  working_day_ = week / static_cast<std::int64_t>(days.size());

  // Shifts of each weekday in order of their beginning.
  std::vector<std::vector<Shift>> by_day(kDaysPerWeek);
  for (const Shift& shift : shifts)
    by_day[static_cast<std::size_t>(shift.weekday)].push_back(shift);
  for (auto& day : by_day)
    std::sort(day.begin(), day.end(),
              [](const Shift& a, const Shift& b) { return a.from < b.from; });

  // Overlaps show within any two weeks, holidays or not.
  des::Time busy_until = des::Time::min();
  for (int day = 0; day < 2 * kDaysPerWeek; ++day)
    for (const Shift& shift : by_day[static_cast<std::size_t>(day % kDaysPerWeek)]) {
      const des::Time begin = des::kStart + day * des::kDay + shift.from;
      if (begin < busy_until) throw std::invalid_argument("shifts overlap");
      busy_until = begin + shift.length;
    }

  std::unordered_set<std::int64_t> closed;
  for (const Date holiday : holidays) closed.insert(holiday.time_since_epoch().count());
  for (Date date = start - std::chrono::days(kDaysBefore); date < horizon;
       date += std::chrono::days(1)) {
    if (closed.count(date.time_since_epoch().count()) != 0) continue;
    for (const Shift& shift : by_day[static_cast<std::size_t>(weekday(date))]) {
      const des::Time from = time_of(date, start) + shift.from;
      add_period(from, from + shift.length);
    }
  }
  index_days();
}

void Calendar::add_period(des::Time begin, des::Time end) {
  if (end <= begin) return;
  if (periods_.empty()) {
    periods_.push_back({begin, end, des::Duration::zero()});
  } else if (periods_.back().end == begin) {
    periods_.back().end = end;
  } else {
    const Period& last = periods_.back();
    periods_.push_back({begin, end, last.before + (last.end - last.begin)});
  }
}

void Calendar::index_days() {
  first_of_day_.clear();
  std::uint32_t next = 0;
  for (des::Time day = kFirstDay; next < periods_.size(); day += des::kDay) {
    while (next < periods_.size() && periods_[next].end <= day) ++next;
    first_of_day_.push_back(next);
  }
}

void Calendar::assign_without(const Calendar& fair, const std::vector<char>& lost) {
  always_ = false;
  working_day_ = fair.working_day_;
  periods_.clear();
  const auto day = [](std::size_t i) {
    return des::kStart + static_cast<std::int64_t>(i) * des::kDay;
  };
  if (fair.always_) {
    // Without end, as far as numbers go.
    des::Time from = kFirstDay;
    for (std::size_t i = 0; i < lost.size(); ++i)
      if (lost[i]) {
        add_period(from, day(i));
        from = day(i + 1);
      }
    add_period(from, std::max(from, day(lost.size())));
  } else {
    std::size_t i = 0;
    for (Period period : fair.periods_) {
      while (i < lost.size() && (!lost[i] || day(i + 1) <= period.begin)) ++i;
      for (std::size_t cut = i; cut < lost.size() && day(cut) < period.end; ++cut) {
        if (!lost[cut]) continue;
        add_period(period.begin, std::max(period.begin, day(cut)));
        period.begin = std::max(period.begin, day(cut + 1));
      }
      add_period(period.begin, period.end);
    }
  }
  index_days();
}

std::vector<Calendar::Period>::const_iterator Calendar::period_ending_after(des::Time time) const {
  if (periods_.empty() || time >= periods_.back().end) return periods_.end();
  if (time < kFirstDay) return periods_.begin();
  const std::int64_t day = (time - kFirstDay) / des::kDay;
  const auto known = static_cast<std::size_t>(
      std::min<std::int64_t>(day, static_cast<std::int64_t>(first_of_day_.size()) - 1));
  auto period = periods_.begin() + first_of_day_[known];
  while (period != periods_.end() && period->end <= time) ++period;
  return period;
}

bool Calendar::works_at(des::Time time) const {
  if (always_) return true;
  const auto period = period_ending_after(time);
  return period != periods_.end() && period->begin <= time;
}

des::Time Calendar::next_work(des::Time time) const {
  if (always_) return time;
  const auto period = period_ending_after(time);
  return period == periods_.end() ? des::kNever : std::max(time, period->begin);
}

des::Time Calendar::finish(des::Time start, des::Duration work) const {
  if (work <= des::Duration::zero()) return start;
  if (always_)
    return work < des::kNever - std::max(start, des::kStart) ? start + work : des::kNever;
  const auto first = period_ending_after(start);
  if (first == periods_.end()) return des::kNever;

  // The work is done where the working time reaches what was done before the start plus the work.
  const des::Duration before = first->before + (std::max(start, first->begin) - first->begin);
  const des::Duration total =
      periods_.back().before + (periods_.back().end - periods_.back().begin);
  if (work > total - before) return des::kNever;
  const des::Duration target = before + work;
  const auto short_of_target = [](const Period& p, des::Duration t) {
    return p.before + (p.end - p.begin) < t;
  };
  auto last = first;
  for (int i = 0; i < kLookAhead && short_of_target(*last, target); ++i) ++last;
  if (short_of_target(*last, target))
    last = std::lower_bound(last, periods_.end(), target, short_of_target);
  return last->begin + (target - last->before);
}

des::Time Calendar::start(des::Time finish, des::Duration work) const {
  if (work <= des::Duration::zero() || finish == des::Time::min()) return finish;
  if (always_) return finish - work;
  const des::Duration target = done_by(finish) - work;
  if (target < des::Duration::zero()) return des::Time::min();
  // Where exactly that much has been done, a period begins rather than ends.
  const auto period = std::partition_point(periods_.begin(), periods_.end(), [&](const Period& p) {
    return p.before + (p.end - p.begin) <= target;
  });
  return period->begin + (target - period->before);
}

des::Time Calendar::last_work(des::Time time) const {
  if (always_) return time;
  const auto period = period_ending_after(time);
  if (period != periods_.end() && period->begin < time) return time;
  return period == periods_.begin() ? des::Time::min() : std::prev(period)->end;
}

des::Duration Calendar::done_by(des::Time time) const {
  const auto period = period_ending_after(time);
  if (period == periods_.end())
    return periods_.empty()
               ? des::Duration::zero()
               : periods_.back().before + (periods_.back().end - periods_.back().begin);
  return period->before + (std::max(time, period->begin) - period->begin);
}

des::Duration Calendar::work_between(des::Time from, des::Time to) const {
  return always_ ? to - from : done_by(to) - done_by(from);
}

}  // namespace racked
