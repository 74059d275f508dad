"""Experiments: many replications of one model."""

from __future__ import annotations

import atexit
import os
from typing import TYPE_CHECKING, Any, Callable, Protocol, TypeVar, Union

import numpy as np

from racked import _racked
from racked.model import Model, as_model
from racked.policies import Policies, bound
from racked.progress import ProgressOption, shown_by
from racked.results import Results
from racked.scenario import Scenario, Source

if TYPE_CHECKING:
    from racked.executor import Executor

_Result = TypeVar("_Result", covariant=True)


class Job(Protocol[_Result]):
    """Work under way: what `followed` follows."""

    def wait(self, seconds: float) -> bool: ...
    def stop(self) -> None: ...
    @property
    def progress(self) -> _racked.Progress: ...
    def results(self) -> _Result: ...


Replications = Union[int, range, "tuple[int, int]"]

_CHECK_SECONDS = 0.02
"""How often signals and progress are looked at."""

# Work whose caller may turn away; none may outlive the interpreter.
_under_way: set[Any] = set()


@atexit.register
def _wait_for_all() -> None:
    for job in list(_under_way):
        job.stop()
        job.wait(3600)


class Stopped(KeyboardInterrupt):
    """Ctrl-C during `run`. A KeyboardInterrupt, so that whatever handles those handles this.

    `results`: what was done, as many replications from the first on as were begun. It waits for the
    replications under way, so ask for it only when it is wanted.
    """

    def __init__(self, job: _racked.Job):
        super().__init__("stopped; what was done is in its results")
        self._job = job

    @property
    def results(self) -> Results:
        self._job.wait(1e6)
        return Results(self._job.results())


def run(
    model: Model | Scenario | Source,
    replications: Replications = 100,
    *,
    seed: int = 0,
    threads: int = 0,
    audit: bool = False,
    policies: Policies | None = None,
    trunk: Model | None = None,
    branch_at: Any = None,
    out: str | os.PathLike[str] | None = None,
    progress: ProgressOption = None,
    executor: Executor | None = None,
    chunks: int | None = None,
) -> Results:
    """Runs replications of a model and gathers what they say.

    The result depends on the model, the seed and the replications alone: not on threads, executors
    or chunks, nor on Python. It equals what the command `racked run` writes, byte for byte.

    model: a Model, or whatever `make_model` takes.
    replications: how many, or which: (a, b) and range(a, b) stand for a, a+1, … b-1.
    seed: where all luck comes from.
    threads: 0 is one for each processor; with an executor, 0 is one for each chunk.
    audit: judges every timeline by independent rules; a finding fails its replication.
    policies: rules written in Python, see Policies.
    trunk, branch_at: every replication runs by `trunk` until 00:00 of `branch_at` (anything that
        numpy.datetime64 takes), then goes on by `model`. Not with audit.
    out: a directory, in which what finishes is kept as it finishes, as `racked run --out` does: a run
        that is stopped or killed goes on where it was when it is run again. Not with an executor.
    progress: a function of a Progress (`done`, `total`, `failed`, `events`, `elapsed` [s]), called
        by this thread at most about ten times a second and once at the end; returning False stops
        the experiment as if it had ended there, an exception stops it and leaves `run`. True: a bar,
        by tqdm where it is installed.
    executor: any concurrent.futures.Executor, to which chunks of replications are sent; see
        racked.executor.
    chunks: how many pieces are sent to the executor; by default four for each of its workers.

    A replication that fails is left out, recorded in `Results.failures`, and disturbs no other.
    The interpreter's lock is released. Ctrl-C leaves within 0.1 s by `Stopped`, a KeyboardInterrupt;
    replications under way end unseen.

    Raises ScenarioError for a bad scenario; ValueError for an empty range, a branch that does not
    fit its trunk, a directory that holds something else, or more replications than fit into 1 GiB;
    OSError when the directory cannot be written; with an executor also WorkerLost.
    """
    model = as_model(model)
    first, last = range_of(replications)
    if executor is not None:
        from racked.executor import run_on

        if trunk is not None or out is not None:
            raise ValueError("neither a branch nor a directory goes with an executor")
        return run_on(
            executor,
            model,
            (first, last),
            chunks=chunks,
            progress=shown_by(progress),
            seed=seed,
            threads=threads or 1,
            audit=audit,
            policies=policies,
        )
    job = _racked.Job(
        model._model,
        seed,
        first,
        last,
        threads,
        audit,
        bound(policies, model),
        None if trunk is None else trunk._model,
        0 if branch_at is None else int(np.datetime64(branch_at, "D").astype(np.int64)),
        None if out is None else os.fspath(out),
    )
    try:
        return Results(followed(job, shown_by(progress)))
    except KeyboardInterrupt:
        raise Stopped(job) from None


def range_of(replications: Replications) -> tuple[int, int]:
    """[first, last) of how many or which replications."""
    if isinstance(replications, range):
        if replications.step != 1:
            raise ValueError("replications are consecutive: a range has the step 1")
        first, last = replications.start, replications.stop
    elif isinstance(replications, tuple):
        first, last = replications
    else:
        first, last = 0, replications
    if not 0 <= first < last:
        raise ValueError(f"{first}:{last} holds no replication")
    return int(first), int(last)


def followed(job: Job[_Result], show: Callable[[Any], Any] | None) -> _Result:
    """The results once the job has ended; shows its progress meanwhile. What interrupts this thread
    stops the job and leaves."""
    for other in list(_under_way):
        if other.wait(0):
            _under_way.discard(other)
    _under_way.add(job)
    try:
        shown = 0
        while not job.wait(_CHECK_SECONDS):
            if show is None or job.progress.done == shown:
                continue
            shown = job.progress.done
            if show(job.progress) is False:
                job.stop()
                show = None
        _under_way.discard(job)
        results = job.results()
        if show is not None:
            show(job.progress)
        return results
    except BaseException:
        job.stop()
        raise
    finally:
        if show is not None and hasattr(show, "close"):
            show.close()
