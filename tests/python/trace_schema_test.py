"""Traces as Perfetto's own schema reads them: the package `perfetto` carries it."""

import subprocess

import pytest

@pytest.fixture(scope="module")
def schema():
    return pytest.importorskip("perfetto.protos.perfetto.trace.perfetto_trace_pb2")


@pytest.fixture(scope="module")
def packets(tmp_path_factory, command, scenarios, schema):
    file = tmp_path_factory.mktemp("trace") / "two_tenants.pftrace"
    subprocess.run(
        [command, "trace", scenarios / "two_tenants.textproto", "--seed", "1", "--replication", "4"]
        + ["--out", file],
        check=True,
        capture_output=True,
    )
    trace = schema.Trace()
    trace.ParseFromString(file.read_bytes())
    return trace.packet


def unknown(message):
    """Fields of a message, and of those in it, that the schema does not know."""
    from google.protobuf.unknown_fields import UnknownFieldSet

    count = len(UnknownFieldSet(message))
    for field, value in message.ListFields():
        if field.message_type is not None:
            for part in [value] if hasattr(value, "ListFields") else value:
                count += unknown(part)
    return count


def tracks(packets):
    return {p.track_descriptor.uuid: p.track_descriptor for p in packets if p.HasField("track_descriptor")}


def test_the_schema_knows_every_field(packets):
    assert len(packets) > 100
    assert sum(unknown(packet) for packet in packets) == 0


def test_tracks_have_parents_and_events_have_tracks(packets, schema):
    known = tracks(packets)
    assert all(not t.parent_uuid or t.parent_uuid in known for t in known.values())
    events = [p.track_event for p in packets if p.HasField("track_event")]
    assert all(event.track_uuid in known for event in events)
    kinds = {event.type for event in events}
    assert kinds == {
        schema.TrackEvent.TYPE_SLICE_BEGIN,
        schema.TrackEvent.TYPE_SLICE_END,
        schema.TrackEvent.TYPE_INSTANT,
        schema.TrackEvent.TYPE_COUNTER,
    }


def test_every_arrow_has_two_ends(packets):
    begun, ended = set(), set()
    for packet in packets:
        begun.update(packet.track_event.flow_ids)
        ended.update(packet.track_event.terminating_flow_ids)
    assert begun and begun == ended


def test_counters_have_their_units(packets):
    units = {t.name: t.counter.unit_name for t in tracks(packets).values() if t.HasField("counter")}
    assert units["usable_racks"] == "racks"
    assert units["usable_facility_mw"] == "MW"
    assert units["developer"] == "USD"
    # What the cloud has paid for forty racks of about 3 M$.
    ids = {t.name: uuid for uuid, t in tracks(packets).items()}
    cash = [
        p.track_event.double_counter_value
        for p in packets
        if p.HasField("track_event") and p.track_event.track_uuid == ids["chip_maker"]
    ]
    assert 40 * 2.8e6 <= cash[-1] <= 40 * 3.6e6
    assert cash == sorted(cash)
