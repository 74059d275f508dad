"""A scenario is read from whatever it stands in, and everything wrong with it comes at once."""
import pickle

import pytest

import racked

SMALL = """
name: "small"
start: "2025-01-06"
horizon: "2025-06-01"
campus { id: "c" }
"""


def test_every_form_is_the_same_scenario(scenarios):
    path = scenarios / "two_halls.textproto"
    read = racked.read_scenario(path)
    assert read.name == "two_halls"
    assert len(read.hash) == 16
    forms = {
        "str path": str(path),
        "text": path.read_text(),
        "canonical text": read.to_text(),
        "text as bytes": path.read_bytes(),
        "scenario": read,
    }
    for form, source in forms.items():
        assert racked.read_scenario(source).hash == read.hash, form
    assert racked.parse_scenario(path.read_text()).hash == read.hash
    assert pickle.loads(pickle.dumps(read)).hash == read.hash


def test_messages_and_dicts(scenarios):
    pytest.importorskip("google.protobuf")
    read = racked.read_scenario(scenarios / "rainier.textproto")
    message = read.to_message()
    assert message.name == "rainier"
    assert racked.read_scenario(message).hash == read.hash
    assert racked.read_scenario(read.to_dict()).hash == read.hash
    message.campus[0].pue = 1.5
    assert racked.read_scenario(message).hash != read.hash


def test_a_dict_is_json():
    scenario = racked.read_scenario(
        {"name": "small", "start": "2025-01-06", "horizon": "2025-06-01", "campus": [{"id": "c"}]}
    )
    assert scenario.hash == racked.read_scenario(SMALL).hash


def test_edits_and_overlays(scenarios, tmp_path):
    path = scenarios / "two_halls.textproto"
    edited = racked.read_scenario(path, edits={"crew[electricians].headcount": 20})
    overlay = tmp_path / "fewer.textproto"
    overlay.write_text('crew { id: "electricians" headcount: 20 }')
    assert racked.read_scenario(path, [overlay]).hash == edited.hash
    read = racked.read_scenario(path)
    assert edited.hash != read.hash
    assert racked.read_scenario(read, edits=[("crew[electricians].headcount", "20")]).hash == edited.hash


def test_all_problems_come_at_once_with_their_places():
    with pytest.raises(racked.ScenarioError) as caught:
        racked.read_scenario('name: "a"\nstart: "2025-13-01"\nhorizn: "2026-01-01"\ncampus { }\n')
    error = caught.value
    assert isinstance(error, ValueError)
    # The unknown field, and what make_model would have said besides: no day 2025-13-01, no horizon.
    assert len(error.problems) >= 3
    unknown = [problem for problem in error.problems if "horizn" in problem.message + problem.path]
    assert (unknown[0].file, unknown[0].line, unknown[0].column) == ("scenario", 3, 1)
    assert "horizon" in unknown[0].message
    assert str(error).count("\n") == len(error.problems) - 1
    assert str(unknown[0]).startswith("scenario:3:1: ")
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == str(error)


def test_problems_of_meaning_come_with_make_model():
    scenario = racked.read_scenario(SMALL + 'task_that: "is unknown"\n' * 0)
    edited = racked.read_scenario(scenario, edits={"horizon": "2024-01-01"})
    with pytest.raises(racked.ScenarioError, match="horizon"):
        racked.make_model(edited)


def test_what_is_no_scenario():
    with pytest.raises(FileNotFoundError):
        racked.read_scenario("no_such_file.textproto")
    with pytest.raises(TypeError):
        racked.read_scenario(7)
    with pytest.raises(racked.ScenarioError):
        racked.read_scenario(b"\x00\x01\x02")
