"""Whose eyes on what: contacts by role and case, each sight written down; no papers for the administrator (6.6)."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tracker_site import NOW, Site

from request_tracker.cases import Case, Who, read_case
from request_tracker.web.cases.contact import reaches

PHONE = "080012345678"
CASE = Case("PKL-BW/2026/000001", "PKL-BW", 0, "", "request", "dinkes", "", datetime.now(UTC), 1, "", {})
MINE, OUTAGE = replace(CASE, assignee="user:1"), replace(CASE, kind="outage")
OVER = replace(OUTAGE, ending="selesai")


@pytest.mark.parametrize(
    ("role", "reached"),
    [
        ("secretariat", (True, True, True, True)),
        ("head_of_section", (True, True, True, True)),
        ("technician", (False, True, True, False)),
        ("noc_operator", (False, False, True, False)),
        ("head_of_office", (False, False, False, False)),
        ("head_of_division", (False, False, False, False)),
        ("auditor", (False, False, False, False)),
        ("admin", (False, False, False, False)),
    ],
)
def test_X_PDP_a_contact_is_reached_by_who_needs_it_for_this_case(role: str, reached: tuple[bool, ...]) -> None:
    who = Who("user:1", frozenset({role}))
    assert tuple(reaches(case, who) for case in (CASE, MINE, OUTAGE, OVER)) == reached


def test_X_PDP_a_masked_number_stays_masked_in_page_and_form_and_a_seen_one_is_written_down(site: Site) -> None:
    number = site.request(contact={"name": "Narahubung", "phone": PHONE}).number
    site.enter("technician")
    assert PHONE not in site.get(f"/kasus/{number}") and "0800••••678" in site.get(f"/kasus/{number}")
    assert site.desk.store.rows("SELECT * FROM access_log") == []
    user = site.enter("secretariat")
    assert PHONE in site.get(f"/kasus/{number}")
    (row,) = site.desk.store.rows("SELECT person, what, case_number FROM access_log")
    assert row["person"].startswith(f"user:{user}") and (row["what"], row["case_number"]) == ("contact", number)


def test_X_PDP_the_administrator_sees_that_a_case_is_and_not_what_it_says(site: Site) -> None:
    form = {"wanted_receive": "50 Mbit/s", "purpose": "rekam medis rahasia"}
    made = site.request(form=form, contact={"name": "Narahubung", "phone": PHONE})
    site.enter("admin")
    page = site.get(f"/kasus/{made.number}")
    assert made.number in page and "rekam medis rahasia" not in page and "0800" not in page
    closed = [f"/kasus/{made.number}/{one}" for one in ("surat/lembar_disposisi.pdf", "formulir.pdf", "arsip.zip")]
    for path in (*closed, f"/berkas/{'a' * 64}"):
        assert site.client.get(path).status_code == 403, path


def test_nobody_without_an_account_opens_a_paper_of_staff(site: Site) -> None:
    made = site.request()
    for path in (f"/kasus/{made.number}/surat/lembar_disposisi.pdf", f"/berkas/{'a' * 64}"):
        answer = site.client.get(path)
        assert (answer.status_code, answer.location.split("?")[0]) == (302, "/masuk")
    assert read_case(site.desk, made.number).opened_at < NOW
