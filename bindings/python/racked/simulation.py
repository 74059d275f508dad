"""One replication: simulations, timelines, and their judge."""

from __future__ import annotations

from typing import Any

import numpy as np

from racked import _racked
from racked.model import Model, as_model
from racked.policies import Policies, bound
from racked.scenario import Scenario, Source
from racked.table import Names, Table
from racked.times import Array, date_of, dates_of

NONE = np.uint32(0xFFFFFFFF)
"""Stands in records for a row of no table."""

FLOWS = ("space", "cooling", "network", "commissioning")
RACK_STEPS = ("install", "cable", "bring_up", "burn_in")
CAUSE_KINDS = (
    "start",
    "date",
    "task",
    "energised",
    "power",
    "goods",
    "crew_task",
    "crew_rack",
    "headcount",
    "turn",
    "lot",
    "rack",
)


class Timeline:
    """What happened in one replication: every run, arrival and step with its cause.

    Records are numpy structured arrays that look at the library's own memory: no copy, read-only.
    In them times are m8[ns] since 00:00 of the start (`timeline.dates(records["start"])` makes
    datetime64 of them), racked.NEVER is what did not happen, rows of the model's tables are numbers
    (`model.tasks[run["task"]]`), NONE is no row, power is in watts. A `cause` is what was satisfied
    last: `kind` (a number in CAUSE_KINDS) and `record` (a row of the list that the kind names).

    include/racked/timeline.h says what every field means.
    """

    def __init__(self, model: Model, data: _racked.Timeline):
        self.model = model
        self._data = data

    @property
    def seed(self) -> int:
        return self._data.seed

    @property
    def replication(self) -> int:
        return self._data.replication

    @property
    def events(self) -> int:
        """Handled by the event loop."""
        return self._data.events

    @property
    def task_runs(self) -> Array:
        """In order of start: `task`, `round`, `ready`, `start`, `finish`, `duration`, `cause`,
        `finish_cause`, `failed`."""
        return self._data.task_runs

    @property
    def goods(self) -> Array:
        """Arrivals of equipment: `kind`, `stock`, `order`, `lot`, `pieces`, `placed`, `arrived`,
        `cause`."""
        return self._data.goods

    @property
    def goods_losses(self) -> Array:
        """Pieces destroyed or sent elsewhere: `stock`, `to`, `pieces`, `at`."""
        return self._data.goods_losses

    @property
    def energisations(self) -> Array:
        """`feeder`, `at`, `available` [W], `alive` (False: it has ended or is out), `cause`."""
        return self._data.energisations

    @property
    def flows(self) -> Array:
        """When halls got space, cooling, network and commissioning: `at`, `cause`; shape
        (halls, 4)."""
        return self._data.flows

    @property
    def lots(self) -> Array:
        """Racks that travel together: `delivery`, `line`, `stock`, `number`, `first_rack`, `racks`,
        `released`, `stage_end` (4), `arrived`."""
        return self._data.lots

    @property
    def racks(self) -> Array:
        """In order of arrival: `lot`, `hall`, `position`, `failures`, `arrived`, `assigned`, `begin`
        (4 steps), `end` (4), `accepted`, `usable`, `assigned_cause`, `cause` (4)."""
        return self._data.racks

    @property
    def repairs(self) -> Array:
        """Failed acceptances: `rack`, `begun`, `failed`, `returned`."""
        return self._data.repairs

    @property
    def outages(self) -> Array:
        """Failures in service: `rack`, `failed`, `returned`."""
        return self._data.outages

    @property
    def darkness(self) -> Array:
        """Racks without power, in order of `from`: `rack`, `from`, `to`, `step` (broken off; 4: none),
        `begun` (of that step)."""
        return self._data.darkness

    @property
    def strikes(self) -> Array:
        """Risk events that struck: `event`, `at`."""
        return self._data.strikes

    @property
    def lost_days(self) -> Array:
        """Days lost to a weather: `weather`, `day`."""
        return self._data.lost_days

    @property
    def milestones(self) -> Array:
        """Per milestone: `at`, `cause`."""
        return self._data.milestones

    @property
    def charges(self) -> Array:
        """Chips × ns lost, as Results.charges; shape (campuses, 8)."""
        return self._data.charges

    @property
    def samples(self) -> Array:
        """Series, as Results.samples; shape (D, C, S)."""
        flat = self._data.samples
        return flat.reshape(len(self.model.report_dates), len(self.model.campuses), -1)

    @property
    def waits(self) -> Array:
        """What still waited at the horizon, for what: `task` or `hall`, `positions`, `for_task`,
        `for_crew`, `for_goods`, `for_feeder`, `for_charge`."""
        return self._data.waits

    def dates(self, times: Array) -> Array:
        """datetime64[ns] of times in a record; NaT for what did not happen. A new array."""
        return dates_of(times, self.model.start)

    def task_table(self) -> Table:
        """Every run of a task with its name and dates: `task`, `round`, `ready`, `start`, `finish`,
        `failed`."""
        runs = self.task_runs
        dates = {name: self.dates(runs[name]) for name in ("ready", "start", "finish")}
        return Table(
            {
                "task": Names(runs["task"].astype(np.int32), self.model.tasks),
                "round": np.ascontiguousarray(runs["round"]),
                **dates,
                "failed": np.ascontiguousarray(runs["failed"]),
            }
        )

    def rack_table(self) -> Table:
        """Every rack with its hall and dates: `rack`, `hall`, `position`, `arrived`, `assigned`,
        `install_begin`, `install_end`, …, `burn_in_end`, `accepted`, `usable`, `failures`."""
        racks = self.racks
        # No hall is -1, as a signed number.
        columns: dict[str, Any] = {
            "rack": np.arange(len(racks)),
            "hall": Names(racks["hall"].astype(np.int32), self.model.halls),
            "position": np.ascontiguousarray(racks["position"]),
            "arrived": self.dates(racks["arrived"]),
            "assigned": self.dates(racks["assigned"]),
        }
        for i, step in enumerate(RACK_STEPS):
            columns[f"{step}_begin"] = self.dates(racks["begin"][:, i])
            columns[f"{step}_end"] = self.dates(racks["end"][:, i])
        columns["accepted"] = self.dates(racks["accepted"])
        columns["usable"] = self.dates(racks["usable"])
        columns["failures"] = np.ascontiguousarray(racks["failures"])
        return Table(columns)

    def critical_chain(self, milestone: str | int) -> Table:
        """From the begin of the plan to the milestone by recorded causes, earliest first; stretches
        adjoin: `kind`, `element`, `from`, `to`. Empty when it was not reached."""
        names = self.model.milestones
        row = names.index(milestone) if isinstance(milestone, str) else milestone
        chain = _racked.critical_chain(self.model._model, self._data, row)
        links = chain.links
        elements = [
            _racked.element_name(self.model._model, kind, index)
            for kind, index in zip(links["kind"].tolist(), links["index"].tolist())
        ]
        return Table(
            {
                "kind": Names(links["kind"].astype(np.int32), _racked.ELEMENT_KINDS),
                "element": Names(np.arange(len(links), dtype=np.int32), tuple(elements)),
                "from": self.dates(links["from"]),
                "to": self.dates(links["to"]),
            }
        )

    def __repr__(self) -> str:
        return (
            f"<racked.Timeline of {self.model.name}, replication {self.replication}, "
            f"seed {self.seed}: {self.events} events>"
        )


