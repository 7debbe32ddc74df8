"""A clock that was set back: no chain's times run backwards, and the rights journal says so once."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path

import pytest
from tracker_office import DIVISION, HEAD, MONDAY, request
from tracker_site import NOW, Site

from request_tracker.cases import Desk, OpenCase, Sign, Supplied, history, read_case, run
from request_tracker.config import Office
from request_tracker.custody.shipping import SENT, last
from request_tracker.custody.upkeep import audit
from request_tracker.inbox.entries import hand_in, read_entry
from request_tracker.inbox.sorting import ask_back
from request_tracker.ledger import allocations
from request_tracker.ledger.allocation import Allocation
from request_tracker.ledger.allocations import Change
from request_tracker.letters.making import facts_of
from request_tracker.letters.press.signers import mark
from request_tracker.letters.sop_files import shipped_sops
from request_tracker.people.accounts import NewAccount, add_user
from request_tracker.people.rights_report import RightsFilter, field_changes, rights_rows
from request_tracker.reports.export import export
from request_tracker.store.acting import JOB, Acting, acting_as
from request_tracker.store.chain import WAITED, stamp
from request_tracker.store.clock import SET_BACK, watch_clock
from request_tracker.store.rights_journal import RightsAct, record

HOUR, YEAR = timedelta(hours=1), timedelta(days=365)
LEAPS = [HOUR, timedelta(days=2), YEAR]
LAST_ACCOUNT = "SELECT data FROM rights_journal WHERE seq = (SELECT max(seq) FROM rights_journal)"
PKL_BW = next(sop for sop in shipped_sops() if sop.code == "PKL-BW")
TEN = Allocation(1_250_000, 1_250_000, 1_250_000, 1_250_000)


def still(at: datetime) -> Callable[[], datetime]:
    """A clock that stands."""
    return lambda: at


def set_backs(desk: Desk) -> list[dict[str, str]]:
    rows = desk.store.rows("SELECT data FROM rights_journal WHERE kind = ? ORDER BY seq", [SET_BACK])
    return [json.loads(row["data"]) for row in rows]


def times(desk: Desk, table: str, key: str, column: str = "recorded_at") -> list[str]:
    return [row["at"] for row in desk.store.rows(f"SELECT {column} AS at FROM {table} ORDER BY {key}")]


def account(desk: Desk, login: str, at: datetime) -> None:
    """An account made at that moment: a line of the rights journal."""
    with acting_as(Acting("user:1", JOB, still(at))):
        add_user(desk.store, NewAccount(login, "Orang", ("technician",), "sandi-yang-panjang"), at)


def hand_in_at(desk: Desk, at: datetime) -> int:
    """A request that lands in the inbox; the number of its entry."""
    form = {"opd": "dinkes", "wanted_receive": "50", "purpose": "uji"}
    command = OpenCase("PKL-BW", "Penambahan", "dinkes", form=form, documents={"surat": Supplied(note="menyusul")})
    return int(hand_in(desk, command, "request", at).receipt.removeprefix("TT-"))


def announce(desk: Desk, now: datetime) -> None:
    with desk.store.transaction() as db:
        allocations.write(desk.store, db, [Change("dinkes", TEN, "user:1", None, "uji")], now)


@pytest.mark.parametrize("back", [HOUR, YEAR])
def test_an_act_on_a_case_after_the_clock_was_set_back_is_said_once(desk: Desk, back: timedelta) -> None:
    number = request(desk)
    run(desk, number, Sign("PKL-B-02", note="proses"), HEAD, MONDAY - back)
    (line,) = set_backs(desk)
    assert line == {
        "from": MONDAY.isoformat(timespec="microseconds"),
        "to": (MONDAY - back).isoformat(timespec="microseconds"),
    }
    run(desk, number, Sign("PKL-B-03", note="proses"), DIVISION, MONDAY - back + timedelta(minutes=5))
    assert len(set_backs(desk)) == 1 and audit(desk) == []


@pytest.mark.parametrize("back", LEAPS)
def test_no_chain_runs_backwards_however_far_and_beside_it_stands_what_the_clock_showed(
    desk: Desk, back: timedelta
) -> None:
    number, later = request(desk), MONDAY - back
    ahead, entry = desk.store.value("SELECT max(recorded_at) FROM events"), hand_in_at(desk, MONDAY)
    announce(desk, MONDAY)
    account(desk, "sebelum", MONDAY)
    case = run(desk, number, Sign("PKL-B-02", note="proses"), HEAD, later)
    announce(desk, later)
    ask_back(desk, entry, "Untuk apa?", "user:7", later)
    account(desk, "sesudah", later)
    for table, key in (("events", "id"), ("ledger", "id"), ("rights_journal", "seq"), ("inbox_acts", "id")):
        recorded = times(desk, table, key, "at" if table == "inbox_acts" else "recorded_at")
        assert recorded == sorted(recorded) and recorded[-1] >= ahead, table
    signed = next(event for event in history(desk, number) if event.kind == "signed" and event.step == "PKL-B-02")
    assert (signed.occurred_at, signed.written_at) == (later, later) and signed.recorded_at == MONDAY
    # Dates of people and promises go by the clock, never by the chain.
    assert case.open_steps[-1].entered_at == later and read_entry(desk, entry).acts[-1].at == later
    assert json.loads(desk.store.value(LAST_ACCOUNT))["clock"] == stamp(later)
    assert audit(desk) == []


def test_a_carried_time_makes_no_signature_a_paper_one_and_no_event_an_afterthought(site: Site) -> None:
    number = site.request().number
    run(site.desk, number, Sign("PKL-B-02", note="proses"), HEAD, NOW - YEAR)
    facts = facts_of(site.desk, Office(), read_case(site.desk, number), PKL_BW, NOW)
    signed = next(event for event in facts.history if event.kind == "signed" and event.step == "PKL-B-02")
    assert mark(facts, signed).startswith("Ditandatangani dalam pelacak")
    site.enter("head_of_office")
    assert "dicatat susulan" not in site.get(f"/kasus/{number}")


def test_a_backup_that_was_sent_while_the_clock_was_ahead_is_no_fresh_one(desk: Desk) -> None:
    request(desk)
    first = last(desk.store, SENT, MONDAY)
    for at in (MONDAY + YEAR * 30, MONDAY + HOUR):
        with desk.store.transaction() as db, acting_as(Acting("system", JOB, still(at))):
            record(db, RightsAct(SENT, "backup:a.zip", {"bytes": 1}))
        # The second line's time is carried on; its age is the clock's.
        expected = first if at > MONDAY + YEAR else at.timestamp()
        assert last(desk.store, SENT, MONDAY + 2 * HOUR) == expected
    assert times(desk, "rights_journal", "seq")[-1] > stamp(MONDAY + YEAR)


def test_the_journal_is_asked_for_and_shown_by_what_the_clock_showed(desk: Desk) -> None:
    account(desk, "maju", MONDAY + YEAR * 30)
    account(desk, "benar", MONDAY + HOUR)
    wanted = RightsFilter(since=MONDAY, until=MONDAY + 2 * HOUR)
    rows = [row for row in rights_rows(desk.store, wanted) if row["kind"] == "account_made"]
    assert len(rows) == 1
    assert any(change.name.indonesian == "jam mesin" for change in field_changes(rows[0]))


def test_who_has_waited_for_another_set_no_clock_back(desk: Desk) -> None:
    number = request(desk)
    run(desk, number, Sign("PKL-B-02", note="proses"), HEAD, MONDAY - WAITED)
    recorded = [event.recorded_at for event in history(desk, number)]
    assert set_backs(desk) == [] and recorded == sorted(recorded)


def test_the_ledger_is_not_written_backwards_and_says_so(desk: Desk) -> None:
    announce(desk, MONDAY)
    announce(desk, MONDAY - HOUR)
    recorded = times(desk, "ledger", "id")
    assert recorded == sorted(recorded) and len(set(recorded[-2:])) == 1
    assert len(set_backs(desk)) == 1 and allocations.chain_faults(desk.store) == []


def test_beside_a_carried_time_of_the_ledger_stands_what_the_clock_showed_under_the_chain(desk: Desk) -> None:
    for at in (MONDAY, MONDAY - WAITED, MONDAY - HOUR, MONDAY + HOUR):
        announce(desk, at)
    rows = desk.store.rows("SELECT recorded_at, clock, effective_at FROM ledger WHERE reason = 'uji' ORDER BY id")
    # Who has waited for another's turn set no clock back. What stood ahead of a set back clock is restated in rows of
    # their own.
    assert [clock for clock, _ in groupby(rows, lambda row: row["clock"])] == [None, stamp(MONDAY - HOUR), None]
    carried = next(row for row in rows if row["clock"])
    # What was decided is in force by the clock.
    assert carried["recorded_at"] == stamp(MONDAY) and carried["effective_at"] == stamp(MONDAY - HOUR)
    assert audit(desk) == []
    with desk.store.transaction() as db:
        db.execute("DROP TRIGGER ledger_no_update")
        db.execute("UPDATE ledger SET clock = ? WHERE clock IS NOT NULL", [stamp(MONDAY)])
    assert any("its content does not give its hash" in fault for fault in allocations.chain_faults(desk.store))


def test_the_ledgers_table_for_a_spreadsheet_has_the_machines_clock_in_a_column(desk: Desk, tmp_path: Path) -> None:
    announce(desk, MONDAY)
    announce(desk, MONDAY - HOUR)
    export(desk, "ledger", tmp_path / "buku.csv")
    head, *rows = (tmp_path / "buku.csv").read_text(encoding="utf-8-sig").splitlines()
    place = head.split(";").index("Jam mesin (WIB)")
    # Eight o'clock in Jakarta; the opening balance was written by a clock that was right.
    assert (rows[0].split(";")[place], rows[-1].split(";")[place]) == ("", "23-11-2026 08.00.00")


def test_the_rights_journal_is_not_written_backwards_whichever_door_a_line_came_by(desk: Desk) -> None:
    for at in (MONDAY + YEAR * 10, MONDAY + YEAR * 10 - HOUR):
        with acting_as(Acting("user:1", JOB, still(at))):
            add_user(desk.store, NewAccount(f"orang{at:%H}", "Orang", ("technician",), "sandi-yang-panjang"), MONDAY)
    recorded = times(desk, "rights_journal", "seq")
    assert recorded == sorted(recorded) and len(set(recorded[-2:])) == 1
    assert audit(desk) == []


def test_a_set_back_is_said_also_where_nobody_acts_after_it(desk: Desk) -> None:
    request(desk)
    now = MONDAY + YEAR * 20
    with acting_as(Acting("system", JOB, lambda: now)):
        add_user(desk.store, NewAccount("orang", "Orang", ("technician",), "sandi-yang-panjang"), now)
        assert not watch_clock(desk.store, now)
        assert [watch_clock(desk.store, now - HOUR) for _ in range(3)] == [True, False, False]
    assert len(set_backs(desk)) == 1
    with acting_as(Acting("system", JOB, lambda: now)):
        assert watch_clock(desk.store, now - 2 * HOUR)
    assert len(set_backs(desk)) == 2 and audit(desk) == []
