#include <racked/results.h>

#include "rank.h"

#include <racked/des/statistics.h>
#include <racked/ledger.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

namespace racked {
namespace {

constexpr double kNanosecondsPerDay = 86'400e9;

template <class Value>
Value quantile_of(std::vector<Value> values, double p, Value without_any) {
  if (values.empty()) return without_any;
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(rank(p, values.size()));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

std::vector<des::Time> column(const Results& results, std::size_t milestone) {
  const std::size_t width = results.milestones.size();
  if (milestone >= width) throw std::out_of_range("there is no such milestone");
  std::vector<des::Time> times(results.rows());
  for (std::size_t row = 0; row < times.size(); ++row)
    times[row] = results.reached[row * width + milestone];
  return times;
}

void require_campus(const Results& results, std::optional<std::size_t> campus) {
  if (campus && *campus >= results.campuses.size())
    throw std::out_of_range("there is no such campus");
}

void add_mean(MilestoneSummary& summary, const std::vector<des::Time>& reached) {
  des::Tally days;
  for (const des::Time time : reached)
    days.record(static_cast<double>(time.time_since_epoch().count()) / kNanosecondsPerDay);
  if (days.count() > 0) summary.mean_days = days.mean();
  if (days.count() > 1) summary.mean_half_width_days = days.half_width(0.95);
}

double in_unit(double value, Series series) { return in_watts(series) ? value / 1e6 : value; }

// `next(row)` gives the value in that place in ascending order; places ascend.
template <class Next, class Shown>
Band band_of(std::size_t rows, double sum, Next next, Shown shown) {
  const auto quantile = [&](double p) { return shown(static_cast<double>(next(rank(p, rows)))); };
  Band band;
  band.mean = shown(sum / static_cast<double>(rows));
  band.p05 = quantile(0.05);
  band.p10 = quantile(0.10);
  band.p25 = quantile(0.25);
  band.p50 = quantile(0.50);
  band.p75 = quantile(0.75);
  band.p90 = quantile(0.90);
  band.p95 = quantile(0.95);
  return band;
}

// `values`, of which there is at least one, is reordered.
template <class Value, class Shown>
Band band_of_values(std::vector<Value>& values, double sum, Shown shown) {
  auto from = values.begin();
  const auto next = [&](std::size_t row) {
    const auto at = values.begin() + static_cast<std::ptrdiff_t>(row);
    if (at >= from) {
      std::nth_element(from, at, values.end());
      from = at + 1;
    }
    return *at;
  };
  return band_of(values.size(), sum, next, shown);
}

double exact_sum(const std::vector<std::int64_t>& values) {
  ChipTime sum = 0;
  for (const std::int64_t value : values) sum += value;
  return static_cast<double>(sum);
}

auto shown_in(Series series) {
  return [series](double value) { return in_unit(value, series); };
}

double as_it_is(double value) { return value; }

Band band_of_values(std::vector<std::int64_t>& values, Series series) {
  return band_of_values(values, exact_sum(values), shown_in(series));
}

Band band_of_sketch(const Results& results, std::size_t column, Series series) {
  return band_of(
      results.rows(), static_cast<double>(results.sketch->column(column).sum),
      [&](std::size_t row) { return results.sketch->at_rank(column, row); }, shown_in(series));
}

}  // namespace

des::Time quantile(const Results& results, std::size_t milestone, double p) {
  return quantile_of(column(results, milestone), p, des::kNever);
}

std::int32_t stage_quantile(const Results& results, std::size_t building, Stage stage, double p) {
  const std::size_t width = results.buildings.size();
  if (building >= width) throw std::out_of_range("there is no such building");
  std::vector<std::int32_t> days(results.rows());
  for (std::size_t row = 0; row < days.size(); ++row)
    days[row] =
        results.stages[(row * width + building) * kStages + static_cast<std::size_t>(stage)];
  return quantile_of(std::move(days), p, kNeverDay);
}

double probability_by(const Results& results, std::size_t milestone, Date day) {
  const std::vector<des::Time> times = column(results, milestone);
  if (times.empty()) return 0;
  const des::Time end = time_of(day + std::chrono::days(1), results.start);
  const auto there =
      std::count_if(times.begin(), times.end(), [end](des::Time time) { return time < end; });
  return static_cast<double>(there) / static_cast<double>(times.size());
}

MilestoneSummary summarise(const Results& results, std::size_t milestone) {
  MilestoneSummary summary;
  std::vector<des::Time> times = column(results, milestone);
  for (const Date day : results.milestones[milestone].by)
    summary.by.push_back(probability_by(results, milestone, day));
  if (times.empty()) return summary;
  summary.p10 = quantile(results, milestone, 0.10);
  summary.p50 = quantile(results, milestone, 0.50);
  summary.p90 = quantile(results, milestone, 0.90);
  times.erase(std::remove(times.begin(), times.end(), des::kNever), times.end());
  summary.reached_count = times.size();
  summary.reached = static_cast<double>(times.size()) / static_cast<double>(results.rows());
  add_mean(summary, times);
  return summary;
}

std::array<double, kCharges> lost_chip_days(const Results& results,
                                            std::optional<std::size_t> campus) {
  require_campus(results, campus);
  std::array<ChipTime, kCharges> sums{};
  const std::size_t campuses = results.campuses.size();
  for (std::size_t i = 0; i < results.charges.size(); ++i)
    if (!campus || i / kCharges % campuses == *campus) sums[i % kCharges] += results.charges[i];
  std::array<double, kCharges> means{};
  if (results.rows() == 0) return means;
  for (std::size_t charge = 0; charge < kCharges; ++charge)
    means[charge] = chip_days(sums[charge]) / static_cast<double>(results.rows());
  return means;
}

std::array<Band, kSeries> bands(const Results& results, std::size_t date,
                                std::optional<std::size_t> campus) {
  require_campus(results, campus);
  const std::size_t dates = results.report_dates.size(), campuses = results.campuses.size();
  if (date >= dates) throw std::out_of_range("there is no such report date");
  std::array<Band, kSeries> all{};
  if (results.rows() == 0) return all;

  if (results.sketch) {
    const std::size_t groups = campuses > 1 ? campuses + 1 : campuses;
    const std::size_t first = (date * groups + campus.value_or(groups - 1)) * kSeries;
    for (std::size_t series = 0; series < kSeries; ++series)
      all[series] = band_of_sketch(results, first + series, static_cast<Series>(series));
    return all;
  }
  std::vector<std::int64_t> values;
  const std::size_t first = campus.value_or(0), last = campus ? first + 1 : campuses;
  for (std::size_t series = 0; series < kSeries; ++series) {
    values.assign(results.rows(), 0);
    for (std::size_t c = first; c < last; ++c)
      results.samples.add_column((date * campuses + c) * kSeries + series, values);
    all[series] = band_of_values(values, static_cast<Series>(series));
  }
  return all;
}

std::vector<Band> stage_bands(const Results& results, Stage stage,
                              std::optional<std::size_t> campus) {
  require_campus(results, campus);
  const std::size_t dates = results.report_dates.size(), rows = results.rows();
  std::vector<Band> bands(dates);
  if (rows == 0) return bands;
  // What comes on a date first, then what has come up to it.
  std::vector<std::vector<std::int64_t>> watts(dates, std::vector<std::int64_t>(rows, 0));
  for (std::size_t row = 0; row < rows; ++row)
    for (std::size_t i = 0; i < results.buildings.size(); ++i) {
      const Results::Place& building = results.buildings[i];
      const std::int32_t day = results.stages[(row * results.buildings.size() + i) * kStages +
                                              static_cast<std::size_t>(stage)];
      if (day == kNeverDay || (campus && building.campus != *campus)) continue;
      // It came in the course of its day, so the next 00:00 sees it; day 0 begins with it.
      const Date seen = results.start + std::chrono::days(day == 0 ? 0 : day + 1);
      const auto date =
          std::lower_bound(results.report_dates.begin(), results.report_dates.end(), seen);
      if (date != results.report_dates.end())
        watts[static_cast<std::size_t>(date - results.report_dates.begin())][row] +=
            building.facility_watts;
    }
  for (std::size_t date = 0; date < dates; ++date) {
    if (date > 0)
      for (std::size_t row = 0; row < rows; ++row) watts[date][row] += watts[date - 1][row];
    std::vector<std::int64_t> values = watts[date];
    bands[date] = band_of_values(values, Series::usable_facility_mw);
  }
  return bands;
}

std::vector<Band> contracted_bands(const Results& results, std::optional<std::size_t> campus) {
  require_campus(results, campus);
  std::vector<Band> bands(results.deals.empty() ? 0 : results.report_dates.size());
  if (results.rows() == 0) return bands;
  const LedgerLayout at(results);
  const std::size_t first = campus.value_or(0);
  const std::size_t last = campus ? first + 1 : results.campuses.size();
  for (std::size_t date = 0; date < bands.size(); ++date) {
    std::vector<std::int64_t> watts(results.rows());
    for (std::size_t i = first; i < last; ++i)
      results.ledger.add_column(at.contracted(i, date), watts);
    bands[date] = band_of_values(watts, Series::usable_facility_mw);
  }
  return bands;
}

Band ledger_band(const Results& results, const std::vector<std::size_t>& numbers) {
  if (results.rows() == 0) return {};
  std::vector<std::int64_t> values(results.rows());
  for (const std::size_t number : numbers) results.ledger.add_column(number, values);
  return band_of_values(values, exact_sum(values), as_it_is);
}

std::optional<Band> concentration_band(const Results& results, std::size_t date,
                                       const std::string& tenant) {
  std::vector<double> values;
  double sum = 0;
  for (std::size_t row = 0; row < results.rows(); ++row)
    if (const auto value = concentration(results, row, date, tenant)) {
      values.push_back(*value);
      sum += *value;
    }
  if (values.empty()) return {};
  return band_of_values(values, sum, as_it_is);
}

std::string_view unit(Series series) {
  if (in_watts(series)) return "MW";
  if (series == Series::usable_racks || series == Series::dark_racks) return "racks";
  return series == Series::usable_buildings ? "buildings" : "chips";
}

}  // namespace racked
