#include <racked/samples.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <stdexcept>

namespace racked {
namespace {

// Differences are taken modulo 2^64, so that no pair of values is too far apart.
std::uint64_t bits(std::int64_t value) { return static_cast<std::uint64_t>(value); }

std::uint32_t width_of(std::uint64_t number) {
  if (number == 0) return 0;
  if (number <= 0xff) return 1;
  if (number <= 0xffff) return 2;
  return number <= 0xffff'ffff ? 4 : 8;
}

void put(std::uint8_t* at, std::uint64_t number, std::uint32_t width) {
  for (std::uint32_t i = 0; i < width; ++i) at[i] = static_cast<std::uint8_t>(number >> (8 * i));
}

template <class Number>
std::uint64_t number_at(const std::uint8_t* at) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < sizeof(Number); ++i)
    number |= static_cast<std::uint64_t>(at[i]) << (8 * i);
  return number;
}

template <class Number>
void add_numbers(const std::uint8_t* at, std::uint64_t least, std::uint64_t step,
                 std::span<std::int64_t> sums) {
  for (std::size_t i = 0; i < sums.size(); ++i)
    sums[i] = static_cast<std::int64_t>(bits(sums[i]) + least +
                                        step * number_at<Number>(at + i * sizeof(Number)));
}

}  // namespace

std::uint64_t Samples::bytes() const {
  std::uint64_t sum = open_.capacity() * sizeof(std::int64_t);
  for (const Block& block : blocks_)
    sum += sizeof block + block.columns.capacity() * sizeof(Column) + block.numbers.capacity();
  return sum;
}

void Samples::append(std::span<const std::int64_t> row) {
  if (rows_ == 0) cells_ = row.size();
  if (row.size() != cells_) throw std::invalid_argument("a row of samples has another width");
  open_.insert(open_.end(), row.begin(), row.end());
  ++rows_;
  if (rows_ % kBlockRows == 0) pack();
}

void Samples::pack() {
  Block block;
  block.columns.resize(cells_);
  std::size_t size = 0;
  for (std::size_t cell = 0; cell < cells_; ++cell) {
    Column& column = block.columns[cell];
    std::int64_t least = open_[cell], most = open_[cell];
    for (std::size_t i = cell; i < open_.size(); i += cells_) {
      least = std::min(least, open_[i]);
      most = std::max(most, open_[i]);
    }
    column.least = bits(least);
    for (std::size_t i = cell; i < open_.size() && column.step != 1; i += cells_)
      column.step = std::gcd(column.step, bits(open_[i]) - column.least);
    if (column.step != 0) column.width = width_of((bits(most) - column.least) / column.step);
    column.at = static_cast<std::uint32_t>(size);
    size += column.width * kBlockRows;
  }
  block.numbers.resize(size);
  for (std::size_t cell = 0; cell < cells_; ++cell) {
    const Column& column = block.columns[cell];
    if (column.width == 0) continue;
    for (std::size_t row = 0; row < kBlockRows; ++row)
      put(&block.numbers[column.at + row * column.width],
          (bits(open_[row * cells_ + cell]) - column.least) / column.step, column.width);
  }
  blocks_.push_back(std::move(block));
  open_.clear();
}

std::int64_t Samples::value(const Block& block, const Column& column, std::size_t row) {
  std::int64_t value = 0;
  const std::uint8_t* at = block.numbers.data() + column.at + row * column.width;
  const std::span<std::int64_t> one(&value, 1);
  switch (column.width) {
    case 0: return static_cast<std::int64_t>(column.least);
    case 1: add_numbers<std::uint8_t>(at, column.least, column.step, one); break;
    case 2: add_numbers<std::uint16_t>(at, column.least, column.step, one); break;
    case 4: add_numbers<std::uint32_t>(at, column.least, column.step, one); break;
    default: add_numbers<std::uint64_t>(at, column.least, column.step, one);
  }
  return value;
}

std::int64_t Samples::at(std::size_t row, std::size_t cell) const {
  if (row >= rows_ || cell >= cells_) throw std::out_of_range("there is no such sample");
  const std::size_t block = row / kBlockRows;
  if (block == blocks_.size()) return open_[row % kBlockRows * cells_ + cell];
  return value(blocks_[block], blocks_[block].columns[cell], row % kBlockRows);
}

void Samples::read_row(std::size_t row, std::vector<std::int64_t>& values) const {
  if (row >= rows_) throw std::out_of_range("there is no such row of samples");
  values.resize(cells_);
  const std::size_t block = row / kBlockRows;
  if (block == blocks_.size()) {
    const auto from = open_.begin() + static_cast<std::ptrdiff_t>(row % kBlockRows * cells_);
    std::copy(from, from + static_cast<std::ptrdiff_t>(cells_), values.begin());
    return;
  }
  for (std::size_t cell = 0; cell < cells_; ++cell)
    values[cell] = value(blocks_[block], blocks_[block].columns[cell], row % kBlockRows);
}

void Samples::add_column(std::size_t cell, std::span<std::int64_t> sums) const {
  if (rows_ == 0) return;
  if (cell >= cells_ || sums.size() != rows_) throw std::out_of_range("there is no such column");
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    const Column& column = blocks_[i].columns[cell];
    const std::uint8_t* at = blocks_[i].numbers.data() + column.at;
    const std::span<std::int64_t> to = sums.subspan(i * kBlockRows, kBlockRows);
    switch (column.width) {
      case 0:
        for (std::int64_t& sum : to) sum = static_cast<std::int64_t>(bits(sum) + column.least);
        break;
      case 1: add_numbers<std::uint8_t>(at, column.least, column.step, to); break;
      case 2: add_numbers<std::uint16_t>(at, column.least, column.step, to); break;
      case 4: add_numbers<std::uint32_t>(at, column.least, column.step, to); break;
      default: add_numbers<std::uint64_t>(at, column.least, column.step, to);
    }
  }
  const std::size_t packed = blocks_.size() * kBlockRows;
  for (std::size_t row = packed; row < rows_; ++row)
    sums[row] += open_[(row - packed) * cells_ + cell];
}

}  // namespace racked
