"""Results: what many replications said."""

from __future__ import annotations

import hashlib
import json
import os
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any, Iterable, NamedTuple, Sequence

import numpy as np

from racked import _racked
from racked.table import Names, Table, names_of, tiled
from racked.times import Array, date_of, dates_of

if TYPE_CHECKING:
    from racked.plot import Plots

CHARGES: tuple[str, ...] = _racked.CHARGES
"""What a position that is not usable waits for, in the order of the columns."""

SERIES: tuple[str, ...] = _racked.SERIES
"""What is sampled on report dates, in the order of the columns."""

UNITS: dict[str, str] = _racked.UNITS
"""Unit of each series: chips, racks, MW or buildings."""


class Milestone(NamedTuple):
    """A question about a time. `by`: days for which the probability is reported, datetime64[D]."""

    name: str
    title: str
    by: Array


class Failure(NamedTuple):
    """A replication that came to no end, and why."""

    replication: int
    message: str


class Results:
    """What the replications of one scenario said: one row a replication, and counts over them.

    Immutable. R rows, M milestones, C campuses, D report dates, S series. Arrays that are called views look at
    the library's own memory and are read-only; they keep it alive. Tables (`milestone_table`,
    `bands`, …) are Arrow streams; the results themselves stream their `milestone_table`, so that
    `pyarrow.table(results)`, `polars.DataFrame(results)` and `duckdb.sql("from results")` work.

    Equal results have equal `digest`, wherever and by whatever they were computed.
    """

    def __init__(self, data: _racked.Results):
        self._data = data

    # What they answer to.

    @property
    def version(self) -> str:
        """Of racked."""
        return self._data.version

    @property
    def scenario(self) -> str:
        return self._data.scenario

    @property
    def title(self) -> str:
        return self._data.title

    @property
    def scenario_hash(self) -> str:
        """16 hex digits."""
        return f"{self._data.scenario_hash:016x}"

    @property
    def seed(self) -> int:
        return self._data.seed

    @property
    def start(self) -> np.datetime64:
        """Day 0, datetime64[D]."""
        return np.datetime64(self._data.start, "D")

    @property
    def horizon(self) -> np.datetime64:
        return np.datetime64(self._data.horizon, "D")

    @cached_property
    def milestones(self) -> tuple[Milestone, ...]:
        """Shape M."""
        return tuple(Milestone(*question) for question in self._data.milestones)

    @property
    def campuses(self) -> tuple[str, ...]:
        """Shape C."""
        return self._data.campuses

    @property
    def report_dates(self) -> Array:
        """datetime64[D], shape D."""
        return self._data.report_dates

    # Rows.

    def __len__(self) -> int:
        """R: replications that came to an end."""
        return self._data.rows

    @property
    def replication_ranges(self) -> str:
        """Held, failed ones included, as half-open ranges: "0:500 700:1000"; or "none"."""
        return self._data.ranges

    @property
    def failures(self) -> list[Failure]:
        """Replications without a row."""
        return [Failure(*failure) for failure in self._data.failures]

    @property
    def replications(self) -> Array:
        """Numbers of the rows, uint64, ascending; shape R. A view."""
        return self._data.replications

    @property
    def events(self) -> Array:
        """Events that the loop handled, uint64; shape R. A view."""
        return self._data.events

    @property
    def reached_after(self) -> Array:
        """When milestones were reached, m8[ns] since 00:00 of the start, racked.NEVER: not by the
        horizon; shape (R, M). A view."""
        return self._data.reached

    @cached_property
    def reached(self) -> Array:
        """When milestones were reached, datetime64[ns], NaT: not by the horizon; shape (R, M).
        Computed from `reached_after` once, 8 bytes each."""
        dates = dates_of(self.reached_after, self.start)
        dates.flags.writeable = False
        return dates

    def samples(self) -> Array:
        """All series on report dates, int64; shape (R, D, C, S), the last axis as in SERIES. Power
        in watts. In memory they are packed; this is a new array of 8 bytes each. Prefer `series`.
        ValueError when they are so many that only a sketch was kept; `bands` are known then, too."""
        return self._data.samples()

    def series(self, name: str) -> Array:
        """One series; shape (R, D, C). Chips, racks and buildings: int64; power: float64 in MW. A
        new array. KeyError, naming all, when there is no such series; ValueError as `samples`."""
        values = self._data.series(_index(name, SERIES))
        return values * 1e-6 if UNITS[name] == "MW" else values

    @property
    def charges(self) -> Array:
        """Chips × nanoseconds that planned positions lost to each charge, exact: records of the
        lower (u8) and upper (i8) 64 bits; shape (R, C, 8), the last axis as in CHARGES. A view."""
        return self._data.charges

    @cached_property
    def chip_days(self) -> Array:
        """The same in chip-days, float64; shape (R, C, 8). Computed once."""
        return self._data.chip_days()

    # Statistics, all by the library.

    def quantile(self, milestone: str | int, p: float) -> np.datetime64:
        """The p-quantile of the time a milestone is reached, datetime64[ns]: the smallest value
        whose cumulative share is at least p, with replications that never reach it as later than
        all others; NaT when it falls among those."""
        return date_of(self._data.quantile(self._milestone(milestone), p), self.start)

    def probability_by(self, milestone: str | int, day: Any) -> float:
        """Share of the replications that reach the milestone on or before that day (anything that
        numpy.datetime64 takes)."""
        count = int(np.datetime64(day, "D").astype(np.int64))
        return self._data.probability_by(self._milestone(milestone), count)

    def lost_chip_days(self, campus: str | None = None) -> dict[str, float]:
        """Mean over the replications of the chip-days lost to each charge, of one campus or of all
        together."""
        values = self._data.lost_chip_days(self._campus(campus))
        return dict(zip(CHARGES, values))

    @cached_property
    def summary(self) -> dict[str, Any]:
        """The content of summary.json (docs/results.md)."""
        return json.loads(self._data.summary_json())

    @cached_property
    def milestone_summary(self) -> Table:
        """One row a milestone (M): `milestone`, `title`, `reached` (share by the horizon), `p10`,
        `p50`, `p90` [datetime64[D], NaT], `mean_days_from_start`, `mean_half_width_days` [d, NaN; of
        those that reach it, 95 %]."""
        rows = self.summary["milestones"]

        def numbers(name: str) -> Array:
            return np.array([row[name] for row in rows], dtype=np.float64)

        return Table(
            {
                "milestone": names_of([row["name"] for row in rows]),
                "title": names_of([row["title"] for row in rows]),
                "reached": numbers("reached"),
                **{p: np.array([row[p] for row in rows], "M8[D]") for p in ("p10", "p50", "p90")},
                "mean_days_from_start": numbers("mean_days_from_start"),
                "mean_half_width_days": numbers("mean_half_width_days"),
            }
        )

    # Tables. Their columns are those of the CSV files of the same content, typed.

    def _keys(self, rows: int) -> dict[str, Any]:
        return {
            "scenario_hash": tiled([self.scenario_hash], rows, 1),
            "seed": np.full(rows, self.seed, dtype=np.uint64),
        }

    @cached_property
    def milestone_table(self) -> Table:
        """One row per replication and milestone (R·M): `scenario_hash`, `seed`, `replication`,
        `milestone`, `reached` [datetime64[ns], NaT], `days_from_start` [d, NaN]."""
        after = self.reached_after.reshape(-1)
        reached = self.reached.reshape(-1)
        days = np.where(np.isnat(reached), np.nan, after.astype(np.int64) / 86_400e9)
        return Table(
            {
                **self._keys(after.size),
                "replication": np.repeat(self.replications, len(self.milestones)),
                "milestone": tiled([m.name for m in self.milestones], 1, len(self)),
                "reached": reached,
                "days_from_start": days,
            }
        )

    @cached_property
    def sample_table(self) -> Table:
        """One row per replication, report date, campus and series (R·D·C·S): `replication`, `date`,
        `campus`, `series`, `value` [int64, power in watts]. About 28 bytes a row."""
        samples = self.samples()
        rows, dates, campuses, series = samples.shape
        days = self.report_dates.astype("M8[ns]")
        return Table(
            {
                "replication": np.repeat(self.replications, dates * campuses * series),
                "date": np.tile(np.repeat(days, campuses * series), rows),
                "campus": tiled(self.campuses, series, rows * dates),
                "series": tiled(SERIES, 1, rows * dates * campuses),
                "value": samples.reshape(-1),
            }
        )

    @cached_property
    def bands(self) -> Table:
        """Distribution of every series over the replications: one row per report date, campus ("*":
        the sum of all) and series: `date`, `campus`, `series`, `unit`, `p05` … `p95`, `mean` in that
        unit."""
        places: list[int | None] = [None, *range(len(self.campuses))]
        # [date, campus, series]
        values = np.stack([self._data.bands(place) for place in places], axis=1)
        dates = len(self.report_dates)
        units = names_of([UNITS[name] for name in SERIES])
        flat = values.reshape(-1)
        return Table(
            {
                **self._keys(flat.size),
                "date": np.repeat(self.report_dates.astype("M8[ns]"), len(places) * len(SERIES)),
                "campus": tiled(["*", *self.campuses], len(SERIES), dates),
                "series": tiled(SERIES, 1, dates * len(places)),
                "unit": Names(np.tile(units.codes, dates * len(places)), units.texts),
                **{name: np.ascontiguousarray(flat[name]) for name in flat.dtype.names or ()},
            }
        )

    @cached_property
    def charge_table(self) -> Table:
        """One row per replication, campus and charge (R·C·8): `replication`, `campus`, `charge`,
        `chip_days` [chip·d]."""
        rows, campuses, charges = self.chip_days.shape
        return Table(
            {
                **self._keys(rows * campuses * charges),
                "replication": np.repeat(self.replications, campuses * charges),
                "campus": tiled(self.campuses, charges, rows),
                "charge": tiled(CHARGES, 1, rows * campuses),
                "chip_days": self.chip_days.reshape(-1),
            }
        )

    @cached_property
    def causes(self) -> Table:
        """Who is on the critical chains: one row per milestone and element: `milestone`, `kind`,
        `element`, `criticality` (share of the replications that reach the milestone), `mean_days`
        [d]; see docs/results.md."""
        milestone, kind, element, count, seconds = _transposed(self._data.causes, 5)
        reaching = np.count_nonzero(~np.isnat(self.reached), axis=0)
        of = reaching[np.array(milestone, dtype=np.intp)] if milestone else np.empty(0)
        return Table(
            {
                **self._keys(len(kind)),
                "milestone": names_of([self.milestones[i].name for i in milestone]),
                "kind": names_of(kind),
                "element": names_of(element),
                "criticality": np.array(count, dtype=np.float64) / of,
                "mean_days": np.array(seconds, dtype=np.float64) / 86_400 / of,
            }
        )

    @cached_property
    def waits(self) -> Table:
        """What still waited at the horizon: `waiter_kind`, `waiter`, `for_kind`, `for`, `share` (of
        all replications), `mean_positions` (over those in which it waited)."""
        waiter_kind, waiter, for_kind, missing, count, positions = _transposed(self._data.waits, 6)
        counts = np.array(count, dtype=np.float64)
        return Table(
            {
                **self._keys(len(waiter)),
                "waiter_kind": names_of(waiter_kind),
                "waiter": names_of(waiter),
                "for_kind": names_of(for_kind),
                "for": names_of(missing),
                "share": counts / max(1, len(self)),
                "mean_positions": np.array(positions, dtype=np.float64) / counts,
            }
        )

    @cached_property
    def observations(self) -> Table:
        """Known and announced points of the scenario: `date`, `campus` ("*": all), `series`, `kind`
        (observed, announced), `value`, `low`, `high` in the unit of the series, `source`."""
        date, campus, series, announced, value, low, high, source = _transposed(
            self._data.observations, 8
        )
        return Table(
            {
                **self._keys(len(date)),
                "date": np.array(date, dtype="M8[D]").astype("M8[ns]"),
                "campus": names_of(campus),
                "series": names_of(series),
                "kind": names_of(["announced" if said else "observed" for said in announced]),
                "value": np.array(value, dtype=np.float64),
                "low": np.array(low, dtype=np.float64),
                "high": np.array(high, dtype=np.float64),
                "source": names_of(source),
            }
        )

    def to_pandas(self) -> Any:
        """`milestone_table` as a pandas.DataFrame."""
        return self.milestone_table.to_pandas()

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        """Of `milestone_table`."""
        return self.milestone_table.__arrow_c_stream__(requested_schema)

    # Pictures.

    @cached_property
    def plot(self) -> Plots:
        """The charts of the report, one call away: `results.plot.fan("usable_chips")`."""
        from racked.plot import Plots

        return Plots(self)

    # Writing.

    def write(self, directory: str | os.PathLike[str]) -> None:
        """Writes what `racked run --out` writes (docs/results.md). ValueError when the directory
        holds results of something else, OSError when it cannot be written."""
        self._data.write(os.fspath(directory))

    def to_bytes(self) -> bytes:
        """The bytes of results.binpb."""
        return self._data.to_bytes()

    @cached_property
    def digest(self) -> str:
        """SHA-256 of `to_bytes()`, hex: equal for equal results."""
        return hashlib.sha256(self.to_bytes()).hexdigest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Results) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        failed = f", {len(self.failures)} failed" if self.failures else ""
        return (
            f"<racked.Results of {self.scenario}: {len(self)} replications "
            f"({self.replication_ranges}), seed {self.seed}{failed}>"
        )

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self))}</p>{self.milestone_summary._repr_html_()}"

    def __reduce__(self) -> Any:
        return results_from_bytes, (self.to_bytes(),)

    def _milestone(self, milestone: str | int) -> int:
        names = [question.name for question in self.milestones]
        return milestone if isinstance(milestone, int) else _index(milestone, names)

    def _campus(self, campus: str | None) -> int | None:
        return None if campus in (None, "*") else _index(str(campus), self.campuses)


