"""The ledger: append-only, as-of by time, its revision and hash, admission, and what must hold for any history."""

import hashlib
import json
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tracker_office import CALENDAR, CITY, FIFTY, MBIT, MONDAY

from inventory.admission import RatePair
from request_tracker.cases import Allocation, Desk
from request_tracker.errors import Refused
from request_tracker.ledger import allocations
from request_tracker.store.chain import stamp
from request_tracker.store.database import DatabaseError, Store, migrate

OPDS = [opd.code for opd in CITY.opds][:3]
DAY = timedelta(days=1)


def write(store: Store, opd: str, rate: int, at: datetime, until: datetime | None = None) -> int:
    change = allocations.Change(opd, Allocation(rate, rate, rate, rate), "user:4", "PKL-BW/2026/000001", "uji")
    with store.transaction() as db:
        return allocations.write(store, db, [change], at, until)


def ceiling(store: Store, opd: str, at: datetime) -> int | None:
    found = allocations.allocation_of(store, opd, at)
    return found.receive_ceiling if found else None


def test_X_AUD_rows_of_the_ledger_cannot_be_changed_or_deleted(desk: Desk) -> None:
    for statement in ("UPDATE ledger SET receive_ceiling = 1", "DELETE FROM ledger"):
        with pytest.raises(DatabaseError, match="append-only"), desk.store.transaction() as db:
            db.execute(statement)


def test_the_answer_to_the_shaper_has_the_interfaces_form(desk: Desk) -> None:
    answer = allocations.current_allocations(desk.store, MONDAY)
    first = answer["allocations"][0]
    assert list(first) == ["opd", "receive", "transmit", "case"]
    assert [row["opd"] for row in answer["allocations"]] == sorted(opd.code for opd in CITY.opds)
    text = json.dumps(answer["allocations"], sort_keys=True, separators=(",", ":"))
    assert answer["hash"] == hashlib.sha256(text.encode()).hexdigest()


def test_an_empty_ledger_has_revision_zero(tmp_path: Path) -> None:
    store = Store(tmp_path / "t.db")
    migrate(store)
    assert allocations.current_allocations(store, MONDAY)["revision"] == 0
    assert allocations.allocation_of(store, "dinkes", MONDAY) is None
    store.close()


def test_a_temporary_allocation_gives_back_what_was_before(desk: Desk) -> None:
    before = ceiling(desk.store, "dinkes", MONDAY)
    first = write(desk.store, "dinkes", 50 * MBIT, MONDAY, MONDAY + DAY)
    assert ceiling(desk.store, "dinkes", MONDAY) == 50 * MBIT
    assert ceiling(desk.store, "dinkes", MONDAY + DAY) == before
    assert allocations.revision_at(desk.store, MONDAY + DAY) == first + 1


def test_the_end_of_a_temporary_allocation_does_not_undo_a_newer_decision(desk: Desk) -> None:
    write(desk.store, "dinkes", 50 * MBIT, MONDAY, MONDAY + 2 * DAY)
    write(desk.store, "dinkes", 30 * MBIT, MONDAY + DAY)
    assert ceiling(desk.store, "dinkes", MONDAY + 3 * DAY) == 30 * MBIT


def tampered(desk: Desk, column: str, value: object, row: int) -> list[str]:
    """The faults that the chain shows once somebody has written into the file past the triggers."""
    with desk.store.transaction() as db:
        for name in (row["name"] for row in desk.store.rows("SELECT name FROM sqlite_master WHERE type = 'trigger'")):
            db.execute(f'DROP TRIGGER "{name}"')
        db.execute(f"UPDATE ledger SET {column} = ? WHERE id = ?", [value, row])
    return allocations.chain_faults(desk.store)


def test_X_AUD_a_row_written_over_does_not_give_its_hash(desk: Desk) -> None:
    for column, value in (("receive_ceiling", 1), ("reason", "lain"), ("effective_at", "2020"), ("actor", "user:9")):
        assert "ledger row 2: its content does not give its hash" in tampered(desk, column, value, 2)


def test_X_AUD_a_row_that_follows_another_one_is_named(desk: Desk) -> None:
    assert tampered(desk, "previous_hash", "0" * 64, 2) == [
        "ledger row 2: does not follow the row before it",
        "ledger row 2: its content does not give its hash",
    ]


def test_X_AUD_a_row_with_a_hash_of_its_own_breaks_the_one_after_it(desk: Desk) -> None:
    assert tampered(desk, "hash", "f" * 64, 1) == [
        "ledger row 1: its content does not give its hash",
        "ledger row 2: does not follow the row before it",
    ]


