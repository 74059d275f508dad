"""The kernel for teaching and quick studies: queues, resources and processes on one event loop.

Two ways to write a process, which may be mixed in one model and share its resources:

*Steps.* A list of built-in parts that the kernel runs by itself; Python is not asked while it runs,
and the interpreter's lock is released.

    loop = des.ProcessLoop(seed=1, unit="min")
    clerk = loop.resource("clerk", capacity=1)
    customers = loop.flow("customer", [clerk.seize(), des.delay(des.exponential(0.8)), clerk.release()],
                          every=des.exponential(1.0))
    loop.run(until=100_000)
    customers.times.mean, clerk.mean_waiting, clerk.utilisation

*Generators*, for what steps cannot say. They yield the same parts:

    def customer(loop, clerk):
        if not (yield clerk.seize().within(5)):
            return "lost patience"
        yield des.delay(3)
        yield clerk.release()

    process = loop.start(customer(loop, clerk), "customer")
    loop.run()
    process.value

`any_of` and `all_of` wait for several things at once, a `Condition` for whatever a function says.

Cost, measured on M/M/1 (docs/performance.md): a customer of steps takes 0.3 µs, a customer that is
a generator 7 µs; with SimPy it is 10 µs.

Spans and times are numbers of the loop's `unit`; inside, time is whole nanoseconds. Everything at one
instant happens in the order in which it was scheduled. Random numbers belong to (seed, name of the
process, replication, step), so that adding a process changes no other's luck. Not thread-safe; loops
are independent of each other.
"""

from __future__ import annotations

from typing import Any, Callable, Generator, Iterable, Sequence, Union

from racked import _racked

_des = _racked.des

Distribution = _des.Distribution
RandomStream = _des.RandomStream
Tally = _des.Tally
Step = _des.Step
Process = _des.Process
Flow = _des.Flow
batch_means = _des.batch_means
quantile_interval = _des.quantile_interval
warm_up = _des.warm_up

fixed = Distribution.fixed
uniform = Distribution.uniform
triangular = Distribution.triangular
pert = Distribution.pert
normal = Distribution.normal
lognormal = Distribution.lognormal
gamma = Distribution.gamma
weibull = Distribution.weibull
exponential = Distribution.exponential
empirical = Distribution.empirical

Span = Union[float, _des.Distribution]
"""A span of time, certain or drawn, in the loop's unit."""
Steps = Sequence[Any]
"""What a process does, one part after the other."""
Part = Union[_des.Step, _des.Process, Generator[Any, Any, Any]]
"""What `any_of` and `all_of` wait for."""

_UNITS = {
    "ns": 1,
    "us": 1_000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "min": 60_000_000_000,
    "h": 3_600_000_000_000,
    "d": 86_400_000_000_000,
}


class Interrupted(Exception):
    """Thrown into a generator whose wait was broken off by `Process.interrupt`, or from which a
    resource was taken by `preempt`. `remaining`: of a delay, also as a part, what was left of it; 0
    otherwise. `cause`: what it was interrupted with; None when a resource was taken."""

    def __init__(self, reason: str, remaining: float, cause: Any = None):
        super().__init__(reason)
        self.remaining = remaining
        self.cause = cause


def delay(span: Span) -> Step:
    """Lets time pass: a number, or a distribution that is drawn from anew each time."""
    if isinstance(span, Distribution):
        return Step("delay", span=span)
    return Step("delay", amount=float(span))


def any_of(*parts: Part) -> Step:
    """Ends with the first of its parts; the others are withdrawn at that moment and take nothing.

    Parts are steps that wait, processes, and generators, which run side by side, for once, and are
    ended with the whole (a process goes on). A generator hears a pair, the place of the part that ended and what that says (of a
    process or generator, what it returned); None when the whole's patience ended first. A process of
    steps leaves if patience was what ended it, of the whole or of the part that was first.

        place, item = yield des.any_of(yard.take(), des.delay(5))
    """
    return Step("any_of", parts=parts)


def all_of(*parts: Part) -> Step:
    """Ends when all of its parts have ended, each of which keeps what it got meanwhile. A generator
    hears a list of what they say; when the whole's patience ended, those that had not ended say what
    they say when theirs ends. When it is broken off, units go back, items and amounts are lost. An
    exception that leaves a process or generator among them ends the whole. A process of steps leaves
    unless it has got all."""
    return Step("all_of", parts=parts)


def choose(*alternatives: tuple[float, Steps]) -> tuple[str, list[tuple[float, list[Any]]]]:
    """In a list of steps: goes through the steps of one alternative, each with its probability; of
    none, with what is left to 1."""
    return "choose", [(probability, list(steps)) for probability, steps in alternatives]


