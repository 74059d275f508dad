#include <racked/variance_reduction.h>

#include <racked/designs.h>
#include <racked/des/statistics.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <utility>

namespace racked {
namespace {

/// A purpose with how much its first draw matters, as far as one sees without a run.
struct Leading {
  double weight;
  std::uint64_t purpose;
};

class LeadingList {
 public:
  explicit LeadingList(const Model& model) : model_(model) {}

  std::vector<Leading> all() {
    constexpr double kFactor = std::numeric_limits<double>::infinity();
    for (const RiskDriver& driver : model_.drivers) {
      if (driver.probability > 0 && driver.probability < 1)
        list_.push_back({kFactor, driver.purpose});
      add(driver.factor, kFactor);
      add(driver.extra, kFactor);
    }
    for (const SharedCapacity& shared : model_.shared_capacities) add(shared.volume, kFactor);
    for (const SupplyLine& line : model_.supply_lines) add(line.volume, kFactor);
    for (const Task& task : model_.tasks) add(task.duration, 1);
    for (const Order& order : model_.orders) add(order.lead_time, 1);
    for (const Feeder& feeder : model_.feeders) add(feeder.slip, 1);
    for (const Delivery& delivery : model_.deliveries) add(delivery.slip, 1);
    std::stable_sort(list_.begin(), list_.end(),
                     [](const Leading& a, const Leading& b) { return a.weight > b.weight; });
    return std::move(list_);
  }

 private:
  void add(const Uncertain& what, double times) {
    if (!what.valid() || model_.distributions[what.shape].is_fixed()) return;
    const double sd = std::sqrt(model_.distributions[what.shape].variance());
    list_.push_back({times * sd * static_cast<double>(what.unit.count()), what.purpose});
  }

  const Model& model_;
  std::vector<Leading> list_;
};

}  // namespace

ReducedVariance antithetic() { return {antithetic_luck(), 2}; }

std::vector<std::uint64_t> leading_purposes(const Model& model, std::size_t most) {
  std::vector<std::uint64_t> purposes;
  for (const Leading& one : LeadingList(model).all())
    if (purposes.size() < most) purposes.push_back(one.purpose);
  return purposes;
}

ReducedVariance quasi_random(const Model& model, std::uint64_t seed, std::size_t points,
                             std::size_t coordinates) {
  if (points == 0 || (points & (points - 1)) != 0)
    throw std::invalid_argument("the points of a quasi-random block are a power of two");
  if (coordinates == 0 || coordinates > kMostSobolCoordinates)
    throw std::invalid_argument("a quasi-random block has at least one coordinate and at most " +
                                std::to_string(kMostSobolCoordinates));
  // In the order of purposes, as luck wants it; each keeps its coordinate.
  std::vector<std::pair<std::uint64_t, std::size_t>> order;
  for (const std::uint64_t purpose : leading_purposes(model, coordinates))
    order.emplace_back(purpose, order.size());
  std::sort(order.begin(), order.end());
  const std::string name =
      "quasi-random " + std::to_string(points) + " x " + std::to_string(order.size());
  return {{name,
           [order, seed, points](std::uint64_t replication, Luck& luck) {
             if (order.empty()) return;
             const auto block = sobol_points(points, order.size(), seed, replication / points);
             const Point& point = block[static_cast<std::size_t>(replication % points)];
             for (const auto& [purpose, coordinate] : order)
               luck.given.push_back({purpose, GivenLuck::Kind::first_number, point[coordinate], 0});
           }},
          points};
}

BlockMean mean_by_blocks(const Results& results, std::size_t milestone, std::uint64_t block) {
  if (milestone >= results.milestones.size()) throw std::out_of_range("there is no such milestone");
  if (block == 0) throw std::invalid_argument("a block holds at least one replication");
  const double horizon = static_cast<double>((results.horizon - results.start).count());
  des::Tally means, single, now;
  std::uint64_t current = 0;
  for (std::size_t row = 0; row < results.rows(); ++row) {
    const std::uint64_t number = results.replications[row] / block;
    if (number != current) now = des::Tally();
    current = number;
    const des::Time at = results.reached[row * results.milestones.size() + milestone];
    const double days =
        at == des::kNever ? horizon : static_cast<double>(at.time_since_epoch().count()) / 86'400e9;
    now.record(days);
    single.record(days);
    if (now.count() == block) means.record(now.mean());
  }
  BlockMean result;
  result.days = means.mean();
  result.half_width_days = means.half_width(0.95);
  result.blocks = means.count();
  if (single.variance() > 0 && means.count() > 1)
    result.variance_removed = 1 - static_cast<double>(block) * means.variance() / single.variance();
  return result;
}

}  // namespace racked
