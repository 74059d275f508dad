"""racked: of all the compute announced on paper, how much is racked, powered and usable, when, and
what holds the rest up?

    import racked

    results = racked.run("two_halls.textproto", 1000, seed=7)
    results.quantile("both_halls", 0.5)         # numpy.datetime64
    results.probability_by("both_halls", "2025-10-01")
    results.bands.to_pandas()

The same nouns and verbs as in C++ and on the command line, and the same numbers to the last bit.
docs/python.md goes from a question to an answer.
"""

from racked._racked import Finding, Problem, Progress, __version__
from racked.comparison import Comparison, Variant, compare, run_comparison
from racked.errors import ScenarioError, WorkerLost
from racked.experiment import Stopped, run
from racked.model import CriticalPath, Model, critical_path, make_model
from racked.policies import Policies
from racked.results import (
    CHARGES,
    SERIES,
    UNITS,
    Results,
    merge,
    read_results,
    results_from_bytes,
    write_report,
    write_results,
)
from racked.scenario import Scenario, parse_scenario, read_scenario
from racked.simulation import Simulation, Timeline, audit, simulate
from racked.study import Fixes, Sensitivity, fixes, sensitivity
from racked.table import Table
from racked.times import NEVER, dates_of

__all__ = [
    "CHARGES",
    "NEVER",
    "SERIES",
    "UNITS",
    "Comparison",
    "CriticalPath",
    "Finding",
    "Fixes",
    "Model",
    "Policies",
    "Problem",
    "Progress",
    "Results",
    "Scenario",
    "ScenarioError",
    "Sensitivity",
    "Simulation",
    "Stopped",
    "Table",
    "Timeline",
    "Variant",
    "WorkerLost",
    "__version__",
    "audit",
    "compare",
    "critical_path",
    "dates_of",
    "fixes",
    "make_model",
    "merge",
    "parse_scenario",
    "read_results",
    "read_scenario",
    "results_from_bytes",
    "run",
    "run_comparison",
    "sensitivity",
    "simulate",
    "write_report",
    "write_results",
]
