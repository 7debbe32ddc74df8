"""The little BER there is: what is written is read back, and no bytes at all break the agent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.snmp.testing.farm import QuickAgent
from exporter.snmp.testing.scripted_agent import Manner, ScriptedAgent
from exporter.snmp.testing.scripted_objects import ScriptedInterface, device
from exporter.snmp.wire import ber

ARCS = st.lists(st.integers(0, 2**32 - 1), max_size=30).map(lambda rest: ".".join(map(str, (1, 3, *rest))))
ROWS = device([ScriptedInterface(1, b"e1", in_octets=7)])


@given(st.integers(-(2**63), 2**64 - 1))
def test_a_number_is_read_back(number: int) -> None:
    assert ber.whole(ber.element(ber.integer(number))[1]) == number


@given(ARCS)
def test_an_object_identifier_is_read_back(oid: str) -> None:
    assert ber.dotted(ber.element(ber.oid(oid))[1]) == oid


@given(st.binary(max_size=70_000))
def test_a_content_of_any_length_is_read_back(content: bytes) -> None:
    assert ber.element(ber.tlv(ber.OCTETS, content)) == (ber.OCTETS, content, len(ber.tlv(ber.OCTETS, content)))


@given(st.binary(max_size=60))
def test_any_bytes_are_elements_or_a_value_error(data: bytes) -> None:
    try:
        assert all(0 <= tag < 256 for tag, _ in ber.elements(data))
    except ValueError as error:
        assert str(error)


def get(community: bytes, request: int, *oids: str) -> bytes:
    binds = ber.sequence(*(ber.sequence(ber.oid(oid), ber.tlv(ber.NULL, b"")) for oid in oids))
    pdu = ber.sequence(ber.integer(request), ber.integer(0), ber.integer(0), binds, tag=ber.GET)
    return ber.sequence(ber.integer(1), ber.tlv(ber.OCTETS, community), pdu)


@given(st.binary(max_size=80), st.integers(0, 60))
def test_no_datagram_makes_an_agent_raise(noise: bytes, place: int) -> None:
    whole = get(b"lab", 5, "1.3.6.1.2.1.1.3.0")
    for data in (noise, whole[:place] + noise, whole[:place]):
        for agent in (ScriptedAgent(ROWS), QuickAgent(ROWS)):
            answer = agent.answer(data)
            assert answer is None or data[:1] == b"\x30"


@given(st.integers(0, 2**31 - 1), st.integers(0, 2**31 - 1))
def test_the_farms_kept_answers_are_those_of_the_plain_agent(first: int, second: int) -> None:
    quick = QuickAgent(ROWS)
    for request in (first, second):
        asked = get(b"lab", request, "1.3.6.1.2.1.1.3.0", "1.3.6.1.2.1.31.1.1.1.6.1")
        assert quick.answer(asked) == ScriptedAgent(ROWS).answer(asked)


@pytest.mark.parametrize("community", [b"", b"public", b"LAB"])
def test_a_wrong_community_is_not_answered(community: bytes) -> None:
    assert ScriptedAgent(ROWS, Manner()).answer(get(community, 1, "1.3.6.1.2.1.1.3.0")) is None
