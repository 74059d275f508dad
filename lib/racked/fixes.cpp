#include <racked/fixes.h>

#include "field_path.h"
#include "scaled.h"

#include <racked/response.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace racked {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

/// All messages of the scenario by their paths.
void find_messages(const Message& message, const std::string& path,
                   std::map<std::string, const Message*>& found) {
  found.emplace(path, &message);
  const auto& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    const std::string at = field_path(path, field->name());
    if (!field->is_repeated()) {
      find_messages(reflection.GetMessage(message, field), at, found);
      continue;
    }
    ElementKeys keys;
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      const Message& element = reflection.GetRepeatedMessage(message, field, i);
      find_messages(element, element_path(at, keys.next(id_of(element))), found);
    }
  }
}

std::string decimal(double value) {
  // Three decimals are enough for a megawatt, and keep numbers readable.
  std::string text = std::to_string(std::round(value * 1000) / 1000);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

/// Makes the edits of each fix.
class Fixer {
 public:
  Fixer(const v1::Scenario& scenario, const Model& model, const FixSize& size)
      : model_(model), size_(size) {
    find_messages(scenario, "", messages_);
  }

  std::vector<Fix> fixes(const Results& results, std::size_t milestone) {
    const auto rows = static_cast<double>(results.rows());
    for (const Results::CauseSum& cause : results.causes) {
      if (cause.milestone != milestone || rows == 0) continue;
      share_ = static_cast<double>(cause.replications) / rows;
      chain_days_ = static_cast<double>(cause.seconds) / 86'400 / rows;
      add(cause);
    }
    std::vector<Fix> all;
    for (auto& [what, fix] : fixes_)
      if (!fix.variant.edits.empty()) all.push_back(std::move(fix));
    std::stable_sort(all.begin(), all.end(),
                     [](const Fix& a, const Fix& b) { return a.chain_days > b.chain_days; });
    return all;
  }

 private:
  template <class Kind>
  const Kind* message(const std::string& path) const {
    const auto found = messages_.find(path);
    return found == messages_.end() ? nullptr : dynamic_cast<const Kind*>(found->second);
  }

  // Where an element of a design is written: there, or in the design that it is like.
  std::string where_written(std::string path) const {
    constexpr std::string_view kDesign = "building_design[";
    for (int i = 0; i < 100 && path.starts_with(kDesign) && messages_.count(path) == 0; ++i) {
      const std::size_t end = path.find(']');
      const auto* design = message<v1::BuildingDesign>(path.substr(0, end + 1));
      if (design == nullptr || !design->has_like()) break;
      path = element_path("building_design", design->like()) + path.substr(end + 1);
    }
    return path;
  }

  void add(const Results::CauseSum& cause) {
    switch (cause.kind) {
      case ElementKind::task: return add_span("task", model_.tasks[Id<Task>(cause.index)].duration);
      case ElementKind::order:
        return add_span("order", model_.orders[Id<Order>(cause.index)].lead_time);
      case ElementKind::feeder: return add_feeder(model_.feeders[Id<Feeder>(cause.index)]);
      case ElementKind::crew: return add_crew(model_.crews[Id<Crew>(cause.index)].name);
      case ElementKind::supply_line:
        return add_line(model_.supply_lines[Id<SupplyLine>(cause.index)].name);
      case ElementKind::delivery:
        return add_delivery(model_.deliveries[Id<Delivery>(cause.index)].path);
      case ElementKind::deployment:
        return add_deployment(model_.products[Id<Product>(cause.index)]);
      case ElementKind::plan: return;
    }
  }

  // The fix of a thing, new or already begun; true when its edits are still to be made.
  bool begin(const std::string& kind, const std::string& what) {
    const auto [at, fresh] = fixes_.try_emplace(what);
    fix_ = &at->second;
    if (fresh) {
      fix_->kind = kind;
      fix_->what = what;
      fix_->variant.name = kind + ":" + what;
    }
    fix_->share = std::max(fix_->share, share_);
    fix_->chain_days += chain_days_;
    return fresh;
  }

  void edit(const std::string& path, std::string value) {
    fix_->variant.edits.push_back({path, std::move(value), {"fix of " + fix_->what, 0, 0}});
  }

  void shorten(const std::string& path) {
    if (const auto* span = message<v1::Distribution>(path))
      edit(path, written(scaled(*span, 1 - size_.shorter)));
  }

  void add_span(const char* kind, const Uncertain& span) {
    if (!span.valid()) return;
    const std::string path = where_written(model_.distribution_paths[span.shape.index()]);
    if (begin(kind, path)) shorten(path);
  }

  // A date by a share of the time until then earlier.
  std::string earlier(const std::string& date) const {
    const Date from = date_of(std::max(model_.status, des::kStart), model_.start);
    const Date day = parse_date(date);
    const auto days = static_cast<double>((day - from).count());
    if (days <= 0) return date;
    return iso_date(day - std::chrono::days(std::llround(days * size_.shorter)));
  }

  void add_feeder(const Feeder& feeder) {
    const std::string path = where_written(feeder.path);
    const auto* written_feeder = message<v1::Feeder>(path);
    if (written_feeder == nullptr || !begin("feeder", path)) return;
    if (written_feeder->has_energised())
      edit(field_path(path, "energised") + ".date", earlier(written_feeder->energised().date()));
    edit(field_path(path, "capacity_mw"),
         decimal(written_feeder->capacity_mw() * (1 + size_.larger)));
    for (int i = 0; i < written_feeder->ramp_size(); ++i) {
      const std::string step = element_path(field_path(path, "ramp"), std::to_string(i));
      edit(step + ".from.date", earlier(written_feeder->ramp(i).from().date()));
      edit(step + ".power_mw", decimal(written_feeder->ramp(i).power_mw() * (1 + size_.larger)));
    }
  }

  std::string more_heads(std::int32_t heads) const {
    const auto more = static_cast<std::int64_t>(std::ceil(heads * (1 + size_.larger) - 1e-9));
    return std::to_string(std::max<std::int64_t>(more, heads + 1));
  }

  void add_crew(const std::string& name) {
    const std::string path = element_path("crew", name);
    const auto* crew = message<v1::Crew>(path);
    if (crew == nullptr || !begin("crew", path)) return;
    edit(path + ".headcount", more_heads(crew->headcount()));
    for (int i = 0; i < crew->step_size(); ++i)
      edit(element_path(path + ".step", std::to_string(i)) + ".headcount",
           more_heads(crew->step(i).headcount()));
  }

  template <class Rates>
  void raise(const std::string& path, const Rates& rates) {
    for (int i = 0; i < rates.size(); ++i)
      edit(element_path(path, std::to_string(i)) + ".chips_per_month",
           decimal(rates.Get(i).chips_per_month() * (1 + size_.larger)));
  }

  void add_line(const std::string& name) {
    const std::string path = element_path("supply_line", name);
    const auto* line = message<v1::SupplyLine>(path);
    if (line == nullptr || !begin("supply_line", path)) return;
    raise(path + ".rate", line->rate());
    for (int i = 0; i < line->stage_size(); ++i)
      raise(element_path(path + ".stage", std::to_string(i)) + ".capacity",
            line->stage(i).capacity());
  }

  void add_delivery(const std::string& path) {
    const auto* delivery = message<v1::Delivery>(path);
    if (delivery == nullptr || !begin("delivery", path)) return;
    for (int i = 0; i < delivery->lot_size(); ++i)
      edit(element_path(path + ".lot", std::to_string(i)) + ".date",
           earlier(delivery->lot(i).date()));
    for (int i = 0; i < delivery->rate_size(); ++i)
      edit(element_path(path + ".rate", std::to_string(i)) + ".racks_per_week",
           decimal(delivery->rate(i).racks_per_week() * (1 + size_.larger)));
  }

  void add_deployment(const Product& product) {
    const std::string path = element_path("product", product.name);
    if (!begin("deployment", path)) return;
    for (const char* step : {"install", "cable", "bring_up", "burn_in"})
      shorten(path + "." + step + ".hours");
  }

  const Model& model_;
  const FixSize size_;
  std::map<std::string, const Message*> messages_;
  std::map<std::string, Fix> fixes_;
  Fix* fix_ = nullptr;
  double share_ = 0;
  double chain_days_ = 0;
};

}  // namespace

