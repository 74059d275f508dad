#include "parts.h"
#include "views.h"

#include <racked/comparison.h>

#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>

#include <limits>
#include <memory>
#include <optional>
#include <tuple>

namespace racked::python {

namespace {

/// Name, title, edits and results of a variant.
using Named =
    std::tuple<std::string, std::string, std::vector<std::string>, std::shared_ptr<Results>>;

double or_nan(const std::optional<double>& value) {
  return value.value_or(std::numeric_limits<double>::quiet_NaN());
}

py::tuple quantile_row(const Difference::Quantile& quantile) {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  const des::Interval interval = quantile.interval.value_or(des::Interval{kNone, kNone});
  return py::make_tuple(or_nan(quantile.baseline_days), or_nan(quantile.variant_days),
                        or_nan(quantile.days), interval.low, interval.high);
}

py::list differences(const Comparison& comparison) {
  py::list rows;
  for (const Difference& one : comparison.differences) {
    py::tuple row =
        py::make_tuple(comparison.variants.front().milestones[one.milestone].name,
                       comparison.variants[one.variant].name, one.pairs, one.both,
                       one.baseline_only, one.variant_only, one.baseline_days, one.variant_days,
                       one.days, or_nan(one.half_width_days), or_nan(one.variance_removed));
    for (const Difference::Quantile& quantile : one.quantiles) row = row + quantile_row(quantile);
    rows.append(row);
  }
  return rows;
}

py::list days(const Comparison& comparison) {
  py::list rows;
  for (const Difference& one : comparison.differences)
    for (const Difference::By& by : one.by)
      rows.append(py::make_tuple(comparison.variants.front().milestones[one.milestone].name,
                                 comparison.variants[one.variant].name, days_since_epoch(by.day),
                                 by.baseline, by.variant, by.interval.low, by.interval.high));
  return rows;
}

std::shared_ptr<Comparison> compare_all(const std::vector<Named>& all) {
  std::vector<VariantTimes> times;
  for (const auto& [name, title, edits, results] : all) {
    times.push_back(times_of(name, *results));
    times.back().title = title;
    times.back().edits = edits;
  }
  Comparison comparison = compare(std::move(times));
  comparison.scenario = std::get<3>(all.front())->scenario;
  comparison.title = std::get<3>(all.front())->title;
  return std::make_shared<Comparison>(std::move(comparison));
}

}  // namespace

void add_comparison(py::module_& module) {
  using Release = py::call_guard<py::gil_scoped_release>;
  py::class_<Comparison, std::shared_ptr<Comparison>>(module, "Comparison")
      .def("differences", &differences)
      .def("days", &days)
      .def("json", &comparison_json, Release())
      .def(
          "write",
          [](const Comparison& self, const std::filesystem::path& directory) {
            write_comparison(self, directory);
          },
          Release());
  module.def("compare", &compare_all, py::arg("all"), Release());
}

}  // namespace racked::python
