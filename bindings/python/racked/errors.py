"""What can go wrong, as exceptions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Sequence

if TYPE_CHECKING:
    from racked._racked import Problem
    from racked.results import Results


class ScenarioError(ValueError):
    """A scenario that cannot be simulated.

    `problems` holds everything that is wrong, in the order of the places; `str()` is one line a
    problem, `file:line:column: path: what is wrong, what is allowed`.
    """

    def __init__(self, problems: Sequence[Problem]):
        super().__init__(list(problems))
        self.problems: list[Problem] = list(problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class WorkerLost(RuntimeError):
    """Replications that an executor did not bring back, however often they were sent.

    `missing` are their half-open ranges, `results` what the others gave (None: nothing came back);
    `run(model, range(*missing[0]))` and `merge` make it whole. The cause is the last error of the
    executor.
    """

    def __init__(self, missing: list[tuple[int, int]], results: Results | None):
        super().__init__(missing, results)
        self.missing = missing
        self.results = results

    def __str__(self) -> str:
        ranges = " ".join(f"{first}:{last}" for first, last in self.missing)
        return f"the executor lost replications {ranges}"
