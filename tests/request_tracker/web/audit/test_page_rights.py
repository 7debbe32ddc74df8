"""The auditor's page of the rights journal: what changed between two dates, by person and kind, and its export."""

import csv
import functools
import json
import re
from datetime import datetime, timedelta
from io import StringIO

import pytest
from tracker_site import NOW, Site

from request_tracker.people.accounts import NewAccount, add_user, set_active
from request_tracker.people.privacy import EXPORT
from request_tracker.people.wall_links import add_wall_link
from request_tracker.store.acting import PAGE, Acting, acting_as

LAST_YEAR = NOW - timedelta(days=400)


@pytest.fixture
def watched(site: Site) -> Site:
    """Something of last year by one person, something of today by another; the auditor is logged in."""
    auditor = site.enter("auditor")
    for login, when in (("lama", LAST_YEAR), ("baru", NOW)):
        with acting_as(Acting(f"user:{auditor}", PAGE, functools.partial(datetime.fromisoformat, when.isoformat()))):
            add_user(site.desk.store, NewAccount(login, f"Nama {login}", ("technician",), "sandi-yang-panjang"), when)
    return site


def body(site: Site, query: str = "") -> str:
    """The lines of the page, without its form: that names every person and kind."""
    return site.get(f"/audit/wewenang{query}").partition('id="baris"')[2]


def test_the_page_shows_the_last_quarter_without_log_ins(watched: Site) -> None:
    page = body(watched)
    assert "akun dibuat" in page and "Nama baru" in page and "Nama lama" not in page
    assert ">masuk<" not in page and "peran diberikan" in page and "Tim Teknis" in page
    assert "oleh Nama auditor (halaman)" in " ".join(page.split())


def test_two_dates_choose_what_happened_between_them(watched: Site) -> None:
    day = watched.desk.calendar.local(LAST_YEAR).date().isoformat()
    page = body(watched, f"?dari={day}&sampai={day}")
    assert "Nama lama" in page and "Nama baru" not in page


def test_it_is_filtered_by_person_and_by_kind(watched: Site) -> None:
    user = watched.desk.store.value("SELECT id FROM users WHERE login = 'lama'")
    set_active(watched.desk.store, user, False, NOW)
    page = body(watched, f"?siapa=user:{user}&jenis=account_off")
    assert page.count("<li>") == 1 and "akun dinonaktifkan" in page
    assert ">masuk<" in body(watched, "?jenis=logged_in")


def test_the_other_language_is_there_too(watched: Site) -> None:
    watched.client.get("/bahasa/en")
    page = watched.get("/audit/wewenang?jenis=semua")
    lines = page.partition('id="baris"')[2]
    assert "account made" in lines and "akun dibuat" not in lines and "Technician" in lines


def test_what_was_asked_of_a_second_person_is_said(watched: Site) -> None:
    for login in ("satu", "dua"):
        watched.enter("admin", login=login)
    watched.post("/pengguna", login="kadis", name="Siti Aminah", role=["head_of_office"])
    page = body(watched, "?jenis=confirmation_asked")
    assert "Siti Aminah" in page and "Kepala Dinas" in page


@pytest.mark.parametrize("role", ["auditor", "admin"])
def test_auditor_and_administrator_find_it_in_the_menu(site: Site, role: str) -> None:
    site.enter(role)
    assert 'href="/audit/wewenang"' in site.get("/audit")


def test_nobody_else_sees_it(site: Site) -> None:
    site.enter("head_of_office")
    assert site.client.get("/audit/wewenang").status_code == 403


@pytest.mark.parametrize(
    ("query", "status"),
    [("?dari=x&sampai=99999-99-99", 422), ("?siapa=user:99999999999999999999", 422), ("?jenis=%00", 200)],
)
def test_hostile_values_are_told_at_their_fields(watched: Site, query: str, status: int) -> None:
    assert watched.client.get(f"/audit/wewenang{query}").status_code == status


def test_the_export_has_what_the_page_has_chosen_and_is_noted(watched: Site) -> None:
    day = watched.desk.calendar.local(LAST_YEAR).date().isoformat()
    answer = watched.client.get(f"/ekspor/rights.csv?dari={day}&sampai={day}&jenis=perubahan")
    rows = list(csv.DictReader(StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert [row["Jenis"] for row in rows] == ["akun dibuat", "peran diberikan"]
    assert json.loads(rows[0]["Isi (JSON)"])["row"]["name"] == "Nama lama" and len(rows[0]["Sidik"]) == 64
    whole = watched.client.get("/ekspor/rights.json").get_json(force=True)
    assert len(whole) == watched.desk.store.value("SELECT count(*) FROM rights_journal")
    assert watched.desk.store.row("SELECT 1 FROM access_log WHERE what = ?", [f"{EXPORT}rights"])


def test_what_is_no_person_is_said_by_its_name(watched: Site) -> None:
    """It said "screen:1" and "sop:PKL-BW"."""
    store = watched.desk.store
    add_wall_link(store, "ruang NOC", "user:1", NOW)
    lines = [" ".join(part.split()) for part in body(watched, "?jenis=semua").split("<strong>")[1:]]
    assert any(line.startswith("tautan layar pantau dibuat</strong>: layar 1 ") for line in lines), lines
    assert [line for line in lines if re.search(r"</strong>: (?:sop|screen|day|setting|uplink):", line)] == []
