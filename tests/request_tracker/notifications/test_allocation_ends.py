"""The end of a temporary allocation: the old rate is proven again, and office and technician are told once."""

import json
from datetime import UTC, date, datetime, timedelta

from case_refusals import refused
from tracker_office import FIFTY, MONDAY, TECHNICIAN, request, to_technician, true_proof

from request_tracker.cases import ApplyAllocation, Desk, read_case, run
from request_tracker.cases.proofs import record_proof
from request_tracker.ledger import allocations
from request_tracker.notifications.allocation_ends import tell_allocation_ends

LAST = date(2026, 11, 26)
# The end of that day in Jakarta, seven hours before the end of it in UTC.
END = datetime(2026, 11, 26, 17, tzinfo=UTC)
TICK = timedelta(microseconds=1)


def granted(desk: Desk, last: date = LAST) -> str:
    number = request(desk)
    to_technician(desk, number, FIFTY, last)
    run(desk, number, ApplyAllocation("PKL-B-04"), TECHNICIAN, MONDAY)
    return number


def told(desk: Desk) -> list[tuple[str, dict[str, str]]]:
    rows = desk.store.rows("SELECT recipient, payload FROM outbox WHERE key LIKE 'allocation_over:%' ORDER BY id")
    return [(row["recipient"], json.loads(row["payload"])) for row in rows]


def test_office_and_technician_are_told_at_the_end_and_once(desk: Desk) -> None:
    number = granted(desk)
    assert tell_allocation_ends(desk, END - TICK) == [] and told(desk) == []
    assert tell_allocation_ends(desk, END) == ["dinkes"]
    assert tell_allocation_ends(desk, END + timedelta(hours=1)) == []
    case = read_case(desk, number)
    assert [to for to, _ in told(desk)] == [case.contact, TECHNICIAN.person]
    said = told(desk)[0][1]
    assert said["title"] == "Berakhir 27-11-2026 00.00 WIB" and said["number"] == number
    assert "kembali ke unduh 10 Mbit/s (jaminan 2 Mbit/s)" in said["subject"]


def test_the_proof_after_the_end_shows_the_old_rate(desk: Desk) -> None:
    before = allocations.allocation_of(desk.store, "dinkes", MONDAY)
    granted(desk)
    during, after = true_proof(desk, END - TICK), true_proof(desk, END)
    assert record_proof(desk, during, END - TICK).matches and record_proof(desk, after, END).matches
    assert after["revision"] == during["revision"] + 1 and before is not None
    read = {row["direction"]: row["ceiling"] for row in after["readback"] if row["opd"] == "dinkes"}
    assert read == {"receive": before.receive_ceiling, "transmit": before.transmit_ceiling}
    # Whoever still had the event's rate would not be in force.
    assert not record_proof(desk, {**after, "readback": during["readback"]}, END).matches


def test_an_end_that_a_newer_decision_has_replaced_is_not_told(desk: Desk) -> None:
    granted(desk)
    with desk.store.transaction() as db:
        change = allocations.Change("dinkes", FIFTY, "user:4", None, "tetap")
        allocations.write(desk.store, db, [change], MONDAY + timedelta(days=1))
    assert tell_allocation_ends(desk, END) == []


def test_an_end_of_long_ago_is_no_news(desk: Desk) -> None:
    granted(desk)
    assert tell_allocation_ends(desk, END + timedelta(days=8)) == []


def test_a_rate_written_without_a_case_is_told_to_the_offices_contact(desk: Desk) -> None:
    with desk.store.transaction() as db:
        change = allocations.Change("rsud", FIFTY, "user:4", None, "uji")
        allocations.write(desk.store, db, [change], MONDAY, END)
    assert tell_allocation_ends(desk, END) == ["rsud"]
    assert [to for to, _ in told(desk)] == ["opd:rsud", "role:technician"]


def test_an_end_in_the_past_is_never_applied(desk: Desk) -> None:
    number = request(desk)
    to_technician(desk, number, FIFTY, LAST)
    error = refused(desk, number, ApplyAllocation("PKL-B-04"), TECHNICIAN, (END - MONDAY) / timedelta(days=1))
    assert error.code == "bad_field" and "sudah lewat" in error.text("id")
