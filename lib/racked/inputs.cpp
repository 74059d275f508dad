#include <racked/inputs.h>

#include <racked/des/random_stream.h>

#include <algorithm>
#include <map>
#include <utility>

namespace racked {
namespace {

/// Collects purposes under the paths of what they are drawn from.
class Inputs {
 public:
  explicit Inputs(const Model& model) : model_(model) {}

  std::vector<UncertainInput> collect() {
    add_drivers();
    add_plan();
    add_equipment();
    add_products();
    add_supply();
    add_events();
    std::vector<UncertainInput> inputs;
    for (auto& [path, input] : inputs_) {
      std::sort(input.purposes.begin(), input.purposes.end());
      input.purposes.erase(std::unique(input.purposes.begin(), input.purposes.end()),
                           input.purposes.end());
      std::sort(input.chances.begin(), input.chances.end());
      input.single = input.single && input.purposes.size() == 1;
      inputs.push_back(std::move(input));
    }
    return inputs;
  }

 private:
  void put(const std::string& path, UncertainInput::Kind kind, std::uint64_t purpose, bool single) {
    const auto [at, fresh] = inputs_.try_emplace(path);
    UncertainInput& input = at->second;
    if (fresh) {
      input.path = path;
      input.kind = kind;
      input.single = true;
    }
    input.purposes.push_back(purpose);
    if (kind == UncertainInput::Kind::chance) input.chances.push_back(purpose);
    input.single = input.single && single;
  }

  // `single`: drawn once a replication, unless something is done again.
  void quantity(const Uncertain& what, bool single, std::uint64_t mixed = 0) {
    if (!what.valid() || model_.distributions[what.shape].is_fixed()) return;
    put(model_.distribution_paths[what.shape.index()], UncertainInput::Kind::quantity,
        what.purpose ^ mixed, single);
  }

  void chance(const std::string& path, double probability, std::uint64_t purpose, bool single) {
    if (probability > 0 && probability < 1)
      put(path, UncertainInput::Kind::chance, purpose, single);
  }

  void add_drivers() {
    for (const RiskDriver& driver : model_.drivers) {
      const std::string path = "risk_driver[" + driver.name + "]";
      const bool maybe = driver.probability > 0 && driver.probability < 1;
      if (driver.probability <= 0) continue;
      if (maybe) put(path, UncertainInput::Kind::chance, driver.purpose, true);
      for (const Uncertain* part : {&driver.factor, &driver.extra})
        if (part->valid() && !model_.distributions[part->shape].is_fixed())
          put(path, UncertainInput::Kind::quantity, part->purpose, true);
    }
  }

  void add_plan() {
    for (const Weather& weather : model_.weathers)
      put("weather[" + weather.name + "]", UncertainInput::Kind::many, weather.purpose, false);
    for (const Task& task : model_.tasks) {
      quantity(task.duration, true);
      if (!task.rework.valid()) continue;
      const Rework& rework = model_.reworks[task.rework];
      const std::string path =
          task.duration.valid() ? path_of_task(task) + ".rework" : task.name + ".rework";
      chance(path, rework.probability, rework.purpose, false);
    }
    for (const Feeder& feeder : model_.feeders) {
      quantity(feeder.slip, true);
      for (const Feeder::RampStep& step : feeder.ramp) quantity(step.slip, true);
    }
  }

  // "…task[roof].work_days" without its last field.
  std::string path_of_task(const Task& task) const {
    const std::string& path = model_.distribution_paths[task.duration.shape.index()];
    return path.substr(0, path.rfind('.'));
  }

  void add_equipment() {
    for (const Equipment& kind : model_.equipment) {
      quantity(kind.replacement, false);
      quantity(kind.transfer, false);
    }
    for (const Order& order : model_.orders) {
      quantity(order.lead_time, order.lots == 1);
      chance("order " + order.name + ".acceptance_test", order.test.failure, order.test.purpose,
             false);
      quantity(order.test.repair, false);
    }
  }

  void add_products() {
    for (const RackStock& stock : model_.rack_stocks) {
      const Product& product = model_.products[stock.product];
      const std::string path = "product[" + product.name + "]";
      for (const RackStep& step : product.steps) quantity(step.hours, false, stock.purpose);
      if (product.acceptance_failure > 0)
        put(path + ".acceptance_failure", UncertainInput::Kind::many,
            product.acceptance_purpose ^ stock.purpose, false);
      quantity(product.repair, false, stock.purpose);
      if (product.failures.per_day <= 0 && product.failures.early_per_day <= 0) continue;
      put(path + ".failures", UncertainInput::Kind::many, product.failures.purpose ^ stock.purpose,
          false);
      quantity(product.failures.returning, false, stock.purpose);
      quantity(product.failures.exchange, false, stock.purpose);
    }
  }

  void add_supply() {
    for (const SharedCapacity& shared : model_.shared_capacities) quantity(shared.volume, true);
    for (const Delivery& delivery : model_.deliveries)
      quantity(delivery.slip, delivery.lots.size() == 1);
    for (const SupplyLine& line : model_.supply_lines) {
      quantity(line.volume, true);
      for (const SupplyLine::Stage& stage : line.stages) {
        quantity(stage.cycle, false);
        quantity(stage.yield, false);
      }
    }
  }

  void add_events() {
    for (const RiskEvent& event : model_.risk_events) {
      chance("risk_event[" + event.name + "]", event.probability, event.purpose, true);
      quantity(event.slip, true);
      for (const Consequence& what : event.consequences) quantity(what.delay, true);
    }
  }

  const Model& model_;
  std::map<std::string, UncertainInput> inputs_;
};

void give(Luck& luck, const GivenLuck& one) {
  const auto at = std::lower_bound(
      luck.given.begin(), luck.given.end(), one.purpose,
      [](const GivenLuck& other, std::uint64_t key) { return other.purpose < key; });
  luck.given.insert(at, one);
}

}  // namespace

std::vector<UncertainInput> uncertain_inputs(const Model& model) { return Inputs(model).collect(); }

void pin(const UncertainInput& input, double number, Luck& luck) {
  if (input.kind == UncertainInput::Kind::chance) {
    // Above every probability, or below.
    const double u = number < 0.5 ? 1 - 0x1p-53 : 0x1p-54;
    for (const std::uint64_t purpose : input.chances)
      give(luck, {purpose, GivenLuck::Kind::every_number, u, 0});
    return;
  }
  for (const std::uint64_t purpose : input.purposes)
    give(luck, {purpose, GivenLuck::Kind::every_number, number, 0});
}

void redraw(const UncertainInput& input, double number, Luck& luck) {
  if (input.single && input.kind != UncertainInput::Kind::many)
    return give(luck, {input.purposes.front(), GivenLuck::Kind::first_number, number, 0});
  // 2⁵³ streams apart from those that replications of people's experiments use.
  const auto stream = (std::uint64_t{1} << 62) + static_cast<std::uint64_t>(number * 0x1p53);
  for (const std::uint64_t purpose : input.purposes)
    give(luck, {purpose, GivenLuck::Kind::stream, number, stream});
}

}  // namespace racked
