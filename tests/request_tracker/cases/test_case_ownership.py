"""Whose case it is: a proof of one case proves no other, and a requester acts on his own case only."""

from datetime import timedelta

import pytest
from tracker_office import FIFTY, MBIT, MONDAY, TECHNICIAN, request, to_technician, true_proof

from request_tracker.cases import Allocation, ApplyAllocation, Desk, Note, Who, read_case, run
from request_tracker.cases.acts import Cancel
from request_tracker.cases.proofs import record_proof
from request_tracker.errors import Refused

THIRTY = Allocation(10 * MBIT, 30 * MBIT, 5 * MBIT, 20 * MBIT)


def test_PKL_B_04_a_later_proof_of_one_office_does_not_verify_its_other_open_case(desk: Desk) -> None:
    first, second = request(desk), request(desk)
    at = MONDAY + timedelta(hours=1)
    for hour, (number, rates) in enumerate(((first, FIFTY), (second, THIRTY)), start=1):
        to_technician(desk, number, rates)
        at = MONDAY + timedelta(hours=hour)
        run(desk, number, ApplyAllocation("PKL-B-04", rates), TECHNICIAN, at)
    verdict = record_proof(desk, true_proof(desk, at), at + timedelta(seconds=15))
    assert verdict.finished == (second,)
    assert read_case(desk, first).awaiting is not None


def test_a_requester_acts_on_his_own_case_only(desk: Desk) -> None:
    number = request(desk)
    owner = str(read_case(desk, number).contact)
    stranger = Who("contact:9999", frozenset({"requester"}))
    for command in (Cancel("bukan milik saya"), Note("public_comment", {"note": "x"})):
        with pytest.raises(Refused, match="tidak boleh"):
            run(desk, number, command, stranger, MONDAY)
    done = run(desk, number, Cancel("milik saya"), Who(owner, frozenset({"requester"})), MONDAY)
    assert done.ending == "dibatalkan"
