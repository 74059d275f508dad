"""Tables are Arrow streams: read here by hand through ctypes, and by the libraries that are installed."""
import ctypes
import gc

import numpy as np
import pytest

import racked
from racked.table import Names, Table

POINTER, VOID = ctypes.POINTER, ctypes.c_void_p


class Schema(ctypes.Structure):
    pass


class Array(ctypes.Structure):
    pass


class Stream(ctypes.Structure):
    pass


Schema._fields_ = [
    ("format", ctypes.c_char_p),
    ("name", ctypes.c_char_p),
    ("metadata", ctypes.c_char_p),
    ("flags", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("children", POINTER(POINTER(Schema))),
    ("dictionary", POINTER(Schema)),
    ("release", ctypes.CFUNCTYPE(None, POINTER(Schema))),
    ("private_data", VOID),
]
Array._fields_ = [
    ("length", ctypes.c_int64),
    ("null_count", ctypes.c_int64),
    ("offset", ctypes.c_int64),
    ("n_buffers", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("buffers", POINTER(VOID)),
    ("children", POINTER(POINTER(Array))),
    ("dictionary", POINTER(Array)),
    ("release", ctypes.CFUNCTYPE(None, POINTER(Array))),
    ("private_data", VOID),
]
Stream._fields_ = [
    ("get_schema", ctypes.CFUNCTYPE(ctypes.c_int, POINTER(Stream), POINTER(Schema))),
    ("get_next", ctypes.CFUNCTYPE(ctypes.c_int, POINTER(Stream), POINTER(Array))),
    ("get_last_error", ctypes.CFUNCTYPE(ctypes.c_char_p, POINTER(Stream))),
    ("release", ctypes.CFUNCTYPE(None, POINTER(Stream))),
    ("private_data", VOID),
]

NUMPY = {"l": "i8", "L": "u8", "i": "i4", "I": "u4", "C": "u1", "g": "f8", "tsn:": "M8[ns]", "tDn": "m8[ns]"}


def pointer_of(capsule):
    get = ctypes.pythonapi.PyCapsule_GetPointer
    get.restype, get.argtypes = VOID, [ctypes.py_object, ctypes.c_char_p]
    return ctypes.cast(get(capsule, b"arrow_array_stream"), POINTER(Stream))


def memory(address, dtype, count):
    if count == 0:
        return np.empty(0, dtype)
    size = np.dtype(dtype).itemsize * count
    return np.frombuffer((ctypes.c_char * size).from_address(address), dtype)


def texts_of(array):
    offsets = memory(array.buffers[1], "i4", array.length + 1)
    text = bytes(memory(array.buffers[2], "u1", int(offsets[-1])))
    return [text[a:b].decode() for a, b in zip(offsets, offsets[1:])]


class Consumer:
    """The one batch of a stream, as columns that look at its memory."""

    def __init__(self, source):
        self.capsule = source.__arrow_c_stream__()
        self.stream = pointer_of(self.capsule).contents
        self.schema, self.array, end = Schema(), Array(), Array()
        assert self.stream.get_schema(self.stream, self.schema) == 0
        assert self.stream.get_next(self.stream, self.array) == 0
        assert self.stream.get_next(self.stream, end) == 0 and not end.release
        assert self.schema.format == b"+s"
        assert self.schema.n_children == self.array.n_children
        self.columns = {}
        for i in range(self.schema.n_children):
            schema, array = self.schema.children[i].contents, self.array.children[i].contents
            assert array.offset == 0 and array.length == self.array.length
            self.columns[schema.name.decode()] = self.column(schema, array)

    def column(self, schema, array):
        values = memory(array.buffers[1], NUMPY[schema.format.decode()], array.length)
        valid = np.ones(array.length, bool)
        if array.buffers[0]:
            bits = memory(array.buffers[0], "u1", (array.length + 7) // 8)
            valid = np.unpackbits(bits, bitorder="little")[: array.length].astype(bool)
        assert array.null_count == np.count_nonzero(~valid)
        if schema.dictionary:
            texts = texts_of(array.dictionary.contents)
            return [texts[code] if ok else None for code, ok in zip(values, valid)]
        return np.ma.array(values, mask=~valid)

    def release(self):
        self.schema.release(self.schema)
        self.array.release(self.array)
        assert not self.schema.release and not self.array.release


def test_a_small_consumer_reads_every_table(results):
    for name in ("milestone_table", "bands", "causes", "waits", "charge_table", "sample_table", "observations"):
        table = getattr(results, name)
        read = Consumer(table)
        assert tuple(read.columns) == table.columns
        for column in table.columns:
            expected, values = table[column], read.columns[column]
            if isinstance(values, list):
                assert values == list(expected), (name, column)
            else:
                valid = ~np.ma.getmaskarray(values)
                np.testing.assert_array_equal(values.data[valid], expected[valid])
        read.release()


def test_results_stream_their_milestones(results):
    read = Consumer(results)
    assert tuple(read.columns) == results.milestone_table.columns
    read.release()


def test_numbers_are_not_copied(results):
    after = results.reached_after.reshape(-1)
    table = Table({"after": after, "reached": results.reached.reshape(-1)})
    read = Consumer(table)
    # The library's own memory, and numpy's.
    assert read.columns["after"].data.ctypes.data == results.reached_after.ctypes.data
    assert read.columns["reached"].data.ctypes.data == results.reached.ctypes.data
    read.release()


def test_what_a_stream_looks_at_lives_until_its_release(two_halls):
    results = racked.run(two_halls, 4, seed=3)
    expected = results.reached_after.reshape(-1).copy()
    read = Consumer(Table({"value": results.reached_after.reshape(-1)}))
    pointer_of(read.capsule).contents.release(pointer_of(read.capsule))
    del results, read.capsule
    gc.collect()
    racked.run(two_halls, 4, seed=4)
    np.testing.assert_array_equal(read.columns["value"].data, expected)
    read.release()


def test_a_stream_that_nobody_reads_is_freed(results):
    import sys

    after = results.reached_after.reshape(-1)
    before = sys.getrefcount(after)
    for _ in range(100):
        Table({"after": after}).__arrow_c_stream__()
    assert sys.getrefcount(after) == before


def test_nulls_dates_truths_and_the_empty():
    table = Table(
        {
            "x": np.array([1.5, np.nan, 3]),
            "t": np.array(["2025-01-06T12:00", "NaT", "1969-12-31T00:00"], "M8[ns]"),
            "name": Names(np.array([1, -1, 0], np.int32), ("a", "bc")),
        }
    )
    read = Consumer(table)
    assert read.columns["x"].tolist() == [1.5, None, 3.0]
    assert np.ma.getmaskarray(read.columns["t"]).tolist() == [False, True, False]
    assert read.columns["name"] == ["bc", None, "a"]
    read.release()
    assert list(table["name"]) == ["bc", None, "a"]
    empty = Consumer(Table({"x": np.empty(0), "n": Names(np.empty(0, np.int32), ())}))
    assert empty.array.length == 0
    empty.release()
    with pytest.raises(ValueError, match="no column"):
        Table({"c": np.zeros(2, complex)}).__arrow_c_stream__()
    with pytest.raises(ValueError, match="one length"):
        Table({"a": np.zeros(2), "b": np.zeros(3)}).__arrow_c_stream__()


def test_pandas(results):
    pd = pytest.importorskip("pandas")
    frame = results.to_pandas()
    assert list(frame.columns) == list(results.milestone_table.columns)
    assert frame["reached"].dtype == "datetime64[ns]"
    median = frame[frame.milestone == "both_halls"]["reached"].sort_values().iloc[29]
    assert median == pd.Timestamp(results.quantile("both_halls", 0.5))


def test_pyarrow(results, tmp_path):
    pa = pytest.importorskip("pyarrow", minversion="14")
    table = pa.table(results)
    assert table.num_rows == 120
    assert table["reached"].type == pa.timestamp("ns")
    table.validate(full=True)
    for name in ("bands", "causes", "waits", "charge_table", "sample_table"):
        pa.table(getattr(results, name)).validate(full=True)
    after = Table({"after": results.reached_after.reshape(-1)})
    address = pa.table(after)["after"].chunk(0).buffers()[1].address
    assert address == results.reached_after.ctypes.data
    parquet = pytest.importorskip("pyarrow.parquet")
    parquet.write_table(pa.table(results.bands), tmp_path / "bands.parquet")
    assert parquet.read_table(tmp_path / "bands.parquet").num_rows == len(results.bands)
    flags = pa.table(Table({"b": np.array([True, False, True]), "d": np.array(["2025-01-06"] * 3, "M8[D]")}))
    assert flags["b"].to_pylist() == [True, False, True]
    assert str(flags["d"][0]) == "2025-01-06"


def test_polars(results):
    pl = pytest.importorskip("polars", minversion="1.0")
    frame = pl.DataFrame(results)
    assert frame.shape == (120, 6)
    median = frame.filter(pl.col("milestone") == "both_halls")["reached"].sort()[29]
    assert np.datetime64(median, "us") == results.quantile("both_halls", 0.5).astype("M8[us]")
    assert pl.DataFrame(results.bands)["p50"].to_numpy().tolist() == results.bands["p50"].tolist()


def test_duckdb(results):
    duckdb = pytest.importorskip("duckdb")
    bands = results.bands  # found by its name, as in a notebook
    rows = duckdb.sql("select max(p50) from bands where series = 'usable_chips' and campus = '*'").fetchall()
    assert rows == [(max(bands["p50"][(bands["series"] == "usable_chips") & (bands["campus"] == "*")]),)]
    count = duckdb.sql("select count(*), count(distinct replication) from results").fetchall()
    assert count == [(120, 60)]