class Simulation:
    """The whole changing state of one replication: a value. `copy()` it at any moment, and both run
    on to the same end. Not to be used by two threads at once; the lock is released while it runs.
    """

    def __init__(
        self,
        model: Model | Scenario | Source,
        seed: int = 0,
        replication: int = 0,
        policies: Policies | None = None,
    ):
        self.model = as_model(model)
        self._simulation = _racked.Simulation(self.model._model, seed, replication, bound(policies, self.model))

    @property
    def now(self) -> np.datetime64:
        """The clock, datetime64[ns]."""
        return date_of(self._simulation.now, self.model.start)

    def run_until(self, date: Any) -> None:
        """Handles everything up to and including that time (anything numpy.datetime64 takes), at
        most the horizon."""
        span = np.datetime64(date, "ns") - self.model.start.astype("M8[ns]")
        self._simulation.run_until(int(span.astype(np.int64)))

    def run(self) -> None:
        """Runs to the horizon and closes the accounts."""
        self._simulation.run()

    def continue_by(self, model: Model) -> None:
        """Goes on by another model from now on: a branch. ValueError, naming the first difference,
        when it does not describe the same things."""
        self._simulation.continue_by(model._model)
        self.model = model

    def draw_future(self, future: int) -> None:
        """From now on everything is drawn for another future; 0 is the one that would have been."""
        self._simulation.draw_future(future)

    def timeline(self) -> Timeline:
        """A copy of what has happened so far; complete after run()."""
        return Timeline(self.model, self._simulation.timeline())

    def copy(self) -> Simulation:
        """Runs on to the same end as this one, independently of it."""
        other = object.__new__(Simulation)
        other.model = self.model
        other._simulation = self._simulation.copy()
        return other

    __copy__ = copy


def simulate(
    model: Model | Scenario | Source,
    seed: int = 0,
    replication: int = 0,
    policies: Policies | None = None,
) -> Timeline:
    """One replication from begin to end."""
    model = as_model(model)
    return Timeline(model, _racked.simulate(model._model, seed, replication, bound(policies, model)))


def audit(model: Model, timeline: Timeline) -> list[_racked.Finding]:
    """Judges a finished timeline against its model with none of the code that made it: a list of
    findings with `rule` and `message`; empty when there is nothing to say; at most 1 000."""
    return _racked.audit(model._model, timeline._data)
