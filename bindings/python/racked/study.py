"""Studies of many runs: what drives a milestone, and what is worth making better."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Literal, Mapping

import numpy as np

from racked import _racked
from racked.answer import Study
from racked.experiment import Replications, followed, range_of
from racked.model import Model, as_model
from racked.policies import Policies, bound
from racked.progress import ProgressOption, shown_by
from racked.scenario import Scenario, Source, read_scenario
from racked.table import Table, names_of

Method = Literal["tornado", "morris", "sobol"]


class Sensitivity(Study):
    """What the uncertain inputs of a scenario do to a milestone, most first, as `racked sensitivity`
    tells it."""

    @cached_property
    def inputs(self) -> Table:
        """One row per input: `input`, and by the method

        tornado: `p10_days`, `p90_days` (means of the milestone with the input there), `swing_days`,
            `half_width_days` (95 %, of the swing);
        morris: `mu_star_days`, `half_width_days` (95 %), `mu_days`, `sigma_days`;
        sobol: `first`, `first_low`, `first_high` (95 %), `total`, `total_low`, `total_high`: shares of
            the variance. Input `*` is everything else.

        Days count from the start.
        """
        return _columns([_ends_apart(row) for row in self.summary["inputs"]])

    def __repr__(self) -> str:
        said = self.summary
        return f"<racked.Sensitivity of {said['milestone']} to {len(self.inputs)} inputs, {said['method']}>"

    def _repr_html_(self) -> str:
        return self.inputs._repr_html_()


class Fixes(Study):
    """How many days a milestone gains if one thing is better, as `racked fixes` tells it; the best
    first."""

    @cached_property
    def values(self) -> Table:
        """One row per fix: `kind`, `what`, `share_on_chain` (of the replications), `days_on_chain`
        (mean), `days_gained` (mean), `half_width_days` (95 %; NaN below two pairs), `pairs`, `usd` and
        `days_per_million_usd` (NaN without a price), `change` (the edits, as text)."""
        return _columns(self.summary["fixes"])

    def __repr__(self) -> str:
        return f"<racked.Fixes for {self.summary['milestone']}: {len(self.values)} tried>"

    def _repr_html_(self) -> str:
        return self.values._repr_html_()


def sensitivity(
    model: Model | Scenario | Source,
    milestone: str,
    method: Method = "tornado",
    size: int = 0,
    *,
    seed: int = 0,
    threads: int = 0,
    policies: Policies | None = None,
    progress: ProgressOption = None,
) -> Sensitivity:
    """Studies what drives a milestone, by the numbers of `racked sensitivity`.

    model: a Model, or whatever `make_model` takes.
    method: "tornado", the mean with each input at its p10 and at its p90; "morris", cheap screening by
        elementary effects (Morris 1991); "sobol", shares of the variance (Saltelli 2010, Jansen 1999).
        include/racked/sensitivity.h has the estimators and sources.
    size: of a tornado the replications at either end, of morris the trajectories, of sobol the rows; 0:
        100, 20 and 256.
    seed, threads, policies, progress: as in `run`.

    The interpreter's lock is released; Ctrl-C leaves within 0.1 s. Raises ScenarioError for a bad
    scenario; ValueError for an unknown milestone or method, or when nothing is uncertain; RuntimeError
    when `progress` asks to stop: half a study says nothing.
    """
    model = as_model(model)
    job = _racked.SensitivityJob(
        model._model,
        milestone,
        method,
        size,
        seed,
        threads,
        bound(policies, model),
    )
    return Sensitivity(followed(job, shown_by(progress)))


def fixes(
    scenario: Scenario | Source,
    milestone: str,
    replications: Replications = 100,
    *,
    shorter: float = 0.2,
    larger: float = 0.2,
    most: int = 30,
    prices: Mapping[str, float] | None = None,
    seed: int = 0,
    threads: int = 0,
    progress: ProgressOption = None,
) -> Fixes:
    """Tries everything on the critical chains of a milestone a share better, one thing at a time and by
    the same luck, as `racked fixes` does.

    scenario: a Scenario, or whatever `read_scenario` takes.
    shorter: the share that times become shorter or earlier, in (0, 1).
    larger: the share that crews, capacities and rates become larger, above 0.
    most: so many are tried, those with most days on the chain, and all with a price.
    prices: dollars by `what`; fixes with a price come first, by the days they gain for a dollar.
    replications, seed, threads, progress: as in `run`; progress tells of the baseline, then of all.

    Raises as `sensitivity` does, and ValueError for shares that make no sense or the price of something
    that is no fix.
    """
    base = scenario if isinstance(scenario, Scenario) else read_scenario(scenario)
    first, last = range_of(replications)
    job = _racked.FixesJob(
        base._read,
        milestone,
        shorter,
        larger,
        most,
        dict(prices or {}),
        seed,
        first,
        last,
        threads,
    )
    return Fixes(followed(job, shown_by(progress)))


def _ends_apart(row: Mapping[str, Any]) -> dict[str, Any]:
    """The same with `x_low` and `x_high` in the place of `x_interval`."""
    apart: dict[str, Any] = {}
    for key, value in row.items():
        if key.endswith("_interval"):
            name = key[: -len("_interval")]
            apart[name + "_low"], apart[name + "_high"] = value
        else:
            apart[key] = value
    return apart


def _columns(rows: list[dict[str, Any]]) -> Table:
    columns: dict[str, Any] = {}
    for name in rows[0] if rows else ():
        values = [row[name] for row in rows]
        if any(isinstance(value, str) for value in values):
            columns[name] = names_of(values)
        else:
            columns[name] = np.array([np.nan if value is None else value for value in values])
    return Table(columns)
