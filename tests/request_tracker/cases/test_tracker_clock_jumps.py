"""A clock that jumps and a database that is held: messages still go, nobody is locked out, nothing told is lost."""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from tracker_office import (
    DIVISION,
    HEAD,
    LETTER,
    MONDAY,
    REQUESTER,
    SECTION,
    TECHNICIAN,
    WANTED,
    request,
)
from tracker_site import NOW, PASSWORD, Site

from request_tracker import worker
from request_tracker.cases import Desk, OpenCase, Sign, case_by_token, history, open_case, read_case, run
from request_tracker.config import TrackerConfig
from request_tracker.custody.upkeep import audit
from request_tracker.notifications import delivery
from request_tracker.notifications.delivery import send_outbox
from request_tracker.outages.answer_links import make_link, read_link
from request_tracker.people.accounts import NewAccount, add_user, check_password
from request_tracker.people.links import new_link, whose
from request_tracker.people.sessions import begin_session, session_user
from request_tracker.people.throttle import FREE_TRIES
from request_tracker.store.chain import stamp
from runtime.jobs import Jobs
from runtime.supervision import JobThread

YEAR = timedelta(days=365)
HOUR = timedelta(hours=1)
KEY = b"k" * 32
FORM = {"opd": "dinkes", "wanted_receive": "50", "purpose": "SIMRS", "contact_name": "Nama", "contact_phone": "08"}


def settings(folder: Path) -> TrackerConfig:
    return TrackerConfig(inventory=Path("c.yaml"), database=folder / "t.db", files=folder / "files")


def waiting(desk: Desk) -> int:
    """Messages in the queue; here nobody has an address, so what is taken up leaves it."""
    return int(desk.store.value("SELECT count(*) FROM outbox WHERE sent_at IS NULL AND next_at > ''"))


@contextmanager
def held(site: Site) -> Iterator[None]:
    """Another program that writes and does not end; the pages lose their patience sooner than usual."""
    site.desk.store.db.execute("PRAGMA busy_timeout=20")
    other = sqlite3.connect(site.desk.store.path)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.rollback()
        other.close()


@pytest.mark.parametrize("jump", [YEAR, -YEAR])
def test_X_AUD_a_case_worked_on_over_a_clock_that_jumps_and_comes_back_verifies(desk: Desk, jump: timedelta) -> None:
    first = request(desk)
    run(desk, first, Sign("PKL-B-02", note="proses"), HEAD, MONDAY + jump)
    second = request(desk, now=MONDAY + jump)
    third = request(desk, now=MONDAY + timedelta(hours=1))
    numbers = [row["number"] for row in desk.store.rows("SELECT number FROM cases ORDER BY id")]
    assert numbers == [first, second, third] and len(set(numbers)) == 3
    assert audit(desk) == []


@pytest.mark.parametrize("jump", [HOUR, -HOUR], ids=("ahead", "back"))
def test_X_AUD_the_times_of_a_chain_do_not_run_backwards_over_a_clock_set_an_hour_back(
    desk: Desk, jump: timedelta
) -> None:
    number = request(desk)
    for minute, (who, act) in enumerate([(HEAD, "PKL-B-02"), (DIVISION, "PKL-B-03"), (SECTION, "PKL-B-03")]):
        wrong = jump if minute == 1 else timedelta()
        named = TECHNICIAN if who is SECTION else None
        run(desk, number, Sign(act, note="proses", assignee=named), who, MONDAY + timedelta(minutes=minute) + wrong)
    events = history(desk, number)
    times = [event.recorded_at for event in events]
    assert times == sorted(times)
    assert [step.id for step in read_case(desk, number).open_steps] == ["PKL-B-04"]
    assert audit(desk) == []


def test_after_a_clock_was_a_year_ahead_the_chain_goes_on_and_the_steps_go_by_the_clock(desk: Desk) -> None:
    number = request(desk, now=MONDAY + YEAR)
    case = run(desk, number, Sign("PKL-B-02", note="proses"), HEAD, MONDAY)
    last = history(desk, number)[-1]
    assert (last.recorded_at, last.written_at) == (MONDAY + YEAR, MONDAY) and audit(desk) == []
    due = case.open_steps[-1].due_at
    assert case.open_steps[-1].entered_at == MONDAY and due is not None and due < MONDAY + timedelta(days=30)


@pytest.mark.parametrize("jump", [HOUR, -HOUR], ids=("ahead", "back"))
def test_sessions_and_links_go_on_over_a_clock_that_jumps_an_hour_and_comes_back(desk: Desk, jump: timedelta) -> None:
    user = add_user(desk.store, NewAccount("orang", "Orang", ("technician",), PASSWORD), MONDAY)
    # In this order: a new link for a password ends the sessions that there are.
    link, session = new_link(desk.store, user, MONDAY + jump), begin_session(desk.store, user, MONDAY + jump)
    wish = OpenCase("PKL-BW", "uji", "dinkes", form=WANTED, documents={"surat": LETTER})
    opened = open_case(desk, wish, REQUESTER, MONDAY)
    answer = make_link(KEY, opened.number, user, 1, MONDAY + jump)
    for now in (MONDAY + jump, MONDAY, MONDAY + jump, MONDAY + timedelta(minutes=5)):
        assert session_user(desk.store, session, now) == user
        assert whose(desk.store, link, now) == user
        assert case_by_token(desk, str(opened.token), now) == opened.number
        assert read_link(desk, KEY, answer, now)[0].user == user


