#pragma once

#include <racked/calendar.h>
#include <racked/table.h>
#include <racked/timeline.h>
#include <racked/units.h>

#include <pybind11/numpy.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

/// Memory of the library as numpy arrays: nothing is copied, nothing can be written, and what the
/// memory belongs to lives as long as an array looks at it.
namespace racked::python {

namespace py = pybind11;

template <class Record>
struct Format;

template <class T>
inline constexpr bool kIsId = false;
template <class Row>
inline constexpr bool kIsId<Id<Row>> = true;

template <class T>
inline constexpr std::size_t kArraySize = 0;
template <class T, std::size_t N>
inline constexpr std::size_t kArraySize<std::array<T, N>> = N;

/// How a T stands in memory, for numpy. Times and spans: m8[ns], times counting from 00:00 of the
/// start and des::kNever being the largest; Ids: u4, 4294967295 being none; enums: u1; watts: i8;
/// chip-time: the lower and upper half of its 128 bits; records: as their Format says.
template <class T>
py::dtype format_of() {
  if constexpr (std::is_same_v<T, des::Time> || std::is_same_v<T, des::Duration>) {
    return py::dtype("m8[ns]");
  } else if constexpr (std::is_same_v<T, Watts>) {
    return py::dtype("i8");
  } else if constexpr (std::is_same_v<T, ChipTime>) {
    return py::dtype("u8,i8");
  } else if constexpr (kIsId<T>) {
    return py::dtype("u4");
  } else if constexpr (std::is_enum_v<T>) {
    return py::dtype::of<std::underlying_type_t<T>>();
  } else if constexpr (std::is_arithmetic_v<T>) {
    return py::dtype::of<T>();
  } else if constexpr (kArraySize<T> > 0) {
    return py::dtype::from_args(
        py::make_tuple(format_of<typename T::value_type>(), py::make_tuple(kArraySize<T>)));
  } else {
    return Format<T>::dtype();
  }
}

/// The dtype of a record, gathered from its members where they stand.
template <class Record>
class RecordFormat {
 public:
  template <class Member>
  RecordFormat& add(const char* name, Member Record::*member) {
    const auto offset =
        reinterpret_cast<const char*>(&(record_.*member)) - reinterpret_cast<const char*>(&record_);
    names_.append(name);
    formats_.append(format_of<Member>());
    offsets_.append(offset);
    return *this;
  }
  py::dtype dtype() const { return {names_, formats_, offsets_, sizeof(Record)}; }

 private:
  Record record_{};
  py::list names_, formats_, offsets_;
};

/// `values` as an array of that shape (whose product is their number). `owner` is the Python object
/// they live in.
template <class T>
py::array view(const std::vector<T>& values, std::vector<py::ssize_t> shape, py::handle owner) {
  py::array array(format_of<T>(), std::move(shape), values.data(), owner);
  array.attr("setflags")(py::arg("write") = false);
  return array;
}
template <class T>
py::array view(const std::vector<T>& values, py::handle owner) {
  return view(values, {static_cast<py::ssize_t>(values.size())}, owner);
}

/// Days as datetime64[D] counts them.
inline std::int64_t days_since_epoch(Date date) { return date.time_since_epoch().count(); }
inline py::array dates(const std::vector<Date>& days) {
  py::array_t<std::int64_t> counts(static_cast<py::ssize_t>(days.size()));
  for (std::size_t i = 0; i < days.size(); ++i)
    counts.mutable_data()[i] = days_since_epoch(days[i]);
  return counts.attr("view")("M8[D]");
}

/// A property that is a view of a member of the object.
template <class Class, class T>
auto viewed(std::vector<T> Class::*member) {
  return [member](py::object self) { return view(py::cast<Class&>(self).*member, self); };
}

}  // namespace racked::python
