"""What the tests of the package share."""
import os
import pathlib

import pytest

import racked

SOURCE = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def scenarios():
    return SOURCE / "docs" / "scenarios"


@pytest.fixture(scope="session")
def two_halls(scenarios):
    return racked.make_model(scenarios / "two_halls.textproto")


@pytest.fixture(scope="session")
def results(two_halls):
    return racked.run(two_halls, 60, seed=7)


@pytest.fixture(scope="session")
def command():
    """The command, which the build names; skips where there is none."""
    path = os.environ.get("RACKED_COMMAND")
    if not path:
        pytest.skip("RACKED_COMMAND names no command")
    return path
