#include "parts.h"
#include "views.h"

#include <pybind11/stl.h>

#include <cerrno>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

namespace racked::python {

// The structures of the Arrow C data and C stream interfaces; names and layout are theirs:
// https://arrow.apache.org/docs/format/CDataInterface.html
extern "C" {
struct ArrowSchema {
  const char* format;
  const char* name;
  const char* metadata;
  std::int64_t flags;
  std::int64_t n_children;
  ArrowSchema** children;
  ArrowSchema* dictionary;
  void (*release)(ArrowSchema*);
  void* private_data;
};
struct ArrowArray {
  std::int64_t length;
  std::int64_t null_count;
  std::int64_t offset;
  std::int64_t n_buffers;
  std::int64_t n_children;
  const void** buffers;
  ArrowArray** children;
  ArrowArray* dictionary;
  void (*release)(ArrowArray*);
  void* private_data;
};
struct ArrowArrayStream {
  int (*get_schema)(ArrowArrayStream*, ArrowSchema*);
  int (*get_next)(ArrowArrayStream*, ArrowArray*);
  const char* (*get_last_error)(ArrowArrayStream*);
  void (*release)(ArrowArrayStream*);
  void* private_data;
};
}

namespace {

constexpr std::int64_t kNullable = 2;

/// Keeps a Python object alive from any thread.
std::shared_ptr<const void> kept(py::object object) {
  return {object.release().ptr(), [](const void* held) {
            // Nothing is left to be freed once the interpreter has gone.
            if (Py_IsInitialized() == 0) return;
            const py::gil_scoped_acquire lock;
            Py_DECREF(static_cast<PyObject*>(const_cast<void*>(held)));
          }};
}

/// A column, or (with children) the rows of a table. Its buffers are numpy's where Arrow lays
/// values out alike.
struct Column {
  std::string name;
  std::string format;
  std::int64_t length = 0;
  std::int64_t nulls = 0;
  std::vector<std::uint8_t> validity;  // one bit a row; empty: no row is null
  std::vector<const void*> buffers;
  std::vector<std::shared_ptr<const Column>> children;
  std::shared_ptr<const Column> dictionary;

  // What the buffers look at.
  std::shared_ptr<const void> owner;
  std::vector<std::int32_t> numbers;
  std::vector<std::uint8_t> bits;
  std::string text;
};
using Shared = std::shared_ptr<const Column>;

template <class IsNull>
void mark_nulls(Column& column, IsNull is_null) {
  const auto rows = static_cast<std::size_t>(column.length);
  std::vector<std::uint8_t> validity((rows + 7) / 8, 0xFF);
  for (std::size_t i = 0; i < rows; ++i) {
    if (!is_null(i)) continue;
    validity[i / 8] = static_cast<std::uint8_t>(validity[i / 8] & ~(1u << i % 8));
    ++column.nulls;
  }
  if (column.nulls > 0) column.validity = std::move(validity);
}

std::string format_of(const py::array& array) {
  const char kind = array.dtype().kind();
  const auto bytes = array.dtype().itemsize();
  if (kind == 'i') return bytes == 8 ? "l" : bytes == 4 ? "i" : "";
  if (kind == 'u') return bytes == 8 ? "L" : bytes == 4 ? "I" : bytes == 1 ? "C" : "";
  if (kind == 'f') return bytes == 8 ? "g" : "";
  if (kind == 'b') return "b";
  const auto unit = py::str(py::object(array.dtype().attr("str"))).cast<std::string>();
  if (unit == "<M8[ns]") return "tsn:";
  if (unit == "<m8[ns]") return "tDn";
  if (unit == "<M8[D]") return "tdD";
  return "";
}

// Texts one after another, and where each begins.
Shared column_of_texts(const std::vector<std::string>& texts) {
  const auto column = std::make_shared<Column>();
  column->format = "u";
  column->length = static_cast<std::int64_t>(texts.size());
  column->numbers.push_back(0);
  for (const std::string& text : texts) {
    column->text += text;
    column->numbers.push_back(static_cast<std::int32_t>(column->text.size()));
  }
  column->buffers = {nullptr, column->numbers.data(), column->text.data()};
  return column;
}

Shared column_of(const std::string& name, const py::array& given, const py::object& texts) {
  const auto column = std::make_shared<Column>();
  const py::array array = py::array::ensure(given, py::array::c_style);
  column->name = name;
  column->format = format_of(array);
  if (column->format.empty() || array.ndim() != 1)
    throw std::invalid_argument("Arrow has no column for the array " + name);
  column->length = array.size();
  const auto rows = static_cast<std::size_t>(column->length);
  const void* data = array.data();
  if (!texts.is_none()) {
    column->dictionary = column_of_texts(texts.cast<std::vector<std::string>>());
    const auto* codes = static_cast<const std::int32_t*>(data);
    mark_nulls(*column, [&](std::size_t i) { return codes[i] < 0; });
  } else if (column->format == "g") {
    const auto* values = static_cast<const double*>(data);
    mark_nulls(*column, [&](std::size_t i) { return std::isnan(values[i]); });
  } else if (column->format[0] == 't') {
    const auto* values = static_cast<const std::int64_t*>(data);
    constexpr auto kNotATime = std::numeric_limits<std::int64_t>::min();
    mark_nulls(*column, [&](std::size_t i) { return values[i] == kNotATime; });
    if (column->format == "tdD") {
      column->numbers.resize(rows);
      for (std::size_t i = 0; i < rows; ++i)
        column->numbers[i] = static_cast<std::int32_t>(values[i]);
      data = column->numbers.data();
    }
  } else if (column->format == "b") {
    const auto* values = static_cast<const std::uint8_t*>(data);
    column->bits.resize((rows + 7) / 8);
    for (std::size_t i = 0; i < rows; ++i)
      if (values[i] != 0)
        column->bits[i / 8] = static_cast<std::uint8_t>(column->bits[i / 8] | 1u << i % 8);
    data = column->bits.data();
  }
  column->owner = kept(array);
  column->buffers = {column->validity.empty() ? nullptr : column->validity.data(), data};
  return column;
}

Shared table_of(std::vector<Shared> columns) {
  const auto table = std::make_shared<Column>();
  table->format = "+s";
  table->length = columns.empty() ? 0 : columns[0]->length;
  for (const Shared& column : columns)
    if (column->length != table->length)
      throw std::invalid_argument("the columns of a table have one length");
  table->buffers = {nullptr};
  table->children = std::move(columns);
  return table;
}

// What is handed out: a structure of Arrow's, its children and dictionary, and what they look at.
template <class Structure>
struct Exported {
  explicit Exported(Shared of) : column(std::move(of)), children(column->children.size()) {
    for (Structure& child : children) pointers.push_back(&child);
  }

