"""In every job of the tracker one row that cannot be worked on keeps no other row waiting, whatever is wrong."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from receivers import Heard, config
from test_tracker_pauses import at_btm_05
from tracker_office import (
    DIVISION,
    EVIDENCE,
    FIFTY,
    HEAD,
    MONDAY,
    SECRETARIAT,
    SECTION,
    TECHNICIAN,
    VERIFIED,
    request,
    true_proof,
    walk_to,
)
from tracker_site import NOW, Site

from request_tracker.capacity.registration import register_pending
from request_tracker.capacity.waiting_list import ListChange, put_on_list, tell_of_room
from request_tracker.cases import ApplyAllocation, Cancel, Desk, Note, Pause, Sign, Who, read_case, run
from request_tracker.cases.proofs import record_proof
from request_tracker.errors import NotStored
from request_tracker.evidence.limit import METRICS
from request_tracker.evidence.prometheus import Prometheus
from request_tracker.ledger.allocations import as_data
from request_tracker.notifications.delivery import send_outbox
from request_tracker.notifications.reminders import end_pauses, remind
from request_tracker.outages.follow import escalate, follow_calls, follow_estimates
from request_tracker.outages.outage_reports import OutageRecord
from request_tracker.outages.reported import end_reported
from request_tracker.outages.tickets import reconcile
from request_tracker.people import privacy
from request_tracker.people.accounts import NewAccount, add_user
from request_tracker.people.addresses import set_address
from request_tracker.people.retention import erase_due
from request_tracker.store.outbox import Notice, Outgoing, put
from runtime.rows import RowsFailed

# Apprise loads every plug-in at its first use, and one of them still imports a module that Python 3.13 drops.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FILLED = {"spesifikasi": "50 Mbit/s", "peruntukan": "layanan", "jumlah_pengguna": "80"}
REPORT = {"description": "putus sejak pagi", "contact_name": "Nama", "contact_phone": "08"}
ROOTS = ("agg-timur", "agg-selatan", "isp-a")


def minutes(count: float) -> datetime:
    return MONDAY + timedelta(minutes=count)


@dataclass(frozen=True)
class Limits(Prometheus):
    """A Prometheus that has scraped the limits of FIFTY."""

    url: str | None = None

    def first_value(self, expression: str, at: float | None = None) -> float | None:
        """The limit asked for, of whatever office."""
        return as_data(FIFTY)[next(key for key, (_, metric) in METRICS.items() if metric in expression)]


def requester_of(desk: Desk, number: str) -> Who:
    """The person behind a case's secret link."""
    return Who(str(read_case(desk, number).contact), frozenset({"requester"}))


def proven(desk: Desk, opd: str) -> str:
    """BTM walked until its allocation is proven in force."""
    number = request(desk, "BTM-BW", MONDAY - HOUR, opd=opd)
    acts = [(HEAD, Sign("BTM-02")), (DIVISION, VERIFIED), (SECTION, Sign("BTM-04", assignee=TECHNICIAN))]
    found = Sign("BTM-06", decision="tersedia", documents={"analisa": EVIDENCE})
    filled = Sign("BTM-05", form=FILLED)
    fills = [(TECHNICIAN, Sign("BTM-05")), (requester_of(desk, number), filled), (TECHNICIAN, found)]
    walk_to(desk, number, [*acts, *fills], MONDAY - HOUR)
    run(desk, number, ApplyAllocation("BTM-08", FIFTY), TECHNICIAN, MONDAY)
    record_proof(desk, true_proof(desk, MONDAY), MONDAY + timedelta(seconds=15))
    return number


def refused(desk: Desk, opd: str) -> str:
    """A request of Kaltim's SOP that ended as not available, on the waiting list."""
    number = request(desk, "KTM-BW", opd=opd)
    acts = [
        (SECRETARIAT, Sign("KTM-02")),
        (HEAD, Sign("KTM-02")),
        (DIVISION, Sign("KTM-03")),
        (SECTION, Sign("KTM-03")),
        (SECTION, Sign("KTM-04", note="periksa", assignee=TECHNICIAN)),
        (TECHNICIAN, Sign("KTM-05", documents={"cek": EVIDENCE})),
        (TECHNICIAN, Sign("KTM-06", decision="tidak_tersedia", documents={"mon": EVIDENCE})),
    ]
    walk_to(desk, number, acts)
    put_on_list(desk, read_case(desk, number), ListChange(True), TECHNICIAN, MONDAY + HOUR)
    return number


