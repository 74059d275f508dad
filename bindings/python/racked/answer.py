"""What a study answers."""

from __future__ import annotations

import json
import os
from functools import cached_property
from typing import Any, Protocol


class _Answer(Protocol):
    def json(self) -> str: ...
    def write(self, directory: str) -> None: ...


class Study:
    """An answer of many runs, which the command tells and writes likewise."""

    def __init__(self, data: _Answer):
        self._data = data

    @cached_property
    def summary(self) -> dict[str, Any]:
        """The content of the JSON file that the command writes (docs/results.md)."""
        content: dict[str, Any] = json.loads(self._data.json())
        return content

    def write(self, directory: str | os.PathLike[str]) -> None:
        """Writes what the command writes by `--out`. OSError when it cannot."""
        self._data.write(os.fspath(directory))
