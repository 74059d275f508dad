"""Models: scenarios checked, resolved and indexed."""

from __future__ import annotations

from typing import Any

import numpy as np

from racked import _racked
from racked.scenario import Scenario, Source, read_scenario
from racked.times import Array, date_of


class Model:
    """A scenario ready to be simulated. Immutable; any number of threads may share it.

    Elements are numbered by their rows; the properties give their names in that order
    ("example.building.shell"), so that `model.tasks[run["task"]]` names what a record refers to.
    Pickles as its scenario.
    """

    def __init__(self, scenario: Scenario):
        """Raises ScenarioError with every problem."""
        self.scenario = scenario
        self._model = _racked.make_model(scenario._read)

    @property
    def name(self) -> str:
        return self._model.name

    @property
    def title(self) -> str:
        return self._model.title

    @property
    def hash(self) -> str:
        """As Scenario.hash."""
        return f"{self._model.hash:016x}"

    @property
    def start(self) -> np.datetime64:
        """Day 0, datetime64[D]; times in records count from its 00:00."""
        return np.datetime64(self._model.start, "D")

    @property
    def horizon(self) -> np.datetime64:
        """The day at whose 00:00 the simulation ends, datetime64[D]."""
        return np.datetime64(self._model.horizon, "D")

    @property
    def report_dates(self) -> Array:
        """Days on which series are sampled, datetime64[D], ascending."""
        return self._model.report_dates

    @property
    def campuses(self) -> tuple[str, ...]:
        return self._model.campuses

    @property
    def buildings(self) -> tuple[str, ...]:
        return self._model.buildings

    @property
    def halls(self) -> tuple[str, ...]:
        return self._model.halls

    @property
    def feeders(self) -> tuple[str, ...]:
        return self._model.feeders

    @property
    def tasks(self) -> tuple[str, ...]:
        return self._model.tasks

    @property
    def crews(self) -> tuple[str, ...]:
        return self._model.crews

    @property
    def orders(self) -> tuple[str, ...]:
        return self._model.orders

    @property
    def goods(self) -> tuple[str, ...]:
        """Stocks of equipment, "campus.equipment"."""
        return self._model.goods

    @property
    def products(self) -> tuple[str, ...]:
        return self._model.products

    @property
    def deliveries(self) -> tuple[str, ...]:
        return self._model.deliveries

    @property
    def supply_lines(self) -> tuple[str, ...]:
        return self._model.supply_lines

    @property
    def drivers(self) -> tuple[str, ...]:
        return self._model.drivers

    @property
    def risk_events(self) -> tuple[str, ...]:
        return self._model.risk_events

    @property
    def weathers(self) -> tuple[str, ...]:
        return self._model.weathers

    @property
    def milestones(self) -> tuple[str, ...]:
        return self._model.milestones

    def shares_of(self, supply_line: int) -> list[tuple[str, float]]:
        """The campuses that a supply line serves and their weights. IndexError for no such line."""
        return self._model.shares_of(supply_line)

    def __repr__(self) -> str:
        return (
            f"<racked.Model {self.name}: {len(self.campuses)} campuses, {len(self.tasks)} tasks, "
            f"{len(self.milestones)} milestones>"
        )

    def __reduce__(self) -> Any:
        return Model, (self.scenario,)


def make_model(scenario: Scenario | Source) -> Model:
    """Checks a scenario and resolves it; what is no Scenario yet is read first.

    Raises ScenarioError with every problem: broken rules, names that stand for nothing, plans that
    go in circles, needs beyond what a pool ever has. Linear in the size of the expanded plan.
    """
    return Model(scenario if isinstance(scenario, Scenario) else read_scenario(scenario))


def as_model(source: Model | Scenario | Source) -> Model:
    """A model of whatever stands for one."""
    return source if isinstance(source, Model) else make_model(source)


class CriticalPath:
    """When tasks can and must be done by the critical-path method (Kelley, Operations Research 9
    (1961) 296), at mean durations, in fair weather, with crews without limit."""

    def __init__(self, model: Model):
        self._path = _racked.critical_path(model._model)
        self.model = model

    @property
    def tasks(self) -> Array:
        """One record a task, in the model's order: `early_start`, `early_finish`, `late_start`,
        `late_finish` (m8[ns] since the start; the largest: not before the horizon), `total_float`,
        `free_float` (m8[ns] of working time), `critical`. A view; no copy."""
        return self._path.tasks

    @property
    def finish(self) -> np.datetime64:
        """The latest early finish, datetime64[ns]; NaT: not before the horizon."""
        return date_of(self._path.finish, self.model.start)

    @property
    def longest(self) -> list[str]:
        """From the first task to the one that finishes last, each the reason for the next."""
        return [self.model.tasks[row] for row in self._path.longest]


def critical_path(model: Model | Scenario | Source) -> CriticalPath:
    """Early and late dates of a model's plan."""
    return CriticalPath(as_model(model))