def repeat(times: int | None, steps: Steps) -> tuple[int | None, list[Any]]:
    """In a list of steps: goes through `steps` so many times; None: for ever."""
    return times, list(steps)


class Resource:
    """Units that processes seize and give back. A process that ends gives back what it holds."""

    def __init__(self, machine: _des.Machine, name: str, capacity: int):
        self._machine = machine
        self.name = name
        self.capacity = capacity
        self._row = machine.add_resource(name, capacity)

    def seize(self, amount: int = 1, priority: int = 0) -> Step:
        """Waits for units, granted all together; larger priorities first, then first come, first
        served. A generator hears True, or False when its patience (`.within(span)`) ended first; a
        process of steps then leaves and is counted among `Flow.lost`."""
        return Step("seize", self._machine, self._row, amount, priority)

    def preempt(self, amount: int = 1, priority: int = 0) -> Step:
        """The same, and what is missing is taken from holders of lower priority, who are
        Interrupted; a process of steps then leaves."""
        return Step("preempt", self._machine, self._row, amount, priority)

    def release(self) -> Step:
        """Gives back what was seized last."""
        return Step("release", self._machine, self._row)

    @property
    def in_use(self) -> int:
        return self._machine.in_use(self._row)

    @property
    def waiting(self) -> int:
        """How many processes wait."""
        return self._machine.waiting_for(self._row)

    @property
    def utilisation(self) -> float:
        """Units in use over capacity, averaged over time."""
        return self._machine.mean_in_use(self._row) / self.capacity

    @property
    def mean_waiting(self) -> float:
        """Length of the queue, averaged over time."""
        return self._machine.mean_waiting_for(self._row)

    @property
    def waits(self) -> Tally:
        """Times from asking to getting, or to leaving without: patience, an interrupt."""
        return self._machine.waits_of(self._row)


class _Stock:
    """What stores and levels tell of what has been seen of them, averaged over time."""

    def _use(self) -> _des.StockUse:
        raise NotImplementedError

    @property
    def mean(self) -> float:
        """Items in it, or the amount."""
        return self._use().mean

    @property
    def mean_taking(self) -> float:
        """Processes that wait to take, or get, from it."""
        return self._use().mean_taking

    @property
    def mean_putting(self) -> float:
        """Processes that wait for room."""
        return self._use().mean_putting

    @property
    def take_waits(self) -> Tally:
        """Times from asking to getting, or to leaving without."""
        return self._use().take_waits

    @property
    def put_waits(self) -> Tally:
        """Times from asking for room to having it, or to leaving without."""
        return self._use().put_waits


class Store(_Stock):
    """Items that processes put in and take out, first in, first out."""

    def __init__(self, machine: _des.Machine, name: str, capacity: int | None):
        self._machine = machine
        self.name = name
        self.capacity = capacity
        self._row = machine.add_store(name, capacity)

    def put(self, item: Any = None) -> Step:
        """Waits for room. A generator hears whether it found it in time."""
        return Step("put", self._machine, self._row, item=item)

    def take(self) -> Step:
        """Waits for an item, which a generator hears; None when patience ended first."""
        return Step("take", self._machine, self._row)

    def __len__(self) -> int:
        return self._machine.store_size(self._row)

    def _use(self) -> _des.StockUse:
        return self._machine.store_use(self._row)


class Level(_Stock):
    """A quantity between 0 and its capacity: fuel, water, money."""

    def __init__(self, machine: _des.Machine, name: str, capacity: float, initial: float):
        self._machine = machine
        self.name = name
        self.capacity = capacity
        self._row = machine.add_level(name, capacity, initial)

    def get(self, amount: float) -> Step:
        """Waits until the whole amount is there, and takes it."""
        return Step("get", self._machine, self._row, amount)

    def put(self, amount: float) -> Step:
        """Waits until there is room for the whole amount, and adds it."""
        return Step("fill", self._machine, self._row, amount)

    @property
    def amount(self) -> float:
        return self._machine.level_amount(self._row)

    def _use(self) -> _des.StockUse:
        return self._machine.level_use(self._row)


class Gate:
    """Something that is open or closed. Who waits when it opens goes on."""

    def __init__(self, machine: _des.Machine, name: str, is_open: bool):
        self._machine = machine
        self.name = name
        self._row = machine.add_gate(name, is_open)

    def open(self) -> Step:
        """Waits until it is open."""
        return Step("pass", self._machine, self._row)

    def set(self, is_open: bool) -> Step:
        """Opens or closes it, as a step."""
        return Step("set", self._machine, self._row, 1.0 if is_open else 0.0)

    def set_open(self, is_open: bool) -> None:
        """Opens or closes it at once."""
        self._machine.set_gate(self._row, is_open)

    @property
    def is_open(self) -> bool:
        return self._machine.gate_is_open(self._row)


