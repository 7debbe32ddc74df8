"""A proof says where it differs; verdicts are fair."""

import pytest
from htb_classes import htb_class
from hypothesis import given
from hypothesis import strategies as st
from ledgers import revision

from shaping.drivers.base import Reading
from shaping.drivers.linux.kernel import State
from shaping.drivers.linux.machine import reading
from shaping.drivers.linux.nft import Interfaces
from shaping.proof import problems, proof_body, verdict
from shaping.queues import Count, Queue


def test_a_proof_that_differs_from_the_ledger_says_where() -> None:
    found = revision(dinkes=(625_000, 2_500_000))
    other = htb_class(625_000, 1_250_000)
    state = State({"lan": {0x10: other}, "wan": {}}, {}, None)
    read = reading(state, Interfaces("wan", "lan"), {"dinkes": 0x10}, found.queues)
    body = proof_body(found, read, {"agent": "core"})
    assert body["ok"] is False
    assert body["problems"] == [
        "dinkes receive: read back 625000/1250000, wanted 625000/2500000",
        "dinkes transmit: the class 10 is not there",
    ]


@pytest.mark.parametrize(
    ("rate", "drops", "backlog", "expected"),
    [
        (0, 0, 0, "idle"),
        (500_000, 0, 0, "below"),
        (2_450_000, 5, 0, "capped"),
        (700_000, 0, 9, "met"),
        (300_000, 3, 0, "missed"),
    ],
)
def test_verdicts(rate: int, drops: int, backlog: int, expected: str) -> None:
    queue = Queue("dinkes", "receive", 625_000, 2_500_000)
    after = Count(rate * 15, 1, drops, backlog)
    assert verdict(queue, Count(0, 0, 0, 0), after, 15.0) == expected


@pytest.mark.parametrize(
    ("rate", "drops", "backlog", "expected"),
    [
        (999, 0, 0, "idle"),
        (1_000, 0, 0, "below"),
        (999, 1, 0, "missed"),
        (999, 0, 1, "missed"),
        (2_425_000, 1, 0, "capped"),
        (2_424_999, 1, 0, "met"),
        (612_500, 1, 0, "met"),
        (612_499, 1, 0, "missed"),
    ],
)
def test_verdicts_change_at_their_bounds(rate: int, drops: int, backlog: int, expected: str) -> None:
    """Counters do not begin at zero: only what was carried and dropped between the two readings counts."""
    queue = Queue("dinkes", "receive", 625_000, 2_500_000)
    before = Count(7_000_000, 1, 40, 0)
    after = Count(7_000_000 + rate * 15, 1, 40 + drops, backlog)
    assert verdict(queue, before, after, 15.0) == expected


WANTED = revision(dinkes=(625_000, 2_500_000))


def test_a_reading_that_equals_the_ledger_is_a_proof() -> None:
    queues = {queue.key: queue for queue in WANTED.queues}
    read = Reading(queues=queues, missing={}, statement="read back", evidence={"more": 1})
    body = proof_body(WANTED, read, {"agent": "core", "driver": "linux"})
    assert (body["ok"], body["problems"], body["driver"], body["more"]) == (True, [], "linux", 1)
    assert (body["revision"], body["hash"]) == (WANTED.number, WANTED.hash) and "undecided" not in body
    assert body["readback"] == [
        {"opd": "dinkes", "direction": way, "guaranteed": 625_000, "ceiling": 2_500_000}
        for way in ("receive", "transmit")
    ]


def test_what_a_driver_does_not_speak_of_is_no_proof() -> None:
    assert problems(WANTED, Reading(queues={}, missing={}, statement="nothing")) == [
        "dinkes receive: nothing was read",
        "dinkes transmit: nothing was read",
    ]


@given(st.sets(st.sampled_from(WANTED.queues)), st.booleans())
def test_a_proof_is_good_only_where_every_wanted_queue_was_shown(shown: set[Queue], undecided: bool) -> None:
    missing = {queue.key: "nobody knows" for queue in WANTED.queues if queue not in shown}
    read = Reading(
        queues={queue.key: queue for queue in shown},
        missing=missing,
        statement="",
        undecided=frozenset(missing) if undecided else frozenset(),
    )
    assert proof_body(WANTED, read, {})["ok"] is (shown == set(WANTED.queues))


def test_what_nobody_can_say_is_named_by_office_and_direction_and_is_no_proof() -> None:
    keys = [queue.key for queue in WANTED.queues]
    read = Reading(queues={}, missing=dict.fromkeys(keys, "not measured"), statement="", undecided=frozenset(keys))
    body = proof_body(WANTED, read, {})
    assert body["undecided"] == [{"opd": "dinkes", "direction": way} for way in ("receive", "transmit")]
    assert body["problems"] == ["dinkes receive: not measured", "dinkes transmit: not measured"]