std::vector<Fix> possible_fixes(const v1::Scenario& scenario, const Model& model,
                                const Results& results, std::string_view milestone,
                                const FixSize& size) {
  if (!(size.shorter > 0 && size.shorter < 1))
    throw std::invalid_argument("how much shorter lies between 0 and 100 %");
  if (!(size.larger > 0 && size.larger <= 100))
    throw std::invalid_argument("how much larger lies above 0 and is at most 10,000 %");
  const std::size_t row = find_milestone(model, milestone).index();
  return Fixer(scenario, model, size).fixes(results, row);
}

std::optional<double> FixValue::days_per_million_usd() const {
  if (!usd) return std::nullopt;
  return (0 - difference.days) / *usd * 1e6;
}

namespace {

void check_prices(const FixPrices& prices, const std::vector<Fix>& fixes,
                  const std::string& milestone) {
  std::vector<std::string> names;
  for (const Fix& fix : fixes) names.push_back(fix.what);
  for (const auto& [what, usd] : prices) {
    if (!(usd > 0) || !std::isfinite(usd))
      throw std::invalid_argument("the price of '" + what + "' is to be above 0 dollars");
    if (std::find(names.begin(), names.end(), what) != names.end()) continue;
    const std::string near = nearest_name(what, names);
    throw std::invalid_argument(
        "'" + what + "' has a price, but no part in the critical chains of '" + milestone + "'" +
        (near.empty() ? "" : "; did you mean '" + near + "'?"));
  }
}

// The first `most` and those with a price; how many are left out.
std::size_t leave_out(std::vector<Fix>& fixes, std::size_t most, const FixPrices& prices) {
  std::vector<Fix> tried;
  for (std::size_t i = 0; i < fixes.size(); ++i)
    if (i < most || prices.count(fixes[i].what) > 0) tried.push_back(std::move(fixes[i]));
  const std::size_t left_out = fixes.size() - tried.size();
  fixes = std::move(tried);
  return left_out;
}

bool is_better(const FixValue& a, const FixValue& b) {
  const auto per_dollar = a.days_per_million_usd(), others = b.days_per_million_usd();
  if (per_dollar && others) return *per_dollar > *others;
  if (per_dollar || others) return per_dollar.has_value();
  return a.difference.days < b.difference.days;
}

}  // namespace

