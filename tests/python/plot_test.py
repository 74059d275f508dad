"""Charts are those of the report."""
import html
import json
import subprocess

import pytest

import racked


def test_specs_are_those_of_the_report(results, tmp_path):
    racked.write_report(results, tmp_path)
    page = (tmp_path / "report.html").read_text()
    assert "two_halls" in page or results.title in page
    written = {path.name.removesuffix(".vl.json"): path for path in (tmp_path / "charts").iterdir()}
    assert set(results.plot.names) == set(written)
    for name in results.plot.names:
        assert results.plot.spec(name) == json.loads(written[name].read_text()), name
    with pytest.raises(KeyError, match="usable_chips"):
        results.plot.fan("chips_of_gold")


def test_the_page_has_the_explanations_that_stand_beside_it(results, command, scenarios, tmp_path):
    racked.write_report(results, tmp_path)
    without = html.unescape((tmp_path / "report.html").read_text())
    subprocess.run(
        [command, "explain", scenarios / "two_halls.textproto", "--milestone", "both_halls",
         "-n", "60", "--seed", "7", "--out", tmp_path],
        check=True, capture_output=True)
    racked.write_report(results, tmp_path)
    page = html.unescape((tmp_path / "report.html").read_text())
    explanation = json.loads((tmp_path / "explanation_both_halls.json").read_text())
    assert explanation["levers"]
    for lever in explanation["levers"]:
        assert lever["words"] in page and lever["words"] not in without
    (tmp_path / "explanation_both_halls.json").write_text("{}")
    with pytest.raises(ValueError, match="explanation_both_halls.json"):
        racked.write_report(results, tmp_path)


def test_one_call_away(results):
    charts = [
        results.plot.fan("usable_chips"),
        results.plot.tornado("both_halls"),
        results.plot.gantt(),
        *(results.plot.chart(name) for name in results.plot.names),
    ]
    try:
        import altair
    except ImportError:
        assert all(isinstance(chart, dict) and "$schema" in chart for chart in charts)
    else:
        assert all(isinstance(chart, altair.TopLevelMixin) for chart in charts)
        assert all(chart.to_dict()["$schema"] for chart in charts)
