#include "parts.h"
#include "views.h"

#include <racked/results.h>

#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <stdexcept>

namespace racked::python {

template <>
struct Format<Band> {
  static py::dtype dtype() {
    return RecordFormat<Band>()
        .add("p05", &Band::p05)
        .add("p10", &Band::p10)
        .add("p25", &Band::p25)
        .add("p50", &Band::p50)
        .add("p75", &Band::p75)
        .add("p90", &Band::p90)
        .add("p95", &Band::p95)
        .add("mean", &Band::mean)
        .dtype();
  }
};

namespace {

using Shared = std::shared_ptr<Results>;
using Shape = std::vector<py::ssize_t>;

py::ssize_t size(std::size_t count) { return static_cast<py::ssize_t>(count); }

py::array reached(py::object self) {
  const auto& results = self.cast<Results&>();
  return view(results.reached, Shape{size(results.rows()), size(results.milestones.size())}, self);
}

py::array charges(py::object self) {
  const auto& results = self.cast<Results&>();
  return view(results.charges,
              Shape{size(results.rows()), size(results.campuses.size()), size(kCharges)}, self);
}

void require_samples(const Results& results) {
  if (results.sketch)
    throw std::invalid_argument(
        "of so many replications samples are counted in a sketch; bands are known, rows are not");
}

// Samples are packed in memory: these are copies. Of one series [row, date, campus].
py::array_t<std::int64_t> series(const Results& results, std::size_t series) {
  if (series >= kSeries) throw std::out_of_range("there is no such series");
  require_samples(results);
  const std::size_t rows = results.rows();
  const std::size_t cells = results.report_dates.size() * results.campuses.size();
  py::array_t<std::int64_t> values(
      Shape{size(rows), size(results.report_dates.size()), size(results.campuses.size())});
  std::vector<std::int64_t> column(rows);
  for (std::size_t cell = 0; cell < cells; ++cell) {
    std::fill(column.begin(), column.end(), 0);
    results.samples.add_column(cell * kSeries + series, column);
    for (std::size_t row = 0; row < rows; ++row)
      values.mutable_data()[row * cells + cell] = column[row];
  }
  return values;
}

// Of all series [row, date, campus, series].
py::array_t<std::int64_t> samples(const Results& results) {
  require_samples(results);
  py::array_t<std::int64_t> values(Shape{size(results.rows()), size(results.report_dates.size()),
                                         size(results.campuses.size()), size(kSeries)});
  std::vector<std::int64_t> row;
  std::int64_t* at = values.mutable_data();
  for (std::size_t i = 0; i < results.rows(); ++i) {
    results.samples.read_row(i, row);
    at = std::copy(row.begin(), row.end(), at);
  }
  return values;
}

// Chip-days of every replication, campus and charge.
py::array_t<double> chip_days_of(const Results& results) {
  py::array_t<double> days(
      Shape{size(results.rows()), size(results.campuses.size()), size(kCharges)});
  for (std::size_t i = 0; i < results.charges.size(); ++i)
    days.mutable_data()[i] = chip_days(results.charges[i]);
  return days;
}

py::array bands_of(const Results& results, std::optional<std::size_t> campus) {
  std::vector<Band> all;
  for (std::size_t date = 0; date < results.report_dates.size(); ++date)
    for (const Band& band : bands(results, date, campus)) all.push_back(band);
  return {format_of<Band>(), Shape{size(results.report_dates.size()), size(kSeries)}, all.data()};
}

py::list milestones(const Results& results) {
  py::list questions;
  for (const Results::Question& question : results.milestones)
    questions.append(py::make_tuple(question.name, question.title, dates(question.by)));
  return questions;
}

py::list failures(const Results& results) {
  py::list all;
  for (const Results::Failure& failure : results.failures)
    all.append(py::make_tuple(failure.replication, failure.message));
  return all;
}

py::list causes(const Results& results) {
  py::list all;
  for (const Results::CauseSum& cause : results.causes)
    all.append(py::make_tuple(cause.milestone, std::string(name(cause.kind)), cause.name,
                              cause.replications, cause.seconds));
  return all;
}

py::list waits(const Results& results) {
  py::list all;
  for (const Results::WaitSum& wait : results.waits)
    all.append(py::make_tuple(wait.hall ? "hall" : "task", wait.waiter, wait.for_kind,
                              wait.for_name, wait.replications, wait.positions));
  return all;
}

py::list observations(const Results& results) {
  py::list all;
  for (const Observation& point : results.observations)
    all.append(py::make_tuple(days_since_epoch(point.date),
                              point.campus.valid() ? results.campuses[point.campus.index()] : "*",
                              point.series, point.announced, point.value, point.low, point.high,
                              point.source));
  return all;
}

}  // namespace

void add_results(py::module_& module) {
  py::dict units;
  for (std::size_t i = 0; i < kSeries; ++i)
    units[py::str(std::string(name(static_cast<Series>(i))))] =
        std::string(unit(static_cast<Series>(i)));
  module.attr("UNITS") = units;

  using Release = py::call_guard<py::gil_scoped_release>;
  py::class_<Results, Shared>(module, "Results")
      .def_readonly("version", &Results::version)
      .def_readonly("scenario", &Results::scenario)
      .def_readonly("title", &Results::title)
      .def_readonly("scenario_hash", &Results::scenario_hash)
      .def_readonly("seed", &Results::seed)
      .def_property_readonly("start",
                             [](const Results& results) { return days_since_epoch(results.start); })
      .def_property_readonly(
          "horizon", [](const Results& results) { return days_since_epoch(results.horizon); })
      .def_property_readonly("milestones", &milestones)
      .def_property_readonly(
          "campuses", [](const Results& results) { return py::tuple(py::cast(results.campuses)); })
      .def_property_readonly("report_dates",
                             [](const Results& results) { return dates(results.report_dates); })
      .def_property_readonly("rows", &Results::rows)
      .def_property_readonly("ranges", &replication_ranges)
      .def_property_readonly("replications", viewed(&Results::replications))
      .def_property_readonly("events", viewed(&Results::events))
      .def_property_readonly("reached", &reached)
      .def_property_readonly("charges", &charges)
      .def("samples", &samples)
      .def("series", &series, py::arg("series"))
      .def_property_readonly("failures", &failures)
      .def_property_readonly("causes", &causes)
      .def_property_readonly("waits", &waits)
      .def_property_readonly("observations", &observations)
      .def("chip_days", &chip_days_of)
      .def("bands", &bands_of, py::arg("campus"))
      .def("lost_chip_days", &lost_chip_days, py::arg("campus"))
      .def("quantile",
           [](const Results& results, std::size_t milestone, double p) {
             return quantile(results, milestone, p).time_since_epoch().count();
           })
      .def("probability_by",
           [](const Results& results, std::size_t milestone, std::int64_t day) {
             return probability_by(results, milestone, Date(std::chrono::days(day)));
           })
      .def("summary_json", &summary_json, Release())
      .def(
          "write",
          [](const Results& results, const std::filesystem::path& directory) {
            write_results(results, directory);
          },
          Release())
      .def("to_bytes", [](const Results& results) {
        std::string bytes;
        {
          const py::gil_scoped_release release;
          bytes = results_to_bytes(results);
        }
        return py::bytes(bytes);
      });

  module.def(
      "read_results",
      [](const std::filesystem::path& path) {
        return std::make_shared<Results>(read_results(path));
      },
      Release());
  module.def("results_from_bytes", [](const py::bytes& bytes) {
    const auto text = static_cast<std::string_view>(bytes);
    const py::gil_scoped_release release;
    return std::make_shared<Results>(results_from_bytes(text));
  });
  module.def("merge", [](const std::vector<Shared>& parts) {
    const py::gil_scoped_release release;
    std::vector<Results> values;
    for (const Shared& part : parts) values.push_back(*part);
    return std::make_shared<Results>(merge(values));
  });
}

}  // namespace racked::python
