"""The ledger is checked before anything is touched."""

import hashlib
from typing import Any

import pytest
from ledgers import CITY, ledger, revision

from inventory.ledger_page import page_hash
from request_tracker.store.chain import canonical
from shaping.errors import ShapingError
from shaping.ledger import read_revision


def test_an_approved_revision_is_read() -> None:
    body = ledger(9, dinkes=(625_000, 2_500_000))
    found = read_revision(body, CITY, "isp-utama")
    assert found.rates["dinkes", "receive"].ceiling == 2_500_000
    assert (found.number, found.hash) == (9, body["hash"])


def test_names_beyond_ascii_give_the_hash_that_the_tracker_made() -> None:
    body = ledger(dinkes=(625_000, 2_500_000))
    body["allocations"][0]["case"] = "PKL-BW/2026/Rp\u00e9"
    body["hash"] = hashlib.sha256(canonical(body["allocations"]).encode()).hexdigest()
    assert read_revision(body, CITY, "isp-utama").hash == body["hash"]


def test_every_problem_is_said_each_on_its_line_and_of_its_own_direction() -> None:
    body = ledger(3, dinkes=(12_500_000, 12_500_000), rsud=(12_500_000, 30_000_000))
    for row in body["allocations"]:
        row["transmit"] = {"guaranteed": 625_000, "ceiling": 625_000}
    body["hash"] = hashlib.sha256(canonical(body["allocations"]).encode()).hexdigest()
    with pytest.raises(ShapingError) as found:
        read_revision(body, CITY, "isp-utama")
    assert str(found.value).splitlines() == [
        "ledger: revision 3: rsud receive: 100 Mbit/s guaranteed, 240 Mbit/s at most must lie between 256 kbit/s and"
        " the capacity 200 Mbit/s, in this order",
        "ledger: revision 3: receive: guarantees of 200 Mbit/s are above 95 % of isp-utama (200 Mbit/s)",
    ]


def test_all_strangers_are_named() -> None:
    with pytest.raises(ShapingError, match="names nobody, nowhere, which"):
        revision(nobody=(625_000, 625_000), nowhere=(625_000, 625_000))


@pytest.mark.parametrize(
    ("rates", "said"),
    [
        ({"dinkes": (31_000, 2_500_000)}, "dinkes receive"),
        ({"dinkes": (2_500_000, 625_000)}, "in this order"),
        ({"dinkes": (625_000, 26_000_000)}, "the capacity 200 Mbit/s"),
        ({"dinkes": (12_500_000, 12_500_000), "rsud": (12_500_000, 12_500_000)}, "above 95 % of isp-utama"),
        ({"nobody": (625_000, 625_000)}, "names nobody, which the inventory does not know"),
    ],
)
def test_what_cannot_be_kept_is_refused(rates: dict[str, tuple[int, int]], said: str) -> None:
    with pytest.raises(ShapingError, match=said):
        revision(**rates)


@pytest.mark.parametrize(
    "body",
    [{}, [], None, {"revision": "x", "hash": "", "allocations": []}, {"revision": 1, "hash": "0", "allocations": [{}]}],
)
def test_what_is_no_ledger_is_refused(body: Any) -> None:
    with pytest.raises(ShapingError, match="ledger"):
        read_revision(body, CITY, "isp-utama")


def test_a_ledger_whose_hash_does_not_fit_changes_nothing() -> None:
    body = ledger(dinkes=(625_000, 2_500_000))
    body["allocations"][0]["receive"]["ceiling"] = 9_000_000
    said = f"does not give its hash {body['hash'][:12]}; nothing was changed$"
    with pytest.raises(ShapingError, match=said):
        read_revision(body, CITY, "isp-utama")


@pytest.mark.parametrize("value", [1.5, "625000", None, True])
def test_rates_are_whole_numbers_of_bytes(value: object) -> None:
    body = ledger(dinkes=(625_000, 2_500_000))
    body["allocations"][0]["transmit"]["ceiling"] = value
    body["hash"] = page_hash(body["allocations"])
    with pytest.raises(ShapingError, match="whole bytes per second"):
        read_revision(body, CITY, "isp-utama")


def test_offices_of_another_uplink_are_left_to_its_own_agent() -> None:
    other = CITY.uplinks[0].model_copy(update={"name": "isp-kedua"})
    opds = tuple(opd.model_copy(update={"uplink": "isp-kedua" if opd.code == "rsud" else None}) for opd in CITY.opds)
    city = CITY.model_copy(update={"uplinks": (*CITY.uplinks, other), "opds": opds})
    body = ledger(dinkes=(625_000, 2_500_000), rsud=(650_000, 2_500_000))
    assert {queue.opd for queue in read_revision(body, city, "isp-utama").queues} == {"dinkes"}
    assert read_revision(body, city, "isp-kedua").guaranteed_bytes_per_second == 1_300_000


def test_the_queues_stand_by_office_and_direction() -> None:
    found = revision(rsud=(625_000, 2_500_000), dinkes=(650_000, 2_600_000)).queues
    assert [queue.key for queue in found] == [
        ("dinkes", "receive"),
        ("dinkes", "transmit"),
        ("rsud", "receive"),
        ("rsud", "transmit"),
    ]
    assert found[0].rates == {"guaranteed": 650_000, "ceiling": 2_600_000}
