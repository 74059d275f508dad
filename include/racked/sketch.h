#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace racked {

/// Distributions of columns of integers, counted in buckets that grow with the value, for more rows
/// than can be kept: integers up to 511 have buckets of their own; above, each power of two is
/// divided into 256 (the high-dynamic-range histogram of G. Tene; log-linear binning). A quantile
/// is the middle of its bucket, at most kRelativeError from the exact one; means are exact.
/// Everything is a sum of integers, so that sketches may be added in any order, with the same
/// result.
///
/// Memory: 16 bytes for every bucket of a column that was hit, however many rows there are. A
/// value; const access by several threads is safe.
class Sketch {
 public:
  static constexpr double kRelativeError = 1.0 / 512;  ///< Of a quantile, at most.

  __extension__ using Sum = __int128;  ///< Wide enough for the sum of any column.

  /// Values of one bucket.
  struct Count {
    std::int32_t bucket = 0;  ///< As bucket_of gives it.
    std::uint64_t rows = 0;   ///< Values in it; at least 1.

    friend bool operator==(const Count&, const Count&) = default;
  };
  /// What is known of one column.
  struct Column {
    std::vector<Count> counts;  ///< Ascending by bucket.
    Sum sum = 0;                ///< Of the values, exact.

    friend bool operator==(const Column&, const Column&) = default;
  };

  /// Of no row.
  explicit Sketch(std::size_t columns = 0) : columns_(columns) {}

  std::size_t columns() const { return columns_.size(); }  ///< Their number.
  /// What is counted of it; std::out_of_range.
  const Column& column(std::size_t column) const { return columns_.at(column); }
  std::uint64_t bytes() const;  ///< In use for counts.

  /// One more row. std::invalid_argument when it is not as wide as there are columns.
  void add(std::span<const std::int64_t> row);

  /// All rows of another; std::invalid_argument when it has another number of columns.
  void add(const Sketch& other);

  /// Puts a column in place, as read from a file. std::invalid_argument unless its buckets ascend.
  void set_column(std::size_t column, Column content);

  /// The value of the row in place `rank` (from 0) in ascending order, as well as it is known.
  /// std::out_of_range when there are not so many. O(buckets).
  std::int64_t at_rank(std::size_t column, std::uint64_t rank) const;

  /// The bucket that a value is counted in.
  static std::int32_t bucket_of(std::int64_t value);
  /// The value that stands for all of a bucket.
  static std::int64_t middle_of(std::int32_t bucket);

  friend bool operator==(const Sketch&, const Sketch&) = default;

 private:
  static void add_to(Column& column, std::int32_t bucket, std::uint64_t rows);

  std::vector<Column> columns_;
};

}  // namespace racked
