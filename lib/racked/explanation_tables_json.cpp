#include <racked/explanation.h>

#include "csv.h"
#include "days.h"
#include "explanation_tables_words.h"

#include <nlohmann/json.hpp>

#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace racked {
namespace {

using Json = nlohmann::ordered_json;

Json date_json(const Explanation& explanation, des::Time time) {
  if (time == des::kNever) return nullptr;
  return date_text(explanation, time);
}

template <class Value>
Json or_null(const std::optional<Value>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json link_json(const Explanation& explanation, const ExplainedLink& link) {
  Json json{{"kind", name(link.link.kind)},
            {"element", link.element},
            {"from", date_text(explanation, link.link.from)},
            {"to", date_text(explanation, link.link.to)},
            {"days", in_days(link.link.to - link.link.from)},
            {"flow", nullptr},
            {"waited_days", link.waited_days},
            {"words", link.words}};
  if (link.flow) json["flow"] = name(*link.flow);
  return json;
}

Json criticality_json(const std::vector<Criticality>& all) {
  Json json = Json::array();
  for (const Criticality& one : all)
    json.push_back({{"kind", one.kind},
                    {"name", one.name},
                    {"members", one.members},
                    {"replications", one.replications},
                    {"share", one.share},
                    {"mean_days", one.days},
                    {"struck", or_null(one.struck)}});
  return json;
}

std::string_view name_of(Lever::Change change) {
  switch (change) {
    case Lever::Change::shorter: return "shorter";
    case Lever::Change::earlier: return "earlier";
    case Lever::Change::more: break;
  }
  return "more";
}

Json levers_json(const Explanation& explanation) {
  Json json = Json::array();
  for (const Lever& lever : explanation.levers)
    json.push_back({{"kind", name(lever.kind)},
                    {"name", lever.name},
                    {"members", lever.members},
                    {"change", name_of(lever.change)},
                    {"chain_days", lever.chain_days},
                    {"mean_days", or_null(lever.mean_days)},
                    {"most_days_earlier", lever.most_days},
                    {"amount", or_null(lever.amount)},
                    {"days_earlier", or_null(lever.days)},
                    {"binds_then", lever.binds_then},
                    {"words", lever.words}});
  return json;
}

Json waits_json(const Explanation& explanation) {
  Json json = Json::array();
  for (const Results::WaitSum& wait : explanation.waits)
    json.push_back({{"waiter_kind", wait.hall ? "hall" : "task"},
                    {"waiter", wait.waiter},
                    {"for_kind", wait.for_kind},
                    {"for", wait.for_name},
                    {"replications", wait.replications}});
  return json;
}

// The inverse.

des::Time time_from(const Json& json, Date start) {
  return json.is_null() ? des::kNever : time_of(parse_date(json.get<std::string>()), start);
}

ExplainedLink link_from(const Json& json, Date start) {
  ExplainedLink link;
  link.link.from = time_from(json.at("from"), start);
  link.link.to = time_from(json.at("to"), start);
  link.element = json.at("element");
  link.words = json.at("words");
  return link;
}

std::vector<Criticality> criticalities_from(const Json& json) {
  std::vector<Criticality> all;
  for (const Json& one : json) {
    Criticality& to = all.emplace_back();
    to.kind = one.at("kind");
    to.name = one.at("name");
    to.members = one.at("members");
    to.replications = one.at("replications");
    to.share = one.at("share");
    to.days = one.at("mean_days");
    if (!one.at("struck").is_null()) to.struck = one.at("struck").get<double>();
  }
  return all;
}

Explanation explanation_from(const Json& json) {
  Explanation to;
  to.scenario = json.at("scenario");
  to.title = json.at("title");
  to.scenario_hash = std::stoull(json.at("scenario_hash").get<std::string>(), nullptr, 16);
  to.seed = json.at("seed");
  to.start = parse_date(json.at("start").get<std::string>());
  to.horizon = parse_date(json.at("horizon").get<std::string>());
  to.milestone = json.at("milestone");
  to.milestone_title = json.at("milestone_title");
  to.replications = json.at("replications");
  to.replication_ranges = json.at("replication_ranges");
  to.failed = json.at("failed");
  to.summary.reached = json.at("reached");
  to.summary.p10 = time_from(json.at("p10"), to.start);
  to.summary.p50 = time_from(json.at("p50"), to.start);
  to.summary.p90 = time_from(json.at("p90"), to.start);
  if (const Json& median = json.at("median"); !median.is_null()) {
    to.median = Explanation::Median();
    to.median->replication = median.at("replication");
    to.median->at = time_from(median.at("reached"), to.start);
    for (const Json& link : median.at("chain"))
      to.median->chain.push_back(link_from(link, to.start));
  }
  to.elements = criticalities_from(json.at("elements"));
  to.flows = criticalities_from(json.at("flows"));
  to.risks = criticalities_from(json.at("risks"));
  to.risks_left_out = json.at("risks_left_out");
  for (std::size_t i = 0; i < kCharges; ++i)
    to.charges[i] = json.at("charges").at(std::string(name(static_cast<Charge>(i))));
  for (const Json& lever : json.at("levers")) {
    to.levers.emplace_back().name = lever.at("name");
    to.levers.back().words = lever.at("words");
  }
  to.together = json.at("together").get<std::vector<std::string>>();
  to.together_days = json.at("together_days_earlier");
  to.stopped = json.at("stopped");
  return to;
}

}  // namespace

std::string explanation_json(const Explanation& explanation) {
  const MilestoneSummary& summary = explanation.summary;
  Json json{{"scenario", explanation.scenario},
            {"title", explanation.title},
            {"scenario_hash", hex(explanation.scenario_hash)},
            {"seed", explanation.seed},
            {"start", iso_date(explanation.start)},
            {"horizon", iso_date(explanation.horizon)},
            {"milestone", explanation.milestone},
            {"milestone_title", explanation.milestone_title},
            {"replications", explanation.replications},
            {"replication_ranges", explanation.replication_ranges},
            {"failed", explanation.failed},
            {"reached", summary.reached},
            {"p10", date_json(explanation, summary.p10)},
            {"p50", date_json(explanation, summary.p50)},
            {"p90", date_json(explanation, summary.p90)},
            {"median", nullptr}};
  if (explanation.median) {
    Json chain = Json::array();
    for (const ExplainedLink& link : explanation.median->chain)
      chain.push_back(link_json(explanation, link));
    json["median"] = {{"replication", explanation.median->replication},
                      {"reached", date_text(explanation, explanation.median->at)},
                      {"chain", std::move(chain)}};
  }
  json["elements"] = criticality_json(explanation.elements);
  json["flows"] = criticality_json(explanation.flows);
  json["risks"] = criticality_json(explanation.risks);
  json["risks_left_out"] = explanation.risks_left_out;
  json["charges"] = Json::object();
  for (std::size_t i = 0; i < kCharges; ++i)
    json["charges"][std::string(name(static_cast<Charge>(i)))] = explanation.charges[i];
  json["month_days"] = kMonthDays;
  json["levers"] = levers_json(explanation);
  json["together"] = explanation.together;
  json["together_days_earlier"] = explanation.together_days;
  json["waits"] = waits_json(explanation);
  json["stopped"] = explanation.stopped;
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Explanation explanation_from_json(std::string_view text) {
  try {
    return explanation_from(Json::parse(text));
  } catch (const Json::exception& error) {
    throw std::invalid_argument(std::string("it is no explanation: ") + error.what());
  } catch (const std::out_of_range&) {
    throw std::invalid_argument("it is no explanation: its hash is too long");
  }
}

}  // namespace racked
