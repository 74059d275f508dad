#pragma once

#include <racked/results.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace racked {

/// What a wait is for, by rows of the model.
enum class WaitFor : std::uint8_t { task, crew, goods, feeder, trigger, date, charge };

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
  /// `frame` is without rows; both must outlive this. With `sketched`, samples are only counted
  /// once fresh() has told them. With `causes`, they and waits are looked up.
  Gathered(const Model& model, const Results& frame, bool sketched, bool causes);

  /// What the walk along its chains throws leaves nothing behind.
  void add(const Timeline& timeline);
  void fail(std::uint64_t replication, std::string message);

  /// Replications added since fresh() was called last, failed ones included.
  std::size_t fresh_rows() const { return fresh_.rows() + fresh_.failures.size(); }

  /// Results of these.
  Results fresh();

  /// All there is; nothing is left.
  Results take();

 private:
  void close(const Sums& sums, Results& results) const;

  const Model& model_;
  const Results& frame_;
  const bool causes_;
  Results fresh_;  ///< But for causes and waits, which are:
  Sums fresh_sums_;
  Results all_;  ///< The rest, alike.
  Sums sums_;
  std::vector<std::int64_t> samples_;  ///< Of the row in the making.
};

}  // namespace racked
