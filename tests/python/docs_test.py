"""What the documentation says is run as it stands."""
import os
import pathlib
import re
import subprocess
import sys

import pytest

SOURCE = pathlib.Path(__file__).resolve().parents[2]

TUTORIAL = SOURCE / "docs" / "python.md"
EXAMPLES = sorted((SOURCE / "docs" / "examples").glob("*.py"))


def test_the_tutorial_runs_as_written(monkeypatch):
    monkeypatch.chdir(SOURCE)
    blocks = list(re.finditer(r"^```python\n(.*?)^```$", TUTORIAL.read_text(), re.M | re.S))
    assert len(blocks) > 10
    names = {}
    for block in blocks:
        line = TUTORIAL.read_text()[: block.start(1)].count("\n")
        # Lines of a failure are those of the page.
        exec(compile("\n" * line + block[1], str(TUTORIAL), "exec"), names)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_examples_run(example, tmp_path):
    done = subprocess.run(
        [sys.executable, example, SOURCE / "docs" / "scenarios" / "two_halls.textproto"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONWARNINGS": "error::DeprecationWarning:__main__"},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