def told(root: str, at: datetime = MONDAY) -> OutageRecord:
    return OutageRecord(root, "link", "link_down", ("rsud",), at.timestamp(), None, "watch")


def outages(desk: Desk) -> list[str]:
    return reconcile(desk, [told(root) for root in ROOTS], MONDAY)


def damage(desk: Desk, number: str) -> None:
    """One case whose events nobody can read any more, as a bad sector would leave them."""
    triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'events'"
    with desk.store.transaction() as db:
        for row in desk.store.rows(triggers):
            db.execute(f"DROP TRIGGER {row['name']}")
        db.execute("UPDATE events SET data = '{' WHERE case_id = (SELECT id FROM cases WHERE number = ?)", [number])


@dataclass(frozen=True)
class Rows:
    """Three rows of a job, its first damaged by its number; and the job, whose answers begin with such numbers."""

    make: Callable[[Desk], list[str]]
    job: Callable[[Desk], Any]


def with_note(kind: str, data: dict[str, Any]) -> Callable[[Desk], list[str]]:
    def make(desk: Desk) -> list[str]:
        numbers = outages(desk)
        for number in numbers:
            run(desk, number, Note(kind, data), TECHNICIAN, minutes(1))
        return numbers

    return make


def paused(desk: Desk) -> list[str]:
    numbers = [at_btm_05(desk) for _ in range(3)]
    for number in numbers:
        run(desk, number, Pause("BTM-05", "menunggu_pemohon", until=MONDAY + 3 * HOUR), TECHNICIAN, MONDAY + HOUR)
    return numbers


def ended(desk: Desk) -> list[str]:
    numbers = [request(desk) for _ in range(3)]
    for number in numbers:
        run(desk, number, Cancel("tidak jadi"), requester_of(desk, number), MONDAY + HOUR)
    return numbers


ROWS = {
    "escalate": Rows(outages, lambda desk: escalate(desk, minutes(1))),
    "estimates": Rows(
        with_note("recovery_estimate", {"estimate": minutes(30).isoformat()}),
        lambda desk: follow_estimates(desk, minutes(31)),
    ),
    "calls": Rows(
        with_note("isp_contact", {"isp": "ISP Contoh", "next_call": minutes(30).isoformat()}),
        lambda desk: follow_calls(desk, minutes(31)),
    ),
    "remind": Rows(lambda desk: [request(desk) for _ in range(3)], lambda desk: remind(desk, minutes(46))),
    "end_pauses": Rows(paused, lambda desk: end_pauses(desk, MONDAY + 5 * HOUR)),
    "registration": Rows(
        lambda desk: [proven(desk, opd) for opd in ("dinkes", "rsud")],
        lambda desk: register_pending(desk, Limits(), MONDAY + HOUR),
    ),
}


def numbers_of(results: list[Any]) -> set[str]:
    return {result[0] if isinstance(result, tuple) else result for result in results}


@pytest.mark.parametrize("name", ROWS)
def test_a_damaged_case_keeps_no_other_row_of_the_job_waiting(desk: Desk, name: str) -> None:
    rows = ROWS[name]
    bad, *others = rows.make(desk)
    damage(desk, bad)
    with pytest.raises(RowsFailed) as failed:
        rows.job(desk)
    assert failed.value.rows == {bad}
    assert numbers_of(failed.value.results) == set(others) and others


