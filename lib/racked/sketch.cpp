#include <racked/sketch.h>

#include <algorithm>
#include <bit>
#include <stdexcept>
#include <utility>

namespace racked {
namespace {

/// Bits of a value that its bucket knows.
constexpr int kBits = 9;
constexpr std::uint64_t kHalf = std::uint64_t{1} << (kBits - 1);

}  // namespace

// Negative values mirror the positive ones: −1 − u has bucket −1 − (that of u).
std::int32_t Sketch::bucket_of(std::int64_t value) {
  const bool negative = value < 0;
  const std::uint64_t size = static_cast<std::uint64_t>(negative ? -1 - value : value);
  const int shift = std::max(0, static_cast<int>(std::bit_width(size)) - kBits);
  const auto bucket =
      static_cast<std::int32_t>(static_cast<std::uint64_t>(shift) * kHalf + (size >> shift));
  return negative ? -1 - bucket : bucket;
}

std::int64_t Sketch::middle_of(std::int32_t bucket) {
  const bool negative = bucket < 0;
  const std::uint64_t index = static_cast<std::uint64_t>(negative ? -1 - bucket : bucket);
  // The lower half of the first power of two has buckets, that of the others is below them.
  const std::uint64_t shift = index < 2 * kHalf ? 0 : index / kHalf - 1;
  const std::uint64_t least = (index - shift * kHalf) << shift;
  const auto middle = static_cast<std::int64_t>(least + ((std::uint64_t{1} << shift) - 1) / 2);
  return negative ? -1 - middle : middle;
}

std::uint64_t Sketch::bytes() const {
  std::uint64_t sum = columns_.capacity() * sizeof(Column);
  for (const Column& column : columns_) sum += column.counts.capacity() * sizeof(Count);
  return sum;
}

void Sketch::add_to(Column& column, std::int32_t bucket, std::uint64_t rows) {
  const auto at = std::lower_bound(
      column.counts.begin(), column.counts.end(), bucket,
      [](const Count& count, std::int32_t number) { return count.bucket < number; });
  if (at != column.counts.end() && at->bucket == bucket)
    at->rows += rows;
  else
    column.counts.insert(at, {bucket, rows});
}

void Sketch::add(std::span<const std::int64_t> row) {
  if (row.size() != columns_.size())
    throw std::invalid_argument("a row is not as wide as its sketch");
  for (std::size_t i = 0; i < row.size(); ++i) {
    add_to(columns_[i], bucket_of(row[i]), 1);
    columns_[i].sum += row[i];
  }
}

void Sketch::add(const Sketch& other) {
  if (other.columns() != columns())
    throw std::invalid_argument("sketches have other numbers of columns");
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    for (const Count& count : other.columns_[i].counts)
      add_to(columns_[i], count.bucket, count.rows);
    columns_[i].sum += other.columns_[i].sum;
  }
}

void Sketch::set_column(std::size_t column, Column content) {
  const auto unordered = [](const Count& a, const Count& b) { return a.bucket >= b.bucket; };
  const auto& counts = content.counts;
  if (std::adjacent_find(counts.begin(), counts.end(), unordered) != counts.end())
    throw std::invalid_argument("the buckets of a sketch are not in order");
  columns_.at(column) = std::move(content);
}

std::int64_t Sketch::at_rank(std::size_t column, std::uint64_t rank) const {
  std::uint64_t before = 0;
  for (const Count& count : columns_.at(column).counts) {
    before += count.rows;
    if (rank < before) return middle_of(count.bucket);
  }
  throw std::out_of_range("a sketch has not so many rows");
}

}  // namespace racked