def test_messages_written_while_the_clock_was_ahead_go_at_once_when_it_is_right(desk: Desk, tmp_path: Path) -> None:
    request(desk, now=MONDAY + YEAR)
    assert waiting(desk) == 2
    send_outbox(desk, settings(tmp_path), MONDAY)
    assert waiting(desk) == 0


def test_a_message_leased_while_the_clock_was_ahead_is_not_held_for_a_year(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request(desk)
    with monkeypatch.context() as patch:
        patch.setattr(delivery, "targets_of", lambda *_: sys.exit(1))
        with pytest.raises(SystemExit):
            send_outbox(desk, settings(tmp_path), MONDAY + YEAR)
    send_outbox(desk, settings(tmp_path), MONDAY)
    assert waiting(desk) == 0


def test_a_lease_of_another_worker_is_kept_while_the_clock_is_right(desk: Desk, tmp_path: Path) -> None:
    request(desk)
    with desk.store.transaction() as db:
        db.execute("UPDATE outbox SET leased_until = ?", [stamp(MONDAY + delivery.LEASE)])
    send_outbox(desk, settings(tmp_path), MONDAY)
    assert waiting(desk) == 2


def test_an_account_locked_while_the_clock_was_ahead_opens_when_it_is_right(desk: Desk) -> None:
    user = add_user(desk.store, NewAccount("orang", "Orang", ("technician",), PASSWORD), MONDAY)
    for _ in range(FREE_TRIES):
        check_password(desk.store, "orang", "salah-sekali", MONDAY + YEAR)
    assert check_password(desk.store, "orang", PASSWORD, MONDAY + YEAR) is None
    assert check_password(desk.store, "orang", PASSWORD, MONDAY) == user


def test_outages_are_asked_for_by_a_clock_that_cannot_jump(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[datetime] = []
    wall, ticks = [MONDAY], count(0.0, worker.EVERY_SECONDS / 4)
    monkeypatch.setattr(worker, "datetime", type("Clock", (), {"now": staticmethod(lambda _: wall[-1])}))

    def none_known(desk: Desk, config: TrackerConfig, now: datetime) -> list[object]:
        asked.append(now)
        return []

    monkeypatch.setattr(worker, "known_outages", none_known)
    at_work = JobThread(Jobs(worker.PART, worker.table(desk, settings(tmp_path))))
    for _ in range(9):
        tick = next(ticks)
        monkeypatch.setattr("runtime.supervision.time.monotonic", lambda tick=tick: tick)
        at_work.round()
        wall.append(MONDAY - YEAR)
    assert asked == [MONDAY, MONDAY - YEAR, MONDAY - YEAR]


def test_PKL_B_01_a_held_database_is_told_on_the_form_and_the_same_form_sent_again_is_taken_once(site: Site) -> None:
    with held(site):
        answer = site.post("/permohonan", key="k", **FORM)
        assert answer.status_code == 503 and "dipakai proses lain" in answer.text
        assert FORM["purpose"] in answer.text and "t.db" not in answer.text
    assert [site.post("/permohonan", key="k", **FORM).status_code for _ in range(2)] == [200, 200]
    assert site.desk.store.value("SELECT count(*) FROM inbox") == 1


def test_a_step_signed_while_the_database_is_held_is_told_and_stays_open(site: Site) -> None:
    number = site.request().number
    site.enter("head_of_office")
    page = f"/kasus/{number}"
    with held(site):
        answer = site.post(f"{page}/langkah/PKL-B-02", page, act="sign", note="proses")
        assert answer.status_code == 503 and "Belum tersimpan" in answer.text
        site.client.get("/bahasa/en")
        assert "Not stored" in site.post(f"{page}/langkah/PKL-B-02", page, act="sign", note="proses").text
    assert site.post(f"{page}/langkah/PKL-B-02", page, act="sign", note="proses").status_code == 302


@pytest.mark.parametrize("page", ["/masuk", "/lapor", "/pengaduan", "/setup"])
def test_every_form_without_an_account_tells_that_nothing_was_stored(site: Site, page: str) -> None:
    add_user(site.desk.store, NewAccount("orang", "Orang", ("technician",), PASSWORD), NOW)
    given = {"login": "orang", "password": PASSWORD, "again": PASSWORD, "name": "Nama", "token": "x", "act": "another"}
    given |= {"opd": "dinkes", "description": "putus", "contact_name": "Nama", "contact_phone": "08", "subject": "uji"}
    with held(site):
        answer = site.post(page, **given)
    assert (answer.status_code, "Belum tersimpan" in answer.text, "t.db" in answer.text) == (503, True, False)