def _index(name: str, names: Iterable[str]) -> int:
    known = list(names)
    if name not in known:
        raise KeyError(f"there is no {name!r}; there are {', '.join(known)}")
    return known.index(name)


def _transposed(rows: Sequence[tuple[Any, ...]], width: int) -> list[list[Any]]:
    return [list(column) for column in zip(*rows)] if rows else [[] for _ in range(width)]


def results_from_bytes(content: bytes) -> Results:
    """The inverse of Results.to_bytes. ValueError when it is something else."""
    return Results(_racked.results_from_bytes(content))


def read_results(path: str | os.PathLike[str]) -> Results:
    """Reads what `Results.write` or `racked run --out` wrote: a directory or its results.binpb."""
    return Results(_racked.read_results(os.fspath(path)))


def write_results(results: Results, directory: str | os.PathLike[str]) -> None:
    """Results.write, as in C++."""
    results.write(directory)


def write_report(results: Results, directory: str | os.PathLike[str]) -> None:
    """Writes report.html, and every chart as charts/NAME.vl.json, into the directory, which is made
    if it does not exist. Explanations of the same results that `racked explain --milestone` wrote
    there are put into the page. ValueError when a report.html stands there that is none of racked or
    an explanation_*.json that is none, OSError when it cannot be written."""
    _racked.write_report(results._data, os.fspath(directory))


def merge(parts: Iterable[Results]) -> Results:
    """One result from parts of an experiment, in any order: what a single run of all their
    replications gives. ValueError when there are none, when they answer to different things, or when
    a replication is in two of them."""
    return Results(_racked.merge([part._data for part in parts]))
