"""Scenarios: what the user wrote."""

from __future__ import annotations

import importlib
import json
import os
from typing import Any, Iterable, Mapping, Union

from racked import _racked

# Anything with Protobuf's SerializeToString, for which there is no common type.
Source = Union[str, "os.PathLike[str]", bytes, Mapping[str, Any], Any]
Edits = Union[Mapping[str, Any], Iterable[tuple[str, Any]]]


class Scenario:
    """A scenario that can be read, with its places in the file for later messages.

    Made by `read_scenario` or `parse_scenario`; immutable. Two with the same `hash` are the same
    scenario. Pickles as its binary form; places are then left behind.
    """

    def __init__(self, read: _racked.Scenario):
        self._read = read

    @property
    def name(self) -> str:
        return self._read.name

    @property
    def title(self) -> str:
        return self._read.title

    @property
    def hash(self) -> str:
        """Of the resolved content, 16 hex digits: the `scenario_hash` of every output."""
        return f"{self._read.hash:016x}"

    def to_text(self) -> str:
        """The canonical text form, as `racked run --print-scenario` prints it."""
        return self._read.to_text()

    def to_bytes(self) -> bytes:
        """The binary form."""
        return self._read.to_bytes()

    def to_message(self) -> Any:
        """The generated message `racked.v1.scenario_pb2.Scenario`. Needs the package protobuf."""
        messages: Any = importlib.import_module("racked.v1.scenario_pb2")
        return messages.Scenario.FromString(self.to_bytes())

    def to_dict(self) -> dict[str, Any]:
        """Fields by their names; what `read_scenario` takes. Needs the package protobuf."""
        from google.protobuf import json_format

        return json_format.MessageToDict(self.to_message(), preserving_proto_field_name=True)

    def __repr__(self) -> str:
        return f"<racked.Scenario {self.name} {self.hash}>"

    def __reduce__(self) -> Any:
        return _scenario_from_bytes, (self.to_bytes(),)


def _scenario_from_bytes(content: bytes) -> Scenario:
    return Scenario(_racked.read_bytes(content, "scenario", True, [], []))


def _written(value: Any) -> str:
    """A value as the text format writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else str(value)


def edit_pairs(edits: Edits) -> list[tuple[str, str]]:
    """Paths and values as the text format writes them."""
    items = edits.items() if isinstance(edits, Mapping) else edits
    return [(path, _written(value)) for path, value in items]


def _is_text(source: str) -> bool:
    return "\n" in source or "{" in source or ": " in source


def read_scenario(
    source: Source,
    overlays: Iterable[str | os.PathLike[str]] = (),
    edits: Edits = (),
) -> Scenario:
    """Reads a scenario, then merges overlays over it by ids, then applies edits.

    source: a path (text, JSON or binary, by its extension or else by its content); the text itself,
    which is told from a path by a line break, a brace or a colon with a space; bytes of any of the
    three forms; a dict of fields by their names; or a generated message. A Scenario is changed into
    another one.
    overlays: paths, in order; elements with the same id are merged, others are added.
    edits: {path: value} or pairs, in order; a path is written as in error messages
    ("campus[example].feeder[utility].capacity_mw"), a value as in the text format; numbers are taken
    as they are.

    Raises ScenarioError with every problem when it cannot be read, OSError when the file cannot.
    """
    paths, pairs = list(overlays), edit_pairs(edits)
    if isinstance(source, Scenario):
        return Scenario(_racked.read_bytes(source.to_bytes(), "scenario", True, paths, pairs))
    if isinstance(source, str) and _is_text(source):
        return Scenario(_racked.read_text(source, "scenario", paths, pairs))
    if isinstance(source, (str, os.PathLike)):
        return Scenario(_racked.read_file(os.fspath(source), paths, pairs))
    if isinstance(source, (bytes, bytearray, memoryview)):
        return Scenario(_racked.read_bytes(bytes(source), "scenario", False, paths, pairs))
    if isinstance(source, Mapping):
        return Scenario(_racked.read_text(json.dumps(source), "scenario", paths, pairs))
    if hasattr(source, "SerializeToString"):
        content = source.SerializeToString(deterministic=True)
        return Scenario(_racked.read_bytes(content, "scenario", True, paths, pairs))
    raise TypeError(f"{type(source).__name__} is no scenario: a path, text, bytes, dict or message is")


def parse_scenario(text: str, name: str = "scenario") -> Scenario:
    """Reads the text form, or JSON when it begins with a brace; `name` stands for the file in
    messages. Raises ScenarioError with every problem when it cannot be read."""
    return Scenario(_racked.read_text(text, name, [], []))
