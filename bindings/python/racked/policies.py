"""Decisions of one's own in place of the scenario's rules."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Callable

if TYPE_CHECKING:
    from racked import _racked
    from racked.model import Model


@dataclass(frozen=True)
class Policies:
    """Rules written in Python. An absent one leaves the scenario's rule as it is.

    A rule must be a pure function of its arguments, or results depend on threads. What it raises
    fails its replication, which is then among the results' failures.

    name: told in the results' hash, so that results of different policies are not merged.
    dispatch: (model, timeline, waiting) -> number. The place of a waiting task in the queue:
        smaller is served first; ties and NaN: the task written first. `waiting` has `task` (a row),
        `name`, `ready` and `now` (ns since the start); `timeline` has `task_runs`, `goods`,
        `energisations`, `lots` and `racks` so far, as copies, and is gone when the rule returns.
        Asked of every waiting task whenever tasks may start. Not with a scenario whose scheme is
        SERIAL (ValueError).
    allocate: (model, supply_line, given) -> index. Which share of a supply line (a row; see
        `Model.shares_of`) gets the next lot, given the racks sent to each so far.

    Cost: a call of a rule takes some 40 µs besides its own (docs/performance.md), and rules of all threads take turns in
    the interpreter, so that one thread is as fast as many; arrays of the timeline are copied when
    they are looked at. With processes as the executor (`run(..., executor=...)`) they run side by
    side; the functions must then be picklable.
    """

    name: str
    dispatch: Callable[[Any, _racked.TimelineSoFar, _racked.Waiting], float] | None = None
    allocate: Callable[[Any, int, tuple[float, ...]], int] | None = None


def bound(policies: Policies | None, model: Model) -> Any:
    """Policies with the model that their rules are told; None for none."""
    if policies is None:
        return None
    return SimpleNamespace(model=model, **vars(policies))
