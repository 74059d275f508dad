"""The kernel, compiled; `racked.des` says what it is for."""

from typing import Any, Generator, Sequence, overload

import numpy as np
import numpy.typing as npt

class Distribution:
    """A distribution of a real number. A draw is the quantile function at one uniform number.

    Factories raise ValueError with a sentence for people when parameters do not fit. Formulas and
    sources: include/racked/des/distribution.h.
    """

    @staticmethod
    def fixed(value: float) -> Distribution:
        """That value for certain."""
    @staticmethod
    def uniform(min: float, max: float) -> Distribution:
        """Every value between alike; min ≤ max."""
    @staticmethod
    def triangular(min: float, mode: float, max: float) -> Distribution:
        """Straight lines up to the mode and down again; min ≤ mode ≤ max."""
    @staticmethod
    def pert(min: float, mode: float, max: float, weight: float = 4.0) -> Distribution:
        """Beta on [min, max] about a mode; the mean is (min + weight·mode + max)/(weight + 2)."""
    @staticmethod
    def normal(mean: float, sd: float) -> Distribution:
        """By mean and standard deviation, sd ≥ 0."""
    @staticmethod
    def lognormal(median: float, sigma: float) -> Distribution:
        """exp of a normal with mean ln(median) and standard deviation sigma."""
    @staticmethod
    def lognormal_from_p90(median: float, p90: float) -> Distribution:
        """By the median and the 90 % quantile; p90 > median."""
    @staticmethod
    def gamma(shape: float, scale: float) -> Distribution:
        """Of mean shape·scale."""
    @staticmethod
    def weibull(shape: float, scale: float) -> Distribution:
        """Distribution function 1 − exp(−(x/scale)^shape)."""
    @staticmethod
    def exponential(mean: float) -> Distribution:
        """Memoryless, by its mean."""
    @staticmethod
    def beta(alpha: float, beta: float, min: float = 0.0, max: float = 1.0) -> Distribution:
        """On [min, max]."""
    @staticmethod
    def empirical(values: Sequence[float], weights: Sequence[float] = ()) -> Distribution:
        """One of the values, each as likely as its weight; all alike without weights."""
    @staticmethod
    def from_quantiles(probabilities: Sequence[float], values: Sequence[float]) -> Distribution:
        """Straight lines between points of the quantile function; probabilities ascend from 0 to 1."""
    @staticmethod
    def mixture(weights: Sequence[float], components: Sequence[Distribution]) -> Distribution:
        """One of the components, each as likely as its weight."""
    def truncated(self, min: float, max: float) -> Distribution:
        """Given that the value lies in [min, max], whose probability must be above 1e-12."""
    @overload
    def quantile(self, u: float) -> float:
        """The value not exceeded with probability u, 0 < u < 1."""
    @overload
    def quantile(self, u: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """The value not exceeded with probability u, 0 < u < 1."""
    @overload
    def cdf(self, x: float) -> float:
        """The probability of a value of at most x."""
    @overload
    def cdf(self, x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """The probability of a value of at most x."""
    def sample(self, stream: RandomStream) -> float:
        """The quantile at the next uniform number of the stream."""
    @property
    def mean(self) -> float: ...
    @property
    def variance(self) -> float: ...
    @property
    def min(self) -> float: ...
    @property
    def max(self) -> float: ...

class RandomStream:
    """The random numbers of one purpose in one replication: Philox4x64-10, the same everywhere."""

    def __init__(self, seed: int, purpose: str, replication: int = 0, index: int = 0) -> None: ...
    def uniform(self) -> float:
        """In the open interval (0, 1)."""
    def integer(self) -> int:
        """Of 64 bits."""
    def integers(self, count: int) -> npt.NDArray[np.uint64]:
        """The next ones, as drawing them one by one would give them."""
    def copy(self) -> RandomStream:
        """Goes on as this one does, independently of it."""

class Tally:
    """Count, mean, variance and extremes of numbers, by the formulas of Chan, Golub and LeVeque
    (COMPSTAT 1982)."""

    def __init__(self) -> None: ...
    def record(self, value: float) -> None:
        """One more number."""
    def merge(self, other: Tally) -> None:
        """All numbers of another."""
    @property
    def count(self) -> int: ...
    @property
    def mean(self) -> float: ...
    @property
    def variance(self) -> float: ...
    @property
    def min(self) -> float: ...
    @property
    def max(self) -> float: ...
    def half_width(self, confidence: float = 0.95) -> float:
        """Of the interval for the mean of independent numbers, by Student's t; infinite below two."""

class Step:
    """One thing that a process does next; made by resources, stores, levels, gates, conditions,
    `delay`, `any_of` and `all_of`."""

    def __init__(
        self,
        op: str,
        machine: Machine | None = None,
        thing: int = 0,
        amount: float = 1.0,
        priority: int = 0,
        span: Distribution | None = None,
        item: object = None,
        parts: tuple[object, ...] = (),
    ) -> None: ...
    def within(self, span: float) -> Step:
        """The same with patience: the wait ends after `span` at the latest, without success.
        ValueError for what does not wait for anything: delays, releases."""

class Process:
    """A generator that was started. Yield it to wait for its end."""

    @property
    def running(self) -> bool: ...
    @property
    def value(self) -> Any:
        """What it returned; None before."""
    def interrupt(self, cause: object = "") -> None:
        """Breaks off its wait, which raises Interrupted in it, with str(cause) as its message."""
    def cancel(self) -> None:
        """Ends it where it waits, or before it begins: it leaves what it waits for, its generator is
        closed, and what it holds is given back. Who waits for its end hears None. What its `finally`
        blocks raise is ignored with a message, as when Python closes a generator. Nothing happens
        when it has ended; RuntimeError for one that runs, which ends by `return`."""

class StockUse:
    """What has been seen of a store or a level."""

    @property
    def mean(self) -> float: ...
    @property
    def mean_taking(self) -> float: ...
    @property
    def mean_putting(self) -> float: ...
    @property
    def take_waits(self) -> Tally: ...
    @property
    def put_waits(self) -> Tally: ...

class Flow:
    """Processes of one list of steps."""

    @property
    def name(self) -> str: ...
    @property
    def begun(self) -> int: ...
    @property
    def lost(self) -> int: ...
    @property
    def times(self) -> Tally: ...

class Machine:
    def __init__(self, seed: int, replication: int, unit_ns: int) -> None: ...
    @property
    def now(self) -> float: ...
    @property
    def events(self) -> int: ...
    @property
    def processes(self) -> int: ...
    def add_resource(self, name: str, capacity: int) -> int: ...
    def add_store(self, name: str, capacity: int | None) -> int: ...
    def add_level(self, name: str, capacity: float, initial: float) -> int: ...
    def add_gate(self, name: str, is_open: bool) -> int: ...
    def add_condition(self, name: str) -> int: ...
    def add_flow(
        self, name: str, steps: Sequence[Any], every: Distribution, most: int | None
    ) -> Flow: ...
    def start(self, generator: Generator[Any, Any, Any], name: str) -> Process: ...
    def stream(self, purpose: str, index: int) -> RandomStream: ...
    def run(self, end: float | None) -> None: ...
    def stop(self) -> None: ...
    def reset_statistics(self) -> None: ...
    def waiting(self) -> list[tuple[str, str]]: ...
    def in_use(self, row: int) -> int: ...
    def mean_in_use(self, row: int) -> float: ...
    def waiting_for(self, row: int) -> int: ...
    def mean_waiting_for(self, row: int) -> float: ...
    def waits_of(self, row: int) -> Tally: ...
    def store_size(self, row: int) -> int: ...
    def store_use(self, row: int) -> StockUse: ...
    def level_use(self, row: int) -> StockUse: ...
    def level_amount(self, row: int) -> float: ...
    def gate_is_open(self, row: int) -> bool: ...
    def set_gate(self, row: int, is_open: bool) -> None: ...
    def notify(self, row: int) -> None: ...
    def waiting_until(self, row: int) -> int: ...

def warm_up(series: Sequence[float]) -> int:
    """How many numbers at the beginning of a series belong to its warm-up: MSER-5 (White,
    Simulation 69 (1997))."""

def batch_means(
    series: Sequence[float], batches: int = 20, confidence: float = 0.95
) -> tuple[float, float]:
    """Interval for the mean of a stationary, correlated series, by the means of successive batches.

    All have len(series) // batches numbers; those after them are left out."""

def quantile_interval(numbers: Sequence[float], p: float, confidence: float = 0.95) -> tuple[float, float]:
    """Interval for the p-quantile of independent numbers of any distribution."""
