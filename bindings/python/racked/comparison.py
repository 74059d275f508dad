"""Comparisons: the same luck for a scenario and its variants."""

from __future__ import annotations

import os
from functools import cached_property
from typing import Any, Mapping, NamedTuple, Sequence

import numpy as np

from racked import _racked
from racked.answer import Study
from racked.errors import ScenarioError
from racked.experiment import Replications, run
from racked.model import Model, make_model
from racked.results import Results
from racked.scenario import Edits, Scenario, Source, edit_pairs, read_scenario
from racked.table import Table, names_of
from racked.times import Array

_Named = tuple[str, str, list[str], _racked.Results]

BASELINE = "baseline"
"""What the unchanged scenario is called."""


class Variant(NamedTuple):
    """Named changes: overlays first, then edits, as `read_scenario` takes them."""

    edits: Edits = ()
    overlays: Sequence[str | os.PathLike[str]] = ()
    title: str = ""


class Comparison(Study):
    """How milestones of variants differ from those of the first, replication by replication.

    All drew the same luck, so that differences are of the change alone. Negative is earlier. A
    milestone not reached by the horizon counts as the horizon; include/racked/comparison.h says what
    follows from that, and where the intervals come from.
    """

    _data: _racked.Comparison

    @cached_property
    def differences(self) -> Table:
        """One row per milestone and variant: `milestone`, `variant`, `pairs`, `both` (pairs in which
        both reach it), `baseline_only`, `variant_only`, `baseline_days`, `variant_days` (means since
        the start), `days` (mean difference), `half_width_days` (95 %), `variance_removed` (by
        pairing), and for the quantiles p50 and p80 `p50_baseline_days`, `p50_variant_days`,
        `p50_days`, `p50_low`, `p50_high` (95 %)."""
        names = ["milestone", "variant", "pairs", "both", "baseline_only", "variant_only"]
        names += ["baseline_days", "variant_days", "days", "half_width_days", "variance_removed"]
        for p in ("p50", "p80"):
            parts = ("baseline_days", "variant_days", "days", "low", "high")
            names += [f"{p}_{part}" for part in parts]
        return _table(names, self._data.differences())

    @cached_property
    def by(self) -> Table:
        """Probability of being there: one row per milestone, variant and day that the scenario asks
        for: `milestone`, `variant`, `day`, `baseline`, `probability`, `low`, `high` (95 %, of the
        difference)."""
        names = ["milestone", "variant", "day", "baseline", "probability", "low", "high"]
        return _table(names, self._data.days())

    def __repr__(self) -> str:
        return f"<racked.Comparison of {len(self.differences)} milestones and variants>"

    def _repr_html_(self) -> str:
        return self.differences._repr_html_()


def _table(names: list[str], rows: list[tuple[Any, ...]]) -> Table:
    columns: dict[str, Any] = {}
    for i, name in enumerate(names):
        values = [row[i] for row in rows]
        if name in ("milestone", "variant"):
            columns[name] = names_of(values)
        elif name == "day":
            days: Array = np.array(values, dtype="M8[D]")
            columns[name] = days
        else:
            columns[name] = np.array(values)
    return Table(columns)


def compare(results: Mapping[str, Results]) -> Comparison:
    """Compares results with the first of them. Milestones are matched by name; replications by their
    number. ValueError without any, or when seeds differ."""
    named: list[_Named] = [(name, "", [], one._data) for name, one in results.items()]
    return Comparison(_racked.compare(named))


def run_comparison(
    baseline: Scenario | Source,
    variants: Mapping[str, Variant | Edits],
    replications: Replications = 100,
    **options: Any,
) -> Comparison:
    """Runs the baseline and then every variant by the same options, those of `run`, and compares.

        racked.run_comparison("two_halls.textproto", {"more": {"crew[technicians].headcount": 20}})

    Models are kept, results are not. Raises ScenarioError with the problems of the baseline, or else
    with those of all variants, before anything runs; ValueError for a variant called "baseline".
    """
    base = baseline if isinstance(baseline, Scenario) else read_scenario(baseline)
    if BASELINE in variants:
        raise ValueError(f"no variant may be called {BASELINE!r}")
    models: dict[str, Model] = {BASELINE: make_model(base)}
    told: dict[str, Variant] = {BASELINE: Variant()}
    problems: list[_racked.Problem] = []
    for name, given in variants.items():
        variant = given if isinstance(given, Variant) else Variant(given)
        told[name] = variant
        try:
            models[name] = make_model(read_scenario(base, variant.overlays, variant.edits))
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(problems)
    named: list[_Named] = []
    for name, model in models.items():
        written = [f"{path}={value}" for path, value in edit_pairs(told[name].edits)]
        written += [os.fspath(overlay) for overlay in told[name].overlays]
        results = run(model, replications, **options)
        named.append((name, told[name].title, written, results._data))
    return Comparison(_racked.compare(named))