FixTable value_of_fixes(const ScenarioFile& scenario, const std::string& milestone,
                        const FixSize& size, std::size_t most, const ExperimentOptions& options,
                        const FixPrices& prices) {
  const Model model = make_model(scenario);
  const std::size_t row = find_milestone(model, milestone).index();
  bool go_on = true;
  ExperimentOptions first = options;
  if (options.on_progress)
    first.on_progress = [&](const Progress& progress) {
      return go_on = options.on_progress(progress) && go_on;
    };
  const Results results = run(model, first);
  std::vector<Fix> fixes = possible_fixes(scenario.scenario, model, results, milestone, size);
  check_prices(prices, fixes, milestone);
  FixTable table{model.name, milestone, options.seed, model.hash, size, {}, 0};
  table.left_out = leave_out(fixes, most, prices);
  std::vector<Variant> variants;
  for (const Fix& fix : fixes) variants.push_back(fix.variant);
  if (!go_on) throw Stopped();
  const Comparison comparison = run_comparison(scenario, variants, options);
  if (comparison.variants.size() != fixes.size() + 1) throw Stopped();
  for (const Difference& difference : comparison.differences) {
    if (difference.milestone != row) continue;
    const Fix& fix = fixes[difference.variant - 1];
    const auto price = prices.find(fix.what);
    table.values.push_back(
        {fix, difference,
         price == prices.end() ? std::optional<double>() : std::optional<double>(price->second)});
  }
  std::stable_sort(table.values.begin(), table.values.end(), is_better);
  return table;
}

}  // namespace racked
