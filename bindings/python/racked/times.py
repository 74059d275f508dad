"""Times of records as dates."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

NEVER = np.timedelta64(np.iinfo(np.int64).max, "ns")
"""Stands in records for what did not happen by the horizon."""


def dates_of(times: Array, start: np.datetime64) -> Array:
    """Dates, datetime64[ns], of times that count from 00:00 of `start` (m8[ns]); NaT for NEVER.

    A new array of the same shape. Dates outside 1678 to 2262 do not fit.
    """
    dates = np.asarray(start.astype("M8[ns]") + times)
    return np.where(times == NEVER, np.datetime64("NaT", "ns"), dates)


def date_of(time: int, start: np.datetime64) -> np.datetime64:
    """The same of a number of nanoseconds."""
    date: Any = dates_of(np.array(time, "m8[ns]"), start)[()]
    return date
