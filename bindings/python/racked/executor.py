"""Experiments on executors: threads, processes, clusters.

Whatever has `submit(function, *arguments)` and gives back something with `result()` will do:
concurrent.futures, dask.distributed (`client.get_executor()`), mpi4py.futures, loky, Parsl, or three
lines around Ray. Nothing else of it is used.

What travels. A chunk is sent as a few hundred bytes: the number of the scenario, the seed, the range.
The scenario itself (its binary form, 2 KB for two_halls) goes with the first chunks, one for each
worker, and stays there; a worker that has not got it says so and is sent it. Back come the bytes of
results.binpb. All chunks merge to the bytes of a single run.

A chunk whose future fails is sent again, twice at most; when the executor is broken, or the chunk is
still not there, WorkerLost names what is missing and holds the rest.
"""

from __future__ import annotations

import hashlib
import os
import socket
import threading
import time
from collections import deque
from typing import Any, Callable, NamedTuple, Protocol

from racked import _racked
from racked.errors import WorkerLost
from racked.model import Model
from racked.policies import Policies
from racked.results import Results, merge, results_from_bytes
from racked.scenario import _scenario_from_bytes

_MOST_ATTEMPTS = 3
_CHUNKS_PER_WORKER = 4


class Executor(Protocol):
    """All that is asked of one."""

    def submit(self, fn: Callable[..., Any], /, *args: Any) -> Any: ...


class Options(NamedTuple):
    """Of `run`, as they travel with every chunk."""

    seed: int
    threads: int
    audit: bool
    policies: Policies | None


class Answer(NamedTuple):
    """Of a worker. `results` None: it has not got the scenario."""

    worker: str
    results: bytes | None
    error: Exception | None = None


# Models that this worker has made, by their scenarios' digests; the last few.
_models: dict[str, Model] = {}
_models_lock = threading.Lock()
_MOST_MODELS = 4


def _model_of(key: str, scenario: bytes | None) -> Model | None:
    with _models_lock:
        model = _models.get(key)
        if model is None and scenario is not None:
            model = Model(_scenario_from_bytes(scenario))
            while len(_models) >= _MOST_MODELS:
                del _models[next(iter(_models))]
            _models[key] = model
        return model


def run_chunk(
    key: str, scenario: bytes | None, chunk: tuple[int, int], options: Options
) -> Answer:
    """Run by a worker. What the run itself raises comes back as an answer, so that an exception of
    the future is always the executor's own."""
    from racked.experiment import run

    worker = f"{socket.gethostname()}:{os.getpid()}"
    try:
        model = _model_of(key, scenario)
        if model is None:
            return Answer(worker, None)
        results = run(
            model,
            chunk,
            seed=options.seed,
            threads=options.threads,
            audit=options.audit,
            policies=options.policies,
        )
        return Answer(worker, results.to_bytes())
    except Exception as error:
        return Answer(worker, None, error)


class _Chunk:
    """A range on its way."""

    def __init__(self, first: int, last: int):
        self.range = (first, last)
        self.attempts = 0
        self.with_scenario = False
        self.future: Any = None


class _Dispatch:
    """Sends chunks, a bounded number at once, and takes their answers in the order of sending."""

    def __init__(self, executor: Executor, model: Model, options: Options, workers: int):
        self._executor = executor
        self._scenario = model.scenario.to_bytes()
        self._key = hashlib.sha256(self._scenario).hexdigest()
        self._options = options
        self._workers = workers
        self._sent = 0
        self.parts: list[Results] = []
        self.missing: list[tuple[int, int]] = []
        self.last_error: BaseException | None = None
        self.stopped = False

    def run(self, chunks: deque[_Chunk], told: Callable[[Results], bool]) -> None:
        under_way: deque[_Chunk] = deque()
        while chunks or under_way:
            while chunks and len(under_way) < 2 * self._workers and not self.stopped:
                self._send(chunks.popleft(), under_way)
            if self.stopped:
                chunks.clear()
            if not under_way:
                continue
            chunk = under_way.popleft()
            answer = self._answer_of(chunk)
            if answer is None:
                chunks.append(chunk) if self._may_go_on(chunk) else self.missing.append(chunk.range)
            elif answer.error is not None:
                raise answer.error
            elif answer.results is None:
                chunk.with_scenario = True
                chunks.appendleft(chunk)
            else:
                self.parts.append(results_from_bytes(answer.results))
                if not told(self.parts[-1]):
                    self.stopped = True

    def _send(self, chunk: _Chunk, under_way: deque[_Chunk]) -> None:
        # The first chunk of every worker brings the scenario along.
        whole = chunk.with_scenario or self._sent < self._workers
        self._sent += 1
        scenario = self._scenario if whole else None
        try:
            chunk.future = self._executor.submit(
                run_chunk, self._key, scenario, chunk.range, self._options
            )
            under_way.append(chunk)
        except Exception as error:  # it takes nothing more
            self.last_error = error
            self.missing.append(chunk.range)

    def _answer_of(self, chunk: _Chunk) -> Answer | None:
        try:
            return Answer(*chunk.future.result())
        except Exception as error:
            self.last_error = error
            return None

    def _may_go_on(self, chunk: _Chunk) -> bool:
        chunk.attempts += 1
        chunk.with_scenario = True
        return chunk.attempts < _MOST_ATTEMPTS


def _split(first: int, last: int, chunks: int) -> deque[_Chunk]:
    count = last - first
    chunks = min(chunks, count)
    edges = [first + count * i // chunks for i in range(chunks + 1)]
    return deque(_Chunk(a, b) for a, b in zip(edges, edges[1:]))


def run_on(
    executor: Executor,
    model: Model,
    replications: tuple[int, int],
    *,
    chunks: int | None,
    progress: Callable[[_racked.Progress], Any] | None,
    seed: int,
    threads: int,
    audit: bool,
    policies: Policies | None,
) -> Results:
    """`run` by way of an executor; see the module."""
    first, last = replications
    workers = getattr(executor, "_max_workers", None) or os.cpu_count() or 1
    begun = time.perf_counter()
    done, failed, events = 0, 0, 0

    def told(part: Results) -> bool:
        nonlocal done, failed, events
        done += len(part) + len(part.failures)
        failed += len(part.failures)
        events += int(part.events.sum())
        if progress is None:
            return True
        elapsed = time.perf_counter() - begun
        return progress(_racked.Progress(done, last - first, failed, events, elapsed)) is not False

    dispatch = _Dispatch(executor, model, Options(seed, threads, audit, policies), int(workers))
    try:
        dispatch.run(_split(first, last, chunks or _CHUNKS_PER_WORKER * int(workers)), told)
    finally:
        if progress is not None and hasattr(progress, "close"):
            progress.close()
    whole = merge(dispatch.parts) if dispatch.parts else None
    if dispatch.missing or whole is None:
        raise WorkerLost(sorted(dispatch.missing), whole) from dispatch.last_error
    return whole
