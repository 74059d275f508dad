"""The package and its stubs are typed, and say the same as what is compiled."""
import ast
import inspect
import pathlib
import subprocess
import sys
import textwrap

import pytest

import racked
from racked import _racked

pytest.importorskip("mypy")
SOURCE = pathlib.Path(__file__).resolve().parents[2]
PACKAGE = SOURCE / "bindings" / "python" / "racked"


def mypy(tmp_path, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "mypy", "--cache-dir", tmp_path / "cache", *arguments],
        capture_output=True,
        text=True,
        cwd=SOURCE,
    )


def test_the_package_is_typed(tmp_path):
    done = mypy(tmp_path)
    assert done.returncode == 0, done.stdout


def test_users_are_told_their_mistakes(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(
        textwrap.dedent(
            """
            import racked

            results = racked.run("a.textproto", 10, seed=1)
            reveal_type(results.quantile("m", 0.5))
            reveal_type(racked.simulate(racked.make_model("a.textproto")).racks)
            results.quantile("m")
            racked.run("a.textproto", "ten")
            """
        )
    )
    done = mypy(tmp_path, "--config-file", SOURCE / "pyproject.toml", program)
    errors = [line for line in done.stdout.splitlines() if ": error:" in line]
    assert len(errors) == 2, done.stdout
    assert '"numpy.datetime64' in done.stdout
    assert "ndarray" in done.stdout


@pytest.mark.parametrize(
    "stub, module", [("__init__.pyi", _racked), ("des.pyi", _racked.des)], ids=["racked", "des"]
)
def test_stubs_name_what_is_there(stub, module):
    """Every public name of the compiled module is in its stub, and the other way round."""
    tree = ast.parse((PACKAGE / "_racked" / stub).read_text())
    told = {}
    for node in tree.body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            told[node.name] = node
        elif isinstance(node, ast.AnnAssign) and not node.target.id.startswith("_"):
            told[node.target.id] = node
    there = {name for name in vars(module) if not name.startswith("_") and name != "des"}
    assert there == {name for name in told if name != "__version__"}
    for name, node in told.items():
        if isinstance(node, ast.ClassDef):
            members = {item.name for item in node.body if isinstance(item, ast.FunctionDef)}
            own = {key for key in vars(getattr(module, name)) if not key.startswith("_")}
            assert own == {member for member in members if not member.startswith("_")}, name


def test_everything_public_is_documented():
    for name in racked.__all__:
        thing = getattr(racked, name)
        if not inspect.isclass(thing) and not inspect.isfunction(thing):
            continue
        assert inspect.getdoc(thing) or name in ("Finding", "Progress"), name
        if inspect.isclass(thing) and thing.__module__.startswith("racked."):
            for member, value in vars(thing).items():
                if inspect.isfunction(value) and not member.startswith("_"):
                    assert value.__doc__ or member == "copy", f"{name}.{member}"
