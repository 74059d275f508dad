#include <racked/ledger.h>
#include <racked/resolved.h>
#include <racked/results.h>

#include "csv.h"
#include "results_csv.h"
#include "results_money.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <numeric>

namespace racked {
namespace {

using Json = nlohmann::ordered_json;

/// Of deals, so no series of every scenario.
constexpr const char* kContracted = "contracted_mw";

/// All campuses together; no campus can have this name.
constexpr std::string_view kAllCampuses = "*";

double days_from_start(des::Time time) {
  return static_cast<double>(time.time_since_epoch().count()) / 86'400e9;
}

std::string_view campus_name(const Results& results, std::optional<std::size_t> campus) {
  return campus ? std::string_view(results.campuses[*campus]) : kAllCampuses;
}

// Calls `visit` with no campus, which stands for all together, then with each.
template <class Visit>
void for_each_campus(const Results& results, Visit visit) {
  visit(std::optional<std::size_t>());
  for (std::size_t campus = 0; campus < results.campuses.size(); ++campus)
    visit(std::optional<std::size_t>(campus));
}

// The parts of the summary.

// Whole numbers are written as such.
Json number_json(double value) {
  if (value == std::floor(value) && std::abs(value) < 9e15) return static_cast<std::int64_t>(value);
  return value;
}

Json date_or_null(const Results& results, des::Time time) {
  if (time == des::kNever) return nullptr;
  return iso_date(date_of(time, results.start));
}

Json milestone_json(const Results& results, std::size_t index) {
  const Results::Question& question = results.milestones[index];
  const MilestoneSummary summary = summarise(results, index);
  Json json;
  json["name"] = question.name;
  json["title"] = question.title;
  json["reached"] = number_json(summary.reached);
  json["p10"] = date_or_null(results, summary.p10);
  json["p50"] = date_or_null(results, summary.p50);
  json["p90"] = date_or_null(results, summary.p90);
  json["mean"] = nullptr;
  json["mean_days_from_start"] = nullptr;
  json["mean_half_width_days"] = nullptr;
  if (summary.mean_days) {
    json["mean"] =
        iso_date(date_of(des::kStart + des::rounded(*summary.mean_days, des::kDay), results.start));
    json["mean_days_from_start"] = number_json(*summary.mean_days);
  }
  if (summary.mean_half_width_days)
    json["mean_half_width_days"] = number_json(*summary.mean_half_width_days);
  json["by"] = Json::object();
  for (std::size_t i = 0; i < question.by.size(); ++i)
    json["by"][iso_date(question.by[i])] = number_json(summary.by[i]);
  return json;
}

Json lost_json(const Results& results, std::optional<std::size_t> campus) {
  const auto lost = lost_chip_days(results, campus);
  Json json;
  for (std::size_t charge = 0; charge < kCharges; ++charge)
    json[std::string(name(static_cast<Charge>(charge)))] = number_json(lost[charge]);
  return json;
}

Json series_json(const Results& results, std::optional<std::size_t> campus) {
  Json json;
  json["dates"] = Json::array();
  const std::vector<Band> contracted = contracted_bands(results, campus);
  for (std::size_t s = 0; s < kSeries; ++s) {
    const Series series = static_cast<Series>(s);
    json[std::string(name(series))] = {{"unit", unit(series)},
                                       {"p10", Json::array()},
                                       {"p50", Json::array()},
                                       {"p90", Json::array()}};
  }
  for (std::size_t date = 0; date < results.report_dates.size(); ++date) {
    json["dates"].push_back(iso_date(results.report_dates[date]));
    const auto all = bands(results, date, campus);
    for (std::size_t s = 0; s < kSeries; ++s) {
      Json& series = json[std::string(name(static_cast<Series>(s)))];
      series["p10"].push_back(number_json(all[s].p10));
      series["p50"].push_back(number_json(all[s].p50));
      series["p90"].push_back(number_json(all[s].p90));
    }
  }
  if (contracted.empty()) return json;
  Json& series = json[kContracted] = {{"unit", "MW"}};
  for (const Band& band : contracted) {
    series["p10"].push_back(number_json(band.p10));
    series["p50"].push_back(number_json(band.p50));
    series["p90"].push_back(number_json(band.p90));
  }
  return json;
}

std::string compact(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// What holds nothing structured stands on one line.
void print(const Json& json, const std::string& indent, std::string& text) {
  const auto structured = [](const Json& child) { return child.is_structured(); };
  if (!json.is_structured() || std::none_of(json.begin(), json.end(), structured)) {
    text += compact(json);
    return;
  }
  text += json.is_object() ? "{" : "[";
  bool first = true;
  for (const auto& [key, child] : json.items()) {
    text += (first ? "\n" : ",\n") + indent + "  ";
    if (json.is_object()) text += compact(Json(key)) + ": ";
    print(child, indent + "  ", text);
    first = false;
  }
  text += "\n" + indent + (json.is_object() ? "}" : "]");
}

}  // namespace

std::string summary_json(const Results& results) {
  Json json;
  json["racked"] = results.version;
  json["scenario"] = results.scenario;
  json["title"] = results.title;
  json["scenario_hash"] = hex(results.scenario_hash);
  json["seed"] = results.seed;
  json["replications"] = results.rows();
  json["replication_ranges"] = replication_ranges(results);
  json["failed"] = Json::array();
  for (const Results::Failure& failure : results.failures)
    json["failed"].push_back({{"replication", failure.replication}, {"message", failure.message}});
  json["events"] = std::accumulate(results.events.begin(), results.events.end(), std::uint64_t{0});
  json["start"] = iso_date(results.start);
  json["horizon"] = iso_date(results.horizon);
  json["milestones"] = Json::array();
  for (std::size_t i = 0; i < results.milestones.size(); ++i)
    json["milestones"].push_back(milestone_json(results, i));
  json["lost_chip_days"] = lost_json(results, {});
  if (results.sketch) json["series_relative_error"] = Sketch::kRelativeError;
  json["series"] = series_json(results, {});
  json["campuses"] = Json::object();
  for (std::size_t campus = 0; campus < results.campuses.size(); ++campus)
    json["campuses"][results.campuses[campus]] = {{"lost_chip_days", lost_json(results, campus)},
                                                  {"series", series_json(results, campus)}};
  if (const std::string money = money_json(results); !money.empty()) {
    const Json parts = Json::parse(money);
    for (const auto& [key, part] : parts.items()) json[key] = part;
  }
  std::string text;
  print(json, "", text);
  return text + "\n";
}

std::string milestones_csv(const Results& results) {
  Csv csv("scenario_hash,seed,replication,milestone,reached_date,days_from_start",
          stamp_of(results));
  const std::size_t width = results.milestones.size();
  for (std::size_t row = 0; row < results.rows(); ++row)
    for (std::size_t i = 0; i < width; ++i) {
      const des::Time time = results.reached[row * width + i];
      csv.line().value(results.replications[row]).value(results.milestones[i].name);
      if (time == des::kNever)
        csv.value("").value("");
      else
        csv.value(iso_date(date_of(time, results.start))).value(days_from_start(time));
    }
  return csv.finish();
}

std::string bands_csv(const Results& results) {
  Csv csv(
      "scenario_hash,seed,replications,date,campus,series,unit,p05,p10,p25,p50,p75,p90,p95,mean",
      stamp_with_ranges(results));
  std::vector<std::vector<Band>> contracted;  // of all, then of each campus
  for_each_campus(results, [&](std::optional<std::size_t> campus) {
    contracted.push_back(contracted_bands(results, campus));
  });
  for (std::size_t date = 0; date < results.report_dates.size(); ++date)
    for_each_campus(results, [&](std::optional<std::size_t> campus) {
      const auto all = bands(results, date, campus);
      for (std::size_t s = 0; s < kSeries; ++s) {
        const Series series = static_cast<Series>(s);
        csv.line().value(iso_date(results.report_dates[date])).value(campus_name(results, campus));
        csv.value(name(series)).value(unit(series));
        add_band(csv, all[s]);
      }
      if (results.deals.empty()) return;
      csv.line().value(iso_date(results.report_dates[date])).value(campus_name(results, campus));
      csv.value(kContracted).value("MW");
      add_band(csv, contracted[campus ? *campus + 1 : 0][date]);
    });
  return csv.finish();
}

std::string stages_csv(const Results& results) {
  Csv csv("scenario_hash,seed,replications,building,stage,reached,p10,p50,p90",
          stamp_with_ranges(results));
  const std::size_t cells = results.buildings.size() * kStages;
  for (std::size_t cell = 0; cell < cells; ++cell) {
    const std::size_t building = cell / kStages;
    const Stage stage = static_cast<Stage>(cell % kStages);
    double reached = 0;
    for (std::size_t row = 0; row < results.rows(); ++row)
      reached += results.stages[row * cells + cell] != kNeverDay;
    csv.line().value(results.buildings[building].name).value(name(stage));
    csv.value(results.rows() == 0 ? 0 : reached / static_cast<double>(results.rows()));
    for (const double p : {0.10, 0.50, 0.90}) {
      const std::int32_t day = stage_quantile(results, building, stage, p);
      csv.value(day == kNeverDay ? "" : iso_date(results.start + std::chrono::days(day)));
    }
  }
  return csv.finish();
}

std::string observations_csv(const Results& results) {
  Csv csv("scenario_hash,seed,replications,date,campus,series,kind,value,low,high,source",
          stamp_with_ranges(results));
  for (const Observation& point : results.observations) {
    std::optional<std::size_t> campus;
    if (point.campus.valid()) campus = point.campus.index();
    csv.line().value(iso_date(point.date)).value(campus_name(results, campus)).value(point.series);
    csv.value(point.announced ? "announced" : "observed");
    csv.value(point.value).value(point.low).value(point.high).value(point.source);
  }
  return csv.finish();
}

std::string causes_csv(const Results& results) {
  Csv csv("scenario_hash,seed,replications,milestone,kind,element,criticality,mean_days",
          stamp_with_ranges(results));
  std::vector<double> reached;
  for (std::size_t i = 0; i < results.milestones.size(); ++i)
    reached.push_back(static_cast<double>(summarise(results, i).reached_count));
  for (const Results::CauseSum& cause : results.causes) {
    const double among = reached[cause.milestone];
    csv.line()
        .value(results.milestones[cause.milestone].name)
        .value(name(cause.kind))
        .value(cause.name);
    csv.value(static_cast<double>(cause.replications) / among);
    csv.value(static_cast<double>(cause.seconds) / 86'400 / among);
  }
  return csv.finish();
}

std::string waits_csv(const Results& results) {
  Csv csv("scenario_hash,seed,replications,waiter_kind,waiter,for_kind,for,share,mean_positions",
          stamp_with_ranges(results));
  const double rows = static_cast<double>(results.rows());
  for (const Results::WaitSum& wait : results.waits) {
    csv.line().value(wait.hall ? "hall" : "task").value(wait.waiter);
    csv.value(wait.for_kind).value(wait.for_name);
    csv.value(static_cast<double>(wait.replications) / rows);
    if (wait.hall)
      csv.value(static_cast<double>(wait.positions) / static_cast<double>(wait.replications));
    else
      csv.value("");
  }
  return csv.finish();
}

std::string resolved_scenario(const Results& results) {
  return results.resolved.empty() ? std::string() : resolved_text(results.resolved);
}

std::string charges_csv(const Results& results) {
  Csv csv("scenario_hash,seed,replication,campus,charge,chip_days", stamp_of(results));
  std::size_t cell = 0;
  for (std::size_t row = 0; row < results.rows(); ++row)
    for (const std::string& campus : results.campuses)
      for (std::size_t charge = 0; charge < kCharges; ++charge)
        csv.line()
            .value(results.replications[row])
            .value(campus)
            .value(name(static_cast<Charge>(charge)))
            .value(chip_days(results.charges[cell++]));
  return csv.finish();
}

}  // namespace racked