def test_a_damaged_case_keeps_no_other_from_being_erased_in_its_time(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers, later = ended(desk), MONDAY + timedelta(days=400)
    damage(desk, numbers[0])
    assert erase_due(desk, 365, later - 2 * DAY) == numbers[1:], "its events do not say whose it was"
    numbers = ended(desk)
    erase = privacy.erase_person

    def unlucky(desk: Desk, number: str, now: datetime, why: str) -> None:
        if number == numbers[0]:
            raise KeyError(number)
        erase(desk, number, now, why)

    monkeypatch.setattr("request_tracker.people.retention.erase_person", unlucky)
    with pytest.raises(RowsFailed) as failed:
        erase_due(desk, 365, later)
    assert failed.value.rows == {numbers[0]} and failed.value.results == numbers[1:]


def number_in(page: str) -> str:
    return str(re.findall(r'id="nomor">([^<]+)<', page)[0])


def test_a_damaged_case_of_the_waiting_list_keeps_the_next_one_from_nothing(desk: Desk) -> None:
    bad, *others = [refused(desk, opd) for opd in ("dinkes", "rsud", "disdik")]
    damage(desk, bad)
    with pytest.raises(RowsFailed) as failed:
        tell_of_room(desk, MONDAY + DAY)
    assert failed.value.rows == {bad} and failed.value.results == others[:1]


def test_a_reported_outage_whose_case_is_damaged_keeps_no_other_from_ending(site: Site) -> None:
    numbers = []
    for opd in ("dinkes", "disdik"):
        number = number_in(site.post("/lapor", opd=opd, **REPORT, key=opd).text)
        run(site.desk, number, Cancel("sudah menyala"), requester_of(site.desk, number), datetime.now(UTC))
        numbers.append(number)
    damage(site.desk, numbers[0])
    with pytest.raises(RowsFailed) as failed:
        end_reported(site.desk, datetime.now(UTC))
    assert failed.value.rows == {numbers[0]} and failed.value.results == numbers[1:]


def test_a_message_that_cannot_be_made_waits_behind_the_others_and_says_why(
    desk: Desk, tmp_path: Path, chat: Heard
) -> None:
    user = add_user(desk.store, NewAccount("teknisi", "Teknisi", ("technician",), "sandi-yang-panjang"), MONDAY)
    set_address(desk.store, user, "chat:4", ("chat",), MONDAY)
    with desk.store.transaction() as db:
        for number in range(3):
            put(
                db,
                Outgoing(f"k{number}", f"user:{user}", Notice("step_waiting", f"UJI/{number}", "Uji", "uji")),
                MONDAY,
            )
        db.execute("UPDATE outbox SET payload = '{' WHERE key = 'k0'")
    with pytest.raises(RowsFailed) as failed:
        send_outbox(desk, config(tmp_path, "chat"), MONDAY)
    assert len(failed.value.results) == 2 and len(chat.told) == 2
    row = desk.store.row("SELECT * FROM outbox WHERE key = 'k0'") or {}
    assert row["attempts"] == 1 and "could not be tried" in row["error"] and row["leased_until"] is None
    assert send_outbox(desk, config(tmp_path, "chat"), MONDAY) == 0


def test_a_store_that_takes_no_more_ends_a_job_at_once_and_is_not_asked_for_every_row(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    outages(desk)
    asked: list[str] = []

    def full(_: Desk, row: dict[str, Any], *__: object) -> None:
        asked.append(row["number"])
        raise NotStored("store_full", "tracker.db", "disk full")

    monkeypatch.setattr("request_tracker.outages.follow._call", full)
    with pytest.raises(NotStored):
        escalate(desk, minutes(1))
    assert len(asked) == 1


def test_a_damaged_case_keeps_no_other_from_having_its_deadlines_moved_by_a_holiday(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    numbers = [str(site.request().number) for _ in range(3)]
    for number in numbers:
        run(site.desk, number, Sign("PKL-B-02"), HEAD, NOW)
    due = read_case(site.desk, numbers[0]).open_steps[0].due_at
    assert due is not None
    site.enter("secretariat")
    damage(site.desk, numbers[0])
    day = site.desk.calendar.local(due).date().isoformat()
    assert site.post("/hari-libur", day=day, name="Hari jadi kota").status_code == 302
    moved = (
        "SELECT DISTINCT c.number FROM events e JOIN cases c ON c.id = e.case_id WHERE e.kind = 'deadline_recomputed'"
    )
    assert [row["number"] for row in site.desk.store.rows(moved)] == numbers[1:]
    assert f"event=deadline_not_moved case={numbers[0]}" in caplog.text
