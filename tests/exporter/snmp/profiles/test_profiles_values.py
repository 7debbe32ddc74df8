"""What becomes of a value that is odd, a row that is new, a column that errs - and whose line a port is."""

from dataclasses import replace

import pytest
from snmp_scene import ENGINE, awaited, target

from exporter.metrics import Metric
from exporter.snmp.profiles import metrics as m
from exporter.snmp.profiles.collecting import RELEARN_SECONDS, ProfileReader
from exporter.snmp.profiles.items import item_names, link_of
from exporter.snmp.profiles.model import Profile, RowName
from exporter.snmp.profiles.reading import MOST_ITEMS, read_values
from exporter.snmp.testing.scripted_agent import Manner, ScriptedAgent, start_agent
from exporter.snmp.testing.scripted_objects import device
from exporter.snmp.wire import ber
from exporter.snmp.wire.ber import Value

OID, NAMES = "1.3.6.1.4.1.99999.1.2", "1.3.6.1.4.1.99999.1.1"


def profile(**reading: object) -> Profile:
    usual = {"measures": "signal_receive", "medium": "radio", "oid": OID, "unit": "dBm", "item": {"oid": NAMES}}
    rows = [{**usual, **reading}]
    return Profile.model_validate(
        {"name": "p", "title": "Test", "mib": "TEST-MIB", "applies": {"devices": ["dut"]}, "readings": rows}
    )


def values(rows: dict[str, Value], **reading: object) -> list[float]:
    return [value for _, _, value in read_values(profile(**reading), "dut", {OID: rows}, ()).extras]


@pytest.mark.parametrize("raw", [b"", b"n/a", -9999, 2**31 - 1, 61])
def test_what_is_no_reading_gives_no_sample(raw: Value) -> None:
    assert values({"1": raw}) == []


def test_a_number_is_taken_out_of_text_and_light_of_a_dead_laser_is_no_reading() -> None:
    assert values({"1": b"-65 dBm"}) == [-65]
    assert values({"1": b"Rx: -7.25"}, pattern=r"Rx: (\S+)") == [-7.25]
    assert values({"1": 0, "2": 1}, unit="mW") == [0]


def test_a_state_that_the_profile_does_not_name_is_unknown_and_not_down() -> None:
    assert values({"1": 3, "2": 9}, measures="signal_up", unit="state", values={3: 1}) == [1]


def test_rows_beyond_the_bound_are_left_out_and_counted() -> None:
    rows: dict[str, Value] = {str(n): -60 for n in range(MOST_ITEMS + 3)}
    read = read_values(profile(), "dut", {OID: rows}, ())
    assert (len(read.extras), read.left_out) == (MOST_ITEMS, 3)


def test_rows_of_one_name_are_told_apart_and_no_address_becomes_a_name() -> None:
    name = RowName(oid=NAMES, text="AS")
    names = item_names(
        ["203.0.113.1", "203.0.113.2", "203.0.113.9"], name, {NAMES: {"203.0.113.1": 64500, "203.0.113.2": 64500}}
    )
    assert list(names.values()) == ["64500", "64500 2", "AS 9"]
    assert item_names(["24.232.41.30.48.222"], RowName(text="radio"), {}) == {"24.232.41.30.48.222": "radio 1"}


def test_a_port_belongs_to_the_line_whose_end_it_is() -> None:
    ends = (("Gi1/0/1", "utara"), ("sfp-sfpplus1", "selatan"), ("GPON 0/1/0:5", "kelurahan"))
    names = (
        "GigabitEthernet1/0/1",
        "sfp-sfpplus1",
        "gpon 0/1/0:5",
        "GigabitEthernet1/0/11",
        "sfp-sfpplus11",
        "Te1/0/1",
        "",
    )
    assert [link_of(name, ends) for name in names] == ["utara", "selatan", "kelurahan", "", "", "", ""]


def metric_of(extras: object, metric: Metric) -> dict[str, float]:
    return {labels[-1]: value for m_, labels, value in extras if m_ == metric}  # type: ignore[attr-defined]  # a tuple of Extra


@awaited
async def test_names_are_learnt_seldom_and_at_once_where_a_row_without_a_name_comes() -> None:
    rows = {f"{OID}.1": ber.integer(-60), f"{NAMES}.1": ber.tlv(ber.OCTETS, b"wlan1")}
    scripted = ScriptedAgent({**device(()), **rows}, Manner())
    transport, port = await start_agent(scripted)
    session, reader = ENGINE(target(port)), ProfileReader("dut", [profile()])
    try:
        assert metric_of(await reader.read(session, 0), m.SIGNAL_RECEIVE) == {"wlan1": -60}
        cost = scripted.requests
        await reader.read(session, RELEARN_SECONDS - 1)
        assert scripted.requests - cost < cost
        more = {f"{OID}.2": ber.integer(-61), f"{NAMES}.2": ber.tlv(ber.OCTETS, b"wlan2")}
        scripted.rows = {**scripted.rows, **more}
        assert metric_of(await reader.read(session, 2), m.SIGNAL_RECEIVE) == {"wlan1": -60, "wlan2": -61}
    finally:
        session.close()
        transport.close()


@awaited
async def test_a_column_that_errs_leaves_the_others_and_the_profile_says_so() -> None:
    both = profile()
    broken = both.readings[0].model_copy(update={"oid": "1.3.6.1.4.1.99999.1.3"})
    rows = {f"{OID}.1": ber.integer(-60), "1.3.6.1.4.1.99999.1.3.1": ber.integer(1)}
    scripted = ScriptedAgent({**device(()), **rows}, replace(Manner(), error_columns=("1.3.6.1.4.1.99999.1.3",)))
    transport, port = await start_agent(scripted)
    session = ENGINE(target(port))
    reader = ProfileReader("dut", [both.model_copy(update={"readings": (*both.readings, broken)})])
    try:
        extras = await reader.read(session, 0)
    finally:
        session.close()
        transport.close()
    assert metric_of(extras, m.SIGNAL_RECEIVE) == {"item 1": -60}
    assert metric_of(extras, m.PROFILE_UP) == {"p": 0}
