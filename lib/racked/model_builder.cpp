#include "model_builder.h"

#include <racked/des/random_stream.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <tuple>

namespace racked {

using google::protobuf::Message;

// Problems and names.

ProblemList::ProblemList(const Places& places, std::vector<Problem> known)
    : places_(places), problems_(std::move(known)) {}

void ProblemList::add(const std::string& path, const std::string& message) {
  if (said_.emplace(path, message).second) problems_.push_back({places_.find(path), path, message});
}

std::vector<Problem> ProblemList::sorted() && {
  std::stable_sort(problems_.begin(), problems_.end(), [](const Problem& a, const Problem& b) {
    return std::tie(a.place.file, a.place.line, a.place.column) <
           std::tie(b.place.file, b.place.line, b.place.column);
  });
  return std::move(problems_);
}

bool Scope::declare(const std::string& dotted, std::size_t row) {
  return rows_.emplace(dotted, row).second;
}

std::int64_t Scope::find(const std::string& scope, const std::string& name) const {
  for (std::size_t end = scope.size();;) {
    const auto found = rows_.find(end == 0 ? name : scope.substr(0, end) + "." + name);
    if (found != rows_.end()) return static_cast<std::int64_t>(found->second);
    if (end == 0) return -1;
    const std::size_t dot = scope.rfind('.', end - 1);
    end = dot == std::string::npos ? 0 : dot;
  }
}

std::string Scope::like(const std::string& scope, const std::string& name) const {
  // What can be written from here: names without the scopes that enclose the writer.
  std::vector<std::string> candidates;
  for (const auto& [dotted, row] : rows_) {
    std::string written = dotted;
    if (dotted.starts_with(scope + ".")) written = dotted.substr(scope.size() + 1);
    const std::string campus = scope.substr(0, scope.find('.'));
    if (written == dotted && dotted.starts_with(campus + "."))
      written = dotted.substr(campus.size() + 1);
    candidates.push_back(std::move(written));
  }
  std::sort(candidates.begin(), candidates.end());
  return nearest_name(name, candidates);
}

std::string child_path(const std::string& parent, std::string_view field) {
  return parent.empty() ? std::string(field) : parent + "." + std::string(field);
}

std::string child_path(const std::string& parent, std::string_view field, std::string_view key) {
  return child_path(parent, field) + "[" + std::string(key) + "]";
}

std::string child_path(const std::string& parent, std::string_view field, int index) {
  return child_path(parent, field, std::to_string(index));
}

void ModelBuilder::not_found(const Scope& rows, const std::string& scope, const std::string& name,
                             const std::string& path, const char* kind) {
  const std::string like = rows.like(scope, name);
  problems_.add(path, std::string("no ") + kind + " is called '" + name + "' here" +
                          (like.empty() ? "" : "; did you mean '" + like + "'?"));
}

// Quantities.

namespace {

des::Distribution shape_of(const v1::Distribution& d);

des::Distribution lognormal_of(const v1::Lognormal& l) {
  return l.has_p90() ? des::Distribution::lognormal_from_p90(l.median(), l.p90())
                     : des::Distribution::lognormal(l.median(), l.sigma());
}

des::Distribution empirical_of(const v1::Empirical& e) {
  if (e.quantile().empty())
    return des::Distribution::empirical({e.value().begin(), e.value().end()},
                                        {e.weight().begin(), e.weight().end()});
  std::vector<double> probabilities, values;
  for (const v1::Quantile& q : e.quantile()) {
    probabilities.push_back(q.p());
    values.push_back(q.value());
  }
  return des::Distribution::from_quantiles(probabilities, values);
}

des::Distribution mixture_of(const v1::Mixture& m) {
  std::vector<double> weights;
  std::vector<des::Distribution> components;
  for (const v1::Component& c : m.component()) {
    if (!c.distribution().driver().empty())
      throw std::invalid_argument("drivers apply to the whole; name them beside the mixture");
    weights.push_back(c.weight());
    components.push_back(make_distribution(c.distribution()));
  }
  return des::Distribution::mixture(weights, components);
}

des::Distribution shape_of(const v1::Distribution& d) {
  using des::Distribution;
  switch (d.shape_case()) {
    case v1::Distribution::kFixed: return Distribution::fixed(d.fixed());
    case v1::Distribution::kUniform:
      return Distribution::uniform(d.uniform().min(), d.uniform().max());
    case v1::Distribution::kTriangular:
      return Distribution::triangular(d.triangular().min(), d.triangular().mode(),
                                      d.triangular().max());
    case v1::Distribution::kPert:
      return Distribution::pert(d.pert().min(), d.pert().mode(), d.pert().max(), d.pert().weight());
    case v1::Distribution::kNormal: return Distribution::normal(d.normal().mean(), d.normal().sd());
    case v1::Distribution::kLognormal: return lognormal_of(d.lognormal());
    case v1::Distribution::kGamma: return Distribution::gamma(d.gamma().shape(), d.gamma().scale());
    case v1::Distribution::kWeibull:
      return Distribution::weibull(d.weibull().shape(), d.weibull().scale());
    case v1::Distribution::kExponential: return Distribution::exponential(d.exponential().mean());
    case v1::Distribution::kBeta:
      return Distribution::beta(d.beta().alpha(), d.beta().beta(), d.beta().min(), d.beta().max());
    case v1::Distribution::kEmpirical: return empirical_of(d.empirical());
    case v1::Distribution::kMixture: return mixture_of(d.mixture());
    case v1::Distribution::SHAPE_NOT_SET: break;
  }
  return Distribution::fixed(0);  // reported by the rules: exactly one shape
}

}  // namespace

des::Distribution make_distribution(const v1::Distribution& d) {
  des::Distribution shape = shape_of(d);
  if (!d.has_at_least() && !d.has_at_most()) return shape;
  return shape.truncated(d.has_at_least() ? d.at_least() : shape.min(),
                         d.has_at_most() ? d.at_most() : shape.max());
}

des::Time ModelBuilder::time(const std::string& date) const {
  try {
    return time_of(parse_date(date), model_.start);
  } catch (const std::invalid_argument&) {
    return des::kStart;  // reported by the rules
  }
}

Uncertain ModelBuilder::uncertain(const Message& parent, const char* field, const std::string& path,
                                  const std::string& purpose, des::Duration unit) {
  const auto* descriptor = parent.GetDescriptor()->FindFieldByName(field);
  if (!parent.GetReflection()->HasField(parent, descriptor)) return {};
  const auto& written =
      static_cast<const v1::Distribution&>(parent.GetReflection()->GetMessage(parent, descriptor));
  const std::string at = child_path(path, field);

  Uncertain result;
  result.purpose = des::purpose_key(purpose);
  result.unit = unit;
  result.drivers = driver_list(written, at, std::string_view(field).ends_with("_days"));
  const auto known = shapes_.find(&written);
  if (known != shapes_.end()) {
    result.shape = known->second;
    return result;
  }
  try {
    result.shape = model_.distributions.add(prepared(written));
    check_support(model_.distributions[result.shape], descriptor->options().GetExtension(v1::rule),
                  at);
  } catch (const std::invalid_argument& error) {
    problems_.add(at, error.what());
    result.shape = model_.distributions.add(des::Distribution::fixed(0));
  }
  model_.distribution_paths.resize(model_.distributions.size());
  model_.distribution_paths[result.shape.index()] = at;
  shapes_.emplace(&written, result.shape);
  return result;
}

// Quantiles of PERT take a millisecond to prepare, and halls that are alike have the same tasks.
const des::Distribution& ModelBuilder::prepared(v1::Distribution written) {
  written.clear_driver();
  const std::string key = written.SerializeAsString();
  const auto known = prepared_.find(key);
  if (known != prepared_.end()) return known->second;
  return prepared_.emplace(key, make_distribution(written)).first->second;
}

void ModelBuilder::check_support(const des::Distribution& shape, const v1::Rule& rule,
                                 const std::string& path) {
  const auto number = [](double value) {
    std::string text = std::to_string(value);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
    return std::isinf(value) ? std::string("minus infinity") : text;
  };
  if (rule.has_min() && shape.min() < rule.min())
    problems_.add(path, "can be as low as " + number(shape.min()) + "; at least " +
                            number(rule.min()) +
                            " is allowed (truncate it with at_least: " + number(rule.min()) + ")");
  if (rule.has_max() && shape.max() > rule.max())
    problems_.add(path, "can exceed " + number(rule.max()) + ", the most allowed");
}

IdRange<Id<RiskDriver>> ModelBuilder::driver_list(const v1::Distribution& written,
                                                  const std::string& path, bool in_days) {
  const std::size_t first = model_.driver_lists.size();
  for (int i = 0; i < written.driver_size(); ++i) {
    const Id<RiskDriver> driver = named(drivers_, written.driver(i));
    if (!driver.valid()) continue;  // reported by the rules
    if (model_.drivers[driver].extra.valid() && !in_days)
      problems_.add(child_path(path, "driver", i),
                    "'" + written.driver(i) + "' adds days, but this value is not in days");
    model_.driver_lists.add(driver);
  }
  return {first, model_.driver_lists.size()};
}

Id<GoodsStock> ModelBuilder::goods_stock(Id<Campus> campus, Id<Equipment> equipment) {
  const auto key = std::pair(campus.index(), equipment.index());
  auto found = goods_stocks_.find(key);
  if (found == goods_stocks_.end()) {
    found = goods_stocks_.emplace(key, model_.goods.add({campus, equipment})).first;
    model_.equipment[equipment].stocks.push_back(found->second);
  }
  return found->second;
}

Id<Outdoors> ModelBuilder::outdoors(Id<Calendar> calendar, Id<Weather> weather,
                                    const std::string& path) {
  // Every replication keeps the working days of each; so many take a quarter of a gigabyte.
  constexpr std::size_t kMostOutdoorDays = 10'000'000;
  const auto [found, added] =
      outdoors_.try_emplace({calendar.index(), weather.index()}, Id<Outdoors>());
  if (!added) return found->second;
  if ((model_.outdoors.size() + 1) * model_.weathers[weather].days.size() > kMostOutdoorDays)
    problems_.add(path, "too many calendars are worked on outdoors for so long a time");
  else
    found->second = model_.outdoors.add({calendar, weather});
  return found->second;
}

Id<RackStock> ModelBuilder::rack_stock(Id<Campus> campus, Id<Product> product) {
  const auto key = std::pair(campus.index(), product.index());
  auto found = rack_stocks_.find(key);
  if (found == rack_stocks_.end()) {
    RackStock stock;
    stock.campus = campus;
    stock.product = product;
    stock.purpose = des::purpose_key("racks/" + model_.campuses[campus].name);
    found = rack_stocks_.emplace(key, model_.rack_stocks.add(std::move(stock))).first;
  }
  return found->second;
}

std::int64_t ModelBuilder::most_headcount(Id<Crew> crew) const {
  std::int64_t most = 0;
  for (const Crew::Step& step : model_.crews[crew].steps)
    if (step.at <= model_.horizon) most = std::max(most, step.headcount);
  return most;
}

}  // namespace racked
