"""Results are the library's own memory, and say what the command says."""
import copy
import csv
import gc
import hashlib
import json
import pickle
import subprocess

import numpy as np
import pytest

import racked


@pytest.fixture(scope="module")
def written(command, scenarios, tmp_path_factory):
    """What the command writes for the replications of `results`."""
    directory = tmp_path_factory.mktemp("command")
    subprocess.run(
        [command, "run", scenarios / "two_halls.textproto", "-n", "60", "--seed", "7", "--out", directory],
        check=True,
        capture_output=True,
    )
    return directory


def rows_of(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def test_the_command_writes_the_same_bytes(results, written, tmp_path):
    assert results.digest == hashlib.sha256((written / "results.binpb").read_bytes()).hexdigest()
    results.write(tmp_path / "python")
    names = sorted(path.name for path in (tmp_path / "python").iterdir())
    assert {"results.binpb", "summary.json", "milestones.csv", "bands.csv"} <= set(names)
    for name in names:
        assert (tmp_path / "python" / name).read_bytes() == (written / name).read_bytes(), name
    assert racked.read_results(written) == results
    assert results.summary == json.loads((written / "summary.json").read_text())


def test_tables_say_what_the_files_say(results, written):
    def number(text):
        return float(text) if text else float("nan")

    def check(table, file, texts, numbers):
        rows = rows_of(written / file)
        assert len(rows) == len(table) > 0, file
        for name in texts:
            assert [row[name] for row in rows] == [str(text) for text in table[name]], (file, name)
        for name in numbers:
            expected = [number(row[name]) for row in rows]
            np.testing.assert_array_equal(table[name].astype(float), expected, err_msg=f"{file} {name}")

    check(results.milestone_table, "milestones.csv", ["scenario_hash", "replication", "milestone"],
          ["seed", "days_from_start"])
    quantiles = ["p05", "p10", "p25", "p50", "p75", "p90", "p95", "mean"]
    check(results.bands, "bands.csv", ["campus", "series", "unit"], quantiles)
    check(results.causes, "causes.csv", ["milestone", "kind", "element"], ["criticality", "mean_days"])
    check(results.charge_table, "charges.csv", ["campus", "charge"], ["replication", "chip_days"])
    assert len(results.waits) == len(rows_of(written / "waits.csv"))


def test_views_are_not_copies_and_keep_their_owner(two_halls):
    results = racked.run(two_halls, 3, seed=1)
    views = [results.replications, results.events, results.reached_after, results.charges]
    for array in views:
        assert not array.flags.owndata
        assert not array.flags.writeable
        with pytest.raises(ValueError):
            array[...] = array
    # Asked again: the same memory.
    assert results.charges.ctypes.data == views[3].ctypes.data
    before = views[3].copy()
    del results
    gc.collect()
    for _ in range(3):
        racked.run(two_halls, 3, seed=2)
    np.testing.assert_array_equal(views[3], before)


def test_shapes(results):
    rows, dates = 60, len(results.report_dates)
    assert len(results) == rows
    assert [m.name for m in results.milestones] == ["first_hall", "both_halls"]
    assert results.campuses == ("example",)
    assert results.reached.shape == results.reached_after.shape == (rows, 2)
    assert results.reached.dtype == "M8[ns]"
    assert results.samples().shape == (rows, dates, 1, len(racked.SERIES))
    assert results.charges.shape == results.chip_days.shape == (rows, 1, 8)
    assert results.report_dates.dtype == "M8[D]"
    assert results.report_dates[0] == results.start == np.datetime64("2025-01-06")


def test_statistics_are_those_of_the_rows(results):
    reached = np.sort(results.reached[:, 1])
    # 60 rows: the smallest value with a cumulative share of at least 0.5 is the 30th.
    assert results.quantile("both_halls", 0.5) == reached[29]
    by = np.count_nonzero(reached < np.datetime64("2025-10-02"))
    assert results.probability_by("both_halls", "2025-10-01") == by / 60
    lost = results.lost_chip_days()
    assert list(lost) == list(racked.CHARGES)
    np.testing.assert_allclose(list(lost.values()), results.chip_days.sum(axis=1).mean(axis=0), rtol=1e-12)
    assert results.lost_chip_days("example") == lost
    # 128 bits, in two halves: chips × ns.
    halves = results.charges
    names = halves.dtype.names
    whole = halves[names[1]].astype(float) * 2.0**64 + halves[names[0]].astype(float)
    np.testing.assert_allclose(whole / 86_400e9, results.chip_days, rtol=1e-12)
    with pytest.raises(KeyError, match="both_halls"):
        results.quantile("neither_hall", 0.5)
    with pytest.raises(IndexError):
        results.quantile(2, 0.5)
    with pytest.raises(KeyError, match="usable_chips"):
        results.series("chips")


def test_series_of_power_are_in_megawatts(results):
    watts = results.samples()[..., racked.SERIES.index("energised_mw")]
    np.testing.assert_array_equal(results.series("energised_mw"), watts * 1e-6)
    for name in ("usable_chips", "missing_labour"):
        np.testing.assert_array_equal(
            results.series(name), results.samples()[..., racked.SERIES.index(name)]
        )
    assert results.series("energised_mw").max() == 10.0  # the feeder of two_halls


def test_never_is_no_time(scenarios):
    early = racked.read_scenario(scenarios / "two_halls.textproto", edits={"horizon": "2025-05-01"})
    results = racked.run(early, 5)
    assert np.isnat(results.reached).all()
    assert (results.reached_after == racked.NEVER).all()
    assert np.isnat(results.quantile("first_hall", 0.1))
    assert np.isnan(results.milestone_table["days_from_start"]).all()
    assert results.milestone_table["reached"].dtype == "M8[ns]"


def test_parts_merge_to_the_whole(two_halls, results):
    parts = [racked.run(two_halls, range(a, b), seed=7) for a, b in ((40, 60), (0, 13), (13, 40))]
    assert racked.merge(parts) == results
    with pytest.raises(ValueError, match="seed"):
        racked.merge([parts[0], racked.run(two_halls, 3, seed=8)])
    with pytest.raises(ValueError):
        racked.merge([parts[0], parts[0]])
    with pytest.raises(ValueError):
        racked.merge([])


def test_they_travel(results):
    assert pickle.loads(pickle.dumps(results)) == results
    assert copy.deepcopy(results) == results
    assert racked.results_from_bytes(results.to_bytes()) == results
    with pytest.raises(ValueError):
        racked.results_from_bytes(results.to_bytes()[:-1])
