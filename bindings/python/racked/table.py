"""Tables: named columns that other libraries read without copying."""

from __future__ import annotations

from typing import Any, Iterator, Mapping, NamedTuple, Sequence

import numpy as np

from racked import _racked
from racked.times import Array


class Names(NamedTuple):
    """A column of few different texts: `codes` (int32, -1: none) into `texts`."""

    codes: Array
    texts: tuple[str, ...]



class Table:
    """Columns of one length, in order.

    `table["p50"]` is a column as a numpy array; times are datetime64, "not reached" is NaT or NaN.
    Any reader of the Arrow C stream takes the table as it is, without copying numbers or times:
    `pyarrow.table(table)`, `polars.DataFrame(table)`, `duckdb.sql("from table")`. Immutable.

    Parquet: `pyarrow.parquet.write_table(pyarrow.table(table), "table.parquet")`.
    """

    def __init__(self, columns: Mapping[str, Any]):
        self._columns: dict[str, Any] = dict(columns)

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns, units in them where they have one."""
        return tuple(self._columns)

    def __len__(self) -> int:
        for column in self._columns.values():
            return len(column.codes if isinstance(column, Names) else column)
        return 0

    def __getitem__(self, name: str) -> Array:
        """The column; texts as an array of objects made for the occasion. KeyError: no such one."""
        column = self._columns[name]
        if isinstance(column, Names):
            texts = np.array([*column.texts, None], dtype=object)
            return texts[column.codes]
        return column

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def rows(self) -> list[dict[str, Any]]:
        """One dict a row: for a few rows, in pure Python."""
        arrays = {name: self[name] for name in self._columns}
        return [{name: array[i] for name, array in arrays.items()} for i in range(len(self))]

    def to_pandas(self) -> Any:
        """A pandas.DataFrame; texts as categories. Needs pandas."""
        import pandas as pd

        return pd.DataFrame(
            {
                name: pd.Categorical.from_codes(column.codes, list(column.texts))
                if isinstance(column, Names)
                else column
                for name, column in self._columns.items()
            }
        )

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        """The Arrow C stream, in one batch, as a PyCapsule. A wish for another schema is not
        granted. What it looks at lives until the reader releases it."""
        arrays, texts = [], []
        for column in self._columns.values():
            names = isinstance(column, Names)
            arrays.append(np.ascontiguousarray(column.codes if names else column))
            texts.append(list(column.texts) if names else None)
        return _racked.arrow_stream(list(self._columns), arrays, texts)

    def __repr__(self) -> str:
        return f"<racked.Table of {len(self)} rows: {', '.join(self._columns)}>"

    def _repr_html_(self, most: int = 20) -> str:
        from html import escape

        def cells(tag: str, texts: Sequence[Any]) -> str:
            return "<tr>" + "".join(f"<{tag}>{escape(str(t))}</{tag}>" for t in texts) + "</tr>"

        arrays = [self[name][:most] for name in self._columns]
        body = "".join(cells("td", row) for row in zip(*arrays))
        more = f"<p>{len(self)} rows</p>" if len(self) > most else ""
        return f"<table>{cells('th', self.columns)}{body}</table>{more}"


def names_of(texts: Sequence[str]) -> Names:
    """A column of texts, each different one kept once, in order of first appearance."""
    numbers: dict[str, int] = {}
    codes = [numbers.setdefault(text, len(numbers)) for text in texts]
    return Names(np.array(codes, dtype=np.int32), tuple(numbers))


def tiled(texts: Sequence[str], each: int, times: int) -> Names:
    """Every text `each` times in a row, and all of that `times` times over."""
    codes = np.repeat(np.arange(len(texts), dtype=np.int32), each)
    return Names(np.tile(codes, times), tuple(texts))
