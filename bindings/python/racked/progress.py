"""How far an experiment has come, shown."""

from __future__ import annotations

import sys
from typing import Any, Callable, Union

from racked._racked import Progress

ProgressOption = Union[None, bool, Callable[[Progress], Any]]


def shown_by(option: ProgressOption) -> Callable[[Progress], Any] | None:
    """What to call with every progress: nothing, the caller's function, or a bar."""
    if callable(option):
        return option
    if not option:
        return None
    try:
        from tqdm.auto import tqdm
    except ImportError:
        return _Line()
    return _Bar(tqdm)


class _Bar:
    """tqdm's, which knows terminals and notebooks."""

    def __init__(self, tqdm: Any):
        self._tqdm = tqdm
        self._bar: Any = None

    def __call__(self, progress: Progress) -> None:
        if self._bar is None:
            self._bar = self._tqdm(total=progress.total, unit=" replications")
        self._bar.update(progress.done - self._bar.n)
        if progress.failed:
            self._bar.set_postfix(failed=progress.failed)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()


class _Line:
    """A line on standard error, when that is a terminal."""

    def __init__(self) -> None:
        self._shown = False

    def __call__(self, progress: Progress) -> None:
        if not sys.stderr.isatty():
            return
        percent = 100 * progress.done // max(1, progress.total)
        rate = progress.done / max(1e-9, progress.elapsed)
        sys.stderr.write(
            f"\r{progress.done}/{progress.total} replications  {percent} %  {rate:.0f}/s\x1b[K"
        )
        sys.stderr.flush()
        self._shown = True

    def close(self) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
