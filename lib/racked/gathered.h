#pragma once

#include <racked/results.h>

#include <cstdint>
#include <map>
#include <string>
#include <tuple>

namespace racked {

/// What a wait is for, by rows of the model.
enum class WaitFor : std::uint8_t { task, crew, goods, feeder, date, charge };

/// Counts over replications that need no rows.
struct Sums {
  struct CauseValue {
    std::uint64_t replications = 0;
    std::int64_t seconds = 0;
  };
  struct WaitValue {
    std::uint64_t replications = 0;
    std::int64_t positions = 0;
  };
  /// Milestone, kind of element, its row.
  using CauseKey = std::tuple<std::uint32_t, ElementKind, std::uint32_t>;
  /// Of a hall, row of hall or task; for what, its row, the charge of a hall's positions.
  using WaitKey = std::tuple<bool, std::uint32_t, WaitFor, std::uint32_t, Charge>;

  std::map<CauseKey, CauseValue> causes;
  std::map<WaitKey, WaitValue> waits;
};

/// What the replications of one thread say, gathered one by one in ascending order.
class Gathered {
 public:
  /// `frame` is without rows; both must outlive this.
  Gathered(const Model& model, const Results& frame);

  /// All of it or, when this throws, nothing.
  void add(const Timeline& timeline);
  void fail(std::uint64_t replication, std::string message);

  bool has_fresh() const;

  /// What was added since this was called last.
  Results fresh();

  /// All there is; nothing is left.
  Results take();

 private:
  void close(const Sums& sums, Results& results) const;

  const Model& model_;
  const Results& frame_;
  Results all_;      ///< But for causes and waits, which are:
  Sums sums_;        ///< of what fresh() has told of,
  Sums fresh_sums_;  ///< and of the rest.
  std::size_t rows_told_ = 0;
  std::size_t failures_told_ = 0;
  std::vector<std::int64_t> samples_;  ///< Of the row in the making.
};

}  // namespace racked