class Condition:
    """Something that changes, and of which each process waits for what suits it: for queues in an
    order of one's own, for what suits only some, for several things at once. For generators."""

    def __init__(self, machine: _des.Machine, name: str):
        self._machine = machine
        self.name = name
        self._row = machine.add_condition(name)

    def until(self, attempt: Callable[[], Any]) -> Step:
        """Goes on as soon as `attempt()` returns something true, at once or when it is made again by
        `notify`, and hears that; None when patience ended first.

            job = yield shop.until(lambda: jobs.pop() if jobs else None)

        An attempt takes what it is for in that very call; no other is made meanwhile, the loop must
        not be run, and its process cannot be cancelled. What it raises is raised where it is
        yielded."""
        return Step("until", self._machine, self._row, item=attempt)

    def notify(self) -> None:
        """Makes the attempt of everybody who waits, once each, in the order in which they came. To
        be called by whoever changes what they are about."""
        self._machine.notify(self._row)

    @property
    def waiting(self) -> int:
        """How many processes wait."""
        return self._machine.waiting_until(self._row)


class ProcessLoop:
    """Runs processes. `unit` is what numbers of time count: ns, us, ms, s, min, h or d."""

    def __init__(self, seed: int = 0, replication: int = 0, unit: str = "s"):
        if unit not in _UNITS:
            raise ValueError(f"{unit!r} is no unit of time; {', '.join(_UNITS)} are")
        self.unit = unit
        self._machine = _des.Machine(seed, replication, _UNITS[unit])

    @property
    def now(self) -> float:
        return self._machine.now

    @property
    def events(self) -> int:
        """Handled so far."""
        return self._machine.events

    @property
    def processes(self) -> int:
        """That have not ended."""
        return self._machine.processes

    def resource(self, name: str, capacity: int = 1) -> Resource:
        """Units that processes seize and give back; never more than `capacity` are held."""
        return Resource(self._machine, name, capacity)

    def store(self, name: str, capacity: int | None = None) -> Store:
        """Items that processes put in and take out, first in, first out."""
        return Store(self._machine, name, capacity)

    def level(self, name: str, capacity: float, initial: float = 0.0) -> Level:
        """A quantity between 0 and its capacity, drawn from and filled up."""
        return Level(self._machine, name, capacity, initial)

    def gate(self, name: str, is_open: bool = False) -> Gate:
        """Something that is open or closed; whoever waits when it opens goes on."""
        return Gate(self._machine, name, is_open)

    def condition(self, name: str) -> Condition:
        """Something that changes, and of which each process waits for what suits it."""
        return Condition(self._machine, name)

    def flow(self, name: str, steps: Iterable[Any], every: Span, most: int | None = None) -> Flow:
        """Processes that arrive `every` so often, `most` of them, and go through `steps`.

        The Flow counts them: `begun`, `lost` (patience or pre-emption), and `times`, a Tally of the
        times from begin to end of the others."""
        apart = every if isinstance(every, Distribution) else fixed(float(every))
        return self._machine.add_flow(name, list(steps), apart, most)

    def start(self, process: Generator[Any, Any, Any], name: str = "process") -> Process:
        """Starts a generator at this instant. It yields steps, or another Process to wait for its
        end and hear its value; parts of it that are generators are run by `yield from`. What cannot
        be done (more units than there are) is raised where it is yielded. An exception that leaves
        it leaves `run`, or the wait of whoever awaits it."""
        return self._machine.start(process, name)

    def stream(self, purpose: str, index: int = 0) -> RandomStream:
        """Random numbers of a purpose in this replication."""
        return self._machine.stream(purpose, index)

    def run(self, until: float | None = None) -> None:
        """Runs everything up to and including `until`; by default until nothing is left to happen.
        Ctrl-C ends it."""
        self._machine.run(until)

    def stop(self) -> None:
        """Called by a process: `run` returns once it waits."""
        self._machine.stop()

    def reset_statistics(self) -> None:
        """Begins all statistics anew, at the end of a warm-up."""
        self._machine.reset_statistics()

    def waiting(self) -> list[tuple[str, str]]:
        """Who waits for what; after `run()`, everybody who will wait for ever."""
        return self._machine.waiting()
