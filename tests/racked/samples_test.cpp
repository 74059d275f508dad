// A packed table gives back what was put in, and is small where values are alike.
#include <racked/samples.h>

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <random>
#include <stdexcept>
#include <vector>

namespace racked {
namespace {

constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

/// Cells of every width: constant, in racks of 64, one, two, four and eight bytes, both ends.
std::vector<std::int64_t> row_of(std::mt19937_64& bits) {
  const auto below = [&](std::uint64_t n) { return static_cast<std::int64_t>(bits() % n); };
  return {7,
          64 * below(200),
          below(2) - 1,
          1'000'000 * below(60'000) - 5,
          below(4'000'000'000),
          static_cast<std::int64_t>(bits()),
          below(2) == 0 ? kLeast : kMost};
}

TEST(Samples, GiveBackWhatWasPutIn) {
  std::mt19937_64 bits(5);
  std::vector<std::vector<std::int64_t>> rows;
  Samples samples;
  // Two full blocks and a part of a third.
  for (std::size_t i = 0; i < 2 * Samples::kBlockRows + 100; ++i) {
    rows.push_back(row_of(bits));
    samples.append(rows.back());
  }
  ASSERT_EQ(samples.rows(), rows.size());
  ASSERT_EQ(samples.cells(), 7u);
  std::vector<std::int64_t> row;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    samples.read_row(i, row);
    EXPECT_EQ(row, rows[i]) << i;
    for (std::size_t cell = 0; cell < 7; ++cell) EXPECT_EQ(samples.at(i, cell), rows[i][cell]);
  }
  for (std::size_t cell = 0; cell < 7; ++cell) {
    std::vector<std::int64_t> column(rows.size(), 0);
    samples.add_column(cell, column);
    for (std::size_t i = 0; i < rows.size(); ++i) EXPECT_EQ(column[i], rows[i][cell]) << cell;
  }
}

TEST(Samples, AddColumnsToWhatIsThere) {
  Samples samples;
  for (std::int64_t i = 0; i < 300; ++i) samples.append(std::vector<std::int64_t>{i, 1'000 - i});
  std::vector<std::int64_t> sums(300, 5);
  samples.add_column(0, sums);
  samples.add_column(1, sums);
  EXPECT_EQ(sums, std::vector<std::int64_t>(300, 1'005));
}

// Of 256 rows: 24 bytes a cell; then 0, 1, 2, 4 and 8 bytes a value.
TEST(Samples, TakeTheBytesTheyNeed) {
  const auto bytes = [](std::int64_t step, std::int64_t least) {
    Samples samples;
    for (std::int64_t i = 0; i < 256; ++i)
      samples.append(std::vector<std::int64_t>(100, least + step * (i % 2) * (i % 128)));
    const auto empty_open = samples.bytes();
    Samples constant;
    for (std::int64_t i = 0; i < 256; ++i) constant.append(std::vector<std::int64_t>(100, 1));
    return empty_open - constant.bytes();
  };
  EXPECT_EQ(bytes(0, 9), 0u);
  EXPECT_EQ(bytes(1, -9), 100u * 256);
  EXPECT_EQ(bytes(1'000'000'007, 3), 100u * 256);  // a common step costs nothing
  Samples wide;
  for (std::int64_t i = 0; i < 256; ++i) wide.append(std::vector<std::int64_t>{i * i * i * i * i});
  EXPECT_GE(wide.bytes(), 256u * 8);
}

TEST(Samples, RefuseRowsOfAnotherWidthAndPlacesThatAreNotThere) {
  Samples samples;
  samples.append(std::vector<std::int64_t>{1, 2});
  EXPECT_THROW(samples.append(std::vector<std::int64_t>{1}), std::invalid_argument);
  EXPECT_THROW(samples.at(1, 0), std::out_of_range);
  EXPECT_THROW(samples.at(0, 2), std::out_of_range);
  std::vector<std::int64_t> one(1), two(2);
  EXPECT_THROW(samples.add_column(2, one), std::out_of_range);
  EXPECT_THROW(samples.add_column(0, two), std::out_of_range);
  EXPECT_THROW(samples.read_row(1, two), std::out_of_range);
}

TEST(Samples, MayHaveNoCells) {
  Samples samples;
  for (int i = 0; i < 600; ++i) samples.append({});
  EXPECT_EQ(samples.rows(), 600u);
  std::vector<std::int64_t> row{1};
  samples.read_row(599, row);
  EXPECT_TRUE(row.empty());
}

}  // namespace
}  // namespace racked