def test_what_the_shaper_is_told_is_in_force_since_the_newest_batch(desk: Desk) -> None:
    write(desk.store, "dinkes", 50 * MBIT, MONDAY, MONDAY + DAY)
    answers = [allocations.current_allocations(desk.store, MONDAY + days * DAY) for days in (-40, 0, 1)]
    assert [(answer["revision"], answer["approved_at"]) for answer in answers] == [
        (0, None),
        (2, MONDAY.timestamp()),
        (3, (MONDAY + DAY).timestamp()),
    ]
    (row,) = [row for row in answers[1]["allocations"] if row["opd"] == "dinkes"]
    rates = {"guaranteed": 50 * MBIT, "ceiling": 50 * MBIT}
    assert row == {"opd": "dinkes", "receive": rates, "transmit": rates, "case": "PKL-BW/2026/000001"}


def test_the_promises_of_rows_are_told_by_direction(desk: Desk) -> None:
    change = allocations.Change("dinkes", FIFTY, "user:4", None, "uji")
    with desk.store.transaction() as db:
        allocations.write(desk.store, db, [change], MONDAY)
    rows = [row for row in allocations.rows_in_force(desk.store, MONDAY) if row["opd"] == "dinkes"]
    assert allocations.promised(rows, "receive") == (RatePair(10 * MBIT, 50 * MBIT),)
    assert allocations.promised(rows, "transmit") == (RatePair(4 * MBIT, 20 * MBIT),)


def test_every_batch_has_the_next_number_and_says_who_when_why(desk: Desk) -> None:
    write(desk.store, "dinkes", 50 * MBIT, MONDAY, MONDAY + DAY)
    rows = desk.store.rows("SELECT * FROM ledger WHERE batch > 1 ORDER BY id")
    assert [(row["batch"], row["effective_at"]) for row in rows] == [(2, stamp(MONDAY)), (3, stamp(MONDAY + DAY))]
    assert {(row["recorded_at"], row["actor"]) for row in rows} == {(stamp(MONDAY), "user:4")}
    assert [row["reason"] for row in rows] == ["uji", "akhir masa sementara PKL-BW/2026/000001"]
    assert allocations.head(desk.store) == rows[-1]["hash"] and rows[1]["previous_hash"] == rows[0]["hash"]


BAD = [
    Allocation(31_999, MBIT, MBIT, MBIT),
    Allocation(2 * MBIT, MBIT, MBIT, MBIT),
    Allocation(MBIT, 201 * MBIT, MBIT, MBIT),
    Allocation(MBIT, MBIT, 175 * MBIT, 175 * MBIT),
]


@pytest.mark.parametrize("wanted", BAD)
def test_KTM_05_rates_out_of_bounds_or_guarantees_above_95_percent_are_refused(desk: Desk, wanted: Allocation) -> None:
    with pytest.raises(Refused) as found:
        allocations.admit(desk.store, CITY, allocations.Wish("dinkes", wanted, "alasan"), MONDAY)
    assert found.value.code == "admission"


def test_KTM_05_the_last_guarantee_that_fits_is_admitted(desk: Desk) -> None:
    free = 190 * MBIT - 11 * 2 * MBIT
    fits = Allocation(free, 200 * MBIT, MBIT, MBIT)
    allocations.admit(desk.store, CITY, allocations.Wish("dinkes", fits, "alasan"), MONDAY)
    with pytest.raises(Refused):
        allocations.admit(
            desk.store, CITY, allocations.Wish("dinkes", Allocation(free + 1, 200 * MBIT, MBIT, MBIT), "alasan"), MONDAY
        )


def test_PKL_B_GAP1_an_admitted_change_needs_no_reason_where_the_ceilings_fit(desk: Desk) -> None:
    allocations.admit(desk.store, CITY, allocations.Wish("dinkes", FIFTY, ""), MONDAY)


CHANGES = st.lists(st.tuples(st.sampled_from(OPDS), st.integers(1, 40), st.integers(0, 3)), min_size=1, max_size=12)


@settings(max_examples=30, deadline=None)
@given(CHANGES)
def test_KTM_07b_the_ledger_as_of_any_time_equals_the_replay(changes: list[tuple[str, int, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "t.db")
        migrate(store)
        at, replay, expected, revisions = MONDAY, {}, [], []
        for opd, rate, hours in changes:
            at += timedelta(hours=hours, seconds=1)
            write(store, opd, rate * MBIT, at)
            replay[opd] = rate * MBIT
            expected.append((at, dict(replay)))
            revisions.append(allocations.revision_at(store, at))
        for moment, rates in expected:
            assert {row["opd"]: row["receive_ceiling"] for row in allocations.rows_in_force(store, moment)} == rates
        assert revisions == list(range(1, len(changes) + 1))
        assert allocations.chain_faults(store) == []
        store.close()


def test_the_calendar_of_the_tests_knows_the_holidays() -> None:
    assert len(CALENDAR.closed) > 80
