"""One replication: records without copying, the same as in C++, judged, copied, branched."""
import copy
import gc

import numpy as np
import pytest

import racked
from racked.simulation import NONE, RACK_STEPS


@pytest.fixture(scope="module")
def timeline(two_halls):
    return racked.simulate(two_halls, seed=7, replication=5)


def test_it_is_a_row_of_the_experiment(timeline, results):
    np.testing.assert_array_equal(timeline.milestones["at"], results.reached_after[5])
    np.testing.assert_array_equal(timeline.samples, results.samples()[5])
    np.testing.assert_array_equal(timeline.charges, results.charges[5])
    assert timeline.events == results.events[5]
    assert (timeline.seed, timeline.replication) == (7, 5)


def test_records_say_what_happened(timeline, two_halls):
    runs = timeline.task_runs
    shell = runs[runs["task"] == two_halls.tasks.index("example.building.shell")]
    # Nothing holds the shell back: it starts with the first shift, Monday 07:00.
    assert timeline.dates(shell["start"])[0] == np.datetime64("2025-01-06T07:00")
    assert (runs["ready"] <= runs["start"]).all() and (runs["start"] < runs["finish"]).all()
    racks = timeline.racks
    assert len(racks) == 40 and not (racks["hall"] == NONE).any()
    # A rack's own steps follow one another.
    for before, after in zip(range(3), range(1, 4)):
        assert (racks["end"][:, before] <= racks["begin"][:, after]).all()
    assert (racks["end"][:, 3] <= racks["usable"]).all()
    assert racks["begin"].shape == (40, len(RACK_STEPS))
    assert racks["cause"]["kind"].shape == (40, 4)
    assert timeline.flows.shape == (2, 4)
    assert timeline.energisations["available"].max() == 10_000_000


def test_records_are_views(two_halls):
    timeline = racked.simulate(two_halls)
    names = ["task_runs", "goods", "goods_losses", "energisations", "flows", "lots", "racks", "repairs",
             "outages", "darkness", "strikes", "lost_days", "milestones", "charges", "samples", "waits"]
    for name in names:
        array = getattr(timeline, name)
        assert not array.flags.writeable, name
        assert array.size == 0 or not array.flags.owndata, name
    racks, before = timeline.racks, timeline.racks.copy()
    del timeline
    gc.collect()
    racked.simulate(two_halls, 1, 1)
    assert (racks == before).all()


def test_tables_name_things(timeline):
    tasks, racks = timeline.task_table(), timeline.rack_table()
    assert tasks["task"][0] == "example.building.shell"
    assert set(racks["hall"]) == {"example.building.hall_1", "example.building.hall_2"}
    assert racks["usable"].dtype == "M8[ns]"
    chain = timeline.critical_chain("both_halls")
    np.testing.assert_array_equal(chain["from"][1:], chain["to"][:-1])
    assert chain["to"][-1] == timeline.dates(timeline.milestones["at"])[1]
    assert set(chain["kind"]) <= {"plan", "task", "order", "feeder", "crew", "delivery", "deployment"}


def test_audit(timeline, two_halls, scenarios):
    assert racked.audit(two_halls, timeline) == []
    fewer = racked.make_model(
        racked.read_scenario(two_halls.scenario, edits={"crew[electricians].headcount": 25})
    )
    findings = racked.audit(fewer, timeline)
    assert findings and "crew" in findings[0].rule


def test_a_simulation_is_a_value(two_halls, timeline):
    one = racked.Simulation(two_halls, 7, 5)
    one.run_until("2025-06-01")
    assert one.now == np.datetime64("2025-06-01")
    two = copy.copy(one)
    one.run()
    two.run()
    for simulation in (one, two):
        assert (simulation.timeline().racks == timeline.racks).all()


def test_other_futures_and_branches(two_halls, timeline):
    other = racked.Simulation(two_halls, 7, 5)
    other.run_until("2025-03-01")
    other.draw_future(1)
    other.run()
    assert (other.timeline().milestones["at"] != timeline.milestones["at"]).any()
    same = racked.Simulation(two_halls, 7, 5)
    same.run_until("2025-03-01")
    same.continue_by(racked.make_model(two_halls.scenario))
    same.run()
    assert (same.timeline().racks == timeline.racks).all()
    longer = racked.read_scenario(two_halls.scenario, edits={"horizon": "2026-02-01"})
    with pytest.raises(ValueError, match="horizon"):
        same.continue_by(racked.make_model(longer))


def test_critical_path(two_halls):
    path = racked.critical_path(two_halls)
    assert len(path.tasks) == len(two_halls.tasks)
    assert path.longest[0] == "example.building.shell"
    assert path.finish == two_halls.start + path.tasks["early_finish"].max()
    critical = [two_halls.tasks[i] for i in np.flatnonzero(path.tasks["critical"])]
    assert set(path.longest) <= set(critical)
