"""What drives a milestone and what is worth making better, with the command's numbers."""
import signal
import subprocess
import threading

import numpy as np
import pytest

import racked


@pytest.mark.parametrize("method, size", [("tornado", 20), ("morris", 4), ("sobol", 16)])
def test_sensitivity_says_what_the_command_says(command, scenarios, two_halls, tmp_path, method, size):
    study = racked.sensitivity(two_halls, "both_halls", method, size, seed=7)
    study.write(tmp_path / "python")
    subprocess.run(
        [command, "sensitivity", scenarios / "two_halls.textproto", "-m", "both_halls", "--method", method,
         "-n", str(size), "--seed", "7", "--out", tmp_path / "command"],
        check=True,
        capture_output=True,
    )
    for file in ("sensitivity.csv", "sensitivity.json"):
        assert (tmp_path / "python" / file).read_bytes() == (tmp_path / "command" / file).read_bytes()
    rows = study.inputs.rows()
    assert [row["input"] for row in rows] == [row["input"] for row in study.summary["inputs"]]
    if method == "sobol":
        assert all(row["total_low"] <= row["total"] <= row["total_high"] for row in rows)
    if method == "tornado":
        np.testing.assert_allclose(
            study.inputs["swing_days"], study.inputs["p90_days"] - study.inputs["p10_days"]
        )


def test_fixes_say_what_the_command_says(command, scenarios, two_halls, tmp_path):
    unpriced = racked.fixes(two_halls.scenario, "both_halls", 20, seed=7, most=3)
    assert list(unpriced.values["days_gained"]) == sorted(unpriced.values["days_gained"], reverse=True)
    assert np.isnan(unpriced.values["usd"]).all()
    what = unpriced.values["what"][-1]
    priced = racked.fixes(two_halls.scenario, "both_halls", 20, seed=7, most=3, prices={what: 2e6})
    first = priced.values.rows()[0]
    assert first["what"] == what
    assert first["days_per_million_usd"] == pytest.approx(first["days_gained"] / 2)
    priced.write(tmp_path / "python")
    subprocess.run(
        [command, "fixes", scenarios / "two_halls.textproto", "-m", "both_halls", "-n", "20", "--seed", "7",
         "--most", "3", "--price", f"{what}=2e6", "--out", tmp_path / "command"],
        check=True,
        capture_output=True,
    )
    for file in ("fixes.csv", "fixes.json"):
        assert (tmp_path / "python" / file).read_bytes() == (tmp_path / "command" / file).read_bytes()


def test_what_makes_no_sense_is_refused(two_halls):
    with pytest.raises(ValueError, match="did you mean 'both_halls'"):
        racked.sensitivity(two_halls, "both_hall")
    with pytest.raises(ValueError, match="tornado, morris and sobol"):
        racked.sensitivity(two_halls, "both_halls", "guess")
    with pytest.raises(ValueError, match="crew\\[technicians\\]"):
        racked.fixes(two_halls.scenario, "both_halls", 5, prices={"crew[technician]": 1e6})
    with pytest.raises(ValueError):
        racked.fixes(two_halls.scenario, "both_halls", 5, shorter=1)
    with pytest.raises(FileNotFoundError):
        racked.fixes("no such scenario.textproto", "m")


def test_progress_may_stop_a_study(two_halls):
    told = []
    with pytest.raises(RuntimeError, match="stopped"):
        racked.sensitivity(
            two_halls, "both_halls", "sobol", 1 << 14, progress=lambda at: told.append(at.done) or False
        )
    assert len(told) == 1


def test_an_interrupt_leaves_a_study_at_once(two_halls):
    import _thread

    began = threading.Event()

    def interrupt():
        began.wait()
        _thread.interrupt_main()

    threading.Thread(target=interrupt, daemon=True).start()
    # What was started in the background of a shell without job control would ignore it.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            racked.sensitivity(two_halls, "both_halls", "sobol", 1 << 16, progress=lambda at: began.set())
    finally:
        signal.signal(signal.SIGINT, before)
