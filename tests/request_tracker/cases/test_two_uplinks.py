"""Two uplinks, each shaped by its own agent: a proof speaks of its own uplink's offices only."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tracker_office import FIFTY, MONDAY, TECHNICIAN, request, to_technician, true_proof

from inventory.model import City
from request_tracker.cases import ApplyAllocation, Desk, read_case, run
from request_tracker.cases.proofs import record_proof
from request_tracker.errors import TrackerError

LATER = MONDAY + timedelta(seconds=15)


def two_uplinks(city: City) -> City:
    """The city with a second uplink on the same device, which carries the education office."""
    second = city.uplinks[0].model_copy(update={"name": "isp-kedua", "interface": "wan2"})
    opds = [opd.model_copy(update={"uplink": "isp-kedua"}) if opd.code == "disdik" else opd for opd in city.opds]
    return city.model_copy(update={"uplinks": (*city.uplinks, second), "opds": tuple(opds)})


def applying(desk: Desk) -> str:
    """A request whose allocation is in the ledger and waits for its proof."""
    number = request(desk)
    to_technician(desk, number)
    run(desk, number, ApplyAllocation("PKL-B-04", FIFTY), TECHNICIAN, MONDAY)
    return number


def proof_of(desk: Desk, uplink: str, offices: set[str]) -> dict[str, Any]:
    """What the agent of one uplink posts: the ledger's hash, its own offices' rates."""
    whole = true_proof(desk, LATER)
    mine = [row for row in whole["readback"] if row["opd"] in offices]
    return {**whole, "agent": f"core/{uplink}", "uplink": uplink, "readback": mine}


def test_PKL_B_04_each_agent_proves_its_own_uplink_and_no_others_case(desk: Desk) -> None:
    desk = replace(desk, city=two_uplinks(desk.city))
    number = applying(desk)
    others = {opd.code for opd in desk.city.opds} - {"disdik"}
    elsewhere = record_proof(desk, proof_of(desk, "isp-kedua", {"disdik"}), LATER)
    assert elsewhere.matches and elsewhere.finished == () and read_case(desk, number).awaiting is not None
    short = record_proof(desk, proof_of(desk, "isp-utama", {"dinkes"}), LATER)
    assert not short.matches and "rsud receive: nothing read back" in short.problems
    whole = record_proof(desk, proof_of(desk, "isp-utama", others), LATER)
    assert whole.matches and whole.finished == (number,)


def test_a_proof_of_an_uplink_that_carries_nobody_proves_nothing(desk: Desk) -> None:
    applying(desk)
    found = record_proof(desk, proof_of(desk, "isp-lain", {"dinkes"}), LATER)
    assert found.problems == ("uplink isp-lain carries no office of the inventory",) and not found.finished
    with pytest.raises(TrackerError, match="uplink must be a name"):
        record_proof(desk, {**true_proof(desk, LATER), "uplink": 5}, LATER)
