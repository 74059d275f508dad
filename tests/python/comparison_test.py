"""Variants under the same luck, with the command's numbers."""
import json
import subprocess

import numpy as np
import pytest

import racked

VARIANTS = {
    "more": {"crew[technicians].headcount": 20},
    "late": racked.Variant({"equipment[transformer].lead_time_days": 200}, title="Transformers late"),
}


@pytest.fixture(scope="module")
def comparison(two_halls):
    return racked.run_comparison(two_halls.scenario, VARIANTS, 60, seed=7)


def test_differences_are_paired(comparison, two_halls, results):
    more = racked.run(racked.read_scenario(two_halls.scenario, edits=VARIANTS["more"]), 60, seed=7)
    days = (more.reached - results.reached)[:, 1] / np.timedelta64(1, "D")
    row = next(
        row
        for row in comparison.differences.rows()
        if (row["milestone"], row["variant"]) == ("both_halls", "more")
    )
    assert row["pairs"] == row["both"] == 60
    assert row["days"] == pytest.approx(days.mean(), abs=1e-6)
    # t(0.975, 59) = 2.0009953780882
    assert row["half_width_days"] == pytest.approx(2.0009953780882 * days.std(ddof=1) / 60**0.5, rel=1e-6)
    assert len(comparison.differences) == 4
    days_asked = comparison.by.rows()
    assert {str(row["day"]) for row in days_asked} == {"2025-07-01", "2025-09-01", "2025-10-01"}
    of_results = racked.compare({"baseline": results, "more": more})
    np.testing.assert_array_equal(
        of_results.differences["days"],
        comparison.differences["days"][comparison.differences["variant"] == "more"],
    )


def test_the_command_says_the_same(comparison, command, scenarios, tmp_path):
    subprocess.run(
        [command, "compare", scenarios / "two_halls.textproto", "-n", "60", "--seed", "7",
         "--variant", "more:crew[technicians].headcount=20",
         "--variant", "late:equipment[transformer].lead_time_days=200", "--out", tmp_path / "command"],
        check=True,
        capture_output=True,
    )
    comparison.write(tmp_path / "python")
    expected = json.loads((tmp_path / "command" / "comparison.json").read_text())
    said = comparison.summary

    def without_titles(value):
        if isinstance(value, dict):
            return {key: without_titles(item) for key, item in value.items() if key != "title"}
        return [without_titles(item) for item in value] if isinstance(value, list) else value

    assert without_titles(said) == without_titles(expected)
    for name in ("comparison.csv", "comparison_by.csv", "comparison_times.csv"):
        assert (tmp_path / "python" / name).read_bytes() == (tmp_path / "command" / name).read_bytes(), name


def test_problems_of_all_variants_come_at_once(two_halls):
    with pytest.raises(racked.ScenarioError) as caught:
        racked.run_comparison(
            two_halls.scenario, {"a": {"crew[nobody].headcount": 1}, "b": {"horizn": "2026-01-01"}}, 5
        )
    assert len(caught.value.problems) == 2
    with pytest.raises(ValueError, match="baseline"):
        racked.run_comparison(two_halls.scenario, {"baseline": {}}, 5)
    with pytest.raises(ValueError, match="seed"):
        racked.compare({"a": racked.run(two_halls, 3, seed=1), "b": racked.run(two_halls, 3, seed=2)})
