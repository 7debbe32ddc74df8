"""Messages of the direct engine: every value comes back whatever the answer's shape, hostile bytes are refused."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.snmp.wire import ber
from exporter.snmp.wire.ber import Value
from exporter.snmp.wire.message import LOWEST_ID, GetRequest, ResponsePdu, SubtreeWalk

NUMBER = LOWEST_ID + 77
OIDS = st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=12).map(lambda arcs: ".".join(map(str, (1, 3, *arcs))))
UNSIGNED = st.sampled_from((ber.COUNTER32, ber.GAUGE32, ber.TICKS, ber.COUNTER64))
VALUES = st.one_of(
    st.tuples(UNSIGNED, st.integers(0, 2**64 - 1)).map(lambda made: (ber.integer(made[1], made[0]), made[1])),
    st.integers(-(2**31), 2**31 - 1).map(lambda number: (ber.integer(number), number)),
    st.binary(max_size=300).map(lambda text: (ber.tlv(ber.OCTETS, text), text)),
    OIDS.map(lambda oid: (ber.oid(oid), oid)),
    st.sampled_from((ber.NULL, ber.NO_SUCH_OBJECT, ber.NO_SUCH_INSTANCE)).map(lambda tag: (ber.tlv(tag, b""), None)),
)
TABLES = st.dictionaries(OIDS, VALUES, min_size=1, max_size=50)


def response(rows: list[tuple[str, bytes]], status: int = 0, community: bytes = b"lab") -> bytes:
    binds = ber.sequence(*(ber.sequence(ber.oid(oid), value) for oid, value in rows))
    pdu = ber.sequence(ber.integer(NUMBER), ber.integer(status), ber.integer(0), binds, tag=ber.RESPONSE)
    return ber.sequence(ber.integer(1), ber.tlv(ber.OCTETS, community), pdu)


@given(TABLES, st.randoms())
def test_every_value_comes_back_in_whatever_order(table: dict[str, tuple[bytes, Value | None]], chance: object) -> None:
    request, rows = GetRequest("lab", list(table)), [(oid, value) for oid, (value, _) in table.items()]
    there = {oid: value for oid, (_, value) in table.items() if value is not None}
    for order in (rows, rows[::-1]):
        answer = ResponsePdu(response(order))
        assert (answer.number, answer.status) == (NUMBER, 0)
        assert request.read(answer) == there


@pytest.mark.parametrize(
    ("value", "is_counter"),
    [
        (ber.integer(2**31 - 1, ber.COUNTER32), True),
        (ber.integer(2**32 - 1, ber.COUNTER32), True),
        (ber.tlv(ber.COUNTER32, b"\xff\xff\xff\xff"), True),
        (ber.integer(2**32, ber.COUNTER32), False),
        (ber.integer(2**64 - 1, ber.COUNTER64), True),
        (ber.integer(2**64, ber.COUNTER64), False),
        (ber.integer(5), False),
        (ber.integer(-5), False),
        (ber.integer(500), False),
    ],
)
def test_a_number_of_another_type_or_beyond_its_range_is_told_from_a_counter(value: bytes, is_counter: bool) -> None:
    for rows in ([("1.3.1", value)], [("1.3.2", value), ("1.3.1", value)]):
        number = GetRequest("lab", ["1.3.1"]).read(ResponsePdu(response(rows)))["1.3.1"]
        assert isinstance(number, int)
        assert isinstance(number, ber.Integer) is not is_counter


@given(TABLES, st.integers(0, 49))
def test_an_answer_cut_short_by_the_agent_gives_what_is_there(
    table: dict[str, tuple[bytes, Value | None]], kept: int
) -> None:
    rows = [(oid, value) for oid, (value, _) in table.items()][:kept]
    told = GetRequest("lab", list(table)).read(ResponsePdu(response(rows)))
    assert told == {oid: table[oid][1] for oid, _ in rows if table[oid][1] is not None}


@given(TABLES, st.data())
def test_a_broken_answer_is_a_value_error_and_never_another_objects_value(
    table: dict[str, tuple[bytes, Value | None]], data: st.DataObject
) -> None:
    whole = bytearray(response([(oid, value) for oid, (value, _) in table.items()]))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    broken = bytes(whole[: data.draw(st.integers(0, len(whole)))])
    with suppress(ValueError):
        assert set(GetRequest("lab", list(table)).read(ResponsePdu(broken))) <= set(table)


@given(st.binary(max_size=200))
def test_bytes_that_are_no_snmp_are_a_value_error_or_no_answer_to_anything(data: bytes) -> None:
    with suppress(ValueError):
        GetRequest("lab", ["1.3.6.1.2.1.1.3.0"]).read(ResponsePdu(data))


@given(st.binary(max_size=200), st.binary(max_size=40))
def test_a_walks_answer_never_leaves_its_table(data: bytes, inside: bytes) -> None:
    walk = SubtreeWalk("lab", "1.3.6.1.2.1.31")
    whole = response([("1.3.6.1.2.1.31.1", ber.tlv(ber.OCTETS, inside))]) if inside else data
    with suppress(ValueError):
        rows, _ = walk.rows(ResponsePdu(whole))
        assert all(oid.startswith("1.3.6.1.2.1.31.") for _, oid, _ in rows)


@pytest.mark.parametrize("community", [b"lab", b"\xa2\x02\x01", b"x" * 200])
def test_a_community_of_any_bytes_hides_nothing(community: bytes) -> None:
    answer = ResponsePdu(response([("1.3.6.1.2.1.1.3.0", ber.integer(5, ber.TICKS))], community=community))
    assert GetRequest("lab", ["1.3.6.1.2.1.1.3.0"]).read(answer) == {"1.3.6.1.2.1.1.3.0": 5}


def test_an_error_status_is_seen() -> None:
    assert ResponsePdu(response([], status=1)).status == 1


def test_the_end_of_the_mib_ends_a_walk() -> None:
    end = ("1.3.6.1.2.1.31.1.1.1.1.7", ber.tlv(ber.END_OF_MIB_VIEW, b""))
    rows, over = SubtreeWalk("lab", "1.3.6.1.2.1.31.1.1.1.1").rows(ResponsePdu(response([end])))
    assert (rows, over) == ([], True)
