#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace racked {

/// The number of a row of a Table<Row>. An Id of tasks cannot index a table of crews. 4 bytes.
template <class Row>
class Id {
 public:
  constexpr Id() = default;
  constexpr explicit Id(std::size_t row)
      : row_(static_cast<std::uint32_t>(row)) {}  ///< Of that row; below 2³² − 1.

  /// Whether it names a row at all; a default-constructed Id names none.
  constexpr bool valid() const { return row_ != kNone; }
  constexpr std::uint32_t index() const { return row_; }  ///< The row; see valid().

  friend constexpr auto operator<=>(Id, Id) = default;

 private:
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
  std::uint32_t row_ = kNone;
};

/// Rows of one kind, indexed by their Id.
template <class Row>
class Table {
 public:
  using value_type = Row;  ///< Of a row.

  /// Behind all others; returns its Id.
  Id<Row> add(Row row) {
    rows_.push_back(static_cast<Row&&>(row));
    return Id<Row>(rows_.size() - 1);
  }
  Row& operator[](Id<Row> id) { return rows_[id.index()]; }  ///< Precondition: id is of a row here.
  const Row& operator[](Id<Row> id) const { return rows_[id.index()]; }  ///< The same.

  std::size_t size() const { return rows_.size(); }  ///< Rows.
  bool empty() const { return rows_.empty(); }       ///< No row.
  auto begin() { return rows_.begin(); }             ///< In the order of Ids.
  auto end() { return rows_.end(); }                 ///< Past the last row.
  auto begin() const { return rows_.begin(); }       ///< In the order of Ids.
  auto end() const { return rows_.end(); }           ///< Past the last row.

 private:
  std::vector<Row> rows_;
};

/// Consecutive rows of a table: [first, last).
template <class Row>
class IdRange {
 public:
  /// Goes through the Ids of a range.
  class Iterator {
   public:
    constexpr explicit Iterator(std::uint32_t row) : row_(row) {}  ///< At that row.
    constexpr Id<Row> operator*() const { return Id<Row>(row_); }  ///< The Id it is at.
    /// To the next.
    constexpr Iterator& operator++() {
      ++row_;
      return *this;
    }
    friend constexpr bool operator==(Iterator, Iterator) = default;

   private:
    std::uint32_t row_;
  };

  constexpr IdRange() = default;
  /// Of [first, last).
  constexpr IdRange(std::size_t first, std::size_t last)
      : first_(static_cast<std::uint32_t>(first)), last_(static_cast<std::uint32_t>(last)) {}

  constexpr Iterator begin() const { return Iterator(first_); }  ///< The first row.
  constexpr Iterator end() const { return Iterator(last_); }     ///< Past the last row.
  constexpr std::size_t size() const { return last_ - first_; }  ///< Rows.
  constexpr bool empty() const { return first_ == last_; }       ///< No row.
  /// Whether it is one of them.
  constexpr bool contains(Id<Row> id) const { return id.index() >= first_ && id.index() < last_; }

 private:
  std::uint32_t first_ = 0;
  std::uint32_t last_ = 0;
};

}  // namespace racked