  static void release(Structure* structure) {
    auto* const self = static_cast<Exported*>(structure->private_data);
    for (Structure& child : self->children)
      if (child.release != nullptr) child.release(&child);
    if (self->dictionary.release != nullptr) self->dictionary.release(&self->dictionary);
    structure->release = nullptr;
    delete self;
  }

  // The members that both structures have; `fill` is called for the parts.
  template <class Fill>
  void hand_out(Structure& structure, Fill fill) {
    for (std::size_t i = 0; i < children.size(); ++i) fill(column->children[i], children[i]);
    structure.n_children = static_cast<std::int64_t>(children.size());
    structure.children = pointers.data();
    structure.dictionary = nullptr;
    if (column->dictionary) {
      fill(column->dictionary, dictionary);
      structure.dictionary = &dictionary;
    }
    structure.release = &release;
    structure.private_data = this;
  }

  Shared column;
  std::vector<Structure> children;
  std::vector<Structure*> pointers;
  Structure dictionary{};
};

void fill_schema(const Shared& column, ArrowSchema& schema) {
  schema.format = column->format.c_str();
  schema.name = column->name.c_str();
  schema.metadata = nullptr;
  schema.flags = column->children.empty() ? kNullable : 0;
  (new Exported<ArrowSchema>(column))->hand_out(schema, fill_schema);
}

void fill_array(const Shared& column, ArrowArray& array) {
  auto* const exported = new Exported<ArrowArray>(column);
  array.length = column->length;
  array.null_count = column->nulls;
  array.offset = 0;
  array.n_buffers = static_cast<std::int64_t>(column->buffers.size());
  array.buffers = const_cast<const void**>(column->buffers.data());
  exported->hand_out(array, fill_array);
}

/// The table as one batch.
struct Stream {
  Shared table;
  bool given = false;
};

Stream& stream_of(ArrowArrayStream* stream) { return *static_cast<Stream*>(stream->private_data); }

int get_schema(ArrowArrayStream* stream, ArrowSchema* schema) {
  fill_schema(stream_of(stream).table, *schema);
  return 0;
}
int get_next(ArrowArrayStream* stream, ArrowArray* array) {
  if (std::exchange(stream_of(stream).given, true))
    *array = ArrowArray{};
  else
    fill_array(stream_of(stream).table, *array);
  return 0;
}
const char* get_last_error(ArrowArrayStream*) { return nullptr; }
void release_stream(ArrowArrayStream* stream) {
  delete &stream_of(stream);
  stream->release = nullptr;
}

constexpr const char* kCapsule = "arrow_array_stream";

void destroy_capsule(PyObject* capsule) {
  auto* const stream = static_cast<ArrowArrayStream*>(PyCapsule_GetPointer(capsule, kCapsule));
  if (stream->release != nullptr) stream->release(stream);
  delete stream;
}

py::object arrow_stream(const std::vector<std::string>& names, const std::vector<py::array>& arrays,
                        const std::vector<py::object>& texts) {
  std::vector<Shared> columns;
  for (std::size_t i = 0; i < names.size(); ++i)
    columns.push_back(column_of(names.at(i), arrays.at(i), texts.at(i)));
  auto table = table_of(std::move(columns));
  auto* const stream = new ArrowArrayStream{get_schema, get_next, get_last_error, release_stream,
                                            new Stream{std::move(table)}};
  return py::reinterpret_steal<py::object>(PyCapsule_New(stream, kCapsule, destroy_capsule));
}

}  // namespace

void add_arrow(py::module_& module) {
  module.def("arrow_stream", &arrow_stream, py::arg("names"), py::arg("arrays"), py::arg("texts"));
}

}  // namespace racked::python
