#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace racked {

/// A table of integers, a row per replication, kept small: every kBlockRows rows are packed, cell
/// by cell, as the smallest value, a common step and how many steps each row lies above it, in 0,
/// 1, 2, 4 or 8 bytes. Nothing is rounded. What never differs costs 24 bytes a block, chips that
/// come in racks one or two bytes a value; at worst a value costs its 8 bytes and a tenth of one. A
/// value; const access by several threads is safe.
class Samples {
 public:
  static constexpr std::size_t kBlockRows = 256;  ///< Rows that are packed together.

  std::size_t rows() const { return rows_; }    ///< Replications.
  std::size_t cells() const { return cells_; }  ///< Of each row; 0 before the first.
  std::uint64_t bytes() const;                  ///< That the packed and open rows take.

  /// One more row. std::invalid_argument if it is not as wide as those before.
  void append(std::span<const std::int64_t> row);

  /// The value of a cell. O(1).
  std::int64_t at(std::size_t row, std::size_t cell) const;

  /// Writes the row into `values`, which is resized. O(cells).
  void read_row(std::size_t row, std::vector<std::int64_t>& values) const;

  /// Adds the cell of each row to sums[row]; `sums` has rows() elements. O(rows).
  void add_column(std::size_t cell, std::span<std::int64_t> sums) const;

 private:
  /// One cell of a block: value = least + step × number, the number `width` bytes wide.
  struct Column {
    std::uint64_t least = 0;
    std::uint64_t step = 0;
    std::uint32_t at = 0;  ///< First byte of its numbers.
    std::uint32_t width = 0;
  };
  struct Block {
    std::vector<Column> columns;
    std::vector<std::uint8_t> numbers;
  };

  void pack();
  static std::int64_t value(const Block& block, const Column& column, std::size_t row);

  std::size_t cells_ = 0;
  std::size_t rows_ = 0;
  std::vector<Block> blocks_;
  std::vector<std::int64_t> open_;  ///< Rows after the last block, row by row.
};

}  // namespace racked
