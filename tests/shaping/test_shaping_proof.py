"""A proof says where it differs."""

from htb_classes import htb_class
from hypothesis import given
from hypothesis import strategies as st
from ledgers import revision

from shaping.drivers.base import Reading
from shaping.drivers.linux.kernel import State
from shaping.drivers.linux.nft import Interfaces
from shaping.drivers.linux.readings import reading
from shaping.proof import problems, proof_body
from shaping.queues import Queue


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
