"""Rules written in Python decide; what they raise fails their replication only."""
import numpy as np
import pytest

import racked


def first_written(model, timeline, waiting):
    return 0.0


def last_written_first(model, timeline, waiting):
    assert model.tasks[waiting.task] == waiting.name
    assert 0 <= waiting.ready <= waiting.now
    return -waiting.task


def looks_back(model, timeline, waiting):
    finished = timeline.task_runs["finish"] != racked.NEVER
    return float(np.count_nonzero(finished))


def test_a_dispatch_rule_decides(scenarios):
    # One crew that can do one fit-out at a time: who goes first?
    narrow = racked.make_model(
        racked.read_scenario(
            scenarios / "two_halls.textproto", edits={"crew[electricians].headcount": 25}
        )
    )

    def first_fit_out(policies):
        runs = racked.simulate(narrow, policies=policies).task_runs
        names = [narrow.tasks[row] for row in runs["task"]]
        return next(name for name in names if "fit_out" in name)

    assert first_fit_out(None) == "example.building.fit_out_1"
    assert first_fit_out(racked.Policies("last", last_written_first)) == "example.building.fit_out_2"
    assert racked.audit(narrow, racked.simulate(narrow, policies=racked.Policies("x", looks_back))) == []


def test_results_know_their_policies(two_halls, results):
    policies = racked.Policies("first written", first_written)
    ours = racked.run(two_halls, 60, seed=7, policies=policies)
    assert ours == racked.run(two_halls, 60, seed=7, policies=policies, threads=1)
    assert ours.scenario_hash != results.scenario_hash
    # The rule of two_halls is first come, first served; here nothing hangs on it.
    np.testing.assert_array_equal(ours.reached, results.reached)
    with pytest.raises(ValueError, match="scenario"):
        racked.merge([ours, racked.run(two_halls, (60, 61), seed=7)])


def test_what_a_rule_raises_fails_its_replication(two_halls):
    def sometimes(model, timeline, waiting):
        if timeline.replication % 3 == 1:
            raise KeyError("no idea")
        return 0.0

    results = racked.run(two_halls, 9, policies=racked.Policies("sometimes", sometimes))
    assert [failure.replication for failure in results.failures] == [1, 4, 7]
    assert "KeyError" in results.failures[0].message and "no idea" in results.failures[0].message
    assert len(results) == 6
    bad = racked.run(two_halls, 1, policies=racked.Policies("text", lambda *arguments: "first"))
    assert "number" in bad.failures[0].message
    with pytest.raises(RuntimeError, match="no idea"):
        racked.simulate(two_halls, replication=1, policies=racked.Policies("sometimes", sometimes))


def test_a_timeline_kept_is_gone(two_halls):
    kept = []
    racked.simulate(
        two_halls, policies=racked.Policies("keep", lambda m, timeline, w: kept.append(timeline) or 0.0)
    )
    with pytest.raises(RuntimeError, match="gone"):
        kept[0].task_runs


TWO_CAMPUSES = """
name: "shares" start: "2025-01-06" horizon: "2025-12-31"
crew { id: "technicians" headcount: 10 }
product { id: "p" chips_per_rack: 8 kw_per_rack: 10 install { hours { fixed: 1 } crew: "technicians" } }
building_design {
  id: "d"
  hall { id: "h" product: "p" racks: 8 feeder: "f" }
  feeder { id: "f" capacity_mw: 1 }
  task { id: "t" work_days { fixed: 1 }
         effect { provides: SPACE } effect { provides: COOLING } effect { provides: NETWORK }
         effect { provides: COMMISSIONING } effect { energise: "f" } }
}
campus { id: "a" feeder { id: "g" capacity_mw: 5 energised { date: "2025-01-06" } }
         building { id: "b" design: "d" fed_by: "g" } }
campus { id: "z" feeder { id: "g" capacity_mw: 5 energised { date: "2025-01-06" } }
         building { id: "b" design: "d" fed_by: "g" } }
supply_line {
  id: "line" product: "p" lot_racks: 2 total_chips: 64
  rate { from: "2025-01-06" chips_per_month: 480 }
  stage { kind: SHIPPING cycle_days { fixed: 1 } }
  share { campus: "a" weight: 1 } share { campus: "z" weight: 1 }
}
"""


def test_an_allocation_rule_decides(supplied):
    asked = []

    def all_to_the_last(model, line, given):
        asked.append((line, given))
        return len(given) - 1

    timeline = racked.simulate(supplied, policies=racked.Policies("last", allocate=all_to_the_last))
    campuses = [name for name, weight in supplied.shares_of(0)]
    # Four lots of two racks, all to the last campus: so many were given before each.
    assert asked == [(0, (0.0, 2.0 * i)) for i in range(4)]
    assert len(campuses) == 2 and len(timeline.racks) == 8
    wrong = racked.run(supplied, 1, policies=racked.Policies("wrong", allocate=lambda m, l, given: 7))
    assert len(wrong.failures) == 1


@pytest.fixture
def supplied():
    return racked.make_model(TWO_CAMPUSES)
