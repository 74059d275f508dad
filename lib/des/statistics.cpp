#include <racked/des/statistics.h>

#include "portable_real.h"

#include <boost/math/distributions/students_t.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace racked::des {

void Tally::record(double value) {
  ++count_;
  const double deviation = value - mean_;
  mean_ += deviation / static_cast<double>(count_);
  squares_ += deviation * (value - mean_);
  min_ = std::min(min_, value);
  max_ = std::max(max_, value);
}

void Tally::merge(const Tally& other) {
  if (other.count_ == 0) return;
  const double n = static_cast<double>(count_), m = static_cast<double>(other.count_);
  const double deviation = other.mean_ - mean_;
  mean_ += deviation * m / (n + m);
  squares_ += other.squares_ + deviation * deviation * n * m / (n + m);
  count_ += other.count_;
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
}

double Tally::variance() const {
  return count_ < 2 ? 0 : squares_ / static_cast<double>(count_ - 1);
}

double Tally::half_width(double confidence) const {
  if (!(confidence > 0 && confidence < 1))
    throw std::invalid_argument("a confidence lies between 0 and 1");
  if (count_ < 2) return std::numeric_limits<double>::infinity();
  const boost::math::students_t_distribution<portable::Real, portable::Policy> student(count_ - 1);
  // From the tail, which is more than 0 however close to 1 the confidence is.
  const portable::Real tail = (1 - confidence) / 2;
  const double t = boost::math::quantile(boost::math::complement(student, tail)).value;
  return t * std::sqrt(variance() / static_cast<double>(count_));
}

TimeAverage::TimeAverage(Time begin, double value) : last_(begin), value_(value) {}

void TimeAverage::record(Time time, double value) {
  finish(time);
  value_ = value;
  observing_ = true;
}

void TimeAverage::finish(Time time) {
  if (time < last_) throw std::logic_error("a time average cannot go back in time");
  if (observing_ && time > last_) {
    const std::uint64_t held = static_cast<std::uint64_t>(time.time_since_epoch().count()) -
                               static_cast<std::uint64_t>(last_.time_since_epoch().count());
    integral_ += value_ * static_cast<double>(held);
    ticks_ += held;
    min_ = std::min(min_, value_);
    max_ = std::max(max_, value_);
  }
  last_ = time;
  observing_ = false;
}

void TimeAverage::merge(const TimeAverage& other) {
  integral_ += other.integral_;
  ticks_ += other.ticks_;
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
}

double TimeAverage::mean() const {
  return ticks_ == 0 ? value_ : integral_ / static_cast<double>(ticks_);
}

double TimeAverage::min() const { return ticks_ == 0 ? value_ : min_; }
double TimeAverage::max() const { return ticks_ == 0 ? value_ : max_; }

Duration TimeAverage::duration() const {
  return Duration(static_cast<std::int64_t>(std::min<Ticks>(ticks_, Duration::max().count())));
}

}  // namespace racked::des
