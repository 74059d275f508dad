"""Charts of results: those of the report, one call away."""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING, Any

from racked import _racked

if TYPE_CHECKING:
    from racked.results import Results


def drawn(spec: dict[str, Any]) -> Any:
    """An Altair chart of a Vega-Lite spec, or the spec itself where Altair is not installed."""
    try:
        import altair
    except ImportError:
        return spec
    return altair.Chart.from_dict(spec)


class Plots:
    """The charts of `racked report`, by the same specs: Vega-Lite with quantiles inside, so that
    their size does not depend on the number of replications.

    Every method returns an Altair chart where Altair is installed, a dict otherwise. KeyError, naming
    those there are, for a chart that these results have not got.
    """

    def __init__(self, results: Results):
        self._results = results

    @cached_property
    def _charts(self) -> dict[str, _racked.Chart]:
        return {chart.name: chart for chart in _racked.report_charts(self._results._data)}

    @property
    def names(self) -> tuple[str, ...]:
        """Of all charts, in the order of the report."""
        return tuple(self._charts)

    def spec(self, name: str) -> dict[str, Any]:
        """A chart as a Vega-Lite spec."""
        if name not in self._charts:
            raise KeyError(f"there is no chart {name!r}; there are {', '.join(self._charts)}")
        spec: dict[str, Any] = json.loads(self._charts[name].spec)
        return spec

    def chart(self, name: str) -> Any:
        """Any chart by its name."""
        return drawn(self.spec(name))

    def fan(self, series: str, campus: str | None = None) -> Any:
        """Quantiles of a series over time, beside what is planned, announced and observed."""
        return self.chart(series if campus is None else f"{series}_{campus}")

    def gantt(self) -> Any:
        """When buildings begin, are energised and operate, with P10 to P90."""
        return self.chart("schedule")

    def tornado(self, milestone: str) -> Any:
        """What a milestone hangs on: how often each element is on its critical chain."""
        return self.chart(f"criticality_{milestone}")
